import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer, type IncomingMessage, type RequestListener, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {after, describe, it} from 'node:test';
import {getRequestListener} from '@hono/node-server';
import {roomsApp} from '../../src/http/routes.js';
import {basicAuth, httpRooms, type HttpRoomsOptions} from '../../src/http/client.js';
import {notFound, Room, RoomsError, type Rooms, type RoomsErrorCode} from '../../src/rooms/rooms.js';
import {failure} from '../helpers/http/failure.js';

const servers: ReturnType<typeof createServer>[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const LOBBY: Room = {room_id: 'lobby', name: 'Lobby', owner_ref: 'o', settings: {participants: 5}, created: 'c'};

/** Rooms that record the calls which reached them over the wire. */
function recorder() {
  const calls: unknown[][] = [];
  const rooms: Rooms = {
    list: async () => (calls.push(['list']), [LOBBY]),
    get: async id => {
      calls.push(['get', id]);
      if (id !== 'lobby') throw notFound();
      return LOBBY;
    },
    create: async (definition, options) => (calls.push(['create', definition, options?.idempotencyKey]), LOBBY),
    update: async (id, changes) => void calls.push(['update', id, changes]),
    remove: async id => void calls.push(['remove', id]),
    users: async id => (calls.push(['users', id]), [{name: 'Ann', role: 'viewer' as const}]),
    token: async (id, request, options) => {
      calls.push(['token', id, request, options?.idempotencyKey]);
      return {token: 't0ken'};
    },
  };
  return {calls, rooms};
}

/** A client of a server that answers every call with `reply`. */
const clientOf = async (reply: (request: IncomingMessage, response: ServerResponse) => void, more: object = {}) =>
  httpRooms({endpoint: await listen(reply), ...more} as HttpRoomsOptions);

const answering = (status: number, body: string, headers: Record<string, string> = {}) =>
  clientOf((_, response) => {
    response.writeHead(status, {'content-type': 'application/json', ...headers});
    response.end(body);
  });

describe('httpRooms and roomsApp, each the mirror of the other', () => {
  it('carry all seven operations and their arguments', async () => {
    const {calls, rooms} = recorder();
    const endpoint = await listen(getRequestListener(roomsApp(rooms)));
    const client = httpRooms({endpoint, room: Room});
    const definition = {name: 'Lobby', settings: {participants: '5'}, data: {a: {b: [1]}}};
    const request = {name: 'Ann', role: 'viewer', user_ref: 7, data: {k: 1}} as const;
    assert.deepEqual(await client.list(), [LOBBY]);
    assert.deepEqual(await client.get('lobby'), LOBBY);
    assert.deepEqual(await client.create(definition, {idempotencyKey: 'k1'}), LOBBY);
    assert.equal(await client.update('lobby', {name: 'New'}), undefined);
    assert.equal(await client.remove('lobby'), undefined);
    assert.deepEqual(await client.users('lobby'), [{name: 'Ann', role: 'viewer'}]);
    assert.equal((await client.token('lobby', request, {idempotencyKey: 'k2'})).token, 't0ken');
    assert.deepEqual(calls, [
      ['list'],
      ['get', 'lobby'],
      ['create', definition, 'k1'],
      ['update', 'lobby', {name: 'New'}],
      ['remove', 'lobby'],
      ['users', 'lobby'],
      ['token', 'lobby', request, 'k2'],
    ]);
  });

  it('ask for the people in the rooms of a list, whatever the query of the endpoint', async () => {
    const wanted: unknown[] = [];
    const urls: string[] = [];
    const told = {...LOBBY, isRoomActive: true, inside: 2, full: false, faces: ['AL', 'B'], capacity: 5};
    const rooms: Rooms = {...recorder().rooms, list: async options => (wanted.push(options?.people), [told])};
    const app = roomsApp(rooms);
    const listener = getRequestListener(request => (urls.push(request.url), app(request)));
    const endpoint = await listen(listener);
    for (const query of ['', '?', '?key=a%20b']) {
      const client = httpRooms({endpoint: endpoint + query});
      const plain = {room_id: 'lobby', name: 'Lobby', isRoomActive: true, settings: {}};
      assert.deepEqual(await client.list({people: true}), [
        {...plain, inside: 2, full: false, faces: ['AL', 'B'], capacity: 5},
      ]);
      await client.list({people: false});
    }
    assert.deepEqual(wanted, [true, undefined, true, undefined, true, undefined]);
    assert.deepEqual(
      urls.map(url => url.slice(endpoint.length)),
      ['/rooms?people=1', '/rooms', '/rooms?people=1', '/rooms', '/rooms?key=a%20b&people=1', '/rooms?key=a%20b'],
    );
    for (const query of ['people', 'people=', 'people=0', 'people=true', 'People=1', 'people=%2', 'x=1&people=10']) {
      await app(new Request(`${endpoint}/rooms?${query}`));
    }
    await app(new Request(`${endpoint}/rooms?x=1&people=1#people=0`));
    assert.deepEqual(wanted.slice(6), [...Array<undefined>(7).fill(undefined), true]);
  });

  it('carry an error with all it says', async () => {
    const opensAt = new Date('2030-01-07T12:00:00Z');
    const said = new RoomsError('not_open_yet', 'Not yet.', {opensAt, desc: 'Wait.', retryAfter: 7, key: 'k'});
    const rooms = {...recorder().rooms, get: () => Promise.reject(said)};
    const endpoint = await listen(getRequestListener(roomsApp(rooms, {extended: true})));
    const error = await failure(httpRooms({endpoint}).get('lobby'));
    const {code, message, desc, retryAfter, key, result} = error;
    assert.deepEqual(
      {code, message, desc, retryAfter, key, result, opensAt: error.opensAt},
      {
        code: 'not_open_yet',
        message: 'Not yet.',
        desc: 'Wait.',
        retryAfter: 7,
        key: 'k',
        result: 10113,
        opensAt,
      },
    );
  });

  it('send credentials and the header x-rooms-client', async () => {
    const client = await clientOf(
      ({headers}, response) => {
        const name = [headers.authorization, headers['x-rooms-client']].join(' ');
        response.end(JSON.stringify({result: 0, rooms: [{...LOBBY, name}]}));
      },
      {headers: {authorization: basicAuth('app', 'key')}},
    );
    assert.equal((await client.list())[0]!.name, `Basic ${Buffer.from('app:key').toString('base64')} greenroom`);
  });
});

/** What the documented platform sends, and what it means. */
const READ: [result: number, code: RoomsErrorCode][] = [
  [10000, 'unauthorized'],
  [10002, 'invalid'],
  [10025, 'invalid'],
  [10030, 'room_active'],
  [10101, 'invalid'],
  [10104, 'role_invalid'],
  [10105, 'rate_limited'],
  [10106, 'not_editable'],
  [10111, 'over'],
  [10112, 'over'],
  [10113, 'not_open_yet'],
  [10114, 'room_full'],
  [40001, 'not_found'],
  [40002, 'denied'],
  [50000, 'internal'],
  [50003, 'internal'],
  [50004, 'room_active'],
];

describe('httpRooms', () => {
  const REFUSED = '{"result":10114,"error":"Token Denied. Room is full.","desc":""}';
  for (const [what, status, body, code] of [
    ['a result that is not 0, with 200', 200, REFUSED, 'room_full'],
    ['a result as a string', 200, '{"result":"10114","error":"x"}', 'room_full'],
    ['the other envelope, with 200', 200, '{"status":"error","error_code":"40001","message":"x"}', 'not_found'],
    [
      'the other envelope with a number of its own',
      400,
      '{"status":"error","error_code":4711,"message":"x"}',
      'internal',
    ],
    ...READ.flatMap(([result, code]) =>
      [200, 400, 403, 404, 500].flatMap(status => [
        [`${result} with ${status}`, status, `{"result":${result},"error":"x"}`, code] as const,
        [`"${result}" with ${status}`, status, `{"result":"${result}","error":"x"}`, code] as const,
      ]),
    ),
    ...[10201, 10202, 10203, 10204, 10205].map(
      result =>
        [`${result}, which is about call records`, 404, `{"result":${result},"error":"x"}`, 'internal'] as const,
    ),
    ['the code of a token proxy', 403, '{"result":19010,"code":"denied","error":"x"}', 'denied'],
    ['a code that is an inherited property', 400, '{"result":10101,"code":"constructor"}', 'invalid'],
    ['a number nobody knows', 200, '{"result":99999,"error":"x"}', 'internal'],
    ['HTML with 200', 200, '<!doctype html><title>Shop</title>', 'bad_reply'],
    ['HTML with 404', 404, '<h1>Not found</h1>', 'bad_reply'],
    ['HTML with 502', 502, '<h1>Bad gateway</h1>', 'platform_down'],
    ['HTML with 401', 401, '<h1>Sign in</h1>', 'unauthorized'],
    ['nothing', 200, '', 'bad_reply'],
    ['null', 200, 'null', 'bad_reply'],
    ['an array', 200, '[]', 'bad_reply'],
    ['half an answer', 200, '{"result":0,"rooms":[', 'bad_reply'],
    ['success without the rooms', 200, '{"result":0}', 'bad_reply'],
    ['an empty result', 200, '{"result":"","rooms":[]}', 'bad_reply'],
    ['no result', 200, '{"rooms":[]}', 'bad_reply'],
    ['an object that cannot be printed', 200, '{"result":0,"rooms":{"toString":1}}', 'bad_reply'],
    ['a result that cannot be printed', 200, '{"result":{"toString":1}}', 'bad_reply'],
    ['a redirect', 302, '', 'bad_reply'],
  ] as const) {
    it(`reads ${what} as ${code}`, async () => {
      const client = await answering(status, body, status === 302 ? {location: 'http://127.0.0.1:9/'} : {});
      assert.equal((await failure(client.list())).code, code);
    });
  }

  it('strips [Reason] from the text of an error, and learns the key from the number', async () => {
    for (const [body, message, key] of [
      ['{"result":10007,"error":"[Reason] Invalid Value"}', 'Invalid Value', 'settings.participants'],
      ['{"status":"error","error_code":"10101","message":"[Reason] No name"}', 'No name', 'name'],
      ['{"result":10114,"error":"Token Denied. Room is full."}', 'Token Denied. Room is full.', undefined],
      ['{"result":4711,"error":"Invalid Value: settings.quality"}', 'Invalid Value: settings.quality', undefined],
    ] as const) {
      const error = await failure((await answering(200, body)).list());
      assert.deepEqual([error.message, error.key], [message, key]);
    }
  });

  it('reads success whatever the status, a result as a string, and a byte order mark', async () => {
    const rooms = JSON.stringify([LOBBY]);
    assert.equal((await (await answering(500, `{"result":0,"rooms":${rooms}}`)).list()).length, 1);
    assert.equal((await (await answering(200, `\uFEFF{"result":"0","rooms":${rooms}}`)).list()).length, 1);
    assert.deepEqual(await (await answering(200, '{"result":0,"total":0,"users":null}')).users('lobby'), []);
  });

  it('leaves one broken room out of a list and reports it', async () => {
    const reported: RoomsError[] = [];
    const client = await clientOf(
      (_, response) => response.end(JSON.stringify({result: 0, rooms: [LOBBY, {room_id: '../x'}, null]})),
      {report: (error: RoomsError) => reported.push(error)},
    );
    assert.deepEqual(
      (await client.list()).map(room => room.name),
      ['Lobby'],
    );
    assert.deepEqual(
      reported.map(error => error.code),
      ['bad_reply', 'bad_reply'],
    );
  });

  it('never quotes a token it could not read', async () => {
    const client = await answering(200, '{"result":0,"token":"CANARY with a space"}');
    const error = await failure(client.token('lobby', {role: 'viewer'}));
    assert.equal(error.code, 'bad_reply');
    assert.ok(!`${error.stack} ${String(error.cause)} ${JSON.stringify(error)}`.includes('CANARY'));
  });

  for (const [header, seconds] of [
    ['2', 2],
    ['-1', 1],
    ['1000000000', 3600],
    ['junk', undefined],
    [new Date(Date.now() + 90_000).toUTCString(), 90],
  ] as const) {
    it(`waits ${seconds} s when told Retry-After: ${header}`, async () => {
      const client = await answering(429, '{"result":10105,"error":"x"}', {'retry-after': header});
      const error = await failure(client.token('lobby', {role: 'viewer'}));
      assert.equal(error.code, 'rate_limited');
      if (seconds === 90) assert.ok(error.retryAfter! >= 85 && error.retryAfter! <= 90);
      else assert.equal(error.retryAfter, seconds);
    });
  }

  it('waits until a date by the clock of the server that names it', async () => {
    const [date, then] = [3600_000, 3690_000].map(ahead => new Date(Date.now() + ahead).toUTCString()) as [
      string,
      string,
    ];
    const client = await answering(429, '{"result":10105,"error":"x"}', {date, 'retry-after': then});
    const {retryAfter} = await failure(client.list());
    assert.ok(retryAfter! >= 85 && retryAfter! <= 90, `${retryAfter} s`);
  });

  it('ends with aborted, timeout or offline, and repeats only calls that read', async () => {
    let asked = 0;
    const ending = new AbortController();
    const silent = await clientOf(() => (asked++, ending.abort()), {timeout: 500});
    assert.equal((await failure(silent.list({signal: ending.signal}))).code, 'aborted');
    assert.equal((await failure(silent.token('lobby', {role: 'viewer'}))).code, 'timeout');
    assert.equal(asked, 2);
    const slow = await clientOf((_, response) => void response.writeHead(200).write('{"result":0,'), {timeout: 150});
    assert.equal((await failure(slow.list())).code, 'timeout');
    const calls: string[] = [];
    const dropping = await clientOf(request => {
      calls.push(request.method!);
      request.socket.destroy();
    });
    assert.equal((await failure(dropping.list())).code, 'offline');
    assert.equal((await failure(dropping.token('lobby', {role: 'viewer'}))).code, 'offline');
    assert.deepEqual(calls, ['GET', 'GET', 'POST']);
  });

  it('sends no request for a malformed id or an unknown key', async () => {
    let asked = 0;
    const client = await clientOf(() => asked++);
    for (const id of ['..', 'a/b', '', 'x'.repeat(1_000_000)]) {
      assert.equal((await failure(client.get(id))).code, 'not_found');
      assert.equal((await failure(client.token(id, {role: 'viewer'}))).code, 'not_found');
    }
    const odd = {role: 'viewer', ttl: 5} as unknown as {role: 'viewer'};
    assert.deepEqual([(await failure(client.token('lobby', odd))).key, asked], ['ttl', 0]);
    const boss = {role: 'boss'} as unknown as {role: 'viewer'};
    assert.equal((await failure(client.token('lobby', boss))).code, 'role_invalid');
  });

  for (const endpoint of [
    '',
    ' ',
    'javascript:alert(1)',
    '//evil.example',
    '\\\\evil.example',
    'ftp://x/',
    'http://a:b@x/',
    '/api',
  ]) {
    it(`refuses “${endpoint}” as an address`, () => {
      assert.throws(() => httpRooms({endpoint}), {code: 'misconfigured', key: 'endpoint'});
    });
  }

  it('reads a list again only if it has changed, and the clock each time', async () => {
    const odd = {...LOBBY, room_id: 'odd', settings: {duration: '60', mode: 'circle'}};
    let rooms: unknown[] = [LOBBY, odd];
    let now = Date.now() + 3_600_000;
    const client = await clientOf((_, response) =>
      response.end(JSON.stringify({result: 0, server_now: new Date(now).toISOString(), rooms})),
    );
    const first = await client.list();
    assert.deepEqual(
      first.map(({room_id, settings}) => [room_id, settings.duration, settings.mode]),
      [
        ['lobby', undefined, undefined],
        ['odd', 60, undefined],
      ],
    );
    now += 3_600_000;
    const again = await client.list();
    assert.notEqual(again, first);
    assert.ok(again.length === 2 && again.every((room, at) => room === first[at]));
    assert.ok(client.now!() - Date.now() > 7_000_000);
    rooms = [{...LOBBY, name: 'Foyer'}];
    assert.deepEqual((await client.list())[0]!.name, 'Foyer');
    rooms = [{...LOBBY, inside: 1}];
    const [counted] = await client.list({people: true});
    assert.equal(counted!.inside, 1);
    assert.equal((await client.list({people: true}))[0], counted);
    rooms = [{...LOBBY, inside: 2}];
    assert.equal((await client.list({people: true}))[0]!.inside, 2);
  });

  it('reads the same list again from a server that writes its keys in another order', async () => {
    const client = await answering(200, JSON.stringify({rooms: [LOBBY], result: 0}));
    for (let turn = 0; turn < 3; turn++) assert.equal((await client.list()).length, 1);
  });

  it('lets everything else go on while it reads thousands of rooms', async () => {
    const text = JSON.stringify({result: 0, rooms: Array.from({length: 50_000}, () => LOBBY)});
    const headers = new Headers();
    const client = httpRooms({endpoint: 'http://127.0.0.1/', exchange: async () => ({status: 200, headers, text})});
    let turns = 0;
    const timer = setInterval(() => turns++);
    assert.equal((await client.list()).length, 50_000);
    clearInterval(timer);
    assert.ok(turns);
  });

  it('learns the server’s clock from what it answers', async () => {
    const server_now = new Date(Date.now() + 3_600_000).toISOString();
    const told = await answering(200, JSON.stringify({result: 0, server_now, rooms: []}));
    await told.list();
    assert.ok(Math.abs(told.now!() - Date.now() - 3_600_000) < 5000);
    const dated = await answering(200, '{"result":0,"rooms":[]}', {date: new Date(Date.now() - 60_000).toUTCString()});
    await dated.list();
    assert.ok(Math.abs(dated.now!() - Date.now() + 60_000) < 5000);
  });

  it('takes the whole seconds of a `Date` header, and the time of an answer, for no difference', async t => {
    t.mock.timers.enable({apis: ['Date'], now: Date.UTC(2030, 0, 1, 0, 0, 9, 600)});
    const headers = new Headers({date: new Date(Date.UTC(2030, 0, 1, 0, 0, 8)).toUTCString()});
    const text = '{"result":0,"rooms":[]}';
    const client = httpRooms({endpoint: 'http://127.0.0.1/', exchange: async () => ({status: 200, headers, text})});
    await client.list();
    assert.equal(client.now!(), Date.now());
  });

  it('goes through the transport it is given', async () => {
    const asked: string[] = [];
    const client = httpRooms({
      endpoint: 'https://platform.example/v2/',
      fetch: async request => {
        asked.push(`${request.method} ${request.url}`);
        return Response.json({result: 0, rooms: []});
      },
    });
    await client.list();
    assert.deepEqual(asked, ['GET https://platform.example/v2/rooms']);
  });
});

describe('roomsApp', () => {
  const app = roomsApp(recorder().rooms, {maxBody: 96, log: () => {}});
  const ask = async (method: string, path: string, body?: string) => {
    const response = await app(new Request(`https://platform.example${path}`, {method, body}));
    const text = await response.text();
    assert.equal(response.headers.get('content-length'), String(Buffer.byteLength(text)));
    assert.equal(response.headers.get('content-type'), 'application/json');
    return {status: response.status, body: JSON.parse(text) as Record<string, unknown>};
  };

  it('answers what the API answers and not a key more', async () => {
    assert.deepEqual(await ask('GET', '/rooms/'), {status: 200, body: {result: 0, rooms: [LOBBY]}});
    assert.deepEqual(await ask('DELETE', '/rooms/lobby'), {status: 200, body: {result: 0}});
    assert.deepEqual((await ask('GET', '/rooms/lobby/users')).body, {
      result: 0,
      total: 1,
      users: [{name: 'Ann', role: 'viewer'}],
    });
    assert.deepEqual(await ask('GET', '/rooms/other'), {
      status: 404,
      body: {result: 40001, error: '[Reason] Room not found', desc: 'List the rooms to see which there are.'},
    });
  });

  it('tells a wrong route from a wrong method', async () => {
    assert.deepEqual([(await ask('GET', '/nowhere')).status, (await ask('PUT', '/rooms')).status], [404, 405]);
    assert.equal((await ask('PUT', '/rooms/lobby', '{}')).status, 200);
    assert.equal((await ask('DELETE', '/rooms/lobby/tokens')).body.result, 19005);
  });

  it('refuses bodies that are no JSON object, or too long, and quotes none of it', async () => {
    const deep = `{"a":${'['.repeat(20)}${']'.repeat(20)}}`;
    assert.equal((await ask('POST', '/rooms', deep)).status, 200);
    for (const body of ['{', '[]', 'null', '"CANARY"', 'CANARY', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`]) {
      const answer = await ask('POST', '/rooms', body);
      assert.deepEqual([answer.status, answer.body.result], [400, 19004]);
      assert.ok(!JSON.stringify(answer).includes('CANARY'));
    }
    assert.deepEqual((await ask('POST', '/rooms', JSON.stringify({name: 'x'.repeat(100)}))).status, 413);
  });

  it('says nothing of a fault but that there was one', async () => {
    const logged: unknown[] = [];
    const broken = roomsApp(
      {...recorder().rooms, list: () => Promise.reject(new Error('CANARY'))},
      {log: error => logged.push(error)},
    );
    const response = await broken(new Request('https://platform.example/rooms'));
    assert.equal(response.status, 500);
    assert.ok(!(await response.text()).includes('CANARY'));
    assert.equal(logged.length, 1);
  });
});
