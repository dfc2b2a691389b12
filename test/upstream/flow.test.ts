import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer, request as rawRequest, type IncomingMessage} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, it, type TestContext} from 'node:test';
import {createAdaptorServer, type HttpBindings} from '@hono/node-server';
import fc from 'fast-check';
import {basicAuth, platformRooms, tokenProxy, type LogEntry, type Rooms, type Visitor} from '../../src/proxy/proxy.js';
import {FOUR, NOON, SCHEDULED, startPlatform, type World} from '../helpers/platform/start.js';
import {ORIGIN, plain, start, visitor} from '../helpers/proxy/start.js';

const ANN = {name: 'Ann', role: 'participant'} as const;

/** A proxy behind a real server on a port of its own, and its address; gone with the test. */
async function serve(t: TestContext, rooms: Rooms, who: Visitor, lines: LogEntry[] = []): Promise<string> {
  const log = (line: LogEntry) => lines.push(line);
  const proxy = tokenProxy({rooms, authorize: () => who, userRefs: 'plain', origins: [ORIGIN], mount: '/api', log});
  const server = createAdaptorServer({
    fetch: (request, env) => proxy(request, {ip: (env as HttpBindings).incoming.socket.remoteAddress}),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
}

const upstream = (world: World, {id, key} = world.credentials) =>
  platformRooms({endpoint: `http://${world.host}/video/v2`, headers: {authorization: basicAuth(id, key)}});

/** A page of ours, in front of a proxy, in front of a platform. */
async function startPage(t: TestContext, who: Visitor) {
  const world = await startPlatform(t);
  const endpoint = await serve(t, upstream(world), who);
  return {world, page: platformRooms({endpoint, headers: {origin: ORIGIN}})};
}

describe('a page in front of a proxy in front of a platform', () => {
  it('lists the rooms, opens one, and its token admits one connection, once', async t => {
    const {world, page} = await startPage(t, plain());
    const id = await world.room({billing_code: 'secret'});
    const [listed] = await page.list();
    assert.deepEqual(await page.get(id), listed);
    assert.equal(listed!.room_id, id);
    assert.deepEqual([listed!.owner_ref, listed!.settings.participants], [undefined, 2]);
    const {token, participant, room} = await page.token(id, {...ANN, user_ref: 'admin'});
    assert.deepEqual(participant, {...ANN, user_ref: 'u1'});
    assert.equal(room!.name, listed!.name);
    assert.equal((await world.outcome(token)).type, 'joined');
    assert.equal((await world.outcome(token)).type, 'refused');
  });

  it('makes a room of the visitor’s own, changes it, looks into it and deletes it', async t => {
    const {world, page} = await startPage(t, visitor());
    const {room_id: id} = await page.create({name: 'Mine', owner_ref: 'mallory', settings: {participants: 4}});
    await page.update(id, {name: 'Ours', owner_ref: 'mallory'});
    const {name, owner_ref, settings} = await world.platform.rooms(world.credentials.id).get(id);
    assert.deepEqual([name, owner_ref, settings.participants], ['Ours', 'u1', 4]);
    const ann = await world.use((await page.token(id, ANN)).token);
    await ann.next();
    assert.deepEqual(
      (await page.users(id)).map(({name, user_ref}) => [name, user_ref]),
      [['Ann', 'u1']],
    );
    await assert.rejects(page.remove(id), {code: 'room_active'});
    await ann.leave();
    await page.remove(id);
    await assert.rejects(page.get(id), {code: 'not_found'});
  });

  it('replay of a token: of 200 parallel connections with one exactly one wins, and it is handed to no second gesture', async t => {
    const {world, page} = await startPage(t, plain());
    const id = await world.room({participants: 200});
    const [{token}, other] = await Promise.all([page.token(id, ANN), page.token(id, ANN)]);
    assert.notEqual(token, other.token);
    const told = await Promise.all(Array.from({length: 200}, () => world.outcome(token)));
    assert.equal(told.filter(({type}) => type === 'joined').length, 1);
    assert.equal(told.filter(({type}) => type === 'refused').length, 199);
    assert.equal((await world.outcome(other.token)).type, 'joined');
  });

  it('finds no room of another application', async t => {
    const {world, page} = await startPage(t, visitor());
    const theirs = await world.platform.createApplication();
    const {room_id} = await upstream(world, theirs).create({name: 'Theirs', owner_ref: 'bob', settings: {}});
    assert.deepEqual(await page.list(), []);
    await assert.rejects(page.get(room_id), {code: 'not_found'});
    await assert.rejects(page.token(room_id, ANN), {code: 'not_found'});
    await assert.rejects(page.users(room_id), {code: 'not_found'});
    await assert.rejects(page.update(room_id, {name: 'Mine'}), {code: 'not_found'});
    await assert.rejects(page.remove(room_id), {code: 'not_found'});
  });

  it('is told when a room opens, and that it is full', async t => {
    const {world, page} = await startPage(t, plain());
    const later = await world.room(SCHEDULED);
    const opensAt = new Date(FOUR - 15 * 60_000);
    assert.ok(world.now === NOON);
    await assert.rejects(page.token(later, ANN), {code: 'not_open_yet', opensAt});
    world.now = +opensAt;
    assert.ok((await page.token(later, ANN)).token);
    const small = await world.room({participants: 1});
    await world.enter(small);
    await assert.rejects(page.token(small, ANN), {code: 'room_full', result: 10114});
  });

  it('upstream 401/403 shown as 401: is told that the platform is down, and the operator why', async t => {
    const world = await startPlatform(t);
    const lines: LogEntry[] = [];
    const wrong = {...world.credentials, key: 'CANARY'};
    const page = platformRooms({endpoint: await serve(t, upstream(world, wrong), plain(), lines)});
    await assert.rejects(page.list(), {code: 'platform_down'});
    assert.deepEqual(
      lines.map(({code, operation}) => [code, operation]),
      [['unauthorized', 'list']],
    );
    assert.doesNotMatch(JSON.stringify(lines), /CANARY/);
  });
});

/** A platform that hands its requests to the test, and where it is. */
async function listen(t: TestContext, heard: (request: IncomingMessage) => void): Promise<Rooms> {
  const server = createServer((request, response) => {
    heard(request);
    if (request.method === 'GET') response.end('{"result":0,"rooms":[]}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return platformRooms({endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/video/v2`});
}

describe('the wire', () => {
  it('carries no path upstream that a visitor has bent: path traversal, CRLF, NUL, %252e in ids', async t => {
    const lines: string[] = [];
    const rooms = await listen(t, ({method, url}) => lines.push(`${method} ${url}`));
    const endpoint = new URL(await serve(t, rooms, visitor()));
    const climbs = [
      '..',
      '../..',
      '%2e%2e',
      '%252e%252e',
      '..%2fapps',
      '%0d%0aX: 1',
      '%00',
      'a%2fusers',
      'a/../../apps',
    ];
    for (const climb of climbs) {
      for (const path of [
        `/api/rooms/${climb}`,
        `/api/rooms/${climb}/users`,
        `/api/${climb}`,
        `/${climb}/api/rooms/a`,
      ]) {
        const {host, hostname, port} = endpoint;
        const headers = {host, 'x-rooms-client': 'test'};
        const asked = rawRequest({hostname, port, path: path.replaceAll(' ', '%20'), headers}).end();
        const [answer] = (await once(asked, 'response')) as [IncomingMessage];
        answer.resume();
        // A path that a server normalises to a plain one is that plain one, and may be answered.
        const plain = /^GET \/video\/v2\/rooms(\/a(\/users)?)?$/;
        for (const line of lines) assert.match(line, plain, path);
        assert.ok(lines.splice(0).length === 1 || [400, 404].includes(answer.statusCode!), path);
      }
    }
  });

  it('carries no id upstream but one of letters, digits, - and _, whatever the characters and however they are written', async t => {
    const lines: string[] = [];
    const rooms = await listen(t, ({method, url}) => lines.push(`${method} ${url}`));
    const {proxy} = start(rooms, plain(), {limits: false, cache: 0, mount: '/api'});
    const nasty = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%2e',
      '%2f',
      '%252e',
      '%00',
      '\0',
      '%0d%0a',
      '\r\n',
      '?',
      '#',
      ';',
      '@',
    );
    const id = fc.oneof(
      fc.array(fc.oneof(nasty, fc.string({unit: 'binary', maxLength: 3})), {maxLength: 6}).map(parts => parts.join('')),
      fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
    );
    let good = 0;
    await fc.assert(
      fc.asyncProperty(id, fc.constantFrom(encodeURIComponent, encodeURI, String), async (id, write) => {
        let path: string;
        try {
          path = write(id);
        } catch {
          return; // Half a letter cannot be written in an address.
        }
        const request = new Request(`https://proxy.example/api/rooms/${path}`, {headers: {'x-rooms-client': 'test'}});
        // As it was sent, where a runtime does not normalise it.
        const raw = Object.defineProperty(request, 'url', {value: `https://proxy.example/api/rooms/${path}`});
        const {status} = await proxy(raw);
        for (const line of lines.splice(0)) {
          assert.match(line, /^GET \/video\/v2\/rooms(\/[A-Za-z0-9_-]{1,64})?$/);
          if (line.endsWith(`/${id}`)) good++;
        }
        if (/^[A-Za-z0-9_-]{1,64}$/.test(id)) assert.equal(status, 502, 'it was asked for, and the answer is no room');
      }),
      {numRuns: 300},
    );
    assert.ok(good > 20, `${good} good ids only: a proxy that asks for nothing would pass`);
  });

  it('ends what was asked upstream when the visitor leaves', async t => {
    let hears!: (request: IncomingMessage) => void;
    const heard = new Promise<IncomingMessage>(resolve => (hears = resolve));
    const rooms = await listen(t, request => hears(request));
    const endpoint = await serve(t, rooms, visitor());
    const leaving = new AbortController();
    const page = platformRooms({endpoint});
    const asked = assert.rejects(page.remove('lobby', {signal: leaving.signal}), {code: 'aborted'});
    const {socket} = await heard;
    leaving.abort();
    await asked;
    await once(socket, 'close');
  });
});
