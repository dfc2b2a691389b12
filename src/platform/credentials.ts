// The file in which `greenroom platform` keeps the credentials that it made up.
import {readFile, writeFile} from 'node:fs/promises';
import {parse, resolve} from 'node:path';
import {create, string, type} from 'superstruct';
import {newCredentials, type Credentials} from './applications.js';
import {isPostgres} from './database/database.js';
import {misconfigured} from './misconfigured.js';

const KeptCredentials = type({id: string(), key: string()});

/** Whether a database is a file, and not in memory or at a Postgres server. */
export const isFile = (place: string) => place !== ':memory:' && !isPostgres(place);

/** Where the credentials for the database at `place` are: beside its file, else in the current folder. */
export const credentialsFile = (place: string) => {
  const {dir, name} = isFile(place) ? parse(place) : {dir: '', name: 'greenroom'};
  return resolve(dir, `${name}.credentials.json`);
};

/** Reads the credentials in a file. If there is no file, makes them up and writes one that only its owner may read. */
export async function keptCredentials(file: string): Promise<Credentials> {
  const made = newCredentials();
  try {
    await writeFile(file, `${JSON.stringify(made, undefined, 2)}\n`, {mode: 0o600, flag: 'wx'});
    return made;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw misconfigured(`${file} cannot be written.`, 'Make its folder, or give --app-id and --app-key.', cause);
    }
  }
  const kept = credentialsIn(await readFile(file, 'utf8'));
  if (kept) return kept;
  throw misconfigured(`${file} does not hold an id and a key.`, 'Delete it, and the next start makes up new ones.');
}

/** The id and the key in the text of a credentials file. Undefined if the text is something else. */
export function credentialsIn(text: string): Credentials | undefined {
  try {
    return create(JSON.parse(text), KeptCredentials);
  } catch {
    return undefined; // The error would quote the file.
  }
}
