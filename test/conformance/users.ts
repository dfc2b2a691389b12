import assert from 'node:assert/strict';
import {test} from 'node:test';
import {enter, makeRoom, readRoom, tokenFor, until, use, usersOf, type Json} from './client.js';
import {needs} from './target.js';

const RIGHTS = ['publish', 'subscribe', 'record', 'stats', 'controlhandlers'];
const can = (...allowed: string[]) => Object.fromEntries(RIGHTS.map(right => [right, allowed.includes(right)]));

/** The permissions of each role in a group room without wait_for_moderator. */
const PERMISSIONS = {
  moderator: can(...RIGHTS),
  participant: can('publish', 'subscribe', 'stats', 'controlhandlers'),
  viewer: can('subscribe', 'stats'),
  audience: can('subscribe', 'stats'),
};

const namesOf = async (room_id: string) => (await usersOf(room_id)).users.map(({name}) => name);

test('U1 a room without a session has no users', async t => {
  const room = await makeRoom(t);
  const {total, users} = await usersOf(room.room_id);
  assert.equal(total, 0);
  // The documentation calls it a null list.
  assert.deepEqual(users ?? [], []);
  assert.ok(!(await readRoom(room.room_id)).isRoomActive);
});

test('U1 the list is empty, not null', needs('strict'), async t => {
  assert.deepEqual(await usersOf((await makeRoom(t)).room_id), {result: 0, total: 0, users: []});
});

test('U2 each user has the name, user_ref and role of the token, and permissions', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {participants: 2});
  await enter(room_id, {name: 'Mo', role: 'moderator', user_ref: 1, data: {secret: true}});
  await enter(room_id, {name: 'Žoë 🎤 <b>', role: 'participant', user_ref: 'p'});
  await enter(room_id, {name: 'Vi', role: 'viewer', user_ref: 'v'});
  const {users} = await usersOf(room_id);
  assert.deepEqual(users, [
    {name: 'Mo', user_ref: 1, role: 'moderator', permissions: PERMISSIONS.moderator},
    {name: 'Žoë 🎤 <b>', user_ref: 'p', role: 'participant', permissions: PERMISSIONS.participant},
    {name: 'Vi', user_ref: 'v', role: 'viewer', permissions: PERMISSIONS.viewer},
  ]);
  assert.equal((await readRoom(room_id)).isRoomActive, true);
});

test('U3 audience is not listed', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {audiences: 1});
  await enter(room_id, {name: 'Au', role: 'audience'});
  const {total, users} = await usersOf(room_id);
  assert.deepEqual([total, users], [0, []]);
  await enter(room_id);
  assert.deepEqual(await namesOf(room_id), ['Ann']);
});

test('U4 somebody who knocks is not listed until admitted', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {knock: true});
  const mo = await enter(room_id, {name: 'Mo', role: 'moderator'});
  const ann = await use(await tokenFor(room_id));
  await ann.next('waiting');
  assert.deepEqual(await namesOf(room_id), ['Mo']);
  const {user} = await mo.next('knock');
  mo.send({type: 'admit', id: (user as Json).id});
  await ann.next('joined');
  assert.deepEqual(await namesOf(room_id), ['Mo', 'Ann']);
});

test('U4 somebody who waits for the moderator is connected and listed', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {wait_for_moderator: true});
  await enter(room_id);
  assert.deepEqual(await namesOf(room_id), ['Ann']);
  assert.equal((await readRoom(room_id)).isRoomActive, true);
});

test('U5 the total is the number of users', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {participants: 3, audiences: 1});
  await enter(room_id, {role: 'audience'});
  const inside = [];
  for (let expected = 1; expected <= 3; expected++) {
    inside.push(await enter(room_id));
    const {total, users} = await usersOf(room_id);
    assert.deepEqual([total, users.length], [expected, expected]);
  }
  await inside[1]!.leave();
  await until(async () => (await usersOf(room_id)).total === 2);
  assert.equal((await usersOf(room_id)).users.length, 2);
});

test('U6 each role has its own permissions, and the visitor is told them', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {participants: 2, audiences: 1});
  for (const [role, permissions] of Object.entries(PERMISSIONS)) {
    const {joined} = await enter(room_id, {role});
    assert.equal(joined.you.role, role);
    assert.deepEqual(joined.you.permissions, permissions, role);
  }
});
