import {openPostgres} from './postgres.js';
import {DEADLINES, type Database, type Deadlines} from './queries.js';
import {openSqlite} from './sqlite.js';

export {isoTime, LAST_TIME, storedJson} from './stored.js';
export {Unavailable} from './unavailable.js';
export type {Database, Deadlines, LineListener, Queries, Value} from './queries.js';

/** Whether `place` is the address of a Postgres database. */
export const isPostgres = (place: string) => /^postgres(ql)?:\/\//.test(place);

/**
 * Opens a database and brings its tables up to date. `place` is the path of an SQLite file, `:memory:` for an SQLite
 * database that lives only in memory, or a `postgres://…` address.
 *
 * Throws `misconfigured` if the driver is not installed (`libsql` on a Node without `node:sqlite`; `pg` for Postgres), if
 * another process has the file open, if a newer Greenroom wrote the tables, or if Postgres cannot be reached or lacks what
 * the platform needs: writes, a schema, rights, notifications, a certificate as the address asks for.
 *
 * @example
 * const database = await openDatabase('rooms.db');
 * const platform = createPlatform({database});
 * // …
 * await platform.close();
 * await database.close();
 */
export function openDatabase(place: string, deadlines: Partial<Deadlines> = {}): Promise<Database> {
  const all = {...DEADLINES, ...deadlines};
  return isPostgres(place) ? openPostgres(place, all) : openSqlite(place, all);
}
