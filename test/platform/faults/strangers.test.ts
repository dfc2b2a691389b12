import assert from 'node:assert/strict';
import {connect} from 'node:net';
import {mock, test, type TestContext} from 'node:test';
import {seen, startPlatform, until, usersOf, type Json, type World} from '../../helpers/platform/start.js';

/** A WebSocket that sends nothing by itself and answers nothing, as text of what it receives. */
function raw(t: TestContext, {host}: World) {
  const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.on('error', () => {}); // The close follows.
  const closed = new Promise<void>(resolve => socket.on('close', () => resolve()));
  const upgraded = new Promise<void>(resolve => socket.once('data', () => resolve()));
  socket.write(
    `GET /video/v2/session HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  return {socket, closed, upgraded};
}

/** A frame of a client with an empty mask. */
function frame(opcode: number, payload: string, last = true): Buffer {
  const bytes = Buffer.from(payload);
  const length = bytes.length < 126 ? [0x80 | bytes.length] : [0x80 | 126, bytes.length >> 8, bytes.length & 255];
  return Buffer.concat([Buffer.from([(last ? 0x80 : 0) | opcode, ...length, 0, 0, 0, 0]), bytes]);
}

const [CONTINUATION, TEXT, PING] = [0, 1, 9];
const tooMuch: [what: string, frames: () => Buffer[]][] = [
  ['one message of 60,000 bytes', () => [frame(TEXT, 'x'.repeat(60_000))]],
  ['a message in 100 fragments', () => [frame(TEXT, '', false), ...Array(100).fill(frame(CONTINUATION, 'x', false))]],
  [
    'a message that never ends',
    () => [frame(TEXT, '', false), ...Array(30).fill(frame(CONTINUATION, 'x'.repeat(2000), false))],
  ],
  ['a thousand pings', () => Array(1000).fill(frame(PING, 'x'.repeat(100)))],
  ['ten thousand messages', () => Array(10_000).fill(frame(TEXT, '?'))],
];
for (const [what, frames] of tooMuch) {
  test(`who has not joined and sends ${what} is disconnected`, async t => {
    const world = await startPlatform(t);
    const {socket, closed, upgraded} = raw(t, world);
    await upgraded;
    socket.write(Buffer.concat(frames()));
    await closed;
    assert.deepEqual(world.faults, []);
  });
}

test('who does not join is let go, also if they never close their side', async t => {
  mock.timers.enable({apis: ['setTimeout']});
  t.after(() => mock.timers.reset());
  const world = await startPlatform(t);
  const {socket, closed, upgraded} = raw(t, world);
  await upgraded;
  const refused = new Promise(resolve => socket.once('data', resolve));
  mock.timers.tick(10_000);
  await refused;
  mock.timers.tick(2_000);
  await closed;
});

test('somebody who comes in gets what the proxy shows of the room, and no more', async t => {
  const world = await startPlatform(t);
  const hidden = {
    billing_code: 'B-1',
    send_audiences_stats: true,
    audiences: 5,
    hls_view_url: 'https://hls.example/key',
  };
  const room = await world.room({...hidden, description: 'Short'});
  const ann = await world.enter(room, {role: 'moderator'});
  assert.deepEqual(ann.joined.room, {
    room_id: room,
    name: 'Stand-up',
    settings: {
      description: 'Short',
      mode: 'group',
      scheduled: false,
      adhoc: false,
      moderators: 1,
      participants: 2,
      max_active_talkers: 2,
      audiences: 5,
      auto_recording: false,
      canvas: false,
      screen_share: true,
      quality: 'SD',
    },
  });
  const wordy = await world.enter(await world.room({description: 'x'.repeat(100_000)}));
  assert.ok(!('description' in (wordy.joined.room.settings as Json)));
});

test('only moderators learn references; audience learns a number; who knocks learns nothing', async t => {
  const world = await startPlatform(t);
  const room = await world.room({knock: true, participants: 3, audiences: 1, moderators: 2});
  const mo = await world.enter(room, {role: 'moderator', name: 'Mo', user_ref: 'mo@clinic.example', data: {room: 3}});
  const ann = await world.knock(room, {user_ref: 'ann@clinic.example', data: {case: 'private'}});
  assert.deepEqual(Object.keys(ann.joined).sort(), ['reason', 'resume', 'type', 'you']);
  assert.deepEqual(await mo.next(), {type: 'knock', user: ann.joined.you});
  mo.send({type: 'admit', id: ann.joined.you.id});
  const inside = await ann.next();
  assert.deepEqual([inside.users, inside.total], [[seen(mo.joined.you)], 2]);
  assert.deepEqual((inside.users as Json[])[0]!.data, {room: 3});
  const au = await world.enter(room, {role: 'audience'});
  assert.deepEqual([au.joined.users, au.joined.total], [[], 2]);
  const second = await world.enter(room, {role: 'moderator', user_ref: 'second'});
  assert.deepEqual(second.joined.users, [mo.joined.you, ann.joined.you]);
  assert.deepEqual(await ann.next(), {type: 'user-joined', user: seen(second.joined.you)});
});

test('data that is too large to pass on reaches only its holder, and a newcomer gets bounded messages', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 60, max_active_talkers: 6});
  const [mo, largest] = [await world.enter(room, {role: 'moderator'}), {a: 'x'.repeat(15_000)}];
  for (let index = 0; index < 55; index++) {
    const data = index % 2 ? largest : {a: 'x'.repeat(900)};
    const {joined} = await world.enter(room, {name: `${'ñ'.repeat(195)} ${index}`, user_ref: 'ü'.repeat(200), data});
    assert.deepEqual(joined.you.data, data);
    const {user} = (await mo.next()) as {user: Json};
    assert.deepEqual(user.data, index % 2 ? undefined : data);
  }
  const bytes: number[] = [];
  const client = await world.connect();
  client.socket.on('message', (text: Buffer) => bytes.push(text.length));
  client.send({type: 'join', token: await world.token(room)});
  const joined = (await client.next()) as {users: Json[]; total: number; more: number};
  const users = [...joined.users];
  for (let page = 0; page < joined.more; page++) users.push(...((await client.next()).users as Json[]));
  assert.deepEqual([users.length, joined.total], [56, 57]);
  assert.equal(new Set(users.map(({id}) => id)).size, 56);
  assert.ok(bytes.length > 1 && bytes.every(each => each < 40_000), String(bytes));
});

test('data of more than 16,384 characters is refused, whatever it is made of', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  const deep = Array.from({length: 3000}).reduce<Json>(inner => ({inner}), {});
  for (const data of [{a: 'x'.repeat(17_000)}, {a: Array(6000).fill(0.5)}, {['k'.repeat(17_000)]: 1}, {deep}]) {
    const {status, body} = await world.ask(room, {data});
    assert.deepEqual([status, body.token], [400, undefined], JSON.stringify(data).slice(0, 30));
  }
  assert.equal((await world.ask(room, {data: {a: 'x'.repeat(16_000)}})).status, 200);
});

test('a viewer who floods a moderator with signals is slowed, and the others are served', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 3});
  const mo = await world.enter(room, {role: 'moderator'});
  const vi = await world.enter(room, {role: 'viewer'});
  await mo.next();
  const began = performance.now();
  const flood = () => {
    if (vi.socket.readyState !== vi.socket.OPEN) return;
    while (vi.socket.bufferedAmount < 2_000_000) {
      vi.send({type: 'signal', to: mo.joined.you.id, data: 'x'.repeat(60_000)});
    }
    setImmediate(flood);
  };
  flood();
  for (let heard = 0; heard < 130; heard++) assert.equal((await mo.next()).type, 'signal');
  // 4 MiB pass at once, and then 1 MiB each second.
  assert.ok(performance.now() - began > 2500);
  assert.equal((await world.ask(room)).status, 200);
  vi.socket.terminate();
  assert.equal(mo.socket.readyState, mo.socket.OPEN);
  await until(async () => (await usersOf(world, room)).total === 2);
});

test('commands of people who are no moderators cost no transaction', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 3});
  const ann = await world.enter(room);
  const entries = () => world.database.all('select entries from rooms where room_id = ?', room);
  const before = await entries();
  for (const type of ['end', 'drop', 'mute', 'admit', 'deny']) {
    ann.send({type, id: 'x'});
    assert.equal((await ann.next()).code, 'denied');
  }
  assert.deepEqual(await entries(), before);
});
