import type {RoomsErrorCode} from '../rooms/errors.js';

/** Every word the elements say; the other locales are typed by this one. */
export const en = {
  rooms: 'Rooms',
  search: 'Search rooms',
  loading: 'Loading rooms…',
  empty: 'There are no rooms yet.',
  noMatch: (query: string) => `No room matches “${query}”.`,
  found: (n: number) => (n === 1 ? '1 room' : `${n} rooms`),
  /** Without a number: live, however many they are. */
  inside: (n?: number) => (n === undefined ? 'Live now' : n === 1 ? '1 person inside' : `${n} people inside`),
  lecture: 'Lecture',
  over: 'Over',
  opens: (time: string) => `Opens ${time}`,
  retry: 'Try again',
  join: 'Join',
  joining: 'Joining…',
  chooseFirst: 'Choose a room first.',
  failures: {
    invalid: 'Something that was sent is not valid. Check your name.',
    role_invalid: 'This page asks for an unknown role. Check the role attribute.',
    unauthorized: 'Sign in first, then try again.',
    denied: 'You are not allowed to do this.',
    not_found: 'This room does not exist. Choose another one.',
    room_active: 'Somebody is in this room. Try again in a moment.',
    not_editable: 'This cannot be changed.',
    too_late: 'This cannot be changed any more.',
    room_full: 'This room is full. Try again in a moment.',
    not_open_yet: 'This room is not open yet.',
    over: 'This room is over.',
    rate_limited: 'Too many tries. Try again in a moment.',
    aborted: 'This took too long. Try again.',
    internal: 'Something went wrong. Try again.',
    misconfigured: 'This page does not say where its rooms are. Check the endpoint attribute.',
    bad_reply: 'What answers this page is no token proxy. Check the endpoint attribute.',
    platform_down: 'The rooms do not answer. Try again in a moment.',
    offline: 'The rooms cannot be reached. Check your connection.',
    timeout: 'This took too long. Try again.',
  } satisfies Record<RoomsErrorCode, string>,
};

export type Words = typeof en;
