// What every test page has that shows people's video.

/** All connections of the page, whoever makes them. */
const connections: RTCPeerConnection[] = [];
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
  }
};

/** People who have gone: what still comes of them is not shown. */
const gone = new Set<string>();
const shown = (id = '') => document.querySelector<HTMLVideoElement>(`video[data-id="${CSS.escape(id)}"]`);

/** Shows the video of a person. */
export function show(id: string, stream: MediaStream) {
  if (gone.has(id)) return;
  const video = shown(id) ?? document.body.appendChild(document.createElement('video'));
  // Small: Chromium stops a muted video that is out of sight.
  Object.assign(video, {autoplay: true, muted: true, width: 120, srcObject: stream});
  video.dataset.id = id;
}

/** Shows a person no more. */
export function hide(id?: string) {
  if (id !== undefined) gone.add(id);
  shown(id)?.remove();
}

/** The address and port of each candidate that a connection of the page knows of the other side. */
export async function remotes(): Promise<string[]> {
  const all = await Promise.all(
    connections.map(async peer => [...((await peer.getStats()) as Map<string, Candidate>).values()]),
  );
  return all
    .flat()
    .filter(({type}) => type === 'remote-candidate')
    .map(({address, port}) => `${address}:${port}`);
}
interface Candidate {
  type: string;
  address: string;
  port: number;
}

/** How many frames the video of each person has shown, and a picture of it. */
export function pictures(): Record<string, {frames: number; picture: string}> {
  const videos = [...document.querySelectorAll('video')].map(video => {
    const canvas = new OffscreenCanvas(32, 24);
    const context = canvas.getContext('2d')!;
    context.drawImage(video, 0, 0, 32, 24);
    const {totalVideoFrames: frames} = video.getVideoPlaybackQuality();
    return [video.dataset.id!, {frames, picture: context.getImageData(0, 0, 32, 24).data.join()}] as const;
  });
  return Object.fromEntries(videos);
}
