import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import fc from 'fast-check';
import type {Role, Room} from '../../../src/rooms/rooms.js';
import {guarded} from '../../../src/proxy/proxy.js';
import {NOW, plain, recorded, room, routes, start, TOKEN, visitor, WISH} from '../../helpers/proxy/start.js';

const PROJECTED = {
  room_id: 'lobby',
  name: 'Lobby',
  created: '2030-01-01T00:00:00.000Z',
  updated: '2030-01-02T00:00:00.000Z',
  isRoomActive: true,
  settings: {
    description: 'Come in',
    mode: 'group',
    scheduled: true,
    scheduled_time: '2030-01-07 16:00:00',
    duration: 60,
    participants: 2,
  },
};

describe('a room for visitors without the right manage', () => {
  it('shows what is needed to choose and to join, and nothing else', async () => {
    const {ask} = start(recorded(), plain());
    assert.deepEqual((await ask('GET', '/rooms/lobby')).body.room, PROJECTED);
    assert.deepEqual((await ask('GET', '/rooms')).body.rooms, [PROJECTED, {...PROJECTED, room_id: 'vault'}]);
    assert.deepEqual((await ask('POST', '/rooms/lobby/tokens', {body: WISH})).body.room, PROJECTED);
  });

  it('shows no secret of the platform on any route', async () => {
    const {ask} = start(recorded(), plain({can: ['users']}));
    for (const [method, path, body] of [['GET', '/rooms'] as const, ...routes('lobby')]) {
      assert.doesNotMatch((await ask(method, path, {body})).text, /secret/, `${method} ${path}`);
    }
  });

  it('shows the id of the application to nobody, not even to managers', async () => {
    const rooms = recorded();
    const {ask} = start({...rooms, get: async id => ({...room(id), service_id: 'secret-app'})}, visitor());
    assert.deepEqual((await ask('GET', '/rooms/lobby')).body.room, room('lobby'));
    assert.doesNotMatch((await ask('POST', '/rooms/lobby/tokens', {body: WISH})).text, /secret-app/);
  });

  it('has the address of its broadcast in a token of its audience alone, if that is https', async () => {
    const told = async (hls_view_url: string, role: Role) => {
      const get = async (id: string) => ({...room(id), settings: {hls_view_url}});
      const {ask} = start({...recorded(), get}, plain({roles: ['participant', 'audience']}));
      const {body} = await ask('POST', '/rooms/lobby/tokens', {body: {...WISH, role}});
      assert.equal(((await ask('GET', '/rooms/lobby')).body.room as Room).settings.hls_view_url, undefined);
      return (body.room as Room).settings.hls_view_url;
    };
    const address = 'https://cdn.example/live.m3u8';
    assert.equal(await told(address, 'audience'), address);
    assert.equal(await told(address, 'participant'), undefined);
    for (const each of ['DEFAULT', 'http://cdn.example/live.m3u8', 'javascript:alert(1)', 'https://a:b@cdn.example/']) {
      assert.equal(await told(each, 'audience'), undefined, each);
    }
  });

  it('is whole for managers', async () => {
    const {ask} = start(recorded(), visitor());
    assert.deepEqual((await ask('GET', '/rooms/lobby')).body.room, room('lobby'));
    assert.deepEqual((await ask('GET', '/rooms')).body.rooms, [room('lobby'), room('vault')]);
  });
});

describe('the users of a room', () => {
  it('are shown by name, role and permissions', async () => {
    const {ask} = start(recorded(), plain({can: ['users']}));
    const {body} = await ask('GET', '/rooms/lobby/users');
    const ann = {name: 'Ann', role: 'participant', permissions: {publish: true, subscribe: true}};
    assert.deepEqual([body.total, body.users], [1, [ann]]);
  });

  it('are shown with user_ref to managers', async () => {
    const {body} = await start(recorded(), visitor()).ask('GET', '/rooms/lobby/users');
    assert.equal((body.users as {user_ref: string}[])[0]!.user_ref, 'secret-ref');
  });
});

describe('token for a room out of reach, enumeration by id: a room out of reach', () => {
  // `gone` is in reach and does not exist; `vault` exists and is out of reach.
  const here = ['lobby', 'gone'];

  it('is not in the list', async () => {
    const {body} = await start(recorded(), visitor({rooms: here})).ask('GET', '/rooms');
    assert.deepEqual(
      (body.rooms as Room[]).map(({room_id}) => room_id),
      ['lobby'],
    );
  });

  for (const who of [visitor({rooms: here}), plain({rooms: here})]) {
    for (const [index, [method, path, body]] of routes('vault').entries()) {
      it(`answers ${method} ${path} like an unknown one, ${who.can!.length ? 'with' : 'without'} rights`, async () => {
        const rooms = recorded();
        const {ask} = start(rooms, who);
        const foreign = await ask(method, path, {body});
        assert.deepEqual(rooms.calls, []);
        const unknown = await ask(...(routes('gone')[index]!.slice(0, 2) as [string, string]), {body});
        assert.equal(foreign.text, unknown.text);
        assert.equal(foreign.status, unknown.status);
        assert.deepEqual([...foreign.headers], [...unknown.headers]);
        assert.equal(foreign.status, who.can!.length || !/^(PATCH|DELETE)|users/.test(method + path) ? 404 : 403);
      });
    }
  }

  it('refuses a bad body like an unknown one', async () => {
    const {ask} = start(recorded(), visitor({rooms: here}));
    for (const body of [{}, {...WISH, role: 'moderator'}, {...WISH, data: []}]) {
      const [foreign, unknown] = await Promise.all(
        ['vault', 'gone'].map(id => ask('POST', `/rooms/${id}/tokens`, {body})),
      );
      assert.equal(foreign!.text, unknown!.text);
    }
  });

  it('is out of reach for code as well, even if the id is malformed', async () => {
    const rooms = recorded();
    const theirs = guarded(rooms, plain());
    for (const id of ['..', 'a/b', '', 'x'.repeat(65), '%2e%2e', 'lobby\0']) {
      await assert.rejects(theirs.get(id), {code: 'not_found'});
    }
    assert.deepEqual(rooms.calls, []);
  });
});

describe('rights', () => {
  const NEEDS: [method: string, path: string, right: 'manage' | 'users', body?: object][] = [
    ['POST', '/rooms', 'manage', {name: 'New'}],
    ['PATCH', '/rooms/lobby', 'manage', {name: 'New'}],
    ['DELETE', '/rooms/lobby', 'manage'],
    ['GET', '/rooms/lobby/users', 'users'],
  ];
  for (const [method, path, right, body] of NEEDS) {
    it(`lets ${method} ${path} through only with ${right}`, async () => {
      const rooms = recorded();
      const other = right === 'manage' ? 'users' : 'manage';
      const refused = await start(rooms, visitor({can: [other]})).ask(method, path, {body});
      assert.deepEqual([refused.status, refused.body.code, rooms.calls], [403, 'denied', []]);
      const allowed = await start(rooms, visitor({can: [right]})).ask(method, path, {body});
      assert.deepEqual([allowed.status, rooms.calls.length], [200, 1]);
    });
  }
});

describe('moderator, manage and users', () => {
  const ALL: {role: boolean; manage: boolean; users: boolean}[] = [0, 1, 2, 3, 4, 5, 6, 7].map(bits => ({
    role: (bits & 1) > 0,
    manage: (bits & 2) > 0,
    users: (bits & 4) > 0,
  }));
  for (const has of ALL) {
    const held = Object.entries(has).flatMap(([right, held]) => (held ? [right] : []));
    it(`give each only what is its own: ${held.join(', ') || 'none of them'}`, async () => {
      const can = (['manage', 'users'] as const).filter(right => has[right]);
      const {ask} = start(recorded(), visitor({roles: has.role ? ['moderator'] : ['participant'], can}));
      const answers = await Promise.all([
        ask('POST', '/rooms/lobby/tokens', {body: {...WISH, role: 'moderator'}}),
        ask('PATCH', '/rooms/lobby', {body: {name: 'New'}}),
        ask('GET', '/rooms/lobby/users'),
      ]);
      const expected = [has.role, has.manage, has.users].map(may => (may ? 200 : 403));
      assert.deepEqual(
        answers.map(({status}) => status),
        expected,
      );
    });
  }
});

describe('role escalation: the role of a token', () => {
  const ROLES: Role[] = ['moderator', 'participant', 'viewer', 'audience'];

  it('never goes upstream unless it is one of the visitor’s roles, whatever the body says', async () => {
    const word = fc.oneof(
      fc.constantFrom<unknown>(...ROLES),
      fc.constantFrom<unknown>(...ROLES).map(role => String(role).toUpperCase()),
      fc.constantFrom<unknown>(...ROLES).map(role => [role]),
      fc.constantFrom<unknown>(...ROLES).map(role => ({toString: role, role})),
      fc.constantFrom<unknown>(' moderator', 'moderator\u0000', 'moderatoŕ', '', null, 0, true),
      fc.jsonValue(),
    );
    const pair = fc.tuple(fc.constantFrom('role', 'role', '__proto__', 'Role', 'roles', 'constructor', 'data'), word);
    // Written by hand, so that a key may come twice.
    const raw = fc
      .tuple(fc.array(pair, {maxLength: 4}), fc.option(fc.constantFrom(...ROLES), {freq: 4}))
      .map(([pairs, last]) => [...pairs, ...(last === null ? [] : [['role', last] as [string, unknown]])])
      .map(pairs =>
        pairs.map(([key, value]) => `,"${key}":${JSON.stringify(key === '__proto__' ? {role: value} : value)}`),
      )
      .map(members => `{"name":"Ann"${members.join('')}}`);
    let issued = 0;
    let who = plain();
    const rooms = recorded();
    const {ask} = start(rooms, null, {authorize: () => who, limits: false});
    await fc.assert(
      fc.asyncProperty(fc.subarray(ROLES), raw, async (roles, body) => {
        who = plain({roles});
        await ask('POST', '/rooms/lobby/tokens', {body, headers: {'content-type': 'application/json'}});
        for (const [operation, , request] of rooms.calls.splice(0)) {
          if (operation !== 'token') continue;
          issued++;
          assert.ok(roles.includes((request as {role: Role}).role), body);
          assert.deepEqual(
            Reflect.ownKeys(request as object).filter(key => key === 'role'),
            ['role'],
          );
        }
      }),
      {numRuns: 400},
    );
    assert.ok(issued > 20, `${issued} tokens only: the property would hold for a proxy that issues none`);
  });
});

describe('a token', () => {
  it('comes with what a client needs', async () => {
    const rooms = recorded();
    const {ask} = start(rooms, plain(), {provider: 'acme', serverUrl: 'wss://video.example'});
    const {body} = await ask('POST', '/rooms/lobby/tokens', {body: {...WISH, data: {seat: 4}}});
    assert.deepEqual(body, {
      result: 0,
      server_now: new Date(NOW).toISOString(),
      token: TOKEN,
      expires_at: new Date(NOW + 15 * 60_000).toISOString(),
      once: true,
      provider: 'acme',
      server_url: 'wss://video.example',
      room: PROJECTED,
      participant: {name: 'Ann', role: 'participant', user_ref: 'u1'},
    });
    assert.deepEqual(rooms.calls, [
      ['get', 'lobby'],
      ['token', 'lobby', {name: 'Ann', role: 'participant', user_ref: 'u1', data: {seat: 4}}],
    ]);
  });

  it('expires when its issuer says', async () => {
    const expires_at = '2030-01-07T12:05:00.000Z';
    const rooms = recorded({token: async () => ({token: TOKEN, expires_at})});
    const {body} = await start(rooms, plain()).ask('POST', '/rooms/lobby/tokens', {body: WISH});
    assert.equal(body.expires_at, expires_at);
  });

  it('comes with the time of the proxy when the platform has no clock', async () => {
    const before = Date.now();
    const {body} = await start(recorded({now: undefined}), plain()).ask('POST', '/rooms/lobby/tokens', {body: WISH});
    const told = Date.parse(body.server_now as string);
    assert.ok(told >= before && told <= Date.now());
  });

  it('carries the name and the reference of the signed-in visitor, not those in the body', async () => {
    const rooms = recorded();
    const {ask} = start(rooms, plain({name: 'Ann Lee'}));
    const {body} = await ask('POST', '/rooms/lobby/tokens', {body: {...WISH, name: 'Root\n', user_ref: 'admin'}});
    assert.deepEqual(body.participant, {name: 'Ann Lee', role: 'participant', user_ref: 'u1'});
    assert.deepEqual(rooms.calls[1]![2], body.participant);
  });

  it('is requested upstream without the visitor’s idempotency key', async () => {
    let keys: unknown;
    const rooms = recorded({token: async (_id, _request, options) => ((keys = options), {token: TOKEN})});
    await start(rooms, plain()).ask('POST', '/rooms/lobby/tokens', {body: WISH, headers: {'idempotency-key': 'k'}});
    assert.deepEqual(Object.keys(keys as object), ['signal']);
  });
});
