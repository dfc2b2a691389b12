import {RoomsError, type RoomsErrorCode, type RoomsErrorOptions} from './errors.js';

/** One row of the table of results. */
interface Result {
  readonly code: RoomsErrorCode;
  /** The text of `error`. On the platform's HTTP wire `[Reason] ` stands before it. */
  readonly error: string;
  /** The key at fault. */
  readonly key?: string;
  /** What is wrong with the key, if only that is wrong. */
  readonly fault?: 'missing' | 'value';
}

// `@__NO_SIDE_EFFECTS__` lets bundlers leave the table out of the script of a page.
/* @__NO_SIDE_EFFECTS__ */
const result = (code: RoomsErrorCode, error: string): Result => ({code, error});
/* @__NO_SIDE_EFFECTS__ */
const missing = (key: string, error = `Required Data Missing: ${key}`): Result => ({
  code: 'invalid',
  error,
  key,
  fault: 'missing',
});
/* @__NO_SIDE_EFFECTS__ */
const value = (key: string, error = `Invalid Value: ${key}`): Result => ({code: 'invalid', error, key, fault: 'value'});

/**
 * Every error of the Rooms API by its number on the wire. Rows below 19000 and from 40000 on have the documented
 * platform's own numbers and texts; rows from 19000 to 19999 are ours, for what it does not number. The platform, the
 * reader of its answers, the OpenAPI document and the conformance suite all follow this table. Pages do not load it: a
 * token proxy sends `code` and `key`.
 */
export const RESULTS: Readonly<Record<number, Result>> = {
  10000: result('unauthorized', 'Application not found'),
  10002: missing('name', 'Required Data Missing: name (Room Name)'),
  10003: value('settings.scheduled'),
  10004: missing('settings.scheduled_time'),
  10005: value('settings.scheduled_time', 'Invalid Date/Time Format: settings.scheduled_time'),
  10006: {code: 'invalid', error: 'Illegible Date/Time: settings.scheduled_time', key: 'settings.scheduled_time'},
  10007: value('settings.participants'),
  10008: value('settings.auto_recording'),
  10009: {code: 'invalid', error: 'Unrecognized Key of settings', key: 'settings'},
  10010: missing('owner_ref'),
  // Also for a scheduled room without a duration.
  10011: value('settings.duration'),
  10012: value('settings.active_talker'),
  10013: value('settings.wait_moderator'),
  10014: value('settings.quality'),
  10016: value('settings.adhoc'),
  10017: {code: 'invalid', error: 'Illegible Value: settings.adhoc', key: 'settings.adhoc'},
  10019: value('settings.mode'),
  10022: value('settings.moderators'),
  10025: value('settings.knock', 'Illegible value settings.knock'),
  // Only read: here an update during a session takes effect in the next one.
  10030: result('room_active', 'Denied Update request on active room'),
  10101: {code: 'invalid', error: 'Required Data Missing: name (User Name)', key: 'name'},
  10102: missing('user_ref', 'Required JSON Key Missing: user_ref'),
  10103: {code: 'invalid', error: 'Required JSON Key Missing: role', key: 'role'},
  10104: {code: 'role_invalid', error: 'Invalid Value: role', key: 'role'},
  10105: result('rate_limited', 'Server Busy'),
  10106: result('not_editable', 'Illegible Request. Room Type update not allowed'),
  10111: result('over', 'Token denied. Conference is over'),
  10112: result('over', 'Token denied. Beyond Permissible Cut-Off Time'),
  10113: result('not_open_yet', 'Token denied. Room is not active'),
  10114: result('room_full', 'Token Denied. Room is full.'),

  19000: result('too_late', 'Too Late to Update a Scheduled Room'),
  19001: value('data'),
  19002: result('invalid', 'Invalid Value'),
  19003: result('invalid', 'Required Data Missing'),
  19004: result('invalid', 'Invalid JSON'),
  19005: result('misconfigured', 'No Such Route'),
  19006: result('invalid', 'Body Too Large'),
  19010: result('denied', 'Not allowed'),
  19011: result('aborted', 'The call was ended'),
  19012: result('misconfigured', 'Misconfigured'),
  19013: result('bad_reply', 'Not an answer of the Rooms API'),
  19014: result('platform_down', 'The platform cannot be used right now'),
  19015: result('offline', 'No answer'),
  19016: result('timeout', 'No answer in time'),
  19017: result('signed_out', 'The session has ended'),
  19018: {code: 'consent_missing', error: 'Consent is missing', key: 'consent'},
  19100: value('name'),
  19101: value('owner_ref'),
  19102: value('user_ref'),
  19103: value('settings'),
  19104: value('sip'),
  19105: value('sip.enabled'),
  19110: value('settings.description'),
  19111: value('settings.max_active_talkers'),
  19112: value('settings.audiences'),
  19113: missing('settings.audiences'),
  19114: value('settings.send_audiences_stats'),
  19115: value('settings.hls_view_url'),
  19116: value('settings.canvas'),
  19117: value('settings.wait_for_moderator'),
  19118: value('settings.single_file_recording'),
  19119: value('settings.watermark'),
  19120: value('settings.screen_share'),
  19121: value('settings.abwd'),
  19122: value('settings.facex'),
  19123: value('settings.billing_code'),
  19124: value('settings.role_based_recording'),
  19125: value('settings.live_recording'),
  19126: value('settings.media_zone'),
  19127: value('settings.media_configuration'),
  19128: value('settings.viewers'),
  19129: value('settings.encryption'),
  19130: value('settings.media_type'),
  19131: value('settings.peep'),
  19132: value('settings.live_transcription'),

  40001: result('not_found', 'Room not found'),
  40002: result('denied', 'Token denied. Unauthorized'),
  50000: result('internal', 'Internal Server Error'),
  // Only read, like all from here on but 50004.
  50001: result('internal', 'Internal Server Error'),
  50002: result('internal', 'Internal Server Error'),
  50003: result('internal', 'Internal Server Error'),
  50004: result('room_active', 'Failed to delete Room'),
  50005: result('internal', 'Internal Server Error'),
  50006: result('internal', 'Internal Server Error'),
  50007: result('internal', 'Internal Server Error'),
  50008: result('internal', 'Internal Server Error'),
  50009: result('internal', 'Internal Server Error'),
};

/** The number of an error that has none of its own. */
const NUMBERS: Record<RoomsErrorCode, number> = {
  invalid: 19002,
  role_invalid: 10104,
  unauthorized: 10000,
  denied: 19010,
  not_found: 40001,
  room_active: 50004,
  not_editable: 10106,
  too_late: 19000,
  room_full: 10114,
  not_open_yet: 10113,
  over: 10112,
  rate_limited: 10105,
  aborted: 19011,
  internal: 50000,
  misconfigured: 19012,
  bad_reply: 19013,
  platform_down: 19014,
  offline: 19015,
  timeout: 19016,
  signed_out: 19017,
  consent_missing: 19018,
};

/** What the documented platform writes before the text of every error. Only its own HTTP wire has it. */
export const REASON = '[Reason] ';

const rowOf = (number?: number): Result | undefined =>
  number !== undefined && Object.hasOwn(RESULTS, number) ? RESULTS[number] : undefined;

/** The code of a result number; undefined if the table does not have the number. */
export const codeOfResult = (number?: number) => rowOf(number)?.code;

/** The key that a result number is about; undefined if it names none. */
export const keyOfResult = (number?: number) => rowOf(number)?.key;

/** The number of an error on the wire: its own, else the one of its code. */
export const resultOf = ({result, code}: RoomsError) => result ?? NUMBERS[code];

/** The error of a row of the table. `options` can name another key, where the row says no more than what is wrong. */
export function errorOf(number: number, options: RoomsErrorOptions = {}): RoomsError {
  const {code, error, key} = rowOf(number)!;
  return new RoomsError(code, error, {result: number, ...(key !== undefined && {key}), ...options});
}

function faulty(fault: Result['fault'], number: number, key: string, desc: string): RoomsError {
  const own = Object.keys(RESULTS).find(each => RESULTS[+each]!.key === key && RESULTS[+each]!.fault === fault);
  if (own) return errorOf(+own, {desc});
  return new RoomsError('invalid', `${RESULTS[number]!.error}: ${key}`, {result: number, key, desc});
}

/** The error for a value that its key cannot have. `desc` says what it must be. */
export const invalidValue = (key: string, desc: string) => faulty('value', 19002, key, desc);

/** The error for a required key that was not sent. */
export const missingValue = (key: string, desc = `Send ${key}.`) => faulty('missing', 19003, key, desc);

/** The error for a room that does not exist, and for one that the caller may not reach: both in the same words. */
export const notFound = () => errorOf(40001, {desc: 'List the rooms to see which there are.'});

/** The error for an unknown path, or for a method that a route does not accept. */
export const noRoute = (desc = '', status = 404) => errorOf(19005, {status, desc});
