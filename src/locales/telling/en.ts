import type {RoomsErrorCode} from '../../rooms/errors.js';
import {counter} from '../plural.js';

const count = counter('en');

/**
 * What elements tell when something happens: waits, the way into a call, and every failure. Loaded beside the rooms; the other
 * languages are typed by these.
 */
export const en = {
  /** `wait`: a text by `sayWait`, such as “in 5 minutes”. */
  opensIn: (wait: string) => `Opens ${wait}.`,
  opened: 'The room is open now.',
  joined: 'You are on your way in.',
  inCall: 'You are in.',
  left: 'You left.',
  name: 'Your name',
  /** What is wrong with a name. */
  nameFaults: {missing: 'Enter your name.', invalid: 'Use at most 200 characters, on one line.'},
  /** For `rate_limited` when the wait is known; `n`: seconds. */
  waitSeconds: (n: number) =>
    count(n, {one: 'Too many tries. Wait # second.', other: 'Too many tries. Wait # seconds.'}),
  backOnline: 'You are online again. Press the button once more.',
  /** What a visitor reads. They say nothing of attributes or addresses: `reportError` tells those to the page's author. */
  failures: {
    invalid: 'Something that was sent is not valid. Check your name.',
    role_invalid: 'This page is not set up correctly. Please tell its owner.',
    unauthorized: 'Sign in first, then try again.',
    signed_out: 'You may have been signed out. Sign in, then try again.',
    denied: 'You are not allowed to do this.',
    consent_missing: 'You have to agree first. Tick what is required, then try again.',
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
    misconfigured: 'This page is not set up correctly. Please tell its owner.',
    bad_reply: 'Something went wrong. Try again.',
    platform_down: 'The rooms do not answer. Try again in a moment.',
    offline: 'The rooms cannot be reached. Check your connection.',
    timeout: 'This took too long. Try again.',
  } satisfies Record<RoomsErrorCode, string>,
};

export type TellingWords = typeof en;
