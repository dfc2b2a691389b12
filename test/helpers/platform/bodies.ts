import fc, {type Arbitrary} from 'fast-check';
import {SETTINGS} from './oracle.js';
import {MINUTE, NOON, type Json} from './start.js';

// Generates bodies for the platform: rooms, changes and token requests; valid, nearly valid and hostile. Numbers that JSON
// can hold but JavaScript cannot print are written as “#1e999#” until the end.

const split = (text: string) => text.split('|');
const words = (...all: unknown[]) => fc.constantFrom<unknown[]>(...all);
const digits = (arbitrary: Arbitrary<number>) => fc.oneof(arbitrary, arbitrary.map(String));
const whole = (min: number, max: number) => digits(fc.integer({min, max}));
const timeAt = (minutes: number) => new Date(NOON + minutes * MINUTE).toISOString().slice(0, 19).replace('T', ' ');
const url = words(...split('https://shop.example/view|HTTPS://x.example|https:x|https://a b|http://x.example|//x|x'));
const tracks = words('audio', 'audiovideo', '');
const bool = fc.boolean() as Arbitrary<unknown>;
const nested = (levels: number) => JSON.parse('{"a":'.repeat(levels) + '1' + '}'.repeat(levels)) as Json;

const FLAGS = 'auto_recording|canvas|knock|wait_for_moderator|single_file_recording|watermark|screen_share|abwd|facex';
const ORDINARY: Record<string, Arbitrary<unknown>> = {
  ...Object.fromEntries(split(FLAGS).map(key => [key, bool])),
  description: fc.string(),
  moderators: whole(1, 5),
  participants: whole(1, 40),
  max_active_talkers: whole(1, 16),
  quality: words('HD', 'SD', 'LD'),
  billing_code: words('b-7', 7, 0.5),
  role_based_recording: fc.record({moderator: tracks, participant: tracks}, {requiredKeys: []}),
  live_recording: fc.oneof(
    bool,
    fc.record({auto_recording: bool, url: words('https://a.example', 'x', '')}, {requiredKeys: []}),
  ),
  media_zone: words('IN', 'SG', 'US', 'XX'),
};
const LIFE: Arbitrary<Json> = fc.oneof(
  fc.constant({}),
  fc.record({mode: words('group', 'lecture'), adhoc: bool}, {requiredKeys: []}),
  fc.record({
    scheduled: fc.constant(true),
    scheduled_time: words(timeAt(10), timeAt(15), timeAt(16), timeAt(60)),
    duration: digits(fc.integer({min: 1, max: 90})),
    mode: words('group', 'lecture'),
  }),
);
const AUDIENCE: Arbitrary<Json> = fc.oneof(
  fc.record({audiences: whole(0, 3), send_audiences_stats: fc.constant(false)}, {requiredKeys: []}),
  fc.record(
    {audiences: whole(1, 3), send_audiences_stats: bool, hls_view_url: words('DEFAULT', 'HTTPS://shop.example/view')},
    {requiredKeys: ['audiences']},
  ),
);
/** Participants close to the limit for each kind of room. */
const LIMITS: Arbitrary<Json> = fc.oneof(
  {weight: 8, arbitrary: fc.constant({})},
  {weight: 1, arbitrary: fc.record({participants: digits(fc.constantFrom(300, 301, 1000, 1001))})},
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({min: 1, max: 16}), fc.integer({min: -1, max: 1}))
      .map(([talkers, more]) => ({max_active_talkers: talkers, participants: Math.floor(1600 / talkers) + more})),
  },
);
const TIMES = split(
  '2024-02-29 10:00:00|2028-02-29 10:00:00|2026-02-29 10:00:00|2100-02-29 10:00:00|2030-01-01 24:00:00|' +
    '2030-13-01 10:00:00|2030-00-10 10:00:00|2030-01-00 10:00:00|2030-04-31 10:00:00|2030-01-01T10:00:00|' +
    '2030-01-01 10:00|2030-01-01 23:59:60|1970-01-01 00:00:00|0000-01-01 00:00:00|0099-12-31 23:59:59|' +
    '9999-12-31 23:59:59| 2030-01-01 10:00:00|+275760-09-13 00:00|2030-01-01 10:00:00Z|2030-1-1 10:00:00',
);
const two = (max: number) => fc.integer({min: 0, max}).map(n => String(n).padStart(2, '0'));
const anyTime = fc
  .tuple(fc.integer({min: 2019, max: 2101}), two(13), two(32), two(24), two(60), two(60))
  .map(([year, month, day, ...clock]) => `${year}-${month}-${day} ${clock.join(':')}`);
const EDGES: Record<string, Arbitrary<unknown>> = {
  name: words('x'.repeat(200), 'x'.repeat(201), '🎤'.repeat(100), '\ud800', '\u0000', ' '),
  owner_ref: words('x'.repeat(300), '#1e400#', '#-0#', '#9007199254740993#', '\udfff'),
  'settings.mode': words('group', 'Group', ['group'], ''),
  'settings.scheduled': words(true, false, 'true', 1, ''),
  'settings.adhoc': words(true, false, 'false', 0, ''),
  'settings.scheduled_time': fc.oneof(words(...TIMES), words(...[0, -1 / 60, 14, 60 * 24].map(timeAt)), anyTime),
  'settings.duration': words(0, 0.5, -1, ...split('0|0.0|0.5|.5|5.|#1e308#|#1e999#'), '9'.repeat(400), '9'.repeat(30)),
  'settings.moderators': words(0, 5, 6, '0', '05', '000000000000005', '0000000000000005', '6', 1.5, '#5.0#', '5.0'),
  'settings.participants': digits(fc.constantFrom(0, 1, 100, 200, 201, 266, 267, 300, 301, 1000, 1001, 1600, 1601)),
  'settings.max_active_talkers': words(0, 1, 8, 9, 16, 17, '16', '17', true),
  'settings.audiences': words(0, '0', 1, -1, '#-0#', '#1e15#', '#9007199254740992#', '9'.repeat(15), '9'.repeat(16)),
  'settings.send_audiences_stats': words(true, 'true', ''),
  'settings.hls_view_url': url,
  'settings.role_based_recording': words({moderator: 'video'}, {viewer: 'audio'}, {participant: 1}, ['audio'], ''),
  'settings.live_recording': fc.oneof(
    fc.record({auto_recording: bool, url}),
    words({url: 'rtmp-client.example/?token='}, {url: ' '}, {urls: 'x'}, {url: {}}),
  ),
  sip: words(true, false, '', {}, {enabled: true}, {enabled: ''}, {enabled: 1}, {pin: 1}, 'yes'),
  data: words('', {}, {a: ''}, nested(29), nested(31), nested(32), nested(50)),
};
const POISON: unknown = JSON.parse('{"__proto__":{"enabled":true,"auto_recording":true,"name":"x"}}');
const HOSTILE = fc.oneof(
  words(
    ...split('|5| 5|5 |+5|-5|0x5|1e3|５|NaN|true|\ud800|\u0000|__proto__|constructor|#1e999#|#-1e999#|#-0#|#1e21#'),
  ),
  words(null, true, 0, -1, 5, 1.5, [], [1], {}, {toString: 1}, {valueOf: null}, {length: 1}, POISON),
  words(nested(50), 'x'.repeat(5000)),
);
const ODD_KEYS = fc.constantFrom(...split('__proto__|constructor|toString|hasOwnProperty||0|\ud800|Mode'));
const PATHS = fc.oneof(
  fc.constantFrom(...split('name|owner_ref|settings|sip|sip.enabled|sip.pin|data|room_id|__proto__')),
  fc.constantFrom(...SETTINGS.map(key => `settings.${key}`)),
  ODD_KEYS.map(key => `settings.${key}`),
  fc.tuple(fc.constantFrom('data', 'settings', 'settings.live_recording', 'sip'), ODD_KEYS).map(keys => keys.join('.')),
);
/** A path in a body and the value to put there: nearly valid as often as hostile. */
const CHANGE = fc.oneof(
  fc.constantFrom(...Object.keys(EDGES)).chain(path => fc.tuple(fc.constant(path), EDGES[path]!)),
  fc.tuple(PATHS, HOSTILE),
);
const CHANGES = fc.oneof(
  {weight: 4, arbitrary: fc.constant([])},
  {weight: 5, arbitrary: fc.tuple(CHANGE)},
  {weight: 3, arbitrary: fc.array(CHANGE, {minLength: 2, maxLength: 4})},
);

/** Sets an own key, whatever its name. Does nothing if there is no object at the path. */
function put(body: unknown, path: string, value: unknown) {
  const keys = path.split('.');
  let place = body;
  for (const key of keys.slice(0, -1)) place = Object.getOwnPropertyDescriptor(Object(place), key)?.value as unknown;
  if (typeof place !== 'object' || place === null) return;
  Object.defineProperty(place, keys.at(-1)!, {value, enumerable: true, configurable: true, writable: true});
}

export const encode = (text: string) => new TextEncoder().encode(text);
const MANGLES: ((text: string) => Uint8Array<ArrayBuffer>)[] = [
  text => encode(text.slice(0, -1)),
  text => encode(`\ufeff${text}`),
  text => encode(`[${text}]`),
  text => encode(`${text} x`),
  text => encode(text.replace(/}$/, ',"name":""}').replace('{,', '{')),
  text => new Uint8Array([...encode(text.slice(0, -1)), 0xc3, 0x28, ...encode('}')]),
  text => encode(text + ' '.repeat(262_144)),
  () => encode(''),
  () => encode('null'),
  () => encode('"text"'),
  () => encode(`{"data":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
];
const written = fc.oneof(
  {weight: 15, arbitrary: fc.constant(encode)},
  {weight: 1, arbitrary: fc.constantFrom(...MANGLES)},
);
const TYPES = [
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'image/png',
];

export interface Body {
  bytes: Uint8Array<ArrayBuffer>;
  type: string;
}

/** The bytes of a body that is `right` except for a few changes, and sometimes not even JSON. */
const sent = (right: Arbitrary<Json>): Arbitrary<Body> =>
  fc.tuple(right, CHANGES, written, fc.constantFrom(...TYPES)).map(([base, changes, write, type]) => {
    const body = structuredClone(base);
    for (const [path, value] of changes) put(body, path, structuredClone(value));
    const text = JSON.stringify(body).replace(/"#([^"#]+)#"/g, '$1');
    const bytes = write(text);
    return {bytes, type, [fc.toStringMethod]: () => Buffer.from(bytes).toString().slice(0, 2000)};
  });

const SOME = fc.record(ORDINARY, {requiredKeys: []});
const REST = {
  sip: fc.oneof(bool, fc.record({enabled: bool})),
  data: fc.dictionary(fc.string(), fc.jsonValue({maxDepth: 3})),
};
export const definition = sent(
  fc.record(
    {
      name: fc.string({minLength: 1, unit: 'binary'}),
      owner_ref: fc.oneof(fc.string({minLength: 1}), fc.integer(), fc.double({noNaN: true, noDefaultInfinity: true})),
      settings: fc.tuple(AUDIENCE, SOME, LIFE, LIMITS).map((parts): Json => Object.assign({}, ...parts) as Json),
      ...REST,
    },
    {requiredKeys: ['name', 'owner_ref', 'settings']},
  ),
);
export const update = sent(
  fc.record({name: fc.string({minLength: 1}), settings: fc.oneof(SOME, AUDIENCE, LIMITS), ...REST}, {requiredKeys: []}),
);
export const asked = sent(
  fc.record(
    {
      name: fc.oneof({weight: 6, arbitrary: fc.string({minLength: 1})}, {weight: 1, arbitrary: EDGES.name!}),
      role: words('moderator', 'participant', 'viewer', 'audience', 'Moderator', {toString: 1}, ''),
      user_ref: fc.oneof({weight: 6, arbitrary: words('u1', 7, -0.5)}, {weight: 1, arbitrary: HOSTILE}),
      data: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue({maxDepth: 2}), {maxKeys: 6}), words({}, '', null, [1])),
    },
    {requiredKeys: ['name', 'role', 'user_ref']},
  ),
);
