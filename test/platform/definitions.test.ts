import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ROOM, SCHEDULED, startPlatform, type Json} from '../helpers/platform/start.js';

test('R1 a name, an owner and empty settings make a room; the rest has defaults', async t => {
  const world = await startPlatform(t);
  const {status, body} = await world.call('POST', '/rooms', ROOM);
  assert.equal(status, 200);
  const room = body.room as Json;
  assert.match(String(room.room_id), /^[0-9a-f]{24}$/);
  assert.deepEqual(room, {
    room_id: room.room_id,
    name: 'Stand-up',
    owner_ref: 'alice',
    settings: {
      mode: 'group',
      scheduled: false,
      adhoc: false,
      moderators: 1,
      participants: 2,
      max_active_talkers: 2,
      auto_recording: false,
      canvas: false,
      single_file_recording: false,
      watermark: false,
      screen_share: true,
      quality: 'SD',
      media_zone: 'XX',
      media_configuration: 'default',
      viewers: 0,
      encryption: false,
    },
    sip: {enabled: false},
    service_id: room.service_id,
    created: '2020-01-06T12:00:00.000Z',
  });
});

const settings = (values: Json) => ({...ROOM, settings: values});
const VIOLATIONS: [result: number, body: Json][] = [
  [10002, {owner_ref: 'alice', settings: {}}],
  [10002, {...ROOM, name: ''}],
  [19100, {...ROOM, name: 'x'.repeat(201)}],
  [10010, {name: 'No owner', settings: {}}],
  [19101, {...ROOM, owner_ref: {}}],
  [19103, {...ROOM, settings: []}],
  [19110, settings({description: 5})],
  [10019, settings({mode: 'webinar'})],
  [10003, settings({scheduled: 'yes'})],
  [10016, settings({adhoc: 'yes'})],
  [10005, settings({...SCHEDULED, scheduled_time: 'tomorrow'})],
  [10011, settings({...SCHEDULED, duration: ''})],
  [10011, settings({...SCHEDULED, duration: 0})],
  [10022, settings({moderators: 0})],
  [10022, settings({moderators: 6})],
  [10007, settings({participants: 0})],
  [10007, settings({participants: 'many'})],
  [10007, settings({participants: 201, max_active_talkers: 8})],
  [10007, settings({...SCHEDULED, participants: 301})],
  [10007, settings({...SCHEDULED, mode: 'lecture', participants: 1001})],
  [19111, settings({max_active_talkers: 17})],
  [19112, settings({audiences: -1})],
  [19113, settings({send_audiences_stats: true})],
  [19113, settings({hls_view_url: 'DEFAULT'})],
  [19112, settings({audiences: 0, hls_view_url: 'DEFAULT'})],
  [19115, settings({audiences: 1, hls_view_url: 'http://insecure.example'})],
  [10008, settings({auto_recording: 'yes'})],
  ...(
    [
      [19116, 'canvas'],
      [10025, 'knock'],
      [19117, 'wait_for_moderator'],
      [19118, 'single_file_recording'],
      [19119, 'watermark'],
      [19120, 'screen_share'],
      [19121, 'abwd'],
      [19122, 'facex'],
    ] as const
  ).map(([result, key]): [number, Json] => [result, settings({[key]: 'yes'})]),
  [10014, settings({quality: '4K'})],
  [19123, settings({billing_code: {}})],
  [19124, settings({role_based_recording: {viewer: 'audio'}})],
  [19125, settings({live_recording: {auto_recording: 'yes'}})],
  [19126, settings({media_zone: 'MARS'})],
  [10009, settings({colour: 'red'})],
  [19104, {...ROOM, sip: 'yes'}],
  [19105, {...ROOM, sip: {enabled: 'yes'}}],
  [19001, {...ROOM, data: 'yes'}],
];

test('R2 a value that breaks a rule is refused with its number, and nothing is stored', async t => {
  const world = await startPlatform(t);
  for (const [result, body] of VIOLATIONS) {
    const reply = await world.call('POST', '/rooms', body);
    assert.deepEqual([reply.status, reply.body.result], [400, result], JSON.stringify(body).slice(0, 200));
    assert.match(String(reply.body.error), /./);
  }
  assert.deepEqual((await world.call('GET', '/rooms')).body, {result: 0, rooms: []});
});

test('R1 whatever an unknown key holds, it is ignored, and the platform lives', async t => {
  const world = await startPlatform(t);
  for (const value of [true, false, null, 5, 1.5, {a: 1}, ['x'], [], {}]) {
    const {status, body} = await world.call('POST', '/rooms', {...ROOM, engine: value, room_id: value, updated: value});
    const {engine, updated} = body.room as Json;
    assert.deepEqual([status, engine, updated], [200, undefined, undefined], JSON.stringify(value));
  }
  assert.equal(((await world.call('GET', '/rooms')).body.rooms as Json[]).length, 9);
});

test('R3 a scheduled room needs a valid time in the future, and a duration', async t => {
  const world = await startPlatform(t);
  const refusal = async (values: Json) =>
    (await world.call('POST', '/rooms', settings({...SCHEDULED, ...values}))).body.result;
  assert.equal(await refusal({scheduled_time: ''}), 10004);
  assert.equal(await refusal({scheduled_time: '2026-13-01 10:00:00'}), 10005);
  assert.equal(await refusal({scheduled_time: '2020-01-06T16:00:00'}), 10005);
  assert.equal(await refusal({scheduled_time: '2020-01-06 11:59:59'}), 10006);
  assert.equal(await refusal({duration: undefined}), 10011);
  assert.equal(await refusal({}), 0);
});

test('R4 a room cannot be ad hoc and scheduled at once', async t => {
  const world = await startPlatform(t);
  const {body} = await world.call('POST', '/rooms', settings({...SCHEDULED, adhoc: true}));
  assert.equal(body.result, 10017);
});
