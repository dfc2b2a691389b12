import {createHash, randomUUID} from 'node:crypto';
import type {Client, ClientConfig, Notification, Pool, PoolClient} from 'pg';
import {RoomsError} from '../../rooms/errors.js';
import type {Database, Migrate, Queries, Value} from './database.js';

/** Bytes of one notification's text: Postgres takes less than 8000 with what we add. */
const PIECE = 7000;

/** SQLSTATEs with which Postgres asks to run a transaction again: serialization failure and deadlock. */
const AGAIN = ['40001', '40P01'];

/** What to do when Postgres cannot be reached, by the code of the error; none quotes the address, which has a password. */
const UNREACHABLE: Record<string, string> = {
  '3D000': 'The server has no database of that name; make it first, as with createdb.',
  '28000': 'The server does not take this user.',
  '28P01': 'The server does not take this user and password.',
  ECONNREFUSED: 'Nothing listens there; start the server, or correct the host and the port.',
  ENOTFOUND: 'There is no such host.',
};

/** How long a lost listener waits before it connects again, in ms: at first, and at most. */
const RECONNECT = [100, 5000] as const;

/** A Postgres database that any number of processes may use; everything is in the first schema of its search path. */
export async function openPostgres(address: string, migrate: Migrate): Promise<Database> {
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
      // Counts and times are int8, which pg would give as text for the sake of numbers that none of them reaches.
      getTypeParser: (oid, format) =>
        oid === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
    },
  };
  const pool = new pg.Pool({...config, max: 10});
  // A connection that broke while nobody used it; the pool has dropped it, and the next query makes another.
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
      // Two processes may start at the same moment, and one of them makes the tables.
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
  #losers: (() => void)[] = [];
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
    if (lost) this.#losers.push(lost);
  }

  async transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(work);
      } catch (error) {
        if (attempt === 5 || !AGAIN.includes((error as {code?: string}).code ?? '')) throw error;
      }
    }
  }

  async close() {
    this.#closed = true;
    clearTimeout(this.#reconnect);
    await Promise.all([this.#listener?.end(), this.#pool.end()]);
  }

  /** Holds one connection for what others publish; the channel belongs to the schema that the tables are in. */
  async listen() {
    const listener = (this.#listener = this.#connect());
    listener.on('notification', notification => this.#hear(notification));
    // Without a listener `error` would end the process; what matters follows as `end`.
    listener.on('error', () => {});
    await listener.connect();
    const {rows} = await listener.query<{schema: string}>('select current_schema() as schema');
    this.#channel = `greenroom_${createHash('sha256').update(rows[0]!.schema).digest('hex').slice(0, 16)}`;
    await listener.query(`listen ${this.#channel}`);
    listener.on('end', () => this.#listenAgain(RECONNECT[0]));
  }

  #listenAgain(wait: number) {
    if (this.#closed) return;
    // Texts of which the end was missed will never be whole.
    this.#pieces.clear();
    this.#reconnect = setTimeout(() => {
      this.listen().then(
        () => this.#losers.forEach(lost => lost()),
        () => this.#listenAgain(Math.min(wait * 2, RECONNECT[1])),
      );
    }, wait).unref();
  }

  async #once<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
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
      // A connection that cannot even roll back is not given to anybody else.
      client.release(broken);
    }
  }

  /** In one statement, so that the pieces of one text arrive together or not at all. */
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
    if (id === undefined) return; // Not one of ours: anybody may notify any channel.
    const text = (this.#pieces.get(id) ?? '') + piece!;
    if (place !== '.') return void this.#pieces.set(id, text);
    this.#pieces.delete(id);
    for (const hear of this.#listeners) hear(text);
  }
}

const texts = new Map<string, {name: string; text: string}>();

/** A statement as Postgres wants it, `$1` for the first `?`, with a name, so that it is planned once a connection. */
function prepared(sql: string) {
  let known = texts.get(sql);
  if (!known) {
    let count = 0;
    const text = sql.replace(/\?/g, () => `$${++count}`);
    texts.set(sql, (known = {text, name: createHash('sha256').update(sql).digest('hex').slice(0, 32)}));
  }
  return known;
}

async function run<Row>(client: Pool | PoolClient, sql: string, values: Value[]): Promise<Row[]> {
  return (await client.query({...prepared(sql), values: values.map(storable)})).rows as Row[];
}

/** Postgres refuses NUL in a text. Whoever sends one is looking for what is not there. */
const storable = (value: Value) => (typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value);

/** A text in pieces of at most `PIECE` bytes of UTF-8, none of which ends within a character. */
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
