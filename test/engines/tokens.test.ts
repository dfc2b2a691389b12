import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {importSPKI, jwtVerify} from 'jose';
import {daily} from '../../src/engines/daily.js';
import type {Engine} from '../../src/engines/engine.js';
import {jaas, jitsi} from '../../src/engines/jitsi.js';
import {livekit} from '../../src/engines/livekit.js';
import {twilio} from '../../src/engines/twilio.js';
import {zoom} from '../../src/engines/zoom.js';
import {privateKey, publicKey} from '../helpers/engines/keys.js';
import {claimsOf, recorder} from '../helpers/engines/recorder.js';

const ROOM = {room_id: 'Lobby', name: 'Lobby', settings: {moderators: 1, participants: 4}};
const ANN = {name: 'Ann', role: 'participant' as const, user_ref: 'ann'};
const SECRET = 'canary-secret-of-at-least-thirty-two-bytes';
const bytes = new TextEncoder().encode(SECRET);

describe('a token for Jitsi', () => {
  it('opens one room, in lower case, and tolerates a clock that is behind', async () => {
    const engine = jitsi({domain: 'meet.example', appId: 'shop', secret: SECRET, moderators: true});
    const {token, connection} = await engine.token(ROOM, {...ANN, role: 'moderator'});
    const {payload, protectedHeader} = await jwtVerify(token, bytes, {issuer: 'shop', audience: 'jitsi'});
    assert.equal(protectedHeader.typ, 'JWT');
    assert.deepEqual([payload.room, payload.sub], ['lobby', 'meet.example']);
    assert.deepEqual(payload.context, {user: {id: 'ann', name: 'Ann', moderator: 'true'}});
    const now = Date.now() / 1000;
    assert.ok(payload.nbf! <= now - 9 && payload.exp! <= now + 60);
    const script = 'https://meet.example/external_api.js';
    assert.deepEqual(connection, {domain: 'meet.example', room: 'lobby', script});
  });

  it('is one for a participant only, unless the server takes moderators from tokens', () => {
    const options = {domain: 'meet.example', appId: 'shop', secret: SECRET};
    assert.equal(jitsi(options).enforces.moderator, false);
    assert.equal(jitsi({...options, moderators: true}).enforces.moderator, true);
    assert.equal(jitsi({...options, moderators: true}).enforces.viewer, false);
  });
});

describe('a token for JaaS', () => {
  it('is signed with the key that it names, for one room', async () => {
    const keyId = 'vpaas-magic-cookie-1/abc';
    const engine = jaas({appId: 'vpaas-magic-cookie-1', keyId, privateKey});
    const {token, connection} = await engine.token(ROOM, ANN);
    const key = await importSPKI(publicKey, 'RS256');
    const {payload, protectedHeader} = await jwtVerify(token, key, {issuer: 'chat', audience: 'jitsi'});
    assert.deepEqual([protectedHeader.kid, payload.room, payload.sub], [keyId, 'lobby', 'vpaas-magic-cookie-1']);
    assert.equal((payload.context as {user: {moderator: string}}).user.moderator, 'false');
    assert.deepEqual(connection, {
      domain: '8x8.vc',
      room: 'vpaas-magic-cookie-1/lobby',
      script: 'https://8x8.vc/vpaas-magic-cookie-1/external_api.js',
    });
  });
});

describe('a token of Daily', () => {
  it('always names its room and its end, and is asked for after the room is there', async t => {
    const {url, requests, answer} = await recorder(t);
    let there = false;
    const room = {name: 'Lobby', url: 'https://shop.daily.co/Lobby'};
    answer(({method, path}) => {
      if (path === '/meeting-tokens') return {body: {token: 'a.b.c'}};
      if (method === 'POST') there = true;
      return there ? {body: room} : {status: 404, body: {error: 'not-found'}};
    });
    const engine = daily({key: SECRET, url});
    await engine.open!(ROOM);
    await engine.open!(ROOM);
    const {token, connection} = await engine.token(ROOM, {...ANN, role: 'viewer'});
    assert.deepEqual([token, connection], ['a.b.c', {url: room.url}]);
    assert.deepEqual(
      requests.map(({method, path}) => `${method} ${path}`),
      ['GET /rooms/Lobby', 'POST /rooms', 'GET /rooms/Lobby', 'POST /meeting-tokens'],
    );
    const {properties} = JSON.parse(requests[3]!.body) as {properties: Record<string, unknown>};
    const {exp, ...others} = properties;
    assert.ok(Math.abs(Number(exp) - Date.now() / 1000 - 60) < 30);
    assert.deepEqual(others, {
      room_name: 'Lobby',
      user_name: 'Ann',
      user_id: 'ann',
      is_owner: false,
      permissions: {canSend: false},
    });
  });

  it('comes with who is present, in one call for all rooms', async t => {
    const {url, answer} = await recorder(t);
    answer(() => ({body: {Lobby: [{room: 'Lobby', userId: 'ann', userName: 'Ann'}, {userId: null}], other: []}}));
    const engine = daily({key: SECRET, url});
    assert.deepEqual(
      [...(await engine.active([ROOM]))],
      [
        ['Lobby', 2],
        ['other', 0],
      ],
    );
    assert.deepEqual(await engine.users(ROOM), [{name: 'Ann', user_ref: 'ann'}, {name: ''}]);
  });
});

describe('a token for Zoom', () => {
  const options = {sdkKey: 'sdk', sdkSecret: SECRET, apiKey: 'api', apiSecret: SECRET};

  it('is for one topic, and its role is host or participant', async () => {
    const {token, connection} = await zoom(options).token(ROOM, {...ANN, role: 'moderator'});
    const {payload} = await jwtVerify(token, bytes);
    const {iat, exp, ...claims} = payload;
    assert.equal(exp! - iat!, 1800);
    assert.deepEqual(claims, {app_key: 'sdk', tpc: 'Lobby', role_type: 1, version: 1, user_identity: 'ann'});
    assert.deepEqual(connection, {topic: 'Lobby'});
  });

  it('comes with who is inside, also for a session whose id has a slash', async t => {
    const {url, requests, answer} = await recorder(t);
    answer(({path}) =>
      path.includes('/users')
        ? {body: {users: [{name: 'Ann'}]}}
        : {body: {sessions: [{id: 'a/b+c', session_name: 'lobby'}]}},
    );
    assert.deepEqual(await zoom({...options, url}).users(ROOM), [{name: 'Ann'}]);
    assert.match(requests[1]!.path, /^\/videosdk\/sessions\/a%252Fb%252Bc\/users\?/);
  });

  it('cannot live for less than half an hour', () => {
    assert.throws(() => zoom({...options, lifetime: 60}), {
      code: 'misconfigured',
      key: 'lifetime',
      message: 'A token of Zoom lives for 1800 to 172800 seconds: lifetime must be in that range.',
    });
  });
});

describe('an engine that is configured wrongly', () => {
  const WRONG: [what: string, make: () => Engine, key: string][] = [
    ['LiveKit without a secret', () => livekit({url: 'wss://live.example', key: 'k', secret: ''}), 'secret'],
    ['LiveKit over ws', () => livekit({url: 'ws://live.example', key: 'k', secret: SECRET}), 'url'],
    ['LiveKit at no address', () => livekit({url: 'live.example', key: 'k', secret: SECRET}), 'url'],
    [
      'LiveKit with a password in its address',
      () => livekit({url: 'wss://a:b@x.example', key: 'k', secret: SECRET}),
      'url',
    ],
    [
      'LiveKit with tokens of a year',
      () => livekit({url: 'wss://x.example', key: 'k', secret: SECRET, lifetime: 3e7}),
      'lifetime',
    ],
    ['Jitsi with a path as its domain', () => jitsi({domain: 'meet.example/x', appId: 'a', secret: SECRET}), 'domain'],
    ['JaaS with no key', () => jaas({appId: 'a', keyId: 'k', privateKey: SECRET}), 'privateKey'],
    ['Twilio without an account', () => twilio({account: '', key: 'k', secret: SECRET}), 'account'],
    [
      'Twilio with tokens of two days',
      () => twilio({account: 'a', key: 'k', secret: SECRET, lifetime: 172_800}),
      'lifetime',
    ],
    ['Daily over http', () => daily({key: SECRET, url: 'http://api.daily.example'}), 'url'],
  ];
  for (const [what, make, key] of WRONG) {
    it(`is refused at start in a sentence that quotes no secret: ${what}`, () => {
      assert.throws(make, (error: Error & {code: string; key: string}) => {
        assert.deepEqual([error.code, error.key], ['misconfigured', key]);
        return !error.message.includes(SECRET);
      });
    });
  }
});

describe('a token of any engine', () => {
  const engines: Engine[] = [
    livekit({url: 'wss://live.example', key: 'k', secret: SECRET}),
    jitsi({domain: 'meet.example', appId: 'shop', secret: SECRET}),
    jaas({appId: 'app', keyId: 'app/k', privateKey}),
    twilio({account: 'AC1', key: 'SK1', secret: SECRET}),
    zoom({sdkKey: 'sdk', sdkSecret: SECRET, apiKey: 'api', apiSecret: SECRET}),
  ];
  for (const engine of engines) {
    it(`ends when its answer says, holds no secret, and is another for somebody else: ${engine.provider}`, async () => {
      const [first, second] = [
        await engine.token(ROOM, ANN),
        await engine.token(ROOM, {...ANN, user_ref: 'bob', name: 'Bob'}),
      ];
      assert.equal(Date.parse(first.expires_at!) / 1000, claimsOf(first.token).exp);
      assert.notEqual(first.token, second.token);
      const all = JSON.stringify([first, claimsOf(first.token)]);
      assert.ok(!all.includes(SECRET) && !all.includes('PRIVATE'));
    });
  }
});
