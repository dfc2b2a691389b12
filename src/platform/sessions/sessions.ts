import {randomUUID} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import {WebSocketServer, type WebSocket} from 'ws';
import {RoomsError} from '../../rooms/errors.js';
import {goAway, join, leave, resume, type Held} from './admission.js';
import {command} from './commands.js';
import type {Database} from '../database/database.js';
import {
  CLOSED,
  MAX_MESSAGE,
  parseMessage,
  type ClientMessage,
  type Delivery,
  type Peer,
  type ServerMessage,
} from './messages.js';
import {HEARTBEAT, Process, sweepRoom} from './processes.js';
import {SEAT_KEPT} from './seats.js';
import {newSecret} from '../tokens.js';

/** How long a connection may take to say who it is, and the platform to let it in, in ms. */
const JOIN_DEADLINE = 10_000;
const LATE = 'The platform did not answer in time.';

/** Heartbeats in a row that a peer may leave unanswered; then it was not heard of for 20 to 30 s. */
const PATIENCE = 2;

/** Bytes that may wait to be taken by a peer, and messages of it that may wait to be handled. */
const MAX_BUFFERED = 1024 * 1024;
const MAX_WAITING = 32;

interface Connection {
  /** What tells it from every other. */
  key: string;
  socket: WebSocket;
  /** Whether it has tried to join or resume; it may do so once. */
  tried: boolean;
  /** What its peer may resume with. */
  resume: string;
  /** The room it is in or waits for, and the visit there; absent before and after. */
  held?: Held;
  /** What its peer was told of itself; absent when nothing arrived. */
  you?: Peer;
  state?: 'in' | 'waiting';
  /** Settles what waits for `held`. */
  attach: () => void;
  attached: Promise<void>;
  /** Epoch ms of the last sign of life, and the heartbeats since. */
  heard: number;
  unanswered: number;
  /** Its messages that are not handled yet, and the end of the last of them. */
  waiting: number;
  handled: Promise<void>;
  closed: Promise<void>;
  /** When it is closed and the room knows. */
  gone: Promise<void>;
}

export interface SessionsOptions {
  /** The time in epoch ms. */
  clock: () => number;
  log: (error: unknown) => void;
}

/**
 * The WebSockets of one process. Who is in which room is in the database, and so whatever a peer is told comes through
 * the database, from this process or another.
 */
export class Sessions {
  #database: Database;
  #clock: () => number;
  #log: (error: unknown) => void;
  #server = new WebSocketServer({noServer: true, clientTracking: false, maxPayload: MAX_MESSAGE});
  #process: Process;
  #started: Promise<void>;
  #connections = new Map<string, Connection>();
  /** Who is in or waits for a room over a connection of this process: by room, then by visit. */
  #rooms = new Map<string, Map<string, Connection>>();
  #heartbeat = setInterval(() => this.#beat(), HEARTBEAT).unref();
  #closing = false;
  /** What is under way without anybody waiting for it. */
  #work = new Set<Promise<void>>();

  constructor(database: Database, {clock, log}: SessionsOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
    this.#process = new Process(database, clock);
    // When it fails the next heartbeat makes up for it.
    this.#started = this.#process.start().catch(log);
    database.subscribe(
      text => this.#deliver(JSON.parse(text) as Delivery),
      () => this.#letGo(),
    );
  }

  /** Takes over a request to become a WebSocket. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer) {
    this.#server.handleUpgrade(request, socket, head, each => this.#welcome(each));
  }

  /** Ends the visit of everybody who is connected here; done when their seats are free. */
  async close() {
    this.#closing = true;
    clearInterval(this.#heartbeat);
    this.#server.close();
    const connections = [...this.#connections.values()];
    for (const {socket} of connections) socket.close(1001, 'The platform is closing.');
    const impatience = setTimeout(() => connections.forEach(({socket}) => socket.terminate()), 1000);
    await Promise.all(connections.map(({gone}) => gone));
    clearTimeout(impatience);
    await Promise.all([this.#started, ...this.#work]);
    await this.#process.stop().catch(this.#log);
  }

  #welcome(socket: WebSocket) {
    let attach!: () => void;
    const attached = new Promise<void>(resolve => (attach = resolve));
    const code = new Promise<number>(resolve => socket.once('close', resolve));
    const connection: Connection = {
      key: randomUUID(),
      socket,
      tried: false,
      resume: newSecret(),
      attach,
      attached,
      heard: this.#clock(),
      unanswered: 0,
      waiting: 0,
      handled: Promise.resolve(),
      closed: code.then(() => {}),
      gone: code.then(code => this.#part(connection, code)),
    };
    this.#connections.set(connection.key, connection);
    const deadline = setTimeout(() => {
      if (!connection.tried) refuse(socket, new RoomsError('timeout', `No join within ${JOIN_DEADLINE / 1000} s.`));
    }, JOIN_DEADLINE);
    socket.on('message', (data: Buffer) => this.#take(connection, data.toString()));
    socket.on('pong', () => this.#hear(connection));
    socket.on('close', () => clearTimeout(deadline));
    socket.on('error', () => {}); // The close that follows says all we need.
  }

  #hear(connection: Connection) {
    connection.unanswered = 0;
    connection.heard = this.#clock();
  }

  /** Handles one message after the other, and does not read on while too many wait. */
  #take(connection: Connection, text: string) {
    const {socket} = connection;
    this.#hear(connection);
    connection.waiting += 1;
    if (connection.waiting > MAX_WAITING) socket.pause();
    connection.handled = connection.handled.then(async () => {
      if (socket.readyState === socket.OPEN) await this.#handle(connection, text);
      connection.waiting -= 1;
      if (socket.isPaused && connection.waiting <= MAX_WAITING) socket.resume();
    });
  }

  async #handle(connection: Connection, text: string) {
    try {
      await this.#carryOut(connection, parseMessage(text));
    } catch (error) {
      const {code, message} = this.#tellable(error);
      send(connection.socket, written({type: 'error', code, error: message}));
    }
  }

  async #carryOut(connection: Connection, message: ClientMessage) {
    const {held, socket} = connection;
    switch (message.type) {
      case 'join':
      case 'resume':
        return this.#arrive(connection, message);
      case 'leave':
        if (held) await leave(this.#database, held, this.#clock());
        return socket.close(1000);
      case 'signal':
        return this.#signal(connection, message.to, message.data);
      default:
        return command(this.#database, inside(connection), message, this.#clock());
    }
  }

  async #arrive(connection: Connection, message: ClientMessage & {type: 'join' | 'resume'}) {
    if (connection.tried) throw new RoomsError('invalid', 'Joined already.');
    connection.tried = true;
    const impatience = setTimeout(() => refuse(connection.socket, new RoomsError('timeout', LATE)), JOIN_DEADLINE);
    try {
      await this.#started;
      const arrival = {
        process: this.#process.id,
        socket: connection.key,
        resume: connection.resume,
        now: this.#clock(),
      };
      connection.held =
        message.type === 'join'
          ? await join(this.#database, message.token, arrival)
          : await resume(this.#database, message.secret, arrival);
      // What is handled next finds it inside.
      await Promise.race([connection.attached, connection.closed]);
    } catch (error) {
      refuse(connection.socket, this.#tellable(error));
    } finally {
      clearTimeout(impatience);
    }
  }

  async #signal(connection: Connection, to: string, data: unknown) {
    const {room_id, id} = inside(connection);
    if (connection.you?.role === 'audience') throw new RoomsError('denied', 'Audience only watches.');
    const found = await this.#database.all(
      `select 1 from connections
        where id = ? and room_id = ? and state = 'in' and seat in ('moderators', 'participants')`,
      to,
      room_id,
    );
    if (!found.length) throw new RoomsError('invalid', 'Nobody here has this id.');
    const delivery: Delivery = {room_id, to, message: {type: 'signal', from: id, data}};
    await this.#database.publish(JSON.stringify(delivery));
  }

  /** Hands a message to those it is for, as far as they are connected here. */
  #deliver({room_id, to, socket, whom, except, message, close}: Delivery) {
    if (to !== undefined) {
      const connection = socket === undefined ? this.#rooms.get(room_id)?.get(to) : this.#attach(room_id, to, socket);
      if (connection) this.#give(connection, message, close);
      return;
    }
    const text = written(message);
    for (const connection of this.#rooms.get(room_id)?.values() ?? []) {
      const {state, you, held} = connection;
      if (whom !== 'all' && (state !== 'in' || you?.role === 'audience' || held?.id === except)) continue;
      if (whom === 'moderators' && you?.role !== 'moderator') continue;
      this.#give(connection, message, close, text);
    }
  }

  /** Makes a visit this connection's; whichever had it before is replaced, here or in another process. */
  #attach(room_id: string, id: string, key: string): Connection | undefined {
    const before = this.#rooms.get(room_id)?.get(id);
    if (before && before.key !== key) {
      this.#detach(before);
      before.socket.close(CLOSED.replaced);
    }
    const connection = this.#connections.get(key);
    if (!connection) return undefined;
    connection.held = {room_id, id, socket: key};
    if (!this.#rooms.has(room_id)) this.#rooms.set(room_id, new Map());
    this.#rooms.get(room_id)!.set(id, connection);
    connection.attach();
    return connection;
  }

  #detach(connection: Connection) {
    const {held} = connection;
    if (!held) return;
    connection.held = undefined;
    const inside = this.#rooms.get(held.room_id);
    if (inside?.get(held.id) === connection) inside.delete(held.id);
    if (inside?.size === 0) this.#rooms.delete(held.room_id);
  }

  #give(connection: Connection, message: Delivery['message'], close?: number, text = written(message)) {
    const {socket, resume} = connection;
    if (message.type === 'joined' || message.type === 'waiting') {
      if (socket.readyState === socket.OPEN) {
        connection.state = message.type === 'joined' ? 'in' : 'waiting';
        connection.you = message.you;
      }
      send(socket, written({...message, resume}));
    } else {
      send(socket, text);
    }
    if (close === undefined) return;
    this.#detach(connection);
    socket.close(close);
  }

  /** Tells the room that a connection is closed, with this code; 1006 when nobody closed it. */
  async #part(connection: Connection, code: number) {
    // A connection that was closed while its token was being used has a seat to give back too.
    await connection.handled;
    this.#connections.delete(connection.key);
    const {held} = connection;
    if (!held) return;
    this.#detach(connection);
    const now = this.#clock();
    try {
      // 1005 is a close that gave no code. Who was told nothing has no secret to resume with.
      const forGood = this.#closing || !connection.state || [1000, 1001, 1005].includes(code);
      if (forGood) return await leave(this.#database, held, now);
      await goAway(this.#database, held, connection.heard, now);
      this.#after(connection.heard + SEAT_KEPT - now, () => sweepRoom(this.#database, held.room_id, this.#clock()));
    } catch (error) {
      this.#log(error);
    }
  }

  /** Does something later, unless the process closes before. */
  #after(ms: number, task: () => Promise<void>) {
    // A timer may come a moment early by the clock, and then nothing would be overdue.
    setTimeout(() => {
      if (!this.#closing) this.#begin(task());
    }, ms + 10).unref();
  }

  #begin(task: Promise<void>) {
    const work = task.catch(this.#log).finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  /** An error as the one at the other end may see it. */
  #tellable(error: unknown): RoomsError {
    if (error instanceof RoomsError) return error;
    this.#log(error);
    return new RoomsError('internal', 'Something went wrong on our side.');
  }

  #beat() {
    for (const connection of this.#connections.values()) {
      if (connection.unanswered >= PATIENCE) {
        connection.socket.terminate();
      } else {
        connection.unanswered += 1;
        connection.socket.ping();
      }
    }
    this.#begin(
      this.#process.beat().then(alive => {
        // Otherwise others have freed the seats that are held here.
        if (!alive) this.#letGo();
      }),
    );
  }

  /** Breaks all connections, of which nobody knows any more what they have missed; they resume and begin anew. */
  #letGo() {
    for (const {socket} of this.#connections.values()) socket.terminate();
  }
}

/** Where a connection is in; who is not, or waits to be let in, has nothing to say there. */
function inside({held, state}: Connection): Held {
  if (!held || state !== 'in') throw new RoomsError('invalid', 'Join first.');
  return held;
}

const written = (message: ServerMessage | Delivery['message']) => JSON.stringify(message);

function send(socket: WebSocket, text: string) {
  if (socket.readyState !== socket.OPEN) return;
  socket.send(text);
  // It takes too slowly what it is sent; it may resume, and begins anew.
  if (socket.bufferedAmount > MAX_BUFFERED) socket.terminate();
}

function refuse(socket: WebSocket, {result, message}: RoomsError) {
  send(socket, written({type: 'refused', result, error: message}));
  socket.close(CLOSED.refused);
}
