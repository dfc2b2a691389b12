import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, it, type TestContext} from 'node:test';
import type {Environment} from '../../../src/proxy/node/environment.js';
import {command, environment, platform} from '../../helpers/proxy/command.js';

/** An egress proxy, and the hosts that it was asked for. It leads nowhere. */
async function egress(t: TestContext) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    response.writeHead(502).end();
  });
  server.on('connect', ({url}, socket) => {
    asked.push(url!);
    socket.on('error', () => {});
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return {asked, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`};
}

/** Runs the doctor, which asks the platform and the issuer. Returns what it prints. */
async function doctor(t: TestContext, env: Environment) {
  const {told, ended} = command(t, ['doctor'], env);
  await ended;
  return told.out;
}

const JWT = {JWT_ISSUER: 'iss', JWT_AUDIENCE: 'aud', JWT_ALGORITHMS: 'RS256', USER_REFS: 'plain'};
const AWAY = environment('https://platform.invalid/v2', {...JWT, JWT_JWKS: 'https://login.invalid/jwks'});

describe('Proxy ↔ egress proxy', () => {
  it('HTTPS_PROXY leads to the platform and to the issuer', async t => {
    const {asked, address} = await egress(t);
    await doctor(t, {...AWAY, HTTPS_PROXY: address});
    assert.deepEqual([...new Set(asked)].sort(), ['login.invalid:443', 'platform.invalid:443']);
  });

  it('not for hosts in NO_PROXY', async t => {
    const {asked, address} = await egress(t);
    await doctor(t, {...AWAY, HTTPS_PROXY: address, NO_PROXY: 'platform.invalid, other.example'});
    assert.deepEqual([...new Set(asked)], ['login.invalid:443']);
    await doctor(t, {...AWAY, https_proxy: address, no_proxy: '*'});
    assert.equal(new Set(asked).size, 1);
  });

  it('not for this machine', async t => {
    const {asked, address} = await egress(t);
    const {url} = await platform(t);
    const said = await doctor(t, environment(url, {HTTP_PROXY: address, HTTPS_PROXY: address}));
    assert.match(said, /^ok +PLATFORM_URL/m);
    assert.deepEqual(asked, []);
  });
});
