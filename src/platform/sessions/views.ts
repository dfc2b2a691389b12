// What a visitor is told about the room and about the others in it. It depends on their role.
import {SHOWN_SETTINGS} from '../../rooms/settings.js';
import type {Queries} from '../database/database.js';
import {
  ANNOUNCED,
  countVisits,
  isLarge,
  LISTED,
  peerOf,
  peersOf,
  sessionOf,
  visitsOf,
  WAITING,
  withoutLarge,
  type LiveRoom,
  type Session,
  type Visit,
} from './live-room.js';
import type {Joined, More, Peer, SessionRoom} from './messages.js';
import {readHolder} from './stored.js';

/** Most bytes of people in one message. One person may have somewhat more than this leaves. */
const PAGE = 32 * 1024;

/** Most bytes of a room's description that people inside are told. */
const SHOWN_DESCRIPTION = 4096;

/** A visitor as people see them who are not moderators: without their reference. */
export function withoutReference(peer: Peer): Peer {
  const {user_ref: _, ...rest} = peer;
  return rest;
}

/**
 * What somebody is told who comes in, in as many messages as it needs. Moderators are told about everybody, the audience
 * about nobody, others about the people who are inside.
 */
export async function arrival(
  queries: Queries,
  room: LiveRoom,
  visit: Visit,
): Promise<[Omit<Joined, 'resume'>, ...More[]]> {
  const session = sessionOf(room);
  const {role} = readHolder(visit);
  const moderates = role === 'moderator';
  const some = isLarge(session.definition) && !moderates;
  const seen = some ? `${LISTED} and ${ANNOUNCED}` : LISTED;
  const others = role === 'audience' ? [] : await visitsOf(queries, room, `${seen} and id <> ?`, visit.id);
  const knowsAll = !some && role !== 'audience';
  const waits = moderates ? await visitsOf(queries, room, WAITING) : [];
  const peers = (visits: Visit[]) =>
    peersOf(visits, session).map(peer => withoutLarge(moderates ? peer : withoutReference(peer)));
  const [users = [], ...furtherUsers] = pages(peers(others));
  const [waiting = [], ...furtherWaiting] = pages(peers(waits));
  const joined = {
    type: 'joined' as const,
    you: peerOf(visit, session),
    users,
    total: knowsAll ? others.length + 1 : await countVisits(queries, room, LISTED),
    room: sessionRoom(room.room_id, session),
    ...(moderates && {waiting}),
  };
  const further = [
    ...furtherUsers.map(page => ({type: 'more' as const, users: page, waiting: []})),
    ...furtherWaiting.map(page => ({type: 'more' as const, users: [], waiting: page})),
  ];
  return [{...joined, ...(further.length > 0 && {more: further.length})}, ...further];
}

/** Splits people into pages of about `PAGE` bytes. */
function pages(peers: Peer[]): Peer[][] {
  const all: Peer[][] = [];
  let left = 0;
  for (const peer of peers) {
    const bytes = Buffer.byteLength(JSON.stringify(peer));
    if (left < bytes) {
      all.push([]);
      left = PAGE;
    }
    all.at(-1)!.push(peer);
    left -= bytes;
  }
  return all;
}

/** The room as a token proxy shows it to visitors, too. */
function sessionRoom(room_id: string, {definition: {name, settings}}: Session): SessionRoom {
  const kept = SHOWN_SETTINGS.filter(
    key => settings[key] !== undefined && (key !== 'description' || fits(settings.description!)),
  );
  return {room_id, name, settings: Object.fromEntries(kept.map(key => [key, settings[key]]))};
}

const fits = (description: string) => Buffer.byteLength(description) <= SHOWN_DESCRIPTION;
