import {claimOn, isOwner, taken, type Bucket, type Claim, type Slot, type Store} from './store.js';

// Cloudflare's types are described here as far as they are used, so that nobody has to install them.

/** The part of a Durable Object's storage that is used here. */
export interface ObjectStorage {
  get<T>(key: string): Promise<T | undefined>;
  put<T>(key: string, value: T, options?: {allowUnconfirmed?: boolean}): Promise<void>;
  delete(keys: string[]): Promise<number>;
  list<T>(options: {startAfter?: string; limit: number}): Promise<Map<string, T>>;
}

/** A namespace: the binding of `LimitsObject` in the Worker's configuration. */
export interface ObjectNamespace<Id = unknown> {
  idFromName(name: string): Id;
  get(id: Id): {fetch(url: string, init: {method: string; body: string}): Promise<Response>};
}

export interface DurableObjectStoreOptions {
  /** Number of objects that share the keys. It must be the same on every node, and stay the same. @default 32 */
  shards?: number | undefined;
  /** How long a call may take, in ms. The object may be on another continent. @default 2000 */
  deadline?: number | undefined;
}

type Verb = 'take' | 'claim' | 'settle' | 'release';

/**
 * A store in Durable Objects, for Workers. Export `LimitsObject` from the Worker and bind it as `namespace`.
 *
 * @example
 * export {LimitsObject} from 'greenroom/proxy';
 * const proxy = tokenProxy({...options, store: durableObjectStore(env.LIMITS), storeSecret: env.STORE_SECRET});
 */
export function durableObjectStore<Id>(
  namespace: ObjectNamespace<Id>,
  {shards = 32, deadline = 2_000}: DurableObjectStoreOptions = {},
): Store {
  async function ask<T>(verb: Verb, key: string, ...args: unknown[]): Promise<T> {
    const object = namespace.get(namespace.idFromName(`greenroom-${shard(key, shards)}`));
    const body = JSON.stringify([verb, key, ...args]);
    const response = await object.fetch('https://store.greenroom.invalid/', {method: 'POST', body});
    if (!response.ok) throw new Error(`The object answered ${response.status}.`);
    return (await response.json()) as T;
  }
  return {
    deadline,
    take: (key, rate) => ask('take', key, rate),
    claim: (key, owner, ttl) => ask('claim', key, owner, ttl),
    settle: (key, owner, value, ttl) => ask('settle', key, owner, value, ttl),
    release: async (key, owner) => void (await ask('release', key, owner)),
  };
}

/** Spreads the keys evenly over the objects, with the hash FNV-1a. */
function shard(key: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193) >>> 0;
  return hash % shards;
}

/** How many entries are checked for expiry at a time, with each claim and each 16th bucket. */
const SWEPT = 16;

/**
 * One of the objects behind `durableObjectStore`. The runtime delivers no other request while an object waits for its
 * storage, and this one waits for nothing else, so reading and writing is one atomic step. It sets no alarm: expired
 * entries count as gone, and each write deletes a few of them.
 */
export class LimitsObject {
  readonly #storage: ObjectStorage;
  readonly #now: () => number;
  #swept?: string;
  #takes = 0;

  /** `now` is the clock, in epoch ms. The runtime passes its environment in this place, which is ignored. */
  constructor({storage}: {storage: ObjectStorage}, now?: unknown) {
    this.#storage = storage;
    this.#now = typeof now === 'function' ? (now as () => number) : Date.now;
  }

  async fetch(request: Request): Promise<Response> {
    const [verb, ...args] = (await request.json()) as [Verb, ...unknown[]];
    const answer = await (this.#verbs[verb] as (...args: unknown[]) => Promise<unknown>)(...args);
    return Response.json(answer ?? null);
  }

  #verbs: Pick<Store, Verb> = {
    take: async (key, rate) => {
      const at = `b${key}`;
      const {bucket, wait} = taken(await this.#storage.get<Bucket>(at), rate, this.#now());
      // Does not wait for the disk: if the machine dies, the bucket is full again, which does no harm.
      if (wait === 0) void this.#storage.put(at, bucket, {allowUnconfirmed: true});
      if (++this.#takes % SWEPT === 0) await this.#sweep();
      return wait;
    },
    claim: async (key, owner, ttl): Promise<Claim> => {
      const at = `c${key}`;
      const found = claimOn(await this.#storage.get<Slot>(at), owner, this.#now());
      if (found) return found;
      void this.#storage.put<Slot>(at, {owner, until: this.#now() + ttl});
      await this.#sweep();
      return {state: 'claimed'};
    },
    settle: async (key, owner, value, ttl) => {
      const at = `c${key}`;
      if (!isOwner(await this.#storage.get<Slot>(at), owner, this.#now())) return false;
      void this.#storage.put<Slot>(at, {value, until: this.#now() + ttl});
      return true;
    },
    release: async (key, owner) => {
      const at = `c${key}`;
      if ((await this.#storage.get<Slot>(at))?.owner === owner) void this.#storage.delete([at]);
    },
  };

  async #sweep() {
    const entries = await this.#storage.list<Bucket | Slot>({startAfter: this.#swept, limit: SWEPT});
    const now = this.#now();
    const gone = [...entries].filter(([, entry]) => (typeof entry === 'number' ? entry : entry.until) <= now);
    if (gone.length > 0) await this.#storage.delete(gone.map(([key]) => key));
    this.#swept = entries.size < SWEPT ? undefined : [...entries.keys()].at(-1);
  }
}
