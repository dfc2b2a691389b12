import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer as createPlainServer} from 'node:http';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {describe, it, type TestContext} from 'node:test';
import {serve} from '../../../../src/http/server.js';
import type {Finding} from '../../../../src/proxy/node/doctor/check.js';
import {examine} from '../../../../src/proxy/node/doctor/doctor.js';
import type {Environment} from '../../../../src/proxy/node/environment.js';
import {environment, file, folder, platform, startCommand} from '../../../helpers/proxy/command.js';

/** What the doctor says is wrong, without what it says of a missing reverse proxy. */
async function problemsOf(env: Environment, proxy?: string): Promise<[string, string, string | undefined][]> {
  const findings: Finding[] = await examine({env: {TRUSTED_PROXIES: '127.0.0.1', ...env}, proxy});
  return findings.filter(({ok}) => !ok).map(({subject, sentence, line}) => [subject, sentence, line]);
}

/** A server with a certificate of its own, made by openssl. */
async function tlsServer(t: TestContext, ...options: string[]) {
  const place = await folder(t);
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const files = ['-keyout', join(place, 'key.pem'), '-out', join(place, 'cert.pem')];
  execFileSync('openssl', [...made, ...files, '-subj', '/CN=test', ...options], {stdio: 'ignore'});
  const read = (name: string) => readFileSync(join(place, name));
  const server = createServer({key: read('key.pem'), cert: read('cert.pem')}, (_, response) => response.end('Hello.'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

describe('the doctor, of a connection that fails', () => {
  it('tells a certificate that is not trusted', async t => {
    const port = await tlsServer(t, '-days', '2', '-addext', 'subjectAltName=DNS:localhost');
    const trust = 'NODE_EXTRA_CA_CERTS=./your-ca.pem';
    const sentence = 'Its certificate is signed by itself, and not trusted (DEPTH_ZERO_SELF_SIGNED_CERT).';
    const url = `https://localhost:${port}`;
    assert.deepEqual(await problemsOf(environment(`${url}/v2`)), [['PLATFORM_URL', sentence, trust]]);
    assert.deepEqual(await problemsOf({}, `${url}/api`), [['--proxy', sentence, trust]]);
    const jwt = {JWT_ISSUER: 'me', JWT_AUDIENCE: 'shop', JWT_ALGORITHMS: 'RS256', GUEST_ROLES: undefined};
    const {url: fine} = await platform(t);
    const found = await problemsOf(environment(fine, {...jwt, JWT_JWKS: `${url}/jwks`, USER_REFS: 'plain'}));
    assert.deepEqual(found, [['JWT_JWKS', `${sentence} Nobody who has signed in can be let in.`, trust]]);
  });

  it('tells an address that says http where TLS is spoken', async t => {
    const port = await tlsServer(t, '-days', '2');
    const sentence = 'It speaks https there, not http.';
    assert.deepEqual(await problemsOf(environment(`http://127.0.0.1:${port}/v2`)), [
      ['PLATFORM_URL', sentence, `PLATFORM_URL=https://127.0.0.1:${port}/v2`],
    ]);
    assert.deepEqual(await problemsOf({}, `http://127.0.0.1:${port}/api`), [
      ['--proxy', sentence, `--proxy https://127.0.0.1:${port}/api`],
    ]);
  });

  it('tells an address that says https where none is spoken', async t => {
    const {url} = await platform(t);
    const [[subject, sentence, line] = []] = await problemsOf(environment(url.replace('http:', 'https:')));
    assert.deepEqual([subject, line], ['PLATFORM_URL', `PLATFORM_URL=${url}`]);
    assert.match(sentence!, /^It does not speak https \(ERR_SSL\w+\)\.$/);
  });

  it('tells a host that there is none of', async () => {
    const [found] = await problemsOf(environment('https://greenroom.invalid/v2'));
    assert.match(found![1], /^There is no host greenroom\.invalid \((ENOTFOUND|EAI_AGAIN)\)\.$/);
  });
});

describe('the doctor, of a path that is wrong', () => {
  it('names the right path of the platform, if it finds it', async t => {
    const {url} = await platform(t);
    const right = await pathsBelow(t, {'/video/v2': url});
    for (const wrong of ['', '/v2', '/video/v2/rooms', '/video/v2/', '/api/v1']) {
      const found = await problemsOf(environment(`${right}${wrong}`));
      if (wrong === '/video/v2/') assert.deepEqual(found, []);
      else {
        const sentence = 'There is a Rooms API on this host, but not at this path.';
        assert.deepEqual(found, [['PLATFORM_URL', sentence, `PLATFORM_URL=${right}/video/v2`]], wrong);
      }
    }
  });

  it('tells a prefix that the reverse proxy takes off, and the right path of a proxy', async t => {
    const {url: upstream} = await platform(t);
    const {url} = await startCommand(t, environment(upstream));
    const {origin} = new URL(url);
    const stripping = await pathsBelow(t, {'/api': origin});
    assert.deepEqual(await problemsOf({}, `${stripping}/api`), [
      ['MOUNT', 'The reverse proxy takes /api off the path, and the token proxy waits for its MOUNT /api.', 'MOUNT='],
    ]);
    const keeping = await pathsBelow(t, {'': origin});
    assert.deepEqual(await problemsOf({}, `${keeping}/api`), []);
    const [[subject, , line] = []] = await problemsOf({}, `${keeping}/v1`);
    assert.deepEqual([subject, line], ['--proxy', `--proxy ${keeping}/api`]);
    const [[, , page] = []] = await problemsOf({}, `${stripping}/wrong`);
    assert.match(page!, /^--proxy http/);
  });
});

/** A reverse proxy that hands on what is below some paths, and takes these off. */
async function pathsBelow(t: TestContext, targets: Record<string, string>): Promise<string> {
  const served = await serve({
    port: 0,
    async fetch(request) {
      const {pathname} = new URL(request.url);
      const [prefix, target] = Object.entries(targets).find(([each]) => pathname.startsWith(`${each}/`)) ?? [];
      if (target === undefined) return new Response('<!doctype html><title>Not found</title>', {status: 404});
      const {method, headers} = request;
      return fetch(`${target}${pathname.slice(prefix!.length)}`, {method, headers});
    },
  });
  t.after(() => served.close());
  return served.url;
}

describe('the doctor, of a port', () => {
  it('tells one that another program has, and takes a proxy that runs for ours', async t => {
    const {url} = await platform(t);
    const other = createPlainServer((_, response) => response.end('Hello.')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    t.after(() => other.close());
    const {port} = other.address() as AddressInfo;
    assert.deepEqual(await problemsOf(environment(url, {PORT: String(port)})), [
      ['PORT', `Another program listens on 127.0.0.1:${port}.`, `PORT=${port + 1}`],
    ]);
    assert.deepEqual(await problemsOf(environment(url, {METRICS_PORT: String(port)})), [
      ['METRICS_PORT', `Another program listens on 127.0.0.1:${port}.`, `METRICS_PORT=${port + 1}`],
    ]);
    const [[subject, , line] = []] = await problemsOf(environment(url, {HOST: '203.0.113.7', PORT: '8787'}));
    assert.deepEqual([subject, line], ['HOST', 'HOST=127.0.0.1']);
    const running = await startCommand(t, environment(url));
    const findings = await examine({env: environment(url, {PORT: new URL(running.url).port})});
    assert.deepEqual(
      findings.filter(each => each.subject === 'PORT').map(({ok}) => ok),
      [true],
    );
  });
});

describe('the doctor, of variables', () => {
  it('names the variable that was meant, for each way to misspell one', async t => {
    const {url} = await platform(t);
    for (const [written, meant] of [
      ['PLATFORM_URI', 'PLATFORM_URL'],
      ['APPKEY', 'APP_KEY'],
      ['ORIGIN', 'ORIGINS'],
      ['GUEST_ROLE', 'GUEST_ROLES'],
      ['TRUSTED_PROXY', 'TRUSTED_PROXIES'],
      ['GRANT_KEY_FILE', 'GRANT_KEYS_FILE'],
      ['GRANTS_KEYS_FILE', 'GRANT_KEYS_FILE'],
      ['REDIS_URI', 'REDIS_URL'],
      ['TIMEOUTMS', 'TIMEOUT_MS'],
      ['METRIC_PORT', 'METRICS_PORT'],
      ['SEVER_URL', 'SERVER_URL'],
      ['USER_REF_SECERT', 'USER_REF_SECRET'],
    ] as const) {
      const findings = await examine({env: {...environment(url), [meant]: undefined, [written]: 'CANARY'}});
      const found = findings.find(({subject}) => subject === written);
      assert.deepEqual([found?.sentence, found?.line], [`There is no such variable. Use ${meant}.`, `${meant}=…`]);
    }
    const usual = {PATH: '/bin', HOME: '/root', HOSTNAME: 'a1', SHELL: 'sh', TERM: 'x', USER: 'a', LANG: 'C', PWD: '/'};
    const findings = await examine({env: {...environment(url), ...usual, NODE_ENV: 'production', LOGNAME: 'a'}});
    assert.deepEqual(
      findings.filter(({subject}) => subject in usual),
      [],
    );
  });

  it('tells a missing or empty file once', async t => {
    const {url} = await platform(t);
    const empty = await file(t, 'empty', '\n');
    const nowhere = {APP_KEY_FILE: '/nowhere/key', APP_KEY: undefined};
    const secrets = {USER_REF_SECRET_FILE: '/nowhere/secret', REDIS_URL: 'redis://127.0.0.1:1'};
    const FAULTS: [but: Environment, subject: string, sentence: string][] = [
      [nowhere, 'APP_KEY_FILE', 'The file cannot be read (ENOENT).'],
      [{APP_KEY_FILE: empty, APP_KEY: undefined}, 'APP_KEY_FILE', 'The file is empty.'],
      [secrets, 'USER_REF_SECRET_FILE', 'The file cannot be read (ENOENT).'],
      [{GRANT_KEYS_FILE: '/nowhere', GUEST_ROLES: undefined}, 'GRANT_KEYS_FILE', 'The file cannot be read (ENOENT).'],
      [
        {
          JWT_PUBLIC_KEY_FILE: '/nowhere',
          JWT_ISSUER: 'a',
          JWT_AUDIENCE: 'b',
          JWT_ALGORITHMS: 'RS256',
          GUEST_ROLES: undefined,
        },
        'JWT_PUBLIC_KEY_FILE',
        'The file cannot be read (ENOENT).',
      ],
    ];
    for (const [but, subject, sentence] of FAULTS) {
      const found = await problemsOf(environment(url, but));
      assert.deepEqual(
        found.map(each => each.slice(0, 2)),
        [[subject, sentence]],
      );
    }
  });
});
