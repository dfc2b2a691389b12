/**
 * Every way a call can fail, with its result number on the wire. A code may have several numbers (`invalid` does); the
 * one here is sent if an error names no other.
 */
const RESULTS = {
  invalid: 10213,
  role_invalid: 10207,
  unauthorized: 10000,
  denied: 10218,
  not_found: 10201,
  room_active: 10202,
  not_editable: 10203,
  too_late: 10204,
  room_full: 10114,
  not_open_yet: 10210,
  over: 10211,
  rate_limited: 10219,
  aborted: 10220,
  internal: 10221,
  misconfigured: 10222,
  bad_reply: 10223,
  platform_down: 10224,
  offline: 10225,
  timeout: 10226,
} as const;

/** What went wrong, for a program. Codes stay the same across releases. */
export type RoomsErrorCode = keyof typeof RESULTS;

export interface RoomsErrorOptions {
  cause?: unknown;
  /**
   * Result number on the wire.
   * @default the code's own
   */
  result?: number | undefined;
  /**
   * HTTP status.
   * @default the code's own
   */
  status?: number | undefined;
  /** The key at fault, as a path: `settings.participants`. */
  key?: string | undefined;
  /** What to do about it, for the developer who wrote the call. */
  desc?: string | undefined;
  /** Seconds to wait before trying again. */
  retryAfter?: number | undefined;
  /** When the room opens; only with `not_open_yet`. */
  opensAt?: Date | undefined;
}

/** The error of every operation: `code` for the program, `message` for a person, `cause` for the console. */
export class RoomsError extends Error {
  override readonly name = 'RoomsError';
  readonly code: RoomsErrorCode;
  readonly result: number;
  /** HTTP status, if it is not the code's own. */
  readonly status?: number;
  readonly key?: string;
  readonly desc: string;
  readonly retryAfter?: number;
  readonly opensAt?: Date;

  constructor(code: RoomsErrorCode, message: string, options: RoomsErrorOptions = {}) {
    const {cause, result = RESULTS[code], desc = '', ...rest} = options;
    super(message, {cause});
    this.code = code;
    this.result = result;
    this.desc = desc;
    Object.assign(this, rest);
  }
}

/** The error for a room that does not exist, and for one that the caller may not reach: both in the same words. */
export const notFound = () =>
  new RoomsError('not_found', 'Room not found.', {desc: 'List the rooms to see which there are.'});

/** The error for an unknown path, or for a method that a route does not accept. */
export const noRoute = (desc = '', status = 404) =>
  new RoomsError('misconfigured', 'No such route.', {result: 10216, status, desc});

/** Whether a word from the wire is one of our error codes. */
export const isCode = (word = ''): word is RoomsErrorCode => Object.hasOwn(RESULTS, word);

/** The code of a result number; undefined if no table names the number. */
export function codeOfResult(result?: number): RoomsErrorCode | undefined {
  for (const code in RESULTS) if (RESULTS[code as RoomsErrorCode] === result) return code as RoomsErrorCode;
  return result && result > 10001 && result < 10218 ? 'invalid' : undefined;
}

const STATUSES: Record<RoomsErrorCode, number> = {
  invalid: 400,
  role_invalid: 400,
  unauthorized: 401,
  denied: 403,
  not_found: 404,
  room_active: 409,
  not_editable: 409,
  too_late: 409,
  room_full: 409,
  not_open_yet: 409,
  over: 409,
  rate_limited: 429,
  aborted: 499,
  internal: 500,
  misconfigured: 500,
  bad_reply: 502,
  platform_down: 502,
  offline: 503,
  timeout: 504,
};

/** The HTTP status of an answer that reports this error. */
export const statusOf = (error: RoomsError) => error.status ?? STATUSES[error.code];
