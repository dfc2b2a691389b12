import {randomUUID} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import {setTimeout as pause} from 'node:timers/promises';
import type {WebSocket} from 'ws';
import {withoutPrefix} from '../../http/network.js';
import {RoomsError} from '../../rooms/errors.js';
import type {Admitted} from './admission.js';
import {Budget} from './budget.js';
import {CLOSED, MAX_HELLO, refused, type Delivery, type Peer, type ServerMessage} from './messages.js';
import {newSecret} from './tokens.js';

/** How many heartbeats in a row may stay unanswered. A silent client is cut off after 20 to 30 s. */
const MAX_UNANSWERED = 2;

/** How long a client that the platform disconnects may take to close its side, in ms. */
const END_DEADLINE = 2000;

/** From so many bytes on that wait for a client, it reads too slowly. */
const SLOW = 1024 * 1024;

/** How long a client may read too slowly, in ms. Then it is cut off. It may resume. */
const SLOW_DEADLINE = 10_000;

/** Most bytes that may wait for a client. */
const MAX_BUFFERED = 8 * 1024 * 1024;

/** Signals for a client are refused while so many bytes wait for it: their senders must not cost it its connection. */
const MAX_SIGNALS_BUFFERED = 256 * 1024;

/** What a client may send. Above that it is slowed down. */
const SENT = {messages: {burst: 500, perSecond: 100}, bytes: {burst: 4 * 1024 * 1024, perSecond: 1024 * 1024}};

/** The signals that a client may get from all others together. Above that they are refused. */
const RECEIVED = {messages: {burst: 2000, perSecond: 500}, bytes: {burst: 8 * 1024 * 1024, perSecond: 2 * 1024 * 1024}};

/** Messages of one client that may wait to be handled before the platform stops reading. */
const MAX_WAITING = 32;

interface Owner {
  /** The address at the other end, and what the client calls itself. */
  caller: {ip: string; agent: string};
  clock: () => number;
  /** Handles one message; the next waits until this is done. Never rejects. */
  handle: (connection: Connection, text: string) => Promise<void>;
  /** Called when the socket has closed. Never rejects. */
  part: (connection: Connection) => Promise<void>;
}

/** One WebSocket, and what the platform knows about the visitor at the other end. */
export class Connection {
  /** Identifies the connection in all processes. */
  readonly key = randomUUID();
  readonly socket: WebSocket;
  /** The secret with which the visitor may resume. */
  readonly resume = newSecret();
  /** Whether the client has sent `join` or `resume`, which it may do once. */
  tried = false;
  /** The token or the secret that the client has used. */
  used: {token?: string; secret?: string} = {};
  /** Whether the database failed while it let the client in, so that nobody knows whether it did. */
  unsure = false;
  /** Whether the client has sent `leave`. Any other end of the connection is an interruption. */
  left = false;
  /** The visit that this connection holds. Absent before it is let in and after it has lost the visit. */
  admitted?: Admitted;
  /** The visitor as last told to the client. Absent until then. */
  you?: Peer;
  state?: 'in' | 'waiting';
  /** Time of the last sign of life, in epoch ms. */
  heard: number;
  /** Resolves when the connection holds its visit. */
  readonly attached: Promise<void>;
  /** Resolves when the socket is closed. */
  readonly closed: Promise<void>;
  /** Resolves when the socket is closed and the room knows. */
  readonly gone: Promise<void>;
  /** Resolves when all messages so far are handled. */
  handled: Promise<void> = Promise.resolve();
  readonly caller: Owner['caller'];
  #owner: Owner;
  #attach!: () => void;
  #waiting = 0;
  #unanswered = 0;
  #ending?: ReturnType<typeof setTimeout>;
  #slow?: ReturnType<typeof setTimeout>;
  #sent = [new Budget(SENT.messages), new Budget(SENT.bytes)] as const;
  #received = [new Budget(RECEIVED.messages), new Budget(RECEIVED.bytes)] as const;

  /** `raw` is the socket below the WebSocket. */
  constructor(socket: WebSocket, raw: Duplex, owner: Owner) {
    this.socket = socket;
    this.#owner = owner;
    this.caller = owner.caller;
    this.heard = owner.clock();
    this.attached = new Promise(resolve => (this.#attach = resolve));
    this.closed = new Promise(resolve => socket.once('close', () => resolve()));
    this.gone = this.closed.then(() => owner.part(this));
    socket.on('message', (data: Buffer) => this.#receive(data.toString()));
    socket.on('pong', () => this.#hear());
    socket.on('error', () => {}); // A close event follows and is handled.
    void this.closed.then(() => [this.#slow, this.#ending].forEach(clearTimeout));
    this.#limitHello(raw);
  }

  /** Whether the socket is open in both directions. */
  get isOpen() {
    return this.socket.readyState === this.socket.OPEN;
  }

  attach(admitted: Admitted) {
    this.admitted = admitted;
    this.#attach();
  }

  /** The visit of somebody who is in; throws for anybody else. */
  inside(): Admitted {
    if (!this.admitted || this.state !== 'in') throw new RoomsError('invalid', 'Join first.');
    return this.admitted;
  }

  /** The visit of a moderator; throws for anybody else. */
  moderating(): Admitted {
    const admitted = this.inside();
    if (this.you?.role !== 'moderator') throw new RoomsError('denied', 'Only a moderator may do this.');
    return admitted;
  }

  /** Delivers a signal, and returns true, unless the client gets too many signals. */
  signal(text: string): boolean {
    const [messages, bytes] = this.#received;
    if (!messages.open || !bytes.open || this.socket.bufferedAmount > MAX_SIGNALS_BUFFERED) return false;
    messages.use(1);
    bytes.use(text.length);
    this.#sendText(text);
    return true;
  }

  send(message: ServerMessage) {
    this.#sendText(JSON.stringify(message));
  }

  /** Sends a message that came through the database. `text` is the message as JSON, if the caller has it already. */
  deliver(message: Delivery['message'], text?: string) {
    if (message.type !== 'joined' && message.type !== 'waiting') {
      return this.#sendText(text ?? JSON.stringify(message));
    }
    if (this.isOpen) {
      this.state = message.type === 'joined' ? 'in' : 'waiting';
      this.you = message.you;
    }
    this.send({...message, resume: this.resume});
  }

  /** Closes the connection with this code. If the client does not close its side in time, the connection is broken. */
  end(code: number) {
    this.socket.close(code);
    this.#ending ??= setTimeout(() => this.socket.terminate(), END_DEADLINE).unref();
  }

  /** Tells the client that it is not let in, and closes the connection. */
  refuse(error: RoomsError) {
    this.send(refused(error));
    this.end(CLOSED.refused);
  }

  /** Asks for a sign of life, and cuts off a client that gave none for too long. */
  beat() {
    if (this.#unanswered >= MAX_UNANSWERED) return this.socket.terminate();
    this.#unanswered += 1;
    this.socket.ping();
  }

  #hear() {
    this.#unanswered = 0;
    this.heard = this.#owner.clock();
  }

  /** Handles one message after the other, and stops reading while too many wait. */
  #receive(text: string) {
    const {socket} = this;
    this.#hear();
    this.#waiting += 1;
    if (this.#waiting > MAX_WAITING) socket.pause();
    this.handled = this.handled.then(async () => {
      await this.#pay(text);
      await this.#owner.handle(this, text);
      this.#waiting -= 1;
      if (socket.isPaused && this.#waiting <= MAX_WAITING) socket.resume();
    });
  }

  /** Waits until the client may send this message. */
  async #pay(text: string) {
    const [messages, bytes] = this.#sent;
    const wait = Math.max(messages.use(1), bytes.use(text.length));
    if (wait > 0) await Promise.race([pause(wait, undefined, {ref: false}), this.closed]);
  }

  /** Bounds all that arrives before the client is let in: messages, fragments of them and pings. */
  #limitHello(raw: Duplex) {
    let bytes = 0;
    const count = (data: Buffer) => {
      bytes += data.length;
      if (bytes > MAX_HELLO) this.end(CLOSED.tooLarge);
    };
    raw.on('data', count);
    void this.attached.then(() => raw.off('data', count));
  }

  #sendText(text: string) {
    const {socket} = this;
    if (!this.isOpen) return;
    socket.send(text);
    if (socket.bufferedAmount > MAX_BUFFERED) return socket.terminate();
    if (socket.bufferedAmount < SLOW || this.#slow) return;
    this.#slow = setTimeout(() => {
      this.#slow = undefined;
      if (socket.bufferedAmount >= SLOW) socket.terminate();
    }, SLOW_DEADLINE).unref();
  }
}

/** Who a request is from, for the records. */
export const callerOf = ({socket: {remoteAddress = ''}, headers}: IncomingMessage) => ({
  ip: withoutPrefix(remoteAddress),
  agent: (headers['user-agent'] ?? '').slice(0, 512),
});
