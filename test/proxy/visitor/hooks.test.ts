import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, it, type TestContext} from 'node:test';
import {exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWTPayload} from 'jose';
import {headerAuthorize, jwtAuthorize, type Authorize, type Visitor} from '../../../src/proxy/proxy.js';
import {plain, recorded, start} from '../../helpers/proxy/start.js';

const ISSUER = 'https://id.example';
const SECRET = 'CANARY-SECRET-0123456789-0123456789';
const toVisitor = ({sub, name}: JWTPayload): Visitor | null =>
  sub === undefined ? null : plain({user_ref: sub, ...(typeof name === 'string' && {name})});
const BY_SECRET = {issuer: ISSUER, audience: 'shop', algorithms: ['HS256'], secret: SECRET, toVisitor};

const token = (claims: object = {}, header: object = {}, key: CryptoKey | string = SECRET) =>
  new SignJWT({iss: ISSUER, aud: 'shop', sub: 'ann', exp: Math.floor(Date.now() / 1000) + 3600, ...claims})
    .setProtectedHeader({alg: 'HS256', ...header})
    .sign(typeof key === 'string' ? new TextEncoder().encode(key) : key);

/** What a hook makes of a request: whom it knows, or that it throws. */
const ask = async (authorize: Authorize, headers: Record<string, string>) =>
  (await authorize(new Request('https://proxy.example/rooms', {headers}), {}))?.user_ref ?? null;
const bearer = (jwt: string) => ({authorization: `Bearer ${jwt}`});

/** An issuer's keys behind a real server; `answer` may be replaced on the way. */
async function issuer(t: TestContext) {
  const pair = await generateKeyPair('RS256');
  const keys = {keys: [{...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256'}]};
  const state = {asked: 0, status: 200, body: JSON.stringify(keys)};
  const server = createServer((_, response) => {
    state.asked++;
    response.writeHead(state.status, {'content-type': 'application/json', location: 'https://evil.example'});
    response.end(state.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  const {secret: _, ...rest} = BY_SECRET;
  return {pair, state, options: {...rest, jwks, algorithms: ['RS256']}};
}

describe('jwtAuthorize', () => {
  const hook = jwtAuthorize(BY_SECRET);

  it('knows a visitor by a signed token for this audience that has not expired', async () => {
    assert.equal(await ask(hook, bearer(await token())), 'ann');
    assert.equal(await ask(hook, bearer(await token({aud: ['else', 'shop'], exp: Date.now() / 1000 - 50}))), 'ann');
  });

  it('works in a whole proxy', async () => {
    const rooms = recorded();
    const {ask} = start(rooms, null, {authorize: hook});
    const headers = bearer(await token({name: 'Ann Lee'}));
    const {body} = await ask('POST', '/rooms/lobby/tokens', {headers, body: {role: 'viewer'}});
    assert.deepEqual(body.participant, {name: 'Ann Lee', role: 'viewer', user_ref: 'ann'});
    assert.equal((await ask('GET', '/rooms')).status, 401);
  });

  const nobody: [what: string, jwt: () => string | Promise<string>][] = [
    ['none', () => ''],
    ['one that is no JWT', () => 'CANARY'],
    ['one of another issuer', () => token({iss: 'https://evil.example'})],
    ['one for another application', () => token({aud: 'else'})],
    ['one without an end', () => token({exp: undefined})],
    ['one that is over', () => token({exp: Date.now() / 1000 - 120})],
    ['one that is not valid yet', () => token({nbf: Date.now() / 1000 + 120})],
    ['one of another algorithm', () => token({}, {alg: 'HS512'}, SECRET.repeat(2))],
    ['one of alg none', async () => (await token()).replace(/^[^.]*/, btoa('{"alg":"none"}')).replace(/[^.]*$/, '')],
    ['one signed with another secret', () => token({}, {}, SECRET.replace('CANARY', 'ANOTHER'))],
    ['one that toVisitor does not know', () => token({sub: undefined})],
  ];
  for (const [what, jwt] of nobody) {
    it(`knows nobody by ${what}`, async () => assert.equal(await ask(hook, bearer(await jwt())), null));
  }

  it('reads the cookie of the option, and nothing else', async () => {
    const byCookie = jwtAuthorize({...BY_SECRET, cookie: 'session'});
    const jwt = await token();
    assert.equal(await ask(byCookie, {cookie: `a=b=c; session=${jwt}; sessions=x`}), 'ann');
    assert.equal(await ask(byCookie, {cookie: `session="${jwt}"`}), 'ann');
    assert.equal(await ask(byCookie, {cookie: `xsession=${jwt}; session`, ...bearer(jwt)}), null);
    assert.equal(await ask(hook, {cookie: `session=${jwt}`}), null);
  });

  it('takes the public key of a pair, and never uses it as a secret', async () => {
    const {publicKey, privateKey} = await generateKeyPair('ES256');
    const pem = await exportSPKI(publicKey);
    const {secret: _, ...rest} = BY_SECRET;
    for (const key of [pem, await exportJWK(publicKey)]) {
      const known = jwtAuthorize({...rest, publicKey: key, algorithms: ['ES256']});
      assert.equal(await ask(known, bearer(await token({}, {alg: 'ES256'}, privateKey))), 'ann');
      assert.equal(await ask(known, bearer(await token({}, {alg: 'HS256'}, pem))), null);
    }
  });

  it('fetches the issuer’s keys once for many requests', async t => {
    const {pair, state, options} = await issuer(t);
    const known = jwtAuthorize(options);
    const jwt = await token({}, {alg: 'RS256', kid: 'one'}, pair.privateKey);
    const all = await Promise.all(Array.from({length: 20}, () => ask(known, bearer(jwt))));
    assert.deepEqual([all, state.asked], [Array(20).fill('ann'), 1]);
    const other = await generateKeyPair('RS256');
    assert.equal(await ask(known, bearer(await token({}, {alg: 'RS256', kid: 'two'}, other.privateKey))), null);
    assert.equal(await ask(known, bearer(await token({}, {alg: 'RS256', kid: 'one'}, other.privateKey))), null);
    assert.equal(state.asked, 1);
  });

  it('lets nobody in while the keys cannot be fetched, not even as a guest, and recovers', async t => {
    const {pair, state, options} = await issuer(t);
    const proxy = start(recorded(), null, {authorize: jwtAuthorize(options), guests: {roles: ['viewer']}});
    const headers = bearer(await token({}, {alg: 'RS256', kid: 'one'}, pair.privateKey));
    const {body} = state;
    for (const fault of [{status: 500}, {status: 302}, {body: '<html>'}, {body: '{}'}]) {
      Object.assign(state, {status: 200, body}, fault);
      assert.equal((await proxy.ask('GET', '/rooms', {headers})).status, 503, JSON.stringify(fault));
    }
    assert.equal(proxy.lines.length, 4);
    Object.assign(state, {status: 200, body});
    assert.equal((await proxy.ask('GET', '/rooms', {headers})).status, 200);
    assert.equal((await proxy.ask('GET', '/rooms')).status, 200);
  });

  const BAD: [key: string, options: object][] = [
    ['jwks', {secret: undefined}],
    ['jwks', {jwks: 'https://id.example/jwks'}],
    ['jwks', {secret: undefined, jwks: 'http://id.example/jwks'}],
    ['jwks', {secret: undefined, jwks: 'https://me:pw@id.example/jwks'}],
    ['jwks', {secret: undefined, jwks: 'jwks'}],
    ['secret', {secret: 'five!'}],
    ['publicKey', {secret: undefined, publicKey: '-----BEGIN PRIVATE KEY-----', algorithms: ['RS256']}],
    ['publicKey', {secret: undefined, publicKey: {kty: 'RSA', d: 'x'}, algorithms: ['RS256']}],
    ['algorithms', {algorithms: undefined}],
    ['algorithms', {algorithms: []}],
    ['algorithms', {algorithms: ['none']}],
    ['algorithms', {algorithms: ['HS256', 'RS256']}],
    ['algorithms', {secret: undefined, jwks: 'https://id.example/jwks', algorithms: ['HS256']}],
    ['issuer', {issuer: ''}],
    ['audience', {audience: undefined}],
    ['cookie', {cookie: 'a=b'}],
    ['toVisitor', {toVisitor: undefined}],
  ];
  for (const [key, but] of BAD) {
    it(`refuses to start with ${JSON.stringify(but)}`, () => {
      const options = {...BY_SECRET, ...but} as typeof BY_SECRET;
      assert.throws(() => jwtAuthorize(options), {code: 'misconfigured', key, message: /\.$/});
    });
  }
});

describe('headerAuthorize', () => {
  const OPTIONS = {header: 'X-Forwarded-User', secretHeader: 'x-proxy-secret', secret: SECRET};
  const hook = headerAuthorize({...OPTIONS, toVisitor: user => plain({user_ref: user})});
  const said = (user: string, secret?: string) => ({
    'x-forwarded-user': user,
    ...(secret !== undefined && {'x-proxy-secret': secret}),
  });

  it('knows a visitor by the header of an identity proxy that has sent the secret', async () => {
    assert.equal(await ask(hook, said('ann@shop.example', SECRET)), 'ann@shop.example');
  });

  for (const [what, headers] of [
    ['nothing', {}],
    ['the proof alone', {'x-proxy-secret': SECRET}],
    ['a header that anybody could write', said('ann')],
    ['a wrong proof', said('ann', SECRET.replace('9', '8'))],
    ['half a proof', said('ann', SECRET.slice(0, -1))],
    ['an empty proof', said('ann', '')],
    ['an empty header', said('', SECRET)],
    ['two headers, of which the proxy wrote one', said('root, ann', SECRET)],
    ['two proofs', said('ann', `${SECRET}, ${SECRET}`)],
  ] as [string, Record<string, string>][]) {
    it(`knows nobody by ${what}`, async () => assert.equal(await ask(hook, headers), null));
  }

  it('passes the other headers on, such as groups', async () => {
    const byGroup = headerAuthorize({
      ...OPTIONS,
      toVisitor: (user, headers) =>
        plain({user_ref: user, roles: headers.get('x-groups') === 'host' ? ['moderator'] : []}),
    });
    const request = new Request('https://proxy.example/rooms', {headers: {...said('ann', SECRET), 'x-groups': 'host'}});
    assert.deepEqual((await byGroup(request, {}))?.roles, ['moderator']);
  });

  for (const [key, but] of [
    ['secret', {secret: undefined}],
    ['secret', {secret: 'x'.repeat(31)}],
    ['secret', {secret: ` ${SECRET}`}],
    ['header', {header: 'a b'}],
    ['header', {header: undefined}],
    ['secretHeader', {secretHeader: ''}],
    ['secretHeader', {secretHeader: 'x-forwarded-user'}],
    ['toVisitor', {toVisitor: {}}],
  ] as [string, object][]) {
    it(`refuses to start with ${JSON.stringify(but)}`, () => {
      const options = {...OPTIONS, toVisitor: () => null, ...but} as Parameters<typeof headerAuthorize>[0];
      assert.throws(() => headerAuthorize(options), {code: 'misconfigured', key, message: /\.$/});
    });
  }
});

describe('the recipes', () => {
  // The shapes that the libraries have in public; what is proved is that their answers fit.
  interface BetterAuth {
    api: {getSession(asked: {headers: Headers}): Promise<{user: {id: string; name: string; email: string}} | null>};
  }
  type GetToken = (asked: {
    req: Request | {headers: Headers};
    secret: string;
    secureCookie?: boolean;
  }) => Promise<JWTPayload | null>;

  it('know people by a session of better-auth', async () => {
    const user = {id: 'ann', name: 'Ann', email: 'ann@shop.example'};
    const getSession = async ({headers}: {headers: Headers}) => (headers.get('cookie') === 'session=7' ? {user} : null);
    const auth: BetterAuth = {api: {getSession}};
    const authorize: Authorize = async ({headers}) => {
      const session = await auth.api.getSession({headers});
      return session && {user_ref: session.user.id, name: session.user.name, roles: ['participant'], rooms: '*'};
    };
    assert.equal(await ask(authorize, {cookie: 'session=7'}), 'ann');
    assert.equal(await ask(authorize, {}), null);
  });

  it('know people by a session of Auth.js', async () => {
    const getToken: GetToken = async ({req}) => (req.headers.get('cookie') === 'session=7' ? {sub: 'ann'} : null);
    const authorize: Authorize = async request => {
      const session = await getToken({req: request, secret: SECRET, secureCookie: true});
      return session?.sub ? {user_ref: session.sub, roles: ['participant'], rooms: '*'} : null;
    };
    assert.equal(await ask(authorize, {cookie: 'session=7'}), 'ann');
    assert.equal(await ask(authorize, {}), null);
  });
});
