import {decodeProtectedHeader, errors, importJWK, importSPKI, jwtVerify, SignJWT, type CryptoKey, type JWK} from 'jose';
import {
  array,
  define,
  enums,
  integer,
  literal,
  max,
  min,
  number,
  object,
  optional,
  refine,
  size,
  string,
  type,
  union,
  validate,
  type Infer,
} from 'superstruct';
import {RoomsError} from '../../rooms/errors.js';
import {Role, RoomId} from '../../rooms/schema.js';
import {Visitor} from './guarded.js';
import {checkServer} from '../../upstream/upstream.js';

// A grant is a signed permission that stands in a page: which rooms, which roles, on whose pages, until when. Whoever
// signs one is trusted as far as the proxy's own entry for the key says, and not a step further.

/** The `typ` of a grant, so that no other token signed with the same key can pass for one. */
export const GRANT_TYPE = 'room-grant+jwt';

/** Longest grant in characters; more is refused unread. */
const MAX_LENGTH = 4096;

/** How far the clock of whoever signed may be from ours, in seconds. */
export const CLOCK_TOLERANCE = 60;

const DAY = 24 * 60 * 60;

/** Only what a browser would send word for word can ever match; all else is a mistake, and `*` a dangerous one. */
export const Origin = define<string>('origin', value => {
  if (typeof value !== 'string' || value.includes('*') || !URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && url.origin === value;
});

const bytes = (text: string) => new TextEncoder().encode(text);

/** What two parties share to sign: text of at least 32 bytes, taken as it is. */
export const Secret = refine(string(), 'secret', text => bytes(text).length >= 32);

const Rooms = union([literal('*'), size(array(RoomId), 1, 200)]);
const Roles = size(array(Role), 1, 4);
const Origins = size(array(Origin), 1, 50);
/** The public half of a pair: PEM (SPKI) or JWK; never what can sign. */
export const PublicKey = define<string | JWK>('public key', value => {
  if (typeof value === 'string') return value.trimStart().startsWith('-----BEGIN PUBLIC KEY-----');
  const {kty, d, k} = Object(value) as Record<string, unknown>;
  return typeof kty === 'string' && d === undefined && k === undefined;
});

const Key = object({
  kid: define<string>('kid', value => RoomId.is(value)),
  secret: optional(Secret),
  publicKey: optional(PublicKey),
  alg: optional(enums(['HS256', 'ES256', 'ES384', 'EdDSA', 'RS256', 'PS256'])),
  roles: Roles,
  rooms: Rooms,
  can: Visitor.schema.can,
  origins: Origins,
  maxLifetime: max(min(integer(), 60), 366 * DAY),
});

/**
 * A key that may sign grants, and the most that a grant signed with it can give. `kid` names it in each grant. It is a
 * `secret` of at least 32 bytes (HS256), or the `publicKey` of a pair, PEM or JWK, with the one `alg` it is used with.
 * `roles`, `rooms` (ids, or `'*'`), `can` (nothing unless told) and `origins` are ceilings: a grant that asks for more
 * is refused whole. `maxLifetime` is in seconds, from when a grant was issued.
 */
export type GrantKey = Infer<typeof Key>;

const Settings = object({audience: size(string(), 1, 200), keys: size(array(Key), 1, 50)});

/** Which grants a proxy takes: those meant for `audience`, a name of its own, and signed with one of `keys`. */
export type Grants = Infer<typeof Settings>;

const Claims = type({
  rooms: Rooms,
  roles: Roles,
  origins: Origins,
  can: Visitor.schema.can,
  name: Visitor.schema.name,
  user_ref: optional(Visitor.schema.user_ref),
  exp: number(),
  iat: number(),
});

/** A grant that was verified. */
export interface Grant extends Readonly<Omit<Visitor, 'user_ref' | 'owner_ref'>> {
  /** The same for the same grant, whoever shows it; says nothing of what is in it. */
  id: string;
  kid: string;
  /** Whose pages may use it. */
  origins: readonly string[];
  /** The one person it is for; absent when it is for whoever opens the page. */
  user_ref?: string;
  expires: Date;
}

/** Why a grant was refused, in one word; for the operator, never for who showed it. */
export type GrantFault =
  | 'length'
  | 'form'
  | 'typ'
  | 'kid'
  | 'alg'
  | 'signature'
  | 'audience'
  | 'expired'
  | 'early'
  | 'claims'
  | 'origin'
  | Excess['claim'];

/** The one answer to every grant that is not good: who tries one out learns nothing. `fault` and `kid` stay here. */
export class GrantRefused extends RoomsError {
  constructor(
    readonly fault: GrantFault,
    /** The key it claims to be signed with, if that is one of ours. */
    readonly kid?: string,
  ) {
    super('unauthorized', 'This grant is not accepted.', {desc: 'Ask whoever runs this page for a new one.'});
  }

  /** Whether it looks like a token of another kind, which somebody else may know. */
  get foreign(): boolean {
    return ['length', 'form', 'typ'].includes(this.fault) && this.kid === undefined;
  }
}

/** What a grant asks for that its key does not allow. */
export interface Excess {
  claim: 'roles' | 'rooms' | 'can' | 'origins' | 'lifetime';
  values: string[];
}

type Asked = Pick<Infer<typeof Claims>, 'roles' | 'rooms' | 'can' | 'origins' | 'exp' | 'iat'>;

/** Everything in which a grant goes beyond its key. */
export function beyond({roles, rooms, can = [], origins, exp, iat}: Asked, key: GrantKey): Excess[] {
  const more = (asked: string | string[], allowed: string | string[]) =>
    allowed === '*' ? [] : [asked].flat().filter(each => !allowed.includes(each));
  const found: Excess[] = [
    {claim: 'roles', values: more(roles, key.roles)},
    {claim: 'rooms', values: more(rooms, key.rooms)},
    {claim: 'can', values: more(can, key.can ?? [])},
    {claim: 'origins', values: more(origins, key.origins)},
    {claim: 'lifetime', values: exp - iat > key.maxLifetime ? [`${exp - iat} seconds`] : []},
  ];
  return found.filter(({values}) => values.length > 0);
}

/**
 * Reads grants. A good one is answered; any other throws `GrantRefused`. When the request it came with is given, its
 * page must be among the grant's `origins`. What else is thrown is a key that cannot be used. `now` is in epoch ms.
 */
export function grantReader({audience, keys}: Grants, now: () => number = Date.now) {
  // Made when first needed: at module scope, where a handler may be made, some runtimes allow no cryptography.
  const verifiers = new Map<GrantKey, Promise<CryptoKey | Uint8Array>>();

  async function payloadOf(token: string, key: GrantKey) {
    if (!verifiers.has(key)) verifiers.set(key, verifier(key));
    const {payload} = await jwtVerify(token, await verifiers.get(key)!, {
      audience,
      algorithms: [algorithmOf(key)],
      typ: GRANT_TYPE,
      requiredClaims: ['aud', 'exp', 'iat'],
      clockTolerance: CLOCK_TOLERANCE,
      currentDate: new Date(now()),
    });
    return payload;
  }

  return async function read(token: string, request?: Request): Promise<Grant> {
    const {kid} = headerOf(token);
    const key = keys.find(each => each.kid === kid);
    if (!key) throw new GrantRefused('kid');
    const payload = await payloadOf(token, key).catch((error: unknown) => {
      throw refusal(error, key.kid);
    });
    const [malformed, claims] = validate(payload, Claims);
    if (malformed) throw new GrantRefused('claims', key.kid);
    if (claims.iat > now() / 1000 + CLOCK_TOLERANCE) throw new GrantRefused('early', key.kid);
    const [excess] = beyond(claims, key);
    if (excess) throw new GrantRefused(excess.claim, key.kid);
    if (request && !comesFrom(claims.origins, request)) throw new GrantRefused('origin', key.kid);
    const {rooms, roles, can = [], origins, name, user_ref, exp} = claims;
    const id = (await digest(token.slice(0, token.lastIndexOf('.')))).slice(0, 22);
    for (const list of [rooms, roles, can, origins]) Object.freeze(list);
    return Object.freeze({id, kid: key.kid, rooms, roles, can, origins, name, user_ref, expires: new Date(exp * 1000)});
  };
}

const algorithmOf = ({alg = 'HS256'}: GrantKey) => alg;

async function verifier(key: GrantKey): Promise<CryptoKey | Uint8Array> {
  const {secret, publicKey} = key;
  if (secret !== undefined) {
    const hmac = {name: 'HMAC', hash: 'SHA-256'};
    return crypto.subtle.importKey('raw', bytes(secret), hmac, false, ['verify']);
  }
  const alg = algorithmOf(key);
  return typeof publicKey === 'string' ? importSPKI(publicKey.trim(), alg) : importJWK(publicKey as JWK, alg);
}

function headerOf(token: string): {kid?: unknown} {
  if (token.length > MAX_LENGTH) throw new GrantRefused('length');
  let header: {typ?: unknown; kid?: unknown};
  try {
    header = decodeProtectedHeader(token);
  } catch {
    throw new GrantRefused('form');
  }
  if (header.typ !== GRANT_TYPE) throw new GrantRefused('typ');
  return header;
}

function refusal(error: unknown, kid: string): unknown {
  if (error instanceof errors.JWTExpired) return new GrantRefused('expired', kid);
  if (error instanceof errors.JWSSignatureVerificationFailed) return new GrantRefused('signature', kid);
  if (error instanceof errors.JOSEAlgNotAllowed) return new GrantRefused('alg', kid);
  if (error instanceof errors.JWTClaimValidationFailed) {
    const {claim, reason} = error;
    if (claim === 'aud') return new GrantRefused('audience', kid);
    return new GrantRefused(claim === 'nbf' && reason === 'check_failed' ? 'early' : 'claims', kid);
  }
  const malformed = [errors.JWSInvalid, errors.JWTInvalid, errors.JOSENotSupported];
  return malformed.some(kind => error instanceof kind) ? new GrantRefused('form', kid) : error;
}

/** A browser says where a page is from with everything but what the page reads from its own origin. */
function comesFrom(origins: string[], {method, headers}: Request): boolean {
  const origin = headers.get('origin');
  return origin === null ? method === 'GET' || method === 'HEAD' : origins.includes(origin);
}

/** SHA-256 of a text, as text that fits anywhere. */
export const digest = async (text: string) => base64url(await crypto.subtle.digest('SHA-256', bytes(text)));

/** Bytes as text that fits anywhere. */
export const base64url = (buffer: ArrayBuffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** What a new grant is to allow; `lifetime` in seconds from now. */
export interface GrantWish extends Pick<Infer<typeof Claims>, 'rooms' | 'roles' | 'origins' | 'can' | 'name'> {
  /** The one person it is for; whoever opens the page unless told. */
  user_ref?: string;
  lifetime: number;
  /** Which of the keys signs; the first that has a secret unless told. */
  kid?: string;
}

/**
 * Signs a grant with one of the keys that has a secret. Throws `invalid`, with the `key` at fault, for a wish that is
 * malformed or that the proxy would refuse, since it goes beyond the key. `now` is in epoch ms.
 */
export async function issueGrant(grants: Grants, wish: GrantWish, now = Date.now()): Promise<string> {
  checkServer();
  const {lifetime, kid, ...permission} = wish;
  const key = grants.keys.find(each => (kid === undefined ? each.secret !== undefined : each.kid === kid));
  if (!key) throw new RoomsError('invalid', 'There is no such key to sign with.', {key: 'kid'});
  if (key.secret === undefined) {
    throw new RoomsError('invalid', `The key ${key.kid} only verifies: sign where its private half is.`, {key: 'kid'});
  }
  const iat = Math.floor(now / 1000);
  const claims = {...permission, aud: grants.audience, iat, exp: iat + lifetime};
  const [malformed] = validate(claims, Claims);
  if (malformed || !(lifetime >= 1)) {
    const at = malformed?.path.join('.').replace('exp', 'lifetime') ?? 'lifetime';
    throw new RoomsError('invalid', `Invalid value: ${at}`, {key: at});
  }
  const [excess] = beyond(claims, key);
  if (excess) {
    const {claim, values} = excess;
    throw new RoomsError('invalid', `The key ${key.kid} does not allow this of ${claim}: ${values.join(', ')}.`, {
      key: claim,
    });
  }
  const grant = await new SignJWT(claims)
    .setProtectedHeader({alg: 'HS256', typ: GRANT_TYPE, kid: key.kid})
    .sign(bytes(key.secret));
  if (grant.length <= MAX_LENGTH) return grant;
  throw new RoomsError('invalid', `This grant is longer than ${MAX_LENGTH} characters: name fewer rooms or origins.`);
}

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
  origins: 'must list the origins of the pages its grants may stand in: ["https://shop.example"]',
  maxLifetime: 'must be how long a grant lives at most, in seconds, from a minute to a year',
};

/** Throws `misconfigured`, with a sentence that says what to do, unless these are the settings of grants. */
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
  const known = name === undefined ? 'must be {audience, keys}' : (RULES[name] ?? 'is nothing that can be set');
  return new RoomsError('misconfigured', `${key} ${rule ?? known}.`, {key});
}
