import {integer, max, min, object, optional, partial, validate} from 'superstruct';
import {networksOf} from '../../http/network.js';
import type {Operation} from '../../http/routes.js';
import {retrySeconds} from '../../rooms/codes.js';
import {RoomsError} from '../../rooms/errors.js';
import type {Log} from '../../upstream/upstream.js';
import {mayReach, type Who} from '../visitor/visitor.js';
import {StoreDown, withoutStore, type SharedStore, type Stores} from './shared-store.js';
import type {Rate} from './store.js';
import {wrong} from '../wrong.js';

/** A kind of request. Each kind has its own budgets. */
export type Kind = 'reads' | 'tokens' | 'changes' | 'creations';

/** What requests are counted for: an address, a person, a room, a grant. */
type Scope = 'ip' | 'visitor' | 'room' | 'grant';

/** How often each kind of request may be made in each scope. A scope that is not named is not counted. */
export type Budgets = Record<Kind, Partial<Record<Scope, Rate>>>;

/** Budgets that replace single ones of `BUDGETS`. */
export type Limits = {[K in Kind]?: {[S in Scope]?: Rate}};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * The default budgets. An address is a household, an office or a school, and everybody who opens a page uses the same
 * grant. A visitor is one person with one or two devices. The budget of a room keeps a popular one from using up the
 * platform.
 */
export const BUDGETS = {
  reads: {
    ip: {capacity: 1200, per: MINUTE},
    visitor: {capacity: 300, per: MINUTE},
    grant: {capacity: 3000, per: MINUTE},
  },
  tokens: {
    ip: {capacity: 120, per: MINUTE},
    visitor: {capacity: 20, per: MINUTE},
    room: {capacity: 600, per: MINUTE},
    grant: {capacity: 600, per: MINUTE},
  },
  changes: {
    ip: {capacity: 120, per: MINUTE},
    visitor: {capacity: 60, per: MINUTE},
    room: {capacity: 60, per: MINUTE},
    grant: {capacity: 120, per: MINUTE},
  },
  creations: {
    ip: {capacity: 60, per: HOUR},
    visitor: {capacity: 30, per: HOUR},
    grant: {capacity: 60, per: HOUR},
  },
} as const satisfies Budgets;

const KINDS: Record<Operation, Kind> = {
  list: 'reads',
  get: 'reads',
  users: 'reads',
  token: 'tokens',
  update: 'changes',
  remove: 'changes',
  create: 'creations',
};

const RateOption = object({capacity: max(min(integer(), 1), 1e6), per: max(min(integer(), 1), 24 * HOUR)});
const Scopes = partial(object({ip: RateOption, visitor: RateOption, room: RateOption, grant: RateOption}));
const LimitsOption = object({
  reads: optional(Scopes),
  tokens: optional(Scopes),
  changes: optional(Scopes),
  creations: optional(Scopes),
});

/** Throws `misconfigured` if these are not valid limits. */
export function checkLimits(limits: unknown) {
  if (limits === false) return;
  const [failure] = validate(limits, LimitsOption);
  if (!failure) return;
  const key = ['limits', ...(failure.path as string[])].join('.');
  const sentence = `${key} is not right: limits must be false, or such as {tokens: {visitor: {capacity: 20, per: 60000}}}.`;
  throw wrong(key, sentence);
}

/** Counts the rest of one request, after its address. Both throw `rate_limited` if a budget is used up. */
export interface Counting {
  /** Counts it for its sender, and for the grant that came along. */
  visitor(who: Who): Promise<void>;
  /** Counts it for a room, if the sender reaches the room. Nobody else can use up the room's budget. */
  room(who: Who, id: string | undefined): Promise<void>;
}

const UNCOUNTED: Counting = {visitor: async () => {}, room: async () => {}};

/** Longest name that is kept as it is in this process, in characters. A longer one takes more memory than its hash. */
const SHORT = 64;

/**
 * Makes a function that counts requests against budgets, first for the address they come from. When the shared store is
 * down, people who have signed in have budgets on each node. Guests, and all who create a room, are refused with 503.
 */
export function rateLimit(limits: Limits | false, {local, shared, seal}: Stores, log: Log) {
  const budgets = limits && budgetsOf(limits);
  let warned = false;

  /** Warns once that requests without an address share one budget. */
  function warn() {
    if (!warned) log({level: 'warn', operation: 'limits', message: UNKNOWN});
    warned = true;
  }

  return async function count(operation: Operation | undefined, ip: string | undefined): Promise<Counting> {
    if (!budgets) return UNCOUNTED;
    const kind = operation ? KINDS[operation] : 'reads';
    const budget = budgets[kind];
    /** True if the shared store was down and only this node has counted the request. */
    let countedHere = false;

    async function spend(scope: Scope, name: string, mayCountHere: boolean, times = 1) {
      if (!budget[scope]) return;
      const {capacity, per} = budget[scope];
      const rate = {capacity: capacity * times, per};
      const counted = `${kind} ${scope} ${name}`;
      const key = !shared && counted.length <= SHORT ? counted : await seal.hash(counted);
      const wait = shared ? await spendShared(shared, key, rate, mayCountHere) : await local.take(key, rate);
      if (wait > 0) throw tooMany(wait);
    }

    async function spendShared(store: SharedStore, key: string, rate: Rate, mayCountHere: boolean): Promise<number> {
      try {
        return await store.ask(store => store.take(key, rate));
      } catch (error) {
        if (!(error instanceof StoreDown)) throw error;
        if (!mayCountHere) throw withoutStore();
        countedHere = true;
        return local.take(key, rate);
      }
    }

    const networks = ip === undefined ? undefined : networksOf(ip);
    try {
      // All requests without an address share the budget of one address.
      // A wider network may make twice as many requests each time: many people may use it, or one with many addresses. The
      // smallest comes first, so that what it is refused does not count for its neighbours.
      for (const [step, each] of (networks ?? ['unknown']).entries()) await spend('ip', each, true, 2 ** step);
    } catch (error) {
      if (networks === undefined) warn();
      throw error;
    }
    const mayCountHere = (who: Who) => who.by !== 'guest' && operation !== 'create';
    return {
      async visitor(who) {
        if (countedHere && !mayCountHere(who)) throw withoutStore();
        if (who.id !== undefined) await spend('visitor', who.id, mayCountHere(who));
        if (who.grant) await spend('grant', who.grant.id, mayCountHere(who));
      },
      async room(who, id) {
        if (id !== undefined && mayReach(who.visitor, id)) await spend('room', id, mayCountHere(who));
      },
    };
  };
}

/** The default budgets with some replaced. An undefined option replaces nothing, because that would lift a limit. */
function budgetsOf(limits: Limits): Budgets {
  const budgets: Budgets = structuredClone(BUDGETS);
  for (const [kind, scopes] of Object.entries(limits) as [Kind, Limits[Kind]][]) {
    for (const [scope, rate] of Object.entries(scopes ?? {}) as [Scope, Rate | undefined][]) {
      if (rate) budgets[kind][scope] = rate;
    }
  }
  return budgets;
}

function tooMany(wait: number): RoomsError {
  const retryAfter = retrySeconds(wait / 1000);
  const desc = `Try again in ${retryAfter} s.`;
  return new RoomsError('rate_limited', 'Too many requests.', {retryAfter, desc});
}

const UNKNOWN =
  'Requests without a known address are refused, because all of them share the budget of one address. ' +
  'Pass the address to the proxy: proxy(request, {ip}).';
