import {LRUCache} from 'lru-cache';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import type {Rooms, WriteOptions} from '../rooms/rooms.js';
import type {Room, RoomDefinition} from '../rooms/schema.js';
import {codeOf, gate, type GateOptions} from './gate.js';
import {Spared, within} from './upstream.js';

export interface CareOptions extends GateOptions {
  /** How long a list or a room is answered from memory, in ms; 2,000 unless told, 0 for never. */
  cache?: number;
  /** Deadline of one whole operation, in ms; 10,000 unless told. A creation has half of it for its first try. */
  timeout?: number;
}

/** The key of a room's `data` by which a room is known again whose making was never answered. */
const MARKER = 'greenroom_marker';

/** How many rooms, and how many lost creations, are remembered. */
const REMEMBERED = 1000;

/**
 * `Rooms` that spare the platform behind them, and lose nothing to a bad connection. What reads is asked once for all
 * who ask at the same time, kept for a moment, and tried once more when no answer came. A token is never tried again. A
 * room whose making was not answered is looked for before it is made again. A platform that asks for patience or fails
 * again and again is given rest, and one caller then tries whether it is well. Whoever is not let through gets `Spared`.
 */
export function careful(rooms: Rooms, options: CareOptions = {}): Rooms {
  const {cache = 2_000, timeout = 10_000, clock = () => performance.now()} = options;
  const reach = gate({...options, clock});
  const kept = shelf(cache, clock);
  // Only what is asked for at the same time is asked once: who is in a room may change at any moment.
  const shared = shelf(0, clock);
  const lost = new LRUCache<string, true>({max: REMEMBERED});

  const read = <T>(signal: AbortSignal | undefined, run: (signal?: AbortSignal) => Promise<T>) =>
    twice(signal, () => reach(signal, () => run(signal)));

  async function found(marker: string, signal?: AbortSignal): Promise<Room | undefined> {
    const all = await reach(signal, () => rooms.list({signal}));
    return all.find(room => room.data?.[MARKER] === marker);
  }

  async function made(definition: RoomDefinition, marker: string, signal?: AbortSignal): Promise<Room> {
    const make = (signal?: AbortSignal) =>
      reach(signal, () => rooms.create(definition, {signal, idempotencyKey: marker}));
    if (lost.has(marker)) return (await found(marker, signal)) ?? (await make(signal));
    try {
      return await within(timeout / 2, signal, ({signal}) => make(signal));
    } catch (error) {
      if (!isLost(error)) throw error;
      lost.set(marker, true);
      if (signal?.aborted) throw error;
      const room = await found(marker, signal).catch(() => {
        throw error;
      });
      return room ?? (await make(signal));
    }
  }

  /** What was kept from before a write is not the truth after it, whatever came of it. */
  async function writing<T>(keys: string[], run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } finally {
      for (const key of keys) kept.drop(key);
    }
  }

  return {
    list: options =>
      kept.read('list', options?.signal, signal =>
        read(signal, async signal => (await rooms.list({signal})).map(unmarked)),
      ),
    get: (id, options) =>
      kept.read(`room ${id}`, options?.signal, signal =>
        read(signal, async signal => unmarked(await rooms.get(id, {signal}))),
      ),
    users: (id, options) =>
      shared.read(id, options?.signal, signal => read(signal, signal => rooms.users(id, {signal}))),
    create: async (definition, {signal, idempotencyKey = crypto.randomUUID()}: WriteOptions = {}) =>
      writing(['list'], async () => {
        const room = await made(marked(definition, idempotencyKey), idempotencyKey, signal);
        lost.delete(idempotencyKey);
        return unmarked(room);
      }),
    update: (id, changes, options) =>
      writing(['list', `room ${id}`], () =>
        reach(options?.signal, () => rooms.update(id, unmarked(changes), {signal: options?.signal})),
      ),
    remove: (id, options) =>
      writing(['list', `room ${id}`], () => reach(options?.signal, () => rooms.remove(id, {signal: options?.signal}))),
    token: async (id, request, options) => {
      try {
        return await reach(options?.signal, () => rooms.token(id, request, {signal: options?.signal}));
      } catch (error) {
        // A refusal says that the room is not as it is remembered.
        for (const key of ['list', `room ${id}`]) kept.drop(key);
        throw error;
      }
    },
    ...(rooms.now && {now: () => rooms.now!()}),
  };
}

/** What is no object is left as it is: the platform refuses it better. */
function marked(definition: RoomDefinition, marker: string): RoomDefinition {
  const {data = {}} = definition;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return definition;
  return {...definition, data: {...data, [MARKER]: marker}};
}

/** A marker is nobody's to see, and nobody's to set. */
function unmarked<T extends {data?: Record<string, unknown>}>(from: T): T {
  if (typeof from.data !== 'object' || from.data === null || !Object.hasOwn(from.data, MARKER)) return from;
  const {[MARKER]: _, ...data} = from.data;
  const {data: __, ...rest} = from;
  return (Object.keys(data).length ? {...rest, data} : rest) as T;
}

/** No answer, or none that can be read: what was asked for may have been done. */
const LOST: RoomsErrorCode[] = ['offline', 'timeout', 'aborted', 'bad_reply', 'platform_down', 'internal'];
const isLost = (error: unknown) => !(error instanceof Spared) && LOST.includes(codeOf(error));

/** Tries what reads once more, a moment later, when the platform could not be reached or said that it is unwell. */
async function twice<T>(signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const passing = error instanceof RoomsError && ['offline', 'platform_down'].includes(error.code);
    if (!passing || error instanceof Spared || error.retryAfter || signal?.aborted) throw error;
    // Not all at the same moment: they failed at the same moment.
    await new Promise(resolve => setTimeout(resolve, 50 + Math.random() * 200));
    if (signal?.aborted) throw error;
    return run().catch((second: unknown) => {
      throw second instanceof Spared ? error : second;
    });
  }
}

interface Flight<T> {
  answer: Promise<T>;
  /** Until when the answer is good; for ever while it is on its way. */
  until: number;
  /** How many wait for it. */
  waiting: number;
  ending: AbortController;
}

/** Answers that are shared by all who ask while they are on their way, and kept for `ttl` ms; failures are not kept. */
function shelf(ttl: number, clock: () => number) {
  const flights = new LRUCache<string, Flight<unknown>>({max: REMEMBERED});

  function begin<T>(key: string, run: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const ending = new AbortController();
    const flight: Flight<T> = {answer: run(ending.signal), until: Infinity, waiting: 0, ending};
    flights.set(key, flight);
    const drop = () => flights.peek(key) === flight && flights.delete(key);
    flight.answer.then(() => (ttl ? (flight.until = clock() + ttl) : drop()), drop);
    return flight;
  }

  return {
    drop: (key: string) => flights.delete(key),

    /** Ends the call when the last of those who wait for it has gone. */
    async read<T>(key: string, signal: AbortSignal | undefined, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
      let flight = flights.get(key) as Flight<T> | undefined;
      if (!flight || flight.until <= clock()) flight = begin(key, run);
      const joined = flight;
      if (joined.until !== Infinity) return joined.answer;
      const leave = () => {
        if (--joined.waiting > 0) return;
        if (flights.peek(key) === joined) flights.delete(key);
        joined.ending.abort(signal!.reason);
      };
      joined.waiting++;
      signal?.addEventListener('abort', leave);
      try {
        return await joined.answer;
      } finally {
        signal?.removeEventListener('abort', leave);
      }
    },
  };
}
