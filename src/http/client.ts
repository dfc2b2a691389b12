import ky from 'ky';
import {array, type, type Struct} from 'superstruct';
import {CallEnded, withDeadline} from '../rooms/deadline.js';
import {codeOfResult, isCode, RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import type {CallOptions, Rooms, WriteOptions} from '../rooms/rooms.js';
import {Envelope, IssuedToken, ListedRoom, reading, RoomId, TokenRequest, User, type Room} from '../rooms/schema.js';

export interface HttpRoomsOptions {
  /** Where the operations are, `/rooms` and below; relative to the page in a browser. */
  endpoint: string | URL;
  /** Sent with every request; `authorization` carries a grant or an application's credentials. */
  headers?: Record<string, string>;
  /** What is read of a room: `ListedRoom` unless told, `Room` for all there is. */
  room?: Struct<Room, unknown>;
  /** Deadline of one call, headers and body, in ms; 10,000 unless told. */
  timeout?: number;
  /** The transport; the runtime's own `fetch` unless told. */
  fetch?: (request: Request) => Promise<Response>;
  /** Carries a whole call instead of `ky` and `fetch`. It follows no redirect and sends `headers` itself. */
  exchange?: Exchange;
  /** Told of each room that was left out of a list because it could not be read; the console unless told. */
  report?: (error: RoomsError) => void;
}

/**
 * Carries one call to the server and the whole answer back. It ends when `signal` aborts or when `timeout` ms have passed
 * (headers and body together). `withDeadline` does both.
 */
export type Exchange = (
  url: URL,
  call: {method: string; signal?: AbortSignal; timeout: number; json?: unknown; headers: Record<string, string>},
) => Promise<{status: number; headers: Pick<Headers, 'get'>; text: string}>;

/** How long to read rooms at a stretch, in ms: there are thousands, and a page that draws and is pressed meanwhile. */
const STRETCH = 8;

/** The `authorization` header of an application (HTTP Basic). Only for servers: it contains the key. */
export const basicAuth = (appId: string, appKey: string) => `Basic ${btoa(`${appId}:${appKey}`)}`;

/**
 * `Rooms` over HTTP: the elements reach the token proxy with it, the proxy reaches the platform. Rooms listed again in an
 * answer that is the same are the same objects.
 */
export function httpRooms(options: HttpRoomsOptions): Rooms {
  const {exchange, timeout = 10_000, report = console.warn, room = ListedRoom as Struct<Room, unknown>} = options;
  const base = baseUrl(options.endpoint);
  const front = base.origin + base.pathname;
  const roomReply = type({room});
  const http = exchange ?? overKy(options);
  let skew = 0;

  async function call<T, S>(
    method: string,
    path: string,
    reply: Struct<T, S>,
    options?: WriteOptions,
    {json, parse = parsed}: Call = {},
  ): Promise<T> {
    const url = new URL(front + path + base.search);
    const key = options?.idempotencyKey;
    let code: RoomsErrorCode = 'offline';
    try {
      const headers: Record<string, string> = key ? {'idempotency-key': key} : {};
      const response = await http(url, {method, signal: options?.signal, timeout, json, headers});
      const body = parse(response.text);
      // From here on what goes wrong is the answer: superstruct trips over some of what it refuses.
      code = 'bad_reply';
      const envelope = Envelope.validate(body, READ)[1] ?? {};
      const {result, server_now} = envelope;
      const ahead = Date.parse(server_now ?? response.headers.get('date') ?? '') - Date.now();
      // A `Date` header knows whole seconds only, so a difference of less is none.
      if (ahead) skew = server_now || Math.abs(ahead) > 1000 ? ahead : 0;
      if (result !== 0) throw failure(response, envelope, Date.now() + skew);
      return read(body, reply);
    } catch (error) {
      // The deadline of a transport is not the deadline of its caller, so it is an error like all others here.
      if (error instanceof CallEnded) throw new RoomsError(error.code, error.message);
      if (error instanceof RoomsError) throw error;
      if (options?.signal?.aborted) throw new RoomsError('aborted', 'The call was ended.', {cause: error});
      throw new RoomsError(code, `No answer from ${base.origin}.`, {cause: error});
    }
  }

  /** The rooms that can be read; `began` says when the answer began to be. */
  async function readable(rooms: unknown[], began: number): Promise<Room[]> {
    const found: Room[] = [];
    for (const each of rooms) {
      if (performance.now() > began + STRETCH) {
        await new Promise(resolve => setTimeout(resolve));
        began = performance.now();
      }
      try {
        found.push(read(each, room));
      } catch (error) {
        report(error as RoomsError);
      }
    }
    return found;
  }

  /** The last list, as text and as it was read: thousands of rooms take longer to read than to compare. */
  let last = {text: '', rooms: [] as Room[]};

  async function list(options?: CallOptions): Promise<Room[]> {
    let text = '';
    let same = false;
    let began = 0;
    const parse = (answer: string) => {
      began = performance.now();
      // What stands before the rooms tells the time, and so is never the same.
      const at = answer.indexOf('"rooms":');
      text = answer.slice(at);
      const head = text === last.text ? parsed(`${answer.slice(0, at)}"rooms":[]}`) : undefined;
      same = head !== undefined;
      return head ?? parsed(answer);
    };
    const {rooms} = await call('get', 'rooms', RoomsReply, options, {parse});
    const found = same ? last.rooms : await readable(rooms, began);
    last = {text, rooms: found};
    return [...found];
  }

  return {
    list,
    get: async (id, options) => (await call('get', at(id), roomReply, options)).room,
    create: async (json, options) => (await call('post', 'rooms', roomReply, options, {json})).room,
    update: async (id, json, options) => void (await call('patch', at(id), Done, options, {json})),
    remove: async (id, options) => void (await call('delete', at(id), Done, options)),
    users: async (id, options) => (await call('get', `${at(id)}/users`, UsersReply, options)).users,
    token: async (id, request, options) =>
      call('post', `${at(id)}/tokens`, IssuedToken, options, {json: checked(request)}),
    now: () => Date.now() + skew,
  };
}

/** The transport for browsers, and the default elsewhere. */
function overKy({headers, fetch}: HttpRoomsOptions): Exchange {
  const http = ky.create({
    headers: {...headers, 'x-rooms-client': 'greenroom'},
    cache: 'no-store',
    // A redirect could carry a body, or credentials, to somebody else.
    redirect: 'manual',
    throwHttpErrors: false,
    // Only reads are retried: once, and only if no answer came.
    retry: {limit: 1, methods: ['get']},
    // `withDeadline` also covers the body.
    timeout: false,
    fetch: fetch as typeof globalThis.fetch,
  });
  return (url, {timeout, signal, ...call}) =>
    withDeadline({timeout, signal}, async signal => {
      const response = await http(url, {...call, signal});
      return {status: response.status, headers: response.headers, text: await response.text()};
    });
}

interface Call {
  json?: unknown;
  parse?: (text: string) => unknown;
}

const RoomsReply = type({rooms: array()});
// The source has "a null list" for a room that nobody is in.
const UsersReply = type({users: reading(array(User), users => users ?? [])});
const Done = type({});

function baseUrl(endpoint: string | URL): URL {
  const text = String(endpoint);
  try {
    const url = new URL(text, globalThis.document?.baseURI);
    url.pathname = url.pathname.replace(/\/*$/, '/');
    // `//host` is refused because it reads as a path and leaves for another host; so are a user and a password.
    if (!/^\s*([/\\]{2}|$)/.test(text) && /^https?:\/\/[^/@]+\//.test(url.href)) return url;
  } catch {
    // Said below, in our own words.
  }
  throw new RoomsError('misconfigured', `“${text.slice(0, 80)}” is no http(s) address.`, {key: 'endpoint'});
}

function at(id: string): string {
  if (!RoomId.is(id)) throw new RoomsError('not_found', 'Room not found.');
  return `rooms/${id}`;
}

function checked(request: TokenRequest): TokenRequest {
  const [error] = TokenRequest.validate(request);
  if (!error) return request;
  const [key] = error.path as string[];
  throw new RoomsError(key === 'role' ? 'role_invalid' : 'invalid', `Invalid value: ${key}`, {key});
}

const READ = {coerce: true, mask: true};

function read<T, S>(value: unknown, struct: Struct<T, S>): T {
  const [error, result] = struct.validate(value, READ);
  if (error) throw badReply(`“${error.path.join('.')}”`);
  return result;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // HTML, nothing at all, half an answer: `failure` says so.
  }
}

// Without the struct's own error as cause: that quotes what was received, and what was received may be a token.
const badReply = (what: string) => new RoomsError('bad_reply', `Not an answer of the Rooms API: ${what}.`);

/** What a status says by itself, when the answer names no result we know; a bare 404 is a wrong address. */
const STATUSES: Record<number, RoomsErrorCode> = {401: 'unauthorized', 403: 'denied', 429: 'rate_limited'};

/** `now` is epoch ms by the server's clock. */
function failure({status, headers}: Awaited<ReturnType<Exchange>>, envelope: Envelope, now: number): RoomsError {
  const {error_code, result = error_code, error, message, desc, key} = envelope;
  const refusal = result !== undefined || envelope.status === 'error' ? 'internal' : undefined;
  const code = isCode(envelope.code)
    ? envelope.code
    : (codeOfResult(result) ?? STATUSES[status] ?? (status >= 500 ? 'platform_down' : refusal));
  if (!code) return badReply(`status ${status}`);
  const opensAt = Date.parse(envelope.opens_at ?? '');
  return new RoomsError(code, error ?? message ?? `Status ${status}.`, {
    result,
    desc,
    key,
    retryAfter: retryAfter(headers.get('retry-after'), now),
    opensAt: opensAt ? new Date(opensAt) : undefined,
  });
}

/** `Retry-After` in seconds, from seconds or a date, held between a second and an hour. */
function retryAfter(header: string | null, now: number): number | undefined {
  if (!header) return undefined;
  const seconds = Number.isNaN(Number(header)) ? (Date.parse(header) - now) / 1000 : Number(header);
  return Math.min(Math.max(Math.ceil(seconds), 1), 3600) || undefined;
}
