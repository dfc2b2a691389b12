import {createRemoteJWKSet, errors, importJWK, importSPKI, jwtVerify, type JWK, type JWTPayload} from 'jose';
import {RoomsError} from '../../rooms/errors.js';
import type {Authorize} from '../options.js';
import {CLOCK_TOLERANCE, digest, PublicKey, Secret} from './grants.js';
import type {Visitor} from './guarded.js';
import {isCleartext} from '../../upstream/upstream.js';
import {bearer} from './authenticate.js';

// Ready-made `authorize` hooks. Where a library already knows who is signed in, such as better-auth or Auth.js, ask it;
// the README has recipes.

type Answer = Visitor | null | Promise<Visitor | null>;

/** What HTTP lets a header or a cookie be called. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

const wrong = (key: string, sentence: string) => new RoomsError('misconfigured', sentence, {key});

/** Longest wait for an issuer's keys, in ms; shorter than `authorize` has, so that the log says whose fault it was. */
const KEYS_DEADLINE = 2_500;

export interface JwtAuthorizeOptions {
  /** Where the issuer publishes its keys: https, unless on this machine. They are kept for ten minutes. */
  jwks?: string | URL;
  /** Instead: what is shared with the issuer, at least 32 bytes, taken as it is; for HS256, HS384 and HS512. */
  secret?: string;
  /** Instead: the issuer's one public key, PEM (BEGIN PUBLIC KEY) or JWK. */
  publicKey?: string | JWK;
  /** What `iss` must say. */
  issuer: string;
  /** What `aud` must say or hold: a token that was made for another application is nobody's here. */
  audience: string;
  /** The algorithms that count; what a token says of itself never decides. */
  algorithms: string[];
  /** The cookie the token is in; `Authorization: Bearer` unless told. A browser sends one only to its page's own origin. */
  cookie?: string;
  /** Who a token with these verified claims stands for; null for nobody. */
  toVisitor: (claims: JWTPayload) => Answer;
}

/**
 * Knows people by the JWT of your sign-in. Who has none, or one that is not good or no longer, is nobody known: a guest
 * where guests are welcome. While the issuer's keys cannot be had, nobody gets in. Throws `misconfigured`.
 */
export function jwtAuthorize(options: JwtAuthorizeOptions): Authorize {
  checkJwt(options);
  const {issuer, audience, algorithms, cookie, toVisitor} = options;
  const verify = verifier(options);
  const rules = {issuer, audience, algorithms, clockTolerance: CLOCK_TOLERANCE, requiredClaims: ['exp']};

  return async (request, {grant}) => {
    // What was verified as a grant is no sign-in, and need not wait for the keys of one.
    const token = cookie === undefined ? (grant ? undefined : bearer(request)) : cookieOf(request, cookie);
    if (!token) return null;
    const claims = await verify(token, rules).catch(unlessBad);
    return claims && toVisitor(claims);
  };
}

type Rules = NonNullable<Parameters<typeof jwtVerify>[2]>;

function verifier({jwks, secret, publicKey, algorithms}: JwtAuthorizeOptions) {
  if (jwks !== undefined) {
    const keys = createRemoteJWKSet(new URL(jwks), {timeoutDuration: KEYS_DEADLINE});
    return async (token: string, rules: Rules) => (await jwtVerify(token, keys, rules)).payload;
  }
  // Made when first needed: at module scope, where a hook may be made, some runtimes allow no cryptography.
  let made: Promise<Awaited<ReturnType<typeof importJWK>>> | undefined;
  async function make() {
    if (secret !== undefined) return new TextEncoder().encode(secret);
    const [alg = ''] = algorithms;
    return typeof publicKey === 'string' ? importSPKI(publicKey.trim(), alg) : importJWK(publicKey!, alg);
  }
  return async (token: string, rules: Rules) => (await jwtVerify(token, await (made ??= make()), rules)).payload;
}

/** What may be wrong with a token; all else is wrong with us or with the issuer, and lets nobody in. */
const BAD = [
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];

function unlessBad(error: unknown): null {
  if (BAD.some(kind => error instanceof kind)) return null;
  throw error;
}

function cookieOf({headers}: Request, name: string): string | undefined {
  for (const pair of headers.get('cookie')?.split(';') ?? []) {
    const [key, value] = pair.trim().split(/=(.*)/s);
    if (key === name) return value?.replace(/^"(.*)"$/, '$1');
  }
}

function checkJwt({jwks, secret, publicKey, issuer, audience, algorithms, cookie, toVisitor}: JwtAuthorizeOptions) {
  if ([jwks, secret, publicKey].filter(key => key !== undefined).length !== 1) {
    throw wrong('jwks', 'Give one of jwks, secret and publicKey: what the tokens are verified with.');
  }
  if (jwks !== undefined && !isKeysAddress(jwks)) {
    throw wrong('jwks', 'jwks must be an address of https, unless it is on this machine, without credentials.');
  }
  if (secret !== undefined && !Secret.is(secret)) throw wrong('secret', 'secret must be text of at least 32 bytes.');
  if (publicKey !== undefined && !PublicKey.is(publicKey)) {
    throw wrong('publicKey', 'publicKey must be PEM (BEGIN PUBLIC KEY) or a JWK, and hold nothing private.');
  }
  const known = secret === undefined ? /^((RS|PS)(256|384|512)|ES(256|384|512)|EdDSA|Ed25519)$/ : /^HS(256|384|512)$/;
  const fits = Array.isArray(algorithms) && algorithms.length > 0 && algorithms.every(each => known.test(each));
  if (!fits || (publicKey !== undefined && algorithms.length > 1)) {
    const examples = secret === undefined ? "['RS256'] or ['ES256']; one for a publicKey" : "['HS256']";
    throw wrong('algorithms', `algorithms must list those of the key, such as ${examples}.`);
  }
  for (const [key, value] of Object.entries({issuer, audience})) {
    if (typeof value !== 'string' || !value) throw wrong(key, `${key} must be what the tokens say, word for word.`);
  }
  if (cookie !== undefined && !TOKEN.test(cookie)) {
    throw wrong('cookie', 'cookie must be the name of a cookie.');
  }
  checkToVisitor(toVisitor);
}

function isKeysAddress(jwks: string | URL): boolean {
  if (!URL.canParse(String(jwks))) return false;
  const url = new URL(jwks);
  return /^https?:$/.test(url.protocol) && !url.username && !url.password && !isCleartext(url);
}

function checkToVisitor(toVisitor: unknown) {
  if (typeof toVisitor !== 'function') {
    throw wrong('toVisitor', 'toVisitor must be a function that says who is meant: {user_ref, roles, rooms}, or null.');
  }
}

export interface HeaderAuthorizeOptions {
  /** The header in which the identity proxy says who is signed in, such as `x-forwarded-user`. */
  header: string;
  /** The header with which it proves that it was the one who said so. */
  secretHeader: string;
  /** What stands there: 32 or more visible ASCII characters. Keep it from the pages, and have the proxy replace both. */
  secret: string;
  /** Who is meant; null for nobody. `headers` are those of the request. */
  toVisitor: (value: string, headers: Headers) => Answer;
}

/**
 * Knows people by the header of an identity proxy in front, such as oauth2-proxy or Authelia. Whoever reaches this
 * server past that proxy can write the header too, so it counts only together with the shared secret. A value with a
 * comma is nobody's: it is what two headers of one name become. Throws `misconfigured`.
 */
export function headerAuthorize({header, secretHeader, secret, toVisitor}: HeaderAuthorizeOptions): Authorize {
  for (const [key, value] of Object.entries({header, secretHeader})) {
    if (typeof value !== 'string' || !TOKEN.test(value)) throw wrong(key, `${key} must be the name of a header.`);
  }
  if (header.toLowerCase() === secretHeader.toLowerCase()) {
    throw wrong('secretHeader', 'secretHeader must be another header than the one that says who it is.');
  }
  if (typeof secret !== 'string' || !/^[\x21-\x7e]{32,}$/.test(secret)) {
    throw wrong('secret', 'secret must be 32 or more visible ASCII characters: without it anybody can be anybody.');
  }
  checkToVisitor(toVisitor);
  let expected: Promise<string> | undefined;

  return async ({headers}) => {
    const value = headers.get(header);
    if (!value || value.includes(',')) return null;
    const proof = await digest(headers.get(secretHeader) ?? '');
    return same(proof, await (expected ??= digest(secret))) ? toVisitor(value, headers) : null;
  };
}

/** Takes as long for texts that differ early as for those that differ late. */
function same(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
}
