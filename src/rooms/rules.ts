import type {RoomChanges, RoomDefinition, SettingsDefinition} from './definition.js';
import type {RoomsError} from './errors.js';
import {invalidValue, missingValue, errorOf} from './results.js';
import type {Room} from './room.js';
import {DROPPED_SETTINGS, OTHER_SETTINGS, SETTINGS, Tracks, type Setting} from './settings.js';
import {isoTime, joinWindow, LONGEST_DURATION, parseTime} from './times.js';
import {isFlag, isMissing, isObject, isReference, isText} from './values.js';

export * from './times.js';

/** A time as the API writes it: `YYYY-MM-DD HH:MM:SS` UTC. */
export const formatTime = (time: number) => isoTime(time).replace('T', ' ');

// What a room definition may say: the rules of each setting, as the API's documentation lists them.

type Values = Record<string, unknown>;

interface Check {
  /** The settings asked for, laid over those that they change; without empty strings. */
  settings: Values;
  /** The settings in this very request. An update is not refused for a setting that it does not touch. */
  sent: Values;
  /** The settings of a room that is being changed; a few settings must stay as they are. Absent for a new room. */
  before?: Values;
  /** Epoch ms. */
  now: number;
}

type Range = readonly [low: number, high: number];

interface Rule {
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
  key: string;
  fixed?: true;
  quiet?: true;
  dropped?: true;
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
  if (settings.audiences === undefined) throw missingValue('settings.audiences');
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

type Known = keyof typeof SETTINGS | keyof typeof OTHER_SETTINGS | keyof typeof DROPPED_SETTINGS;

/** What a setting must be beside what its kind says. */
const RULES: Partial<Record<Known, Partial<Rule>>> = {
  adhoc: {
    requires: ({settings}) => {
      if (settings.adhoc === true && settings.scheduled === true) {
        throw errorOf(10017, {desc: 'settings.adhoc can be true only when settings.scheduled is false.'});
      }
    },
  },
  scheduled_time: {
    must: 'a time as YYYY-MM-DD HH:MM:SS in UTC',
    ok: value => isText(value) && parseTime(value) !== undefined,
    requires: ({settings, sent, now}) => {
      if (!settings.scheduled) return;
      const time = settings.scheduled_time;
      if (time === undefined) throw missingValue('settings.scheduled_time');
      if (sent.scheduled_time !== undefined && parseTime(time as string)! < now) {
        throw errorOf(10006, {desc: 'Send a time in the future, in UTC.'});
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
      if (settings.scheduled && settings.duration === undefined)
        throw errorOf(10011, {desc: 'A scheduled room needs settings.duration.'});
    },
  },
  moderators: between(1, 5),
  participants: {
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
  role_based_recording: {
    must: 'an object of moderator and participant, each audio or audiovideo',
    ok: value => {
      const isTracks = (tracks: unknown) => Tracks.is(tracks);
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
  viewers: {must: 'a whole number', ok: value => whole(value) >= 0},
  peep: {must: 'true, false, text or a number', ok: value => isFlag(value) || isReference(value)},
  media: {must: 'any value', ok: () => true},
  live_transcription: {
    must: 'an object of language, auto_transcribe and enable',
    ok: value => onlyKeys(value, {language: isText, auto_transcribe: isFlag, enable: isFlag}),
  },
};

// A function, so that the script of a page that makes no rooms does not carry the rules.
const rows = (): Row[] =>
  Object.entries<Setting>({...SETTINGS, ...OTHER_SETTINGS, ...DROPPED_SETTINGS}).map(([key, setting]) => {
    const {fixed, quiet} = setting;
    const dropped = Object.hasOwn(DROPPED_SETTINGS, key) || undefined;
    return {key, fixed, quiet, dropped, default: () => setting.default, ...ruleOf(setting), ...RULES[key as Known]};
  });

let cached: Row[] | undefined;
const table = () => (cached ??= rows());
const row = (key: string) => table().find(each => each.key === key);

/** The lowest and highest number a setting may have beside the others; undefined if it is not a whole number. */
export const rangeOf = (key: string, settings: SettingsDefinition) => row(key)?.range?.(withoutEmpty(settings));

const wrong = ({key, must}: Row) => invalidValue(`settings.${key}`, `settings.${key} must be ${must}.`);

const notEditable = ({key}: Row) =>
  errorOf(10106, {key: `settings.${key}`, desc: `settings.${key} cannot be changed once the room is made.`});

const malformed = (key: string, must: string) => invalidValue(key, `${key} must be ${must}.`);

/** An empty string means "not set", except in required keys; in a change it gives the key its default back. */
const withoutEmpty = (values: Values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

const isSame = ({key, default: defaultOf}: Row, {settings, before = {}}: Check) =>
  (settings[key] ?? defaultOf(settings)) === (before[key] ?? defaultOf(before));

function checkRow(each: Row, check: Check) {
  const value = check.sent[each.key];
  // A client may send a whole definition back, so the value that the room has already is no change.
  if (value !== undefined && each.fixed && check.before && !isSame(each, check)) throw notEditable(each);
  if (value !== undefined && value !== '' && !each.ok(value, check)) throw wrong(each);
  each.requires?.(check);
}

/** The error for a key of `settings` that no table has. */
export const unknownSetting = (key: string) => {
  const path = `settings.${key.slice(0, 64)}`;
  return errorOf(10009, {key: path, desc: `Remove ${path}; put keys of your own into data.`});
};

function checkSettings(check: Check) {
  for (const each of table()) checkRow(each, check);
  for (const key of Object.keys(check.sent)) {
    if (!row(key)) throw unknownSetting(key);
  }
}

/** Checks a name, and returns it as it is stored: composed, so that one name has one form. */
function checkName(name: unknown): string {
  if (isMissing(name)) throw missingValue('name');
  const composed = isText(name) ? name.normalize('NFC') : undefined;
  if (composed === undefined || composed.length > 200) throw malformed('name', 'text of at most 200 characters');
  return composed;
}

function checkOwner(owner: unknown) {
  if (isMissing(owner)) throw missingValue('owner_ref');
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

/** Fills in the defaults of the settings that are not given, but for those that are sent back only if they were given. */
export function withDefaults(settings: Values): SettingsDefinition {
  const kept: Values = {};
  for (const {key, default: defaultOf, quiet, dropped} of table()) {
    const value = dropped ? undefined : (settings[key] ?? (quiet ? undefined : defaultOf(settings)));
    if (value !== undefined) kept[key] = isObject(value) ? withoutEmpty(value) : value;
  }
  if (isFlag(kept.live_recording)) kept.live_recording = {auto_recording: kept.live_recording};
  return kept;
}

/** Checks the definition of a new room, in the table's order of keys; `now` in epoch ms. Throws the first fault. */
export function checkDefinition(body: RoomDefinition, now: number): CheckedDefinition {
  const name = checkName(body.name);
  checkOwner(body.owner_ref);
  const sent = settingsOf(body);
  const settings = withoutEmpty(sent);
  checkSettings({settings, sent, now});
  const sip = sipOf(body) ?? {enabled: false};
  const data = dataOf(body);
  return {name, owner_ref: body.owner_ref!, settings: withDefaults(settings), sip, ...(data && {data})};
}

const EDITABLE = ['name', 'owner_ref', 'settings', 'sip', 'data'] as const;

/** Whether a body changes anything. Its other keys, such as `room_id` and `created`, are ignored. */
export const isChange = (body: RoomChanges) => EDITABLE.some(key => body[key] !== undefined);

/** Whether a room is too near its start, at `now` (epoch ms), to be changed. */
export const isTooLate = (room: Pick<Room, 'settings'>, now: number) => now > Number(joinWindow(room)?.opensAt ?? now);

/** Checks changes of a room and returns the whole new definition; `now` in epoch ms. Throws the first fault. */
export function checkChanges(body: RoomChanges, current: CheckedDefinition, now: number): CheckedDefinition {
  if (isTooLate(current as Pick<Room, 'settings'>, now) && isChange(body)) {
    throw errorOf(19000, {desc: 'A scheduled room can be changed until 15 minutes before its start.'});
  }
  const name = body.name === undefined ? current.name : checkName(body.name);
  if (body.owner_ref !== undefined) checkOwner(body.owner_ref);
  const sent = settingsOf(body);
  const settings = withoutEmpty({...current.settings, ...sent});
  checkSettings({settings, sent, before: current.settings, now});
  const sip = sipOf(body) ?? current.sip;
  const changed = dataOf(body);
  const data = changed ? {...current.data, ...changed} : current.data;
  const {owner_ref = current.owner_ref} = body;
  return {name, owner_ref, settings: withDefaults(settings), sip, ...(data && {data})};
}

/**
 * All faults of a new room's definition, or of changes to the room `current`: one fault a key, in the table's order, for
 * a form that shows them all. `now` is epoch ms. `owner_ref` is not checked, since a token proxy fills it in.
 */
export function faultsOf(body: RoomChanges, now: number, current?: Pick<Room, 'settings'>): RoomsError[] {
  const sent: Values = body.settings ?? {};
  const settings = withoutEmpty({...current?.settings, ...sent});
  const check = {settings, sent, before: current?.settings, now};
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
