import type {Readable, Transform} from 'node:stream';
import {createBrotliDecompress, createGunzip, createInflate} from 'node:zlib';
import {Pool} from 'undici';
import type {Exchange} from '../../http/client.js';
import {together} from '../../http/server.js';
import {withDeadline} from '../../rooms/deadline.js';
import {RoomsError} from '../../rooms/errors.js';
import {readText, refuseRedirect, replyLimit} from '../../upstream/upstream.js';

export interface UndiciTransportOptions {
  /** Most connections to the platform. Each carries one call at a time. @default 100 */
  connections?: number;
  /** How long to wait for a connection, then for headers, then for each piece of the body; in ms. @default 10_000 */
  timeout?: number;
}

/** Carries the calls of `platformRooms` over a pool of connections that stay open. */
export interface UndiciTransport extends Exchange {
  /** Closes the connections when the calls under way are answered. */
  close(): Promise<void>;
}

/**
 * The transport for Node. It makes six times as many calls a second as Node's own `fetch`. Each origin has a pool of its
 * own.
 *
 * @throws RoomsError `misconfigured` for an option that is out of range.
 * @example
 * const exchange = undiciTransport({connections: 20});
 * const rooms = platformRooms({endpoint, headers, exchange});
 */
export function undiciTransport({connections = 100, timeout = 10_000}: UndiciTransportOptions = {}): UndiciTransport {
  if (!(Number.isInteger(connections) && connections > 0)) throw misconfigured('connections', 'a whole number above 0');
  if (!(timeout >= 1 && timeout <= 300_000)) throw misconfigured('timeout', '1 to 300000 ms');
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

  const exchange: Exchange = (url, {method, signal, timeout, json, headers}) =>
    withDeadline({timeout, signal}, async signal => {
      const {
        statusCode: status,
        headers: received,
        body,
      } = await poolOf(url).request({
        path: url.pathname + url.search,
        method: method.toUpperCase() as 'GET',
        headers: {
          ...headers,
          'accept-encoding': 'gzip, br',
          ...(json !== undefined && {'content-type': 'application/json'}),
        },
        body: json === undefined ? null : JSON.stringify(json),
        signal,
      });
      // Errors of the body are thrown where it is read.
      body.on('error', () => {});
      try {
        refuseRedirect(status);
        await new Promise<void>(resolve => soon(resolve));
        const text = await unpacked(body, received['content-encoding'], replyLimit(method, url));
        return {status, headers: {get: name => first(received[name])}, text};
      } catch (error) {
        body.destroy();
        throw error;
      }
    });
  return Object.assign(exchange, {
    close: async () => void (await Promise.all([...pools.values()].map(pool => pool.close()))),
  });
}

const first = (value: string | string[] | undefined): string | null =>
  (Array.isArray(value) ? value[0] : value) ?? null;

const misconfigured = (key: string, wanted: string) =>
  new RoomsError('misconfigured', `${key} must be ${wanted}.`, {key});

const UNPACKERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The text of a body, at most `limit` bytes of it after unpacking. */
function unpacked(body: Readable, encoding: string | string[] | undefined, limit: number): Promise<string> {
  if (encoding === undefined || encoding === 'identity') return readText(body, limit);
  const unpack = UNPACKERS[String(encoding).toLowerCase()];
  if (!unpack) throw new RoomsError('bad_reply', 'The reply has a content-encoding that was not requested.');
  const unpacker = unpack();
  body.on('error', error => unpacker.destroy(error));
  return readText(body.pipe(unpacker), limit);
}
