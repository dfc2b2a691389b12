import {decodeProtectedHeader, errors, importJWK, importSPKI, jwtVerify, SignJWT, type CryptoKey, type JWK} from 'jose';
import {number, optional, type, validate, type Infer} from 'superstruct';
import {RoomsError} from '../../rooms/errors.js';
import {checkServer} from '../../upstream/upstream.js';
import {bytes, digest} from '../crypto.js';
import {GRANTED, type GrantKey, type Grants} from './grant-keys.js';
import {Visitor} from './rights.js';

// A grant is a signed permission in a page: which rooms, which roles, on which origins, until when. Its signer is trusted
// as far as the proxy's own settings of the key allow, and no further.

/** The `typ` of a grant. No other token signed with the same key can be used as one. */
const GRANT_TYPE = 'room-grant+jwt';

/** Longest grant, in characters. A longer one is refused unread. */
const MAX_LENGTH = 4096;

/** How far the signer's clock may be from ours, in seconds. */
export const CLOCK_TOLERANCE = 60;

const Claims = type({
  ...GRANTED,
  name: Visitor.schema.name,
  user_ref: optional(Visitor.schema.user_ref),
  exp: number(),
  iat: number(),
});

/** What each claim must be, for whoever writes a signer. */
const CLAIM_RULES: Record<string, string> = {
  rooms: "a list of 1 to 200 ids of rooms, or '*'",
  roles: 'a list of roles: moderator, participant, viewer, audience',
  origins: 'a list of 1 to 50 origins as a browser sends them, such as ["https://shop.example"]',
  can: 'a list of the rights manage and users, or left out',
  name: 'text of 1 to 200 characters on one line, or left out',
  user_ref: 'text of 1 to 200 characters, or left out',
  iat: 'the time of issue, a number of seconds since 1970',
  exp: 'the time of its end, a number of seconds since 1970',
};

/** A grant that was verified. */
export interface Grant extends Readonly<Omit<Visitor, 'user_ref' | 'owner_ref'>> {
  /** A hash that identifies the grant, whoever uses it. It reveals nothing of the content. */
  id: string;
  kid: string;
  /** The origins of the pages that may use it. */
  origins: readonly string[];
  /** The person it was issued to. Absent: everybody who opens the page. */
  user_ref?: string | undefined;
  expires: Date;
}

/** Why a grant was refused, in one word. The operator sees it, the visitor never does. */
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

/** The refusal of a bad grant. It is the same for every fault, so trying grants tells nothing. The properties stay here. */
export class GrantRefused extends RoomsError {
  constructor(
    readonly fault: GrantFault,
    /** What it must be instead, as a sentence that names the claim. It quotes nothing of the grant. */
    readonly rule: string,
    /** The key that the grant names, if it is one of ours. */
    readonly kid?: string,
  ) {
    super('unauthorized', 'This grant is not accepted.', {desc: 'Ask whoever runs this page for a new one.'});
  }

  /** True if it looks like another kind of token, which `authorize` may know. */
  get foreign(): boolean {
    return ['length', 'form', 'typ'].includes(this.fault) && this.kid === undefined;
  }
}

/** A part of a grant that its key does not allow. */
export interface Excess {
  claim: 'roles' | 'rooms' | 'can' | 'origins' | 'lifetime';
  values: string[];
  /** What the key allows, as a sentence that names the claim. */
  rule: string;
}

type Requested = Pick<Infer<typeof Claims>, 'roles' | 'rooms' | 'can' | 'origins' | 'exp' | 'iat'>;

/** Everything in which a grant exceeds its key. */
export function beyond({roles, rooms, can = [], origins, exp, iat}: Requested, key: GrantKey): Excess[] {
  const more = (requested: string | string[], allowed: string | string[]) =>
    allowed === '*' ? [] : [requested].flat().filter(each => !allowed.includes(each));
  const found: Omit<Excess, 'rule'>[] = [
    {claim: 'roles', values: more(roles, key.roles)},
    {claim: 'rooms', values: more(rooms, key.rooms)},
    {claim: 'can', values: more(can, key.can ?? [])},
    {claim: 'origins', values: more(origins, key.origins)},
    {claim: 'lifetime', values: exp - iat > key.maxLifetime ? [`${exp - iat} seconds`] : []},
  ];
  return found.filter(({values}) => values.length > 0).map(each => ({...each, rule: limitOf(each.claim, key)}));
}

/**
 * Makes a function that verifies a grant and returns it, or throws `GrantRefused`. With `request`, the request's origin
 * must be among the grant's `origins`. It throws any other error if a key cannot be used. `now` is the clock, in epoch ms.
 */
export function grantReader({audience, keys}: Grants, now: () => number = Date.now) {
  // Imported on first use: some runtimes allow no cryptography while a module is loaded.
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
    if (!key)
      throw new GrantRefused('kid', `kid in its header must be one of ${keys.map(each => each.kid).join(', ')}.`);
    const payload = await payloadOf(token, key).catch((error: unknown) => {
      throw refusal(error, key, audience);
    });
    const [malformed, claims] = validate(payload, Claims);
    if (malformed) throw badClaim(String(malformed.path[0]), key);
    if (claims.iat > now() / 1000 + CLOCK_TOLERANCE) throw early('iat', key);
    const [excess] = beyond(claims, key);
    if (excess) throw new GrantRefused(excess.claim, excess.rule, key.kid);
    if (request && !comesFrom(claims.origins, request)) {
      throw new GrantRefused('origin', 'origins must name the origin of the page that sends it.', key.kid);
    }
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
  if (token.length > MAX_LENGTH) throw new GrantRefused('length', `It must have at most ${MAX_LENGTH} characters.`);
  let header: {typ?: unknown; kid?: unknown};
  try {
    header = decodeProtectedHeader(token);
  } catch {
    throw new GrantRefused('form', COMPACT);
  }
  if (header.typ !== GRANT_TYPE) throw new GrantRefused('typ', `typ in its header must be ${GRANT_TYPE}.`);
  return header;
}

const COMPACT = 'It must be a JWT in three parts, base64url without padding: header.claims.signature.';

const badClaim = (claim: string, {kid}: GrantKey) =>
  new GrantRefused('claims', `${claim} must be ${CLAIM_RULES[claim] ?? 'left out'}.`, kid);

const early = (claim: 'iat' | 'nbf', {kid}: GrantKey) =>
  new GrantRefused('early', `${claim} must not be in the future. It is a number of seconds since 1970.`, kid);

/** What a key allows of a claim. */
function limitOf(claim: Excess['claim'], key: GrantKey): string {
  if (claim === 'lifetime') return `exp must be at most ${key.maxLifetime} seconds after iat.`;
  const allowed = [key[claim] ?? []].flat();
  return allowed.length > 0 ? `${claim} must be among ${allowed.join(', ')}.` : `${claim} must be left out.`;
}

function refusal(error: unknown, key: GrantKey, audience: string): unknown {
  const {kid} = key;
  if (error instanceof errors.JWTExpired) return new GrantRefused('expired', 'exp must be in the future.', kid);
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    const text = key.secret === undefined ? '' : ' A secret is text: use its bytes as they are, and decode nothing.';
    return new GrantRefused('signature', `It must be signed with the key ${kid}, and not changed later.${text}`, kid);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return new GrantRefused('alg', `alg in its header must be ${algorithmOf(key)}.`, kid);
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const {claim, reason} = error;
    if (claim === 'aud') return new GrantRefused('audience', `aud must be ${audience}.`, kid);
    return claim === 'nbf' && reason === 'check_failed' ? early(claim, key) : badClaim(claim, key);
  }
  const malformed = [errors.JWSInvalid, errors.JWTInvalid, errors.JOSENotSupported];
  return malformed.some(kind => error instanceof kind) ? new GrantRefused('form', COMPACT, kid) : error;
}

/**
 * Browsers send `Origin` with every request except what a page reads from its own origin. The proxy lets `null` in only if
 * it is `sandboxed`: no grant can name the site whose page is in such a frame.
 */
function comesFrom(origins: string[], {method, headers}: Request): boolean {
  const origin = headers.get('origin');
  if (origin === null) return method === 'GET' || method === 'HEAD';
  return origin === 'null' || origins.includes(origin);
}

/** What a new grant allows. */
export interface GrantWish extends Pick<Infer<typeof Claims>, 'rooms' | 'roles' | 'origins' | 'can' | 'name'> {
  /** The person it is for. @default everybody who opens the page */
  user_ref?: string | undefined;
  /** How long it is valid, in seconds from now. */
  lifetime: number;
  /** The key that signs it. @default the first key with a secret */
  kid?: string | undefined;
}

/**
 * Signs a grant with a key that has a secret. Throws `invalid`, with the `key` at fault, if the wish is malformed or
 * exceeds what the signing key allows. `now` is in epoch ms.
 *
 * @example
 * const keys = [{kid: 'site', secret, roles: ['participant'], rooms: '*', origins: ['https://shop.example'], maxLifetime: 86400}];
 * const grant = await issueGrant(
 *   {audience: 'https://meet.example', keys},
 *   {rooms: ['lobby'], roles: ['participant'], origins: ['https://shop.example'], lifetime: 3600},
 * );
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

/** The token of `Authorization: Bearer`, which may be empty. Undefined if the request has no such header. */
export function bearer({headers}: Request): string | undefined {
  const found = /^Bearer(?:\s+(.*))?$/is.exec(headers.get('authorization') ?? '');
  return found ? (found[1] ?? '') : undefined;
}
