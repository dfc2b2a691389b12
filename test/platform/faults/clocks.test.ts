import assert from 'node:assert/strict';
import {describe, test} from 'node:test';
import {deploying, joined, makeRoom, said} from '../../helpers/platform/command.js';
import {needsPostgres} from '../../helpers/platform/place.js';

/** Node's options for a process whose clock is wrong by some milliseconds. */
const clockOff = (ms: number) => {
  const program = `
    const {now} = Date;
    globalThis.Date = class extends Date {
      constructor(...args) { args.length ? super(...args) : super(now() + ${ms}); }
      static now() { return now() + ${ms}; }
    };`;
  return {NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(program)}`};
};

/** A time as the API writes it: 2020-01-06 16:00:00, in UTC. */
const inMinutes = (minutes: number) =>
  new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');

describe('two processes whose clocks disagree', needsPostgres, () => {
  // A token lives for a minute or more, and a seat is kept for 30 s.
  for (const off of [-600_000, -50_000, 50_000, 600_000]) {
    test(`${off / 1000} s: tokens of either work at both, and who was cut off resumes at the other one`, async t => {
      const deploy = await deploying(t);
      const [right, wrong] = [await deploy(), await deploy([], clockOff(off))];
      const room = await makeRoom(wrong, {participants: 4});
      const inside = [];
      for (const [issuer, entry] of [
        [right, wrong],
        [wrong, right],
      ] as const) {
        const {body} = await issuer.call('POST', `/v2/rooms/${room}/tokens`, {
          name: 'Ann',
          role: 'participant',
          user_ref: 'u',
        });
        const answer = await said(entry, {type: 'join', token: body.token});
        assert.equal(answer[1].type, 'joined', JSON.stringify(answer[1]));
        inside.push([answer, issuer] as const);
      }
      for (const [[client, {you, resume}], other] of inside) {
        client.socket.terminate();
        const [, back] = await said(other, {type: 'resume', secret: resume});
        assert.deepEqual([back.type, back.you], ['joined', you]);
      }
      assert.equal((await right.call('GET', `/v2/rooms/${room}/users`)).body.total, 2);
    });
  }

  test('a scheduled room opens at both at the same moment', async t => {
    const deploy = await deploying(t);
    const [right, wrong] = [await deploy(), await deploy([], clockOff(3_600_000))];
    // It opens 15 minutes before its time: in 5 minutes by the database's clock.
    const scheduled_time = inMinutes(20);
    const room = await makeRoom(right, {scheduled: true, adhoc: false, participants: 2, scheduled_time, duration: 30});
    for (const platform of [right, wrong]) {
      const {body} = await platform.call('POST', `/v2/rooms/${room}/tokens`, {
        name: 'Ann',
        role: 'moderator',
        user_ref: 'u',
      });
      assert.equal(body.result, 10113, JSON.stringify(body));
    }
    const soon = inMinutes(10);
    const open = await makeRoom(wrong, {
      scheduled: true,
      adhoc: false,
      participants: 2,
      scheduled_time: soon,
      duration: 30,
    });
    for (const platform of [right, wrong])
      assert.equal((await joined(platform, open, 'participant'))[1].type, 'joined');
  });
});
