import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  isActive,
  seen,
  startPlatform,
  until,
  usersOf,
  type Inside,
  type Json,
  type World,
} from '../../helpers/platform/start.js';

const MODERATOR = {name: 'Mo', role: 'moderator'};

const publishes = ({permissions}: {permissions: Json}) => permissions.publish;
const listed = async (world: World, room: string) =>
  (await usersOf(world, room)).users as {name: string; permissions: Json}[];
const error = (code: string, sentence: string) => ({type: 'error', code, error: sentence});
const idOf = ({joined}: Inside) => joined.you.id;

test('U4 somebody who knocks has no seat, is not listed, and is in once a moderator admits them', async t => {
  const world = await startPlatform(t);
  const room = await world.room({knock: true, participants: 1});
  const mo = await world.enter(room, MODERATOR);
  assert.deepEqual(mo.joined.waiting, []);
  const ann = await world.knock(room, {name: 'Ann'});
  assert.equal((ann.joined as unknown as Json).reason, 'knock');
  assert.deepEqual(await mo.next(), {type: 'knock', user: ann.joined.you});
  assert.deepEqual(
    (await listed(world, room)).map(({name}) => name),
    ['Mo'],
  );
  assert.equal((await world.ask(room)).body.result, 0);
  for (const message of [
    {type: 'signal', to: idOf(mo), data: 1},
    {type: 'admit', id: idOf(ann)},
  ]) {
    ann.send(message);
    assert.deepEqual(await ann.next(), error('invalid', 'Join first.'));
  }
  mo.send({type: 'admit', id: idOf(ann)});
  const joined = await ann.next();
  assert.equal(joined.type, 'joined');
  assert.deepEqual(
    [joined.you, joined.users, joined.resume],
    [ann.joined.you, [seen(mo.joined.you)], ann.joined.resume],
  );
  assert.ok(!('waiting' in joined));
  assert.deepEqual(await mo.next(), {type: 'knock-ended', id: idOf(ann)});
  assert.deepEqual(await mo.next(), {type: 'user-joined', user: ann.joined.you});
  assert.equal((await listed(world, room)).length, 2);
});

test('somebody who is denied learns why, and waits no longer', async t => {
  const world = await startPlatform(t);
  const room = await world.room({knock: true, participants: 1});
  const mo = await world.enter(room, MODERATOR);
  const vi = await world.knock(room, {role: 'viewer'});
  await mo.next();
  mo.send({type: 'deny', id: idOf(vi)});
  assert.deepEqual(await vi.next(), {type: 'refused', result: 19010, error: 'A moderator did not let you in.'});
  assert.equal(await vi.closed, 4001);
  assert.deepEqual(await mo.next(), {type: 'knock-ended', id: idOf(vi)});
  assert.equal((await (await world.resume(vi.joined.resume)).next()).type, 'refused');
  assert.equal((await world.ask(room)).body.result, 0);
  mo.send({type: 'admit', id: idOf(vi)});
  assert.deepEqual(await mo.next(), error('invalid', 'Nobody with this id is waiting.'));
});

test('a moderator who joins later learns who waits; audience and moderators do not knock', async t => {
  const world = await startPlatform(t);
  const room = await world.room({knock: true, moderators: 2, audiences: 1});
  const ann = await world.knock(room);
  await world.enter(room, {role: 'audience'});
  const mo = await world.enter(room, MODERATOR);
  assert.deepEqual(mo.joined.waiting, [ann.joined.you]);
  await ann.leave();
  assert.deepEqual(await mo.next(), {type: 'knock-ended', id: idOf(ann)});
});

test('a room where somebody only waits is not active, and they are refused when it is deleted', async t => {
  const world = await startPlatform(t);
  const room = await world.room({knock: true});
  const ann = await world.knock(room);
  assert.equal(await isActive(world, room), undefined);
  assert.equal((await world.call('DELETE', `/rooms/${room}`)).body.result, 0);
  assert.deepEqual(await ann.next(), {type: 'refused', result: 40001, error: 'Room not found'});
  assert.equal(await ann.closed, 4001);
});

test('somebody who waits and loses the connection may be admitted meanwhile, or waits again after resuming', async t => {
  const world = await startPlatform(t);
  const room = await world.room({knock: true, participants: 2});
  const mo = await world.enter(room, MODERATOR);
  const ann = await world.knock(room);
  await mo.next();
  await ann.vanish();
  const again = await world.back(ann.joined.resume, 'waiting');
  assert.deepEqual(again.joined.you, ann.joined.you);
  await again.vanish();
  const away = () => world.database.all('select 1 from connections where seat_until is not null');
  await until(async () => (await away()).length === 1);
  mo.send({type: 'admit', id: idOf(ann)});
  assert.equal((await mo.next()).type, 'knock-ended');
  assert.deepEqual(await mo.next(), {type: 'user-joined', user: {...ann.joined.you, away: true}});
  await world.back(again.joined.resume);
  assert.deepEqual(await mo.next(), {type: 'user-back', user: ann.joined.you});
});

test('with wait_for_moderator nobody may publish until a moderator joins, and from then on all participants may', async t => {
  const world = await startPlatform(t);
  const room = await world.room({wait_for_moderator: true, participants: 4});
  const ann = await world.enter(room, {name: 'Ann'});
  const vi = await world.enter(room, {name: 'Vi', role: 'viewer'});
  await ann.next();
  assert.equal(publishes(ann.joined.you), false);
  assert.deepEqual((await listed(world, room)).map(publishes), [false, false]);
  const mo = await world.enter(room, MODERATOR);
  const user = {...ann.joined.you, permissions: {...ann.joined.you.permissions, publish: true}};
  assert.deepEqual(mo.joined.users, [user, vi.joined.you]);
  for (const client of [ann, vi]) {
    assert.deepEqual(await client.next(), {type: 'user-changed', user: seen(user)});
    assert.deepEqual(await client.next(), {type: 'user-joined', user: seen(mo.joined.you)});
  }
  await mo.quiet();
  await mo.leave();
  await ann.next();
  assert.equal(publishes((await world.enter(room)).joined.you), true);
  assert.deepEqual((await listed(world, room)).map(publishes), [true, false, true]);
});

test('in a lecture a participant publishes only with the floor, which a moderator gives and takes', async t => {
  const world = await startPlatform(t);
  const room = await world.room({mode: 'lecture', participants: 2});
  const mo = await world.enter(room, MODERATOR);
  const ann = await world.enter(room, {name: 'Ann'});
  const vi = await world.enter(room, {name: 'Vi', role: 'viewer'});
  await mo.types(2);
  await ann.next();
  assert.deepEqual(
    [mo, ann, vi].map(({joined}) => publishes(joined.you)),
    [true, false, false],
  );
  for (const on of [true, false]) {
    mo.send({type: 'floor', id: idOf(ann), on});
    const user = {...ann.joined.you, permissions: {...ann.joined.you.permissions, publish: on}};
    assert.deepEqual(await mo.next(), {type: 'user-changed', user});
    for (const client of [ann, vi]) assert.deepEqual(await client.next(), {type: 'user-changed', user: seen(user)});
    assert.deepEqual((await listed(world, room)).map(publishes), [true, on, false]);
  }
  for (const id of [idOf(vi), idOf(mo)]) {
    mo.send({type: 'floor', id, on: true});
    assert.deepEqual(await mo.next(), error('invalid', 'Only a participant can be given the floor.'));
  }
  await vi.quiet();
  const group = await world.enter(await world.room(), MODERATOR);
  group.send({type: 'floor', id: idOf(group), on: true});
  assert.deepEqual(await group.next(), error('invalid', 'Only a lecture has a floor.'));
});

test('the floor survives resuming, but not the session', async t => {
  const world = await startPlatform(t);
  const room = await world.room({mode: 'lecture'});
  const mo = await world.enter(room, MODERATOR);
  const ann = await world.enter(room);
  mo.send({type: 'floor', id: idOf(ann), on: true});
  await mo.types(2);
  const back = await world.back(ann.joined.resume);
  assert.equal(publishes(back.joined.you), true);
  await mo.leave();
  await back.next();
  await back.vanish();
  const away = () => world.database.all('select 1 from connections where seat_until is not null');
  await until(async () => (await away()).length === 1);
  world.now += 31_000;
  assert.equal(publishes((await world.back(back.joined.resume)).joined.you), false);
});

test('audience is told only of the end, and neither sends nor gets signals', async t => {
  const world = await startPlatform(t);
  const room = await world.room({audiences: 1, participants: 2});
  const mo = await world.enter(room, MODERATOR);
  const au = await world.enter(room, {role: 'audience'});
  assert.deepEqual([au.joined.users, au.joined.total], [[], 1]);
  mo.send({type: 'signal', to: idOf(au), data: 1});
  assert.deepEqual(await mo.next(), error('invalid', 'Nobody with this id is in the room.'));
  au.send({type: 'signal', to: idOf(mo), data: 1});
  assert.deepEqual(await au.next(), error('denied', 'Audience only watches.'));
  const ann = await world.enter(room);
  mo.send({type: 'mute', id: idOf(ann)});
  assert.equal((await ann.next()).type, 'muted');
  await ann.leave();
  assert.deepEqual(await mo.types(3), ['user-joined', 'muted', 'user-left']);
  mo.send({type: 'end'});
  assert.deepEqual(await au.next(), {type: 'ended'});
  assert.equal(await au.closed, 4002);
});

test('when a moderator mutes somebody, all are told who, what and by whom', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 2});
  const mo = await world.enter(room, MODERATOR);
  const [ann, bob] = [await world.enter(room), await world.enter(room)];
  await mo.types(2);
  await ann.next();
  for (const kind of ['audio', 'video', undefined]) {
    mo.send({type: 'mute', id: idOf(ann), kind});
    const muted = {type: 'muted', id: idOf(ann), by: idOf(mo), ...(kind && {kind})};
    for (const client of [mo, ann, bob]) assert.deepEqual(await client.next(), muted);
  }
});

test('a dropped visitor is told and disconnected, the others see them leave, and the seat is free', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 1});
  const mo = await world.enter(room, MODERATOR);
  const ann = await world.enter(room);
  await mo.next();
  mo.send({type: 'drop', id: idOf(ann)});
  assert.deepEqual(await ann.next(), {type: 'dropped'});
  assert.equal(await ann.closed, 4003);
  assert.deepEqual(await mo.next(), {type: 'user-left', id: idOf(ann)});
  assert.equal((await world.ask(room)).body.result, 0);
  for (const id of [idOf(ann), 'nobody']) {
    mo.send({type: 'drop', id});
    assert.deepEqual(await mo.next(), error('invalid', 'Nobody with this id is in the room.'));
  }
});

test('when a moderator ends the session all are disconnected, also people who wait, and the room can be used again', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 2, knock: true});
  const mo = await world.enter(room, MODERATOR);
  const [ann, bob] = [await world.knock(room), await world.knock(room)];
  mo.send({type: 'admit', id: idOf(ann)});
  assert.equal((await ann.next()).type, 'joined');
  assert.deepEqual(await mo.types(4), ['knock', 'knock', 'knock-ended', 'user-joined']);
  mo.send({type: 'end'});
  for (const client of [mo, ann, bob]) {
    assert.deepEqual(await client.next(), {type: 'ended'});
    assert.equal(await client.closed, 4002);
  }
  assert.deepEqual(await usersOf(world, room), {result: 0, total: 0, users: []});
  assert.equal((await world.enter(room, MODERATOR)).joined.users.length, 0);
});

test('commands from anybody but a moderator are denied and change nothing', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 3, audiences: 1, knock: true, mode: 'lecture'});
  const mo = await world.enter(room, MODERATOR);
  const waiting = await world.knock(room);
  const ann = await world.knock(room);
  const vi = await world.knock(room, {role: 'viewer'});
  for (const client of [ann, vi]) {
    mo.send({type: 'admit', id: idOf(client)});
    assert.equal((await client.next()).type, 'joined');
  }
  await ann.next();
  const au = await world.enter(room, {role: 'audience'});
  await mo.types(7);
  for (const client of [ann, vi, au]) {
    for (const message of [
      {type: 'admit', id: idOf(waiting)},
      {type: 'deny', id: idOf(waiting)},
      {type: 'mute', id: idOf(mo)},
      {type: 'drop', id: idOf(mo)},
      {type: 'floor', id: idOf(ann), on: true},
      {type: 'end'},
    ]) {
      client.send(message);
      assert.deepEqual(await client.next(), error('denied', 'Only a moderator may do this.'), message.type);
    }
  }
  for (const client of [mo, waiting, ann, vi, au]) await client.quiet();
});
