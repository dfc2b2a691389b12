import {RoomsError} from '../../rooms/errors.js';
import type {Database, Migrate, Queries, Value} from './database.js';

/** What `node:sqlite` and `libsql` have in common. */
interface Sqlite {
  exec(sql: string): unknown;
  prepare(sql: string): {all(...values: Value[]): unknown[]};
  close(): unknown;
}

/** A database in a file that this process has for itself; calls are carried out in the order they are made. */
export async function openSqlite(path: string, migrate: Migrate): Promise<Database> {
  const Driver = await driver();
  const release = claim(Driver, path);
  let sqlite: Sqlite | undefined;
  try {
    sqlite = new Driver(path);
    sqlite.exec('pragma journal_mode = wal');
    // What was answered outlives this process, however it ends. Should the machine lose power the last moments may be
    // undone, each change as a whole; to wait for the disk every time would make tokens several times slower.
    sqlite.exec('pragma synchronous = normal');
    sqlite.exec('pragma foreign_keys = on');
    sqlite.exec('pragma busy_timeout = 5000');
    const database = new SqliteDatabase(sqlite, release);
    await database.transaction(migrate);
    return database;
  } catch (error) {
    sqlite?.close();
    release();
    throw error;
  }
}

/**
 * Keeps other platforms off the file, who would take the people of this one for gone; others may read it. The lock is
 * the system's, on a file beside it, and so it ends with the process, whatever ends that.
 */
function claim(Driver: new (path: string) => Sqlite, path: string): () => void {
  if (path === ':memory:') return () => {};
  const lock = new Driver(`${path}-lock`);
  // Whoever starts while another one ends waits for it.
  lock.exec('pragma busy_timeout = 5000');
  try {
    lock.exec('begin exclusive');
  } catch (cause) {
    lock.close();
    if (!/locked|busy/i.test((cause as Error).message)) throw cause;
    throw new RoomsError('misconfigured', 'Another program has this database open.', {
      cause,
      desc: 'Stop it or choose another file; platforms that share their rooms need Postgres.',
    });
  }
  return () => {
    lock.exec('rollback');
    lock.close();
  };
}

async function driver(): Promise<new (path: string) => Sqlite> {
  const builtin = process.getBuiltinModule?.('node:sqlite') as {DatabaseSync: new (path: string) => Sqlite} | undefined;
  if (builtin) return builtin.DatabaseSync;
  try {
    return (await import('libsql')).default;
  } catch (cause) {
    throw new RoomsError('misconfigured', 'This Node has no SQLite of its own; run `npm install libsql`.', {
      cause,
      desc: 'Node 22.13 has one. With nothing installed: npx -p greenroom -p libsql greenroom platform',
    });
  }
}

class SqliteDatabase implements Database {
  readonly shared = false;
  #sqlite: Sqlite;
  #release: () => void;
  #statements = new Map<string, ReturnType<Sqlite['prepare']>>();
  #last: Promise<unknown> = Promise.resolve();
  #listeners: ((text: string) => void)[] = [];

  constructor(sqlite: Sqlite, release: () => void) {
    this.#sqlite = sqlite;
    this.#release = release;
  }

  all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    return this.#inTurn(async () => this.#run<Row>(sql, values));
  }

  publish(text: string): Promise<void> {
    return this.#inTurn(async () => this.#tell(text));
  }

  subscribe(hear: (text: string) => void) {
    this.#listeners.push(hear);
  }

  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    return this.#inTurn(async () => {
      const published: string[] = [];
      // Takes the write lock at once: a lock taken half-way fails when another process wrote in between.
      this.#sqlite.exec('begin immediate');
      try {
        const result = await work({
          all: async <Row>(sql: string, ...values: Value[]) => this.#run<Row>(sql, values),
          publish: async text => void published.push(text),
        });
        this.#sqlite.exec('commit');
        published.forEach(text => this.#tell(text));
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
      this.#release();
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

  /** Later, as from another process: who hears it may use the database, and cannot spoil the turn that told. */
  #tell(text: string) {
    for (const hear of this.#listeners) queueMicrotask(() => hear(text));
  }

  #rollback() {
    try {
      this.#sqlite.exec('rollback');
    } catch {
      // After some faults, a full disk for one, SQLite has done it already.
    }
  }
}
