import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  call,
  connect,
  enter,
  makeRoom,
  readRoom,
  refused,
  succeeded,
  tokenFor,
  until,
  use,
  usersOf,
  type Client,
  type Inside,
  type Joined,
  type Json,
} from './client.js';
import {needs} from './target.js';

type User = Json & {id: string; permissions: Json};

const userOf = (message: Json) => message.user as User;
/** A user as people see them who are not moderators. */
function seen(user: User) {
  const {user_ref: _, ...rest} = user;
  return rest;
}
const publishes = async (room_id: string) =>
  (await usersOf(room_id)).users.map(({name, permissions}) => [name, (permissions as Json).publish]);
const moderator = (room_id: string, name = 'Mo') => enter(room_id, {name, role: 'moderator'});

/** Connects with a new token to a room with `knock`, and waits to be admitted. */
async function knock(room_id: string, body: Json = {}): Promise<Client & {you: User}> {
  const client = await use(await tokenFor(room_id, body));
  const {you, reason, resume} = await client.next('waiting');
  assert.equal(reason, 'knock');
  assert.equal(typeof resume, 'string');
  return Object.assign(client, {you: you as User});
}

/** Checks that the next message refuses a connection, and that it is closed. */
async function isRefused(client: Client) {
  const {result, error} = await client.next('refused');
  assert.ok(Number(result) !== 0 && /\S/.test(String(error)));
  await client.closed;
}

test('Sessions: a session begins with the first connection and ends with the last', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t);
  assert.ok(!(await readRoom(room_id)).isRoomActive);
  const [ann, bob] = [await enter(room_id), await enter(room_id)];
  assert.equal((await readRoom(room_id)).isRoomActive, true);
  await ann.leave();
  await bob.hear('user-left');
  assert.equal((await readRoom(room_id)).isRoomActive, true);
  await bob.leave();
  await until(async () => !(await readRoom(room_id)).isRoomActive);
});

test(
  'Sessions: somebody who joins is told who is there, and the others who joins and leaves',
  needs('sessions'),
  async t => {
    const {room_id} = await makeRoom(t, {billing_code: 'B-1', live_recording: true});
    const ann = await enter(room_id, {data: {hand: 'up'}});
    assert.deepEqual(ann.joined.users, []);
    assert.deepEqual([ann.joined.you.name, ann.joined.you.user_ref, ann.joined.you.data], ['Ann', 'u1', {hand: 'up'}]);
    const settings = ann.joined.room.settings as Json;
    assert.equal(ann.joined.room.room_id, room_id);
    assert.ok(
      !('billing_code' in settings || 'live_recording' in settings),
      'Visitors must not see billing and recording.',
    );
    const bob = await enter(room_id, {name: 'Bob'});
    assert.deepEqual(bob.joined.users, [seen(ann.joined.you)]);
    assert.deepEqual(userOf(await ann.next('user-joined')), seen(bob.joined.you));
    await bob.leave();
    assert.equal((await ann.next('user-left')).id, bob.joined.you.id);
  },
);

test('Sessions: a signal reaches its receiver in the same room, with the sender’s id', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {participants: 3});
  const [ann, bob] = [await enter(room_id), await enter(room_id)];
  const far = await enter((await makeRoom(t)).room_id);
  const data = {sdp: 'v=0\r\n', candidates: [1, null, '🎤']};
  ann.send({type: 'signal', to: bob.joined.you.id, from: 'somebody else', data});
  assert.deepEqual(await bob.hear('signal'), {type: 'signal', from: ann.joined.you.id, data});
  for (const to of [far.joined.you.id, 'nobody']) {
    ann.send({type: 'signal', to, data});
    await ann.hear('error');
  }
  // The next message there is its own: no signal came from another room.
  far.send({type: 'signal', to: far.joined.you.id, data: 'mine'});
  assert.equal((await far.next('signal')).data, 'mine');
});

test(
  'Sessions: with knock a participant and a viewer wait until a moderator admits them',
  needs('sessions'),
  async t => {
    const {room_id} = await makeRoom(t, {knock: true, audiences: 1});
    const early = await knock(room_id, {name: 'Early'});
    const mo = await moderator(room_id);
    assert.deepEqual(
      (mo.joined.waiting as User[]).map(({id}) => id),
      [early.you.id],
    );
    const late = await knock(room_id, {name: 'Late', role: 'viewer'});
    assert.deepEqual(userOf(await mo.next('knock')), late.you);
    await enter(room_id, {role: 'audience'});
    for (const client of [early, late]) {
      mo.send({type: 'admit', id: client.you.id});
      assert.equal((await mo.hear('knock-ended')).id, client.you.id);
      assert.equal(userOf(await mo.hear('user-joined')).id, client.you.id);
      const {you, users} = (await client.hear('joined')) as Joined;
      assert.equal(you.id, client.you.id);
      assert.ok(users.some(({id}) => id === mo.joined.you.id));
    }
    assert.equal((await usersOf(room_id)).total, 3);
  },
);

test('Sessions: somebody who knocks holds no seat, and is refused if denied', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {knock: true, participants: 1});
  const mo = await moderator(room_id);
  const ann = await knock(room_id);
  await tokenFor(room_id);
  mo.send({type: 'deny', id: ann.you.id});
  await isRefused(ann);
  assert.equal((await mo.hear('knock-ended')).id, ann.you.id);
  const bob = await knock(room_id);
  await bob.leave();
  await mo.hear('knock-ended');
  await tokenFor(room_id);
});

test('Sessions: a room where somebody only waits is not active, and can be deleted', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {knock: true});
  const ann = await knock(room_id);
  assert.ok(!(await readRoom(room_id)).isRoomActive);
  succeeded(await call('DELETE', `/rooms/${room_id}`));
  await isRefused(ann);
});

test(
  'Sessions: with wait_for_moderator nobody may publish until a moderator has joined',
  needs('sessions'),
  async t => {
    const {room_id} = await makeRoom(t, {wait_for_moderator: true, participants: 3});
    const ann = await enter(room_id);
    assert.equal(ann.joined.you.permissions.publish, false);
    assert.deepEqual(await publishes(room_id), [['Ann', false]]);
    const mo = await moderator(room_id);
    assert.equal(userOf(await ann.hear('user-changed')).permissions.publish, true);
    assert.deepEqual(await publishes(room_id), [
      ['Ann', true],
      ['Mo', true],
    ]);
    await mo.leave();
    await ann.hear('user-left');
    // The session stays open to publishing until its end.
    assert.equal((await enter(room_id)).joined.you.permissions.publish, true);
    assert.deepEqual(await publishes(room_id), [
      ['Ann', true],
      ['Ann', true],
    ]);
    assert.equal((await enter(room_id, {role: 'viewer'})).joined.you.permissions.publish, false);
  },
);

test('Sessions: the next session waits for a moderator again', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {wait_for_moderator: true});
  await (await moderator(room_id)).leave();
  await until(async () => !(await readRoom(room_id)).isRoomActive);
  assert.equal((await enter(room_id)).joined.you.permissions.publish, false);
});

test('Sessions: in a lecture only moderators publish, and participants with the floor', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {mode: 'lecture', participants: 3});
  const [mo, ann, vi] = [
    await moderator(room_id),
    await enter(room_id),
    await enter(room_id, {name: 'Vi', role: 'viewer'}),
  ];
  assert.equal(mo.joined.you.permissions.publish, true);
  assert.equal(ann.joined.you.permissions.publish, false);
  for (const on of [true, false]) {
    mo.send({type: 'floor', id: ann.joined.you.id, on});
    for (const each of [mo, ann, vi]) {
      const {id, permissions} = userOf(await each.hear('user-changed'));
      assert.deepEqual([id, permissions.publish], [ann.joined.you.id, on]);
    }
    assert.deepEqual(await publishes(room_id), [
      ['Mo', true],
      ['Ann', on],
      ['Vi', false],
    ]);
  }
  mo.send({type: 'floor', id: vi.joined.you.id, on: true});
  await mo.hear('error');
  assert.deepEqual(await publishes(room_id), [
    ['Mo', true],
    ['Ann', false],
    ['Vi', false],
  ]);
});

test(
  'Sessions: audience is not announced, sends no signals, and is told only of the end',
  needs('sessions'),
  async t => {
    const {room_id} = await makeRoom(t, {audiences: 1, participants: 3});
    const ann = await enter(room_id);
    const au = await enter(room_id, {name: 'Au', role: 'audience'});
    const mo = await moderator(room_id);
    assert.deepEqual(mo.joined.users, [ann.joined.you]);
    // Ann was not told about the audience: her first message is about the moderator.
    assert.deepEqual(userOf(await ann.next('user-joined')), seen(mo.joined.you));
    ann.send({type: 'signal', to: au.joined.you.id, data: 1});
    await ann.next('error');
    au.send({type: 'signal', to: ann.joined.you.id, data: 1});
    await au.next('error');
    mo.send({type: 'mute', id: ann.joined.you.id});
    await ann.next('muted');
    mo.send({type: 'end'});
    await au.next('ended');
  },
);

test('Sessions: when a moderator mutes somebody, all are told who, what and by whom', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t);
  const [mo, ann, bob] = [await moderator(room_id), await enter(room_id), await enter(room_id)];
  const {id} = ann.joined.you;
  for (const kind of ['audio', 'video', undefined]) {
    mo.send({type: 'mute', id, kind});
    const told = {type: 'muted', id, ...(kind && {kind}), by: mo.joined.you.id};
    for (const each of [mo, ann, bob]) assert.deepEqual(await each.hear('muted'), told);
  }
});

test(
  'Sessions: a dropped visitor cannot come back with the secret, and the seat is free',
  needs('sessions'),
  async t => {
    const {room_id} = await makeRoom(t, {participants: 1});
    const [mo, ann] = [await moderator(room_id), await enter(room_id)];
    mo.send({type: 'drop', id: ann.joined.you.id});
    await ann.hear('dropped');
    await ann.closed;
    assert.equal((await mo.hear('user-left')).id, ann.joined.you.id);
    const back = await connect();
    back.send({type: 'resume', secret: ann.joined.resume});
    await isRefused(back);
    await enter(room_id);
  },
);

test('Sessions: a moderator ends the session for everybody', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {adhoc: true, knock: true, audiences: 1});
  const [mo, au, ann] = [await moderator(room_id), await enter(room_id, {role: 'audience'}), await knock(room_id)];
  mo.send({type: 'end'});
  for (const each of [mo, au, ann]) {
    await each.hear('ended');
    await each.closed;
  }
  refused(await call('GET', `/rooms/${room_id}`), 40001);
});

test('Sessions: commands from anybody but a moderator are denied and change nothing', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {mode: 'lecture', knock: true, participants: 4});
  const mo = await moderator(room_id);
  const admitted = async (body: Json = {}): Promise<Inside> => {
    const client = await knock(room_id, body);
    mo.send({type: 'admit', id: client.you.id});
    return Object.assign(client, {joined: (await client.hear('joined')) as Joined});
  };
  const [ann, vi] = [await admitted(), await admitted({name: 'Vi', role: 'viewer'})];
  const outside = await knock(room_id, {name: 'Out'});
  const before = await usersOf(room_id);
  const {id} = ann.joined.you;
  for (const each of [ann, vi]) {
    for (const command of [
      {type: 'admit', id: outside.you.id},
      {type: 'deny', id: outside.you.id},
      {type: 'mute', id: mo.joined.you.id},
      {type: 'drop', id: mo.joined.you.id},
      {type: 'floor', id, on: true},
      {type: 'end'},
    ]) {
      each.send(command);
      assert.equal((await each.hear('error')).code, 'denied', command.type);
    }
  }
  outside.send({type: 'admit', id: outside.you.id});
  await outside.next('error');
  assert.deepEqual(await usersOf(room_id), before);
  mo.send({type: 'admit', id: outside.you.id});
  await outside.next('joined');
});
