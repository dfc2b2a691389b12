import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {networksOf} from '../../../src/http/network.js';
import {
  BUDGETS,
  issueGrant,
  tokenProxy,
  type Budgets,
  type Limits,
  type Rate,
  type TokenProxyOptions,
  type Visitor,
} from '../../../src/proxy/proxy.js';
import {ORIGIN, plain, recorded, request, routes, start, visitor, WISH} from '../../helpers/proxy/start.js';
import {STORES} from '../../helpers/proxy/stores.js';

const HOUR = 3_600_000;
const SECRET = 'a secret of at least 32 bytes, for tests';
const GUESTS = {authorize: undefined, guests: {roles: ['participant' as const]}};
const most = (capacity: number): Rate => ({capacity, per: HOUR});
const PLENTY: Limits = {tokens: {ip: most(1e6), visitor: most(1e6), room: most(1e6), grant: most(1e6)}};
/** Only one of the budgets of tokens can run out. */
const tight = (scope: 'ip' | 'visitor' | 'room' | 'grant', capacity: number): Limits => ({
  tokens: {...PLENTY.tokens, [scope]: most(capacity)},
});
const TOKENS = ['POST', '/rooms/lobby/tokens'] as const;
const tokensAsked = ({calls}: ReturnType<typeof recorded>) => calls.filter(([name]) => name === 'token').length;

for (const {name, skip, nodes} of STORES) {
  it(
    `flooding, billing abuse: of 500 parallel requests exactly the cap goes upstream, with budgets ${name}`,
    {skip},
    async t => {
      const rooms = recorded();
      const limits = tight('visitor', 37);
      const proxies = (await nodes(t, 3)).map(store => start(rooms, plain(), {store, storeSecret: SECRET, limits}));
      const answers = await Promise.all(
        Array.from({length: 500}, (_, at) =>
          proxies[at % 3]!.ask(...TOKENS, {body: WISH, ip: `198.51.100.${at % 250}`}),
        ),
      );
      const count = (status: number) => answers.filter(answer => answer.status === status).length;
      assert.deepEqual([count(200), count(429), tokensAsked(rooms)], [37, 463, 37]);
    },
  );
}

describe('a budget', () => {
  it('that is used up answers 429, with the whole seconds to wait, and calls nothing upstream', async () => {
    const rooms = recorded();
    const {ask} = start(rooms, plain(), {limits: tight('visitor', 1)});
    await ask(...TOKENS, {body: WISH});
    const before = rooms.calls.length;
    const {status, body, headers} = await ask(...TOKENS, {body: WISH});
    assert.deepEqual([status, body.code, body.result], [429, 'rate_limited', 10105]);
    const wait = headers.get('retry-after')!;
    assert.match(wait, /^\d+$/);
    assert.ok(Number(wait) > 3500 && Number(wait) <= 3600, wait);
    assert.equal(rooms.calls.length, before);
  });

  it('that refills within a second says to wait one second, not none', async t => {
    t.mock.timers.enable({apis: ['Date'], now: 1_000_000});
    const {ask} = start(recorded(), plain(), {limits: {tokens: {visitor: {capacity: 1, per: 900}}}});
    const statuses: number[] = [];
    const asks = async () => {
      const {status, headers} = await ask(...TOKENS, {body: WISH});
      statuses.push(status);
      return headers.get('retry-after');
    };
    assert.deepEqual([await asks(), await asks()], [null, '1']);
    t.mock.timers.tick(900);
    await asks();
    assert.deepEqual(statuses, [200, 429, 200]);
  });

  it('of one address is counted before authorize is called', async () => {
    let asked = 0;
    const {ask} = start(recorded(), null, {limits: tight('ip', 2), authorize: () => (asked++, null)});
    const statuses: number[] = [];
    for (let n = 0; n < 4; n++) statuses.push((await ask(...TOKENS, {body: WISH, ip: '192.0.2.1'})).status);
    assert.deepEqual([statuses, asked], [[401, 401, 429, 429], 2]);
    assert.equal((await ask(...TOKENS, {body: WISH, ip: '192.0.2.2'})).status, 401);
  });

  it('of an IPv6 household is one for all of its addresses', async () => {
    const {ask} = start(recorded(), plain(), {limits: tight('ip', 1)});
    const status = async (ip: string) => (await ask(...TOKENS, {body: WISH, ip})).status;
    assert.equal(await status('2001:db8:1:2::1'), 200);
    assert.equal(await status('2001:db8:1:2:ffff::9'), 429);
    assert.equal(await status('2001:db8:1:3::1'), 200);
  });

  it('of requests without an address is one for all of them, and one log line says so', async () => {
    const {ask, lines} = start(recorded(), plain(), {limits: tight('ip', 1)});
    const statuses: number[] = [];
    for (const ip of [undefined, 'unix:', '', 'x'.repeat(9999)]) {
      statuses.push((await ask(...TOKENS, {body: WISH, ip})).status);
    }
    assert.deepEqual(statuses, [200, 429, 429, 429]);
    assert.deepEqual(
      lines.map(({level, operation}) => [level, operation]),
      [['warn', 'limits']],
    );
  });

  it('of one visitor is the same from every address, and only theirs', async () => {
    let who = plain();
    const {ask} = start(recorded(), null, {limits: tight('visitor', 1), authorize: () => who});
    const status = async (ip: string) => (await ask(...TOKENS, {body: WISH, ip})).status;
    assert.deepEqual([await status('192.0.2.1'), await status('192.0.2.2')], [200, 429]);
    who = plain({user_ref: 'u2'});
    assert.equal(await status('192.0.2.1'), 200);
  });

  it('of one room counts only visitors who reach it: nobody else can use it up', async () => {
    let who: Visitor = plain({rooms: ['vault']});
    const rooms = recorded();
    const {ask} = start(rooms, null, {limits: tight('room', 1), authorize: () => who});
    const status = async (id: string) => (await ask('POST', `/rooms/${id}/tokens`, {body: WISH})).status;
    assert.deepEqual([await status('lobby'), await status('lobby'), await status('vault')], [404, 404, 200]);
    who = plain();
    assert.deepEqual([await status('lobby'), await status('lobby'), await status('vault')], [200, 429, 429]);
    assert.equal(tokensAsked(rooms), 2);
  });

  it('of one grant is shared by everybody who uses it', async () => {
    const may = {roles: ['participant' as const], rooms: '*' as const, origins: [ORIGIN]};
    const grants = {audience: 'tests', keys: [{kid: 'k', secret: SECRET, ...may, maxLifetime: 3600}]};
    const {ask} = start(recorded(), null, {...GUESTS, grants, limits: tight('grant', 2)});
    const [one, two] = [
      await issueGrant(grants, {...may, lifetime: 60}),
      await issueGrant(grants, {...may, lifetime: 90}),
    ];
    const status = async (grant: string, ip: string) =>
      (await ask(...TOKENS, {body: WISH, ip, headers: {authorization: `Bearer ${grant}`}})).status;
    const shown = [await status(one, '192.0.2.1'), await status(one, '192.0.2.2'), await status(one, '192.0.2.3')];
    assert.deepEqual([...shown, await status(two, '192.0.2.3')], [200, 200, 429, 200]);
  });

  it('is one for each kind of request', async () => {
    const limits: Limits = {};
    for (const kind of Object.keys(BUDGETS) as (keyof Budgets)[]) limits[kind] = {visitor: most(1)};
    const {ask} = start(recorded(), visitor(), {limits});
    const each = [...routes('lobby'), ['GET', '/rooms'], ['POST', '/rooms', {name: 'New'}]] as const;
    const first = [];
    for (const [method, path, body] of each) first.push((await ask(method, path, {body})).status);
    // One read, one change, one token and one creation, and of each kind no second one.
    assert.deepEqual(first, [200, 200, 429, 429, 200, 429, 200]);
  });

  it('of a guest is that of their address', async () => {
    const {ask} = start(recorded(), null, {...GUESTS, limits: {tokens: {visitor: most(1)}}});
    for (let n = 0; n < 5; n++) assert.equal((await ask(...TOKENS, {body: WISH, ip: '192.0.2.1'})).status, 200);
  });

  it('is by default large enough for a school, and small enough for one person', async () => {
    const rooms = recorded();
    const {ask} = start(rooms, plain());
    const {capacity} = BUDGETS.tokens.visitor;
    const ips = Array.from({length: capacity + 5}, (_, at) => `192.0.2.${at}`);
    await Promise.all(ips.map(ip => ask(...TOKENS, {body: WISH, ip})));
    assert.equal(tokensAsked(rooms), capacity);
    assert.ok(BUDGETS.tokens.ip.capacity >= 100);
  });

  it('that is named but undefined stays the default', async () => {
    const rooms = recorded();
    const {ask} = start(rooms, plain(), {limits: {tokens: {visitor: undefined}, reads: undefined}});
    await Promise.all(Array.from({length: 30}, () => ask(...TOKENS, {body: WISH})));
    assert.equal(tokensAsked(rooms), BUDGETS.tokens.visitor.capacity);
  });

  it('is none when limits are switched off', async () => {
    const rooms = recorded();
    const {ask} = start(rooms, plain(), {limits: false});
    await Promise.all(Array.from({length: 150}, () => ask(...TOKENS, {body: WISH})));
    assert.equal(tokensAsked(rooms), 150);
  });
});

describe('invalid limits', () => {
  const WRONG: [limits: unknown, key: string][] = [
    [true, 'limits'],
    [null, 'limits'],
    [{tokens: 5}, 'limits.tokens'],
    [{token: {}}, 'limits.token'],
    [{tokens: {person: most(1)}}, 'limits.tokens.person'],
    [{tokens: {visitor: {capacity: 0, per: HOUR}}}, 'limits.tokens.visitor.capacity'],
    [{tokens: {visitor: {capacity: 1.5, per: HOUR}}}, 'limits.tokens.visitor.capacity'],
    [{tokens: {visitor: {capacity: Infinity, per: HOUR}}}, 'limits.tokens.visitor.capacity'],
    [{tokens: {visitor: {capacity: 1}}}, 'limits.tokens.visitor.per'],
    [{tokens: {visitor: {capacity: 1, per: 0}}}, 'limits.tokens.visitor.per'],
    [{tokens: {visitor: {capacity: '1', per: HOUR}}}, 'limits.tokens.visitor.capacity'],
  ];
  for (const [limits, key] of WRONG) {
    it(`start no proxy: ${JSON.stringify(limits)}`, () => {
      const made = () => start(recorded(), plain(), {limits: limits as Limits});
      assert.throws(made, {code: 'misconfigured', key, message: /is not right/});
    });
  }

  it('start no proxy either if the store is invalid, or without a secret for it', () => {
    const options = {rooms: recorded(), authorize: () => null, origins: [ORIGIN]};
    const made = (more: Partial<TokenProxyOptions>) => () => tokenProxy({...options, ...more});
    const [{nodes}] = STORES as [(typeof STORES)[0]];
    assert.throws(made({store: {} as never, storeSecret: SECRET}), {code: 'misconfigured', key: 'store'});
    assert.throws(made({storeSecret: 'short'}), {code: 'misconfigured', key: 'storeSecret'});
    return nodes(undefined as never, 1).then(([store]) => {
      assert.throws(made({store}), {code: 'misconfigured', key: 'storeSecret'});
      assert.throws(made({store, userRefs: 'plain'}), {code: 'misconfigured', key: 'storeSecret'});
      assert.doesNotThrow(made({store, userRefs: {secret: SECRET}}));
    });
  });
});

describe('an address', () => {
  const NETWORKS: [ip: string, network: string | undefined][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['192.000.002.001', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['256.0.0.1', undefined],
    ['1.2.3', undefined],
    ['1.2.3.4, 5.6.7.8', undefined],
    ['2001:db8:::1', undefined],
    ['[::1]:80', undefined],
    ['example.com', undefined],
    ['', undefined],
  ];
  for (const [ip, network] of NETWORKS) {
    it(`${ip || 'that is empty'} counts as ${network ?? 'unknown'}`, () => assert.equal(networksOf(ip)?.[0], network));
  }
});

it('believes no header about where a request comes from', async () => {
  const {proxy} = start(recorded(), plain(), {limits: tight('ip', 1)});
  const status = async (forged: string) => {
    const headers = {
      'x-forwarded-for': forged,
      'x-real-ip': forged,
      forwarded: `for=${forged}`,
      'cf-connecting-ip': forged,
    };
    return (await proxy(request(...TOKENS, {body: WISH, headers}), {ip: '192.0.2.1'})).status;
  };
  assert.deepEqual([await status('198.51.100.1'), await status('198.51.100.2')], [200, 429]);
});
