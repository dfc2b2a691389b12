import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test, type TestContext} from 'node:test';
import {makeRoom, readRoom, removeRoom, succeeded, use, type Json, type Room} from './client.js';
import {bytesOf, raw} from './raw.js';
import {has, needs, target} from './target.js';

// The example requests and replies of the API's documentation, exactly as printed there.

const example = (name: string) => readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8');
const parsed = (name: string) => JSON.parse(example(name)) as Json;

/** Sends an example unchanged, byte for byte. */
async function send(method: string, path: string, name: string) {
  const text = example(name);
  const headers = {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text)};
  return raw(await bytesOf(method, path, headers, text));
}

async function create(t: TestContext): Promise<Room> {
  const room = succeeded(await send('POST', '/rooms', 'create-request'), 'room').room as Room;
  t.after(() => removeRoom(room.room_id));
  return room;
}

test('the example of create makes the room it describes, with the types that were sent', async t => {
  const room = await create(t);
  const {settings, ...asked} = parsed('create-request') as {settings: Json} & Json;
  for (const [key, value] of Object.entries(asked)) assert.deepEqual(room[key], value, key);
  for (const [key, value] of Object.entries(settings)) {
    assert.deepEqual(room.settings[key], value === '' ? undefined : value, key);
  }
  // The other keys of the printed reply are there, with the same types.
  const [listed] = (parsed('list-reply') as {rooms: Room[]} & Json).rooms;
  for (const [key, value] of Object.entries(listed!)) assert.equal(typeof room[key], typeof value, key);
});

test('the example of update changes the keys it names, and gets the printed reply', async t => {
  const room = await create(t);
  const {settings, ...rest} = parsed('update-request') as {settings: Json} & Json;
  const reply = await send('PATCH', `/rooms/${room.room_id}`, 'update-request');
  assert.deepEqual(succeeded(reply), parsed('update-reply'));
  const {updated, ...after} = await readRoom(room.room_id);
  assert.ok(updated);
  assert.deepEqual(after, {...room, ...rest, settings: {...room.settings, ...settings}});
});

test('the example of delete gets the printed reply', async t => {
  const {room_id} = await makeRoom(t);
  assert.deepEqual(succeeded(await raw(await bytesOf('DELETE', `/rooms/${room_id}`))), parsed('delete-reply'));
});

test('the example of token gives a token, at both printed paths', async t => {
  const {room_id} = await create(t);
  const base = (await target()).url.replace(/(\/video)?\/v[12]$/, '');
  for (const path of ['/video/v2', '/v2']) {
    const reply = succeeded(await send('POST', `${base}${path}/rooms/${room_id}/tokens`, 'token-request'), 'token');
    const printed = Object.keys(parsed('token-reply'));
    // A server whose sessions are elsewhere says where.
    const keys = Object.keys(reply).filter(key => has('sessions') || printed.includes(key));
    assert.deepEqual(keys, printed);
    assert.equal(typeof reply.token, 'string');
  }
});

test('somebody who uses that token is listed as in the example of users', needs('sessions'), async t => {
  const {room_id} = await create(t);
  const {token} = succeeded(await send('POST', `/rooms/${room_id}/tokens`, 'token-request'), 'token');
  await (await use(String(token))).next('joined');
  const {users, ...printed} = parsed('users-reply') as {users: Json[]} & Json;
  const {user_ref} = parsed('token-request');
  const reply = succeeded(await raw(await bytesOf('GET', `/rooms/${room_id}/users`)), 'users');
  assert.deepEqual(reply, {...printed, users: users.map(user => ({...user, user_ref}))});
});
