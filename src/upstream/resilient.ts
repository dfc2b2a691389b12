import {LRUCache} from 'lru-cache';
import {withDeadline} from '../rooms/deadline.js';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import type {CallOptions, Rooms, WriteOptions} from '../rooms/rooms.js';
import type {RoomDefinition} from '../rooms/definition.js';
import type {Room} from '../rooms/room.js';
import {isObject} from '../rooms/values.js';
import {singleFlightCache} from './cache.js';
import {circuitBreaker, codeOf, type CircuitBreakerOptions} from './circuit-breaker.js';
import {NotSent} from './errors.js';

export interface ResilientOptions extends CircuitBreakerOptions {
  /** How long a list or a room is kept, in ms; 0 keeps none. @default 2_000 */
  cache?: number | undefined;
  /** Deadline of one operation, in ms. The first try of a creation gets half of it. @default 10_000 */
  timeout?: number | undefined;
}

/** The key in a room's `data` that identifies a room whose creation was not answered. */
const MARKER = 'greenroom_marker';

/** Most creations without an answer that are remembered. */
const MAX_LOST = 1000;

/**
 * `Rooms` that spare the platform behind them and lose nothing to a bad connection.
 *
 * - Reads at the same time become one call. Its answer is kept for a moment. A read without an answer is retried once.
 * - A token is never retried.
 * - After a creation without an answer the room is looked for before it is created again.
 * - A circuit breaker stops calls while the platform fails. Then calls reject with `NotSent`.
 *
 * @example
 * const rooms = resilient(platformRooms({endpoint, headers}), {cache: 5_000});
 */
export function resilient(rooms: Rooms, options: ResilientOptions = {}): Rooms {
  const {cache = 2_000, timeout = 10_000, clock = () => performance.now()} = options;
  const breaker = circuitBreaker({...options, clock});
  const kept = singleFlightCache(cache, clock);
  // People come and go at any moment, so these answers are shared, but not kept.
  const users = singleFlightCache(0, clock);
  const lost = new LRUCache<string, true>({max: MAX_LOST});

  const read = <T>(signal: AbortSignal, run: (options: CallOptions) => Promise<T>) =>
    retryOnce(signal, () => breaker(signal, () => run({signal})));

  async function allWith(marker: string, signal?: AbortSignal): Promise<Room[]> {
    const all = await breaker(signal, () => rooms.list({signal}));
    return all.filter(room => room.data?.[MARKER] === marker);
  }

  /** Looks for a room, and creates it if it is not there. Throws `lost` if it cannot be looked for. */
  async function findOrCreate(
    marker: string,
    attempt: () => Promise<Room>,
    signal: AbortSignal | undefined,
    lost?: unknown,
  ): Promise<Room> {
    const [found] = await allWith(marker, signal).catch((error: unknown) => {
      throw lost ?? error;
    });
    if (found) return found;
    const made = await attempt();
    // A platform that stood still may carry out the first call only now. Of two rooms the older one stays.
    const [first = made, ...others] = await allWith(marker, signal).catch(() => [made]);
    for (const {room_id} of others) await breaker(signal, () => rooms.remove(room_id, {signal})).catch(() => {});
    return first;
  }

  async function create(definition: RoomDefinition, marker: string, {signal, again}: WriteOptions): Promise<Room> {
    const attempt = (signal?: AbortSignal) =>
      breaker(signal, () => rooms.create(definition, {signal, idempotencyKey: marker}));
    if (again || lost.has(marker)) return findOrCreate(marker, () => attempt(signal), signal);
    try {
      return await withDeadline({timeout: timeout / 2, signal}, attempt);
    } catch (error) {
      if (!isLost(error)) throw error;
      lost.set(marker, true);
      if (signal?.aborted) throw error;
      return findOrCreate(marker, () => attempt(signal), signal, error);
    }
  }

  /** Runs a write. What was read before it is dropped, even if the write fails. */
  async function write<T>(keys: string[], run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } finally {
      for (const key of keys) kept.delete(key);
    }
  }

  return {
    list: ({signal} = {}) =>
      kept.read('list', signal, signal =>
        read(signal, async options => (await rooms.list(options)).map(withoutMarker)),
      ),
    get: (id, {signal} = {}) =>
      kept.read(`room ${id}`, signal, signal =>
        read(signal, async options => withoutMarker(await rooms.get(id, options))),
      ),
    users: (id, {signal} = {}) => users.read(id, signal, signal => read(signal, options => rooms.users(id, options))),
    create: (definition, {signal, idempotencyKey = crypto.randomUUID(), again} = {}) =>
      write(['list'], async () => {
        const room = await create(withMarker(definition, idempotencyKey), idempotencyKey, {signal, again});
        lost.delete(idempotencyKey);
        return withoutMarker(room);
      }),
    update: (id, changes, {signal} = {}) =>
      write(['list', `room ${id}`], () => breaker(signal, () => rooms.update(id, withoutMarker(changes), {signal}))),
    remove: (id, {signal} = {}) =>
      write(['list', `room ${id}`], () => breaker(signal, () => rooms.remove(id, {signal}))),
    token: async (id, request, {signal} = {}) => {
      try {
        return await breaker(signal, () => rooms.token(id, request, {signal}));
      } catch (error) {
        // A refusal shows that the room is not as it was when it was read.
        for (const key of ['list', `room ${id}`]) kept.delete(key);
        throw error;
      }
    },
    ...(rooms.now && {now: () => rooms.now!()}),
    ...(rooms.enforces && {enforces: room => rooms.enforces!(room)}),
  };
}

/** A definition with data that is no object stays as it is: the platform refuses it. */
function withMarker(definition: RoomDefinition, marker: string): RoomDefinition {
  const {data = {}} = definition;
  if (!isObject(data)) return definition;
  return {...definition, data: {...data, [MARKER]: marker}};
}

/** Visitors can neither see nor set a marker. */
function withoutMarker<T extends {data?: Record<string, unknown>}>(from: T): T {
  if (!isObject(from.data) || !Object.hasOwn(from.data, MARKER)) return from;
  const {[MARKER]: _, ...data} = from.data;
  const {data: __, ...rest} = from;
  return (Object.keys(data).length ? {...rest, data} : rest) as T;
}

/** Errors after which nobody knows whether the platform did what it was asked. */
const LOST: RoomsErrorCode[] = ['offline', 'timeout', 'aborted', 'bad_reply', 'platform_down', 'internal'];
const isLost = (error: unknown) => !(error instanceof NotSent) && LOST.includes(codeOf(error));

/** Retries a read once, after a moment, if the platform could not be reached or is down. */
async function retryOnce<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const mayPass = error instanceof RoomsError && ['offline', 'platform_down'].includes(error.code);
    if (!mayPass || error instanceof NotSent || error.retryAfter || signal.aborted) throw error;
    // A random pause, because all callers failed at the same moment.
    await new Promise(resolve => setTimeout(resolve, 50 + Math.random() * 200));
    if (signal.aborted) throw error;
    return run().catch((second: unknown) => {
      throw second instanceof NotSent ? error : second;
    });
  }
}
