import type {RoomsErrorCode} from './errors.js';
import {codeOfResult, keyOfResult} from './results.js';
import type {Envelope} from './schema.js';

/**
 * The codes of statuses, for answers without a result that we know. A 404 is missing: it means a wrong address. Laravel
 * answers 419, and IIS 440, when a session has ended.
 */
const STATUSES: Record<number, RoomsErrorCode> = {
  401: 'unauthorized',
  403: 'denied',
  419: 'signed_out',
  429: 'rate_limited',
  440: 'signed_out',
};

/**
 * What the failure of a server means that names no code: a platform, or something in front of it. The table of results
 * knows a platform's numbers. For all other answers the HTTP status decides. `code` is undefined if it says nothing.
 */
export function meaningOf(envelope: Envelope, httpStatus: number) {
  const {error_code, result = error_code, message, error = message, status} = envelope;
  const refusal = result !== undefined || status === 'error' ? 'internal' : undefined;
  const code =
    codeOfResult(result) ?? STATUSES[httpStatus] ?? (httpStatus >= 500 ? ('platform_down' as const) : refusal);
  return {code, key: keyOfResult(result), result, error: error?.replace(/^\[Reason] */, '')};
}
