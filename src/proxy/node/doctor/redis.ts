import {redisClient} from '../redis-client.js';
import {bad, good, type Check} from './check.js';

/** Whether Redis answers, accepts the password, and lets the proxy do what it needs. */
export const checkRedis: Check = async ({settings: {redis}}) => {
  if (!redis) return [];
  const connection = await redisClient(redis).catch(() => undefined);
  if (!connection) return [bad('REDIS_URL', 'The package ioredis is not installed.', 'npm install ioredis')];
  const fault = await connection.fault();
  connection.client.disconnect();
  return [fault ? bad('REDIS_URL', fault.sentence, fault.line) : good('REDIS_URL', 'It answers, and takes writes.')];
};
