import assert from 'node:assert/strict';
import {hkdfSync} from 'node:crypto';
import {describe, it} from 'node:test';
import {EncryptJWT, jwtDecrypt} from 'jose';
import {issueGrant, type Authorize, type TokenProxyOptions} from '../../../src/proxy/proxy.js';
import {authjsRecipe, betterAuthRecipe, type BetterAuth, type GetToken} from '../../helpers/proxy/recipes.js';
import {ORIGIN, recorded, start, WISH} from '../../helpers/proxy/start.js';

/** Asks for a token with these headers. */
async function tokenFor(authorize: Authorize, headers: Record<string, string>, body: object = WISH, more = {}) {
  const rooms = recorded();
  const {ask, lines} = start(rooms, null, {authorize, ...more} as Partial<TokenProxyOptions>);
  const {status, body: answer} = await ask('POST', '/rooms/lobby/tokens', {headers, body});
  return {status, participant: answer.participant, upstream: rooms.calls.length, lines};
}

const ANN = {user_ref: 'ann', name: 'Ann Lee', role: 'participant'};
const asRole = (role: string) => ({...WISH, role});

describe('the recipe for better-auth', () => {
  /** Returns sessions as `auth.api.getSession` does, by the cookie of the request. */
  const sessions = (users: Record<string, {name: string; role?: string}>): BetterAuth => ({
    api: {
      getSession: async ({headers, query}) => {
        assert.deepEqual(query, {disableRefresh: true});
        const [, id = ''] =
          /(?:^|; )(?:__Secure-)?better-auth\.session_token=(\w+)\./.exec(headers.get('cookie') ?? '') ?? [];
        const user = Object.hasOwn(users, id) ? users[id]! : undefined;
        const session = {id: 's1', userId: id, token: 'CANARY-TOKEN', expiresAt: new Date(Date.now() + 60_000)};
        return user ? {session, user: {id, email: 'secret@shop.example', emailVerified: true, ...user}} : null;
      },
    },
  });
  const authorize = betterAuthRecipe(
    sessions({
      ann: {name: 'Ann Lee'},
      mo: {name: 'Mo', role: 'host'},
      eve: {name: 'Eve', role: 'HOST'},
      noname: {name: ''},
    }),
  );
  const cookie = (id: string) => ({cookie: `theme=dark; better-auth.session_token=${id}.c2lnbmF0dXJl`});

  it('gives a signed-in visitor their own reference and name', async () => {
    const {participant} = await tokenFor(authorize, cookie('ann'), {...WISH, name: 'Mallory', user_ref: 'mo'});
    assert.deepEqual(participant, ANN);
  });

  it('refuses a visitor without a session, and asks the platform nothing', async () => {
    for (const headers of [
      {},
      cookie('gone'),
      {cookie: 'better-auth.session_token=ann'},
      {authorization: 'Bearer ann.x'},
    ]) {
      const {status, upstream} = await tokenFor(authorize, headers as Record<string, string>);
      assert.deepEqual([status, upstream], [401, 0]);
    }
  });

  it('lets only hosts be moderators', async () => {
    assert.equal((await tokenFor(authorize, cookie('mo'), asRole('moderator'))).status, 200);
    assert.equal((await tokenFor(authorize, cookie('mo'))).status, 200);
    for (const id of ['ann', 'eve']) {
      assert.equal((await tokenFor(authorize, cookie(id), asRole('moderator'))).status, 403);
    }
  });

  it('needs a name from a visitor whose session has none', async () => {
    assert.equal((await tokenFor(authorize, cookie('noname'), {role: 'participant'})).status, 400);
    const {participant} = await tokenFor(authorize, cookie('noname'));
    assert.deepEqual(participant, {user_ref: 'noname', name: 'Ann', role: 'participant'});
  });

  it('lets nobody in while sessions cannot be read, not even as a guest', async () => {
    const down = betterAuthRecipe({api: {getSession: () => Promise.reject(new Error('CANARY database'))}});
    const {status, upstream, lines} = await tokenFor(down, cookie('ann'), WISH, {guests: {roles: ['participant']}});
    assert.deepEqual([status, upstream], [503, 0]);
    assert.doesNotMatch(JSON.stringify(lines), /CANARY/);
  });
});

describe('the recipe for Auth.js', () => {
  const SECRET = 'CANARY-SECRET-0123456789-0123456789';
  const COOKIE = '__Secure-authjs.session-token';
  const keyFor = (secret: string, salt: string) =>
    new Uint8Array(hkdfSync('sha256', secret, salt, `Auth.js Generated Encryption Key (${salt})`, 64));

  /** Encrypts a session as Auth.js puts it into its cookie. */
  const sealed = (claims: object, {secret = SECRET, ends = 3600} = {}) =>
    new EncryptJWT({...claims})
      .setProtectedHeader({alg: 'dir', enc: 'A256CBC-HS512'})
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + ends)
      .encrypt(keyFor(secret, COOKIE));

  /** Reads a session as `getToken` does: from the cookie, else from `Authorization`, where a bad percent code throws. */
  const getToken: GetToken = async ({req, secret, secureCookie}) => {
    assert.equal(secureCookie, true);
    const headers = new Headers(req.headers);
    const [, found] = new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(headers.get('cookie') ?? '') ?? [];
    const token = found ?? decodeURIComponent(headers.get('authorization')?.split(' ')[1] ?? '');
    if (!token) return null;
    return jwtDecrypt<{name?: string}>(token, keyFor(secret, COOKIE)).then(
      ({payload}) => payload,
      () => null,
    );
  };
  const authorize = authjsRecipe(getToken, SECRET);
  const signedIn = async (claims: object, options = {}) => ({
    cookie: `theme=dark; ${COOKIE}=${await sealed(claims, options)}`,
  });

  it('gives a signed-in visitor their own reference and name', async () => {
    const headers = await signedIn({sub: 'ann', name: 'Ann Lee', email: 'secret@shop.example'});
    assert.deepEqual((await tokenFor(authorize, headers, {...WISH, name: 'Mallory'})).participant, ANN);
  });

  it('refuses a session that has ended, has another secret, was changed, or names no user', async () => {
    const good = await signedIn({sub: 'ann'});
    const bad = [
      {},
      await signedIn({sub: 'ann'}, {ends: -120}),
      await signedIn({sub: 'ann'}, {secret: SECRET.replace('CANARY', 'ANOTHER')}),
      {cookie: good.cookie.slice(0, -6)},
      {cookie: good.cookie.replace('__Secure-', '')},
      await signedIn({name: 'Ann Lee'}),
    ];
    assert.equal((await tokenFor(authorize, good)).status, 200);
    for (const headers of bad) {
      const {status, upstream} = await tokenFor(authorize, headers as Record<string, string>);
      assert.deepEqual([status, upstream], [401, 0], JSON.stringify(headers));
    }
  });

  it('takes no session from the Authorization header, and does not fail on one', async () => {
    for (const bearer of [await sealed({sub: 'ann'}), '%zz', '']) {
      const {status} = await tokenFor(authorize, {authorization: `Bearer ${bearer}`});
      assert.equal(status, 401);
    }
  });

  it('works beside grants: a sign-in comes first, a visitor without one may use a grant', async () => {
    const key = {kid: 'k', secret: 'x'.repeat(32), roles: ['viewer' as const], rooms: '*' as const};
    const grants = {audience: 'a', keys: [{...key, origins: [ORIGIN], maxLifetime: 3600}]};
    const wish = {rooms: '*' as const, roles: ['viewer' as const], origins: [ORIGIN], lifetime: 60, name: 'Guest'};
    const authorization = `Bearer ${await issueGrant(grants, wish)}`;
    const viewer = await tokenFor(authorize, {authorization}, asRole('viewer'), {grants});
    assert.equal((viewer.participant as {name: string}).name, 'Guest');
    const headers = {authorization, ...(await signedIn({sub: 'ann', name: 'Ann Lee'}))};
    assert.deepEqual((await tokenFor(authorize, headers, WISH, {grants})).participant, ANN);
  });

  it('lets only hosts be moderators', async () => {
    const moderator = asRole('moderator');
    assert.equal((await tokenFor(authorize, await signedIn({sub: 'mo', host: true}), moderator)).status, 200);
    for (const host of [undefined, false, 'true', 1]) {
      assert.equal((await tokenFor(authorize, await signedIn({sub: 'ann', host}), moderator)).status, 403);
    }
  });
});
