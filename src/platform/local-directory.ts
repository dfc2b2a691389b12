import {setTimeout as pause} from 'node:timers/promises';
import {checkFree, checkOpen} from '../rooms/admission.js';
import type {Directory} from '../rooms/directory.js';
import {notFound} from '../rooms/results.js';
import {clockOf} from '../rooms/times.js';
import {ensureApplication} from './applications.js';
import {openDatabase, type Database, type Queries} from './database/database.js';
import {COLUMNS, localRooms, roomOf, type LocalRoomsOptions, type RoomRow} from './local-rooms.js';
import {ACTIVE, lifetime, lockRoom, removeRoom, tryDefinition} from './sessions/sessions.js';

/** How long one process may take to make a vendor's room, in ms. After that another may. */
const OPENING = 20_000;

/** How long to wait before looking again whether another process has made it, in ms. */
const RETRY = 50;

/** How often to check the connection to the database, and set the clock by it, in ms. */
const BEAT = 10_000;

/**
 * The rooms of one application in a database, as a directory: their sessions are at a video engine. The rules are those
 * of `localRooms`. Several processes can have directories on one database.
 *
 * @example
 * const directory = localDirectory(database, {application: 'shop'});
 * const rooms = engineRooms({directory, engine: livekit({url, key, secret})});
 */
export function localDirectory(database: Database, options: LocalRoomsOptions): Directory {
  const {application, clock} = options;
  const rooms = localRooms(database, options);
  const now = () => clockOf(rooms);
  /** For what lasts a while. */
  const steadyClock = clock ?? (() => database.now());

  /** Runs `work` on a room that is locked. Does nothing if there is none. */
  const locked = (roomId: string, work: (queries: Queries) => Promise<void>) =>
    database.transaction(async queries => {
      const sql = 'update rooms set entries = entries + 1 where room_id = ? and application = ? returning room_id';
      const [found] = await queries.all(sql, roomId, application);
      if (found) await work(queries);
    }, roomId);

  return {
    list: (...args) => rooms.list(...args),
    get: (...args) => rooms.get(...args),
    create: (...args) => rooms.create(...args),
    update: (...args) => rooms.update(...args),
    now,
    writable: true,

    async check(room, {role}, inside) {
      checkOpen(room, now());
      const sql = 'select definition from engine_sessions where room_id = ?';
      const [session] = await database.all<{definition: string}>(sql, room.room_id);
      const begun = session && tryDefinition(session.definition);
      await checkFree((begun ?? room).settings, role, inside);
    },

    began: roomId =>
      locked(roomId, async queries => {
        const time = steadyClock();
        await queries.all(
          `insert into engine_sessions (room_id, definition, began)
            select room_id, definition, cast(? as bigint) from rooms where room_id = ? on conflict do nothing`,
          time,
          roomId,
        );
        const sql = 'select definition from rooms where room_id = ? and until is null';
        const [first] = await queries.all<{definition: string}>(sql, roomId);
        const settings = first && tryDefinition(first.definition)?.settings;
        if (!settings?.adhoc) return;
        await queries.all('update rooms set until = ? where room_id = ?', time + lifetime(settings), roomId);
      }),

    async ended(roomId, age) {
      const sql = `delete from engine_sessions where room_id = ? and began <= ?
        and room_id in (select room_id from rooms where application = ?) returning room_id`;
      return (await database.all(sql, roomId, Math.floor(steadyClock() - age), application)).length > 0;
    },

    async over() {
      const time = steadyClock();
      const sql = `select ${COLUMNS}, 0 as active from rooms where application = ? and until <= ? and not ${ACTIVE}`;
      const rows = await database.all<RoomRow>(sql, application, time, time);
      return rows.filter(({definition}) => tryDefinition(definition)).map(roomOf);
    },

    // Whether somebody is inside is known by the engine, and was asked.
    remove: roomId =>
      locked(roomId, async queries => {
        await queries.all('delete from engine_sessions where room_id = ?', roomId);
        const room = await lockRoom(queries, roomId, steadyClock());
        if (room) await removeRoom(queries, room);
      }),

    async vendorId(roomId, value) {
      if (value !== undefined) {
        const sql = 'update rooms set vendor_id = coalesce(vendor_id, ?) where room_id = ? and application = ?';
        await database.all(sql, value, roomId, application);
      }
      const sql = 'select vendor_id from rooms where room_id = ? and application = ?';
      const [found] = await database.all<{vendor_id: string | null}>(sql, roomId, application);
      return found?.vendor_id ?? undefined;
    },

    async alone(roomId, work, signal) {
      const free = 'update rooms set opening = null where room_id = ? and opening = ?';
      for (;;) {
        const time = steadyClock();
        const until = time + OPENING;
        const sql = `update rooms set opening = ?
          where room_id = ? and application = ? and (opening is null or opening <= ?) returning room_id`;
        if ((await database.all(sql, until, roomId, application, time)).length > 0) {
          return work().finally(() => database.all(free, roomId, until));
        }
        const there = 'select 1 from rooms where room_id = ? and application = ?';
        if ((await database.all(there, roomId, application)).length === 0) throw notFound();
        await pause(RETRY, undefined, {signal});
      }
    },
  };
}

/**
 * Opens the directory of an application, which is made if it is not there. `place` is a file or an address, as for
 * `openDatabase`.
 *
 * @throws RoomsError `misconfigured` for an id that is not plain text, and as `openDatabase` does.
 */
export async function openDirectory(
  place: string,
  options: LocalRoomsOptions,
): Promise<Directory & {close(): Promise<void>}> {
  const {application, log = console.error} = options;
  const database = await openDatabase(place);
  try {
    await ensureApplication(database, application, Date.now());
  } catch (error) {
    await database.close();
    throw error;
  }
  const beat = setInterval(() => void database.check().catch(log), BEAT).unref();
  return {
    ...localDirectory(database, options),
    close: async () => {
      clearInterval(beat);
      await database.close();
    },
  };
}
