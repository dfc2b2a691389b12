import type {Holder} from '../rooms/admission.js';
import type {Directory, DirectoryRoom} from '../rooms/directory.js';
import {CallEnded} from '../rooms/deadline.js';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import type {CallOptions} from '../rooms/rooms.js';
import {circuitBreaker, markTold, neverThrowing, singleFlightCache, type Log} from '../upstream/upstream.js';
import type {Engine, EngineRoom} from './engine.js';
import {Refused, seatsOf} from './vendor.js';

/** How long a room that was opened is not opened again, in ms. No vendor ends an empty room sooner. */
const OPENED = 30_000;

/** How long the vendor's numbers of people are kept, in ms, if it does not lag behind itself. */
const COUNTED = 1_000;

/** How far the vendor's clock may differ from ours, in ms. Most tokens live for a minute. */
const SKEW = 30_000;

/** How long the same sentence is not told again, in ms. */
const TOLD = 1_000;

/** Faults of a vendor, or of how we ask it. Their sentences are for the operator. */
const FAULTS: RoomsErrorCode[] = [
  'unauthorized',
  'misconfigured',
  'bad_reply',
  'rate_limited',
  'platform_down',
  'offline',
  'timeout',
  'internal',
];

/** How many people are in each room. */
export interface Counts {
  people: Map<string, number>;
  /** How long ago that was so at least, in ms. */
  age: () => number;
}

/** An engine, with calls that are shared, counted by a circuit breaker, and told to the operator when they fail. */
export type CaredEngine = ReturnType<typeof careFor>;

/** The calls of an engine, as the rooms of a directory need them. `name` is the engine's name for the operator. */
export function careFor(name: string, engine: Engine, directory: Directory, log?: Log) {
  const say = neverThrowing(log);
  const clock = () => performance.now();
  const breaker = circuitBreaker({log, clock});
  const {lag = COUNTED} = engine;
  const counts = singleFlightCache(lag, clock);
  const opened = singleFlightCache(OPENED, clock);
  let told = {sentence: '', at: 0};
  let clocksDiffer = false;

  async function known(room: DirectoryRoom): Promise<EngineRoom> {
    if (!engine.keepsId) return room;
    return {...room, vendor_id: await directory.vendorId!(room.room_id)};
  }

  function tell(code: RoomsErrorCode, sentence: string) {
    if (told.sentence === sentence && clock() - told.at < TOLD) return;
    told = {sentence, at: clock()};
    say({level: 'error', code, message: `${name}: ${sentence}`});
  }

  /** `about` is said, too, where the vendor refuses what it was asked. */
  function report(error: unknown, about = '') {
    const {code, message} = error instanceof RoomsError ? error : new RoomsError('internal', 'Something was thrown.');
    if (!FAULTS.includes(code) || error instanceof CallEnded) return;
    tell(code, about && error instanceof Refused ? `${message} ${about}` : message);
    markTold(error);
  }

  /** Says once that the clocks differ, and again if they differ after they have agreed. */
  function compareClocks() {
    const ahead = engine.ahead?.() ?? 0;
    const differ = Math.abs(ahead) > SKEW;
    if (differ && !clocksDiffer) {
      const seconds = Math.round(Math.abs(ahead) / 1000);
      const where = ahead > 0 ? 'behind' : 'ahead of';
      tell(
        'misconfigured',
        `The clock of this machine is ${seconds} s ${where} the vendor's. Set it: tokens may be refused.`,
      );
    }
    clocksDiffer = differ;
  }

  const call = <T>(options: CallOptions | undefined, run: (options: CallOptions) => Promise<T>, about?: string) =>
    breaker(options?.signal, async () => {
      try {
        return await run({signal: options?.signal});
      } catch (error) {
        report(error, about);
        throw error;
      } finally {
        compareClocks();
      }
    });

  /** Makes the vendor's room, and returns its id if the engine needs one. */
  async function make(room: DirectoryRoom, signal: AbortSignal): Promise<string | undefined> {
    const theirs = await known(room);
    if (theirs.vendor_id) return theirs.vendor_id;
    const about = `The room ${room.room_id} was to have ${seatsOf(room)} seats.`;
    const made = await call({signal}, options => engine.open!(theirs, options), about);
    if (!engine.keepsId) return undefined;
    const kept = await directory.vendorId!(room.room_id, made);
    // Somebody else was faster, although nobody should be: what we made is of no use.
    if (kept !== made) await call({signal}, options => engine.close({...room, vendor_id: made}, options));
    return kept;
  }

  return {
    name,
    engine,
    start: async () => engine.start?.(error => report(error)),
    stop: async () => engine.stop?.(),
    check: async (options?: CallOptions) => engine.check && call(options, options => engine.check!(options)),
    /** `key` names the rooms: callers who ask for the same at the same time share one call. */
    active: (key: string, rooms: readonly DirectoryRoom[], options?: CallOptions): Promise<Counts> =>
      counts.read(key, options?.signal, async signal => {
        const asked = clock();
        const all = await Promise.all(rooms.map(known));
        const people = await call({signal}, options => engine.active(all, options));
        return {people, age: () => clock() - asked + (engine.lag ?? 0)};
      }),
    users: async (room: DirectoryRoom, options?: CallOptions) => {
      const theirs = await known(room);
      return call(options, options => engine.users(theirs, options));
    },
    open: async (room: DirectoryRoom, options?: CallOptions): Promise<EngineRoom> => {
      if (!engine.open) return room;
      const vendor_id = await opened.read(room.room_id, options?.signal, async signal => {
        const work = () => make(room, signal);
        return directory.alone ? directory.alone(room.room_id, work, signal) : work();
      });
      return {...room, ...(vendor_id !== undefined && {vendor_id})};
    },
    token: (room: EngineRoom, holder: Holder, options?: CallOptions) =>
      call(options, options => engine.token(room, holder, options)),
    close: async (room: DirectoryRoom, options?: CallOptions) => {
      const theirs = await known(room);
      opened.delete(room.room_id);
      await call(options, options => engine.close(theirs, options));
    },
  };
}
