import {is, optional, type, type Infer} from 'superstruct';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import {Finite, Flag, jsonOf, oneOf, Text} from '../rooms/values.js';
import type {EndReason} from './call.js';
import {Anything, listOf} from './shapes.js';
import {contentOf, pauseAfter} from './socket.js';

// The connection to Janus: requests and their answers, events of the VideoRoom, and a session that outlives its socket.

const Publisher = type({
  id: Text,
  display: optional(Text),
  streams: optional(
    listOf(
      type({
        mid: optional(Text),
        type: optional(Text),
        description: optional(Text),
        disabled: optional(Flag),
      }),
    ),
  ),
});
export type Publisher = Infer<typeof Publisher>;
const Attendee = type({id: Text, display: optional(Text)});

/** What the VideoRoom says. */
const Plugin = type({
  videoroom: Text,
  error_code: optional(Finite),
  reason: optional(Text),
  id: optional(Text),
  private_id: optional(Finite),
  publishers: optional(listOf(Publisher)),
  attendees: optional(listOf(Attendee)),
  participants: optional(listOf(type({id: Text, display: optional(Text), publisher: optional(Flag)}))),
  joining: optional(Attendee),
  leaving: optional(Text),
  kicked: optional(Text),
  unpublished: optional(Text),
  /** What a subscriber receives. */
  streams: optional(
    listOf(
      type({
        mid: Text,
        type: optional(Text),
        active: optional(Flag),
        feed_id: optional(Text),
        feed_mid: optional(Text),
        feed_description: optional(Text),
      }),
    ),
  ),
});
export type Plugin = Infer<typeof Plugin>;

const Description = type({type: oneOf('offer', 'answer'), sdp: Text});
export type Description = Infer<typeof Description>;

const Message = type({
  janus: Text,
  transaction: optional(Text),
  sender: optional(Finite),
  data: optional(type({id: Finite})),
  error: optional(type({code: Finite})),
  plugindata: optional(type({data: Anything})),
  jsep: optional(Description),
});
type Message = Infer<typeof Message>;

/** An answer or an event of the VideoRoom. */
export interface Told {
  data: Partial<Plugin>;
  jsep?: Description | undefined;
}

interface Handlers {
  /** The VideoRoom says something by itself. */
  told(handle: number, told: Told): void;
  /** Janus gave up the media of a handle. */
  hungUp(handle: number): void;
  /** The socket broke; the session goes on for a while. */
  broken(): void;
  /** The session is claimed by a new socket. What was said meanwhile is lost. */
  back(): void;
  end(reason: EndReason): void;
}

/** How long Janus may take to answer, in ms. */
const PATIENCE = 10_000;
/** How often the session is kept alive, in ms. */
const KEEP_ALIVE = 10_000;
/** How long it tries to claim the session, in ms. Janus keeps it as long as its `reclaim_session_timeout` says. */
const RECLAIM_WITHIN = 50_000;

/** What an error of Janus or of its VideoRoom means here. */
const CODES: Record<number, RoomsErrorCode> = {
  403: 'denied',
  426: 'not_found',
  432: 'room_full',
  433: 'denied',
  436: 'denied',
};
const refused = (code: number) =>
  new RoomsError(CODES[code] ?? 'platform_down', `Janus refuses the request (error ${code}).`);
const offline = () => new RoomsError('offline', 'The connection to Janus broke.');

interface Waiting {
  resolve: (message: Message) => void;
  reject: (error: RoomsError) => void;
  /** Whether `ack` is the whole answer, as it is for a sign of life. */
  takesAck: boolean;
}

/** A session at Janus. `open` it before anything else. */
export class JanusSession {
  #url: string;
  #requests = 0;
  #pass: string;
  #on: Handlers;
  #done = new AbortController();
  #socket?: WebSocket | undefined;
  #id?: number;
  #waiting = new Map<string, Waiting>();
  #alive?: ReturnType<typeof setInterval>;
  /** When the socket broke, and the tries since. Undefined while it is whole. */
  #broken?: {since: number; tries: number} | undefined;
  #retry?: ReturnType<typeof setTimeout>;

  constructor(url: string, pass: string, on: Handlers) {
    this.#url = url;
    this.#pass = pass;
    this.#on = on;
  }

  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /** Whether work on it that failed can be tried again: it goes on, and its socket is whole. */
  get isWhole(): boolean {
    return !this.isBroken && !this.#done.signal.aborted;
  }

  /** Makes the session. */
  async open(): Promise<void> {
    await this.#connect();
    this.#id = (await this.#request({janus: 'create'})).data?.id;
    const {signal} = this.#done;
    this.#alive = setInterval(() => void this.#keepAlive(), KEEP_ALIVE);
    addEventListener('offline', () => this.#lose(), {signal});
    addEventListener('online', () => this.isBroken && void this.#reclaim(), {signal});
  }

  /** A new handle of the VideoRoom. */
  async attach(): Promise<number> {
    const {data} = await this.#request({janus: 'attach', plugin: 'janus.plugin.videoroom'});
    if (data) return data.id;
    throw new RoomsError('bad_reply', 'Janus attaches no handle.');
  }

  /** Asks the VideoRoom. */
  async ask(handle_id: number, body: object, jsep?: RTCSessionDescriptionInit): Promise<Told> {
    const message = await this.#request({janus: 'message', handle_id, body, ...(jsep && {jsep})});
    return toldBy(message);
  }

  /** Sends what needs no answer. */
  tell(handle_id: number, message: object) {
    this.#send({...message, handle_id, transaction: this.#next});
  }

  /** Ends the session. What came before is sent, too. */
  close() {
    if (this.#done.signal.aborted) return;
    if (this.#id) this.#send({janus: 'destroy', transaction: this.#next});
    this.#finish();
  }

  /** The name of the next request. Janus gives it back with each answer. */
  get #next(): string {
    return String(++this.#requests);
  }

  #finish() {
    this.#done.abort();
    clearInterval(this.#alive);
    clearTimeout(this.#retry);
    this.#hangUp();
  }

  #end(reason: EndReason) {
    if (this.#done.signal.aborted) return;
    this.#finish();
    this.#on.end(reason);
  }

  #connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(this.#url, 'janus-protocol');
      this.#socket = socket;
      const late = setTimeout(() => socket.close(), PATIENCE);
      socket.onopen = () => {
        clearTimeout(late);
        resolve();
      };
      socket.onclose = () => {
        clearTimeout(late);
        reject(new RoomsError('offline', 'Janus cannot be reached.'));
        if (socket === this.#socket) this.#lose();
      };
      socket.onmessage = ({data}) => {
        if (socket === this.#socket) this.#hear(data);
      };
    });
  }

  #send(message: object) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(jsonOf({...message, token: this.#pass, ...(this.#id && {session_id: this.#id})})!);
    return true;
  }

  #request(message: object, takesAck = false): Promise<Message> {
    const transaction = this.#next;
    let timer: ReturnType<typeof setTimeout>;
    return new Promise<Message>((resolve, reject) => {
      const late = () => reject(new RoomsError('timeout', 'Janus does not answer.'));
      timer = setTimeout(late, PATIENCE);
      this.#waiting.set(transaction, {resolve, reject, takesAck});
      if (!this.#send({...message, transaction})) reject(offline());
    }).finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(transaction);
    });
  }

  #hear(text: unknown) {
    const message = contentOf(text);
    if (!is(message, Message)) return;
    const waiting = this.#waiting.get(message.transaction ?? '');
    // It has received a request, and answers later.
    if (message.janus === 'ack' && !waiting?.takesAck) return;
    if (waiting) return this.#answer(waiting, message);
    if (message.janus === 'timeout') return this.#end('lost');
    if (message.sender === undefined) return;
    if (message.janus === 'hangup') return this.#on.hungUp(message.sender);
    if (message.janus === 'event') this.#on.told(message.sender, toldBy(message));
  }

  #answer({resolve, reject}: Waiting, message: Message) {
    const code = message.error?.code ?? toldBy(message).data.error_code;
    if (code === undefined) resolve(message);
    else reject(refused(code));
  }

  async #keepAlive() {
    if (this.isBroken) return;
    const socket = this.#socket;
    // A dead network says nothing, so silence means that the socket broke.
    await this.#request({janus: 'keepalive'}, true).catch(() => socket === this.#socket && this.#lose());
  }

  #hangUp() {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    for (const {reject} of this.#waiting.values()) reject(offline());
  }

  #lose() {
    this.#hangUp();
    if (this.#done.signal.aborted || !this.#id) return;
    if (!this.#broken) {
      this.#broken = {since: Date.now(), tries: 0};
      this.#on.broken();
    }
    if (Date.now() - this.#broken.since > RECLAIM_WITHIN) return this.#end('lost');
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#reclaim(), pauseAfter(this.#broken.tries++));
  }

  async #reclaim() {
    clearTimeout(this.#retry);
    this.#hangUp();
    try {
      await this.#connect();
      await this.#request({janus: 'claim'});
    } catch (error) {
      // Janus answers that it knows the session no more: it was started again, or waited long enough.
      const {code} = error as RoomsError;
      if (code === 'timeout') return this.#lose();
      return code === 'offline' ? undefined : this.#end('lost');
    }
    this.#broken = undefined;
    this.#on.back();
  }
}

function toldBy({plugindata, jsep}: Message): Told {
  const data = plugindata?.data;
  // A newer Janus may say more.
  return {data: is(data, Plugin) ? data : {}, jsep};
}
