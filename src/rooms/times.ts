import type {Room} from './room.js';
import type {IssuedToken} from './schema.js';

const MINUTE = 60_000;

/** How long before its start a scheduled room begins to issue tokens, in ms. */
export const EARLY = 15 * MINUTE;

/** How long a token may wait to be used, in ms. */
export const TOKEN_LIFETIME = 15 * MINUTE;

/** The time by the clock that opens and closes rooms, epoch ms. A visitor's own clock may be wrong. */
export const clockOf = (rooms: {now?(): number}) => rooms.now?.() ?? Date.now();

/** The longest duration of a room, in minutes: 100 years. Every database can store the times that come of it. */
export const LONGEST_DURATION = 52_560_000;

/** Epoch ms of a time in any form that JavaScript reads, else NaN. Libraries such as Datejs replace `Date.parse`. */
export const readTime = (text: string) => +new Date(text);

/** A time in UTC as `YYYY-MM-DDTHH:MM:SS`. Old libraries replace `toISOString`, and some of them add quotes. */
export const isoTime = (time: Date | number) => new Date(time).toISOString().replace('"', '').slice(0, 19);

const FORM = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** Epoch ms of `YYYY-MM-DD HH:MM:SS` UTC; undefined if the text is not a time in that form. */
export function parseTime(text: string): number | undefined {
  const time = FORM.test(text) ? readTime(`${text.replace(' ', 'T')}Z`) : NaN;
  // JavaScript engines read 30 February as 2 March, and 24:00 as the next day.
  return new Date(time).getUTCDate() === Number(text.slice(8, 10)) ? time : undefined;
}

export interface JoinWindow {
  /** Tokens are issued from here on: 15 minutes before the start. */
  opensAt: Date;
  /** From here on, tokens are issued only while somebody is inside. */
  endsAt: Date;
}

/** When a scheduled room lets people in; undefined for permanent and ad hoc rooms, which always do. */
export function joinWindow({settings}: Pick<Room, 'settings'>): JoinWindow | undefined {
  const start = settings.scheduled ? parseTime(settings.scheduled_time ?? '') : undefined;
  if (start === undefined) return undefined;
  // A room of another platform may be longer; a time beyond JavaScript's last one could not be shown.
  const minutes = Math.min(settings.duration ?? 0, LONGEST_DURATION);
  return {opensAt: new Date(start - EARLY), endsAt: new Date(start + minutes * MINUTE)};
}

/** Whether a room lets people in at `now` (epoch ms): not yet, yes, or no longer. */
export function roomPhase(room: Pick<Room, 'settings' | 'isRoomActive'>, now: number): 'early' | 'open' | 'over' {
  const {opensAt, endsAt} = joinWindow(room) ?? {};
  if (opensAt && now < opensAt.getTime()) return 'early';
  return endsAt && now >= endsAt.getTime() && !room.isRoomActive ? 'over' : 'open';
}

/**
 * When a token stops being usable: the time its issuer named, else the token's own `exp` if it is a JWT, else 15 minutes
 * after `now` (epoch ms). Nothing else is read from a token.
 */
export function tokenExpiry({token, expires_at}: IssuedToken, now: number): Date {
  return new Date(readTime(expires_at ?? '') || claimedExpiry(token) || now + TOKEN_LIFETIME);
}

function claimedExpiry(token: string): number | undefined {
  try {
    const {exp} = JSON.parse(atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/'))) as {exp?: number};
    return exp! > 0 && exp! < 1e11 ? exp! * 1000 : undefined;
  } catch {
    return undefined; // Not a JWT. That is allowed: some platforms issue opaque strings.
  }
}
