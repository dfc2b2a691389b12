import {once} from 'node:events';
import {RoomsError} from '../../rooms/errors.js';

/** How long one attempt to connect may take, in ms. */
const CONNECT = 2_000;
/** How long to wait for an answer before the connection is replaced, in ms. */
const SILENCE = 2_000;

/**
 * Connects to the Redis or Valkey at `address`, for `redisStore`. Commands fail at once while there is no connection,
 * because the proxy can do without the store; the client reconnects by itself. Resolves when it has connected, or has
 * failed to. Rejects with `misconfigured` if the optional package `ioredis` is not installed.
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
    // Otherwise a connection that no longer answers would be kept until the operating system gives it up.
    socketTimeout: SILENCE,
    retryStrategy: times => Math.min(times * 100, 2_000),
  });
  // The store logs when it is down. Without a listener ioredis prints each failed attempt, with the address.
  client.on('error', () => {});
  await once(client, 'ready', {signal: AbortSignal.timeout(CONNECT)}).catch(() => {});
  return client;
}
