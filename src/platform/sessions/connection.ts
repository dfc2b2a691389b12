import {randomUUID} from 'node:crypto';
import type {WebSocket} from 'ws';
import {RoomsError} from '../../rooms/errors.js';
import type {Admitted} from './admission.js';
import {CLOSED, refused, type Delivery, type Peer, type ServerMessage} from './messages.js';
import {newSecret} from './tokens.js';

/** How many heartbeats in a row may stay unanswered. A silent client is cut off after 20 to 30 s. */
const MAX_UNANSWERED = 2;

/** Most bytes that may wait for a client that reads too slowly. */
const MAX_BUFFERED = 1024 * 1024;

/** Messages of one client that may wait to be handled before the platform stops reading. */
const MAX_WAITING = 32;

interface Owner {
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
  #owner: Owner;
  #attach!: () => void;
  #waiting = 0;
  #unanswered = 0;

  constructor(socket: WebSocket, owner: Owner) {
    this.socket = socket;
    this.#owner = owner;
    this.heard = owner.clock();
    this.attached = new Promise(resolve => (this.#attach = resolve));
    this.closed = new Promise(resolve => socket.once('close', () => resolve()));
    this.gone = this.closed.then(() => owner.part(this));
    socket.on('message', (data: Buffer) => this.#receive(data.toString()));
    socket.on('pong', () => this.#hear());
    socket.on('error', () => {}); // A close event follows and is handled.
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

  /** Tells the client that it is not let in, and closes the connection. */
  refuse(error: RoomsError) {
    this.send(refused(error));
    this.socket.close(CLOSED.refused);
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
      await this.#owner.handle(this, text);
      this.#waiting -= 1;
      if (socket.isPaused && this.#waiting <= MAX_WAITING) socket.resume();
    });
  }

  #sendText(text: string) {
    if (!this.isOpen) return;
    this.socket.send(text);
    // A client that reads too slowly is cut off. It may resume.
    if (this.socket.bufferedAmount > MAX_BUFFERED) this.socket.terminate();
  }
}
