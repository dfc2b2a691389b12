import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {connectionFor} from '../../src/rooms/connection.js';

const CANARY = 'canary-of-the-vendor';

/** What each client needs, with a canary wherever an answer can hold something more. */
const KNOWN: Record<string, object | undefined> = {
  rooms: {iceServers: [{urls: ['turn:t.example'], username: '17:u', credential: 'c'}]},
  livekit: undefined,
  jitsi: {domain: 'meet.example:8443', room: 'lobby', script: 'https://meet.example/external_api.js'},
  jaas: {domain: '8x8.vc', room: 'app/lobby', script: 'https://8x8.vc/app/external_api.js'},
  daily: {url: 'https://shop.daily.co/lobby'},
  twilio: {room: 'lobby'},
  vonage: {application_id: 'a', session_id: '2_MX4~xyz'},
  realtimekit: undefined,
  bigbluebutton: undefined,
  zoom: {topic: 'lobby'},
  janus: {room: 'lobby', id: 'i', pass: 'p', iceServers: [{urls: 'stun:s.example'}]},
};

/** The value with a canary in each object inside it. */
function seeded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(seeded);
  if (typeof value !== 'object' || value === null) return value;
  return {...Object.fromEntries(Object.entries(value).map(([key, each]) => [key, seeded(each)])), secret: CANARY};
}

describe('the connection of a token', () => {
  for (const [provider, connection] of Object.entries(KNOWN)) {
    it(`holds what a client of ${provider} needs, and nothing else that was answered`, () => {
      assert.deepEqual(connectionFor(provider, seeded(connection ?? {})), connection);
    });
  }

  it('of an unknown provider holds the keys that the operator named, if they are plain', () => {
    const answered = {app_id: 'a', channel: 7, mute: false, secret: CANARY, deep: {secret: CANARY}};
    assert.equal(connectionFor('agora', answered), undefined);
    const own = {agora: ['app_id', 'channel', 'mute', 'deep', 'absent']};
    assert.deepEqual(connectionFor('agora', answered, own), {app_id: 'a', channel: 7, mute: false});
    assert.equal(connectionFor('toString', answered, own), undefined);
  });

  const UNUSABLE: [provider: string, connection: unknown][] = [
    ['jitsi', undefined],
    ['jitsi', {domain: 'meet.example', room: 'lobby', script: 'javascript:alert(1)'}],
    ['jitsi', {domain: 'evil.example/path', room: 'lobby', script: 'https://meet.example/x.js'}],
    ['daily', {url: 'https://user:password@shop.daily.co/lobby'}],
    ['daily', {url: {toString: 1}}],
    ['twilio', {room: ''}],
    ['twilio', []],
    ['vonage', {application_id: 'a'}],
    ['rooms', {iceServers: [{urls: 7}]}],
    ['agora', 'text'],
  ];
  for (const [provider, connection] of UNUSABLE) {
    it(`is refused without a quotation if a client of ${provider} could not use it: ${JSON.stringify(connection)}`, () => {
      assert.throws(
        () => connectionFor(provider, connection),
        (error: Error & {code: string}) => error.code === 'bad_reply' && !error.message.includes('example'),
      );
    });
  }
});
