import {randomBytes, randomUUID} from 'node:crypto';
import {decodeJwt, jwtVerify, SignJWT} from 'jose';
import type {Holder} from '../../rooms/admission.js';
import {RoomsError} from '../../rooms/errors.js';
import {notFound} from '../../rooms/results.js';
import {TOKEN_LIFETIME} from '../../rooms/rules.js';
import type {Room} from '../../rooms/room.js';
import type {Database, Queries} from '../database/database.js';
import {readEnablexToken, writeEnablexToken} from './enablex-token.js';
import {tryHolder} from './stored.js';

/** 32 random bytes in base64url: the key that signs an application's tokens, or the secret for resuming. */
export const newSecret = () => randomBytes(32).toString('base64url');

const signingKey = (secret: string) => Buffer.from(secret, 'base64url');

/** In which form tokens are issued: `enablex` is the one that the SDK of the documented platform reads. */
export type TokenFormat = 'jwt' | {enablex: URL};

/**
 * Issues a token: a text, and a row in the database, which alone knows whether the token is still good. Every platform on
 * the database takes it, whatever the form of its own tokens.
 */
export async function issueToken(
  database: Database,
  room: Room,
  holder: Holder,
  {application, now, format}: {application: string; now: number; format: TokenFormat},
): Promise<string> {
  const {room_id} = room;
  const jti = randomUUID();
  const expires = now + TOKEN_LIFETIME;
  const [signer] = await database.all<{secret: string}>('select secret from applications where id = ?', application);
  const made = await database.transaction(async queries => {
    await queries.all('delete from tokens where expires < ?', now);
    return queries.all(
      `insert into tokens (jti, room_id, holder, expires)
        select ?, room_id, ?, cast(? as bigint) from rooms where room_id = ? returning jti`,
      jti,
      JSON.stringify(holder),
      expires,
      room_id,
    );
  });
  // The room was deleted at this moment.
  if (!signer || made.length === 0) throw notFound();
  const {secret} = signer;
  if (format !== 'jwt') {
    return writeEnablexToken({id: jti, room, holder, url: format.enablex}, signingKey(secret));
  }
  const {name, role, user_ref} = holder;
  return new SignJWT({room_id, role, name, user_ref})
    .setProtectedHeader({alg: 'HS256', typ: 'JWT'})
    .setJti(jti)
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.ceil(expires / 1000))
    .sign(signingKey(secret));
}

// Only a JWT has dots.
const isJwt = (token: string) => token.includes('.');

/** The id of a token that was read before. */
export const tokenId = (token: string) => (isJwt(token) ? String(decodeJwt(token).jti) : readEnablexToken(token).id);

/** Verifies a token's signature, and returns its id and the room it opens. Does not spend it. */
export async function readToken(queries: Queries, token: string, now: number): Promise<{jti: string; room_id: string}> {
  const jti = await orRefuse(async () => tokenId(token));
  // Refuses a spent token before the room is locked. If several connections use one token at once, `spendToken` decides.
  const {secret, room_id} = await findToken(queries, jti, now);
  const key = signingKey(secret);
  if (isJwt(token)) {
    await orRefuse(() => jwtVerify(token, key, {algorithms: ['HS256'], currentDate: new Date(now)}));
  } else if (!readEnablexToken(token).isSignedBy(key)) throw badToken();
  return {jti, room_id};
}

/** Spends a token and returns its holder. Works once: any further call throws. */
export async function spendToken(queries: Queries, jti: string, now: number): Promise<Holder> {
  const [used] = await queries.all<{holder: string}>(
    'update tokens set used = ? where jti = ? and used is null and expires > ? returning holder',
    now,
    jti,
    now,
  );
  if (!used) throw badToken();
  const holder = tryHolder(used);
  if (holder) return holder;
  throw new RoomsError('internal', 'The stored token cannot be read.', {
    desc: 'Ask for a new one.',
    cause: new Error('Its row in "tokens" says nobody.'),
  });
}

/** Whatever is wrong with a token, the answer is the same. */
async function orRefuse<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    throw badToken(cause);
  }
}

async function findToken(queries: Queries, jti: string, now: number): Promise<{secret: string; room_id: string}> {
  const [token] = await queries.all<{secret: string; room_id: string}>(
    `select applications.secret, rooms.room_id from tokens
      join rooms on rooms.room_id = tokens.room_id
      join applications on applications.id = rooms.application
      where tokens.jti = ? and tokens.used is null and tokens.expires > ?`,
    jti,
    now,
  );
  if (!token) throw badToken();
  return token;
}

/** The error for an unknown, forged, expired or spent token. */
export const badToken = (cause?: unknown) =>
  new RoomsError('denied', 'Token not valid.', {
    cause,
    desc: 'A token admits one connection, once, within 15 minutes.',
  });
