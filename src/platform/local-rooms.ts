import {randomBytes, randomInt} from 'node:crypto';
import {LRUCache} from 'lru-cache';
import {
  checkChanges,
  checkDefinition,
  checkOpen,
  checkTokenRequest,
  isChange,
  notFound,
  errorOf,
  RoomsError,
  type Room,
  type RoomDefinition,
  type Rooms,
} from '../rooms/rooms.js';
import type {DirectoryRoom} from '../rooms/directory.js';
import {isText} from '../rooms/values.js';
import {isoTime, LAST_TIME, type Database, type Queries} from './database/database.js';
import {
  ACTIVE,
  checkBarred,
  checkSeat,
  isActive,
  issueToken,
  lifetime,
  lockRoom,
  readDefinition,
  removeRoom,
  tryDefinition,
  usersIn,
  type LiveRoom,
  type TokenFormat,
} from './sessions/sessions.js';

export interface LocalRoomsOptions {
  /** Id of the application that owns the rooms. */
  application: string;
  /** Returns the time in epoch ms. @default the time of this computer, and for what lasts a while the database's */
  clock?: (() => number) | undefined;
  /** In which form tokens are issued. @default 'jwt' */
  tokenFormat?: TokenFormat | undefined;
  /** Called with an error for each stored room that cannot be read. @default console.error */
  log?: ((error: unknown) => void) | undefined;
}

/** A room as it is stored. */
export interface RoomRow {
  room_id: string;
  application: string;
  definition: string;
  created: number;
  updated: number | null;
  meeting_id: number;
  pin: number;
  engine: string | null;
  /** Whether somebody is in. */
  active: number | boolean;
}

/**
 * SQL for an application's rooms, without ad hoc rooms whose time is over. Takes as values the time, the application's id
 * and the time again.
 */
const select = (columns: string) => `select ${columns} from (select rooms.*, ${ACTIVE} as active from rooms) as rooms
  where application = ? and (until is null or until > ? or active)`;
export const COLUMNS = 'room_id, application, definition, created, updated, meeting_id, pin, engine';
const SELECT = select(`${COLUMNS}, active`);

/**
 * Parsed rooms for `list`, because parsing ten thousand takes longer than selecting them. Every change raises `updated`.
 * `room` is absent if the stored room cannot be read, which was reported then.
 */
const parsed = new LRUCache<string, {updated: number | null; room?: Room}>({max: 20_000});

/**
 * The rooms of one application in a database: the local platform without HTTP.
 *
 * @example
 * const rooms = localRooms(await openDatabase('rooms.db'), {application: 'shop'});
 * const {room_id} = await rooms.create({name: 'Stand-up', owner_ref: 'alice'});
 */
export function localRooms(database: Database, options: LocalRoomsOptions): Rooms {
  const {application, clock, log = console.error, tokenFormat: format = 'jwt'} = options;
  /** For what people have agreed on, such as when a room opens. Processes on one database have one clock. */
  const wallClock = clock ?? (database.shared ? () => database.now() : Date.now);
  /** For what lasts a while, such as seats and tokens. */
  const steadyClock = clock ?? (() => database.now());

  /** A stored room; undefined, and reported, if it cannot be read. */
  function tryRoom(row: RoomRow): Room | undefined {
    try {
      return roomOf(row);
    } catch (cause) {
      const {desc} = cause as Partial<RoomsError>;
      log(new RoomsError('internal', `The row ${row.room_id} of "rooms" could not be read.`, {desc, cause}));
      return undefined;
    }
  }

  async function find(queries: Queries, roomId: string): Promise<RoomRow> {
    const now = steadyClock();
    const [row] = await queries.all<RoomRow>(`${SELECT} and room_id = ?`, now, application, now, roomId);
    if (!row) throw notFound();
    return row;
  }

  async function readAll(wanted: {room_id: string}[], now: number): Promise<RoomRow[]> {
    // A few rooms are selected one by one; for many, one statement that returns all rooms is faster.
    if (wanted.length > 100) return database.all<RoomRow>(SELECT, now, application, now);
    const one = `${SELECT} and room_id = ?`;
    const rows = wanted.map(({room_id}) => database.all<RoomRow>(one, now, application, now, room_id));
    return (await Promise.all(rows)).flat();
  }

  /** Locks a room until the transaction ends. */
  async function lock(queries: Queries, roomId: string): Promise<LiveRoom> {
    await find(queries, roomId);
    const room = await lockRoom(queries, roomId, steadyClock());
    if (!room) throw notFound();
    return room;
  }

  return {
    now: wallClock,

    async list() {
      const now = steadyClock();
      const found = await database.all<Pick<RoomRow, 'room_id' | 'updated' | 'active'>>(
        `${select('room_id, updated, active')} order by position`,
        now,
        application,
        now,
      );
      const rooms = new Map<string, Room | undefined>();
      for (const {room_id, updated} of found) {
        const known = parsed.get(room_id);
        if (known && known.updated === updated) rooms.set(room_id, known.room);
      }
      const unknown = found.filter(({room_id}) => !rooms.has(room_id));
      for (const row of await readAll(unknown, now)) {
        const room = tryRoom({...row, active: false});
        rooms.set(row.room_id, room);
        parsed.set(row.room_id, {updated: row.updated, room});
      }
      return found.flatMap(({room_id, active}) => {
        const room = rooms.get(room_id);
        if (!room) return []; // It cannot be read, or it was deleted between the two statements.
        return active ? {...room, isRoomActive: true} : room;
      });
    },

    async get(roomId) {
      return roomOf(await find(database, roomId));
    },

    async create(body) {
      const now = wallClock();
      const definition = JSON.stringify(checkDefinition(body, now));
      // Only a proxy that has engines sends one. From others anything may come.
      const engine = isText(body.engine) ? body.engine : '';
      // If the random room_id or meeting_id is taken, nothing is inserted and the next round draws others.
      for (;;) {
        const [made] = await database.all<RoomRow>(
          `insert into rooms (room_id, application, position, definition, created, meeting_id, pin, engine)
            values (?, ?, (select coalesce(max(position), 0) + 1 from rooms where application = ?), ?, ?, ?, ?, nullif(?, ''))
            on conflict do nothing
            returning ${COLUMNS}, 0 as active`,
          randomBytes(12).toString('hex'),
          application,
          application,
          definition,
          now,
          randomInt(100_000_000, 1_000_000_000),
          randomInt(10_000, 100_000),
          engine,
        );
        if (made) return roomOf(made);
      }
    },

    async update(roomId, body) {
      await database.transaction(async queries => {
        const {definition, until} = await lock(queries, roomId);
        if (!isChange(body)) return;
        const now = wallClock();
        const current = tryDefinition(definition);
        // A room that cannot be read takes a whole definition.
        const changed = current ? checkChanges(body, current, now) : checkDefinition(body as RoomDefinition, now);
        // Two changes in the same ms get different times, because `list` compares them with those of its parsed rooms.
        await queries.all(
          `update rooms set definition = ?,
              updated = case when updated >= ? and updated < ${LAST_TIME} then updated + 1 else ? end
            where room_id = ?`,
          JSON.stringify(changed),
          now,
          now,
          roomId,
        );
        if (until === null) return;
        const began = current ? until - lifetime(current.settings) : steadyClock();
        await queries.all('update rooms set until = ? where room_id = ?', began + lifetime(changed.settings), roomId);
      }, roomId);
    },

    remove: roomId =>
      database.transaction(async queries => {
        const room = await lock(queries, roomId);
        if (!(await isActive(queries, room))) return removeRoom(queries, room);
        throw errorOf(50004, {desc: 'The room is active: somebody is connected. Delete it when all have left.'});
      }, roomId),

    async users(roomId) {
      await find(database, roomId);
      return usersIn(database, roomId, steadyClock());
    },

    // No transaction: these checks say early what the use of the token will say, and only that takes the seat.
    async token(roomId, request) {
      const row = await find(database, roomId);
      const holder = checkTokenRequest(request);
      const now = steadyClock();
      const room = roomOf(row);
      checkOpen(room, wallClock());
      await checkBarred(database, roomId, holder, now);
      await checkSeat(database, row, holder, now);
      return {token: await issueToken(database, room, holder, {application, now, format})};
    },
  };
}

export function roomOf(row: RoomRow): DirectoryRoom {
  const {room_id, application, definition, created, updated, meeting_id, pin, engine, active} = row;
  const {name, owner_ref, settings, sip, data} = readDefinition(definition);
  return {
    room_id,
    name,
    owner_ref,
    // Numbers that were sent as numeric strings stay strings.
    settings: settings as Room['settings'],
    sip: sip.enabled ? {enabled: true, pin, meeting_id} : {enabled: false},
    ...(data && {data}),
    service_id: application,
    created: isoTime(created),
    ...(updated !== null && {updated: isoTime(updated)}),
    ...(engine && {engine}),
    ...(active && {isRoomActive: true}),
  };
}
