import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {describe, it} from 'node:test';
import {create, is, validate, type Struct} from 'superstruct';
import {
  IssuedToken,
  ListedRoom,
  Room,
  RoomChanges,
  RoomDefinition,
  RoomId,
  TokenRequest,
  User,
} from '../../src/rooms/rooms.js';

// The fixtures are the documentation's own examples, copied word for word.
const example = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as Record<string, unknown>;
const read = <T, S>(value: unknown, struct: Struct<T, S>) => create(value, struct);

describe('the documentation’s own examples', () => {
  it('are a definition, changes and a token request that may be sent', () => {
    assert.ok(is(example('create-request'), RoomDefinition));
    assert.ok(is(example('update-request'), RoomChanges));
    assert.ok(is(example('token-request'), TokenRequest));
  });

  it('are a room, read with numbers for its numeric strings and no number for its `true`', () => {
    const room = read(example('create-reply').room, Room);
    assert.equal(room.settings.participants, 10);
    assert.equal(room.settings.moderators, 2);
    assert.equal(room.settings.max_active_talkers, undefined);
    assert.deepEqual(room.settings.live_recording, {auto_recording: true, url: 'rtmp-client.enablex.io/?token='});
    assert.deepEqual(room.sip, {enabled: true, pin: 99999, meeting_id: 99999});
    assert.deepEqual(room.data, {custom_key: ''});
  });

  it('are a list of rooms, users and a token', () => {
    const [room] = example('list-reply').rooms as unknown[];
    assert.equal(read(room, Room).settings.max_active_talkers, 6);
    const [user] = example('users-reply').users as unknown[];
    assert.equal(read(user, User).permissions!.record, false);
    assert.equal(read(example('token-reply'), IssuedToken).token, 'JWT_WEB_TOKEN');
    for (const done of ['update-reply', 'delete-reply']) assert.deepEqual(example(done), {result: 0});
  });
});

describe('what is received', () => {
  const room = {room_id: 'r1', name: 'Lobby', settings: {}};

  it('may hold more than we know, and odd values where we could do without', () => {
    const odd = {
      ...room,
      new_key: [1],
      isRoomActive: 'yes',
      data: [1],
      sip: false,
      settings: {
        mode: 'webinar',
        scheduled: 'no',
        duration: '45',
        participants: {},
        live_recording: true,
        quality: 'UHD',
      },
    };
    const {settings, ...rest} = read(odd, Room);
    assert.deepEqual(settings.duration, 45);
    assert.deepEqual(
      [settings.mode, settings.scheduled, settings.participants, settings.quality],
      Array(4).fill(undefined),
    );
    assert.equal(settings.live_recording, true);
    assert.deepEqual([rest.isRoomActive, rest.data], [undefined, undefined]);
    assert.deepEqual(rest.sip, {enabled: false});
    assert.deepEqual((rest as Record<string, unknown>).new_key, [1]);
    assert.equal(read({...room, sip: 'on'}, Room).sip, undefined);
  });

  it('may tell of the people in a room; what is broken of that is absent', () => {
    const told = {inside: 3, full: false, faces: ['AL', 'B', '😀'], capacity: 12};
    assert.deepEqual(read({...room, ...told}, ListedRoom), {...room, ...told});
    const broken: Record<string, unknown[]> = {
      inside: [-1, 1.5, NaN, Infinity, '3', null, [3]],
      full: [1, 'true', null],
      faces: ['AL', [''], ['ABC'], [7], ['A', 'B', 'C', 'D'], [['A']], {0: 'A', length: 1}],
      capacity: [-1, 0.5, '12', {}],
    };
    for (const [key, values] of Object.entries(broken)) {
      for (const value of values) {
        assert.deepEqual(read({...room, ...told, [key]: value}, ListedRoom), {...room, ...told, [key]: undefined});
      }
    }
  });

  for (const [what, broken] of [
    ['no id', {...room, room_id: undefined}],
    ['an id that climbs', {...room, room_id: '.'}],
    ['an id of 65 characters', {...room, room_id: 'a'.repeat(65)}],
    ['a number for a name', {...room, name: 7}],
    ['no settings', {...room, settings: null}],
  ] as const) {
    it(`is no room with ${what}`, () => assert.ok(validate(broken, Room, {coerce: true})[0]));
  }

  it('is checked by a page as far as a page needs it; the rest passes as it came', () => {
    const odd = {
      ...room,
      owner_ref: 'x',
      sip: {pin: 1},
      settings: {description: 'Hi', billing_code: {}, duration: '5'},
    };
    assert.deepEqual(read(odd, ListedRoom), {...odd, settings: {...odd.settings, duration: 5}});
  });

  it('is read by a page as by a server, whatever is wrong with it', () => {
    const values: unknown[] = [
      undefined,
      null,
      '',
      'text',
      '7',
      7,
      NaN,
      true,
      {},
      [],
      'lecture',
      '../x',
      {toString: 1},
    ];
    const keys = ['room_id', 'name', 'data', 'isRoomActive', 'settings'];
    const inner = ['description', 'mode', 'scheduled', 'adhoc', 'scheduled_time', 'duration'];
    const reader = {coerce: true};
    const same = (value: unknown) => {
      const [[error, listed], [other, whole]] = [validate(value, ListedRoom, reader), validate(value, Room, reader)];
      assert.equal(!error, !other, JSON.stringify(value));
      assert.deepEqual(listed, whole);
    };
    for (const value of values) {
      same(value);
      for (const key of keys) same({...room, [key]: value});
      for (const key of inner) same({...room, settings: {[key]: value}});
    }
  });

  for (const token of [undefined, 7, '', 'a b', 'a\nb', 'x'.repeat(20_000)]) {
    it(`is no token when it is ${JSON.stringify(token)?.slice(0, 12)}`, () => {
      assert.ok(validate({token}, IssuedToken, {coerce: true})[0]);
    });
  }

  it('may be a token with the room it is for', () => {
    const issued = read(
      {token: 't', room: {...room, settings: {duration: '9'}}, participant: {role: 'king'}},
      IssuedToken,
    );
    assert.equal(issued.room!.settings.duration, 9);
    assert.equal(issued.participant!.role, undefined);
  });
});

describe('a request for a token', () => {
  it('holds no unknown key', () => {
    assert.ok(!is({role: 'participant', ttl: 5}, TokenRequest));
  });

  it('asks for one of four roles, with at most 5 keys of data', () => {
    for (const role of ['Moderator', ['moderator'], undefined, 'host']) assert.ok(!is({role}, TokenRequest));
    const data = (n: number) => Object.fromEntries(Array.from({length: n}, (_, i) => [`k${i}`, i]));
    assert.ok(is({role: 'viewer', data: data(5)}, TokenRequest));
    assert.ok(!is({role: 'viewer', data: data(6)}, TokenRequest));
  });

  it('names rooms by ids that cannot leave their place in a path', () => {
    for (const id of ['..', '.', 'a/b', 'a%2fb', 'a\r\nb', '', 'é', 'a'.repeat(65)]) assert.ok(!RoomId.is(id), id);
    assert.ok(RoomId.is('5c6f1e0b7a3d4e2f9b8c7d6e'));
  });
});
