import {createHash, randomUUID} from 'node:crypto';
import {RoomsError} from '../../rooms/errors.js';
import type {Database, Queries} from '../database/database.js';
import type {Joined} from './messages.js';
import {
  conclude,
  freeOverdue,
  holderOf,
  isListed,
  isWaiting,
  lockRoom,
  peerOf,
  removeVisit,
  retakeSeat,
  SEAT_KEPT,
  sessionOf,
  takeSeat,
  tell,
  tellGone,
  type LiveRoom,
  type Visit,
} from './seats.js';
import {readToken, refusal, spendToken} from '../tokens.js';

/** A connection that asks to be let in. */
export interface Arrival {
  /** The process that holds the connection. */
  process: string;
  /** What tells the connection from every other. */
  socket: string;
  /** What it may resume with when it breaks; only a hash is kept. */
  resume: string;
  /** Epoch ms. */
  now: number;
}

/** A connection of somebody who was let in. */
export interface Held {
  room_id: string;
  /** The visit's. */
  id: string;
  socket: string;
}

const hash = (secret: string) => createHash('sha256').update(secret).digest('base64url');

const connected = ({process, socket, resume}: Arrival) => ({process, socket, secret: hash(resume)});

/**
 * Uses a token: from here on it is spent and a seat is taken, and all are told who has come or knocks. When there is no
 * seat the token stays good. An unknown, a forged, an expired and a used token are refused in the same words.
 */
export async function join(database: Database, token: string, arrival: Arrival): Promise<Held> {
  const {now} = arrival;
  const {jti, room_id} = await readToken(database, token, now);
  const id = randomUUID();
  await database.transaction(async queries => {
    const room = await lockRoom(queries, room_id, now);
    if (!room) throw refusal();
    const holder = await spendToken(queries, jti, now);
    const knocks = sessionOf(room).definition.settings.knock && ['participant', 'viewer'].includes(holder.role);
    const state = knocks ? 'waiting' : 'in';
    const visit = await takeSeat(queries, room, {id, state, holder, ...connected(arrival)});
    if (knocks) await knock(queries, room, visit);
    else await enter(queries, room, visit, 'user-joined', now);
  });
  return {room_id, id, socket: arrival.socket};
}

/**
 * Brings somebody back whose connection broke, with the secret last handed out, which is spent by it. Who was away for so
 * long that the seat was freed takes a free one; `room_full` when there is none, and then the secret stays good.
 */
export async function resume(database: Database, secret: string, arrival: Arrival): Promise<Held> {
  const {now} = arrival;
  const {secret: next, process, socket} = connected(arrival);
  const [known] = await database.all<{room_id: string}>(
    'select room_id from connections where secret = ?',
    hash(secret),
  );
  if (!known) throw notResumable();
  const {room_id} = known;
  return database.transaction(async queries => {
    const room = await lockRoom(queries, room_id, now);
    const [back] = await queries.all<{id: string}>(
      `update connections set secret = ?, process = ?, socket = ?, seat_until = null
        where room_id = ? and secret = ? returning id`,
      next,
      process,
      socket,
      room_id,
      hash(secret),
    );
    const visit = room?.visits.find(({id}) => id === back?.id);
    if (!room || !visit) throw notResumable();
    Object.assign(visit, {socket, seat_until: null});
    const kept = visit.seat !== null;
    if (!kept) await retakeSeat(queries, room, visit);
    if (visit.state === 'in') await enter(queries, room, visit, kept ? 'user-back' : 'user-joined', now);
    else await knock(queries, room, visit, kept);
    return {room_id, id: visit.id, socket};
  });
}

const notResumable = () =>
  new RoomsError('denied', 'Not to be resumed.', {desc: 'Join with a new token; a secret is good once, for 45 s.'});

/** Gives a seat back for good; nothing happens when the connection has lost it already. */
export function leave(database: Database, {room_id, id, socket}: Held, now: number): Promise<void> {
  return database.transaction(async queries => {
    const room = await lockRoom(queries, room_id, now);
    const visit = room?.visits.find(each => each.id === id && each.socket === socket);
    if (!room || !visit) return;
    await removeVisit(queries, room, visit);
    await tellGone(queries, room, visit);
    await conclude(queries, room, now);
  });
}

/** Notes that a connection broke, `heard` from last at that time; its seat is kept for a while. */
export function goAway(database: Database, {room_id, id, socket}: Held, heard: number, now: number): Promise<void> {
  return database.transaction(async queries => {
    const room = await lockRoom(queries, room_id, now);
    const visit = room?.visits.find(each => each.id === id && each.socket === socket);
    if (!room || !visit) return;
    visit.seat_until = heard + SEAT_KEPT;
    visit.socket = null;
    await queries.all(
      'update connections set process = null, socket = null, seat_until = ? where id = ?',
      visit.seat_until,
      id,
    );
    if (isListed(visit) && visit.seat_until > now) {
      await tell(queries, room, {message: {type: 'user-away', id}, except: id});
    }
    await freeOverdue(queries, room, now);
  });
}

/** Lets somebody wait; the moderators are told, unless they know. */
async function knock(queries: Queries, room: LiveRoom, visit: Visit, known = false) {
  const you = peerOf(visit, sessionOf(room));
  await tell(queries, room, {
    to: you.id,
    socket: visit.socket!,
    message: {type: 'waiting', reason: 'knock', you},
  });
  if (!known) await tell(queries, room, {message: {type: 'knock', user: you}, whom: 'moderators'});
}

/** Tells somebody who has a seat that they are in, and the others; the first one in begins the session. */
export async function enter(
  queries: Queries,
  room: LiveRoom,
  visit: Visit,
  announced: 'user-joined' | 'user-back',
  now: number,
) {
  const session = (room.session ??= await begin(queries, room, now));
  const first = visit.seat === 'moderators' && !session.opened;
  if (first) await open(queries, room);
  // Who was admitted while away hears of it on the way back.
  if (visit.socket !== null) {
    await tell(queries, room, {to: visit.id, socket: visit.socket, message: joined(room, visit)});
  }
  if (!isListed(visit)) return;
  await tell(queries, room, {message: {type: announced, user: peerOf(visit, session)}, except: visit.id});
}

async function begin(queries: Queries, room: LiveRoom, now: number) {
  const {definition, room_id} = room;
  await queries.all(
    'insert into sessions (room_id, definition, began, opened) values (?, ?, ?, 0)',
    room_id,
    JSON.stringify(definition),
    now,
  );
  if (definition.settings.adhoc && room.until === null) {
    room.until = now + lifetime(definition.settings);
    await queries.all('update rooms set until = ? where room_id = ?', room.until, room_id);
  }
  return {definition, opened: false};
}

/** How long an ad hoc room lives from its first session on, in ms, should that end before. */
export const lifetime = ({duration = 0}: LiveRoom['definition']['settings']) => Math.round(Number(duration) * 60_000);

/** A moderator has come: who had to wait for one may now publish, where they may at all. */
async function open(queries: Queries, room: LiveRoom) {
  const session = room.session!;
  const before = new Map(room.visits.map(visit => [visit, peerOf(visit, session).permissions.publish]));
  session.opened = true;
  await queries.all('update sessions set opened = 1 where room_id = ?', room.room_id);
  for (const visit of room.visits.filter(isListed)) {
    const user = peerOf(visit, session);
    if (user.permissions.publish !== before.get(visit)) {
      await tell(queries, room, {message: {type: 'user-changed', user}});
    }
  }
}

function joined(room: LiveRoom, visit: Visit): Omit<Joined, 'resume'> {
  const {room_id} = room;
  const session = sessionOf(room);
  const {name, settings: all} = session.definition;
  const {billing_code: _, live_recording: __, ...settings} = all;
  const peers = (visits: Visit[]) => visits.map(each => peerOf(each, session));
  return {
    type: 'joined',
    you: peerOf(visit, session),
    users: peers(room.visits.filter(each => each !== visit && isListed(each))),
    room: {room_id, name, settings},
    ...(holderOf(visit).role === 'moderator' && {waiting: peers(room.visits.filter(isWaiting))}),
  };
}
