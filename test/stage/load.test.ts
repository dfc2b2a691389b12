import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {RoomsError} from '../../src/rooms/errors.js';
import {within} from '../../src/stage/load.js';

const never = new Promise<never>(() => {});
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    ({code, message}: RoomsError) => `${code}: ${message}`,
  );

describe('waiting for a vendor’s client', () => {
  it('ends after 20 seconds, with a sentence that names who is silent', async t => {
    t.mock.timers.enable({apis: ['setTimeout']});
    const fault = faultOf(within(never, new AbortController().signal, 'LiveKit'));
    t.mock.timers.tick(20_000);
    t.mock.timers.tick(1);
    assert.equal(await fault, 'timeout: LiveKit does not answer.');
  });

  it('ends at once when the visitor leaves, or has left before', async () => {
    const visit = new AbortController();
    const fault = faultOf(within(never, visit.signal, 'LiveKit'));
    visit.abort();
    assert.equal(await fault, 'aborted: You left before you were in.');
    const late = Promise.reject(new Error('It is refused, and nobody waits for it.'));
    assert.equal(await faultOf(within(late, visit.signal, 'LiveKit')), 'aborted: You left before you were in.');
  });

  it('gives the result, or the error, of the client itself', async () => {
    const {signal} = new AbortController();
    assert.equal(await within(Promise.resolve(7), signal, 'LiveKit'), 7);
    await assert.rejects(within(Promise.reject(new Error('Refused')), signal, 'LiveKit'), /^Error: Refused$/);
  });
});
