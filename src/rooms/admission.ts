import {RoomsError} from './errors.js';
import {Role, type Room, type TokenRequest} from './schema.js';
import {joinWindow, roomPhase} from './times.js';

// Who gets a token: the rules of a platform, and of a directory whose rooms are at a video engine.

/** The person a token is for, checked. */
export interface Holder {
  name: string;
  role: Role;
  user_ref: string | number;
  data?: Record<string, unknown>;
}

/** Checks the request for a token, in the order name, role, user_ref, data. Throws the first fault. */
export function checkTokenRequest({name, role, user_ref, data}: Partial<TokenRequest>): Holder {
  if (isMissing(name)) throw invalid('name', 10101, 'Required Data Missing: name (User Name)');
  if (typeof name !== 'string' || name.length > 200) {
    throw invalid('name', 10213, 'Invalid value: name', 'name must be text of at most 200 characters.');
  }
  const roles = 'role must be moderator, participant, viewer or audience.';
  if (isMissing(role))
    throw new RoomsError('role_invalid', 'Required Data Missing: role', {result: 10206, desc: roles});
  // Strings only: to refuse a value superstruct prints it, which fails for some, such as {toString: 1}.
  if (typeof role !== 'string' || !Role.is(role))
    throw new RoomsError('role_invalid', 'Invalid value: role', {desc: roles});
  if (isMissing(user_ref)) throw invalid('user_ref', 10208, 'Required Data Missing: user_ref', 'Send user_ref.');
  if (!Number.isFinite(user_ref) && !(typeof user_ref === 'string' && user_ref.length <= 200)) {
    throw invalid('user_ref', 10213, 'Invalid value: user_ref', 'user_ref must be a number or at most 200 characters.');
  }
  if (isMissing(data)) return {name, role, user_ref};
  if (typeof data !== 'object' || Array.isArray(data) || Object.keys(data).length > 5) {
    throw invalid('data', 10209, 'Invalid value: data', 'data must be an object of at most 5 keys.');
  }
  return {name, role, user_ref, data};
}

const isMissing = (value: unknown): value is undefined => value === undefined || value === null || value === '';

const invalid = (key: string, result: number, message: string, desc = '') =>
  new RoomsError('invalid', message, {key, result, desc});

const isoTime = (time: Date) => time.toISOString();

/** Throws if a scheduled room is not open at `now` (epoch ms). After its end it stays open until all have left. */
export function checkOpen(room: Pick<Room, 'settings' | 'isRoomActive'>, now: number) {
  const window = joinWindow(room);
  const phase = roomPhase(room, now);
  if (!window || phase === 'open') return;
  const {opensAt, endsAt} = window;
  if (phase === 'over') {
    throw new RoomsError('over', 'Token Denied. Room is over.', {desc: `It ended at ${isoTime(endsAt)}.`});
  }
  throw new RoomsError('not_open_yet', 'Token Denied. Room is not open yet.', {
    opensAt,
    desc: `Tokens are issued from ${isoTime(opensAt)} on.`,
  });
}

/** The setting that limits how many people of a role may be inside at once. */
export type Seat = 'moderators' | 'participants' | 'audiences';

/** Viewers sit among the participants. */
export function seatOf(role: Role): Seat {
  if (role === 'moderator') return 'moderators';
  return role === 'audience' ? 'audiences' : 'participants';
}

/** A room's settings as they are stored: numbers may be numeric strings. */
type Seats = Partial<Record<Seat, number | string>>;

/** Throws `denied` if the role is audience and the room has none. */
export function checkAudience({audiences = 0}: Seats, role: Role) {
  if (role !== 'audience' || Number(audiences) > 0) return;
  throw new RoomsError('denied', 'Token Denied. Room has no audience.', {
    result: 10212,
    desc: 'Set settings.audiences to 1 or more.',
  });
}

export const roomFull = () => new RoomsError('room_full', 'Token Denied. Room is full.');

/** Throws `room_full` if all seats for a role are taken. `taken` is the number of people in such seats. */
export function checkSeats(settings: Seats, role: Role, taken: number) {
  if (taken >= Number(settings[seatOf(role)])) throw roomFull();
}
