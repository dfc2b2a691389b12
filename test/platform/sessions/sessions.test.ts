import assert from 'node:assert/strict';
import {once} from 'node:events';
import {mock, test} from 'node:test';
import {holdRoom} from '../../helpers/platform/place.js';
import {isActive, seen, startPlatform, until, usersOf, type Json} from '../../helpers/platform/start.js';

test('U1 a room without a session has no users', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  assert.deepEqual(await usersOf(world, room), {result: 0, total: 0, users: []});
  assert.equal(await isActive(world, room), undefined);
});

const can = (...allowed: string[]) =>
  Object.fromEntries(
    ['publish', 'subscribe', 'record', 'stats', 'controlhandlers'].map(each => [each, allowed.includes(each)]),
  );

test('U2 U3 U5 U6 people are listed as in their tokens, with the permissions of their roles; audience is not listed', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 2, audiences: 1});
  await world.enter(room, {name: 'Mo', role: 'moderator', user_ref: 1, data: {secret: true}});
  await world.enter(room, {name: 'Pat', role: 'participant', user_ref: 'p'});
  await world.enter(room, {name: 'Vi', role: 'viewer', user_ref: 'v'});
  await world.enter(room, {name: 'Au', role: 'audience', user_ref: 'a'});
  assert.deepEqual(await usersOf(world, room), {
    result: 0,
    total: 3,
    users: [
      {
        name: 'Mo',
        user_ref: 1,
        role: 'moderator',
        permissions: can('publish', 'subscribe', 'record', 'stats', 'controlhandlers'),
      },
      {
        name: 'Pat',
        user_ref: 'p',
        role: 'participant',
        permissions: can('publish', 'subscribe', 'stats', 'controlhandlers'),
      },
      {name: 'Vi', user_ref: 'v', role: 'viewer', permissions: can('subscribe', 'stats')},
    ],
  });
  assert.equal(await isActive(world, room), true);
});

test('a client that asks for a sign of life gets one, also while it knocks', async t => {
  const world = await startPlatform(t);
  const ann = await world.enter(await world.room());
  const bob = await world.knock(await world.room({knock: true}));
  for (const client of [ann, bob]) {
    client.send({type: 'ping'});
    assert.deepEqual(await client.next(), {type: 'pong'});
  }
});

test('people inside are told who joins and leaves, and somebody who joins is told who is there', async t => {
  const world = await startPlatform(t);
  const secret = {billing_code: 'B-1', live_recording: {auto_recording: true, url: 'https://rtmp.example/?token=1'}};
  const room = await world.room({...secret, participants: 3, audiences: 1});
  const ann = await world.enter(room, {data: {hand: 'up'}});
  const {id} = ann.joined.you;
  const you = {id, name: 'Ann', role: 'participant', user_ref: 'u1', data: {hand: 'up'}};
  assert.deepEqual(ann.joined.you, {...you, permissions: can('publish', 'subscribe', 'stats', 'controlhandlers')});
  assert.deepEqual(ann.joined.users, []);
  const {settings, ...rest} = ann.joined.room;
  assert.deepEqual(rest, {room_id: room, name: 'Stand-up'});
  assert.equal((settings as Json).participants, 3);
  assert.ok(!('billing_code' in (settings as Json)) && !('live_recording' in (settings as Json)));

  const audience = await world.enter(room, {role: 'audience'});
  assert.deepEqual([audience.joined.users, audience.joined.total], [[], 1]);
  const bob = await world.enter(room, {name: 'Bob'});
  assert.deepEqual(bob.joined.users, [seen(ann.joined.you)]);
  // Audience comes and goes unannounced: the next message to Ann is about Bob.
  assert.deepEqual(await ann.next(), {type: 'user-joined', user: seen(bob.joined.you)});
  await audience.leave();
  await bob.leave();
  assert.deepEqual(await ann.next(), {type: 'user-left', id: bob.joined.you.id});
});

test('a signal reaches its receiver in the same room, with the sender’s id', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 3});
  const ann = await world.enter(room);
  const bob = await world.enter(room);
  const far = await world.enter(await world.room());
  await ann.next();
  const data = {sdp: 'v=0\r\n', candidates: [1, 2]};
  ann.send({type: 'signal', to: bob.joined.you.id, from: 'somebody else', data});
  assert.deepEqual(await bob.next(), {type: 'signal', from: ann.joined.you.id, data});
  for (const to of [far.joined.you.id, 'nobody']) {
    ann.send({type: 'signal', to, data});
    assert.deepEqual(await ann.next(), {type: 'error', code: 'invalid', error: 'Nobody with this id is in the room.'});
  }
});

test('a signal may nest 64 levels deep and no deeper', async t => {
  const world = await startPlatform(t);
  const ann = await world.enter(await world.room());
  const to = ann.joined.you.id;
  const nested = (levels: number) => `{"type":"signal","to":"${to}","data":${'['.repeat(levels)}${']'.repeat(levels)}}`;
  ann.send(nested(64));
  assert.equal((await ann.next()).type, 'signal');
  ann.send(nested(65));
  assert.equal((await ann.next()).type, 'error');
});

const MALFORMED = `
{|null|[]|5|"join"|{"type":"dance"}|{"type":["join"]}|{"type":"toString"}|{"type":"__proto__"}
{"type":"join"}|{"type":"join","token":5}|{"type":"resume"}|{"type":"resume","secret":null}
{"type":"signal","to":5}|{"type":"signal","to":"\\u0000"}|{"type":"admit"}|{"type":"floor","id":"x"}
{"type":"mute","id":"x","kind":"smell"}|{"type":"drop","id":"${'x'.repeat(65)}"}|`
  .trim()
  .split(/[|\n]/);
const DEEP = `{"type":"signal","to":"x","data":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;

test('malformed, unknown and early messages get an error and do no harm', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  const token = await world.token(room);
  const client = await world.connect();
  for (const bad of [...MALFORMED, DEEP]) {
    client.send(bad);
    const {type, error} = await client.next();
    assert.deepEqual([type, String(error).slice(0, 9)], ['error', 'Send JSON'], bad.slice(0, 40));
  }
  client.send({type: 'signal', to: 'x', data: 1});
  assert.deepEqual(await client.next(), {type: 'error', code: 'invalid', error: 'Join first.'});
  client.send({type: 'join', token});
  client.send({type: 'join', token});
  // Messages that arrive before the client is let in wait until then.
  assert.equal((await client.next()).type, 'joined');
  assert.equal((await client.next()).type, 'error');
  client.send({type: 'join', token: await world.token(room)});
  assert.equal((await client.next()).type, 'error');
  assert.equal((await usersOf(world, room)).total, 1);
  assert.deepEqual(world.faults, []);
});

test('a client that disconnects before it is let in keeps no seat', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 1});
  const [token, other] = [await world.token(room), await world.token(room)];
  const [client, witness] = [await world.connect(), await world.connect()];
  const release = await holdRoom(world.database, room);
  client.send({type: 'join', token});
  client.socket.ping();
  await once(client.socket, 'pong');
  client.socket.terminate();
  // When the platform answers the second client, it has noticed that the first is gone.
  witness.send('?');
  await witness.next();
  await release();
  await until(async () => (await world.outcome(other)).type === 'joined');
});

test('a connection that does not join within 10 seconds is closed', async t => {
  mock.timers.enable({apis: ['setTimeout']});
  t.after(() => mock.timers.reset());
  const world = await startPlatform(t);
  const room = await world.room();
  const inside = await world.enter(room);
  const idle = await world.connect();
  idle.send('nothing of use');
  assert.equal((await idle.next()).type, 'error');
  mock.timers.tick(9_999);
  idle.send('still nothing');
  assert.equal((await idle.next()).type, 'error');
  mock.timers.tick(1);
  assert.equal((await idle.next()).type, 'refused');
  assert.equal(await idle.closed, 4001);
  inside.send('?');
  assert.equal((await inside.next()).type, 'error');
});
