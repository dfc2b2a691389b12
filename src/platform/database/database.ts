import {RoomsError} from '../../rooms/errors.js';
import type {Tables} from './migrations.js';
import {examinePostgres, openPostgres} from './postgres.js';
import {DEADLINES, type Database, type Deadlines} from './queries.js';
import {examineSqlite, openSqlite} from './sqlite.js';

export {isoTime, LAST_TIME, storedJson} from './stored.js';
export {Unavailable} from './unavailable.js';
export type {Tables} from './migrations.js';
export type {Database, Deadlines, LineListener, Queries, Value} from './queries.js';

/** Whether `place` is the address of a Postgres database. */
export const isPostgres = (place: string) => /^postgres(ql)?:\/\//.test(place);

/**
 * Opens a database and brings its tables up to date. `place` is the path of an SQLite file, `:memory:` for an SQLite
 * database that lives only in memory, or a `postgres://…` address.
 *
 * Throws `misconfigured` if the driver is not installed (`libsql` on a Node without `node:sqlite`; `pg` for Postgres), if
 * the file cannot be opened or another process has it open, if a newer Greenroom wrote the tables, or if Postgres cannot be
 * reached or lacks what the platform needs: writes, a schema, rights, notifications, a certificate as the address asks for.
 *
 * @example
 * const database = await openDatabase('rooms.db');
 * const platform = createPlatform({database});
 * // …
 * await platform.close();
 * await database.close();
 */
export async function openDatabase(place: string, deadlines: Partial<Deadlines> = {}): Promise<Database> {
  checkPlace(place);
  const all = {...DEADLINES, ...deadlines};
  return isPostgres(place) ? openPostgres(place, all) : openSqlite(place, all);
}

/** Tries what `openDatabase` needs, changes nothing, and says how far the tables are. Throws as that does. */
export async function examineDatabase(place: string, deadlines: Partial<Deadlines> = {}): Promise<Tables> {
  checkPlace(place);
  return isPostgres(place) ? examinePostgres(place, {...DEADLINES, ...deadlines}) : examineSqlite(place);
}

/** Throws `misconfigured` for an address that is not one of Postgres. Its error quotes nothing: there may be a password. */
export function checkPlace(place: string) {
  // A single letter before the colon is a drive on Windows.
  if (isPostgres(place) || !/^\w{2,}:/.test(place)) return;
  throw new RoomsError('misconfigured', 'The database is neither a file nor a Postgres address.', {
    desc: 'Give one such as rooms.db or postgres://user@host/name.',
  });
}
