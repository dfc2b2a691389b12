import {connectionFor, type OwnConnections} from '../../rooms/connection.js';
import {RoomsError} from '../../rooms/errors.js';
import {errorOf, notFound} from '../../rooms/results.js';
import type {Rooms} from '../../rooms/rooms.js';
import {clockOf, joinWindow, tokenExpiry} from '../../rooms/rules.js';
import type {Room} from '../../rooms/room.js';
import type {IssuedToken, User} from '../../rooms/schema.js';
import {SHOWN_SETTINGS} from '../../rooms/settings.js';
import {isServerUrl, webAddress} from '../../rooms/web-address.js';
import {platformCalls, type UpstreamOptions} from '../../upstream/upstream.js';
import {digest} from '../crypto.js';
import {iceServers, type Turn} from '../turn.js';
import {changesOf, consentOf, dataOf, definitionOf, nameOf, roleOf} from './bodies.js';
import {peopleInside, type People} from './people.js';
import {may, mayJoinAs, mayReach, type Visitor} from './rights.js';

export interface GuardedOptions extends UpstreamOptions {
  /** The kind of client that takes a token whose answer names none. @default 'rooms' */
  provider?: string | undefined;
  /** The address that the client connects to with a token whose answer names none. It is sent along as `server_url`. */
  serverUrl?: string | undefined;
  /** The keys of `connection` that a page gets, for providers that Greenroom does not know. @default none */
  connections?: OwnConnections | undefined;
  /** TURN servers for tokens of the local platform and of Janus. @default none */
  turn?: Turn | undefined;
  /** The name of visitors who have none and give none. Without it such a visitor is asked for a name. */
  defaultName?: string | undefined;
  /** What a visitor must agree to before a token is issued. @default nothing */
  consent?: readonly string[] | undefined;
  /** Asks who is in the rooms of a list, for all visitors. @default asks for this visitor alone */
  people?: People | undefined;
}

/**
 * `Rooms` as one visitor may use them. A room out of reach fails like one that does not exist. Bodies are checked and
 * copied, answers show only what the visitor may see. Errors of the platform are replaced by our own: `platform_down`
 * for what only the operator can fix, `timeout` when the deadline has passed.
 *
 * @example
 * const theirs = guarded(rooms, {user_ref: 'ann', roles: ['participant'], rooms: ['lobby']});
 * await theirs.token('lobby', {name: 'Ann', role: 'participant'});
 */
export function guarded(rooms: Rooms, visitor: Visitor, options: GuardedOptions = {}): Rooms {
  const {defaultName, consent = [], timeout = 10_000, people = peopleInside(rooms), log} = options;
  const {user_ref, roles, can = []} = visitor;
  const name = visitor.name?.normalize('NFC');
  const known = {...(name !== undefined && {name}), roles: [...roles], can: [...can]};
  const manages = may(visitor, 'manage');
  const ask = platformCalls(options);
  const now = () => clockOf(rooms);
  const forClient = async (issued: IssuedToken) => withRelay(clientOf(issued, options), user_ref, options.turn, now());
  const shown = (room: Room) => (manages ? managed(room) : projected(room));

  function need(right: 'manage' | 'users') {
    if (!may(visitor, right)) throw new RoomsError('denied', 'You are not allowed to do this.');
  }
  // Always the last check. Otherwise a bad body would get another answer for a room out of reach than for one in reach.
  function reach(id: string) {
    if (!mayReach(visitor, id)) throw notFound();
  }

  return {
    list: async options => {
      const began = performance.now();
      const theirs = await ask('list', options, async limited => {
        const all = await rooms.list(limited);
        return all.filter(({room_id}) => mayReach(visitor, room_id)).map(shown);
      });
      if (!options?.people || !may(visitor, 'users')) return theirs;
      const inside = await people(theirs, {
        signal: options.signal,
        timeout: timeout - (performance.now() - began),
        shown: user => seen(user, false),
        log,
      });
      return theirs.map(room => ({...room, ...inside.get(room.room_id)}));
    },
    get: async (id, options) => {
      reach(id);
      return ask('get', options, async limited => shown(await rooms.get(id, limited)));
    },
    create: async (body, options) => {
      need('manage');
      const definition = definitionOf(body, visitor.owner_ref ?? user_ref);
      return ask('create', options, async limited => {
        const idempotencyKey = await scoped(user_ref, options?.idempotencyKey);
        return shown(await rooms.create(definition, {...limited, idempotencyKey, again: options?.again}));
      });
    },
    update: async (id, body, options) => {
      need('manage');
      const changes = changesOf(body);
      reach(id);
      return ask('update', options, limited => rooms.update(id, changes, limited));
    },
    remove: async (id, options) => {
      need('manage');
      reach(id);
      return ask('remove', options, limited => rooms.remove(id, limited));
    },
    users: async (id, options) => {
      need('users');
      reach(id);
      return ask('users', options, async limited => (await rooms.users(id, limited)).map(user => seen(user, manages)));
    },
    // The visitor's idempotency key is not passed on. The platform cannot tell one visitor's key from another's, and
    // would give the second visitor the first one's token.
    token: async (id, body, options) => {
      const called = name ?? nameOf(body, defaultName);
      const role = roleOf(body);
      if (!mayJoinAs(visitor, role)) throw new RoomsError('denied', 'This role is not yours.', {key: 'role'});
      const data = dataOf(body);
      const agreed = consentOf(body);
      if (!consent.every(each => agreed.includes(each))) throw errorOf(19018, {desc: 'Send what the visitor ticked.'});
      reach(id);
      return ask('token', options, async limited => {
        const room = await rooms.get(id, limited);
        const request = {name: called, role, user_ref, ...(data && {data})};
        const issued = await rooms.token(id, request, limited).catch(async (error: unknown) => {
          throw await withOpening(error, () => rooms.get(id, limited));
        });
        return {
          token: issued.token,
          expires_at: tokenExpiry(issued, now()).toISOString(),
          ...(await forClient(issued)),
          room: role === 'audience' ? withBroadcast(shown(room), room) : shown(room),
          participant: {name: called, role, user_ref},
        } satisfies IssuedToken;
      });
    },
    now,
    visitor: () => known,
    ...(rooms.enforces && {enforces: room => rooms.enforces!(room)}),
  };
}

/** A word for a kind of client. */
const isProvider = (word: string) => /^[a-z][a-z0-9_-]{0,39}$/i.test(word);

/**
 * What a client must know to use a token: what the platform answered, checked and copied key by key. Throws `bad_reply`
 * if a client could not use it.
 */
function clientOf(issued: IssuedToken, {provider: word = 'rooms', serverUrl, connections}: GuardedOptions) {
  const {once = true, provider = word, connection} = issued;
  // The address in the options is for clients of the provider in the options; other clients cannot use it.
  const {server_url = provider === word ? serverUrl : undefined} = issued;
  if (!isProvider(provider)) throw new RoomsError('bad_reply', 'The provider of a token is not a word.');
  if (server_url !== undefined && !isServerUrl(server_url)) {
    throw new RoomsError('bad_reply', 'The server_url of a token is not an address that a client can connect to.');
  }
  const kept = connectionFor(provider, connection, connections);
  return {once, provider, ...(server_url !== undefined && {server_url}), ...(kept && {connection: kept})};
}

/** Adds TURN servers to the connection, unless it has servers. */
async function withRelay(client: ReturnType<typeof clientOf>, user_ref: string, turn: Turn | undefined, now: number) {
  const {provider, connection} = client;
  if (!turn || connection?.iceServers) return client;
  const servers = await iceServers(turn, {provider, user_ref, now});
  return servers ? {...client, connection: {...connection, iceServers: servers}} : client;
}

/** Adds the opening time to `not_open_yet`. The room is read again, because it may have changed since the last read. */
async function withOpening(error: unknown, get: () => Promise<Room>): Promise<unknown> {
  if (!(error instanceof RoomsError) || error.code !== 'not_open_yet') return error;
  const {message, result, opensAt} = error;
  const room = await get();
  return new RoomsError('not_open_yet', message, {result, opensAt: joinWindow(room)?.opensAt ?? opensAt});
}

/** A visitor's key in a form that no other visitor's can equal; undefined without a key. */
const scoped = async (user_ref: string, key: string | undefined) =>
  key === undefined ? undefined : digest(JSON.stringify([user_ref, key]));

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  const picked: Partial<Pick<T, K>> = {};
  for (const key of keys) if (from[key] !== undefined) picked[key] = from[key];
  return picked as Pick<T, K>;
}

const SHOWN = ['room_id', 'name', 'created', 'updated', 'isRoomActive', 'provider'] as const satisfies (keyof Room)[];

/** A room as visitors with the right `manage` see it: all but the application's id, and what only `people` may tell. */
function managed(room: Room): Room {
  const shown = {...room};
  for (const key of ['service_id', 'inside', 'full', 'faces', 'capacity'] as const) delete shown[key];
  return shown;
}

/** A room as visitors without the right `manage` see it: what they need to choose and join it. */
function projected(room: Room): Room {
  const known = projections.get(room);
  if (known) return known;
  const shown: Room = {...pick(room, SHOWN), settings: pick(room.settings, SHOWN_SETTINGS)};
  projections.set(room, shown);
  return shown;
}

/** A room with the address of its broadcast, which the audience alone needs. A page shows no other than an https address. */
function withBroadcast(shown: Room, {settings: {hls_view_url}}: Room): Room {
  if (webAddress(hls_view_url ?? '')?.protocol !== 'https:') return shown;
  return {...shown, settings: {...shown.settings, hls_view_url}};
}

/**
 * What was made of each room, for as long as the room is in the cache. To make it takes as long as to print it (9 ms each
 * for 1,000 rooms on a busy machine), and everybody who lists the rooms needs it.
 */
const projections = new WeakMap<Room, Room>();

const PERMISSIONS = ['publish', 'subscribe', 'record', 'stats', 'controlhandlers'] as const;

function seen(user: User, manages: boolean): User {
  const shown: User = pick(user, manages ? ['name', 'role', 'user_ref'] : ['name', 'role']);
  if (user.permissions) shown.permissions = pick(user.permissions, PERMISSIONS);
  return shown;
}
