// What is said over the WebSocket of a session, in both directions: one JSON object a message, `type` says which.
import {boolean, create, define, enums, literal, optional, string, type, type Infer, type Struct} from 'superstruct';
import {isShallow} from '../../http/routes.js';
import {RoomsError, type RoomsErrorCode} from '../../rooms/errors.js';
import type {CheckedDefinition} from '../../rooms/rules.js';
import type {Permissions, Role} from '../../rooms/schema.js';

/** Bytes a message to the platform may have; a larger one ends the connection, which may resume. */
export const MAX_MESSAGE = 64 * 1024;

/** With which the platform closes a connection; with any other code, or none, it broke and may resume. */
export const CLOSED = {
  /** Its token or secret was refused, or it was denied by a moderator. */
  refused: 4001,
  /** A moderator ended the session. */
  ended: 4002,
  /** A moderator dropped this one. */
  dropped: 4003,
  /** The same one has resumed over another connection. */
  replaced: 4004,
} as const;

/** Who a token was issued to. */
export interface Holder {
  name: string;
  role: Role;
  user_ref: string | number;
  data?: Record<string, unknown>;
}

/** Somebody in a session, as the others are told; `id` is the visit's, and stays when it resumes. */
export interface Peer extends Holder {
  id: string;
  /** `publish` follows the session: a lecture gives the floor, and some rooms wait for a moderator. */
  permissions: Permissions;
  /** The connection broke; the seat is kept for 30 s after it was last heard of. */
  away?: true;
}

/** A room as those inside are told; what it costs and where it is recorded is not theirs to know. */
export interface SessionRoom {
  room_id: string;
  name: string;
  /** As they were when the session began; updates are for the next one. */
  settings: Omit<CheckedDefinition['settings'], 'billing_code' | 'live_recording'>;
}

/** You are in. Also the answer when you resume; then begin anew with everybody in `users`. */
export interface Joined {
  type: 'joined';
  you: Peer;
  /** The others who are in, oldest first, without audience. */
  users: Peer[];
  room: SessionRoom;
  /** Who knocks; told to moderators only. */
  waiting?: Peer[];
  /** Good for one `resume`, until 45 s after the platform last heard of you. */
  resume: string;
}

/** You hold a seat and wait; `joined` or `refused` follows. */
export interface Waiting {
  type: 'waiting';
  reason: 'knock';
  you: Peer;
  /** As in `joined`. */
  resume: string;
}

/** What the platform says. Audience hears of the room only `ended`; who waits hears only what becomes of it. */
export type ServerMessage =
  | Joined
  | Waiting
  /** You are not let in, or no longer wait; the connection is closed with 4001. `result` as in the Rooms API. */
  | {type: 'refused'; result: number; error: string}
  /** Somebody came in. */
  | {type: 'user-joined'; user: Peer}
  /** Somebody's connection broke; what is signalled to them is lost. `user-back` or `user-left` follows. */
  | {type: 'user-away'; id: string}
  /** Somebody has resumed over a new connection: begin anew with them. */
  | {type: 'user-back'; user: Peer}
  /** Somebody may do more or less than before; told to themselves too. */
  | {type: 'user-changed'; user: Peer}
  /** Somebody left, was dropped, or was away for too long. */
  | {type: 'user-left'; id: string}
  /** Somebody knocks; told to moderators. */
  | {type: 'knock'; user: Peer}
  /** Somebody knocks no more: was admitted or denied, or went away; told to moderators. */
  | {type: 'knock-ended'; id: string}
  /** A moderator, `by`, asks for silence from `id`, whose client obeys; without `kind` both are meant. */
  | {type: 'muted'; id: string; kind?: 'audio' | 'video'; by: string}
  /** From another in the room, unread. */
  | {type: 'signal'; from: string; data: unknown}
  /** A moderator took you out; the connection is closed with 4003. */
  | {type: 'dropped'}
  /** A moderator ended the session; the connection is closed with 4002. */
  | {type: 'ended'}
  /** Your last message was not carried out; nothing else has changed. */
  | {type: 'error'; code: RoomsErrorCode; error: string};

/** A message on its way to those it is for, wherever they are connected; their own process adds what is secret. */
export interface Delivery {
  room_id: string;
  message: Exclude<ServerMessage, Joined | Waiting> | Omit<Joined, 'resume'> | Omit<Waiting, 'resume'>;
  /** The one it is for; absent: everybody who is in and is no audience. */
  to?: string;
  /** With `to`: the connection which that one has from now on; an older one is replaced. */
  socket?: string;
  /** Everybody with a connection, audience and who waits too; or moderators alone. */
  whom?: 'all' | 'moderators';
  /** But not this one. */
  except?: string;
  /** Then the connection is closed with this code. */
  close?: number;
}

// An id is looked for, so it needs no more form than keeps it harmless.
const Id = define<string>('id', value => typeof value === 'string' && /^[\w-]{1,64}$/.test(value));
// Deeper than any signal is, and still shallow enough to be written out again without running out of stack.
const Shallow = define<unknown>('at most 64 levels deep', value => isShallow(value, 64));
const about = <T extends string>(name: T) => type({type: literal(name), id: Id});

/** What a client says, by its type. The first message is `join` or `resume`; the last five are a moderator's. */
const CLIENT_MESSAGES = {
  /** Uses a token; `joined`, `waiting` or `refused` follows. */
  join: type({type: literal('join'), token: string()}),
  /** Comes back after the connection broke, with the last secret that was handed out; followed as `join` is. */
  resume: type({type: literal('resume'), secret: string()}),
  /** Gives the seat back at once; so does closing the WebSocket. */
  leave: type({type: literal('leave')}),
  /** To another who is in the room. */
  signal: type({type: literal('signal'), to: Id, data: Shallow}),
  /** Lets somebody in who knocks. */
  admit: about('admit'),
  /** Sends somebody away who knocks. */
  deny: about('deny'),
  /** Asks somebody, or with `kind` their microphone or camera, to be silent. */
  mute: type({type: literal('mute'), id: Id, kind: optional(enums(['audio', 'video']))}),
  /** Takes somebody out. */
  drop: about('drop'),
  /** Gives the floor of a lecture to a participant, or takes it. */
  floor: type({type: literal('floor'), id: Id, on: boolean()}),
  /** Ends the session for everybody. */
  end: type({type: literal('end')}),
};

type ClientMessages = {[Name in keyof typeof CLIENT_MESSAGES]: Infer<(typeof CLIENT_MESSAGES)[Name]>};

/** What a client says. */
export type ClientMessage = ClientMessages[keyof ClientMessages];

/** What only a moderator may say. */
export type Command = ClientMessages['admit' | 'deny' | 'mute' | 'drop' | 'floor' | 'end'];

/** Reads a message; throws `invalid`, and says what may be sent. */
export function parseMessage(text: string): ClientMessage {
  try {
    const json: unknown = JSON.parse(text);
    const {type: name} = create(json, type({type: enums(Object.keys(CLIENT_MESSAGES) as (keyof ClientMessages)[])}));
    return create(json, CLIENT_MESSAGES[name] as unknown as Struct<ClientMessage>);
  } catch (cause) {
    throw new RoomsError('invalid', 'Send JSON: {type, …} with a type that is known and all that belongs to it.', {
      cause,
    });
  }
}
