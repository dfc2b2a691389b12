import assert from 'node:assert/strict';
import {once} from 'node:events';
import {mock, test, type TestContext} from 'node:test';
import {holdRoom} from '../../helpers/platform/place.js';
import {beat, isActive, startPlatform, until, usersOf, type Inside, type World} from '../../helpers/platform/start.js';

const NOT_RESUMABLE = {type: 'refused', result: 10218, error: 'This visit cannot be resumed.'};
const SECONDS = 1000;

/** A room with a moderator and two others, whose first has heard of the second. */
async function threeInside(t: TestContext, settings = {}) {
  const world = await startPlatform(t);
  const room = await world.room({participants: 2, ...settings});
  const mo = await world.enter(room, {name: 'Mo', role: 'moderator'});
  const ann = await world.enter(room, {name: 'Ann', data: {seat: 4}});
  assert.equal((await mo.next()).type, 'user-joined');
  return {world, room, mo, ann};
}

/** Breaks a connection, and makes sure that the platform knows. */
async function broken(ann: Inside, witness: Inside) {
  await ann.vanish();
  assert.deepEqual(await witness.next(), {type: 'user-away', id: ann.joined.you.id});
}

const total = async (world: World, room: string) => (await usersOf(world, room)).total;

test('a connection that broke keeps its seat for 30 seconds, is listed so long, and then is free', async t => {
  const {world, room, mo, ann} = await threeInside(t, {participants: 1});
  await broken(ann, mo);
  world.now += 30 * SECONDS - 1;
  assert.equal(await total(world, room), 2);
  assert.equal((await world.ask(room)).body.result, 10114);
  world.now += 1;
  assert.equal(await total(world, room), 1);
  const bob = await world.enter(room, {name: 'Bob'});
  assert.deepEqual(bob.joined.users, [mo.joined.you]);
  assert.deepEqual(await mo.next(), {type: 'user-left', id: ann.joined.you.id});
  assert.deepEqual(await mo.next(), {type: 'user-joined', user: bob.joined.you});
});

test('who comes while somebody is away is told so', async t => {
  const {world, room, mo, ann} = await threeInside(t);
  await broken(ann, mo);
  const bob = await world.enter(room, {name: 'Bob'});
  assert.deepEqual(bob.joined.users, [mo.joined.you, {...ann.joined.you, away: true}]);
});

test('whoever resumes is the same one in the same seat, without a token, and the others are told', async t => {
  const {world, room, mo, ann} = await threeInside(t);
  const bob = await world.enter(room, {name: 'Bob'});
  await mo.next();
  await broken(ann, mo);
  world.now += 29 * SECONDS;
  const back = await world.back(ann.joined.resume);
  assert.deepEqual(back.joined.you, ann.joined.you);
  assert.deepEqual(back.joined.users, [mo.joined.you, bob.joined.you]);
  assert.deepEqual(back.joined.room, ann.joined.room);
  assert.notEqual(back.joined.resume, ann.joined.resume);
  assert.deepEqual(await mo.next(), {type: 'user-back', user: ann.joined.you});
  assert.equal(await total(world, room), 3);
  world.now += 60 * SECONDS;
  assert.equal(await total(world, room), 3);
  bob.send({type: 'signal', to: ann.joined.you.id, data: 'again'});
  assert.deepEqual(await back.next(), {type: 'signal', from: bob.joined.you.id, data: 'again'});
});

test('whoever resumes after 30 seconds takes a free seat, and comes in anew for the others', async t => {
  const {world, room, mo, ann} = await threeInside(t);
  await broken(ann, mo);
  world.now += 45 * SECONDS - 1;
  const back = await world.back(ann.joined.resume);
  assert.deepEqual(back.joined.you, ann.joined.you);
  assert.deepEqual(await mo.next(), {type: 'user-left', id: ann.joined.you.id});
  assert.deepEqual(await mo.next(), {type: 'user-joined', user: ann.joined.you});
  assert.equal(await total(world, room), 2);
});

test('whoever finds the seat taken after 30 seconds is told so, and may try again until 45', async t => {
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

test('after 45 seconds nobody resumes, and an unknown secret is told the same', async t => {
  const {world, mo, ann} = await threeInside(t);
  await broken(ann, mo);
  world.now += 45 * SECONDS;
  for (const secret of [ann.joined.resume, 'x'.repeat(43), '']) {
    const client = await world.resume(secret);
    assert.deepEqual(await client.next(), NOT_RESUMABLE);
    assert.equal(await client.closed, 4001);
  }
});

test('the last one in a room may resume after the session ended, and begins the next', async t => {
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

test('of a hundred that resume with one secret exactly one is let in; it is spent, and not kept as it is', async t => {
  const {world, room, mo, ann} = await threeInside(t);
  await broken(ann, mo);
  const clients = await Promise.all(Array.from({length: 100}, () => world.connect()));
  for (const client of clients) client.send({type: 'resume', secret: ann.joined.resume});
  const answers = await Promise.all(clients.map(client => client.next()));
  assert.equal(answers.filter(({type}) => type === 'joined').length, 1);
  assert.equal(answers.filter(({result}) => result === 10218).length, 99);
  assert.equal(await total(world, room), 2);
  const rows = JSON.stringify(await world.database.all('select * from connections'));
  for (const {resume} of answers as {resume?: string}[]) assert.ok(!resume || !rows.includes(resume));
  assert.match(String((answers.find(({resume}) => resume) as {resume: string}).resume), /^[\w-]{43}$/);
});

test('whoever resumes while the old connection is still thought alive replaces it', async t => {
  const {world, room, mo, ann} = await threeInside(t);
  const back = await world.back(ann.joined.resume);
  assert.equal(await ann.closed, 4004);
  assert.deepEqual(await mo.next(), {type: 'user-back', user: ann.joined.you});
  await mo.quiet();
  assert.equal(await total(world, room), 2);
  mo.send({type: 'signal', to: ann.joined.you.id, data: 1});
  assert.equal((await back.next()).type, 'signal');
});

test('whoever left, or whose room was ended or who was dropped, does not resume', async t => {
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

test('a close with 1000, 1001 or no code gives the seat back at once, any other keeps it', async t => {
  const {world, room, mo} = await threeInside(t);
  for (const code of [1000, 1001, undefined]) {
    const bob = await world.enter(room);
    bob.socket.close(code);
    assert.deepEqual(await mo.types(2), ['user-joined', 'user-left']);
  }
  const bob = await world.enter(room);
  bob.socket.close(4999);
  assert.deepEqual(await mo.types(2), ['user-joined', 'user-away']);
});

test('a message over 64 KiB ends its connection, which may resume', async t => {
  const {world, mo, ann} = await threeInside(t);
  ann.send({type: 'signal', to: mo.joined.you.id, data: 'x'.repeat(64 * 1024)});
  assert.equal(await ann.closed, 1009);
  assert.equal((await mo.next()).type, 'user-away');
  assert.deepEqual((await world.back(ann.joined.resume)).joined.you, ann.joined.you);
});

test('a peer that takes nothing of what it is sent is ended, and may resume', async t => {
  const {world, mo, ann} = await threeInside(t);
  ann.socket.pause();
  // Some of it is in the buffers of the two ends of TCP, of which there is no telling how large they are.
  const data = 'x'.repeat(60_000);
  let away = false;
  void mo.next().then(({type}) => (away = type === 'user-away'));
  for (let sent = 0; sent < 2000 && !away; sent++) {
    mo.send({type: 'signal', to: ann.joined.you.id, data});
    if (sent % 20 === 0) await new Promise(resolve => mo.socket.ping('', true, resolve));
  }
  await until(async () => away);
  assert.deepEqual((await world.back(ann.joined.resume)).joined.you, ann.joined.you);
});

test('a peer that sends faster than it is served is not read on, and all it sent is answered', async t => {
  const {world, room, mo, ann} = await threeInside(t);
  const release = await holdRoom(world.database, room);
  const witness = await world.connect();
  const pad = 'x'.repeat(60_000);
  for (let i = 0; i < 300; i++) mo.send({type: 'mute', id: ann.joined.you.id, pad});
  // What the platform does not take stays here, and after a while no more of it is taken.
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

test('a peer that answers no heartbeat is away after 20 seconds and gone after 30, one that does stays', async t => {
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
