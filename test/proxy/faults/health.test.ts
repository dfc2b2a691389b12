import assert from 'node:assert/strict';
import {describe, it, type TestContext} from 'node:test';
import {start} from '../../../src/proxy/node/command.js';
import type {Environment} from '../../../src/proxy/node/environment.js';
import {jsonLines} from '../../../src/proxy/node/log.js';
import {readSettings} from '../../../src/proxy/node/settings.js';
import {faultProxy, silence} from '../../helpers/fault-proxy.js';
import {environment, file, PAGE, platform} from '../../helpers/proxy/command.js';
import {freePort} from '../../helpers/http/free-port.js';
import {NO_REDIS_SERVER, redisServer} from '../../helpers/proxy/redis-server.js';

/** A proxy that checks its health ten times a second. */
async function proxy(t: TestContext, env: Environment) {
  const read = await readSettings(env);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const running = await start(read.settings, jsonLines({write: () => {}}), {isDraining: () => false, beat: 100});
  t.after(() => running.close());
  return new URL(running.url).origin;
}

/** Waits until the health check answers with this status and body. */
async function untilHealth(base: string, status: number, body: object) {
  for (const end = Date.now() + 20_000; ;) {
    const answer = await fetch(`${base}/healthz`);
    const got: unknown = await answer.json();
    if (answer.status === status && JSON.stringify(got) === JSON.stringify(body)) return;
    assert.ok(Date.now() < end, `It answers ${answer.status}: ${JSON.stringify(got)}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

const alive = async (base: string) => assert.equal((await fetch(`${base}/livez`)).status, 200);

/** A module for AUTHORIZE that knows everybody. */
const everybody = (t: TestContext) =>
  file(
    t,
    'authorize.mjs',
    "export default () => ({user_ref: 'ann', name: 'Ann', roles: ['participant'], rooms: '*'});",
  );

describe('Proxy: /healthz and /livez', () => {
  it('503 while the platform is away or silent, 200 when it is back', async t => {
    const {url} = await platform(t);
    const wire = await faultProxy(t, new URL(url).host);
    const base = await proxy(t, environment(`http://${wire.host}`));
    await untilHealth(base, 200, {status: 'ok'});
    await wire.refuse();
    await untilHealth(base, 503, {status: 'down', missing: ['platform']});
    await alive(base);
    await wire.mend();
    await untilHealth(base, 200, {status: 'ok'});
    wire.break(/./, silence);
    await untilHealth(base, 503, {status: 'down', missing: ['platform']});
    await wire.mend();
    await untilHealth(base, 200, {status: 'ok'});
  });

  it('503 while the platform refuses the application', async t => {
    const {url} = await platform(t);
    const base = await proxy(t, environment(url, {APP_KEY: 'another-key-of-an-application'}));
    await untilHealth(base, 503, {status: 'down', missing: ['platform']});
  });

  it('a store that is away: 200 and degraded while signed-in visitors are served', {skip: NO_REDIS_SERVER}, async t => {
    const {url} = await platform(t);
    const port = await freePort();
    const REDIS_URL = `redis://127.0.0.1:${port}`;
    const {child} = await redisServer(t, {port});
    const shared = {REDIS_URL, USER_REF_SECRET: 'a secret of at least 32 bytes, for tests'};
    const both = await proxy(t, environment(url, {...shared, AUTHORIZE: await everybody(t)}));
    const guests = await proxy(t, environment(url, shared));
    await untilHealth(both, 200, {status: 'ok'});
    await untilHealth(guests, 200, {status: 'ok'});
    child.kill('SIGKILL');
    await untilHealth(both, 200, {status: 'degraded', missing: ['store']});
    await untilHealth(guests, 503, {status: 'down', missing: ['store']});
    assert.equal((await fetch(`${both}/api/rooms`, {headers: PAGE})).status, 200);
    assert.equal((await fetch(`${guests}/api/rooms`, {headers: PAGE})).status, 503);
    await redisServer(t, {port});
    await untilHealth(both, 200, {status: 'ok'});
    await untilHealth(guests, 200, {status: 'ok'});
  });

  it('an issuer that is away: nobody is known without its keys, but guests are served', async t => {
    const {url} = await platform(t);
    const JWT = {JWT_ISSUER: 'iss', JWT_AUDIENCE: 'aud', JWT_ALGORITHMS: 'RS256', USER_REFS: 'plain'};
    const away = {...JWT, JWT_JWKS: `http://127.0.0.1:${await freePort()}/jwks`};
    await untilHealth(await proxy(t, environment(url, away)), 200, {status: 'degraded', missing: ['issuer']});
    const alone = await proxy(t, environment(url, {...away, GUEST_ROLES: ''}));
    await untilHealth(alone, 503, {status: 'down', missing: ['issuer']});
  });
});
