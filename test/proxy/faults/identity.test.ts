import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {networksOf} from '../../../src/http/network.js';
import {addressesBehind} from '../../../src/proxy/node/forwarded.js';
import {tokenProxy} from '../../../src/proxy/proxy.js';
import {ORIGIN, plain, recorded, room, start, WISH} from '../../helpers/proxy/start.js';

const OPEN = {authorize: undefined, guests: {roles: ['participant' as const]}};
const TOKENS = '/rooms/lobby/tokens';

describe('addresses', () => {
  it('of IPv6 count by 64, 56 and 48 bits', () => {
    assert.deepEqual(networksOf('2001:db8:1:aa07::5'), [
      '2001:db8:1:aa07::/64',
      '2001:db8:1:aa00::/56',
      '2001:db8:1::/48',
    ]);
    assert.deepEqual(networksOf('2001:db8::1'), ['2001:db8:0:0::/64', '2001:db8:0:0::/56', '2001:db8:0::/48']);
    assert.deepEqual(networksOf('192.0.2.1'), ['192.0.2.1']);
  });

  it('of one household cannot use up the budget of a room', async () => {
    const {ask} = start(recorded(), null, OPEN);
    const statuses: number[] = [];
    for (let net = 0; net < 8; net++) {
      for (let n = 0; n < 120; n++) {
        statuses.push((await ask('POST', TOKENS, {body: WISH, ip: `2001:db8:1:aa0${net}::5`})).status);
      }
    }
    // The budget fills up a little meanwhile. The room would allow 600.
    const {length} = statuses.filter(status => status === 200);
    assert.ok(length >= 240 && length < 400, `${length}`);
    assert.equal((await ask('POST', TOKENS, {body: WISH, ip: '198.51.100.9'})).status, 200);
  });

  it('are read from Forwarded only if that is the header of the reverse proxy', () => {
    const headers = new Headers({
      forwarded: 'for=6.6.6.6, for="[2001:db8::1]:4711";proto=https',
      'x-forwarded-for': '1.2.3.4',
    });
    assert.equal(addressesBehind(['127.0.0.1'], 'forwarded')('127.0.0.1', headers), '2001:db8::1');
    assert.equal(addressesBehind(['127.0.0.1'])('127.0.0.1', headers), '1.2.3.4');
    for (const hidden of ['for=_hidden', 'for=unknown', 'proto=https', '']) {
      assert.equal(
        addressesBehind(['127.0.0.1'], 'forwarded')('127.0.0.1', new Headers({forwarded: hidden})),
        '127.0.0.1',
      );
    }
  });
});

describe('names', () => {
  const INVISIBLE = [
    '\u200b',
    '\u2800',
    '\u3164',
    '\u2060',
    '\u00ad',
    '\u034f',
    '\u{e0041}',
    '\u200f',
    '\u00a0',
    '\u115f',
    '\u0301',
    '\ufeff \u200d',
  ];
  for (const name of INVISIBLE) {
    it(`U+${name.codePointAt(0)!.toString(16)} alone is no name`, async () => {
      const body = {name, role: 'participant'};
      assert.equal((await start(recorded(), plain()).ask('POST', TOKENS, {body})).status, 400);
      const guest = await start(recorded(), null, OPEN).ask('POST', TOKENS, {body, ip: '192.0.2.1'});
      assert.equal((guest.body.participant as {name: string}).name, 'Guest');
    });
  }

  it('reach the platform in NFC, whoever says them', async () => {
    const rooms = recorded();
    await start(rooms, plain()).ask('POST', TOKENS, {body: {name: 'Zoe\u0308', role: 'participant'}});
    await start(rooms, plain({name: 'Rene\u0301'})).ask('POST', TOKENS, {body: {role: 'participant'}});
    const names = rooms.calls
      .filter(([operation]) => operation === 'token')
      .map(([, , request]) => (request as {name: string}).name);
    assert.deepEqual(names, ['Zoë', 'René']);
    const owner = start(rooms);
    await owner.ask('POST', '/rooms', {body: {name: 'Cafe\u0301'}});
    const [, {name}] = rooms.calls.find(([operation]) => operation === 'create')! as [string, {name: string}];
    assert.equal(name, 'Café');
  });

  it('keep flags, families and letters of all scripts', async () => {
    for (const name of ['👩‍👩‍👧', '🇩🇪', 'नमस्ते', 'مرحبا', '한국', '山田', 'O’Brien']) {
      const {body} = await start(recorded(), plain()).ask('POST', TOKENS, {body: {name, role: 'participant'}});
      assert.equal((body.participant as {name: string}).name, name.normalize('NFC'));
    }
  });

  it('of rooms are found in any form by LiveKit’s clients', async () => {
    const rooms = recorded({list: async () => [{...room('lobby'), name: 'Cafe\u0301'}]});
    const {ask} = start(rooms, plain(), {livekit: true, serverUrl: 'wss://live.example'});
    for (const room_name of ['Caf\u00e9', 'Cafe\u0301']) {
      const {status} = await ask('POST', '/', {body: {room_name, participant_name: 'n'}});
      assert.equal(status, 201);
    }
  });
});

describe('pages and apps', () => {
  const APPS = [
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'app://obsidian.md',
    'app://-',
    'app://.',
  ];
  const EXTENSIONS = [
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://0b2e0f4c-0000-4000-8000-000000000000',
  ];
  it('of an app or an extension are allowed by their origin', async () => {
    for (const origin of [...APPS, ...EXTENSIONS]) {
      const {ask} = start(recorded(), plain(), {origins: [origin]});
      const answer = await ask('GET', '/rooms', {headers: {origin}});
      assert.deepEqual([answer.status, answer.headers.get('access-control-allow-origin')], [200, origin]);
      assert.equal((await ask('GET', '/rooms', {headers: {origin: ORIGIN}})).status, 403);
    }
  });

  it('without an origin of their own are not', () => {
    for (const origin of [
      'null',
      'file://',
      'file:///a',
      'data:text/html,x',
      '*',
      'capacitor://*',
      'capacitor://localhost/',
      'Capacitor://localhost',
    ]) {
      const options = {rooms: recorded(), guests: {roles: ['viewer' as const]}, origins: [origin]};
      assert.throws(() => tokenProxy(options), {code: 'misconfigured'}, origin);
    }
  });

  it('are let in if the proxy is told of sandboxed frames, as guests or with a grant, and never with cookies', async () => {
    const headers = {origin: 'null'};
    assert.equal((await start(recorded(), plain()).ask('GET', '/rooms', {headers})).status, 403);
    const {ask} = start(recorded(), plain(), {sandboxed: true});
    for (const method of ['OPTIONS', 'GET'] as const) {
      const answer = await ask(method, '/rooms', {headers});
      assert.equal(answer.headers.get('access-control-allow-origin'), 'null', method);
      assert.equal(answer.headers.get('access-control-allow-credentials'), null);
      assert.ok(answer.status < 300, `${method}: ${answer.status}`);
    }
    assert.equal((await ask('GET', '/rooms', {headers: {origin: 'https://evil.example'}})).status, 403);
  });

  it('may send the headers of a tracer, if the proxy allows them by name', async () => {
    const {ask} = start(recorded(), plain(), {requestHeaders: ['traceparent', 'baggage']});
    const allowed = (await ask('OPTIONS', TOKENS)).headers.get('access-control-allow-headers');
    assert.equal(allowed, 'content-type, authorization, x-rooms-client, idempotency-key, traceparent, baggage');
  });

  it('native clients of LiveKit send no origin, and are let in only if `native` says so', async () => {
    const livekit = {livekit: true, serverUrl: 'wss://live.example'};
    const body = {room_name: 'lobby', participant_name: 'n'};
    const headers = {origin: undefined, 'x-rooms-client': undefined};
    assert.equal((await start(recorded(), plain(), livekit).ask('POST', '/', {body, headers})).status, 403);
    assert.equal(
      (await start(recorded(), plain(), {...livekit, native: true}).ask('POST', '/', {body, headers})).status,
      201,
    );
  });
});
