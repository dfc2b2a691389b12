// The devices of the gallery are pretended: a picture, and a tone that nobody hears.

type Media = Partial<MediaDevices>;

/** The colours behind the people, one after the other. */
const HUES = [150, 260, 20, 200];
let made = 0;
/** A page may have only a few. */
let sound: AudioContext | undefined;

/** Tracks like those of a camera and a microphone. */
export function pretended({audio, video}: MediaStreamConstraints): MediaStream {
  const stream = new MediaStream();
  sound ??= new AudioContext();
  if (audio) stream.addTrack(sound.createMediaStreamDestination().stream.getAudioTracks()[0]!);
  if (!video) return stream;
  const canvas = Object.assign(document.createElement('canvas'), {width: 640, height: 400});
  const pen = canvas.getContext('2d')!;
  const hue = HUES[made++ % HUES.length]!;
  const light = pen.createLinearGradient(0, 0, 640, 400);
  light.addColorStop(0, `hsl(${hue} 14% 55%)`);
  light.addColorStop(1, `hsl(${hue} 21% 26%)`);
  pen.fillStyle = light;
  pen.fillRect(0, 0, 640, 400);
  pen.fillStyle = '#d9b59a';
  pen.arc(320, 180, 80, 0, 7);
  pen.fill();
  pen.fillStyle = `hsl(${hue} 29% 20%)`;
  pen.fillRect(190, 280, 260, 120);
  for (const track of canvas.captureStream(5).getTracks()) stream.addTrack(track);
  return stream;
}

const NAMES: [kind: MediaDeviceKind, label: string][] = [
  ['videoinput', 'Built-in camera'],
  ['videoinput', 'Desk camera'],
  ['audioinput', 'Built-in microphone'],
  ['audioinput', 'A headset with a very long name that no menu can show (USB)'],
  ['audiooutput', 'Headphones'],
];
const LIST = NAMES.map(([kind, label]) => ({kind, label, deviceId: label, groupId: label})) as MediaDeviceInfo[];

const match = window.matchMedia.bind(window);

/** Answers for the page’s devices until another state is shown. */
export function pretend(
  ask: (wish: MediaStreamConstraints) => Promise<MediaStream>,
  state: PermissionState = 'prompt',
  isPhone = false,
) {
  made = 0;
  window.matchMedia = query => match(isPhone && query.includes('coarse') ? 'all' : query);
  const media: Media = {getUserMedia: async wish => ask(wish ?? {}), enumerateDevices: async () => LIST};
  for (const [name, value] of Object.entries(media)) {
    Object.defineProperty(navigator.mediaDevices, name, {value, configurable: true});
  }
  Object.defineProperty(navigator.permissions, 'query', {value: async () => ({state}), configurable: true});
}

/** Devices that work. */
export const works = () => pretend(async wish => pretended(wish));
