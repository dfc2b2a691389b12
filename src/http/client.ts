import ky from 'ky';
import {StructError, validate, type Struct} from 'superstruct';
import {CallEnded, withDeadline} from '../rooms/deadline.js';
import {RoomsError} from '../rooms/errors.js';
import type {ListOptions, Rooms, WriteOptions} from '../rooms/rooms.js';
import type {Room} from '../rooms/room.js';
import {Envelope, IssuedToken, ListedRoom, RoomId, TokenRequest, User, type KnownVisitor} from '../rooms/schema.js';
import {readTime} from '../rooms/times.js';
import {isObject, jsonOf} from '../rooms/values.js';
import {exactReader, reader} from '../rooms/wire.js';

export interface HttpRoomsOptions {
  /** Where the operations are: `/rooms` and below it. In a browser it may be relative to the page. */
  endpoint: string | URL;
  /** Sent with every request; `authorization` carries a grant or an application's credentials. */
  headers?: Record<string, string> | undefined;
  /**
   * What is read of a room: `ListedRoom`, or `Room` for the whole room.
   * @default ListedRoom
   */
  room?: Struct<Room, unknown> | undefined;
  /**
   * Deadline of one call, headers and body, in ms.
   * @default 10_000
   */
  timeout?: number | undefined;
  /**
   * Sends a request.
   * @default globalThis.fetch
   */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
  /**
   * How far the server's clock is ahead, in ms, until an answer tells.
   * @default 0
   */
  skew?: number | undefined;
  /** Carries a whole call instead of `ky` and `fetch`. It follows no redirect and sends `headers` itself. */
  exchange?: Exchange | undefined;
  /**
   * Called with an error for each room that was left out of a list because it could not be read.
   * @default console.warn
   */
  report?: ((error: RoomsError) => void) | undefined;
  /**
   * Whether bodies are checked before they are sent. Servers leave that to the platform, which knows its own rules and
   * numbers.
   * @default true
   */
  checkBodies?: boolean | undefined;
}

/**
 * Carries one call to the server and the whole answer back. It ends when `signal` aborts or when `timeout` ms have passed
 * (headers and body together). `withDeadline` does both.
 */
export type Exchange = (
  url: URL,
  call: {
    method: string;
    signal?: AbortSignal | undefined;
    timeout: number;
    json?: unknown;
    headers: Record<string, string>;
  },
) => Promise<{status: number; headers: Pick<Headers, 'get'>; text: string}>;

/** How long to read rooms in one task, in ms. There may be thousands, and the page must stay responsive meanwhile. */
const STRETCH = 8;

/** How long to wait for the file that reads failures, in ms. */
const PATIENCE = 1000;

/** The `authorization` header of an application (HTTP Basic). Only for servers: it contains the key. */
export const basicAuth = (appId: string, appKey: string) => `Basic ${btoa(`${appId}:${appKey}`)}`;

/**
 * `Rooms` over HTTP: the elements reach the token proxy with it, the proxy reaches the platform. A body that the API
 * would refuse for a misspelt key or a wrong type is refused before it is sent: `invalid` with the `key` at fault, or
 * `role_invalid`. If a list is the same as the last one, its rooms are the same objects.
 *
 * Throws `misconfigured` if `endpoint` is not an http(s) address.
 *
 * @example
 * ```ts
 * const rooms = httpRooms({endpoint: '/api', headers: {authorization: `Bearer ${grant}`}});
 * for (const {room_id, name} of await rooms.list()) console.log(room_id, name);
 * ```
 */
export function httpRooms(options: HttpRoomsOptions): Rooms {
  const {exchange, timeout = 10_000, report = console.warn, room, checkBodies = true} = options;
  const base = baseUrl(options.endpoint);
  const front = base.origin + base.pathname;
  const readRoom = room ? reader(room) : (readListed as (value: unknown) => Room);
  const http = exchange ?? overKy(options);
  let {skew = 0} = options;
  let visitor: KnownVisitor | undefined;

  /** The whole answer to a call that succeeded. */
  async function call(
    method: string,
    path: string,
    options?: WriteOptions & ListOptions,
    {body: send, parse = parsed}: Call = {},
  ) {
    const url = new URL(front + path + base.search);
    if (options?.people) url.search += `${url.search && '&'}people=1`;
    const key = options?.idempotencyKey;
    try {
      const json = await send?.();
      const headers: Record<string, string> = key ? {'idempotency-key': key} : {};
      const response = await http(url, {method, signal: options?.signal, timeout, json, headers});
      const body = parse(response.text);
      const envelope = isObject(body) ? readEnvelope(body) : {};
      const {result, server_now} = envelope;
      visitor = envelope.visitor ?? visitor;
      const ahead = readTime(server_now ?? response.headers.get('date') ?? '') - Date.now();
      // A `Date` header knows whole seconds only, and the answer takes a while, so less than two seconds count as none.
      if (ahead) skew = server_now || Math.abs(ahead) > 2000 ? ahead : 0;
      if (result !== 0) throw await failure(response, envelope, Date.now() + skew);
      return body as Record<string, unknown>;
    } catch (error) {
      // The deadline of a transport is not the deadline of its caller, so it is an error like all others here.
      if (error instanceof CallEnded) throw new RoomsError(error.code, error.message, {cause: error});
      if (error instanceof RoomsError) throw error;
      if (options?.signal?.aborted)
        throw new RoomsError('aborted', 'The call was ended before it was answered.', {cause: error});
      throw new RoomsError('offline', `No answer from ${base.origin}.`, {cause: error});
    }
  }

  /** A definition or changes of a room as they are sent: without the keys that only a platform sets. */
  async function writable(body: object, name: 'RoomDefinition' | 'RoomChanges'): Promise<unknown> {
    const shapes = await definitions();
    if (checkBodies) check(body, shapes?.[name] as Struct<unknown> | undefined);
    return shapes ? shapes.withoutReadOnly(body) : body;
  }

  /** The rooms that can be read. `began` is the time at which this task began with the answer. */
  async function readable(rooms: unknown, began: number): Promise<Room[]> {
    if (!Array.isArray(rooms)) throw badReply('“rooms”');
    const found: Room[] = [];
    for (const each of rooms as unknown[]) {
      if (performance.now() > began + STRETCH) {
        await new Promise(resolve => setTimeout(resolve));
        began = performance.now();
      }
      try {
        found.push(read('room', each, readRoom));
      } catch (error) {
        report(error as RoomsError);
      }
    }
    return found;
  }

  /** The last list, as text and as it was read: thousands of rooms take longer to read than to compare. */
  let last = {text: '', rooms: [] as Room[]};

  async function list(options?: ListOptions): Promise<Room[]> {
    let text = '';
    let same = false;
    let began = 0;
    const parse = (answer: string) => {
      began = performance.now();
      // The text before the rooms holds the time, so it always differs.
      const at = answer.indexOf('"rooms":');
      text = answer.slice(at);
      const head = text === last.text ? parsed(`${answer.slice(0, at)}"rooms":[]}`) : undefined;
      // A server may write other keys after the rooms.
      same = (head as Envelope | undefined)?.result === 0;
      return same ? head : parsed(answer);
    };
    const {rooms} = await call('get', 'rooms', options, {parse});
    const found = same ? last.rooms : await readable(rooms, began);
    last = {text, rooms: found};
    return [...found];
  }

  return {
    list,
    get: async (id, options) => read('room', (await call('get', at(id), options)).room, readRoom),
    create: async (definition, options) => {
      const body = () => writable(definition, 'RoomDefinition');
      return read('room', (await call('post', 'rooms', options, {body})).room, readRoom);
    },
    update: async (id, changes, options) => {
      await call('patch', at(id), options, {body: () => writable(changes, 'RoomChanges')});
    },
    remove: async (id, options) => void (await call('delete', at(id), options)),
    // The documentation has “a null list” for a room that nobody is in.
    users: async (id, options) => read('users', (await call('get', `${at(id)}/users`, options)).users ?? [], readUsers),
    token: async (id, json, options) => {
      const body = () => (checkBodies ? check(json, TokenRequest) : json);
      return read('answer', await call('post', `${at(id)}/tokens`, options, {body}), readToken);
    },
    now: () => Date.now() + skew,
    visitor: () => visitor,
  };
}

const readEnvelope = reader(Envelope);
const readListed = exactReader(ListedRoom);
const readToken = exactReader(IssuedToken);
const readUser = exactReader(User);
// `read` reports what is not an array: it has no `map`.
const readUsers = (value: unknown) => (value as unknown[]).map(readUser);

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
    stringifyJson: json => jsonOf(json)!,
  });
  return (url, {timeout, signal, ...call}) =>
    withDeadline({timeout, signal}, async signal => {
      // Pages replace `fetch` by functions that take only an address and plain options, not a `Request`.
      const plain = ({method, headers, cache, redirect}: Request) =>
        globalThis.fetch(url.href, {
          method,
          headers: Object.fromEntries(headers),
          body: jsonOf(call.json),
          cache,
          redirect,
          signal,
        });
      const response = await http(url, {...call, signal, fetch: (fetch ?? plain) as typeof globalThis.fetch});
      const text = await response.text();
      // What a site does with visitors whose session has ended. A browser hides where a redirect leads.
      if (response.type === 'opaqueredirect' || (globalThis.document && response.ok && /^\s*</.test(text))) {
        throw new RoomsError('signed_out', 'A web page came instead of an answer.');
      }
      return {status: response.status, headers: response.headers, text};
    });
}

interface Call {
  /** Checks the body and returns what is sent of it. */
  body?: (() => unknown) | undefined;
  parse?: ((text: string) => unknown) | undefined;
}

function baseUrl(endpoint: string | URL): URL {
  const text = String(endpoint);
  try {
    const url = new URL(text, globalThis.document?.baseURI);
    url.pathname = url.pathname.replace(/\/*$/, '/');
    // `//host` looks like a path but leads to another host. A user and a password are refused, too.
    if (!/^\s*([/\\]\s*[/\\]|$)/.test(text) && /^https?:\/\/[^/@]+\//.test(url.href)) return url;
  } catch {
    // The error below says so.
  }
  throw new RoomsError('misconfigured', `“${text.slice(0, 80)}” is not an http(s) address.`, {key: 'endpoint'});
}

function at(id: string): string {
  if (!RoomId.is(id)) throw new RoomsError('not_found', 'Room not found.');
  return `rooms/${id}`;
}

/**
 * Most pages only list and join rooms. Loaded on demand, the structs of definitions save them 175 bytes (br). If they
 * cannot be loaded, nothing is checked here, and the server refuses what is wrong.
 */
const definitions = () => import('../rooms/definition.js').catch(() => undefined);

/** Checks a body as JSON will hold it, and returns it. Throws `invalid`, or `role_invalid`, with the key at fault. */
function check<T, S>(body: unknown, struct?: Struct<T, S>) {
  if (!struct) return body;
  let error: StructError | undefined;
  try {
    [error] = validate(JSON.parse(jsonOf(body)!), struct, {coerce: true});
  } catch (cause) {
    // A getter threw, or superstruct quotes what it refuses and that cannot be printed.
    throw new RoomsError('invalid', 'Invalid value: body', {cause});
  }
  if (!error) return body;
  const key = error.path.join('.');
  // A definition with the unknown key `role` is not about a role.
  const code = key === 'role' && error.type !== 'never' ? 'role_invalid' : 'invalid';
  throw new RoomsError(code, `Invalid value: ${key || 'body'}`, {key: key || undefined});
}

/** `what` names the value in the error. */
function read<T>(what: string, value: unknown, reads: (value: unknown) => T): T {
  try {
    return reads(value);
  } catch (error) {
    // Without the cause: it quotes what was received, and that may be a token.
    const path = error instanceof StructError ? (error.path as string[]) : [];
    throw badReply(`“${[what, ...path].join('.')}”`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // HTML, an empty body or half an answer: `failure` reports it.
  }
}

const badReply = (what: string) => new RoomsError('bad_reply', `Not an answer of the Rooms API: ${what}.`);

/**
 * What a refusal means; `now` is epoch ms by the server's clock. Pages load the reader when something fails: without it, the
 * script with picker and button is 250 bytes (br) smaller. If it does not come, the status alone decides.
 */
const failure = ({status, headers}: Awaited<ReturnType<Exchange>>, envelope: Envelope, now: number) =>
  withDeadline({timeout: PATIENCE}, async () => {
    const {failureOf} = await import('../rooms/failure.js');
    return failureOf(envelope, status, headers.get('retry-after'), now);
  }).catch(cause => new RoomsError(status < 500 ? 'internal' : 'platform_down', `Status ${status}.`, {cause}));
