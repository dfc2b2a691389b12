import type {RoomsErrorCode} from '../../rooms/errors.js';
import {counter} from '../plural.js';

const count = counter('en');

/** What is said while a room is chosen and joined, and who is in it; the other languages are typed by this one. */
export const en = {
  rooms: 'Rooms',
  search: 'Search rooms',
  loading: 'Loading rooms…',
  empty: 'There are no rooms yet.',
  noMatch: (query: string) => `No room matches “${query}”.`,
  found: (n: number) => count(n, {one: '# room', other: '# rooms'}),
  /** The groups of the list, in its order; `new` are those that came since it was made. */
  groups: {live: 'Live now', open: 'Open', soon: 'Opening soon', over: 'Over', new: 'New'},
  /** Without a number: live, however many they are. */
  inside: (n?: number) => (n === undefined ? 'Live now' : count(n, {one: '# person inside', other: '# people inside'})),
  kinds: {group: 'Meeting', lecture: 'Lecture'},
  over: 'Over',
  /** Of a room that is no longer listed. */
  gone: 'Gone',
  /** `time` is a time of day, or a date and one. */
  opens: (time: string) => `Opens ${time}`,
  /** `wait` is as `Language.wait` says it: “in 5 minutes”. */
  opensIn: (wait: string) => `Opens ${wait}.`,
  opensByItself: 'You can join as soon as the room opens.',
  opened: 'The room is open now.',
  retry: 'Try again',
  join: 'Join',
  joining: 'Joining…',
  joined: 'You are on your way in.',
  chooseFirst: 'Choose a room first.',
  /** `rate_limited`, when it is known how long. */
  waitSeconds: (n: number) =>
    count(n, {one: 'Too many tries. Wait # second.', other: 'Too many tries. Wait # seconds.'}),
  backOnline: 'You are online again. Press the button once more.',
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
