import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createPlatform, openDatabase} from '../../src/platform/platform.js';
import {MINUTE, startPlatform, until, type Json} from '../helpers/platform/start.js';

interface Entry {
  trans_date: string;
  conf_num: string;
  room: {room_id: string; connect_dt: string; disconnect_dt: string; duration: number; room_details: Json};
  user: {name: string; role: string; ref: unknown; ip: string; agent: string};
  app_id: string;
  cdr_id: string;
}

const iso = (time: number) => new Date(time).toISOString();

test('GET /cdr/room/{id} has one record for each connection, under every prefix, also when the room is gone', async t => {
  const world = await startPlatform(t);
  const room = await world.room({description: 'Daily'});
  const records = async (path = `/cdr/room/${room}`) => (await world.call('GET', path)).body.cdr as unknown as Entry[];
  assert.deepEqual((await world.call('GET', `/cdr/room/${room}`)).body, {result: '0', cdr: []});
  const began = world.now;
  const ann = await world.enter(room, {name: 'Ann', role: 'moderator', user_ref: 7});
  world.now += MINUTE;
  const bob = await world.enter(room, {name: 'Bob', user_ref: 'b'});
  assert.deepEqual(await records(), []);
  world.now += MINUTE;
  await bob.leave();
  await until(async () => (await records()).length === 1);
  await ann.leave();
  await until(async () => (await records()).length === 2);
  const [second, first] = (await records()) as [Entry, Entry];
  const {room_details, ...times} = first.room;
  assert.deepEqual(times, {
    room_id: room,
    connect_dt: iso(began + MINUTE),
    disconnect_dt: iso(began + 2 * MINUTE),
    duration: 60,
  });
  assert.equal((room_details.settings as Json).description, 'Daily');
  assert.deepEqual([first.user.name, first.user.role, first.user.ref], ['Bob', 'participant', 'b']);
  assert.deepEqual([second.user.name, second.user.role, second.user.ref], ['Ann', 'moderator', 7]);
  assert.match(first.user.ip, /^127\.|^::1$/);
  assert.equal(first.trans_date, first.room.disconnect_dt);
  assert.deepEqual([first.app_id, first.conf_num], [world.credentials.id, second.conf_num]);
  assert.notEqual(first.cdr_id, second.cdr_id);

  world.now += MINUTE;
  const again = await world.enter(room, {name: 'Ann', user_ref: 7});
  await again.leave();
  await until(async () => (await records()).length === 3);
  assert.notEqual((await records())[2]!.conf_num, first.conf_num);

  await world.call('DELETE', `/rooms/${room}`);
  assert.equal((await records(`/cdr/room/${room}/`)).length, 3);
  for (const prefix of ['/video/v2', '/v2', '/video/v1', '/v1']) {
    const authorization = `Basic ${btoa(`${world.credentials.id}:${world.credentials.key}`)}`;
    const response = await fetch(`http://${world.host}${prefix}/cdr/room/${room}`, {headers: {authorization}});
    assert.equal(((await response.json()) as {cdr: Entry[]}).cdr.length, 3, prefix);
  }
});

test('records of another application or of an unknown room are not found, and need credentials', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  await (await world.enter(room)).leave();
  await until(async () => ((await world.call('GET', `/cdr/room/${room}`)).body.cdr as unknown[]).length === 1);
  const other = await world.platform.createApplication();
  const ask = async (method: string, id: string, credentials = {}) => {
    const {status, body} = await world.call(method, `/cdr/room/${id}`, undefined, credentials);
    return [status, body.result];
  };
  assert.deepEqual(await ask('GET', room, other), [404, 40001]);
  assert.deepEqual(await ask('GET', 'f'.repeat(24)), [404, 40001]);
  assert.deepEqual(await ask('GET', room, {key: 'wrong'}), [401, 10000]);
  assert.deepEqual(await ask('POST', room), [405, 19005]);
});

test('who was connected is erased after keepRecords days; that somebody was, and for how long, stays', async t => {
  const database = await openDatabase(':memory:');
  let now = Date.now();
  const platform = createPlatform({database, clock: () => now, beat: 20, keepRecords: 2});
  t.after(async () => {
    await platform.close();
    await database.close();
  });
  const {id, key} = await platform.createApplication();
  const records = async () => {
    const headers = {authorization: `Basic ${btoa(`${id}:${key}`)}`};
    const response = await platform.fetch(new Request('http://any/v1/cdr/room/r', {headers}));
    return ((await response.json()) as {cdr: Entry[]}).cdr;
  };
  const details = JSON.stringify({name: 'Lobby', owner_ref: 'alice', settings: {}, data: {a: 1}});
  await database.all('insert into calls values (?, ?, ?, ?, ?, ?)', 'c', id, 'r', now, now, details);
  const person = ['participant', 'Ann', '"u1"', '203.0.113.7', 'Browser'];
  await database.all('insert into records values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', 'x', 'c', 'v', now, now, ...person);
  assert.deepEqual((await records())[0]!.user, {
    role: 'participant',
    name: 'Ann',
    ref: 'u1',
    ip: '203.0.113.7',
    agent: 'Browser',
  });
  now += 2 * 24 * 60 * MINUTE - 1000;
  await new Promise(resolve => setImmediate(resolve));
  assert.equal((await records())[0]!.user.name, 'Ann');
  now += 2000;
  await until(async () => (await records())[0]!.user.name === '');
  const [{user, room}] = (await records()) as [Entry];
  assert.deepEqual(
    [user, room.room_details, room.duration],
    [{role: 'participant', name: '', ref: '', ip: '', agent: ''}, {}, 0],
  );
});
