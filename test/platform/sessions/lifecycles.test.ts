import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  FOUR,
  isActive,
  MINUTE,
  SCHEDULED,
  startPlatform,
  until,
  usersOf,
  type Json,
  type World,
} from '../../helpers/platform/start.js';

const HOUR = 60 * MINUTE;

/** Whether no operation finds the room, and the list does not have it. */
async function isGone(world: World, room: string): Promise<boolean> {
  const results = await Promise.all([
    world.call('GET', `/rooms/${room}`),
    world.call('PATCH', `/rooms/${room}`, {name: 'Still here'}),
    world.call('GET', `/rooms/${room}/users`),
    world.ask(room),
    world.call('DELETE', `/rooms/${room}`),
  ]);
  const {text} = await world.call('GET', '/rooms');
  return results.every(({body}) => body.result === 40001) && !text.includes(room);
}

const empty = (world: World, room: string) => until(async () => !(await isActive(world, room)));

test('R8 an update during a session shows at once, and the session keeps its limits until it ends', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 1});
  const ann = await world.enter(room);
  const update = {name: 'Wider', settings: {participants: 2, knock: true, mode: undefined}};
  assert.equal((await world.call('PATCH', `/rooms/${room}`, update)).body.result, 0);
  const {name, settings} = (await world.call('GET', `/rooms/${room}`)).body.room as Json & {settings: Json};
  assert.deepEqual([name, settings.participants], ['Wider', 2]);
  assert.equal((await world.ask(room)).body.result, 10114);
  const mo = await world.enter(room, {role: 'moderator'});
  assert.equal((mo.joined.room.settings as Json).participants, 1);
  assert.equal(mo.joined.room.name, 'Stand-up');
  await ann.leave();
  assert.equal((await mo.next()).type, 'user-left');
  const bob = await world.enter(room);
  assert.equal((await world.ask(room)).body.result, 10114);
  await Promise.all([bob.leave(), mo.leave()]);
  await empty(world, room);
  const knocking = await world.knock(room);
  assert.equal((await world.ask(room)).body.result, 0);
  await knocking.leave();
});

test('R12 a permanent room outlives its sessions, and a scheduled room outlives its end', async t => {
  const world = await startPlatform(t);
  const [permanent, scheduled] = [await world.room(), await world.room(SCHEDULED)];
  world.now = FOUR;
  for (const room of [permanent, scheduled]) {
    await (await world.enter(room)).leave();
    await empty(world, room);
  }
  world.now += 365 * 24 * HOUR;
  for (const room of [permanent, scheduled]) {
    assert.equal((await world.call('GET', `/rooms/${room}`)).body.result, 0);
  }
});

test('R13 an ad hoc room ends with its first session: tokens and waiting people are refused', async t => {
  const world = await startPlatform(t);
  const room = await world.room({adhoc: true, participants: 2, knock: true});
  world.now += HOUR;
  const mo = await world.enter(room, {role: 'moderator'});
  const ann = await world.knock(room);
  const unused = await world.token(room);
  assert.equal((await world.call('GET', `/rooms/${room}`)).body.result, 0);
  await mo.leave();
  assert.deepEqual(await ann.next(), {type: 'refused', result: 40001, error: 'Room not found'});
  assert.ok(await isGone(world, room));
  assert.equal((await world.outcome(unused)).type, 'refused');
  assert.deepEqual(await world.database.all('select 1 from rooms'), []);
});

test('R13 an ad hoc room stays while the seat of its last visitor is kept, and then is gone', async t => {
  const world = await startPlatform(t);
  const room = await world.room({adhoc: true, participants: 1});
  const ann = await world.enter(room);
  await ann.vanish();
  const away = () => world.database.all('select 1 from connections where seat_until is not null');
  await until(async () => (await away()).length === 1);
  world.now += 29_000;
  const back = await world.back(ann.joined.resume);
  await back.vanish();
  await until(async () => (await away()).length === 1);
  world.now += 30_000;
  assert.ok(await isGone(world, room));
  assert.equal((await (await world.resume(back.joined.resume)).next()).type, 'refused');
});

test('R13 an ad hoc room with a duration lives that long after its first session began', async t => {
  const world = await startPlatform(t);
  const room = await world.room({adhoc: true, duration: '60', participants: 2});
  world.now += 24 * HOUR;
  await (await world.enter(room)).leave();
  await empty(world, room);
  world.now += 30 * MINUTE;
  await (await world.enter(room)).leave();
  await empty(world, room);
  world.now += 30 * MINUTE - 1;
  assert.equal((await world.ask(room)).body.result, 0);
  world.now += 1;
  assert.ok(await isGone(world, room));
});

test('R13 an ad hoc room with a duration stays, and gives tokens, while somebody is in', async t => {
  const world = await startPlatform(t);
  const room = await world.room({adhoc: true, duration: 60, participants: 2});
  const ann = await world.enter(room);
  world.now += 2 * HOUR;
  const bob = await world.enter(room);
  await ann.leave();
  assert.equal((await bob.next()).type, 'user-left');
  assert.equal((await usersOf(world, room)).total, 1);
  await bob.leave();
  await until(() => isGone(world, room));
});

test('R13 a new duration moves the end of an ad hoc room', async t => {
  const world = await startPlatform(t);
  const room = await world.room({adhoc: true, duration: 60});
  await (await world.enter(room)).leave();
  await empty(world, room);
  await world.call('PATCH', `/rooms/${room}`, {settings: {duration: 90}});
  world.now += 89 * MINUTE;
  assert.equal((await world.ask(room)).body.result, 0);
  world.now += MINUTE;
  assert.ok(await isGone(world, room));
});

test('R13 an ad hoc room is gone when a moderator ends its session', async t => {
  const world = await startPlatform(t);
  const room = await world.room({adhoc: true});
  const mo = await world.enter(room, {role: 'moderator'});
  mo.send({type: 'end'});
  assert.equal(await mo.closed, 4002);
  assert.ok(await isGone(world, room));
});

test('T18 a scheduled room gives no more tokens once all have left after its end', async t => {
  const world = await startPlatform(t);
  const room = await world.room({...SCHEDULED, participants: 2});
  world.now = FOUR;
  const ann = await world.enter(room);
  world.now = FOUR + 2 * HOUR;
  const token = await world.token(room);
  await ann.vanish();
  const bob = await world.use(token);
  assert.equal((await bob.next()).type, 'joined');
  await bob.leave();
  world.now += 30_000;
  await until(async () => (await world.ask(room)).body.result === 10112);
});
