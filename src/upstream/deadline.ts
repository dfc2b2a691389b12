import {RoomsError} from '../rooms/errors.js';
import type {CallOptions, Rooms} from '../rooms/rooms.js';

/** Ours, and no word of the platform's: the time was up (`timeout`), or the caller has gone (`aborted`). */
export class Ended extends RoomsError {}

/**
 * Ends a call, and goes along as its options. Its signal is made when somebody asks for it: on Node one signal with its
 * listeners costs as much as all the checks of a token.
 */
export class Ending implements CallOptions {
  readonly #controller = new AbortController();
  readonly #heeding: (() => void)[] = [];
  /** Why the call was ended; undefined until it is. */
  reason?: Error;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(reason: Error) {
    if (this.reason) return;
    this.reason = reason;
    for (const heed of this.#heeding.splice(0)) heed();
    this.#controller.abort(reason);
  }

  heed(listener: () => void) {
    this.#heeding.push(listener);
  }

  unheed(listener: () => void) {
    const at = this.#heeding.lastIndexOf(listener);
    if (at >= 0) this.#heeding.splice(at, 1);
  }
}

/** Rooms of ours, which ask an `Ending` for no signal. */
export const sparing = new WeakSet<Rooms>();

/** What a call is ended by, as options for `rooms`: whose they are not, may copy them or hand them on. */
export const endedBy = (caller: CallOptions | undefined, rooms: Rooms): CallOptions | undefined =>
  sparing.has(rooms) ? caller : {signal: caller?.signal};

/** Calls back when the caller ends the call that was made with these options. */
export function heed(caller: CallOptions | undefined, listener: () => void) {
  if (caller instanceof Ending) caller.heed(listener);
  else caller?.signal?.addEventListener('abort', listener);
}

export function unheed(caller: CallOptions | undefined, listener: () => void) {
  if (caller instanceof Ending) caller.unheed(listener);
  else caller?.signal?.removeEventListener('abort', listener);
}

/** Why the call was ended that was made with these options; undefined while it was not. */
export function endOf(caller: CallOptions | undefined): Error | undefined {
  if (caller instanceof Ending) return caller.reason;
  return caller?.signal?.aborted ? (caller.signal.reason as Error) : undefined;
}

/**
 * What `run` answers, unless `ms` pass or the caller goes first: then it fails with `Ended`, whether or not `run` heeds
 * the ending it was given.
 */
export function within<T>(
  ms: number,
  caller: CallOptions | undefined,
  run: (ending: Ending) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const ending = new Ending();
    const end = (reason: Ended) => {
      reject(reason);
      ending.end(reason);
    };
    const gone = () => end(new Ended('aborted', 'The call was ended before it was answered.'));
    if (endOf(caller)) return gone();
    const timer = setTimeout(() => end(new Ended('timeout', `No answer within ${ms} ms.`)), ms);
    heed(caller, gone);
    const settle =
      <Value>(settled: (value: Value) => void) =>
      (value: Value) => {
        clearTimeout(timer);
        unheed(caller, gone);
        settled(value);
      };
    try {
      Promise.resolve(run(ending)).then(settle(resolve), settle(reject));
    } catch (error) {
      settle(reject)(error);
    }
  });
}
