import {validate} from 'superstruct';
import {RoomsError} from '../../rooms/errors.js';
import type {Caller, Guests, TokenProxyOptions, UserRefs} from '../options.js';
import {grantReader, GrantRefused, type Grant} from './grants.js';
import {Visitor} from './guarded.js';
import {hmacOf} from '../hmac.js';
import {CallEnded, withDeadline} from '../../rooms/deadline.js';
import {neverThrowing, type Log} from '../../upstream/upstream.js';

/** How long `authorize` may take, in ms. */
const AUTHORIZE_DEADLINE = 3_000;

/** Who sent a request, and how we know. */
export interface Who {
  /** What they may do. The references in it are those that go upstream. */
  visitor: Visitor;
  by: 'authorize' | 'grant' | 'guest';
  /**
   * The same for the same person on every node and after a restart, to count and remember by; made of the application's
   * own reference, so it is neither sent nor logged. Absent for who cannot be told from the next one.
   */
  id?: string;
  /** The grant that was presented, whoever decided. */
  grant?: Grant;
}

interface Presented {
  grant?: Grant;
  foreign?: GrantRefused;
}
const NO_GRANT: Presented = {};

type Options = Pick<TokenProxyOptions, 'authorize' | 'guests' | 'grants' | 'userRefs' | 'log'>;

/**
 * Asks who sent a request. A grant that was presented is verified first, and never passed over when it is bad. Then
 * `authorize` decides, knowing the grant; where it knows nobody, the grant does; without one, a guest is let in where
 * guests are welcome. Else it is `unauthorized`. Never open by accident.
 */
export function visitors({authorize, guests, grants, userRefs, log}: Options) {
  const say = neverThrowing(log);
  const read = grants && grantReader(grants);
  const upstream = pseudonyms(userRefs);
  if (!userRefs && (authorize || grants)) say(UNSET);

  /** The grant that came along. Without one: whether a token came that `authorize` may know. */
  async function granted(request: Request, caller: Caller): Promise<Presented> {
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
    // The name of a key is only told where it is one of ours: all else in a bad grant is somebody's text.
    const message = `A grant was refused: ${error.fault}${error.kid === undefined ? '' : `, key ${error.kid}`}.`;
    say({level: 'warn', code: 'unauthorized', operation: 'grant', message, request_id: requestId});
    return error;
  }

  async function known(request: Request, caller: Caller, grant?: Grant): Promise<Visitor | null> {
    try {
      if (request.signal.aborted) throw new CallEnded('aborted', 'The call was ended before it was answered.');
      const answer = authorize!(withoutBody(request), {...caller, grant});
      // What is there at once needs no deadline.
      return visitorFrom(isPending(answer) ? await inTime(answer, request) : answer);
    } catch (error) {
      if (error instanceof CallEnded && error.code === 'aborted') throw error;
      throw unchecked(say, 'authorize', reason(error), caller);
    }
  }

  return async (request: Request, caller: Caller): Promise<Who> => {
    const {grant, foreign} = grants ? await granted(request, caller) : NO_GRANT;
    const visitor = authorize ? await known(request, caller, grant) : null;
    if (visitor) return {visitor: await upstream(visitor), by: 'authorize', id: `user:${visitor.user_ref}`, grant};
    if (grant) return holder(grant, upstream);
    if (foreign) throw refused(foreign, caller);
    if (guests) return {visitor: guest(guests), by: 'guest'};
    throw new RoomsError('unauthorized', 'Sign in first.', {desc: 'Nobody known sent this request.'});
  };
}

function unchecked(say: Log, operation: string, message: string, {requestId}: Caller): RoomsError {
  say({level: 'error', code: 'platform_down', operation, message, request_id: requestId});
  return new RoomsError('platform_down', 'Who you are cannot be checked right now.', {status: 503});
}

/** The token of `Authorization: Bearer`, which may be empty; undefined when the request has none of that kind. */
export function bearer({headers}: Request): string | undefined {
  const found = /^Bearer(?:\s+(.*))?$/is.exec(headers.get('authorization') ?? '');
  return found ? (found[1] ?? '') : undefined;
}

const stranger = () => `guest_${crypto.randomUUID()}`;

const guest = ({roles, rooms = '*'}: Guests): Visitor => ({user_ref: stranger(), roles, rooms});

/** Who shows a grant: the person it is for, else nobody in particular. */
async function holder(grant: Grant, upstream: (visitor: Visitor) => Promise<Visitor>): Promise<Who> {
  const {kid, roles, rooms, can, name, user_ref} = grant;
  const may = {roles, rooms, can, ...(name !== undefined && {name})};
  if (user_ref === undefined) return {visitor: {...may, user_ref: stranger()}, by: 'grant', grant};
  return {visitor: await upstream({...may, user_ref}), by: 'grant', id: `grant:${kid}:${user_ref}`, grant};
}

function inTime(answer: PromiseLike<unknown>, request: Request): Promise<unknown> {
  const awaited = Promise.resolve(answer);
  // When nobody waits for it any more, nobody is to be told that it failed.
  awaited.catch(() => {});
  return withDeadline({timeout: AUTHORIZE_DEADLINE, signal: request.signal}, () => awaited);
}

const isPending = (answer: unknown): answer is PromiseLike<unknown> =>
  typeof (answer as PromiseLike<unknown> | null | undefined)?.then === 'function';

class Malformed extends Error {}

/** A copy, so that what the hook keeps of its answer can change nothing later. */
function visitorFrom(answer: unknown): Visitor | null {
  if (answer === null) return null;
  if (typeof answer !== 'object' || Array.isArray(answer)) throw new Malformed();
  const copy: Record<string, unknown> = {...answer};
  for (const key of ['roles', 'rooms', 'can']) {
    const list = copy[key];
    if (Array.isArray(list)) copy[key] = Object.freeze([...(list as unknown[])]);
  }
  if (!Visitor.is(copy)) throw new Malformed(validate(copy, Visitor)[0]?.path.join('.'));
  return Object.freeze(copy);
}

function reason(error: unknown): string {
  if (error instanceof CallEnded) return `authorize took longer than ${AUTHORIZE_DEADLINE} ms.`;
  if (!(error instanceof Malformed)) return 'authorize failed; it must answer a visitor or null.';
  return `authorize answered no visitor and not null: ${error.message || 'the whole answer'} is not right.`;
}

/** A hook that reads the body would leave none for the operation. */
function withoutBody({url, method, headers, signal}: Request): Request {
  const {[OWN]: own} = headers as {[OWN]?: Headers};
  // Made with it, a request follows the signal, at several times the price.
  return Object.defineProperty(new Request(url, {method, headers: own ?? headers}), 'signal', {value: signal});
}

/** Where `serve` has headers as the runtime knows them, which it copies at once and not one by one. */
const OWN = Symbol.for('greenroom.headers');

const UNSET = {
  level: 'warn',
  operation: 'authorize',
  message:
    'userRefs is not set: the platform is told another reference for the same person after every restart. ' +
    "Set userRefs to {secret} with at least 32 bytes, or to 'plain' to send your own references.",
} as const;

/**
 * References as they go upstream: what a platform keeps of a person should not be what you keep, unless it is told to
 * be. The same reference stays the same, so a person finds the rooms that are theirs.
 */
function pseudonyms(userRefs: UserRefs | undefined): (visitor: Visitor) => Promise<Visitor> {
  if (userRefs === 'plain') return async visitor => visitor;
  let hmac: ReturnType<typeof hmacOf> | undefined;

  // Made when first needed: at module scope, where a handler may be made, some runtimes have no randomness.
  const made = () =>
    hmacOf(userRefs ? new TextEncoder().encode(userRefs.secret) : crypto.getRandomValues(new Uint8Array(32)));

  async function pseudonym(ref: string): Promise<string> {
    hmac ??= made();
    // 132 bits: nobody shares one by chance.
    return (await hmac(ref)).slice(0, 22);
  }

  return async visitor => {
    const {user_ref, owner_ref} = visitor;
    const refs = {
      user_ref: await pseudonym(user_ref),
      ...(owner_ref !== undefined && {owner_ref: await pseudonym(owner_ref)}),
    };
    return Object.freeze({...visitor, ...refs});
  };
}
