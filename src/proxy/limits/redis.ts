import {bytes} from '../crypto.js';
import type {Claim, Rate, Store} from './store.js';

/** A client for Redis or Valkey, such as `ioredis` or `iovalkey`. */
export interface RedisClient {
  evalsha(sha: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
  /** Closes the connection. With `reconnect` a new one is made, to whatever the address leads to now. */
  disconnect?(reconnect?: boolean): void;
}

export interface RedisStoreOptions {
  /** The start of every key. @default 'greenroom:' */
  prefix?: string | undefined;
  /** How long a call may take, in ms. @default 250 */
  deadline?: number | undefined;
}

// Each method is one script, because Redis runs a script atomically. The time is the server's, so that nodes with
// different clocks count alike. Numbers are written out in full: Redis cuts a result to an integer, Lua to 14 digits. A
// value that is none of ours counts as none, and is overwritten: `pcall` returns a table for a key of another type.

/** The same as `taken` in store.ts. */
const TAKE = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local each, per = ARGV[2] / ARGV[1], tonumber(ARGV[2])
local full = math.min(math.max(now, tonumber(redis.pcall('GET', KEYS[1])) or now), now + per)
local wait = full + each - now - per
if wait > each / 2 then
  if redis.call('PTTL', KEYS[1]) < 0 then redis.call('SET', KEYS[1], string.format('%.3f', full), 'PX', math.ceil(per)) end
  return math.ceil(wait)
end
local left = math.max(math.ceil(full + each - now), 1)
redis.call('SET', KEYS[1], string.format('%.3f', full + each), 'PX', left)
return 0`;

// A slot is one letter, r for running and s for settled, and then its owner or its value.
const CLAIM = `
local slot = redis.pcall('GET', KEYS[1])
local letter = type(slot) == 'string' and string.sub(slot, 1, 1)
if letter == 's' then return {'settled', string.sub(slot, 2)} end
if letter == 'r' and slot ~= 'r' .. ARGV[1] then return {'running', string.sub(slot, 2)} end
if letter ~= 'r' then redis.call('SET', KEYS[1], 'r' .. ARGV[1], 'PX', ARGV[2]) end
return {'claimed'}`;

const SETTLE = `
if redis.pcall('GET', KEYS[1]) ~= 'r' .. ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 's' .. ARGV[2], 'PX', ARGV[3])
return 1`;

const RELEASE = `
if redis.pcall('GET', KEYS[1]) == 'r' .. ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0`;

/**
 * A store in Redis 5 or newer, or Valkey, for any number of nodes. The client is yours: you connect it, close it and
 * handle its errors. All keys expire by themselves.
 *
 * @example
 * const client = new Redis(process.env.REDIS_URL!, {enableOfflineQueue: false}); // from ioredis
 * const proxy = tokenProxy({...options, store: redisStore(client), storeSecret: process.env.STORE_SECRET});
 */
export function redisStore(client: RedisClient, {prefix = 'greenroom:', deadline}: RedisStoreOptions = {}): Store {
  const take = script(client, prefix, TAKE);
  const claim = script(client, prefix, CLAIM);
  const settle = script(client, prefix, SETTLE);
  const release = script(client, prefix, RELEASE);
  return {
    deadline,
    take: async (key, {capacity, per}: Rate) => Number(await take(key, capacity, per)),
    claim: async (key, owner, ttl) => {
      const [state, what] = (await claim(key, owner, Math.ceil(ttl))) as [Claim['state'], string];
      if (state === 'claimed') return {state};
      return state === 'running' ? {state, owner: what} : {state, value: what};
    },
    settle: async (key, owner, value, ttl) => Number(await settle(key, owner, value, Math.ceil(ttl))) === 1,
    release: async (key, owner) => void (await release(key, owner)),
  };
}

/** Errors of a server that is not, or no longer, the one to ask: after a failover the address leads to another. */
const ELSEWHERE = /\b(READONLY|LOADING|MASTERDOWN|CLUSTERDOWN)\b/;

/** Runs a script by its hash, or sends it whole if the server does not know it, such as after a restart. */
function script(client: RedisClient, prefix: string, text: string) {
  let sha: Promise<string> | undefined;
  return async (key: string, ...args: (string | number)[]): Promise<unknown> => {
    const hash = await (sha ??= sha1(text));
    try {
      return await client.evalsha(hash, 1, prefix + key, ...args).catch((error: unknown) => {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return client.eval(text, 1, prefix + key, ...args);
      });
    } catch (error) {
      if (error instanceof Error && ELSEWHERE.test(error.message)) client.disconnect?.(true);
      throw error;
    }
  };
}

async function sha1(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-1', bytes(text)));
  return Array.from(hash, byte => byte.toString(16).padStart(2, '0')).join('');
}
