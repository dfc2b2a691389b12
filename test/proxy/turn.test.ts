import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {describe, it} from 'node:test';
import {tokenProxy} from '../../src/proxy/proxy.js';
import type {IceServer} from '../../src/rooms/connection.js';
import type {IssuedToken} from '../../src/rooms/schema.js';

const SECRET = 'canary-secret-of-the-turn-server';
const NOW = Date.UTC(2030, 0, 7, 12);
const URLS = ['stun:turn.example', 'turn:turn.example:3478', 'turns:turn.example:5349?transport=tcp'];

/** The `connection` that a page gets, where the platform answers `issued`. */
async function connectionOf(issued: Partial<IssuedToken>) {
  const room = {room_id: 'lobby', name: 'Lobby', settings: {}};
  const none = async () => assert.fail();
  const proxy = tokenProxy({
    rooms: {
      list: async () => [room],
      get: async () => room,
      create: none,
      update: none,
      remove: none,
      users: none,
      token: async () => ({token: 'a.b.c', ...issued}),
      now: () => NOW,
    },
    authorize: async () => ({user_ref: 'ann:ü', name: 'Ann', roles: ['participant'], rooms: '*'}),
    userRefs: 'plain',
    origins: ['https://shop.example'],
    turn: {urls: URLS, secret: SECRET, lifetime: 3600},
  });
  const headers = {'x-rooms-client': 'test', 'content-type': 'application/json'};
  const body = JSON.stringify({role: 'participant'});
  const answer = await proxy(new Request('https://us.example/rooms/lobby/tokens', {method: 'POST', headers, body}));
  const text = await answer.text();
  assert.doesNotMatch(text, new RegExp(SECRET));
  return (JSON.parse(text) as {connection?: {iceServers?: IceServer[]}}).connection;
}

describe('TURN servers', () => {
  it('come with a token of the local platform, with a credential of coturn’s scheme that expires', async () => {
    const username = `${NOW / 1000 + 3600}:ann__`;
    const credential = createHmac('sha1', SECRET).update(username).digest('base64');
    assert.deepEqual(await connectionOf({}), {
      iceServers: [{urls: 'stun:turn.example'}, {urls: URLS.slice(1), username, credential}],
    });
  });

  it('come with a token of Janus, beside what else its client needs', async () => {
    const connection = {room: 'r', id: 'i', pass: 'p'};
    const {iceServers, ...rest} = (await connectionOf({provider: 'janus', connection}))!;
    assert.deepEqual([iceServers!.length, rest], [2, connection]);
  });

  it('do not replace those of the platform, and are not for vendors who have their own', async () => {
    const iceServers = [{urls: 'turn:other.example', username: 'u', credential: 'c'}];
    assert.deepEqual(await connectionOf({connection: {iceServers}}), {iceServers});
    assert.equal(await connectionOf({provider: 'livekit', server_url: 'wss://live.example'}), undefined);
  });

  const WRONG: [what: string, but: object, key: string][] = [
    ['no address', {urls: []}, 'turn.urls'],
    ['another protocol', {urls: ['https://turn.example']}, 'turn.urls'],
    ['a short secret', {secret: 'canary'}, 'turn.secret'],
    ['a lifetime of a second', {lifetime: 1}, 'turn.lifetime'],
  ];
  for (const [what, but, key] of WRONG) {
    it(`are refused at start with ${what}`, () => {
      const rooms = {} as never;
      const options = {rooms, guests: {roles: ['viewer' as const]}, origins: ['https://shop.example']};
      const all = ['list', 'get', 'create', 'update', 'remove', 'users', 'token'].map(name => [name, () => {}]);
      assert.throws(
        () =>
          tokenProxy({...options, rooms: Object.fromEntries(all) as never, turn: {urls: URLS, secret: SECRET, ...but}}),
        (error: {key: string; message: string}) => error.key === key && !error.message.includes('canary'),
      );
    });
  }
});
