import {SignJWT} from 'jose';
import {array, number, optional, string, type} from 'superstruct';
import {RoomsError} from '../rooms/errors.js';
import type {CallOptions} from '../rooms/rooms.js';
import type {Role, User} from '../rooms/schema.js';
import {NOTHING, type Engine, type EngineOptions, type EngineRoom} from './engine.js';
import {checkGiven, checkLifetime, countEach, expiry, rsaKey, vendor, type VendorOptions} from './vendor.js';

export interface VonageOptions extends EngineOptions, VendorOptions {
  /** The id of the application. */
  applicationId: string;
  /** Its private key, as PEM (PKCS #8). */
  privateKey: string;
  /** How long a token can be used to connect, in seconds, at most 30 days. @default 60 */
  lifetime?: number | undefined;
  /** The address of the API. @default 'https://video.api.vonage.com' */
  url?: string | undefined;
}

/** A subscriber cannot publish. */
const ROLES: Partial<Record<Role, string>> = {moderator: 'moderator', participant: 'publisher', viewer: 'subscriber'};

const Made = array(type({session_id: string()}));
const Connections = type({count: optional(number()), items: optional(array(type({data: optional(string())})))});

/** Who a connection is, in its data: everybody in the session can read it. */
function userOf(data = ''): User {
  try {
    const {name, role, user_ref} = JSON.parse(data) as User;
    return {name: String(name), ...(role && {role}), ...(user_ref !== undefined && {user_ref})};
  } catch {
    return {name: ''}; // Somebody else made the token.
  }
}

/**
 * Rooms at Vonage Video. Each room has a session there, whose id the directory must keep: a list in JSON cannot.
 *
 * @throws RoomsError `misconfigured` for an option that is missing or out of range.
 * @example
 * const engine = vonage({applicationId, privateKey});
 */
export function vonage({applicationId, privateKey, ...options}: VonageOptions): Engine {
  const {lifetime = 60, clock = Date.now, url = 'https://video.api.vonage.com'} = options;
  checkGiven('Vonage', {applicationId, privateKey, url});
  checkLifetime('Vonage', lifetime, [1, 2_592_000]);
  const key = rsaKey(privateKey);
  const ask = vendor('Vonage', url, options);

  async function sign(claims: Record<string, unknown>, seconds: number) {
    const {iat, exp} = expiry(clock(), seconds);
    const jwt = new SignJWT({...claims, application_id: applicationId}).setProtectedHeader({alg: 'RS256', typ: 'JWT'});
    jwt.setJti(crypto.randomUUID()).setIssuedAt(iat).setExpirationTime(exp);
    return jwt.sign(await key());
  }
  const headers = async () => ({accept: 'application/json', authorization: `Bearer ${await sign({}, 900)}`});
  const sessionOf = ({vendor_id}: EngineRoom) => `v2/project/${applicationId}/session/${vendor_id}`;

  async function connections(room: EngineRoom, options?: CallOptions) {
    if (!room.vendor_id) return [];
    const path = `${sessionOf(room)}/connection`;
    return (await ask(Connections, {...options, path, headers: await headers()}))?.items ?? [];
  }

  return {
    provider: 'vonage',
    enforces: {...NOTHING, viewer: true, moderator: true},
    keepsId: true,
    ahead: ask.ahead,
    active: (rooms, options) => countEach(rooms, room => connections(room, options)),
    async open(_room, options) {
      const form = new URLSearchParams({archiveMode: 'manual', 'p2p.preference': 'disabled'});
      const path = 'session/create';
      const call = {...options, method: 'post', path, form, headers: await headers(), isThere: true} as const;
      const made = await ask(Made, call);
      if (!made?.[0]) throw new RoomsError('bad_reply', 'It made no session.');
      return made[0].session_id;
    },
    users: async (room, options) => (await connections(room, options)).map(({data}) => userOf(data)),
    async token({vendor_id: session_id = ''}, {name, role, user_ref}) {
      const {expires_at} = expiry(clock(), lifetime);
      const claims = {
        scope: 'session.connect',
        session_id,
        role: ROLES[role],
        initial_layout_class_list: '',
        sub: 'video',
        acl: {paths: {'/session/**': {}}},
        connection_data: JSON.stringify({name, role, user_ref}),
      };
      const connection = {application_id: applicationId, session_id};
      return {token: await sign(claims, lifetime), expires_at, connection};
    },
    // A session ends when the last person leaves, and its id may be used again. Nobody can be inside: it was asked.
    close: async () => {},
  };
}
