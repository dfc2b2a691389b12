import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {
  checkChanges,
  checkDefinition,
  faultsOf,
  formatTime,
  joinWindow,
  parseTime,
  rangeOf,
  roomPhase,
  RoomsError,
  tokenExpiry,
  type RoomDefinition,
  type SettingsDefinition,
} from '../../src/rooms/rooms.js';

const NOW = Date.UTC(2030, 0, 7, 12);
const MINUTE = 60_000;
const define = (settings: object = {}, more: object = {}) =>
  checkDefinition({name: 'Lobby', owner_ref: 'o', settings: settings as SettingsDefinition, ...more}, NOW);
const at = (minutes: number) => formatTime(NOW + minutes * MINUTE);
const scheduled = (minutes: number, more: object = {}) => ({
  scheduled: true,
  scheduled_time: at(minutes),
  duration: 30,
  ...more,
});

function refused(work: () => unknown, result: number, key?: string) {
  assert.throws(work, (error: unknown) => {
    assert.ok(error instanceof RoomsError);
    assert.deepEqual([error.result, error.key], [result, key ?? error.key]);
    assert.ok(error.message.length > 0);
    return true;
  });
}

describe('times', () => {
  it('are YYYY-MM-DD HH:MM:SS in UTC and nothing else', () => {
    assert.equal(parseTime('2030-01-07 12:00:00'), NOW);
    assert.equal(parseTime('1970-01-01 00:00:00'), 0);
    for (const text of [
      '2026-13-01 10:00:00',
      '2026-02-30 10:00:00',
      '2026-01-01T10:00:00',
      '2026-01-01 24:00:00',
      '+275760-09-13 00:00',
      '',
      '7',
    ]) {
      assert.equal(parseTime(text), undefined, text);
    }
  });
});

describe('the join window', () => {
  const room = {settings: scheduled(20) as {scheduled: boolean; scheduled_time: string; duration: number}};
  const opens = NOW + 5 * MINUTE;

  it('is none for rooms that are always open', () => {
    assert.equal(joinWindow({settings: {}}), undefined);
    assert.equal(joinWindow({settings: {adhoc: true, scheduled_time: at(5)}}), undefined);
    assert.equal(roomPhase({settings: {}}, NOW), 'open');
  });

  it('opens 15 minutes before the start, to the millisecond', () => {
    assert.equal(joinWindow(room)!.opensAt.getTime(), opens);
    assert.equal(roomPhase(room, opens - 1), 'early');
    assert.equal(roomPhase(room, opens), 'open');
  });

  it('closes at the end, unless somebody is inside', () => {
    const end = opens + 45 * MINUTE;
    assert.equal(roomPhase(room, end - 1), 'open');
    assert.equal(roomPhase(room, end), 'over');
    assert.equal(roomPhase({...room, isRoomActive: true}, end), 'open');
  });
});

describe('a token’s end', () => {
  const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;

  it('is what the issuer says, else what a JWT says of itself, else 15 minutes away', () => {
    const said = '2030-01-07T12:01:00.000Z';
    const claimed = jwt({exp: NOW / 1000 + 30, name: 'Ünïcödé?>'});
    assert.equal(tokenExpiry({token: claimed, expires_at: said}, NOW).toISOString(), said);
    assert.equal(tokenExpiry({token: claimed}, NOW).getTime(), NOW + 30_000);
    for (const token of [
      'opaque',
      'eyJub3QiOiJqd3QifQ==',
      jwt({}),
      jwt({exp: 'soon'}),
      jwt({exp: 1e15}),
      jwt({exp: -1e15}),
      'a.b.c',
    ]) {
      assert.equal(tokenExpiry({token}, NOW).getTime(), NOW + 15 * MINUTE, token);
    }
  });
});

describe('a definition', () => {
  it('is completed with native defaults, and keeps the types that were sent', () => {
    const {settings, sip} = define({participants: '5', moderators: 2, description: '', billing_code: ''});
    assert.equal(settings.participants, '5');
    assert.equal(settings.moderators, 2);
    assert.equal(settings.max_active_talkers, 5);
    assert.deepEqual(
      [settings.mode, settings.scheduled, settings.quality, settings.media_zone],
      ['group', false, 'SD', 'XX'],
    );
    assert.ok(!('description' in settings) && !('billing_code' in settings) && !('facex' in settings));
    assert.deepEqual(sip, {enabled: false});
  });

  it('is checked in the table’s order, and the first fault is reported', () => {
    refused(() => checkDefinition({} as RoomDefinition, NOW), 10002, 'name');
    refused(() => define({quality: 'UHD', moderators: 9}), 10022, 'settings.moderators');
    refused(() => define({nonsense: 1, participants: 0}), 10007, 'settings.participants');
    refused(() => define({nonsense: 1}), 10009, 'settings.nonsense');
    refused(() => define({['__proto__x']: 1}), 10009);
    const unprintable = {toString: 1};
    refused(() => define({duration: unprintable}), 10011, 'settings.duration');
    refused(() => define({live_recording: {url: unprintable}}), 19125, 'settings.live_recording');
    refused(() => define({mode: unprintable}), 10019, 'settings.mode');
    refused(() => define(JSON.parse('{"__proto__": {"participants": 3}}') as object), 10009);
  });

  it('may hold an empty string for “not set”, but only in keys that it knows', () => {
    const {settings, sip} = checkDefinition(
      JSON.parse('{"name":"x","owner_ref":"o","settings":"","sip":{"enabled":""}}') as RoomDefinition,
      NOW,
    );
    assert.deepEqual([settings, sip], [define().settings, {enabled: false}]);
    const live = define({live_recording: {auto_recording: true, url: ''}, role_based_recording: {moderator: ''}});
    assert.deepEqual(live.settings.live_recording, {auto_recording: true});
    assert.deepEqual(live.settings.role_based_recording, {});
    refused(() => define({colour: ''}), 10009, 'settings.colour');
  });

  it('carries at most 1600 streams, or 300 participants when scheduled, 1000 in a lecture', () => {
    define({participants: 200, max_active_talkers: 8});
    refused(() => define({participants: 201, max_active_talkers: 8}), 10007);
    refused(() => define({participants: 267}), 10007);
    define({participants: 266});
    define(scheduled(60, {participants: 300}));
    refused(() => define(scheduled(60, {participants: 301})), 10007);
    define(scheduled(60, {participants: 1000, mode: 'lecture'}));
    refused(() => define(scheduled(60, {participants: 1001, mode: 'lecture'})), 10007);
  });

  it('needs an audience before it can send statistics about one', () => {
    refused(() => define({send_audiences_stats: true}), 19113, 'settings.audiences');
    refused(() => define({hls_view_url: 'DEFAULT', audiences: 0}), 19112, 'settings.audiences');
    define({hls_view_url: 'https://shop.example/view', audiences: 1});
    refused(() => define({send_audiences_stats: 'yes'}), 19114, 'settings.send_audiences_stats');
  });
});

describe('changes', () => {
  it('touch what they name, and leave the current definition as it was', () => {
    const current = define({participants: 5}, {data: {a: 1, b: 1}});
    const before = JSON.stringify(current);
    const next = checkChanges({name: 'New', settings: {participants: '15'}, data: {b: 2}}, current, NOW);
    assert.deepEqual([next.name, next.settings.participants, next.data], ['New', '15', {a: 1, b: 2}]);
    assert.equal(next.settings.moderators, 1);
    assert.equal(JSON.stringify(current), before);
  });

  it('give a key its default back by an empty string', () => {
    const current = define({description: 'Daily', participants: 5, audiences: 1, hls_view_url: 'DEFAULT'});
    const {settings} = checkChanges({settings: {description: '', participants: '', hls_view_url: ''}}, current, NOW);
    assert.deepEqual([settings.description, settings.participants, settings.hls_view_url], [undefined, 2, undefined]);
    refused(() => checkChanges({settings: {audiences: ''}}, current, NOW), 19113, 'settings.audiences');
    const soon = define(scheduled(60));
    refused(() => checkChanges({settings: {scheduled_time: ''}}, soon, NOW), 10004, 'settings.scheduled_time');
  });

  it('cannot turn on audience statistics in a room without an audience', () => {
    refused(() => checkChanges({settings: {send_audiences_stats: true}}, define(), NOW), 19113, 'settings.audiences');
    checkChanges({settings: {send_audiences_stats: true, audiences: 5}}, define(), NOW);
  });

  it('cannot raise the talkers alone until there are too many streams', () => {
    const current = define({participants: 200});
    refused(() => checkChanges({settings: {max_active_talkers: 9}}, current, NOW), 10007, 'settings.participants');
  });

  it('may name the kind of room that it is: a client sends a whole definition back', () => {
    for (const settings of [{}, {mode: 'lecture'}, {adhoc: true}, scheduled(60)] as SettingsDefinition[]) {
      const current = define(settings);
      assert.deepEqual(checkChanges(current, current, NOW), current);
      checkChanges({settings: {mode: current.settings.mode}}, current, NOW);
    }
    // A room that is stored without them has the defaults.
    const bare = {...define(), settings: {}};
    checkChanges({settings: {mode: 'group', scheduled: false, adhoc: false}}, bare, NOW);
    checkChanges({settings: {mode: ''}} as object, bare, NOW);
  });

  it('are refused for a key that can never change, and within 15 minutes of a scheduled start', () => {
    for (const settings of [{mode: 'lecture'}, {scheduled: true}, {adhoc: true}] as const) {
      refused(() => checkChanges({settings}, define(), NOW), 10106, `settings.${Object.keys(settings)[0]}`);
    }
    refused(() => checkChanges({settings: {mode: ''}} as object, define({mode: 'lecture'}), NOW), 10106);
    const odd = {description: 5, mode: 'lecture'} as object;
    refused(() => checkChanges({settings: odd}, define(), NOW), 19110, 'settings.description');
    const current = define(scheduled(30));
    checkChanges({name: 'x'}, current, NOW + 15 * MINUTE - 1000);
    refused(() => checkChanges({name: 'x'}, current, NOW + 15 * MINUTE + 1000), 19000);
    checkChanges({}, current, NOW + 20 * MINUTE);
    checkChanges({room_id: 'x', created: 'y'} as object, current, NOW + 20 * MINUTE);
  });
});

describe('all faults of a form', () => {
  const told = (faults: RoomsError[]) => faults.map(({result, key}) => `${result} ${key}`);

  it('are listed together, one a key, in the order of the table', () => {
    const settings = {scheduled: true, moderators: 9, participants: '301', audiences: 'x', send_audiences_stats: true};
    const body = {name: '', settings: settings as unknown as SettingsDefinition, data: [] as never};
    assert.deepEqual(told(faultsOf(body, NOW)), [
      '10002 name',
      '10004 settings.scheduled_time',
      '10011 settings.duration',
      '10022 settings.moderators',
      '10007 settings.participants',
      '19112 settings.audiences',
      '19001 data',
    ]);
  });

  it('begin with the fault that refuses the definition', () => {
    for (const body of [
      {name: 'Lobby', settings: {participants: 1601}},
      {name: 'Lobby', settings: {scheduled: true, scheduled_time: at(-1), duration: 30}},
      {name: 'x'.repeat(201)},
    ]) {
      const [first] = faultsOf(body, NOW);
      refused(() => checkDefinition({...body, owner_ref: 'o'}, NOW), first!.result!, first!.key);
    }
    assert.deepEqual(faultsOf({name: 'Lobby'}, NOW), []);
  });

  it('are those of the changes, checked against the settings that stay', () => {
    const current = {settings: {participants: 100, max_active_talkers: 8}};
    assert.deepEqual(told(faultsOf({}, NOW, current)), []);
    assert.deepEqual(told(faultsOf({settings: {participants: 201}}, NOW, current)), ['10007 settings.participants']);
    assert.deepEqual(told(faultsOf({name: '', settings: {adhoc: true}}, NOW, current)), [
      '10002 name',
      '10106 settings.adhoc',
    ]);
  });

  it('can name the range that a number may have beside the other settings', () => {
    assert.deepEqual(rangeOf('moderators', {}), [1, 5]);
    assert.deepEqual(rangeOf('participants', {max_active_talkers: 8}), [1, 200]);
    assert.deepEqual(rangeOf('participants', {scheduled: true, mode: 'lecture'}), [1, 1000]);
    assert.deepEqual(rangeOf('audiences', {hls_view_url: 'DEFAULT'}), [1, Infinity]);
    assert.equal(rangeOf('name', {}), undefined);
  });
});
