import {withDeadline} from '../rooms/deadline.js';

/** How long an element waits for a file that it loads beside what it shows, in ms. */
const PATIENCE = 1000;

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
