import {withDeadline} from '../rooms/deadline.js';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import {NotSent, retryAfterSeconds} from './errors.js';
import {neverThrowing, type Log} from './log.js';

export interface CircuitBreakerOptions {
  /**
   * Most calls to the platform at once. Twice as many may wait; further visitors are refused.
   *
   * @default 100
   */
  concurrency?: number;
  /**
   * Called when the circuit opens because the platform fails, and when it closes again.
   *
   * @default console.error
   */
  log?: Log;
  /** A clock in ms that never goes back. @default performance.now */
  clock?: () => number;
}

/** How long outcomes are counted together, in ms. */
const WINDOW = 10_000;
/** The circuit opens after so many faults, if they are at least half of the outcomes. */
const MAX_FAULTS = 10;
/** How long the circuit stays open when the platform fails, in ms. */
const PAUSE = 5_000;
/** Longest pause in ms, whatever the platform asks for: it may be wrong. */
const MAX_PAUSE = 60_000;

/** What a platform does that is overloaded, broken or away. An answer that cannot be read is still an answer. */
const FAULTS: RoomsErrorCode[] = ['offline', 'timeout', 'platform_down', 'internal'];

export const codeOf = (error: unknown): RoomsErrorCode => (error instanceof RoomsError ? error.code : 'internal');

/** Errors, and the circuit breaker that has counted each first. One around it does not count them again. */
const counted = new WeakMap<object, CircuitBreaker>();

/** Runs a call, or throws `NotSent`. The call ends when `signal` aborts, even if `run` goes on. */
export type CircuitBreaker = <T>(signal: AbortSignal | undefined, run: () => Promise<T>) => Promise<T>;

/** The circuit while it is open. */
interface Open {
  /** When the pause ends, by `clock`. */
  until: number;
  /** Whether a call is under way that tries the platform after the pause. */
  trying: boolean;
  /** Whether the platform failed. Otherwise it asked us to wait. */
  failing: boolean;
}

/**
 * Limits how many calls go to a platform at once, and stops them for a while when the platform fails again and again or
 * asks us to wait. After the pause one call tries the platform. When it is answered, all calls go again.
 *
 * @example
 * const breaker = circuitBreaker({concurrency: 10});
 * const list = await breaker(signal, () => rooms.list({signal}));
 */
export function circuitBreaker({
  concurrency = 100,
  log,
  clock = () => performance.now(),
}: CircuitBreakerOptions = {}): CircuitBreaker {
  const say = neverThrowing(log);
  const queue = new Set<() => void>();
  let active = 0;
  let open: Open | undefined;
  let recent = {since: -Infinity, answers: 0, faults: 0};

  function count(kind: 'answers' | 'faults') {
    if (clock() - recent.since > WINDOW) recent = {since: clock(), answers: 0, faults: 0};
    recent[kind]++;
  }

  function pause(ms: number, failing: boolean) {
    if (failing && !open?.failing) {
      say({level: 'error', code: 'platform_down', message: 'The platform fails again and again: calls are paused.'});
    }
    const until = Math.max(clock() + Math.min(ms, MAX_PAUSE), open?.until ?? 0);
    open = {until, trying: false, failing: failing || !!open?.failing};
  }

  function answered(isTry: boolean) {
    count('answers');
    if (!isTry) return;
    if (open?.failing) say({level: 'warn', message: 'The platform answers again.'});
    open = undefined;
    recent = {since: -Infinity, answers: 0, faults: 0};
  }

  function notSent(seconds: number): NotSent {
    const error = new NotSent(seconds);
    counted.set(error, breaker);
    return error;
  }

  /** Whether another circuit breaker has counted an error: what is at fault is behind that one. */
  function isCounted(error: unknown): boolean {
    if (!(error instanceof RoomsError)) return false;
    if (!counted.has(error)) counted.set(error, breaker);
    return counted.get(error) !== breaker;
  }

  function failed(error: unknown, isTry: boolean) {
    const code = codeOf(error);
    if (code !== 'aborted' && isCounted(error)) return answered(isTry);
    const wait = error instanceof RoomsError ? error.retryAfter : undefined;
    if (code === 'rate_limited' || (code === 'platform_down' && wait)) {
      return pause(retryAfterSeconds(wait) * 1000, false);
    }
    if (code === 'aborted') {
      if (isTry && open) open.trying = false;
      return;
    }
    if (!FAULTS.includes(code)) return answered(isTry);
    count('faults');
    if (isTry || (!open && recent.faults >= MAX_FAULTS && recent.faults >= recent.answers)) pause(PAUSE, true);
  }

  function refuseWhileOpen() {
    if (open && (open.until > clock() || open.trying)) throw notSent((open.until - clock()) / 1000);
  }

  /** Takes a place among the active calls, or waits for one. */
  function enter(signal: AbortSignal | undefined): Promise<void> | undefined {
    if (active < concurrency) return void active++;
    if (queue.size >= 2 * concurrency) throw notSent(1);
    let admit = () => {};
    const admitted = new Promise<void>(resolve => (admit = resolve));
    queue.add(admit);
    return withDeadline({signal}, ending => {
      // At once: a place that becomes free in the same moment must not go to a call that has left.
      const leave = () => queue.delete(admit);
      ending.addEventListener('abort', leave);
      return admitted.finally(() => ending.removeEventListener('abort', leave));
    });
  }

  /** Gives the place to the call that has waited longest. */
  function leave() {
    const [admit] = queue;
    if (!admit) return void active--;
    queue.delete(admit);
    admit();
  }

  const breaker: CircuitBreaker = async (signal, run) => {
    refuseWhileOpen();
    const waiting = enter(signal);
    if (waiting) await waiting;
    try {
      refuseWhileOpen();
      const isTry = !!open;
      if (open) open.trying = true;
      try {
        const value = await withDeadline({signal}, run);
        answered(isTry);
        return value;
      } catch (error) {
        failed(error, isTry);
        throw error;
      }
    } finally {
      leave();
    }
  };
  return breaker;
}
