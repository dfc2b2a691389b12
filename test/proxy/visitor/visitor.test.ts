import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {describe, it} from 'node:test';
import {issueGrant, tokenProxy, type LogEntry, type TokenProxyOptions} from '../../../src/proxy/proxy.js';
import {ORIGIN, plain, recorded, request, start, visitor, WISH} from '../../helpers/proxy/start.js';

const SECRET = 'CANARY-SECRET-0123456789-0123456789';
const expected = (ref: string) => createHmac('sha256', SECRET).update(ref).digest('base64url').slice(0, 22);

/** The reference in the token that somebody gets, as the platform and the page are told it. */
async function refs(options: Partial<TokenProxyOptions>, headers = {}) {
  const rooms = recorded();
  const {ask, lines} = start(rooms, plain({user_ref: 'ann@shop.example'}), options);
  const {body, text} = await ask('POST', '/rooms/lobby/tokens', {body: WISH, headers});
  const upstream = (rooms.calls.at(-1)![2] as {user_ref: string}).user_ref;
  return {upstream, page: (body.participant as {user_ref: string}).user_ref, text, lines};
}

describe('the reference of a person', () => {
  it('goes upstream, and to the page, as an HMAC that is the same on every node', async () => {
    for (let node = 0; node < 2; node++) {
      const {upstream, page, text, lines} = await refs({userRefs: {secret: SECRET}});
      assert.deepEqual([upstream, page], [expected('ann@shop.example'), upstream]);
      assert.match(upstream, /^[\w-]{22}$/);
      assert.doesNotMatch(text + JSON.stringify(lines), /ann@|CANARY-SECRET/);
      assert.deepEqual(lines, []);
    }
  });

  it('goes upstream unchanged only with userRefs: plain', async () => {
    assert.equal((await refs({userRefs: 'plain'})).upstream, 'ann@shop.example');
  });

  it('changes with every start if there is no secret, and one log line says so', async () => {
    const [one, two] = [await refs({userRefs: undefined}), await refs({userRefs: undefined})];
    assert.match(one.upstream, /^[\w-]{22}$/);
    assert.notEqual(one.upstream, two.upstream);
    assert.equal(one.lines.length, 1);
    assert.match(one.lines[0]!.message, /userRefs is not set.*Set userRefs to \{secret\}/);
  });

  it('needs no secret and no log line if everybody is a guest', async () => {
    const options = {authorize: undefined, userRefs: undefined, guests: {roles: ['participant' as const]}};
    const {upstream, lines} = await refs(options);
    assert.match(upstream, /^guest_[0-9a-f-]{36}$/);
    assert.deepEqual(lines, []);
  });

  it('stays the same for one start, and differs from person to person', async () => {
    const rooms = recorded();
    const lines: LogEntry[] = [];
    let ref = '';
    const authorize = () => plain({user_ref: ref});
    const proxy = tokenProxy({rooms, origins: [ORIGIN], authorize, log: line => lines.push(line)});
    for (ref of ['ann', 'bob', 'ann']) await proxy(request('POST', '/rooms/lobby/tokens', {body: WISH}));
    const tokens = rooms.calls.filter(([operation]) => operation === 'token');
    const [ann, bob, again] = tokens.map(call => (call[2] as {user_ref: string}).user_ref);
    assert.equal(ann, again);
    assert.notEqual(ann, bob);
  });

  it('in a grant is a pseudonym as well', async () => {
    const key = {kid: 'k', secret: 'x'.repeat(32), roles: ['participant' as const], rooms: '*' as const};
    const grants = {audience: 'a', keys: [{...key, origins: [ORIGIN], maxLifetime: 3600}]};
    const wish = {rooms: '*' as const, roles: ['participant' as const], origins: [ORIGIN], lifetime: 60};
    const grant = await issueGrant(grants, {...wish, user_ref: 'ann'});
    const options = {authorize: undefined, grants, userRefs: {secret: SECRET}};
    assert.equal((await refs(options, {authorization: `Bearer ${grant}`})).upstream, expected('ann'));
  });

  it('is the owner_ref of the rooms that a manager creates', async () => {
    const userRefs = {secret: SECRET};
    const rooms = recorded();
    await start(rooms, visitor(), {userRefs}).ask('POST', '/rooms', {body: {name: 'Mine'}});
    await start(rooms, visitor({owner_ref: 'team-7'}), {userRefs}).ask('POST', '/rooms', {body: {name: 'Ours'}});
    const made = rooms.calls.filter(([operation]) => operation === 'create');
    const owners = made.map(call => (call[1] as {owner_ref: string}).owner_ref);
    assert.deepEqual(owners, [expected('u1'), expected('team-7')]);
  });
});
