import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {RoomsError, tokenProxy, type TokenProxyOptions, type Visitor} from '../../src/proxy/proxy.js';
import {ORIGIN, plain, recorded, request, start, WISH} from '../helpers/proxy/start.js';

const refuses = (options: object, key: string, says: RegExp) =>
  assert.throws(
    () => tokenProxy(options as TokenProxyOptions),
    (error: unknown) =>
      error instanceof RoomsError && error.code === 'misconfigured' && error.key === key && says.test(error.message),
  );

const KEY = {kid: 'k', secret: 'x'.repeat(32), roles: ['viewer'], rooms: '*', origins: [ORIGIN], maxLifetime: 3600};
const PEM = '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----';
const {secret: _, ...PAIR} = {...KEY, publicKey: PEM, alg: 'ES256'};
const grants = (...keys: object[]) => ({audience: 'https://meet.example', keys});
const BAD_GRANTS: [option: string, value: unknown, key: string][] = [
  ['grants', 'yes', 'grants'],
  ['grants', null, 'grants'],
  ['grants', {keys: [KEY]}, 'grants.audience'],
  ['grants', grants(), 'grants.keys'],
  ['grants', grants({...KEY, kid: '../k'}), 'grants.keys.0.kid'],
  ['grants', grants(KEY, KEY), 'grants.keys.1.kid'],
  // Five bytes are a secret to jose.
  ['grants', grants({...KEY, secret: 'short'}), 'grants.keys.0.secret'],
  ['grants', grants({...KEY, secret: undefined}), 'grants.keys.0'],
  ['grants', grants({...KEY, ...PAIR}), 'grants.keys.0'],
  ['grants', grants({...KEY, alg: 'RS256'}), 'grants.keys.0.alg'],
  ['grants', grants({...PAIR, alg: 'HS256'}), 'grants.keys.0.alg'],
  ['grants', grants({...PAIR, alg: undefined}), 'grants.keys.0.alg'],
  ['grants', grants({...PAIR, alg: 'none'}), 'grants.keys.0.alg'],
  ['grants', grants({...PAIR, publicKey: PEM.replaceAll('PUBLIC', 'PRIVATE')}), 'grants.keys.0.publicKey'],
  ['grants', grants({...PAIR, publicKey: {kty: 'EC', d: 'x'}}), 'grants.keys.0.publicKey'],
  ['grants', grants({...PAIR, publicKey: {kty: 'oct', k: 'x'}}), 'grants.keys.0.publicKey'],
  ['grants', grants({...KEY, roles: []}), 'grants.keys.0.roles'],
  ['grants', grants({...KEY, roles: ['host']}), 'grants.keys.0.roles.0'],
  ['grants', grants({...KEY, rooms: ['..']}), 'grants.keys.0.rooms'],
  ['grants', grants({...KEY, can: ['all']}), 'grants.keys.0.can.0'],
  ['grants', grants({...KEY, origins: ['*']}), 'grants.keys.0.origins.0'],
  ['grants', grants({...KEY, maxLifetime: 1e9}), 'grants.keys.0.maxLifetime'],
  ['grants', grants({...KEY, maxLifetime: '30d'}), 'grants.keys.0.maxLifetime'],
  ['grants', grants({...KEY, role: 'moderator'}), 'grants.keys.0.role'],
];

describe('the options of tokenProxy', () => {
  const rooms = recorded();
  const good = {rooms, guests: {roles: ['viewer']}, origins: [ORIGIN]};

  it('takes each kind of key, and any one way to authenticate', () => {
    for (const key of [KEY, PAIR, {...PAIR, publicKey: {kty: 'EC', crv: 'P-256', x: 'x', y: 'y'}}]) {
      const options = {rooms, origins: [ORIGIN], grants: grants(key)} as TokenProxyOptions;
      assert.equal(typeof tokenProxy({...options, userRefs: {secret: 'é'.repeat(16)}}), 'function');
    }
  });

  it('refuses to start if nothing says who may come in', () => {
    refuses({rooms, origins: [ORIGIN]}, 'authorize', /give authorize, or grants, or guests/);
  });

  const BAD: [option: string, value: unknown, key?: string][] = [
    ['rooms', undefined],
    ['rooms', {list() {}}],
    ['rooms', 'https://platform.example'],
    ['authorize', 'yes'],
    ['guests', {roles: []}, 'guests.roles'],
    ['guests', {}, 'guests.roles'],
    ['guests', {roles: ['host']}, 'guests.roles.0'],
    ['guests', {roles: ['viewer', 'moderator']}, 'guests.roles'],
    ['guests', {roles: ['viewer'], rooms: ['..']}, 'guests.rooms'],
    ['guests', {roles: ['viewer'], name: ' '}, 'guests.name'],
    ['guests', {roles: ['viewer'], can: ['manage']}, 'guests.can'],
    ['userRefs', 'hashed'],
    ['userRefs', {secret: 'x'.repeat(31)}],
    ['userRefs', null],
    ...BAD_GRANTS,
    ['mount', '/'],
    ['mount', 'api'],
    ['mount', '/api/'],
    ['mount', '/..'],
    ['mount', '/:id'],
    ['provider', ''],
    ['serverUrl', 'video.example'],
    ['serverUrl', 'javascript:alert(1)'],
    ['serverUrl', 'wss://me:secret@video.example'],
    ['timeout', 0],
    ['timeout', NaN],
    ['timeout', 2 ** 31],
  ];
  for (const [option, value, key = option] of BAD) {
    it(`refuses ${option} ${JSON.stringify(value)}`, () => refuses({...good, [option]: value}, key, /\.$/));
  }

  for (const origins of [undefined, [], ORIGIN]) {
    it(`refuses origins ${JSON.stringify(origins)}`, () => refuses({...good, origins}, 'origins', /must list/));
  }

  const ORIGINS: [origin: unknown, good: boolean][] = [
    ['https://shop.example', true],
    ['https://shop.example:8443', true],
    ['http://localhost:5173', true],
    ['http://127.0.0.1:5173', true],
    ['http://[::1]:5173', true],
    ['https://xn--bcher-kva.example', true],
    ['*', false],
    ['null', false],
    ['', false],
    ['shop.example', false],
    ['//shop.example', false],
    ['https://', false],
    ['https://shop.example/', false],
    ['https://shop.example/page', false],
    ['https://shop.example?a', false],
    ['https://shop.example#a', false],
    ['https://Shop.example', false],
    ['HTTPS://shop.example', false],
    ['https://bücher.example', false],
    ['https://shop.example:443', false],
    ['https://*.shop.example', false],
    ['https://me:pw@shop.example', false],
    [' https://shop.example', false],
    ['ftp://shop.example', false],
    ['file://', false],
    ['chrome-extension://*', false],
    [/shop/, false],
    [null, false],
  ];
  for (const [origin, good_] of ORIGINS) {
    it(`${good_ ? 'takes' : 'refuses'} the origin ${JSON.stringify(origin)}`, () => {
      if (good_) assert.equal(typeof tokenProxy({...good, origins: [origin]} as TokenProxyOptions), 'function');
      else refuses({...good, origins: [ORIGIN, origin]}, 'origins', /is not an origin/);
    });
  }
});

describe('authorize', () => {
  it('gets the request without its body, and the address it came from', async () => {
    let seen: unknown;
    const {proxy} = start(recorded(), null, {
      authorize: async (request, {ip}) => {
        seen = [request.method, request.url, request.headers.get('authorization'), await request.text(), ip];
        return plain();
      },
    });
    const headers = {authorization: 'Bearer x'};
    const asked = request('POST', '/rooms/lobby/tokens', {headers, body: WISH});
    const {status} = await proxy(asked, {ip: '192.0.2.1'});
    assert.deepEqual(seen, ['POST', 'https://proxy.example/rooms/lobby/tokens', 'Bearer x', '', '192.0.2.1']);
    assert.equal(status, 200);
  });

  it('returns null: 401', async () => {
    const rooms = recorded();
    const {status, body, headers} = await start(rooms, null).ask('GET', '/rooms');
    assert.deepEqual([status, body.code, headers.has('www-authenticate')], [401, 'unauthorized', false]);
    assert.deepEqual(rooms.calls, []);
  });

  const BROKEN: [what: string, authorize: () => unknown, says: RegExp][] = [
    [
      'throws',
      () => {
        throw new Error('CANARY');
      },
      /failed/,
    ],
    ['throws nothing', () => Promise.reject(undefined as unknown as Error), /failed/],
    ['refuses with an error of ours', () => Promise.reject(new RoomsError('not_found', 'CANARY')), /failed/],
    ['answers undefined', () => undefined, /the whole answer/],
    ['answers true', () => true, /the whole answer/],
    ['answers a function', () => plain, /the whole answer/],
    ['answers without user_ref', () => ({...plain(), user_ref: undefined}), /user_ref/],
    ['answers an empty user_ref', () => plain({user_ref: ''}), /user_ref/],
    ['answers a misspelt key', () => ({...plain(), role: 'CANARY'}), /: role is/],
    ['answers an unknown role', () => ({...plain(), roles: ['CANARY']}), /roles\.0/],
    ['answers roles as text', () => ({...plain(), roles: 'participant'}), /roles/],
    ['answers no rooms', () => ({...plain(), rooms: undefined}), /rooms/],
    ['answers a room id that climbs', () => plain({rooms: ['..']}), /: rooms is/],
    ['answers an unknown right', () => ({...plain(), can: ['everything']}), /can\.0/],
    ['answers a name with a line break', () => plain({name: 'CANARY\nroot'}), /name/],
  ];
  for (const [what, authorize, says] of BROKEN) {
    it(`refuses with 503, also guests, when it ${what}`, async () => {
      const rooms = recorded();
      const {ask, lines} = start(rooms, null, {authorize: authorize as () => Visitor, guests: {roles: ['viewer']}});
      const {status, body, text} = await ask('GET', '/rooms');
      assert.deepEqual([status, body.code], [503, 'platform_down']);
      assert.deepEqual(rooms.calls, []);
      assert.equal(lines.length, 1);
      assert.match(lines[0]!.message, says);
      assert.doesNotMatch(text + JSON.stringify(lines), /CANARY/);
    });
  }

  it('refuses with 503 when it takes longer than 3 seconds', async t => {
    t.mock.timers.enable({apis: ['setTimeout']});
    const rooms = recorded();
    let begins!: () => void;
    const begun = new Promise<void>(resolve => (begins = resolve));
    const {ask, lines} = start(rooms, null, {authorize: () => (begins(), new Promise<never>(() => {}))});
    const answer = ask('GET', '/rooms');
    await begun;
    let done = false;
    void answer.then(() => (done = true));
    t.mock.timers.tick(2_999);
    await new Promise(setImmediate);
    assert.equal(done, false);
    t.mock.timers.tick(1);
    assert.equal((await answer).status, 503);
    assert.match(lines[0]!.message, /3000 ms/);
    assert.deepEqual(rooms.calls, []);
  });

  it('is not blamed in the log when the visitor leaves meanwhile', async () => {
    const leaving = new AbortController();
    const authorize = () => {
      leaving.abort();
      return new Promise<never>(() => {});
    };
    const {ask, lines} = start(recorded(), null, {authorize});
    assert.equal((await ask('GET', '/rooms', {signal: leaving.signal})).status, 499);
    assert.deepEqual(lines, []);
  });

  it('returns a visitor that stays the same, whatever the application does to its own object later', async () => {
    const who = plain({rooms: ['lobby']});
    const platform = recorded();
    const rooms = recorded({
      list: options => {
        (who.rooms as string[]).push('vault');
        return platform.list(options);
      },
    });
    const {body} = await start(rooms, who).ask('GET', '/rooms');
    assert.deepEqual(who.rooms, ['lobby', 'vault']);
    assert.equal((body.rooms as object[]).length, 1);
  });
});

describe('guests', () => {
  it('join every room by default, with the name they give or the one set for them', async () => {
    const rooms = recorded();
    const {ask} = start(rooms, null, {authorize: undefined, guests: {roles: ['viewer'], name: 'Visitor'}});
    const named = await ask('POST', '/rooms/lobby/tokens', {body: {name: 'Ann', role: 'viewer', user_ref: 'admin'}});
    const nameless = await ask('POST', '/rooms/vault/tokens', {body: {role: 'viewer'}});
    const [first, second] = [named, nameless].map(({body}) => body.participant as {name: string; user_ref: string});
    assert.equal(first!.name, 'Ann');
    assert.equal(second!.name, 'Visitor');
    for (const {user_ref} of [first!, second!]) assert.match(user_ref, /^guest_[0-9a-f-]{36}$/);
    assert.notEqual(first!.user_ref, second!.user_ref);
  });

  it('are called Guest by default', async () => {
    const {ask} = start(recorded(), null, {guests: {roles: ['viewer']}});
    const {body} = await ask('POST', '/rooms/lobby/tokens', {body: {role: 'viewer'}});
    assert.equal((body.participant as {name: string}).name, 'Guest');
  });

  it('reach only the rooms listed and hold no rights', async () => {
    const {ask} = start(recorded(), null, {guests: {roles: ['viewer'], rooms: ['lobby']}});
    assert.deepEqual(
      ((await ask('GET', '/rooms')).body.rooms as {room_id: string}[]).map(({room_id}) => room_id),
      ['lobby'],
    );
    assert.equal((await ask('GET', '/rooms/vault')).status, 404);
    assert.equal((await ask('GET', '/rooms/lobby/users')).status, 403);
    assert.equal((await ask('POST', '/rooms', {body: {name: 'Mine'}})).status, 403);
  });
});
