import {createHash, randomUUID} from 'node:crypto';
import type {Client, ClientConfig, Notification, Pool, PoolClient} from 'pg';
import {RoomsError} from '../../rooms/errors.js';
import {migrate} from './migrations.js';
import type {Database, Queries, Value} from './queries.js';

/** Most bytes of text in one notification. Postgres takes fewer than 8000, with the id and number that we add. */
const PIECE = 7000;

/** SQLSTATEs after which a transaction should run again: serialization failure and deadlock. */
const CONFLICTS = ['40001', '40P01'];

/** What to do when Postgres cannot be reached, by error code. None quotes the address, which may hold a password. */
const UNREACHABLE: Record<string, string> = {
  '3D000': 'The server has no database of that name. Create it first, for example with createdb.',
  '28000': 'The server does not accept this user.',
  '28P01': 'The server does not accept this user and password.',
  ECONNREFUSED: 'Nothing listens there. Start the server, or correct the host and the port.',
  ENOTFOUND: 'There is no such host.',
};

/** How long a listener that lost its connection waits before it connects again, in ms: first and longest wait. */
const RECONNECT = [100, 5000] as const;

/** Opens a Postgres database, which many processes may share. All tables are in the first schema of its search path. */
export async function openPostgres(address: string): Promise<Database> {
  const {default: pg} = await import('pg').catch((cause: unknown) => {
    throw new RoomsError('misconfigured', 'For a Postgres database run `npm install pg`.', {
      cause,
      desc: 'With nothing installed: npx -p greenroom -p pg greenroom platform',
    });
  });
  const config: ClientConfig = {
    connectionString: address,
    application_name: 'greenroom',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types: {
      // Counts and times are int8. By default pg returns int8 as text, for numbers above 2^53; ours never get there.
      getTypeParser: (oid, format) =>
        oid === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
    },
  };
  const pool = new pg.Pool({...config, max: 10});
  // An idle connection broke. The pool has dropped it, and the next query opens another.
  pool.on('error', () => {});
  const database = new PostgresDatabase(pool, () => new pg.Client(config));
  try {
    await database.listen().catch((cause: unknown) => {
      throw new RoomsError('misconfigured', 'The Postgres database cannot be reached.', {
        cause,
        desc:
          UNREACHABLE[(cause as {code?: string}).code ?? ''] ??
          'Check the address, the user and the password, and that the server runs.',
      });
    });
    await database.transaction(async queries => {
      // Processes may start at the same moment: only one of them may make the tables.
      await queries.all('select pg_advisory_xact_lock(hashtext(current_schema()))');
      await migrate(queries);
    });
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

class PostgresDatabase implements Database {
  readonly shared = true;
  #pool: Pool;
  #connect: () => Client;
  #channel = '';
  #listener?: Client;
  #listeners: ((text: string) => void)[] = [];
  /** Called after the connection of `#listener` was lost and made again. */
  #lossListeners: (() => void)[] = [];
  /** The texts of which only some pieces have arrived, by id. */
  #pieces = new Map<string, string>();
  #closed = false;
  #reconnect?: ReturnType<typeof setTimeout>;

  constructor(pool: Pool, connect: () => Client) {
    this.#pool = pool;
    this.#connect = connect;
  }

  all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    return run(this.#pool, sql, values);
  }

  publish(text: string): Promise<void> {
    return this.#publish(this.#pool, text);
  }

  subscribe(hear: (text: string) => void, lost?: () => void) {
    this.#listeners.push(hear);
    if (lost) this.#lossListeners.push(lost);
  }

  async transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(work);
      } catch (error) {
        if (attempt === 5 || !CONFLICTS.includes((error as {code?: string}).code ?? '')) throw error;
      }
    }
  }

  async close() {
    this.#closed = true;
    clearTimeout(this.#reconnect);
    await Promise.all([this.#listener?.end(), this.#pool.end()]);
  }

  /** Keeps one connection open to hear what is published. The channel's name comes from the schema of the tables. */
  async listen() {
    const listener = (this.#listener = this.#connect());
    listener.on('notification', notification => this.#hear(notification));
    // An `error` event without a listener would end the process. The `end` event follows and is handled below.
    listener.on('error', () => {});
    await listener.connect();
    const {rows} = await listener.query<{schema: string}>('select current_schema() as schema');
    this.#channel = `greenroom_${createHash('sha256').update(rows[0]!.schema).digest('hex').slice(0, 16)}`;
    await listener.query(`listen ${this.#channel}`);
    listener.on('end', () => this.#listenAgain(RECONNECT[0]));
  }

  #listenAgain(wait: number) {
    if (this.#closed) return;
    // The rest of these texts was missed.
    this.#pieces.clear();
    this.#reconnect = setTimeout(() => {
      this.listen().then(
        () => this.#lossListeners.forEach(lost => lost()),
        () => this.#listenAgain(Math.min(wait * 2, RECONNECT[1])),
      );
    }, wait).unref();
  }

  async #attempt<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await work({
        all: (sql, ...values) => run(client, sql, values),
        publish: text => this.#publish(client, text),
      });
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      // The pool must not reuse a connection that could not roll back.
      client.release(broken);
    }
  }

  /** Sends all pieces of a text in one statement, so that they arrive together or not at all. */
  async #publish(client: Pool | PoolClient, text: string) {
    const id = randomUUID();
    const pieces = cut(text);
    const notes = pieces.map((piece, index) => `${id} ${index === pieces.length - 1 ? '.' : index} ${piece}`);
    await client.query(`select pg_notify($1, note) from unnest($2::text[]) with ordinality as notes (note, place)`, [
      this.#channel,
      notes,
    ]);
  }

  #hear({payload = ''}: Notification) {
    const [, id, place, piece] = /^(\S+) (\S+) (.*)$/s.exec(payload) ?? [];
    if (id === undefined) return; // Not ours: any client of the server may notify any channel.
    const text = (this.#pieces.get(id) ?? '') + piece!;
    if (place !== '.') return void this.#pieces.set(id, text);
    this.#pieces.delete(id);
    for (const hear of this.#listeners) hear(text);
  }
}

const statements = new Map<string, {name: string; text: string}>();

/** A statement in Postgres's form, `$1` for the first `?`. With a name it is planned only once per connection. */
function prepared(sql: string) {
  let known = statements.get(sql);
  if (!known) {
    let count = 0;
    const text = sql.replace(/\?/g, () => `$${++count}`);
    statements.set(sql, (known = {text, name: createHash('sha256').update(sql).digest('hex').slice(0, 32)}));
  }
  return known;
}

async function run<Row>(client: Pool | PoolClient, sql: string, values: Value[]): Promise<Row[]> {
  return (await client.query({...prepared(sql), values: values.map(storable)})).rows as Row[];
}

/** Postgres refuses NUL in text. It is replaced, so such an id matches nothing. */
const storable = (value: Value) => (typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value);

/** Cuts a text into pieces of at most `PIECE` bytes of UTF-8, never within a character. */
function cut(text: string): string[] {
  const bytes = Buffer.from(text);
  const pieces: string[] = [];
  let start = 0;
  do {
    let end = Math.min(start + PIECE, bytes.length);
    while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
    pieces.push(bytes.toString('utf8', start, end));
    start = end;
  } while (start < bytes.length);
  return pieces;
}
