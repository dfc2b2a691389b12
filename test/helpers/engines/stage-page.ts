// A page with a client of the stage, and nothing of the stage around it.
import type {Call, Connect, EndReason, Given, Source, TokenDetail} from '../../../src/stage/call.js';

let call: Call | undefined;
/** What the client told, in order. */
const told: string[] = [];

function show() {
  const wanted = new Map<string, MediaStreamTrack>();
  for (const {id, tracks} of call?.others ?? []) {
    for (const source of ['camera', 'screen'] as const) {
      const track = tracks[source];
      if (track) wanted.set(`${id} ${source}`, track);
    }
  }
  const shown = new Map([...document.querySelectorAll('video')].map(video => [video.dataset.of!, video]));
  for (const [of, video] of shown) if (!wanted.has(of)) video.remove();
  for (const [of, track] of wanted) {
    const video = shown.get(of) ?? document.body.appendChild(document.createElement('video'));
    // Not compared by id: Janus gives the tracks of a new connection the ids that the old ones had.
    if (video.srcObject instanceof MediaStream && video.srcObject.getTracks()[0] === track) continue;
    video.dataset.of = of;
    // All have to be in sight: Chromium starts no muted video that is below the fold.
    Object.assign(video, {autoplay: true, muted: true, width: 160, srcObject: new MediaStream([track])});
  }
}

const page = {
  told,
  /** Joins, and resolves with what was refused. */
  async join(connect: Connect, detail: TokenDetail, given: Given = {origins: []}): Promise<string> {
    const on = {
      change: () => {
        if (told.at(-1) !== call?.state) told.push(call?.state ?? '');
        show();
      },
      silenced: (source: Source) => told.push(`silenced ${source}`),
      end: (reason: EndReason) => {
        told.push(`end ${reason}`);
        show();
      },
    };
    try {
      call = await connect(detail, on, new AbortController().signal, given);
    } catch (error) {
      return (error as {code?: string}).code ?? String(error);
    }
    on.change();
    return '';
  },
  /** Turns microphone and camera on, with tracks of the page's own. */
  async sendAll() {
    const stream = await navigator.mediaDevices.getUserMedia({audio: true, video: true});
    await Promise.all([
      call!.send('microphone', stream.getAudioTracks()[0]!),
      call!.send('camera', stream.getVideoTracks()[0]!),
    ]);
  },
  off: (source: Source) => call!.send(source, null),
  async on(source: 'camera') {
    const stream = await navigator.mediaDevices.getUserMedia({video: true});
    await call!.send(source, stream.getVideoTracks()[0]!);
  },
  /** Whether a track that was sent is still live. */
  live: (source: Source) => call!.you.tracks[source]?.readyState,
  /** What one may send. */
  may: () => [...call!.may].sort(),
  leave: () => call!.leave(),
  state: () => call?.state,
  people: () =>
    (call?.others ?? []).map(({name, tracks}) => `${name}: ${Object.keys(tracks).sort().join(' ')}`.trim()).sort(),
  /** How many frames each video has shown, and a picture of it. */
  pictures: () =>
    [...document.querySelectorAll('video')].map(video => {
      const canvas = new OffscreenCanvas(32, 24);
      const context = canvas.getContext('2d')!;
      context.drawImage(video, 0, 0, 32, 24);
      const {totalVideoFrames: frames} = video.getVideoPlaybackQuality();
      return {frames, picture: context.getImageData(0, 0, 32, 24).data.join()};
    }),
};
export type StagePage = typeof page;
export default page;
