// The answers of the Rooms API, written a second time from its documentation, independently of the code under test. Where
// the documentation says nothing, a comment gives the choice.

type Values = Record<string, unknown>;

/** A room as in every reply, without the values that the platform makes up. */
export interface Expected {
  name: unknown;
  owner_ref: unknown;
  settings: Values;
  sip: boolean;
  data?: Values;
  /** Whether it was updated since it was made. */
  updated: boolean;
}

/** A refusal. `key` is empty if the refusal names no key. */
export interface Refusal {
  result: number;
  key: string;
}

type Kind =
  | {is: 'text'}
  | {is: 'boolean'}
  | {is: 'reference'}
  | {is: 'minutes'}
  | {is: 'time'}
  | {is: 'view'}
  | {is: 'live'}
  | {is: 'word'; words: string[]}
  | {is: 'whole'; low: number; high: number}
  | {is: 'any'}
  | {is: 'scalar'}
  | {is: 'object'; members: Record<string, Kind>};

type Row = [key: string, kind: Kind, result: number, initial?: unknown];

const TRACKS: Kind = {is: 'word', words: ['audio', 'audiovideo']};
const BOOLEAN: Kind = {is: 'boolean'};
const MANY = Number.MAX_SAFE_INTEGER;

const ROWS: Row[] = [
  ['description', {is: 'text'}, 19110],
  ['mode', {is: 'word', words: ['group', 'lecture']}, 10019, 'group'],
  ['scheduled', BOOLEAN, 10003, false],
  ['adhoc', BOOLEAN, 10016, false],
  ['scheduled_time', {is: 'time'}, 10005],
  ['duration', {is: 'minutes'}, 10011],
  ['moderators', {is: 'whole', low: 1, high: 5}, 10022, 1],
  ['participants', {is: 'whole', low: 1, high: MANY}, 10007, 2],
  ['max_active_talkers', {is: 'whole', low: 1, high: 16}, 19111],
  ['audiences', {is: 'whole', low: 0, high: MANY}, 19112],
  ['send_audiences_stats', BOOLEAN, 19114],
  ['hls_view_url', {is: 'view'}, 19115],
  ['auto_recording', BOOLEAN, 10008, false],
  ['canvas', BOOLEAN, 19116, false],
  ['knock', BOOLEAN, 10025],
  ['wait_for_moderator', BOOLEAN, 19117],
  ['single_file_recording', BOOLEAN, 19118, false],
  ['watermark', BOOLEAN, 19119, false],
  ['screen_share', BOOLEAN, 19120, true],
  ['abwd', BOOLEAN, 19121],
  ['facex', BOOLEAN, 19122],
  ['quality', {is: 'word', words: ['HD', 'SD', 'LD']}, 10014, 'SD'],
  ['billing_code', {is: 'reference'}, 19123],
  ['role_based_recording', {is: 'object', members: {moderator: TRACKS, participant: TRACKS}}, 19124],
  ['live_recording', {is: 'live'}, 19125],
  ['media_zone', {is: 'word', words: ['IN', 'SG', 'US', 'XX']}, 19126, 'XX'],
  ['media_configuration', {is: 'text'}, 19127, 'default'],
  ['viewers', {is: 'whole', low: 0, high: MANY}, 19128, 0],
  ['encryption', BOOLEAN, 19129, false],
  ['media_type', {is: 'text'}, 19130],
  // The documentation does not say what it is.
  ['peep', {is: 'scalar'}, 19131],
  [
    'live_transcription',
    {is: 'object', members: {language: {is: 'text'}, auto_transcribe: BOOLEAN, enable: BOOLEAN}},
    19132,
  ],
  ['active_talker', BOOLEAN, 10012],
  ['wait_moderator', BOOLEAN, 10013],
  ['media', {is: 'any'}, 0],
];
export const SETTINGS = ROWS.map(([key]) => key);
/** Accepted, and never sent back. */
const DROPPED = ['wait_moderator', 'media'];
const FIXED = ['mode', 'scheduled', 'adhoc'];

/** Limits of a body: bytes and levels of nesting. */
const BYTES = 262_144;
const LEVELS = 32;
/** Most characters of an unknown key in a refusal. */
const KEY_SHOWN = 64;

const MINUTE = 60_000;

const isObject = (value: unknown): value is Values =>
  Object.prototype.toString.call(value) === '[object Object]' && typeof value === 'object';
const given = (value: unknown) => value !== undefined && value !== '';
const set = (values: Values): Values => Object.fromEntries(Object.entries(values).filter(([, value]) => given(value)));

/** Digits only, without sign, space or exponent; 15 of them fit a number exactly. */
function wholeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) <= MANY ? value : undefined;
  return typeof value === 'string' && /^[0-9]{1,15}$/.test(value) ? parseInt(value, 10) : undefined;
}

/** Epoch ms. Years before 100 are far in the past, so their exact time does not matter. */
function timeOf(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const parts = /^([0-9]{4})-([0-9]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})$/.exec(text)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts as [number, number, number, number, number, number];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  if (day < 1 || day > days || hour > 23 || minute > 59 || second > 59) return undefined;
  return year < 100 ? -Infinity : Date.UTC(year, month - 1, day, hour, minute, second);
}

const parsesAsUrl = (text: string) => {
  try {
    return Boolean(new URL(text));
  } catch {
    return false;
  }
};

function fits(kind: Kind, value: unknown): boolean {
  switch (kind.is) {
    case 'text':
      return typeof value === 'string';
    case 'any':
      return true;
    case 'scalar':
      return value !== null && (typeof value === 'number' ? isFinite(value) : typeof value !== 'object');
    case 'boolean':
      return value === true || value === false;
    case 'reference':
      return typeof value === 'string' || (typeof value === 'number' && isFinite(value));
    case 'minutes': {
      const digits = typeof value === 'string' && /^[0-9]+([.][0-9]+)?$/.test(value);
      const n = digits || typeof value === 'number' ? Number(value) : 0;
      return n > 0 && n <= 100 * 365 * 24 * 60;
    }
    case 'time':
      return timeOf(value) !== undefined;
    case 'view':
      return value === 'DEFAULT' || (typeof value === 'string' && /^https:/i.test(value) && parsesAsUrl(value));
    case 'live':
      if (isObject(value) && typeof value.url === 'string' && value.url !== '') {
        // The documentation's own example has an address without a scheme.
        if (!parsesAsUrl(value.url) && !parsesAsUrl(`https://${value.url}`)) return false;
      }
      return (
        value === true ||
        value === false ||
        fits({is: 'object', members: {auto_recording: BOOLEAN, url: {is: 'text'}}}, value)
      );
    case 'word':
      return kind.words.some(word => word === value);
    case 'whole': {
      const n = wholeOf(value);
      return n !== undefined && n >= kind.low && n <= kind.high;
    }
    case 'object':
      return (
        isObject(value) &&
        Object.entries(value).every(([key, member]) => {
          const inner = Object.entries(kind.members).find(([name]) => name === key);
          return inner !== undefined && (member === '' || fits(inner[1], member));
        })
      );
  }
}

const talkersOf = (settings: Values) => Math.min(6, wholeOf(settings.participants ?? 2) ?? 6);

/** Rules between rows. `asked` is all settings after the request, `sent` those in the request. */
function crossFault(key: string, asked: Values, sent: Values, now: number): number | undefined {
  const scheduled = asked.scheduled === true;
  switch (key) {
    case 'adhoc':
      return scheduled && asked.adhoc === true ? 10017 : undefined;
    case 'scheduled_time':
      if (scheduled && asked.scheduled_time === undefined) return 10004;
      return scheduled && given(sent.scheduled_time) && timeOf(sent.scheduled_time)! < now ? 10006 : undefined;
    case 'duration':
      return scheduled && asked.duration === undefined ? 10011 : undefined;
    case 'participants': {
      const participants = wholeOf(asked.participants ?? 2)!;
      if (scheduled) return participants > (asked.mode === 'lecture' ? 1000 : 300) ? 10007 : undefined;
      const talkers = asked.max_active_talkers ?? talkersOf(asked);
      // An invalid number of talkers is reported by its own row. Here it counts as 1.
      const streams = participants * (fits({is: 'whole', low: 1, high: 16}, talkers) ? wholeOf(talkers)! : 1);
      return streams > 1600 ? 10007 : undefined;
    }
    case 'audiences': {
      if (asked.send_audiences_stats !== true && asked.hls_view_url === undefined) return undefined;
      if (asked.audiences === undefined) return 19113;
      return wholeOf(asked.audiences)! < 1 ? 19112 : undefined;
    }
  }
  return undefined;
}

function settingsFault(sent: Values, before: Values | undefined, now: number): Refusal | undefined {
  const asked = set({...before, ...sent});
  for (const [key, kind, result, initial] of ROWS) {
    // An empty string asks for the default. The value that the room has already is no change.
    const stays = (asked[key] ?? initial) === before?.[key];
    if (before && FIXED.includes(key) && sent[key] !== undefined && !stays) {
      return {result: 10106, key: `settings.${key}`};
    }
    if (given(sent[key]) && !fits(kind, sent[key])) return {result, key: `settings.${key}`};
    const cross = crossFault(key, asked, sent, now);
    if (cross) return {result: cross, key: `settings.${key}`};
  }
  const unknown = Object.keys(sent).find(key => !SETTINGS.includes(key));
  return unknown === undefined ? undefined : {result: 10009, key: `settings.${unknown.slice(0, KEY_SHOWN)}`};
}

/** The settings as stored: as sent, completed with defaults, without empty strings. */
function kept(sent: Values, before: Values = {}): Values {
  const asked = set({...before, ...sent});
  const settings: Values = {};
  for (const [key, , , initial] of ROWS) {
    if (DROPPED.includes(key)) continue;
    const value = asked[key] ?? (key === 'max_active_talkers' ? talkersOf(asked) : initial);
    if (value !== undefined) settings[key] = isObject(value) ? set(value) : value;
  }
  if (typeof settings.live_recording === 'boolean') settings.live_recording = {auto_recording: settings.live_recording};
  return settings;
}

/** The JSON object in a body, or the refusal if there is none. */
export function readBody(bytes: Uint8Array): Values | Refusal {
  if (bytes.length > BYTES) return {result: 19006, key: ''};
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', {fatal: true}).decode(bytes);
    value = text === '' ? {} : JSON.parse(text);
  } catch {
    return {result: 19004, key: ''};
  }
  let level: unknown[] = [value];
  for (let levels = 0; level.length; levels++) {
    level = level.filter(each => typeof each === 'object' && each !== null);
    if (level.length && levels === LEVELS) return {result: 19004, key: ''};
    level = level.flatMap(each => Object.values(each as object) as unknown[]);
  }
  return isObject(value) ? value : {result: 19004, key: ''};
}

export const isRefusal = (value: object): value is Refusal => Object.keys(value).join() === 'result,key';

const MISSING = (value: unknown) => value === undefined || value === null || value === '';
/** Our numbers for values that do not fit a key outside of `settings`. */
const WRONG: Record<string, number> = {
  name: 19100,
  owner_ref: 19101,
  user_ref: 19102,
  settings: 19103,
  sip: 19104,
  'sip.enabled': 19105,
  data: 19001,
};
const wrong = (key: string, result = WRONG[key]!): Refusal => ({result, key});

function headFault({name, owner_ref}: Values, editing: boolean): Refusal | undefined {
  if (!(editing && name === undefined)) {
    if (MISSING(name)) return wrong('name', 10002);
    if (typeof name !== 'string' || name.length > 200) return wrong('name');
  }
  if (editing && owner_ref === undefined) return undefined;
  if (MISSING(owner_ref)) return wrong('owner_ref', 10010);
  return fits({is: 'reference'}, owner_ref) ? undefined : wrong('owner_ref');
}

function tailFault({sip, data}: Values): Refusal | undefined {
  if (given(sip) && typeof sip !== 'boolean') {
    if (!isObject(sip)) return wrong('sip');
    if (given(sip.enabled) && typeof sip.enabled !== 'boolean') return wrong('sip.enabled');
  }
  return given(data) && !isObject(data) ? wrong('data') : undefined;
}

/** The room that a body makes, or changes `room` into, at `now`. */
export function expectRoom(body: Values, now: number, room?: Expected): Expected | Refusal {
  const {name = room?.name, owner_ref = room?.owner_ref, settings, sip, data} = body;
  const changes = ['name', 'owner_ref', 'settings', 'sip', 'data'].some(key => body[key] !== undefined);
  const start = room?.settings.scheduled ? timeOf(room.settings.scheduled_time) : undefined;
  if (start !== undefined && changes && now > start - 15 * MINUTE) return wrong('', 19000);
  const sent = given(settings) ? settings : {};
  const fault =
    headFault(body, room !== undefined) ??
    (isObject(sent) ? settingsFault(sent, room?.settings, now) : wrong('settings')) ??
    tailFault(body);
  if (fault) return fault;
  const merged = isObject(data) ? {...room?.data, ...data} : room?.data;
  return {
    name: (name as string).normalize('NFC'),
    owner_ref,
    settings: kept(sent as Values, room?.settings),
    sip: given(sip) ? sip === true || (sip as Values).enabled === true : (room?.sip ?? false),
    ...(merged && {data: merged}),
    updated: room !== undefined && (changes || room.updated),
  };
}

/** An object of at most 5 keys, or JSON text of one. */
function isTokenData(data: unknown): boolean {
  if (typeof data !== 'string') return isObject(data) && Object.keys(data).length <= 5;
  const read = readBody(new TextEncoder().encode(data));
  return !isRefusal(read) && Object.keys(read).length <= 5;
}

/** The refusal of a token for an empty room at `now`; undefined if a token is issued. */
export function expectToken(body: Values, {settings}: Expected, now: number): Refusal | undefined {
  const {name, role, user_ref, data} = body;
  const short = (value: unknown) => typeof value === 'string' && value.length <= 200;
  if (MISSING(name)) return wrong('name', 10101);
  if (!short(name)) return wrong('name');
  if (MISSING(role)) return wrong('role', 10103);
  if (!fits({is: 'word', words: ['moderator', 'participant', 'viewer', 'audience']}, role)) return wrong('role', 10104);
  if (MISSING(user_ref)) return wrong('user_ref', 10102);
  if (!short(user_ref) && !(typeof user_ref === 'number' && isFinite(user_ref))) return wrong('user_ref');
  if (!MISSING(data) && !isTokenData(data)) return wrong('data');
  const start = settings.scheduled ? timeOf(settings.scheduled_time)! : undefined;
  if (start !== undefined && now < start - 15 * MINUTE) return wrong('', 10113);
  if (start !== undefined && now >= start + Number(settings.duration) * MINUTE) return wrong('', 10112);
  return role === 'audience' && wholeOf(settings.audiences ?? 0)! < 1 ? wrong('', 40002) : undefined;
}
