/** Every way a call can fail, with the HTTP status of an answer that reports it. */
const STATUSES = {
  invalid: 400,
  role_invalid: 400,
  unauthorized: 401,
  signed_out: 401,
  denied: 403,
  consent_missing: 403,
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
} as const;

/** What went wrong, for a program. Codes stay the same across releases. */
export type RoomsErrorCode = keyof typeof STATUSES;

export interface RoomsErrorOptions {
  cause?: unknown;
  /** Result number on the wire, if it is not the code's own. */
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
  /** Result number on the wire, if an answer or a rule has named one. */
  readonly result?: number;
  /** HTTP status, if it is not the code's own. */
  readonly status?: number;
  readonly key?: string;
  readonly desc: string;
  readonly retryAfter?: number;
  readonly opensAt?: Date;

  constructor(code: RoomsErrorCode, message: string, options: RoomsErrorOptions = {}) {
    const {cause, desc = '', ...rest} = options;
    super(message, {cause});
    this.code = code;
    this.desc = desc;
    Object.assign(this, rest);
  }
}

/** A wait in whole seconds, as `Retry-After` has it: between one second and an hour. */
export const retrySeconds = (seconds: number) => Math.min(Math.max(Math.ceil(seconds), 1), 3600);

/** Whether a word from the wire is one of our error codes. */
export const isCode = (word = ''): word is RoomsErrorCode => Object.hasOwn(STATUSES, word);

/** The HTTP status of an answer that reports this error. */
export const statusOf = (error: RoomsError) => error.status ?? STATUSES[error.code];
