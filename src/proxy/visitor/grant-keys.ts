import type {JWK} from 'jose';
import {
  array,
  define,
  enums,
  integer,
  literal,
  max,
  min,
  object,
  optional,
  refine,
  size,
  string,
  union,
  validate,
  type Infer,
} from 'superstruct';
import {RoomsError} from '../../rooms/errors.js';
import {Role, RoomId} from '../../rooms/schema.js';
import {bytes} from '../crypto.js';
import {Visitor} from './rights.js';

// Which grants a proxy accepts: the keys that may sign them, and the most that each key may give.

/** In seconds. */
const DAY = 24 * 60 * 60;

/**
 * The origin of a page, exactly as a browser sends it, or of an app or an extension: `capacitor://localhost`. Other
 * spellings would never match, and `*` would be dangerous.
 */
export const Origin = define<string>('origin', value => {
  if (typeof value !== 'string' || value.includes('*') || !URL.canParse(value)) return false;
  const {protocol, origin} = new URL(value);
  if (/^https?:$/.test(protocol)) return origin === value;
  // Every page that is a file, or has no place, has the same origin.
  return !/^(file|data|blob|javascript|about|wss?|ftp):$/.test(protocol) && APP_ORIGIN.test(value);
});

/** Electron apps name their host themselves: `app://-`, `app://.`. */
const APP_ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[a-z\d._-]+(:\d{1,5})?$/;

/** A shared secret: text of at least 32 bytes, used as it is. */
export const Secret = refine(string(), 'secret', text => bytes(text).length >= 32);

/** The public half of a key pair: PEM (SPKI) or JWK. A key that can sign is refused. */
export const PublicKey = define<string | JWK>('public key', value => {
  if (typeof value === 'string') return value.trimStart().startsWith('-----BEGIN PUBLIC KEY-----');
  const {kty, d, k} = Object(value) as Record<string, unknown>;
  return typeof kty === 'string' && d === undefined && k === undefined;
});

/** What a grant may say of rooms, roles and origins; a key has the same, as a limit. */
export const GRANTED = {
  rooms: union([literal('*'), size(array(RoomId), 1, 200)]),
  roles: size(array(Role), 1, 4),
  origins: size(array(Origin), 1, 50),
  can: Visitor.schema.can,
};

const Key = object({
  kid: define<string>('kid', value => RoomId.is(value)),
  secret: optional(Secret),
  publicKey: optional(PublicKey),
  alg: optional(enums(['HS256', 'ES256', 'ES384', 'EdDSA', 'RS256', 'PS256'])),
  ...GRANTED,
  maxLifetime: max(min(integer(), 60), 366 * DAY),
});

/**
 * A key that may sign grants, and the most that its grants can give.
 *
 * - `kid`: the key's name, which every grant carries.
 * - `secret`: at least 32 bytes, for HS256. Or `publicKey`, the public half of a pair as PEM or JWK, with its one `alg`.
 * - `roles`, `rooms` (ids, or `'*'`), `can` (default: none), `origins`: limits. A grant that exceeds one is refused.
 * - `maxLifetime`: the longest time between issue and expiry, in seconds.
 */
export type GrantKey = Infer<typeof Key>;

const Settings = object({audience: size(string(), 1, 200), keys: size(array(Key), 1, 50)});

/** The grants that a proxy accepts: made out to `audience`, the proxy's own name, and signed with one of `keys`. */
export type Grants = Infer<typeof Settings>;

const RULES: Record<string, string> = {
  audience: 'must be a name for this proxy that its grants carry, such as its address',
  keys: 'must list at least one key',
  kid: 'must be 1 to 64 letters, digits, - or _, and each key has its own',
  secret: 'must be text of at least 32 bytes; make one with `npx greenroom grant key`',
  publicKey: 'must be a public key, as PEM (BEGIN PUBLIC KEY) or JWK, and hold nothing private',
  alg: 'must be the one algorithm of the key: ES256, ES384, EdDSA, RS256 or PS256 with a publicKey, none with a secret',
  roles: 'must list the roles its grants may give, moderator only if they may give that',
  rooms: "must list the ids of the rooms its grants may open, or be '*'",
  can: 'must list the rights its grants may give: manage, users',
  origins: 'must list the origins of the pages its grants may be used in: ["https://shop.example"]',
  maxLifetime: 'must be the longest lifetime of a grant in seconds, from a minute to a year',
};

/** Throws `misconfigured`, with a sentence that says what to do, if these are not valid settings for grants. */
export function checkGrants(grants: unknown) {
  const [failure, settings] = validate(grants, Settings);
  if (failure) throw wrong(failure.path as (string | number)[]);
  const kids = new Set<string>();
  for (const [index, {kid, secret, publicKey, alg}] of settings.keys.entries()) {
    const at = (name: string) => wrong(['keys', index, name]);
    if (kids.has(kid)) throw at('kid');
    kids.add(kid);
    if ((secret === undefined) === (publicKey === undefined)) {
      throw wrong(['keys', index], 'must have either a secret or a publicKey');
    }
    const fits = secret === undefined ? alg !== undefined && alg !== 'HS256' : alg === undefined || alg === 'HS256';
    if (!fits) throw at('alg');
  }
}

function wrong(path: (string | number)[], rule?: string): RoomsError {
  const key = ['grants', ...path].join('.');
  const name = path.findLast(part => typeof part === 'string');
  const known = name === undefined ? 'must be {audience, keys}' : (RULES[name] ?? 'is not an option');
  return new RoomsError('misconfigured', `${key} ${rule ?? known}.`, {key});
}
