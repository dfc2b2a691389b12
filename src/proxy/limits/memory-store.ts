import {LRUCache} from 'lru-cache';
import {claimOn, isOwner, taken, type Bucket, type Slot, type Store} from './store.js';

export interface MemoryStoreOptions {
  /** Most buckets. Beyond that, the least recently used one is dropped. It starts full again. @default 100000 */
  buckets?: number | undefined;
  /** Most claims and values. @default 10000 */
  claims?: number | undefined;
  /** Most characters of all values together. A value longer than a sixteenth of it is not kept. @default 16777216 */
  size?: number | undefined;
  /** The clock, in epoch ms. @default Date.now */
  now?: (() => number) | undefined;
}

/** A store in this process, for a single node. It has fixed bounds, and no timer. */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  const {buckets: most = 100_000, claims = 10_000, size = 2 ** 24, now = Date.now} = options;
  // `max: most` would reserve room for all of them: 8 ms of each start, also where nobody comes.
  const buckets = new LRUCache<string, Bucket>({maxSize: most, sizeCalculation: () => 1});
  const slots = new LRUCache<string, Slot>({
    max: claims,
    maxSize: size,
    maxEntrySize: size / 16,
    sizeCalculation: ({value = ''}) => value.length + 200,
  });
  return {
    async take(key, rate) {
      const {bucket, wait} = taken(buckets.peek(key), rate, now());
      if (wait === 0) buckets.set(key, bucket);
      // A refusal counts as use, too: the bucket must not be forgotten.
      else buckets.get(key);
      return wait;
    },
    async claim(key, owner, ttl) {
      const time = now();
      const found = claimOn(slots.get(key), owner, time);
      if (found) return found;
      slots.set(key, {owner, until: time + ttl});
      return {state: 'claimed'};
    },
    async settle(key, owner, value, ttl) {
      const time = now();
      if (!isOwner(slots.peek(key), owner, time)) return false;
      slots.set(key, {value, until: time + ttl});
      return slots.has(key);
    },
    async release(key, owner) {
      if (slots.peek(key)?.owner === owner) slots.delete(key);
    },
  };
}
