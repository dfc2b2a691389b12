import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import * as functions from '../../src/connect/connect.js';
import type {Connections, Provider} from '../../src/rooms/connection.js';
import type {TokenDetail} from '../../src/rooms/token-detail.js';

const TURN = [{urls: 'turn:turn.example', username: 'u', credential: 'c'}];
const CONNECTIONS: Connections = {
  rooms: {iceServers: TURN},
  livekit: {},
  jitsi: {domain: 'meet.example', room: 'lobby', script: 'https://meet.example/external_api.js'},
  jaas: {domain: '8x8.vc', room: 'app/lobby', script: 'https://8x8.vc/app/external_api.js'},
  daily: {url: 'https://shop.daily.co/lobby'},
  twilio: {room: 'lobby'},
  vonage: {application_id: 'app', session_id: 'session~1'},
  realtimekit: {},
  bigbluebutton: {},
  zoom: {topic: 'lobby'},
  janus: {room: 'lobby', id: 'u-1', pass: 'the-pass', iceServers: TURN},
};
const connect = {...functions};
const PROVIDERS = Object.keys(CONNECTIONS) as Provider[];

const detailOf = (provider: string, changes: object = {}) =>
  ({
    provider,
    connection: CONNECTIONS[provider as Provider],
    token: 'the-token',
    serverUrl: 'wss://live.example/session',
    room: {room_id: 'lobby', name: 'Lobby', settings: {}},
    participant: {name: 'Ann', role: 'participant'},
    ...changes,
  }) as unknown as TokenDetail;

const isError = (code: string, words: RegExp) => (error: {code: string; message: string}) => {
  assert.equal(error.code, code);
  assert.match(error.message, words);
  assert.doesNotMatch(error.message, /the-token|the-pass/);
  return true;
};

describe('the arguments of each client', () => {
  const jitsi = {
    roomName: 'lobby',
    jwt: 'the-token',
    userInfo: {displayName: 'Ann'},
    configOverwrite: {prejoinConfig: {enabled: false}, disableDeepLinking: true},
  };
  const message = {request: 'join', ptype: 'publisher', room: 'lobby', id: 'u-1', token: 'the-token', display: 'Ann'};
  const expected: Record<Exclude<Provider, 'bigbluebutton'>, unknown> = {
    livekit: ['wss://live.example/session', 'the-token'],
    jitsi: ['meet.example', jitsi],
    jaas: ['8x8.vc', {...jitsi, roomName: 'app/lobby'}],
    daily: [{url: 'https://shop.daily.co/lobby', token: 'the-token', userName: 'Ann'}],
    twilio: ['the-token', {name: 'lobby'}],
    vonage: {session: ['app', 'session~1'], connect: ['the-token']},
    realtimekit: [{authToken: 'the-token'}],
    zoom: ['lobby', 'the-token', 'Ann'],
    janus: {
      session: {server: 'wss://live.example/session', token: 'the-pass', iceServers: TURN},
      join: {message},
    },
    rooms: {
      socket: ['wss://live.example/session'],
      join: ['{"type":"join","token":"the-token"}'],
      peer: [{iceServers: TURN}],
    },
  };
  for (const [provider, args] of Object.entries(expected)) {
    it(`are those of ${provider}`, () =>
      assert.deepEqual(connect[provider as keyof typeof expected](detailOf(provider)), args));
  }

  it('are the address itself for BigBlueButton, if it is one', () => {
    const address = 'https://bbb.example/bigbluebutton/api/join?checksum=1';
    assert.deepEqual(connect.bigbluebutton(detailOf('bigbluebutton', {token: address})), [address]);
    const script = detailOf('bigbluebutton', {token: 'javascript:alert(1)'});
    assert.throws(() => connect.bigbluebutton(script), isError('bad_reply', /not the address of a room/));
  });

  it('have no token in an address', () => {
    for (const provider of PROVIDERS.filter(name => name !== 'bigbluebutton')) {
      const addresses = JSON.stringify(connect[provider](detailOf(provider))).match(/(https?|wss?):[^"]*/g) ?? [];
      for (const address of addresses) assert.doesNotMatch(address, /the-token|the-pass/, provider);
    }
  });

  it('say in one sentence that a token is for another client', () => {
    for (const provider of PROVIDERS) {
      const other = provider === 'livekit' ? 'jitsi' : 'livekit';
      const words = new RegExp(`^This token is for the client “${other}”, not for “${provider}”\\.$`);
      assert.throws(() => connect[provider](detailOf(other)), isError('misconfigured', words));
    }
  });

  it('say that the address of the server is missing', () => {
    for (const provider of ['livekit', 'janus', 'rooms'] as const) {
      const detail = detailOf(provider, {serverUrl: undefined});
      assert.throws(() => connect[provider](detail), isError('bad_reply', /without the address of its server/));
    }
  });

  it('begin with camera and microphone as the visitor chose', () => {
    const begin = {microphone: true, camera: false};
    const [, options] = connect.jitsi(detailOf('jitsi'), begin);
    assert.deepEqual(
      [options.configOverwrite.startWithAudioMuted, options.configOverwrite.startWithVideoMuted],
      [false, true],
    );
    const [{startAudioOff, startVideoOff}] = connect.daily(detailOf('daily'), begin);
    assert.deepEqual([startAudioOff, startVideoOff], [false, true]);
    const [{defaults}] = connect.realtimekit(detailOf('realtimekit'), begin);
    assert.deepEqual(defaults, {audio: true, video: false});
  });

  it('name a visitor whose name nobody knows', () => {
    const [, , name] = connect.zoom(detailOf('zoom', {participant: {role: 'viewer'}}));
    assert.equal(name, 'Guest');
  });
});
