import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, it, type TestContext} from 'node:test';
import {examine} from '../../../src/proxy/node/doctor/doctor.js';
import {Raw, statuses} from '../../helpers/http/raw.js';
import {environment, file, folder, PAGE, platform, startCommand} from '../../helpers/proxy/command.js';
import {ORIGIN} from '../../helpers/proxy/start.js';
import {freePort} from '../../helpers/http/free-port.js';
import type {Environment} from '../../../src/proxy/node/environment.js';

async function proxy(t: TestContext, but: Environment = {}) {
  const {url: upstream} = await platform(t);
  const {url} = await startCommand(t, environment(upstream, {MOUNT: '', ...but}));
  return {url, port: Number(new URL(url).port)};
}

/** The answer to a request of these lines, on a connection of its own. */
async function raw(t: TestContext, at: {port: number}, ...lines: string[]): Promise<string> {
  const connection = new Raw(t, at).send(...lines, '', '');
  await connection.until(/\r\n\r\n/);
  return connection.text;
}

/** Waits until a server answers with this status. */
async function untilAnswers(status: number, url: string, headers: Record<string, string>) {
  for (const end = Date.now() + 20_000; ;) {
    const got = await fetch(url, {headers}).then(
      answer => answer.status,
      () => 0,
    );
    if (got === status) return;
    assert.ok(Date.now() < end, `It answers ${got}.`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

describe('Proxy ↔ front ends', () => {
  it('HAProxy finds it alive with `option httpchk`', {skip: process.env.HAPROXY ? false : 'no HAPROXY'}, async t => {
    const {port} = await proxy(t);
    const front = await freePort();
    const configuration = `
defaults
  mode http
  timeout connect 2s
  timeout client 10s
  timeout server 10s
frontend front
  bind 127.0.0.1:${front}
  stats enable
  stats uri /stats
  default_backend greenroom
backend greenroom
  option httpchk GET /healthz
  server one 127.0.0.1:${port} check inter 200ms fall 1
`;
    const child = spawn(process.env.HAPROXY!, ['-f', await file(t, 'haproxy.cfg', configuration), '-db'], {
      stdio: 'ignore',
    });
    t.after(() => child.kill('SIGKILL'));
    await untilAnswers(200, `http://127.0.0.1:${front}/rooms`, PAGE);
    const stats = async () => (await fetch(`http://127.0.0.1:${front}/stats;csv`)).text();
    let checked = await stats();
    for (const end = Date.now() + 20_000; !/,L7OK,/.test(checked); checked = await stats()) {
      assert.doesNotMatch(checked, /,L7STS,|,L7RSP,|,L7TOUT,/);
      assert.ok(Date.now() < end, checked);
    }
  });

  it(
    'nginx, with the block of demo/servers, passes on the host of the page',
    {skip: process.env.NGINX ? false : 'no NGINX'},
    async t => {
      const {port} = await proxy(t, {TRUSTED_PROXIES: '127.0.0.1', MOUNT: '/api'});
      const front = await freePort();
      const at = await folder(t);
      const block = readFileSync('demo/servers/nginx.conf', 'utf8').replace('127.0.0.1:8787', `127.0.0.1:${port}`);
      const configuration = `
daemon off; master_process off; pid ${join(at, 'pid')}; error_log stderr;
events {}
http {
  access_log off; client_body_temp_path ${at}; proxy_temp_path ${at}; fastcgi_temp_path ${at}; uwsgi_temp_path ${at};
  scgi_temp_path ${at};
  server {
    listen 127.0.0.1:${front};
    ${block}
  }
}`;
      const args = ['-c', await file(t, 'nginx.conf', configuration), '-p', at];
      const child = spawn(process.env.NGINX!, args, {stdio: 'ignore'});
      t.after(() => child.kill('SIGKILL'));
      await untilAnswers(200, `http://127.0.0.1:${front}/api/rooms`, PAGE);
      const lines = ['x-rooms-client: test', 'connection: close'];
      assert.match(
        await raw(t, {port: front}, 'GET /api/rooms HTTP/1.1', 'Host: shop.example', ...lines),
        /^HTTP\/1.1 200 /,
      );
      assert.match(
        await raw(t, {port: front}, 'GET /api/rooms HTTP/1.1', 'Host: evil.example', ...lines),
        /^HTTP\/1.1 421 /,
      );
      const findings = await examine({env: {}, proxy: `http://127.0.0.1:${front}/api`, origin: ORIGIN});
      assert.deepEqual(
        findings.filter(({ok}) => !ok),
        [],
      );
    },
  );

  for (const path of ['/healthz', '/livez']) {
    it(`${path} answers HTTP/1.0, and any host or none`, async t => {
      const at = await proxy(t);
      assert.match(await raw(t, at, `GET ${path} HTTP/1.0`), /^HTTP\/1.1 200 /);
      assert.match(await raw(t, at, `HEAD ${path} HTTP/1.0`), /^HTTP\/1.1 200 /);
      // As HAProxy does with `option httpchk /healthz`.
      assert.match(await raw(t, at, `OPTIONS ${path} HTTP/1.0`), /^HTTP\/1.1 200 /);
      for (const host of [
        '256.256.256.256',
        '1.2.3.4.5',
        'xn--a',
        'a b',
        '[::1',
        'evil.example',
        '10.0.0.7:8787',
        '',
      ]) {
        const [status] = statuses(await raw(t, at, `GET ${path} HTTP/1.1`, `Host: ${host}`));
        assert.equal(status, 200, host);
      }
    });
  }

  it('a host that is none gets 400, and is never our fault', async t => {
    const at = await proxy(t, {HOST: '0.0.0.0'});
    const bad = ['256.256.256.256', '1.2.3.4.5', 'xn--a', 'a b', '[::1', 'localhost:99999', 'localhost/x', 'a@b', ''];
    for (const host of bad) {
      const [status] = statuses(await raw(t, at, 'GET /rooms HTTP/1.1', `Host: ${host}`, 'x-rooms-client: test'));
      assert.equal(status, 400, host);
    }
    assert.deepEqual(statuses(await raw(t, at, 'GET /rooms HTTP/1.0', 'x-rooms-client: test')), [400]);
    assert.deepEqual(statuses(await raw(t, at, 'GET http://256.256.256.256/rooms HTTP/1.1', 'Host: a')), [400]);
  });

  it('a page that leads its own name to this machine reads nothing', async t => {
    const at = await proxy(t);
    const ask = async (host: string) =>
      statuses(await raw(t, at, 'GET /rooms HTTP/1.1', `Host: ${host}`, 'x-rooms-client: x'))[0];
    for (const host of ['127.0.0.1', 'localhost:8787', 'a.localhost', '[::1]:8787', 'shop.example']) {
      assert.equal(await ask(host), 200, host);
    }
    for (const host of ['evil.example', 'shop.example.evil.example', '0.0.0.0', 'localhost.evil.example']) {
      assert.equal(await ask(host), 421, host);
    }
  });

  it('HOSTS says which hosts are answered at any address', async t => {
    const at = await proxy(t, {HOST: '0.0.0.0', HOSTS: 'api.shop.example'});
    const ask = async (host: string) =>
      statuses(await raw(t, at, 'GET /rooms HTTP/1.1', `Host: ${host}`, 'x-rooms-client: x'))[0];
    assert.deepEqual([await ask('API.shop.example:443'), await ask('shop.example')], [200, 421]);
    const open = await proxy(t, {HOST: '0.0.0.0'});
    assert.deepEqual(
      statuses(await raw(t, open, 'GET /rooms HTTP/1.1', 'Host: any.example', 'x-rooms-client: x')),
      [200],
    );
  });

  it('a connection waits for its next request for as long as KEEP_ALIVE_MS says, whatever the other timeouts', async t => {
    const at = await proxy(t, {KEEP_ALIVE_MS: '6000', HEADERS_TIMEOUT_MS: '200', REQUEST_TIMEOUT_MS: '400'});
    const connection = new Raw(t, at).send('GET /livez HTTP/1.1', 'Host: a', '', '');
    await connection.until(/"ok"/);
    // Both timeouts pass meanwhile.
    await new Raw(t, at).send('GET /livez HTTP/1.1', 'Host: a', '').closed;
    await new Raw(t, at).send('POST /rooms HTTP/1.1', 'Host: a', 'content-length: 9', '', '{').closed;
    connection.send('GET /livez HTTP/1.1', 'Host: a', '', '');
    await connection.until(/"ok"[^]*"ok"/);
    assert.match(connection.text, /keep-alive: timeout=6/i);
  });
});
