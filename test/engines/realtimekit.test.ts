import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {realtimekit} from '../../src/engines/realtimekit.js';
import {recorder, sentBy} from '../helpers/engines/recorder.js';
import {assertSame, needsSdks, sdk} from '../helpers/engines/sdk.js';

const KEY = 'canary-token';
const PRESETS = {participant: 'group_call_participant', moderator: 'group_call_host'};
const ROOM = {room_id: 'lobby', name: 'Lobby', settings: {}, vendor_id: 'meeting-1'};
const ANN = {name: 'Ann', role: 'participant' as const, user_ref: 'ann'};
const options = (url: string) => ({account: 'acc', app: 'app', key: KEY, presets: PRESETS, url});

/** Cloudflare's answers, as the types of its SDK describe them. */
const ANSWERS: [path: RegExp, data: unknown][] = [
  [/\/meetings$/, {id: 'meeting-1', created_at: '', updated_at: ''}],
  [/\/participants$/, {id: 'p-1', token: 'a.b.c', custom_participant_id: 'x', preset_name: 'y', created_at: ''}],
  [/\/sessions\?/, {sessions: [{id: 'session-1', associated_id: 'meeting-1', live_participants: 1, status: 'LIVE'}]}],
  [
    /\/session-1\/participants/,
    {
      participants: [
        {display_name: 'Ann', custom_participant_id: `ann#${crypto.randomUUID()}`, preset_name: 'group_call_host'},
        {display_name: 'Gone', custom_participant_id: 'gone', preset_name: 'x', left_at: '2030-01-07T16:00:00Z'},
      ],
    },
  ],
  [/./, {}],
];
const answered = ({path}: {path: string}) => ({
  body: {success: true, data: ANSWERS.find(([pattern]) => pattern.test(path))![1]},
});

interface Meetings {
  create(app: string, params: object): Promise<unknown>;
  addParticipant(meeting: string, params: object): Promise<unknown>;
  updateMeetingByID(meeting: string, params: object): Promise<unknown>;
}
interface Sdk {
  default: new (options: object) => {
    realtimeKit: {
      meetings: Meetings;
      sessions: {
        getSessions(app: string, params: object): Promise<unknown>;
        getSessionParticipants(session: string, params: object): Promise<unknown>;
      };
      activeSession: {kickAllParticipants(meeting: string, params: object): Promise<unknown>};
    };
  };
}

describe('the engine of RealtimeKit', () => {
  it('holds only the roles that have a preset', async t => {
    const {url} = await recorder(t);
    const {enforces} = realtimekit(options(url));
    assert.deepEqual([enforces.moderator, enforces.viewer, enforces.audience], [true, false, false]);
    const presets = {moderator: 'host'};
    assert.throws(() => realtimekit({...options(url), presets}), {code: 'misconfigured', key: 'presets'});
  });

  it('knows who is inside now, and as what', async t => {
    const {url, answer} = await recorder(t);
    answer(answered);
    const engine = realtimekit(options(url));
    assert.deepEqual(
      [...(await engine.active([ROOM, {...ROOM, room_id: 'other', vendor_id: undefined}]))],
      [
        ['lobby', 1],
        ['other', 0],
      ],
    );
    assert.deepEqual(await engine.users(ROOM), [{name: 'Ann', role: 'moderator', user_ref: 'ann'}]);
  });

  it('gives each person a participant of their own', async t => {
    const {url, requests, answer} = await recorder(t);
    answer(answered);
    const engine = realtimekit(options(url));
    for (let i = 0; i < 2; i++) assert.equal((await engine.token(ROOM, ANN)).token, 'a.b.c');
    const ids = requests.map(({body}) => (JSON.parse(body) as {custom_participant_id: string}).custom_participant_id);
    assert.equal(new Set(ids).size, 2);
    answer(() => ({status: 404, body: {success: false}}));
    await assert.rejects(engine.token(ROOM, ANN), {code: 'bad_reply'});
  });
});

describe('the engine of RealtimeKit, beside Cloudflare’s own SDK', needsSdks, () => {
  it('sends the same requests', async t => {
    const {url, requests, answer} = await recorder(t);
    answer(answered);
    const engine = realtimekit(options(url));
    const {realtimeKit} = new (sdk<Sdk>('cloudflare').default)({apiToken: KEY, baseURL: url, maxRetries: 0});
    const ours = await sentBy(requests, async () => {
      await engine.open!(ROOM);
      await engine.active([ROOM]);
      await engine.users(ROOM);
      await engine.token(ROOM, ANN);
      await engine.close(ROOM);
    });
    const {custom_participant_id} = JSON.parse(ours[4]!.body) as {custom_participant_id: string};
    const place = {account_id: 'acc', app_id: 'app'};
    const account = {account_id: 'acc'};
    const theirs = await sentBy(requests, async () => {
      const {meetings, sessions, activeSession} = realtimeKit;
      await meetings.create('app', {...account, title: 'Lobby'});
      await sessions.getSessions('app', {...account, status: 'LIVE', per_page: 1000});
      await sessions.getSessions('app', {...account, status: 'LIVE', per_page: 1000, associated_id: 'meeting-1'});
      await sessions.getSessionParticipants('session-1', {...place, per_page: 1000});
      const person = {custom_participant_id, preset_name: 'group_call_participant', name: 'Ann'};
      await meetings.addParticipant('meeting-1', {...place, ...person});
      await meetings.updateMeetingByID('meeting-1', {...place, status: 'INACTIVE'});
      await activeSession.kickAllParticipants('meeting-1', place);
    });
    assertSame(ours, theirs);
  });
});
