import {promisify} from 'node:util';
import {brotliDecompress, gunzip, inflate} from 'node:zlib';
import {Pool, type Dispatcher} from 'undici';
import {timedOut, type Exchange} from '../../http/client.js';
import {together} from '../../http/server.js';
import {RoomsError} from '../../rooms/errors.js';
import type {CallOptions} from '../../rooms/rooms.js';
import {capOf, endOf, heed, refuseRedirect, tooLong, unheed} from '../../upstream/upstream.js';

export interface UndiciTransportOptions {
  /** Most connections to the platform; each carries one call at a time. 100 unless told. */
  connections?: number;
  /** How long to connect, and then for headers, and then between two pieces of the body, in ms; 10,000 unless told. */
  timeout?: number;
}

/** Carries calls of `platformRooms` over a pool of connections that stay open. */
export interface UndiciTransport extends Exchange {
  /** Ends the connections when what is under way is answered. */
  close(): Promise<void>;
}

/**
 * The transport for Node: `platformRooms({exchange: undiciTransport(), …})`. Node's own `fetch` does the same at a sixth of
 * the calls per second. One pool for each origin; replies are unpacked here and counted as they are unpacked.
 */
export function undiciTransport({connections = 100, timeout = 10_000}: UndiciTransportOptions = {}): UndiciTransport {
  if (!(Number.isInteger(connections) && connections > 0)) throw wrong('connections', 'a whole number above 0');
  if (!(timeout >= 1 && timeout <= 300_000)) throw wrong('timeout', '1 to 300000 ms');
  const pools = new Map<string, Pool>();
  const soon = together();

  function poolOf({origin}: URL): Pool {
    let pool = pools.get(origin);
    if (!pool) {
      const deadlines = {headersTimeout: timeout, bodyTimeout: timeout, connect: {timeout}};
      pools.set(origin, (pool = new Pool(origin, {connections, pipelining: 1, ...deadlines})));
    }
    return pool;
  }

  const exchange: Exchange = async (url, call, options = call) => {
    const ended = endOf(options);
    if (ended) throw ended;
    const {method, timeout, json} = call;
    const cap = capOf(method, url);
    const sent = {
      path: url.pathname + url.search,
      method: method.toUpperCase() as 'GET',
      headers: headersOf(call.headers, json !== undefined),
      body: json === undefined ? null : JSON.stringify(json),
    };
    const {status, headers, body} = await new Promise<Reply>((resolve, reject) => {
      const gathered = (reply: Reply) => soon(() => resolve(reply));
      poolOf(url).dispatch(sent, gathering({cap, timeout, options}, gathered, reject));
    });
    const packed = headers['content-encoding'];
    const text = textOf(packed === undefined ? body : await unpacked(body, packed, cap));
    return {status, headers: {get: name => first(headers[name])}, text};
  };
  return Object.assign(exchange, {
    close: async () => void (await Promise.all([...pools.values()].map(pool => pool.close()))),
  });
}

const prepared = new WeakMap<object, {plain: string[]; json: string[]}>();

/** Headers as undici takes them at once; those of most calls are the very same. */
function headersOf(headers: Record<string, string>, isJson: boolean): string[] {
  const known = prepared.get(headers) ?? {
    plain: Object.entries({...headers, 'accept-encoding': 'gzip, br'}).flat(),
    json: Object.entries({...headers, 'accept-encoding': 'gzip, br', 'content-type': 'application/json'}).flat(),
  };
  if (Object.isFrozen(headers)) prepared.set(headers, known);
  return isJson ? known.json : known.plain;
}

const first = (value: string | string[] | undefined): string | null =>
  (Array.isArray(value) ? value[0] : value) ?? null;

const wrong = (key: string, wanted: string) => new RoomsError('misconfigured', `${key} must be ${wanted}.`, {key});

interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/**
 * Gathers a reply up to the cap, and ends the call with the signal or when its time is up. A stream for each reply costs
 * as much as the call.
 */
function gathering(
  {cap, timeout, options}: {cap: number; timeout: number; options: CallOptions},
  resolve: (reply: Reply) => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let length = 0;
  let head: Omit<Reply, 'body'>;
  let running: Dispatcher.DispatchController | undefined;
  let failure: Error | undefined;
  const end = () => {
    clearTimeout(timer);
    unheed(options, gone);
  };
  const fail = (error: Error) => {
    end();
    reject(error);
  };
  const stop = (reason: Error) => {
    fail((failure = reason));
    running?.abort(reason);
  };
  const gone = () => stop(endOf(options)!);
  const timer = setTimeout(() => stop(timedOut(timeout)), timeout);
  heed(options, gone);
  return {
    onRequestStart(controller) {
      running = controller;
      if (failure) controller.abort(failure);
    },
    // What is thrown in these two ends the call, and is told as its error.
    onResponseStart(_, status, headers) {
      refuseRedirect(status);
      head = {status, headers};
    },
    onResponseData(_, chunk) {
      length += chunk.length;
      if (length > cap) throw tooLong(cap);
      chunks.push(chunk);
    },
    onResponseEnd() {
      end();
      resolve({
        status: head.status,
        headers: head.headers,
        body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks),
      });
    },
    onResponseError: (_, error) => fail(error),
  };
}

type Unpack = (body: Buffer, options: {maxOutputLength: number}) => Promise<Buffer>;

const UNPACKERS: Record<string, Unpack> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** A body as it was before it was packed, counted while it is unpacked. */
async function unpacked(body: Buffer, encoding: string | string[] | undefined, cap: number): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return body;
  const unpack = UNPACKERS[String(encoding).toLowerCase()];
  if (!unpack) throw new RoomsError('bad_reply', 'The reply is packed in a way nobody asked for.');
  try {
    return await unpack(body, {maxOutputLength: cap});
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLong(cap) : error;
  }
}

/** The text of a body, without a byte order mark. */
function textOf(body: Buffer): string {
  const text = body.toString();
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
