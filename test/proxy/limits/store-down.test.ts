import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {describe, it, type TestContext} from 'node:test';
import {fileURLToPath} from 'node:url';
import {redisStore, type TokenProxyOptions} from '../../../src/proxy/proxy.js';
import {redisClient} from '../../../src/proxy/node/redis-client.js';
import {line, type Mode} from '../../helpers/proxy/line.js';
import {plain, recorded, start, TOKEN, visitor, WISH} from '../../helpers/proxy/start.js';
import {NO_REDIS, prefix, redis} from '../../helpers/proxy/stores.js';

const SECRET = 'a secret of at least 32 bytes, for tests';
const KEY = '0e6f6f5c-5d0e-4f0e-9d0a-2f8f6a3f1c77';
const TOKENS = ['POST', '/rooms/lobby/tokens'] as const;
const plenty = {capacity: 1e6, per: 3_600_000};
const most = (capacity: number) => ({capacity, per: 3_600_000});

async function until(what: () => boolean | Promise<boolean>) {
  const end = Date.now() + 30_000;
  while (!(await what())) {
    assert.ok(Date.now() < end, 'It never came to be so.');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** A proxy whose Redis is at the other end of a line: somebody signed in with a budget of ten, or a guest. */
async function begin(t: TestContext, mode: Mode) {
  const wire = await line(t, new URL(process.env.REDIS_URL!), mode);
  const {client} = await redisClient({address: wire.url});
  t.after(() => client.disconnect());
  const limits = {tokens: {ip: plenty, visitor: most(10), room: plenty}, reads: {ip: plenty}};
  const options = {store: redisStore(client, {prefix: prefix(), deadline: 1_000}), storeSecret: SECRET, limits};
  const rooms = recorded();
  const guests: Partial<TokenProxyOptions> = {guests: {roles: ['participant']}};
  let who: ReturnType<typeof visitor> | null = null;
  const {ask, lines} = start(rooms, null, {...options, ...guests, authorize: () => who});
  const as = async (name: string | null, method: string, path: string, body?: object, key?: string) => {
    who = name === null ? null : visitor({user_ref: name});
    return ask(method, path, {body, ip: '192.0.2.1', headers: {'idempotency-key': key}});
  };
  return {wire, client, rooms, as, lines};
}

type Begun = Awaited<ReturnType<typeof begin>>;

/** What must hold whenever the store cannot be asked. */
async function standsAlone({as, rooms}: Begun, name: string) {
  const statuses: number[] = [];
  for (let n = 0; n < 12; n++) statuses.push((await as(name, ...TOKENS, WISH)).status);
  assert.deepEqual(statuses, [...Array<number>(10).fill(200), 429, 429]);
  const before = rooms.calls.length;
  const refused = [
    await as(null, ...TOKENS, WISH),
    await as(null, ...TOKENS, WISH, KEY),
    await as(null, 'GET', '/rooms'),
    await as(name, 'POST', '/rooms', {name: 'New'}),
    await as(name, 'POST', '/rooms', {name: 'New'}, KEY),
  ];
  for (const {status, body, headers} of refused) {
    assert.deepEqual([status, body.code], [503, 'platform_down']);
    assert.match(headers.get('retry-after')!, /^[1-9]\d*$/);
  }
  assert.equal(rooms.calls.length, before);
}

const guestIsIn = async ({as}: Begun) => (await as(null, 'GET', '/rooms')).status === 200;

describe('Proxy ↔ store: a store that is down', {skip: NO_REDIS}, () => {
  it('down at start: signed-in visitors have budgets on each node, guests wait, until it is up', async t => {
    const begun = await begin(t, 'cut');
    await standsAlone(begun, 'early');
    begun.wire.set('open');
    await until(() => guestIsIn(begun));
    assert.equal((await begun.as('early', ...TOKENS, WISH)).status, 200);
    assert.deepEqual(
      begun.lines.map(({level, operation}) => [level, operation]),
      [
        ['error', 'store'],
        ['warn', 'store'],
      ],
    );
  });

  it('blackholed: no request waits for a store that never answers', async t => {
    const begun = await begin(t, 'open');
    await until(() => guestIsIn(begun));
    begun.wire.set('silent');
    await standsAlone(begun, 'ann');
    const {chunks} = begun.wire.state;
    for (let n = 0; n < 200; n++) await begun.as(`visitor${n}`, ...TOKENS, WISH);
    // One tries in each second, and a connection that was given up says hello again: nothing near one a request.
    const more = begun.wire.state.chunks - chunks;
    assert.ok(more < 100, `${more} chunks for 200 requests`);
    begun.wire.set('open');
    await until(() => guestIsIn(begun));
  });

  it('behind a dead connection is found again over a new one', async t => {
    const begun = await begin(t, 'open');
    await until(() => guestIsIn(begun));
    const {connections} = begun.wire.state;
    begun.wire.die();
    await standsAlone(begun, 'ann');
    await until(() => guestIsIn(begun));
    assert.ok(begun.wire.state.connections > connections);
  });

  it('back again: counts for all nodes as before, and lets nobody wait', async t => {
    const begun = await begin(t, 'open');
    await until(() => guestIsIn(begun));
    for (let n = 0; n < 10; n++) assert.equal((await begun.as('ann', ...TOKENS, WISH)).status, 200);
    assert.equal((await begun.as('ann', ...TOKENS, WISH)).status, 429);
    for (let round = 0; round < 2; round++) {
      begun.wire.set('cut');
      await standsAlone(begun, `ann${round}`);
      begun.wire.set('open');
      await until(() => guestIsIn(begun));
      assert.equal((await begun.as('ann', ...TOKENS, WISH)).status, 429);
    }
  });

  it('while a token is on its way loses no answer, and a retry at the same node finds it', async t => {
    const begun = await begin(t, 'open');
    await until(() => guestIsIn(begun));
    const first = await begun.as('ann', ...TOKENS, WISH, KEY);
    begun.wire.set('cut');
    const bob = await begun.as('bob', ...TOKENS, WISH, KEY);
    assert.deepEqual([first.status, bob.status], [200, 200]);
    const asked = begun.rooms.calls.length;
    assert.equal((await begun.as('ann', ...TOKENS, WISH, KEY)).text, first.text);
    assert.equal((await begun.as('bob', ...TOKENS, WISH, KEY)).text, bob.text);
    begun.wire.set('open');
    await until(() => guestIsIn(begun));
    assert.equal((await begun.as('bob', ...TOKENS, WISH, KEY)).text, bob.text);
    assert.equal(begun.rooms.calls.filter(([name]) => name === 'token').length, 2);
    assert.ok(begun.rooms.calls.length >= asked);
  });
});

describe('a store in Redis', {skip: NO_REDIS}, () => {
  it('node killed between claim and settle: the claim ends, and a retry elsewhere gets a token', async t => {
    const begins = prefix();
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('../../helpers/proxy/stuck.ts', import.meta.url))],
      {
        env: {...process.env, PREFIX: begins, KEY, SECRET},
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    t.after(() => child.kill('SIGKILL'));
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    assert.equal(String(said).trim(), 'asked');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const rooms = recorded();
    const client = await redis(t);
    const store = redisStore(client, {prefix: begins, deadline: 10_000});
    // The same person with the same wish: the claim of the dead is still there, and then it is not.
    const {ask} = start(rooms, plain(), {store, storeSecret: SECRET, limits: false, timeout: 500});
    assert.equal((await client.keys(`${begins}*`)).length, 1);
    const answer = await ask(...TOKENS, {body: WISH, headers: {'idempotency-key': KEY}});
    assert.deepEqual([answer.status, answer.body.token], [200, TOKEN]);
  });

  it('holds no token, key, name, reference or address that anybody could read', async t => {
    const client = await redis(t);
    const begins = prefix();
    const store = redisStore(client, {prefix: begins});
    const {ask} = start(recorded(), visitor({user_ref: 'CANARY-REF'}), {store, storeSecret: SECRET});
    const body = {...WISH, name: 'CANARY-NAME'};
    const more = {ip: '192.0.2.77', headers: {'idempotency-key': 'CANARY-KEY-0123456789'}};
    assert.equal((await ask(...TOKENS, {body, ...more})).status, 200);
    assert.equal((await ask('POST', '/rooms', {body: {name: 'CANARY-ROOM'}, ...more})).status, 200);
    const keys = await client.keys(`${begins}*`);
    const dump = [...keys, ...(await client.mget(keys))].join('\n');
    assert.ok(keys.length >= 5, dump);
    assert.doesNotMatch(dump, /CANARY|lobby|192\.0\.2/);
  });
});
