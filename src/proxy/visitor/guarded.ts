import {array, enums, literal, object, optional, union, type Infer, type Struct} from 'superstruct';
import {notFound, RoomsError} from '../../rooms/errors.js';
import type {Rooms} from '../../rooms/rooms.js';
import {clockOf, joinWindow, tokenExpiry} from '../../rooms/rules.js';
import {isoTimes} from '../../rooms/times.js';
import {checked, Role, RoomId, type IssuedToken, type Room, type Settings, type User} from '../../rooms/schema.js';
import {changesOf, dataOf, definitionOf, Name, nameOf, roleOf} from './bodies.js';
import {platformCalls, type UpstreamOptions} from '../../upstream/upstream.js';

const Reference = checked<string>(value => typeof value === 'string' && value.length > 0 && value.length <= 200);

// Of what every request is asked, `is` goes by hand; superstruct says what is wrong, where it is.

const maybe = <T, S>(struct: Struct<T, S>) =>
  Object.assign(optional(struct), {
    is: (value: unknown): value is T | undefined => value === undefined || struct.is(value),
  });

const each = <T>(struct: Struct<T, unknown>) =>
  Object.assign(array(struct), {
    is: (value: unknown): value is T[] => Array.isArray(value) && value.every(member => struct.is(member)),
  });

function closed<S extends ObjectSchema>(schema: S) {
  const keys = Object.keys(schema);
  const struct = object(schema);
  const is = (value: unknown) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    keys.every(key => schema[key]!.is((value as Record<string, unknown>)[key])) &&
    Object.keys(value).every(key => keys.includes(key));
  return Object.assign(struct, {is: is as (value: unknown) => value is Infer<typeof struct>});
}

type ObjectSchema = Parameters<typeof object>[0];

const RoomIds = each(RoomId);
const Reach = Object.assign(union([literal('*'), array(RoomId)]), {
  is: (value: unknown): value is '*' | string[] => value === '*' || RoomIds.is(value),
});

/**
 * Who asks, and what they may do. `user_ref` is your own reference for the person and goes into every token. With
 * `name`, nobody can join under another. `roles` are the roles a token may be asked for, a set: none contains another.
 * `rooms` are the ids in reach, or `'*'` for all. `can`: `manage` makes, changes and deletes rooms and sees all of
 * them; `users` sees who is in. `owner_ref` is written into rooms the visitor makes; `user_ref` unless told.
 */
export const Visitor = closed({
  user_ref: Reference,
  name: maybe(Name),
  roles: each(Role),
  rooms: Reach,
  can: maybe(array(enums(['manage', 'users']))),
  owner_ref: maybe(Reference),
});
export type Visitor = Infer<typeof Visitor>;

export interface GuardedOptions extends UpstreamOptions {
  /** What kind of platform a token opens; `rooms` unless told. */
  provider?: string;
  /** Where a client takes the token; sent along with it as `server_url`. */
  serverUrl?: string;
  /** What a visitor is called who has no name and gives none; without it they are asked for one. */
  defaultName?: string;
}

/**
 * `Rooms` as one visitor may use them. A room out of reach is told as one that does not exist; bodies are made anew,
 * answers show what the visitor may see, and errors of the platform are told in our words: `platform_down` for what only
 * the operator can mend, `timeout` when the deadline passed.
 */
export function guarded(rooms: Rooms, visitor: Visitor, options: GuardedOptions = {}): Rooms {
  const {provider = 'rooms', serverUrl, defaultName} = options;
  const {user_ref, roles, can = []} = visitor;
  const manages = can.includes('manage');
  const ask = platformCalls(options);
  const now = () => clockOf(rooms);
  const shown = (room: Room) => (manages ? room : projected(room));
  const inReach = (id: string) => RoomId.is(id) && (visitor.rooms === '*' || visitor.rooms.includes(id));

  function need(right: 'manage' | 'users') {
    if (!can.includes(right)) throw new RoomsError('denied', 'You are not allowed to do this.');
  }
  // The last of the checks everywhere: a bad body is then refused alike for a room out of reach and one in reach.
  function reach(id: string) {
    if (!inReach(id)) throw notFound();
  }

  return {
    list: async options =>
      ask('list', options, async ending => (await rooms.list(ending)).filter(room => inReach(room.room_id)).map(shown)),
    get: async (id, options) => {
      reach(id);
      return ask('get', options, async ending => shown(await rooms.get(id, ending)));
    },
    create: async (body, options) => {
      need('manage');
      const definition = definitionOf(body, visitor.owner_ref ?? user_ref);
      return ask('create', options, async ending => {
        const idempotencyKey = await scoped(user_ref, options?.idempotencyKey);
        return shown(await rooms.create(definition, {...ending, idempotencyKey}));
      });
    },
    update: async (id, body, options) => {
      need('manage');
      const changes = changesOf(body);
      reach(id);
      return ask('update', options, ending => rooms.update(id, changes, ending));
    },
    remove: async (id, options) => {
      need('manage');
      reach(id);
      return ask('remove', options, ending => rooms.remove(id, ending));
    },
    users: async (id, options) => {
      need('users');
      reach(id);
      return ask('users', options, async ending => (await rooms.users(id, ending)).map(user => seen(user, manages)));
    },
    // The visitor's idempotency key stays here: upstream cannot tell one visitor's key from another's, and would hand
    // the second the first one's token.
    token: async (id, body, options) => {
      const name = visitor.name ?? nameOf(body, defaultName);
      const role = roleOf(body, roles);
      const data = dataOf(body);
      reach(id);
      return ask('token', options, async ending => {
        const room = await rooms.get(id, ending);
        const request = {name, role, user_ref, ...(data && {data})};
        const issued = await rooms.token(id, request, ending).catch(async (error: unknown) => {
          throw await withOpening(error, () => rooms.get(id, ending));
        });
        return {
          token: issued.token,
          expires_at: expiry(tokenExpiry(issued, now()).getTime()),
          server_now: clock(now()),
          provider,
          ...(serverUrl !== undefined && {server_url: serverUrl}),
          room: shown(room),
          participant: {name, role, user_ref},
        } satisfies IssuedToken;
      });
    },
    now,
  };
}

/** A platform says that it is too early, not when it will not be; the room as it was may not be the one that says. */
async function withOpening(error: unknown, get: () => Promise<Room>): Promise<unknown> {
  if (!(error instanceof RoomsError) || error.code !== 'not_open_yet') return error;
  const {message, result, opensAt} = error;
  const room = await get();
  return new RoomsError('not_open_yet', message, {result, opensAt: joinWindow(room)?.opensAt ?? opensAt});
}

/** A visitor's key as one that no other visitor's can meet upstream; undefined when there is none. */
async function scoped(user_ref: string, key: string | undefined): Promise<string | undefined> {
  if (key === undefined) return undefined;
  const bytes = new TextEncoder().encode(JSON.stringify([user_ref, key]));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return btoa(String.fromCharCode(...digest)).replace(/[+/=]/g, each => ({'+': '-', '/': '_'})[each] ?? '');
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  const picked: Partial<Pick<T, K>> = {};
  for (const key of keys) if (from[key] !== undefined) picked[key] = from[key];
  return picked as Pick<T, K>;
}

const SHOWN = ['room_id', 'name', 'created', 'updated', 'isRoomActive'] as const satisfies (keyof Room)[];
const SHOWN_SETTINGS = [
  'description',
  'mode',
  'scheduled',
  'adhoc',
  'scheduled_time',
  'duration',
  'participants',
  'moderators',
  'audiences',
  'max_active_talkers',
  'knock',
  'wait_for_moderator',
  'screen_share',
  'canvas',
  'quality',
  'auto_recording',
] as const satisfies (keyof Settings)[];

/** A room for who does not manage it: what is needed to choose and to join it. */
function projected(room: Room): Room {
  let shown = projections.get(room);
  if (!shown) projections.set(room, (shown = {...pick(room, SHOWN), settings: pick(room.settings, SHOWN_SETTINGS)}));
  return shown;
}

/** Beside the rooms they were made of: who asks for a token is shown a room that was just shown to others. */
const projections = new WeakMap<Room, Room>();

const expiry = isoTimes();
const clock = isoTimes();

const PERMISSIONS = ['publish', 'subscribe', 'record', 'stats', 'controlhandlers'] as const;

function seen(user: User, manages: boolean): User {
  const shown: User = pick(user, manages ? ['name', 'role', 'user_ref'] : ['name', 'role']);
  if (user.permissions) shown.permissions = pick(user.permissions, PERMISSIONS);
  return shown;
}
