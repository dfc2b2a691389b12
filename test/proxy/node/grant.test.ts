import assert from 'node:assert/strict';
import {mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, it, type TestContext} from 'node:test';
import {SignJWT, type JWTPayload} from 'jose';
import {issueGrant, type Grants} from '../../../src/proxy/proxy.js';
import {command} from '../../helpers/proxy/command.js';
import {ORIGIN, recorded, start} from '../../helpers/proxy/start.js';

const KEY = ['--audience', 'https://meet.example', '--roles', 'participant,viewer', '--rooms', 'lobby,gone'];

async function run(t: TestContext, args: string[], env: Record<string, string> = {}) {
  const {told, ended} = command(t, ['grant', ...args], env);
  const code = await ended;
  return {code, out: told.out, err: told.err};
}

/** A key made by the command, in a folder that is gone with the test. */
async function made(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-'));
  t.after(() => rm(folder, {recursive: true}));
  const file = join(folder, 'grants.json');
  const told = await run(t, ['key', '--file', file, ...KEY, '--origins', ORIGIN]);
  const text = await readFile(file, 'utf8');
  return {file, told, text, grants: JSON.parse(text) as Grants};
}

describe('greenroom grant key', () => {
  it('makes a key that only its owner can read, says where, and never overwrites one', async t => {
    const {file, told, text, grants} = await made(t);
    const [{secret, maxLifetime, roles}] = grants.keys as [Grants['keys'][number]];
    assert.equal(Buffer.from(secret!, 'base64url').length, 32);
    assert.deepEqual([told.code, maxLifetime, roles], [0, 30 * 86_400, ['participant', 'viewer']]);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.ok(told.out.includes(file) && !(told.out + told.err).includes(secret!));
    const again = await run(t, ['key', '--file', file, ...KEY, '--origins', ORIGIN]);
    assert.deepEqual([again.code, await readFile(file, 'utf8')], [1, text]);
  });

  it('says what is missing or wrong, and makes nothing', async t => {
    const missing = await run(t, ['key', '--file', '/nowhere/grants.json', ...KEY]);
    assert.match(missing.err, /--origins is missing/);
    const wrong = await run(t, ['key', '--file', '/nowhere/grants.json', ...KEY, '--origins', '*']);
    assert.match(wrong.err, /origins\.0 must list the origins/);
    const nowhere = await run(t, ['key', '--file', '/nowhere/grants.json', ...KEY, '--origins', ORIGIN]);
    assert.match(nowhere.err, /cannot be written \(ENOENT\)/);
    assert.deepEqual([missing.code, wrong.code, nowhere.code], [1, 1, 1]);
  });
});

describe('greenroom grant issue', () => {
  const WISH = ['--rooms', 'lobby', '--roles', 'participant', '--expires', '30d'];

  it('prints a grant that the proxy takes, and what to paste, apart from it', async t => {
    const {file, text, grants} = await made(t);
    for (const [args, env] of [
      [['--key-file', file], {}],
      [[], {GREENROOM_GRANT_KEY: text}],
    ] as const) {
      const {code, out, err} = await run(t, ['issue', ...args, ...WISH, '--endpoint', 'https://m.example/a?b="'], env);
      assert.equal(code, 0);
      const grant = out.trim();
      assert.match(grant, /^[\w-]+\.[\w-]+\.[\w-]+$/);
      const pasted = `<join-button endpoint="https://m.example/a?b=&quot;" grant="${grant}" room-id="lobby"></join-button>`;
      assert.ok(err.includes(pasted), err);
      const {ask} = start(recorded(), null, {authorize: undefined, grants});
      assert.equal((await ask('GET', '/rooms', {headers: {authorization: `Bearer ${grant}`}})).status, 200);
      assert.ok(!(out + err).includes(grants.keys[0]!.secret!));
    }
  });

  it('refuses what the key does not allow, and a wish it cannot read', async t => {
    const {file} = await made(t);
    const REFUSED: [args: string[], says: RegExp][] = [
      [['--rooms', 'lobby', '--roles', 'moderator', '--expires', '1d'], /does not allow this of roles: moderator/],
      [['--rooms', '*', '--roles', 'viewer', '--expires', '1d'], /rooms: \*/],
      [['--rooms', 'lobby', '--roles', 'viewer', '--expires', '31d'], /lifetime/],
      [['--rooms', 'lobby', '--roles', 'viewer', '--expires', 'soon'], /--expires must be such as/],
      [['--roles', 'viewer', '--expires', '1d'], /--rooms is missing/],
    ];
    for (const [args, says] of REFUSED) {
      const {code, out, err} = await run(t, ['issue', '--key-file', file, ...args]);
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, says);
    }
    assert.match((await run(t, ['issue', ...WISH])).err, /Give --key-file/);
  });

  it('quotes nothing of a key file that it cannot read', async t => {
    const {file} = await made(t);
    await writeFile(file, '{"keys": CANARY');
    const {code, err} = await run(t, ['issue', '--key-file', file, ...WISH]);
    assert.match(err, /not JSON/);
    assert.deepEqual([code, /CANARY/.test(err)], [1, false]);
  });
});

describe('greenroom grant inspect', () => {
  it('says what a grant allows, verified with the key, or says that it is not', async t => {
    const {file, grants} = await made(t);
    const wish = {rooms: ['lobby'], roles: ['viewer' as const], origins: [ORIGIN], lifetime: 3600};
    const grant = await issueGrant(grants, {...wish, name: 'Ann'});
    const verified = await run(t, ['inspect', grant, '--key-file', file]);
    assert.equal(verified.code, 0);
    assert.match(verified.out, /join "lobby" as "viewer"[^]*Calls them "Ann"[^]*Verified with the key/);
    const decoded = await run(t, ['inspect', grant]);
    assert.equal(decoded.code, 0);
    assert.match(decoded.out, /Not verified: no key was given/);
  });

  it('shows nothing in it that could move the cursor or turn the line', async t => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const evil = 'a\u001b[2J\u202Eb\nVerified with the key';
    const {out} = await run(t, ['inspect', `${part({alg: 'x', kid: evil})}.${part({name: evil, roles: [evil]})}.x`]);
    assert.doesNotMatch(out, /[^\P{C}\n]/u);
    assert.doesNotMatch(out, /^Verified/m);
  });

  it('says everything in which it goes beyond its key, and what else is wrong', async t => {
    const {file, grants} = await made(t);
    const wider = {...grants, keys: [{...grants.keys[0]!, rooms: '*' as const, roles: ['moderator' as const]}]};
    const wish = {rooms: ['vault'], roles: ['moderator' as const], origins: [ORIGIN], lifetime: 3600};
    const beyond = await run(t, ['inspect', await issueGrant(wider, wish), '--key-file', file]);
    assert.match(
      beyond.out,
      /roles must be among participant, viewer\. It has "moderator"[^]*rooms must be among lobby, gone\. It has "vault"/,
    );
    const past = await issueGrant(wider, wish, Date.now() - 86_400_000);
    const over = await run(t, ['inspect', past]);
    const nothing = await run(t, ['inspect', 'words']);
    assert.match(over.out + nothing.out, /It has expired[^]*This is not a grant/);
    assert.deepEqual([beyond.code, over.code, nothing.code], [1, 1, 1]);
  });

  it('says which claim is wrong and what it must be', async t => {
    const {file, grants} = await made(t);
    const [{kid, secret}] = grants.keys as [Grants['keys'][number]];
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      aud: grants.audience,
      iat: now,
      exp: now + 60,
      rooms: ['lobby'],
      roles: ['viewer'],
      origins: [ORIGIN],
    };
    for (const [but, says] of [
      [{roles: 'viewer'}, /^Wrong: roles must be a list of roles: moderator, participant, viewer, audience\.$/m],
      [{exp: undefined}, /^Wrong: exp must be the time of its end, a number of seconds since 1970\.$/m],
      [{aud: 'shop'}, /^Wrong: aud must be https:\/\/meet\.example\.$/m],
    ] as const) {
      const grant = await new SignJWT({...claims, ...but} as JWTPayload)
        .setProtectedHeader({alg: 'HS256', typ: 'room-grant+jwt', kid})
        .sign(new TextEncoder().encode(secret));
      const {code, out} = await run(t, ['inspect', grant, '--key-file', file]);
      assert.match(out, says);
      assert.equal(code, 1);
    }
  });

  it('says whether pages of an origin may use it', async t => {
    const {file, grants} = await made(t);
    const wish = {rooms: ['lobby'], roles: ['viewer' as const], origins: [ORIGIN], lifetime: 3600};
    const grant = await issueGrant(grants, wish);
    const inspect = (origin: string, ...more: string[]) => run(t, ['inspect', grant, '--origin', origin, ...more]);
    const here = await inspect(`${ORIGIN}/cart`, '--key-file', file);
    assert.match(here.out, /for pages of https:\/\/shop\.example\.$/m);
    const there = await inspect('https://other.example', '--key-file', file);
    assert.match(there.out, /^Wrong: origins must name the origin of the page that sends it\.$/m);
    const unverified = await inspect('https://other.example');
    assert.match(unverified.out, /^Wrong: It does not work in pages of https:\/\/other\.example\.$/m);
    const nonsense = await inspect('other.example');
    assert.match(nonsense.err, /--origin must be such as https:\/\/shop\.example/);
    assert.deepEqual([here.code, there.code, unverified.code, nonsense.code], [0, 1, 1, 1]);
  });
});
