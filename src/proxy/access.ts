import {array, literal, object, optional, size, union, validate, type Infer} from 'superstruct';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import {Role, RoomId} from '../rooms/schema.js';
import {Name} from './bodies.js';
import {Visitor} from './guarded.js';
import {Ended, harmless, within, type Log} from './upstream.js';

/** How long `authorize` may take, in ms. */
const AUTHORIZE_DEADLINE = 3_000;

/** Who asks, as far as the runtime can tell. */
export interface Caller {
  /** The address the request came from; the server that runs the proxy passes it in. */
  ip?: string;
  /** What this request is called in its answer and in the log. */
  requestId?: string;
}

/**
 * Says who sent a request; null for nobody you know. It has 3 seconds. When it throws, is late, or answers anything but
 * a visitor or null, the request is refused with 503. The request it is given has no body.
 */
export type Authorize = (request: Request, caller: Caller) => Visitor | null | Promise<Visitor | null>;

const Guests = object({
  roles: size(array(Role), 1, 4),
  rooms: optional(union([literal('*'), array(RoomId)])),
  name: optional(Name),
});
/** What people without a sign-in may do: roles, never moderator; rooms, all unless told; a name for who gives none. */
export type Guests = Infer<typeof Guests>;

export interface TokenProxyOptions {
  /** Where the rooms are; `httpRooms` with the application's credentials, or any other `Rooms`. */
  rooms: Rooms;
  authorize?: Authorize;
  /** Lets in who is not signed in, too. Without `authorize` everybody is a guest. */
  guests?: Guests;
  /** Whose pages may use this proxy, exactly as a browser sends it: `https://shop.example`. */
  origins: string[];
  /** The path before `/rooms`, such as `/api`; nothing unless told. */
  mount?: string;
  /** What kind of platform a token opens; `rooms` unless told. */
  provider?: string;
  /** Where a client takes the token; sent along with it as `server_url`. */
  serverUrl?: string;
  /** Deadline of one whole operation upstream, in ms; 10,000 unless told. */
  timeout?: number;
  /** Told what the operator should know; `console.error` unless told. */
  log?: Log;
  /** Told of every answer, good or bad; nobody unless told. */
  answered?: (answer: Answered) => void;
}

/** One answer, as it may stand in a log or be counted: nothing in it says who asked, and what about. */
export interface Answered {
  request_id: string;
  /** What was asked for; absent where the request named no operation. */
  operation?: Operation;
  status: number;
  /** Why it was refused. */
  code?: RoomsErrorCode;
  /** How long it took, in ms. */
  ms: number;
}

const OPERATIONS = ['list', 'get', 'create', 'update', 'remove', 'users', 'token'] as const;
/** One of the seven operations of `Rooms`. */
export type Operation = (typeof OPERATIONS)[number];

/** Throws `misconfigured`, with a sentence that says what to do, rather than start a proxy that is open or useless. */
export function checkOptions({
  rooms,
  authorize,
  guests,
  origins,
  mount = '',
  provider = 'rooms',
  serverUrl,
  timeout = 10_000,
}: TokenProxyOptions) {
  if (!OPERATIONS.every(each => typeof rooms?.[each] === 'function')) {
    throw wrong('rooms', 'rooms must be a Rooms; make one with httpRooms({endpoint, headers}).');
  }
  if (!authorize && !guests) {
    throw wrong('authorize', 'Nobody would be asked who they are: give authorize, or guests for rooms open to all.');
  }
  if (authorize && typeof authorize !== 'function') throw wrong('authorize', 'authorize must be a function.');
  checkGuests(guests);
  checkOrigins(origins);
  if (!/^(\/[A-Za-z0-9_-][A-Za-z0-9._~-]*)*$/.test(mount)) {
    throw wrong('mount', 'mount must be a path that begins with a slash and does not end with one, such as /api.');
  }
  if (typeof provider !== 'string' || !provider) throw wrong('provider', 'provider must be a word, such as rooms.');
  if (serverUrl !== undefined && !isServerUrl(serverUrl)) {
    throw wrong('serverUrl', 'serverUrl must be a ws(s) or http(s) address without credentials.');
  }
  if (!(timeout >= 1 && timeout <= 300_000)) throw wrong('timeout', 'timeout must be 1 to 300000 ms.');
}

const wrong = (key: string, sentence: string) => new RoomsError('misconfigured', sentence, {key});

function checkGuests(guests: Guests | undefined) {
  if (!guests) return;
  const [failure] = validate(guests, Guests);
  if (failure) {
    const key = ['guests', ...(failure.path as unknown[])].join('.');
    throw wrong(key, `${key} is not right: guests must be {roles, rooms?, name?}, with at least one role.`);
  }
  if (guests.roles.includes('moderator')) {
    throw wrong('guests.roles', 'Guests cannot be moderators: let authorize say who is one.');
  }
}

function checkOrigins(origins: unknown) {
  if (!Array.isArray(origins) || origins.length === 0) {
    throw wrong('origins', 'origins must list the origins of the pages that use this proxy: ["https://shop.example"].');
  }
  for (const origin of origins) {
    if (isOrigin(origin)) continue;
    const shown = JSON.stringify(origin)?.slice(0, 80);
    throw wrong('origins', `${shown} is not an origin: write it as a browser sends it, such as https://shop.example.`);
  }
}

/** Only what a browser would send word for word can ever match; all else is a mistake, and `*` a dangerous one. */
function isOrigin(origin: unknown): boolean {
  if (typeof origin !== 'string' || origin.includes('*') || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  return /^https?:$/.test(url.protocol) && url.origin === origin;
}

function isServerUrl(address: unknown): boolean {
  if (typeof address !== 'string' || !URL.canParse(address)) return false;
  const {protocol, username, password} = new URL(address);
  return /^(ws|http)s?:$/.test(protocol) && !username && !password;
}

/** Asks who sent a request: a visitor, a guest when guests are welcome, else `unauthorized`. Never open by accident. */
export function visitors({authorize, guests, log}: Pick<TokenProxyOptions, 'authorize' | 'guests' | 'log'>) {
  const say = harmless(log);

  async function known(request: Request, caller: Caller): Promise<Visitor | null> {
    if (!authorize) return null;
    try {
      const run = async () => authorize(withoutBody(request), caller);
      return visitorFrom(await within(AUTHORIZE_DEADLINE, request.signal, run));
    } catch (error) {
      if (error instanceof Ended && error.code === 'aborted') throw error;
      const message = reason(error);
      say({level: 'error', code: 'platform_down', operation: 'authorize', message, request_id: caller.requestId});
      throw new RoomsError('platform_down', 'Who you are cannot be checked right now.', {status: 503});
    }
  }

  return async (request: Request, caller: Caller): Promise<Visitor> => {
    const visitor = (await known(request, caller)) ?? (guests && guest(guests));
    if (!visitor) throw new RoomsError('unauthorized', 'Sign in first.', {desc: 'Nobody known sent this request.'});
    return visitor;
  };
}

const guest = ({roles, rooms = '*'}: Guests): Visitor => ({user_ref: `guest_${crypto.randomUUID()}`, roles, rooms});

class Malformed extends Error {}

/** A copy, so that what the hook keeps of its answer can change nothing later. */
function visitorFrom(answer: unknown): Visitor | null {
  if (answer === null) return null;
  const [failure, visitor] = validate(structuredClone(answer), Visitor);
  if (failure) throw new Malformed(failure.path.join('.'));
  for (const list of [visitor.roles, visitor.rooms, visitor.can]) Object.freeze(list);
  return Object.freeze(visitor);
}

function reason(error: unknown): string {
  if (error instanceof Ended) return `authorize took longer than ${AUTHORIZE_DEADLINE} ms.`;
  if (!(error instanceof Malformed)) return 'authorize failed; it must answer a visitor or null.';
  return `authorize answered no visitor and not null: ${error.message || 'the whole answer'} is not right.`;
}

/** A hook that reads the body would leave none for the operation. */
const withoutBody = ({url, method, headers, signal}: Request) => new Request(url, {method, headers, signal});
