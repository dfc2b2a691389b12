// Who gets one of the seats that a room has for each role.
import {checkAudience, checkSeats, roomFull, seatOf, type Holder} from '../../rooms/admission.js';
import type {Role} from '../../rooms/schema.js';
import type {Queries} from '../database/database.js';
import {holderOf, readDefinition, sessionOf, type LiveRoom, type Visit} from './live-room.js';

/** A room as it is stored; `definition` is JSON, and `active` says whether somebody is in. */
interface StoredRoom {
  room_id: string;
  definition: string;
  active: number | boolean;
}

/**
 * Throws `room_full` if all seats for this role are taken now, and `denied` if the room has no audience. Takes no seat:
 * that happens when the token is used.
 */
export async function checkSeat(queries: Queries, {room_id, definition, active}: StoredRoom, role: Role, now: number) {
  // A running session keeps the definition it began with.
  const sql = 'select definition from sessions where room_id = ?';
  const [session] = active ? await queries.all<{definition: string}>(sql, room_id) : [];
  const {settings} = readDefinition(session?.definition ?? definition);
  checkAudience(settings, role);
  const seat = seatOf(role);
  const [count] = await queries.all<{taken: number}>(
    `select count(*) as taken from connections
      where room_id = ? and seat = ? and (seat_until is null or seat_until > ?)`,
    room_id,
    seat,
    now,
  );
  checkSeats(settings, role, count!.taken);
}

/** How a visitor is connected: the process, the socket in it, and the hash of the secret for resuming. */
export interface Connected {
  process: string;
  socket: string;
  ip: string;
  agent: string;
  secret: string;
}

/** Takes a seat for a new visitor. Throws `room_full` if there is none. */
export async function takeSeat(
  queries: Queries,
  room: LiveRoom,
  {id, state, holder, ...connected}: Pick<Visit, 'id' | 'state'> & {holder: Holder} & Connected,
): Promise<Visit> {
  const seat = seatOf(holder.role);
  const text = JSON.stringify(holder);
  const taken = await queries.all(
    `insert into connections (id, room_id, entry, state, seat, holder, process, socket, ip, agent, secret)
      select ?, ?, cast(? as bigint), ?, ?, ?, ?, ?, ?, ?, ?
      where (select count(*) from connections where room_id = ? and seat = ?) < cast(? as bigint) returning id`,
    id,
    room.room_id,
    room.entries,
    state,
    seat,
    text,
    connected.process,
    connected.socket,
    connected.ip,
    connected.agent,
    connected.secret,
    room.room_id,
    seat,
    Number(sessionOf(room).definition.settings[seat] ?? 0),
  );
  if (!taken.length) throw roomFull();
  const visit = {id, state, seat, seat_until: null, holder: text, floor: 0, socket: connected.socket};
  room.visits.push(visit);
  return visit;
}

/** Takes a seat for a visitor who was away for so long that theirs was freed. Throws `room_full` if there is none. */
export async function retakeSeat(queries: Queries, room: LiveRoom, visit: Visit) {
  const seat = seatOf(holderOf(visit).role);
  const taken = await queries.all(
    `update connections set seat = ? where id = ? and seat is null
      and (select count(*) from connections as others where others.room_id = ? and others.seat = ?) < cast(? as bigint)
      returning id`,
    seat,
    visit.id,
    room.room_id,
    seat,
    Number(sessionOf(room).definition.settings[seat] ?? 0),
  );
  if (!taken.length) throw roomFull();
  visit.seat = seat;
}
