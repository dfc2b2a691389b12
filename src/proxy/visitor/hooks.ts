import {errors, importJWK, importSPKI, jwtVerify, type JWK, type JWTPayload} from 'jose';
import {webAddress} from '../../rooms/web-address.js';
import {isCleartext, type Log} from '../../upstream/upstream.js';
import {bytes, digest} from '../crypto.js';
import {PublicKey, Secret} from './grant-keys.js';
import {bearer, CLOCK_TOLERANCE, type Grant} from './grants.js';
import {issuerKeys, type Verify} from './issuer-keys.js';
import type {Visitor} from './rights.js';
import {wrong} from '../wrong.js';

// The hook `authorize`, and two that are ready-made. The README has recipes for libraries that already know who has
// signed in, such as better-auth and Auth.js.

/** What the server that runs the proxy knows of a request. */
export interface Caller {
  /** The address the request came from. */
  ip?: string | undefined;
  /** The request's id in its answer and in the log. */
  requestId?: string | undefined;
  /**
   * Keeps work alive after its request has ended: a write whose sender has left, or a call that other requests share.
   * Needed on runtimes that would stop such work. On Workers, pass `ctx.waitUntil`.
   */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined;
}

/**
 * Says who sent a request: a visitor, or null if nobody is known. It has 3 seconds. If it throws, is late or returns
 * anything else, the request is refused with 503. The request has no body. With the option `grants`, `grant` is the
 * verified grant that came along; after null, that grant decides. `log` takes what the operator should know.
 */
export interface Authorize {
  (
    request: Request,
    caller: Caller & {grant?: Grant | undefined; log?: Log | undefined},
  ): Visitor | null | Promise<Visitor | null>;
  /** Rejects while the hook can let nobody in, such as without the keys of an issuer. For health checks. */
  ready?(log?: Log): Promise<void>;
}

type Answer = Visitor | null | Promise<Visitor | null>;

/** The characters that HTTP allows in the name of a header or a cookie. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

export interface JwtAuthorizeOptions {
  /**
   * The address of the issuer's public keys: https, unless it is on this machine. The keys are read again after ten
   * minutes. While the issuer is away, the last ones are used for up to a day.
   */
  jwks?: string | URL | undefined;
  /** Fetches `jwks`. @default globalThis.fetch */
  fetch?: typeof fetch | undefined;
  /** Instead of `jwks`: a secret shared with the issuer, at least 32 bytes. For HS256, HS384 and HS512. */
  secret?: string | undefined;
  /** Instead of `jwks`: the issuer's one public key, as PEM (BEGIN PUBLIC KEY) or JWK. */
  publicKey?: string | JWK | undefined;
  /** The required `iss`. */
  issuer: string;
  /** The required `aud`. A token issued for another application is not accepted. */
  audience: string;
  /** The accepted algorithms. The token's own header never decides. */
  algorithms: string[];
  /** The cookie with the token. Browsers send it only to their page's own origin. @default the header `Authorization: Bearer` */
  cookie?: string | undefined;
  /** Returns the visitor that these verified claims stand for, or null. */
  toVisitor: (claims: JWTPayload) => Answer;
}

/**
 * An `authorize` hook for the JWT of your sign-in. Without a valid token a visitor is unknown, and may be a guest if the
 * proxy lets guests in. While the issuer's keys cannot be fetched, nobody gets in. Throws `misconfigured` for wrong options.
 *
 * @example
 * tokenProxy({
 *   rooms,
 *   origins: ['https://shop.example'],
 *   authorize: jwtAuthorize({
 *     jwks: 'https://login.example/.well-known/jwks.json',
 *     issuer: 'https://login.example',
 *     audience: 'shop',
 *     algorithms: ['RS256'],
 *     toVisitor: ({sub}) => ({user_ref: sub!, roles: ['participant'], rooms: '*'}),
 *   }),
 * });
 */
export function jwtAuthorize(options: JwtAuthorizeOptions): Authorize {
  checkJwt(options);
  const {issuer, audience, algorithms, cookie, toVisitor, jwks} = options;
  const keys = jwks === undefined ? undefined : issuerKeys(new URL(jwks), {fetch: options.fetch});
  const verify = keys?.verify ?? verifier(options);
  const rules = {issuer, audience, algorithms, clockTolerance: CLOCK_TOLERANCE, requiredClaims: ['exp']};

  const hook: Authorize = async (request, {grant, log}) => {
    // A token that was verified as a grant is not a sign-in.
    const token = cookie === undefined ? (grant ? undefined : bearer(request)) : cookieOf(request, cookie);
    if (!token) return null;
    const claims = await verify(token, rules, log).catch(unlessBad);
    return claims && toVisitor(claims);
  };
  return keys ? Object.assign(hook, {ready: keys.ready}) : hook;
}

function verifier({secret, publicKey, algorithms}: JwtAuthorizeOptions): Verify {
  // Imported on first use: some runtimes allow no cryptography while a module is loaded.
  let made: Promise<Awaited<ReturnType<typeof importJWK>>> | undefined;
  async function make() {
    if (secret !== undefined) return bytes(secret);
    const [alg = ''] = algorithms;
    return typeof publicKey === 'string' ? importSPKI(publicKey.trim(), alg) : importJWK(publicKey!, alg);
  }
  return async (token, rules) => (await jwtVerify(token, await (made ??= make()), rules)).payload;
}

/** Faults of a token. Every other error is a fault of ours or of the issuer's, and lets nobody in. */
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
    throw wrong('jwks', 'Give one of jwks, secret and publicKey, to verify the tokens with.');
  }
  if (jwks !== undefined && !isKeysAddress(jwks)) {
    throw wrong('jwks', 'jwks must be an https address without credentials. Only on this machine it may be http.');
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
    if (typeof value !== 'string' || !value) throw wrong(key, `${key} must be exactly what the tokens say.`);
  }
  if (cookie !== undefined && !TOKEN.test(cookie)) {
    throw wrong('cookie', 'cookie must be the name of a cookie.');
  }
  checkToVisitor(toVisitor);
}

function isKeysAddress(jwks: string | URL): boolean {
  const url = webAddress(jwks);
  return url !== undefined && !isCleartext(url);
}

function checkToVisitor(toVisitor: unknown) {
  if (typeof toVisitor !== 'function') {
    throw wrong('toVisitor', 'toVisitor must be a function that returns a visitor, {user_ref, roles, rooms}, or null.');
  }
}

export interface HeaderAuthorizeOptions {
  /** The header with the user that the identity proxy has signed in, such as `x-forwarded-user`. */
  header: string;
  /** The header with which the identity proxy proves that it wrote the other one. */
  secretHeader: string;
  /** The value of `secretHeader`: 32 or more visible ASCII characters. The identity proxy must overwrite both headers. */
  secret: string;
  /** Returns the visitor that the header's value stands for, or null. `headers` are those of the request. */
  toVisitor: (value: string, headers: Headers) => Answer;
}

/**
 * An `authorize` hook for an identity proxy in front, such as oauth2-proxy or Authelia. Anybody who reaches this server
 * directly can write the header, too, so it counts only together with the shared secret. A value with a comma is
 * refused: it means that the header came twice. Throws `misconfigured` for wrong options.
 *
 * @example
 * tokenProxy({
 *   rooms,
 *   origins: ['https://shop.example'],
 *   authorize: headerAuthorize({
 *     header: 'x-forwarded-user',
 *     secretHeader: 'x-proxy-secret',
 *     secret: process.env.PROXY_SECRET!,
 *     toVisitor: user => ({user_ref: user, roles: ['participant'], rooms: '*'}),
 *   }),
 * });
 */
export function headerAuthorize({header, secretHeader, secret, toVisitor}: HeaderAuthorizeOptions): Authorize {
  for (const [key, value] of Object.entries({header, secretHeader})) {
    if (typeof value !== 'string' || !TOKEN.test(value)) throw wrong(key, `${key} must be the name of a header.`);
  }
  if (header.toLowerCase() === secretHeader.toLowerCase()) {
    throw wrong('secretHeader', 'secretHeader must not be the same as header.');
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

/** Compares in constant time: it takes as long for texts that differ early as for those that differ late. */
function same(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
}
