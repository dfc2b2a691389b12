import {array, literal, object, optional, size, union, validate, type Infer} from 'superstruct';
import {OPERATIONS, type Operation} from '../http/routes.js';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import {Role, RoomId} from '../rooms/schema.js';
import {Name} from './visitor/bodies.js';
import {checkGrants, Origin, Secret, type Grant, type Grants} from './visitor/grants.js';
import type {Visitor} from './visitor/guarded.js';
import {checkLimits, type Limits} from './limits/limits.js';
import type {Store} from './limits/store.js';
import {checkServer, type Log} from '../upstream/upstream.js';

/** Who asks, as far as the runtime can tell. */
export interface Caller {
  /** The address the request came from; the server that runs the proxy passes it in. */
  ip?: string;
  /** What this request is called in its answer and in the log. */
  requestId?: string;
  /**
   * For runtimes that end what a request began when it ends: keeps them from ending a write whose sender has left, or a
   * call that others wait for. `ctx.waitUntil` on Workers, where it is needed.
   */
  waitUntil?: (work: Promise<unknown>) => void;
}

/**
 * Says who sent a request; null for nobody you know. It has 3 seconds. When it throws, is late, or answers anything but
 * a visitor or null, the request is refused with 503. The request it is given has no body. With the option `grants`,
 * `grant` is the verified one that came along: null leaves the decision to it.
 */
export type Authorize = (
  request: Request,
  caller: Caller & {grant?: Grant},
) => Visitor | null | Promise<Visitor | null>;

const Guests = object({
  roles: size(array(Role), 1, 4),
  rooms: optional(union([literal('*'), array(RoomId)])),
  name: optional(Name),
});
/** What people without a sign-in may do: roles, never moderator; rooms, all unless told; a name for who gives none. */
export type Guests = Infer<typeof Guests>;

/**
 * How the platform is told who somebody is: by a pseudonym made with this secret of at least 32 bytes, the same on every
 * node, or by your own references, `plain`.
 */
export type UserRefs = 'plain' | {secret: string};

export interface TokenProxyOptions {
  /** Where the rooms are; `platformRooms` with the application's credentials, or any other `Rooms`. */
  rooms: Rooms;
  authorize?: Authorize;
  /** Lets in who is not signed in, too. Without `authorize` everybody is a guest. */
  guests?: Guests;
  /** Lets in who shows a grant: a permission that stands in a page, signed with one of these keys. */
  grants?: Grants;
  /** References as they go upstream; pseudonyms by a secret that ends with this process unless told. */
  userRefs?: UserRefs;
  /** Whose pages may use this proxy, exactly as a browser sends it: `https://shop.example`. */
  origins: string[];
  /** The path before `/rooms`, such as `/api`; nothing unless told. */
  mount?: string;
  /** What kind of platform a token opens; `rooms` unless told. */
  provider?: string;
  /** Where a client takes the token; sent along with it as `server_url`. */
  serverUrl?: string;
  /** Answers LiveKit's stock `TokenSource.endpoint` at `mount` itself, too; needs `serverUrl`. */
  livekit?: boolean;
  /** Deadline of one whole operation upstream, in ms; 10,000 unless told. */
  timeout?: number;
  /** How long a list or a room is answered from memory, in ms, to 5,000; 2,000 unless told, 0 for never. */
  cache?: number;
  /** Most calls at the platform at once; 100 unless told. Twice as many may wait; beyond, visitors get 503. */
  concurrency?: number;
  /** Budgets that take the place of single `BUDGETS`; `false` counts nothing, which is for tests. */
  limits?: Limits | false;
  /** Where nodes count and remember together; each by itself, in memory, unless told. */
  store?: Store;
  /** At least 32 bytes, the same on every node: hides names and seals answers in `store`. That of `userRefs` unless told. */
  storeSecret?: string;
  /** Told what the operator should know; `console.error` unless told. */
  log?: Log;
  /** Told of every answer, good or bad; nobody unless told. */
  answered?: (answer: Answered) => void;
}

/** One answer, as it may stand in a log or be counted: nothing in it says who asked, and what about. */
export interface Answered {
  request_id: string;
  /** What was asked for; absent where the request named no operation. */
  operation?: Operation;
  status: number;
  /** Why it was refused. */
  code?: RoomsErrorCode;
  /** How long it took, in ms. */
  ms: number;
}

/** Throws `misconfigured`, with a sentence that says what to do, rather than start a proxy that is open or useless. */
export function checkOptions({
  rooms,
  authorize,
  guests,
  grants,
  userRefs,
  origins,
  mount = '',
  provider = 'rooms',
  serverUrl,
  livekit,
  timeout = 10_000,
  cache = 0,
  concurrency = 1,
  limits,
  store,
  storeSecret,
}: TokenProxyOptions) {
  checkServer();
  if (!OPERATIONS.every(each => typeof rooms?.[each] === 'function')) {
    throw wrong('rooms', 'rooms must be a Rooms; make one with platformRooms({endpoint, headers}).');
  }
  if (!authorize && !grants && !guests) {
    const sentence = 'Nobody would be asked who they are: give authorize, or grants, or guests for rooms open to all.';
    throw wrong('authorize', sentence);
  }
  if (authorize && typeof authorize !== 'function') throw wrong('authorize', 'authorize must be a function.');
  checkGuests(guests);
  if (grants !== undefined) checkGrants(grants);
  if (userRefs !== undefined && userRefs !== 'plain' && !Secret.is(userRefs?.secret)) {
    throw wrong('userRefs', "userRefs must be {secret} with at least 32 bytes, or 'plain'.");
  }
  checkOrigins(origins);
  if (!/^(\/[A-Za-z0-9_-][A-Za-z0-9._~-]*)*$/.test(mount)) {
    throw wrong('mount', 'mount must be a path that begins with a slash and does not end with one, such as /api.');
  }
  if (typeof provider !== 'string' || !provider) throw wrong('provider', 'provider must be a word, such as rooms.');
  if (serverUrl !== undefined && !isServerUrl(serverUrl)) {
    throw wrong('serverUrl', 'serverUrl must be a ws(s) or http(s) address without credentials.');
  }
  if (livekit && serverUrl === undefined) {
    throw wrong('serverUrl', 'LiveKit’s clients need to know where to take the token: give serverUrl.');
  }
  if (!(timeout >= 1 && timeout <= 300_000)) throw wrong('timeout', 'timeout must be 1 to 300000 ms.');
  if (limits !== undefined) checkLimits(limits);
  checkStore(store, storeSecret ?? (typeof userRefs === 'object' ? userRefs.secret : undefined));
  if (!(cache >= 0 && cache <= 5_000)) throw wrong('cache', 'cache must be 0 to 5000 ms.');
  if (!(Number.isInteger(concurrency) && concurrency > 0)) {
    throw wrong('concurrency', 'concurrency must be a whole number above 0.');
  }
}

const wrong = (key: string, sentence: string) => new RoomsError('misconfigured', sentence, {key});

function checkGuests(guests: Guests | undefined) {
  if (!guests) return;
  const [failure] = validate(guests, Guests);
  if (failure) {
    const key = ['guests', ...(failure.path as unknown[])].join('.');
    throw wrong(key, `${key} is not right: guests must be {roles, rooms?, name?}, with at least one role.`);
  }
  if (guests.roles.includes('moderator')) {
    throw wrong('guests.roles', 'Guests cannot be moderators: let authorize say who is one.');
  }
}

function checkOrigins(origins: unknown) {
  if (!Array.isArray(origins) || origins.length === 0) {
    throw wrong('origins', 'origins must list the origins of the pages that use this proxy: ["https://shop.example"].');
  }
  for (const origin of origins) {
    if (Origin.is(origin)) continue;
    const shown = JSON.stringify(origin)?.slice(0, 80);
    throw wrong('origins', `${shown} is not an origin: write it as a browser sends it, such as https://shop.example.`);
  }
}

function checkStore(store: Store | undefined, secret: string | undefined) {
  if (secret !== undefined && !Secret.is(secret))
    throw wrong('storeSecret', 'storeSecret must have at least 32 bytes.');
  if (store === undefined) return;
  if (!(['take', 'claim', 'settle', 'release'] as const).every(verb => typeof store?.[verb] === 'function')) {
    throw wrong('store', 'store must be a Store; make one with redisStore(client) or durableObjectStore(namespace).');
  }
  if (secret === undefined) {
    throw wrong('storeSecret', 'A store needs storeSecret, at least 32 bytes and the same on every node.');
  }
}

function isServerUrl(address: unknown): boolean {
  if (typeof address !== 'string' || !URL.canParse(address)) return false;
  const {protocol, username, password} = new URL(address);
  return /^(ws|http)s?:$/.test(protocol) && !username && !password;
}
