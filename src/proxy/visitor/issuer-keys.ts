import {createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions} from 'jose';
import type {Log} from '../../upstream/upstream.js';

/** Verifies a token, and returns its claims. `log` takes what the operator should know. */
export type Verify = (token: string, rules: JWTVerifyOptions, log?: Log) => Promise<JWTPayload>;

/** How long to wait for the keys, in ms: less than `authorize` may take, so that the log names the cause. */
const DEADLINE = 2_500;
/** After this time the keys are read again, in ms. */
const FRESH = 10 * 60_000;
/** How long the keys are used while the issuer is away, in ms. Then nobody knows whether they still hold. */
const STALE = 24 * 60 * 60_000;
/** Pause after a failed attempt to read the keys again, in ms. */
const PAUSE = 30_000;

export interface IssuerKeysOptions {
  /** @default globalThis.fetch */
  fetch?: typeof fetch | undefined;
  /** A clock in ms that never goes back. @default performance.now */
  clock?: () => number;
}

/**
 * The public keys of an issuer. They are read when they are needed first, again after ten minutes, and when a token names
 * an unknown one. While the issuer is away, the last ones are used for up to a day.
 */
export function issuerKeys(url: URL, {fetch, clock = () => performance.now()}: IssuerKeysOptions = {}) {
  // Its own limit of age is off: it would throw the keys away before there are new ones.
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: DEADLINE,
    cacheMaxAge: Infinity,
    ...(fetch && {[customFetch]: fetch}),
  });
  let readAt = -Infinity;
  let triedAt = -Infinity;
  let away = false;

  /** Reads the keys if they are old. Throws if there are none that may still be used. */
  async function refresh(log?: Log) {
    const age = clock() - readAt;
    if (age < FRESH || (age < STALE && clock() - triedAt < PAUSE)) return;
    triedAt = clock();
    try {
      await keys.reload();
      readAt = clock();
      if (away) log?.({level: 'warn', operation: 'authorize', message: 'The issuer’s keys can be read again.'});
      away = false;
    } catch (error) {
      if (age >= STALE) throw error;
      const message = 'The issuer’s keys cannot be read. The last ones are used, for a day at most.';
      if (!away) log?.({level: 'error', code: 'platform_down', operation: 'authorize', message});
      away = true;
    }
  }

  const verify: Verify = async (token, rules, log) => {
    await refresh(log);
    try {
      return (await jwtVerify(token, keys, rules)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      // The token names no key, and several could have signed it.
      return verifyInTurn(error, token, rules);
    }
  };

  return {
    verify,
    /** Rejects if the issuer is away and no key may be used. */
    ready: refresh,
  };
}

async function verifyInTurn(candidates: errors.JWKSMultipleMatchingKeys, token: string, rules: JWTVerifyOptions) {
  for await (const key of candidates) {
    try {
      return (await jwtVerify(token, key, rules)).payload;
    } catch (error) {
      // A TypeError is for a key that nobody may use, such as one that is too short.
      if (!(error instanceof errors.JWSSignatureVerificationFailed || error instanceof TypeError)) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}
