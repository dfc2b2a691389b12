import {withDeadline} from '../../rooms/deadline.js';
import {RoomsError} from '../../rooms/errors.js';
import type {TokenProxyOptions} from '../options.js';
import {secretsOf, type Secrets} from './seal.js';
import {memoryStore, type Store} from './store.js';
import {neverThrowing, type Log} from '../../upstream/upstream.js';

/** Failures in a row after which a store counts as down. */
const FAILURES = 3;

/** How long a store that is down is left alone before one request tries it again, in ms. */
const PAUSE = 1_000;

/** The store gave no answer; what it was asked may have been done or not. */
export class StoreDown extends Error {}

/** A store that may be down. `ask` rejects with `StoreDown`, within the store's deadline, and at once while it is. */
export interface Shared {
  ask<T>(verb: (store: Store) => Promise<T>): Promise<T>;
}

/** Where a proxy counts and remembers: always here, and among all nodes where there is a store for that. */
export interface Memory {
  here: Store;
  shared?: Shared;
  secrets: Secrets;
}

/** The memory of one proxy. Without `storeSecret` names are hashed with the secret of `userRefs`, else with a random one. */
export function memoryOf({store, storeSecret, userRefs, log}: Omit<TokenProxyOptions, 'rooms' | 'origins'>): Memory {
  const secret = storeSecret ?? (typeof userRefs === 'object' ? userRefs.secret : undefined);
  return {here: memoryStore(), shared: store && sharedStore(store, neverThrowing(log)), secrets: secretsOf(secret)};
}

/** What is told of what cannot be done without the store. */
export const withoutStore = () =>
  new RoomsError('platform_down', 'This cannot be done right now.', {
    status: 503,
    retryAfter: 2,
    desc: 'Try again in a moment.',
  });

/**
 * A store behind a deadline and a breaker: once it is down it costs nobody any time, and when its pause is over a single
 * request finds out whether it is back, while all others still do without. `now` is the clock, in ms.
 */
export function sharedStore(store: Store, log: Log, now: () => number = () => performance.now()): Shared {
  const {deadline = 250} = store;
  let failures = 0;
  let until = 0;
  let probing = false;

  function succeeded(probe: boolean) {
    if (failures >= FAILURES) {
      // An answer to what was asked before it was down says nothing of now.
      if (!probe) return;
      log({level: 'warn', operation: 'store', message: 'The store answers again.'});
    }
    failures = 0;
  }

  function failed() {
    // Not all nodes at the same moment: they lost it at the same moment.
    until = now() + PAUSE * (1 + Math.random() / 4);
    if (++failures !== FAILURES) return;
    const message = 'The store does not answer: who is signed in goes on with budgets of this node, guests must wait.';
    log({level: 'error', code: 'platform_down', operation: 'store', message});
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
