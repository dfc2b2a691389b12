import {isCode, retrySeconds, type RoomsErrorCode} from './codes.js';
import {RoomsError} from './errors.js';
import type {Envelope} from './schema.js';
import {readTime} from './times.js';

/**
 * The error that an answer reports.
 *
 * @param retryHeader - The header `Retry-After`.
 * @param now - Epoch ms by the server's clock.
 */
export async function failureOf(envelope: Envelope, httpStatus: number, retryHeader: string | null, now: number) {
  // A token proxy names the code. The table with what others mean is large, so a page that needs it loads it.
  const meaning = isCode(envelope.code) ? envelope : (await import('./meaning.js')).meaningOf(envelope, httpStatus);
  const {code, result, error = `Status ${httpStatus}.`, key} = meaning;
  if (!code) return new RoomsError('bad_reply', `Not an answer of the Rooms API: status ${httpStatus}.`);
  const opensAt = readTime(envelope.opens_at ?? '');
  return new RoomsError(code as RoomsErrorCode, error, {
    result,
    desc: envelope.desc,
    key,
    retryAfter: retryAfter(retryHeader, now),
    opensAt: opensAt ? new Date(opensAt) : undefined,
  });
}

/** `Retry-After` in whole seconds, whether the header has seconds or a date; `now` is epoch ms. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (!header) return undefined;
  const seconds = Number.isNaN(Number(header)) ? (readTime(header) - now) / 1000 : Number(header);
  return retrySeconds(seconds) || undefined;
}
