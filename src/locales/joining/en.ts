import {counter} from '../plural.js';

const count = counter('en');

/** The words that `<room-picker>` and `<join-button>` need at once; the other languages are typed by these. */
export const en = {
  rooms: 'Rooms',
  search: 'Search rooms',
  loading: 'Loading rooms…',
  empty: 'There are no rooms yet.',
  noMatch: (query: string) => `No room matches “${query}”.`,
  found: (n: number) => count(n, {one: '# room', other: '# rooms'}),
  /** Headings of the groups, in the order of the list; `new`: rooms that appeared since the list was put in order. */
  groups: {live: 'Live now', open: 'Open', soon: 'Opening soon', over: 'Over', new: 'New'},
  /** Without `n`: the room is live, and the number of people is not shown. */
  inside: (n?: number) => (n === undefined ? 'Live now' : count(n, {one: '# person inside', other: '# people inside'})),
  /** The kind of a room where only moderators speak. */
  lecture: 'Lecture',
  over: 'Over',
  /** For a room that is no longer listed. */
  gone: 'Gone',
  /** `time`: a time of day, or a date with a time of day. */
  opens: (time: string) => `Opens ${time}`,
  opensByItself: 'You can join as soon as the room opens.',
  retry: 'Try again',
  join: 'Join',
  joining: 'Joining…',
  /** For a room where a moderator lets people in. */
  ask: 'Ask to join',
  joinAgain: 'Join again',
  leave: 'Leave',
  chooseFirst: 'Choose a room first.',
  /** For a failure whose own sentence is not there. */
  failed: 'Something went wrong. Try again.',
};

export type Words = typeof en;
