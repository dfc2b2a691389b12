import {once} from 'node:events';
import {redisClient} from '../redis-client.js';
import {bad, good, networkCode, PATIENCE, type Check} from './check.js';

/** Whether Redis answers, and accepts the password. */
export const checkRedis: Check = async ({settings: {redis}}) => {
  if (!redis) return [];
  const line = 'REDIS_URL=redis://127.0.0.1:6379';
  let client: Awaited<ReturnType<typeof redisClient>>;
  try {
    client = await redisClient(redis);
  } catch {
    return [bad('REDIS_URL', 'The package ioredis is not installed.', 'npm install ioredis')];
  }
  try {
    const reply = await client.ping();
    if (reply === 'PONG') return [good('REDIS_URL', 'It answers.')];
    return [bad('REDIS_URL', 'The answer is not from Redis.', line)];
  } catch {
    // The client tries again and again, with an error event each time. The message may quote the address and a password.
    const [error] = (await once(client, 'error', {signal: AbortSignal.timeout(PATIENCE)}).catch(() => [{}])) as [
      unknown,
    ];
    if (/NOAUTH|WRONGPASS|password/i.test(String((error as Error).message))) {
      const {protocol, host} = new URL(redis);
      return [bad('REDIS_URL', 'It refuses this password.', `REDIS_URL=${protocol}//:the-password@${host}`)];
    }
    return [bad('REDIS_URL', `There is no answer from Redis (${networkCode(error)}).`, line)];
  } finally {
    client.disconnect();
  }
};
