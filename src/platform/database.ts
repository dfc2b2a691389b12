import {RoomsError} from '../rooms/errors.js';
import {MIGRATIONS} from './migrations.js';

/** Texts and whole numbers; what has more shape is stored as JSON. */
export type Value = string | number;

export interface Queries {
  /** Runs one statement, a `?` for each value, and answers its rows; numbers come as numbers. */
  all<Row>(sql: string, ...values: Value[]): Promise<Row[]>;
}

/** Where the local platform keeps everything. Calls are carried out in the order they are made. */
export interface Database extends Queries {
  /**
   * Runs `work` as if nobody else were there: all of it happens, or nothing when it throws. `work` uses the queries it
   * is given; on the database itself it would wait for its own end.
   */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  /** Waits for what was begun and lets the file go. */
  close(): Promise<void>;
}

/**
 * Opens the SQLite database at `path`, or one that lives only in memory for `:memory:`, and brings its tables up to
 * date. Fails with `misconfigured` when this Node has no SQLite and `libsql` is not installed.
 */
export async function openDatabase(path: string): Promise<Database> {
  const Driver = await driver();
  const sqlite = new Driver(path);
  try {
    sqlite.exec('pragma journal_mode = wal');
    sqlite.exec('pragma foreign_keys = on');
    sqlite.exec('pragma busy_timeout = 5000');
    const database = new SqliteDatabase(sqlite);
    await database.transaction(migrate);
    return database;
  } catch (error) {
    sqlite.close();
    throw error;
  }
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

/** What `node:sqlite` and `libsql` have in common. */
interface Sqlite {
  exec(sql: string): unknown;
  prepare(sql: string): {all(...values: Value[]): unknown[]};
  close(): unknown;
}

async function driver(): Promise<new (path: string) => Sqlite> {
  const builtin = process.getBuiltinModule?.('node:sqlite') as {DatabaseSync: new (path: string) => Sqlite} | undefined;
  if (builtin) return builtin.DatabaseSync;
  try {
    return (await import('libsql')).default;
  } catch (cause) {
    throw new RoomsError('misconfigured', 'This Node has no SQLite of its own; run `npm install libsql`.', {cause});
  }
}

class SqliteDatabase implements Database {
  #sqlite: Sqlite;
  #statements = new Map<string, ReturnType<Sqlite['prepare']>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
  }

  all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    return this.#inTurn(async () => this.#run<Row>(sql, values));
  }

  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    return this.#inTurn(async () => {
      // Takes the write lock at once: a lock taken half-way fails when another process wrote in between.
      this.#sqlite.exec('begin immediate');
      try {
        const result = await work({all: async <Row>(sql: string, ...values: Value[]) => this.#run<Row>(sql, values)});
        this.#sqlite.exec('commit');
        return result;
      } catch (error) {
        this.#rollback();
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      // A statement that is kept would keep the file open with it.
      this.#statements.clear();
      this.#sqlite.close();
    });
  }

  /** There is one connection, so whoever comes while a transaction is open must wait for its end. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  #run<Row>(sql: string, values: Value[]): Row[] {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#sqlite.prepare(sql)));
    return statement.all(...values) as Row[];
  }

  #rollback() {
    try {
      this.#sqlite.exec('rollback');
    } catch {
      // After some faults, a full disk for one, SQLite has done it already.
    }
  }
}
