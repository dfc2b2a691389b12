import assert from 'node:assert/strict';
import {RoomsError} from '../../../src/rooms/errors.js';

/** The error that some work fails with. */
export async function failure(work: Promise<unknown>): Promise<RoomsError> {
  const error: unknown = await work.then(
    () => assert.fail('It succeeded.'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof RoomsError, String(error));
  return error;
}
