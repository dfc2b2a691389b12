import {integer, max, min, object, optional, partial, validate} from 'superstruct';
import type {Operation} from '../../http/routes.js';
import {RoomsError} from '../../rooms/errors.js';
import {StoreDown, withoutStore, type Memory} from './shared-store.js';
import type {Rate} from './store.js';
import type {Log} from '../../upstream/upstream.js';
import type {Who} from '../visitor/authenticate.js';

/** What requests are counted as: each kind has budgets of its own. */
export type Kind = 'reads' | 'tokens' | 'changes' | 'creations';

/** Whom or what they are counted for: an address, a person, a room, a grant. */
export type Scope = 'ip' | 'visitor' | 'room' | 'grant';

/** How often each kind of request may be made for each scope; a scope that is not named is not counted. */
export type Budgets = Record<Kind, Partial<Record<Scope, Rate>>>;

/** Budgets that take the place of single ones. */
export type Limits = {[K in Kind]?: {[S in Scope]?: Rate}};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * The budgets unless told. An address is a household, an office or a school, and a grant stands in a page for
 * everybody; a visitor is one person at one or two devices. A room's own keep one that everybody wants from
 * taking all there is.
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

/** Throws `misconfigured` unless these are limits. */
export function checkLimits(limits: unknown) {
  if (limits === false) return;
  const [failure] = validate(limits, LimitsOption);
  if (!failure) return;
  const key = ['limits', ...(failure.path as string[])].join('.');
  const sentence = `${key} is not right: limits must be false, or such as {tokens: {visitor: {capacity: 20, per: 60000}}}.`;
  throw new RoomsError('misconfigured', sentence, {key});
}

/** What is counted of one request once its address was; each throws `rate_limited` when there is no more. */
export interface Counting {
  /** Counts it for who sent it, and for the grant they showed. */
  visitor(who: Who): Promise<void>;
  /** Counts it for a room, if the room is in reach of who sent it: nobody else can use up what it has. */
  room(who: Who, id: string | undefined): Promise<void>;
}

/**
 * How many names are kept beside their hashes, where a hash is not there at once: most requests are about few rooms and
 * come from few addresses.
 */
const REMEMBERED = 1_000;

/** Names up to so long are as they are in this process: to hide them from it is in vain, but long ones take its memory. */
const SHORT = 64;

const UNCOUNTED: Counting = {visitor: async () => {}, room: async () => {}};

/**
 * Counts requests against budgets, first for the address they come from. When the shared store is down, who is signed in
 * has budgets of this process; guests, and whoever makes a room, are refused with 503.
 */
export function limiter(limits: Limits | false, {here, shared, secrets}: Memory, log: Log) {
  const budgets = limits && budgetsOf(limits);
  const hashes = new Map<string, string>();
  let told = false;

  async function remembered(name: string, hashing: Promise<string>): Promise<string> {
    const key = await hashing;
    // Rather all at once than one by one: to know which is the oldest costs more than to hash it again.
    if (hashes.size >= REMEMBERED) hashes.clear();
    hashes.set(name, key);
    return key;
  }

  return async function count(operation: Operation | undefined, ip: string | undefined): Promise<Counting> {
    if (!budgets) return UNCOUNTED;
    const kind = operation ? KINDS[operation] : 'reads';
    // Whether the request was counted by this process alone.
    let alone = false;

    async function spend(scope: Scope, name: string, mayGoAlone: boolean) {
      const rate = budgets && budgets[kind][scope];
      if (!rate) return;
      const counted = `${kind} ${scope} ${name}`;
      const found = !shared && counted.length <= SHORT ? counted : (hashes.get(counted) ?? secrets.hashed(counted));
      const key = typeof found === 'string' ? found : await remembered(counted, found);
      const wait = await (shared ? everywhere(key, rate, mayGoAlone) : here.take(key, rate));
      if (wait > 0) throw tooMany(wait);
    }

    async function everywhere(key: string, rate: Rate, mayGoAlone: boolean): Promise<number> {
      try {
        return await shared!.ask(store => store.take(key, rate));
      } catch (error) {
        if (!(error instanceof StoreDown)) throw error;
        if (!mayGoAlone) throw withoutStore();
        alone = true;
        return here.take(key, rate);
      }
    }

    const network = ip === undefined ? undefined : networkOf(ip);
    // Who cannot be told apart by address shares one address's budgets, rather than have none.
    try {
      await spend('ip', network ?? 'unknown', true);
    } catch (error) {
      if (network === undefined && !told) log({level: 'warn', operation: 'limits', message: UNKNOWN});
      told ||= network === undefined;
      throw error;
    }
    const mayGoAlone = (who: Who) => who.by !== 'guest' && operation !== 'create';
    return {
      async visitor(who) {
        if (alone && !mayGoAlone(who)) throw withoutStore();
        if (who.id !== undefined) await spend('visitor', who.id, mayGoAlone(who));
        if (who.grant) await spend('grant', who.grant.id, mayGoAlone(who));
      },
      async room(who, id) {
        const {rooms} = who.visitor;
        if (id !== undefined && (rooms === '*' || rooms.includes(id))) await spend('room', id, mayGoAlone(who));
      },
    };
  };
}

/** The budgets with some replaced. An option that is there but undefined replaces nothing: that would lift a limit. */
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
  const retryAfter = Math.min(Math.max(Math.ceil(wait / 1000), 1), 3600);
  const desc = `Try again in ${retryAfter} s.`;
  return new RoomsError('rate_limited', 'Too many requests.', {retryAfter, desc});
}

const UNKNOWN =
  'Requests are refused that come from no known address: all of them share the budgets of one. ' +
  'Hand the address to the proxy: proxy(request, {ip}).';

/**
 * The network that counts as one address: an IPv4 address itself, and of an IPv6 address its first 64 bits, since each
 * household has as many addresses below those as it likes. Undefined for what is no address.
 */
export function networkOf(ip: string): string | undefined {
  if (PLAIN.test(ip)) return ip;
  const [address = ''] = ip.toLowerCase().split('%');
  const four = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/.exec(address)?.[1];
  if (four !== undefined) return four.split('.').every(part => Number(part) < 256) ? plainly(four) : undefined;
  if (!/^[0-9a-f:.]{2,45}$/.test(address) || !URL.canParse(`http://[${address}]`)) return undefined;
  const [front = '', back] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = front === '' ? [] : front.split(':');
  const rest = back ? back.split(':') : [];
  const all = [...groups, ...Array.from({length: 8 - groups.length - rest.length}, () => '0'), ...rest];
  // IPv4 in other clothes, as some runtimes hand it over.
  if (all.slice(0, 6).join(':') === '0:0:0:0:0:ffff') return fourOf(all.slice(6));
  return `${all.slice(0, 4).join(':')}::/64`;
}

/** An IPv4 address as nearly all are written. */
const PLAIN = /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?=\d)|$)){4}$/;

const plainly = (four: string) => four.split('.').map(Number).join('.');

const fourOf = (groups: string[]) =>
  groups
    .map(group => parseInt(group, 16))
    .flatMap(group => [group >> 8, group & 255])
    .join('.');
