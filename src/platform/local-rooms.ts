import {randomBytes, randomInt} from 'node:crypto';
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
import type {Database, Queries} from './database.js';
import {checkSeat, checkTokenRequest, issueToken, type Holder, type Peer} from './tokens.js';

export interface LocalRoomsOptions {
  /** Whose rooms: the id of an application in the database. */
  application: string;
  /** The time in epoch ms; the machine's own unless told. */
  clock?: () => number;
}

/** A room as it is stored; `active` while somebody is connected. */
interface RoomRow {
  room_id: string;
  definition: string;
  created: number;
  updated: number | null;
  meeting_id: number;
  pin: number;
  active: number | boolean;
}

const SELECT = `select room_id, definition, created, updated, meeting_id, pin,
  exists (select 1 from connections where connections.room_id = rooms.room_id) as active from rooms`;

/** One application's `Rooms` in a database: the local platform without its HTTP. */
export function localRooms(database: Database, {application, clock = Date.now}: LocalRoomsOptions): Rooms {
  async function find(queries: Queries, roomId: string): Promise<RoomRow> {
    const [row] = await queries.all<RoomRow>(`${SELECT} where room_id = ? and application = ?`, roomId, application);
    if (!row) throw notFound();
    return row;
  }

  return {
    now: clock,

    async list() {
      return (await database.all<RoomRow>(`${SELECT} where application = ? order by position`, application)).map(
        roomOf,
      );
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
        const {definition} = await find(queries, roomId);
        if (!isChange(body)) return;
        const now = clock();
        const changed = checkChanges(body, JSON.parse(definition) as CheckedDefinition, now);
        const text = JSON.stringify(changed);
        await queries.all('update rooms set definition = ?, updated = ? where room_id = ?', text, now, roomId);
      });
    },

    async remove(roomId) {
      const [gone] = await database.all(
        `delete from rooms where room_id = ? and application = ?
          and not exists (select 1 from connections where connections.room_id = rooms.room_id) returning room_id`,
        roomId,
        application,
      );
      if (gone) return;
      await find(database, roomId);
      throw new RoomsError('room_active', 'Room is active, cannot delete.', {
        desc: 'Somebody is connected; delete the room when all have left.',
      });
    },

    async users(roomId) {
      await find(database, roomId);
      const rows = await database.all<{peer: string}>(
        `select peer from connections where room_id = ? and seat <> 'audiences' order by entry`,
        roomId,
      );
      return rows.map(({peer}) => userOf(JSON.parse(peer) as Peer));
    },

    token: (roomId, request) =>
      database.transaction(async queries => {
        const row = await find(queries, roomId);
        const holder = checkTokenRequest(request);
        const now = clock();
        checkOpen(roomOf(row), now);
        const definition = JSON.parse(row.definition) as CheckedDefinition;
        checkAudience(definition, holder);
        await checkSeat(queries, roomId, definition, holder.role);
        return {token: await issueToken(queries, roomId, holder, now)};
      }),
  };
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
