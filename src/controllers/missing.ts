import {withDeadline} from '../rooms/deadline.js';

/** How long an element waits for a file that it loads beside what it shows, in ms. */
const PATIENCE = 1000;

/** How long it waits for a file without which it cannot do what a person asked for, in ms. */
const LONGEST = 10_000;

let warned = false;

/** Warns once that a file could not be loaded on demand. The page works without it, in English. */
export function missing(cause: unknown) {
  if (warned) return;
  warned = true;
  console.warn(
    'Greenroom cannot load one of its files. If they are not beside the script, name their folder by data-base.',
    cause,
  );
}

/** Waits until a file has come that is loaded beside what an element shows, but for a second at most. */
export const inTime = (coming: Promise<unknown>): Promise<unknown> =>
  // Being late is no failure here: the element goes on without the file.
  withDeadline({timeout: PATIENCE}, () => coming).catch(() => undefined);

/** Waits for a file without which an element cannot do what a person asked for. Rejects if it has not come in 10 s. */
export const needed = <T>(coming: Promise<T>): Promise<T> => withDeadline({timeout: LONGEST}, () => coming);
