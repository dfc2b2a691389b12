import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {describe, it} from 'node:test';
import {exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWTPayload} from 'jose';
import {grantReader} from '../../../src/proxy/visitor/grants.js';
import {issueGrant, type Grant, type GrantKey, type GrantWish} from '../../../src/proxy/proxy.js';
import {ORIGIN, plain, recorded, start, WISH, type Asked} from '../../helpers/proxy/start.js';

const DAY = 86_400;
const SECRET = 'CANARY-SECRET-0123456789-0123456789';
const KEY: GrantKey = {
  kid: 'site',
  secret: SECRET,
  roles: ['participant', 'viewer'],
  rooms: ['lobby', 'gone'],
  origins: [ORIGIN, 'https://other.example'],
  maxLifetime: 30 * DAY,
};
const HOST: GrantKey = {...KEY, kid: 'host', roles: ['moderator'], rooms: '*', can: ['manage', 'users']};
const GRANTS = {audience: 'https://meet.example', keys: [KEY, HOST]};
const PERMISSION: GrantWish = {rooms: ['lobby'], roles: ['participant'], origins: [ORIGIN], lifetime: DAY};

const bearer = (grant: string, more: Asked = {}): Asked => ({
  ...more,
  headers: {...more.headers, authorization: `Bearer ${grant}`},
});

const seconds = () => Math.floor(Date.now() / 1000);
const claims = (but: object = {}) => {
  const {lifetime, ...permission} = PERMISSION;
  return {...permission, aud: GRANTS.audience, iat: seconds(), exp: seconds() + lifetime, ...but} as JWTPayload;
};
const HEADER = {alg: 'HS256', typ: 'room-grant+jwt', kid: 'site'};
const signed = (but: object = {}, header: object = {}, key: string | CryptoKey = SECRET) =>
  new SignJWT(claims(but))
    .setProtectedHeader({...HEADER, ...header})
    .sign(typeof key === 'string' ? new TextEncoder().encode(key) : key);

/** A text nobody would sign for us: each part as it is, and an HMAC over it. */
function forged(header: object, payload: object | string, secret: string | Buffer = SECRET): string {
  const part = (value: object | string) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(payload)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** A proxy that takes these grants and nothing else. */
const open = () => {
  const rooms = recorded();
  return {rooms, ...start(rooms, null, {authorize: undefined, grants: GRANTS})};
};

describe('a grant', () => {
  it('lets everybody who opens the page do what it says, and no more', async () => {
    const {rooms, ask, lines} = open();
    const grant = await issueGrant(GRANTS, PERMISSION);
    const {status, body} = await ask('POST', '/rooms/lobby/tokens', bearer(grant, {body: {role: 'participant'}}));
    const {name, user_ref} = body.participant as Record<string, string>;
    assert.deepEqual([status, name], [200, 'Guest']);
    assert.match(user_ref!, /^guest_[0-9a-f-]{36}$/);
    rooms.calls.length = 0;
    const REFUSED: [method: string, path: string, body: object | undefined, status: number][] = [
      ['POST', '/rooms/lobby/tokens', {...WISH, role: 'viewer'}, 403],
      ['POST', '/rooms/lobby/tokens', {...WISH, role: 'moderator'}, 403],
      ['POST', '/rooms/vault/tokens', WISH, 404],
      ['GET', '/rooms/vault', undefined, 404],
      ['GET', '/rooms/lobby/users', undefined, 403],
      ['POST', '/rooms', {name: 'Mine'}, 403],
      ['DELETE', '/rooms/lobby', undefined, 403],
    ];
    for (const [method, path, body, expected] of REFUSED) {
      assert.equal((await ask(method, path, bearer(grant, {body}))).status, expected, `${method} ${path}`);
    }
    assert.deepEqual([rooms.calls, lines], [[], []]);
  });

  it('carries a name and a reference, which the page cannot change', async () => {
    const {ask, rooms} = open();
    const grant = await issueGrant(GRANTS, {...PERMISSION, name: 'Ann Lee', user_ref: 'u7'});
    await ask('POST', '/rooms/lobby/tokens', bearer(grant, {body: {...WISH, name: 'Root', user_ref: 'admin'}}));
    assert.deepEqual(rooms.calls.at(-1)![2], {name: 'Ann Lee', role: 'participant', user_ref: 'u7'});
  });

  it('makes moderators and managers only if its key allows it', async () => {
    const {ask} = open();
    const wish: GrantWish = {...PERMISSION, kid: 'host', roles: ['moderator'], rooms: '*', can: ['manage', 'users']};
    const grant = await issueGrant(GRANTS, wish);
    const {status} = await ask('POST', '/rooms/vault/tokens', bearer(grant, {body: {...WISH, role: 'moderator'}}));
    assert.deepEqual([status, (await ask('DELETE', '/rooms/vault', bearer(grant))).status], [200, 200]);
  });

  it('may be signed with a private key whose public key the proxy has', async () => {
    for (const alg of ['ES256', 'EdDSA', 'RS256'] as const) {
      const {publicKey, privateKey} = await generateKeyPair(alg);
      const {secret: _, ...key} = KEY;
      for (const known of [await exportSPKI(publicKey), await exportJWK(publicKey)]) {
        const grants = {audience: GRANTS.audience, keys: [{...key, publicKey: known, alg}]};
        const {ask} = start(recorded(), null, {authorize: undefined, grants});
        assert.equal((await ask('GET', '/rooms', bearer(await signed({}, {alg}, privateKey)))).status, 200, alg);
        // What is public can be shared with anybody, so nobody may use it as a secret.
        const confused = forged(HEADER, claims(), typeof known === 'string' ? known : JSON.stringify(known));
        assert.equal((await ask('GET', '/rooms', bearer(confused))).status, 401);
      }
    }
  });

  it('tolerates a minute between the clocks, before and after', async () => {
    const read = grantReader(GRANTS, () => Date.UTC(2030, 0, 1));
    const now = Date.UTC(2030, 0, 1) / 1000;
    const at = (iat: number, exp: number, more = {}) => signed({iat, exp, ...more});
    assert.equal((await read(await at(now + 59, now + DAY, {nbf: now + 59}))).kid, 'site');
    assert.equal((await read(await at(now - DAY, now - 59))).kid, 'site');
    await assert.rejects(read(await at(now + 62, now + DAY)), {fault: 'early'});
    await assert.rejects(read(await at(now, now + DAY, {nbf: now + 62})), {fault: 'early'});
    await assert.rejects(read(await at(now - DAY, now - 62)), {fault: 'expired'});
  });

  it('works in a sandboxed frame, whose page has no origin to name, if the proxy lets such frames in', async () => {
    const grant = await issueGrant(GRANTS, PERMISSION);
    const asked = bearer(grant, {body: {role: 'participant'}, headers: {origin: 'null'}});
    assert.equal((await open().ask('POST', '/rooms/lobby/tokens', asked)).status, 403);
    const options = {authorize: undefined, grants: GRANTS, sandboxed: true};
    const {ask} = start(recorded(), null, options);
    assert.equal((await ask('POST', '/rooms/lobby/tokens', asked)).status, 200);
  });

  it('works only on the origins it names; reads from a page’s own origin need no Origin header', async () => {
    const {ask} = open();
    const grant = await issueGrant(GRANTS, PERMISSION);
    const headers = {origin: undefined};
    assert.equal((await ask('GET', '/rooms', bearer(grant, {headers}))).status, 200);
    assert.equal((await ask('POST', '/rooms/lobby/tokens', bearer(grant, {headers, body: WISH}))).status, 401);
  });

  it('has an id that tells nothing of it, and is the same each time', async () => {
    const read = grantReader(GRANTS);
    const [one, two] = await Promise.all([signed(), signed({name: 'Ann'})]);
    assert.equal((await read(one)).id, (await read(one)).id);
    assert.notEqual((await read(one)).id, (await read(two)).id);
    assert.match((await read(one)).id, /^[\w-]{22}$/);
  });
});

describe('forged grant: a bad grant', () => {
  const {kid: _, ...noKid} = HEADER;
  const {typ: __, ...noTyp} = HEADER;
  const without = (name: string) => signed({[name]: undefined});
  const ALIEN = 'another-secret-0123456789-0123456789';
  const BAD: [what: string, grant: () => string | Promise<string>, reason: string][] = [
    ['of alg none', () => `${forged({...HEADER, alg: 'none'}, claims()).replace(/[^.]*$/, '')}`, 'alg, key site'],
    ['of another alg than its key’s', () => signed({}, {alg: 'HS512'}, SECRET.repeat(2)), 'alg, key site'],
    ['of another typ', () => signed({}, {typ: 'JWT'}), 'typ'],
    ['of no typ', () => forged(noTyp, claims()), 'typ'],
    ['expired', () => signed({iat: seconds() - DAY, exp: seconds() - 120}), 'expired, key site'],
    ['not valid yet', () => signed({nbf: seconds() + 120}), 'early, key site'],
    ['issued in the future', () => signed({iat: seconds() + 120}), 'early, key site'],
    ['for another audience', () => signed({aud: 'https://other.example'}), 'audience, key site'],
    ['signed with a secret we do not know', () => signed({}, {}, ALIEN), 'signature, key site'],
    ['altered after it was signed', async () => altered(await signed()), 'signature, key site'],
    ['of a key we do not know', () => signed({}, {kid: 'CANARY-KID'}), 'kid'],
    ['of no key', () => forged(noKid, claims()), 'kid'],
    ['for a moderator under a key for participants', () => signed({roles: ['moderator']}), 'roles, key site'],
    ['for a moderator beside others', () => signed({roles: ['participant', 'moderator']}), 'roles, key site'],
    ['for a room its key does not open', () => signed({rooms: ['lobby', 'vault']}), 'rooms, key site'],
    ['for all rooms under a key for some', () => signed({rooms: '*'}), 'rooms, key site'],
    ['for a right its key does not give', () => signed({can: ['users']}), 'can, key site'],
    ['for a page its key does not allow', () => signed({origins: ['https://evil.example']}), 'origins, key site'],
    ['for longer than its key allows', () => signed({exp: seconds() + 31 * DAY}), 'lifetime, key site'],
    ['for other pages than the one that shows it', () => signed({origins: [KEY.origins[1]]}), 'origin, key site'],
    ['of 5 KB', () => signed({name: 'x'.repeat(5000)}), 'length'],
    ['without an end', () => without('exp'), 'claims, key site'],
    ['without a beginning', () => without('iat'), 'claims, key site'],
    ['without an audience', () => without('aud'), 'audience, key site'],
    ['without pages', () => without('origins'), 'claims, key site'],
    ['for no role', () => signed({roles: []}), 'claims, key site'],
    ['for a role there is none of', () => signed({roles: ['Participant']}), 'claims, key site'],
    ['for a room that climbs', () => signed({rooms: ['..']}), 'claims, key site'],
    ['with a name of two lines', () => signed({name: 'Ann\nroot'}), 'claims, key site'],
    [
      'with what must be understood and is not',
      () => forged({...HEADER, crit: ['x'], x: 1}, claims()),
      'form, key site',
    ],
    ['whose claims are no JSON', () => forged(HEADER, '{"CANARY'), 'form, key site'],
    ['whose claims are a list', () => forged(HEADER, [claims()]), 'form, key site'],
    ['that is words', () => 'CANARY of words', 'form'],
    ['that is empty', () => '', 'form'],
  ];

  it('names in the log the claim that is wrong, and says what it must be', async () => {
    const RULES: [but: object, header: object, rule: RegExp][] = [
      [{}, {typ: 'JWT'}, /typ in its header must be room-grant\+jwt\.$/],
      [{}, {kid: 'other'}, /kid in its header must be one of site, host\.$/],
      [{aud: 'x'}, {}, /aud must be https:\/\/meet\.example\.$/],
      [{exp: undefined}, {}, /exp must be the time of its end, a number of seconds since 1970\.$/],
      [{exp: String(seconds() + 60)}, {}, /exp must be the time of its end, a number of seconds/],
      [{iat: Date.now()}, {}, /iat must not be in the future\. It is a number of seconds/],
      [{exp: Date.now()}, {}, /exp must be at most 2592000 seconds after iat\.$/],
      [{rooms: 'lobby'}, {}, /rooms must be a list of 1 to 200 ids/],
      [{roles: 'viewer'}, {}, /roles must be a list of roles: moderator/],
      [{origins: [`${ORIGIN}/`]}, {}, /origins must be a list of 1 to 50 origins as a browser sends them/],
      [{can: 'users'}, {}, /can must be a list of the rights manage and users, or left out\.$/],
      [{can: ['users']}, {}, /can must be left out\.$/],
      [{name: 7}, {}, /name must be text of 1 to 200/],
      [{user_ref: 7}, {}, /user_ref must be text of 1 to 200/],
      [{roles: ['moderator']}, {}, /roles must be among participant, viewer\.$/],
      [{rooms: '*'}, {}, /rooms must be among lobby, gone\.$/],
      [{origins: ['https://other.example']}, {}, /origins must name the origin of the page that sends it\.$/],
    ];
    for (const [but, header, rule] of RULES) {
      const {ask, lines} = open();
      assert.equal(
        (await ask('POST', '/rooms/lobby/tokens', bearer(await signed(but, header), {body: WISH}))).status,
        401,
      );
      assert.match(lines[0]!.message, rule);
    }
    const {ask, lines} = open();
    const decoded = forged(HEADER, claims(), Buffer.from(SECRET, 'base64'));
    await ask('GET', '/rooms', bearer(decoded));
    assert.match(lines[0]!.message, /A secret is text: use its bytes as they are, and decode nothing\.$/);
  });

  const answers = new Set<string>();
  for (const [what, make, reason] of BAD) {
    it(`is one ${what}: 401, no call upstream, no guest, nothing of it in the log`, async () => {
      const rooms = recorded();
      const guests = {roles: ['viewer' as const]};
      const {ask, lines} = start(rooms, null, {authorize: undefined, guests, grants: GRANTS});
      const grant = await make();
      for (const [method, path, body] of [
        ['GET', '/rooms', undefined],
        ['POST', '/rooms/lobby/tokens', {...WISH, role: 'viewer'}],
      ] as const) {
        const {status, text} = await ask(method, path, bearer(grant, {body}));
        assert.equal(status, 401);
        answers.add(text);
        assert.doesNotMatch(text + JSON.stringify(lines), /CANARY/);
        if (grant) assert.ok(!(text + JSON.stringify(lines)).includes(grant));
      }
      assert.deepEqual(rooms.calls, []);
      assert.deepEqual(
        lines.map(({level, operation, message}) => [level, operation, message.split('. ')[0]]),
        Array(2).fill(['warn', 'grant', `A grant was refused: ${reason}`]),
      );
      // Whatever is wrong with it, whoever tries one out is told the same.
      assert.equal(answers.size, 1);
    });
  }

  it('is one with a claim twice in its text: the later one counts, within the limits of the key', async () => {
    const twice = JSON.stringify(claims()).replace('{', '{"roles":["moderator"],"__proto__":{"can":["manage"]},');
    const read = grantReader(GRANTS);
    const {roles, can} = await read(forged(HEADER, twice));
    assert.deepEqual([roles, can], [['participant'], []]);
    const last = JSON.stringify(claims()).replace(/\}$/, ',"roles":["moderator"]}');
    await assert.rejects(read(forged(HEADER, last)), {fault: 'roles', code: 'unauthorized'});
  });
});

const altered = (grant: string) => {
  const [header, , signature] = grant.split('.');
  const payload = Buffer.from(JSON.stringify(claims({name: 'Root'}))).toString('base64url');
  return [header, payload, signature].join('.');
};

describe('a new grant', () => {
  const BEYOND: [wish: Partial<GrantWish>, key: string, says: RegExp][] = [
    [{roles: ['participant', 'moderator']}, 'roles', /key site does not allow .* roles: moderator\./],
    [{rooms: '*'}, 'rooms', /rooms: \*/],
    [{rooms: ['lobby', 'vault']}, 'rooms', /rooms: vault/],
    [{can: ['manage']}, 'can', /can: manage/],
    [{origins: ['https://evil.example']}, 'origins', /evil\.example/],
    [{lifetime: 31 * DAY}, 'lifetime', /lifetime: 2678400 seconds/],
    [{kid: 'unknown'}, 'kid', /no such key/],
    [{roles: []}, 'roles', /Invalid value: roles/],
    [{name: 'Ann\nroot'}, 'name', /Invalid value: name/],
    [{lifetime: NaN}, 'lifetime', /Invalid value: lifetime/],
    [{lifetime: 0}, 'lifetime', /Invalid value: lifetime/],
  ];
  for (const [wish, key, says] of BEYOND) {
    it(`is not signed when the proxy would refuse it: ${JSON.stringify(wish)}`, async () => {
      await assert.rejects(issueGrant(GRANTS, {...PERMISSION, ...wish}), {code: 'invalid', key, message: says});
    });
  }

  it('is not signed with a key that only verifies, and not when it is too long to be read', async () => {
    const {secret: _, ...key} = KEY;
    const {publicKey} = await generateKeyPair('ES256');
    const grants = {...GRANTS, keys: [{...key, publicKey: await exportSPKI(publicKey), alg: 'ES256' as const}]};
    await assert.rejects(issueGrant(grants, {...PERMISSION, kid: 'site'}), {key: 'kid', message: /only verifies/});
    const rooms = Array.from({length: 100}, (_, at) => `${'x'.repeat(60)}${at}`);
    const wish = {...PERMISSION, kid: 'host', roles: ['moderator' as const], rooms};
    await assert.rejects(issueGrant(GRANTS, wish), {message: /longer than 4096/});
  });
});

describe('a grant and authorize', () => {
  const guests = {roles: ['viewer' as const]};

  it('are combined by the hook, which gets the verified grant', async () => {
    const told: (Grant | undefined)[] = [];
    const who = (grant?: Grant) => (told.push(grant), grant ? plain({rooms: grant.rooms, name: 'Ann'}) : null);
    const rooms = recorded();
    const {ask} = start(rooms, null, {authorize: (_, {grant}) => who(grant), grants: GRANTS});
    await ask('POST', '/rooms/lobby/tokens', bearer(await signed({user_ref: 'x'}), {body: {...WISH, role: 'viewer'}}));
    assert.deepEqual(rooms.calls.at(-1)![2], {name: 'Ann', role: 'viewer', user_ref: 'u1'});
    assert.deepEqual([told[0]!.kid, told[0]!.rooms, told[0]!.user_ref], ['site', ['lobby'], 'x']);
    assert.ok(Object.isFrozen(told[0]) && Object.isFrozen(told[0]!.rooms));
    assert.equal((await ask('GET', '/rooms')).status, 401);
    assert.equal(told[1], undefined);
  });

  it('leave the decision to the grant when the hook returns null', async () => {
    const {ask} = start(recorded(), null, {grants: GRANTS, guests});
    assert.equal((await ask('POST', '/rooms/lobby/tokens', bearer(await signed(), {body: WISH}))).status, 200);
  });

  it('never ask the hook about a bad grant', async () => {
    let asked = 0;
    const {ask} = start(recorded(), null, {authorize: () => (asked++, plain()), grants: GRANTS, guests});
    assert.equal((await ask('GET', '/rooms', bearer(await signed({roles: ['moderator']})))).status, 401);
    assert.equal(asked, 0);
  });

  it('let the hook accept a token that is no grant; if it does not, the visitor is not a guest either', async () => {
    for (const token of ['session-7', await signed({}, {typ: 'JWT'}), 'x'.repeat(5000)]) {
      const known = start(recorded(), null, {authorize: () => plain(), grants: GRANTS, guests});
      assert.equal((await known.ask('GET', '/rooms', bearer(token))).status, 200);
      const unknown = start(recorded(), null, {grants: GRANTS, guests});
      assert.equal((await unknown.ask('GET', '/rooms', bearer(token))).status, 401);
    }
  });
});
