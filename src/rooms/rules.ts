import {RoomsError} from './errors.js';
import type {Room, RoomChanges, RoomDefinition, SettingsDefinition} from './schema.js';
import {joinWindow, parseTime} from './times.js';

// When a room opens is asked in every page; the table below only where rooms are made.
export * from './times.js';

// What a room definition may say, row by row as the API's documentation lists it.

type Values = Record<string, unknown>;

interface Check {
  /** The settings asked for, laid over what they change; empty strings are gone. */
  settings: Values;
  /** The settings as they are in this very request; an update is not blamed for what it does not touch. */
  sent: Values;
  /** Whether there is a room already, of which not everything can be changed. */
  editing: boolean;
  /** Epoch ms. */
  now: number;
}

type Range = readonly [low: number, high: number];

interface Row {
  key: string;
  /** Reported when the value is wrong; 10213 unless the table has a number for the key. */
  result?: number;
  /** What the value must be, for whoever reads the refusal. */
  must: string;
  fixed?: true;
  default?: (settings: Values) => unknown;
  /** Of a whole number: the lowest and the highest that fit the other settings. */
  range?: (settings: Values) => Range;
  ok: (value: unknown, check: Check) => boolean;
  /** Runs also when the key is absent; throws what is missing. */
  requires?: (check: Check) => void;
}

const isBoolean = (value: unknown) => typeof value === 'boolean';
const isString = (value: unknown) => typeof value === 'string';
const isRef = (value: unknown) => isString(value) || Number.isFinite(value);
const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A whole number, sent as one or as a numeric string; NaN for anything else. */
const whole = (value: unknown) => {
  const n = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(n) ? (n as number) : NaN;
};
const between = (low: number, high: number): Pick<Row, 'ok' | 'range'> => ({
  ok: value => whole(value) >= low && whole(value) <= high,
  range: () => [low, high],
});
const oneOf =
  (...words: string[]) =>
  (value: unknown) =>
    words.includes(value as string);
const onlyKeys = (value: unknown, checks: Record<string, (value: unknown) => boolean>) =>
  isObject(value) &&
  Object.keys(value).every(key => Object.hasOwn(checks, key) && (value[key] === '' || checks[key]!(value[key])));
const isUrl = (value: unknown) => isString(value) && URL.canParse(value as string);

const missing = (result: number, key: string, what = '') =>
  new RoomsError('invalid', `Required Data Missing: ${key}${what}`, {result, key, desc: `Send ${key}.`});

const flag = (key: string, initial: boolean, more: Partial<Row> = {}): Row => ({
  key,
  must: 'true or false',
  ok: isBoolean,
  default: () => initial,
  ...more,
});

const talkers = (settings: Values) => Math.min(6, whole(settings.participants ?? 2) || 6);

/** More participants than this make more streams than a room can carry. */
function mostParticipants(settings: Values): number {
  if (settings.scheduled === true) return settings.mode === 'lecture' ? 1000 : 300;
  const asked = whole(settings.max_active_talkers ?? talkers(settings));
  return Math.floor(1600 / (asked >= 1 && asked <= 16 ? asked : 1));
}

const broadcasts = (settings: Values) => settings.send_audiences_stats === true || settings.hls_view_url !== undefined;

function needsAudiences({settings}: Check) {
  if (!broadcasts(settings)) return;
  if (settings.audiences === undefined) throw missing(10214, 'settings.audiences');
  if (whole(settings.audiences) < 1) throw wrong(row('audiences')!);
}

// A function, so that a browser bundle which only asks when rooms open does not carry the table.
const rows = (): Row[] => [
  {key: 'description', must: 'text', ok: isString},
  {key: 'mode', must: 'group or lecture', fixed: true, default: () => 'group', ok: oneOf('group', 'lecture')},
  flag('scheduled', false, {result: 10003, fixed: true}),
  flag('adhoc', false, {
    fixed: true,
    must: 'true or false, and true only when settings.scheduled is false',
    ok: (value, {settings}) => isBoolean(value) && !(value && settings.scheduled),
  }),
  {
    key: 'scheduled_time',
    result: 10005,
    must: 'a time as YYYY-MM-DD HH:MM:SS in UTC',
    ok: value => isString(value) && parseTime(value as string) !== undefined,
    requires: ({settings, sent, now}) => {
      if (!settings.scheduled) return;
      const time = settings.scheduled_time;
      if (time === undefined) throw missing(10004, 'settings.scheduled_time');
      if (sent.scheduled_time !== undefined && parseTime(time as string)! < now) {
        throw new RoomsError('invalid', 'Illegal value: settings.scheduled_time (in the past)', {
          result: 10006,
          key: 'settings.scheduled_time',
          desc: 'Send a time that is still to come, in UTC.',
        });
      }
    },
  },
  {
    key: 'duration',
    must: 'a number of minutes above 0',
    ok: value =>
      (typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value))) &&
      Number(value) > 0 &&
      Number.isFinite(Number(value)),
    requires: ({settings}) => {
      if (settings.scheduled && settings.duration === undefined) throw missing(10214, 'settings.duration');
    },
  },
  {key: 'moderators', must: 'a whole number from 1 to 5', default: () => 1, ...between(1, 5)},
  {
    key: 'participants',
    result: 10007,
    must: 'at least 1; at most 300 when scheduled (1000 in a lecture), else at most 1600 divided by max_active_talkers',
    default: () => 2,
    range: settings => [1, mostParticipants(settings)],
    ok: value => whole(value) >= 1,
    // Asked of the whole, since a change of max_active_talkers alone can make the participants too many.
    requires: check => {
      if (whole(check.settings.participants ?? 2) > mostParticipants(check.settings)) throw wrong(row('participants')!);
    },
  },
  {key: 'max_active_talkers', must: 'a whole number from 1 to 16', default: talkers, ...between(1, 16)},
  {
    key: 'audiences',
    must: 'a whole number; at least 1 with send_audiences_stats or hls_view_url',
    default: () => 0,
    range: settings => [broadcasts(settings) ? 1 : 0, Infinity],
    ok: value => whole(value) >= 0,
    requires: needsAudiences,
  },
  flag('send_audiences_stats', false),
  {
    key: 'hls_view_url',
    must: 'an https URL or DEFAULT',
    ok: value => value === 'DEFAULT' || (isUrl(value) && /^https:/i.test(value as string)),
  },
  flag('auto_recording', false, {result: 10008}),
  flag('canvas', false),
  flag('knock', false),
  flag('wait_for_moderator', false),
  flag('single_file_recording', false),
  flag('watermark', false),
  flag('screen_share', true),
  flag('abwd', true),
  {key: 'facex', must: 'true or false', ok: isBoolean},
  {key: 'quality', must: 'HD, SD or LD', default: () => 'SD', ok: oneOf('HD', 'SD', 'LD')},
  {key: 'billing_code', must: 'text or a number', ok: isRef},
  {
    key: 'role_based_recording',
    must: 'an object of moderator and participant, each audio or audiovideo',
    ok: value => {
      const tracks = oneOf('audio', 'audiovideo');
      return onlyKeys(value, {moderator: tracks, participant: tracks});
    },
  },
  {
    key: 'live_recording',
    must: 'true or false, or {auto_recording, url}',
    // The source's own reply holds `rtmp-client.enablex.io/?token=`, so the scheme may be missing.
    ok: value =>
      isBoolean(value) ||
      onlyKeys(value, {
        auto_recording: isBoolean,
        url: url => isString(url) && (isUrl(url) || isUrl(`https://${url as string}`)),
      }),
  },
  {key: 'media_zone', must: 'IN, SG, US or XX', default: () => 'XX', ok: oneOf('IN', 'SG', 'US', 'XX')},
];

let table: Row[] | undefined;
const row = (key: string) => (table ??= rows()).find(each => each.key === key);

/** The keys of `settings`, in the order in which they are checked. */
export const settingsKeys = () => (table ??= rows()).map(({key}) => key);

/** The lowest and highest number a setting may have beside the others; undefined for what is no whole number. */
export const rangeOf = (key: string, settings: SettingsDefinition) => row(key)?.range?.(withoutEmpty(settings));

/** Keys of an older API that its clients still send; taken without complaint, only the first is answered. */
const LEGACY = ['active_talker', 'wait_moderator', 'media', 'media_configuration', 'encryption'];

const wrong = ({key, result, must}: Pick<Row, 'key' | 'result' | 'must'>) =>
  new RoomsError('invalid', `${result === 10005 ? 'Invalid date/time format' : 'Invalid value'}: settings.${key}`, {
    result,
    key: `settings.${key}`,
    desc: `settings.${key} must be ${must}.`,
  });

const notEditable = ({key}: Row) =>
  new RoomsError('not_editable', `Key not editable: settings.${key}`, {
    key: `settings.${key}`,
    desc: 'It is set for good when the room is made.',
  });

const malformed = (key: string, must: string) =>
  new RoomsError('invalid', `Invalid value: ${key}`, {key, desc: `${key} must be ${must}.`});

/** Empty strings mean "not set" everywhere but in what is required; in a change they give a key its default back. */
const withoutEmpty = (values: Values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

function checkRow(each: Row, check: Check) {
  const value = check.sent[each.key];
  if (value !== undefined && each.fixed && check.editing) throw notEditable(each);
  if (value !== undefined && value !== '' && !each.ok(value, check)) throw wrong(each);
  each.requires?.(check);
}

function checkSettings(check: Check) {
  for (const each of (table ??= rows())) checkRow(each, check);
  for (const key of Object.keys(check.sent)) {
    if (LEGACY.includes(key) || row(key)) continue;
    throw new RoomsError('invalid', `Key not recognised: settings.${key.slice(0, 64)}`, {
      result: 10009,
      key: `settings.${key.slice(0, 64)}`,
      desc: 'Remove it; custom keys belong into data.',
    });
  }
}

function checkName(name: unknown) {
  if (name === undefined || name === null || name === '') throw missing(10002, 'name', ' (Room Name)');
  if (typeof name !== 'string' || name.length > 200) throw malformed('name', 'text of at most 200 characters');
}

function checkOwner(owner: unknown) {
  if (owner === undefined || owner === null || owner === '') throw missing(10205, 'owner_ref', ' (Room Owner)');
  if (!isRef(owner)) throw malformed('owner_ref', 'text or a number');
}

function settingsOf({settings}: Values): Values {
  if (settings === undefined || settings === '') return {};
  if (!isObject(settings)) throw malformed('settings', 'an object');
  return settings;
}

/** `sip` in the one form it is kept in; undefined when the body says nothing of it. */
function sipOf({sip}: Values): {enabled: boolean} | undefined {
  if (sip === undefined || sip === '') return undefined;
  if (isBoolean(sip)) return {enabled: sip as boolean};
  if (!isObject(sip)) throw malformed('sip', 'an object');
  if (sip.enabled !== undefined && sip.enabled !== '' && !isBoolean(sip.enabled))
    throw malformed('sip.enabled', 'true or false');
  return {enabled: sip.enabled === true};
}

function dataOf({data}: Values): Values | undefined {
  if (data === undefined || data === '') return undefined;
  if (!isObject(data)) throw malformed('data', 'an object');
  return data;
}

/** A definition that has been checked, with its defaults filled in; types are echoed as they were sent. */
export interface CheckedDefinition {
  name: string;
  owner_ref: string | number;
  settings: SettingsDefinition;
  sip: {enabled: boolean};
  data?: Values;
}

/** Settings with the defaults of what they leave open. */
export function withDefaults(settings: Values): SettingsDefinition {
  const kept: Values = {};
  for (const {key, default: initial} of (table ??= rows())) {
    const value = settings[key] ?? initial?.(settings);
    if (value !== undefined) kept[key] = isObject(value) ? withoutEmpty(value) : value;
  }
  if (isBoolean(kept.live_recording)) kept.live_recording = {auto_recording: kept.live_recording};
  if (settings.active_talker !== undefined) kept.active_talker = settings.active_talker;
  return kept;
}

/** Checks what a room is to be made from, in the table's order of keys; `now` in epoch ms. Throws the first fault. */
export function checkDefinition(body: RoomDefinition, now: number): CheckedDefinition {
  checkName(body.name);
  checkOwner(body.owner_ref);
  const sent = settingsOf(body);
  const settings = withoutEmpty(sent);
  checkSettings({settings, sent, editing: false, now});
  const sip = sipOf(body) ?? {enabled: false};
  const data = dataOf(body);
  return {name: body.name, owner_ref: body.owner_ref!, settings: withDefaults(settings), sip, ...(data && {data})};
}

const EDITABLE = ['name', 'owner_ref', 'settings', 'sip', 'data'] as const;

/** Whether a body changes anything: whatever else it holds, `room_id` and `created` among it, is ignored. */
export const isChange = (body: RoomChanges) => EDITABLE.some(key => body[key] !== undefined);

/** Whether a room is so near its start, at `now` (epoch ms), that it cannot be changed any more. */
export const isTooLate = (room: Pick<Room, 'settings'>, now: number) => now > Number(joinWindow(room)?.opensAt ?? now);

/** Checks what is to change of a room, and answers the whole new definition. Throws the first fault. */
export function checkChanges(body: RoomChanges, current: CheckedDefinition, now: number): CheckedDefinition {
  if (isTooLate(current as Pick<Room, 'settings'>, now) && isChange(body)) {
    throw new RoomsError('too_late', 'Too late to update a scheduled room.', {
      desc: 'A scheduled room can be changed until 15 minutes before its start.',
    });
  }
  if (body.name !== undefined) checkName(body.name);
  if (body.owner_ref !== undefined) checkOwner(body.owner_ref);
  const sent = settingsOf(body);
  const settings = withoutEmpty({...current.settings, ...sent});
  checkSettings({settings, sent, editing: true, now});
  const sip = sipOf(body) ?? current.sip;
  const changed = dataOf(body);
  const data = changed ? {...current.data, ...changed} : current.data;
  const {name = current.name, owner_ref = current.owner_ref} = body;
  return {name, owner_ref, settings: withDefaults(settings), sip, ...(data && {data})};
}

/**
 * All that is wrong with what a room is to be made from, or with changes of the room `current`, one fault a key and in
 * the table's order, for a form that shows them all. Who owns the room is not asked: a token proxy knows.
 */
export function faultsOf(body: RoomChanges, now: number, current?: Pick<Room, 'settings'>): RoomsError[] {
  const sent: Values = body.settings ?? {};
  const settings = withoutEmpty({...current?.settings, ...sent});
  const check = {settings, sent, editing: current !== undefined, now};
  const checks = [
    () => (current && body.name === undefined) || checkName(body.name),
    ...(table ??= rows()).map(each => () => checkRow(each, check)),
    () => sipOf(body),
    () => dataOf(body),
  ];
  return checks.flatMap(run => {
    try {
      run();
      return [];
    } catch (error) {
      return [error as RoomsError];
    }
  });
}
