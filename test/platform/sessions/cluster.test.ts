import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {mock, test, type TestContext} from 'node:test';
import {openDatabase, type Value} from '../../../src/platform/platform.js';
import {needsPostgres} from '../../helpers/platform/place.js';
import {
  beatUntil,
  isActive,
  seen,
  startPlatform,
  usersOf,
  World,
  type Inside,
  type Json,
} from '../../helpers/platform/start.js';

const MODERATOR = {name: 'Mo', role: 'moderator'};
const idOf = ({joined}: Inside) => joined.you.id;

/** Two platforms on one database, and a room for five. */
async function twoPlatforms(t: TestContext, settings = {}) {
  const here = await startPlatform(t);
  const there = await here.sibling();
  return {here, there, room: await here.room({participants: 5, ...settings})};
}

test('T9 a token used at one platform is spent at the other', async t => {
  const {here, there, room} = await twoPlatforms(t);
  const token = await here.token(room);
  assert.equal((await there.outcome(token)).type, 'joined');
  assert.equal((await here.outcome(token)).type, 'refused');
});

test('T23 of two hundred connections with one token to two platforms, exactly one is admitted', async t => {
  const {here, there, room} = await twoPlatforms(t);
  const token = await here.token(room);
  const clients = await Promise.all(Array.from({length: 200}, (_, i) => (i % 2 ? here : there).connect()));
  for (const client of clients) client.send({type: 'join', token});
  const answers = await Promise.all(clients.map(client => client.next()));
  assert.equal(answers.filter(({type}) => type === 'joined').length, 1);
  assert.equal(answers.filter(({result}) => result === 19010).length, 199);
});

test('T13 of many tokens used at once, two platforms admit as many as there are seats', async t => {
  const {here, there, room} = await twoPlatforms(t);
  const tokens = await Promise.all(Array.from({length: 30}, () => here.token(room)));
  const answers = await Promise.all(tokens.map((token, i) => (i % 2 ? here : there).outcome(token)));
  assert.equal(answers.filter(({type}) => type === 'joined').length, 5);
  assert.equal((await usersOf(here, room)).total, 5);
});

test('U5 both platforms list the people of both, and these people see and signal each other', async t => {
  const {here, there, room} = await twoPlatforms(t);
  const ann = await here.enter(room, {name: 'Ann'});
  const bob = await there.enter(room, {name: 'Bob'});
  assert.deepEqual(bob.joined.users, [seen(ann.joined.you)]);
  assert.deepEqual(await ann.next(), {type: 'user-joined', user: seen(bob.joined.you)});
  assert.deepEqual(await usersOf(here, room), await usersOf(there, room));
  assert.equal((await usersOf(here, room)).total, 2);
  assert.equal(await isActive(there, room), true);
  // Larger than one notification of Postgres.
  const data = {sdp: 'é'.repeat(20_000)};
  ann.send({type: 'signal', to: idOf(bob), data});
  assert.deepEqual(await bob.next(), {type: 'signal', from: idOf(ann), data});
  await bob.leave();
  assert.deepEqual(await ann.next(), {type: 'user-left', id: idOf(bob)});
});

test('a moderator at one platform moderates people who are connected to the other', async t => {
  const {here, there, room} = await twoPlatforms(t, {knock: true, mode: 'lecture'});
  const mo = await here.enter(room, MODERATOR);
  const [ann, bob, eve] = [await there.knock(room), await there.knock(room), await there.knock(room)];
  assert.deepEqual(await mo.types(3), ['knock', 'knock', 'knock']);
  for (const client of [ann, bob]) {
    mo.send({type: 'admit', id: idOf(client)});
    const joined = (await client.next()) as Json & {resume: string};
    assert.deepEqual([joined.type, joined.resume], ['joined', client.joined.resume]);
    assert.deepEqual(await mo.types(2), ['knock-ended', 'user-joined']);
  }
  assert.equal((await ann.next()).type, 'user-joined');
  mo.send({type: 'deny', id: idOf(eve)});
  assert.equal((await eve.next()).type, 'refused');
  mo.send({type: 'floor', id: idOf(ann), on: true});
  mo.send({type: 'mute', id: idOf(bob), kind: 'audio'});
  mo.send({type: 'drop', id: idOf(bob)});
  assert.deepEqual(await ann.types(3), ['user-changed', 'muted', 'user-left']);
  assert.deepEqual(await bob.types(3), ['user-changed', 'muted', 'dropped']);
  assert.equal(await bob.closed, 4003);
  mo.send({type: 'end'});
  assert.equal((await ann.next()).type, 'ended');
  assert.equal(await ann.closed, 4002);
});

test('somebody who was connected to one platform can resume at the other', async t => {
  const {here, there, room} = await twoPlatforms(t);
  const bob = await here.enter(room);
  const ann = await here.enter(room);
  await bob.next();
  const back = await there.back(ann.joined.resume);
  assert.equal(await ann.closed, 4004);
  assert.deepEqual(await bob.next(), {type: 'user-back', user: seen(ann.joined.you)});
  await back.vanish();
  assert.deepEqual(await bob.next(), {type: 'user-away', id: idOf(ann)});
  assert.deepEqual((await here.back(back.joined.resume)).joined.you, ann.joined.you);
});

test('when one platform deletes a room, people who wait at the other are refused', async t => {
  const {here, there, room} = await twoPlatforms(t, {knock: true});
  const ann = await there.knock(room);
  assert.equal((await here.call('DELETE', `/rooms/${room}`)).body.result, 0);
  assert.equal((await ann.next()).type, 'refused');
});

test('a platform that closes interrupts its own people only, and they resume at another', async t => {
  const {here, there, room} = await twoPlatforms(t);
  const ann = await here.enter(room);
  const bob = await there.enter(room);
  await ann.next();
  await there.platform.close();
  assert.equal(await bob.closed, 1012);
  assert.deepEqual(await ann.next(), {type: 'user-away', id: idOf(bob)});
  assert.equal((await usersOf(here, room)).total, 2);
  assert.deepEqual((await here.back(bob.joined.resume)).joined.you, bob.joined.you);
  assert.equal((await ann.next()).type, 'user-back');
});

test('a process without a heartbeat for three beats counts as dead, and its seats are freed', async t => {
  mock.timers.enable({apis: ['setInterval']});
  t.after(() => mock.timers.reset());
  const {here, there, room} = await twoPlatforms(t);
  const [mo, ann, bob] = [await here.enter(room, MODERATOR), await here.enter(room), await there.enter(room)];
  // The rows that a killed process leaves behind.
  await here.database.all('insert into processes (id, beats, seen) values (?, 7, ?)', 'dead', here.now);
  await here.database.all('update connections set process = ?, socket = ? where id = ?', 'dead', 'x', idOf(ann));
  const listed = async () => (await usersOf(here, room)).total;
  assert.equal(await listed(), 3);
  // The first heartbeat sees it; the next three see it unchanged.
  assert.ok((await beatUntil(async () => (await listed()) === 2, mo, bob)) >= 4);
  assert.deepEqual(await mo.types(2), ['user-joined', 'user-joined']);
  assert.deepEqual(await mo.next(), {type: 'user-left', id: idOf(ann)});
  assert.deepEqual(await bob.next(), {type: 'user-left', id: idOf(ann)});
  assert.deepEqual((await there.back(ann.joined.resume)).joined.you, ann.joined.you);
  assert.equal(await listed(), 3);
});

test('a live platform that was taken for dead cuts off its people, and they resume', async t => {
  mock.timers.enable({apis: ['setInterval']});
  t.after(() => mock.timers.reset());
  const world = await startPlatform(t);
  const room = await world.room();
  const ann = await world.enter(room);
  await world.database.all('delete from processes');
  mock.timers.tick(10_000);
  assert.equal(await ann.closed, 1006);
  assert.deepEqual((await world.back(ann.joined.resume)).joined.you, ann.joined.you);
  const [own] = await world.database.all<{beats: number}>('select beats from processes');
  assert.ok(own!.beats >= 1);
});

test('people of a killed process resume at the next process on the file, or their seats are freed', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-'));
  const world = new World();
  t.after(async () => {
    await world.stop();
    await rm(folder, {recursive: true});
  });
  world.place = join(folder, 'rooms.db');
  await world.start();
  world.credentials = await world.platform.createApplication();
  const room = await world.room({participants: 1});
  const spare = await world.token(room, {user_ref: 'somebody else'});
  const ann = await world.enter(room);
  await asLeftByKill(world);
  await world.start();
  assert.equal(await isActive(world, room), true);
  assert.equal((await world.outcome(spare)).type, 'refused');
  assert.deepEqual((await world.back(ann.joined.resume)).joined.you, ann.joined.you);
  await asLeftByKill(world);
  // One heartbeat, in which the dead process may still have heard of people, and the time a seat is kept.
  world.now += 40_000;
  await world.start();
  assert.equal(await isActive(world, room), undefined);
  assert.equal((await world.outcome(spare)).type, 'joined');
});

/** Stops the platform and restores what a killed one leaves behind: its process, sessions and connections. */
async function asLeftByKill(world: World) {
  const left = new Map<string, Record<string, Value | null>[]>();
  for (const table of ['sessions', 'connections']) left.set(table, await world.database.all(`select * from ${table}`));
  await world.stop();
  const database = await openDatabase(world.place);
  await database.all('insert into processes values (?, 1, ?)', 'killed', world.now);
  for (const table of ['connections', 'sessions']) await database.all(`delete from ${table}`);
  for (const [table, rows] of left) {
    for (const row of rows) {
      const known = Object.entries(row).flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]));
      const columns = known.map(([key]) => key).join();
      const places = known.map(() => '?').join();
      await database.all(`insert into ${table} (${columns}) values (${places})`, ...known.map(([, value]) => value));
    }
  }
  await database.all(`update connections set process = 'killed'`);
  await database.close();
}

test('people who may have missed messages while Postgres was unreachable resume', needsPostgres, async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  const ann = await world.enter(room);
  const listeners = `select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'greenroom' and query like 'listen %' and pid <> pg_backend_pid()
      and query = (select 'listen greenroom_' || left(encode(sha256(current_schema()::text::bytea), 'hex'), 16))`;
  assert.equal((await world.database.all(listeners)).length, 1);
  assert.equal(await ann.closed, 1006);
  assert.deepEqual((await world.back(ann.joined.resume)).joined.you, ann.joined.you);
});

/** A platform in a process of its own, on the same Postgres and with the same clock. */
async function startElsewhere(t: TestContext, world: World) {
  const program = `
    import {World} from './test/helpers/platform/start.ts';
    const world = new World();
    world.now = ${world.now};
    world.place = ${JSON.stringify(world.place)};
    await world.start();
    console.log(world.host);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program]);
  t.after(() => child.kill('SIGKILL'));
  const [host] = (await once(child.stdout, 'data')) as [Buffer];
  const elsewhere = new World();
  Object.defineProperty(elsewhere, 'host', {value: host.toString().trim()});
  return {elsewhere, child};
}

test(
  'after kill -9 of one process its people resume at another, and the other seats are freed',
  needsPostgres,
  async t => {
    mock.timers.enable({apis: ['setInterval']});
    t.after(() => mock.timers.reset());
    const world = await startPlatform(t);
    const room = await world.room({participants: 3});
    const mo = await world.enter(room, MODERATOR);
    const {elsewhere, child} = await startElsewhere(t, world);
    const enter = async () => {
      const client = await elsewhere.use(await world.token(room));
      return (await client.next()) as Json & {you: Json & {id: string}; resume: string};
    };
    const [ann, bob] = [await enter(), await enter()];
    assert.deepEqual(await mo.types(2), ['user-joined', 'user-joined']);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal((await usersOf(world, room)).total, 3);
    const back = await world.back(ann.resume);
    assert.deepEqual(back.joined.you, ann.you);
    assert.deepEqual(await mo.next(), {type: 'user-back', user: ann.you});
    const freed = async () => (await usersOf(world, room)).total === 2;
    assert.ok((await beatUntil(freed, mo, back)) >= 4);
    assert.deepEqual(await mo.next(), {type: 'user-left', id: bob.you.id});
    assert.equal((await (await world.resume(bob.resume)).next()).type, 'joined');
  },
);
