import {checkTokenRequest, seatOf, type Holder} from '../rooms/admission.js';
import {
  checkEnforced,
  enforcedByAll,
  enforcesRole,
  lackingSetting,
  NotEnforced,
  type Enforces,
} from '../rooms/enforces.js';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import {errorOf} from '../rooms/results.js';
import type {CallOptions, Rooms} from '../rooms/rooms.js';
import {clockOf} from '../rooms/rules.js';
import type {Room} from '../rooms/room.js';
import type {IssuedToken} from '../rooms/schema.js';
import {circuitBreaker, neverThrowing, singleFlightCache, type Log} from '../upstream/upstream.js';
import type {Directory} from './directory.js';
import type {Engine, EngineRoom} from './engine.js';

export interface EngineRoomsOptions {
  /** The names, schedule, seats and owners of the rooms. */
  directory: Directory;
  /** Where the sessions are. Several by name, if the directory says which one each room is at. The first is the default. */
  engine: Engine | Record<string, Engine>;
  /** Called with what the operator should know. @default console.error */
  log?: Log | undefined;
}

/** `Rooms` whose sessions are at a video engine. */
export interface EngineRooms extends Rooms {
  enforces(room?: Room): Enforces;
  /** Begins to listen to the events of engines that have some, such as Janus. Call it before the first request. */
  start(): Promise<void>;
  /** Ends what `start` began. */
  stop(): Promise<void>;
}

/** How long a room that was opened is not opened again, in ms. No vendor ends an empty room sooner. */
const OPENED = 30_000;

/**
 * `Rooms` of a directory, with sessions at one or several video engines. Rules of rooms and tokens are the directory's,
 * who is inside is the engine's. What an engine does not enforce is refused.
 *
 * @throws RoomsError `misconfigured` if a room of the directory asks for something that its engine does not enforce.
 * @example
 * const rooms = engineRooms({directory: jsonDirectory(list), engine: livekit({url, key, secret})});
 * const proxy = tokenProxy({rooms, authorize, origins});
 */
export function engineRooms({directory, engine, log}: EngineRoomsOptions): EngineRooms {
  const say = neverThrowing(log);
  const engines = isEngine(engine) ? {[engine.provider]: engine} : engine;
  const cared = new Map(Object.entries(engines).map(([name, each]) => [name, careFor(name, each, directory, log)]));
  const [first] = cared.values();
  if (!first) throw new RoomsError('misconfigured', 'Give at least one engine.', {key: 'engine'});
  /** Rooms where somebody was inside when we last looked. */
  const live = new Set<string>();
  checkDirectory();

  function at(roomId: string): Cared {
    const name = directory.engineOf?.(roomId);
    const found = name === undefined ? first : cared.get(name);
    if (found) return found;
    throw new RoomsError('misconfigured', `The room is at the engine ${name}, which is not configured.`);
  }

  function checkDirectory() {
    for (const {engine, name} of cared.values()) {
      if (!engine.keepsId || directory.vendorId) continue;
      const sentence = `${name} gives each room an id that must be stored, and this directory cannot store it.`;
      throw new RoomsError('misconfigured', sentence, {key: 'directory'});
    }
    for (const [index, {room_id, settings}] of (directory.fixed ?? []).entries()) {
      const {engine, name} = at(room_id);
      const lacking = lackingSetting(engine.enforces, settings);
      if (!lacking) continue;
      const key = `rooms.${index}.${lacking}`;
      throw new RoomsError('misconfigured', `${key}: ${name} cannot enforce it. Leave it out.`, {key});
    }
  }

  /** Tells the directory which sessions began and ended. Returns whether one ended. */
  async function heard(rooms: readonly Room[], people: Map<string, number>): Promise<boolean> {
    let ended = false;
    for (const {room_id} of rooms) {
      const isLive = (people.get(room_id) ?? 0) > 0;
      if (isLive === live.has(room_id)) continue;
      await (isLive ? directory.began(room_id) : directory.ended(room_id));
      if (isLive) live.add(room_id);
      else ended = live.delete(room_id);
    }
    return ended;
  }

  /** The rooms with what is known of the people inside: one call for each engine. An engine that fails hides no room. */
  async function look(key: string, rooms: readonly Room[], options?: CallOptions): Promise<Looked> {
    let ended = false;
    const counts = [...cared.values()].map(async each => {
      const theirs = rooms.filter(({room_id}) => at(room_id) === each);
      if (theirs.length === 0) return [];
      try {
        const people = await each.active(key, theirs, options);
        ended = (await heard(theirs, people)) || ended;
        return [...people];
      } catch (error) {
        if (options?.signal?.aborted) throw error;
        say({level: 'warn', message: `${each.name} does not say which rooms are in use. They are shown as empty.`});
        return [];
      }
    });
    const people = new Map((await Promise.all(counts)).flat());
    return {rooms: rooms.map(room => shown(room, people)), ended};
  }

  /** Looks at rooms, and again if a room may have been gone with its session. */
  async function lookAt(key: string, read: () => Promise<Room[]>, options?: CallOptions): Promise<Room[]> {
    const {rooms, ended} = await look(key, await read(), options);
    return ended && directory.writable ? (await look(key, await read(), options)).rooms : rooms;
  }

  async function get(roomId: string, options?: CallOptions): Promise<Room> {
    const [room] = await lookAt(roomId, async () => [await directory.get(roomId, options)], options);
    return room!;
  }

  async function token(roomId: string, request: Partial<Holder>, options?: CallOptions): Promise<IssuedToken> {
    const room = await get(roomId, options);
    const holder = checkTokenRequest(request);
    const each = at(roomId);
    const {engine, name} = each;
    if (!enforcesRole(engine.enforces, holder.role)) throw new NotEnforced('role', name);
    const lacking = lackingSetting(engine.enforces, room.settings);
    if (lacking) {
      const message = `The room ${roomId} gives no tokens: ${name} cannot enforce ${lacking}.`;
      say({level: 'error', message, operation: 'token'});
      throw new NotEnforced(lacking, name);
    }
    await directory.check(room, holder, await inside(room, holder, options));
    const issued = await each.token(await each.open(room, options), holder, options);
    return {...issued, provider: engine.provider, once: engine.enforces.once};
  }

  /** The people inside, as far as they matter for a seat: while there are fewer than seats, nobody needs to be asked. */
  async function inside(room: Room, {role}: Holder, options?: CallOptions) {
    const each = at(room.room_id);
    const people = await each.active(room.room_id, [room], options);
    // Vendors do not count hidden people.
    const isFree = role !== 'audience' && (people.get(room.room_id) ?? 0) < Number(room.settings[seatOf(role)] ?? 0);
    return isFree ? [] : each.users(room, options);
  }

  function checkSettings(roomId: string | undefined, settings: object | undefined) {
    const {engine, name} = roomId === undefined ? first! : at(roomId);
    checkEnforced(engine.enforces, settings as Record<string, unknown> | undefined, name);
  }

  return {
    list: options => lookAt('', () => directory.list(options), options),
    get,
    async create(definition, options) {
      checkSettings(undefined, definition.settings);
      return directory.create(definition, options);
    },
    async update(roomId, changes, options) {
      await directory.get(roomId, options);
      checkSettings(roomId, changes.settings);
      await directory.update(roomId, changes, options);
    },
    async remove(roomId, options) {
      const room = await directory.get(roomId, options);
      if (!directory.writable) return directory.remove(roomId, options);
      const each = at(roomId);
      if ((await each.users(room, options)).length > 0) {
        throw errorOf(50004, {desc: 'Somebody is connected; delete the room when all have left.'});
      }
      await each.close(room, options);
      await directory.remove(roomId, options);
      live.delete(roomId);
    },
    users: async (roomId, options) => at(roomId).users(await directory.get(roomId, options), options),
    token: (roomId, request, options) => token(roomId, request, options),
    now: () => clockOf(directory),
    start: async () => void (await Promise.all([...cared.values()].map(each => each.start()))),
    stop: async () => void (await Promise.all([...cared.values()].map(each => each.stop()))),
    enforces: room =>
      room
        ? withProvider(at(room.room_id).engine)
        : enforcedByAll([...cared.values()].map(each => withProvider(each.engine))),
  };
}

const isEngine = (engine: Engine | Record<string, Engine>): engine is Engine => typeof engine.provider === 'string';
const withProvider = ({provider, enforces}: Engine): Enforces => ({...enforces, provider});

interface Looked {
  rooms: Room[];
  /** Whether a session has ended since the last look. */
  ended: boolean;
}

function shown(room: Room, people: Map<string, number>): Room {
  return people.get(room.room_id) ? {...room, isRoomActive: true} : room;
}

type Cared = ReturnType<typeof careFor>;

/** Faults of a vendor, or of how we ask it. Their sentences are for the operator. */
const FAULTS: RoomsErrorCode[] = [
  'unauthorized',
  'misconfigured',
  'bad_reply',
  'rate_limited',
  'platform_down',
  'offline',
];

/** The calls of an engine, as the directory's rooms need them: counted by a circuit breaker, shared, and with stored ids. */
function careFor(name: string, engine: Engine, directory: Directory, log?: Log) {
  const say = neverThrowing(log);
  const clock = () => performance.now();
  const breaker = circuitBreaker({log, clock});
  const counts = singleFlightCache(engine.lag ?? 1_000, clock);
  const opened = singleFlightCache(OPENED, clock);

  async function known(room: Room): Promise<EngineRoom> {
    if (!engine.keepsId) return room;
    return {...room, vendor_id: await directory.vendorId!(room.room_id)};
  }
  function report(error: unknown) {
    const {code, message} = error instanceof RoomsError ? error : new RoomsError('internal', 'Something was thrown.');
    if (FAULTS.includes(code) || code === 'internal') say({level: 'error', code, message: `${name}: ${message}`});
  }
  const call = <T>(options: CallOptions | undefined, run: (options: CallOptions) => Promise<T>) =>
    breaker(options?.signal, async () => {
      try {
        return await run({signal: options?.signal});
      } catch (error) {
        report(error);
        throw error;
      }
    });

  return {
    name,
    engine,
    start: async () => engine.start?.(report),
    stop: async () => engine.stop?.(),
    /** `key` names the rooms: callers who ask for the same at the same time share one call. */
    active: (key: string, rooms: readonly Room[], options?: CallOptions) =>
      counts.read(key, options?.signal, async signal => {
        const all = await Promise.all(rooms.map(known));
        return call({signal}, options => engine.active(all, options));
      }),
    users: async (room: Room, options?: CallOptions) => {
      const theirs = await known(room);
      return call(options, options => engine.users(theirs, options));
    },
    open: async (room: Room, options?: CallOptions): Promise<EngineRoom> => {
      const vendor_id = await opened.read(room.room_id, options?.signal, async signal => {
        const theirs = await known(room);
        if (!engine.open || theirs.vendor_id) return theirs.vendor_id;
        const id = await call({signal}, options => engine.open!(theirs, options));
        return engine.keepsId ? directory.vendorId!(room.room_id, id) : undefined;
      });
      return {...room, ...(vendor_id !== undefined && {vendor_id})};
    },
    token: (room: EngineRoom, holder: Holder, options?: CallOptions) =>
      call(options, options => engine.token(room, holder, options)),
    close: async (room: Room, options?: CallOptions) => {
      const theirs = await known(room);
      opened.delete(room.room_id);
      await call(options, options => engine.close(theirs, options));
    },
  };
}
