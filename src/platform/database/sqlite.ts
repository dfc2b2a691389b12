import {RoomsError} from '../../rooms/errors.js';
import {migrate} from './migrations.js';
import type {Database, Queries, Value} from './queries.js';

/** What `node:sqlite` and `libsql` have in common. */
interface Sqlite {
  exec(sql: string): unknown;
  prepare(sql: string): {all(...values: Value[]): unknown[]};
  close(): unknown;
}

/** Opens a database in a file, for this process alone. Calls run one after the other, in the order they are made. */
export async function openSqlite(path: string): Promise<Database> {
  const Driver = await driver();
  const release = claim(Driver, path);
  let sqlite: Sqlite | undefined;
  try {
    sqlite = new Driver(path);
    sqlite.exec('pragma journal_mode = wal');
    // A committed change survives any end of this process. If the machine loses power the last changes may be lost, each
    // one whole. Waiting for the disk at every commit would make tokens several times slower.
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
 * Locks the file against other platforms, which would free the seats of the people connected here. Other programs may
 * still read the file. The operating system holds the lock, on a file beside it, so it ends with the process in any case.
 * Returns a function that releases the lock.
 */
function claim(Driver: new (path: string) => Sqlite, path: string): () => void {
  if (path === ':memory:') return () => {};
  const lock = new Driver(`${path}-lock`);
  // When a platform is restarted, the new one waits for the old one to end.
  lock.exec('pragma busy_timeout = 5000');
  try {
    lock.exec('begin exclusive');
  } catch (cause) {
    lock.close();
    if (!/locked|busy/i.test((cause as Error).message)) throw cause;
    throw new RoomsError('misconfigured', 'Another program has this database open.', {
      cause,
      desc: 'Stop it or choose another file. Platforms that share their rooms need Postgres.',
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
    throw new RoomsError('misconfigured', 'This Node has no built-in SQLite. Run `npm install libsql`.', {
      cause,
      desc: 'Node 22.13 and later have it. With nothing installed: npx -p greenroom -p libsql greenroom platform',
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
      // `immediate` takes the write lock at once. Taken later, it fails if another process wrote in between.
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
      // Prepared statements keep the file open.
      this.#statements.clear();
      this.#sqlite.close();
      this.#release();
    });
  }

  /** Runs `work` after all earlier work: there is one connection, so nothing may run inside another's transaction. */
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

  /** Calls the subscribers later, as if the text came from another process: they cannot fail the turn that published. */
  #tell(text: string) {
    for (const hear of this.#listeners) queueMicrotask(() => hear(text));
  }

  #rollback() {
    try {
      this.#sqlite.exec('rollback');
    } catch {
      // After some faults, such as a full disk, SQLite has rolled back by itself.
    }
  }
}
