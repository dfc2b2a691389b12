import ky, {type KyInstance} from 'ky';
import {any, array, coerce, create, literal, type, validate, type Struct} from 'superstruct';
import {codeOfResult, isCode, notFound, RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import type {CallOptions, Rooms, WriteOptions} from '../rooms/rooms.js';
import {Envelope, IssuedToken, Room, RoomChanges, RoomDefinition, RoomId, TokenRequest, User} from '../rooms/schema.js';

export interface HttpRoomsOptions {
  /** Where the operations are, `/rooms` and below; relative to the page in a browser. */
  endpoint: string | URL;
  /** Sent with every request; `authorization` carries a grant or an application's credentials. */
  headers?: Record<string, string>;
  /** Deadline of one call, headers and body, in ms; 10,000 unless told. */
  timeout?: number;
  /** The transport; the runtime's own `fetch` unless told. */
  fetch?: (request: Request) => Promise<Response>;
  /** Told of each room that was left out of a list because it could not be read; the console unless told. */
  report?: (error: RoomsError) => void;
}

/** The `authorization` header of an application: HTTP Basic, for servers only. */
export const basicAuth = (appId: string, appKey: string) => `Basic ${btoa(`${appId}:${appKey}`)}`;

/** `Rooms` over HTTP: the elements reach the token proxy with it, the proxy reaches the platform. */
export function httpRooms(options: HttpRoomsOptions): Rooms {
  const {headers, timeout = 10_000, report = console.warn} = options;
  const base = baseUrl(options.endpoint);
  const http: KyInstance = ky.create({
    headers: {...headers, 'x-rooms-client': 'greenroom'},
    cache: 'no-store',
    // A redirect could carry a body, or credentials, to somebody else.
    redirect: 'manual',
    throwHttpErrors: false,
    // Only what reads is tried again, once, and only when no answer came.
    retry: {limit: 1, methods: ['get']},
    timeout: false,
    ...(options.fetch && {fetch: request => options.fetch!(request as Request)}),
  });
  let skew = 0;

  async function call<T, S>(method: string, path: string, reply: Struct<T, S>, more: Call = {}): Promise<T> {
    const deadline = AbortSignal.timeout(timeout);
    const signal = more.signal ? AbortSignal.any([more.signal, deadline]) : deadline;
    const url = new URL(base);
    url.pathname += path;
    try {
      const response = await http(url, {
        method,
        signal,
        json: more.json,
        headers: more.idempotencyKey ? {'idempotency-key': more.idempotencyKey} : {},
      });
      const body = parse(await response.text());
      const envelope = create(body ?? {}, Envelope);
      const time = Date.parse(envelope.server_now ?? response.headers.get('date') ?? '');
      if (time) skew = time - Date.now();
      if (envelope.result !== 0) throw failure(response, envelope, body ? 'JSON without a result' : 'no JSON object');
      const [error, value] = validate(body, reply, {coerce: true});
      if (error) throw badReply(`${error.path.join('.')} is not what it should be`, error);
      return value;
    } catch (error) {
      if (error instanceof RoomsError) throw error;
      if (more.signal?.aborted)
        throw new RoomsError('aborted', 'The call was ended before it was answered.', {cause: error});
      if (deadline.aborted) throw new RoomsError('timeout', `No answer within ${timeout} ms.`, {cause: error});
      const code = globalThis.navigator?.onLine === false ? 'offline' : 'unreachable';
      throw new RoomsError(code, `${base.origin} cannot be reached.`, {cause: error});
    }
  }

  function readable(rooms: unknown[]): Room[] {
    return rooms.flatMap(each => {
      const [error, room] = validate(each, Room, {coerce: true});
      if (!error) return [room];
      report(badReply(`a room's ${error.path.join('.')} is not what it should be; the room is left out`, error));
      return [];
    });
  }

  return {
    list: async options => readable((await call('get', 'rooms', RoomsReply, options)).rooms),
    get: async (id, options) => (await call('get', at(id), RoomReply, options)).room,
    create: async (definition, options) =>
      (await call('post', 'rooms', RoomReply, {json: closed(definition, RoomDefinition), ...options})).room,
    update: async (id, changes, options) =>
      void (await call('patch', at(id), Done, {json: closed(changes, RoomChanges), ...options})),
    remove: async (id, options) => void (await call('delete', at(id), Done, options)),
    users: async (id, options) => (await call('get', `${at(id)}/users`, UsersReply, options)).users,
    token: (id, request, options) =>
      call('post', `${at(id)}/tokens`, IssuedToken, {json: closed(request, TokenRequest), ...options}),
    now: () => Date.now() + skew,
  };
}

interface Call extends WriteOptions, CallOptions {
  json?: unknown;
}

const RoomsReply = type({rooms: array()});
const RoomReply = type({room: Room});
const UsersReply = type({users: coerce(array(User), literal(null), () => [])});
const Done = any();

function baseUrl(endpoint: string | URL): URL {
  const text = String(endpoint);
  let url: URL | undefined;
  try {
    url = new URL(text, globalThis.document?.baseURI);
  } catch {
    // Said below, in our own words.
  }
  // `//host` is refused because it reads as a path and leaves for another host.
  if (
    !url ||
    !text.trim() ||
    /^\s*[/\\]{2}/.test(text) ||
    !/^https?:$/.test(url.protocol) ||
    url.username ||
    url.password
  ) {
    throw new RoomsError('misconfigured', `“${text.slice(0, 80)}” is not an http(s) address of a token proxy.`, {
      key: 'endpoint',
    });
  }
  url.hash = '';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/`;
  return url;
}

function at(id: string): string {
  if (!RoomId.is(id)) throw notFound();
  return `rooms/${id}`;
}

function closed<T, S>(value: unknown, struct: Struct<T, S>): T {
  const [error, checked] = validate(value, struct);
  if (!error) return checked;
  const key = error.path.join('.');
  throw new RoomsError(key === 'role' ? 'role_invalid' : 'invalid', `Invalid value: ${key || 'request'}`, {
    key,
    cause: error,
    desc: key === 'role' ? 'role must be moderator, participant, viewer or audience.' : '',
  });
}

type Body = Record<string, unknown>;

function parse(text: string): Body | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body && !Array.isArray(body) ? (body as Body) : undefined;
  } catch {
    return undefined; // HTML, nothing at all, half an answer: `failure` says so.
  }
}

const badReply = (what: string, cause?: unknown) =>
  new RoomsError('bad_reply', `Not an answer of the Rooms API: ${what}.`, {cause});

function failure({status, headers}: Response, envelope: Envelope, shape: string): RoomsError {
  const result = envelope.result ?? envelope.error_code;
  const named = isCode(envelope.code) ? envelope.code : codeOfResult(result ?? 0);
  const said = result !== undefined || envelope.status === 'error';
  const code = named ?? codeOfStatus(status) ?? (said ? 'refused' : undefined);
  if (!code) return badReply(`status ${status}, ${shape}`);
  const opensAt = Date.parse(envelope.opens_at ?? '');
  return new RoomsError(code, envelope.error ?? envelope.message ?? `Status ${status}.`, {
    result,
    desc: envelope.desc,
    key: envelope.key,
    retryAfter: retryAfter(headers.get('retry-after')),
    opensAt: opensAt ? new Date(opensAt) : undefined,
  });
}

/** What a status says by itself, for answers that carry no result we know; a bare 404 is a wrong address. */
function codeOfStatus(status: number): RoomsErrorCode | undefined {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'denied';
  if (status === 413) return 'too_large';
  if (status === 429) return 'rate_limited';
  return status >= 500 ? 'platform_down' : undefined;
}

/** `Retry-After` in seconds, from seconds or a date, held between a second and an hour. */
function retryAfter(header: string | null): number | undefined {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 1), 3600) : undefined;
}
