import assert from 'node:assert/strict';
import {once} from 'node:events';
import {test} from 'node:test';
import {WebSocket} from 'ws';
import {createPlatform, openDatabase} from '../../src/platform/platform.js';
import {ROOM, startPlatform, type Json} from '../helpers/platform/start.js';

test('all four prefixes serve the same routes, with and without a trailing slash', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  for (const prefix of ['/video/v2', '/v2', '/video/v1', '/v1']) {
    for (const slash of ['', '/']) {
      const reply = await world.call('GET', `${prefix}/rooms/${room}${slash}`);
      assert.equal((reply.body.room as Json).room_id, room);
      const socket = new WebSocket(`ws://${world.host}${prefix}/session${slash}`);
      await once(socket, 'open');
    }
  }
});

test('an unknown path gets an error of the API, and opens no WebSocket', async t => {
  const world = await startPlatform(t);
  for (const path of ['/', '/video/v3/rooms', '/video/v2', '/video/v2/nothing', '/favicon.ico']) {
    const {status, body} = await world.call('GET', path);
    assert.deepEqual([status, body.result], [404, 19005], path);
  }
  for (const path of ['/session', '/video/v2/sessions', '/video/v2/session/x', '/']) {
    const socket = new WebSocket(`ws://${world.host}${path}`);
    await assert.rejects(once(socket, 'open'), /hang up|ECONNRESET/, path);
  }
});

test('a plain HTTP request to the session path is refused', async t => {
  const world = await startPlatform(t);
  const response = await fetch(`http://${world.host}/video/v2/session`);
  assert.equal(response.status, 404);
});

test('with a mount path everything is below it and nothing is elsewhere', async t => {
  const database = await openDatabase(':memory:');
  const platform = createPlatform({database, mount: '/platform'});
  t.after(async () => {
    await platform.close();
    await database.close();
  });
  const {id, key} = await platform.createApplication({id: 'demo', key: 'demo-key'});
  const headers = {authorization: `Basic ${btoa(`${id}:${key}`)}`};
  const get = async (path: string) => (await platform.fetch(new Request(`http://any${path}`, {headers}))).status;
  assert.equal(await get('/platform/video/v2/rooms'), 200);
  assert.equal(await get('/video/v2/rooms'), 404);
  for (const mount of ['platform', '/', '/a/', '/a?b', '/a//b']) {
    assert.throws(() => createPlatform({database, mount}), {code: 'misconfigured'}, mount);
  }
});

test('an existing application gets a new key; ids and keys that do not fit into a header are refused', async t => {
  const world = await startPlatform(t);
  const {id, key} = world.credentials;
  const room = await world.room();
  const token = await world.token(room);
  await world.platform.createApplication({id, key: 'another key'.replace(' ', '-')});
  assert.equal((await world.call('GET', `/rooms/${room}`)).status, 401);
  assert.equal((await world.call('GET', `/rooms/${room}`, undefined, {key: 'another-key'})).status, 200);
  assert.equal((await world.outcome(token)).type, 'joined');
  for (const bad of [
    {id: 'a:b', key},
    {id: '', key},
    {id, key: ''},
    {id: 'naïve', key},
  ]) {
    await assert.rejects(world.platform.createApplication(bad), {code: 'misconfigured'});
  }
});

test('no answer holds an application’s key or secret, and the database holds no key', async t => {
  const world = await startPlatform(t);
  const rows = await world.database.all<{secret: string; key_hash: string}>('select * from applications');
  assert.ok(!JSON.stringify(rows).includes(world.credentials.key));
  assert.equal(Buffer.from(rows[0]!.secret, 'base64url').length, 32);
});

test('a restart keeps rooms, credentials and unused tokens, and those who were connected resume', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 1});
  const [unused, used] = [await world.token(room, {user_ref: 'u2'}), await world.token(room)];
  const ann = (await (await world.use(used)).next()) as Json & {resume: string; you: Json};
  await world.stop();
  await world.start();
  const list = (await world.call('GET', '/rooms')).text;
  assert.match(list, new RegExp(`"room_id":"${room}"`));
  assert.match(list, /isRoomActive/);
  assert.equal((await world.outcome(used)).type, 'refused');
  assert.equal((await world.outcome(unused)).type, 'refused');
  const back = await world.back(ann.resume);
  assert.deepEqual(back.joined.you, ann.you);
  await back.leave();
  assert.equal((await world.outcome(unused)).type, 'joined');
  assert.equal((await world.call('POST', '/rooms', ROOM)).status, 200);
});

test('close ends every session with a code that says to resume, and keeps every seat', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 2});
  const [ann, bob] = [await world.enter(room), await world.enter(room)];
  await world.platform.close();
  assert.deepEqual(await Promise.all([ann.closed, bob.closed]), [1012, 1012]);
  const rows = await world.database.all('select process, socket, seat_until from connections');
  const away = {process: null, socket: null, seat_until: world.now + 30_000};
  assert.deepEqual(
    rows.map(row => ({...row!})),
    [away, away],
  );
  const late = new WebSocket(`ws://${world.host}/video/v2/session`);
  await assert.rejects(once(late, 'open'), /503/);
});
