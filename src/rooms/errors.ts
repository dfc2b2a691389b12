/**
 * Every way a call can fail: its HTTP status, and the result number that stands for it on the wire. A code may stand
 * for several numbers (`invalid` does); the one here is sent when an error names no other.
 */
const CODES = {
  invalid: [400, 10213],
  role_invalid: [400, 10207],
  unauthorized: [401, 10000],
  denied: [403, 10218],
  not_found: [404, 10201],
  no_route: [404, 10216],
  room_active: [409, 10202],
  not_editable: [409, 10203],
  too_late: [409, 10204],
  room_full: [409, 10114],
  not_open_yet: [409, 10210],
  over: [409, 10211],
  no_audience: [409, 10212],
  refused: [409, 10219],
  too_large: [413, 10217],
  rate_limited: [429, 10220],
  aborted: [499, 10221],
  internal: [500, 10222],
  misconfigured: [500, 10223],
  bad_reply: [502, 10224],
  platform_down: [502, 10225],
  offline: [503, 10226],
  unreachable: [503, 10227],
  timeout: [504, 10228],
} as const;

/** What went wrong, for a program; stable across releases. */
export type RoomsErrorCode = keyof typeof CODES;

export interface RoomsErrorOptions {
  cause?: unknown;
  /** Result number on the wire, when the code stands for several. */
  result?: number;
  /** HTTP status, when it is not the code's own. */
  status?: number;
  /** The key at fault, as a path: `settings.participants`. */
  key?: string;
  /** What to do about it, for whoever wrote the call. */
  desc?: string;
  /** Seconds to wait before trying again. */
  retryAfter?: number;
  /** When the room opens; only with `not_open_yet`. */
  opensAt?: Date;
}

/** The one error of this package: `code` for the program, `message` for a person, `cause` for the console. */
export class RoomsError extends Error {
  override readonly name = 'RoomsError';
  readonly code: RoomsErrorCode;
  readonly result: number;
  readonly status: number;
  readonly key?: string;
  readonly desc: string;
  readonly retryAfter?: number;
  readonly opensAt?: Date;

  constructor(code: RoomsErrorCode, message: string, options: RoomsErrorOptions = {}) {
    super(message, {cause: options.cause});
    const [status, result] = CODES[code];
    this.code = code;
    this.status = options.status ?? status;
    this.result = options.result ?? result;
    this.key = options.key;
    this.desc = options.desc ?? '';
    this.retryAfter = options.retryAfter;
    this.opensAt = options.opensAt;
  }
}

/** A room the caller may not reach and a room that never was are told in the same words. */
export const notFound = () =>
  new RoomsError('not_found', 'Room not found.', {desc: 'No room of yours has this room_id.'});

/** Whether a word from the wire is one of our codes. */
export const isCode = (word: unknown): word is RoomsErrorCode => typeof word === 'string' && Object.hasOwn(CODES, word);

/** The code a result number stands for; undefined for numbers that no table names. */
export function codeOfResult(result: number): RoomsErrorCode | undefined {
  for (const code in CODES) if (CODES[code as RoomsErrorCode][1] === result) return code as RoomsErrorCode;
  if (result === 10206) return 'role_invalid';
  if ((result >= 10002 && result <= 10009) || result === 10101 || (result >= 10205 && result <= 10215))
    return 'invalid';
  return undefined;
}
