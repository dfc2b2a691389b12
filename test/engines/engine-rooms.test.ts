import assert from 'node:assert/strict';
import {describe, it, type TestContext} from 'node:test';
import {engineRooms} from '../../src/engines/engine-rooms.js';
import {jsonDirectory, type ListedDefinition} from '../../src/engines/json-directory.js';
import {tokenProxy, type LogEntry} from '../../src/proxy/proxy.js';
import {livekitAt, livekitDouble, SECRET} from '../helpers/engines/livekit.js';
import {claimsOf} from '../helpers/engines/recorder.js';

const NOW = Date.UTC(2030, 0, 7, 16);
const ANN = {name: 'Ann', role: 'participant' as const, user_ref: 'ann'};
const BOB = {...ANN, name: 'Bob', user_ref: 'bob'};
const SOON = {scheduled: true, scheduled_time: '2030-01-07 18:00:00', duration: 60};

async function place(t: TestContext, list: ListedDefinition[] = [{room_id: 'lobby', name: 'Lobby'}]) {
  const server = await livekitDouble(t);
  const log: LogEntry[] = [];
  const directory = jsonDirectory(list, {clock: () => NOW});
  const rooms = engineRooms({directory, engine: livekitAt(server), log: entry => log.push(entry)});
  return {server, rooms, log, directory};
}

describe('rooms at an engine', () => {
  it('give a token that says who takes it, and what it is good for', async t => {
    const {server, rooms} = await place(t);
    const issued = await rooms.token('lobby', ANN);
    assert.deepEqual([issued.provider, issued.once, issued.server_url], ['livekit', false, server.url]);
    const {name, attributes, iss} = claimsOf(issued.token);
    assert.deepEqual([name, attributes, iss], ['Ann', {role: 'participant', user_ref: 'ann'}, 'api-key']);
    assert.ok(Math.abs(Date.parse(issued.expires_at!) - Date.now() - 60_000) < 30_000);
  });

  it('know who is inside, and which rooms are in use', async t => {
    const {server, rooms} = await place(t, [
      {room_id: 'lobby', name: 'Lobby'},
      {room_id: 'empty', name: 'Empty'},
    ]);
    server.join((await rooms.token('lobby', ANN)).token);
    assert.deepEqual(await rooms.users('lobby'), [ANN]);
    assert.deepEqual(await rooms.users('empty'), []);
    assert.deepEqual(
      (await rooms.list()).map(({room_id, isRoomActive}) => [room_id, isRoomActive]),
      [
        ['lobby', true],
        ['empty', undefined],
      ],
    );
    assert.equal((await rooms.get('lobby')).isRoomActive, true);
  });

  it('say for which client their tokens will be, also through a token proxy', async t => {
    const {rooms} = await place(t);
    assert.deepEqual([(await rooms.get('lobby')).provider, (await rooms.list())[0]!.provider], ['livekit', 'livekit']);
    const origin = 'https://shop.example';
    const proxy = tokenProxy({rooms, guests: {roles: ['participant']}, origins: [origin]});
    const headers = {origin, 'x-rooms-client': 'test'};
    const answer = await proxy(new Request('https://api.shop.example/rooms/lobby', {headers}));
    const {room} = (await answer.json()) as {room: {provider: string}};
    assert.equal(room.provider, 'livekit');
  });

  it('count a thousand rooms with one call', async t => {
    const list = Array.from({length: 1000}, (_, n) => ({room_id: `room-${n}`, name: `Room ${n}`}));
    const {server, rooms} = await place(t, list);
    const lists = await Promise.all([rooms.list(), rooms.list(), rooms.list()]);
    assert.deepEqual([lists[0]!.length, server.calls()], [1000, ['ListRooms']]);
  });

  it('open a room once for all who ask at the same time', async t => {
    const {server, rooms} = await place(t);
    const issued = await Promise.all(Array.from({length: 10}, () => rooms.token('lobby', ANN)));
    assert.equal(new Set(issued.map(({token}) => claimsOf(token).sub)).size, 10);
    assert.equal(server.calls().filter(call => call === 'CreateRoom').length, 1);
  });

  it('open nothing for somebody who gets no token', async t => {
    const {server, rooms} = await place(t, [{room_id: 'talk', name: 'Talk', settings: SOON}]);
    await assert.rejects(rooms.token('talk', ANN), {code: 'not_open_yet', opensAt: new Date(NOW + 105 * 60_000)});
    await assert.rejects(rooms.token('nowhere', ANN), {code: 'not_found'});
    await assert.rejects(rooms.token('talk', {...ANN, role: 'king' as never}), {code: 'role_invalid'});
    assert.ok(!server.calls().includes('CreateRoom'));
  });

  it('are full when all seats of a role are taken', async t => {
    const {server, rooms} = await place(t);
    const ann = (await rooms.token('lobby', ANN)).token;
    for (const token of [ann, (await rooms.token('lobby', BOB)).token]) server.join(token);
    await assert.rejects(rooms.token('lobby', BOB), {code: 'room_full'});
    await rooms.token('lobby', {...BOB, role: 'moderator'});
    server.leave(ann);
    await rooms.token('lobby', BOB);
  });

  it('do not count machines as people', async t => {
    const {server, rooms} = await place(t);
    const machines = ['AGENT', 'EGRESS', 'INGRESS'].map(kind => ({identity: kind, name: kind, kind, attributes: {}}));
    server.rooms.set('lobby', machines);
    assert.deepEqual(await rooms.users('lobby'), []);
    await rooms.token('lobby', ANN);
  });

  it('are at the engine that the directory names', async t => {
    const [eu, us] = [await livekitDouble(t), await livekitDouble(t)];
    const directory = jsonDirectory([
      {room_id: 'paris', name: 'Paris'},
      {room_id: 'boston', name: 'Boston', engine: 'us'},
    ]);
    const rooms = engineRooms({directory, engine: {eu: livekitAt(eu), us: livekitAt(us)}});
    assert.equal((await rooms.token('boston', ANN)).server_url, us.url);
    assert.equal((await rooms.token('paris', ANN)).server_url, eu.url);
    assert.deepEqual((await rooms.list()).length, 2);
    assert.throws(() => engineRooms({directory, engine: livekitAt(eu)}), {code: 'misconfigured'});
  });
});

describe('what an engine does not enforce', () => {
  for (const [key, value] of [
    ['mode', 'lecture'],
    ['knock', true],
    ['wait_for_moderator', true],
  ] as const) {
    it(`is refused at start: settings.${key}`, async t => {
      const settings = {[key]: value};
      await assert.rejects(place(t, [{room_id: 'lobby', name: 'Lobby', settings}]), {
        code: 'misconfigured',
        key: `rooms.0.settings.${key}`,
        message: `rooms.0.settings.${key}: livekit cannot enforce settings.${key}. Change it.`,
      });
    });
  }

  it('is denied as a role, before the vendor is asked for anything but who is inside', async t => {
    const {server, directory, log} = await place(t);
    const {enforces, ...engine} = livekitAt(server);
    const rooms = engineRooms({
      directory,
      engine: {...engine, enforces: {...enforces, viewer: false}},
      log: entry => log.push(entry),
    });
    const proxy = tokenProxy({
      rooms,
      authorize: async () => ({user_ref: 'ann', name: 'Ann', roles: ['viewer', 'participant'], rooms: '*'}),
      origins: ['https://shop.example'],
      userRefs: 'plain',
      log: entry => log.push(entry),
    });
    const headers = {'x-rooms-client': 'test', 'content-type': 'application/json'};
    const body = JSON.stringify({role: 'viewer'});
    const answer = await proxy(new Request('https://us.example/rooms/lobby/tokens', {method: 'POST', headers, body}));
    assert.deepEqual(
      [answer.status, ((await answer.json()) as {code: string}).code, server.calls().includes('CreateRoom')],
      [403, 'denied', false],
    );
    assert.deepEqual(log, []);
  });
});

describe('a vendor in trouble', () => {
  const FAULTS: [what: string, answer: object, code: string, told: RegExp][] = [
    ['refuses our key', {status: 401, body: {msg: 'canary-text'}}, 'unauthorized', /refuses our credentials/],
    ['is down', {status: 503, body: 'canary-text'}, 'platform_down', /It fails \(status 503\)/],
    ['answers with a page', {body: '<html>canary-text'}, 'bad_reply', /not an answer of LiveKit/],
    ['answers nonsense', {body: {rooms: [{name: 'canary-text'}]}}, 'bad_reply', /not an answer of LiveKit/],
    ['redirects', {status: 302, headers: {location: 'https://canary-text.example/'}}, 'bad_reply', /redirects/],
    ['answers too much', {body: `"${'canary-text'.repeat(200_000)}"`}, 'bad_reply', /longer than/],
    ['asks us to wait', {status: 429, headers: {'retry-after': '7'}}, 'rate_limited', /asks us to wait/],
  ];
  for (const [what, answer, code, told] of FAULTS) {
    it(`that ${what} costs nobody the list, and tells the operator in our own words`, async t => {
      const {server, rooms, log} = await place(t);
      server.answer(() => answer);
      assert.equal((await rooms.list()).length, 1);
      // After a request to wait, the next call is not sent.
      await assert.rejects(rooms.users('lobby'), {code: code === 'rate_limited' ? 'platform_down' : code});
      assert.ok(
        log.some(entry => entry.code === code && told.test(entry.message)),
        JSON.stringify(log),
      );
      assert.doesNotMatch(JSON.stringify(log), new RegExp(`canary-text|${SECRET}`));
    });
  }

  it('gives no token, and none is made twice', async t => {
    const {server, rooms} = await place(t);
    server.answer(({path}) => (path.endsWith('CreateRoom') ? {status: 500} : {body: {rooms: [], participants: []}}));
    await assert.rejects(rooms.token('lobby', ANN), {code: 'platform_down'});
    assert.equal(server.calls().filter(call => call === 'CreateRoom').length, 1);
  });

  it('does not keep rooms of another engine from giving tokens', async t => {
    const [eu, us] = [await livekitDouble(t), await livekitDouble(t)];
    const directory = jsonDirectory([
      {room_id: 'paris', name: 'Paris'},
      {room_id: 'boston', name: 'Boston', engine: 'us'},
    ]);
    const log = () => {};
    const rooms = engineRooms({directory, engine: {eu: livekitAt(eu), us: livekitAt(us)}, log});
    const proxy = tokenProxy({
      rooms,
      guests: {roles: ['participant']},
      origins: ['https://shop.example'],
      limits: false,
      log,
    });
    const ask = async (room: string) => {
      const headers = {'x-rooms-client': 'test', 'content-type': 'application/json'};
      const body = JSON.stringify({role: 'participant', name: 'Ann'});
      return (await proxy(new Request(`https://us.example/rooms/${room}/tokens`, {method: 'POST', headers, body})))
        .status;
    };
    us.answer(() => ({status: 500}));
    for (let i = 0; i < 25; i++) assert.notEqual(await ask('boston'), 200);
    const sent = us.requests.length;
    assert.equal(await ask('boston'), 503);
    assert.equal(us.requests.length, sent, 'The circuit of the broken engine is open.');
    assert.equal(await ask('paris'), 200);
  });
});
