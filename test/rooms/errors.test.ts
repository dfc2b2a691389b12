import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {en} from '../../src/locales/telling/en.js';
import {isCode, RoomsError, statusOf, type RoomsErrorCode} from '../../src/rooms/rooms.js';

const CODES = Object.keys(en.failures) as RoomsErrorCode[];

describe('RoomsError', () => {
  it('has a status that is an error', () => {
    for (const code of CODES) {
      const status = statusOf(new RoomsError(code, 'It failed.'));
      assert.ok(status >= 400 && status < 600);
      assert.ok(isCode(code));
    }
  });

  it('takes no inherited property for a code', () => {
    for (const word of ['constructor', '__proto__', 'toString', '', undefined]) assert.ok(!isCode(word));
  });

  it('keeps its cause, and what it is told beside its code', () => {
    const cause = new Error('why');
    const opensAt = new Date(0);
    const error = new RoomsError('not_open_yet', 'Not yet.', {
      cause,
      opensAt,
      status: 418,
      result: 1,
      key: 'k',
      desc: 'd',
    });
    assert.deepEqual(
      [error.cause, error.opensAt, statusOf(error), error.result, error.key],
      [cause, opensAt, 418, 1, 'k'],
    );
  });
});
