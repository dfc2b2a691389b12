import type {IncomingMessage, ServerResponse} from 'node:http';
import {getRequestListener} from '@hono/node-server';
import {RESPONSE_ALREADY_SENT} from '@hono/node-server/utils/response';
import {RoomsError} from '../rooms/errors.js';

/** A request on Node, with what `roomsApp` reads it by. */
export interface Received extends Request {
  [READ](limit: number): Promise<Uint8Array | undefined> | undefined;
}

/** Where `roomsApp` looks for a way to a body that is no stream. */
const READ = Symbol.for('greenroom.read');

/** Where a copy of a request finds headers that the runtime copies at once. */
const OWN = Symbol.for('greenroom.headers');

/**
 * What came in as a `Request` that ends with `signal`; undefined when it names no address. One that is written as nearly
 * all are is a whole `Request` only when it is asked for more than its head and its body: to make one costs more than to
 * answer it.
 */
export function requestOf(incoming: IncomingMessage, outgoing: ServerResponse, signal: AbortSignal) {
  const {url = '', headersDistinct: lines} = incoming;
  const host = lines?.host?.length === 1 ? lines.host[0]! : '';
  if (HOST.test(host) && TARGET.test(url) && !DOTS.test(url)) {
    return new Light(`http://${host}${url}`, signal, incoming, outgoing) as unknown as Received;
  }
  const request = wholeOf(incoming, outgoing);
  return (
    request &&
    (Object.defineProperties(request, {
      signal: {value: signal},
      [READ]: {value: (limit: number) => read(incoming, limit)},
    }) as Received)
  );
}

/** What of a body nobody has read is read and forgotten when the request is answered, up to a limit. */
export function forgetRest(request: Request) {
  if (request instanceof Light) request.forgetRest();
}

// What the URL parser would not change.
const HOST = /^[a-z0-9._-]+(?::(?:[1-5]\d{3,4}|[6-9]\d{3}))?$/;
const TARGET = /^\/[!#$&-;=?-[\]_a-z~]*$/;
const DOTS = /\/\.\.?(?:[/?#]|$)/;

/** All of a request, and what goes with it: see to the rest of its body when it is answered. */
function wholeOf(incoming: IncomingMessage, outgoing: ServerResponse): Request | undefined {
  let whole: Request | undefined;
  const take = (request: Request) => {
    whole = request;
    return RESPONSE_ALREADY_SENT;
  };
  // It hands the request over at once, if there is one.
  void getRequestListener(take, {overrideGlobalObjects: false, errorHandler: () => {}})(incoming, outgoing);
  return whole;
}

/** Passes on what `light` does not know itself to what `whole` answers. */
function passOn(light: object, known: object, whole: (self: never) => object) {
  for (const key of Reflect.ownKeys(known)) {
    if (Object.hasOwn(light, key)) continue;
    Object.defineProperty(light, key, {
      get() {
        const all = whole(this as never) as Record<PropertyKey, unknown>;
        const value = all[key];
        return typeof value === 'function' ? (value.bind(all) as unknown) : value;
      },
    });
  }
  Object.setPrototypeOf(light, known);
}

class LightHeaders {
  readonly #incoming: IncomingMessage;
  #whole?: Headers;

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming;
  }

  get(name: string): string | null {
    const values = this.#incoming.headersDistinct[name.toLowerCase()];
    return values ? values.join(', ') : null;
  }

  has(name: string): boolean {
    return this.#incoming.headersDistinct[name.toLowerCase()] !== undefined;
  }

  get [OWN](): Headers {
    return LightHeaders.whole(this);
  }

  static whole(self: LightHeaders): Headers {
    if (self.#whole) return self.#whole;
    const whole = (self.#whole = new Headers());
    const {rawHeaders} = self.#incoming;
    for (let i = 0; i < rawHeaders.length; i += 2) whole.append(rawHeaders[i]!, rawHeaders[i + 1]!);
    return whole;
  }
}
passOn(LightHeaders.prototype, Headers.prototype, (self: LightHeaders) => LightHeaders.whole(self));

class Light {
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  readonly #url: string;
  readonly #signal: AbortSignal;
  #headers?: LightHeaders;
  #whole?: Request;

  constructor(url: string, signal: AbortSignal, incoming: IncomingMessage, outgoing: ServerResponse) {
    this.#url = url;
    this.#signal = signal;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  get method() {
    return this.#incoming.method!;
  }

  get url() {
    return this.#url;
  }

  get signal() {
    return this.#signal;
  }

  get headers() {
    return (this.#headers ??= new LightHeaders(this.#incoming));
  }

  [READ](limit: number) {
    return this.#whole ? undefined : read(this.#incoming, limit);
  }

  forgetRest() {
    if (!this.#incoming.readableEnded && !/^(GET|HEAD)$/.test(this.method)) Light.whole(this);
  }

  static whole(self: Light): Request {
    return (self.#whole ??= wholeOf(self.#incoming, self.#outgoing)!);
  }
}
passOn(Light.prototype, Request.prototype, (self: Light) => Light.whole(self));

/** Reads a body as it comes in, counted whatever its length says; what is too much is left for others to drain. */
function read(incoming: IncomingMessage, limit: number): Promise<Uint8Array | undefined> | undefined {
  // What came in before its sender left, or was begun to be read, is to be had as a stream only.
  if (incoming.destroyed || incoming.readableDidRead) return undefined;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (settle: () => void) => {
      incoming.off('data', take).off('end', done).off('close', fail);
      settle();
    };
    const take = (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= limit) return;
      incoming.pause();
      end(() => resolve(undefined));
    };
    const done = () => end(() => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    const fail = () => end(() => reject(new RoomsError('aborted', 'The request ended early.')));
    incoming.on('data', take).on('end', done).on('close', fail);
  });
}
