import {object, optional, type Infer, type Struct} from 'superstruct';
import {flagOr} from './flag-or.js';
import {DROPPED_SETTINGS, OTHER_SETTINGS, SETTINGS, Tracks, type Setting, type ValueOf} from './settings.js';
import {checked, Data, Flag, isNumber, isObject, isText, Name, oneOf, reading, Reference, Text} from './values.js';

// What rooms are made from and changed by. The structs refuse unknown keys and wrong types. The platform checks, by the
// rules in rules.ts, whether the values are in range and fit each other.

/** A key of what we send that may be left out. An empty string means the same; in a change it restores the default. */
const settable = <T, S>(struct: Struct<T, S>) => reading(optional(struct), value => (value === '' ? undefined : value));

/** Takes the keys that the API ignores out of an object; any other value stays as it is. */
const without = (keys: readonly string[]) => (value: unknown) =>
  isObject(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) : value;

/** A number or a numeric string. The platform echoes the type that was sent. */
const Count = checked<number | string>(
  'number',
  value => isNumber(value) || (isText(value) && /^\d+(\.\d+)?$/.test(value)),
);

const SENT = {text: Text, time: Text, url: Text, boolean: Flag, number: Count, reference: Reference, object: Data};

/** The structs of settings that we send. */
function sent<T extends Record<string, Setting>>(table: T) {
  const entries = Object.entries(table).map(([name, {kind, words}]) => [
    name,
    settable((words ? oneOf(...words) : SENT[kind as keyof typeof SENT]) as Struct<unknown>),
  ]);
  return Object.fromEntries(entries) as {
    [K in keyof T]: Struct<(T[K]['kind'] extends 'number' ? number | string : ValueOf<T[K]>) | undefined, null>;
  };
}

/** Settings to make or to change a room. `duration` is in minutes, `scheduled_time` is `YYYY-MM-DD HH:MM:SS` in UTC. */
export const SettingsDefinition = reading(
  object({
    ...sent(SETTINGS),
    role_based_recording: settable(object({moderator: settable(Tracks), participant: settable(Tracks)})),
    live_recording: settable(flagOr(object({auto_recording: settable(Flag), url: settable(Text)}))),
  }),
  without(Object.keys({...OTHER_SETTINGS, ...DROPPED_SETTINGS})),
);
export type SettingsDefinition = Infer<typeof SettingsDefinition>;

const SipDefinition = flagOr(object({enabled: settable(Flag)}));

const definition = {
  name: Name,
  owner_ref: optional(Reference),
  settings: settable(SettingsDefinition),
  sip: settable(SipDefinition),
  data: settable(Data),
  /** The name of the video engine for a new room, where a directory has several. @default the first */
  engine: settable(Text),
};

const withoutReply = without(
  'room_id created updated isRoomActive service_id inside full faces capacity provider'.split(' '),
);
const withoutDialIn = without(['pin', 'meeting_id']);

/** A room without the keys that only a platform sets. So a room that was read can be written back. */
export function withoutReadOnly(room: unknown): unknown {
  const kept = withoutReply(room);
  return isObject(kept) && isObject(kept.sip) ? {...kept, sip: withoutDialIn(kept.sip)} : kept;
}

/** What a room is made from. `owner_ref` is the caller's own reference for its owner; a token proxy fills it in. */
export const RoomDefinition = reading(object(definition), withoutReadOnly);
export type RoomDefinition = Infer<typeof RoomDefinition>;

/** What may be changed of a room. Only the given keys are touched; `mode`, `scheduled` and `adhoc` never change. */
export const RoomChanges = reading(object({...definition, name: optional(Name)}), room =>
  without(['engine'])(withoutReadOnly(room)),
);
export type RoomChanges = Infer<typeof RoomChanges>;
