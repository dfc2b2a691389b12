import type {IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import {create, literal, refine, string, type, union, unknown, type Infer} from 'superstruct';
import {WebSocketServer, type WebSocket} from 'ws';
import {isShallow} from '../http/app.js';
import {RoomsError} from '../rooms/errors.js';
import type {CheckedDefinition} from '../rooms/rules.js';
import type {Database} from './database.js';
import {useToken, type Entry, type Peer} from './tokens.js';

/** How long a connection may take to say who it is, in ms. */
const JOIN_DEADLINE = 10_000;

/** How often a peer is asked whether it is still there, in ms; three times without an answer and it is gone. */
const HEARTBEAT = 10_000;
const PATIENCE = 3;

/** Why a WebSocket was closed, when its token was refused. */
const REFUSED = 4001;

const Join = type({type: literal('join'), token: string()});
// Deeper than any signal is, and still shallow enough to be written out again without running out of stack.
const Shallow = refine(unknown(), 'at most 64 deep', value => isShallow(value, 64));
const Signal = type({type: literal('signal'), to: string(), data: Shallow});
const ClientMessage = union([Join, Signal]);
type ClientMessage = Infer<typeof ClientMessage>;

/** A room as those inside are told; what it costs and where it is recorded is not theirs to know. */
interface SessionRoom {
  room_id: string;
  name: string;
  settings: CheckedDefinition['settings'];
}

type ServerMessage =
  | {type: 'joined'; you: Peer; users: Peer[]; room: SessionRoom}
  | {type: 'refused'; result: number; error: string}
  | {type: 'user-joined'; user: Peer}
  | {type: 'user-left'; id: string}
  | {type: 'signal'; from: string; data: unknown}
  | {type: 'error'; error: string};

interface Connection {
  socket: WebSocket;
  /** The attempt to join, under way or done; there is one only. */
  joining?: Promise<void>;
  /** What its token opened; absent until it did. */
  entry?: Entry;
  /** Heartbeats since it last answered one. */
  unanswered: number;
  /** When it is closed and its seat free again. */
  gone: Promise<void>;
}

export interface SessionsOptions {
  /** The time in epoch ms. */
  clock: () => number;
  log: (error: unknown) => void;
}

/** Who is connected, over WebSockets: each uses one token, takes one seat, and frees it when it goes. */
export class Sessions {
  #database: Database;
  #clock: () => number;
  #log: (error: unknown) => void;
  #server = new WebSocketServer({noServer: true, clientTracking: false, maxPayload: 64 * 1024});
  #connections = new Set<Connection>();
  #heartbeat = setInterval(() => this.#beat(), HEARTBEAT).unref();

  constructor(database: Database, {clock, log}: SessionsOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
    // Whoever was connected to an earlier process is not connected to this one.
    database.all('delete from connections').catch(log);
  }

  /** Takes over a request to become a WebSocket. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer) {
    this.#server.handleUpgrade(request, socket, head, each => this.#welcome(each));
  }

  /** Ends every session; done when all seats are free. */
  async close() {
    clearInterval(this.#heartbeat);
    this.#server.close();
    const connections = [...this.#connections];
    for (const {socket} of connections) socket.close(1001, 'The platform is closing.');
    const impatience = setTimeout(() => connections.forEach(({socket}) => socket.terminate()), 1000);
    await Promise.all(connections.map(({gone}) => gone));
    clearTimeout(impatience);
  }

  #welcome(socket: WebSocket) {
    const closed = new Promise(resolve => socket.once('close', resolve));
    const connection: Connection = {socket, unanswered: 0, gone: closed.then(() => this.#leave(connection))};
    this.#connections.add(connection);
    const deadline = setTimeout(() => {
      if (!connection.joining) refuse(socket, new RoomsError('timeout', `No join within ${JOIN_DEADLINE / 1000} s.`));
    }, JOIN_DEADLINE);
    socket.on('message', (data: Buffer) => this.#read(connection, data.toString()));
    socket.on('pong', () => (connection.unanswered = 0));
    socket.on('close', () => clearTimeout(deadline));
    socket.on('error', () => {}); // The close that follows says all we need.
  }

  #read(connection: Connection, text: string) {
    try {
      const message = parse(text);
      if (message.type === 'signal') return this.#signal(connection, message.to, message.data);
      if (connection.joining) throw new RoomsError('invalid', 'Joined already, or about to.');
      connection.joining = this.#join(connection, message.token);
    } catch (error) {
      send(connection.socket, {type: 'error', error: this.#tellable(error).message});
    }
  }

  #signal({entry}: Connection, to: string, data: unknown) {
    if (!entry) throw new RoomsError('invalid', 'Join first.');
    const peer = this.#inside(entry.room_id).find(other => other.entry?.peer.id === to);
    if (!peer) throw new RoomsError('invalid', 'Nobody here has this id.');
    send(peer.socket, {type: 'signal', from: entry.peer.id, data});
  }

  async #join(connection: Connection, token: string) {
    const {socket} = connection;
    try {
      const entry = await useToken(this.#database, token, this.#clock());
      const {room_id, definition, peer} = entry;
      const others = this.#inside(room_id);
      connection.entry = entry;
      const {billing_code: _, live_recording: __, ...settings} = definition.settings;
      send(socket, {
        type: 'joined',
        you: peer,
        users: others.flatMap(other => (isListed(other) ? [other.entry!.peer] : [])),
        room: {room_id, name: definition.name, settings},
      });
      if (isListed(connection)) for (const other of others) send(other.socket, {type: 'user-joined', user: peer});
    } catch (error) {
      refuse(socket, this.#tellable(error));
    }
  }

  async #leave(connection: Connection) {
    // A connection that was closed while its token was being used has a seat to give back too.
    await connection.joining;
    const {entry} = connection;
    try {
      if (entry) await this.#database.all('delete from connections where id = ?', entry.peer.id);
    } catch (error) {
      this.#log(error);
    }
    // Told when the seat is free, so that whoever hears it may take it.
    this.#connections.delete(connection);
    if (!entry || !isListed(connection)) return;
    for (const {socket} of this.#inside(entry.room_id)) send(socket, {type: 'user-left', id: entry.peer.id});
  }

  #inside(room_id: string): Connection[] {
    return [...this.#connections].filter(({entry}) => entry?.room_id === room_id);
  }

  /** An error as the one at the other end may see it. */
  #tellable(error: unknown): RoomsError {
    if (error instanceof RoomsError) return error;
    this.#log(error);
    return new RoomsError('internal', 'Something went wrong on our side.');
  }

  #beat() {
    for (const connection of this.#connections) {
      if (connection.unanswered >= PATIENCE) {
        connection.socket.terminate();
      } else {
        connection.unanswered += 1;
        connection.socket.ping();
      }
    }
  }
}

const isListed = ({entry}: Connection) => entry !== undefined && entry.peer.role !== 'audience';

function parse(text: string): ClientMessage {
  try {
    return create(JSON.parse(text), ClientMessage);
  } catch (cause) {
    throw new RoomsError('invalid', 'Send JSON: {type: "join", token} or {type: "signal", to, data}.', {cause});
  }
}

function send(socket: WebSocket, message: ServerMessage) {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}

function refuse(socket: WebSocket, {result, message}: RoomsError) {
  send(socket, {type: 'refused', result, error: message});
  socket.close(REFUSED);
}
