import assert from 'node:assert/strict';
import {test} from 'node:test';
import {call, listRooms, makeRoom, readRoom, refused} from './client.js';
import {bytesOf, raw} from './raw.js';
import {has} from './target.js';

const DEFINITION = {name: 'Conformance', owner_ref: 'tests', settings: {}};

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const deepObject = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

test('R16 a body that is not a JSON object is refused, and the server lives', async t => {
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
    refused(reply, 19006);
  }
  assert.deepEqual(await readRoom(room.room_id), room);
});

test('R16 keys named __proto__ change no rights and no rooms', async t => {
  const room = await makeRoom(t);
  const refuse = async (method: string, path: string, body: string, result: number) =>
    refused(await call(method, path, body), result);
  await refuse('POST', '/rooms', '{"__proto__":{"name":"x"},"owner_ref":"y","settings":{}}', 10002);
  await refuse('POST', '/rooms', '{"name":"x","__proto__":{"owner_ref":"y"},"settings":{}}', 10010);
  await refuse('POST', '/rooms', '{"name":"x","owner_ref":"y","settings":{"__proto__":{"knock":true}}}', 10009);
  await refuse('PATCH', `/rooms/${room.room_id}`, '{"settings":{"__proto__":{"knock":true}}}', 10009);
  await refuse(
    'POST',
    `/rooms/${room.room_id}/tokens`,
    '{"name":"x","user_ref":"y","__proto__":{"role":"moderator"}}',
    10103,
  );
  await refuse('POST', '/rooms', '{"name":"x","owner_ref":"y","settings":{"constructor":1}}', 10009);
  assert.deepEqual(await readRoom(room.room_id), room);
  assert.ok(!(await makeRoom(t)).settings.knock);
});
