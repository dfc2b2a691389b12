import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {NOTHING} from '../../../src/engines/engine.js';
import type {IssuedToken} from '../../../src/rooms/rooms.js';
import {tokenProxy} from '../../../src/proxy/proxy.js';
import {plain, recorded, start, TOKEN, WISH} from '../../helpers/proxy/start.js';

const CANARY = 'canary-of-the-vendor';

/** The answer of the proxy to a request for a token that the platform answers like this. */
async function answered(issued: Partial<IssuedToken> & Record<string, unknown>, options = {}) {
  const log: unknown[] = [];
  const rooms = recorded({token: async () => ({token: TOKEN, ...issued})});
  const {ask} = start(rooms, plain(), {log: (entry: unknown) => log.push(entry), ...options});
  const {body, text} = await ask('POST', '/rooms/lobby/tokens', {body: WISH});
  return {body, text, log};
}

describe('a token of an engine', () => {
  it('reaches the page with the provider, the address and the connection that the engine answered', async () => {
    const connection = {domain: '8x8.vc', room: 'app/lobby', script: 'https://8x8.vc/app/external_api.js'};
    const engine = {provider: 'jaas', server_url: 'https://8x8.vc', once: false};
    const {body, text} = await answered(
      {...engine, connection: {...connection, secret: CANARY}, secret: CANARY},
      {provider: 'acme', serverUrl: 'wss://video.example'},
    );
    const {provider, server_url, once} = body;
    assert.deepEqual({provider, server_url, once}, engine);
    assert.deepEqual(body.connection, connection);
    assert.ok(!text.includes(CANARY));
  });

  it('does not get the address of another provider', async () => {
    const options = {provider: 'livekit', serverUrl: 'wss://video.example'};
    assert.equal((await answered({provider: 'realtimekit'}, options)).body.server_url, undefined);
    assert.equal((await answered({provider: 'livekit'}, options)).body.server_url, 'wss://video.example');
  });

  const UNUSABLE: Record<string, unknown>[] = [
    {provider: 'daily', connection: {secret: CANARY}},
    {provider: 'daily', connection: {url: `javascript:${CANARY}`}},
    {provider: '<b>', secret: CANARY},
    {provider: 'livekit', server_url: `https://user:${CANARY}@video.example`},
    {provider: 'livekit', server_url: `data:${CANARY}`},
  ];
  for (const issued of UNUSABLE) {
    it(`is a fault of the platform if no client could use it: ${JSON.stringify(issued)}`, async () => {
      const {body, text, log} = await answered(issued);
      assert.equal(body.code, 'platform_down');
      assert.match(JSON.stringify(log), /bad_reply/);
      assert.ok(!`${text}${JSON.stringify(log)}`.includes(CANARY));
    });
  }

  it('has the keys that the operator names for a provider of their own', async () => {
    const own = {provider: 'agora', connection: {app_id: 'a', channel: 'lobby', secret: CANARY}};
    const {body} = await answered(own, {connections: {agora: ['app_id', 'channel']}});
    assert.deepEqual(body.connection, {app_id: 'a', channel: 'lobby'});
    assert.equal((await answered(own)).body.connection, undefined);
  });

  it('of a platform that says nothing admits one connection, once', async () => {
    assert.equal((await answered({})).body.once, true);
  });
});

describe('a role that the engine does not enforce', () => {
  const enforces = () => ({...NOTHING, shortest: 0});
  const options = {rooms: recorded({enforces}), origins: ['https://shop.example']};

  it('cannot be promised to guests', () => {
    assert.throws(() => tokenProxy({...options, guests: {roles: ['participant', 'viewer']}}), {
      code: 'misconfigured',
      key: 'guests.roles',
      message: 'The video engine cannot enforce the role viewer: take it out of guests.roles.',
    });
    tokenProxy({...options, guests: {roles: ['participant']}});
  });

  it('cannot be promised by a key of grants', () => {
    const key = {
      kid: 'shop',
      secret: 'a secret of at least 32 bytes, for this test',
      rooms: '*' as const,
      roles: ['participant' as const, 'moderator' as const],
      origins: ['https://shop.example'],
      maxLifetime: 3600,
    };
    assert.throws(() => tokenProxy({...options, grants: {audience: 'us', keys: [key]}}), {
      code: 'misconfigured',
      key: 'grants.keys.0.roles',
    });
  });
});
