import {RoomsError} from '../../rooms/errors.js';
import type {Database, Queries} from '../database/database.js';
import {enter, type Admitted} from './admission.js';
import {barFromKnocking, barFromSession} from './bars.js';
import {
  endIfEmpty,
  FLOOR,
  isIn,
  isListed,
  isWaiting,
  lockRoom,
  removeVisit,
  sessionOf,
  shown,
  tell,
  tellGone,
  visitsOf,
  type LiveRoom,
  type Visit,
} from './live-room.js';
import {sitDown} from './seats.js';
import {CLOSED, refused, type Command} from './messages.js';
import {readHolder} from './stored.js';

const denied = (message: string) => new RoomsError('denied', message);
const invalid = (message: string) => new RoomsError('invalid', message);

/** Carries out a moderator's command. Throws a `RoomsError` if the sender is not a moderator or the id is unknown. */
export function command(database: Database, by: Admitted, message: Command, now: number): Promise<void> {
  return database.transaction(async queries => {
    const room = await lockRoom(queries, by.room_id, now);
    const [sender] = room ? await visitsOf(queries, room, 'id = ? and socket = ?', by.id, by.socket) : [];
    if (!room || sender?.state !== 'in') throw denied('You are no longer in the room.');
    if (readHolder(sender).role !== 'moderator') throw denied('Only a moderator may do this.');
    await carryOut(queries, room, sender, message, now);
  }, by.room_id);
}

async function carryOut(queries: Queries, room: LiveRoom, by: Visit, message: Command, now: number): Promise<void> {
  switch (message.type) {
    case 'admit':
      return admit(queries, room, await find(queries, room, message.id, isWaiting), now);
    case 'deny':
      return deny(queries, room, await find(queries, room, message.id, isWaiting), by, now);
    case 'mute': {
      const {id} = await find(queries, room, message.id, isListed);
      return tell(queries, room, {message: {type: 'muted', id, kind: message.kind, by: by.id}});
    }
    case 'drop':
      return drop(queries, room, await find(queries, room, message.id, isIn), by, now);
    case 'floor':
      return giveFloor(queries, room, await find(queries, room, message.id, isListed), message.on);
    case 'end':
      return end(queries, room, now);
  }
}

async function find(queries: Queries, room: LiveRoom, id: string, is: (visit: Visit) => boolean): Promise<Visit> {
  const [visit] = await visitsOf(queries, room, 'id = ?', id);
  if (visit && is(visit)) return visit;
  throw invalid(is === isWaiting ? 'Nobody with this id is waiting.' : 'Nobody with this id is in the room.');
}

async function admit(queries: Queries, room: LiveRoom, visit: Visit, now: number) {
  const before = {...visit};
  visit.state = 'in';
  await sitDown(queries, room, visit);
  await queries.all(`update connections set state = 'in' where id = ?`, visit.id);
  await tellGone(queries, room, before);
  await enter(queries, room, visit, 'user-joined', now);
}

async function deny(queries: Queries, room: LiveRoom, visit: Visit, by: Visit, now: number) {
  await barFromKnocking(queries, room, visit, by, now);
  await removeVisit(queries, visit, now);
  await tell(queries, room, {
    to: visit.id,
    message: refused(denied('A moderator did not let you in.')),
    close: CLOSED.refused,
  });
  await tellGone(queries, room, visit);
}

async function drop(queries: Queries, room: LiveRoom, visit: Visit, by: Visit, now: number) {
  await barFromSession(queries, room, visit, by);
  await removeVisit(queries, visit, now);
  await tell(queries, room, {to: visit.id, message: {type: 'dropped'}, close: CLOSED.dropped});
  await tellGone(queries, room, visit);
  await endIfEmpty(queries, room, now);
}

async function giveFloor(queries: Queries, room: LiveRoom, visit: Visit, on: boolean) {
  if (sessionOf(room).definition.settings.mode !== 'lecture') throw invalid('Only a lecture has a floor.');
  if (readHolder(visit).role !== 'participant') throw invalid('Only a participant can be given the floor.');
  visit.floor = on ? FLOOR.has : FLOOR.had;
  await queries.all('update connections set floor = ? where id = ?', visit.floor, visit.id);
  await tell(queries, room, {message: {type: 'user-changed', user: shown(visit, sessionOf(room))}});
}

async function end(queries: Queries, room: LiveRoom, now: number) {
  await tell(queries, room, {message: {type: 'ended'}, group: 'all', close: CLOSED.ended});
  await queries.all('delete from connections where room_id = ?', room.room_id);
  await endIfEmpty(queries, room, now);
}
