import {LRUCache} from 'lru-cache';

/** How often something may be done: `capacity` times at once, and as many again in every `per` ms. */
export interface Rate {
  capacity: number;
  per: number;
}

/** What a claim met: nobody before it, somebody who is still at it (and who that is), or what came of it. */
export type Claim = {state: 'claimed'} | {state: 'running'; owner: string} | {state: 'settled'; value: string};

/**
 * What the proxy counts and remembers, in one process or shared by many. Each verb is atomic: of any number of calls at
 * the same moment, on any number of nodes, exactly as many succeed as if they came one after another. Keys are at most
 * 64 characters of A–Z, a–z, 0–9, `-` and `_`, and say nothing of what they stand for. All times are in ms and by the
 * store's own clock. A verb that rejects has told nothing: it may have been carried out or not.
 */
export interface Store {
  /** Takes one from the bucket `key`. 0 when it was taken; else how long until there is one, and nothing was taken. */
  take(key: string, rate: Rate): Promise<number>;
  /** Takes `key` for `owner`, for `ttl` at most, unless another has it or it is settled. Claiming again is no claim more. */
  claim(key: string, owner: string, ttl: number): Promise<Claim>;
  /** Leaves `value` to who claims `key` within `ttl`. False, and nothing is kept, when `owner` no longer has the claim. */
  settle(key: string, owner: string, value: string, ttl: number): Promise<boolean>;
  /** Gives a claim back as if it had never been made; nothing happens when `owner` does not have it. */
  release(key: string, owner: string): Promise<void>;
  /** How long an answer may take until the store counts as down; 250 unless told. */
  readonly deadline?: number;
}

/** A bucket, as the moment when it is full again; in ms. */
export type Bucket = number;

/**
 * The bucket after one was taken, or how long to wait for one. An allowance that trickles back evenly (GCRA) needs one
 * number, lets through `capacity` at once and never more than that in a burst.
 */
export function drawn(bucket: Bucket | undefined, {capacity, per}: Rate, now: number): {bucket: Bucket; wait: number} {
  const each = per / capacity;
  // A clock that was set back must not lock anybody out for longer than an empty bucket does.
  const full = Math.min(Math.max(bucket ?? now, now), now + per);
  const wait = full + each - now - per;
  // Sums of fractions miss the mark by a little: nothing near half a step is meant by that.
  return wait > each / 2 ? {bucket: full, wait: Math.ceil(wait)} : {bucket: full + each, wait: 0};
}

/** A claim as it is kept: `owner` while it runs, `value` once it is settled; gone when `until` has passed, in ms. */
export interface Slot {
  until: number;
  owner?: string;
  value?: string;
}

/** What a claim on a slot meets now; undefined when it is free. */
export function met(slot: Slot | undefined, owner: string, now: number): Claim | undefined {
  if (!slot || slot.until <= now) return undefined;
  if (slot.value !== undefined) return {state: 'settled', value: slot.value};
  return slot.owner === owner ? {state: 'claimed'} : {state: 'running', owner: slot.owner!};
}

/** Whether a slot still belongs to `owner`. */
export const holds = (slot: Slot | undefined, owner: string, now: number) => slot?.owner === owner && slot.until > now;

export interface MemoryStoreOptions {
  /** Most buckets; beyond it the one unused for longest is full again. 100,000 unless told. */
  buckets?: number;
  /** Most claims and settled values; 10,000 unless told. */
  claims?: number;
  /** Most characters of settled values together; 16 Mi unless told. A value of more than a sixteenth is not kept. */
  size?: number;
  /** The clock, in epoch ms. */
  now?: () => number;
}

/** A store in this process: right for one node. It holds no more than it is told to, and no timer. */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  const {buckets: most = 100_000, claims = 10_000, size = 2 ** 24, now = Date.now} = options;
  const buckets = new LRUCache<string, Bucket>({max: most});
  const slots = new LRUCache<string, Slot>({
    max: claims,
    maxSize: size,
    maxEntrySize: size / 16,
    sizeCalculation: ({value = ''}) => value.length + 200,
  });
  return {
    async take(key, rate) {
      const {bucket, wait} = drawn(buckets.peek(key), rate, now());
      if (wait === 0) buckets.set(key, bucket);
      // Who is refused has used it all the same.
      else buckets.get(key);
      return wait;
    },
    async claim(key, owner, ttl) {
      const time = now();
      const found = met(slots.get(key), owner, time);
      if (found) return found;
      slots.set(key, {owner, until: time + ttl});
      return {state: 'claimed'};
    },
    async settle(key, owner, value, ttl) {
      const time = now();
      if (!holds(slots.peek(key), owner, time)) return false;
      slots.set(key, {value, until: time + ttl});
      return slots.has(key);
    },
    async release(key, owner) {
      if (slots.peek(key)?.owner === owner) slots.delete(key);
    },
  };
}
