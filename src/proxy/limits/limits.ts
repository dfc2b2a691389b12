import type {Log} from '../../upstream/upstream.js';
import {Secret} from '../visitor/visitor.js';
import {idempotency} from './idempotency.js';
import {memoryStore} from './memory-store.js';
import {rateLimit, type Limits} from './rate-limit.js';
import {createSeal} from './seal.js';
import {sharedStore, type Stores} from './shared-store.js';
import type {Store} from './store.js';
import {wrong} from '../wrong.js';

export {durableObjectStore, LimitsObject, type ObjectNamespace} from './durable-object.js';
export {memoryStore} from './memory-store.js';
export {BUDGETS, checkLimits, type Budgets, type Limits} from './rate-limit.js';
export {redisStore, type RedisClient} from './redis.js';
export type {SharedStore} from './shared-store.js';
export type {Claim, Rate, Store} from './store.js';

export interface LimitsOptions {
  limits?: Limits | false;
  store?: Store;
  storeSecret?: string;
  timeout?: number;
  log: Log;
}

/** The limits of one proxy: `count` is its rate limit, `once` its idempotency. Both use the same stores; one may be shared. */
export function createLimits({limits = {}, store, storeSecret, timeout, log}: LimitsOptions) {
  const stores: Stores = {
    local: memoryStore(),
    shared: store && sharedStore(store, log),
    seal: createSeal(storeSecret),
  };
  return {count: rateLimit(limits, stores, log), once: idempotency(stores, {timeout}), shared: stores.shared};
}

/** Throws `misconfigured` if this is not a store, or has no secret to go with it. */
export function checkStore(store: Store | undefined, secret: string | undefined) {
  if (secret !== undefined && !Secret.is(secret)) {
    throw wrong('storeSecret', 'storeSecret must have at least 32 bytes.');
  }
  if (store === undefined) return;
  if (!(['take', 'claim', 'settle', 'release'] as const).every(verb => typeof store?.[verb] === 'function')) {
    throw wrong('store', 'store must be a Store; make one with redisStore(client) or durableObjectStore(namespace).');
  }
  if (secret === undefined) {
    throw wrong('storeSecret', 'A store needs storeSecret, at least 32 bytes and the same on every node.');
  }
}
