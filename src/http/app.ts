import {Hono, type Context} from 'hono';
import {noRoute, notFound, RoomsError, statusOf} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
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

/**
 * HTTP over any `Rooms`: the seven routes under `/rooms`, with or without a trailing slash, and one JSON envelope for
 * all that fails. Bodies reach `rooms` as they came, as JSON objects; checking them is the implementation's part.
 */
export function roomsApp<Env = unknown>(rooms: Rooms | RoomsFor<Env>, options: RoomsAppOptions<Env> = {}) {
  const {maxBody = 256 * 1024, extended = false, challenge, refusal} = options;
  const {log = (error: unknown) => console.error(error)} = options;
  const app = new Hono<{Variables: {rooms?: Rooms}}>({strict: false});
  async function roomsOf(c: Context): Promise<Rooms> {
    const theirs = typeof rooms === 'function' ? await rooms(c.req.raw, c.env as Env) : rooms;
    c.set('rooms', theirs);
    return theirs;
  }
  const body = async <T>(c: Context) => (await readJson(c.req.raw, maxBody)) as T;
  const write = (c: Context) => ({signal: c.req.raw.signal, idempotencyKey: c.req.header('idempotency-key')});

  const time = (rooms?: Rooms) => (extended && rooms?.now ? {server_now: new Date(rooms.now()).toISOString()} : {});
  const succeed = (rooms: Rooms, members: object = {}) => json({result: 0, ...time(rooms), ...members});

  app.get('/rooms', async c => {
    const rooms = await roomsOf(c);
    return succeed(rooms, {rooms: await rooms.list({signal: c.req.raw.signal})});
  });
  app.post('/rooms', async c => {
    const rooms = await roomsOf(c);
    return succeed(rooms, {room: await rooms.create(await body<RoomDefinition>(c), write(c))});
  });
  app.get('/rooms/:id', async c => {
    const rooms = await roomsOf(c);
    return succeed(rooms, {room: await rooms.get(id(c), {signal: c.req.raw.signal})});
  });
  app.patch('/rooms/:id', async c => {
    const rooms = await roomsOf(c);
    await rooms.update(id(c), await body(c), {signal: c.req.raw.signal});
    return succeed(rooms);
  });
  app.delete('/rooms/:id', async c => {
    const rooms = await roomsOf(c);
    await rooms.remove(id(c), {signal: c.req.raw.signal});
    return succeed(rooms);
  });
  app.get('/rooms/:id/users', async c => {
    const rooms = await roomsOf(c);
    const users = await rooms.users(id(c), {signal: c.req.raw.signal});
    return succeed(rooms, {total: users.length, users});
  });
  app.post('/rooms/:id/tokens', async c => {
    const rooms = await roomsOf(c);
    return succeed(rooms, await rooms.token(id(c), await body<TokenRequest>(c), write(c)));
  });

  for (const [path, allow] of methodsOf(app)) {
    app.all(path, c => {
      const response = fail(noRoute('This route does not take the method.', 405), c);
      response.headers.set('allow', allow);
      return response;
    });
  }
  app.all('*', c => fail(noRoute('The routes begin with /rooms.'), c));
  app.onError(fail);

  function fail(error: Error, c: Context<{Variables: {rooms?: Rooms}}>): Response {
    const env = c.env as Env;
    if (!(error instanceof RoomsError)) {
      log(error, env);
      return fail(new RoomsError('internal', 'Something went wrong on our side.'), c);
    }
    const {result, message, desc, code, key, opensAt, retryAfter} = error;
    const status = statusOf(error);
    // When a room opens is of use only with the time it is there.
    const opening = opensAt && {opens_at: opensAt.toISOString(), ...time(c.get('rooms'))};
    const more = {...(extended && {code, key, ...opening}), ...refusal?.(error, env)};
    return json({result, error: message, desc, ...more}, status, {
      ...(retryAfter && {'retry-after': String(retryAfter)}),
      ...(challenge && status === 401 && {'www-authenticate': challenge}),
    });
  }

  return app;
}

/** The methods that each path takes, as `Allow` lists them; whoever may GET may HEAD. */
function methodsOf({routes}: Pick<Hono, 'routes'>): Map<string, string> {
  const methods = new Map<string, string>();
  for (const {path, method} of routes) {
    const before = methods.has(path) ? `${methods.get(path)}, ` : '';
    methods.set(path, `${before}${method === 'GET' ? 'GET, HEAD' : method}`);
  }
  return methods;
}

function id(c: Context): string {
  const id = c.req.param('id');
  if (!RoomId.is(id)) throw notFound();
  return id;
}

// With its length and in one piece: clients of the real platform parse each chunk by itself.
function json(body: object, status = 200, headers: Record<string, string> = {}): Response {
  const bytes = encoder.encode(JSON.stringify(body));
  const own = {'content-type': 'application/json', 'content-length': String(bytes.length), 'cache-control': 'no-store'};
  return Object.assign(new Response(bytes, {status, headers: {...own, ...headers}}), {[BODY]: bytes});
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

/** Whether a parsed JSON value nests at most so many levels; what nests by the thousand overflows whoever prints it. */
export function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every(inner => isShallow(inner, levels - 1));
}
