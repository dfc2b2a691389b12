import {randomBytes} from 'node:crypto';
import type {TestContext} from 'node:test';
import {Redis} from 'ioredis';
import {durableObjectStore, LimitsObject, type ObjectStorage} from '../../../src/proxy/limits/durable-object.js';
import {memoryStore} from '../../../src/proxy/limits/memory-store.js';
import {redisStore} from '../../../src/proxy/limits/redis.js';
import type {Store} from '../../../src/proxy/limits/store.js';

export const NO_REDIS = process.env.REDIS_URL ? false : 'no REDIS_URL';

/** A connection to the Redis of the tests, closed with the test. */
export async function redis(t: TestContext, url = process.env.REDIS_URL!): Promise<Redis> {
  const client = new Redis(url, {maxRetriesPerRequest: 0, enableOfflineQueue: false, lazyConnect: true});
  client.on('error', () => {});
  t.after(() => client.disconnect());
  await client.connect();
  return client;
}

/** Keys of nobody else's, and gone soon: tests of all files share one Redis. */
export const prefix = () => `test:${randomBytes(6).toString('hex')}:`;

/** Stands in for the storage of a Durable Object, whose own is tested where there is a runtime for it. */
export function objectStorage() {
  const entries = new Map<string, unknown>();
  const storage: ObjectStorage = {
    get: async <T>(key: string) => structuredClone(entries.get(key)) as T | undefined,
    put: async (key, value) => void entries.set(key, structuredClone(value)),
    delete: async keys => keys.filter(key => entries.delete(key)).length,
    list: async <T>({startAfter = '', limit}: {startAfter?: string; limit: number}) => {
      const after = [...entries].filter(([key]) => key > startAfter).sort(([a], [b]) => (a < b ? -1 : 1));
      return new Map(after.slice(0, limit)) as Map<string, T>;
    },
  };
  return {storage, entries};
}

/** Objects behind the gate that a runtime gives each: one request after another. */
export function objects(now?: () => number) {
  const made = new Map<string, {object: LimitsObject; entries: Map<string, unknown>; last: Promise<unknown>}>();
  function at(name: string) {
    if (!made.has(name)) {
      const {storage, entries} = objectStorage();
      made.set(name, {object: new LimitsObject({storage}, now), entries, last: Promise.resolve()});
    }
    return made.get(name)!;
  }
  const namespace = {
    idFromName: (name: string) => name,
    get: (name: string) => ({
      fetch(url: string, init: {method: string; body: string}) {
        const shard = at(name);
        const answer = shard.last.then(() => shard.object.fetch(new Request(url, init)));
        shard.last = answer;
        return answer;
      },
    }),
  };
  return {namespace, made};
}

export interface Kind {
  name: string;
  skip: string | false;
  /** One store as each of several nodes sees it. */
  nodes: (t: TestContext, count: number) => Promise<Store[]>;
}

/** Every store there is, as so many nodes reach it; memory is shared by handing out the one. */
export const STORES: Kind[] = [
  {
    name: 'in memory',
    skip: false,
    nodes: async (_, count) => Array<Store>(count).fill(memoryStore()),
  },
  {
    name: 'in Redis',
    skip: NO_REDIS,
    async nodes(t, count) {
      const options = {prefix: prefix(), deadline: 10_000};
      const clients = await Promise.all(Array.from({length: count}, () => redis(t)));
      return clients.map(client => redisStore(client, options));
    },
  },
  {
    name: 'in Durable Objects',
    skip: false,
    async nodes(_, count) {
      const {namespace} = objects();
      return Array.from({length: count}, () => durableObjectStore(namespace));
    },
  },
  {
    name: 'in Durable Objects of workerd',
    skip: process.env.WORKERD ? false : 'no WORKERD',
    async nodes(t, count) {
      const {isolates, through} = await import('../../runtimes/runtimes.js');
      const {door} = await (await isolates(t))();
      return Array.from({length: count}, () => durableObjectStore(through(door), {deadline: 10_000}));
    },
  },
];
