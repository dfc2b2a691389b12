import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  ANN,
  bytesOf,
  call,
  HOUR,
  listRooms,
  makeRoom,
  raw,
  readRoom,
  refused,
  startingIn,
  succeeded,
  type Json,
} from './client.js';
import {has, needs, target} from './target.js';

const PREFIXES = ['/video/v2', '/v2', '/video/v1', '/v1'];
const DEFINITION = {name: 'Conformance', owner_ref: 'tests', settings: {}};

/** What the four prefixes stand below. */
const root = async () => (await target()).url.replace(/(\/video)?\/v[12]$/, '');

test('the seven operations are below all four prefixes, with and without a slash at the end', async t => {
  const base = await root();
  for (const prefix of PREFIXES) {
    for (const slash of ['', '/']) {
      const {room_id} = await makeRoom(t);
      const room = `${base}${prefix}/rooms/${room_id}`;
      const {rooms} = succeeded(await call('GET', `${base}${prefix}/rooms${slash}`), 'rooms') as {rooms: Json[]};
      assert.ok(rooms.some(each => each.room_id === room_id));
      const made = succeeded(await call('POST', `${base}${prefix}/rooms${slash}`, DEFINITION), 'room').room as Json;
      succeeded(await call('PATCH', `${room}${slash}`, {name: 'Renamed'}));
      assert.equal((succeeded(await call('GET', `${room}${slash}`), 'room').room as Json).name, 'Renamed');
      assert.equal(succeeded(await call('GET', `${room}/users${slash}`), 'users').total, 0);
      assert.equal(typeof succeeded(await call('POST', `${room}/tokens${slash}`, ANN), 'token').token, 'string');
      succeeded(await call('DELETE', `${room}${slash}`));
      succeeded(await call('DELETE', `${base}${prefix}/rooms/${String(made.room_id)}${slash}`));
    }
  }
});

/** Requests of every kind, those that fail among them, as bytes. */
async function everyKind(room_id: string): Promise<Record<string, string>> {
  const post = (path: string, body: string) =>
    bytesOf('POST', path, {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body)}, body);
  return {
    get: await bytesOf('GET', `/rooms/${room_id}`),
    users: await bytesOf('GET', `/rooms/${room_id}/users`),
    token: await post(`/rooms/${room_id}/tokens`, JSON.stringify(ANN)),
    'a fault': await post('/rooms', '{"name":""}'),
    'no JSON': await post('/rooms', '{'),
    'no such room': await bytesOf('GET', `/rooms/${'0'.repeat(24)}`),
    'no such room to delete': await bytesOf('DELETE', `/rooms/${'0'.repeat(24)}`),
    'no such route': await bytesOf('GET', '/nowhere'),
    'no such method': await bytesOf('PUT', '/rooms', {'Content-Length': 0}),
    'wrong credentials': await bytesOf('GET', '/rooms', {Authorization: 'Basic eDp5'}),
    'no credentials': await bytesOf('GET', '/rooms', {Authorization: ''}),
    'other credentials': await bytesOf('GET', '/rooms', {Authorization: 'Bearer x'}),
    delete: await bytesOf('DELETE', `/rooms/${room_id}`),
  };
}

test('every reply is JSON with its length, written at once, also to DELETE and on every error', async t => {
  const {room_id} = await makeRoom(t);
  for (const [kind, bytes] of Object.entries(await everyKind(room_id))) {
    const reply = await raw(bytes);
    assert.match(reply.headers.get('content-type') ?? '', /^application\/json\b/, kind);
    assert.equal(reply.pieces, 1, `${kind} came in pieces.`);
    assert.ok('result' in reply.body || 'status' in reply.body, `${kind}: ${reply.text}`);
    assert.equal(Number(reply.body.result) === 0, ['get', 'users', 'token', 'delete'].includes(kind), kind);
  }
});

test('a GET and a DELETE with a body get their reply, whether its length was declared or not', async t => {
  const body = '{"name":"not asked for"}';
  for (const headers of [{}, {'Content-Type': 'application/json'}, {'Content-Length': body.length}]) {
    const {room_id} = await makeRoom(t);
    for (const [method, path, member] of [
      ['GET', '/rooms', 'rooms'],
      ['GET', `/rooms/${room_id}`, 'room'],
      ['GET', `/rooms/${room_id}/users`, 'users'],
      ['DELETE', `/rooms/${room_id}`, 'result'],
    ] as const) {
      const reply = await raw(await bytesOf(method, path, headers, body));
      succeeded(reply, member);
    }
    refused(await raw(await bytesOf('GET', `/rooms/${room_id}`, headers, body)), 10201);
  }
});

test('the API is for servers: no header lets a page of another origin read it', async t => {
  const {room_id} = await makeRoom(t);
  const origin = {Origin: 'https://shop.example'};
  const asked = {...origin, 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'authorization'};
  for (const bytes of [await bytesOf('GET', `/rooms/${room_id}`, origin), await bytesOf('OPTIONS', '/rooms', asked)]) {
    const {headers} = await raw(bytes);
    for (const [name] of headers) assert.doesNotMatch(name, /^access-control-/);
  }
});

test('statuses are honest, and a 401 says how to authenticate', needs('strict'), async t => {
  const {room_id} = await makeRoom(t);
  const {settings} = await startingIn(2 * HOUR);
  const early = await makeRoom(t, settings);
  const unknown = '0'.repeat(24);
  refused(await call('GET', `/rooms/${unknown}`), 10201);
  refused(await call('POST', `/rooms/${early.room_id}/tokens`, ANN), 10210);
  refused(await call('POST', `/rooms/${room_id}/tokens`, {...ANN, role: 'audience'}), 10212);
  for (const [method, path, status] of [
    ['GET', '/nowhere', 404],
    ['GET', `/rooms/${room_id}/nowhere`, 404],
    ['PUT', '/rooms', 405],
    ['DELETE', '/rooms', 405],
    ['POST', `/rooms/${room_id}`, 405],
    ['GET', `/rooms/${room_id}/tokens`, 405],
  ] as const) {
    const reply = await call(method, path);
    assert.deepEqual([reply.status, reply.body.result], [status, 10216], `${method} ${path}`);
    assert.match(String(reply.body.desc), /\S/);
  }
  const stranger = await call('GET', '/rooms', undefined, {id: 'nobody', key: 'none'});
  refused(stranger, 10000);
  assert.match(stranger.headers.get('www-authenticate') ?? '', /^Basic/);
});

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const deepObject = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

test('R16 what is no JSON object is refused, and the server lives', async t => {
  const room = await makeRoom(t);
  const bad = [
    '{',
    '{"name":"x",}',
    "{'name':'x'}",
    '{"name":"x"} trailing',
    'null',
    '[]',
    '5',
    '"text"',
    'true',
    'NaN',
    '\u0000',
    nested(50),
    nested(20_000),
    `{"name":"x","owner_ref":"y","settings":{},"data":${deepObject(50)}}`,
    `{"name":"x","owner_ref":"y","settings":${deepObject(50)}}`,
    `{"name":"x","owner_ref":"y","data":${'['.repeat(200_000)}`,
  ];
  const before = (await listRooms()).length;
  for (const body of bad) {
    for (const [method, path] of [
      ['POST', '/rooms'],
      ['PATCH', `/rooms/${room.room_id}`],
      ['POST', `/rooms/${room.room_id}/tokens`],
    ] as const) {
      const reply = await call(method, path, body);
      assert.notEqual(Number(reply.body.result ?? NaN), 0, `${method} ${body.slice(0, 60)}`);
      assert.match(String(reply.body.error ?? reply.body.message), /\S/);
      if (has('strict')) assert.equal(reply.status, body.length > 256 * 1024 ? 413 : 400, body.slice(0, 60));
    }
  }
  assert.ok((await listRooms()).length >= before);
  assert.deepEqual(await readRoom(room.room_id), room);
});

test('R16 wrong types are refused, and the server lives', async t => {
  const room = await makeRoom(t);
  for (const wrong of [[], {}, true, -1, '\u0000'.repeat(300), ['x']]) {
    const reply = await call('PATCH', `/rooms/${room.room_id}`, {settings: {moderators: wrong}});
    assert.notEqual(Number(reply.body.result ?? NaN), 0, JSON.stringify(wrong));
    assert.notEqual(Number((await call('POST', '/rooms', {...DEFINITION, settings: {quality: wrong}})).body.result), 0);
    assert.notEqual(
      Number((await call('POST', '/rooms', {...DEFINITION, name: wrong === -1 ? -1 : [wrong]})).body.result),
      0,
    );
  }
  const infinite = '{"settings":{"moderators":1e999}}';
  assert.notEqual(Number((await call('PATCH', `/rooms/${room.room_id}`, infinite)).body.result), 0);
  assert.deepEqual(await readRoom(room.room_id), room);
});

test('R16 a body of 10 MB is refused, and the server lives', async t => {
  const room = await makeRoom(t);
  const body = JSON.stringify({...DEFINITION, data: {text: 'x'.repeat(10 * 1024 * 1024)}});
  for (const [method, path] of [
    ['POST', '/rooms'],
    ['PATCH', `/rooms/${room.room_id}`],
  ] as const) {
    const reply = await raw(
      await bytesOf(method, path, {'Content-Type': 'application/json', 'Content-Length': body.length}, body),
    );
    refused(reply, 10217);
  }
  assert.deepEqual(await readRoom(room.room_id), room);
});

test('R16 keys named __proto__ change nobody’s rights and nobody’s rooms', async t => {
  const room = await makeRoom(t);
  const refuse = async (method: string, path: string, body: string, result: number) =>
    refused(await call(method, path, body), result);
  await refuse('POST', '/rooms', '{"__proto__":{"name":"x"},"owner_ref":"y","settings":{}}', 10002);
  await refuse('POST', '/rooms', '{"name":"x","__proto__":{"owner_ref":"y"},"settings":{}}', 10205);
  await refuse('POST', '/rooms', '{"name":"x","owner_ref":"y","settings":{"__proto__":{"knock":true}}}', 10009);
  await refuse('PATCH', `/rooms/${room.room_id}`, '{"settings":{"__proto__":{"knock":true}}}', 10009);
  await refuse(
    'POST',
    `/rooms/${room.room_id}/tokens`,
    '{"name":"x","user_ref":"y","__proto__":{"role":"moderator"}}',
    10206,
  );
  await refuse('POST', '/rooms', '{"name":"x","owner_ref":"y","settings":{"constructor":1}}', 10009);
  assert.deepEqual(await readRoom(room.room_id), room);
  assert.equal((await makeRoom(t)).settings.knock, false);
});
