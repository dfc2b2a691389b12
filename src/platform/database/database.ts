import {openPostgres} from './postgres.js';
import type {Database} from './queries.js';
import {openSqlite} from './sqlite.js';

export type {Database, Queries, Value} from './queries.js';

/** Whether `place` is the address of a Postgres database. */
export const isPostgres = (place: string) => /^postgres(ql)?:\/\//.test(place);

/**
 * Opens a database and brings its tables up to date. `place` is the path of an SQLite file, `:memory:` for an SQLite
 * database that lives only in memory, or a `postgres://…` address.
 *
 * Throws `misconfigured` if the driver is not installed (`libsql` on a Node without `node:sqlite`; `pg` for Postgres), if
 * another process has the file open, if Postgres cannot be reached, or if a newer Greenroom wrote the tables.
 *
 * @example
 * const database = await openDatabase('rooms.db');
 * const platform = createPlatform({database});
 * // …
 * await platform.close();
 * await database.close();
 */
export const openDatabase = (place: string): Promise<Database> =>
  isPostgres(place) ? openPostgres(place) : openSqlite(place);
