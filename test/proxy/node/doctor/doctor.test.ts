import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, it, type TestContext} from 'node:test';
import {serve} from '../../../../src/http/server.js';
import {examine, type Examined} from '../../../../src/proxy/node/doctor/doctor.js';
import type {Finding} from '../../../../src/proxy/node/doctor/check.js';
import type {Environment} from '../../../../src/proxy/node/environment.js';
import {APP_KEY, command, environment, file, platform, startCommand} from '../../../helpers/proxy/command.js';
import {ORIGIN} from '../../../helpers/proxy/start.js';
import {NO_REDIS} from '../../../helpers/proxy/stores.js';

const REFS = 'x'.repeat(32);

const problems = (findings: Finding[]) =>
  findings.filter(({ok}) => !ok).map(({subject, line}) => [subject, line] as const);

/** An address where nobody listens any more. */
async function nobody() {
  const served = await serve({fetch: () => new Response(), port: 0});
  await served.close();
  return served.url;
}

/** A server that is no platform. */
async function answering(t: TestContext, answer: () => Response) {
  const served = await serve({fetch: answer, port: 0});
  t.after(() => served.close());
  return served.url;
}

/** Behind a reverse proxy on this machine, as pages of another one are. */
const BEHIND = {TRUSTED_PROXIES: '127.0.0.1'};

/** What the doctor says of a fine configuration that is changed a little; it never says a secret. */
async function examined(t: TestContext, but: Environment = {}, more: Partial<Examined> = {}) {
  const {url} = await platform(t);
  const findings = await examine({env: environment(url, {...BEHIND, ...but}), ...more});
  assert.doesNotMatch(JSON.stringify(findings), new RegExp(`${APP_KEY}|CANARY|${REFS}`));
  return findings;
}

describe('the doctor', () => {
  it('finds nothing wrong where nothing is', async t => {
    const findings = await examined(t, {USER_REF_SECRET: REFS}, {origin: ORIGIN});
    assert.deepEqual(problems(findings), []);
    const subjects = ['configuration', 'APP_KEY', 'PLATFORM_URL', 'clock', 'ORIGINS', 'proxy'];
    assert.deepEqual(
      findings.map(({subject}) => subject),
      subjects,
    );
  });

  it('names every variable that is wrong, with the line to change', async t => {
    const findings = await examined(t, {ORIGINS: '*', GUEST_ROLES: 'moderator', APP_ID: undefined});
    assert.deepEqual(
      new Map(problems(findings)),
      new Map([
        ['APP_ID', 'APP_ID=the-id-your-platform-gave-you'],
        ['ORIGINS', 'ORIGINS=https://shop.example'],
        ['GUEST_ROLES', 'GUEST_ROLES=participant,viewer'],
      ]),
    );
  });

  it('tells a wrong key', async t => {
    const findings = await examined(t, {APP_KEY: 'CANARY-something-else'});
    assert.deepEqual(problems(findings), [['APP_KEY', 'APP_KEY=the-key-your-platform-gave-you']]);
  });

  it('tells a key that can be guessed', async t => {
    assert.ok(problems(await examined(t, {APP_KEY: 'CANARY'})).some(([, line]) => line!.includes('new-key')));
  });

  it('tells that people will have other references tomorrow', async t => {
    const but = {AUTHORIZE: await file(t, 'authorize.mjs', 'export default () => null')};
    assert.deepEqual(problems(await examined(t, but)), [
      ['USER_REF_SECRET', 'USER_REF_SECRET=$(openssl rand -base64 32)'],
    ]);
  });

  const LINE = 'PLATFORM_URL=https://api.example/video/v2';
  const WRONG: [what: string, answer: () => Response][] = [
    ['a page', () => new Response('<!doctype html><title>CANARY</title>')],
    ['nothing', () => new Response(null, {status: 204})],
    ['a redirect', () => new Response(null, {status: 302, headers: {location: 'https://evil.example'}})],
    ['something else', () => Response.json({hello: 'CANARY'})],
    ['404', () => new Response('CANARY', {status: 404})],
    ['500', () => new Response('CANARY', {status: 500})],
  ];
  for (const [what, answer] of WRONG) {
    it(`tells an address that answers with ${what}`, async t => {
      const findings = await examined(t, {PLATFORM_URL: await answering(t, answer)});
      assert.deepEqual(problems(findings), [['PLATFORM_URL', LINE]]);
    });
  }

  it('tells an address where nobody is', async t => {
    const findings = await examined(t, {PLATFORM_URL: await nobody()});
    assert.deepEqual(problems(findings), [['PLATFORM_URL', LINE]]);
  });

  it('tells a clock that is wrong, by how much and which way', async t => {
    for (const [off, words] of [
      [3_600_000, /^It is 3(599|60\d) s ahead of/],
      [-120_000, /^It is 1(19|2\d) s behind/],
    ] as const) {
      const findings = await examined(t, {}, {now: () => Date.now() + off});
      assert.deepEqual(problems(findings), [['clock', 'timedatectl set-ntp true']]);
      assert.match(findings.find(({subject}) => subject === 'clock')!.sentence, words);
    }
  });

  it('tells that pages of an origin may not ask, and how they could', async t => {
    const findings = await examined(t, {}, {origin: 'https://new.example'});
    assert.deepEqual(problems(findings), [['ORIGINS', `ORIGINS=${ORIGIN},https://new.example`]]);
  });

  it('takes an address for the origin that it has', async t => {
    assert.deepEqual(problems(await examined(t, {}, {origin: `${ORIGIN}/cart?x=1`})), []);
    assert.equal(problems(await examined(t, {}, {origin: 'shop.example'}))[0]![0], '--origin');
  });

  it('asks a proxy that runs, without a configuration of its own', async t => {
    const {url: upstream} = await platform(t);
    const {url} = await startCommand(t, environment(upstream));
    assert.deepEqual(problems(await examine({env: {}, proxy: url, origin: ORIGIN})), []);
    assert.deepEqual(problems(await examine({env: {}, proxy: `${url}/`, origin: 'https://new.example'})), [
      ['ORIGINS', 'ORIGINS=https://new.example'],
    ]);
  });

  it('tells a proxy that lets everybody in, one that is none, and one that is not there', async t => {
    const open = await answering(
      t,
      () =>
        new Response('{"result":0,"rooms":[]}', {
          headers: {'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-type'},
        }),
    );
    assert.deepEqual(problems(await examine({env: {}, proxy: open, origin: ORIGIN})), [
      ['proxy', 'access-control-allow-headers: content-type, authorization, x-rooms-client, idempotency-key'],
      ['ORIGINS', `ORIGINS=${ORIGIN}`],
    ]);
    const page = await answering(t, () => new Response('<!doctype html>'));
    assert.deepEqual(problems(await examine({env: {}, proxy: `${page}/api`})), [
      ['--proxy', `--proxy ${page}/the-path-of-the-proxy`],
    ]);
    assert.equal(problems(await examine({env: {}, proxy: await nobody()}))[0]![0], '--proxy');
    assert.equal(problems(await examine({env: {}, proxy: 'nowhere'}))[0]![0], '--proxy');
  });

  it('tells an authorize that fails for people it does not know', async t => {
    const AUTHORIZE = await file(t, 'authorize.mjs', `export default () => { throw new Error('CANARY'); }`);
    const but = {AUTHORIZE, USER_REF_SECRET: REFS, GUEST_ROLES: undefined};
    const line = `return null; // in ${AUTHORIZE}, if nobody has signed in`;
    assert.deepEqual(problems(await examined(t, but)), [['AUTHORIZE', line]]);
  });

  it('tells a Redis that is not there, without its password', async t => {
    const {host} = new URL(await nobody());
    const findings = await examined(t, {REDIS_URL: `redis://:CANARY@${host}`, STORE_SECRET: REFS});
    assert.deepEqual(problems(findings), [['REDIS_URL', 'REDIS_URL=redis://127.0.0.1:6379']]);
  });

  it('finds a Redis that is there', {skip: NO_REDIS}, async t => {
    const {url} = await platform(t);
    const shared = {REDIS_URL: process.env.REDIS_URL, STORE_SECRET: REFS};
    const findings = await examine({env: environment(url, shared)});
    assert.deepEqual(findings.find(({subject}) => subject === 'REDIS_URL')?.sentence, 'It answers, and takes writes.');
  });
});

describe('the doctor, of a slip, says what was meant', () => {
  const HOST = 'meet.example';
  const SLIPS: [what: string, but: Environment, subject: string, line: string][] = [
    [
      'an origin with a slash',
      {ORIGINS: `${ORIGIN}/,https://b.example`},
      'ORIGINS',
      `ORIGINS=${ORIGIN},https://b.example`,
    ],
    ['an origin with a path', {ORIGINS: 'https://a.example/shop'}, 'ORIGINS', 'ORIGINS=https://a.example'],
    ['an origin in capitals', {ORIGINS: 'HTTPS://A.example'}, 'ORIGINS', 'ORIGINS=https://a.example'],
    ['an origin without https', {ORIGINS: 'a.example'}, 'ORIGINS', 'ORIGINS=https://shop.example'],
    ['every origin', {ORIGINS: 'https://*.example'}, 'ORIGINS', 'ORIGINS=https://shop.example'],
    ['http', {PLATFORM_URL: `http://${HOST}/v2`}, 'PLATFORM_URL', `PLATFORM_URL=https://${HOST}/v2`],
    ['no https', {PLATFORM_URL: `${HOST}:8443/v2`}, 'PLATFORM_URL', `PLATFORM_URL=https://${HOST}:8443/v2`],
    [
      'credentials',
      {PLATFORM_URL: `https://a:CANARY@${HOST}`},
      'PLATFORM_URL',
      'PLATFORM_URL=https://api.example/video/v2',
    ],
    [
      'a key in it',
      {PLATFORM_URL: `http://${HOST}/v2?k=CANARY`},
      'PLATFORM_URL',
      'PLATFORM_URL=https://api.example/video/v2',
    ],
    ['no role', {GUEST_ROLES: 'viewer,host'}, 'GUEST_ROLES', 'GUEST_ROLES=participant,viewer'],
    ['moderators', {GUEST_ROLES: 'viewer,moderator'}, 'GUEST_ROLES', 'GUEST_ROLES=viewer'],
    ['one port for both', {PORT: '8787', METRICS_PORT: '8787'}, 'METRICS_PORT', 'METRICS_PORT=9787'],
    ['quotation marks', {APP_KEY: '"CANARY-0123456789"'}, 'APP_KEY', 'APP_KEY=without-quotation-marks'],
    ['another spelling', {USER_REFS_SECRET: 'CANARY'}, 'USER_REFS_SECRET', 'USER_REF_SECRET=…'],
    [
      'a relay without its secret',
      {TURN_URLS: 'turn:turn.example'},
      'TURN_SECRET',
      'TURN_SECRET=$(openssl rand -base64 32)',
    ],
    [
      'a relay at a web address',
      {TURN_URLS: 'https://turn.example', TURN_SECRET: 'CANARY-0123456789'},
      'TURN_URLS',
      'TURN_URLS=turn:turn.example:3478',
    ],
    ['nobody in front', {TRUSTED_PROXIES: undefined}, 'TRUSTED_PROXIES', 'TRUSTED_PROXIES=127.0.0.1'],
    [
      'no certificates',
      {NODE_TLS_REJECT_UNAUTHORIZED: '0'},
      'NODE_TLS_REJECT_UNAUTHORIZED',
      'NODE_EXTRA_CA_CERTS=./your-ca.pem',
    ],
  ];
  for (const [what, but, subject, line] of SLIPS) {
    it(`instead of ${what}: ${line}`, async t => {
      assert.deepEqual(problems(await examined(t, but))[0], [subject, line]);
    });
  }

  it('nothing about a reverse proxy where the pages are on this machine, by a name of its own', async t => {
    const but = {TRUSTED_PROXIES: undefined, ORIGINS: 'http://shop.localhost:8080'};
    assert.deepEqual(problems(await examined(t, but)), []);
  });

  it('instead of the address of the rooms, and says why nobody answers', async t => {
    const {url} = await platform(t);
    const findings = await examine({env: environment(`${url}/rooms`, BEHIND)});
    assert.deepEqual(problems(findings), [['PLATFORM_URL', `PLATFORM_URL=${url}`]]);
    for (const [PLATFORM_URL, why] of [
      [await nobody(), /\(ECONNREFUSED\)/],
      [url.replace('http:', 'https:'), /\(ERR_SSL\w+\)/],
    ] as const) {
      const found = await examined(t, {PLATFORM_URL});
      assert.match(found.find(({subject}) => subject === 'PLATFORM_URL')!.sentence, why);
    }
  });

  it('where a grant is for pages that may not ask', async t => {
    const key = {kid: 'k', secret: 'CANARY'.repeat(8), roles: ['viewer'], rooms: '*', maxLifetime: 60};
    const keys = {audience: 'shop', keys: [{...key, origins: [ORIGIN, 'https://new.example']}]};
    const GRANT_KEYS_FILE = await file(t, 'keys.json', JSON.stringify(keys));
    const findings = await examined(t, {GRANT_KEYS_FILE, USER_REF_SECRET: REFS});
    assert.deepEqual(problems(findings), [['ORIGINS', `ORIGINS=${ORIGIN},https://new.example`]]);
  });

  it('where the keys of the issuer of a JWT cannot be had', async t => {
    const LINE = 'JWT_JWKS=https://login.example/.well-known/jwks.json';
    const jwt = {JWT_ISSUER: 'me', JWT_AUDIENCE: 'shop', JWT_ALGORITHMS: 'RS256', USER_REF_SECRET: REFS};
    const asked = async (JWT_JWKS: string) => examined(t, {...jwt, JWT_JWKS, GUEST_ROLES: undefined});
    for (const answer of [() => new Response('CANARY'), () => Response.json({keys: []}), () => Response.json(null)]) {
      assert.deepEqual(problems(await asked(await answering(t, answer))), [['JWT_JWKS', LINE]]);
    }
    assert.deepEqual(problems(await asked(await nobody())), [['JWT_JWKS', LINE]]);
    assert.deepEqual(problems(await asked(await answering(t, () => Response.json({keys: [{kty: 'RSA'}]})))), []);
  });

  it('where --proxy leads beside the mount, or to the rooms', async t => {
    const {url: upstream} = await platform(t);
    const {url} = await startCommand(t, environment(upstream));
    const {origin} = new URL(url);
    for (const proxy of [origin, `${origin}/other`, `${url}/rooms`]) {
      assert.deepEqual(problems(await examine({env: {}, proxy, origin: ORIGIN})), [['--proxy', `--proxy ${url}`]]);
    }
  });

  it('where Redis takes no such password', {skip: NO_REDIS}, async t => {
    const folder = await mkdtemp(join(tmpdir(), 'greenroom-'));
    const {port} = new URL(await nobody());
    const args = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--requirepass', 'right', '--dir', folder];
    const server = spawn('redis-server', args, {stdio: ['ignore', 'pipe', 'inherit']});
    t.after(async () => {
      server.kill();
      await rm(folder, {recursive: true});
    });
    for await (const said of server.stdout) if (String(said).includes('Ready to accept')) break;
    for (const [password, wanted] of [
      ['CANARY', [['REDIS_URL', `REDIS_URL=redis://:the-password@127.0.0.1:${port}`]]],
      ['right', []],
    ] as const) {
      const REDIS_URL = `redis://:${password}@127.0.0.1:${port}`;
      assert.deepEqual(problems(await examined(t, {REDIS_URL, STORE_SECRET: REFS})), wanted);
    }
  });
});

describe('greenroom doctor', () => {
  it('prints what it finds and ends with 0 or 1', async t => {
    const {url} = await platform(t);
    const fine = command(t, ['doctor', '--origin', ORIGIN], environment(url, BEHIND));
    const ill = command(t, ['doctor'], environment(url, {APP_KEY: 'CANARY-something-else'}));
    assert.deepEqual([await fine.ended, await ill.ended], [0, 1]);
    assert.match(fine.told.out, /^(ok {7}[\w-]+: .+\.\n)+$/);
    assert.match(ill.told.out, /^problem {2}APP_KEY: .+\n {9}APP_KEY=the-key-your-platform-gave-you$/m);
    assert.doesNotMatch(fine.told.out + ill.told.out, /CANARY/);
  });

  it('explains itself', async t => {
    const {told, ended} = command(t, ['doctor', '--help'], {});
    assert.equal(await ended, 0);
    assert.match(told.out, /--origin .*--proxy /);
  });
});
