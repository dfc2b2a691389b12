import {checkTokenRequest, type Holder} from '../rooms/admission.js';
import type {Directory, DirectoryRoom} from '../rooms/directory.js';
import {
  checkEnforced,
  enforcedByAll,
  enforcesRole,
  lackingSetting,
  NotEnforced,
  whyLacking,
  type Enforces,
} from '../rooms/enforces.js';
import {RoomsError} from '../rooms/errors.js';
import {errorOf, invalidValue} from '../rooms/results.js';
import type {CallOptions, Rooms} from '../rooms/rooms.js';
import {clockOf} from '../rooms/rules.js';
import type {Room} from '../rooms/room.js';
import type {IssuedToken, Role} from '../rooms/schema.js';
import {neverThrowing, type Log} from '../upstream/upstream.js';
import {careFor, type CaredEngine, type Counts} from './cared-engine.js';
import type {Engine} from './engine.js';

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
  /** Asks whether the vendor of an engine is there, if no other operation asks it. `engine` is the engine's name. */
  check(engine: string): Promise<void>;
}

/** How often to look for rooms whose life is over, in ms. */
const TIDY = 60_000;

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
  const found = ({engine}: DirectoryRoom) => (engine === undefined ? first : cared.get(engine));
  const tidy = tidier();
  checkDirectory();

  function at(room: DirectoryRoom): CaredEngine {
    const each = found(room);
    if (each) return each;
    throw new RoomsError('misconfigured', `The room is at the engine ${room.engine}, which is not configured.`);
  }

  function checkDirectory() {
    for (const {engine, name} of cared.values()) {
      if (!engine.keepsId || directory.vendorId) continue;
      const sentence = `${name} gives each room an id that must be stored, and this directory cannot store it.`;
      throw new RoomsError('misconfigured', sentence, {key: 'directory'});
    }
    for (const [index, room] of (directory.fixed ?? []).entries()) {
      const {engine, name} = at(room);
      const lacking = lackingSetting(engine.enforces, room.settings);
      if (!lacking) continue;
      const key = `rooms.${index}.${lacking}`;
      const sentence = `${key}: ${whyLacking(engine.enforces, lacking, name)} Change it.`;
      throw new RoomsError('misconfigured', sentence, {key});
    }
  }

  /** Removes the rooms whose life is over, with what they have at their vendors. Runs once at a time. */
  function tidier() {
    let last = -Infinity;
    let running: Promise<void> | undefined;
    const run = async () => {
      for (const room of await directory.over!()) {
        const each = found(room);
        // Somebody may have come with a token that was made while the room was there.
        if (each && (await each.users(room)).length > 0) continue;
        await each?.close(room);
        await directory.remove(room.room_id);
      }
    };
    const failed = () => say({level: 'warn', message: 'Rooms that are over are not removed yet. We try again later.'});
    return (isDue = performance.now() - last > TIDY) => {
      if (!directory.over || !isDue || running) return;
      last = performance.now();
      running = run()
        .catch(failed)
        .finally(() => (running = undefined));
    };
  }

  /** How many people are in the rooms of one engine. An engine that fails hides no room, unless it `must` be known. */
  async function count(each: CaredEngine, key: string, rooms: readonly DirectoryRoom[], options?: LookOptions) {
    try {
      return await each.active(key, rooms, options);
    } catch (error) {
      if (options?.must || options?.signal?.aborted) throw error;
      say({level: 'warn', message: `${each.name} does not say which rooms are in use. They are shown as empty.`});
      return undefined;
    }
  }

  /** Tells the directory which sessions have begun or ended. Returns whether one has ended. */
  async function hear(rooms: readonly DirectoryRoom[], {people, age}: Counts): Promise<boolean> {
    let ended = false;
    for (const {room_id, isRoomActive = false} of rooms) {
      const isLive = (people.get(room_id) ?? 0) > 0;
      if (isLive && !isRoomActive) await directory.began(room_id);
      if (!isLive && isRoomActive) ended = (await directory.ended(room_id, age())) || ended;
    }
    return ended;
  }

  /** The rooms with what is known of the people inside: one call for each engine. */
  async function look(key: string, rooms: readonly DirectoryRoom[], options?: LookOptions): Promise<Looked> {
    const looks = [...cared.values()].map(async each => {
      const theirs = rooms.filter(room => found(room) === each);
      const counts = theirs.length > 0 ? await count(each, key, theirs, options) : undefined;
      return {people: [...(counts?.people ?? [])], ended: counts !== undefined && (await hear(theirs, counts))};
    });
    const all = await Promise.all(looks);
    const people = new Map(all.flatMap(each => each.people));
    return {rooms: rooms.map(room => shown(room, people, found(room))), ended: all.some(each => each.ended)};
  }

  /** Looks at rooms, and again if a room may have been gone with its session. */
  async function lookAt(key: string, read: () => Promise<DirectoryRoom[]>, options?: LookOptions) {
    const {rooms, ended} = await look(key, await read(), options);
    tidy(ended || undefined);
    return ended ? (await look(key, await read(), options)).rooms : rooms;
  }

  async function get(roomId: string, options?: CallOptions): Promise<DirectoryRoom> {
    const [room] = await lookAt(roomId, async () => [await directory.get(roomId, options)], options);
    return room!;
  }

  /** Throws if the room's engine lacks the role, or what the room's settings ask for. */
  function checkHeld(room: DirectoryRoom, role: Role) {
    const {engine, name} = at(room);
    if (!enforcesRole(engine.enforces, role)) throw new NotEnforced('role', name);
    const lacking = lackingSetting(engine.enforces, room.settings);
    if (!lacking) return;
    const message = `The room ${room.room_id} gives no tokens: ${whyLacking(engine.enforces, lacking, name)}`;
    say({level: 'error', message, operation: 'token'});
    throw new NotEnforced(lacking, name);
  }

  async function token(roomId: string, request: Partial<Holder>, options?: CallOptions): Promise<IssuedToken> {
    const read = async () => {
      const room = await directory.get(roomId, options);
      checkHeld(room, checkTokenRequest(request).role);
      return [room];
    };
    const [room] = (await lookAt(roomId, read, {...options, must: true})) as [DirectoryRoom];
    const holder = checkTokenRequest(request);
    const each = at(room);
    const {people} = await each.active(roomId, [room], options);
    // Vendors do not count hidden people.
    const most = holder.role === 'audience' ? Infinity : (people.get(roomId) ?? 0);
    await directory.check(room, holder, {most, people: () => each.users(room, options)});
    const issued = await each.token(await each.open(room, options), holder, options);
    return {...issued, provider: each.engine.provider, once: each.engine.enforces.once};
  }

  function checkSettings({engine, name}: CaredEngine, settings: object | undefined) {
    checkEnforced(engine.enforces, {...settings}, name);
  }

  return {
    list: options => lookAt('', () => directory.list(options), options),
    get,
    async create({engine = first.name, ...definition}, options) {
      const each = cared.get(engine);
      if (!each) throw invalidValue('engine', `engine must be one of ${[...cared.keys()].join(', ')}.`);
      checkSettings(each, definition.settings);
      return shown(await directory.create({...definition, engine}, options), new Map(), each);
    },
    async update(roomId, changes, options) {
      // No room changes its mode, whatever the engine: the directory says so.
      checkSettings(at(await directory.get(roomId, options)), {...changes.settings, mode: undefined});
      await directory.update(roomId, changes, options);
    },
    async remove(roomId, options) {
      const room = await directory.get(roomId, options);
      if (!directory.writable) return directory.remove(roomId, options);
      const each = found(room);
      if (each && (await each.users(room, options)).length > 0) {
        throw errorOf(50004, {desc: 'Somebody is connected; delete the room when all have left.'});
      }
      await each?.close(room, options);
      await directory.remove(roomId, options);
    },
    async users(roomId, options) {
      const room = await directory.get(roomId, options);
      return at(room).users(room, options);
    },
    token,
    now: () => clockOf(directory),
    start: async () => void (await Promise.all([...cared.values()].map(each => each.start()))),
    stop: async () => void (await Promise.all([...cared.values()].map(each => each.stop()))),
    check: async name => {
      await cared.get(name)?.check();
    },
    enforces: room =>
      room ? withProvider(at(room).engine) : enforcedByAll([...cared.values()].map(each => withProvider(each.engine))),
  };
}

const isEngine = (engine: Engine | Record<string, Engine>): engine is Engine => typeof engine.provider === 'string';
const withProvider = ({provider, enforces}: Engine): Enforces => ({...enforces, provider});

interface LookOptions extends CallOptions {
  /** Whether an engine that fails is an error. @default false */
  must?: boolean;
}

interface Looked {
  rooms: DirectoryRoom[];
  /** Whether a session has ended since the last look. */
  ended: boolean;
}

/** A room as its engine knows it: what the directory believed may be old. */
function shown(room: DirectoryRoom, people: Map<string, number>, at?: CaredEngine): DirectoryRoom {
  const known = {...room, ...(at && {provider: at.engine.provider})};
  if ((people.get(room.room_id) ?? 0) > 0) known.isRoomActive = true;
  else delete known.isRoomActive;
  return known;
}
