import {SignJWT} from 'jose';
import {array, string, type, unknown} from 'superstruct';
import {basicAuth} from '../http/client.js';
import type {CallOptions} from '../rooms/rooms.js';
import {NOTHING, type Engine, type EngineOptions} from './engine.js';
import {
  checkGiven,
  checkLifetime,
  countEach,
  expiry,
  keyOf,
  readOrMake,
  seatsOf,
  vendor,
  type VendorOptions,
} from './vendor.js';

export interface TwilioOptions extends EngineOptions, VendorOptions {
  /** The account's SID: `AC…`. */
  account: string;
  /** The API key's SID: `SK…`. */
  key: string;
  /** The API key's secret. */
  secret: string;
  /** How long a token can be used to connect, in seconds, at most a day. @default 60 */
  lifetime?: number | undefined;
  /** The address of the API. @default 'https://video.twilio.com/v1' */
  url?: string | undefined;
}

const Rooms = type({rooms: array(type({unique_name: string()}))});
const Participants = type({participants: array(type({identity: string()}))});

/** Twilio's rooms have at most so many people. */
const MOST = 50;

/** The name before the suffix that makes an identity unique. */
const nameIn = (identity: string) => identity.replace(/ #[0-9a-f]{8}$/, '');

/**
 * Rooms at Twilio Video, which has no roles: everybody is a participant.
 *
 * @throws RoomsError `misconfigured` for an option that is missing or out of range.
 * @example
 * const engine = twilio({account: 'AC…', key: 'SK…', secret: process.env.TWILIO_SECRET});
 */
export function twilio({account, key, secret, lifetime = 60, clock = Date.now, ...options}: TwilioOptions): Engine {
  const {url = 'https://video.twilio.com/v1'} = options;
  checkGiven('Twilio', {account, key, secret, url});
  checkLifetime('Twilio', lifetime, [1, 86_400]);
  const call = vendor('Twilio', url, {...options, clock});
  const headers = {authorization: basicAuth(key, secret)};
  const read = (name: string, options?: CallOptions) => call(unknown(), {...options, path: `Rooms/${name}`, headers});
  const write = (path: string, values: Record<string, string>, options?: CallOptions) =>
    call(unknown(), {...options, method: 'post', path, headers, form: new URLSearchParams(values)});
  async function inside(name: string, options?: CallOptions) {
    const path = `Rooms/${name}/Participants?Status=connected&PageSize=1000`;
    return (await call(Participants, {...options, path, headers}))?.participants ?? [];
  }

  return {
    provider: 'twilio',
    enforces: {...NOTHING, capacity: true, most: MOST},
    ahead: call.ahead,
    async open({room_id: UniqueName, ...room}, options) {
      const MaxParticipants = String(Math.max(seatsOf(room), 1));
      const make = () => write('Rooms', {UniqueName, MaxParticipants}, options);
      await readOrMake(() => read(UniqueName, options), make);
      return undefined;
    },
    // Twilio lists the rooms that are there, also those where nobody is yet. Each of them is asked for its people.
    async active(rooms, options) {
      const path = 'Rooms?Status=in-progress&PageSize=1000';
      const {rooms: listed = []} = (await call(Rooms, {...options, path, headers, isThere: true})) ?? {};
      const there = new Set(listed.map(({unique_name}) => unique_name));
      const used = rooms.filter(({room_id}) => there.has(room_id));
      return countEach(used, ({room_id}) => inside(room_id, options));
    },
    users: async ({room_id}, options) =>
      (await inside(room_id, options)).map(({identity}) => ({name: nameIn(identity)})),
    async token({room_id: room}, {name}) {
      const {iat, exp, expires_at} = expiry(clock(), lifetime);
      // Clients show the identity. Of two connections with the same one, Twilio closes the first.
      const identity = `${name.slice(0, 100)} #${crypto.randomUUID().slice(0, 8)}`;
      const jwt = new SignJWT({jti: `${key}-${iat}`, grants: {identity, video: {room}}})
        .setProtectedHeader({cty: 'twilio-fpa;v=1', typ: 'JWT', alg: 'HS256'})
        .setIssuedAt(iat)
        .setExpirationTime(exp);
      const token = await jwt.setIssuer(key).setSubject(account).sign(keyOf(secret));
      return {token, expires_at, connection: {room}};
    },
    async close({room_id}, options) {
      await write(`Rooms/${room_id}`, {Status: 'completed'}, options);
    },
  };
}
