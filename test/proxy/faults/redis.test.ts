import assert from 'node:assert/strict';
import {describe, it, type TestContext} from 'node:test';
import {examine} from '../../../src/proxy/node/doctor/doctor.js';
import type {Environment} from '../../../src/proxy/node/environment.js';
import {command, environment, PAGE, platform, startCommand} from '../../helpers/proxy/command.js';
import {line} from '../../helpers/proxy/line.js';
import {freePort} from '../../helpers/http/free-port.js';
import {NO_REDIS_SERVER, redisServer, secureRedis} from '../../helpers/proxy/redis-server.js';

const STORE_SECRET = 'a secret of at least 32 bytes, for tests';

/** Variables of a proxy with this Redis. */
async function variables(t: TestContext, REDIS_URL: string, but: Environment = {}) {
  const {url} = await platform(t);
  return environment(url, {REDIS_URL, STORE_SECRET, TRUSTED_PROXIES: '127.0.0.1', ...but});
}

/** Waits until a guest gets this status. */
async function untilGuestGets(status: number, url: string) {
  for (const end = Date.now() + 20_000; ;) {
    const answer = await fetch(`${url}/rooms`, {headers: PAGE});
    if (answer.status === status) return;
    assert.ok(Date.now() < end, `Guests still get ${answer.status}.`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

describe('Proxy ↔ Redis: faults', {skip: NO_REDIS_SERVER}, () => {
  it('a failover that closes no connection: guests are served again by the new primary', async t => {
    const [first, second] = [await redisServer(t), await redisServer(t)];
    const target = new URL(first.url);
    const wire = await line(t, target);
    const {url} = await startCommand(t, await variables(t, wire.url));
    await untilGuestGets(200, url);
    target.port = String(second.port);
    await first.tell('replicaof', '127.0.0.1', String(second.port));
    await untilGuestGets(503, url);
    await untilGuestGets(200, url);
    assert.match(String(await second.tell('dbsize')), /^[1-9]/);
  });

  it('down at start and back: the log says each once, and guests are served', async t => {
    const port = await freePort();
    const {url, said} = await startCommand(t, await variables(t, `redis://127.0.0.1:${port}`));
    const stops = () => said().filter(({operation}) => operation === 'store');
    assert.deepEqual(
      stops().map(({level}) => level),
      ['error'],
      'Nobody has asked for anything yet.',
    );
    await untilGuestGets(503, url);
    for (let n = 0; n < 5; n++) await untilGuestGets(503, url);
    await redisServer(t, {port});
    await untilGuestGets(200, url);
    assert.deepEqual(
      stops().map(({level}) => level),
      ['error', 'warn'],
    );
  });

  it('TLS: the authority in REDIS_CA_FILE is trusted, and no other', async t => {
    const {url: redis, ca} = await secureRedis(t);
    const {url} = await startCommand(t, await variables(t, redis, {REDIS_CA_FILE: ca}));
    await untilGuestGets(200, url);
    await assert.rejects(startCommand(t, await variables(t, redis)), {
      message: 'REDIS_URL: Its certificate is signed by nobody we trust.',
    });
  });

  /** What is wrong with a Redis, as the start and the doctor say it. */
  const REFUSED: [what: string, sentence: RegExp, address: (t: TestContext) => Promise<string>][] = [
    [
      'a read-only replica',
      /read-only replica/,
      async t => {
        const [primary, replica] = [await redisServer(t), await redisServer(t)];
        await replica.tell('replicaof', '127.0.0.1', String(primary.port));
        return replica.url;
      },
    ],
    [
      'a user without scripts',
      /may not run scripts/,
      async t => {
        const {port, tell} = await redisServer(t);
        await tell('acl', 'setuser', 'limited', 'on', '>pw', '~*', '+@all', '-@scripting');
        return `redis://limited:pw@127.0.0.1:${port}`;
      },
    ],
    [
      'a user without writes',
      /may not write/,
      async t => {
        const {port, tell} = await redisServer(t);
        await tell('acl', 'setuser', 'reader', 'on', '>pw', '~*', '+@all', '-@write');
        return `redis://reader:pw@127.0.0.1:${port}`;
      },
    ],
    ['a wrong password', /refuses/, async t => (await redisServer(t, {args: ['--requirepass', 'right']})).url],
    ['a server without TLS', /TLS/, async t => (await platform(t)).url.replace('http:', 'rediss:')],
    ['a server of another kind', /not from Redis/, async t => (await platform(t)).url.replace('http:', 'redis:')],
  ];
  for (const [what, sentence, address] of REFUSED) {
    it(`${what}: the proxy does not start, and the doctor says the same`, async t => {
      const env = await variables(t, await address(t));
      await assert.rejects(startCommand(t, env), ({message}: Error) => sentence.test(message));
      const found = (await examine({env})).find(({subject}) => subject === 'REDIS_URL');
      assert.equal(found?.ok, false);
      assert.match(found.sentence, sentence);
    });
  }

  it('greenroom proxy exits with 1 and one sentence', async t => {
    const [primary, replica] = [await redisServer(t), await redisServer(t)];
    await replica.tell('replicaof', '127.0.0.1', String(primary.port));
    const {ended, told} = command(t, ['proxy'], await variables(t, replica.url));
    assert.equal(await ended, 1);
    assert.match(told.err, /^REDIS_URL: It is a read-only replica. Name the primary.$/m);
  });
});
