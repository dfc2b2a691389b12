/** The words of `<pre-join>`, apart from those for what goes wrong; the other languages are typed by these. */
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
