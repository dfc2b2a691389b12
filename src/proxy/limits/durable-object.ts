import {drawn, holds, met, type Bucket, type Claim, type Slot, type Store} from './store.js';

// Written against the shapes of Cloudflare's types rather than the types themselves, so that nobody has to install them.

/** What is needed of the storage of a Durable Object. */
export interface ObjectStorage {
  get<T>(key: string): Promise<T | undefined>;
  put<T>(key: string, value: T, options?: {allowUnconfirmed?: boolean}): Promise<void>;
  delete(keys: string[]): Promise<number>;
  list<T>(options: {startAfter?: string; limit: number}): Promise<Map<string, T>>;
}

/** What is needed of a namespace: the binding of `LimitsObject` in the Worker's configuration. */
export interface ObjectNamespace<Id = unknown> {
  idFromName(name: string): Id;
  get(id: Id): {fetch(url: string, init: {method: string; body: string}): Promise<Response>};
}

export interface DurableObjectStoreOptions {
  /** Over how many objects the keys are spread; the same on every node, always. 32 unless told. */
  shards?: number;
  /** How long an answer may take, in ms, the way to another continent included; 2,000 unless told. */
  deadline?: number;
}

type Verb = 'take' | 'claim' | 'settle' | 'release';

/** A store in Durable Objects, for Workers. Export `LimitsObject` from the Worker and bind it as `namespace`. */
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

/** FNV-1a: the same object for the same key, and about as many keys on each. */
function shard(key: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193) >>> 0;
  return hash % shards;
}

/** How many entries are looked at for what has expired, with each claim and each 16th bucket. */
const SWEPT = 16;

/**
 * One of the objects behind `durableObjectStore`. While it waits for its storage no other request reaches it, which is
 * what makes read and write one step; it waits for nothing else in between. It sets no alarm: what has expired counts
 * as gone, and is deleted a few entries at a time by whoever writes next.
 */
export class LimitsObject {
  readonly #storage: ObjectStorage;
  readonly #now: () => number;
  #swept?: string;
  #takes = 0;

  /** `now` is the clock, in epoch ms; the runtime hands its environment over in that place, which is of no use here. */
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
      const {bucket, wait} = drawn(await this.#storage.get<Bucket>(at), rate, this.#now());
      // Not worth waiting for the disk: a bucket lost with the machine is a full one.
      if (wait === 0) void this.#storage.put(at, bucket, {allowUnconfirmed: true});
      if (++this.#takes % SWEPT === 0) await this.#sweep();
      return wait;
    },
    claim: async (key, owner, ttl): Promise<Claim> => {
      const at = `c${key}`;
      const found = met(await this.#storage.get<Slot>(at), owner, this.#now());
      if (found) return found;
      void this.#storage.put<Slot>(at, {owner, until: this.#now() + ttl});
      await this.#sweep();
      return {state: 'claimed'};
    },
    settle: async (key, owner, value, ttl) => {
      const at = `c${key}`;
      if (!holds(await this.#storage.get<Slot>(at), owner, this.#now())) return false;
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
