import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  advance,
  ANN,
  ask,
  call,
  enter,
  HOUR,
  listRooms,
  makeRoom,
  MINUTE,
  outcome,
  readRoom,
  refused,
  startingIn,
  succeeded,
  tokenFor,
  UNKNOWN_ROOM,
  until,
  usersOf,
  type Json,
} from './client.js';
import {lacks, needs, target, type Credentials} from './target.js';

const DAY = 24 * HOUR;

const make = (settings: Json) => call('POST', '/rooms', {name: 'Conformance', owner_ref: 'tests', settings});

/** Every operation on one room, with a valid body. */
const ON_ROOM: [method: string, path: string, body?: Json][] = [
  ['GET', ''],
  ['PATCH', '', {name: 'Mine now'}],
  ['DELETE', ''],
  ['GET', '/users'],
  ['POST', '/tokens', ANN],
];

const isGone = async (room_id: string) => Number((await call('GET', `/rooms/${room_id}`)).body.result) !== 0;

async function assertUnknown(room_id: string, as?: Credentials) {
  for (const [method, path, body] of ON_ROOM) {
    const reply = await call(method, `/rooms/${room_id}${path}`, body, as);
    refused(reply, 40001);
    assert.equal(reply.text, (await call(method, `/rooms/${UNKNOWN_ROOM}${path}`, body, as)).text);
  }
}

test('R5 a new room reads back as it was sent, and is in the list once', async t => {
  const data = {a: {b: [1, '2', null, {c: true}]}, ключ: 'значение 🎤', empty: {}, number: 1.5};
  const name = 'Room 5 / «déjà vu» <b>&amp;';
  const settings = {participants: '5', moderators: 2, duration: '90', description: '', billing_code: 4711};
  const made = await makeRoom(t, settings, {name, owner_ref: 17, data});
  assert.deepEqual(made.data, data);
  assert.deepEqual([made.name, made.owner_ref], [name, 17]);
  const {description, ...kept} = settings;
  assert.equal(made.settings.description, description || undefined);
  for (const [key, value] of Object.entries(kept)) assert.equal(made.settings[key], value, key);
  assert.deepEqual(await readRoom(made.room_id), made);
  assert.deepEqual(
    (await listRooms()).filter(({room_id}) => room_id === made.room_id),
    [made],
  );
});

test('R5 the list has all rooms, whatever the query, the oldest first', async t => {
  const made: string[] = [];
  for (let i = 0; i < 12; i++) made.push((await makeRoom(t)).room_id);
  for (const query of ['', '?limit=2&page=3', '?offset=1000&sort=desc&name=x']) {
    const {rooms} = succeeded(await call('GET', `/rooms${query}`), 'rooms') as {rooms: {room_id: string}[]};
    const ours = rooms.map(({room_id}) => room_id).filter(room_id => made.includes(room_id));
    assert.deepEqual(ours, made);
  }
});

test('R10 no operation finds a deleted room, and no list has it', async t => {
  const [{room_id}, kept] = [await makeRoom(t), await makeRoom(t)];
  assert.deepEqual(Object.keys(succeeded(await call('DELETE', `/rooms/${room_id}`))), ['result']);
  await assertUnknown(room_id);
  const ids = (await listRooms()).map(room => room.room_id);
  assert.ok(!ids.includes(room_id) && ids.includes(kept.room_id));
});

test(
  'R11 a room cannot be deleted while somebody is connected, and can once all have left',
  needs('sessions'),
  async t => {
    const {room_id} = await makeRoom(t);
    const [ann, mo] = [await enter(room_id), await enter(room_id, {role: 'moderator'})];
    assert.equal((await readRoom(room_id)).isRoomActive, true);
    refused(await call('DELETE', `/rooms/${room_id}`), 50004);
    await ann.leave();
    await until(async () => (await usersOf(room_id)).total === 1);
    refused(await call('DELETE', `/rooms/${room_id}`), 50004);
    assert.equal((await readRoom(room_id)).room_id, room_id);
    await mo.leave();
    await until(async () => !(await readRoom(room_id)).isRoomActive);
    succeeded(await call('DELETE', `/rooms/${room_id}`));
  },
);

test('R12 a permanent room outlives its sessions', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {duration: 1});
  for (let i = 0; i < 2; i++) {
    await (await enter(room_id)).leave();
    await until(async () => !(await readRoom(room_id)).isRoomActive);
  }
});

test('R12 a permanent room is still there a year later', needs('clock'), async t => {
  const {room_id} = await makeRoom(t, {duration: 1});
  await advance(365 * DAY);
  assert.equal((await readRoom(room_id)).room_id, room_id);
  succeeded(await ask(room_id), 'token');
});

test('R13 an ad hoc room is gone when its first session ends', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {adhoc: true});
  const [ann, bob] = [await enter(room_id), await enter(room_id)];
  await ann.leave();
  await until(async () => (await usersOf(room_id)).total === 1);
  const unused = await tokenFor(room_id);
  await bob.leave();
  await until(() => isGone(room_id));
  await assertUnknown(room_id);
  assert.ok((await listRooms()).every(room => room.room_id !== room_id));
  assert.equal((await outcome(unused)).type, 'refused');
});

test(
  'R13 an ad hoc room with a duration stays that long after its first session began',
  needs('sessions', 'clock'),
  async t => {
    const {room_id} = await makeRoom(t, {adhoc: true, duration: 60, participants: 3});
    await advance(DAY);
    await (await enter(room_id)).leave();
    await until(async () => !(await readRoom(room_id)).isRoomActive);
    await advance(50 * MINUTE);
    const ann = await enter(room_id);
    await advance(15 * MINUTE);
    // The time is over, but somebody is still in.
    assert.equal((await readRoom(room_id)).isRoomActive, true);
    const bob = await enter(room_id);
    await ann.leave();
    await until(async () => (await usersOf(room_id)).total === 1);
    await bob.leave();
    await until(() => isGone(room_id));
    await assertUnknown(room_id);
  },
);

test(
  'R13 an ad hoc room with a duration is gone when that is over and nobody is in',
  needs('sessions', 'clock'),
  async t => {
    const {room_id} = await makeRoom(t, {adhoc: true, duration: 60});
    await (await enter(room_id)).leave();
    await until(async () => !(await readRoom(room_id)).isRoomActive);
    await advance(59 * MINUTE);
    succeeded(await ask(room_id), 'token');
    await advance(2 * MINUTE);
    await assertUnknown(room_id);
  },
);

if (!lacks('seats')) {
  test('R14 each kind of room has its limit of participants', async t => {
    const {settings: scheduled} = await startingIn(2 * HOUR);
    const lecture = {...scheduled, mode: 'lecture'};
    await makeRoom(t, {participants: 200, max_active_talkers: 8});
    await makeRoom(t, {participants: '200', max_active_talkers: '8', adhoc: true});
    await makeRoom(t, {...scheduled, participants: 300, max_active_talkers: 8});
    refused(await make({participants: 201, max_active_talkers: 8}), 10007);
    refused(await make({participants: 201, max_active_talkers: 8, adhoc: true}), 10007);
    refused(await make({...scheduled, participants: 301}), 10007);
    if (lacks('lecture')) return;
    await makeRoom(t, {...lecture, participants: 1000, max_active_talkers: 16});
    refused(await make({...lecture, participants: 1001}), 10007);
  });
}

test('R15 a room with SIP keeps a pin and a meeting id of its own; without SIP it has neither', async t => {
  const [room, other] = [await makeRoom(t, {}, {sip: {enabled: true}}), await makeRoom(t, {}, {sip: {enabled: true}})];
  const {enabled, pin, meeting_id} = room.sip as Json;
  assert.equal(enabled, true);
  assert.ok(Number.isInteger(pin) && Number.isInteger(meeting_id));
  assert.notEqual((other.sip as Json).meeting_id, meeting_id);
  for (let i = 0; i < 3; i++) assert.deepEqual((await readRoom(room.room_id)).sip, room.sip);
  for (const sip of [undefined, false, {}, {enabled: false}]) {
    const {sip: answered} = (await makeRoom(t, {}, sip === undefined ? {} : {sip})) as {sip?: Json};
    assert.ok(!answered?.enabled && answered?.pin === undefined && answered?.meeting_id === undefined);
  }
});

test('R17 another application’s room gets the same answer as an unknown room', needs('other'), async t => {
  const before = await makeRoom(t);
  const {other} = await target();
  await assertUnknown(before.room_id, other);
  const {rooms} = succeeded(await call('GET', '/rooms', undefined, other), 'rooms') as {rooms: {room_id: string}[]};
  assert.ok(rooms.every(({room_id}) => room_id !== before.room_id));
  assert.deepEqual(await readRoom(before.room_id), before);
});
