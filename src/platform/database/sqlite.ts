import {access, constants} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {RoomsError} from '../../rooms/errors.js';
import {migrate, tablesOf, type Tables} from './migrations.js';
import {Unavailable} from './unavailable.js';
import type {Database, Deadlines, Queries, Value} from './queries.js';

/** What `node:sqlite` and `libsql` have in common. */
interface Sqlite {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): unknown;
}

interface Statement {
  all(...values: Value[]): unknown[];
  /** Only in `node:sqlite`. */
  setReadBigInts?(on: boolean): void;
}

/** How long to wait before a locked file is tried again, in ms. */
const RETRY = 20;

/** How long a platform that starts waits for the one before it to end, in ms. */
const TAKEOVER = 5000;

/**
 * Opens a database in a file, for this process alone. Calls run one after the other, in the order they are made. While
 * another program has the file locked, a call waits without holding up the process or other calls.
 */
export async function openSqlite(path: string, deadlines: Deadlines): Promise<Database> {
  const Driver = await driver();
  let release = () => {};
  let sqlite: Sqlite | undefined;
  try {
    release = await claim(Driver, path);
    sqlite = new Driver(path);
    sqlite.exec('pragma journal_mode = wal');
    // A committed change survives any end of this process. If the machine loses power the last changes may be lost, each
    // one whole. Waiting for the disk at every commit would make tokens several times slower.
    sqlite.exec('pragma synchronous = normal');
    sqlite.exec('pragma foreign_keys = on');
    // The drivers wait within one call, and the whole process with them.
    sqlite.exec('pragma busy_timeout = 0');
    const database = new SqliteDatabase(sqlite, release, deadlines);
    await database.transaction(migrate);
    return database;
  } catch (error) {
    sqlite?.close();
    release();
    throw openingError(path, error);
  }
}

/** Tries what the platform needs of a file, and changes nothing in it. */
export async function examineSqlite(path: string): Promise<Tables> {
  const Driver = await driver();
  if (path === ':memory:') return 'none';
  let release = () => {};
  let sqlite: Sqlite | undefined;
  try {
    await access(dirname(resolve(path)), constants.W_OK);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (!isThere) return 'none';
    release = await claim(Driver, path);
    sqlite = new Driver(path);
    const read = sqlite;
    const all = async <Row>(sql: string) => read.prepare(sql).all() as Row[];
    // Fails if the file takes no writes.
    sqlite.exec('begin immediate; rollback');
    const [known] = await all("select 1 from sqlite_master where name = 'migrations'");
    return known ? await tablesOf({all}) : 'none';
  } catch (error) {
    throw openingError(path, error);
  } finally {
    sqlite?.close();
    release();
  }
}

/** The error for an operator whose file cannot be opened. */
function openingError(path: string, cause: unknown): RoomsError {
  if (cause instanceof RoomsError) return cause;
  const {message} = cause as Error;
  // For a file that cannot be created, SQLite's own message is no help.
  const isBarred = /unable to open|^(ENOENT|EACCES|ENOTDIR)/i.test(message);
  const where = `${resolve(path)}: its folder must exist, and you must be allowed to write to it.`;
  const desc = isBarred ? where : message;
  return new RoomsError('misconfigured', 'The database cannot be opened.', {desc, cause});
}

/**
 * Locks the file against other platforms, which would free the seats of the people connected here. Other programs may
 * still read the file. The operating system holds the lock, on a file beside it, so it ends with the process in any case.
 * Returns a function that releases the lock.
 */
async function claim(Driver: new (path: string) => Sqlite, path: string): Promise<() => void> {
  if (path === ':memory:') return () => {};
  const lock = new Driver(`${path}-lock`);
  lock.exec('pragma busy_timeout = 0');
  try {
    // When a platform is restarted, the new one waits for the old one to end.
    await whenFree(performance.now() + TAKEOVER, async () => lock.exec('begin exclusive'));
  } catch (cause) {
    lock.close();
    if (!isLocked(cause)) throw cause;
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

const isSqlite = (error: unknown) => /^(ERR_)?SQLITE/.test((error as {code?: string} | null)?.code ?? '');

const isLocked = (error: unknown) => isSqlite(error) && /locked|busy/i.test((error as Error).message);

/** Whether the file takes no writes, or cannot be read: a full disk, a fault of it, or missing rights. */
const isBroken = (error: unknown) =>
  isSqlite(error) && /is full|disk I\/O|readonly|unable to open/i.test((error as Error).message);

/** Runs a task, again and again while the file is locked, until a time of `performance.now()`. */
async function whenFree<Result>(deadline: number, task: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (!isLocked(error) || performance.now() > deadline) throw error;
      await pause(RETRY);
    }
  }
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
  readonly vital: Queries = this;
  #sqlite: Sqlite;
  #release: () => void;
  #statements = new Map<string, Statement>();
  #last: Promise<unknown> = Promise.resolve();
  #listeners: ((text: string) => void)[] = [];

  #deadlines: Deadlines;
  /** The time of this computer when the database was opened, before this process's own, which never jumps. */
  #ahead = Date.now() - performance.now();

  constructor(sqlite: Sqlite, release: () => void, deadlines: Deadlines) {
    this.#sqlite = sqlite;
    this.#release = release;
    this.#deadlines = deadlines;
  }

  now(): number {
    return Math.round(performance.now() + this.#ahead);
  }

  all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    if (/^\s*select\b/i.test(sql)) return this.#whenFree(async () => this.#run<Row>(sql, values));
    // libsql leaves a statement half done that finds the file locked. So only `begin` may find it locked.
    return this.transaction(queries => queries.all<Row>(sql, ...values));
  }

  publish(text: string): Promise<void> {
    return this.#inTurn(async () => this.#tell(text));
  }

  subscribe(hear: (text: string) => void) {
    this.#listeners.push(hear);
  }

  /** What is published never leaves this process, so it cannot be lost. */
  async check() {}

  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    return this.#whenFree(async () => {
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

  /** Runs `work` in turn. If the file is locked, lets others have their turn, such as readers, and tries again. */
  #whenFree<Result>(work: () => Promise<Result>): Promise<Result> {
    const deadline = performance.now() + this.#deadlines.lock;
    return whenFree(deadline, () => this.#inTurn(work)).catch((error: unknown) => {
      if (isLocked(error)) throw Unavailable.busy(error);
      throw isBroken(error) ? Unavailable.away(error) : error;
    });
  }

  /** Runs `work` after all earlier work: there is one connection, so nothing may run inside another's transaction. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  #run<Row>(sql: string, values: Value[]): Row[] {
    // For some other values libsql ends the whole process.
    if (!values.every(isValue)) throw new TypeError('A value for the database is neither text nor a number.');
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#prepare(sql)));
    const rows = statement.all(...values) as Record<string, unknown>[];
    if (statement.setReadBigInts) for (const row of rows) readNumbers(row);
    return rows as Row[];
  }

  #prepare(sql: string): Statement {
    const statement = this.#sqlite.prepare(sql);
    // Else one number beyond 2^53, written by hand, ends the reading of all rows. `libsql` rounds it, as we do.
    statement.setReadBigInts?.(true);
    return statement;
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

const isValue = (value: unknown) => typeof value === 'string' || typeof value === 'number';

function readNumbers(row: Record<string, unknown>) {
  for (const key in row) if (typeof row[key] === 'bigint') row[key] = Number(row[key]);
}
