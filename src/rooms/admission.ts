import {errorOf, invalidValue, missingValue} from './results.js';
import type {Room} from './room.js';
import {Role, type TokenRequest} from './schema.js';
import {joinWindow, roomPhase} from './times.js';
import {isMissing, isObject, isReference, isShallow, isText} from './values.js';

// Who gets a token: the rules of a platform, and of a directory whose rooms are at a video engine.

/** The person a token is for, checked. */
export interface Holder {
  name: string;
  role: Role;
  user_ref: string | number;
  data?: Record<string, unknown> | undefined;
}

/** Most characters of `data`, as JSON. */
const MOST_DATA = 16_384;

/** Checks the request for a token, in the order name, role, user_ref, data. Throws the first fault. */
export function checkTokenRequest({name: sent, role, user_ref, data}: Partial<TokenRequest>): Holder {
  if (isMissing(sent)) throw errorOf(10101);
  // Composed, so that one name has one form.
  const name = isText(sent) ? sent.normalize('NFC') : undefined;
  if (name === undefined || name.length > 200) {
    throw invalidValue('name', 'name must be text of at most 200 characters.');
  }
  const desc = 'role must be moderator, participant, viewer or audience.';
  if (isMissing(role)) throw errorOf(10103, {desc});
  if (!Role.is(role)) throw errorOf(10104, {desc});
  if (isMissing(user_ref)) throw missingValue('user_ref');
  if (!isReference(user_ref) || String(user_ref).length > 200) {
    throw invalidValue('user_ref', 'user_ref must be a number or at most 200 characters.');
  }
  const holder = {name, role, user_ref};
  return isMissing(data) ? holder : {...holder, data: tokenData(data)};
}

/**
 * What a token carries for the application: an object of at most 5 keys, or JSON text of one, as some clients send it.
 * Throws `invalid`.
 */
export function tokenData(sent: unknown): Record<string, unknown> {
  const data = isText(sent) ? parsed(sent) : sent;
  const fits = isObject(data) && Object.keys(data).length <= 5 && isShallow(data, 32);
  if (fits && JSON.stringify(data).length <= MOST_DATA) return data;
  throw invalidValue('data', `data must be an object of at most 5 keys and ${MOST_DATA} characters.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // It is no JSON, so it is no object.
  }
}

/** Throws if a scheduled room is not open at `now` (epoch ms). After its end it stays open until all have left. */
export function checkOpen(room: Pick<Room, 'settings' | 'isRoomActive'>, now: number) {
  const window = joinWindow(room);
  const phase = roomPhase(room, now);
  if (!window || phase === 'open') return;
  const {opensAt, endsAt} = window;
  if (phase === 'over') {
    throw errorOf(10112, {desc: `The room ended at ${endsAt.toISOString()}.`});
  }
  throw errorOf(10113, {opensAt, desc: `Tokens are issued from ${opensAt.toISOString()} on.`});
}

/** The setting that limits how many people of a role may be inside at once. */
export type Seat = 'moderators' | 'participants' | 'audiences';

/** Viewers sit among the participants. */
export function seatOf(role: Role): Seat {
  if (role === 'moderator') return 'moderators';
  return role === 'audience' ? 'audiences' : 'participants';
}

/** How many of these people have a seat of this kind. Who has no role is a participant. */
export const seated = (people: readonly {role?: Role | undefined}[], seat: Seat) =>
  people.filter(({role = 'participant'}) => seatOf(role) === seat).length;

/** A room's settings as they are stored: numbers may be numeric strings. */
type Seats = Partial<Record<Seat, number | string>>;

/** Throws `denied` if the role is audience and the room has none. */
export function checkAudience({audiences = 0}: Seats, role: Role) {
  if (role !== 'audience' || Number(audiences) > 0) return;
  throw errorOf(40002, {desc: 'The room has no audience. Set settings.audiences to 1 or more.'});
}

export const roomFull = () => errorOf(10114);

/** Throws `room_full` if all seats for a role are taken. `taken` is the number of people in such seats. */
export function checkSeats(settings: Seats, role: Role, taken: number) {
  if (taken >= Number(settings[seatOf(role)] ?? 0)) throw roomFull();
}

/** The people who are connected. */
export interface Inside {
  /** There are at most so many. */
  readonly most: number;
  /** Who they are. It is asked only while they could have all the seats. */
  people: () => Promise<readonly {role?: Role | undefined}[]>;
}

/** Throws if a room with these settings has no audience, or no free seat for the role. */
export async function checkFree(settings: Seats, role: Role, {most, people}: Inside) {
  checkAudience(settings, role);
  const seat = seatOf(role);
  if (most < Number(settings[seat] ?? 0)) return;
  checkSeats(settings, role, seated(await people(), seat));
}
