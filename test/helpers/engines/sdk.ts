import assert from 'node:assert/strict';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import type {Recorded} from './recorder.js';
import {claimsOf} from './recorder.js';

// Vendors' own server SDKs, in a folder of their own: `ENGINE_SDKS` names it.
const {ENGINE_SDKS} = process.env;

/** Options of a test that compares an engine with its vendor's SDK. */
export const needsSdks = {skip: ENGINE_SDKS ? false : 'skipped: no ENGINE_SDKS'};

/** A vendor's package. Its types are not installed here. */
export const sdk = <T>(name: string) => createRequire(join(ENGINE_SDKS!, 'package.json'))(name) as T;

/** Claims that say when a token was made. */
const TIMES = ['iat', 'nbf', 'exp', 'jti'];
export const timeless = (token: string) =>
  Object.fromEntries(Object.entries(claimsOf(token)).filter(([name]) => !TIMES.includes(name)));

/** What a vendor sees of a request: the query in any order, the body as JSON or as a form, and who asks. */
function seen({method, path, headers, body}: Recorded) {
  const {pathname, searchParams} = new URL(path, 'http://vendor.example');
  const authorization = String(headers.authorization);
  const isForm = String(headers['content-type']).startsWith('application/x-www-form-urlencoded');
  const values = (params: URLSearchParams) => Object.fromEntries(params);
  return {
    method,
    pathname,
    query: values(searchParams),
    body: isForm ? values(new URLSearchParams(body)) : (JSON.parse(body || '{}') as unknown),
    by: authorization.startsWith('Bearer ey') ? timeless(authorization.slice(7)) : authorization,
  };
}

/** Compares requests of our engine with those of the vendor's SDK. */
export const assertSame = (ours: Recorded[], theirs: Recorded[]) => assert.deepEqual(ours.map(seen), theirs.map(seen));
