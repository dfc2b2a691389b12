// The messages on a session's WebSocket, in both directions. Each is one JSON object, and `type` says which.
import {boolean, create, define, enums, literal, optional, string, type, type Infer, type Struct} from 'superstruct';
import type {Holder} from '../../rooms/admission.js';
import {RoomsError, type RoomsErrorCode} from '../../rooms/errors.js';
import {resultOf} from '../../rooms/results.js';
import type {CheckedDefinition} from '../../rooms/rules.js';
import type {Permissions} from '../../rooms/schema.js';
import {isShallow} from '../../rooms/values.js';

/** Most bytes of a message to the platform. A larger one breaks the connection, and its client may resume. */
export const MAX_MESSAGE = 64 * 1024;

/** Most bytes that a client may send in all before it is let in: three times the longest token. */
export const MAX_HELLO = 48 * 1024;

/**
 * Codes with which the platform closes a connection. After those from 4001 to 4004 the visit has ended; after any other
 * code, or none, the client may resume.
 */
export const CLOSED = {
  /** It said that it leaves. The code is WebSocket's own, as is the next. */
  left: 1000,
  /** It sent more than it may. */
  tooLarge: 1009,
  /** Its token or secret was refused, or a moderator did not let it in. */
  refused: 4001,
  /** A moderator ended the session. */
  ended: 4002,
  /** A moderator took this visitor out. */
  dropped: 4003,
  /** The same visitor has resumed over another connection. */
  replaced: 4004,
  /** The platform stops. The seat is kept, so the client should resume: this platform or another takes it. */
  restarting: 1012,
  /** It could not resume, because the platform had trouble. The seat is kept, so the client should resume again. */
  later: 1013,
} as const;

/** A visitor as the others see them, with `data` of at most 1 KiB. Only moderators see `user_ref`. */
export interface Peer extends Omit<Holder, 'user_ref'> {
  user_ref?: string | number;
  /** The visit's id. It stays the same when the visitor resumes. */
  id: string;
  /** `publish` can change during a session: in a lecture with the floor, and in a room that waits for a moderator. */
  permissions: Permissions;
  /** The connection broke. The seat is kept for 30 s after the last sign of life. */
  away?: true;
}

/** A room as the people inside see it: without billing, recording and more that is the owner's business. */
export interface SessionRoom {
  room_id: string;
  name: string;
  /**
   * The settings that the proxy shows visitors, as they were when the session began. Updates apply to the next session. A
   * description of more than 4 KiB is left out.
   */
  settings: CheckedDefinition['settings'];
}

/** You are in. Also sent when you resume: then set up new connections with everybody in `users`. */
export interface Joined {
  type: 'joined';
  you: Peer;
  /**
   * The others who are in, oldest first, without audience. Audience gets none. In a lecture for more than 300 participants
   * only moderators get all; others get those who have or had the floor, and the moderators.
   */
  users: Peer[];
  /** How many people are in, with you, without audience. */
  total: number;
  room: SessionRoom;
  /** The people who knock. Only moderators get this. */
  waiting?: Peer[];
  /** How many messages `more` follow at once, with further people. Absent if there are none. */
  more?: number;
  /** The secret for one `resume`, good until 45 s after the platform last heard of you. */
  resume: string;
}

/** Further people, of whom there are too many for `joined`. */
export interface More {
  type: 'more';
  users: Peer[];
  waiting: Peer[];
}

/** You wait, without a seat. `joined` or `refused` follows. */
export interface Waiting {
  type: 'waiting';
  reason: 'knock';
  you: Peer;
  /** As in `joined`. */
  resume: string;
}

/**
 * Messages from the platform. About the room, audience gets only `ended`, and people who wait get nothing until then. In a
 * lecture for more than 300 participants only moderators are told about people who never had the floor.
 */
export type ServerMessage =
  | Joined
  | More
  | Waiting
  /** You are not let in. The connection is closed with 4001. `result` is the number of the Rooms API. */
  | {type: 'refused'; result: number; error: string}
  /** Somebody came in. */
  | {type: 'user-joined'; user: Peer}
  /** Somebody's connection broke. Signals to them are lost. `user-back` or `user-left` follows. */
  | {type: 'user-away'; id: string}
  /** Somebody has resumed over a new connection: set up a new connection with them. */
  | {type: 'user-back'; user: Peer}
  /** Somebody's permissions changed. They get this, too. */
  | {type: 'user-changed'; user: Peer}
  /** Somebody left, was dropped, or was away for too long. */
  | {type: 'user-left'; id: string}
  /** Somebody knocks. Only moderators get this. */
  | {type: 'knock'; user: Peer}
  /** Somebody stopped knocking: they were admitted or denied, or went away. Only moderators get this. */
  | {type: 'knock-ended'; id: string}
  /** The moderator `by` mutes `id`, whose client obeys. `kind` absent: microphone and camera. */
  | {type: 'muted'; id: string; kind?: 'audio' | 'video'; by: string}
  /** Data from another visitor. The platform passes it on unread. */
  | {type: 'signal'; from: string; data: unknown}
  /** The answer to `ping`. */
  | {type: 'pong'}
  /** A moderator took you out. The connection is closed with 4003. */
  | {type: 'dropped'}
  /** A moderator ended the session. The connection is closed with 4002. */
  | {type: 'ended'}
  /**
   * Your last message was refused, and changed nothing. `rate_limited`: a signal of yours was not delivered, because its
   * receiver gets too many.
   */
  | {type: 'error'; code: RoomsErrorCode; error: string};

/** The message for somebody who is not let in. */
export const refused = (error: RoomsError): ServerMessage & {type: 'refused'} => ({
  type: 'refused',
  result: resultOf(error),
  error: error.message,
});

/** A message on its way to visitors, in any process. The process that holds a connection adds the secret `resume`. */
export interface Delivery {
  room_id: string;
  message: Exclude<ServerMessage, Joined | Waiting> | Omit<Joined, 'resume'> | Omit<Waiting, 'resume'>;
  /** Id of the visit that receives it. If absent, everybody in the room except the audience. */
  to?: string;
  /** Only with `to`: the connection that holds the visit from now on. It replaces an older one. */
  socket?: string;
  /** Without `to`: `all` includes audience and people who wait; `moderators` leaves out everybody else. */
  group?: 'all' | 'moderators';
  /** Id of a visit to leave out. */
  except?: string;
  /** After the message, closes the connection with this code. */
  close?: number;
}

// The id of a visit. It is only looked up, so this checks no more than that it is harmless.
const Id = define<string>('id', value => typeof value === 'string' && /^[\w-]{1,64}$/.test(value));
// Real signals are shallower. Much deeper data would overflow the stack when it is serialized.
const Shallow = define<unknown>('at most 64 levels deep', value => isShallow(value, 64));
const about = <T extends string>(name: T) => type({type: literal(name), id: Id});

/** Messages from a client, by type. The first must be `join` or `resume`. From `admit` on they are for moderators. */
const CLIENT_MESSAGES = {
  /** Uses a token. `joined`, `waiting` or `refused` follows. */
  join: type({type: literal('join'), token: string()}),
  /** Comes back after the connection broke, with the last `resume` secret. The same messages follow as after `join`. */
  resume: type({type: literal('resume'), secret: string()}),
  /** Gives the seat back at once. Any other end of the connection keeps it for a while, whatever the code. */
  leave: type({type: literal('leave')}),
  /** Asks for a sign of life: a network may swallow a connection and tell nobody. `pong` follows. */
  ping: type({type: literal('ping')}),
  /** Sends data to another visitor in the room. */
  signal: type({type: literal('signal'), to: Id, data: Shallow}),
  /** Lets in somebody who knocks. */
  admit: about('admit'),
  /** Sends away somebody who knocks. */
  deny: about('deny'),
  /** Mutes somebody: microphone, camera, or without `kind` both. */
  mute: type({type: literal('mute'), id: Id, kind: optional(enums(['audio', 'video']))}),
  /** Takes somebody out. */
  drop: about('drop'),
  /** In a lecture, gives a participant the floor or takes it away. */
  floor: type({type: literal('floor'), id: Id, on: boolean()}),
  /** Ends the session for everybody. */
  end: type({type: literal('end')}),
};

type ClientMessages = {[Name in keyof typeof CLIENT_MESSAGES]: Infer<(typeof CLIENT_MESSAGES)[Name]>};

/** What every message from a client has. */
const Named = type({type: enums(Object.keys(CLIENT_MESSAGES) as (keyof ClientMessages)[])});

/** A message from a client. */
export type ClientMessage = ClientMessages[keyof ClientMessages];

/** A message that only a moderator may send. */
export type Command = ClientMessages['admit' | 'deny' | 'mute' | 'drop' | 'floor' | 'end'];

/** Parses and checks a message from a client. Throws `invalid`. */
export function parseMessage(text: string): ClientMessage {
  try {
    const json: unknown = JSON.parse(text);
    const {type: name} = create(json, Named);
    return create(json, CLIENT_MESSAGES[name] as unknown as Struct<ClientMessage>);
  } catch (cause) {
    throw new RoomsError('invalid', 'Send JSON: an object with a known type and all keys of that type.', {cause});
  }
}
