import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import fc from 'fast-check';
import {create, type Struct} from 'superstruct';
import {Envelope, IssuedToken, ListedRoom, Room, SETTINGS, type Setting} from '../../src/rooms/rooms.js';
import {exactReader, reader} from '../../src/rooms/wire.js';

const odd = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', ' ', '7', 'text', 7, 1.5, NaN, Infinity, true, [], {}, '../x'),
  fc.constantFrom<unknown>({toString: 1}, [{toString: 1}], JSON.parse('{"__proto__":{"name":"x"}}'), [[], [1]]),
  fc.jsonValue({maxDepth: 2}),
);
/** A value that is right most of the time. */
const mostly = (...right: unknown[]) =>
  fc.oneof({weight: 12, arbitrary: fc.constantFrom(...right)}, {weight: 1, arbitrary: odd});
const object = (keys: Record<string, fc.Arbitrary<unknown>>, requiredKeys: string[] = []) =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .tuple(fc.record(keys, {requiredKeys}), fc.dictionary(fc.string(), odd, {maxKeys: 1}))
        .map(([known, more]) => ({...more, ...known})),
    },
    {weight: 1, arbitrary: odd},
  );

const text = mostly('text', '');
const flag = mostly(true, false);
const number = mostly(7, 0, 2.5);
const reference = mostly('u1', 7);
const KINDS = {text, time: text, url: text, boolean: flag, number, reference, word: text, object: odd};
const role = mostly('moderator', 'viewer');

const settings = object({
  ...Object.fromEntries(
    Object.entries<Setting>(SETTINGS).map(([name, {kind, words}]) => [name, words ? mostly(...words) : KINDS[kind]]),
  ),
  role_based_recording: object({moderator: mostly('audio'), participant: mostly('audiovideo')}),
  live_recording: fc.oneof(flag, object({auto_recording: flag, url: text})),
});
const room = object(
  {
    room_id: mostly('lobby', 'a_b-9'),
    name: text,
    settings,
    data: mostly({}, {a: 1}),
    isRoomActive: flag,
    inside: mostly(0, 7),
    full: flag,
    faces: mostly([], ['A'], ['AL', 'B', '李']),
    capacity: mostly(0, 12),
    owner_ref: reference,
    sip: fc.oneof(flag, object({enabled: flag, pin: reference, meeting_id: reference})),
    created: text,
    updated: text,
  },
  ['room_id', 'name', 'settings'],
);
const token = object(
  {
    token: mostly('a.b.c'),
    expires_at: text,
    provider: text,
    connection: mostly({}, {a: 1}),
    room,
    participant: object({name: text, role, user_ref: reference}),
  },
  ['token'],
);
const envelope = object({result: number, error: text, error_code: number, code: text, opens_at: text});

const NAMED = {room_id: 'lobby', name: 'Lobby', settings: {scheduled: false, duration: 30}};

/** What comes of a value: what was read, or that nothing was. */
function outcome(read: () => unknown) {
  try {
    return {value: read()};
  } catch {
    return 'refused';
  }
}

describe('a reader', () => {
  const SHAPES: [name: string, struct: Struct<unknown>, arbitrary: fc.Arbitrary<unknown>][] = [
    ['a room', Room as Struct<unknown>, room],
    ['a listed room', ListedRoom as Struct<unknown>, room],
    ['an issued token', IssuedToken as Struct<unknown>, token],
    ['an envelope', Envelope as Struct<unknown>, envelope],
  ];
  for (const [name, struct, arbitrary] of SHAPES) {
    it(`accepts and refuses what the struct does, and reads the same: ${name}`, () => {
      const read = reader(struct);
      const seen = {itself: 0, changed: 0, refused: 0};
      fc.assert(
        fc.property(arbitrary, value => {
          const found = outcome(() => read(value));
          assert.deepEqual(
            found,
            outcome(() => create(value, struct)),
          );
          if (typeof found === 'string') seen.refused++;
          else if (found.value === value) seen.itself++;
          else seen.changed++;
        }),
        {numRuns: 3000},
      );
      assert.ok(Math.min(...Object.values(seen)) > 20, JSON.stringify(seen));
    });
  }

  it('that is exact keeps the named keys alone, and changes nothing else', () => {
    const value = {...NAMED, more: 1, settings: {...NAMED.settings, participants: '5', mode: 'opera'}};
    assert.deepEqual(exactReader(ListedRoom)(value), NAMED);
    assert.deepEqual(exactReader(IssuedToken)({token: 'a', result: 0, room: value}), {token: 'a', room: NAMED});
    assert.throws(() => exactReader(ListedRoom)({...value, name: 5}));
  });
});
