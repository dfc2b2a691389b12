import assert from 'node:assert/strict';
import {join} from 'node:path';
import {describe, it, type TestContext} from 'node:test';
import {Raw, statuses} from '../../helpers/http/raw.js';
import {AUTHORIZED, start} from '../../helpers/platform/command.js';
import {command, folder} from '../../helpers/proxy/command.js';

/** `greenroom platform` with these options. */
async function platform(t: TestContext, args: string[] = [], env?: Record<string, string>) {
  return start(t, join(await folder(t), 'rooms.db'), args, env);
}

/** Sends a request as its lines say, and returns all that comes back. */
async function raw(t: TestContext, at: {port: number}, ...lines: string[]) {
  const connection = new Raw(t, at).send(...lines, 'Connection: close', '', '');
  await connection.closed;
  return connection.text;
}

const AUTHORIZATION = `authorization: ${AUTHORIZED.authorization}`;
const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

const NO_HOSTS = ['256.256.256.256', '1.2.3.4.5', 'xn--a', 'a b', '[::1', 'localhost:99999', 'localhost/x', 'a@b', ''];

describe('the platform behind front ends', {timeout: 240_000}, () => {
  it('/healthz and /livez answer HTTP/1.0, and any host or none', async t => {
    const at = await platform(t);
    for (const path of ['/healthz', '/livez']) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        assert.deepEqual(statuses(await raw(t, at, `${method} ${path} HTTP/1.0`)), [200], path);
      }
      for (const host of [...NO_HOSTS, 'evil.example', '10.0.0.7:4000']) {
        assert.deepEqual(statuses(await raw(t, at, `GET ${path} HTTP/1.1`, `Host: ${host}`)), [200], host);
      }
      assert.deepEqual(statuses(await raw(t, at, `GET ${path} HTTP/1.1`)), [200]);
      const whole = `GET http://10.0.0.7:4000${path} HTTP/1.1`;
      assert.deepEqual(statuses(await raw(t, at, whole, 'Host: 10.0.0.7:4000')), [200], whole);
    }
  });

  it('a host that is none gets 400 everywhere else, and is never our fault', async t => {
    const at = await platform(t, ['--allow-host', '0.0.0.0']);
    for (const host of NO_HOSTS) {
      const said = await raw(t, at, 'GET /v2/rooms HTTP/1.1', `Host: ${host}`, AUTHORIZATION);
      assert.deepEqual(statuses(said), [400], host);
      assert.match(said, /\r\n\r\n\{"result":19004,"error":"\[Reason\] /, host);
      assert.deepEqual(statuses(await raw(t, at, 'GET /v2/session HTTP/1.1', `Host: ${host}`, ...UPGRADE)), [400]);
    }
    assert.deepEqual(statuses(await raw(t, at, 'GET /v2/rooms HTTP/1.0', AUTHORIZATION)), [400]);
    const whole = 'GET http://256.256.256.256/v2/rooms HTTP/1.1';
    assert.deepEqual(statuses(await raw(t, at, whole, 'Host: a', AUTHORIZATION)), [400]);
    assert.equal(at.told.err.includes('"level":"error"'), false);
  });

  it('a page that leads its own name to this machine reaches neither rooms nor sessions', async t => {
    const at = await platform(t, ['--public-url', 'https://video.example']);
    const ask = async (host: string) => {
      const [rooms] = statuses(await raw(t, at, 'GET /v2/rooms HTTP/1.1', `Host: ${host}`, AUTHORIZATION));
      const session = new Raw(t, at).send('GET /v2/session HTTP/1.1', `Host: ${host}`, ...UPGRADE, '', '');
      await session.until(/\r\n\r\n/);
      return [rooms, ...statuses(session.text)];
    };
    for (const host of ['127.0.0.1', 'localhost:4000', 'a.localhost', '[::1]:4000', 'Video.example']) {
      assert.deepEqual(await ask(host), [200, 101], host);
    }
    for (const host of ['evil.example', 'video.example.evil.example', '0.0.0.0', 'localhost.evil.example']) {
      assert.deepEqual(await ask(host), [421, 421], host);
    }
  });

  it('--hosts and HOSTS say which hosts are answered at any address; without them any is', async t => {
    const rooms = async (at: {port: number}, host: string) =>
      statuses(await raw(t, at, 'GET /v2/rooms HTTP/1.1', `Host: ${host}`, AUTHORIZATION))[0];
    const listed = await platform(t, ['--allow-host', '0.0.0.0', '--hosts', 'video.example, other.example']);
    assert.deepEqual([await rooms(listed, 'VIDEO.example:443'), await rooms(listed, 'evil.example')], [200, 421]);
    const env = {APP_ID: 'shop', APP_KEY: 'CANARY-KEY-0123456789', HOSTS: 'video.example'};
    const named = await platform(t, ['--allow-host', '0.0.0.0'], env);
    assert.deepEqual([await rooms(named, 'video.example'), await rooms(named, 'other.example')], [200, 421]);
    assert.equal(await rooms(await platform(t, ['--allow-host', '0.0.0.0']), 'any.example'), 200);
  });

  it('a connection waits for its next request for as long as --keep-alive-ms says, whatever the other timeouts', async t => {
    const timeouts = ['--headers-timeout-ms', '200', '--request-timeout-ms', '400'];
    const at = await platform(t, ['--keep-alive-ms', '6000', ...timeouts]);
    const connection = new Raw(t, at).send('GET /livez HTTP/1.1', 'Host: a', '', '');
    await connection.until(/"ok"/);
    // Both timeouts pass meanwhile.
    await new Raw(t, at).send('GET /livez HTTP/1.1', 'Host: a', '').closed;
    await new Raw(t, at).send('POST /v2/rooms HTTP/1.1', 'Host: localhost', 'content-length: 9', '', '{').closed;
    connection.send('GET /livez HTTP/1.1', 'Host: a', '', '');
    await connection.until(/"ok"[^]*"ok"/);
    assert.match(connection.text, /keep-alive: timeout=6/i);
  });

  it('says which option or variable is wrong, and what it must be', async t => {
    const place = join(await folder(t), 'rooms.db');
    const refusals: [args: string[], env: Record<string, string>, sentence: RegExp][] = [
      [
        ['--keep-alive-ms', '999'],
        {},
        /^--keep-alive-ms is not a number of ms from 1000 to 3600000\.\nGive .*65000\.\n$/,
      ],
      [['--idle-timeout-ms', 'long'], {}, /^--idle-timeout-ms is not a number of ms from 1000 to 3600000\.\n/],
      [['--headers-timeout-ms', '-1'], {}, /^Option '--headers-timeout-ms' argument is ambiguous/],
      [[], {REQUEST_TIMEOUT_MS: '1e9'}, /^REQUEST_TIMEOUT_MS is not a number of ms from 100 to 300000\.\n/],
      [['--hosts', 'video.example:443'], {}, /^“video\.example:443” is not the name of a host, without a port\.\n/],
      [[], {HOSTS: 'https://video.example'}, /^“https:\/\/video\.example” is not the name of a host/],
    ];
    for (const [args, env, sentence] of refusals) {
      const {ended, told} = command(t, ['platform', '--port', '0', '--database', place, ...args], env);
      assert.notEqual(await ended, 0, args.join(' '));
      assert.match(told.err, sentence);
      assert.equal(told.out, '');
    }
  });
});
