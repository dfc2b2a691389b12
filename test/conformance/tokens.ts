import assert from 'node:assert/strict';
import {test} from 'node:test';
import {codeOfResult} from '../../src/rooms/results.js';
import {
  advance,
  ANN,
  ask,
  call,
  credentials,
  HOUR,
  listRooms,
  makeRoom,
  MINUTE,
  refused,
  setClock,
  startingIn,
  succeeded,
  tokenFor,
  usersOf,
} from './client.js';
import {has, lacks, needs, offered, rolesOf} from './target.js';

const ROLES = rolesOf('moderator', 'participant', 'viewer', 'audience');

test('T1 name, role and user_ref give a token, with and without data', async t => {
  const {room_id} = await makeRoom(t);
  assert.match(await tokenFor(room_id), /\S/);
  assert.match(await tokenFor(room_id, {user_ref: 17, data: {seat: 4, side: 'left'}}), /\S/);
});

test('T2 an unknown room gives no token', async () => {
  for (const room_id of ['0'.repeat(24), 'nowhere', 'x'.repeat(24), '..', '%2e%2e%2frooms', "1' or '1'='1"]) {
    const reply = await ask(encodeURIComponent(room_id));
    assert.notEqual(Number(reply.body.result), 0, room_id);
    assert.ok(!('token' in reply.body), room_id);
  }
  refused(await ask('0'.repeat(24)), 40001);
});

test('T3 an absent, null or empty name is reported before the same fault in role and user_ref', async t => {
  const {room_id} = await makeRoom(t);
  for (const name of [undefined, null, '']) {
    for (const more of [{}, {role: 'king', user_ref: ''}, {role: undefined, user_ref: undefined}]) {
      const reply = await ask(room_id, {name, ...more});
      refused(reply, 10101);
      if (has('strict')) assert.equal(reply.body.desc, '');
    }
  }
});

test('T4 the role is one of four, in lower case', async t => {
  const {room_id} = await makeRoom(t, offered({audiences: 1}));
  for (const role of ROLES) succeeded(await ask(room_id, {role}), 'token');
  for (const role of [undefined, null, '']) refused(await ask(room_id, {role}), 10103);
  for (const role of ['Moderator', 'VIEWER', 'host', ' viewer', ['moderator'], {}, 1, true, 'toString', '__proto__']) {
    refused(await ask(room_id, {role}), 10104);
  }
});

test('T5 a user_ref is required', async t => {
  const {room_id} = await makeRoom(t);
  for (const user_ref of [undefined, null, '']) refused(await ask(room_id, {user_ref}), 10102);
});

test('T7 data may have at most five keys', async t => {
  const {room_id} = await makeRoom(t);
  const five = {a: 1, b: '2', c: null, d: [4], e: {f: 5}};
  for (const data of [{}, five, JSON.stringify(five)]) succeeded(await ask(room_id, {data}), 'token');
  for (const data of [{...five, f: 6}, JSON.stringify({...five, f: 6}), 'text', '[1]', [1], 5, true])
    refused(await ask(room_id, {data}), 19001);
});

if (!lacks('once')) {
  test('T8 every call gives a different token', async t => {
    const {room_id} = await makeRoom(t);
    const tokens = await Promise.all(Array.from({length: 20}, () => tokenFor(room_id)));
    assert.equal(new Set(tokens).size, 20);
  });
}

test('T12 issuing a token reserves no seat', async t => {
  const {room_id} = await makeRoom(t, {participants: 1, moderators: 1});
  for (let i = 0; i < 3; i++) {
    for (const role of rolesOf('participant', 'moderator')) await tokenFor(room_id, {role});
  }
  assert.equal((await usersOf(room_id)).total, 0);
});

test('T16 permanent and ad hoc rooms give tokens at once', async t => {
  for (const adhoc of [false, true]) await tokenFor((await makeRoom(t, {adhoc})).room_id);
});

test('T16 permanent and ad hoc rooms give tokens a month later', needs('clock'), async t => {
  const rooms = [
    await makeRoom(t, {duration: 30}),
    await makeRoom(t, {adhoc: true}),
    await makeRoom(t, {adhoc: true, duration: 30}),
  ];
  await advance(30 * 24 * HOUR);
  for (const {room_id} of rooms) await tokenFor(room_id);
});

test('T17 a scheduled room gives no token long before its start', async t => {
  const {settings} = await startingIn(2 * HOUR);
  const {room_id} = await makeRoom(t, settings);
  for (const role of rolesOf('moderator', 'participant')) {
    const reply = await ask(room_id, {role});
    refused(reply, 10113);
    assert.ok(!('token' in reply.body));
  }
});

test('T17 a scheduled room gives tokens from 15:00 before its start, not at 15:01', needs('clock'), async t => {
  const {start, settings} = await startingIn(2 * HOUR);
  const {room_id} = await makeRoom(t, settings);
  await setClock(start - 15 * MINUTE - 1000);
  refused(await ask(room_id), 10113);
  await setClock(start - 15 * MINUTE);
  await tokenFor(room_id);
});

test('T18 a scheduled room gives tokens until its end, and none after', needs('clock'), async t => {
  const {start, settings} = await startingIn(2 * HOUR, 30);
  const {room_id} = await makeRoom(t, settings);
  await setClock(start);
  await tokenFor(room_id);
  await setClock(start + 30 * MINUTE - 1000);
  await tokenFor(room_id);
  await setClock(start + 30 * MINUTE + 1000);
  refused(await ask(room_id), 10112);
});

test('T22 wrong credentials give no token and make no room', async t => {
  const {room_id} = await makeRoom(t);
  const {id, key} = await credentials();
  const before = (await listRooms()).length;
  const mark = `wrong credentials ${room_id}`;
  for (const wrong of [
    {id, key: `${key}x`},
    {id, key: ''},
    {id: `${id}x`, key},
    {id: '', key},
    {id: key, key: id},
  ]) {
    const replies = [
      await call('POST', `/rooms/${room_id}/tokens`, ANN, wrong),
      await call('POST', '/rooms', {name: mark, owner_ref: 'x', settings: {}}, wrong),
      await call('GET', '/rooms', undefined, wrong),
      await call('DELETE', `/rooms/${room_id}`, undefined, wrong),
    ];
    for (const reply of replies) {
      refused(reply, 10000);
      if (has('strict')) assert.match(reply.headers.get('www-authenticate') ?? '', /^Basic/);
      assert.ok(!('token' in reply.body || 'room' in reply.body || 'rooms' in reply.body));
    }
  }
  const rooms = await listRooms();
  assert.ok(rooms.length >= before && rooms.every(({name}) => name !== mark));
});

for (const role of ['moderator', 'viewer', 'audience'] as const) {
  if (!lacks(role)) continue;
  test(`T24 a role that the server lacks gets no token: ${role}`, async t => {
    const {room_id} = await makeRoom(t);
    const {body} = await ask(room_id, {role});
    assert.equal(codeOfResult(Number(body.result)), 'denied');
    assert.ok(!('token' in body));
  });
}
