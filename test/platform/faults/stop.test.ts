import assert from 'node:assert/strict';
import {test} from 'node:test';
import {WebSocket} from 'ws';
import {APP, deploying, joined, makeRoom, said, type Running} from '../../helpers/platform/command.js';
import {needsPostgres} from '../../helpers/platform/place.js';
import {command} from '../../helpers/proxy/command.js';

test('after SIGTERM says so at /healthz, works on for the drain time, then closes with a code to resume', async t => {
  const platform = await (await deploying(t))(['--drain', '2']);
  const room = await makeRoom(platform, {participants: 2});
  const [ann] = await joined(platform, room, 'participant');
  platform.child.kill('SIGTERM');
  let health = await platform.call('GET', '/healthz');
  while (health.status === 200) health = await platform.call('GET', '/healthz');
  assert.deepEqual(health, {status: 503, body: {status: 'stopping'}});
  assert.deepEqual(await platform.call('GET', '/livez'), {status: 200, body: {status: 'ok'}});
  const [bob, told] = await joined(platform, room, 'participant');
  assert.equal(told.type, 'joined');
  assert.deepEqual(await Promise.all([ann.closed, bob.closed]), [1012, 1012]);
  assert.equal(await platform.ended, 0);
});

for (const [first, second] of [
  ['SIGTERM', 'SIGTERM'],
  ['SIGTERM', 'SIGINT'],
  ['SIGINT', undefined],
] as const) {
  test(`ends the drain time at once after ${first}${second ? ` and ${second}` : ''}`, async t => {
    const platform = await (await deploying(t))(['--drain', '300']);
    platform.child.kill(first);
    if (second) {
      while ((await platform.call('GET', '/healthz')).status === 200);
      platform.child.kill(second);
    }
    assert.equal(await platform.ended, 0);
  });
}

test('refuses a drain time that is no number of seconds from 0 to 300', async t => {
  for (const name of ['platform', 'proxy']) {
    for (const drain of ['301', '-1', 'soon', '', '1e9']) {
      const {ended, told} = command(t, [name, `--drain=${drain}`], APP);
      assert.equal(await ended, 1);
      assert.match(told.err, /^--drain is not a number of seconds from 0 to 300\.\n/, `${name} ${drain}`);
    }
  }
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`a meeting in an ad hoc room goes on at the next process after ${signal}`, async t => {
    const deploy = await deploying(t);
    const before = await deploy();
    const room = await makeRoom(before, {adhoc: true, participants: 2});
    const [mo, told] = await joined(before, room, 'moderator');
    await before.stop(signal);
    await mo.closed;
    const after = await deploy();
    assert.equal((await after.call('GET', `/v2/rooms/${room}`)).status, 200);
    const [, back] = await said(after, {type: 'resume', secret: told.resume});
    assert.deepEqual([back.type, back.you], ['joined', told.you]);
  });
}

test('a deploy of two processes one after the other ends no meeting', needsPostgres, async t => {
  const deploy = await deploying(t);
  const old = [await deploy(), await deploy()] as const;
  const room = await makeRoom(old[0], {adhoc: true, participants: 3});
  const people = await Promise.all([0, 1, 0].map(at => joined(old[at as 0 | 1], room, 'participant')));
  const fresh: Running[] = [];
  for (const [index, leaving] of old.entries()) {
    fresh.push(await deploy());
    await leaving.stop();
    for (const [at, [client, {you}]] of people.entries()) {
      if (client.socket.readyState === WebSocket.OPEN) continue;
      const [, told] = people[at]!;
      const back = await said(fresh[index]!, {type: 'resume', secret: told.resume});
      assert.deepEqual([back[1].type, back[1].you], ['joined', you]);
      people[at] = back;
    }
  }
  const {body} = await fresh[1]!.call('GET', `/v2/rooms/${room}/users`);
  assert.equal(body.total, 3);
});
