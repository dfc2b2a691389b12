import assert from 'node:assert/strict';
import {once} from 'node:events';
import type {TestContext} from 'node:test';
import {WebSocket} from 'ws';
import {codeOfResult, REASON, RESULTS} from '../../src/rooms/results.js';
import {has, target, type Credentials} from './target.js';

/** How long to wait for a reply or message, in ms. Far longer than any server needs, because test machines stall. */
export const PATIENCE = 20_000;

/** The id of no room. */
export const UNKNOWN_ROOM = '0'.repeat(24);

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export type Json = Record<string, unknown>;
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** The reply as a JSON object; empty if it is not one. */
  body: Json;
}
export interface Room extends Json {
  room_id: string;
  settings: Json;
}

/** The `Authorization` header for an application. */
export const basic = ({id, key}: Credentials) => `Basic ${btoa(`${id}:${key}`)}`;

export const credentials = async () => (await target()).app;

/** Sends one request, to a path below the base URL or to a full URL. A string as body is sent unchanged. */
export async function call(method: string, path: string, body?: unknown, as?: Credentials): Promise<Reply> {
  const {url, app} = await target();
  const response = await fetch(path.startsWith('/') ? url + path : path, {
    method,
    headers: {authorization: basic(as ?? app), 'content-type': 'application/json'},
    ...(body !== undefined && {body: typeof body === 'string' ? body : JSON.stringify(body)}),
  });
  const text = await response.text();
  return {status: response.status, headers: response.headers, text, body: objectIn(text) ?? {}};
}

/** The JSON object in a text; undefined if the text is anything else. */
export function objectIn(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** Checks that a reply is a success, and returns its body. `result` may be a string. */
export function succeeded(reply: Reply, member?: string): Json {
  assert.equal(Number(reply.body.result), 0, `Refused: ${reply.text.slice(0, 300)}`);
  if (member) assert.ok(Object.hasOwn(reply.body, member), `Without ${member}: ${reply.text.slice(0, 300)}`);
  return reply.body;
}

/** The HTTP statuses of our own platform; 400 for any other number. Clients must not rely on them. */
const STATUS = new Map([
  [10000, 401],
  [10106, 409],
  [10112, 409],
  [10113, 409],
  [10114, 409],
  [19000, 409],
  [19006, 413],
  [40001, 404],
  [40002, 403],
  [50004, 409],
]);

/**
 * Checks that a reply is a refusal in JSON that a client reads as it should: by the code that the table of results has for
 * its number. Where the documented platform has no number, a server may take any. In strict mode the number, the text and the
 * HTTP status must be exactly those of our own platform, and our own numbers come with a `desc`.
 */
export function refused(reply: Reply, result: number) {
  const {body, status, text} = reply;
  const number = Number(body.result ?? body.error_code);
  assert.ok(Number.isFinite(number) && number !== 0, `Not refused: ${text.slice(0, 300)}`);
  assert.match(String(body.error ?? body.message), /\S/);
  const isOurs = result >= 19000 && result <= 19999;
  if (!isOurs) assert.equal(codeOfResult(number), codeOfResult(result), text.slice(0, 300));
  if (!has('strict')) return;
  assert.equal(number, result, text.slice(0, 300));
  assert.equal(status, STATUS.get(result) ?? 400, text.slice(0, 300));
  assert.equal(body.error, REASON + RESULTS[result]!.error, text.slice(0, 300));
  if (isOurs) assert.match(String(body.desc), /\S/, `No desc says what to do: ${text}`);
}

/** Makes a room. After the test its visitors are disconnected and it is deleted. */
export async function makeRoom(t: TestContext, settings: Json = {}, more: Json = {}): Promise<Room> {
  const reply = await call('POST', '/rooms', {name: 'Conformance', owner_ref: 'tests', settings, ...more});
  const room = succeeded(reply, 'room').room as Room;
  t.after(() => removeRoom(room.room_id));
  return room;
}

/** Disconnects all clients and deletes a room. It may be gone already. */
export async function removeRoom(room_id: string) {
  await Promise.all([...open].map(client => client.leave()));
  const gone = async () =>
    Number((await call('DELETE', `/rooms/${room_id}`)).body.result) === 0 ||
    Number((await call('GET', `/rooms/${room_id}`)).body.result) !== 0;
  if (await gone()) return;
  // A client that vanished keeps its seat, and the room active, for a while.
  if (has('clock')) await advance(MINUTE);
  await until(gone);
}

export const readRoom = async (room_id: string) =>
  succeeded(await call('GET', `/rooms/${room_id}`), 'room').room as Room;

export const listRooms = async () => succeeded(await call('GET', '/rooms'), 'rooms').rooms as Room[];

export const usersOf = async (room_id: string) =>
  succeeded(await call('GET', `/rooms/${room_id}/users`), 'users') as {total: number; users: Json[]};

export const ANN = {name: 'Ann', role: 'participant', user_ref: 'u1'};

export const ask = (room_id: string, body: Json = {}) => call('POST', `/rooms/${room_id}/tokens`, {...ANN, ...body});

export async function tokenFor(room_id: string, body: Json = {}): Promise<string> {
  const {token} = succeeded(await ask(room_id, body), 'token');
  assert.ok(typeof token === 'string' && token !== '', 'A token is text.');
  return token;
}

/** The server's time in epoch ms; without `ROOMS_CLOCK` this machine's time. */
export async function now(): Promise<number> {
  const {clock} = await target();
  if (!clock) return Date.now();
  return Date.parse(((await (await fetch(clock)).json()) as {now: string}).now);
}

/** Sets the server's time, in epoch ms. */
export async function setClock(time: number) {
  const {clock} = await target();
  const headers = {'content-type': 'application/json'};
  const body = JSON.stringify({now: new Date(time).toISOString()});
  const {status} = await fetch(clock!, {method: 'PUT', headers, body});
  assert.equal(status, 200, 'The clock was not set.');
}

export const advance = async (ms: number) => setClock((await now()) + ms);

/** A time in the form of `scheduled_time`: `YYYY-MM-DD HH:MM:SS`, UTC. */
export const written = (time: number) => new Date(time).toISOString().slice(0, 19).replace('T', ' ');

/** Settings of a room that starts at the first full second at least `ms` from now, and that time in epoch ms. */
export async function startingIn(ms: number, duration = 60): Promise<{start: number; settings: Json}> {
  const start = Math.ceil(((await now()) + ms) / 1000) * 1000;
  return {start, settings: {scheduled: true, scheduled_time: written(start), duration}};
}

/** Asks again until `so` is true. */
export async function until(so: () => Promise<boolean>) {
  const deadline = performance.now() + 3 * PATIENCE;
  while (!(await so())) {
    if (performance.now() > deadline) throw new Error('It never was so.');
    await new Promise(setImmediate);
  }
}

/** All connected clients. `removeRoom` disconnects them after each test. */
const open = new Set<Client>();

/** Connects and sends nothing yet. */
export async function connect(options: WebSocket.ClientOptions = {}): Promise<Client> {
  const socket = new WebSocket(`${(await target()).url.replace('http', 'ws')}/session`, options);
  const client = new Client(socket);
  await once(socket, 'open');
  return client;
}

/** Connects and joins with a token. The answer is the client's next message. */
export async function use(token: string): Promise<Client> {
  const client = await connect();
  client.send({type: 'join', token});
  return client;
}

/** Connects and resumes with the secret of a broken connection. The answer is the client's next message. */
export async function resume(secret: string): Promise<Client> {
  const client = await connect();
  client.send({type: 'resume', secret});
  return client;
}

/** The first message to a connection with this token. The client stays connected if it was let in. */
export const outcome = async (token: string) => (await use(token)).next();

/** Connects with a new token, and waits until it is in. */
export async function enter(room_id: string, body: Json = {}): Promise<Inside> {
  const client = await use(await tokenFor(room_id, body));
  return Object.assign(client, {joined: (await client.next('joined')) as unknown as Joined});
}

export interface Joined extends Json {
  you: Json & {id: string; permissions: Json};
  users: (Json & {id: string})[];
  room: Json;
  resume: string;
}
export type Inside = Client & {joined: Joined};

/** The client end of a session. It keeps messages until a test asks for them. */
export class Client {
  readonly closed: Promise<number>;
  #heard: Json[] = [];
  #waiting?: () => void;

  constructor(readonly socket: WebSocket) {
    open.add(this);
    this.closed = new Promise(resolve => socket.on('close', resolve));
    socket.on('close', () => {
      open.delete(this);
      this.#waiting?.();
    });
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => {
      this.#heard.push(JSON.parse(data.toString()) as Json);
      this.#waiting?.();
    });
  }

  send(message: unknown) {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message, which must be of this type. */
  async next(type = ''): Promise<Json> {
    const message = await this.#take(() => true, type || 'word');
    if (type) assert.equal(message.type, type, JSON.stringify(message));
    return message;
  }

  /** The first message of this type. Earlier messages of other types stay unread. */
  hear(type: string): Promise<Json> {
    return this.#take(message => message.type === type, type);
  }

  async #take(is: (message: Json) => boolean, what: string): Promise<Json> {
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const index = this.#heard.findIndex(is);
      if (index >= 0) return this.#heard.splice(index, 1)[0]!;
      const problem = `no ${what} came; unread: ${JSON.stringify(this.#heard).slice(0, 500)}`;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`Closed, and ${problem}`);
      if (performance.now() > deadline) throw new Error(`Waited, and ${problem}`);
      await new Promise<void>(resolve => {
        this.#waiting = resolve;
        setTimeout(resolve, PATIENCE).unref();
      });
    }
  }

  /** Gives the seat back, as a page does that goes away. */
  async leave() {
    this.send({type: 'leave'});
    await this.closed;
  }

  /** Breaks the connection, as a failing network does. */
  async vanish() {
    this.socket.terminate();
    await this.closed;
  }
}
