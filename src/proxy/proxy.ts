import {
  callOf,
  checkPath,
  envelope,
  json,
  noRouteTo,
  pathBelow,
  perform,
  refusalOf,
  responseOf,
  routeOf,
  type Answer,
  type Call,
  type Operation,
  type Route,
} from '../http/routes.js';
import {RoomsError} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import type {TokenRequest} from '../rooms/schema.js';
import {neverThrowing, resilient, type Log} from '../upstream/upstream.js';
import {bytes} from './crypto.js';
import {healthCheck, type Health} from './health.js';
import {createLimits} from './limits/limits.js';
import {checkTokenSource, isTokenSource, LIVEKIT, tokenCall, tokenSourceAnswer} from './livekit.js';
import {checkOptions, storeSecretOf, type TokenProxyOptions} from './options.js';
import {authentication, consentOf, guarded, peopleInside, type Caller} from './visitor/visitor.js';

export type {Operation} from '../http/routes.js';
export {basicAuth, type HttpRoomsOptions} from '../http/client.js';
export {RoomsError} from '../rooms/errors.js';
export type {Rooms} from '../rooms/rooms.js';
export {platformRooms, type Log, type LogEntry} from '../upstream/upstream.js';
export {
  BUDGETS,
  durableObjectStore,
  LimitsObject,
  memoryStore,
  redisStore,
  type Budgets,
  type Claim,
  type Limits,
  type ObjectNamespace,
  type Rate,
  type RedisClient,
  type Store,
} from './limits/limits.js';
export type {Health} from './health.js';
export type {Answered, TokenProxyOptions} from './options.js';
export type {Turn} from './turn.js';
export {
  guarded,
  headerAuthorize,
  issueGrant,
  jwtAuthorize,
  peopleInside,
  type Authorize,
  type Caller,
  type Grant,
  type GrantKey,
  type Grants,
  type GrantWish,
  type GuardedOptions,
  type Guests,
  type HeaderAuthorizeOptions,
  type JwtAuthorizeOptions,
  type People,
  type PeopleOptions,
  type UserRefs,
  type Visitor,
} from './visitor/visitor.js';

/** Most bytes of a request's body. Room definitions are far smaller. */
const MAX_BODY = 16 * 1024;

/** A fetch handler. It never rejects: a refusal is an answer. */
export interface TokenProxy {
  (request: Request, caller?: Caller): Promise<Response>;
  /** The same without making a `Response`, which on Node costs as much as all the checks. */
  answer(request: Request, caller?: Caller): Promise<Answer>;
  /** Asks the platform, the store and the issuer of sign-ins whether they answer. Call it now and then, not per request. */
  health(): Promise<Health>;
}

/**
 * Makes a fetch handler that stands between pages and a platform. It keeps the platform's credentials, and checks for
 * every request which page sent it, who the visitor is and what they may do. It refuses to start, with `misconfigured`,
 * if it would let everybody in, or nobody.
 *
 * @example
 * const proxy = tokenProxy({
 *   rooms: platformRooms({endpoint: 'https://api.example/v2', headers: {authorization: basicAuth(id, key)}}),
 *   authorize: async request => {
 *     const user = await signedIn(request); // your own
 *     return user && {user_ref: user.id, name: user.name, roles: ['participant'], rooms: '*'};
 *   },
 *   origins: ['https://shop.example'],
 * });
 * const response = await proxy(request, {ip});
 */
export function tokenProxy(options: TokenProxyOptions): TokenProxy {
  checkOptions(options);
  const {mount = '', livekit, serverUrl, connections, turn, guests, grants, timeout, consent} = options;
  const {provider = livekit ? LIVEKIT : undefined, cache, concurrency, limits, store} = options;
  const client = {provider, serverUrl, connections, turn};
  const origins = new Set([...options.origins, ...(options.sandboxed ? ['null'] : [])]);
  const defaultName = guests || grants ? (guests?.name ?? 'Guest') : undefined;
  const log = neverThrowing(options.log);
  const answered = options.answered && neverThrowing(options.answered);
  const rooms = resilient(options.rooms, {cache, concurrency, timeout, log});
  const people = peopleInside(rooms);
  const authenticate = authentication(options);
  const {count, once, shared} = createLimits({limits, store, storeSecret: storeSecretOf(options), timeout, log});
  const {success, failure} = envelope({extended: true});

  async function answer(request: Request, exchange: Exchange): Promise<Answer> {
    const {id, ip} = exchange;
    const {method, signal} = request;

    // Before any work: which page sent this, and is it a request we know?
    const path = pathBelow([mount], request);
    checkOrigin(request, origins);
    if (method === 'OPTIONS') return preflight(options.requestHeaders);
    const fromLivekit = livekit === true && isTokenSource(method, path);
    if (fromLivekit) checkTokenSource(request, options.native === true);
    else checkClient(request);
    // The request for `authorize` cannot be made with these methods.
    if (/^(CONNECT|TRACE|TRACK)$/i.test(method)) throw noRouteTo(path);
    checkPath(path);
    const route: Route | undefined = fromLivekit ? {operation: 'token', id: ''} : routeOf(method, path);
    exchange.operation = route?.operation;
    checkBody(request);

    // Who sent it, and how often?
    const counting = await count(route?.operation, ip);
    const who = await authenticate(request, {ip, requestId: id});
    await counting.visitor(who);
    await counting.room(who, route?.id);
    if (!route) throw noRouteTo(path);

    // The operation, as this visitor may use it.
    const say: Log = entry => log({...entry, request_id: id});
    const theirs = guarded(rooms, who.visitor, {...client, timeout, log: say, defaultName, consent, people});
    exchange.rooms = theirs;
    const call = withConsent(callOf(request, route, MAX_BODY), exchange);
    if (fromLivekit) {
      const token = withConsent(await tokenCall(call, theirs), exchange);
      await counting.room(who, token.id);
      const text = await once(token, {who, ip, signal, form: 'livekit'}, async ({id, body, options}) =>
        JSON.stringify(tokenSourceAnswer(await theirs.token(id, (await body()) as TokenRequest, options))),
      );
      return json(text, 201);
    }
    const members = await once(call, {who, ip, signal, form: 'rooms'}, async call =>
      JSON.stringify(await perform(theirs, call)),
    );
    const good = success(members, theirs);
    if (method === 'HEAD') return {...good, head: true};
    return route.operation === 'list' ? revalidated(good, members, request) : good;
  }

  async function proxy(request: Request, caller?: Caller): Promise<Answer> {
    const began = performance.now();
    const exchange: Exchange = {id: crypto.randomUUID(), ip: caller?.ip};

    function refused(thrown: unknown): Answer {
      // The log does not get what was thrown: it may quote what should not be in a log.
      const error = refusalOf(thrown, () =>
        log({level: 'error', code: 'internal', message: 'Something failed inside the proxy.', request_id: exchange.id}),
      );
      exchange.code = error.code;
      return failure(error, exchange.rooms, {request_id: exchange.id});
    }

    const answering = answer(caller?.waitUntil ? unending(request) : request, exchange).catch(refused);
    caller?.waitUntil?.(answering);
    const given = await answering;
    const {id: request_id, operation, code, consent} = exchange;
    const ms = performance.now() - began;
    answered?.({request_id, operation, status: given.status, code, ms, ...(consent?.length && {consent})});
    return withHeaders(given, request, request_id, origins);
  }

  const handler = async (request: Request, caller?: Caller) => responseOf(await proxy(request, caller));
  const health = healthCheck({rooms, store: shared, authorize: options.authorize, guests, grants, log});
  return Object.assign(handler, {answer: proxy, health});
}

/** What is known so far of one request. */
interface Exchange {
  /** Made by us. An id that a visitor chooses could be the same as another visitor's. */
  id: string;
  ip?: string;
  operation?: Operation;
  rooms?: Rooms;
  code?: RoomsError['code'];
  consent?: string[];
}

/** A call of `token` whose body, once it is read, tells the exchange what the visitor agreed to. */
function withConsent(call: Call, exchange: Exchange): Call {
  if (call.operation !== 'token') return call;
  const body = async () => {
    const sent = await call.body();
    exchange.consent = consentOf(sent);
    return sent;
  };
  return {...call, body};
}

/**
 * A request that goes on when its sender leaves. Some runtimes end all work that a request began, and others may wait
 * for that work: for the same call, or for a place in the queue.
 */
const unending = (request: Request) => new Request(request, {signal: null});

/** A request without `Origin` passes: browsers send none when a page reads from its own origin. */
function checkOrigin({headers}: Request, origins: Set<string>) {
  const origin = headers.get('origin');
  if (origin === null || origins.has(origin)) return;
  throw new RoomsError('denied', 'This origin is not allowed.', {desc: 'Add it to the origins of the token proxy.'});
}

/** Only scripts can set this header, and across origins only after a preflight. Forms and images cannot. */
function checkClient({headers}: Request) {
  if (headers.get('x-rooms-client')) return;
  throw new RoomsError('denied', 'The header x-rooms-client is missing.', {desc: 'Send it with every request.'});
}

/** A body must be JSON and say so. Before it is read, only the headers tell whether there is one. */
function checkBody({method, headers}: Request) {
  if (method === 'GET' || method === 'HEAD') return;
  const type = headers.get('content-type');
  const sent = type !== null || Number(headers.get('content-length')) > 0 || headers.has('transfer-encoding');
  if (sent && !/^application\/json\s*(;|$)/i.test(type ?? '')) throw unsupported('content-type', 'application/json');
  if (headers.has('content-encoding')) throw unsupported('content-encoding', 'the body as it is');
}

const unsupported = (header: string, wanted: string) =>
  new RoomsError('invalid', `This ${header} is not supported.`, {status: 415, key: header, desc: `Send ${wanted}.`});

/** Headers that pages may send across origins. */
const ALLOWED_HEADERS = ['content-type', 'authorization', 'x-rooms-client', 'idempotency-key'];

function preflight(more: string[] = []): Answer {
  return {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
      'access-control-allow-headers': [...ALLOWED_HEADERS, ...more].join(', '),
      'access-control-max-age': '600',
    },
    text: '',
  };
}

/**
 * Gives a list an `etag`, and answers 304 to a page that has the same list already. The tag is a hash of the rooms as
 * this visitor sees them, without the time.
 */
async function revalidated(answer: Answer, members: string, request: Request): Promise<Answer> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(members))).subarray(0, 16);
  const etag = `W/"${btoa(String.fromCharCode(...hash))}"`;
  const headers = {etag, 'cache-control': 'private, no-cache'};
  const known = request.headers
    .get('if-none-match')
    ?.split(',')
    .map(each => each.trim());
  if (known?.includes(etag)) return {status: 304, headers, text: ''};
  return {...answer, headers: {...answer.headers, ...headers}};
}

/**
 * Adds the headers that every answer has. Only pages of an allowed origin may read it. No cache keeps it, except for a
 * list, which the cache must revalidate each time.
 */
function withHeaders(answer: Answer, request: Request, requestId: string, origins: Set<string>): Answer {
  const {headers} = answer;
  const origin = request.headers.get('origin');
  headers['x-request-id'] = requestId;
  if (!headers.etag) headers['cache-control'] = 'no-store';
  headers['x-content-type-options'] = 'nosniff';
  headers.vary = 'Origin';
  if (origin !== null && origins.has(origin)) {
    headers['access-control-allow-origin'] = origin;
    headers['access-control-expose-headers'] = 'retry-after, x-request-id';
  }
  return answer;
}
