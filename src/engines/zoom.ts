import {SignJWT} from 'jose';
import {array, number, optional, string, type, unknown} from 'superstruct';
import type {CallOptions} from '../rooms/rooms.js';
import {NOTHING, type Engine, type EngineOptions} from './engine.js';
import {checkGiven, checkLifetime, expiry, keyOf, vendor, type VendorOptions} from './vendor.js';

export interface ZoomOptions extends EngineOptions, VendorOptions {
  /** Key and secret of the Video SDK, which sign tokens. */
  sdkKey: string;
  sdkSecret: string;
  /** Key and secret of the Video SDK's API, which say who is inside. */
  apiKey: string;
  apiSecret: string;
  /** How long a token can be used to join, in seconds: half an hour to two days. @default 1_800 */
  lifetime?: number | undefined;
  /** The address of the API. @default 'https://api.zoom.us/v2' */
  url?: string | undefined;
}

const Session = type({id: string(), session_name: string(), user_count: optional(number())});
const Sessions = type({sessions: optional(array(Session))});
const Users = type({users: optional(array(type({name: optional(string()), user_key: optional(string())})))});

/** Longest identity of a person that Zoom takes, in characters. */
const MAX_IDENTITY = 35;

/** Zoom decodes the id of a session twice if it holds a slash or a plus. */
const segment = (id: string) => encodeURIComponent(/[/+]/.test(id) ? encodeURIComponent(id) : id);

/**
 * Rooms at Zoom's Video SDK. Its tokens live for half an hour at least, and it has no viewers.
 *
 * @throws RoomsError `misconfigured` for an option that is missing or out of range.
 * @example
 * const engine = zoom({sdkKey, sdkSecret, apiKey, apiSecret});
 */
export function zoom(options: ZoomOptions): Engine {
  const {sdkKey, sdkSecret, apiKey, apiSecret, lifetime = 1_800, clock = Date.now} = options;
  const {url = 'https://api.zoom.us/v2'} = options;
  checkGiven('Zoom', {sdkKey, sdkSecret, apiKey, apiSecret, url});
  checkLifetime('Zoom', lifetime, [1_800, 172_800]);
  const call = vendor('Zoom', url, options);

  async function authorized() {
    const {iat, exp} = expiry(clock(), 7_200);
    const jwt = new SignJWT().setProtectedHeader({alg: 'HS256', typ: 'JWT'}).setExpirationTime(exp).setIssuedAt(iat);
    return {authorization: `Bearer ${await jwt.setIssuer(apiKey).sign(keyOf(apiSecret))}`};
  }
  async function live(options?: CallOptions) {
    const path = 'videosdk/sessions?type=live&page_size=300';
    return (await call(Sessions, {...options, path, headers: await authorized(), isThere: true}))?.sessions ?? [];
  }
  const named = (name: string) => (session: {session_name: string}) =>
    session.session_name.toLowerCase() === name.toLowerCase();

  return {
    provider: 'zoom',
    enforces: {...NOTHING, moderator: true, shortest: 1_800},
    // Its numbers come from a dashboard that lags behind.
    lag: 15_000,
    ahead: call.ahead,
    async active(rooms, options) {
      const sessions = await live(options);
      const counts = rooms.map(({room_id}): [string, number] => {
        const session = sessions.find(named(room_id));
        return [room_id, session ? (session.user_count ?? Infinity) : 0];
      });
      return new Map(counts);
    },
    async users({room_id}, options) {
      const session = (await live(options)).find(named(room_id));
      if (!session) return [];
      const path = `videosdk/sessions/${segment(session.id)}/users?type=live&page_size=300`;
      const {users = []} = (await call(Users, {...options, path, headers: await authorized()})) ?? {};
      return users.map(({name = '', user_key}) => ({name, ...(user_key && {user_ref: user_key})}));
    },
    async token({room_id: topic}, {role, user_ref}) {
      const {iat, exp, expires_at} = expiry(clock(), lifetime);
      const id = String(user_ref);
      const known = id.length <= MAX_IDENTITY && {user_identity: id};
      const claims = {app_key: sdkKey, tpc: topic, role_type: role === 'moderator' ? 1 : 0, version: 1, ...known};
      const jwt = new SignJWT(claims).setProtectedHeader({alg: 'HS256', typ: 'JWT'});
      const token = await jwt.setIssuedAt(iat).setExpirationTime(exp).sign(keyOf(sdkSecret));
      return {token, expires_at, connection: {topic}};
    },
    async close({room_id}, options) {
      const session = (await live(options)).find(named(room_id));
      if (!session) return;
      const path = `videosdk/sessions/${segment(session.id)}/status`;
      const json = {action: 'end'};
      await call(unknown(), {...options, method: 'put', path, headers: await authorized(), json});
    },
  };
}
