import {LRUCache} from 'lru-cache';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import type {CallOptions, Rooms} from '../rooms/rooms.js';
import type {Room, RoomDefinition} from '../rooms/schema.js';
import {codeOf, gate, type GateOptions} from './circuit-breaker.js';
import {endedBy, Ending, endOf, heed, sparing, unheed, within} from './deadline.js';
import {Spared} from './errors.js';

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

  /** The options of a call at the platform. */
  const along = (caller: CallOptions | undefined) => endedBy(caller, rooms);

  const read = <T>(caller: CallOptions | undefined, run: (options?: CallOptions) => Promise<T>) =>
    twice(caller, () => reach(caller, () => run(along(caller))));

  async function found(marker: string, caller?: CallOptions): Promise<Room | undefined> {
    const all = await reach(caller, () => rooms.list(along(caller)));
    return all.find(room => room.data?.[MARKER] === marker);
  }

  async function made(definition: RoomDefinition, marker: string, caller?: CallOptions): Promise<Room> {
    const make = (caller?: CallOptions) =>
      reach(caller, () => rooms.create(definition, {signal: caller?.signal, idempotencyKey: marker}));
    if (lost.has(marker)) return (await found(marker, caller)) ?? (await make(caller));
    try {
      return await within(timeout / 2, caller, make);
    } catch (error) {
      if (!isLost(error)) throw error;
      lost.set(marker, true);
      if (endOf(caller)) throw error;
      const room = await found(marker, caller).catch(() => {
        throw error;
      });
      return room ?? (await make(caller));
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

  const careful: Rooms = {
    list: options =>
      kept.read('list', options, ending => read(ending, async options => (await rooms.list(options)).map(unmarked))),
    get: (id, options) =>
      kept.read(`room ${id}`, options, ending => read(ending, async options => unmarked(await rooms.get(id, options)))),
    users: (id, options) => shared.read(id, options, ending => read(ending, options => rooms.users(id, options))),
    create: async (definition, options = {}) =>
      writing(['list'], async () => {
        const {idempotencyKey = crypto.randomUUID()} = options;
        const room = await made(marked(definition, idempotencyKey), idempotencyKey, options);
        lost.delete(idempotencyKey);
        return unmarked(room);
      }),
    update: (id, changes, options) =>
      writing(['list', `room ${id}`], () => reach(options, () => rooms.update(id, unmarked(changes), along(options)))),
    remove: (id, options) =>
      writing(['list', `room ${id}`], () => reach(options, () => rooms.remove(id, along(options)))),
    token: async (id, request, options) => {
      try {
        return await reach(options, () => rooms.token(id, request, along(options)));
      } catch (error) {
        // A refusal says that the room is not as it is remembered.
        for (const key of ['list', `room ${id}`]) kept.drop(key);
        throw error;
      }
    },
    ...(rooms.now && {now: () => rooms.now!()}),
  };
  sparing.add(careful);
  return careful;
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
async function twice<T>(caller: CallOptions | undefined, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const passing = error instanceof RoomsError && ['offline', 'platform_down'].includes(error.code);
    if (!passing || error instanceof Spared || error.retryAfter || endOf(caller)) throw error;
    // Not all at the same moment: they failed at the same moment.
    await new Promise(resolve => setTimeout(resolve, 50 + Math.random() * 200));
    if (endOf(caller)) throw error;
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
  ending: Ending;
}

/** Answers that are shared by all who ask while they are on their way, and kept for `ttl` ms; failures are not kept. */
function shelf(ttl: number, clock: () => number) {
  const flights = new LRUCache<string, Flight<unknown>>({max: REMEMBERED});

  function begin<T>(key: string, run: (ending: Ending) => Promise<T>): Flight<T> {
    const ending = new Ending();
    const flight: Flight<T> = {answer: run(ending), until: Infinity, waiting: 0, ending};
    flights.set(key, flight);
    const drop = () => flights.peek(key) === flight && flights.delete(key);
    flight.answer.then(() => (ttl ? (flight.until = clock() + ttl) : drop()), drop);
    return flight;
  }

  return {
    drop: (key: string) => flights.delete(key),

    /** Ends the call when the last of those who wait for it has gone. */
    read<T>(key: string, caller: CallOptions | undefined, run: (ending: Ending) => Promise<T>): Promise<T> {
      let flight = flights.get(key) as Flight<T> | undefined;
      if (!flight || flight.until <= clock()) flight = begin(key, run);
      return flight.until === Infinity ? joined(key, flight, caller) : flight.answer;
    },
  };

  async function joined<T>(key: string, flight: Flight<T>, caller: CallOptions | undefined): Promise<T> {
    const leave = () => {
      if (--flight.waiting > 0) return;
      if (flights.peek(key) === flight) flights.delete(key);
      flight.ending.end(endOf(caller)!);
    };
    flight.waiting++;
    heed(caller, leave);
    try {
      return await flight.answer;
    } finally {
      unheed(caller, leave);
    }
  }
}
