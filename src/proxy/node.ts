import {pipeline, type Readable, type Transform} from 'node:stream';
import {createBrotliDecompress, createGunzip, createInflate} from 'node:zlib';
import {Pool} from 'undici';
import type {Exchange} from '../http/client.js';
import {RoomsError} from '../rooms/errors.js';
import {capOf, refuseRedirect, tooLong} from './transport.js';

export interface UndiciTransportOptions {
  /** Most connections to the platform; each carries one call at a time. 100 unless told. */
  connections?: number;
  /** How long to connect, and then for headers, and then between two pieces of the body, in ms; 10,000 unless told. */
  timeout?: number;
}

/** Carries calls of `httpRooms` over a pool of connections that stay open. */
export interface UndiciTransport extends Exchange {
  /** Ends the connections when what is under way is answered. */
  close(): Promise<void>;
}

/**
 * The transport for Node: `httpRooms({exchange: undiciTransport(), …})`. Node's own `fetch` does the same at a sixth of
 * the calls per second. One pool for each origin; replies are unpacked here and counted as they are unpacked.
 */
export function undiciTransport({connections = 100, timeout = 10_000}: UndiciTransportOptions = {}): UndiciTransport {
  if (!(Number.isInteger(connections) && connections > 0)) throw wrong('connections', 'a whole number above 0');
  if (!(timeout >= 1 && timeout <= 300_000)) throw wrong('timeout', '1 to 300000 ms');
  const pools = new Map<string, Pool>();

  function poolOf({origin}: URL): Pool {
    let pool = pools.get(origin);
    if (!pool) {
      const deadlines = {headersTimeout: timeout, bodyTimeout: timeout, connect: {timeout}};
      pools.set(origin, (pool = new Pool(origin, {connections, pipelining: 1, ...deadlines})));
    }
    return pool;
  }

  const exchange: Exchange = async (url, {method, signal, json, headers}) => {
    const {
      statusCode,
      headers: told,
      body,
    } = await poolOf(url).request({
      path: url.pathname + url.search,
      method: method.toUpperCase() as 'GET',
      signal,
      headers: {...headers, 'accept-encoding': 'gzip, br', ...(json !== undefined && JSON_BODY)},
      body: json === undefined ? null : JSON.stringify(json),
    });
    // What is destroyed fails, and a stream that fails unheard ends the process.
    body.on('error', () => {});
    try {
      refuseRedirect(statusCode);
      const text = await read(unpacked(body, told['content-encoding']), capOf(method, url));
      return {status: statusCode, headers: {get: name => first(told[name])}, text: async () => text};
    } catch (error) {
      body.destroy();
      throw error;
    }
  };
  return Object.assign(exchange, {
    close: async () => void (await Promise.all([...pools.values()].map(pool => pool.close()))),
  });
}

const JSON_BODY = {'content-type': 'application/json'};

const first = (value: string | string[] | undefined): string | null =>
  (Array.isArray(value) ? value[0] : value) ?? null;

const wrong = (key: string, wanted: string) => new RoomsError('misconfigured', `${key} must be ${wanted}.`, {key});

const UNPACKERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

function unpacked(body: Readable, encoding: string | string[] | undefined): Readable {
  if (encoding === undefined || encoding === 'identity') return body;
  const unpacker = UNPACKERS[String(encoding).toLowerCase()];
  if (!unpacker) throw new RoomsError('bad_reply', 'The reply is packed in a way nobody asked for.');
  // Its own listeners tell of errors: the reader below hears of them by the last stream.
  return pipeline(body, unpacker(), () => {});
}

/** The whole text, without a byte order mark; fails at the first byte beyond the cap. */
function read(stream: Readable, cap: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > cap) stream.destroy(tooLong(cap));
    });
    stream.on('end', () => resolve(decoder.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))));
    stream.on('error', reject);
    // Cut short without an error, which only the end would have told.
    stream.on('close', () => reject(new Error('The reply ended early.')));
  });
}

const decoder = new TextDecoder();
