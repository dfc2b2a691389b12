import {LRUCache} from 'lru-cache';

/** Most answers that are kept at once. */
const MAX_KEPT = 1000;

interface Flight<T> {
  answer: Promise<T>;
  /** Until when the answer is kept; `Infinity` while the call is under way. */
  until: number;
  /** How many callers wait for the answer. */
  waiting: number;
  ending: AbortController;
}

/**
 * Joins calls that ask for the same at the same time into one (single flight), and keeps answers for `ttl` ms; with 0
 * none is kept, and failures never are. `clock` is in ms.
 *
 * @example
 * const cache = singleFlightCache(2_000, () => performance.now());
 * const list = await cache.read('list', signal, signal => rooms.list({signal}));
 */
export function singleFlightCache(ttl: number, clock: () => number) {
  const flights = new LRUCache<string, Flight<unknown>>({max: MAX_KEPT});

  function begin<T>(key: string, run: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const ending = new AbortController();
    const flight: Flight<T> = {answer: run(ending.signal), until: Infinity, waiting: 0, ending};
    flights.set(key, flight);
    const drop = () => flights.peek(key) === flight && flights.delete(key);
    flight.answer.then(() => (ttl ? (flight.until = clock() + ttl) : drop()), drop);
    return flight;
  }

  async function wait<T>(key: string, flight: Flight<T>, signal: AbortSignal | undefined): Promise<T> {
    const leave = () => {
      if (--flight.waiting > 0) return;
      if (flights.peek(key) === flight) flights.delete(key);
      flight.ending.abort(signal!.reason);
    };
    flight.waiting++;
    signal?.addEventListener('abort', leave);
    try {
      return await flight.answer;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  return {
    delete: (key: string) => flights.delete(key),

    /** Runs the call, or joins the one under way, which ends when the last caller has left. */
    read<T>(key: string, signal: AbortSignal | undefined, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
      let flight = flights.get(key) as Flight<T> | undefined;
      if (!flight || flight.until <= clock()) flight = begin(key, run);
      return flight.until === Infinity ? wait(key, flight, signal) : flight.answer;
    },
  };
}
