import assert from 'node:assert/strict';
import {setTimeout as pause} from 'node:timers/promises';

/** Waits until something is so, for at most `patience` ms. `what` says it in the failure. */
export async function until(what: string | (() => string), isSo: () => boolean | Promise<boolean>, patience = 30_000) {
  const deadline = Date.now() + patience;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, typeof what === 'string' ? what : what());
    await pause(100);
  }
}
