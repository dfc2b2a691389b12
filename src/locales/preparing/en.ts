/** Why a device is not used; see `Trouble` of src/controllers/permission.ts. */
type Troubles = Record<
  | 'denied'
  | 'dismissed'
  | 'refused'
  | 'refusedInFrame'
  | 'inUse'
  | 'missing'
  | 'failed'
  | 'unplugged'
  | 'gone'
  | 'silent'
  | 'insecure'
  | 'unsupported'
  | 'policy'
  | 'frame'
  | 'slow',
  string
>;

/** The words of `<pre-join>`; the other languages are typed by these. */
export const en = {
  name: 'Your name',
  nameHelp: 'The others in the room see it.',
  nameMissing: 'Please enter your name.',
  nameLong: 'Please use at most 200 characters, all on one line.',
  tick: 'Please tick this before you join.',
  preview: 'Your camera and microphone',
  onlyYou: 'Only you see this',
  mirrored: 'Mirrored, only for you',
  camera: 'Camera',
  microphone: 'Microphone',
  both: 'Camera and microphone',
  speaker: 'Speaker',
  /** Buttons in the preview. */
  turnOn: {camera: 'Turn on camera', microphone: 'Turn on microphone', both: 'Turn on camera and microphone'},
  startVideo: 'Start video',
  stopVideo: 'Stop video',
  mute: 'Mute',
  unmute: 'Unmute',
  flip: 'Other camera',
  systemDefault: 'System default',
  chooseSpeaker: 'Choose a speaker',
  playTone: 'Play a sound',
  level: 'Microphone level',
  speak: 'Say something: the bars move.',
  heard: 'We hear you.',
  muted: 'The microphone is off.',
  quiet: 'Nobody in the room sees or hears you yet.',
  /** While nothing is on, also after each trouble. */
  without: 'You can also join without camera and microphone.',
  asking: 'Please answer the question of your browser.',
  retry: 'Try again',
  copyLink: 'Copy link',
  copied: 'Link copied.',
  /** Each is read after the name of the device, so it does not repeat it. */
  troubles: {
    denied: 'Your browser blocks access. Allow it at the lock in the address bar, then try again.',
    dismissed: 'Your browser’s question was closed. Try again, and allow access.',
    refused: 'Access was not allowed. Allow it in the settings of your browser and your system, then try again.',
    refusedInFrame:
      'Access was not allowed. Allow it in your browser. If it never asks, the page around this one needs allow="camera; microphone".',
    inUse: 'Another app is using it. Close it there, or choose another device.',
    missing: 'None found. Plug one in and we notice.',
    failed: 'It does not start. Try again, or choose another device.',
    unplugged: 'It was unplugged. Plug it in again, or choose another device.',
    gone: 'The one you used is not there. We use another one.',
    silent: 'Something else holds it, such as a phone call. It comes back after that.',
    insecure: 'This page is not secure: browsers allow access only on https. Please tell the site’s owner.',
    unsupported: 'This browser gives no access. Open this page in another browser.',
    policy: 'The rules of this site forbid access. Please tell its owner.',
    frame: 'The page around this one gives no access. Its owner adds allow="camera; microphone" to the frame.',
    slow: 'Your browser does not answer. Answer its question, or open this page in another browser.',
  } satisfies Troubles,
  /** What will happen after joining. */
  facts: {
    knock: 'You knock, and a moderator lets you in.',
    wait: 'It begins when a moderator comes.',
    recorded: 'This conversation is recorded.',
    lecture: 'You watch and listen. A moderator can give you the floor.',
    watch: 'You only watch. Nobody sees or hears you.',
  },
};

export type PreparingWords = typeof en;
