import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {connect, type AddressInfo, type Socket} from 'node:net';
import {join} from 'node:path';
import {describe, it, type TestContext} from 'node:test';
import {createServer as createTlsServer} from 'node:tls';
import type {Environment} from '../../../src/proxy/node/environment.js';
import {command, environment, folder, platform} from '../../helpers/proxy/command.js';

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

/** An egress proxy that leads each host to one port of this machine, and the hosts that it was asked for. */
async function tunnel(t: TestContext, port: number) {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', ({url}, socket: Socket, head) => {
    asked.push(url!);
    const behind = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      behind.write(head);
      socket.pipe(behind).pipe(socket);
    });
    for (const each of [socket, behind]) each.on('error', () => [socket, behind].forEach(end => end.destroy()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return {asked, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`};
}

/** TLS for a host in front of a port of this machine: the file of its certificate, and the port with TLS. */
async function certified(t: TestContext, host: string, plainPort: number) {
  const files = await folder(t);
  const [key, cert] = [join(files, 'key.pem'), join(files, 'cert.pem')];
  const request = `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${host} -addext subjectAltName=DNS:${host}`;
  execFileSync('openssl', [...request.split(' '), '-keyout', key, '-out', cert], {stdio: 'ignore'});
  const server = createTlsServer({key: readFileSync(key), cert: readFileSync(cert)}, socket => {
    const behind = connect(plainPort, '127.0.0.1');
    socket.pipe(behind).pipe(socket);
    for (const each of [socket, behind]) each.on('error', () => [socket, behind].forEach(end => end.destroy()));
  });
  // A client that does not trust the certificate breaks off.
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return {cert, port: (server.address() as AddressInfo).port};
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

  it('a whole call with TLS goes through it, with the certificate checked', async t => {
    const {url} = await platform(t);
    const {cert, port} = await certified(t, 'platform.example', Number(new URL(url).port));
    const {asked, address: HTTPS_PROXY} = await tunnel(t, port);
    const env = {...environment('https://platform.example'), HTTPS_PROXY};
    assert.match(await doctor(t, {...env, NODE_EXTRA_CA_CERTS: cert}), /^ok +PLATFORM_URL/m);
    assert.deepEqual([...new Set(asked)], ['platform.example:443']);
    assert.match(await doctor(t, env), /^problem +PLATFORM_URL: .*certificate/m);
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

  it('an address without a scheme is http', async t => {
    const {asked, address} = await egress(t);
    await doctor(t, {...AWAY, HTTPS_PROXY: ` ${new URL(address).host} `, https_proxy: ''});
    assert.deepEqual([...new Set(asked)].sort(), ['login.invalid:443', 'platform.invalid:443']);
  });

  it('what is no address of a proxy is told in one line, which does not quote it', async t => {
    for (const bad of ['http://CANARY:CANARY%@proxy.example', 'ftp://proxy.example', 'CANARY:CANARY@', 'http://']) {
      const {told, ended} = command(t, ['proxy'], {...AWAY, HTTPS_PROXY: bad});
      assert.equal(await ended, 1);
      assert.match(told.err, /HTTPS_PROXY: It is not the address of a proxy\./, bad);
      assert.doesNotMatch(told.err, /CANARY|^ +at /m);
    }
    const said = await doctor(t, {...AWAY, HTTP_PROXY: 'http://proxy example'});
    assert.match(said, /^problem +HTTP_PROXY: It is not the address of a proxy\.\n +HTTP_PROXY=http:/m);
  });
});
