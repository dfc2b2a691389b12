import {withDeadline} from '../../rooms/deadline.js';
import {RoomsError} from '../../rooms/errors.js';
import type {Log} from '../../upstream/upstream.js';
import type {Seal} from './seal.js';
import type {Store} from './store.js';

/** Number of failures in a row after which a store counts as down. */
const FAILURES = 3;

/** Pause before a store that is down is tried again, in ms. One request tries it. */
const PAUSE = 1_000;

/** The store gave no answer. The call may have been carried out or not. */
export class StoreDown extends Error {}

/** A store that may be down. `ask` rejects with `StoreDown` within the store's deadline; while it is down, at once. */
export interface SharedStore {
  ask<T>(verb: (store: Store) => Promise<T>): Promise<T>;
}

/** Where a proxy counts requests and keeps answers. */
export interface Stores {
  /** In this process. */
  local: Store;
  /** Shared by all nodes, if there is one. */
  shared?: SharedStore;
  /** Hides from a store what it keeps. */
  seal: Seal;
}

/** The error for a request that needs the store while it is down. */
export const withoutStore = () =>
  new RoomsError('platform_down', 'This cannot be done right now.', {
    status: 503,
    retryAfter: 2,
    desc: 'Try again in a moment.',
  });

/**
 * Puts a store behind a deadline and a circuit breaker. Once it is down, no request waits for it. After the pause a
 * single request tries whether it is back, while all others go on without it. `now` is the clock, in ms.
 */
export function sharedStore(store: Store, log: Log, now: () => number = () => performance.now()): SharedStore {
  const {deadline = 250} = store;
  let failures = store.down ? FAILURES : 0;
  let until = 0;
  let probing = false;
  if (store.down) sayDown();

  function sayDown() {
    const message = 'The store does not answer. People who have signed in have budgets on each node; guests must wait.';
    log({level: 'error', code: 'platform_down', operation: 'store', message});
  }

  function succeeded(probe: boolean) {
    if (failures >= FAILURES) {
      // An answer to an older call does not mean that the store is back.
      if (!probe) return;
      log({level: 'warn', operation: 'store', message: 'The store answers again.'});
    }
    failures = 0;
  }

  function failed() {
    // A random part, because all nodes lost the store at the same moment and would all return at once.
    until = now() + PAUSE * (1 + Math.random() / 4);
    if (++failures === FAILURES) sayDown();
  }

  return {
    async ask(verb) {
      const probe = failures >= FAILURES;
      if (probe && (probing || now() < until)) throw new StoreDown();
      if (probe) probing = true;
      try {
        const answer = await withDeadline({timeout: deadline}, () => verb(store));
        succeeded(probe);
        return answer;
      } catch (error) {
        failed();
        throw new StoreDown('The store gave no answer.', {cause: error});
      } finally {
        if (probe) probing = false;
      }
    },
  };
}
