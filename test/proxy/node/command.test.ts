import assert from 'node:assert/strict';
import {randomBytes} from 'node:crypto';
import {describe, it} from 'node:test';
import {SignJWT} from 'jose';
import {readSettings} from '../../../src/proxy/node/settings.js';
import {RoomsError} from '../../../src/rooms/errors.js';
import {gate} from '../../helpers/http/raw.js';
import {
  APP_ID,
  APP_KEY,
  command,
  environment,
  file,
  PAGE,
  platform,
  startCommand,
} from '../../helpers/proxy/command.js';
import {ORIGIN, TOKEN, WISH} from '../../helpers/proxy/start.js';

const problemsOf = async (env: Record<string, string | undefined>) => {
  const read = await readSettings(env);
  return 'problems' in read ? read.problems : [];
};

const ask = (
  base: string,
  path: string,
  init: {method?: string; body?: string; headers?: Record<string, string>} = {},
) => fetch(base + path, {...init, headers: {...PAGE, ...init.headers}});
const wish = {method: 'POST', body: JSON.stringify(WISH), headers: {'content-type': 'application/json'}};

const JWT = {JWT_SECRET: 'x'.repeat(32), JWT_ISSUER: 'me', JWT_AUDIENCE: 'shop', JWT_ALGORITHMS: 'HS256'};

describe('the proxy as a command', () => {
  it('stands between a page and a platform, configured by its environment alone', async t => {
    const {url: upstream, rooms} = await platform(t);
    const {url, said} = await startCommand(t, environment(upstream, {SERVER_URL: 'wss://live.example', PROVIDER: 'x'}));
    const answer = await ask(url, '/rooms/lobby/tokens', wish);
    const told = (await answer.json()) as Record<string, unknown>;
    assert.deepEqual(
      [answer.status, told.token, told.provider, told.server_url],
      [200, TOKEN, 'x', 'wss://live.example'],
    );
    assert.ok(rooms.calls.some(([operation]) => operation === 'token'));
    const [line] = said();
    const id = answer.headers.get('x-request-id');
    assert.deepEqual(
      {...line, time: typeof line!.time, ms: typeof line!.ms},
      {level: 'info', time: 'string', request_id: id, operation: 'token', status: 200, ms: 'number'},
    );
  });

  it('is alive at /healthz, which tells nothing else, and nothing is found beside it', async t => {
    const {url: upstream, rooms} = await platform(t);
    const {url, lines} = await startCommand(t, environment(upstream));
    const base = new URL(url).origin;
    const health = await fetch(`${base}/healthz`);
    assert.deepEqual([health.status, await health.json()], [200, {status: 'ok'}]);
    for (const path of ['/metrics', '/', '/healthz/x', '/rooms']) {
      assert.equal((await fetch(base + path, {headers: PAGE})).status, 404, path);
    }
    assert.equal((await fetch(`${base}/healthz`, {method: 'POST', headers: PAGE})).status, 404);
    assert.deepEqual(rooms.calls, []);
    assert.ok(!lines.join('').includes('healthz'));
  });

  it('counts answers on a port of its own, by few labels that name nobody', async t => {
    const {url: upstream} = await platform(t);
    const {url, metricsUrl} = await startCommand(t, environment(upstream, {METRICS_PORT: '0'}));
    assert.match(metricsUrl!, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    await ask(url, '/rooms/lobby/tokens', wish);
    for (let i = 0; i < 20; i++) await ask(url, `/rooms/room-${i}`);
    await ask(url, '/nowhere');
    const answer = await fetch(metricsUrl!);
    const page = await answer.text();
    assert.match(answer.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/);
    assert.match(page, /^greenroom_answers_total\{operation="token",status="2xx",code="none"\} 1$/m);
    assert.match(page, /^greenroom_answers_total\{operation="get",status="4xx",code="not_found"\} 20$/m);
    assert.match(page, /^greenroom_answers_total\{operation="none",status="4xx",code="misconfigured"\} 1$/m);
    assert.match(page, /^process_resident_memory_bytes \d/m);
    assert.doesNotMatch(page, /room-1|lobby|127\.0\.0\.1|Ann/);
    assert.equal((await fetch(metricsUrl!.replace('/metrics', '/'))).status, 404);
  });

  it('tells its operator what the platform’s trouble is, by the id that the visitor was shown', async t => {
    const down = () => Promise.reject(new RoomsError('internal', 'CANARY'));
    const {url: upstream} = await platform(t, {users: down, get: down});
    const {url, said} = await startCommand(t, environment(upstream));
    const answer = await ask(url, '/rooms/lobby');
    const {request_id} = (await answer.json()) as {request_id: string};
    assert.equal(answer.status, 502);
    const about = said().filter(line => line.request_id === request_id);
    assert.deepEqual(
      about.map(({level, operation, code}) => [level, operation, code]),
      [
        ['error', 'get', 'internal'],
        ['warn', 'get', 'platform_down'],
      ],
    );
  });

  it('has the budgets it is given', async t => {
    const {url: upstream} = await platform(t);
    const {url} = await startCommand(t, environment(upstream, {LIMITS_TOKENS_IP: '3/3600'}));
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await ask(url, '/rooms/lobby/tokens', wish)).status);
    assert.deepEqual(statuses, [200, 200, 200, 429, 429]);
    assert.equal((await ask(url, '/rooms/lobby')).status, 200);
  });

  it('shares budgets with other nodes', {skip: process.env.REDIS_URL ? false : 'no REDIS_URL'}, async t => {
    const {url: upstream} = await platform(t);
    // Keys in the store depend on the secret, so this test meets no other.
    const shared = {REDIS_URL: process.env.REDIS_URL, STORE_SECRET: randomBytes(32).toString('hex')};
    const env = environment(upstream, {...shared, LIMITS_TOKENS_IP: '4/3600'});
    const nodes = [await startCommand(t, env), await startCommand(t, env)];
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await ask(nodes[i % 2]!.url, '/rooms/lobby/tokens', wish)).status);
    assert.deepEqual(statuses, [200, 200, 200, 200, 429, 429]);
  });

  it('knows people by the JWT of a sign-in', async t => {
    const {url: upstream} = await platform(t);
    const more = {...JWT, USER_REFS: 'plain', GUEST_ROLES: undefined};
    const both = {...more, AUTHORIZE: await file(t, 'authorize.mjs', 'export default () => null')};
    assert.equal((await problemsOf(environment(upstream, both)))[0]!.variable, 'AUTHORIZE');
    const {url} = await startCommand(t, environment(upstream, more));
    const may = {roles: ['participant'], rooms: ['lobby'], can: ['users']};
    const as = async (path: string, claims: object, init = {}) => {
      const token = await new SignJWT({iss: 'me', aud: 'shop', sub: 'u7', exp: 4e9, ...claims})
        .setProtectedHeader({alg: 'HS256'})
        .sign(new TextEncoder().encode(JWT.JWT_SECRET));
      const answer = await ask(url, path, {...init, headers: {...wish.headers, authorization: `Bearer ${token}`}});
      return {status: answer.status, body: (await answer.json()) as Record<string, unknown>};
    };
    const joined = await as('/rooms/lobby/tokens', {greenroom: may, name: 'Eve'}, wish);
    assert.deepEqual(joined.body.participant, {name: 'Eve', role: 'participant', user_ref: 'u7'});
    const unspeakable = await as('/rooms/lobby/tokens', {greenroom: may, name: 'a\u202eb'}, wish);
    assert.deepEqual(unspeakable.body.participant, {name: WISH.name, role: 'participant', user_ref: 'u7'});
    assert.equal((await as('/rooms/lobby/users', {greenroom: may})).status, 200);
    assert.equal((await as('/rooms/vault/users', {greenroom: may})).status, 404);
    for (const claims of [{}, {greenroom: may, aud: 'x'}, {greenroom: may, exp: 1}, {greenroom: may, sub: undefined}]) {
      assert.equal((await as('/rooms', claims)).status, 401, JSON.stringify(claims));
    }
  });

  it('believes X-Forwarded-For only of a proxy it was told of', async t => {
    const hook = `export default (_, {ip}) => ({user_ref: ip, name: ip, roles: ['viewer'], rooms: '*'});`;
    const AUTHORIZE = await file(t, 'authorize.mjs', hook);
    const {url: upstream} = await platform(t);
    const seen = async (TRUSTED_PROXIES: string | undefined, forwarded: string) => {
      const more = {AUTHORIZE, TRUSTED_PROXIES, USER_REFS: 'plain', GUEST_ROLES: undefined};
      const {url} = await startCommand(t, environment(upstream, more));
      const body = JSON.stringify({role: 'viewer'});
      const headers = {...wish.headers, 'x-forwarded-for': forwarded};
      const answer = await ask(url, '/rooms/lobby/tokens', {...wish, body, headers});
      return ((await answer.json()) as {participant: {user_ref: string}}).participant.user_ref;
    };
    assert.equal(await seen(undefined, '203.0.113.9'), '127.0.0.1');
    assert.equal(await seen('127.0.0.0/8', '198.51.100.1, 203.0.113.9'), '203.0.113.9');
  });
});

describe('the environment of the proxy', () => {
  const FINE = environment('https://api.example/video/v2');

  it('is fine with what is needed, and an empty variable is one that is not set', async () => {
    assert.deepEqual(await problemsOf({...FINE, MOUNT: '', GRANT_KEYS_FILE: '', REDIS_URL: ' ', METRICS_PORT: ''}), []);
  });

  it('is refused with everything that is wrong, each with a line that is right', async () => {
    const problems = await problemsOf({PORT: '70000', TIMEOUT_MS: 'soon', MOUNT: 'api/'});
    const variables = ['PLATFORM_URL', 'APP_ID', 'APP_KEY', 'ORIGINS', 'GUEST_ROLES', 'PORT', 'TIMEOUT_MS', 'MOUNT'];
    assert.deepEqual(problems.map(({variable}) => variable).sort(), variables.sort());
    for (const {variable, sentence, line} of problems) {
      assert.match(sentence, /^[A-Z\w].*\.$/);
      assert.ok(line.startsWith(`${variable}=`) && line.length > variable.length + 1, line);
    }
  });

  const WRONG: [variable: string, value: string, more?: Record<string, string | undefined>][] = [
    ['PLATFORM_URL', 'http://api.example/v2'],
    ['PLATFORM_URL', 'https://shop:key@api.example/v2'],
    ['PLATFORM_URL', 'ftp://api.example'],
    ['PLATFORM_URL', '/video/v2'],
    ['APP_ID', 'a:b'],
    ['APP_KEY', 'schlüssel–'],
    ['ORIGINS', '*'],
    ['ORIGINS', 'https://shop.example/,https://b.example'],
    ['GUEST_ROLES', 'moderator'],
    ['GUEST_ROLES', 'Participant'],
    ['GUEST_ROOMS', 'lobby,../x'],
    ['GUEST_NAME', 'a\u202eb'],
    ['USER_REF_SECRET', 'short'],
    ['USER_REFS', 'none'],
    ['GRANT_KEYS_FILE', '/nowhere/keys.json'],
    ['AUTHORIZE', './nowhere.js'],
    ['AUTHORIZE', './test/helpers/proxy/start.ts'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', '0.0.0.0/0'],
    ['TRUSTED_PROXIES', 'nginx'],
    ['METRICS_PORT', 'yes'],
    ['SERVER_URL', 'javascript:alert(1)'],
    ['LIVEKIT_ENDPOINT', 'true'],
    ['SERVER_URL', '', {LIVEKIT_ENDPOINT: '1'}],
    ['REDIS_URL', 'localhost'],
    ['STORE_SECRET', '', {REDIS_URL: 'redis://127.0.0.1:6379'}],
    ['STORE_SECRET', 'short'],
    ['JWT_ISSUER', '', {JWT_JWKS: 'https://login.example/jwks'}],
    ['JWT_JWKS', 'http://login.example/jwks', {...JWT, JWT_SECRET: undefined}],
    ['JWT_SECRET', 'short', JWT],
    ['JWT_ALGORITHMS', 'none', JWT],
    ['JWT_ALGORITHMS', 'RS256', JWT],
    ['JWT_COOKIE', 'a b', JWT],
    ['JWT_JWKS', 'https://login.example/jwks', JWT],
    ['JWT_PUBLIC_KEY_FILE', '/nowhere.pem', JWT],
    ['JWT_PUBLIC_KEY_FILE', 'package.json', {...JWT, JWT_SECRET: undefined}],
    ['LIMITS_TOKENS_VISITOR', '20'],
    ['LIMITS_TOKENS_VISITOR', '0/60'],
    ['LIMITS_TOKENS_VISITOR', '20/100000'],
    ['LIMITS_TOKEN_VISITOR', '20/60'],
    ['LIMITS_TOKENS', '20/60'],
    ['APP_KEY_FILE', '/nowhere/key', {APP_KEY: undefined}],
    ['APP_KEY_FILE', 'package.json'],
    ['GUEST_ROLES', '', {GUEST_NAME: 'Guest'}],
  ];
  for (const [variable, value, more] of WRONG) {
    it(`cannot have ${variable}=${JSON.stringify(value)}${more ? ` with ${JSON.stringify(more)}` : ''}`, async () => {
      const problems = await problemsOf({...FINE, ...more, [variable]: value});
      assert.ok(problems.some(problem => problem.variable === variable));
    });
  }

  it('never has a secret quoted back', async t => {
    const broken = await file(t, 'broken.json', '{"keys": CANARY');
    const key = {kid: 'a', secret: 'CANARY', roles: ['viewer'], rooms: '*', origins: [ORIGIN], maxLifetime: 60};
    const weak = await file(t, 'weak.json', JSON.stringify({audience: 'a', keys: [key]}));
    for (const more of [
      {GRANT_KEYS_FILE: broken},
      {GRANT_KEYS_FILE: weak},
      {USER_REF_SECRET: 'CANARY'},
      {APP_KEY: 'CANARYé\u0100'},
      {REDIS_URL: 'http://:CANARY@localhost', STORE_SECRET: 'x'.repeat(32)},
      {STORE_SECRET: 'CANARY'},
      {PLATFORM_URL: 'https://a:CANARY@api.example'},
    ]) {
      const problems = await problemsOf({...FINE, ...more});
      assert.equal(problems.length, 1, JSON.stringify(problems));
      assert.doesNotMatch(JSON.stringify(problems), /CANARY/);
    }
  });

  it('may name files for its secrets', async t => {
    const APP_KEY_FILE = await file(t, 'key', `${APP_KEY}\n`);
    const read = await readSettings({...FINE, APP_KEY: undefined, APP_KEY_FILE});
    assert.ok('settings' in read);
    assert.deepEqual(read.settings.platform, {endpoint: FINE.PLATFORM_URL, id: APP_ID, key: APP_KEY});
  });
});

describe('greenroom proxy', () => {
  it('ends with 1 and says all that is wrong', async t => {
    const {told, ended} = command(t, ['proxy'], {APP_KEY, PORT: 'x'});
    assert.equal(await ended, 1);
    for (const variable of ['PLATFORM_URL', 'APP_ID', 'ORIGINS', 'GUEST_ROLES', 'PORT']) {
      assert.match(told.err, new RegExp(`^${variable}: `, 'm'));
    }
    assert.doesNotMatch(told.err + told.out, /CANARY|\n\s+at /);
  });

  it('ends with one sentence when its port is taken', async t => {
    const {url} = await platform(t);
    const {told, ended} = command(t, ['proxy'], environment(url, {PORT: new URL(url).port}));
    assert.equal(await ended, 1);
    assert.match(told.err, /Port \d+ of 127\.0\.0\.1 is taken\./);
  });

  it('finishes what is under way when it is told to stop, and ends with 0', async t => {
    const asked = gate();
    const {opened, open} = gate();
    const list = async () => (asked.open(), await opened, []);
    const {url: upstream} = await platform(t, {list});
    const {child, told, ended, until} = command(t, ['proxy', '--drain', '0'], environment(upstream));
    const [, url] = await until(/Listening at (http:[^\s"]+)/);
    const running = ask(url!, '/rooms');
    await asked.opened;
    child.kill('SIGTERM');
    child.kill('SIGINT');
    await until(/Stopping/);
    open();
    const answer = await running;
    assert.deepEqual([answer.status, ((await answer.json()) as {rooms: unknown}).rooms], [200, []]);
    assert.equal(await ended, 0, told.err);
    assert.ok(
      told.out
        .trim()
        .split('\n')
        .every(line => JSON.parse(line)),
    );
  });
});
