import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {NOTHING} from '../../src/engines/engine.js';
import {tokenProxy} from '../../src/proxy/proxy.js';
import {plain, recorded, room, start, TOKEN, visitor, type Asked} from '../helpers/proxy/start.js';

const SERVER = 'wss://live.example';
const WISH = {room_name: 'lobby', participant_name: 'Ann'};

/** As livekit-client sends it: JSON from a page, and no header of ours. */
const asked = (body: unknown, headers: Asked['headers'] = {}): Asked => ({
  body,
  headers: {'x-rooms-client': undefined, 'content-type': 'application/json', ...headers},
});

/** What an engine that holds nobody to anything enforces. */
const LAX = {...NOTHING, shortest: 0};

const switchedOn = {livekit: true, serverUrl: SERVER, mount: '/api'};

const named = (...names: string[]) => names.map((name, index) => ({...room(['lobby', 'vault'][index]!), name}));

describe('LiveKit’s token endpoint', () => {
  it('answers 201 with a server and a token, at the mount itself with a slash and without', async () => {
    for (const path of ['/api', '/api/', '/api?x=1']) {
      const rooms = recorded();
      const {ask} = start(rooms, visitor(), switchedOn);
      const {status, body} = await ask('POST', path, asked(WISH));
      assert.deepEqual([status, body], [201, {server_url: SERVER, participant_token: TOKEN}]);
      const [, , [, id, wish]] = rooms.calls as [unknown, unknown, [string, string, Record<string, unknown>]];
      assert.deepEqual([id, wish.name, wish.role], ['lobby', 'Ann', 'participant']);
    }
  });

  it('sends the address that the engine answered, and needs no other', async () => {
    const engine = {provider: 'livekit', ...LAX};
    const rooms = recorded({
      token: async () => ({token: TOKEN, provider: 'livekit', server_url: 'wss://eu.live.example'}),
      enforces: () => engine,
    });
    const {ask} = start(rooms, visitor(), {livekit: true, mount: '/api'});
    const {status, body} = await ask('POST', '/api', asked(WISH));
    assert.deepEqual([status, body], [201, {server_url: 'wss://eu.live.example', participant_token: TOKEN}]);
  });

  it('makes no token for a room of another engine', async () => {
    const rooms = recorded({enforces: () => ({provider: 'daily', ...LAX})});
    const {status, body} = await start(rooms, visitor(), switchedOn).ask('POST', '/api', asked(WISH));
    assert.deepEqual([status, body.key, body.code], [400, 'room_name', 'invalid']);
    assert.ok(!rooms.calls.some(([name]) => name === 'token'));
  });

  it('does not give a token to LiveKit’s clients that a platform made for others', async () => {
    const rooms = recorded({token: async () => ({token: TOKEN, provider: 'twilio', connection: {room: 'r'}})});
    const {status, text} = await start(rooms, visitor(), switchedOn).ask('POST', '/api', asked(WISH));
    assert.equal(status, 400);
    assert.ok(!text.includes(TOKEN));
  });

  it('is off by default', async () => {
    const rooms = recorded();
    const {ask} = start(rooms, visitor(), {serverUrl: SERVER});
    const headers = {'x-rooms-client': 'test'};
    assert.equal((await ask('POST', '/', asked(WISH))).status, 403);
    assert.equal((await ask('POST', '/', asked(WISH, headers))).status, 404);
    assert.deepEqual(rooms.calls, []);
  });

  it('cannot be switched on without serverUrl', () => {
    const options = {rooms: recorded(), guests: {roles: ['viewer' as const]}, origins: ['https://a.example']};
    assert.throws(() => tokenProxy({...options, livekit: true}), {code: 'misconfigured', key: 'serverUrl'});
  });

  it('leaves the other routes as they were', async () => {
    const {ask} = start(recorded(), visitor(), switchedOn);
    assert.equal((await ask('GET', '/api/rooms', {headers: {'x-rooms-client': undefined}})).status, 403);
    assert.equal((await ask('GET', '/api/rooms')).status, 200);
    assert.equal((await ask('GET', '/api')).status, 404);
  });

  const FORGED: [what: string, headers: Asked['headers'], status: number][] = [
    ['without an origin', {origin: undefined}, 403],
    ['from another origin', {origin: 'https://evil.example'}, 403],
    ['from no origin in particular', {origin: 'null'}, 403],
    ['as text', {'content-type': 'text/plain'}, 415],
    ['as a form', {'content-type': 'application/x-www-form-urlencoded'}, 415],
    ['packed', {'content-encoding': 'gzip'}, 415],
  ];
  for (const [what, headers, wanted] of FORGED) {
    it(`refuses what a page elsewhere can send without asking: ${what}`, async () => {
      const rooms = recorded();
      const {status} = await start(rooms, visitor(), switchedOn).ask('POST', '/api', asked(WISH, headers));
      assert.deepEqual([status, rooms.calls], [wanted, []]);
    });
  }

  it('refuses a request without a type, which needs no preflight', async () => {
    const rooms = recorded();
    const {status} = await start(rooms, visitor(), switchedOn).ask(
      'POST',
      '/api',
      asked(undefined, {'content-type': undefined}),
    );
    assert.deepEqual([status, rooms.calls], [415, []]);
  });

  it('takes the name of a room instead of its id, if no other room in reach has the same name', async () => {
    const rooms = recorded({list: async () => named('Stand-up', 'Lounge')});
    const {ask} = start(rooms, visitor(), switchedOn);
    assert.equal((await ask('POST', '/api', asked({...WISH, room_name: 'Lounge'}))).status, 201);
    assert.equal(rooms.calls.at(-1)![1], 'vault');
    for (const room_name of ['lounge', 'Lounge ', 'Loun', '', '..', 'Lobby']) {
      assert.equal((await ask('POST', '/api', asked({...WISH, room_name}))).status, 404, room_name);
    }
  });

  it('takes an id for the room that has it, even if another room has it as its name', async () => {
    const rooms = recorded({list: async () => named('vault', 'Safe')});
    await start(rooms, visitor(), switchedOn).ask('POST', '/api', asked({...WISH, room_name: 'vault'}));
    assert.equal(rooms.calls.at(-1)![1], 'vault');
  });

  it('answers for a name that two rooms have as for an unknown name and one out of reach', async () => {
    const rooms = recorded({list: async () => named('Lounge', 'Lounge')});
    const {ask} = start(rooms, visitor(), switchedOn);
    const twice = await ask('POST', '/api', asked({...WISH, room_name: 'Lounge'}));
    const never = await ask('POST', '/api', asked({...WISH, room_name: 'Nowhere'}));
    const far = await start(rooms, plain({rooms: []}), switchedOn).ask('POST', '/api', asked(WISH));
    assert.deepEqual([twice.status, never.status, far.status], [404, 404, 404]);
    assert.equal(twice.text, never.text);
    assert.equal(twice.text, far.text);
    assert.ok(!rooms.calls.some(([operation]) => operation === 'token'));
  });

  it('gives a role that is requested and allowed, and no other', async () => {
    const {ask} = start(recorded(), visitor({roles: ['viewer']}), switchedOn);
    const as = (attributes?: object) => ask('POST', '/api', asked({...WISH, participant_attributes: attributes}));
    assert.equal((await as({role: 'viewer'})).status, 201);
    assert.equal((await as()).status, 403);
    assert.equal((await as({role: 'moderator'})).status, 403);
    assert.equal((await as({role: ['viewer']})).status, 400);
  });

  it('passes attributes on as data, and ignores what says who the visitor is', async () => {
    const rooms = recorded();
    const {ask} = start(rooms, visitor(), switchedOn);
    const mine = JSON.stringify({...WISH, participant_identity: 'admin', user_ref: 'admin', ttl: 9});
    const body = mine.replace(
      '{',
      '{"participant_attributes":{"team":"red","__proto__":{"x":1}},"__proto__":{"role":1},',
    );
    assert.equal((await ask('POST', '/api', asked(body))).status, 201);
    const wish = rooms.calls.at(-1)![2] as Record<string, unknown>;
    assert.deepEqual(wish.data, {team: 'red'});
    assert.doesNotMatch(JSON.stringify(wish), /admin|ttl|proto/);
  });

  it('refuses what only a server may set, and malformed requests', async () => {
    const rooms = recorded();
    const {ask} = start(rooms, visitor(), switchedOn);
    const BAD = [
      {participant_metadata: 'x'},
      {room_config: {agents: []}},
      {room_name: undefined},
      {room_name: {toString: 1}},
      {participant_attributes: []},
      {participant_attributes: 'x'},
      {participant_name: 7},
      {participant_attributes: {a: '1', b: '2', c: '3', d: '4', e: '5', f: '6'}},
    ];
    for (const bad of BAD) {
      const {status, body} = await ask('POST', '/api', asked({...WISH, ...bad}));
      assert.deepEqual([status, body.code], [400, 'invalid'], JSON.stringify(bad));
    }
    assert.equal((await ask('POST', '/api', asked('{'))).status, 400);
    assert.equal((await ask('POST', '/api', asked(JSON.stringify({...WISH, x: 'x'.repeat(16_384)})))).status, 413);
    assert.ok(!rooms.calls.some(([operation]) => operation === 'token'));
  });

  it('answers 401 for an unknown visitor, and counts as an operation', async () => {
    const answers: unknown[] = [];
    const more = {...switchedOn, answered: (answer: object) => answers.push({...answer, ms: 0, request_id: ''})};
    assert.equal((await start(recorded(), null, more).ask('POST', '/api', asked(WISH))).status, 401);
    assert.deepEqual(answers, [{request_id: '', operation: 'token', status: 401, code: 'unauthorized', ms: 0}]);
  });

  it('answers the preflight of LiveKit’s own client', async () => {
    const headers = {'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type'};
    const {status, headers: told} = await start(recorded(), null, switchedOn).ask(
      'OPTIONS',
      '/api/',
      asked(undefined, headers),
    );
    assert.equal(status, 204);
    assert.match(told.get('access-control-allow-headers')!, /\bcontent-type\b/);
  });
});
