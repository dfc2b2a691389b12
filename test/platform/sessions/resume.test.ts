import assert from 'node:assert/strict';
import {once} from 'node:events';
import {mock, test, type TestContext} from 'node:test';
import {holdRoom} from '../../helpers/platform/place.js';
import {
  beat,
  isActive,
  seen,
  startPlatform,
  until,
  usersOf,
  type Inside,
  type World,
} from '../../helpers/platform/start.js';

const NOT_RESUMABLE = {type: 'refused', result: 19010, error: 'This visit cannot be resumed.'};
const SECONDS = 1000;

/** A room with a moderator and two participants; the first has been told about the second. */
async function threeInside(t: TestContext, settings = {}) {
  const world = await startPlatform(t);
  const room = await world.room({participants: 2, ...settings});
  const mo = await world.enter(room, {name: 'Mo', role: 'moderator'});
  const ann = await world.enter(room, {name: 'Ann', data: {seat: 4}});
  assert.equal((await mo.next()).type, 'user-joined');
  return {world, room, mo, ann};
}

/** Breaks a connection, and waits until the platform knows. */
async function broken(ann: Inside, witness: Inside) {
  await ann.vanish();
  assert.deepEqual(await witness.next(), {type: 'user-away', id: ann.joined.you.id});
}

const total = async (world: World, room: string) => (await usersOf(world, room)).total;

test('the seat of a broken connection is kept and listed for 30 seconds, and then is free', async t => {
  const {world, room, mo, ann} = await threeInside(t, {participants: 1});
  await broken(ann, mo);
  world.now += 30 * SECONDS - 1;
  assert.equal(await total(world, room), 2);
  assert.equal((await world.ask(room)).body.result, 10114);
  world.now += 1;
  assert.equal(await total(world, room), 1);
  const bob = await world.enter(room, {name: 'Bob'});
  assert.deepEqual(bob.joined.users, [seen(mo.joined.you)]);
  assert.deepEqual(await mo.next(), {type: 'user-left', id: ann.joined.you.id});
  assert.deepEqual(await mo.next(), {type: 'user-joined', user: bob.joined.you});
});

test('a visitor who joins while another is away learns that', async t => {
  const {world, room, mo, ann} = await threeInside(t);
  await broken(ann, mo);
  const bob = await world.enter(room, {name: 'Bob'});
  assert.deepEqual(bob.joined.users, [seen(mo.joined.you), {...seen(ann.joined.you), away: true}]);
});

test('somebody who resumes keeps their id and seat, needs no token, and the others are told', async t => {
  const {world, room, mo, ann} = await threeInside(t);
  const bob = await world.enter(room, {name: 'Bob'});
  await mo.next();
  await broken(ann, mo);
  world.now += 29 * SECONDS;
  const back = await world.back(ann.joined.resume);
  assert.deepEqual(back.joined.you, ann.joined.you);
  assert.deepEqual(back.joined.users, [seen(mo.joined.you), seen(bob.joined.you)]);
  assert.deepEqual(back.joined.room, ann.joined.room);
  assert.notEqual(back.joined.resume, ann.joined.resume);
  assert.deepEqual(await mo.next(), {type: 'user-back', user: ann.joined.you});
  assert.equal(await total(world, room), 3);
  world.now += 60 * SECONDS;
  assert.equal(await total(world, room), 3);
  bob.send({type: 'signal', to: ann.joined.you.id, data: 'again'});
  assert.deepEqual(await back.next(), {type: 'signal', from: bob.joined.you.id, data: 'again'});
});

test('somebody who resumes after 30 seconds takes a free seat, and the others see them join', async t => {
  const {world, room, mo, ann} = await threeInside(t);
  await broken(ann, mo);
  world.now += 45 * SECONDS - 1;
  const back = await world.back(ann.joined.resume);
  assert.deepEqual(back.joined.you, ann.joined.you);
  assert.deepEqual(await mo.next(), {type: 'user-left', id: ann.joined.you.id});
  assert.deepEqual(await mo.next(), {type: 'user-joined', user: ann.joined.you});
  assert.equal(await total(world, room), 2);
});

test('somebody who finds no free seat after 30 seconds is refused, and may try again until 45', async t => {
  const {world, room, mo, ann} = await threeInside(t, {participants: 1});
  await broken(ann, mo);
  world.now += 31 * SECONDS;
  const bob = await world.enter(room, {name: 'Bob'});
  const refused = await world.resume(ann.joined.resume);
  assert.deepEqual(await refused.next(), {type: 'refused', result: 10114, error: 'Token Denied. Room is full.'});
  assert.equal(await refused.closed, 4001);
  await bob.leave();
  assert.deepEqual(await mo.types(3), ['user-left', 'user-joined', 'user-left']);
  assert.deepEqual((await world.back(ann.joined.resume)).joined.you, ann.joined.you);
});

test('after 45 seconds nobody can resume, and an unknown secret gets the same answer', async t => {
  const {world, mo, ann} = await threeInside(t);
  await broken(ann, mo);
  world.now += 45 * SECONDS;
  for (const secret of [ann.joined.resume, 'x'.repeat(43), '']) {
    const client = await world.resume(secret);
    assert.deepEqual(await client.next(), NOT_RESUMABLE);
    assert.equal(await client.closed, 4001);
  }
});

test('the last visitor may resume after the session has ended, and begins the next one', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  const ann = await world.enter(room);
  await ann.vanish();
  const away = () => world.database.all('select 1 from connections where seat_until is not null');
  await until(async () => (await away()).length === 1);
  world.now += 31 * SECONDS;
  assert.equal(await isActive(world, room), undefined);
  assert.deepEqual((await world.back(ann.joined.resume)).joined.you, ann.joined.you);
  assert.equal(await isActive(world, room), true);
});

test('of a hundred connections that resume with one secret, exactly one is let in; only a hash of the secret is stored', async t => {
  const {world, room, mo, ann} = await threeInside(t);
  await broken(ann, mo);
  const clients = await Promise.all(Array.from({length: 100}, () => world.connect()));
  for (const client of clients) client.send({type: 'resume', secret: ann.joined.resume});
  const answers = await Promise.all(clients.map(client => client.next()));
  assert.equal(answers.filter(({type}) => type === 'joined').length, 1);
  assert.equal(answers.filter(({result}) => result === 19010).length, 99);
  assert.equal(await total(world, room), 2);
  const rows = JSON.stringify(await world.database.all('select * from connections'));
  for (const {resume} of answers as {resume?: string}[]) assert.ok(!resume || !rows.includes(resume));
  assert.match(String((answers.find(({resume}) => resume) as {resume: string}).resume), /^[\w-]{43}$/);
});

test('somebody who resumes while the old connection still seems alive replaces it', async t => {
  const {world, room, mo, ann} = await threeInside(t);
  const back = await world.back(ann.joined.resume);
  assert.equal(await ann.closed, 4004);
  assert.deepEqual(await mo.next(), {type: 'user-back', user: ann.joined.you});
  await mo.quiet();
  assert.equal(await total(world, room), 2);
  mo.send({type: 'signal', to: ann.joined.you.id, data: 1});
  assert.equal((await back.next()).type, 'signal');
});

test('nobody can resume after they left, were dropped, or the session was ended', async t => {
  const {world, room, mo, ann} = await threeInside(t);
  const refused = async ({joined}: Inside) =>
    assert.deepEqual(await (await world.resume(joined.resume)).next(), NOT_RESUMABLE);
  ann.send({type: 'leave'});
  assert.equal(await ann.closed, 1000);
  assert.deepEqual(await mo.next(), {type: 'user-left', id: ann.joined.you.id});
  await refused(ann);
  const bob = await world.enter(room, {name: 'Bob'});
  mo.send({type: 'drop', id: bob.joined.you.id});
  await bob.closed;
  await refused(bob);
  mo.send({type: 'end'});
  await mo.closed;
  await refused(mo);
});

test('a close without `leave` is an interruption, whatever its code', async t => {
  const {world, mo, ann} = await threeInside(t);
  let last = ann;
  for (const code of [1000, 1001, undefined, 4999]) {
    last.socket.close(code);
    assert.deepEqual(await mo.next(), {type: 'user-away', id: ann.joined.you.id});
    last = await world.back(last.joined.resume);
    assert.equal((await mo.next()).type, 'user-back');
  }
});

test('`leave` gives the seat back, also when the page closes in the same moment or breaks off right after', async t => {
  const {world, room, mo, ann} = await threeInside(t);
  ann.send({type: 'leave'});
  ann.socket.close(1001);
  assert.deepEqual(await mo.next(), {type: 'user-left', id: ann.joined.you.id});
  const bob = await world.enter(room);
  const sent = new Promise(resolve => bob.socket.send(JSON.stringify({type: 'leave'}), resolve));
  await sent;
  bob.socket.terminate();
  assert.deepEqual(await mo.types(2), ['user-joined', 'user-left']);
});

test('a message over 64 KiB breaks the connection, and its client may resume', async t => {
  const {world, mo, ann} = await threeInside(t);
  ann.send({type: 'signal', to: mo.joined.you.id, data: 'x'.repeat(64 * 1024)});
  assert.equal(await ann.closed, 1009);
  assert.equal((await mo.next()).type, 'user-away');
  assert.deepEqual((await world.back(ann.joined.resume)).joined.you, ann.joined.you);
});

test('signals never cut off a client that stops reading; their sender is told that they were not delivered', async t => {
  const {mo, ann} = await threeInside(t);
  ann.socket.pause();
  // Part of it is in the TCP buffers of both ends, whose sizes are unknown.
  const data = 'x'.repeat(60_000);
  const told = mo.next();
  let isTold = false;
  void told.then(() => (isTold = true));
  for (let sent = 0; sent < 400 && !isTold; sent++) {
    mo.send({type: 'signal', to: ann.joined.you.id, data});
    if (sent % 20 === 0) await new Promise(resolve => mo.socket.ping('', true, resolve));
  }
  const {type, code} = await told;
  assert.deepEqual([type, code], ['error', 'rate_limited']);
  ann.socket.resume();
  assert.equal((await ann.next()).type, 'signal');
  assert.equal(ann.socket.readyState, ann.socket.OPEN);
});

test('a client that sends too fast is read more slowly, and everything it sent is answered', async t => {
  const {world, room, mo, ann} = await threeInside(t);
  const release = await holdRoom(world.database, room);
  const witness = await world.connect();
  const pad = 'x'.repeat(60_000);
  for (let i = 0; i < 300; i++) mo.send({type: 'mute', id: ann.joined.you.id, pad});
  // What the platform does not read stays in our buffer. After a while the platform reads no more.
  let [before, same] = [Infinity, 0];
  while (same < 50) {
    await witness.quiet();
    const left = mo.socket.bufferedAmount;
    same = left === before ? same + 1 : 0;
    before = left;
  }
  assert.ok(before > 5_000_000, String(before));
  await release();
  assert.ok((await ann.types(300)).every(type => type === 'muted'));
});

test('a client that answers no heartbeat is away after 20 seconds and gone after 30; one that answers stays', async t => {
  mock.timers.enable({apis: ['setInterval']});
  t.after(() => mock.timers.reset());
  const world = await startPlatform(t);
  const room = await world.room({participants: 1});
  const lively = await world.enter(room, {role: 'moderator'});
  const silent = await world.connect({autoPong: false});
  silent.send({type: 'join', token: await world.token(room)});
  const {you} = (await silent.next()) as unknown as {you: {id: string}};
  await lively.next();
  for (let beats = 0; beats < 2; beats++) {
    const ping = once(silent.socket, 'ping');
    world.now += 10 * SECONDS;
    await beat(lively);
    await ping;
    assert.equal(await total(world, room), 2);
  }
  world.now += 9 * SECONDS;
  mock.timers.tick(10_000);
  assert.equal(await silent.closed, 1006);
  assert.deepEqual(await lively.next(), {type: 'user-away', id: you.id});
  assert.equal(await total(world, room), 2);
  world.now += 1 * SECONDS;
  assert.equal(await total(world, room), 1);
  mock.timers.tick(10_000);
  assert.deepEqual(await lively.next(), {type: 'user-left', id: you.id});
});
