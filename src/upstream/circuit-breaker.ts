import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import type {CallOptions} from '../rooms/rooms.js';
import {endOf, heed, unheed} from './deadline.js';
import {clamped, Spared} from './errors.js';
import {harmless, type Log} from './log.js';

export interface GateOptions {
  /** Most calls at the platform at once; 100 unless told. Twice as many may wait; beyond, visitors are refused. */
  concurrency?: number;
  /** Told when a platform that fails is given a rest, and when it answers again. The console unless told. */
  log?: Log;
  /** A clock in ms that is never set back. */
  clock?: () => number;
}

/** How long outcomes are counted together, in ms. */
const WINDOW = 10_000;
/** So many faults, when they are half of the outcomes, call for a rest. */
const MANY = 10;
/** How long a platform that fails is left alone, in ms. */
const REST = 5_000;
/** No platform is left alone for longer, whatever it asks for: it may have been mistaken. */
const LONGEST_REST = 60_000;

/** What a platform that is overloaded, broken or away does. An answer that cannot be read is an answer. */
const FAULTS: RoomsErrorCode[] = ['offline', 'timeout', 'platform_down', 'internal'];

export const codeOf = (error: unknown): RoomsErrorCode => (error instanceof RoomsError ? error.code : 'internal');

/** Runs one call when it may go; throws `Spared` when it may not. */
export type Gate = <T>(caller: CallOptions | undefined, run: () => Promise<T>) => Promise<T>;

interface Rest {
  /** By the clock of the gate. */
  until: number;
  /** Whether a call is on its way that tries if the platform is well. */
  tried: boolean;
  /** Whether the platform failed, rather than asked for patience. */
  failing: boolean;
}

/**
 * Lets calls through to a platform, so many at once and as many again waiting. None while it rests, because it asked for
 * patience or failed again and again; one alone when the rest is over, and all when that one is answered.
 */
export function gate({concurrency = 100, log, clock = () => performance.now()}: GateOptions = {}): Gate {
  const say = harmless(log);
  const queue = new Set<() => void>();
  let active = 0;
  let rest: Rest | undefined;
  let counted = {since: -Infinity, answers: 0, faults: 0};

  function count(kind: 'answers' | 'faults') {
    if (clock() - counted.since > WINDOW) counted = {since: clock(), answers: 0, faults: 0};
    counted[kind]++;
  }

  function begin(ms: number, failing: boolean) {
    if (failing && !rest?.failing) {
      say({level: 'error', code: 'platform_down', message: 'The platform fails again and again: it is given a rest.'});
    }
    const until = Math.max(clock() + Math.min(ms, LONGEST_REST), rest?.until ?? 0);
    rest = {until, tried: false, failing: failing || !!rest?.failing};
  }

  function answered(trying: boolean) {
    count('answers');
    if (!trying) return;
    if (rest?.failing) say({level: 'warn', message: 'The platform answers again.'});
    rest = undefined;
    counted = {since: -Infinity, answers: 0, faults: 0};
  }

  function failed(error: unknown, trying: boolean) {
    const code = codeOf(error);
    const wait = error instanceof RoomsError ? error.retryAfter : undefined;
    if (code === 'rate_limited' || (code === 'platform_down' && wait)) return begin(clamped(wait) * 1000, false);
    if (code === 'aborted') return void (trying && rest && (rest.tried = false));
    if (!FAULTS.includes(code)) return answered(trying);
    count('faults');
    if (trying || (!rest && counted.faults >= MANY && counted.faults >= counted.answers)) begin(REST, true);
  }

  function spare() {
    if (rest && (rest.until > clock() || rest.tried)) throw new Spared((rest.until - clock()) / 1000);
  }

  function place(caller: CallOptions | undefined): Promise<void> | undefined {
    if (active < concurrency) return void active++;
    if (queue.size >= 2 * concurrency) throw new Spared(1);
    return new Promise((resolve, reject) => {
      const next = () => {
        unheed(caller, gone);
        resolve();
      };
      const gone = () => {
        queue.delete(next);
        reject(endOf(caller)!);
      };
      heed(caller, gone);
      queue.add(next);
    });
  }

  /** Whoever waits first takes the place; only without anybody is it free. */
  function leave() {
    const [next] = queue;
    if (!next) return void active--;
    queue.delete(next);
    next();
  }

  return async (caller, run) => {
    spare();
    const waiting = place(caller);
    if (waiting) await waiting;
    let ended = false;
    let trying = false;
    const end = (outcome: () => void) => {
      if (ended) return;
      ended = true;
      unheed(caller, gone);
      outcome();
      leave();
    };
    // A call that does not heed its signal must not keep its place.
    const gone = () => {
      const reason = endOf(caller);
      end(() => failed(reason instanceof RoomsError ? reason : new RoomsError('aborted', ''), trying));
    };
    heed(caller, gone);
    try {
      spare();
      if (rest) rest.tried = trying = true;
    } catch (error) {
      end(() => {});
      throw error;
    }
    try {
      const value = await run();
      end(() => answered(trying));
      return value;
    } catch (error) {
      end(() => failed(error, trying));
      throw error;
    }
  };
}
