import {OPERATIONS, type Operation} from '../http/routes.js';
import type {OwnConnections} from '../rooms/connection.js';
import {checkRoles} from '../rooms/enforces.js';
import type {RoomsErrorCode} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import {Consent} from '../rooms/schema.js';
import {isServerUrl} from '../rooms/web-address.js';
import {checkServer, type Log} from '../upstream/upstream.js';
import {checkLimits, checkStore, type Limits, type Store} from './limits/limits.js';
import {
  checkGrants,
  checkGuests,
  checkUserRefs,
  Origin,
  type Authorize,
  type Grants,
  type Guests,
  type UserRefs,
} from './visitor/visitor.js';
import {checkTurn, type Turn} from './turn.js';
import {wrong} from './wrong.js';

export interface TokenProxyOptions {
  /** The rooms: `platformRooms` with the application's credentials, or any other `Rooms`. */
  rooms: Rooms;
  /** Says who sent a request. */
  authorize?: Authorize | undefined;
  /** Lets in people without a sign-in. Without `authorize` everybody is a guest. @default nobody */
  guests?: Guests | undefined;
  /** Lets in people with a grant: a permission in a page, signed with one of these keys. @default nobody */
  grants?: Grants | undefined;
  /** The references that the platform gets. @default pseudonyms that change when this process restarts */
  userRefs?: UserRefs | undefined;
  /** The origins of the pages that may use this proxy, exactly as a browser sends them: `https://shop.example`. */
  origins: string[];
  /**
   * Also lets in pages in a frame with `sandbox` but without `allow-same-origin`, which have the origin `null`. Any site can
   * make such a frame. Browsers send no cookies from it, so its visitors need a grant, or they are guests.
   * @default false
   */
  sandboxed?: boolean | undefined;
  /** The path before `/rooms`, such as `/api`. @default '' */
  mount?: string | undefined;
  /** The kind of client that takes a token whose answer names none. @default 'rooms', or 'livekit' with `livekit` */
  provider?: string | undefined;
  /** The address that the client connects to with a token whose answer names none. It is sent along as `server_url`. */
  serverUrl?: string | undefined;
  /**
   * The keys of `connection` that a page gets, for providers that Greenroom does not know: `{agora: ['app_id', 'channel']}`.
   * Their values are text, numbers or booleans.
   * @default none
   */
  connections?: OwnConnections | undefined;
  /** TURN servers for media between people who cannot reach each other. Tokens of the local platform and of Janus get them. @default none */
  turn?: Turn | undefined;
  /**
   * Answers LiveKit's own `TokenSource.endpoint` at `mount`, too. Needs `serverUrl`, unless a video engine answers it.
   * @default false
   */
  livekit?: boolean | undefined;
  /** Lets LiveKit's native clients in, too, which send no `Origin`. Needs `livekit`. @default false */
  native?: boolean | undefined;
  /**
   * What a visitor must agree to before a token is issued, such as `['terms', 'recording']`: the names of the boxes that
   * the page shows for it. Without them a token is refused with `consent_missing`. At most 16 names.
   * @default nothing
   */
  consent?: string[] | undefined;
  /** Further headers that pages may send, such as `traceparent` of a tracer. @default none */
  requestHeaders?: string[] | undefined;
  /** Deadline of one whole operation of the platform, in ms. @default 10000 */
  timeout?: number | undefined;
  /** How long a list or a room is answered from memory, in ms, at most 5000; 0 for never. @default 2000 */
  cache?: number | undefined;
  /** Most calls to the platform at a time. Twice as many may wait; all others get 503. @default 100 */
  concurrency?: number | undefined;
  /** Budgets that replace single ones of `BUDGETS`. `false` counts nothing, and is for tests. @default BUDGETS */
  limits?: Limits | false | undefined;
  /** Where all nodes count requests and keep answers together. @default in memory, each node for itself */
  store?: Store | undefined;
  /** Hides names and answers in `store`: at least 32 bytes, the same on every node. @default the secret of `userRefs` */
  storeSecret?: string | undefined;
  /** Called with what the operator should know. @default console.error */
  log?: Log | undefined;
  /** Called after each answer, good or bad. @default nothing */
  answered?: ((answer: Answered) => void) | undefined;
}

/** One answer, for logs and metrics. It identifies neither the visitor nor the room. */
export interface Answered {
  request_id: string;
  /** Absent if the request named no operation. */
  operation?: Operation | undefined;
  status: number;
  /** The error, if there was one. */
  code?: RoomsErrorCode | undefined;
  /** How long it took, in ms. */
  ms: number;
  /** What the visitor ticked, if a token was asked for with such names. Keep it with `request_id`, as the record of it. */
  consent?: readonly string[] | undefined;
}

/** The secret that hides names and answers in a store. */
export const storeSecretOf = ({storeSecret, userRefs}: Pick<TokenProxyOptions, 'storeSecret' | 'userRefs'>) =>
  storeSecret ?? (typeof userRefs === 'object' ? userRefs.secret : undefined);

/** Throws `misconfigured`, with a sentence that says what to do, if the proxy would let in everybody or nobody. */
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
  turn,
  livekit,
  native,
  consent = [],
  requestHeaders = [],
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
    const sentence = 'Nothing says who may come in: give authorize, or grants, or guests for rooms open to all.';
    throw wrong('authorize', sentence);
  }
  if (authorize && typeof authorize !== 'function') throw wrong('authorize', 'authorize must be a function.');
  if (guests) checkGuests(guests);
  if (grants !== undefined) checkGrants(grants);
  if (userRefs !== undefined) checkUserRefs(userRefs);
  checkHeld(rooms, guests, grants);
  checkOrigins(origins);
  if (!/^(\/[A-Za-z0-9_-][A-Za-z0-9._~-]*)*$/.test(mount)) {
    throw wrong('mount', 'mount must be a path that begins with a slash and does not end with one, such as /api.');
  }
  if (typeof provider !== 'string' || !provider) throw wrong('provider', 'provider must be a word, such as rooms.');
  if (serverUrl !== undefined && !isServerUrl(serverUrl)) {
    throw wrong('serverUrl', 'serverUrl must be a ws(s) or http(s) address without credentials.');
  }
  if (turn !== undefined) checkTurn(turn);
  if (livekit && serverUrl === undefined && !rooms.enforces) {
    throw wrong('serverUrl', 'LiveKit’s clients need to know where to take the token: give serverUrl.');
  }
  if (native && !livekit) throw wrong('native', 'native is for LiveKit’s clients: set livekit, too.');
  if (!Consent.is(consent)) {
    throw wrong('consent', 'consent must list at most 16 names of 1 to 64 letters, digits, - and _: ["terms"].');
  }
  if (!Array.isArray(requestHeaders) || !requestHeaders.every(each => /^[\w!#$%&'*+.^`|~-]+$/.test(each))) {
    throw wrong('requestHeaders', 'requestHeaders must list names of headers, such as ["traceparent"].');
  }
  if (!(timeout >= 1 && timeout <= 300_000)) throw wrong('timeout', 'timeout must be 1 to 300000 ms.');
  if (limits !== undefined) checkLimits(limits);
  checkStore(store, storeSecretOf({storeSecret, userRefs}));
  if (!(cache >= 0 && cache <= 5_000)) throw wrong('cache', 'cache must be 0 to 5000 ms.');
  if (!(Number.isInteger(concurrency) && concurrency > 0)) {
    throw wrong('concurrency', 'concurrency must be a whole number above 0.');
  }
}

/** Nobody is promised a role that the engine of the rooms does not enforce. */
function checkHeld(rooms: Rooms, guests?: Guests, grants?: Grants) {
  const enforces = rooms.enforces?.();
  if (guests) checkRoles(enforces, guests.roles, 'guests.roles');
  for (const [index, {roles}] of (grants?.keys ?? []).entries()) {
    checkRoles(enforces, roles, `grants.keys.${index}.roles`);
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
