import {is, optional, type, type Infer} from 'superstruct';
import {RoomsError} from '../rooms/errors.js';
import {codeOfResult} from '../rooms/results.js';
import {Role} from '../rooms/schema.js';
import {Finite, Flag, jsonOf, oneOf, Text} from '../rooms/values.js';
import type {EndReason} from './call.js';
import {anyOf, Anything, listOf} from './shapes.js';
import {contentOf, pauseAfter} from './socket.js';

// The connection to a session of the local platform. It resumes by itself when it breaks.

/** A person as the session describes them. */
const Peer = type({
  id: Text,
  name: Text,
  role: Role,
  permissions: type({publish: optional(Flag)}),
  away: optional(Flag),
});
export type Peer = Infer<typeof Peer>;

const about = <T extends string>(...names: [T, ...T[]]) => type({type: oneOf(...names), id: Text});
const Message = anyOf(
  type({
    type: oneOf('joined'),
    you: Peer,
    users: listOf(Peer),
    room: type({settings: type({mode: optional(Text), screen_share: optional(Flag)})}),
    waiting: optional(listOf(Peer)),
    resume: Text,
  }),
  type({type: oneOf('more'), users: listOf(Peer), waiting: listOf(Peer)}),
  type({type: oneOf('waiting'), resume: Text}),
  type({type: oneOf('refused'), result: Finite, error: Text}),
  type({type: oneOf('user-joined', 'user-back', 'user-changed', 'knock'), user: Peer}),
  about('user-left', 'user-away', 'knock-ended'),
  type({type: oneOf('muted'), id: Text, kind: optional(oneOf('audio', 'video')), by: Text}),
  type({type: oneOf('signal'), from: Text, data: Anything}),
  type({type: oneOf('dropped', 'ended')}),
  type({type: oneOf('error'), code: Text, error: Text}),
);
type Received = Infer<typeof Message>;
/** What the session tells while the visit goes on. */
export type Message = Exclude<Received, {type: 'refused' | 'dropped' | 'ended'}>;

/** The first message of a connection. */
type Hello = {type: 'join'; token: string} | {type: 'resume'; secret: string};

interface Handlers {
  /** Handles one message. The next one waits until it is done: a candidate must wait for its description. */
  message(message: Message): void | Promise<void>;
  /** The connection broke, and is being restored. The seat is kept meanwhile. */
  broken(): void;
  /** The visit is over. `error`: it never began, and this is why. */
  end(reason: EndReason, error?: RoomsError): void;
}

/** How long the platform lets a visit resume after a connection broke, in ms. */
const RESUME_WITHIN = 45_000;
/** The longest time for one try to connect, and for one answer, in ms. */
const PATIENCE = 10_000;
/**
 * After how long a silence we ask for a sign of life, in ms. A network may swallow a connection and tell nobody. Who asks
 * now and waits in vain can still resume: the platform keeps a seat for 30 s after it last heard of its holder.
 */
const SILENCE = 10_000;
/** The code of a connection that we close, but not to leave. */
const BROKEN = 4000;
/** The code with which the platform closes a connection whose visit goes on over another one. */
const REPLACED = 4004;
/** `result` of a refusal: no seat is free. */
const ROOM_FULL = 10114;

const lost = () => new RoomsError('offline', 'The session cannot be reached.');

/** One visit to one room, from the token to the end. */
export class Session {
  #url: string;
  #on: Handlers;
  #done = new AbortController();
  /** The present connection. Once `heard` is aborted, its events are ignored. */
  #line?: {socket: WebSocket; heard: AbortController};
  /** The key to resume without a token. Undefined before one was in or knocked. */
  #secret?: string;
  /** When the connection broke, and the tries since. Undefined while it is whole. */
  #broken?: {since: number; tries: number} | undefined;
  #retry?: ReturnType<typeof setTimeout>;
  #work = Promise.resolve();

  constructor(url: string, token: string, on: Handlers) {
    this.#url = url;
    this.#on = on;
    const {signal} = this.#done;
    addEventListener('offline', () => this.#secret && this.#lose(), {signal});
    addEventListener('online', () => this.#broken && this.#resume(), {signal});
    this.#connect({type: 'join', token});
  }

  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /** Returns whether it was sent. */
  send(message: object): boolean {
    const {socket} = this.#line ?? {};
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(jsonOf(message)!);
    return true;
  }

  leave() {
    this.send({type: 'leave'});
    this.#end('left');
  }

  #connect(hello: Hello) {
    const socket = new WebSocket(this.#url);
    const heard = new AbortController();
    this.#line = {socket, heard};
    const {signal} = heard;
    // The token is sent in a message and not in the address, because servers log addresses.
    socket.addEventListener('open', () => this.send(hello), {signal});
    socket.addEventListener('close', ({code}) => this.#closed(code), {signal});
    socket.addEventListener('message', ({data}) => this.#hear(data), {signal});
    let wait = setTimeout(() => this.#lose(), PATIENCE);
    const ask = () => {
      this.send({type: 'ping'});
      wait = setTimeout(() => this.#lose(), PATIENCE);
    };
    signal.addEventListener('abort', () => clearTimeout(wait));
    const alive = () => {
      clearTimeout(wait);
      wait = setTimeout(ask, SILENCE);
    };
    socket.addEventListener('message', alive, {signal});
  }

  #hear(data: unknown) {
    const message = contentOf(data);
    // A newer platform may send more kinds of messages.
    if (!is(message, Message)) return;
    const {signal} = this.#done;
    this.#work = this.#work
      .then(() => (signal.aborted ? undefined : this.#receive(message)))
      .catch((error: unknown) => {
        // Work that was running when one left may fail; that does not matter.
        if (!signal.aborted) console.error(error);
      });
  }

  #receive(message: Received): void | Promise<void> {
    switch (message.type) {
      case 'refused':
        return this.#refused(message.result, message.error);
      case 'dropped':
        return this.#end('removed');
      case 'ended':
        return this.#end('closed');
      case 'joined':
      case 'waiting':
        this.#secret = message.resume;
        this.#broken = undefined;
    }
    return this.#on.message(message);
  }

  #refused(result: number, error: string) {
    const code = codeOfResult(result) ?? 'internal';
    if (!this.#broken) return this.#end('lost', new RoomsError(code, error, {result}));
    // Somebody else took the seat meanwhile. It may become free again.
    if (result === ROOM_FULL) return this.#lose();
    this.#end('lost');
  }

  #closed(code: number) {
    const line = this.#line;
    // With these codes the platform ends a visit on purpose. The message with the reason came before and is being handled.
    if (code < 4001 || code > REPLACED) return this.#lose();
    void this.#work.then(() => line === this.#line && this.#end(code === REPLACED ? 'replaced' : 'lost'));
  }

  /** The connection broke: reconnects soon, then less often, until the seat is gone. */
  #lose() {
    this.#hangUp(BROKEN);
    clearTimeout(this.#retry);
    if (!this.#secret) return this.#end('lost', lost());
    if (!this.#broken) {
      this.#broken = {since: Date.now(), tries: 0};
      this.#on.broken();
    }
    if (Date.now() - this.#broken.since > RESUME_WITHIN) return this.#end('lost');
    this.#retry = setTimeout(() => this.#resume(), pauseAfter(this.#broken.tries++));
  }

  #resume() {
    clearTimeout(this.#retry);
    this.#hangUp(BROKEN);
    this.#connect({type: 'resume', secret: this.#secret!});
  }

  /** Closes the connection. The platform keeps the seat unless `leave` was sent. */
  #hangUp(code?: number) {
    this.#line?.heard.abort();
    this.#line?.socket.close(code);
    this.#line = undefined;
  }

  #end(reason: EndReason, error?: RoomsError) {
    if (this.#done.signal.aborted) return;
    this.#done.abort();
    clearTimeout(this.#retry);
    this.#hangUp();
    this.#on.end(reason, error);
  }
}
