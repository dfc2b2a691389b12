import {randomBytes, randomUUID} from 'node:crypto';
import {decodeJwt, jwtVerify, SignJWT} from 'jose';
import {RoomsError} from '../rooms/errors.js';
import {TOKEN_LIFETIME, type CheckedDefinition} from '../rooms/rules.js';
import {Role, type Permissions, type TokenRequest} from '../rooms/schema.js';
import type {Database, Queries} from './database.js';

/** Who a token was issued to. */
export interface Holder {
  name: string;
  role: Role;
  user_ref: string | number;
  data?: Record<string, unknown>;
}

/** Somebody connected, as the others are told; `id` is the connection's. */
export interface Peer extends Holder {
  id: string;
  permissions: Permissions;
}

/** What a token opened. */
export interface Entry {
  room_id: string;
  definition: CheckedDefinition;
  peer: Peer;
}

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

/** Refuses who would find no seat; a seat is claimed only when the token is used. */
export async function checkSeat(queries: Queries, room_id: string, {settings}: CheckedDefinition, role: Role) {
  const seat = seatOf(role);
  const [count] = await queries.all<{taken: number}>(
    'select count(*) as taken from connections where room_id = ? and seat = ?',
    room_id,
    seat,
  );
  if (count!.taken >= Number(settings[seat])) throw new RoomsError('room_full', 'Token Denied. Room is full.');
}

/** The setting that limits how many of a role may be inside at once. */
function seatOf(role: Role): 'moderators' | 'participants' | 'audiences' {
  if (role === 'moderator') return 'moderators';
  return role === 'audience' ? 'audiences' : 'participants';
}

const permissionsOf = (role: Role): Permissions => ({
  publish: role === 'moderator' || role === 'participant',
  subscribe: true,
  record: role === 'moderator',
  stats: true,
  controlhandlers: role === 'moderator' || role === 'participant',
});

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
    .sign(keyOf(await secretOf(queries, jti)));
}

/**
 * Uses a token: from here on it is spent, and a seat is taken. When there is no seat the token stays good. An unknown,
 * a forged, an expired and a used token are refused in the same words.
 */
export async function useToken(database: Database, token: string, now: number): Promise<Entry> {
  const jti = await verify(database, token, now);
  return database.transaction(async queries => {
    const [used] = await queries.all<{room_id: string; holder: string}>(
      'update tokens set used = ? where jti = ? and used is null and expires > ? returning room_id, holder',
      now,
      jti,
      now,
    );
    if (!used) throw refusal();
    const {room_id} = used;
    const holder = JSON.parse(used.holder) as Holder;
    const [room] = await queries.all<{entries: number; definition: string}>(
      'update rooms set entries = entries + 1 where room_id = ? returning entries, definition',
      room_id,
    );
    const definition = JSON.parse(room!.definition) as CheckedDefinition;
    await checkSeat(queries, room_id, definition, holder.role);
    const peer: Peer = {id: randomUUID(), ...holder, permissions: permissionsOf(holder.role)};
    await queries.all(
      'insert into connections (id, room_id, entry, seat, peer) values (?, ?, ?, ?, ?)',
      peer.id,
      room_id,
      room!.entries,
      seatOf(holder.role),
      JSON.stringify(peer),
    );
    return {room_id, definition, peer};
  });
}

/** The id of a token that one of our applications signed. */
async function verify(database: Database, token: string, now: number): Promise<string> {
  const jti = await trusted(async () => String(decodeJwt(token).jti));
  const secret = await secretOf(database, jti);
  await trusted(() => jwtVerify(token, keyOf(secret), {algorithms: ['HS256'], currentDate: new Date(now)}));
  return jti;
}

/** Whatever is wrong with a token, its bearer is told the same. */
async function trusted<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    throw refusal(cause);
  }
}

async function secretOf(queries: Queries, jti: string): Promise<string> {
  const [application] = await queries.all<{secret: string}>(
    `select applications.secret from tokens
      join rooms on rooms.room_id = tokens.room_id
      join applications on applications.id = rooms.application
      where tokens.jti = ?`,
    jti,
  );
  if (!application) throw refusal();
  return application.secret;
}

const refusal = (cause?: unknown) =>
  new RoomsError('denied', 'Token not valid.', {
    cause,
    desc: 'A token admits one connection, once, within 15 minutes.',
  });
