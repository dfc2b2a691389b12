import assert from 'node:assert/strict';
import {test} from 'node:test';
import {decodeJwt, decodeProtectedHeader} from 'jose';
import {FOUR, MINUTE, SCHEDULED, startPlatform, type World} from '../helpers/platform/start.js';

const HOUR = 60 * MINUTE;

test('T1 name, role and user_ref give a JWT that is good for 15 minutes, and nothing else', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  const {status, body} = await world.ask(room, {data: {seat: 4}});
  assert.deepEqual([status, Object.keys(body)], [200, ['result', 'token']]);
  const token = body.token as string;
  const {jti, ...claims} = decodeJwt(token);
  assert.match(String(jti), /^.{16,}$/);
  const iat = world.now / 1000;
  assert.deepEqual(claims, {room_id: room, role: 'participant', name: 'Ann', user_ref: 'u1', iat, exp: iat + 15 * 60});
  assert.equal(decodeProtectedHeader(token).alg, 'HS256');
});

test('T3 T4 T5 T7 each missing or invalid key is refused with its number, in order', async t => {
  const world = await startPlatform(t);
  const room = await world.room({audiences: 1});
  const path = `/rooms/${room}/tokens`;
  const answer = async (body: object) => (await world.call('POST', path, body)).body.result;
  for (const name of [undefined, null, '']) {
    const {status, text} = await world.call('POST', path, {name, role: 'king', data: 'no'});
    assert.equal(status, 400);
    assert.equal(text, '{"result":10101,"error":"[Reason] Required Data Missing: name (User Name)","desc":""}');
  }
  const name = 'Ann';
  assert.equal(await answer({name: {}}), 19100);
  assert.equal(await answer({name: 'x'.repeat(201), role: 'viewer', user_ref: 1}), 19100);
  for (const role of [undefined, null, '']) assert.equal(await answer({name, role}), 10103);
  for (const role of ['king', 'Moderator', ['moderator'], 'toString', {toString: 1}])
    assert.equal(await answer({name, role}), 10104);
  const role = 'viewer';
  for (const user_ref of [undefined, null, '']) assert.equal(await answer({name, role, user_ref, data: 'no'}), 10102);
  assert.equal(await answer({name, role, user_ref: {}}), 19102);
  const user_ref = 7;
  const six = {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6};
  for (const data of ['{"a":1}', '{}', {a: 1}]) assert.equal(await answer({name, role, user_ref, data}), 0);
  for (const data of [
    'no',
    '[]',
    '5',
    'null',
    '{"a":',
    JSON.stringify(six),
    `{"a":${'['.repeat(40)}${']'.repeat(40)}}`,
    [],
    six,
  ])
    assert.equal(await answer({name, role, user_ref, data}), 19001);
  const {f: _, ...data} = six;
  assert.equal(await answer({name, role, user_ref, data}), 0);
  for (const each of ['moderator', 'participant', 'viewer', 'audience']) {
    assert.equal(await answer({name, role: each, user_ref}), 0, each);
  }
});

test('T2 an unknown room gives no token, and that is reported before any other fault', async t => {
  const world = await startPlatform(t);
  const {status, body} = await world.ask('0'.repeat(24), {name: ''});
  assert.deepEqual([status, body.result, body.token], [404, 40001, undefined]);
});

test('T6 unknown keys change neither the token’s lifetime nor the room it opens', async t => {
  const world = await startPlatform(t);
  const [room, other] = [await world.room(), await world.room()];
  const token = await world.token(room, {ttl: 86_400, roomId: other, room_id: other, exp: 1e10, permissions: {}});
  const {exp, iat, room_id} = decodeJwt(token);
  assert.deepEqual([exp! - iat!, room_id], [15 * 60, room]);
});

test('T8 T12 every call gives a different token, and no token takes a seat', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 1});
  const tokens = new Set<string>();
  for (let i = 0; i < 20; i++) tokens.add(await world.token(room));
  assert.equal(tokens.size, 20);
  assert.ok(!tokens.has(undefined as unknown as string));
  assert.equal((await world.call('GET', `/rooms/${room}`)).body.result, 0);
  assert.equal((await world.outcome([...tokens][19]!)).type, 'joined');
});

test('expired tokens are deleted when the next token is issued', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  for (let i = 0; i < 3; i++) await world.token(room);
  world.now += 16 * MINUTE;
  await world.token(room);
  const rows = await world.database.all<{n: number}>('select count(*) as n from tokens');
  assert.equal(rows[0]!.n, 1);
});

test('T16 permanent and ad hoc rooms give tokens at any time', async t => {
  const world = await startPlatform(t);
  const rooms = [await world.room(), await world.room({adhoc: true})];
  world.now += 5 * 365 * 24 * HOUR;
  for (const room of rooms) assert.equal((await world.ask(room)).body.result, 0);
});

test('T17 a scheduled room gives tokens from 15 minutes before its start', async t => {
  const world = await startPlatform(t);
  const room = await world.room(SCHEDULED);
  world.now = FOUR - 15 * MINUTE - 1000;
  const early = await world.ask(room);
  assert.deepEqual([early.status, early.body.result, early.body.token], [409, 10113, undefined]);
  assert.match(String(early.body.desc), /2020-01-06T15:45:00/);
  world.now = FOUR - 15 * MINUTE;
  assert.equal((await world.ask(room)).body.result, 0);
});

test('T17 a refusal that comes too early says when the room opens', async t => {
  const world = await startPlatform(t);
  const room = await world.room(SCHEDULED);
  const asked = world.platform.rooms(world.credentials.id).token(room, {name: 'Ann', role: 'viewer', user_ref: 1});
  await assert.rejects(asked, {code: 'not_open_yet', opensAt: new Date(FOUR - 15 * MINUTE)});
});

test('T18 after its end a scheduled room gives tokens only while somebody is connected', async t => {
  const world = await startPlatform(t);
  const scheduled = async () => world.room({...SCHEDULED, participants: 5});
  const [empty, busy] = [await scheduled(), await scheduled()];
  world.now = FOUR + HOUR - 1;
  assert.equal((await world.ask(empty)).body.result, 0);
  await world.enter(busy);
  world.now = FOUR + HOUR;
  const over = await world.ask(empty);
  assert.deepEqual([over.status, over.body.result], [409, 10112]);
  assert.equal((await world.ask(busy)).body.result, 0);
});

test('T19 audience needs audience seats', async t => {
  const world = await startPlatform(t);
  const asAudience = async (room: string) => (await world.ask(room, {role: 'audience'})).body.result;
  assert.equal(await asAudience(await world.room()), 40002);
  const room = await world.room({audiences: '1'});
  assert.equal(await asAudience(room), 0);
  await world.enter(room, {role: 'audience'});
  assert.equal(await asAudience(room), 10114);
});

const PAIRS: [first: string, second: string][] = [
  ['participant', 'moderator'],
  ['moderator', 'participant'],
];

for (const [first, second] of PAIRS) {
  test(`T13 when all ${first} seats are taken, the next ${first} is refused and a ${second} is not`, async t => {
    const world = await startPlatform(t);
    const room = await world.room({participants: 1, moderators: '1'});
    await world.enter(room, {role: first});
    const {status, text} = await world.ask(room, {role: first});
    assert.equal(status, 409);
    assert.equal(text, '{"result":10114,"error":"[Reason] Token Denied. Room is full.","desc":""}');
    assert.equal((await world.enter(room, {role: second})).joined.type, 'joined');
  });
}

test('T20 a viewer takes a participant seat, audience never does', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 1, audiences: 1});
  const answer = async (role: string) => (await world.ask(room, {role})).body.result;
  await world.enter(room, {role: 'audience'});
  assert.equal(await answer('participant'), 0);
  await world.enter(room, {role: 'viewer'});
  assert.equal(await answer('participant'), 10114);
  assert.equal(await answer('viewer'), 10114);
});

test('T22 wrong credentials give no token and no room, and an unknown application gets the same answer', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  const {id, key} = world.credentials;
  const stranger = await world.platform.createApplication();
  const wrong = [
    {key: `${key}x`},
    {key: ''},
    {key: stranger.key},
    {id: 'nobody'},
    {id: ''},
    {id: `${id}\0`},
    {id: "' or ''='", key: "' or ''='"},
  ];
  const calls = [
    (credentials: object) => world.call('POST', '/rooms', {name: 'x', owner_ref: 'x'}, credentials),
    (credentials: object) =>
      world.call('POST', `/rooms/${room}/tokens`, {name: 'A', role: 'viewer', user_ref: 1}, credentials),
  ];
  const answers = new Set<string>();
  for (const call of calls) {
    for (const credentials of wrong) {
      const {status, headers, text} = await call(credentials);
      answers.add(JSON.stringify([status, headers.get('www-authenticate'), headers.get('content-length'), text]));
    }
  }
  assert.equal(answers.size, 1);
  const [status, challenge, , text] = JSON.parse([...answers][0]!) as string[];
  assert.deepEqual([status, challenge], [401, 'Basic realm="rooms"']);
  assert.match(text!, /^{"result":10000,"error":"\[Reason\] Application not found",/);
  assert.equal(await roomsOf(world), 1);
});

const roomsOf = async (world: World) =>
  ((await world.call('GET', '/rooms')).body as unknown as {rooms: object[]}).rooms.length;
