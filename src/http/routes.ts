import {statusOf} from '../rooms/codes.js';
import {RoomsError} from '../rooms/errors.js';
import {noRoute, notFound, REASON, errorOf, resultOf} from '../rooms/results.js';
import type {ListOptions, Rooms, WriteOptions} from '../rooms/rooms.js';
import type {RoomDefinition} from '../rooms/definition.js';
import {RoomId, type TokenRequest} from '../rooms/schema.js';
import {isObject, isShallow} from '../rooms/values.js';

// The Rooms API over HTTP: which request is which operation, and how answers are written. The platform and the token
// proxy both use it.

/** One operation as it was requested over HTTP. */
export interface Call {
  operation: Operation;
  /** The room in the path; empty for operations without one. */
  id: string;
  /** Reads the body. Only operations with a body call it, and only once. */
  body: () => Promise<object>;
  options: WriteOptions & ListOptions;
}

type Run = (rooms: Rooms, call: Call) => Promise<object>;

/** Who asks, for the answers of rooms that know it. */
const askedBy = (rooms: Rooms) => {
  const known = rooms.visitor?.();
  return known && {visitor: known};
};

/** The seven operations: method, path, and what each answers beside `result`. */
export const ROUTES = {
  list: {
    method: 'GET',
    path: '/rooms',
    run: async (rooms, {options: {signal, people}}) => ({
      ...askedBy(rooms),
      rooms: await rooms.list({signal, ...(people && {people})}),
    }),
  },
  create: {
    method: 'POST',
    path: '/rooms',
    run: async (rooms, {body, options}) => ({room: await rooms.create((await body()) as RoomDefinition, options)}),
  },
  get: {
    method: 'GET',
    path: '/rooms/:id',
    run: async (rooms, {id, options: {signal}}) => ({...askedBy(rooms), room: await rooms.get(id, {signal})}),
  },
  update: {
    method: 'PATCH',
    path: '/rooms/:id',
    run: async (rooms, {id, body, options: {signal}}) => {
      await rooms.update(id, await body(), {signal});
      return {};
    },
  },
  remove: {
    method: 'DELETE',
    path: '/rooms/:id',
    run: async (rooms, {id, options: {signal}}) => {
      await rooms.remove(id, {signal});
      return {};
    },
  },
  users: {
    method: 'GET',
    path: '/rooms/:id/users',
    run: async (rooms, {id, options: {signal}}) => {
      const users = await rooms.users(id, {signal});
      return {total: users.length, users};
    },
  },
  token: {
    method: 'POST',
    path: '/rooms/:id/tokens',
    run: async (rooms, {id, body, options}) => rooms.token(id, (await body()) as TokenRequest, options),
  },
} as const satisfies Record<string, {method: string; path: string; run: Run}>;

/** One of the seven operations of `Rooms`. */
export type Operation = keyof typeof ROUTES;

/** The operations of `Rooms`, by name. */
export const OPERATIONS = Object.keys(ROUTES) as Operation[];

/** Runs the operation. Returns the members of its answer. */
export const perform = (rooms: Rooms, call: Call): Promise<object> => ROUTES[call.operation].run(rooms, call);

/** The operation that a request names, and the room in its path. */
export type Route = Pick<Call, 'operation' | 'id'>;

const PATTERNS = OPERATIONS.map(operation => {
  const {method, path} = ROUTES[operation];
  return {operation, method, pattern: new RegExp(`^${path.replace(':id', '([^/]+)')}/?$`)};
});

/**
 * Throws if a path below the mount holds anything but room ids and words like them: a server further on might decode or
 * normalise it.
 */
export function checkPath(path: string) {
  const segments = path.replace(/\/$/, '').split('/').slice(1);
  if (!segments.every(segment => RoomId.is(segment))) throw segments[0] === 'rooms' ? notFound() : unknownRoute();
}

/** Finds the route of a path below the mount, as it was sent. Returns undefined for an unknown route. */
export function routeOf(method: string, path: string): Route | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method;
  for (const {operation, method, pattern} of PATTERNS) {
    const found = method === wanted && pattern.exec(path);
    if (found) return {operation, id: found[1] ?? ''};
  }
}

/** The error for a path without a route: 404, or 405 if the path takes other methods. `put`: PUT stands for PATCH. */
export function noRouteTo(path: string, put = false): RoomsError {
  const methods = PATTERNS.filter(({pattern}) => pattern.test(path)).map(({method}) => method as string);
  if (put && methods.includes('PATCH')) methods.push('PUT');
  return methods.length > 0 ? new WrongMethod(methods) : unknownRoute();
}

const unknownRoute = () => noRoute('The routes begin with /rooms.');

/** The error for a path that takes only other methods: 405, with the header `Allow`. */
export class WrongMethod extends RoomsError {
  /** The header `Allow`. */
  readonly allow: string;

  constructor(methods: string[], desc = 'This route does not take the method.') {
    const {message, result, status} = noRoute(desc, 405);
    super('misconfigured', message, {result, status, desc});
    this.allow = methods.map(method => (method === 'GET' ? 'GET, HEAD' : method)).join(', ');
  }
}

/** The path below a mount, exactly as it was sent: neither decoded nor normalised. Throws if it is not below one. */
export function pathBelow(mounts: string[], {url}: Request): string {
  const path = /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? '';
  const mount = mounts.find(each => path === each || path.startsWith(`${each}/`));
  if (mount === undefined) throw unknownRoute();
  return path.slice(mount.length);
}

/** The call that a request makes on a route. Its body may have `maxBody` bytes. */
export const callOf = (request: Request, route: Route, maxBody: number): Call => ({
  ...route,
  body: () => readJson(request, maxBody),
  options: {
    signal: request.signal,
    idempotencyKey: request.headers.get('idempotency-key') ?? undefined,
    ...(route.operation === 'list' && {people: wantsPeople(request)}),
  },
});

/** Whether a list is asked for with the people in its rooms: `?people=1`. */
const wantsPeople = ({url}: Request) => new URLSearchParams(/\?[^#]*/.exec(url)?.[0]).get('people') === '1';

/** An answer before it becomes a `Response`: JSON text, or no text. Whoever sends it adds the content length. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** True if only the head was requested. @default false */
  head?: boolean;
}

export interface EnvelopeOptions {
  /**
   * Writes errors as a token proxy does: with `code`, `key`, `opens_at` and `server_now`, and without the `[Reason] `
   * that a platform writes before their text.
   *
   * @default false
   */
  extended?: boolean;
  /** The header `WWW-Authenticate` of a 401. It makes browsers ask for a password. @default none */
  challenge?: string;
}

/** Writes answers in the envelope of the Rooms API. */
export function envelope({extended = false, challenge}: EnvelopeOptions = {}) {
  const time = (rooms?: Rooms) => (extended && rooms?.now ? {server_now: new Date(rooms.now()).toISOString()} : {});

  /** The answer of an operation; `members` are what it returned, as a JSON object. */
  function success(members: string, rooms: Rooms): Answer {
    const first = JSON.stringify({result: 0, ...time(rooms)});
    return json(members === '{}' ? first : `${first.slice(0, -1)},${members.slice(1)}`);
  }

  /** The answer for an error; `more` is added to it. */
  function failure(error: RoomsError, rooms?: Rooms, more: object = {}): Answer {
    const {message, desc, code, key, opensAt, retryAfter} = error;
    const status = statusOf(error);
    // The time a room opens is useful only beside the server's own time.
    const opening = opensAt && {opens_at: opensAt.toISOString(), ...time(rooms)};
    const text = extended ? message : REASON + message;
    const body = {result: resultOf(error), error: text, desc, ...(extended && {code, key, ...opening}), ...more};
    return json(JSON.stringify(body), status, {
      ...(error instanceof WrongMethod && {allow: error.allow}),
      ...(retryAfter && {'retry-after': String(retryAfter)}),
      ...(challenge && status === 401 && {'www-authenticate': challenge}),
    });
  }

  return {success, failure};
}

/** An answer of JSON text. */
export const json = (text: string, status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: {'content-type': 'application/json', 'cache-control': 'no-store', ...headers},
  text,
});

/**
 * What was thrown, as an error to answer with. All that is not a `RoomsError` is logged and becomes `internal`. A fault that
 * names its cause is logged, too: the answer does not have the cause.
 */
export function refusalOf(thrown: unknown, log: (error: unknown) => void): RoomsError {
  if (thrown instanceof RoomsError) {
    if (thrown.cause && statusOf(thrown) >= 500) log(thrown);
    return thrown;
  }
  log(thrown);
  return internal();
}

/** The error for a fault of the server itself. */
export const internal = () => errorOf(50000, {desc: 'Something went wrong on our side.'});

export interface RoomsAppOptions extends EnvelopeOptions {
  /** The paths before `/rooms`, such as `/v2`. @default [''] */
  mounts?: string[];
  /** Most bytes of a request's body. @default 262144 */
  maxBody?: number;
  /** Called with every error that is not a `RoomsError`, and with faults that name a cause. @default console.error */
  log?: (error: unknown) => void;
}

/**
 * A fetch handler for any `Rooms`: the seven routes under `/rooms`, with or without a trailing slash. PUT on a room does
 * what PATCH does. `rooms` may be a function that says whose rooms a request is about, and throws a `RoomsError` to
 * refuse. Bodies reach `rooms` unchecked, as JSON objects.
 *
 * @example
 * const app = roomsApp(localRooms(database), {mounts: ['/v2']});
 * const response = await app(new Request('https://platform.example/v2/rooms'));
 */
export function roomsApp(rooms: Rooms | ((request: Request) => Rooms | Promise<Rooms>), options: RoomsAppOptions = {}) {
  const {mounts = [''], maxBody = 256 * 1024, log = console.error} = options;
  const {success, failure} = envelope(options);

  return async function app(request: Request): Promise<Response> {
    const head = request.method === 'HEAD';
    let theirs: Rooms | undefined;
    try {
      const path = pathBelow(mounts, request);
      // Clients of the documented platform also update with PUT, and mean the same.
      const route = routeOf(request.method === 'PUT' ? 'PATCH' : request.method, path);
      if (!route) throw noRouteTo(path, true);
      theirs = typeof rooms === 'function' ? await rooms(request) : rooms;
      // After the credentials: without them, a malformed id is answered like any other.
      checkPath(path);
      const members = await perform(theirs, callOf(request, route, maxBody));
      return responseOf({...success(JSON.stringify(members), theirs), head});
    } catch (error) {
      return responseOf({...failure(refusalOf(error, log), theirs), head});
    }
  };
}

/** An answer as a `Response`. It is one chunk with a length: clients of the real platform parse each chunk by itself. */
export function responseOf({status, headers, text, head}: Answer): Response {
  const bytes = isBodiless(status) ? null : encoder.encode(text);
  const length = bytes && {'content-length': String(bytes.length)};
  return new Response(head ? null : bytes, {status, headers: {...headers, ...length}});
}

/** Whether answers of this status have no body. */
export const isBodiless = (status: number) => status === 204 || status === 304;

const encoder = new TextEncoder();

const tooLarge = (limit: number) => errorOf(19006, {status: 413, desc: `Send at most ${limit} bytes.`});

/**
 * Reads the body of a request as a JSON object. An empty body reads as `{}`. Throws `invalid` for other JSON, and as
 * soon as it has read more than `limit` bytes, whatever `Content-Length` says.
 */
async function readJson(request: Request, limit: number): Promise<object> {
  try {
    const body: unknown = JSON.parse((await readText(request, limit)) || '{}');
    if (isObject(body) && isShallow(body, 32)) return body;
  } catch (error) {
    if (error instanceof RoomsError) throw error;
    if (request.signal.aborted) throw new RoomsError('aborted', 'The request ended early.', {cause: error});
  }
  throw errorOf(19004, {desc: 'Send one JSON object, in UTF-8, at most 32 levels deep.'});
}

/** For bodies in one piece. It keeps nothing between two of them. */
const utf8 = new TextDecoder('utf-8', {fatal: true});

/**
 * Requests whose bodies cannot be longer than their `Content-Length`, because the server has checked it. Such a body is
 * read at once: in `bench:proxy` that takes 285 µs of CPU a token, as a stream 402 µs.
 */
export const lengthChecked = new WeakSet<Request>();

async function readText(request: Request, limit: number): Promise<string> {
  const declared = request.headers.get('content-length');
  if (Number(declared) > limit) throw tooLarge(limit);
  if (declared !== null && lengthChecked.has(request)) return utf8.decode(await request.arrayBuffer());
  const decoder = new TextDecoder('utf-8', {fatal: true});
  let text = '';
  let length = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit);
    text += decoder.decode(chunk, {stream: true});
  }
  return text + decoder.decode();
}
