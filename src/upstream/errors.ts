import {CallEnded, withDeadline} from '../rooms/deadline.js';
import {NotEnforced} from '../rooms/enforces.js';
import {retrySeconds} from '../rooms/codes.js';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import {codeOfResult, keyOfResult, notFound} from '../rooms/results.js';
import type {CallOptions} from '../rooms/rooms.js';
import {neverThrowing, type Log} from './log.js';

const DOWN = 'The video platform cannot be used right now.';

/** The call was not sent to the platform: calls are paused, or too many wait. */
export class NotSent extends RoomsError {
  constructor(seconds: number) {
    super('platform_down', DOWN, {status: 503, retryAfter: retryAfterSeconds(seconds)});
  }
}

/** Whole seconds between one and an hour; five if `seconds` is no number. */
export const retryAfterSeconds = (seconds = 5) => retrySeconds(Number.isFinite(seconds) ? seconds : 5);

export interface UpstreamOptions {
  /** Deadline of one whole operation, in ms. @default 10_000 */
  timeout?: number | undefined;
  /**
   * Called with what the visitor does not learn: the code of a fault of the platform.
   *
   * @default console.error
   */
  log?: Log | undefined;
}

/** Faults of which the operator was told, in a better sentence than ours. */
const told = new WeakSet<object>();

/** Keeps `platformCalls` from telling the operator of a fault again. */
export function markTold(error: unknown) {
  if (error instanceof RoomsError) told.add(error);
}

/** Runs one operation at the platform. Rejects with an error that a visitor may see. */
export type PlatformCall = <T>(
  operation: string,
  caller: CallOptions | undefined,
  run: (options: {signal: AbortSignal}) => Promise<T>,
) => Promise<T>;

/**
 * Runs operations under one deadline. A visitor gets errors in our own words; the operator gets the code of the fault in
 * the log.
 */
export function platformCalls({timeout = 10_000, log}: UpstreamOptions): PlatformCall {
  const say = neverThrowing(log);
  return async (operation, caller, run) => {
    try {
      return await withDeadline({timeout, signal: caller?.signal}, signal => run({signal}));
    } catch (error) {
      // The circuit breaker has logged it already, once for all calls.
      if (error instanceof NotSent) throw error;
      const isTold = error instanceof RoomsError && told.has(error);
      const shown = error instanceof CallEnded ? error : inOurWords(error);
      if (!isTold && (shown.code === 'platform_down' || shown.code === 'timeout')) {
        const code = error instanceof RoomsError ? error.code : 'internal';
        const level = code === 'rate_limited' ? 'warn' : 'error';
        say({level, message: `The platform failed: ${code}.${HINTS[code] ?? ''}`, code, operation});
      }
      throw shown;
    }
  };
}

const HINTS: Partial<Record<RoomsErrorCode, string>> = {
  unauthorized: ' Check the application id and key that `rooms` was made with.',
  denied: ' Check what the application id and key of `rooms` are allowed to do.',
  misconfigured: ' Check the endpoint that `rooms` was made with.',
  bad_reply: ' Check the endpoint that `rooms` was made with.',
  internal: ' Something was thrown that is not an answer of the platform.',
};

/** Errors that a visitor can do something about. All others become `platform_down`. */
const MESSAGES: Partial<Record<RoomsErrorCode, string>> = {
  invalid: 'Invalid value.',
  role_invalid: 'No such role.',
  room_active: 'Somebody is in the room.',
  not_editable: 'This cannot be changed once the room is made.',
  too_late: 'It is too late to change this room.',
  room_full: 'The room is full.',
  not_open_yet: 'The room is not open yet.',
  over: 'The room is over.',
};

/** The one `denied` of a platform that is about the visitor, and not about the credentials of the proxy. */
const TOKEN_DENIED = 40002;

/** Replaces an error of the platform, whose text may hold what only the operator should read. */
function inOurWords(error: unknown): RoomsError {
  if (!(error instanceof RoomsError)) return new RoomsError('platform_down', DOWN);
  const {code, result, key = keyOfResult(result), opensAt} = error;
  if (code === 'not_found') return notFound();
  if (error instanceof NotEnforced) return error;
  if (result === TOKEN_DENIED) return new RoomsError('denied', 'The room gives no token for this role.', {result});
  if (code === 'rate_limited' || (code === 'platform_down' && error.retryAfter)) {
    return new RoomsError('platform_down', DOWN, {status: 503, retryAfter: retryAfterSeconds(error.retryAfter)});
  }
  const message = MESSAGES[code];
  if (!message) return new RoomsError('platform_down', DOWN);
  const isKey = key !== undefined && /^[a-z_]{1,40}(\.[a-z_]{1,40}){0,3}$/.test(key);
  return new RoomsError(code, isKey ? `${message.slice(0, -1)}: ${key}` : message, {
    key: isKey ? key : undefined,
    result: codeOfResult(result) === code ? result : undefined,
    opensAt: Number.isFinite(opensAt?.getTime()) ? opensAt : undefined,
  });
}
