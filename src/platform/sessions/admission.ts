import {createHash, randomUUID} from 'node:crypto';
import type {Holder} from '../../rooms/admission.js';
import {RoomsError} from '../../rooms/errors.js';
import type {Database, Queries} from '../database/database.js';
import {
  isListed,
  lifetime,
  LISTED,
  lockRoom,
  peerOf,
  peersOf,
  personOf,
  sessionOf,
  shown,
  tell,
  tellOf,
  VISIT,
  visitsOf,
  withoutLarge,
  type LiveRoom,
  type Visit,
} from './live-room.js';
import {checkBarred, mayKnock} from './bars.js';
import {closeRecord, openCall, openRecord} from './records.js';
import {keptFor, sitDown, takeSeat, type Connected} from './seats.js';
import {arrival} from './views.js';
import {readHolder, tryHolder} from './stored.js';
import {badToken, readToken, spendToken} from './tokens.js';

/** A connection that asks to be let in. */
interface Arrival {
  /** The process that holds the connection. */
  process: string;
  /** Identifies the connection. */
  socket: string;
  /** The secret for resuming after the connection breaks. Only a hash of it is stored. */
  resume: string;
  /** The address at the other end, and what the client calls itself, for the records. */
  ip: string;
  agent: string;
  /** The network that the visitor comes from, if it is known. */
  network?: string | undefined;
  /** Epoch ms. */
  now: number;
}

/** Identifies a visit, and the connection that holds it. */
export interface Admitted {
  room_id: string;
  /** The visit's id. */
  id: string;
  socket: string;
}

/** How a secret is stored. */
export const hash = (secret: string) => createHash('sha256').update(secret).digest('base64url');

const connected = ({process, socket, ip, agent, resume}: Arrival): Connected => ({
  process,
  socket,
  ip,
  agent,
  secret: hash(resume),
});

/**
 * Uses a token: spends it, takes a seat, and tells the others who has come or knocks. Throws `room_full` if there is no
 * seat, and then the token stays good. An unknown, forged, expired or spent token throws one and the same `denied`. Who
 * lost the connection takes over the visit that is kept for them.
 */
export async function join(database: Database, token: string, arrival: Arrival): Promise<Admitted> {
  const {now} = arrival;
  const {jti, room_id} = await readToken(database, token, now);
  return database.transaction(async queries => {
    const room = await lockRoom(queries, room_id, now);
    if (!room) throw badToken();
    const holder = await spendToken(queries, jti, now);
    await checkBarred(queries, room_id, holder, now);
    const own = await visitsOf(queries, room, 'person = ?', personOf(holder));
    const kept = keptFor(own, holder.role);
    if (kept) return takeOver(queries, room, kept, holder, arrival);
    const id = randomUUID();
    const knocks = sessionOf(room).definition.settings.knock && mayKnock(holder);
    const state = knocks ? 'waiting' : 'in';
    const visit = await takeSeat(queries, room, {
      id,
      state,
      holder,
      network: arrival.network,
      ...connected(arrival),
    });
    if (knocks) await knock(queries, room, visit);
    else await enter(queries, room, visit, 'user-joined', now);
    return {room_id, id, socket: arrival.socket};
  }, room_id);
}

/** Gives the visit of a person who lost the connection to their new one, as `resume` does. */
async function takeOver(queries: Queries, room: LiveRoom, visit: Visit, holder: Holder, arrival: Arrival) {
  const {process, socket, secret, ip, agent} = connected(arrival);
  Object.assign(visit, {socket, seat_until: null, holder: JSON.stringify(holder)});
  await queries.all(
    `update connections set secret = ?, process = ?, socket = ?, ip = ?, agent = ?, seat_until = null, holder = ?
      where id = ?`,
    secret,
    process,
    socket,
    ip,
    agent,
    visit.holder,
    visit.id,
  );
  if (visit.state === 'in') await enter(queries, room, visit, 'user-back', arrival.now);
  else await knock(queries, room, visit, true);
  return {room_id: room.room_id, id: visit.id, socket};
}

/**
 * Brings a visitor back after their connection broke. Spends `secret`, the last one they were given. If they were away for
 * so long that their seat was freed, they take a free one. Throws `room_full` if there is none, and then the secret stays
 * good.
 */
export async function resume(database: Database, secret: string, arrival: Arrival): Promise<Admitted> {
  const {now} = arrival;
  const {secret: next, process, socket, ip, agent} = connected(arrival);
  const [known] = await database.all<{room_id: string}>(
    'select room_id from connections where secret = ?',
    hash(secret),
  );
  if (!known) throw notResumable();
  const {room_id} = known;
  return database.transaction(async queries => {
    const room = await lockRoom(queries, room_id, now);
    const [visit] = await queries.all<Visit>(
      `update connections set secret = ?, process = ?, socket = ?, ip = ?, agent = ?, seat_until = null
        where room_id = ? and secret = ? returning ${VISIT}`,
      next,
      process,
      socket,
      ip,
      agent,
      room_id,
      hash(secret),
    );
    if (!room || !visit || !tryHolder(visit)) throw notResumable();
    const kept = visit.seat !== null;
    if (!kept) await sitDown(queries, room, visit);
    if (visit.state === 'in') await enter(queries, room, visit, kept ? 'user-back' : 'user-joined', now);
    else await knock(queries, room, visit, kept);
    return {room_id, id: visit.id, socket};
  }, room_id);
}

const notResumable = () =>
  new RoomsError('denied', 'This visit cannot be resumed.', {
    desc: 'Join with a new token. A secret works once, within 45 s.',
  });

/** Lets a visitor wait, and tells the moderators unless they know. */
async function knock(queries: Queries, room: LiveRoom, visit: Visit, known = false) {
  const you = peerOf(visit, sessionOf(room));
  await tell(queries, room, {
    to: you.id,
    socket: visit.socket!,
    message: {type: 'waiting', reason: 'knock', you},
  });
  if (!known)
    await tell(queries, room, {message: {type: 'knock', user: shown(visit, sessionOf(room))}, group: 'moderators'});
}

/** Lets a visitor in who has a seat, and tells them and the others. Begins the session if they are the first. */
export async function enter(
  queries: Queries,
  room: LiveRoom,
  visit: Visit,
  announced: 'user-joined' | 'user-back',
  now: number,
) {
  room.session ??= await beginSession(queries, room, now);
  if (visit.seat === 'moderators' && !room.session.opened) await openSession(queries, room);
  // A visitor who was admitted while away is told when they resume.
  if (visit.socket !== null) {
    const {conf_num} = room.session;
    // A connection that they had before is over. Who is new had none.
    if (announced === 'user-back') await closeRecord(queries, visit.id, now);
    if (conf_num !== null) await openRecord(queries, {conf_num, visit: visit.id, holder: readHolder(visit)}, now);
    const [joined, ...further] = await arrival(queries, room, visit);
    await tell(queries, room, {to: visit.id, socket: visit.socket, message: joined});
    for (const message of further) await tell(queries, room, {to: visit.id, message});
  }
  if (!isListed(visit)) return;
  await tellOf(queries, room, visit, {type: announced, user: shown(visit, sessionOf(room))});
}

async function beginSession(queries: Queries, room: LiveRoom, now: number) {
  const {definition, room_id} = room;
  const begun = sessionOf(room).definition;
  const conf_num = await openCall(queries, room_id, begun, now);
  await queries.all(
    'insert into sessions (room_id, definition, began, opened, conf_num) values (?, ?, ?, 0, ?)',
    room_id,
    definition,
    now,
    conf_num,
  );
  const {settings} = begun;
  if (settings.adhoc && room.until === null) {
    room.until = now + lifetime(settings);
    await queries.all('update rooms set until = ? where room_id = ?', room.until, room_id);
  }
  return {definition, opened: false, conf_num};
}

/** Notes that a moderator has joined: those who waited for one may publish now, if their role may. */
async function openSession(queries: Queries, room: LiveRoom) {
  const before = sessionOf(room);
  room.session!.opened = true;
  await queries.all('update sessions set opened = 1 where room_id = ?', room.room_id);
  if (!before.definition.settings.wait_for_moderator) return;
  for (const visit of await visitsOf(queries, room, LISTED)) {
    const [was] = peersOf([visit], before);
    const [user] = peersOf([visit], {...before, opened: true});
    if (!user || user.permissions.publish === was!.permissions.publish) continue;
    await tell(queries, room, {message: {type: 'user-changed', user: withoutLarge(user)}});
  }
}
