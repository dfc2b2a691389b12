import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  advance,
  ask,
  call,
  connect,
  enter,
  HOUR,
  makeRoom,
  MINUTE,
  outcome,
  refused,
  setClock,
  startingIn,
  succeeded,
  tokenFor,
  until,
  use,
  usersOf,
  type Json,
} from './client.js';
import {has, lacks, needs} from './target.js';

/** The refusal that a connection with this token gets: a number and a text. */
async function refusal(token: string): Promise<Json> {
  const client = await use(token);
  const {type, ...told} = await client.next();
  assert.equal(type, 'refused', JSON.stringify(told));
  assert.ok(Number(told.result) !== 0 && /\S/.test(String(told.error)), JSON.stringify(told));
  await client.closed;
  return told;
}

test('T6 unknown keys do not change which room a token opens', needs('sessions'), async t => {
  const [{room_id}, other] = [await makeRoom(t), await makeRoom(t)];
  const more = {roomId: other.room_id, room_id: other.room_id, ttl: 5, permissions: {record: true}, exp: 1};
  const ann = await enter(room_id, more);
  assert.equal(ann.joined.room.room_id, room_id);
  assert.equal(ann.joined.you.permissions.record, false);
  assert.equal((await usersOf(other.room_id)).total, 0);
});

test('T6 a ttl does not change how long a token is good', needs('sessions', 'clock'), async t => {
  const {room_id} = await makeRoom(t, {participants: 5});
  const [short, long] = [await tokenFor(room_id, {ttl: 5}), await tokenFor(room_id, {ttl: 86_400})];
  await advance(15 * MINUTE - 1000);
  assert.equal((await outcome(short)).type, 'joined');
  await advance(2000);
  await refusal(long);
});

test('T9 a token admits one connection, once', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {participants: 5});
  const token = await tokenFor(room_id);
  const ann = await use(token);
  await ann.next('joined');
  const second = await refusal(token);
  assert.deepEqual(second, await refusal('eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl'));
  assert.equal((await usersOf(room_id)).total, 1);
  await ann.leave();
  await until(async () => (await usersOf(room_id)).total === 0);
  assert.deepEqual(await refusal(token), second);
});

test(
  'T10 a token admits 14:59 after its issue, not 15:01 after; people who are in stay in',
  needs('sessions', 'clock'),
  async t => {
    const {room_id} = await makeRoom(t, {participants: 5});
    const [early, late] = [await tokenFor(room_id), await tokenFor(room_id)];
    await advance(15 * MINUTE - 1000);
    const ann = await use(early);
    const {you} = await ann.next('joined');
    await advance(2000);
    await refusal(late);
    assert.equal((await usersOf(room_id)).total, 1);
    ann.send({type: 'signal', to: (you as Json).id, data: 'still here'});
    assert.equal((await ann.next('signal')).data, 'still here');
  },
);

test('T11 a token opens only its own room, and a tampered token opens none', needs('sessions'), async t => {
  const [{room_id}, other] = [await makeRoom(t), await makeRoom(t)];
  const [token, theirs] = [await tokenFor(room_id), await tokenFor(other.room_id, {role: 'moderator'})];
  const mixed = (at: number) =>
    token
      .split('.')
      .map((part, index) => (index === at ? theirs.split('.')[at] : part))
      .join('.');
  const changed = (at: number) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
  const middles = [0.1, 0.3, 0.5, 0.7, 0.9].map(at => changed(Math.floor(token.length * at)));
  const cut = [token.slice(0, -4), token.slice(4), `${token}x`, '', '.', '..', 'null'];
  // Mixes the parts of two tokens. A token without parts is tampered with in another way.
  const swapped = [1, 2].map(mixed).filter(each => each !== token && each !== theirs);
  const answers = new Set<string>();
  for (const bad of [...middles, ...cut, ...swapped]) answers.add(JSON.stringify(await refusal(bad)));
  assert.equal(answers.size, 1, 'All must get the same answer.');
  assert.equal((await usersOf(other.room_id)).total, 0);
  const {room} = await outcome(token);
  assert.equal((room as Json).room_id, room_id);
});

test(
  'T13 a room full of participants gives them no token, and still gives moderators one',
  needs('sessions'),
  async t => {
    const {room_id} = await makeRoom(t, {participants: 2, moderators: 1});
    await enter(room_id);
    await tokenFor(room_id);
    await enter(room_id);
    const reply = await ask(room_id);
    refused(reply, 10114);
    if (has('strict'))
      assert.deepEqual([reply.body.error, reply.body.desc], ['[Reason] Token Denied. Room is full.', '']);
    assert.ok(!('token' in reply.body));
    await tokenFor(room_id, {role: 'moderator'});
  },
);

test(
  'T13 a room full of moderators gives them no token, and still gives participants one',
  needs('sessions'),
  async t => {
    const {room_id} = await makeRoom(t, {participants: 1, moderators: 2});
    await enter(room_id, {role: 'moderator'});
    await enter(room_id, {role: 'moderator'});
    refused(await ask(room_id, {role: 'moderator'}), 10114);
    await tokenFor(room_id);
  },
);

test('T14 a seat is free as soon as its holder disconnects', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {participants: 1});
  for (let i = 0; i < 3; i++) {
    const ann = await enter(room_id);
    refused(await ask(room_id), 10114);
    await ann.leave();
    await until(async () => Number((await ask(room_id)).body.result) === 0);
  }
});

test('T15 a token issued while a seat was free is refused when the room is full', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {participants: 1});
  const token = await tokenFor(room_id);
  await enter(room_id);
  assert.equal(Number((await refusal(token)).result), 10114);
  assert.equal((await usersOf(room_id)).total, 1);
});

test('T18 after the end a room gives tokens while somebody is connected', needs('sessions', 'clock'), async t => {
  const {start, settings} = await startingIn(2 * HOUR, 30);
  const {room_id} = await makeRoom(t, {...settings, participants: 3});
  await setClock(start);
  const ann = await enter(room_id);
  await setClock(start + 31 * MINUTE);
  const bob = await enter(room_id);
  await ann.leave();
  await until(async () => (await usersOf(room_id)).total === 1);
  await tokenFor(room_id);
  await bob.leave();
  await until(async () => (await usersOf(room_id)).total === 0);
  refused(await ask(room_id), 10112);
});

if (!lacks('audience')) {
  test('T19 a room without audience seats gives audience no token', async t => {
    const {room_id} = await makeRoom(t);
    refused(await ask(room_id, {role: 'audience'}), 40002);
    const open = await makeRoom(t, {audiences: 1});
    await tokenFor(open.room_id, {role: 'audience'});
  });
}

test('T19 audience has as many seats as settings.audiences', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {audiences: 2});
  await enter(room_id, {role: 'audience'});
  const spare = await tokenFor(room_id, {role: 'audience'});
  await enter(room_id, {role: 'audience'});
  refused(await ask(room_id, {role: 'audience'}), 10114);
  assert.equal(Number((await refusal(spare)).result), 10114);
  await tokenFor(room_id);
});

test('T20 a viewer takes a participant seat, audience never does', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {participants: 1, audiences: 1});
  await enter(room_id, {role: 'audience'});
  await tokenFor(room_id);
  await enter(room_id, {role: 'viewer'});
  refused(await ask(room_id), 10114);
  refused(await ask(room_id, {role: 'viewer'}), 10114);
});

test('T21 unused tokens of a deleted room are refused', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t);
  const token = await tokenFor(room_id);
  succeeded(await call('DELETE', `/rooms/${room_id}`));
  assert.deepEqual(await refusal(token), await refusal('unknown'));
});

test('T23 of two hundred connections with one token, exactly one is admitted', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {participants: 200});
  const token = await tokenFor(room_id);
  const clients = await Promise.all(Array.from({length: 200}, () => connect()));
  for (const client of clients) client.send({type: 'join', token});
  const types = await Promise.all(clients.map(async client => (await client.next()).type));
  assert.equal(types.filter(type => type === 'joined').length, 1);
  assert.equal(types.filter(type => type === 'refused').length, 199);
  assert.equal((await usersOf(room_id)).total, 1);
});
