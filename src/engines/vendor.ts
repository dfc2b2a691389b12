import {importPKCS8} from 'jose';
import {create, type Struct} from 'superstruct';
import type {Exchange} from '../http/client.js';
import {CallEnded} from '../rooms/deadline.js';
import {RoomsError} from '../rooms/errors.js';
import {retryAfter} from '../rooms/failure.js';
import type {CallOptions} from '../rooms/rooms.js';
import {webAddress} from '../rooms/web-address.js';
import {checkServer, fetchTransport, isCleartext} from '../upstream/upstream.js';
import type {EngineOptions} from './engine.js';

/** How an engine reaches its vendor. */
export interface VendorOptions extends Pick<EngineOptions, 'clock'> {
  /** Carries the calls. @default over the runtime's `fetch` */
  exchange?: Exchange | undefined;
  /** Deadline of one call, in ms. @default 5_000 */
  timeout?: number | undefined;
}

export interface VendorCall extends CallOptions {
  /** A path below the endpoint, with its query. */
  path: string;
  method?: 'get' | 'post' | 'put' | 'patch' | 'delete' | undefined;
  json?: unknown;
  form?: URLSearchParams | undefined;
  headers?: Record<string, string> | undefined;
  /** Whether every server of the vendor has this path: then a 404 means that the address is wrong. @default false */
  isThere?: boolean | undefined;
}

/** The vendor does not do what it was asked, and it is not about our credentials. */
export class Refused extends RoomsError {
  constructor(status: number) {
    super('bad_reply', `It refuses what we sent (status ${status}).`);
  }
}

/** Calls of one vendor's API. */
export interface Vendor {
  /** The answer, read by the struct; undefined if the vendor does not know what was asked for (404). */
  <T, S>(answer: Struct<T, S>, call: VendorCall): Promise<T | undefined>;
  /** The body of the answer as text; undefined for a 404. */
  text(call: VendorCall): Promise<string | undefined>;
  /** How far the vendor's clock is ahead of ours, in ms, by its last answer; undefined if that did not say. */
  ahead: () => number | undefined;
}

/**
 * Makes the function that calls a vendor's API. It never retries. It rejects with `RoomsError`s in our own words.
 *
 * @param name - The vendor's name, for errors.
 * @throws RoomsError `misconfigured` if the endpoint is not an https address, or not an http address on this machine.
 */
export function vendor(
  name: string,
  endpoint: string,
  {exchange = fetchTransport(), timeout = 5_000, clock = Date.now}: VendorOptions,
): Vendor {
  checkServer();
  const base = checkAddress(name, endpoint).href.replace(/\/*$/, '/');
  let ahead: number | undefined;

  async function text({
    path,
    method = 'get',
    signal,
    headers = {},
    isThere,
    ...body
  }: VendorCall): Promise<string | undefined> {
    const reply = await exchange(new URL(base + path), {method, signal, timeout, headers, ...body}).catch(
      (error: unknown) => {
        if (error instanceof RoomsError && !(error instanceof CallEnded)) throw error;
        if (signal?.aborted) throw error;
        if (error instanceof CallEnded) throw new RoomsError('timeout', `No answer within ${timeout} ms.`);
        throw new RoomsError('offline', 'It cannot be reached.', {cause: error});
      },
    );
    const {status} = reply;
    ahead = aheadIn(reply.headers, clock());
    if (status >= 200 && status < 300) return reply.text;
    if (status === 404 && !isThere) return undefined;
    if (status === 404) throw new RoomsError('bad_reply', `There is no ${name} at this address (status 404).`);
    if (status === 429) {
      const wait = retryAfter(reply.headers.get('retry-after'), Date.now());
      throw new RoomsError('rate_limited', 'It asks us to wait.', {retryAfter: wait});
    }
    if (status === 401 || status === 403) {
      const sentence = `It refuses our credentials (status ${status}). Check them, and the clock of this machine.`;
      throw new RoomsError('unauthorized', sentence);
    }
    if (status >= 500) throw new RoomsError('platform_down', `It fails (status ${status}).`);
    throw new Refused(status);
  }

  return Object.assign(
    async <T, S>(answer: Struct<T, S>, call: VendorCall): Promise<T | undefined> => {
      const body = await text(call);
      if (body === undefined) return undefined;
      try {
        return create(body === '' ? {} : JSON.parse(body), answer);
      } catch {
        // Without the cause: it quotes what was received.
        throw new RoomsError('bad_reply', `It sent something that is not an answer of ${name}.`);
      }
    },
    {text, ahead: () => ahead},
  );
}

/** How far the clock of whoever answered is ahead of `now`, in ms. A cache answers with the time when it was filled. */
function aheadIn(headers: Pick<Headers, 'get'>, now: number): number | undefined {
  const date = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(date) || headers.get('age') ? undefined : date - now;
}

/** Reads what is at the vendor, or makes it if it is not there. Another process may make it in between. */
export async function readOrMake<T>(read: () => Promise<T | undefined>, make: () => Promise<T | undefined>) {
  const there = await read();
  if (there !== undefined) return there;
  try {
    return await make();
  } catch (error) {
    const meanwhile = await read();
    if (meanwhile === undefined) throw error;
    return meanwhile;
  }
}

/** How many people are in each room, at a vendor that has to be asked for the people of each. */
export async function countEach<R extends {room_id: string}>(
  rooms: readonly R[],
  people: (room: R) => Promise<unknown[]>,
) {
  return new Map(await Promise.all(rooms.map(async room => [room.room_id, (await people(room)).length] as const)));
}

/** The address of a vendor's API. Throws `misconfigured` if credentials would be readable on the way. */
export function checkAddress(name: string, address: string): URL {
  const url = webAddress(address);
  if (url && !isCleartext(url)) return url;
  const sentence = `The address of ${name} must be https, or http on this machine, and hold no credentials.`;
  throw new RoomsError('misconfigured', sentence, {key: 'url'});
}

/** Throws `misconfigured` unless each of these options is text. */
export function checkGiven(name: string, options: Record<string, unknown>) {
  for (const [key, value] of Object.entries(options)) {
    if (typeof value === 'string' && value !== '') continue;
    throw new RoomsError('misconfigured', `${name} needs ${key}.`, {key});
  }
}

/** Throws `misconfigured` unless the lifetime of a token, in seconds, is in the vendor's range. */
export function checkLifetime(name: string, lifetime: number, [from, to]: readonly [from: number, to: number]) {
  if (Number.isInteger(lifetime) && lifetime >= from && lifetime <= to) return;
  const sentence = `A token of ${name} lives for ${from} to ${to} seconds: lifetime must be in that range.`;
  throw new RoomsError('misconfigured', sentence, {key: 'lifetime'});
}

/** When a token that lives for so many seconds expires: as a JWT says it, and as `expires_at`. `now` is epoch ms. */
export function expiry(now: number, lifetime: number) {
  const iat = Math.floor(now / 1000);
  return {iat, exp: iat + lifetime, expires_at: new Date((iat + lifetime) * 1000).toISOString()};
}

/**
 * The function that returns the private key of RS256 in a PEM text. The key is read at the first call. Throws
 * `misconfigured` if the text is not PEM (PKCS #8).
 */
export function rsaKey(privateKey: string): () => ReturnType<typeof importPKCS8> {
  if (!/-----BEGIN PRIVATE KEY-----/.test(privateKey)) {
    const sentence = 'privateKey must be PEM: it begins with BEGIN PRIVATE KEY.';
    throw new RoomsError('misconfigured', sentence, {key: 'privateKey'});
  }
  let key: ReturnType<typeof importPKCS8> | undefined;
  return () => (key ??= importPKCS8(privateKey, 'RS256'));
}

/** The bytes of a secret, for HMAC. */
export const keyOf = (secret: string) => new TextEncoder().encode(secret);

/** All seats of a room. */
export const seatsOf = ({settings}: {settings: Record<string, unknown>}) =>
  ['moderators', 'participants', 'audiences'].reduce((sum, seat) => sum + (Number(settings[seat]) || 0), 0);
