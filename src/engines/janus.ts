import {RoomsError} from '../rooms/errors.js';
import type {CallOptions} from '../rooms/rooms.js';
import {NOTHING, type Engine, type EngineOptions, type EngineRoom} from './engine.js';
import {janusAdmin, type JanusAdminOptions} from './janus-admin.js';
import {janusGuard, type JanusEvents} from './janus-guard.js';
import {expiredAt, janusPeople} from './janus-people.js';
import {checkGiven, checkLifetime, expiry, seatsOf} from './vendor.js';

export interface JanusOptions extends EngineOptions, JanusAdminOptions {
  /** The address of Janus's WebSocket, such as `wss://janus.example`. Pages connect to it. */
  url: string;
  /** `token_auth_secret` in `janus.jcfg`, where `token_auth` must be true. */
  tokenSecret: string;
  /** Where Janus sends its events. Without them a token can be used again until it expires, and there are no viewers. */
  events?: JanusEvents | undefined;
  /** How long a token can be used to join, in seconds. @default 60 */
  lifetime?: number | undefined;
}

/** How long somebody can stay, in seconds: Janus asks at each request for a pass that has not expired. */
const STAY = 86_400;

/**
 * Rooms at a Janus server, in its VideoRoom. A room is made there when somebody first asks for a token.
 *
 * @throws RoomsError `misconfigured` for an option that is missing or out of range.
 * @example
 * const engine = janus({url: 'wss://janus.example', adminUrl, adminSecret, adminKey, tokenSecret, events});
 */
export function janus({url, tokenSecret, events, lifetime = 60, clock = Date.now, ...options}: JanusOptions): Engine {
  const {adminUrl, adminSecret, adminKey} = options;
  checkGiven('Janus', {url, tokenSecret, adminUrl, adminSecret, adminKey});
  checkLifetime('Janus', lifetime, [1, 86_400]);
  const people = janusPeople(tokenSecret);
  const admin = janusAdmin({...options, clock}, people.secretOf);
  const now = () => clock() / 1000;

  async function open({room_id, name, ...room}: EngineRoom, options?: CallOptions) {
    await admin.open(await people.roomAt(room_id), {name, seats: seatsOf(room)}, options);
    return undefined;
  }

  /** Lets a token in until it expires. Janus does not know when that is, so it is taken off the list. */
  async function letIn(room: EngineRoom, token: string, options?: CallOptions) {
    const at = await people.roomAt(room.room_id);
    let tokens = await admin.allow(at, [token], options);
    if (!tokens) {
      // Janus was started again: it forgot its rooms.
      await open(room, options);
      tokens = await admin.allow(at, [token], options);
    }
    if (!tokens?.includes(token)) throw new RoomsError('bad_reply', 'It does not put the token on its list.');
    const expired = expiredAt(tokens, now());
    if (expired.length > 0) await admin.forget(at, expired);
    // If Janus cannot be reached then, the next token of the room takes it off.
    const timer: unknown = setTimeout(() => void admin.forget(at, [token]).catch(() => {}), lifetime * 1000);
    (timer as {unref?: () => void}).unref?.();
  }

  return {
    provider: 'janus',
    enforces: {...NOTHING, once: events !== undefined, viewer: events !== undefined},
    ahead: admin.ahead,
    open,
    async active(rooms, options) {
      const counts = new Map((await admin.list(options)).map(({room, num_participants}) => [room, num_participants]));
      const inRooms = rooms.map(async ({room_id}) => [room_id, counts.get(await people.roomAt(room_id)) ?? 0] as const);
      return new Map(await Promise.all(inRooms));
    },
    async users({room_id}, options) {
      const at = await people.roomAt(room_id);
      const users = (await admin.guests(at, options)).map(async ({id, display: name = ''}) => {
        const {role, user_ref} = (await people.personAt(at, id, name)) ?? {};
        return {name, role, user_ref};
      });
      return Promise.all(users);
    },
    async token(room, holder, options) {
      if (events && !events.connected) {
        throw new RoomsError('platform_down', 'It sends us no events, so nobody can be held to their token.');
      }
      const at = await people.roomAt(room.room_id);
      const {iat, exp, expires_at} = expiry(clock(), lifetime);
      const id = await people.idFor(at, holder, exp);
      const token = await people.tokenOf(at, id, exp);
      await letIn(room, token, options);
      return {token, expires_at, server_url: url, connection: {room: at, id, pass: await people.passUntil(iat + STAY)}};
    },
    close: async ({room_id}, options) => void (await admin.destroy(await people.roomAt(room_id), options)),
    start: async report => events?.start({...janusGuard({people, admin, lifetime, now}), report}),
    stop: async () => events?.stop(),
  };
}
