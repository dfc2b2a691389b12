import {counter} from '../plural.js';

const count = counter('en');

/** Why a call is over; see `EndReason` of src/stage/call.ts. */
type Ends = Record<'left' | 'closed' | 'removed' | 'replaced' | 'lost', string>;

/** The words of `<room-stage>`; the other languages are typed by these. */
export const en = {
  call: 'Call',
  /** Before anybody has joined. */
  idle: 'Your call appears here.',
  idleMore: 'Choose a room and join.',
  /** `room`: the name of a room. */
  entering: (room: string) => `Going into ${room}…`,
  knocking: (room: string) => `You are knocking at ${room}.`,
  knockingMore: 'A moderator will let you in. Nobody sees or hears you until then.',
  stopKnocking: 'Stop knocking',
  notAdmitted: 'A moderator did not let you in.',
  noWebRtc: 'This browser cannot make calls. Open this page in another browser.',
  /** For video clients that the page brings itself. */
  elsewhere: 'The call opens in this site’s own window.',
  elsewhereMore: 'This site uses a video client of its own.',
  inside: (n: number) => count(n, {one: '# inside', other: '# inside'}),
  you: 'You',
  /** `name`: a person's name, also in all below. */
  videoOf: (name: string) => `Video of ${name}`,
  screenOf: (name: string) => `Screen of ${name}`,
  isMuted: 'muted',
  isSpeaking: 'speaking',
  isAway: 'Connecting again…',
  alone: 'Nobody else is here yet.',
  here: (names: string) => `Here: ${names}.`,
  came: (name: string) => `${name} came in.`,
  left: (name: string) => `${name} left.`,
  away: (name: string) => `${name} lost the connection and may be back.`,
  back: (name: string) => `${name} is back.`,
  gotFloor: (name: string) => `${name} has the floor.`,
  lostFloor: (name: string) => `${name} no longer has the floor.`,
  shares: (name: string) => `${name} shares a screen.`,
  knocks: (name: string) => `${name} is knocking.`,
  youGotFloor: 'You have the floor: you are seen and heard.',
  youLostFloor: 'You no longer have the floor.',
  youAreSeen: 'You are seen and heard now.',
  mutedYou: (name: string) => `${name} muted you.`,
  aModerator: 'A moderator',
  youMuted: (name: string) => `You muted ${name}.`,
  /** Why you send nothing. */
  watches: 'You only watch: nobody sees or hears you.',
  listens: 'You listen until a moderator gives you the floor.',
  waits: 'You are not seen or heard until a moderator comes.',
  audience: 'You are in the audience.',
  noBroadcast: 'This room has no broadcast that you could watch.',
  broadcastElsewhere: 'This browser cannot show the broadcast here.',
  broadcast: 'Broadcast',
  openBroadcast: 'Watch the broadcast',
  reconnecting: 'The connection broke. Connecting again…',
  youAreBack: 'You are back.',
  clickToHear: 'Click to hear the others',
  failed: 'That did not work. Try again in a moment.',
  /** The bar. */
  mute: 'Mute',
  unmute: 'Unmute',
  startVideo: 'Start video',
  stopVideo: 'Stop video',
  share: 'Share screen',
  stopSharing: 'Stop sharing',
  popOut: 'Pop out',
  more: 'Devices',
  leave: 'Leave',
  endForAll: 'End for all',
  endQuestion: 'End the call for everybody?',
  endMore: 'Everybody in the room, and everybody who waits to be let in, is removed.',
  stay: 'Stay',
  /** People who ask to come in. */
  ask: (n: number) => count(n, {one: '# person asks to join', other: '# people ask to join'}),
  admit: 'Admit',
  deny: 'Deny',
  admitAll: 'Admit all',
  admitPerson: (name: string) => `Admit ${name}`,
  denyPerson: (name: string) => `Deny ${name}`,
  mutePerson: (name: string) => `Mute ${name}`,
  removePerson: (name: string) => `Remove ${name}`,
  giveFloor: 'Give the floor',
  takeFloor: 'Take the floor',
  giveFloorTo: (name: string) => `Give the floor to ${name}`,
  takeFloorFrom: (name: string) => `Take the floor from ${name}`,
  /** After the call: a heading, and a sentence below it. */
  ends: {
    left: 'You left the room.',
    closed: 'A moderator ended the session.',
    removed: 'A moderator removed you from the room.',
    replaced: 'You are in on another device.',
    lost: 'You are no longer in the room.',
  } satisfies Ends,
  endsMore: {
    left: 'Your camera and microphone are off.',
    closed: 'Your camera and microphone are off.',
    removed: 'If that was a mistake, write to the person who invited you.',
    replaced: 'This window stepped aside so that there is no echo.',
    lost: 'The connection did not come back in time.',
  } satisfies Ends,
  rejoin: 'Rejoin',
  moveHere: 'Move the call here',
  allRooms: 'All rooms',
};

export type CallingWords = typeof en;
