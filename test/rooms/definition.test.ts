import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {describe, it} from 'node:test';
import fc from 'fast-check';
import {validate, type Struct} from 'superstruct';
import {
  checkChanges,
  checkDefinition,
  DROPPED_SETTINGS,
  OTHER_SETTINGS,
  RoomChanges,
  RoomDefinition,
  RoomsError,
  SETTINGS,
  type Setting,
} from '../../src/rooms/rooms.js';
import * as bodies from '../helpers/platform/bodies.js';
import {isRefusal, readBody} from '../helpers/platform/oracle.js';
import {NOON, SCHEDULED, type Json} from '../helpers/platform/start.js';

const example = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as Json;

/** The path of the first key that is refused; undefined if none is. */
function faultIn<T, S>(body: unknown, struct: Struct<T, S>): string | undefined {
  const [error] = validate(body, struct, {coerce: true});
  return error && (error.path as string[]).join('.');
}
const TABLE: [name: string, setting: Setting][] = Object.entries(SETTINGS);

/** A right value of each kind, and values that are wrong for it. */
const KINDS: Record<Setting['kind'], {right: unknown[]; wrong: unknown[]}> = {
  text: {right: ['Daily'], wrong: [5, true, {}]},
  time: {right: ['2030-01-07 16:00:00'], wrong: [5, true]},
  url: {right: ['https://shop.example', 'DEFAULT'], wrong: [5, {}]},
  boolean: {right: [true, false], wrong: ['yes', 1, {toString: 1}]},
  number: {right: [5, '5', '5.5'], wrong: ['five', '-5', '5e3', true, [5], NaN, Infinity]},
  reference: {right: ['a', 7, 0.5], wrong: [true, {}, Infinity]},
  word: {right: [], wrong: ['other', 5, ['HD']]},
  object: {right: [{}], wrong: [5, 'audio', [true]]},
};

describe('the definition of a room', () => {
  it('may be each of the documentation’s own examples', () => {
    assert.equal(faultIn(example('create-request'), RoomDefinition), undefined);
    assert.equal(faultIn(example('update-request'), RoomChanges), undefined);
  });

  it('is refused with the key that is misspelt', () => {
    for (const [name] of TABLE) {
      const misspelt = `${name.slice(0, -2)}${name.at(-1)}`;
      for (const struct of [RoomDefinition, RoomChanges]) {
        const body = {name: 'Lobby', settings: {[misspelt]: true}};
        assert.equal(faultIn(body, struct as Struct<unknown>), `settings.${misspelt}`);
      }
    }
    for (const key of ['nam', 'owner-ref', 'setings', 'SIP', 'date', '__proto__x', 'constructor']) {
      assert.equal(faultIn({name: 'Lobby', [key]: {}}, RoomDefinition), key);
      assert.equal(faultIn({[key]: {}}, RoomChanges), key);
    }
    assert.equal(faultIn({name: 'Lobby', sip: {enabeld: true}}, RoomDefinition), 'sip.enabeld');
    const settings = {live_recording: {ulr: 'x'}};
    assert.equal(faultIn({settings}, RoomChanges), 'settings.live_recording.ulr');
    const roles = {role_based_recording: {viewer: 'audio'}};
    assert.equal(faultIn({settings: roles}, RoomChanges), 'settings.role_based_recording.viewer');
    assert.equal(faultIn(JSON.parse('{"settings":{"__proto__":{"knock":true}}}'), RoomChanges), 'settings.__proto__');
  });

  it('is refused with the key whose value is of a wrong type', () => {
    for (const [name, {kind}] of TABLE) {
      for (const value of [...KINDS[kind].wrong, null]) {
        const key = faultIn({settings: {[name]: value}}, RoomChanges);
        assert.equal(key, `settings.${name}`, `${name}: ${JSON.stringify(value)}`);
      }
    }
    for (const [key, value] of Object.entries({name: 5, owner_ref: {}, settings: [], sip: 'yes', data: 'yes'})) {
      assert.equal(faultIn({name: 'Lobby', [key]: value}, RoomDefinition), key);
    }
    assert.equal(faultIn({}, RoomDefinition), 'name');
    assert.equal(faultIn({name: ''}, RoomDefinition), 'name');
    assert.equal(faultIn({name: 'x'.repeat(201)}, RoomChanges), 'name');
  });

  it('may hold every word and every kind of value, and an empty string for “not set”', () => {
    for (const [name, {kind, words = []}] of TABLE) {
      for (const value of [...words, ...KINDS[kind].right, '', undefined]) {
        assert.equal(faultIn({settings: {[name]: value}}, RoomChanges), undefined, `${name}: ${String(value)}`);
      }
    }
    const empty = {name: 'Lobby', settings: '', sip: {enabled: ''}, data: ''};
    assert.equal(faultIn(empty, RoomDefinition), undefined);
    const live = {live_recording: {auto_recording: '', url: ''}, role_based_recording: {moderator: ''}};
    assert.equal(faultIn({settings: live}, RoomChanges), undefined);
  });

  it('may hold what the API ignores: settings of an older API, and keys that only a room has', () => {
    const settings = Object.fromEntries(
      Object.keys({...OTHER_SETTINGS, ...DROPPED_SETTINGS}).map(key => [key, {a: [1]}]),
    );
    const sip = {enabled: true, pin: 5, meeting_id: 7};
    const body = {name: 'Lobby', settings, sip, room_id: 'r', created: 'c', updated: 'u', isRoomActive: true};
    assert.equal(faultIn(body, RoomDefinition), undefined);
    assert.equal(faultIn(body, RoomChanges), undefined);
  });
});

const BODY_KEYS = ['name', 'owner_ref', 'settings', 'sip', 'data'];
const only = (body: Json, keys: string[]) =>
  Object.fromEntries(Object.entries(body).filter(([key]) => keys.includes(key)));

/** A body with the keys that are documented: the API ignores others there, and we refuse them as typos. */
function documented(body: Json): Json {
  const {sip, ...rest} = only(body, BODY_KEYS);
  if (typeof sip !== 'object' || sip === null || Array.isArray(sip)) return sip === undefined ? rest : {...rest, sip};
  return {...rest, sip: only(sip as Json, ['enabled', 'pin', 'meeting_id'])};
}

describe('what the rules of rooms accept', () => {
  const accepted = (arbitrary: fc.Arbitrary<bodies.Body>, check: (body: Json) => void, struct: Struct<unknown>) => {
    let count = 0;
    fc.assert(
      fc.property(arbitrary, ({bytes}) => {
        const body = readBody(bytes);
        if (isRefusal(body)) return;
        try {
          check(body);
        } catch (error) {
          assert.ok(error instanceof RoomsError);
          return;
        }
        count++;
        assert.equal(faultIn(documented(body), struct), undefined);
      }),
      {numRuns: 3000},
    );
    return count;
  };

  it('is also a definition that may be sent', () => {
    const check = (body: Json) => void checkDefinition(body as RoomDefinition, NOON);
    assert.ok(accepted(bodies.definition, check, RoomDefinition as Struct<unknown>) > 500);
  });

  it('is also a change that may be sent', () => {
    const current = checkDefinition({name: 'Lobby', owner_ref: 'o', settings: SCHEDULED}, NOON);
    const check = (body: Json) => void checkChanges(body as RoomChanges, current, NOON);
    assert.ok(accepted(bodies.update, check, RoomChanges as Struct<unknown>) > 500);
  });
});
