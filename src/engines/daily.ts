import {array, nullable, optional, record, string, type, unknown} from 'superstruct';
import {RoomsError} from '../rooms/errors.js';
import type {CallOptions} from '../rooms/rooms.js';
import type {Role} from '../rooms/schema.js';
import {NOTHING, type Engine, type EngineOptions} from './engine.js';
import {checkGiven, checkLifetime, expiry, readOrMake, seatsOf, vendor, type VendorOptions} from './vendor.js';

export interface DailyOptions extends EngineOptions, VendorOptions {
  /** The API key of your Daily domain. */
  key: string;
  /** How long a token can be used to join, in seconds. @default 60 */
  lifetime?: number | undefined;
  /** The address of the API. @default 'https://api.daily.co/v1' */
  url?: string | undefined;
}

/** What each role may do; whatever is not named is allowed. */
const PROPERTIES: Record<Role, object> = {
  moderator: {is_owner: true},
  participant: {is_owner: false},
  viewer: {is_owner: false, permissions: {canSend: false}},
  audience: {is_owner: false, permissions: {canSend: false, hasPresence: false}},
};

const Created = type({name: string(), url: string()});
const Token = type({token: string()});
const Present = type({userId: optional(nullable(string())), userName: optional(nullable(string()))});
const Presence = record(string(), array(Present));

/** Longest id of a person that Daily takes, in characters. */
const MAX_ID = 36;

/**
 * Rooms at Daily. A room is made there when somebody first asks for a token, and deleted with ours.
 *
 * @throws RoomsError `misconfigured` for an option that is missing or out of range.
 * @example
 * const engine = daily({key: process.env.DAILY_KEY});
 */
export function daily({key, lifetime = 60, url = 'https://api.daily.co/v1', ...options}: DailyOptions): Engine {
  const {clock = Date.now} = options;
  checkGiven('Daily', {key, url});
  checkLifetime('Daily', lifetime, [1, 86_400]);
  const call = vendor('Daily', url, options);
  const headers = {authorization: `Bearer ${key}`};
  const read = (name: string, options?: CallOptions) => call(Created, {...options, path: `rooms/${name}`, headers});
  const presence = (options?: CallOptions) => call(Presence, {...options, path: 'presence', headers, isThere: true});
  /** Where each room is, as Daily says it; the first part is your domain. */
  const addresses = new Map<string, string>();

  return {
    provider: 'daily',
    enforces: {...NOTHING, viewer: true, audience: true, moderator: true, capacity: true},
    lag: 15_000,
    ahead: call.ahead,
    async open({room_id: name, ...room}, options) {
      const properties = {max_participants: seatsOf(room)};
      const json = {name, privacy: 'private', properties};
      const make = () => call(Created, {...options, method: 'post', path: 'rooms', headers, json});
      const made = await readOrMake(() => read(name, options), make);
      if (made) addresses.set(name, made.url);
      return undefined;
    },
    async active(_rooms, options) {
      const present = (await presence(options)) ?? {};
      return new Map(Object.entries(present).map(([name, {length}]) => [name, length]));
    },
    async users({room_id: name}, options) {
      const {[name]: people = []} = (await presence(options)) ?? {};
      return people.map(({userId, userName}) => ({name: userName ?? '', ...(userId && {user_ref: userId})}));
    },
    async token({room_id: room_name}, {name: user_name, role, user_ref}, options) {
      const {exp, expires_at} = expiry(clock(), lifetime);
      const id = String(user_ref);
      const known = id.length <= MAX_ID && {user_id: id};
      const json = {properties: {room_name, exp, user_name, ...known, ...PROPERTIES[role]}};
      const made = await call(Token, {...options, method: 'post', path: 'meeting-tokens', headers, json});
      const url = addresses.get(room_name) ?? (await read(room_name, options))?.url;
      if (!made || !url) throw new RoomsError('bad_reply', 'The room is not there any more.');
      return {token: made.token, expires_at, connection: {url}};
    },
    async close({room_id: name}, options) {
      addresses.delete(name);
      await call(unknown(), {...options, method: 'delete', path: `rooms/${name}`, headers});
    },
  };
}
