import assert from 'node:assert/strict';
import {test} from 'node:test';
import {basicAuth, httpRooms} from '../../src/http/client.js';
import {FOUR, MINUTE, ROOM, SCHEDULED, startPlatform, until, type Json} from '../helpers/platform/start.js';

test('R5 a new room reads back with its data and with the types that were sent', async t => {
  const world = await startPlatform(t);
  const data = JSON.parse(
    '{"a": {"b": [1, "2", null, {"c": true}]}, "ключ": "значение \\u0000🎤", "empty": {}, "__proto__": {"role": "moderator"}}',
  ) as Json;
  const sent = {
    name: 'Room 5 / «déjà vu» <b>&amp;',
    owner_ref: 17,
    settings: {
      participants: '5',
      moderators: 2,
      description: '',
      ...SCHEDULED,
      duration: '90',
      billing_code: 4711,
      live_recording: true,
      wait_moderator: true,
      active_talker: true,
    },
    data,
  };
  const made = (await world.call('POST', '/rooms', sent)).body.room as Json & {settings: Json};
  assert.deepEqual(made.data, data);
  assert.equal(made.owner_ref, 17);
  assert.equal(made.settings.participants, '5');
  assert.equal(made.settings.moderators, 2);
  assert.equal(made.settings.duration, '90');
  assert.equal(made.settings.max_active_talkers, 5);
  assert.equal(made.settings.billing_code, 4711);
  assert.deepEqual(made.settings.live_recording, {auto_recording: true});
  assert.equal(made.settings.active_talker, true);
  assert.ok(!('description' in made.settings) && !('wait_moderator' in made.settings));
  assert.deepEqual((await world.call('GET', `/rooms/${String(made.room_id)}`)).body, {result: 0, room: made});
  assert.deepEqual((await world.call('GET', '/rooms')).body, {result: 0, rooms: [made]});
});

test('R5 the list is oldest first, even for rooms made in the same millisecond', async t => {
  const world = await startPlatform(t);
  const made: string[] = [];
  for (let i = 0; i < 20; i++) made.push(await world.room());
  const {rooms} = (await world.call('GET', '/rooms')).body as unknown as {rooms: {room_id: string}[]};
  assert.deepEqual(
    rooms.map(({room_id}) => room_id),
    made,
  );
});

test('R5 the list shows every change at once, even two in the same millisecond, and whether somebody is in', async t => {
  const world = await startPlatform(t);
  const rooms = await Promise.all(Array.from({length: 120}, () => world.room()));
  const [room, other] = rooms as [string, string];
  const listed = async (room_id: string) => {
    const {rooms} = (await world.call('GET', '/rooms')).body as unknown as {rooms: Json[]};
    return rooms.find(each => each.room_id === room_id);
  };
  for (const name of ['One', 'Two', 'Three']) {
    await world.call('PATCH', `/rooms/${room}`, {name});
    assert.equal((await listed(room))?.name, name);
    assert.deepEqual(await listed(room), (await world.call('GET', `/rooms/${room}`)).body.room);
  }
  const ann = await world.enter(room);
  assert.equal((await listed(room))?.isRoomActive, true);
  await ann.leave();
  await until(async () => (await listed(room))?.isRoomActive === undefined);
  await world.call('DELETE', `/rooms/${other}`);
  assert.equal(await listed(other), undefined);
});

test('R6 an update changes the keys it names and no others, and sets updated', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: '5', description: 'Daily'});
  await world.call('PATCH', `/rooms/${room}`, {data: {a: 1, b: 1}});
  const before = (await world.call('GET', `/rooms/${room}`)).body.room as Json & {settings: Json};
  world.now += 1234;
  const changes = {name: 'Retro', settings: {participants: 7, auto_recording: true}, data: {b: 2}};
  assert.deepEqual((await world.call('PATCH', `/rooms/${room}`, changes)).body, {result: 0});
  assert.deepEqual((await world.call('GET', `/rooms/${room}`)).body.room, {
    ...before,
    name: 'Retro',
    settings: {...before.settings, participants: 7, auto_recording: true},
    data: {a: 1, b: 2},
    updated: '2020-01-06T12:00:01.234Z',
  });
});

test('R7 mode, scheduled and adhoc cannot be changed; ids in a body and empty bodies change nothing', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  const read = async () => (await world.call('GET', `/rooms/${room}`)).body.room as Json;
  const before = await read();
  for (const changed of [{mode: 'lecture'}, {scheduled: true}, {adhoc: true}]) {
    const {body} = await world.call('PATCH', `/rooms/${room}`, {name: 'Other', settings: changed});
    assert.equal(body.result, 10106);
  }
  for (const empty of [{}, '', undefined]) {
    assert.deepEqual((await world.call('PATCH', `/rooms/${room}`, empty)).body, {result: 0});
  }
  assert.deepEqual(await read(), before);
  await world.call('PATCH', `/rooms/${room}`, {room_id: 'f'.repeat(24), created: '2000-01-01T00:00:00.000Z'});
  assert.deepEqual(await read(), before);
});

test('R7 PATCH and PUT take a whole definition back, and the kind of room that it is', async t => {
  const world = await startPlatform(t);
  for (const settings of [{}, {mode: 'lecture'}, {adhoc: true}, SCHEDULED]) {
    const path = `/rooms/${await world.room(settings)}`;
    const read = async () => (await world.call('GET', path)).body.room as Json;
    const {updated: _, ...before} = await read();
    for (const method of ['PATCH', 'PUT']) {
      assert.deepEqual((await world.call(method, path, before)).body, {result: 0}, method);
      const {updated, ...after} = await read();
      assert.deepEqual(after, before);
      assert.ok(updated);
    }
    assert.deepEqual((await world.call('PUT', path, {name: 'Renamed'})).body, {result: 0});
    assert.equal((await read()).name, 'Renamed');
    const {status, headers} = await world.call('PUT', '/rooms', before);
    assert.deepEqual([status, headers.get('allow')], [405, 'GET, HEAD, POST']);
    assert.equal((await world.call('POST', path, before)).headers.get('allow'), 'GET, HEAD, PATCH, DELETE, PUT');
  }
});

test('R5 a room of another platform can be written back: its settings are echoed', async t => {
  const world = await startPlatform(t);
  const settings = {
    media_configuration: 'sfu',
    viewers: '5',
    encryption: true,
    media_type: 'audio',
    peep: false,
    live_transcription: {language: 'english-us', auto_transcribe: true, enable: true},
  };
  const room = (await world.call('GET', `/rooms/${await world.room(settings)}`)).body.room as Json;
  const kept = room.settings as Json;
  assert.deepEqual(Object.fromEntries(Object.keys(settings).map(key => [key, kept[key]])), settings);
  assert.equal(room.service_id, world.credentials.id);
});

test('R9 a scheduled room can be changed until 15 minutes before its start', async t => {
  const world = await startPlatform(t);
  const room = await world.room(SCHEDULED);
  const rename = async (name: string) => (await world.call('PATCH', `/rooms/${room}`, {name})).body.result;
  world.now = FOUR - 15 * MINUTE - 1000;
  assert.equal(await rename('In time'), 0);
  world.now = FOUR - 15 * MINUTE + 1000;
  assert.equal(await rename('Too late'), 19000);
  assert.equal(((await world.call('GET', `/rooms/${room}`)).body.room as Json).name, 'In time');
});

const onRoom = (room: string): [method: string, path: string, body?: Json][] => [
  ['GET', `/rooms/${room}`],
  ['PATCH', `/rooms/${room}`, {name: 'Mine now'}],
  ['DELETE', `/rooms/${room}`],
  ['GET', `/rooms/${room}/users`],
  ['POST', `/rooms/${room}/tokens`, {name: 'Ann', role: 'participant', user_ref: 'u1'}],
];

test('R10 no operation finds a deleted room, and no list has it', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  const kept = await world.room();
  assert.deepEqual((await world.call('DELETE', `/rooms/${room}`)).body, {result: 0});
  for (const [method, path, body] of onRoom(room)) {
    const reply = await world.call(method, path, body);
    assert.deepEqual([reply.status, reply.body.result], [404, 40001], `${method} ${path}`);
  }
  const {rooms} = (await world.call('GET', '/rooms')).body as unknown as {rooms: Json[]};
  assert.deepEqual(
    rooms.map(({room_id}) => room_id),
    [kept],
  );
});

test('R11 a room cannot be deleted while somebody is connected, and can once all have left', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  const ann = await world.enter(room);
  const bob = await world.enter(room, {role: 'moderator'});
  const refused = await world.call('DELETE', `/rooms/${room}`);
  assert.deepEqual([refused.status, refused.body.result], [409, 50004]);
  assert.equal((await world.call('GET', `/rooms/${room}`)).status, 200);
  await ann.leave();
  assert.equal((await bob.next()).type, 'user-left');
  assert.equal((await world.call('DELETE', `/rooms/${room}`)).body.result, 50004);
  await bob.leave();
  await until(async () => (await world.call('DELETE', `/rooms/${room}`)).body.result === 0);
});

test('R15 a room with SIP keeps a pin and a meeting id of its own; without SIP it has neither', async t => {
  const world = await startPlatform(t);
  const make = async () => (await world.call('POST', '/rooms', {...ROOM, sip: {enabled: true}})).body.room as Json;
  const [room, other] = [await make(), await make()] as {room_id: string; sip: Json}[];
  assert.ok(Number.isInteger(room!.sip.pin) && Number.isInteger(room!.sip.meeting_id));
  assert.notEqual(room!.sip.meeting_id, other!.sip.meeting_id);
  const sip = async () => ((await world.call('GET', `/rooms/${room!.room_id}`)).body.room as Json).sip;
  assert.deepEqual(await sip(), room!.sip);
  await world.call('PATCH', `/rooms/${room!.room_id}`, {sip: false});
  assert.deepEqual(await sip(), {enabled: false});
});

test('R17 another application’s room gets the same answer as an unknown room', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  const stranger = await world.platform.createApplication();
  for (const [index, [method, path, body]] of onRoom(room).entries()) {
    const [, unknown] = onRoom('0'.repeat(24))[index]!;
    const reply = await world.call(method, path, body, stranger);
    assert.equal(reply.status, 404);
    assert.equal(reply.text, (await world.call(method, unknown, body)).text);
  }
  assert.deepEqual((await world.call('GET', '/rooms', undefined, stranger)).body.rooms, []);
  assert.equal(((await world.call('GET', `/rooms/${room}`)).body.room as Json).name, ROOM.name);
});

test('platformRooms does all seven operations on the platform', async t => {
  const world = await startPlatform(t);
  const {id, key} = world.credentials;
  const rooms = httpRooms({
    endpoint: `http://${world.host}/video/v2`,
    headers: {authorization: basicAuth(id, key)},
  });
  const room = await rooms.create({name: 'Lobby', owner_ref: 'alice', settings: {participants: '3'}});
  await rooms.update(room.room_id, {name: 'Hall'});
  assert.equal((await rooms.get(room.room_id)).name, 'Hall');
  const {token} = await rooms.token(room.room_id, {name: 'Ann', role: 'viewer', user_ref: 1});
  const client = await world.use(token);
  await client.next();
  assert.deepEqual(
    (await rooms.users(room.room_id)).map(({name, role}) => [name, role]),
    [['Ann', 'viewer']],
  );
  await assert.rejects(rooms.remove(room.room_id), {code: 'room_active'});
  await assert.rejects(rooms.get('nowhere'), {code: 'not_found'});
  assert.equal((await rooms.list())[0]!.isRoomActive, true);
});
