import {array, literal, object, optional, size, union, validate, type Infer} from 'superstruct';
import {CallEnded, withDeadline} from '../../rooms/deadline.js';
import {RoomsError} from '../../rooms/errors.js';
import {Role, RoomId} from '../../rooms/schema.js';
import {isObject} from '../../rooms/values.js';
import {neverThrowing, type Log} from '../../upstream/upstream.js';
import {hmacOf} from '../crypto.js';
import {PersonName} from './bodies.js';
import {Secret, type Grants} from './grant-keys.js';
import {bearer, grantReader, GrantRefused, type Grant} from './grants.js';
import type {Authorize, Caller} from './hooks.js';
import {Visitor} from './rights.js';
import {wrong} from '../wrong.js';

export {consentOf, own, PersonName} from './bodies.js';
export {checkGrants, Origin, Secret, type GrantKey, type Grants} from './grant-keys.js';
export {beyond, grantReader, GrantRefused, issueGrant, type Grant, type GrantFault, type GrantWish} from './grants.js';
export {guarded, type GuardedOptions} from './guarded.js';
export {
  headerAuthorize,
  jwtAuthorize,
  type Authorize,
  type Caller,
  type HeaderAuthorizeOptions,
  type JwtAuthorizeOptions,
} from './hooks.js';
export {peopleInside, type People, type PeopleOptions} from './people.js';
export {may, mayJoinAs, mayReach, type Visitor} from './rights.js';

const Guests = object({
  roles: size(array(Role), 1, 4),
  rooms: optional(union([literal('*'), array(RoomId)])),
  name: optional(PersonName),
});
/**
 * What people without a sign-in may do.
 *
 * - `roles`: the roles they may join in, never moderator.
 * - `rooms`: the ids of the rooms in reach, or `'*'`. Default: `'*'`.
 * - `name`: the name of people who give none. Default: `Guest`.
 */
export type Guests = Infer<typeof Guests>;

/**
 * How the platform gets to know a person: by a pseudonym made with this secret, which has at least 32 bytes and is the
 * same on every node, or by your own references, `plain`.
 */
export type UserRefs = 'plain' | {secret: string};

export interface AuthenticationOptions {
  authorize?: Authorize;
  guests?: Guests;
  grants?: Grants;
  userRefs?: UserRefs;
  log?: Log;
}

/** The sender of a request, and how we know them. */
export interface Who {
  /** The references in it are those that the platform gets. */
  visitor: Visitor;
  by: 'authorize' | 'grant' | 'guest';
  /**
   * The same for the same person on every node and after a restart, to count requests by. It contains the application's
   * own reference, so it is neither sent nor logged. Absent for people who cannot be told apart.
   */
  id?: string;
  /** The grant that came with the request, even if `authorize` decided. */
  grant?: Grant;
}

/** How long `authorize` may take, in ms. */
const AUTHORIZE_DEADLINE = 3_000;

/**
 * Makes a function that says who sent a request. A grant that came along is verified first; a bad grant is always
 * refused. Then `authorize` decides, and knows the grant. If it returns null the grant decides. Without a grant the
 * visitor is a guest, if guests are let in. Otherwise the request is `unauthorized`.
 */
export function authentication({authorize, guests, grants, userRefs, log}: AuthenticationOptions) {
  const say = neverThrowing(log);
  const read = grants && grantReader(grants);
  const withPseudonyms = pseudonyms(userRefs);
  if (!userRefs && (authorize || grants)) say(UNSET);

  /** Verifies the grant that came along. `foreign`: no grant, but a token that `authorize` may know. */
  async function granted(request: Request, caller: Caller): Promise<{grant?: Grant; foreign?: GrantRefused}> {
    const token = bearer(request);
    if (!read || token === undefined) return {};
    try {
      return {grant: await read(token, request)};
    } catch (error) {
      if (!(error instanceof GrantRefused)) throw unchecked(say, 'grant', 'A key for grants cannot be used.', caller);
      if (error.foreign && authorize) return {foreign: error};
      throw refused(error, caller);
    }
  }

  function refused(error: GrantRefused, {requestId}: Caller): GrantRefused {
    // The name of a key is logged only if it is one of ours. Anything else in a bad grant is somebody's text.
    const {fault, kid, rule} = error;
    const message = `A grant was refused: ${fault}${kid === undefined ? '' : `, key ${kid}`}. ${rule}`;
    say({level: 'warn', code: 'unauthorized', operation: 'grant', message, request_id: requestId});
    return error;
  }

  async function authorized(request: Request, caller: Caller, grant?: Grant): Promise<Visitor | null> {
    try {
      const ask = () => authorize!(withoutBody(request), {...caller, grant, log: say});
      return visitorFrom(await withDeadline({timeout: AUTHORIZE_DEADLINE, signal: request.signal}, ask));
    } catch (error) {
      if (error instanceof CallEnded && error.code === 'aborted') throw error;
      throw unchecked(say, 'authorize', reason(error), caller);
    }
  }

  return async function authenticate(request: Request, caller: Caller): Promise<Who> {
    const {grant, foreign} = await granted(request, caller);
    const visitor = authorize ? await authorized(request, caller, grant) : null;
    if (visitor) {
      return {visitor: await withPseudonyms(visitor), by: 'authorize', id: `user:${visitor.user_ref}`, grant};
    }
    if (grant) {
      const {kid, roles, rooms, can, name, user_ref} = grant;
      const holder = {user_ref: user_ref ?? stranger(), roles, rooms, can, ...(name !== undefined && {name})};
      if (user_ref === undefined) return {visitor: holder, by: 'grant', grant};
      return {visitor: await withPseudonyms(holder), by: 'grant', id: `grant:${kid}:${user_ref}`, grant};
    }
    if (foreign) throw refused(foreign, caller);
    if (guests) {
      const {roles, rooms = '*'} = guests;
      return {visitor: {user_ref: stranger(), roles, rooms}, by: 'guest'};
    }
    throw new RoomsError('unauthorized', 'Sign in first.', {desc: 'Nobody known sent this request.'});
  };
}

function unchecked(say: Log, operation: string, message: string, {requestId}: Caller): RoomsError {
  say({level: 'error', code: 'platform_down', operation, message, request_id: requestId});
  return new RoomsError('platform_down', 'Who you are cannot be checked right now.', {status: 503});
}

const stranger = () => `guest_${crypto.randomUUID()}`;

class Malformed extends Error {}

/** A checked copy of what a hook returned: what the hook does to its own object later changes nothing here. */
function visitorFrom(answer: unknown): Visitor | null {
  if (answer === null) return null;
  if (!isObject(answer)) throw new Malformed();
  const copy: Record<string, unknown> = {...answer};
  for (const key of ['roles', 'rooms', 'can']) {
    const list = copy[key];
    if (Array.isArray(list)) copy[key] = Object.freeze([...(list as unknown[])]);
  }
  const [failure, visitor] = validate(copy, Visitor);
  if (failure) throw new Malformed(failure.path.join('.'));
  return Object.freeze(visitor);
}

function reason(error: unknown): string {
  if (error instanceof CallEnded) return `authorize took longer than ${AUTHORIZE_DEADLINE} ms.`;
  if (!(error instanceof Malformed)) return 'authorize failed. It must return a visitor or null.';
  return `authorize returned neither a visitor nor null: ${error.message || 'the whole answer'} is not right.`;
}

/**
 * The same request without its body: a hook that reads the body would leave none for the operation. A request made with
 * `{signal}` follows that signal through a listener and takes 34 µs of CPU, this one 9 µs.
 */
const withoutBody = ({url, method, headers, signal}: Request): Request =>
  Object.defineProperty(new Request(url, {method, headers}), 'signal', {value: signal});

const UNSET = {
  level: 'warn',
  operation: 'authorize',
  message:
    'userRefs is not set: after every restart the platform gets another reference for the same person. ' +
    "Set userRefs to {secret} with at least 32 bytes, or to 'plain' to send your own references.",
} as const;

/**
 * Replaces references by pseudonyms, so that the platform does not store yours. The same reference always gets the same
 * pseudonym, so a person finds their own rooms.
 */
function pseudonyms(userRefs: UserRefs | undefined): (visitor: Visitor) => Promise<Visitor> {
  if (userRefs === 'plain') return async visitor => visitor;
  const hmac = hmacOf(userRefs?.secret);
  // 22 characters are 132 bits: two people never share them by chance.
  const pseudonym = async (ref: string) => (await hmac(ref)).slice(0, 22);

  return async visitor => {
    const {user_ref, owner_ref} = visitor;
    return Object.freeze({
      ...visitor,
      user_ref: await pseudonym(user_ref),
      ...(owner_ref !== undefined && {owner_ref: await pseudonym(owner_ref)}),
    });
  };
}

/** Throws `misconfigured` if these are not valid options for guests. */
export function checkGuests(guests: Guests) {
  const [failure] = validate(guests, Guests);
  if (failure) {
    const key = ['guests', ...(failure.path as unknown[])].join('.');
    throw wrong(key, `${key} is not right: guests must be {roles, rooms?, name?}, with at least one role.`);
  }
  if (guests.roles.includes('moderator')) {
    throw wrong('guests.roles', 'Guests cannot be moderators: let authorize say who is a moderator.');
  }
}

/** Throws `misconfigured` if this is not a valid option `userRefs`. */
export function checkUserRefs(userRefs: UserRefs) {
  if (userRefs === 'plain' || Secret.is(userRefs?.secret)) return;
  throw wrong('userRefs', "userRefs must be {secret} with at least 32 bytes, or 'plain'.");
}
