import {
  answers,
  askedBy,
  noRouteTo,
  responseOf,
  routeOf,
  type Answer,
  type Operation,
  type RoomsAppOptions,
} from '../http/routes.js';
import {noRoute, notFound, RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import {RoomId} from '../rooms/schema.js';
import {checkOptions, type Caller, type TokenProxyOptions} from './options.js';
import {guarded} from './visitor/guarded.js';
import {idempotency} from './limits/idempotency.js';
import {limiter} from './limits/limits.js';
import {checkTokenSource, isTokenSource, tokenSourceAnswer, tokenWish} from './livekit.js';
import {memoryOf} from './limits/shared-store.js';
import {neverThrowing, resilient, type Log} from '../upstream/upstream.js';
import {visitors} from './visitor/authenticate.js';

export type {Operation} from '../http/routes.js';
export {basicAuth, type HttpRoomsOptions} from '../http/client.js';
export {RoomsError} from '../rooms/errors.js';
export type {Rooms} from '../rooms/rooms.js';
export type {Answered, Authorize, Caller, Guests, TokenProxyOptions, UserRefs} from './options.js';
export {issueGrant, type Grant, type GrantKey, type Grants, type GrantWish} from './visitor/grants.js';
export {guarded, type GuardedOptions, type Visitor} from './visitor/guarded.js';
export {durableObjectStore, LimitsObject, type ObjectNamespace} from './limits/durable-object.js';
export {headerAuthorize, jwtAuthorize, type HeaderAuthorizeOptions, type JwtAuthorizeOptions} from './visitor/hooks.js';
export {BUDGETS, type Budgets, type Limits} from './limits/limits.js';
export {redisStore, type RedisClient} from './limits/redis.js';
export {memoryStore, type Claim, type Rate, type Store} from './limits/store.js';
export {platformRooms, type Log, type LogEntry} from '../upstream/upstream.js';

/** No room definition comes near this many bytes. */
const MAX_BODY = 16 * 1024;

export interface TokenProxy {
  (request: Request, caller?: Caller): Promise<Response>;
  /** The same without a `Response`, which on Node costs as much as all the checks. */
  answer(request: Request, caller?: Caller): Promise<Answer>;
}

/**
 * A fetch handler that stands between pages and a platform: it keeps the credentials, and asks of every request whose
 * page sent it, who is there and what they may do. It never rejects; what it refuses, it answers. Throws a `RoomsError`
 * with the code `misconfigured` when the options would make it open to everybody or of use to nobody.
 */
export function tokenProxy(options: TokenProxyOptions): TokenProxy {
  checkOptions(options);
  const {guests, grants, mount = '', provider, serverUrl, livekit, timeout} = options;
  const origins = new Set(options.origins);
  const visitorOf = visitors(options);
  const log = neverThrowing(options.log);
  const {cache, concurrency} = options;
  const rooms = resilient(options.rooms, {cache, concurrency, timeout, log});
  const defaultName = guests || grants ? (guests?.name ?? 'Guest') : undefined;
  const memory = memoryOf(options);
  const count = limiter(options.limits ?? {}, memory, log);
  const once = idempotency(memory, {timeout});
  const answered = options.answered && neverThrowing(options.answered);
  const face: RoomsAppOptions<Exchange> = {
    extended: true,
    // The error itself may quote what should not be in a log.
    log: (_, {id}) => {
      log({level: 'error', code: 'internal', message: 'Something failed inside the proxy.', request_id: id});
    },
    refusal: ({code}, exchange) => {
      exchange.code = code;
      return {request_id: exchange.id};
    },
  };
  const {run, fail} = answers(face);

  async function answer(request: Request, exchange: Exchange): Promise<Answer> {
    const {id, ip} = exchange;
    const path = pathBelow(mount, request);
    checkOrigin(request, origins);
    if (request.method === 'OPTIONS') return preflight();
    const stock = livekit && isTokenSource(request.method, path);
    if (stock) checkTokenSource(request);
    else checkClient(request);
    checkPath(path);
    const asked = stock ? {operation: 'token' as const} : routeOf(request.method, path);
    exchange.operation = asked?.operation;
    checkBody(request);
    const counting = await count(asked?.operation, ip);
    const who = await visitorOf(request, {ip, requestId: id});
    await counting.visitor(who);
    await counting.room(who, asked?.id);
    if (!asked) throw noRouteTo(path);
    const say: Log = entry => log({...entry, request_id: id});
    const theirs = guarded(rooms, who.visitor, {provider, serverUrl, timeout, log: say, defaultName});
    const ask = askedBy(request, MAX_BODY, asked.id);
    exchange.rooms =
      ask.options.idempotencyKey === undefined ? theirs : once(theirs, {who, ip, signal: request.signal});
    if (!stock) return suited(await run(asked.operation, exchange.rooms, ask), request, exchange);
    const wish = await tokenWish(ask, exchange.rooms);
    await counting.room(who, wish.id);
    return tokenSourceAnswer(await run('token', exchange.rooms, wish));
  }

  async function proxy(request: Request, caller?: Caller): Promise<Answer> {
    const began = performance.now();
    const exchange: Exchange = {id: crypto.randomUUID(), ip: caller?.ip};
    const refused = (error: unknown) => fail(error, exchange, exchange.rooms);
    const answering = answer(caller?.waitUntil ? unending(request) : request, exchange).catch(refused);
    caller?.waitUntil?.(answering);
    const given = await answering;
    const {id: request_id, operation, code} = exchange;
    answered?.({request_id, operation, status: given.status, code, ms: performance.now() - began});
    return readable(given, request, exchange, origins);
  }

  const handler = async (request: Request, caller?: Caller) => responseOf(await proxy(request, caller));
  return Object.assign(handler, {answer: proxy});
}

/** One request on its way through: what is known of it so far. */
interface Exchange {
  /** Ours, whatever id the request brought: an id that a visitor chooses can pretend to be another's. */
  id: string;
  ip?: string;
  operation?: Operation;
  rooms?: Rooms;
  code?: RoomsErrorCode;
}

/**
 * A request that goes on when its sender leaves. Where all that a request began ends with it, others that wait for the
 * same call, or for a place, would wait for ever.
 */
const unending = (request: Request) => new Request(request, {signal: null});

/** The path as it was sent, neither decoded nor normalised, so that nothing can hide in it. */
function pathBelow(mount: string, {url}: Request): string {
  const path = /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? '';
  if (path !== mount && !path.startsWith(`${mount}/`)) throw noRoute();
  return path.slice(mount.length);
}

/** No `Origin` is fine: a browser sends none with what a page reads from its own origin. */
function checkOrigin({headers}: Request, origins: Set<string>) {
  const origin = headers.get('origin');
  if (origin === null || origins.has(origin)) return;
  throw new RoomsError('denied', 'This origin is not allowed.', {desc: 'Add it to the origins of the token proxy.'});
}

/** Only scripts can set it, and across origins only after a preflight: no form and no image can make a request. */
function checkClient({headers}: Request) {
  if (headers.get('x-rooms-client')) return;
  throw new RoomsError('denied', 'The header x-rooms-client is missing.', {desc: 'Send it with every request.'});
}

/** An allow-list before routing: what a router, a proxy or a platform would decode never gets to one. */
function checkPath(path: string) {
  const segments = path.replace(/\/$/, '').split('/').slice(1);
  if (segments.every(segment => RoomId.is(segment))) return;
  throw segments[0] === 'rooms' ? notFound() : noRoute();
}

/** A body is JSON and says so. Without one a request needs no type; whether there is one, only the headers tell early. */
function checkBody({method, headers}: Request) {
  if (method === 'GET' || method === 'HEAD') return;
  const type = headers.get('content-type');
  const sent = type !== null || Number(headers.get('content-length')) > 0 || headers.has('transfer-encoding');
  if (sent && !/^application\/json\s*(;|$)/i.test(type ?? '')) throw unsupported('content-type', 'application/json');
  if (headers.has('content-encoding')) throw unsupported('content-encoding', 'the body as it is');
}

const unsupported = (header: string, wanted: string) =>
  new RoomsError('invalid', `This ${header} is not supported.`, {status: 415, key: header, desc: `Send ${wanted}.`});

function preflight(): Answer {
  return {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
      'access-control-allow-headers': 'content-type, authorization, x-rooms-client, idempotency-key',
      'access-control-max-age': '600',
    },
    text: '',
  };
}

/** HEAD asks what a whole answer would say; of lists, only those who do not have them are told. */
function suited(answer: Answer, request: Request, {operation}: Exchange): Answer | Promise<Answer> {
  if (request.method === 'HEAD') return {...answer, head: true};
  return operation === 'list' ? revalidated(answer, request) : answer;
}

/**
 * Gives a list its tag, and answers with the tag alone who has that very list already. The time is not part of it, nor
 * who asks: the same rooms, seen the same way, are the same list.
 */
async function revalidated(answer: Answer, request: Request): Promise<Answer> {
  const {text} = answer;
  const list = new TextEncoder().encode(text.slice(text.indexOf('"rooms":')));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', list)).subarray(0, 16);
  const etag = `W/"${btoa(String.fromCharCode(...digest))}"`;
  const headers = {etag, 'cache-control': 'private, no-cache'};
  const known = request.headers
    .get('if-none-match')
    ?.split(',')
    .map(each => each.trim());
  if (known?.includes(etag)) return {status: 304, headers, text: ''};
  return {...answer, headers: {...answer.headers, ...headers}};
}

/**
 * Lets the page read the answer, and no cache keep it, but for a list, which a cache asks about again each time; a page
 * of another origin is told nothing.
 */
function readable(answer: Answer, request: Request, {id}: Exchange, origins: Set<string>): Answer {
  const {headers} = answer;
  const origin = request.headers.get('origin');
  headers['x-request-id'] = id;
  if (!headers.etag) headers['cache-control'] = 'no-store';
  headers['x-content-type-options'] = 'nosniff';
  headers.vary = 'Origin';
  if (origin !== null && origins.has(origin)) {
    headers['access-control-allow-origin'] = origin;
    headers['access-control-expose-headers'] = 'retry-after, x-request-id';
  }
  return answer;
}
