import type {IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import {WebSocketServer, type WebSocket} from 'ws';
import {networkOf} from '../../http/network.js';
import {RoomsError} from '../../rooms/errors.js';
import {errorOf} from '../../rooms/results.js';
import {Unavailable, type Database} from '../database/database.js';
import {join, resume} from './admission.js';
import {command} from './commands.js';
import {callerOf, Connection} from './connection.js';
import {Departures} from './departures.js';
import {isListedIn, SEAT_KEPT} from './live-room.js';
import {Mender} from './mender.js';
import {CLOSED, MAX_MESSAGE, parseMessage, type ClientMessage, type Delivery, type ServerMessage} from './messages.js';
import {HEARTBEAT, Process, sweepRoom} from './processes.js';
import {Pulse, type Health} from './pulse.js';
import {eraseRecords} from './records.js';
import {tokenId} from './tokens.js';
import {withoutReference} from './views.js';

export {ACTIVE, isActive, lifetime, lockRoom, removeRoom, usersIn, type LiveRoom} from './live-room.js';
export type {Health, Need} from './pulse.js';
export {recordsOf} from './records.js';
export {checkBarred} from './bars.js';
export {checkSeat} from './seats.js';
export {readDefinition, tryDefinition} from './stored.js';
export {issueToken, newSecret, type TokenFormat} from './tokens.js';

/** How long a client may take to send `join` or `resume`, and then the platform to let it in, in ms. */
const JOIN_DEADLINE = 10_000;

/** Most fragments of a message. Clients have no need of any. */
const MAX_FRAGMENTS = 64;

/** How long closing waits for clients to close their side, in ms. */
const CLOSE_DEADLINE = 1000;

interface SessionsOptions {
  /** The time in epoch ms. */
  clock: () => number;
  log: (error: unknown) => void;
  /** Whether all visitors come from the address of a balancer. Then nothing is counted by address. @default false */
  sharedAddresses?: boolean | undefined;
  /** How often this process shows that it is alive, and repairs what faults have left, in ms. @default 10_000 */
  beat?: number | undefined;
  /** How long records say who was connected, in ms. */
  keepRecords: number;
}

/**
 * The WebSockets of one process. The database holds who is in which room, so every message to a visitor goes through the
 * database, whichever process holds the connection.
 */
export class Sessions {
  #database: Database;
  #clock: () => number;
  #log: (error: unknown) => void;
  #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE,
    maxFragments: MAX_FRAGMENTS,
  });
  #shared: boolean;
  #process: Process;
  #pulse: Pulse;
  #departures: Departures;
  #mender: Mender;
  #started: Promise<void>;
  #connections = new Map<string, Connection>();
  /** The connections of this process that hold a visit: by room, then by visit. */
  #rooms = new Map<string, Map<string, Connection>>();
  /** The connections that held a visit at the last beat, of which the database then knew nothing. */
  #doubtful = new Set<Connection>();
  #heartbeat: ReturnType<typeof setInterval>;
  #keepRecords: number;
  #closing = false;
  /** Tasks in the background, which `close` waits for. */
  #tasks = new Set<Promise<void>>();

  constructor(
    database: Database,
    {clock, log, beat = HEARTBEAT, keepRecords, sharedAddresses = false}: SessionsOptions,
  ) {
    this.#keepRecords = keepRecords;
    this.#shared = sharedAddresses;
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
    this.#process = new Process(database, {clock, log});
    this.#departures = new Departures(database, {clock, log});
    this.#mender = new Mender(database, {
      process: this.#process.id,
      clock,
      log,
      at: key => this.#connections.get(key),
    });
    this.#pulse = new Pulse(database, {
      showLife: () => this.#process.showLife(),
      forgotten: () => this.#breakAll(),
      log,
      beat,
    });
    this.#heartbeat = setInterval(() => this.#beat(), beat).unref();
    // If this fails, the next heartbeat registers the process.
    this.#started = this.#process.start().catch(log);
    database.subscribe(text => this.#hear(text), {
      broken: () => this.#run(this.#pulse.beat()),
      back: () => {
        this.#breakAll();
        this.#run(this.#pulse.beat());
      },
    });
  }

  /** Takes over a request to become a WebSocket. `known` is called when its visitor is let in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, known = () => {}) {
    this.#server.handleUpgrade(request, socket, head, each => this.#welcome(each, {request, raw: socket, known}));
  }

  /** What this process can do, as of its last heartbeat. */
  get health(): Health {
    return this.#pulse.health;
  }

  /**
   * Closes all connections. Their seats are kept as after an interruption, so that clients can resume at another process.
   * Resolves when everybody counts as away.
   */
  async close() {
    this.#closing = true;
    clearInterval(this.#heartbeat);
    this.#server.close();
    const connections = [...this.#connections.values()];
    for (const {socket} of connections) socket.close(CLOSED.restarting, 'The platform is closing.');
    const deadline = setTimeout(() => connections.forEach(({socket}) => socket.terminate()), CLOSE_DEADLINE);
    await Promise.all(connections.map(({gone}) => gone));
    clearTimeout(deadline);
    this.#pulse.stop();
    await Promise.all([this.#started, ...this.#tasks]);
    await this.#process.stop().catch(this.#log);
  }

  #welcome(socket: WebSocket, {request, raw, known}: {request: IncomingMessage; raw: Duplex; known: () => void}) {
    const connection = new Connection(socket, raw, {
      caller: callerOf(request),
      clock: this.#clock,
      handle: (from, text) => this.#handle(from, text),
      part: from => this.#part(from),
    });
    this.#connections.set(connection.key, connection);
    void connection.attached.then(known);
    const deadline = setTimeout(() => {
      if (connection.tried) return;
      connection.refuse(new RoomsError('timeout', `No join within ${JOIN_DEADLINE / 1000} s.`));
    }, JOIN_DEADLINE);
    socket.on('close', () => clearTimeout(deadline));
  }

  async #handle(connection: Connection, text: string) {
    try {
      await this.#carryOut(connection, parseMessage(text));
    } catch (error) {
      const {code, message} = this.#publicError(error);
      connection.send({type: 'error', code, error: message});
    }
  }

  async #carryOut(connection: Connection, message: ClientMessage) {
    const {admitted} = connection;
    // A page that goes away says `leave` and closes in one breath.
    if (!connection.isOpen && message.type !== 'leave') return;
    switch (message.type) {
      case 'join':
      case 'resume':
        return this.#arrive(connection, message);
      case 'leave':
        connection.left = true;
        if (admitted) await this.#depart(connection);
        return connection.end(CLOSED.left);
      case 'ping':
        return connection.send({type: 'pong'});
      case 'signal':
        return this.#signal(connection, message.to, message.data);
      default:
        return command(this.#database, connection.moderating(), message, this.#clock());
    }
  }

  async #arrive(connection: Connection, message: ClientMessage & {type: 'join' | 'resume'}) {
    if (connection.tried) throw new RoomsError('invalid', 'Joined already.');
    connection.tried = true;
    const deadline = setTimeout(
      () => turnAway(connection, message, new RoomsError('timeout', 'The platform did not answer in time.'), true),
      JOIN_DEADLINE,
    );
    void connection.attached.then(() => clearTimeout(deadline));
    try {
      await this.#started;
      connection.used = message;
      const letIn = this.#letIn(connection, message);
      // The database tells only what it has committed. Who was told that they are in needs no answer to the commit.
      void connection.attached.then(() => letIn.catch(this.#log));
      await Promise.race([letIn, connection.attached]);
    } catch (error) {
      connection.unsure = !(error instanceof RoomsError) || error instanceof Unavailable;
      turnAway(connection, message, this.#publicError(error), connection.unsure);
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Resolves when the connection holds its visit, or has closed. Only then its client's next message is handled. */
  async #letIn(connection: Connection, message: ClientMessage & {type: 'join' | 'resume'}) {
    if (message.type === 'resume') {
      // One that holds its visit, but has closed, was told nothing.
      const told = connection.attached.then(() => (connection.state ? undefined : connection.gone));
      await this.#departures.settle(message.secret, Promise.race([told, connection.gone]));
      if (!connection.isOpen) return;
    }
    const arrival = {
      process: this.#process.id,
      socket: connection.key,
      resume: connection.resume,
      ...connection.caller,
      network: this.#shared ? undefined : networkOf(connection.caller.ip),
      now: this.#clock(),
    };
    connection.admitted =
      message.type === 'join'
        ? await join(this.#database, message.token, arrival)
        : await resume(this.#database, message.secret, arrival);
    await Promise.race([connection.attached, connection.closed]);
  }

  async #signal(connection: Connection, to: string, data: unknown) {
    const {room_id, id} = connection.inside();
    if (connection.you?.role === 'audience') throw new RoomsError('denied', 'Audience only watches.');
    if (!(await isListedIn(this.#database, room_id, to))) {
      throw new RoomsError('invalid', 'Nobody with this id is in the room.');
    }
    const delivery: Delivery = {room_id, to, message: {type: 'signal', from: id, data}};
    await this.#database.publish(JSON.stringify(delivery));
  }

  /** What this process does not understand comes from another release, or from another client of the database. */
  #hear(text: string) {
    try {
      const delivery = JSON.parse(text) as Partial<Delivery> | null;
      if (delivery?.room_id && delivery.message) this.#deliver(delivery as Delivery);
    } catch (error) {
      this.#log(error);
    }
  }

  /** Sends a message to its receivers, if they are connected to this process. */
  #deliver({room_id, to, socket, group, except, message, close}: Delivery) {
    if (to !== undefined) {
      const connection = socket === undefined ? this.#rooms.get(room_id)?.get(to) : this.#attach(room_id, to, socket);
      if (connection && message.type === 'signal') this.#pass(room_id, connection, message);
      else if (connection) this.#give(connection, message, close);
      return;
    }
    const text = JSON.stringify(message);
    const withoutRefs = 'user' in message ? JSON.stringify({...message, user: withoutReference(message.user)}) : text;
    for (const connection of this.#rooms.get(room_id)?.values() ?? []) {
      const {state, you, admitted} = connection;
      if (group !== 'all' && (state !== 'in' || you?.role === 'audience' || admitted?.id === except)) continue;
      if (group === 'moderators' && you?.role !== 'moderator') continue;
      this.#give(connection, message, close, you?.role === 'moderator' ? text : withoutRefs);
    }
  }

  /** Passes a signal on. If its receiver gets too many, its sender is told. */
  #pass(room_id: string, receiver: Connection, signal: ServerMessage & {type: 'signal'}) {
    if (receiver.signal(JSON.stringify(signal))) return;
    const error = 'The receiver gets too many signals. Send it again later.';
    const delivery: Delivery = {room_id, to: signal.from, message: {type: 'error', code: 'rate_limited', error}};
    this.#run(this.#database.publish(JSON.stringify(delivery)));
  }

  #give(connection: Connection, message: Delivery['message'], close?: number, text?: string) {
    connection.deliver(message, text);
    if (close === undefined) return;
    this.#detach(connection);
    connection.end(close);
  }

  /** Gives a visit to the connection `key`, if it is here, and closes the connection that held the visit before. */
  #attach(room_id: string, id: string, key: string): Connection | undefined {
    const before = this.#rooms.get(room_id)?.get(id);
    if (before && before.key !== key) {
      this.#detach(before);
      before.end(CLOSED.replaced);
    }
    const connection = this.#connections.get(key);
    if (!connection) return undefined;
    if (!this.#rooms.has(room_id)) this.#rooms.set(room_id, new Map());
    this.#rooms.get(room_id)!.set(id, connection);
    connection.attach({room_id, id, socket: key});
    return connection;
  }

  #detach(connection: Connection) {
    const {admitted} = connection;
    if (!admitted) return;
    connection.admitted = undefined;
    const room = this.#rooms.get(admitted.room_id);
    if (room?.get(admitted.id) === connection) room.delete(admitted.id);
    if (room?.size === 0) this.#rooms.delete(admitted.room_id);
  }

  /** Ends the visit of a connection that has closed, if its client said `leave`, else interrupts it. */
  async #part(connection: Connection) {
    // If the connection closed while its token was being used, the seat is known only after that.
    await connection.handled;
    this.#connections.delete(connection.key);
    if (connection.admitted || connection.unsure) await this.#depart(connection);
  }

  /** Gives up the visit of a connection. */
  async #depart(connection: Connection) {
    const {admitted, key: socket, left, state, used} = connection;
    this.#detach(connection);
    const now = this.#clock();
    // Whom we cut off because we stop was there until now.
    const heard = this.#closing ? now : connection.heard;
    // A client that never heard that it is in has no secret to resume with. It may use its token, or its secret, again.
    const over = left || (!state && used.secret === undefined);
    await this.#departures.write({
      socket,
      room_id: admitted?.room_id,
      over,
      heard,
      ...(!state && {secret: used.secret, token: used.token && tokenId(used.token)}),
    });
    if (over || !admitted) return;
    this.#after(heard + SEAT_KEPT - now, () => sweepRoom(this.#database, admitted.room_id, this.#clock()));
  }

  /** Runs a task after some ms, unless the process closes before. */
  #after(ms: number, task: () => Promise<void>) {
    // Timers may fire a moment early. 10 ms more, so that the seat is really overdue then.
    setTimeout(() => {
      if (!this.#closing) this.#run(task());
    }, ms + 10).unref();
  }

  #run(running: Promise<void>) {
    const task = running.catch(this.#log).finally(() => this.#tasks.delete(task));
    this.#tasks.add(task);
  }

  /** The error that a client may see. */
  #publicError(error: unknown): RoomsError {
    if (!(error instanceof RoomsError)) {
      this.#log(error);
      return errorOf(50000);
    }
    if (error instanceof Unavailable || (error.code === 'internal' && error.cause)) this.#log(error);
    return error;
  }

  #beat() {
    for (const connection of this.#connections.values()) connection.beat();
    this.#run(this.#pulse.beat());
    this.#run(this.#departures.retry());
    this.#run(this.#process.tidy());
    this.#run(this.#reconcile());
    this.#run(this.#mender.mend());
    this.#run(eraseRecords(this.#database, this.#clock() - this.#keepRecords));
  }

  /** Compares the visits that the database has for this process with its open connections, and repairs both ways. */
  async #reconcile() {
    const holding = [...this.#connections.values()].filter(({admitted}) => admitted);
    const stored = new Set(await this.#process.sockets());
    for (const socket of stored) {
      // Somebody is there, or comes or goes at this moment.
      if (this.#connections.has(socket) || this.#departures.has(socket)) continue;
      await this.#departures.write({socket, over: false, heard: this.#clock()});
    }
    const missing = holding.filter(({admitted, key}) => admitted && !stored.has(key));
    // Who was missing twice was not just being taken out.
    for (const connection of missing) if (this.#doubtful.has(connection)) connection.socket.terminate();
    this.#doubtful = new Set(missing);
  }

  /** Breaks all connections, because some may have missed messages or lost their seats. Their clients resume. */
  #breakAll() {
    for (const {socket} of this.#connections.values()) socket.terminate();
  }
}

/** Does not let a connection in. Who could not resume, only because the platform had trouble, may try again. */
function turnAway(connection: Connection, {type}: ClientMessage, error: RoomsError, trouble: boolean) {
  if (type === 'resume' && trouble) connection.end(CLOSED.later);
  else connection.refuse(error);
}
