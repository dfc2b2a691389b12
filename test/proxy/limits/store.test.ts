import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {describe, it, type TestContext} from 'node:test';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import fc from 'fast-check';
import {durableObjectStore} from '../../../src/proxy/limits/durable-object.js';
import {redisStore} from '../../../src/proxy/limits/redis.js';
import {memoryStore} from '../../../src/proxy/limits/memory-store.js';
import {taken, type Claim, type Store} from '../../../src/proxy/limits/store.js';
import {NO_REDIS, objects, prefix, redis, STORES} from '../../helpers/proxy/stores.js';

const HOUR = 3_600_000;
const CLAIMED: Claim = {state: 'claimed'};

/** Asks until it is so; a store's own clock cannot be set. */
async function until(what: () => Promise<boolean>) {
  const end = Date.now() + 20_000;
  while (!(await what())) {
    assert.ok(Date.now() < end, 'It never came to be so.');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

for (const {name, skip, nodes} of STORES) {
  describe(`a store ${name}`, {skip}, () => {
    const one = async (t: TestContext) => (await nodes(t, 1))[0]!;

    it('lets through exactly what a bucket holds, of 500 takers at the same moment on three nodes', async t => {
      const stores = await nodes(t, 3);
      const takes = Array.from({length: 500}, (_, at) => stores[at % 3]!.take('a', {capacity: 37, per: 24 * HOUR}));
      const waits = await Promise.all(takes);
      assert.equal(waits.filter(wait => wait === 0).length, 37);
      for (const wait of waits)
        assert.ok(wait === 0 || (wait > 0 && wait <= Math.ceil((24 * HOUR) / 37)), String(wait));
    });

    it('counts each key by itself', async t => {
      const store = await one(t);
      const rate = {capacity: 1, per: HOUR};
      assert.deepEqual([await store.take('a', rate), await store.take('b', rate)], [0, 0]);
      assert.ok((await store.take('a', rate)) > HOUR - 60_000);
    });

    it('refills a bucket little by little', async t => {
      const store = await one(t);
      const rate = {capacity: 2, per: 400};
      await Promise.all([store.take('a', rate), store.take('a', rate)]);
      await until(async () => (await store.take('a', rate)) === 0);
    });

    it('gives a claim to one of 50 at the same moment on three nodes, and tells the others its owner', async t => {
      const stores = await nodes(t, 3);
      const claims = await Promise.all(
        Array.from({length: 50}, (_, at) => stores[at % 3]!.claim('a', `owner${at}`, HOUR)),
      );
      const winner = claims.findIndex(({state}) => state === 'claimed');
      for (const [at, claim] of claims.entries()) {
        assert.deepEqual(claim, at === winner ? CLAIMED : {state: 'running', owner: `owner${winner}`});
      }
    });

    it('gives a claim to its owner again, such as after a lost answer', async t => {
      const store = await one(t);
      assert.deepEqual(await store.claim('a', 'me', HOUR), CLAIMED);
      assert.deepEqual(await store.claim('a', 'me', HOUR), CLAIMED);
    });

    it('gives the value of a claim to the next one, character for character', async t => {
      const store = await one(t);
      const value = JSON.stringify({name: 'Zoë 🎈 \u0000 “r”', n: 1.5});
      await store.claim('a', 'me', HOUR);
      assert.equal(await store.settle('a', 'me', value, HOUR), true);
      for (const owner of ['me', 'you']) {
        assert.deepEqual(await store.claim('a', owner, HOUR), {state: 'settled', value});
      }
    });

    it('forgets a value when its time is over', async t => {
      const store = await one(t);
      await store.claim('a', 'me', HOUR);
      await store.settle('a', 'me', 'done', 50);
      await until(async () => (await store.claim('a', 'you', HOUR)).state === 'claimed');
    });

    it('lets only the owner settle and release', async t => {
      const store = await one(t);
      await store.claim('a', 'me', HOUR);
      assert.equal(await store.settle('a', 'you', 'forged', HOUR), false);
      await store.release('a', 'you');
      assert.deepEqual(await store.claim('a', 'you', HOUR), {state: 'running', owner: 'me'});
      await store.release('a', 'me');
      assert.deepEqual(await store.claim('a', 'you', HOUR), CLAIMED);
    });

    it('settles nothing that was not claimed, and releases nothing that was settled', async t => {
      const store = await one(t);
      assert.equal(await store.settle('a', 'me', 'done', HOUR), false);
      assert.deepEqual(await store.claim('a', 'me', HOUR), CLAIMED);
      await store.settle('a', 'me', 'done', HOUR);
      await store.release('a', 'me');
      assert.deepEqual(await store.claim('a', 'me', HOUR), {state: 'settled', value: 'done'});
    });

    it('gives the claim of a dead node to the next one, and then takes nothing from the dead node', async t => {
      const store = await one(t);
      await store.claim('a', 'dead', 50);
      await until(async () => (await store.claim('a', 'next', HOUR)).state === 'claimed');
      assert.equal(await store.settle('a', 'dead', 'late', HOUR), false);
      await store.release('a', 'dead');
      assert.deepEqual(await store.claim('a', 'third', HOUR), {state: 'running', owner: 'next'});
    });
  });
}

describe('a bucket', () => {
  it('lets through its capacity at once, and then one each time a part of the period has passed', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 500}), fc.integer({min: 1_000, max: 10_000_000}), (capacity, per) => {
        let now = 1_800_000_000_123;
        let bucket: number | undefined;
        const takes = () => {
          const drawing = taken(bucket, {capacity, per}, now);
          bucket = drawing.bucket;
          return drawing.wait;
        };
        for (let n = 0; n < capacity; n++) assert.equal(takes(), 0);
        for (let n = 0; n < 3; n++) {
          const wait = takes();
          assert.ok(wait > 0 && wait <= Math.ceil(per / capacity) + 1, String(wait));
          now += wait;
          assert.equal(takes(), 0);
        }
      }),
    );
  });

  it('locks nobody out for longer than its period when the clock is set back', () => {
    const rate = {capacity: 5, per: 60_000};
    assert.ok(taken(2_000_000_000_000, rate, 1_000_000_000_000).wait <= 60_000);
  });
});

describe('a bucket that was damaged', () => {
  for (const [what, bucket] of Object.entries({NaN, text: 'what?', null: null, object: {}, 'no end': Infinity})) {
    it(`is full: ${what}`, () => {
      const rate = {capacity: 1, per: HOUR};
      const first = taken(bucket as number, rate, 1_000);
      assert.deepEqual(first, {bucket: 1_000 + HOUR, wait: 0});
      assert.ok(taken(first.bucket, rate, 1_000).wait > 0);
    });
  }
});

describe('a store in memory', () => {
  it('stays within bounds, whatever the number of keys and of values', async () => {
    let now = 0;
    const store = memoryStore({buckets: 10, claims: 10, size: 100_000, now: () => now});
    const rate = {capacity: 1, per: HOUR};
    for (let n = 0; n < 11; n++) await store.take(`k${n}`, rate);
    assert.deepEqual([await store.take('k0', rate), (await store.take('k10', rate)) > 0], [0, true]);
    await store.claim('big', 'me', HOUR);
    assert.equal(await store.settle('big', 'me', 'x'.repeat(90_000), HOUR), false);
    assert.deepEqual(await store.claim('big', 'me', HOUR), CLAIMED);
    now = HOUR;
    assert.equal(await store.take('k10', rate), 0);
  });

  it(
    'pinned memory by attacker-chosen keys: one million keys leave the heap within 64 MB of the start',
    {timeout: 180_000},
    async () => {
      const child = fileURLToPath(new URL('../../helpers/proxy/million.ts', import.meta.url));
      const {stdout} = await promisify(execFile)(process.execPath, ['--expose-gc', '--import', 'tsx', child]);
      const {grown, kept} = JSON.parse(stdout) as {grown: number; kept: number};
      assert.ok(grown < 64, `${grown} MB`);
      assert.ok(kept > 0, 'The last keys are still counted.');
    },
  );
});

describe('a store in Redis', {skip: NO_REDIS}, () => {
  it('goes on when the server has forgotten the scripts', async t => {
    const client = await redis(t);
    const other = await redis(t);
    const store = redisStore(client, {prefix: prefix()});
    const rate = {capacity: 2, per: HOUR};
    assert.equal(await store.take('a', rate), 0);
    await other.call('SCRIPT', 'FLUSH');
    assert.equal(await store.take('a', rate), 0);
    assert.ok((await store.take('a', rate)) > 0);
  });

  it('leaves no key that does not expire', async t => {
    const client = await redis(t);
    const begin = prefix();
    const store = redisStore(client, {prefix: begin});
    await store.take('bucket', {capacity: 3, per: HOUR});
    for (const key of ['running', 'settled']) await store.claim(key, 'me', HOUR);
    await store.settle('settled', 'me', 'done', 30_000);
    for (const [key, most] of [
      ['bucket', HOUR / 3],
      ['running', HOUR],
      ['settled', 30_000],
    ] as const) {
      const left = await client.pttl(begin + key);
      assert.ok(left > 0 && left <= most, `${key}: ${left}`);
    }
  });

  it('goes on with keys that hold what is none of ours, and lets none of them last for ever', async t => {
    const client = await redis(t);
    const begin = prefix();
    const store = redisStore(client, {prefix: begin, deadline: 10_000});
    const rate = {capacity: 1, per: HOUR};
    const damages: Record<string, (key: string) => Promise<unknown>> = {
      text: key => client.set(key, 'what?'),
      nothing: key => client.set(key, ''),
      'no number': key => client.set(key, 'nan'),
      'an hour too late': key => client.set(key, String(Date.now() + 25 * HOUR)),
      'no end': key => client.set(key, 'inf'),
      'a list': key => client.rpush(key, '1'),
      'a hash': key => client.hset(key, 'a', '1'),
    };
    for (const [what, damage] of Object.entries(damages)) {
      const [bucket, slot] = [`bucket ${what}`, `slot ${what}`];
      for (const key of [bucket, slot]) await damage(begin + key);
      const wait = await store.take(bucket, rate);
      assert.ok(wait <= HOUR, `${what}: ${wait}`);
      assert.ok((await store.take(bucket, rate)) > 0, what);
      await store.release(slot, 'me');
      assert.equal(await store.settle(slot, 'me', 'done', HOUR), false, what);
      assert.deepEqual(await store.claim(slot, 'me', HOUR), CLAIMED, what);
      assert.deepEqual(await store.claim(slot, 'you', HOUR), {state: 'running', owner: 'me'}, what);
      assert.equal(await store.settle(slot, 'me', 'done', HOUR), true, what);
      assert.deepEqual(await store.claim(slot, 'you', HOUR), {state: 'settled', value: 'done'}, what);
      for (const key of [bucket, slot]) assert.ok((await client.pttl(begin + key)) > 0, `${what}: ${key}`);
    }
  });

  it('counts by the clock of the server', async t => {
    const client = await redis(t);
    const begin = prefix();
    const {now} = Date;
    t.after(() => (Date.now = now));
    Date.now = () => 0;
    await redisStore(client, {prefix: begin}).take('a', {capacity: 1, per: HOUR});
    const full = Number(await client.get(`${begin}a`));
    assert.ok(Math.abs(full - now() - HOUR) < 60_000, String(full));
  });
});

describe('a store in Durable Objects', () => {
  it('spreads its keys, and finds each where it was put', async () => {
    const {namespace, made} = objects();
    const store = durableObjectStore(namespace, {shards: 8});
    const again = durableObjectStore(namespace, {shards: 8});
    const rate = {capacity: 1, per: HOUR};
    for (let n = 0; n < 200; n++) {
      await store.take(`key${n}`, rate);
      assert.ok((await again.take(`key${n}`, rate)) > 0);
    }
    assert.equal(made.size, 8);
  });

  it('deletes expired entries without an alarm, while it is used', async () => {
    let now = 1_000;
    const {namespace, made} = objects(() => now);
    const store = durableObjectStore(namespace, {shards: 1});
    for (let n = 0; n < 100; n++) {
      await store.take(`b${n}`, {capacity: 1, per: 1_000});
      await store.claim(`c${n}`, 'me', 1_000);
    }
    now += 10_000;
    for (let n = 0; n < 40; n++) await store.claim('again', 'me', HOUR);
    for (let n = 0; n < 40; n++) await store.claim(`more${n}`, 'me', HOUR);
    const left = [...made.values()][0]!.entries;
    assert.deepEqual(
      [...left.keys()].filter(key => /^[bc][bc]\d/.test(key)),
      [],
    );
    assert.equal(left.size, 41);
  });

  it('fails when an object does', async () => {
    const {namespace} = objects();
    const get = () => ({fetch: async () => new Response('no', {status: 500})});
    const store: Store = durableObjectStore({...namespace, get});
    await assert.rejects(store.take('a', {capacity: 1, per: 1}), /500/);
  });
});
