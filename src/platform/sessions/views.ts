// What a visitor is told about the room and about the others in it. It depends on their role.
import type {Role} from '../../rooms/schema.js';
import {SETTINGS, type Setting, type SettingName} from '../../rooms/settings.js';
import {
  holderOf,
  isAnnounced,
  isListed,
  isWaiting,
  sessionOf,
  shown,
  peerOf,
  type LiveRoom,
  type Session,
  type Visit,
} from './live-room.js';
import type {Joined, More, Peer, SessionRoom} from './messages.js';

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
export function arrival(room: LiveRoom, visit: Visit): [Omit<Joined, 'resume'>, ...More[]] {
  const session = sessionOf(room);
  const {role} = holderOf(visit);
  const moderates = role === 'moderator';
  const inside = room.visits.filter(isListed);
  const seen = inside.filter(each => each !== visit && mayKnow(role, each, session));
  const peers = (visits: Visit[]) =>
    visits.map(each => {
      const peer = shown(each, session);
      return moderates ? peer : withoutReference(peer);
    });
  const [users = [], ...furtherUsers] = pages(peers(seen));
  const [waiting = [], ...furtherWaiting] = moderates ? pages(peers(room.visits.filter(isWaiting))) : [];
  const joined = {
    type: 'joined' as const,
    you: peerOf(visit, session),
    users,
    total: inside.length,
    room: sessionRoom(room.room_id, session),
    ...(moderates && {waiting}),
  };
  const further = [
    ...furtherUsers.map(page => ({type: 'more' as const, users: page, waiting: []})),
    ...furtherWaiting.map(page => ({type: 'more' as const, users: [], waiting: page})),
  ];
  return [{...joined, ...(further.length > 0 && {more: further.length})}, ...further];
}

const mayKnow = (role: Role, visit: Visit, session: Session) =>
  role === 'moderator' || (role !== 'audience' && isAnnounced(visit, session.definition));

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

const SHOWN_SETTINGS = Object.entries<Setting>(SETTINGS)
  .filter(([, {shown}]) => shown)
  .map(([name]) => name as SettingName);

/** The room as a token proxy shows it to visitors, too. */
function sessionRoom(room_id: string, {definition: {name, settings}}: Session): SessionRoom {
  const kept = SHOWN_SETTINGS.filter(
    key => settings[key] !== undefined && (key !== 'description' || fits(settings.description!)),
  );
  return {room_id, name, settings: Object.fromEntries(kept.map(key => [key, settings[key]]))};
}

const fits = (description: string) => Buffer.byteLength(description) <= SHOWN_DESCRIPTION;
