import assert from 'node:assert/strict';
import {once} from 'node:events';
import {test, type TestContext} from 'node:test';
import {
  advance,
  ask,
  connect,
  enter,
  makeRoom,
  readRoom,
  refused,
  resume,
  tokenFor,
  until,
  usersOf,
  type Joined,
  type Json,
} from './client.js';
import {has, needs} from './target.js';

const SECOND = 1000;
const idsOf = (users: unknown) => (users as {id: string}[]).map(({id}) => id);

/** A room with one participant seat, which is taken, and a moderator who sees what happens. */
async function twoInside(t: TestContext) {
  const {room_id} = await makeRoom(t, {participants: 1});
  const mo = await enter(room_id, {name: 'Mo', role: 'moderator'});
  const ann = await enter(room_id);
  await mo.next('user-joined');
  return {room_id, mo, ann, id: ann.joined.you.id};
}

/** The first message to a connection that resumes with this secret. */
async function tryResume(secret: string): Promise<Json> {
  const client = await resume(secret);
  const told = await client.next();
  if (told.type === 'refused') await client.closed;
  return told;
}

test(
  'Sessions: somebody who loses the connection comes back with the same id, without a token',
  needs('sessions'),
  async t => {
    const {room_id, mo, ann, id} = await twoInside(t);
    await ann.vanish();
    assert.equal((await mo.next('user-away')).id, id);
    assert.equal((await usersOf(room_id)).total, 2);
    refused(await ask(room_id), 10114);
    const back = await resume(ann.joined.resume);
    const {you, users, resume: next} = (await back.next('joined')) as Joined;
    assert.deepEqual(you, ann.joined.you);
    assert.deepEqual(idsOf(users), [mo.joined.you.id]);
    assert.notEqual(next, ann.joined.resume);
    assert.equal(((await mo.next('user-back')).user as Json).id, id);
    mo.send({type: 'signal', to: id, data: 'welcome back'});
    assert.equal((await back.next('signal')).data, 'welcome back');
    assert.equal((await usersOf(room_id)).total, 2);
  },
);

test('Sessions: a secret works once, and resuming gives a new one', needs('sessions'), async t => {
  const {mo, ann, id} = await twoInside(t);
  await ann.vanish();
  await mo.next('user-away');
  const back = await resume(ann.joined.resume);
  const {resume: next} = (await back.next('joined')) as Joined;
  assert.equal((await tryResume(ann.joined.resume)).type, 'refused');
  await back.vanish();
  await mo.hear('user-away');
  const told = await tryResume(next);
  assert.deepEqual([told.type, (told.you as Json).id], ['joined', id]);
});

test('Sessions: of many connections with one secret, one is let in', needs('sessions'), async t => {
  const {room_id, mo, ann} = await twoInside(t);
  await ann.vanish();
  await mo.next('user-away');
  const clients = await Promise.all(Array.from({length: 20}, () => connect()));
  for (const client of clients) client.send({type: 'resume', secret: ann.joined.resume});
  const types = await Promise.all(clients.map(async client => (await client.next()).type));
  assert.equal(types.filter(type => type === 'joined').length, 1);
  assert.equal(types.filter(type => type === 'refused').length, 19);
  assert.equal((await usersOf(room_id)).total, 2);
});

test('Sessions: a second connection that resumes replaces the first', needs('sessions'), async t => {
  const {room_id, mo, ann, id} = await twoInside(t);
  const told = await tryResume(ann.joined.resume);
  assert.deepEqual([told.type, (told.you as Json).id], ['joined', id]);
  await ann.closed;
  await mo.hear('user-back');
  assert.equal((await usersOf(room_id)).total, 2);
});

test('Sessions: somebody who leaves gives the seat back at once, and cannot resume', needs('sessions'), async t => {
  const {room_id, mo, ann, id} = await twoInside(t);
  ann.send({type: 'leave'});
  await ann.closed;
  assert.equal((await mo.next('user-left')).id, id);
  await tokenFor(room_id);
  assert.equal((await tryResume(ann.joined.resume)).type, 'refused');
});

test('Sessions: a close without `leave` keeps the seat, whatever its code', needs('sessions'), async t => {
  for (const code of [1000, 1001, undefined]) {
    const {mo, ann, id} = await twoInside(t);
    ann.socket.close(code);
    await ann.closed;
    assert.equal((await mo.next('user-away')).id, id);
    assert.equal((await tryResume(ann.joined.resume)).type, 'joined', String(code));
  }
});

test('Sessions: a seat is kept for 30 seconds, and then is free for others', needs('sessions', 'clock'), async t => {
  const {room_id, mo, ann, id} = await twoInside(t);
  await ann.vanish();
  await mo.next('user-away');
  await advance(29 * SECOND);
  assert.equal((await usersOf(room_id)).total, 2);
  refused(await ask(room_id), 10114);
  await advance(2 * SECOND);
  assert.equal((await usersOf(room_id)).total, 1);
  const bob = await enter(room_id, {name: 'Bob'});
  assert.deepEqual(idsOf(bob.joined.users), [mo.joined.you.id]);
  assert.equal((await mo.hear('user-left')).id, id);
  assert.equal(((await mo.hear('user-joined')).user as Json).id, bob.joined.you.id);
  // The seat is taken, so resuming fails.
  assert.equal(Number((await tryResume(ann.joined.resume)).result), 10114);
});

test(
  'Sessions: until 45 seconds have passed one may resume if there is a free seat, and not after',
  needs('sessions', 'clock'),
  async t => {
    const {mo, ann, id} = await twoInside(t);
    await ann.vanish();
    await mo.next('user-away');
    await advance(44 * SECOND);
    const back = await resume(ann.joined.resume);
    const {you, resume: next} = (await back.next('joined')) as Joined;
    assert.equal(you.id, id);
    await back.vanish();
    await mo.hear('user-away');
    await advance(46 * SECOND);
    assert.equal((await tryResume(next)).type, 'refused');
  },
);

test(
  'Sessions: a room is active while somebody away still has a seat, and not after',
  needs('sessions', 'clock'),
  async t => {
    const {room_id} = await makeRoom(t);
    const ann = await enter(room_id);
    await ann.vanish();
    await advance(20 * SECOND);
    assert.equal((await readRoom(room_id)).isRoomActive, true);
    await advance(11 * SECOND);
    // The server may notice only now that the connection broke.
    await until(async () => !(await readRoom(room_id)).isRoomActive);
  },
);

test(
  'Sessions: a client that answers no heartbeat loses its seat within 30 seconds; one that answers keeps it',
  needs('sessions', 'patience'),
  async t => {
    const {room_id} = await makeRoom(t, {participants: 1});
    const mo = await enter(room_id, {name: 'Mo', role: 'moderator'});
    const deaf = await connect({autoPong: false});
    deaf.send({type: 'join', token: await tokenFor(room_id)});
    const {you} = (await deaf.next('joined')) as Joined;
    // Setting the clock sends no heartbeats. It only lets the seat of a silent client become overdue.
    if (has('clock')) await advance(31 * SECOND);
    await until(async () => (await usersOf(room_id)).total === 1);
    assert.equal((await mo.hear('user-left')).id, you.id);
    await tokenFor(room_id);
  },
);

const MALFORMED = [
  '',
  '{',
  'null',
  '[]',
  '5',
  '{"type":"dance"}',
  '{"type":"join"}',
  '{"type":"join","token":5}',
  '{"type":"resume","secret":{}}',
  '{"type":"signal","to":5,"data":1}',
  '{"type":"__proto__"}',
  `{"type":"signal","to":"x","data":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
];
const EARLY: Json[] = [
  {type: 'signal', to: 'x', data: 1},
  {type: 'admit', id: 'x'},
  {type: 'drop', id: 'x'},
  {type: 'end'},
];

test('Sessions: malformed, unknown and early messages get an error and do no harm', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t);
  const client = await connect();
  for (const bad of [...MALFORMED, ...EARLY]) {
    client.send(bad);
    const {code, error} = await client.next('error');
    assert.match(`${String(code)} ${String(error)}`, /\S \S/, JSON.stringify(bad).slice(0, 60));
  }
  client.send({type: 'join', token: await tokenFor(room_id)});
  await client.next('joined');
  for (const bad of [...MALFORMED, {type: 'join', token: await tokenFor(room_id)}, {type: 'drop', id: 'nobody'}]) {
    client.send(bad);
    await client.next('error');
  }
  assert.equal((await usersOf(room_id)).total, 1);
});

test(
  'Sessions: a signal may have 60,000 bytes; a message over 64 KiB breaks the connection',
  needs('sessions'),
  async t => {
    const {room_id} = await makeRoom(t);
    const client = await enter(room_id);
    const to = client.joined.you.id;
    const data = 'x'.repeat(60_000);
    client.send({type: 'signal', to, data});
    assert.equal((await client.next('signal')).data, data);
    client.send({type: 'signal', to, data: 'x'.repeat(64 * 1024)});
    assert.equal(await client.closed, 1009);
  },
);

test('Sessions: binary messages, pings and a flood of messages are all answered', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t);
  const ann = await enter(room_id);
  const to = ann.joined.you.id;
  ann.socket.send(Buffer.from(JSON.stringify({type: 'signal', to, data: 'bytes'})));
  assert.equal((await ann.next('signal')).data, 'bytes');
  const pong = once(ann.socket, 'pong');
  ann.socket.ping();
  await pong;
  for (let i = 0; i < 300; i++) ann.send({type: 'signal', to, data: i});
  for (let i = 0; i < 300; i++) assert.equal((await ann.next('signal')).data, i);
});

test('Sessions: when everybody has left, the room is inactive and empty', needs('sessions'), async t => {
  const {room_id, mo, ann} = await twoInside(t);
  await Promise.all([mo.leave(), ann.leave()]);
  await until(async () => !(await readRoom(room_id)).isRoomActive);
  assert.equal((await usersOf(room_id)).total, 0);
});
