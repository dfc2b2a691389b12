// A room and the people in it, as rows in the database.
import type {Holder, Seat} from '../../rooms/admission.js';
import {notFound} from '../../rooms/results.js';
import {LONGEST_DURATION, type CheckedDefinition} from '../../rooms/rules.js';
import type {Permissions, Role, User} from '../../rooms/schema.js';
import {LAST_TIME, type Queries, type Value} from '../database/database.js';
import {CLOSED, refused, type Delivery, type Peer} from './messages.js';
import {closeCall, closeRecord} from './records.js';
import {definitionOf, readDefinition, readHolder, tryDefinition, tryHolder} from './stored.js';

/** How long a seat is kept after the platform last heard of its holder, in ms. */
export const SEAT_KEPT = 30_000;

/** How long after `SEAT_KEPT` somebody may still resume, if there is a free seat, in ms. */
const RESUME_AFTER = 15_000;

/** One person's stay in a room, over any number of connections. A row of `connections`; see the migrations. */
export interface Visit {
  id: string;
  state: 'in' | 'waiting';
  /** Null when the person was away for so long that the seat was freed. */
  seat: Seat | 'knockers' | null;
  seat_until: number | null;
  /** JSON of a `Holder`. */
  holder: string;
  floor: number;
  socket: string | null;
  /** From `personOf`. Null if an earlier release wrote the row. */
  person: string | null;
}

export interface Session {
  definition: CheckedDefinition;
  /** Whether a moderator has joined. */
  opened: boolean;
}

/**
 * A room, locked until the transaction ends. Functions that write to the database update it, too. It does not hold the
 * visits: what one arrival or departure costs must not grow with the number of people inside.
 */
export interface LiveRoom {
  room_id: string;
  /** How often the room was locked. */
  entries: number;
  /** The room's current definition as it is stored. A running session may have an older one. */
  definition: string;
  /** From then on an ad hoc room is deleted when nobody is in. Null before its first session, and for other rooms. */
  until: number | null;
  /** The running session, with the definition it began with as it is stored. */
  session?: {definition: string; opened: boolean; conf_num: string | null};
}

/** What a room that is locked has: a session, or nulls; whether somebody is in, or was away for too long. */
interface StoredState {
  definition: string | null;
  opened: number | null;
  conf_num: string | null;
  active: number | boolean;
  overdue: number | boolean;
}

/** SQL conditions on a row of `connections`. In a locked room nobody holds a seat for longer than it is kept. */
const HAS_SEAT = `connections.state = 'in' and connections.seat is not null`;
export const LISTED = `${HAS_SEAT} and connections.seat <> 'audiences'`;
export const WAITING = `connections.state = 'waiting' and connections.seat is not null`;

/** The same for a room that is not locked. Takes the time as a value. */
const IN = `${HAS_SEAT} and (connections.seat_until is null or connections.seat_until > ?)`;

/** SQL condition: somebody is in a row of `rooms`, here or at a video engine. Takes the time as a value. */
export const ACTIVE = `(exists (select 1 from connections where connections.room_id = rooms.room_id and ${IN})
  or exists (select 1 from engine_sessions where engine_sessions.room_id = rooms.room_id))`;

/** Values of `floor` in a visit: in a lecture, whether a moderator gave a participant the floor. */
export const FLOOR = {never: 0, has: 1, had: 2} as const;

/** Most bytes of somebody's data, as JSON, that others are told. */
const SHOWN_DATA = 1024;

/** A lecture for more participants than this is large. */
const LARGE = 300;

/** The columns of a `Visit`. */
export const VISIT = `connections.id, connections.state, connections.seat, connections.seat_until, connections.holder,
  connections.floor, connections.socket, connections.person`;

/** Identifies a person in all their visits: the number 1 is not the text "1". */
export const personOf = ({user_ref}: Pick<Holder, 'user_ref'>) => JSON.stringify(user_ref);

export const isIn = ({state, seat}: Visit) => state === 'in' && seat !== null;
export const isListed = (visit: Visit) => isIn(visit) && visit.seat !== 'audiences';
export const isWaiting = ({state, seat}: Visit) => state === 'waiting' && seat !== null;

/** The visits in a locked room for which an SQL condition holds, oldest first. */
export const visitsOf = (queries: Queries, {room_id}: LiveRoom, condition: string, ...values: Value[]) =>
  queries.all<Visit>(
    `select ${VISIT} from connections where room_id = ? and ${condition} order by entry`,
    room_id,
    ...values,
  );

/** Whether somebody is in a room, and no audience. The room need not be locked. */
export async function isListedIn(queries: Queries, room_id: string, id: string): Promise<boolean> {
  const sql = `select 1 from connections where id = ? and room_id = ? and ${LISTED}`;
  return (await queries.all(sql, id, room_id)).length > 0;
}

/** How many visits in a locked room an SQL condition holds for. */
export async function countVisits(queries: Queries, {room_id}: LiveRoom, condition: string, ...values: Value[]) {
  const sql = `select count(*) as found from connections where room_id = ? and ${condition}`;
  const [row] = await queries.all<{found: number}>(sql, room_id, ...values);
  return row!.found;
}

/** Whether somebody is in a locked room, here or at a video engine. */
export async function isActive(queries: Queries, {room_id}: LiveRoom): Promise<boolean> {
  const sql = `select 1 as found from connections where room_id = ? and ${HAS_SEAT}
    union all select 1 as found from engine_sessions where room_id = ? limit 1`;
  return (await queries.all(sql, room_id, room_id)).length > 0;
}

/**
 * The running session; if there is none, the session that would begin now. If its definition is damaged, that of the room
 * takes its place.
 */
export const sessionOf = ({session, definition}: LiveRoom): Session => ({
  opened: session?.opened ?? false,
  definition: definitionOf(session, {definition}),
});

/** How long an ad hoc room lives after its first session began, in ms. 0 means until that session ends. */
export const lifetime = ({duration = 0}: CheckedDefinition['settings']) =>
  Math.round(Math.min(Number(duration), LONGEST_DURATION) * 60_000);

/** SQL: when an ad hoc room ends. A time beyond JavaScript's last one would break the row for `node:sqlite`. */
const UNTIL = `case when until > ${LAST_TIME} then ${LAST_TIME} else until end as until`;

const permissionsOf = (role: Role, publish: boolean): Permissions => ({
  publish,
  subscribe: true,
  record: role === 'moderator',
  stats: true,
  controlhandlers: role === 'moderator' || role === 'participant',
});

/** A visitor as they see themselves, with their permissions at this moment of the session. */
export const peerOf = (visit: Visit, session: Session): Peer => peerFrom(visit, readHolder(visit), session);

function peerFrom(visit: Visit, holder: Holder, {definition: {settings}, opened}: Session): Peer {
  const {role} = holder;
  const open = (opened || !settings.wait_for_moderator) && (settings.mode !== 'lecture' || visit.floor === FLOOR.has);
  const publish = role === 'moderator' || (role === 'participant' && open);
  const away = visit.socket === null && {away: true as const};
  return {id: visit.id, ...holder, permissions: permissionsOf(role, publish), ...away};
}

/** The same of several visitors. Those whose rows are damaged are left out. */
export const peersOf = (visits: Visit[], session: Session): Peer[] =>
  visits.flatMap(visit => {
    const holder = tryHolder(visit);
    return holder ? [peerFrom(visit, holder, session)] : [];
  });

/** A visitor as moderators see them. */
export const shown = (visit: Visit, session: Session): Peer => withoutLarge(peerOf(visit, session));

/** A visitor without data that is too large to pass on. */
export function withoutLarge({data, ...peer}: Peer): Peer {
  return data && Buffer.byteLength(JSON.stringify(data)) <= SHOWN_DATA ? {...peer, data} : peer;
}

/**
 * Whether only some of the people inside are announced to those who do not moderate: moderators, and people who have or
 * had the floor. To tell each of 1,000 about each other one is too much.
 */
export const isLarge = ({settings}: CheckedDefinition): boolean =>
  settings.mode === 'lecture' && Number(settings.participants) > LARGE;

/** SQL condition: in a large lecture everybody inside is told about a visitor, as `isAnnounced` says. */
export const ANNOUNCED = `(connections.floor <> ${FLOOR.never} or connections.seat = 'moderators')`;

/** Whether everybody inside is told about a visitor. Moderators always are. */
const isAnnounced = (visit: Visit, definition: CheckedDefinition): boolean =>
  !isLarge(definition) || visit.floor !== FLOOR.never || tryHolder(visit)?.role === 'moderator';

/** The people in a room, oldest first, without audience. */
export async function usersIn(queries: Queries, room_id: string, now: number): Promise<User[]> {
  const rows = await queries.all<Visit & {definition: string; opened: number}>(
    `select ${VISIT}, sessions.definition, sessions.opened from connections
      join sessions on sessions.room_id = connections.room_id
      where connections.room_id = ? and ${IN} and seat <> 'audiences' order by entry`,
    room_id,
    now,
  );
  const [first] = rows;
  if (!first) return [];
  const definition = tryDefinition(first.definition) ?? (await currentDefinition(queries, room_id));
  return peersOf(rows, {definition, opened: first.opened === 1}).map(({name, user_ref, role, permissions}) => ({
    name,
    user_ref: user_ref!,
    role,
    permissions,
  }));
}

async function currentDefinition(queries: Queries, room_id: string) {
  const [room] = await queries.all<{definition: string}>('select definition from rooms where room_id = ?', room_id);
  if (!room) throw notFound();
  return readDefinition(room.definition);
}

/** Sends a message to people in the room, when the transaction commits. */
export const tell = (queries: Queries, {room_id}: Pick<LiveRoom, 'room_id'>, what: Omit<Delivery, 'room_id'>) =>
  queries.publish(JSON.stringify({room_id, ...what}));

/** Tells those about a visitor who know of them, except the visitor. */
export function tellOf(queries: Queries, room: LiveRoom, visit: Visit, message: Delivery['message']) {
  // A damaged room must still lose its people.
  const definition = tryDefinition((room.session ?? room).definition) ?? tryDefinition(room.definition);
  const group = definition && !isAnnounced(visit, definition) ? 'moderators' : undefined;
  return tell(queries, room, {message, group, except: visit.id});
}

/**
 * Locks a room until the transaction ends, and frees the seats of people who were away for too long. Returns undefined if
 * there is no such room, or if freeing the seats has ended it.
 */
export async function lockRoom(queries: Queries, room_id: string, now: number): Promise<LiveRoom | undefined> {
  const [row] = await queries.all<{entries: number; definition: string; until: number | null}>(
    `update rooms set entries = entries + 1 where room_id = ? returning entries, definition, ${UNTIL}`,
    room_id,
  );
  if (!row) return undefined;
  const room: LiveRoom = {room_id, ...row};
  const [state] = await queries.all<StoredState>(
    `select sessions.definition, opened, conf_num,
        exists (select 1 from connections where connections.room_id = rooms.room_id and ${HAS_SEAT}) as active,
        exists (select 1 from connections where connections.room_id = rooms.room_id and seat_until <= ?) as overdue
      from rooms left join sessions on sessions.room_id = rooms.room_id where rooms.room_id = ?`,
    now,
    room_id,
  );
  const {definition, opened, conf_num, active, overdue} = state!;
  if (definition !== null) room.session = {definition, opened: opened === 1, conf_num};
  if (active && !overdue) return room;
  return (await freeOverdue(queries, room, now)) ? room : undefined;
}

/** Frees the seats of people who were away for too long. Returns false if that has ended the room. */
export async function freeOverdue(queries: Queries, room: LiveRoom, now: number): Promise<boolean> {
  const {room_id} = room;
  const overdue = await visitsOf(queries, room, 'seat_until <= ?', now);
  if (overdue.length > 0) {
    await queries.all(
      `update records set disconnected = (select seat_until from connections where connections.id = records.visit)
        where disconnected is null
          and visit in (select id from connections where room_id = ? and seat_until <= ?)`,
      room_id,
      now,
    );
    await queries.all('update connections set seat = null where room_id = ? and seat_until <= ?', room_id, now);
    for (const visit of overdue) await tellGone(queries, room, visit);
    const forgotten = now - RESUME_AFTER;
    await queries.all('delete from connections where room_id = ? and seat_until <= ?', room_id, forgotten);
  }
  return endIfEmpty(queries, room, now);
}

export async function removeVisit(queries: Queries, visit: Visit, now: number) {
  await closeRecord(queries, visit.id, now);
  await queries.all('delete from connections where id = ?', visit.id);
}

/** Tells the others that a visitor's seat is free. */
export async function tellGone(queries: Queries, room: LiveRoom, visit: Visit) {
  const {id} = visit;
  if (isListed(visit)) await tellOf(queries, room, visit, {type: 'user-left', id});
  if (isWaiting(visit)) await tell(queries, room, {message: {type: 'knock-ended', id}, group: 'moderators'});
}

/** If nobody is in, ends the session, and deletes an ad hoc room whose time is over. Returns false if it was deleted. */
export async function endIfEmpty(queries: Queries, room: LiveRoom, now: number): Promise<boolean> {
  const isOver = room.until !== null && room.until <= now;
  if (!room.session && !isOver) return true;
  if (await isActive(queries, room)) return true;
  if (room.session) {
    await queries.all('delete from sessions where room_id = ?', room.room_id);
    if (room.session.conf_num !== null) await closeCall(queries, room.session.conf_num, now);
    // Somebody may still resume, into the next session, and there nobody has the floor yet.
    await queries.all('update connections set floor = 0 where room_id = ?', room.room_id);
    room.session = undefined;
    await queries.all('delete from barred where room_id = ? and (until is null or until <= ?)', room.room_id, now);
  }
  if (!isOver) return true;
  await removeRoom(queries, room);
  return false;
}

/** Deletes a room where nobody is in, and refuses the people who still wait. */
export async function removeRoom(queries: Queries, room: LiveRoom) {
  const error = notFound();
  for (const {id} of await visitsOf(queries, room, WAITING)) {
    await tell(queries, room, {to: id, message: refused(error), close: CLOSED.refused});
  }
  await queries.all('delete from connections where room_id = ?', room.room_id);
  await queries.all('delete from rooms where room_id = ?', room.room_id);
}
