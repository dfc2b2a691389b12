import {notFound, RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import type {CallOptions} from '../rooms/rooms.js';
import {Ended, within, type Ending} from './deadline.js';
import {harmless, type Log} from './log.js';

/** Ours as well: the platform was not asked at all, since it needs rest or has its hands full. */
export class Spared extends RoomsError {
  constructor(seconds: number) {
    super('platform_down', DOWN, {status: 503, retryAfter: clamped(seconds)});
  }
}

export interface UpstreamOptions {
  /** Deadline of one whole operation, in ms; 10,000 unless told. */
  timeout?: number;
  /** Told what the visitor is not: which fault made the platform unusable. The console unless told. */
  log?: Log;
}

/** Runs one operation under the deadline; what fails is told to the visitor in our words, to the operator by code. */
export type Ask = <T>(
  operation: string,
  caller: CallOptions | undefined,
  run: (ending: Ending) => Promise<T>,
) => Promise<T>;

export function asker({timeout = 10_000, log}: UpstreamOptions): Ask {
  const say = harmless(log);
  return async (operation, caller, run) => {
    try {
      return await within(timeout, caller, run);
    } catch (error) {
      // One line said that the platform is spared; one more for each visitor would say nothing new.
      if (error instanceof Spared) throw error;
      const told = error instanceof Ended ? error : retold(error);
      if (told.code === 'platform_down' || told.code === 'timeout') {
        const code = error instanceof RoomsError ? error.code : 'internal';
        const level = code === 'rate_limited' ? 'warn' : 'error';
        say({level, message: `The platform failed: ${code}.${HINTS[code] ?? ''}`, code, operation});
      }
      throw told;
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

/** What a visitor can do something about. All else is the platform's trouble, and is told as that. */
const WORDS: Partial<Record<RoomsErrorCode, string>> = {
  invalid: 'Invalid value.',
  role_invalid: 'No such role.',
  room_active: 'Somebody is in the room.',
  not_editable: 'This cannot be changed once the room is made.',
  too_late: 'It is too late to change this room.',
  room_full: 'The room is full.',
  not_open_yet: 'The room is not open yet.',
  over: 'The room is over.',
};

/** The one refusal of a platform that is meant for the visitor, and not for the proxy's credentials. */
const NO_AUDIENCE = 10212;

const DOWN = 'The video platform cannot be used right now.';

/** An error of the platform in our own words, since a platform's may hold what only the operator should read. */
function retold(error: unknown): RoomsError {
  if (!(error instanceof RoomsError)) return new RoomsError('platform_down', DOWN);
  if (error.code === 'not_found') return notFound();
  if (error.result === NO_AUDIENCE) return new RoomsError('denied', 'The room has no audience.', {result: NO_AUDIENCE});
  if (error.code === 'rate_limited' || (error.code === 'platform_down' && error.retryAfter)) {
    return new RoomsError('platform_down', DOWN, {status: 503, retryAfter: clamped(error.retryAfter)});
  }
  const words = WORDS[error.code];
  if (!words) return new RoomsError('platform_down', DOWN);
  // The platform names the key in its sentence only; a form shows the fault where it is.
  const [, named] = /: (name|data|(?:settings|sip)\.[a-z_]{1,40})\b/.exec(error.message) ?? [];
  const {key = named} = error;
  const isKey = key !== undefined && /^[a-z_]{1,40}(\.[a-z_]{1,40}){0,3}$/.test(key);
  return new RoomsError(error.code, isKey ? `${words.slice(0, -1)}: ${key}` : words, {
    key: isKey ? key : undefined,
    result: Number.isSafeInteger(error.result) ? error.result : undefined,
    opensAt: Number.isFinite(error.opensAt?.getTime()) ? error.opensAt : undefined,
  });
}

/** Between a second and an hour; five seconds when nothing sensible was said. */
export const clamped = (seconds = 5) =>
  Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 1), 3600) : 5;
