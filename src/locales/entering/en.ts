/** The words of `<green-room>`, beside those of its elements; the other languages are typed by these. */
export const en = {
  /** Where the room's name will be, before one is chosen. */
  choose: 'Choose a room',
  getReady: 'Get ready',
  /** What a screen reader says after the heading of a step. */
  steps: {
    pick: 'Step 1: choose a room',
    prepare: 'Step 2: get ready',
    call: 'You are in the call.',
    left: 'After the call',
  },
  /** The name of the region with the call; `room` may be empty. */
  call: (room: string) => (room ? `Call in ${room}` : 'Call'),
  /** For a page whose visitor has no JavaScript. */
  needsScript: 'Turn on JavaScript to join here, or open this page in another browser.',
};

export type EnteringWords = typeof en;
