import {once} from 'node:events';
import {RoomsError} from '../../rooms/errors.js';

/** How long one attempt to connect may take, in ms. */
const CONNECT = 2_000;
/** How long a server may be silent that was asked, before the connection is made anew; in ms. */
const SILENCE = 2_000;

/**
 * A client of the Redis or Valkey at `address` for `redisStore`. It fails at once while there is no connection, since
 * who asks would rather do without, and connects again by itself. It is handed over once it is connected, or could not
 * be. Rejects with `misconfigured` when `ioredis` is not installed, which Greenroom only asks of who uses it.
 */
export async function redisClient(address: string) {
  const {Redis} = await import('ioredis').catch((cause: unknown) => {
    const sentence = 'REDIS_URL needs a client for Redis; run `npm install ioredis`.';
    throw new RoomsError('misconfigured', sentence, {key: 'REDIS_URL', cause});
  });
  const client = new Redis(address, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT,
    // A connection that swallows what it is sent would else be kept for as long as the system believes in it.
    socketTimeout: SILENCE,
    retryStrategy: times => Math.min(times * 100, 2_000),
  });
  // The store tells when it is down; without a listener each failed attempt would be printed, address and all.
  client.on('error', () => {});
  await once(client, 'ready', {signal: AbortSignal.timeout(CONNECT)}).catch(() => {});
  return client;
}
