import {randomBytes, randomInt} from 'node:crypto';
import {LRUCache} from 'lru-cache';
import {
  checkChanges,
  checkDefinition,
  isChange,
  joinWindow,
  notFound,
  roomPhase,
  RoomsError,
  type CheckedDefinition,
  type Room,
  type Rooms,
  type User,
} from '../rooms/rooms.js';
import {lifetime} from './sessions/admission.js';
import type {Database, Queries} from './database/database.js';
import type {Holder, Peer} from './sessions/messages.js';
import {checkSeat, IN, isIn, lockRoom, peerOf, removeRoom, VISIT, type LiveRoom, type Visit} from './sessions/seats.js';
import {checkTokenRequest, issueToken} from './tokens.js';

export interface LocalRoomsOptions {
  /** Whose rooms: the id of an application in the database. */
  application: string;
  /** The time in epoch ms; the machine's own unless told. */
  clock?: () => number;
}

/** A room as it is stored; `active` while somebody is in. */
interface RoomRow {
  room_id: string;
  definition: string;
  created: number;
  updated: number | null;
  meeting_id: number;
  pin: number;
  active: number | boolean;
}

/** An application's rooms but for ad hoc ones that are over; takes the time, the application's id and the time again. */
const select = (columns: string) => `select ${columns} from (
    select rooms.*, exists (select 1 from connections where connections.room_id = rooms.room_id and ${IN}) as active
    from rooms
  ) as rooms where application = ? and (until is null or until > ? or active)`;
const SELECT = select('room_id, definition, created, updated, meeting_id, pin, active');

/** Rooms as lists read them: to find ten thousand costs less than to parse them. Every change makes `updated` grow. */
const read = new LRUCache<string, {updated: number | null; room: Room}>({max: 20_000});

/** One application's `Rooms` in a database: the local platform without its HTTP. */
export function localRooms(database: Database, {application, clock = Date.now}: LocalRoomsOptions): Rooms {
  async function find(queries: Queries, roomId: string): Promise<RoomRow> {
    const now = clock();
    const [row] = await queries.all<RoomRow>(`${SELECT} and room_id = ?`, now, application, now, roomId);
    if (!row) throw notFound();
    return row;
  }

  async function readAll(wanted: {room_id: string}[], now: number): Promise<RoomRow[]> {
    if (wanted.length > 100) return database.all<RoomRow>(SELECT, now, application, now);
    const one = `${SELECT} and room_id = ?`;
    const rows = wanted.map(({room_id}) => database.all<RoomRow>(one, now, application, now, room_id));
    return (await Promise.all(rows)).flat();
  }

  /** The room as nobody else can change it until the transaction ends. */
  async function lock(queries: Queries, roomId: string): Promise<LiveRoom> {
    await find(queries, roomId);
    const room = await lockRoom(queries, roomId, clock());
    if (!room) throw notFound();
    return room;
  }

  return {
    now: clock,

    async list() {
      const now = clock();
      const found = await database.all<Pick<RoomRow, 'room_id' | 'updated' | 'active'>>(
        `${select('room_id, updated, active')} order by position`,
        now,
        application,
        now,
      );
      const rooms = new Map<string, Room>();
      for (const {room_id, updated} of found) {
        const known = read.get(room_id);
        if (known && known.updated === updated) rooms.set(room_id, known.room);
      }
      for (const row of await readAll(
        found.filter(({room_id}) => !rooms.has(room_id)),
        now,
      )) {
        const room = roomOf({...row, active: false});
        rooms.set(row.room_id, room);
        read.set(row.room_id, {updated: row.updated, room});
      }
      return found.flatMap(({room_id, active}) => {
        const room = rooms.get(room_id);
        if (!room) return []; // Deleted meanwhile.
        return active ? {...room, isRoomActive: true} : room;
      });
    },

    async get(roomId) {
      return roomOf(await find(database, roomId));
    },

    async create(body) {
      const now = clock();
      const definition = JSON.stringify(checkDefinition(body, now));
      // Inserted is nothing when the dice gave a room_id or meeting_id that is taken; then they are cast again.
      for (;;) {
        const [made] = await database.all<RoomRow>(
          `insert into rooms (room_id, application, position, definition, created, meeting_id, pin)
            values (?, ?, (select coalesce(max(position), 0) + 1 from rooms where application = ?), ?, ?, ?, ?)
            on conflict do nothing
            returning room_id, definition, created, updated, meeting_id, pin, 0 as active`,
          randomBytes(12).toString('hex'),
          application,
          application,
          definition,
          now,
          randomInt(100_000_000, 1_000_000_000),
          randomInt(10_000, 100_000),
        );
        if (made) return roomOf(made);
      }
    },

    async update(roomId, body) {
      await database.transaction(async queries => {
        const {definition, until} = await lock(queries, roomId);
        if (!isChange(body)) return;
        const now = clock();
        const changed = checkChanges(body, definition, now);
        // Two changes in one ms have two times, so that a list tells which one it has read.
        await queries.all(
          'update rooms set definition = ?, updated = case when updated >= ? then updated + 1 else ? end where room_id = ?',
          JSON.stringify(changed),
          now,
          now,
          roomId,
        );
        if (until === null) return;
        const longer = lifetime(changed.settings) - lifetime(definition.settings);
        await queries.all('update rooms set until = ? where room_id = ?', until + longer, roomId);
      });
    },

    remove: roomId =>
      database.transaction(async queries => {
        const room = await lock(queries, roomId);
        if (!room.visits.some(isIn)) return removeRoom(queries, room);
        throw new RoomsError('room_active', 'Room is active, cannot delete.', {
          desc: 'Somebody is connected; delete the room when all have left.',
        });
      }),

    async users(roomId) {
      await find(database, roomId);
      const rows = await database.all<Visit & {definition: string; opened: number}>(
        `select ${VISIT}, sessions.definition, sessions.opened from connections
          join sessions on sessions.room_id = connections.room_id
          where connections.room_id = ? and ${IN} and seat <> 'audiences' order by entry`,
        roomId,
        clock(),
      );
      return rows.map(({definition, opened, ...visit}) =>
        userOf(peerOf(visit, {definition: JSON.parse(definition) as CheckedDefinition, opened: opened === 1})),
      );
    },

    token: (roomId, request) =>
      database.transaction(async queries => {
        const row = await find(queries, roomId);
        const holder = checkTokenRequest(request);
        const now = clock();
        checkOpen(roomOf(row), now);
        const definition = await limits(queries, row);
        checkAudience(definition, holder);
        await checkSeat(queries, roomId, definition, holder.role, now);
        return {token: await issueToken(queries, roomId, holder, now)};
      }),
  };
}

/** The running session's definition, which an update does not reach; else the room's own. */
async function limits(queries: Queries, {room_id, definition, active}: RoomRow): Promise<CheckedDefinition> {
  const sql = 'select definition from sessions where room_id = ?';
  const [session] = active ? await queries.all<{definition: string}>(sql, room_id) : [];
  return JSON.parse(session?.definition ?? definition) as CheckedDefinition;
}

const isoTime = (time: number) => new Date(time).toISOString();

function roomOf({room_id, definition, created, updated, meeting_id, pin, active}: RoomRow): Room {
  const {name, owner_ref, settings, sip, data} = JSON.parse(definition) as CheckedDefinition;
  return {
    room_id,
    name,
    owner_ref,
    // Numbers that were sent as numeric strings are echoed so.
    settings: settings as Room['settings'],
    sip: sip.enabled ? {enabled: true, pin, meeting_id} : {enabled: false},
    ...(data && {data}),
    created: isoTime(created),
    ...(updated !== null && {updated: isoTime(updated)}),
    ...(active && {isRoomActive: true}),
  };
}

const userOf = ({name, user_ref, role, permissions}: Peer): User => ({name, user_ref, role, permissions});

/** Refuses while a scheduled room is not open; after its end it stays open as long as somebody is connected. */
function checkOpen(room: Room, now: number) {
  const window = joinWindow(room);
  const phase = roomPhase(room, now);
  if (!window || phase === 'open') return;
  if (phase === 'over') {
    throw new RoomsError('over', 'Token Denied. Room is over.', {desc: `It ended at ${isoTime(+window.endsAt)}.`});
  }
  const {opensAt} = window;
  throw new RoomsError('not_open_yet', 'Token Denied. Room is not open yet.', {
    opensAt,
    desc: `Tokens are issued from ${isoTime(+opensAt)} on.`,
  });
}

function checkAudience({settings}: CheckedDefinition, {role}: Holder) {
  if (role !== 'audience' || Number(settings.audiences) > 0) return;
  throw new RoomsError('denied', 'Token Denied. Room has no audience.', {
    result: 10212,
    desc: 'Set settings.audiences to 1 or more.',
  });
}
