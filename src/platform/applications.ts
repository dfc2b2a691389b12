// The applications that may call the platform, each with rooms of its own.
import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';
import {auth} from 'hono/utils/basic-auth';
import {RoomsError} from '../rooms/errors.js';
import {errorOf} from '../rooms/results.js';
import type {Database} from './database/database.js';
import {newSecret} from './sessions/sessions.js';

/** An application's id and key, sent as HTTP Basic credentials. */
export interface Credentials {
  id: string;
  key: string;
}

/** Makes up an id and a key, too long to guess. */
export const newCredentials = (): Credentials => ({
  id: randomBytes(12).toString('hex'),
  key: randomBytes(24).toString('base64url'),
});

const hash = (key: string) => createHash('sha256').update(key).digest();

/**
 * Makes an application, or gives an existing one this key. `webhook` is told when a session ends. Throws `misconfigured`
 * if the id or the key does not fit into a Basic header.
 */
export async function createApplication(
  database: Database,
  {id, key}: Credentials,
  {now, webhook = ''}: {now: number; webhook?: string | undefined},
): Promise<Credentials> {
  checkId(id);
  if (!/^[!-~]{1,512}$/.test(key)) {
    throw new RoomsError('misconfigured', 'The key is not plain text.', {
      key: 'key',
      desc: 'Use 1 to 512 printable ASCII characters, without spaces.',
    });
  }
  await database.all(
    `insert into applications (id, key_hash, secret, created, webhook) values (?, ?, ?, ?, nullif(?, ''))
      on conflict (id) do update set key_hash = excluded.key_hash, webhook = excluded.webhook`,
    id,
    hash(key).toString('base64url'),
    newSecret(),
    now,
    webhook,
  );
  return {id, key};
}

/** Makes an application if there is none with this id. Nobody knows its key. Throws `misconfigured` for a malformed id. */
export async function ensureApplication(database: Database, id: string, now: number) {
  checkId(id);
  await database.all(
    'insert into applications (id, key_hash, secret, created) values (?, ?, ?, ?) on conflict do nothing',
    id,
    hash(newCredentials().key).toString('base64url'),
    newSecret(),
    now,
  );
}

/** In a Basic header a colon ends the id, and clients disagree on how to encode anything but ASCII. */
function checkId(id: string) {
  if (/^[!-9;-~]{1,128}$/.test(id)) return;
  throw new RoomsError('misconfigured', 'The id is not plain text.', {
    key: 'id',
    desc: 'Use 1 to 128 printable ASCII characters, without spaces and colons.',
  });
}

/**
 * Returns the id of the application that sent the request, else throws `unauthorized`. An unknown id takes as long and
 * gets the same answer as a wrong key.
 */
export async function authenticate(database: Database, request: Request): Promise<string> {
  const {username, password} = auth(request) ?? {username: '', password: ''};
  const rows = await database.all<{key_hash: string}>('select key_hash from applications where id = ?', username);
  const expected = Buffer.from(rows[0]?.key_hash ?? hash(newSecret()).toString('base64url'), 'base64url');
  if (timingSafeEqual(hash(password), expected)) return username;
  throw errorOf(10000, {
    desc: 'Send the application’s id and key as HTTP Basic credentials.',
  });
}
