import {RoomsError} from '../../rooms/errors.js';
import {MIGRATIONS} from './migrations.js';
import {openPostgres} from './postgres.js';
import {openSqlite} from './sqlite.js';

/** Texts and whole numbers; what has more shape is stored as JSON. */
export type Value = string | number;

export interface Queries {
  /** Runs one statement, a `?` for each value, and answers its rows; numbers come as numbers. */
  all<Row>(sql: string, ...values: Value[]): Promise<Row[]>;
  /** Tells all that use this database; within a transaction, when that has happened, and never when it has not. */
  publish(text: string): Promise<void>;
}

/** Where the local platform keeps everything. */
export interface Database extends Queries {
  /** Whether other processes may be using it at the same time. */
  readonly shared: boolean;
  /**
   * Runs `work` as if nobody else were there who waits for the same rows: all of it happens, or nothing when it throws.
   * `work` uses the queries it is given; on the database itself it would wait for its own end. It may run again when
   * the database asks for that, so it does nothing else.
   */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  /**
   * Hears what is published from now on, by this process too; one publisher's texts in the order it sent them. After the
   * connection to the database was lost for a while some may be missing, and `lost` is told.
   */
  subscribe(hear: (text: string) => void, lost?: () => void): void;
  /** Waits for what was begun and lets the database go. */
  close(): Promise<void>;
}

/** What brings the tables of a newly opened database up to date. */
export type Migrate = (queries: Queries) => Promise<void>;

/**
 * Opens the SQLite database in the file `place`, one that lives only in memory for `:memory:`, or the Postgres database
 * at a `postgres://…` address, and brings its tables up to date. Fails with `misconfigured` when what it needs is not
 * installed: on a Node without SQLite `libsql`, for Postgres `pg`.
 */
export async function openDatabase(place: string): Promise<Database> {
  return /^postgres(ql)?:\/\//.test(place) ? openPostgres(place, migrate) : openSqlite(place, migrate);
}

async function migrate(queries: Queries) {
  await queries.all('create table if not exists migrations (version integer primary key, applied bigint not null)');
  const applied = await queries.all<{version: number}>('select version from migrations order by version desc');
  const version = applied[0]?.version ?? 0;
  if (version > MIGRATIONS.length) {
    throw new RoomsError('misconfigured', `The database was written by a newer Greenroom (version ${version}).`);
  }
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < version) continue;
    for (const statement of statements) await queries.all(statement);
    await queries.all('insert into migrations (version, applied) values (?, ?)', index + 1, Date.now());
  }
}
