import {
  boolean,
  define,
  nonempty,
  number,
  object,
  optional,
  partial,
  string,
  type,
  union,
  validate,
  type Infer,
  Struct,
} from 'superstruct';

// What we receive is open: unknown keys pass, and a key we could live without reads as absent when it is malformed, so
// that a platform may grow and one odd value costs nobody a room. What we send is closed: a typo is caught here.

/** A struct that reads what it is given before it is checked. Superstruct's own `coerce` is a check more, each time. */
export const reading = <T, S>(struct: Struct<T, S>, reader: (value: unknown) => unknown) =>
  // oxlint-disable-next-line typescript/no-misused-spread -- as superstruct itself makes one struct of another
  new Struct<T, S>({...struct, coercer: reader});

const lenient = <T, S>(struct: Struct<T, S>) =>
  // What is not there is most of it, and to be told so by a failed check costs a stack trace each time.
  reading(optional(struct), value =>
    value === undefined ? value : validate(value, struct, {coerce: true, mask: true})[1],
  );

/** A number or a numeric string, read as a number. */
const asNumber = (value: unknown) => {
  const n = typeof value === 'string' && value.trim() ? Number(value) : value;
  return Number.isFinite(n) ? n : undefined;
};
const Numeric = reading(optional(number()), asNumber);

const Text = lenient(string());
const Flag = lenient(boolean());

/** A struct of a single check, which is all that its `is` makes: superstruct's own costs ten times as much. */
export const checked = <T>(check: (value: unknown) => boolean) =>
  Object.assign(define<T>('value', check), {is: check as (value: unknown) => value is T});

// `union`, `record`, `pattern`, `enums` and `refine` would do for these, at several times the bytes in every visitor's
// browser.
const Ref = checked<string | number>(value => typeof value === 'string' || Number.isFinite(value));
const isObject = (value: unknown) => !!value && typeof value === 'object' && !Array.isArray(value);
const Data = checked<Record<string, unknown>>(isObject);
const oneOf = <T extends string>(...words: T[]) => checked<T>(value => words.includes(value as T));
const matching = (form: RegExp) => checked<string>(value => typeof value === 'string' && form.test(value));

/** A struct without a look at the keys that are not there and need not be: one costs as much as one that is. */
function sparse<T, S extends ObjectSchema>(struct: Struct<T, S>): Struct<T, S> {
  const {schema} = struct;
  const spare = new Set<unknown>(Object.keys(schema).filter(key => schema[key]!.is(undefined)));
  return new Struct<T, S>({
    // oxlint-disable-next-line typescript/no-misused-spread -- as above
    ...struct,
    *entries(value, context) {
      for (const entry of struct.entries(value, context)) {
        if (entry[1] !== undefined || !spare.has(entry[0])) yield entry;
      }
    },
  });
}

type ObjectSchema = Parameters<typeof type>[0];

/** An id as we let it into a path: an allow-list, since `encodeURIComponent('..')` is still `..`. */
export const RoomId = matching(/^[A-Za-z0-9_-]{1,64}$/);

export const Role = oneOf('moderator', 'participant', 'viewer', 'audience');
export type Role = Infer<typeof Role>;

export const Mode = oneOf('group', 'lecture');
export type Mode = Infer<typeof Mode>;

const Quality = oneOf('HD', 'SD', 'LD');
const RecordedTracks = oneOf('audio', 'audiovideo');

/** The settings a visitor's page reads. `duration` in minutes; `scheduled_time` as `YYYY-MM-DD HH:MM:SS`, UTC. */
const listed = {
  description: Text,
  mode: lenient(Mode),
  scheduled: Flag,
  adhoc: Flag,
  scheduled_time: Text,
  duration: Numeric,
};

/** All settings, as the platform answers them. */
export const Settings = sparse(
  type({
    ...listed,
    moderators: Numeric,
    participants: Numeric,
    max_active_talkers: Numeric,
    audiences: Numeric,
    send_audiences_stats: Flag,
    hls_view_url: Text,
    auto_recording: Flag,
    screen_share: Flag,
    canvas: Flag,
    knock: Flag,
    wait_for_moderator: Flag,
    single_file_recording: Flag,
    watermark: Flag,
    abwd: Flag,
    facex: Flag,
    quality: lenient(Quality),
    billing_code: lenient(Ref),
    role_based_recording: lenient(type({moderator: lenient(RecordedTracks), participant: lenient(RecordedTracks)})),
    live_recording: lenient(union([boolean(), type({auto_recording: Flag, url: Text})])),
    media_zone: Text,
  }),
);
export type Settings = Infer<typeof Settings>;

export const Sip = type({enabled: Flag, pin: lenient(Ref), meeting_id: lenient(Ref)});
export type Sip = Infer<typeof Sip>;

const room = {
  room_id: RoomId,
  name: string(),
  data: lenient(Data),
  isRoomActive: Flag,
};

/** A room as the platform answers it; `created` and `updated` are ISO 8601 UTC. */
export const Room = type({
  ...room,
  owner_ref: lenient(Ref),
  settings: Settings,
  sip: lenient(reading(Sip, value => (typeof value === 'boolean' ? {enabled: value} : value))),
  created: Text,
  updated: Text,
});
export type Room = Infer<typeof Room>;

// What a visitor's page reads is read by hand: superstruct takes thirty times as long for each key, and there are
// thousands of rooms.
type Readers<K extends string> = Record<K, (value: unknown) => unknown>;
const asText = (value: unknown) => (typeof value === 'string' ? value : undefined);
const asFlag = (value: unknown) => (typeof value === 'boolean' ? value : undefined);
const valid =
  ({is}: {is: (value: unknown) => boolean}) =>
  (value: unknown) =>
    is(value) ? value : undefined;
function objectOf<K extends string>(readers: Readers<K>) {
  const entries = Object.entries<Readers<K>[K]>(readers);
  return (value: unknown) => {
    if (!isObject(value)) return undefined;
    const found: Record<string, unknown> = {};
    for (const [key, read] of entries) {
      const each = read((value as typeof found)[key]);
      if (each !== undefined) found[key] = each;
    }
    return found;
  };
}

/** A struct of a single check, which names the key at fault. `validate` asks superstruct only for its words. */
function record<T>(faultIn: (value: object) => PropertyKey | undefined, read = (value: unknown) => value) {
  const isGood = (value: unknown) => isObject(value) && faultIn(value as object) === undefined;
  const struct = reading(
    define<T>('record', value => isGood(value) || (isObject(value) && {path: [faultIn(value as object)]})),
    read,
  );
  return Object.assign(struct, {
    validate(value: unknown, options?: object): ReturnType<typeof validate<T, unknown>> {
      const found = read(value);
      return isGood(found) ? [undefined, found as T] : validate(value, struct, options);
    },
  });
}

const lacking =
  (...keys: string[]) =>
  (value: object) =>
    keys.find(key => !(key in value));

/** A room as a visitor's page reads it: `Room`, without the keys that nobody there reads. */
export const ListedRoom = record<Pick<Room, keyof typeof room> & {settings: Pick<Settings, keyof typeof listed>}>(
  lacking('room_id', 'name', 'settings'),
  objectOf<keyof typeof room | 'settings'>({
    room_id: valid(RoomId),
    name: asText,
    data: valid(Data),
    isRoomActive: asFlag,
    settings: objectOf<keyof typeof listed>({
      description: asText,
      mode: valid(Mode),
      scheduled: asFlag,
      adhoc: asFlag,
      scheduled_time: asText,
      duration: asNumber,
    }),
  }),
);
export type ListedRoom = Infer<typeof ListedRoom>;

export interface Permissions {
  publish?: boolean;
  subscribe?: boolean;
  record?: boolean;
  stats?: boolean;
  controlhandlers?: boolean;
}

/** Somebody connected to a room. */
export interface User {
  name: string;
  user_ref?: string | number;
  role?: Role;
  permissions?: Permissions;
}
export const User = record<User>(
  lacking('name'),
  objectOf<keyof User>({
    name: asText,
    user_ref: valid(Ref),
    role: valid(Role),
    permissions: objectOf<keyof Permissions>({
      publish: asFlag,
      subscribe: asFlag,
      record: asFlag,
      stats: asFlag,
      controlhandlers: asFlag,
    }),
  }),
);

/** Who a token was issued to. */
export interface Participant {
  name?: string;
  role?: Role;
  user_ref?: string | number;
}

/**
 * A token as it is answered: opaque, one line. The platform sends `token` alone; a token proxy adds the rest. Times are
 * ISO 8601; `server_url` is where a client takes the token, when the proxy knows.
 */
export interface IssuedToken {
  token: string;
  expires_at?: string;
  server_now?: string;
  provider?: string;
  server_url?: string;
  connection?: Record<string, unknown>;
  room?: ListedRoom;
  participant?: Participant;
}
export const IssuedToken = record<IssuedToken>(
  lacking('token'),
  objectOf<keyof IssuedToken>({
    token: valid(matching(/^\S{1,16384}$/)),
    expires_at: asText,
    server_now: asText,
    provider: asText,
    server_url: asText,
    connection: valid(Data),
    room: value => (isObject(value) ? ListedRoom.validate(value)[1] : undefined),
    participant: objectOf<keyof Participant>({name: asText, role: valid(Role), user_ref: valid(Ref)}),
  }),
);

/**
 * What every answer may hold beside what was asked for, of both envelopes in use: `result` and `error`, or `status`,
 * `error_code` and `message`. A token proxy adds `code`, `key`, `opens_at` and `server_now` (ISO 8601).
 */
export interface Envelope {
  result?: number;
  error?: string;
  desc?: string;
  status?: string;
  error_code?: number;
  message?: string;
  code?: string;
  key?: string;
  opens_at?: string;
  server_now?: string;
}
export const Envelope = record<Envelope>(
  lacking(),
  objectOf<keyof Envelope>({
    result: asNumber,
    error: asText,
    desc: asText,
    status: asText,
    error_code: asNumber,
    message: asText,
    code: asText,
    key: asText,
    opens_at: asText,
    server_now: asText,
  }),
);

/**
 * What a token is asked with. The platform needs `name`, `role` and `user_ref`; a token proxy knows `user_ref`, and
 * `name` when the visitor has signed in. `data` has at most 5 keys.
 */
export interface TokenRequest {
  name?: string;
  role: Role;
  user_ref?: string | number;
  data?: Record<string, unknown>;
}
const NameSent = matching(/^.{1,200}$/s);
const ASKED: Record<string, (value: unknown) => boolean> = {
  name: value => value === undefined || NameSent.is(value),
  role: Role.is,
  user_ref: value => value === undefined || Ref.is(value),
  data: value => value === undefined || (Data.is(value) && Object.keys(value).length <= 5),
};
export const TokenRequest = record<TokenRequest>(value => {
  const sent: Record<string, unknown> = {role: undefined, ...value};
  return Object.keys(sent).find(key => !Object.hasOwn(ASKED, key) || !ASKED[key]!(sent[key]));
});

const Count = union([number(), matching(/^\d*$/)]);

/** Settings as one may send them; numbers may be numeric strings and are echoed so. */
export const SettingsDefinition = partial(
  object({
    description: string(),
    mode: Mode,
    scheduled: boolean(),
    adhoc: boolean(),
    scheduled_time: string(),
    duration: Count,
    moderators: Count,
    participants: Count,
    max_active_talkers: Count,
    audiences: Count,
    send_audiences_stats: boolean(),
    hls_view_url: string(),
    auto_recording: boolean(),
    screen_share: boolean(),
    canvas: boolean(),
    knock: boolean(),
    wait_for_moderator: boolean(),
    single_file_recording: boolean(),
    watermark: boolean(),
    abwd: boolean(),
    facex: boolean(),
    quality: Quality,
    billing_code: Ref,
    role_based_recording: partial(object({moderator: RecordedTracks, participant: RecordedTracks})),
    live_recording: union([boolean(), object({auto_recording: boolean(), url: optional(string())})]),
    media_zone: oneOf('IN', 'SG', 'US', 'XX'),
  }),
);
export type SettingsDefinition = Infer<typeof SettingsDefinition>;

const SipDefinition = union([boolean(), object({enabled: optional(boolean())})]);

/** What a room is made from; `owner_ref` is the caller's own reference for who owns it. A token proxy fills it in. */
export const RoomDefinition = object({
  name: nonempty(string()),
  owner_ref: optional(Ref),
  settings: optional(SettingsDefinition),
  sip: optional(SipDefinition),
  data: optional(Data),
});
export type RoomDefinition = Infer<typeof RoomDefinition>;

/** What may be changed of a room: only the keys given are touched; `mode`, `scheduled` and `adhoc` never change. */
export const RoomChanges = partial(RoomDefinition);
export type RoomChanges = Infer<typeof RoomChanges>;
