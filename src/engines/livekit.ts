import {SignJWT} from 'jose';
import {array, number, optional, record, string, type, unknown, type Struct} from 'superstruct';
import type {CallOptions} from '../rooms/rooms.js';
import {Role} from '../rooms/schema.js';
import {NOTHING, type Engine, type EngineOptions} from './engine.js';
import {checkGiven, checkLifetime, expiry, keyOf, seatsOf, vendor, type VendorOptions} from './vendor.js';

export interface LivekitOptions extends EngineOptions, VendorOptions {
  /** The address of the server, such as `wss://live.example`. Pages connect to it. */
  url: string;
  /** The API key. */
  key: string;
  secret: string;
  /** How long a token can be used to connect, in seconds. The connection may last longer. @default 60 */
  lifetime?: number | undefined;
}

/** What each role may do. LiveKit grants whatever is not denied. */
const GRANTS: Record<Role, object> = {
  moderator: {canPublish: true, canSubscribe: true, canPublishData: true, roomAdmin: true},
  participant: {canPublish: true, canSubscribe: true, canPublishData: true},
  viewer: {canPublish: false, canSubscribe: true, canPublishData: false},
  audience: {canPublish: false, canSubscribe: true, canPublishData: false, hidden: true},
};

// A LiveKit server answers in snake_case.
const LiveRooms = type({rooms: array(type({name: string(), num_participants: number()}))});
const text = optional(string());
const Participant = type({name: text, kind: text, attributes: optional(record(string(), string()))});
const Participants = type({participants: array(Participant)});

/** Kinds of participants that are no people. */
const MACHINES = ['AGENT', 'EGRESS', 'INGRESS'];

/** Most rooms that are asked for by name. */
const MAX_NAMED = 100;

/**
 * Rooms at a LiveKit server, or in LiveKit's cloud. A token can be used again until it expires.
 *
 * @throws RoomsError `misconfigured` for an option that is missing or out of range.
 * @example
 * const engine = livekit({url: 'wss://live.example', key: process.env.KEY, secret: process.env.SECRET});
 */
export function livekit({url, key, secret, lifetime = 60, clock = Date.now, ...options}: LivekitOptions): Engine {
  checkGiven('LiveKit', {url, key, secret});
  checkLifetime('LiveKit', lifetime, [1, 86_400]);
  const call = vendor('LiveKit', url.replace(/^ws/, 'http'), {...options, clock});

  async function sign(claims: Record<string, unknown>, seconds: number) {
    const {iat, exp, expires_at} = expiry(clock(), seconds);
    const jwt = new SignJWT(claims).setProtectedHeader({alg: 'HS256'}).setIssuer(key);
    return {token: await jwt.setNotBefore(iat).setExpirationTime(exp).sign(keyOf(secret)), expires_at};
  }
  async function ask<T, S>(method: string, video: object, json: object, answer: Struct<T, S>, options?: CallOptions) {
    const headers = {authorization: `Bearer ${(await sign({video}, 600)).token}`};
    const path = `twirp/livekit.RoomService/${method}`;
    // It answers 404 for a room that it does not know.
    const isThere = !('room' in json);
    return call(answer, {...options, method: 'post', path, headers, json, isThere});
  }

  return {
    provider: 'livekit',
    enforces: {...NOTHING, viewer: true, audience: true, moderator: true, capacity: true},
    ahead: call.ahead,
    async open({room_id: name, ...room}, options) {
      // The server forgets a room that stays empty for so many seconds.
      const json = {name, emptyTimeout: 300, maxParticipants: seatsOf(room)};
      await ask('CreateRoom', {roomCreate: true}, json, unknown(), options);
      return undefined;
    },
    async active(rooms, options) {
      const json = rooms.length > MAX_NAMED ? {} : {names: rooms.map(({room_id}) => room_id)};
      const live = await ask('ListRooms', {roomList: true}, json, LiveRooms, options);
      return new Map((live?.rooms ?? []).map(({name, num_participants}) => [name, num_participants]));
    },
    async users({room_id: room}, options) {
      const {participants = []} =
        (await ask('ListParticipants', {roomAdmin: true, room}, {room}, Participants, options)) ?? {};
      return participants
        .filter(({kind = ''}) => !MACHINES.includes(kind))
        .map(({name = '', attributes: {role, user_ref} = {}}) => ({
          name,
          user_ref,
          role: Role.is(role) ? role : undefined,
        }));
    },
    async token({room_id: room}, {name, role, user_ref}) {
      const video = {roomJoin: true, room, ...GRANTS[role]};
      const attributes = {role, user_ref: String(user_ref)};
      // Of two connections with the same identity, the server closes the first.
      const claims = {sub: `${user_ref}-${crypto.randomUUID()}`, name, attributes, video};
      return {...(await sign(claims, lifetime)), server_url: url};
    },
    async close({room_id: room}, options) {
      await ask('DeleteRoom', {roomCreate: true}, {room}, unknown(), options);
    },
  };
}
