import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {checkAudience, checkOpen, checkSeats, seatOf, type Role} from '../../src/rooms/rooms.js';

const START = Date.UTC(2030, 0, 7, 16);
const MINUTE = 60_000;
const scheduled = {settings: {scheduled: true, scheduled_time: '2030-01-07 16:00:00', duration: 30}};

describe('who gets a token', () => {
  const TIMES: [minutes: number, isRoomActive: boolean, code: string | undefined][] = [
    [-15.02, false, 'not_open_yet'],
    [-15, false, undefined],
    [29.98, false, undefined],
    [30, false, 'over'],
    [30, true, undefined],
    [10_000, true, undefined],
    [-16, true, 'not_open_yet'],
  ];
  for (const [minutes, isRoomActive, code] of TIMES) {
    it(`${code ?? 'anybody'} at ${minutes} minutes after the start, ${isRoomActive ? 'with' : 'without'} people inside`, () => {
      const check = () => checkOpen({...scheduled, isRoomActive}, START + minutes * MINUTE);
      if (code) assert.throws(check, {code});
      else check();
    });
  }

  it('in a room without a schedule is anybody, at any time', () => {
    for (const settings of [{}, {adhoc: true}, {scheduled: false, duration: 1}]) checkOpen({settings}, START);
  });

  it('sits by role, viewers among the participants', () => {
    const roles: Role[] = ['moderator', 'participant', 'viewer', 'audience'];
    assert.deepEqual(roles.map(seatOf), ['moderators', 'participants', 'participants', 'audiences']);
  });

  it('needs a free seat, also where numbers are text', () => {
    for (const participants of [2, '2']) {
      checkSeats({participants}, 'participant', 1);
      assert.throws(() => checkSeats({participants}, 'viewer', 2), {code: 'room_full', result: 10114});
    }
  });

  it('is no audience where the room has none', () => {
    for (const audiences of [0, '0', undefined]) {
      assert.throws(() => checkAudience({audiences}, 'audience'), {code: 'denied', result: 40002});
    }
    checkAudience({audiences: '5'}, 'audience');
    checkAudience({}, 'viewer');
  });
});
