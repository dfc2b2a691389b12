import {notFound, RoomsError} from '../../rooms/errors.js';
import type {CheckedDefinition} from '../../rooms/rules.js';
import type {Permissions, Role} from '../../rooms/schema.js';
import type {Queries} from '../database/database.js';
import {CLOSED, type Delivery, type Holder, type Peer} from './messages.js';

/** How long a seat is kept for somebody who is not heard of any more, in ms. */
export const SEAT_KEPT = 30_000;

/** How long after that they may resume if there is a seat, in ms. */
export const RESUME_AFTER = 15_000;

/** The setting that limits how many of a role may be inside at once. */
type Seat = 'moderators' | 'participants' | 'audiences';

/** Somebody's visit to a room as it is stored, over however many connections; see the migrations. */
export interface Visit {
  id: string;
  state: 'in' | 'waiting';
  seat: Seat | null;
  seat_until: number | null;
  /** JSON of a `Holder`. */
  holder: string;
  floor: number;
  socket: string | null;
}

export interface Session {
  definition: CheckedDefinition;
  /** Whether a moderator has come. */
  opened: boolean;
}

/** A room with all who are there, locked until the transaction ends; what changes is written and kept up here. */
export interface LiveRoom {
  room_id: string;
  /** Grows with every lock. */
  entries: number;
  /** As it is now; a session may still have another. */
  definition: CheckedDefinition;
  /** An ad hoc room is gone from then on, when nobody is in; null before its first session, and for other rooms. */
  until: number | null;
  session?: Session;
  /** Oldest first. */
  visits: Visit[];
}

/** The condition that `connections` are in the room with a seat; takes the time as a value. */
export const IN = `connections.state = 'in' and connections.seat is not null
  and (connections.seat_until is null or connections.seat_until > ?)`;

/** The columns of a `Visit`. */
export const VISIT = `connections.id, connections.state, connections.seat, connections.seat_until, connections.holder,
  connections.floor, connections.socket`;

export function seatOf(role: Role): Seat {
  if (role === 'moderator') return 'moderators';
  return role === 'audience' ? 'audiences' : 'participants';
}

export const holderOf = ({holder}: Pick<Visit, 'holder'>) => JSON.parse(holder) as Holder;

export const isIn = ({state, seat}: Visit) => state === 'in' && seat !== null;
export const isListed = (visit: Visit) => isIn(visit) && visit.seat !== 'audiences';
export const isWaiting = ({state, seat}: Visit) => state === 'waiting' && seat !== null;

/** The running session, or what one would be that begins now. */
export const sessionOf = ({session, definition}: LiveRoom): Session => session ?? {definition, opened: false};

const permissionsOf = (role: Role, publish: boolean): Permissions => ({
  publish,
  subscribe: true,
  record: role === 'moderator',
  stats: true,
  controlhandlers: role === 'moderator' || role === 'participant',
});

/** Somebody as the others are told, with what they may do at this moment of a session. */
export function peerOf(visit: Visit, {definition: {settings}, opened}: Session): Peer {
  const holder = holderOf(visit);
  const {role} = holder;
  const open = (opened || !settings.wait_for_moderator) && (settings.mode !== 'lecture' || visit.floor === 1);
  const publish = role === 'moderator' || (role === 'participant' && open);
  const away = visit.socket === null && {away: true as const};
  return {id: visit.id, ...holder, permissions: permissionsOf(role, publish), ...away};
}

/** Tells when the transaction is done. */
export const tell = (queries: Queries, {room_id}: Pick<LiveRoom, 'room_id'>, what: Omit<Delivery, 'room_id'>) =>
  queries.publish(JSON.stringify({room_id, ...what}));

/**
 * Locks a room until the transaction ends, reads who is there, and frees the seats of those who have been away for too
 * long. Undefined when there is no such room, or by this no more.
 */
export async function lockRoom(queries: Queries, room_id: string, now: number): Promise<LiveRoom | undefined> {
  const [row] = await queries.all<{entries: number; definition: string; until: number | null}>(
    'update rooms set entries = entries + 1 where room_id = ? returning entries, definition, until',
    room_id,
  );
  if (!row) return undefined;
  const [session] = await queries.all<{definition: string; opened: number}>(
    'select definition, opened from sessions where room_id = ?',
    room_id,
  );
  const room: LiveRoom = {
    room_id,
    ...row,
    definition: JSON.parse(row.definition) as CheckedDefinition,
    ...(session && {
      session: {definition: JSON.parse(session.definition) as CheckedDefinition, opened: session.opened === 1},
    }),
    visits: await queries.all<Visit>(`select ${VISIT} from connections where room_id = ? order by entry`, room_id),
  };
  return (await freeOverdue(queries, room, now)) ? room : undefined;
}

/** Frees the seats of those who have been away for too long; false when the room is gone with them. */
export async function freeOverdue(queries: Queries, room: LiveRoom, now: number): Promise<boolean> {
  for (const visit of room.visits) {
    if (visit.seat_until === null || visit.seat_until > now) continue;
    if (visit.seat !== null) {
      await queries.all('update connections set seat = null where id = ?', visit.id);
      await tellGone(queries, room, visit);
      visit.seat = null;
    }
    if (visit.seat_until + RESUME_AFTER <= now) await removeVisit(queries, room, visit);
  }
  return conclude(queries, room, now);
}

export async function removeVisit(queries: Queries, room: LiveRoom, visit: Visit) {
  await queries.all('delete from connections where id = ?', visit.id);
  room.visits = room.visits.filter(other => other !== visit);
}

/** Tells the others that somebody's seat is free. */
export async function tellGone(queries: Queries, room: LiveRoom, visit: Visit) {
  const {id} = visit;
  if (isListed(visit)) await tell(queries, room, {message: {type: 'user-left', id}, except: id});
  if (isWaiting(visit)) await tell(queries, room, {message: {type: 'knock-ended', id}, whom: 'moderators'});
}

/** Ends the session when nobody is in, and with it an ad hoc room whose time has come; false when the room is gone. */
export async function conclude(queries: Queries, room: LiveRoom, now: number): Promise<boolean> {
  if (room.visits.some(isIn)) return true;
  if (room.session) {
    await queries.all('delete from sessions where room_id = ?', room.room_id);
    // Who resumes after all is in the next session, where nobody has the floor yet.
    await queries.all('update connections set floor = 0 where room_id = ?', room.room_id);
    for (const visit of room.visits) visit.floor = 0;
    room.session = undefined;
  }
  if (room.until === null || room.until > now) return true;
  await removeRoom(queries, room);
  return false;
}

/** Deletes a room in which nobody is; who still waits to be let in is refused. */
export async function removeRoom(queries: Queries, room: LiveRoom) {
  const {result, message} = notFound();
  for (const {id} of room.visits.filter(isWaiting)) {
    await tell(queries, room, {to: id, message: {type: 'refused', result, error: message}, close: CLOSED.refused});
  }
  await queries.all('delete from connections where room_id = ?', room.room_id);
  await queries.all('delete from rooms where room_id = ?', room.room_id);
}

const roomFull = () => new RoomsError('room_full', 'Token Denied. Room is full.');

/** Refuses who would find no seat at `now`; a seat is claimed only when the token is used. */
export async function checkSeat(
  queries: Queries,
  room_id: string,
  {settings}: CheckedDefinition,
  role: Role,
  now: number,
) {
  const seat = seatOf(role);
  const [count] = await queries.all<{taken: number}>(
    `select count(*) as taken from connections
      where room_id = ? and seat = ? and (seat_until is null or seat_until > ?)`,
    room_id,
    seat,
    now,
  );
  if (count!.taken >= Number(settings[seat])) throw roomFull();
}

/** How a visit is connected: to which process, over which socket, and the hash of the secret to resume it with. */
export interface Connected {
  process: string;
  socket: string;
  secret: string;
}

/** Takes a seat for somebody new; `room_full` when there is none. */
export async function takeSeat(
  queries: Queries,
  room: LiveRoom,
  {id, state, holder, ...connected}: Pick<Visit, 'id' | 'state'> & {holder: Holder} & Connected,
): Promise<Visit> {
  const seat = seatOf(holder.role);
  const text = JSON.stringify(holder);
  const taken = await queries.all(
    `insert into connections (id, room_id, entry, state, seat, holder, process, socket, secret)
      select ?, ?, cast(? as bigint), ?, ?, ?, ?, ?, ?
      where (select count(*) from connections where room_id = ? and seat = ?) < cast(? as bigint) returning id`,
    id,
    room.room_id,
    room.entries,
    state,
    seat,
    text,
    connected.process,
    connected.socket,
    connected.secret,
    room.room_id,
    seat,
    Number(sessionOf(room).definition.settings[seat]),
  );
  if (!taken.length) throw roomFull();
  const visit = {id, state, seat, seat_until: null, holder: text, floor: 0, socket: connected.socket};
  room.visits.push(visit);
  return visit;
}

/** Takes a seat again for somebody who was away for so long that it was freed; `room_full` when there is none. */
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
    Number(sessionOf(room).definition.settings[seat]),
  );
  if (!taken.length) throw roomFull();
  visit.seat = seat;
}
