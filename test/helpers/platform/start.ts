import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {mock, type TestContext} from 'node:test';
import {createAdaptorServer, type ServerType} from '@hono/node-server';
import {WebSocket} from 'ws';
import {
  createPlatform,
  openDatabase,
  type Credentials,
  type Database,
  type Deadlines,
  type Platform,
  type PlatformOptions,
} from '../../../src/platform/platform.js';
import {freshPlace} from './place.js';

/** How long a test waits for a message before it fails, in ms, by a real timer. */
const PATIENCE = 15_000;
const {setTimeout: startTimer, clearTimeout: stopTimer} = globalThis;

export type Json = Record<string, unknown>;
export type Answer = Json & {result: number};
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  body: Answer;
}

export const ROOM = {name: 'Stand-up', owner_ref: 'alice', settings: {}};
export const MINUTE = 60_000;
/** A Monday at noon; scheduled rooms are made for four in the afternoon. */
export const NOON = Date.UTC(2020, 0, 6, 12);
export const FOUR = Date.UTC(2020, 0, 6, 16);
export const SCHEDULED = {scheduled: true, scheduled_time: '2020-01-06 16:00:00', duration: 60};

/** A platform behind a real server, with a port and a database of its own. It ends with the test. */
export async function startPlatform(t: TestContext, options: Partial<PlatformOptions> = {}) {
  const world = new World();
  world.options = options;
  world.place = await freshPlace(t, () => world.stop());
  await world.start();
  world.credentials = await world.platform.createApplication();
  return world;
}

export class World {
  /** The platform's time, in epoch ms. */
  now = NOON;
  /** The argument of `openDatabase`. */
  place = '';
  /** How often it beats, in ms, and how long it waits for its database. */
  beat?: number;
  deadlines: Partial<Deadlines> = {};
  credentials: Credentials = {id: '', key: ''};
  faults: unknown[] = [];
  options: Partial<PlatformOptions> = {};
  platform!: Platform;
  database!: Database;
  #server!: ServerType;
  #siblings: World[] = [];

  async start(database?: Database) {
    this.database = database ?? (await openDatabase(this.place, this.deadlines));
    this.platform = createPlatform({
      database: this.database,
      clock: () => this.now,
      beat: this.beat,
      log: error => this.faults.push(error),
      ...this.options,
    });
    this.#server = createAdaptorServer({fetch: this.platform.fetch});
    this.#server.on('upgrade', (request, socket, head) => {
      if (!this.platform.upgrade(request, socket, head)) socket.destroy();
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop() {
    for (const sibling of this.#siblings.splice(0)) await sibling.stop();
    await this.platform.close();
    this.#server.close();
    if ('closeAllConnections' in this.#server) this.#server.closeAllConnections();
    await this.database.close();
  }

  /** Another platform on the same rooms. On Postgres it has connections of its own. It ends with this one. */
  async sibling(): Promise<World> {
    const sibling = new World();
    sibling.place = this.place;
    sibling.credentials = this.credentials;
    // A file can be opened only once.
    await sibling.start(this.database.shared ? undefined : lent(this.database));
    this.#siblings.push(sibling);
    return sibling;
  }

  get host() {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async call(method: string, path: string, body?: unknown, credentials: Partial<Credentials> = {}): Promise<Reply> {
    const {id, key} = {...this.credentials, ...credentials};
    const response = await fetch(`http://${this.host}${/^\/(rooms|cdr)/.test(path) ? '/video/v2' : ''}${path}`, {
      method,
      headers: {authorization: `Basic ${btoa(`${id}:${key}`)}`},
      ...(body !== undefined && {body: typeof body === 'string' ? body : JSON.stringify(body)}),
    });
    const text = await response.text();
    return {status: response.status, headers: response.headers, text, body: JSON.parse(text) as Answer};
  }

  /** The id of a new room. */
  async room(settings: Json = {}): Promise<string> {
    const {body} = await this.call('POST', '/rooms', {...ROOM, settings});
    return (body.room as {room_id: string}).room_id;
  }

  ask(room: string, body: Json = {}): Promise<Reply> {
    return this.call('POST', `/rooms/${room}/tokens`, {name: 'Ann', role: 'participant', user_ref: 'u1', ...body});
  }

  async token(room: string, body: Json = {}): Promise<string> {
    return (await this.ask(room, body)).body.token as string;
  }

  /** Connects and sends nothing yet. */
  async connect(options = {}): Promise<Client> {
    const socket = new WebSocket(`ws://${this.host}/video/v2/session`, options);
    const client = new Client(socket);
    await once(socket, 'open');
    return client;
  }

  /** Connects and joins with a token. The answer is the client's next message. */
  async use(token: string): Promise<Client> {
    const client = await this.connect();
    client.send({type: 'join', token});
    return client;
  }

  /** Connects with a new token, and waits until it is in. */
  async enter(room: string, body: Json = {}): Promise<Inside> {
    return inside(await this.use(await this.token(room, body)), 'joined');
  }

  /** Connects with a new token to a room with `knock`, and waits to be admitted. */
  async knock(room: string, body: Json = {}): Promise<Inside> {
    return inside(await this.use(await this.token(room, body)), 'waiting');
  }

  /** Connects and resumes with the secret of a broken connection. The answer is the client's next message. */
  async resume(secret: string): Promise<Client> {
    const client = await this.connect();
    client.send({type: 'resume', secret});
    return client;
  }

  /** Resumes with that secret, and waits until it is in, or waiting, again. */
  async back(secret: string, type: 'joined' | 'waiting' = 'joined'): Promise<Inside> {
    return inside(await this.resume(secret), type);
  }

  /** The first message to a connection with this token: `joined`, or `refused` and why. */
  async outcome(token: string): Promise<Json> {
    return (await this.use(token)).next();
  }
}

export interface Joined {
  type: string;
  you: Json & {id: string; permissions: Json};
  users: Json[];
  total: number;
  room: Json;
  waiting?: Json[];
  resume: string;
}

/** A database that `close` leaves open. */
export const lent = (database: Database): Database => ({
  shared: database.shared,
  vital: database.vital,
  now: () => database.now(),
  check: () => database.check(),
  all: (sql, ...values) => database.all(sql, ...values),
  publish: text => database.publish(text),
  subscribe: (hear, line) => database.subscribe(hear, line),
  transaction: (work, key) => database.transaction(work, key),
  close: async () => {},
});

/** A client with the message that let it in. */
export type Inside = Client & {joined: Joined};

async function inside(client: Client, type: 'joined' | 'waiting'): Promise<Inside> {
  const joined = (await client.next()) as unknown as Joined;
  if (joined.type !== type) throw new Error(`Not let in: ${JSON.stringify(joined)}`);
  return Object.assign(client, {joined});
}

/** The client end of a session. It keeps messages until a test asks for them. */
export class Client {
  readonly closed: Promise<number>;
  #heard: Json[] = [];
  #waiting: ((message: Json) => void)[] = [];

  constructor(readonly socket: WebSocket) {
    this.closed = new Promise(resolve => socket.on('close', resolve));
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Json;
      const first = this.#waiting.shift();
      if (first) first(message);
      else this.#heard.push(message);
    });
  }

  send(message: unknown) {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  next(): Promise<Json> {
    const heard = this.#heard.shift();
    if (heard) return Promise.resolve(heard);
    return new Promise((resolve, reject) => {
      const silence = startTimer(() => reject(new Error('Heard nothing.')), PATIENCE);
      this.#waiting.push(message => {
        stopTimer(silence);
        resolve(message);
      });
    });
  }

  /** The types of the next messages. */
  async types(count: number): Promise<unknown[]> {
    const types: unknown[] = [];
    while (types.length < count) types.push((await this.next()).type);
    return types;
  }

  /** Fails if there are unread messages. */
  async quiet(): Promise<void> {
    this.send('?');
    const {type, ...rest} = await this.next();
    if (type !== 'error') throw new Error(`Not quiet: ${String(type)} ${JSON.stringify(rest)}`);
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

/** Lets one heartbeat of the mocked timers pass, and waits until these clients have answered it. */
export async function beat(...clients: Client[]) {
  const pings = Promise.all(clients.map(({socket}) => once(socket, 'ping')));
  mock.timers.tick(10_000);
  await pings;
  // The platform answers this ping after it has read the pong.
  const pongs = Promise.all(clients.map(({socket}) => once(socket, 'pong')));
  for (const {socket} of clients) socket.ping();
  await pongs;
}

/** Lets heartbeats pass until `so` is true, and returns how many it took. */
export async function beatUntil(so: () => Promise<boolean>, ...clients: Client[]): Promise<number> {
  for (let beats = 0; beats < 100; beats++) {
    if (await so()) return beats;
    await beat(...clients);
  }
  throw new Error('It never was so.');
}

/** A visitor as people see them who are not moderators. */
export function seen(peer: Json): Json {
  const {user_ref: _, ...rest} = peer;
  return rest;
}

export const usersOf = async (world: World, room: string) => (await world.call('GET', `/rooms/${room}/users`)).body;

export const isActive = async (world: World, room: string) =>
  ((await world.call('GET', `/rooms/${room}`)).body.room as Json).isRoomActive;

/** Some tests set the time of timers. */
const realTimeout = setTimeout;

/** Asks again until `so` is true. */
export async function until(so: () => Promise<boolean>) {
  const deadline = performance.now() + PATIENCE;
  while (!(await so())) {
    if (performance.now() > deadline) throw new Error('It never was so.');
    await new Promise(resolve => realTimeout(resolve, 5));
  }
}
