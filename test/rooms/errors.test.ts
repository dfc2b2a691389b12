import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {en} from '../../src/locales/joining/en.js';
import {codeOfResult, isCode, RoomsError, statusOf, type RoomsErrorCode} from '../../src/rooms/rooms.js';

const CODES = Object.keys(en.failures) as RoomsErrorCode[];

describe('RoomsError', () => {
  it('has a result that leads back to its code, and a status that is an error', () => {
    for (const code of CODES) {
      const error = new RoomsError(code, 'It failed.');
      assert.equal(codeOfResult(error.result), code);
      assert.ok(statusOf(error) >= 400 && statusOf(error) < 600);
      assert.ok(isCode(code));
    }
  });

  it('reads every number of the API’s table', () => {
    for (const result of [
      10002, 10003, 10004, 10005, 10006, 10007, 10008, 10009, 10101, 10205, 10208, 10209, 10214, 10215,
    ]) {
      assert.equal(codeOfResult(result), 'invalid', String(result));
    }
    assert.equal(codeOfResult(10114), 'room_full');
    assert.equal(codeOfResult(0), undefined);
    assert.equal(codeOfResult(99999), undefined);
    assert.equal(codeOfResult(undefined), undefined);
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
