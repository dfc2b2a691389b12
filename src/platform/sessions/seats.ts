// Who gets one of the seats that a room has for each role.
import {checkAudience, checkSeats, roomFull, seatOf, type Holder, type Seat} from '../../rooms/admission.js';
import {networkOf} from '../../http/network.js';
import {RoomsError} from '../../rooms/errors.js';
import type {Role} from '../../rooms/schema.js';
import type {Queries} from '../database/database.js';
import {countVisits, FLOOR, personOf, sessionOf, type LiveRoom, type Visit} from './live-room.js';
import {definitionOf, readHolder, tryHolder} from './stored.js';

/** A room as it is stored; `definition` is JSON, and `active` says whether somebody is in. */
interface StoredRoom {
  room_id: string;
  definition: string;
  active: number | boolean;
}

/** Most people who may knock at a room at once. */
const MOST_KNOCKERS = 100;

/** Most of them who may come from one network. */
const MOST_OF_NETWORK = 20;

/**
 * Throws `room_full` if all seats for this role are taken now, and `denied` if the room has no audience. Takes no seat:
 * that happens when the token is used. Who lost their connection may get a token for the seat that is kept for them.
 */
export async function checkSeat(
  queries: Queries,
  {room_id, definition, active}: StoredRoom,
  holder: Holder,
  now: number,
) {
  const {role} = holder;
  // A running session keeps the definition it began with.
  const sql = 'select definition from sessions where room_id = ?';
  const [session] = active ? await queries.all<{definition: string}>(sql, room_id) : [];
  const {settings} = definitionOf(session, {definition});
  checkAudience(settings, role);
  const [count] = await queries.all<{taken: number}>(
    `select count(*) as taken from connections
      where room_id = ? and seat = ? and (seat_until is null or seat_until > ?)`,
    room_id,
    seatOf(role),
    now,
  );
  // Most rooms have a free seat. Then the seats that this person holds already need not be read.
  if (count!.taken < Number(settings[seatOf(role)] ?? 0)) return;
  const own = await queries.all<Pick<Visit, 'seat' | 'seat_until' | 'socket' | 'holder'>>(
    'select seat, seat_until, socket, holder from connections where room_id = ? and person = ?',
    room_id,
    personOf(holder),
  );
  const kept = keptFor(
    own.filter(({seat_until}) => seat_until === null || seat_until > now),
    role,
  );
  checkSeats(settings, role, count!.taken - (kept?.seat === seatOf(role) ? 1 : 0));
}

/**
 * The visit that is kept for a person of this role who lost the connection. `visits` are all of that person. Undefined if
 * one of them is connected: then another device is theirs, too, and the person has not lost the room.
 */
export function keptFor<V extends Pick<Visit, 'seat' | 'socket' | 'holder'>>(visits: V[], role: Role): V | undefined {
  if (visits.some(({socket}) => socket !== null)) return undefined;
  return visits.find(visit => visit.seat !== null && tryHolder(visit)?.role === role);
}

/** How a visitor is connected: the process, the socket in it, and the hash of the secret for resuming. */
export interface Connected {
  process: string;
  socket: string;
  ip: string;
  agent: string;
  secret: string;
}

/** A new visitor, with the network they come from if it is known. */
interface Newcomer extends Connected, Pick<Visit, 'id' | 'state'> {
  holder: Holder;
  network?: string | undefined;
}

/**
 * Takes a seat for a new visitor; who knocks takes only a place among those who do. Throws `room_full` if there is no
 * seat, and `rate_limited` if too many knock.
 */
export async function takeSeat(queries: Queries, room: LiveRoom, {holder, network, ...who}: Newcomer): Promise<Visit> {
  const {id, state, socket} = who;
  const knocks = state === 'waiting';
  const seat = knocks ? 'knockers' : seatOf(holder.role);
  if (await isFull(queries, room, seatOf(holder.role))) throw roomFull();
  if (knocks) await checkKnockers(queries, room, network);
  const text = JSON.stringify(holder);
  const person = personOf(holder);
  await queries.all(
    `insert into connections (id, room_id, entry, state, seat, holder, process, socket, ip, agent, secret, person)
      values (?, ?, cast(? as bigint), ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    room.room_id,
    room.entries,
    state,
    seat,
    text,
    who.process,
    socket,
    who.ip,
    who.agent,
    who.secret,
    person,
  );
  return {id, state, seat, seat_until: null, holder: text, floor: FLOOR.never, socket, person};
}

/** Whether all seats are taken in a room, which is locked. */
async function isFull(queries: Queries, room: LiveRoom, seat: Seat): Promise<boolean> {
  const taken = await countVisits(queries, room, 'seat = ?', seat);
  return taken >= Number(sessionOf(room).definition.settings[seat]);
}

async function checkKnockers(queries: Queries, {room_id}: LiveRoom, network?: string) {
  const knocking = await queries.all<{ip: string | null}>(
    `select ip from connections where room_id = ? and seat = 'knockers'`,
    room_id,
  );
  const ofNetwork = network ? knocking.filter(({ip}) => networkOf(ip ?? '') === network) : [];
  if (knocking.length < MOST_KNOCKERS && ofNetwork.length < MOST_OF_NETWORK) return;
  throw new RoomsError('rate_limited', 'Too many people wait to be let in. Try again later.');
}

/**
 * Takes a seat for a visitor who has none: a moderator lets them in, or theirs was freed while they were away. Throws
 * `room_full` if there is none.
 */
export async function sitDown(queries: Queries, room: LiveRoom, visit: Visit) {
  const seat = seatOf(readHolder(visit).role);
  if (await isFull(queries, room, seat)) throw roomFull();
  visit.seat = visit.state === 'waiting' ? 'knockers' : seat;
  await queries.all('update connections set seat = ? where id = ?', visit.seat, visit.id);
}
