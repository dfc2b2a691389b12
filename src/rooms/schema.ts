import {object, optional, type, type Infer} from 'superstruct';
import {LISTED_SETTINGS} from './listed-settings.js';
import {
  checked,
  Data,
  Flag,
  isObject,
  isText,
  lenient,
  matching,
  Name,
  oneOf,
  Reference,
  Text,
  received,
  Numeric,
} from './values.js';

// What we receive is open: unknown keys pass, and a malformed key that we can do without reads as absent. So a platform
// may grow, and one odd value costs nobody a room. What we send is closed, so that a typo is caught here; definition.ts
// has the definitions of rooms. Both are read with coercion: superstruct's `create(value, Room)`.

/** An id as we let it into a path. An allow-list, since `encodeURIComponent('..')` is still `..`. */
export const RoomId = matching('room id', /^[A-Za-z0-9_-]{1,64}$/);

export const Role = oneOf('moderator', 'participant', 'viewer', 'audience');
export type Role = Infer<typeof Role>;

const Count = checked<number>('count', value => Number.isInteger(value) && (value as number) >= 0);

const Words = checked<string[]>('words', value => Array.isArray(value) && value.every(isText));

const Faces = checked<string[]>(
  'faces',
  value => Words.is(value) && value.length <= 3 && value.every(each => /^..?$/su.test(each)),
);

/**
 * A room for pages that list and join rooms. The keys that only others need are not checked; room.ts has the whole room.
 *
 * A list that was asked for with `people` has more of a live room: `inside`, the number of people in it; `faces`, the
 * initials of up to three of them; `capacity`, the number of participants it holds; `full`, whether no more of them fit.
 * `provider` is the kind of video client that a token will be for, where that is known before.
 */
export const ListedRoom = type({
  room_id: RoomId,
  name: Text,
  data: lenient(Data),
  isRoomActive: lenient(Flag),
  full: lenient(Flag),
  inside: lenient(Count),
  capacity: lenient(Count),
  faces: lenient(Faces),
  provider: lenient(Text),
  settings: type(received(LISTED_SETTINGS)),
});
export type ListedRoom = Infer<typeof ListedRoom>;

/** The room of an issued token. The audience learns where to watch it. */
const JoinedRoom = type({
  ...ListedRoom.schema,
  settings: type({...received(LISTED_SETTINGS), hls_view_url: lenient(Text)}),
});

export const Permissions = type({
  publish: lenient(Flag),
  subscribe: lenient(Flag),
  record: lenient(Flag),
  stats: lenient(Flag),
  controlhandlers: lenient(Flag),
});
export type Permissions = Infer<typeof Permissions>;

/** Somebody connected to a room. */
export const User = type({
  name: Text,
  user_ref: lenient(Reference),
  role: lenient(Role),
  permissions: lenient(Permissions),
});
export type User = Infer<typeof User>;

/** The person a token was issued to. */
export const Participant = type({name: lenient(Text), role: lenient(Role), user_ref: lenient(Reference)});
export type Participant = Infer<typeof Participant>;

/**
 * An issued token: opaque, one line. The platform sends `token` alone; an engine and a token proxy add the rest. Times are
 * ISO 8601. `once` says whether the token admits only one connection, once; `provider` is the kind of video client that
 * takes it; `server_url` is the address that the client connects to; `connection` is what the client needs besides, see
 * connection.ts.
 */
export const IssuedToken = type({
  token: matching('token', /^\S{1,16384}$/),
  expires_at: lenient(Text),
  server_now: lenient(Text),
  once: lenient(Flag),
  provider: lenient(Text),
  server_url: lenient(Text),
  connection: lenient(Data),
  room: lenient(JoinedRoom),
  participant: lenient(Participant),
});
export type IssuedToken = Infer<typeof IssuedToken>;

/**
 * What a token proxy knows of the visitor who asks. `name` is absent if it knows none: the name of all guests is no name
 * of a person. `roles`: those they may join in; `can`: their rights, `manage` and `users`.
 */
export const KnownVisitor = type({name: lenient(Text), roles: lenient(Words), can: lenient(Words)});
export type KnownVisitor = Infer<typeof KnownVisitor>;

/**
 * What every answer may hold beside what was asked for, in both envelopes in use: `result` and `error`, or `status`,
 * `error_code` and `message`. A token proxy adds `code`, `key`, `opens_at` and `server_now` (ISO 8601), and `visitor` to a
 * list and a room.
 */
export const Envelope = type({
  result: lenient(Numeric),
  error: lenient(Text),
  desc: lenient(Text),
  status: lenient(Text),
  error_code: lenient(Numeric),
  message: lenient(Text),
  code: lenient(Text),
  key: lenient(Text),
  opens_at: lenient(Text),
  server_now: lenient(Text),
  visitor: lenient(KnownVisitor),
});
export type Envelope = Infer<typeof Envelope>;

/** Most names of consents in a request. */
const MAX_CONSENTS = 16;

/** The names of what a visitor agreed to, such as `terms`. The names are like ids of rooms. */
export const Consent = checked<string[]>(
  'consent',
  value => Array.isArray(value) && value.length <= MAX_CONSENTS && value.every(each => RoomId.is(each)),
);

/**
 * What a token is asked with. The platform needs `name`, `role` and `user_ref`; a token proxy knows `user_ref`, and
 * `name` if the visitor has signed in. `data` has at most 5 keys. `consent` is for a token proxy, at most 16 names.
 */
export const TokenRequest = object({
  role: Role,
  name: optional(Name),
  user_ref: optional(Reference),
  data: optional(checked<Record<string, unknown>>('data', value => isObject(value) && Object.keys(value).length <= 5)),
  consent: optional(Consent),
});
export type TokenRequest = Infer<typeof TokenRequest>;
