import {type, type Struct} from 'superstruct';
import type {Field, ManagingWords} from '../locales/managing/managing.js';
import type {RoomChanges, SettingsDefinition} from '../rooms/definition.js';
import type {RoomsError, RoomsErrorCode} from '../rooms/errors.js';
import {faultsOf, formatTime, parseTime, rangeOf, withDefaults} from '../rooms/rules.js';
import type {Room} from '../rooms/room.js';
import {RoomId} from '../rooms/schema.js';
import {SETTINGS, type Kinds, type Setting, type SettingName} from '../rooms/settings.js';
import {isoTime, joinWindow, readTime, type JoinWindow} from '../rooms/times.js';
import {jsonOf, Text} from '../rooms/values.js';

/** The fields of the form. `opening` stands for `scheduled` and `adhoc`; the owner is not asked for. */
export type FormField = Field | 'opening';

/** A room as the form holds it: texts as typed, checkboxes as booleans. */
export type Form = Record<FormField, string | boolean>;

/** The kind of a field decides how it is shown and how it is read. */
export type Kind = 'line' | 'text' | 'url' | 'number' | 'time' | 'json' | 'tick' | 'choice';

/** Every field by group, in the order of the form. The first group is always open. */
export const GROUPS = {
  basics: ['name', 'description', 'mode', 'participants'],
  access: ['moderators', 'knock', 'wait_for_moderator'],
  schedule: ['opening', 'scheduled_time', 'duration'],
  media: ['max_active_talkers', 'quality', 'media_zone', 'screen_share', 'canvas', 'abwd', 'facex'],
  recording: [
    'auto_recording',
    'single_file_recording',
    'watermark',
    'role_based_recording.moderator',
    'role_based_recording.participant',
    'live_recording.auto_recording',
    'live_recording.url',
    'audiences',
    'send_audiences_stats',
    'hls_view_url',
  ],
  telephone: ['sip'],
  more: ['billing_code', 'data'],
} as const satisfies Record<string, readonly FormField[]>;

export type Group = keyof typeof GROUPS;

export const FIELDS: FormField[] = Object.values(GROUPS).flat();

/** How a setting is shown, by the kind that the table of settings gives it. */
const SHOWN_AS = {
  text: 'text',
  time: 'time',
  url: 'url',
  boolean: 'tick',
  number: 'number',
  reference: 'line',
  word: 'choice',
  object: 'json',
} as const satisfies Record<keyof Kinds, Kind>;

/** The fields that are not settings of the same name. */
const OTHER_KINDS: Partial<Record<FormField, Kind>> = {
  name: 'line',
  opening: 'choice',
  'role_based_recording.moderator': 'choice',
  'role_based_recording.participant': 'choice',
  'live_recording.auto_recording': 'tick',
  'live_recording.url': 'url',
  sip: 'tick',
  data: 'json',
};

export const kindOf = (field: FormField): Kind => OTHER_KINDS[field] ?? SHOWN_AS[SETTINGS[field as SettingName].kind];

/** The fields that are settings of the same name. */
const PLAIN = FIELDS.filter(field => !OTHER_KINDS[field]);

type Values = Record<string, unknown>;

/**
 * A whole room. Its settings are not checked, since the form must keep what a newer platform may have in them; `formOf`
 * shows what it can.
 */
export const WholeRoom = type({room_id: RoomId, name: Text, settings: type({})}) as unknown as Struct<Room, unknown>;

/** The defaults of settings that a platform sends only if they were given. */
const QUIET = Object.fromEntries(
  Object.entries<Setting>(SETTINGS)
    .filter(([, {quiet}]) => quiet)
    .map(([name, setting]) => [name, setting.default]),
);

/** The form of a room; without a room, the form for a new one with the default values. */
export function formOf(room?: Room): Form {
  // The default of `max_active_talkers` depends on the number of participants, so the field stays empty.
  const settings: Values = {...QUIET, ...(room?.settings ?? {...withDefaults({}), max_active_talkers: ''})};
  const form: Partial<Form> = {};
  for (const field of PLAIN) {
    const value = settings[field];
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    form[field] = kindOf(field) === 'tick' ? value === true : text;
  }
  const {role_based_recording: tracks, live_recording: live} = settings as Room['settings'];
  const {auto_recording, url} = typeof live === 'object' ? live : {auto_recording: live};
  return {
    ...(form as Form),
    name: room?.name ?? '',
    opening: settings.scheduled ? 'scheduled' : settings.adhoc ? 'adhoc' : 'always',
    scheduled_time: localTime(parseTime(form.scheduled_time as string)),
    'role_based_recording.moderator': tracks?.moderator ?? 'none',
    'role_based_recording.participant': tracks?.participant ?? 'none',
    'live_recording.auto_recording': auto_recording === true,
    'live_recording.url': url ?? '',
    sip: (room?.sip?.enabled ?? (room?.sip as unknown)) === true,
    data: room?.data ? jsonOf(room.data, 2)! : '',
  };
}

const HALF_HOUR = 30;

/** The lengths of a meeting that a button offers, in minutes. */
export const LENGTHS = [15, 30, 45, 60, 90];

/**
 * Fills in when a scheduled room starts and how long it takes, where nothing was typed: at the next half hour, for 30 minutes.
 * `now`: epoch ms.
 */
export function scheduled(form: Form, now: number): Form {
  const start = new Date(now);
  start.setMinutes(start.getMinutes() < HALF_HOUR ? HALF_HOUR : 2 * HALF_HOUR, 0, 0);
  return {
    ...form,
    scheduled_time: form.scheduled_time || localTime(+start),
    duration: form.duration || String(HALF_HOUR),
  };
}

/** When a scheduled room begins to let people in, and when it ends; undefined while the form does not say. */
export function windowOf(form: Form): JoinWindow | undefined {
  const settings = settingsOf(form) as Partial<Room['settings']>;
  // A text is no number yet.
  return Number(settings.duration) > 0 ? joinWindow({settings: settings as Room['settings']}) : undefined;
}

/** Whether a field is asked for: a room that is always open has neither start nor duration. */
export function isAsked(field: FormField, {opening}: Form): boolean {
  if (field === 'scheduled_time') return opening === 'scheduled';
  return field !== 'duration' || opening !== 'always';
}

/** The request body that creates a room; with `was`, only what changed since then. It is not checked here. */
export function bodyOf(form: Form, was?: Form): RoomChanges {
  const old = was ?? formOf();
  const differs = (...fields: FormField[]) =>
    fields.some(field => isAsked(field, form) && trimmed(form[field]) !== trimmed(old[field]));
  const settings: Values = {};
  for (const field of PLAIN) if (differs(field)) settings[field] = wireOf(field, form);
  if (!was) {
    // Sent even if unchanged, because a platform's own defaults may differ from those the form shows.
    settings.mode = form.mode;
    if (form.participants) settings.participants = wireOf('participants', form);
    if (form.opening !== 'always') settings[form.opening as string] = true;
  }
  const {
    'role_based_recording.moderator': moderator,
    'role_based_recording.participant': participant,
    'live_recording.auto_recording': auto_recording,
    'live_recording.url': url,
  } = form;
  if (differs('role_based_recording.moderator', 'role_based_recording.participant')) {
    const kept = Object.entries({moderator, participant}).filter(([, tracks]) => tracks !== 'none');
    settings.role_based_recording = kept.length ? Object.fromEntries(kept) : '';
  }
  if (differs('live_recording.auto_recording', 'live_recording.url')) {
    settings.live_recording = {auto_recording, ...(url && {url: trimmed(url)})};
  }
  const body: Values = {};
  if (!was || differs('name')) body.name = trimmed(form.name);
  if (Object.keys(settings).length) body.settings = settings;
  if (differs('sip')) body.sip = {enabled: form.sip};
  const data = was ? changedIn(dataOf(form), dataOf(was)) : dataOf(form);
  if (differs('data') && Object.keys(data).length) body.data = data;
  return body as RoomChanges;
}

const trimmed = (value: string | boolean) => String(value).trim();

function wireOf(field: FormField, form: Form): unknown {
  const value = form[field];
  switch (kindOf(field)) {
    case 'tick':
      return value;
    case 'number':
      return numberOf(value);
    case 'time':
      return timeOf(value as string);
    default:
      return trimmed(value);
  }
}

/** A local time in UTC. A text that is no time stays as typed, so the rules refuse it. */
function timeOf(text: string): string {
  const time = readTime(text);
  return Number.isNaN(time) ? text : formatTime(time);
}

/** A number in any digits that keyboards write. A text that is no number stays as typed, so the rules refuse it. */
function numberOf(value: string | boolean): number | string {
  const text = trimmed(value)
    .normalize('NFKC')
    .replace(/[٠-٩۰-۹]/g, digit => String(digit.charCodeAt(0) & 15))
    .replace(/[०-९]/g, digit => String(digit.charCodeAt(0) - 0x966));
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** The typed JSON object; empty for an empty field. A text that is no object stays as typed, so the rules refuse it. */
function dataOf({data}: Form): Values | string {
  const text = trimmed(data) || '{}';
  try {
    return text.startsWith('{') ? (JSON.parse(text) as Values) : text;
  } catch {
    return text;
  }
}

/** The keys of `data` that are new or changed. The others are not sent, since a program may have changed them meanwhile. */
function changedIn(data: Values | string, was: Values | string): Values | string {
  if (typeof data === 'string' || typeof was === 'string') return data;
  const isChanged = ([key, value]: [string, unknown]) => !Object.hasOwn(was, key) || jsonOf(value) !== jsonOf(was[key]);
  return Object.fromEntries(Object.entries(data).filter(isChanged));
}

/** A value for `datetime-local` in the visitor's time zone: `YYYY-MM-DDTHH:MM`, with seconds unless they are 0. */
function localTime(time: number | undefined): string {
  if (time === undefined) return '';
  const local = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return isoTime(local).replace(/:00$/, '');
}

/** Why a field is wrong: an error of the rules, or a sentence about something that only the form can know. */
export type Fault = RoomsError | ((words: ManagingWords) => string);

/** The faults of a form by field. `room`: the room that is changed; `now`: epoch ms. */
export function faultsIn(form: Form, {room, now}: {room?: Room; now: number}): Map<FormField, Fault> {
  const was = room && formOf(room);
  const body = bodyOf(form, was);
  const faults = new Map<FormField, Fault>();
  for (const fault of faultsOf(body, now, room)) {
    const field = fieldOf(fault);
    if (field) faults.set(field, fault);
  }
  const time = form.scheduled_time as string;
  // A local time that the clocks skip would be read as a later one.
  if (body.settings?.scheduled_time && !faults.has('scheduled_time') && localTime(readTime(time)) !== time) {
    faults.set('scheduled_time', ({faults}) => faults.gap);
  }
  for (const field of PLAIN) {
    // In “1.000” the dot separates thousands in some languages and a fraction in others.
    const isUnclear = kindOf(field) === 'number' && /\..{3}$/.test(trimmed(form[field]));
    if (isUnclear && body.settings?.[field as keyof SettingsDefinition]) faults.set(field, ({faults}) => faults.whole);
  }
  const data = dataOf(form);
  const lost = typeof data === 'string' ? [] : Object.keys(room?.data ?? {}).filter(key => !Object.hasOwn(data, key));
  // The platform merges the sent keys into the existing ones, so a key cannot be removed.
  if (lost.length && !faults.has('data')) faults.set('data', ({faults}) => faults.kept(lost.join(', ')));
  return faults;
}

/** The field that an error is about; undefined if it is about the whole room or about something without a field. */
export function fieldOf({key = '', code}: RoomsError): FormField | undefined {
  // A value that cannot be changed has no control.
  if (code === 'not_editable') return undefined;
  const name = key.replace(/^settings\./, '');
  if (/^(scheduled|adhoc)$/.test(name)) return 'opening';
  const names: string[] = [name, `${name}.moderator`, `${name}.url`, name.replace(/\..*/, '')];
  return FIELDS.find(field => names.includes(field));
}

/** The result number for a time in the past. */
const PAST = 10006;

/** The sentence for a fault at its field. */
export function sentenceOf(fault: Fault, field: FormField, words: ManagingWords, form: Form): string {
  const {faults} = words;
  if (typeof fault === 'function') return fault(words);
  if (fault.code === 'not_editable') return faults.fixed;
  if (fault.result === PAST) return faults.past;
  if (field === 'scheduled_time') return faults.time;
  if (!trimmed(form[field])) return field === 'audiences' ? faults.audience : faults.missing;
  if (field === 'name') return faults.length(200);
  switch (kindOf(field)) {
    case 'number':
      return numberSentence(field, words, form);
    case 'url':
      return faults.url;
    case 'json':
      return faults.json;
    case 'choice':
      return faults.option;
    default:
      return faults.other;
  }
}

function numberSentence(field: FormField, {faults}: ManagingWords, form: Form): string {
  const number = numberOf(form[field]);
  if (typeof number === 'string') return faults.number;
  if (field === 'duration') return number > 0 ? faults.other : faults.least(1);
  if (!Number.isInteger(number)) return faults.whole;
  const [low, high] = rangeOf(field, settingsOf(form)) ?? [0, Infinity];
  if (number >= low && number <= high) return faults.other;
  return high === Infinity ? faults.audience : faults.between(low, high);
}

/** The value of a setting if its field is empty. */
export const defaultOf = (field: FormField, form: Form) =>
  String(({...QUIET, ...withDefaults(settingsOf(form))} as Partial<Record<FormField, number>>)[field] ?? '');

/** All settings of the form, for rules that depend on more than one of them. */
function settingsOf(form: Form): Values {
  const filled = PLAIN.filter(field => form[field] !== '');
  const settings: Values = Object.fromEntries(filled.map(field => [field, wireOf(field, form)]));
  return {...settings, scheduled: form.opening === 'scheduled'};
}

/** The editor's own sentence for a failure; undefined if the general one fits. */
export function failureOf(code: RoomsErrorCode, {mayNotManage, activeNow, faults}: ManagingWords): string | undefined {
  const own: Partial<Record<RoomsErrorCode, string>> = {
    denied: mayNotManage,
    room_active: activeNow,
    too_late: faults.tooLate,
    not_editable: faults.fixed,
    invalid: faults.other,
  };
  return own[code];
}
