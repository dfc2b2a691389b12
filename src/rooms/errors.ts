import type {RoomsErrorCode} from './codes.js';

export type {RoomsErrorCode} from './codes.js';

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
