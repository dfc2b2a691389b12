import type {RoomChanges, RoomDefinition, SettingsDefinition} from './definition.js';
import {RoomsError} from './errors.js';
import type {Room} from './schema.js';
import {LEGACY_SETTINGS, SETTINGS, type Setting, type SettingName} from './settings.js';
import {joinWindow, LONGEST_DURATION, parseTime} from './times.js';
import {isFlag, isObject, isReference, isText} from './values.js';

export * from './times.js';

// What a room definition may say: the rules of each setting, as the API's documentation lists them.

type Values = Record<string, unknown>;

interface Check {
  /** The settings asked for, laid over those that they change; without empty strings. */
  settings: Values;
  /** The settings in this very request. An update is not refused for a setting that it does not touch. */
  sent: Values;
  /** Whether the room exists already; then not everything can be changed. */
  editing: boolean;
  /** Epoch ms. */
  now: number;
}

type Range = readonly [low: number, high: number];

interface Rule {
  /**
   * The result number of an error about this key.
   * @default 10213
   */
  result?: number;
  /** What the value must be, for the developer who reads the error. */
  must: string;
  /** A default that depends on other settings. */
  default?: (settings: Values) => unknown;
  /** The lowest and the highest whole number that fit the other settings. */
  range?: (settings: Values) => Range;
  ok: (value: unknown, check: Check) => boolean;
  /** Checks the key beside others, also if it is absent. Throws the fault. */
  requires?: (check: Check) => void;
}

interface Row extends Rule {
  key: SettingName;
  fixed?: true;
  default: (settings: Values) => unknown;
}

/** The whole number that a number or a numeric string stands for; NaN for anything else. */
const whole = (value: unknown) => {
  const n = isText(value) && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(n) ? (n as number) : NaN;
};
const between = (low: number, high: number): Rule => ({
  must: `a whole number from ${low} to ${high}`,
  ok: value => whole(value) >= low && whole(value) <= high,
  range: () => [low, high],
});
const onlyKeys = (value: unknown, checks: Record<string, (value: unknown) => boolean>) =>
  isObject(value) &&
  Object.keys(value).every(key => Object.hasOwn(checks, key) && (value[key] === '' || checks[key]!(value[key])));
const isUrl = (value: unknown) => isText(value) && URL.canParse(value);

const missing = (result: number, key: string, what = '') =>
  new RoomsError('invalid', `Required Data Missing: ${key}${what}`, {result, key, desc: `Send ${key}.`});

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

/** The rule of a setting of which nothing is known but its kind. */
function ruleOf({kind, words = []}: Setting): Rule {
  switch (kind) {
    case 'boolean':
      return {must: 'true or false', ok: isFlag};
    case 'reference':
      return {must: 'text or a number', ok: isReference};
    case 'word':
      return {
        must: words.join(', ').replace(/, (\w+)$/, ' or $1'),
        ok: value => words.includes(value as string),
      };
    default:
      return {must: 'text', ok: isText};
  }
}

/** What a setting must be beside what its kind says. */
const RULES: Partial<Record<SettingName, Partial<Rule>>> = {
  scheduled: {result: 10003},
  adhoc: {
    must: 'true or false, and true only when settings.scheduled is false',
    ok: (value, {settings}) => isFlag(value) && !(value && settings.scheduled),
  },
  scheduled_time: {
    result: 10005,
    must: 'a time as YYYY-MM-DD HH:MM:SS in UTC',
    ok: value => isText(value) && parseTime(value) !== undefined,
    requires: ({settings, sent, now}) => {
      if (!settings.scheduled) return;
      const time = settings.scheduled_time;
      if (time === undefined) throw missing(10004, 'settings.scheduled_time');
      if (sent.scheduled_time !== undefined && parseTime(time as string)! < now) {
        throw new RoomsError('invalid', 'Illegal value: settings.scheduled_time (in the past)', {
          result: 10006,
          key: 'settings.scheduled_time',
          desc: 'Send a time in the future, in UTC.',
        });
      }
    },
  },
  duration: {
    must: `a number of minutes above 0, at most ${LONGEST_DURATION}`,
    ok: value =>
      (typeof value === 'number' || (isText(value) && /^\d+(\.\d+)?$/.test(value))) &&
      Number(value) > 0 &&
      Number(value) <= LONGEST_DURATION,
    requires: ({settings}) => {
      if (settings.scheduled && settings.duration === undefined) throw missing(10214, 'settings.duration');
    },
  },
  moderators: between(1, 5),
  participants: {
    result: 10007,
    must: 'at least 1; at most 300 when scheduled (1000 in a lecture), else at most 1600 divided by max_active_talkers',
    range: settings => [1, mostParticipants(settings)],
    ok: value => whole(value) >= 1,
    // Checked against all settings: a change of max_active_talkers alone can make the participants too many.
    requires: check => {
      if (whole(check.settings.participants ?? 2) > mostParticipants(check.settings)) throw wrong(row('participants')!);
    },
  },
  max_active_talkers: {default: talkers, ...between(1, 16)},
  audiences: {
    must: 'a whole number; at least 1 with send_audiences_stats or hls_view_url',
    range: settings => [broadcasts(settings) ? 1 : 0, Infinity],
    ok: value => whole(value) >= 0,
    requires: needsAudiences,
  },
  hls_view_url: {
    must: 'an https URL or DEFAULT',
    ok: value => value === 'DEFAULT' || (isUrl(value) && /^https:/i.test(value as string)),
  },
  auto_recording: {result: 10008},
  role_based_recording: {
    must: 'an object of moderator and participant, each audio or audiovideo',
    ok: value => {
      const isTracks = (tracks: unknown) => tracks === 'audio' || tracks === 'audiovideo';
      return onlyKeys(value, {moderator: isTracks, participant: isTracks});
    },
  },
  live_recording: {
    must: 'true or false, or {auto_recording, url}',
    // The documentation's own example has an address without a scheme.
    ok: value =>
      isFlag(value) ||
      onlyKeys(value, {
        auto_recording: isFlag,
        url: url => isText(url) && (isUrl(url) || isUrl(`https://${url}`)),
      }),
  },
};

// A function, so that the script of a page that makes no rooms does not carry the rules.
const rows = (): Row[] =>
  Object.entries<Setting>(SETTINGS).map(([name, setting]) => {
    const key = name as SettingName;
    return {key, fixed: setting.fixed, default: () => setting.default, ...ruleOf(setting), ...RULES[key]};
  });

let cached: Row[] | undefined;
const table = () => (cached ??= rows());
const row = (key: string) => table().find(each => each.key === key);

/** The lowest and highest number a setting may have beside the others; undefined if it is not a whole number. */
export const rangeOf = (key: string, settings: SettingsDefinition) => row(key)?.range?.(withoutEmpty(settings));

const wrong = ({key, result, must}: Row) =>
  new RoomsError('invalid', `${result === 10005 ? 'Invalid date/time format' : 'Invalid value'}: settings.${key}`, {
    result,
    key: `settings.${key}`,
    desc: `settings.${key} must be ${must}.`,
  });

const notEditable = ({key}: Row) =>
  new RoomsError('not_editable', `Key not editable: settings.${key}`, {
    key: `settings.${key}`,
    desc: 'It cannot be changed once the room is made.',
  });

const malformed = (key: string, must: string) =>
  new RoomsError('invalid', `Invalid value: ${key}`, {key, desc: `${key} must be ${must}.`});

/** An empty string means "not set", except in required keys; in a change it gives the key its default back. */
const withoutEmpty = (values: Values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

function checkRow(each: Row, check: Check) {
  const value = check.sent[each.key];
  if (value !== undefined && each.fixed && check.editing) throw notEditable(each);
  if (value !== undefined && value !== '' && !each.ok(value, check)) throw wrong(each);
  each.requires?.(check);
}

function checkSettings(check: Check) {
  for (const each of table()) checkRow(each, check);
  for (const key of Object.keys(check.sent)) {
    if (LEGACY_SETTINGS.includes(key) || row(key)) continue;
    throw new RoomsError('invalid', `Key not recognised: settings.${key.slice(0, 64)}`, {
      result: 10009,
      key: `settings.${key.slice(0, 64)}`,
      desc: 'Remove it; put keys of your own into data.',
    });
  }
}

function checkName(name: unknown) {
  if (name === undefined || name === null || name === '') throw missing(10002, 'name', ' (Room Name)');
  if (typeof name !== 'string' || name.length > 200) throw malformed('name', 'text of at most 200 characters');
}

function checkOwner(owner: unknown) {
  if (owner === undefined || owner === null || owner === '') throw missing(10205, 'owner_ref', ' (Room Owner)');
  if (!isReference(owner)) throw malformed('owner_ref', 'text or a number');
}

function settingsOf({settings}: Values): Values {
  if (settings === undefined || settings === '') return {};
  if (!isObject(settings)) throw malformed('settings', 'an object');
  return settings;
}

/** `sip` in the form in which it is stored; undefined if the body does not mention it. */
function sipOf({sip}: Values): {enabled: boolean} | undefined {
  if (sip === undefined || sip === '') return undefined;
  if (isFlag(sip)) return {enabled: sip};
  if (!isObject(sip)) throw malformed('sip', 'an object');
  if (sip.enabled !== undefined && sip.enabled !== '' && !isFlag(sip.enabled))
    throw malformed('sip.enabled', 'true or false');
  return {enabled: sip.enabled === true};
}

function dataOf({data}: Values): Values | undefined {
  if (data === undefined || data === '') return undefined;
  if (!isObject(data)) throw malformed('data', 'an object');
  return data;
}

/** A definition that has been checked, with its defaults filled in. Values keep the type in which they were sent. */
export interface CheckedDefinition {
  name: string;
  owner_ref: string | number;
  settings: SettingsDefinition;
  sip: {enabled: boolean};
  data?: Values | undefined;
}

/** Fills in the defaults of the settings that are not given. */
export function withDefaults(settings: Values): SettingsDefinition {
  const kept: Values = {};
  for (const {key, default: defaultOf} of table()) {
    const value = settings[key] ?? defaultOf(settings);
    if (value !== undefined) kept[key] = isObject(value) ? withoutEmpty(value) : value;
  }
  if (isFlag(kept.live_recording)) kept.live_recording = {auto_recording: kept.live_recording};
  if (settings.active_talker !== undefined) kept.active_talker = settings.active_talker;
  return kept;
}

/** Checks the definition of a new room, in the table's order of keys; `now` in epoch ms. Throws the first fault. */
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

/** Whether a body changes anything. Its other keys, such as `room_id` and `created`, are ignored. */
export const isChange = (body: RoomChanges) => EDITABLE.some(key => body[key] !== undefined);

/** Whether a room is too near its start, at `now` (epoch ms), to be changed. */
export const isTooLate = (room: Pick<Room, 'settings'>, now: number) => now > Number(joinWindow(room)?.opensAt ?? now);

/** Checks changes of a room and returns the whole new definition; `now` in epoch ms. Throws the first fault. */
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
 * All faults of a new room's definition, or of changes to the room `current`: one fault a key, in the table's order, for
 * a form that shows them all. `now` is epoch ms. `owner_ref` is not checked, since a token proxy fills it in.
 */
export function faultsOf(body: RoomChanges, now: number, current?: Pick<Room, 'settings'>): RoomsError[] {
  const sent: Values = body.settings ?? {};
  const settings = withoutEmpty({...current?.settings, ...sent});
  const check = {settings, sent, editing: current !== undefined, now};
  const checks = [
    () => (current && body.name === undefined) || checkName(body.name),
    ...table().map(each => () => checkRow(each, check)),
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
