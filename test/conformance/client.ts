import assert from 'node:assert/strict';
import {once} from 'node:events';
import type {TestContext} from 'node:test';
import {WebSocket} from 'ws';
import {has, target, type Credentials} from './target.js';

/** How long what must come may take, in ms; far more than any server needs, since machines stall. */
export const PATIENCE = 20_000;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export type Json = Record<string, unknown>;
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** The reply as JSON; empty when it is not an object. */
  body: Json;
}
export interface Room extends Json {
  room_id: string;
  settings: Json;
}

/** An application's credentials as a header has them. */
export const basic = ({id, key}: Credentials) => `Basic ${btoa(`${id}:${key}`)}`;

export const credentials = async () => (await target()).app;

/** One request below the base URL, or to a whole URL. A body that is text is sent as it is. */
export async function call(method: string, path: string, body?: unknown, as?: Credentials): Promise<Reply> {
  const {url, app} = await target();
  const response = await fetch(path.startsWith('/') ? url + path : path, {
    method,
    headers: {authorization: basic(as ?? app), 'content-type': 'application/json'},
    ...(body !== undefined && {body: typeof body === 'string' ? body : JSON.stringify(body)}),
  });
  const text = await response.text();
  return {status: response.status, headers: response.headers, text, body: objectOf(text)};
}

/** A text as the JSON object it is; empty when it is none. */
export function objectOf(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
  } catch {
    return {};
  }
}

/** What a success carries; `result` may come as text. */
export function succeeded(reply: Reply, member?: string): Json {
  assert.equal(Number(reply.body.result), 0, `Refused: ${reply.text.slice(0, 300)}`);
  if (member) assert.ok(Object.hasOwn(reply.body, member), `Without ${member}: ${reply.text.slice(0, 300)}`);
  return reply.body;
}

/** Honest statuses, which are our choice: a client must not rely on them. */
const STATUS = new Map([
  [10000, 401],
  [10114, 409],
  [10201, 404],
  [10202, 409],
  [10203, 409],
  [10204, 409],
  [10210, 409],
  [10211, 409],
  [10212, 403],
  [10217, 413],
]);

/** A refusal in JSON. Its number counts where a source names it; ours, above 10200, only of servers that follow us. */
export function refused(reply: Reply, result: number) {
  const {body, status, text} = reply;
  const number = Number(body.result ?? body.error_code);
  assert.ok(Number.isFinite(number) && number !== 0, `Not refused: ${text.slice(0, 300)}`);
  assert.match(String(body.error ?? body.message), /\S/);
  if (result <= 10200 || has('strict')) assert.equal(number, result, text.slice(0, 300));
  if (!has('strict')) return;
  assert.equal(status, STATUS.get(result) ?? 400, text.slice(0, 300));
  if (result > 10200) assert.match(String(body.desc), /\S/, `Nothing says what to do: ${text}`);
}

/** A new room, removed after the test with whoever is still inside. */
export async function makeRoom(t: TestContext, settings: Json = {}, more: Json = {}): Promise<Room> {
  const reply = await call('POST', '/rooms', {name: 'Conformance', owner_ref: 'tests', settings, ...more});
  const room = succeeded(reply, 'room').room as Room;
  t.after(() => removeRoom(room.room_id));
  return room;
}

/** Deletes a room when all its clients have left; what is gone already is fine. */
export async function removeRoom(room_id: string) {
  await Promise.all([...open].map(client => client.leave()));
  const gone = async () =>
    Number((await call('DELETE', `/rooms/${room_id}`)).body.result) === 0 ||
    Number((await call('GET', `/rooms/${room_id}`)).body.result) !== 0;
  if (await gone()) return;
  // Who vanished without a word keeps the room active for a while.
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

/** What the server takes for the time, in epoch ms; the machine's own when the server does not tell. */
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

/** A time as rooms are made with: `YYYY-MM-DD HH:MM:SS` UTC. */
export const written = (time: number) => new Date(time).toISOString().slice(0, 19).replace('T', ' ');

/** Settings of a room that starts at a full second so far ahead, and when that is. */
export async function startingIn(ms: number, duration = 60): Promise<{start: number; settings: Json}> {
  const start = Math.ceil(((await now()) + ms) / 1000) * 1000;
  return {start, settings: {scheduled: true, scheduled_time: written(start), duration}};
}

/** Asks again until it is so. */
export async function until(so: () => Promise<boolean>) {
  const deadline = performance.now() + 3 * PATIENCE;
  while (!(await so())) {
    if (performance.now() > deadline) throw new Error('It never was so.');
    await new Promise(setImmediate);
  }
}

/** Who is connected; no test is left with a client still inside. */
const open = new Set<Client>();

/** Connects to the sessions and says nothing yet. */
export async function connect(options: WebSocket.ClientOptions = {}): Promise<Client> {
  const socket = new WebSocket(`${(await target()).url.replace('http', 'ws')}/session`, options);
  const client = new Client(socket);
  await once(socket, 'open');
  return client;
}

/** Connects with a token; what comes of it is the client's next message. */
export async function use(token: string): Promise<Client> {
  const client = await connect();
  client.send({type: 'join', token});
  return client;
}

/** Comes back over a new connection with the secret of an old one. */
export async function resume(secret: string): Promise<Client> {
  const client = await connect();
  client.send({type: 'resume', secret});
  return client;
}

/** What a connection with a token is told first; it stays connected when it was let in. */
export const outcome = async (token: string) => (await use(token)).next();

/** Connects with a new token and is inside. */
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

/** The other end of a session, which remembers what it was told until it is asked for. */
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

  /** The first message of this type, whatever else was said before it; that is still to be asked for. */
  hear(type: string): Promise<Json> {
    return this.#take(message => message.type === type, type);
  }

  async #take(is: (message: Json) => boolean, what: string): Promise<Json> {
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const index = this.#heard.findIndex(is);
      if (index >= 0) return this.#heard.splice(index, 1)[0]!;
      const told = `no ${what} came; before: ${JSON.stringify(this.#heard).slice(0, 500)}`;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`Closed, and ${told}`);
      if (performance.now() > deadline) throw new Error(`Waited, and ${told}`);
      await new Promise<void>(resolve => {
        this.#waiting = resolve;
        setTimeout(resolve, PATIENCE).unref();
      });
    }
  }

  /** Ends the connection as a page does that is closed. */
  async leave() {
    this.socket.close(1000);
    await this.closed;
  }

  /** Ends it as a network does: without a word. */
  async vanish() {
    this.socket.terminate();
    await this.closed;
  }
}
