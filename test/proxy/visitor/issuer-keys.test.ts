import assert from 'node:assert/strict';
import {generateKeyPairSync} from 'node:crypto';
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, it, type TestContext} from 'node:test';
import {errors, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK} from 'jose';
import {issuerKeys} from '../../../src/proxy/visitor/issuer-keys.js';
import type {LogEntry} from '../../../src/proxy/proxy.js';

const MINUTE = 60_000;
const RULES = {issuer: 'iss', algorithms: ['RS256']};

async function pair(kid?: string) {
  const {privateKey, publicKey} = await generateKeyPair('RS256', {extractable: true});
  const jwk: JWK = {...(await exportJWK(publicKey)), use: 'sig', alg: 'RS256', ...(kid && {kid})};
  return {privateKey, jwk};
}

const signed = (key: CryptoKey, kid?: string) =>
  new SignJWT({})
    .setProtectedHeader({alg: 'RS256', ...(kid && {kid})})
    .setIssuer('iss')
    .sign(key);

/** An issuer that publishes these keys, or answers 503, and a clock. */
async function issuer(t: TestContext, keys: JWK[]) {
  const world = {keys, away: false, now: 0, asked: 0, lines: [] as LogEntry[]};
  const server = createServer((_, response) => {
    world.asked++;
    if (world.away) response.writeHead(503).end();
    else response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify({keys: world.keys}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
  const {verify, ready} = issuerKeys(url, {clock: () => world.now});
  return {world, ready, verify: (token: string) => verify(token, RULES, line => world.lines.push(line))};
}

describe('the keys of an issuer', () => {
  it('without a kid are tried in turn', async t => {
    const [first, second, foreign] = [await pair(), await pair(), await pair()];
    const {verify} = await issuer(t, [first.jwk, second.jwk]);
    for (const {privateKey} of [first, second]) assert.equal((await verify(await signed(privateKey))).iss, 'iss');
    await assert.rejects(verify(await signed(foreign.privateKey)), errors.JWSSignatureVerificationFailed);
  });

  it('that nobody may use keep no other of the same name from being tried', async t => {
    const {privateKey, jwk} = await pair('one');
    const short = generateKeyPairSync('rsa', {modulusLength: 1024}).publicKey.export({format: 'jwk'});
    for (const unfit of [short, {kty: 'RSA', n: '!', e: '!'}]) {
      const {verify} = await issuer(t, [{...unfit, kid: 'one'} as JWK, jwk]);
      assert.equal((await verify(await signed(privateKey, 'one'))).iss, 'iss');
      await assert.rejects(
        verify(await signed((await pair()).privateKey, 'one')),
        errors.JWSSignatureVerificationFailed,
      );
    }
  });

  it('are used for a day while the issuer is away, and the log says it once', async t => {
    const {jwk, privateKey} = await pair('a');
    const {verify, world} = await issuer(t, [jwk]);
    const token = await signed(privateKey, 'a');
    await verify(token);
    world.away = true;
    for (const minutes of [11, 12, 60, 23 * 60]) {
      world.now = minutes * MINUTE;
      await verify(token);
    }
    assert.deepEqual(
      world.lines.map(({level}) => level),
      ['error'],
    );
    world.now = 24 * 60 * MINUTE;
    await assert.rejects(verify(token));
    world.away = false;
    await verify(token);
    assert.deepEqual(
      world.lines.map(({level}) => level),
      ['error', 'warn'],
    );
  });

  it('are asked for at most every half minute while the issuer is away', async t => {
    const {jwk, privateKey} = await pair('a');
    const {verify, world} = await issuer(t, [jwk]);
    const token = await signed(privateKey, 'a');
    await verify(token);
    world.away = true;
    world.now = 11 * MINUTE;
    for (let n = 0; n < 10; n++) await verify(token);
    assert.equal(world.asked, 2);
  });

  it('let nobody in before the first of them could be read', async t => {
    const {jwk, privateKey} = await pair('a');
    const {verify, ready, world} = await issuer(t, [jwk]);
    world.away = true;
    await assert.rejects(verify(await signed(privateKey, 'a')));
    await assert.rejects(ready());
    world.away = false;
    await ready();
    await verify(await signed(privateKey, 'a'));
  });
});
