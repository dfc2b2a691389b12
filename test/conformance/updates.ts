import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  ask,
  call,
  enter,
  HOUR,
  makeRoom,
  MINUTE,
  now,
  outcome,
  readRoom,
  refused,
  setClock,
  startingIn,
  succeeded,
  tokenFor,
  UNKNOWN_ROOM,
  until,
  usersOf,
  written,
  type Json,
} from './client.js';
import {lacks, needs, offered, offers} from './target.js';

const patch = (room_id: string, changes: unknown) => call('PATCH', `/rooms/${room_id}`, changes);

test('R6 an update changes the keys it names and no others, and sets updated', async t => {
  const {room_id} = await makeRoom(t, {participants: '5', description: 'Daily'}, {data: {a: 1, b: 1}});
  const before = await readRoom(room_id);
  const settings = {participants: 7, auto_recording: true};
  succeeded(await patch(room_id, {name: 'Retro', settings, data: {b: 2}}));
  const {updated, ...after} = await readRoom(room_id);
  assert.equal(new Date(String(updated)).toISOString(), updated);
  const merged = {...before, name: 'Retro', settings: {...before.settings, ...settings}, data: {a: 1, b: 2}};
  assert.deepEqual(after, merged);
});

/** A value for every key that an update may change. None is the default. */
const CHANGES: Json = offered({
  description: 'Weekly',
  duration: 90,
  moderators: '3',
  participants: 8,
  max_active_talkers: '7',
  ...(!lacks('audience') && {audiences: 4, send_audiences_stats: true, hls_view_url: 'https://cdn.example/live'}),
  auto_recording: true,
  canvas: true,
  knock: true,
  wait_for_moderator: true,
  single_file_recording: true,
  watermark: true,
  screen_share: false,
  abwd: false,
  facex: true,
  quality: 'LD',
  billing_code: 'B-2',
  role_based_recording: {participant: 'audio'},
  live_recording: {auto_recording: true, url: 'https://rtmp.example/live'},
  media_zone: 'SG',
});

test('R6 every setting but mode, scheduled and adhoc can be changed, and keeps the type that was sent', async t => {
  const {room_id, settings, ...room} = await makeRoom(t);
  succeeded(await patch(room_id, {settings: CHANGES}));
  const {updated, ...after} = await readRoom(room_id);
  assert.ok(updated);
  assert.deepEqual(after, {room_id, ...room, settings: {...settings, ...CHANGES}});
  const more = offered({audiences: 5});
  succeeded(await patch(room_id, {owner_ref: 4711, settings: {...more, live_recording: false}}));
  const {owner_ref, settings: again} = await readRoom(room_id);
  const changed = {...CHANGES, ...more, live_recording: {auto_recording: false}};
  assert.deepEqual([owner_ref, again], [4711, {...settings, ...changed}]);
});

test('R6 start and duration of a scheduled room can be changed', async t => {
  const {settings} = await startingIn(2 * HOUR);
  const {settings: later} = await startingIn(30 * HOUR, 45);
  const {room_id, ...room} = await makeRoom(t, settings);
  const {scheduled_time, duration} = later;
  succeeded(await patch(room_id, {settings: {scheduled_time, duration}}));
  assert.deepEqual((await readRoom(room_id)).settings, {...room.settings, scheduled_time, duration});
  for (const [result, fault] of [
    [10004, {scheduled_time: ''}],
    [10005, {scheduled_time: String(scheduled_time).replace(' ', 'T')}],
    [10006, {scheduled_time: written((await now()) - HOUR)}],
    [10007, {participants: 301}],
    [10011, {duration: ''}],
  ] as const) {
    refused(await patch(room_id, {name: 'Other', settings: fault}), result);
  }
  const {name, settings: kept} = await readRoom(room_id);
  assert.deepEqual([name, kept], [room.name, {...room.settings, scheduled_time, duration}]);
});

test('R6 an empty string gives a setting its default back', needs('strict'), async t => {
  const {room_id, settings} = await makeRoom(t);
  succeeded(await patch(room_id, {settings: CHANGES}));
  const empty = Object.fromEntries(Object.keys(CHANGES).map(key => [key, '']));
  succeeded(await patch(room_id, {settings: empty}));
  assert.deepEqual((await readRoom(room_id)).settings, settings);
});

test('R6 data is merged key by key, and not deeper', async t => {
  const {room_id} = await makeRoom(t, {}, {data: {keep: 1, deep: {a: 1}, list: [1, 2]}});
  succeeded(await patch(room_id, {data: {deep: {b: 2}, list: [3], gone: null}}));
  assert.deepEqual((await readRoom(room_id)).data, {keep: 1, deep: {b: 2}, list: [3], gone: null});
});

test('R6 SIP can be disabled and enabled again, with the same pin and meeting id', async t => {
  const {room_id} = await makeRoom(t);
  const sipAfter = async (sip: unknown) => {
    succeeded(await patch(room_id, {sip}));
    return (await readRoom(room_id)).sip as Json;
  };
  const enabled = await sipAfter({enabled: true});
  assert.ok(Number.isInteger(enabled.pin) && Number.isInteger(enabled.meeting_id));
  succeeded(await patch(room_id, {name: 'Other'}));
  assert.deepEqual((await readRoom(room_id)).sip, enabled);
  for (const sip of [false, {}, {enabled: false}]) {
    const {pin, meeting_id, ...rest} = await sipAfter(sip);
    assert.ok(!rest.enabled && pin === undefined && meeting_id === undefined);
    assert.deepEqual(await sipAfter({enabled: true}), enabled);
  }
});

test('R7 pin, meeting_id and isRoomActive in a body change nothing', async t => {
  const before = await makeRoom(t, {}, {sip: {enabled: true}});
  const body = {sip: {enabled: true, pin: 1, meeting_id: 2}, isRoomActive: true, updated: '2000-01-01T00:00:00.000Z'};
  succeeded(await patch(before.room_id, body));
  const {updated, ...after} = await readRoom(before.room_id);
  assert.deepEqual(after, before);
  assert.notEqual(updated, body.updated);
});

test('R7 an update may name the mode, scheduled and adhoc that the room has', async t => {
  const {settings: scheduled} = await startingIn(2 * HOUR);
  for (const settings of [{}, {mode: 'lecture'}, {adhoc: true}, scheduled].filter(offers)) {
    const before = await makeRoom(t, settings);
    const {mode, scheduled, adhoc} = before.settings;
    succeeded(await patch(before.room_id, {name: 'Same', settings: {mode, scheduled, adhoc}}));
    succeeded(await patch(before.room_id, {name: before.name, settings: before.settings}));
    const {updated: _, ...after} = await readRoom(before.room_id);
    assert.deepEqual(after, before);
  }
});

test('R7 PUT on a room does what PATCH does', needs('strict'), async t => {
  const {room_id, settings} = await makeRoom(t);
  succeeded(await call('PUT', `/rooms/${room_id}`, {name: 'Put', settings: {participants: 7}}));
  const after = await readRoom(room_id);
  assert.deepEqual([after.name, after.settings], ['Put', {...settings, participants: 7}]);
  refused(await call('PUT', `/rooms/${room_id}`, {settings: {mode: 'lecture'}}), 10106);
});

test('R7 mode, scheduled and adhoc cannot be changed: 10106, and nothing changes', async t => {
  const before = await makeRoom(t);
  for (const settings of [{mode: 'lecture'}, {scheduled: true}, {adhoc: true}]) {
    refused(await patch(before.room_id, {name: 'Other', settings}), 10106);
  }
  assert.deepEqual(await readRoom(before.room_id), before);
});

test('R7 room_id and created in a body, and an empty body, change nothing', async t => {
  const before = await makeRoom(t);
  for (const body of [{}, '', undefined, {room_id: UNKNOWN_ROOM, created: '2000-01-01T00:00:00.000Z'}]) {
    succeeded(await patch(before.room_id, body));
    assert.deepEqual(await readRoom(before.room_id), before);
  }
});

test('R7 an update with one bad value changes nothing at all', async t => {
  const before = await makeRoom(t);
  refused(await patch(before.room_id, {name: 'Other', settings: {participants: 0}}), 10007);
  refused(await patch(before.room_id, {name: 'Other', settings: {auto_recording: 'yes'}}), 10008);
  refused(await patch(before.room_id, {name: 'Other', settings: {colour: 'red'}}), 10009);
  refused(await patch(before.room_id, {name: 'Other', settings: {max_active_talkers: 16, participants: 101}}), 10007);
  assert.deepEqual(await readRoom(before.room_id), before);
});

test(
  'R8 an update during a session reads back at once, and the session keeps its limits',
  needs('sessions'),
  async t => {
    const {room_id} = await makeRoom(t, {participants: 1});
    const ann = await enter(room_id);
    const spare = await tokenFor(room_id, {role: 'moderator'});
    succeeded(await patch(room_id, {name: 'Wider', settings: {participants: 2}}));
    const {name, settings} = await readRoom(room_id);
    assert.deepEqual([name, settings.participants], ['Wider', 2]);
    refused(await ask(room_id), 10114);
    assert.equal((await outcome(spare)).type, 'joined');
    refused(await ask(room_id), 10114);
    await ann.leave();
    await until(async () => (await usersOf(room_id)).total === 1);
    const bob = await enter(room_id);
    refused(await ask(room_id), 10114);
    await bob.leave();
  },
);

test('R8 the next session has the new limits', needs('sessions'), async t => {
  const {room_id} = await makeRoom(t, {participants: 1});
  const ann = await enter(room_id);
  succeeded(await patch(room_id, {settings: {participants: 2}}));
  await ann.leave();
  await until(async () => !(await readRoom(room_id)).isRoomActive);
  await enter(room_id);
  await enter(room_id);
  refused(await ask(room_id), 10114);
});

test('R9 a scheduled room can be changed 15:01 before its start, and not at 14:59', needs('clock'), async t => {
  const {start, settings} = await startingIn(2 * HOUR);
  const {room_id} = await makeRoom(t, settings);
  await setClock(start - 15 * MINUTE - 1000);
  succeeded(await patch(room_id, {name: 'In time'}));
  await setClock(start - 15 * MINUTE + 1000);
  refused(await patch(room_id, {name: 'Too late'}), 19000);
  assert.equal((await readRoom(room_id)).name, 'In time');
});
