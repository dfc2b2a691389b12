import {Hono} from 'hono';
import {noRoute, notFound, RoomsError, statusOf} from '../rooms/errors.js';
import type {Rooms, WriteOptions} from '../rooms/rooms.js';
import {isoTimes} from '../rooms/times.js';
import {RoomId, type RoomDefinition, type TokenRequest} from '../rooms/schema.js';

export interface RoomsAppOptions<Env = unknown> {
  /** Most bytes of a request's body; 256 KiB unless told. */
  maxBody?: number;
  /** Adds to every answer what the Rooms API itself does not send: `code`, `key`, `opens_at` and `server_now`. */
  extended?: boolean;
  /** `WWW-Authenticate` of a 401; none unless told, since with one a browser asks for a password by itself. */
  challenge?: string;
  /** Told of faults that are nobody's but ours; the console unless told. `env` is what the runtime handed along. */
  log?: (error: unknown, env: Env) => void;
  /** Told of every refusal before it is answered; what it returns stands in the answer beside the envelope. */
  refusal?: (error: RoomsError, env: Env) => object;
}

/** Whose rooms a request is about; throws a `RoomsError` to refuse. `env` is what the runtime handed along. */
export type RoomsFor<Env> = (request: Request, env: Env) => Rooms | Promise<Rooms>;

/** An operation as it was asked for over HTTP. */
export interface Asked {
  /** The room it is about, where the path names one. */
  id?: string;
  /** Its body, read when it is needed. */
  body: () => Promise<object>;
  options: WriteOptions;
}

type Run = (rooms: Rooms, asked: Asked & {id: string}) => Promise<object>;

/** The seven operations: where each is found, and what it answers beside `result`. */
const ROUTES = {
  list: ['GET', '/rooms', async (rooms, {options: {signal}}) => ({rooms: await rooms.list({signal})})],
  create: [
    'POST',
    '/rooms',
    async (rooms, {body, options}) => ({room: await rooms.create((await body()) as RoomDefinition, options)}),
  ],
  get: ['GET', '/rooms/:id', async (rooms, {id, options: {signal}}) => ({room: await rooms.get(id, {signal})})],
  update: [
    'PATCH',
    '/rooms/:id',
    async (rooms, {id, body, options: {signal}}) => {
      await rooms.update(id, await body(), {signal});
      return {};
    },
  ],
  remove: [
    'DELETE',
    '/rooms/:id',
    async (rooms, {id, options: {signal}}) => {
      await rooms.remove(id, {signal});
      return {};
    },
  ],
  users: [
    'GET',
    '/rooms/:id/users',
    async (rooms, {id, options: {signal}}) => {
      const users = await rooms.users(id, {signal});
      return {total: users.length, users};
    },
  ],
  token: [
    'POST',
    '/rooms/:id/tokens',
    async (rooms, {id, body, options}) => rooms.token(id, (await body()) as TokenRequest, options),
  ],
} as const satisfies Record<string, [method: string, path: string, run: Run]>;

/** One of the seven operations of `Rooms`. */
export type Operation = keyof typeof ROUTES;

/** The operations of `Rooms`, by name. */
export const OPERATIONS = Object.keys(ROUTES) as Operation[];

const PATHS = Object.entries(ROUTES).map(([operation, [method, path]]) => ({
  operation: operation as Operation,
  method,
  path: new RegExp(`^${path.replace(':id', '([^/]+)')}/?$`),
}));

/**
 * Which operation a request is, and on which room; `path` is as it was sent. Undefined for what is no route, of which
 * `noRouteTo` says why.
 */
export function routeOf(method: string, path: string): {operation: Operation; id?: string} | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method;
  for (const {method, path: below, operation} of PATHS) {
    const found = method === wanted && below.exec(path);
    if (found) return {operation, id: found[1]};
  }
}

/** Why a path is no route, or does not take the method. */
export function noRouteTo(path: string): RoomsError {
  const methods = PATHS.filter(each => each.path.test(path)).map(({method}) => method);
  return methods.length > 0 ? new WrongMethod(methods) : noRoute('The routes begin with /rooms.');
}

class WrongMethod extends RoomsError {
  /** The methods that the path takes, as the header says it; whoever may GET may HEAD. */
  readonly allow: string;

  constructor(methods: string[]) {
    const {message, result, status, desc} = noRoute('This route does not take the method.', 405);
    super('misconfigured', message, {result, status, desc});
    this.allow = methods.map(method => (method === 'GET' ? 'GET, HEAD' : method)).join(', ');
  }
}

/** An answer that is no runtime's yet: JSON, or nothing, in one piece. Its length is for whoever sends it to tell. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** Whether only its head was asked for. */
  head?: boolean;
}

/** What operations answer, and how what fails is told, for whoever finds the route. */
export function answers<Env = unknown>(options: RoomsAppOptions<Env> = {}) {
  const {extended = false, challenge, refusal} = options;
  const {log = (error: unknown) => console.error(error)} = options;
  const iso = isoTimes();
  const time = (rooms?: Rooms) => (extended && rooms?.now ? {server_now: iso(rooms.now())} : {});

  async function run(operation: Operation, rooms: Rooms, {id = '', body, options}: Asked): Promise<Answer> {
    const [, path, operate] = ROUTES[operation];
    if (path !== '/rooms' && !RoomId.is(id)) throw notFound();
    const members = await operate(rooms, {id, body, options});
    return json({result: 0, ...time(rooms), ...members});
  }

  function fail(error: unknown, env: Env, rooms?: Rooms): Answer {
    if (!(error instanceof RoomsError)) {
      log(error, env);
      return fail(new RoomsError('internal', 'Something went wrong on our side.'), env);
    }
    const {result, message, desc, code, key, opensAt, retryAfter} = error;
    const status = statusOf(error);
    // When a room opens is of use only with the time it is there.
    const opening = opensAt && {opens_at: opensAt.toISOString(), ...time(rooms)};
    const more = {...(extended && {code, key, ...opening}), ...refusal?.(error, env)};
    return json({result, error: message, desc, ...more}, status, {
      ...(error instanceof WrongMethod && {allow: error.allow}),
      ...(retryAfter && {'retry-after': String(retryAfter)}),
      ...(challenge && status === 401 && {'www-authenticate': challenge}),
    });
  }

  return {run, fail};
}

/**
 * HTTP over any `Rooms`: the seven routes under `/rooms`, with or without a trailing slash, and one JSON envelope for
 * all that fails. Bodies reach `rooms` as they came, as JSON objects; checking them is the implementation's part.
 */
export function roomsApp<Env = unknown>(rooms: Rooms | RoomsFor<Env>, options: RoomsAppOptions<Env> = {}) {
  const {maxBody = 256 * 1024} = options;
  const {run, fail} = answers(options);
  const app = new Hono<{Variables: {rooms?: Rooms}}>({strict: false});

  for (const [operation, [method, path]] of Object.entries(ROUTES)) {
    app.on(method, path, async c => {
      const {raw} = c.req;
      const theirs = typeof rooms === 'function' ? await rooms(raw, c.env as Env) : rooms;
      c.set('rooms', theirs);
      return responseOf(await run(operation as Operation, theirs, askedBy(raw, maxBody, c.req.param('id'))));
    });
  }
  // By their patterns: what stands before them is for whoever mounts this.
  for (const path of [...Object.values(ROUTES).map(([, path]) => path), '*']) {
    app.all(path, () => {
      throw noRouteTo(path);
    });
  }
  app.onError((error, c) => responseOf(fail(error, c.env as Env, c.get('rooms'))));
  return app;
}

/** What an operation needs of the request that asks for it. */
export const askedBy = (request: Request, maxBody: number, id?: string): Asked => ({
  id,
  body: () => readJson(request, maxBody),
  options: {signal: request.signal, idempotencyKey: request.headers.get('idempotency-key') ?? undefined},
});

/** JSON that nobody is to keep. */
export const json = (body: object, status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: {'content-type': 'application/json', 'cache-control': 'no-store', ...headers},
  text: JSON.stringify(body),
});

/** An answer as the runtime's own. With its length and in one piece: clients of the real platform parse each chunk. */
export function responseOf({status, headers, text, head}: Answer): Response {
  const bodiless = status === 204 || status === 304;
  const bytes = bodiless ? null : encoder.encode(text);
  const length = bytes && {'content-length': String(bytes.length)};
  const response = new Response(head ? null : bytes, {status, headers: {...headers, ...length}});
  return Object.assign(response, {[BODY]: bytes});
}

const encoder = new TextEncoder();

/** For `serve`, which would otherwise read it back from a stream. */
const BODY = Symbol.for('greenroom.body');

const tooLarge = (limit: number) =>
  new RoomsError('invalid', 'Body too large.', {result: 10217, status: 413, desc: `Send at most ${limit} bytes.`});

/** A request's body as a JSON object, counted as it comes in, whatever `Content-Length` says; nothing reads as `{}`. */
export async function readJson(request: Request, limit: number): Promise<object> {
  try {
    const body: unknown = JSON.parse((await readText(request, limit)) || '{}');
    if (typeof body === 'object' && body && !Array.isArray(body) && isShallow(body, 32)) return body;
  } catch (error) {
    if (error instanceof RoomsError) throw error;
    if (request.signal.aborted) throw new RoomsError('aborted', 'The request ended early.', {cause: error});
  }
  throw new RoomsError('invalid', 'Invalid JSON.', {
    result: 10215,
    desc: 'Send one JSON object, in UTF-8, at most 32 levels deep.',
  });
}

async function readText(request: Request, limit: number): Promise<string> {
  const whole = (request as {[READ]?: ReadBody})[READ]?.(limit);
  if (whole) {
    const bytes = await whole;
    if (!bytes) throw tooLarge(limit);
    return strict.decode(bytes);
  }
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

/** For texts in one piece, after which it remembers nothing. */
const strict = new TextDecoder('utf-8', {fatal: true});

/** Where `serve` leaves its own way to a body: to make a stream of it costs more than all else that a request needs. */
const READ = Symbol.for('greenroom.read');

/**
 * Reads a body to its end, or until it is longer than `limit` bytes and reads as undefined. Undefined itself when it can
 * only be had as a stream.
 */
export type ReadBody = (limit: number) => Promise<Uint8Array | undefined> | undefined;

/** Whether a parsed JSON value nests at most so many levels; what nests by the thousand overflows whoever prints it. */
export function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every(inner => isShallow(inner, levels - 1));
}
