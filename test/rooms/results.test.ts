import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {en} from '../../src/locales/telling/en.js';
import {
  codeOfResult,
  errorOf,
  invalidValue,
  keyOfResult,
  missingValue,
  RESULTS,
  resultOf,
  RoomsError,
  SETTINGS,
  type RoomsErrorCode,
} from '../../src/rooms/rooms.js';

const CODES = Object.keys(en.failures) as RoomsErrorCode[];

/** The table as the platform's documentation and its logs have it. */
const DOCUMENTED: [result: number, error: string, code: RoomsErrorCode, key?: string][] = [
  [10000, 'Application not found', 'unauthorized'],
  [10002, 'Required Data Missing: name (Room Name)', 'invalid', 'name'],
  [10003, 'Invalid Value: settings.scheduled', 'invalid', 'settings.scheduled'],
  [10004, 'Required Data Missing: settings.scheduled_time', 'invalid', 'settings.scheduled_time'],
  [10005, 'Invalid Date/Time Format: settings.scheduled_time', 'invalid', 'settings.scheduled_time'],
  [10006, 'Illegible Date/Time: settings.scheduled_time', 'invalid', 'settings.scheduled_time'],
  [10007, 'Invalid Value: settings.participants', 'invalid', 'settings.participants'],
  [10008, 'Invalid Value: settings.auto_recording', 'invalid', 'settings.auto_recording'],
  [10009, 'Unrecognized Key of settings', 'invalid', 'settings'],
  [10010, 'Required Data Missing: owner_ref', 'invalid', 'owner_ref'],
  [10011, 'Invalid Value: settings.duration', 'invalid', 'settings.duration'],
  [10012, 'Invalid Value: settings.active_talker', 'invalid', 'settings.active_talker'],
  [10013, 'Invalid Value: settings.wait_moderator', 'invalid', 'settings.wait_moderator'],
  [10014, 'Invalid Value: settings.quality', 'invalid', 'settings.quality'],
  [10016, 'Invalid Value: settings.adhoc', 'invalid', 'settings.adhoc'],
  [10017, 'Illegible Value: settings.adhoc', 'invalid', 'settings.adhoc'],
  [10019, 'Invalid Value: settings.mode', 'invalid', 'settings.mode'],
  [10022, 'Invalid Value: settings.moderators', 'invalid', 'settings.moderators'],
  [10025, 'Illegible value settings.knock', 'invalid', 'settings.knock'],
  [10030, 'Denied Update request on active room', 'room_active'],
  [10101, 'Required Data Missing: name (User Name)', 'invalid', 'name'],
  [10102, 'Required JSON Key Missing: user_ref', 'invalid', 'user_ref'],
  [10103, 'Required JSON Key Missing: role', 'invalid', 'role'],
  [10104, 'Invalid Value: role', 'role_invalid', 'role'],
  [10105, 'Server Busy', 'rate_limited'],
  [10106, 'Illegible Request. Room Type update not allowed', 'not_editable'],
  [10111, 'Token denied. Conference is over', 'over'],
  [10112, 'Token denied. Beyond Permissible Cut-Off Time', 'over'],
  [10113, 'Token denied. Room is not active', 'not_open_yet'],
  [10114, 'Token Denied. Room is full.', 'room_full'],
  [40001, 'Room not found', 'not_found'],
  [40002, 'Token denied. Unauthorized', 'denied'],
  [50000, 'Internal Server Error', 'internal'],
  [50004, 'Failed to delete Room', 'room_active'],
];

describe('the table of results', () => {
  it('has the documented numbers with their texts, codes and keys', () => {
    for (const [result, error, code, key] of DOCUMENTED) {
      const made = errorOf(result);
      assert.deepEqual([made.message, made.code, made.key, resultOf(made)], [error, code, key, result], String(result));
      assert.deepEqual([codeOfResult(result), keyOfResult(result)], [code, key]);
    }
    for (const result of [50001, 50002, 50003, 50005, 50009]) assert.equal(codeOfResult(result), 'internal');
  });

  it('has own numbers only from 19000 to 19999', () => {
    const documented = DOCUMENTED.map(([result]) => result);
    for (const result of Object.keys(RESULTS).map(Number)) {
      const isOwn = result >= 19000 && result <= 19999;
      assert.ok(isOwn || documented.includes(result) || codeOfResult(result) === 'internal', String(result));
    }
  });

  it('gives numbers of call records, and numbers that nobody sends, no meaning', () => {
    for (const result of [10201, 10202, 10203, 10204, 10205, 10210, 10213, 0, 1, -1, NaN, 10007.5, 99999, undefined]) {
      assert.deepEqual([codeOfResult(result), keyOfResult(result)], [undefined, undefined], String(result));
    }
  });

  it('has a number for every code, and it leads back to the code', () => {
    for (const code of CODES) assert.equal(codeOfResult(resultOf(new RoomsError(code, 'It failed.'))), code);
  });

  it('has a number of its own for each setting, so that a reader learns the key', () => {
    for (const name of Object.keys(SETTINGS)) {
      const key = name === 'scheduled_time' ? name : `settings.${name}`;
      const {result} = invalidValue(`settings.${name}`, 'It must fit.');
      assert.equal(keyOfResult(result), `settings.${key.replace('settings.', '')}`);
    }
    assert.equal(missingValue('settings.audiences').result, 19113);
    const {code, message, result, key} = invalidValue('data.a', 'It must fit.');
    assert.deepEqual([code, message, result, key], ['invalid', 'Invalid Value: data.a', 19002, 'data.a']);
  });
});
