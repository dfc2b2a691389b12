import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {test, type TestContext} from 'node:test';
import {
  call,
  credentials,
  HOUR,
  listRooms,
  makeRoom,
  now,
  readRoom,
  refused,
  removeRoom,
  startingIn,
  written,
  type Json,
} from './client.js';
import {has, lacks, needs, offered, offers} from './target.js';

const ROOM = {name: 'Conformance', owner_ref: 'tests', settings: {}};

/** Tries to make rooms that must be refused, and checks that none was made. */
async function refuseAll(t: TestContext, faults: (readonly [result: number, body: Json])[]) {
  const mark = randomUUID();
  const made = async () => (await listRooms()).filter(({name, owner_ref}) => name === mark || owner_ref === mark);
  t.after(async () => {
    for (const {room_id} of await made()) await removeRoom(room_id);
  });
  for (const [result, body] of faults) {
    const marked = {name: mark, owner_ref: mark, ...body};
    await t.test(JSON.stringify(body).slice(0, 100), async () => refused(await call('POST', '/rooms', marked), result));
  }
  assert.deepEqual(await made(), []);
}

test('R1 a name, an owner and empty settings make a room; the rest has defaults', async t => {
  const {room_id, name, owner_ref, created, settings, ...room} = await makeRoom(t);
  assert.match(room_id, /^[0-9a-f]{24}$/);
  assert.deepEqual([name, owner_ref], [ROOM.name, ROOM.owner_ref]);
  assert.equal(new Date(String(created)).toISOString(), created);
  assert.ok(!room.isRoomActive && room.updated === undefined);
  const defaults = {
    mode: 'group',
    scheduled: false,
    adhoc: false,
    moderators: 1,
    auto_recording: false,
    canvas: false,
    single_file_recording: false,
    watermark: false,
    screen_share: true,
    media_zone: 'XX',
  };
  for (const [key, value] of Object.entries(defaults)) assert.equal(settings[key], value, key);
});

test('R1 five settings come back only if they were sent', async t => {
  const {settings} = await makeRoom(t);
  const silent = {audiences: 0, send_audiences_stats: false, knock: false, wait_for_moderator: false, abwd: true};
  for (const [key, value] of Object.entries(silent)) {
    if (has('strict')) assert.ok(!(key in settings), key);
    assert.equal(settings[key] ?? value, value, key);
  }
  const {settings: sent} = await makeRoom(t, silent);
  for (const [key, value] of Object.entries(silent)) assert.equal(sent[key], value, key);
});

test('R1 a room has the id of its application, and settings without effect', needs('strict'), async t => {
  const {service_id, settings} = await makeRoom(t);
  assert.equal(service_id, (await credentials()).id);
  const {media_configuration, viewers, encryption} = settings;
  assert.deepEqual([media_configuration, viewers, encryption], ['default', 0, false]);
});

test('R1 the defaults are 2 participants, as many talkers, and quality SD', needs('strict'), async t => {
  const {settings} = await makeRoom(t);
  assert.deepEqual([settings.participants, settings.max_active_talkers, settings.quality], [2, 2, 'SD']);
  assert.equal((await makeRoom(t, {participants: 4})).settings.max_active_talkers, 4);
  assert.equal((await makeRoom(t, {participants: 40})).settings.max_active_talkers, 6);
});

const BOOLEANS = [
  [19116, 'canvas'],
  [10025, 'knock'],
  [19117, 'wait_for_moderator'],
  [19118, 'single_file_recording'],
  [19119, 'watermark'],
  [19120, 'screen_share'],
  [19121, 'abwd'],
  [19122, 'facex'],
] as const;
const EVERY_FAULT: [result: number, body: Json][] = [
  [10002, {name: undefined}],
  [10002, {name: null}],
  [10002, {name: ''}],
  [19100, {name: 'x'.repeat(201)}],
  [10010, {owner_ref: undefined}],
  [10010, {owner_ref: ''}],
  [19101, {owner_ref: {}}],
  [19103, {settings: []}],
  [19103, {settings: 'none'}],
  [19104, {sip: 'yes'}],
  [19105, {sip: {enabled: 'yes'}}],
  [19001, {data: 'text'}],
  [19001, {data: [1]}],
  ...(
    [
      [19110, {description: 5}],
      [10019, {mode: 'webinar'}],
      [10003, {scheduled: 'yes'}],
      [10003, {scheduled: 1}],
      [10016, {adhoc: 'yes'}],
      [10011, {duration: 0}],
      [10011, {duration: -30}],
      [10011, {duration: 'long'}],
      [10022, {moderators: 0}],
      [10022, {moderators: 6}],
      [10022, {moderators: 1.5}],
      [10007, {participants: 0}],
      [10007, {participants: -1}],
      [10007, {participants: 'many'}],
      [19111, {max_active_talkers: 0}],
      [19111, {max_active_talkers: 17}],
      [19112, {audiences: -1}],
      [19114, {send_audiences_stats: 'yes', audiences: 1}],
      [19113, {send_audiences_stats: true}],
      [19112, {send_audiences_stats: true, audiences: 0}],
      [19113, {hls_view_url: 'DEFAULT'}],
      [19115, {hls_view_url: 'http://insecure.example/', audiences: 1}],
      [19115, {hls_view_url: 'nowhere', audiences: 1}],
      [10008, {auto_recording: 'yes'}],
      ...BOOLEANS.map(([result, key]) => [result, {[key]: 'yes'}] as const),
      [10014, {quality: '4K'}],
      [10014, {quality: 'hd'}],
      [19123, {billing_code: {}}],
      [19124, {role_based_recording: 'audio'}],
      [19124, {role_based_recording: {viewer: 'audio'}}],
      [19124, {role_based_recording: {moderator: 'video'}}],
      [19125, {live_recording: 'yes'}],
      [19125, {live_recording: {auto_recording: 'yes'}}],
      [19126, {media_zone: 'MARS'}],
      [10009, {colour: 'red'}],
    ] as const
  ).map(([result, settings]): [number, Json] => [result, {settings}]),
];
/** Whatever else is wrong, a setting that the server lacks is refused as such. */
const FAULTS = EVERY_FAULT.filter(([, {settings}]) => typeof settings !== 'object' || offers(settings as Json));

test('R2 a value that breaks a rule is refused, and nothing is stored', async t => {
  await refuseAll(t, FAULTS);
});

test('R2 of several faults, the first in the order of the keys is reported', needs('strict'), async t => {
  await refuseAll(t, [
    [10002, {name: '', owner_ref: '', settings: {scheduled: 'yes'}}],
    [10010, {owner_ref: '', settings: {scheduled: 'yes'}}],
    [10003, {settings: {colour: 'red', participants: 0, scheduled: 'yes'}, data: 5}],
    [10007, {settings: {colour: 'red', auto_recording: 'yes', participants: 0}}],
    [10008, {settings: {colour: 'red', quality: '4K', auto_recording: 'yes'}}],
  ]);
});

test('R2 values that keep to the rules are accepted', async t => {
  const fine: Json[] = [
    {description: 'Daily, at nine', mode: 'lecture'},
    {description: ''},
    {scheduled: false, scheduled_time: '', duration: 1e6},
    {duration: '90', moderators: '5', participants: '10', audiences: '3'},
    {moderators: 5, participants: 1, max_active_talkers: 1},
    {max_active_talkers: 16},
    {audiences: 1, send_audiences_stats: true, hls_view_url: 'https://cdn.example/live'},
    {audiences: 1, hls_view_url: 'DEFAULT'},
    offered(Object.fromEntries(['auto_recording', ...BOOLEANS.map(([, key]) => key)].map(key => [key, true]))),
    Object.fromEntries(['auto_recording', ...BOOLEANS.map(([, key]) => key)].map(key => [key, false])),
    ...['HD', 'SD', 'LD'].map(quality => ({quality})),
    ...['IN', 'SG', 'US', 'XX'].map(media_zone => ({media_zone})),
    {billing_code: 'B-1'},
    {billing_code: 4711},
    {role_based_recording: {moderator: 'audiovideo', participant: 'audio'}},
    {role_based_recording: {}},
    {media_configuration: 'sfu', viewers: '5', encryption: true, media_type: 'audio', peep: true},
    {live_transcription: {language: 'english-us', auto_transcribe: true, enable: true}},
    {active_talker: true},
  ];
  for (const settings of fine.filter(offers)) {
    const kept = await readRoom((await makeRoom(t, settings)).room_id);
    for (const [key, value] of Object.entries(settings)) {
      // An empty string means "not set" and is dropped.
      assert.deepEqual(kept.settings[key], value === '' ? undefined : value, key);
    }
  }
});

test('R2 a name of 200 characters and an owner that is a number are accepted', async t => {
  const name = 'Stand-up: “9 h”, '.repeat(20).slice(0, 200);
  const room = await makeRoom(t, {}, {name, owner_ref: 0});
  assert.deepEqual([room.name, room.owner_ref], [name, 0]);
});

test('R2 an update with a value that breaks a rule is refused, and nothing changes', async t => {
  const before = await makeRoom(t, lacks('audience') ? {} : {audiences: 1, hls_view_url: 'DEFAULT'});
  const fixed = ['mode', 'scheduled', 'adhoc'];
  for (const [result, {settings, ...body}] of FAULTS) {
    const keys = Object.keys((settings ?? {}) as Json);
    // A key that `create` requires is there already, so an update may leave it out.
    if (Object.values(body).includes(undefined) || result === 19113 || keys.some(key => fixed.includes(key))) continue;
    const changes = {data: {changed: true}, ...body, ...(settings !== undefined && {settings})};
    refused(await call('PATCH', `/rooms/${before.room_id}`, changes), result);
  }
  assert.deepEqual(await readRoom(before.room_id), before);
});

test('R2 live_recording may be a boolean, and comes back as an object', async t => {
  const url = 'https://rtmp.example/live';
  const forms = [
    [true, {auto_recording: true}],
    [false, {auto_recording: false}],
    [
      {auto_recording: true, url},
      {auto_recording: true, url},
    ],
  ] as const;
  for (const [sent, answered] of forms) {
    assert.deepEqual((await makeRoom(t, {live_recording: sent})).settings.live_recording, answered);
  }
});

test('R2 keys of older clients are accepted; only active_talker comes back', async t => {
  const legacy = {wait_moderator: true, media: {a: 1}};
  const {settings} = await makeRoom(t, {...legacy, active_talker: true});
  assert.equal(settings.active_talker, true);
  for (const key of Object.keys(legacy)) assert.ok(!(key in settings), key);
});

test('R2 unknown keys of a body are accepted and ignored', async t => {
  const {colour, room_id, created, isRoomActive} = await makeRoom(
    t,
    {},
    {colour: 'red', room_id: 'mine', created: 'yesterday', isRoomActive: true, sip: {enabled: false, colour: 'red'}},
  );
  assert.equal(colour, undefined);
  assert.match(room_id, /^[0-9a-f]{24}$/);
  assert.equal(new Date(String(created)).toISOString(), created);
  assert.ok(!isRoomActive);
});

test('R2 a refusal has the documented text, and says what to do', needs('strict'), async () => {
  const scheduled = {scheduled: true, duration: 5};
  for (const [result, words, body] of [
    [10002, 'Required Data Missing: name (Room Name)', {name: ''}],
    [10003, 'Invalid Value: settings.scheduled', {settings: {scheduled: 'yes'}}],
    [10004, 'Required Data Missing: settings.scheduled_time', {settings: scheduled}],
    [
      10005,
      'Invalid Date/Time Format: settings.scheduled_time',
      {settings: {...scheduled, scheduled_time: 'tomorrow'}},
    ],
    [
      10006,
      'Illegible Date/Time: settings.scheduled_time',
      {settings: {...scheduled, scheduled_time: '2019-01-01 00:00:00'}},
    ],
    [10007, 'Invalid Value: settings.participants', {settings: {participants: 0}}],
    [10008, 'Invalid Value: settings.auto_recording', {settings: {auto_recording: 1}}],
    [10009, 'Unrecognized Key of settings', {settings: {colour: 'red'}}],
    [10010, 'Required Data Missing: owner_ref', {owner_ref: ''}],
    [10011, 'Invalid Value: settings.duration', {settings: {duration: 'long'}}],
    [10012, 'Invalid Value: settings.active_talker', {settings: {active_talker: 'yes'}}],
    [10013, 'Invalid Value: settings.wait_moderator', {settings: {wait_moderator: 'yes'}}],
    [10014, 'Invalid Value: settings.quality', {settings: {quality: 'hd'}}],
    [10016, 'Invalid Value: settings.adhoc', {settings: {adhoc: 'yes'}}],
    [10017, 'Illegible Value: settings.adhoc', {settings: {adhoc: true, scheduled: true}}],
    [10019, 'Invalid Value: settings.mode', {settings: {mode: 'webinar'}}],
    [10022, 'Invalid Value: settings.moderators', {settings: {moderators: 6}}],
    [10025, 'Illegible value settings.knock', {settings: {knock: 'yes'}}],
  ] as const) {
    const reply = await call('POST', '/rooms', {...ROOM, ...body});
    refused(reply, result);
    assert.equal(reply.body.error, `[Reason] ${words}`);
    assert.match(String(reply.body.desc), /\S/);
  }
});

test('R3 a scheduled room needs a valid time in the future, and a duration', async t => {
  const {settings: fine} = await startingIn(2 * HOUR);
  const {
    duration,
    scheduled_time: time,
    ...scheduled
  } = fine as {duration: number; scheduled_time: string; scheduled: boolean};
  await refuseAll(
    t,
    (
      [
        [10004, {duration}],
        [10004, {duration, scheduled_time: ''}],
        [10005, {duration, scheduled_time: '2026-13-01 10:00:00'}],
        [10005, {duration, scheduled_time: '2027-02-29 10:00:00'}],
        [10005, {duration, scheduled_time: time.replace(' ', 'T')}],
        [10005, {duration, scheduled_time: `${time}Z`}],
        [10005, {duration, scheduled_time: time.slice(0, 16)}],
        [10005, {duration, scheduled_time: 'tomorrow'}],
        [10006, {duration, scheduled_time: written((await now()) - HOUR)}],
        [10011, {scheduled_time: time}],
        [10011, {scheduled_time: time, duration: 0}],
      ] as const
    ).map(([result, more]) => [result, {settings: {...scheduled, ...more}}] as const),
  );
  const {settings} = await makeRoom(t, fine);
  assert.deepEqual([settings.scheduled, settings.scheduled_time, settings.duration], [true, time, duration]);
});

test('R4 a room cannot be ad hoc and scheduled at once', async t => {
  const {settings} = await startingIn(2 * HOUR);
  await refuseAll(t, [[10017, {settings: {...settings, adhoc: true}}]]);
  assert.equal((await makeRoom(t, {adhoc: true, scheduled: false})).settings.adhoc, true);
});

for (const [result, what, settings] of [
  [10019, 'lecture', {mode: 'lecture'}],
  [19112, 'audience', {audiences: 1}],
  [10025, 'knock', {knock: true}],
  [19117, 'wait_for_moderator', {wait_for_moderator: true}],
  [10007, 'seats', {participants: 200}],
] as const) {
  if (!lacks(what)) continue;
  test(`R18 a setting that asks for something that the server lacks is refused, and nothing is stored: ${what}`, async t => {
    await refuseAll(t, [[result, {settings}]]);
    if (what === 'lecture') return;
    const before = await makeRoom(t);
    refused(await call('PATCH', `/rooms/${before.room_id}`, {name: 'Other', settings}), result);
    assert.deepEqual(await readRoom(before.room_id), before);
  });
}
