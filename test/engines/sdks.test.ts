import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {livekit} from '../../src/engines/livekit.js';
import {twilio} from '../../src/engines/twilio.js';
import {vonage} from '../../src/engines/vonage.js';
import {zoom} from '../../src/engines/zoom.js';
import {privateKey} from '../helpers/engines/keys.js';
import {recorder, sentBy} from '../helpers/engines/recorder.js';
import {assertSame, needsSdks, sdk, timeless} from '../helpers/engines/sdk.js';

const ROOM = {room_id: 'lobby', name: 'Lobby', settings: {moderators: 1, participants: 4}};
const ANN = {name: 'Ann', role: 'participant' as const, user_ref: 'ann'};
const SECRET = 'a secret of at least thirty-two bytes, for this test';

interface LivekitSdk {
  RoomServiceClient: new (
    url: string,
    key: string,
    secret: string,
  ) => Record<string, (...args: unknown[]) => Promise<unknown>>;
  AccessToken: new (
    key: string,
    secret: string,
    options: object,
  ) => {identity: string; addGrant(grant: object): void; toJwt(): Promise<string>};
  TokenVerifier: new (key: string, secret: string) => {verify(token: string): Promise<{sub: string; video: object}>};
}

describe('the engine of LiveKit, beside the vendor’s own server SDK', needsSdks, () => {
  it('sends the same requests, and reads the server’s own spelling', async t => {
    const {RoomServiceClient} = sdk<LivekitSdk>('livekit-server-sdk');
    const protocol = sdk<Record<string, new (init: object) => {toJson(options: object): unknown}>>('@livekit/protocol');
    const {url, requests, answer} = await recorder(t);
    // As the server writes it: with the names of the protocol, and with defaults.
    const written = (message: string, init: object) => ({
      body: new protocol[message]!(init).toJson({useProtoFieldName: true, emitDefaultValues: true}),
    });
    answer(({path}) => {
      if (path.endsWith('ListRooms')) {
        return written('ListRoomsResponse', {rooms: [new protocol.Room!({name: 'lobby', numParticipants: 3})]});
      }
      if (path.endsWith('CreateRoom')) return written('Room', {name: 'lobby'});
      if (!path.endsWith('ListParticipants')) return {body: {}};
      const attributes = {role: 'viewer', user_ref: 'ann'};
      const ann = new protocol.ParticipantInfo!({identity: 'x', name: 'Ann', attributes});
      const agent = new protocol.ParticipantInfo!({identity: 'y', name: 'Agent', kind: 4});
      return written('ListParticipantsResponse', {participants: [ann, agent]});
    });
    const ours = livekit({url, key: 'key', secret: SECRET});
    const theirs = new RoomServiceClient(url, 'key', SECRET);
    const [we, they] = [
      await sentBy(requests, async () => {
        await ours.open!(ROOM);
        assert.deepEqual([...(await ours.active([ROOM]))], [['lobby', 3]]);
        assert.deepEqual(await ours.users(ROOM), [{name: 'Ann', role: 'viewer', user_ref: 'ann'}]);
        await ours.close(ROOM);
      }),
      await sentBy(requests, async () => {
        await theirs.createRoom!({name: 'lobby', emptyTimeout: 300, maxParticipants: 5});
        await theirs.listRooms!(['lobby']);
        await theirs.listParticipants!('lobby');
        await theirs.deleteRoom!('lobby');
      }),
    ];
    assertSame(we, they);
  });

  const GRANTS = {
    moderator: {canPublish: true, canSubscribe: true, canPublishData: true, roomAdmin: true},
    participant: {canPublish: true, canSubscribe: true, canPublishData: true},
    viewer: {canPublish: false, canSubscribe: true, canPublishData: false},
    audience: {canPublish: false, canSubscribe: true, canPublishData: false, hidden: true},
  };
  for (const [role, grants] of Object.entries(GRANTS)) {
    it(`signs the same token for a ${role}, and the vendor’s verifier takes it`, async () => {
      const {AccessToken, TokenVerifier} = sdk<LivekitSdk>('livekit-server-sdk');
      const engine = livekit({url: 'wss://live.example', key: 'key', secret: SECRET});
      const {token} = await engine.token(ROOM, {...ANN, role: role as keyof typeof GRANTS});
      const {sub} = await new TokenVerifier('key', SECRET).verify(token);
      const attributes = {role, user_ref: 'ann'};
      const theirs = new AccessToken('key', SECRET, {identity: sub, name: 'Ann', attributes, ttl: 60});
      theirs.addGrant({roomJoin: true, room: 'lobby', ...grants});
      assert.deepEqual(timeless(token), timeless(await theirs.toJwt()));
      await assert.rejects(new TokenVerifier('key', `${SECRET}x`).verify(token));
    });
  }
});

type Verb = (...args: unknown[]) => Promise<unknown>;
type TwilioRooms = {create: Verb; list: Verb} & ((name: string) => {
  fetch: Verb;
  update: Verb;
  participants: {list: Verb};
});
interface TwilioRequest {
  method: string;
  uri: string;
  username: string;
  password: string;
  data?: Record<string, string>;
  params?: Record<string, string>;
}
interface TwilioSdk {
  (key: string, secret: string, options: object): {video: {v1: {rooms: TwilioRooms}}};
  jwt: {
    AccessToken: {
      new (
        account: string,
        key: string,
        secret: string,
        options: object,
      ): {addGrant(grant: unknown): void; toJwt(): string};
      VideoGrant: new (options: object) => unknown;
    };
  };
}

describe('the engine of Twilio, beside the vendor’s own server SDK', needsSdks, () => {
  const account = `AC${'1'.repeat(32)}`;
  const key = `SK${'2'.repeat(32)}`;

  it('sends the same requests', async t => {
    const {url, requests, answer} = await recorder(t);
    answer(({path, method}) => {
      if (path.includes('/Participants')) return {body: {participants: [{identity: 'Ann #0a1b2c3d'}], meta: {}}};
      if (path.includes('?')) return {body: {rooms: [{unique_name: 'lobby'}], meta: {key: 'rooms'}}};
      return method === 'GET' && !path.endsWith('there') ? {status: 404, body: {code: 20404}} : {body: {sid: 'RM1'}};
    });
    // The SDK writes to the vendor's host; this client takes each request to the recorder.
    const httpClient = {
      async request({method, uri, username, password, data, params}: TwilioRequest) {
        const target = new URL(uri);
        const query = new URLSearchParams(params ?? {});
        const response = await fetch(`${url}${target.pathname}${query.size > 0 ? `?${query}` : ''}`, {
          method,
          headers: {authorization: `Basic ${btoa(`${username}:${password}`)}`},
          ...(data && {body: new URLSearchParams(data)}),
        });
        return {statusCode: response.status, body: await response.text()};
      },
    };
    const theirs = sdk<TwilioSdk>('twilio')(key, SECRET, {accountSid: account, httpClient}).video.v1.rooms;
    const ours = twilio({account, key, secret: SECRET, url: `${url}/v1`});
    const [we, they] = [
      await sentBy(requests, async () => {
        await ours.open!(ROOM);
        assert.deepEqual([...(await ours.active([ROOM]))], [['lobby', 1]]);
        assert.deepEqual(await ours.users(ROOM), [{name: 'Ann'}]);
        await ours.close(ROOM);
      }),
      await sentBy(requests, async () => {
        await theirs('lobby')
          .fetch()
          .catch(() => {});
        await theirs.create({uniqueName: 'lobby', maxParticipants: 5});
        await theirs.list({status: 'in-progress', pageSize: 1000, limit: 1000});
        for (let i = 0; i < 2; i++) {
          await theirs('lobby').participants.list({status: 'connected', pageSize: 1000, limit: 1000});
        }
        await theirs('lobby').update({status: 'completed'});
      }),
    ];
    assertSame(we, they);
  });

  it('signs the same token', async () => {
    const {AccessToken} = sdk<TwilioSdk>('twilio').jwt;
    const {token} = await twilio({account, key, secret: SECRET}).token(ROOM, ANN);
    const {grants} = timeless(token) as {grants: {identity: string}};
    const theirs = new AccessToken(account, key, SECRET, {identity: grants.identity, ttl: 60});
    theirs.addGrant(new AccessToken.VideoGrant({room: 'lobby'}));
    const header = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[0]!, 'base64url').toString()) as unknown;
    assert.deepEqual([header(token), timeless(token)], [header(theirs.toJwt()), timeless(theirs.toJwt())]);
  });
});

interface ZoomSdk {
  VideoSdkClient: new (options: object) => {
    endpoints: {sessions: Record<'listSessions' | 'listSessionUsers' | 'updateSessionStatus', Verb>};
  };
}

describe('the engine of Zoom, beside the vendor’s own server SDK', needsSdks, () => {
  it('sends the same requests', async t => {
    const {url, requests, answer} = await recorder(t);
    const id = 'abc';
    answer(({path}) => {
      if (path.includes('/users')) return {body: {users: [{name: 'Ann', user_key: 'ann'}]}};
      return path.includes('?') ? {body: {sessions: [{id, session_name: 'Lobby', user_count: 2}]}} : {status: 204};
    });
    const {VideoSdkClient} = sdk<ZoomSdk>('@zoom/rivet/videosdk');
    const options = {
      clientId: 'api',
      clientSecret: SECRET,
      webhooksSecretToken: 'x',
      doubleEncodeUrl: false,
      baseUrl: url,
    };
    const {sessions} = new VideoSdkClient(options).endpoints;
    const ours = zoom({sdkKey: 'sdk', sdkSecret: SECRET, apiKey: 'api', apiSecret: SECRET, url});
    const query = {type: 'live', page_size: 300};
    const path = {sessionId: id};
    const [we, they] = [
      await sentBy(requests, async () => {
        assert.deepEqual([...(await ours.active([ROOM]))], [['lobby', 2]]);
        assert.deepEqual(await ours.users(ROOM), [{name: 'Ann', user_ref: 'ann'}]);
        await ours.close(ROOM);
      }),
      await sentBy(requests, async () => {
        await sessions.listSessions({query});
        await sessions.listSessions({query});
        await sessions.listSessionUsers({path, query});
        await sessions.listSessions({query});
        await sessions.updateSessionStatus({path, body: {action: 'end'}});
      }),
    ];
    assertSame(we, they);
  });
});

interface VonageSdk {
  Video: new (
    credentials: object,
    options: object,
  ) => {
    createSession(options?: object): Promise<unknown>;
    generateClientToken(session: string, options: object): string;
  };
}

describe('the engine of Vonage, beside the vendor’s own server SDK', needsSdks, () => {
  const applicationId = '78d335fa-323d-0114-9c3d-d6f0d48968cf';

  it('makes a session by the same request', async t => {
    const {url, requests, answer} = await recorder(t);
    answer(() => ({body: [{session_id: '2_MX4~x'}]}));
    const theirs = new (sdk<VonageSdk>('@vonage/video').Video)({applicationId, privateKey}, {videoHost: url});
    const [we, they] = [
      await sentBy(requests, async () => {
        const id = await vonage({applicationId, privateKey, url}).open!(ROOM);
        assert.equal(id, '2_MX4~x');
      }),
      await sentBy(requests, () => theirs.createSession()),
    ];
    // The SDK writes the word null for a location that it does not have.
    assertSame(
      we,
      they.map(each => ({...each, body: each.body.replace('&location=null', '')})),
    );
  });

  for (const [role, theirRole] of [
    ['moderator', 'moderator'],
    ['participant', 'publisher'],
    ['viewer', 'subscriber'],
  ] as const) {
    it(`signs the same token for a ${role}`, async () => {
      const room = {...ROOM, vendor_id: '2_MX4~x'};
      const {token, connection} = await vonage({applicationId, privateKey}).token(room, {...ANN, role});
      const theirs = new (sdk<VonageSdk>('@vonage/video').Video)({applicationId, privateKey}, {});
      const data = JSON.stringify({name: 'Ann', role, user_ref: 'ann'});
      assert.deepEqual(timeless(token), timeless(theirs.generateClientToken('2_MX4~x', {role: theirRole, data})));
      assert.deepEqual(connection, {application_id: applicationId, session_id: '2_MX4~x'});
    });
  }
});
