import {randomBytes, randomUUID} from 'node:crypto';
import {decodeJwt, jwtVerify, SignJWT} from 'jose';
import {RoomsError} from '../rooms/errors.js';
import {TOKEN_LIFETIME} from '../rooms/rules.js';
import {Role, type TokenRequest} from '../rooms/schema.js';
import type {Queries} from './database/database.js';
import type {Holder} from './sessions/messages.js';

/** Checks what a token is asked with, in the order name, role, user_ref, data; throws the first fault. */
export function checkTokenRequest({name, role, user_ref, data}: Partial<TokenRequest>): Holder {
  if (isMissing(name)) throw invalid('name', 10101, 'Required Data Missing: name (User Name)');
  if (typeof name !== 'string' || name.length > 200) {
    throw invalid('name', 10213, 'Invalid value: name', 'name must be text of at most 200 characters.');
  }
  const roles = 'role must be moderator, participant, viewer or audience.';
  if (isMissing(role))
    throw new RoomsError('role_invalid', 'Required Data Missing: role', {result: 10206, desc: roles});
  // superstruct prints what it refuses, and not everything can be printed.
  if (typeof role !== 'string' || !Role.is(role))
    throw new RoomsError('role_invalid', 'Invalid value: role', {desc: roles});
  if (isMissing(user_ref)) throw invalid('user_ref', 10208, 'Required Data Missing: user_ref', 'Send user_ref.');
  if (!Number.isFinite(user_ref) && !(typeof user_ref === 'string' && user_ref.length <= 200)) {
    throw invalid('user_ref', 10213, 'Invalid value: user_ref', 'user_ref must be a number or at most 200 characters.');
  }
  if (isMissing(data)) return {name, role, user_ref};
  if (typeof data !== 'object' || Array.isArray(data) || Object.keys(data).length > 5) {
    throw invalid('data', 10209, 'Invalid value: data', 'data must be an object of at most 5 keys.');
  }
  return {name, role, user_ref, data};
}

const isMissing = (value: unknown): value is undefined => value === undefined || value === null || value === '';

const invalid = (key: string, result: number, message: string, desc = '') =>
  new RoomsError('invalid', message, {key, result, desc});

const keyOf = (secret: string) => Buffer.from(secret, 'base64url');

/** What an application signs its tokens with: 32 random bytes. */
export const newSecret = () => randomBytes(32).toString('base64url');

/** Notes a new token in the database, which alone knows whether it is still good, and answers it signed. */
export async function issueToken(queries: Queries, room_id: string, holder: Holder, now: number): Promise<string> {
  const jti = randomUUID();
  const expires = now + TOKEN_LIFETIME;
  await queries.all('delete from tokens where expires < ?', now);
  await queries.all(
    'insert into tokens (jti, room_id, holder, expires) values (?, ?, ?, ?)',
    jti,
    room_id,
    JSON.stringify(holder),
    expires,
  );
  const {name, role, user_ref} = holder;
  return new SignJWT({room_id, role, name, user_ref})
    .setProtectedHeader({alg: 'HS256', typ: 'JWT'})
    .setJti(jti)
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.ceil(expires / 1000))
    .sign(keyOf((await issued(queries, jti, now)).secret));
}

/** Finds out which token this is and which room it is for, if one of our applications signed it. */
export async function readToken(queries: Queries, token: string, now: number): Promise<{jti: string; room_id: string}> {
  const jti = await trusted(async () => String(decodeJwt(token).jti));
  // One that is spent is refused here, without a wait for its room; of those that come at one moment the room lets in one.
  const {secret, room_id} = await issued(queries, jti, now);
  await trusted(() => jwtVerify(token, keyOf(secret), {algorithms: ['HS256'], currentDate: new Date(now)}));
  return {jti, room_id};
}

/** Spends a token, which is possible once, and answers whom it was issued to. */
export async function spendToken(queries: Queries, jti: string, now: number): Promise<Holder> {
  const [used] = await queries.all<{holder: string}>(
    'update tokens set used = ? where jti = ? and used is null and expires > ? returning holder',
    now,
    jti,
    now,
  );
  if (!used) throw refusal();
  return JSON.parse(used.holder) as Holder;
}

/** Whatever is wrong with a token, its bearer is told the same. */
async function trusted<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    throw refusal(cause);
  }
}

async function issued(queries: Queries, jti: string, now: number): Promise<{secret: string; room_id: string}> {
  const [token] = await queries.all<{secret: string; room_id: string}>(
    `select applications.secret, rooms.room_id from tokens
      join rooms on rooms.room_id = tokens.room_id
      join applications on applications.id = rooms.application
      where tokens.jti = ? and tokens.used is null and tokens.expires > ?`,
    jti,
    now,
  );
  if (!token) throw refusal();
  return token;
}

/** What the bearer of a token is told that admits nobody, or nobody any more. */
export const refusal = (cause?: unknown) =>
  new RoomsError('denied', 'Token not valid.', {
    cause,
    desc: 'A token admits one connection, once, within 15 minutes.',
  });
