// What the platform needs of a Postgres database, tried at start, and one true sentence for each thing that is missing.
import type {Client} from 'pg';
import {RoomsError} from '../../rooms/errors.js';
import {codeOf} from './connections.js';

type Sentence = [message: string, desc: string];

const CERTIFICATE: Sentence = [
  'The certificate of the Postgres server is not signed by an authority that this computer trusts.',
  'Name the file of its authority with sslrootcert=…, or encrypt without checking: sslmode=require.',
];
const ONLY_READS: Sentence = [
  'The Postgres server only reads.',
  'It is a replica, or its default_transaction_read_only is on. Give the address of the primary.',
];
const REFUSED = 'The Postgres server refuses the connection.';
const UNREACHABLE = 'The Postgres database cannot be reached.';

/** By error code of Postgres, Node or OpenSSL. No sentence quotes the address, which may hold a password. */
const SENTENCES: Record<string, Sentence> = {
  '3D000': [REFUSED, 'It has no database of that name. Create it first, for example with createdb.'],
  '28000': [
    REFUSED,
    'It does not accept this user from here, or only with TLS (sslmode=require). See its pg_hba.conf.',
  ],
  '28P01': [REFUSED, 'It does not accept this user and password.'],
  '53300': [REFUSED, 'It has too many connections. Raise its max_connections, or stop other programs.'],
  '57P03': [REFUSED, 'It is starting or stopping. Try again in a moment.'],
  '3F000': [
    'The Postgres database has no schema for the tables.',
    'Create the one that the search_path of the address names, for example with `create schema …`.',
  ],
  '42501': [
    'The Postgres user lacks rights on the schema or the tables.',
    'Grant it usage on the schema, and select, insert, update and delete on the tables. Who makes the tables needs create, too.',
  ],
  '25006': ONLY_READS,
  '55P03': [
    'The tables of the Postgres database are locked.',
    'Another program holds a lock on them. End it, and start again.',
  ],
  ECONNREFUSED: [UNREACHABLE, 'Nothing listens there. Start the server, or correct the host and the port.'],
  ENOTFOUND: [UNREACHABLE, 'There is no such host.'],
  EAI_AGAIN: [UNREACHABLE, 'The name of the host cannot be looked up.'],
  ENOENT: [UNREACHABLE, 'There is no such socket. Start the server, or correct the host.'],
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  CERT_SIGNATURE_FAILURE: CERTIFICATE,
  CERT_HAS_EXPIRED: ['The certificate of the Postgres server has expired.', 'Renew it on the server.'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'The certificate of the Postgres server names another host.',
    'Use the name in the certificate as the host, or check only the authority: sslmode=verify-ca.',
  ],
};

export const hasNoTls = (error: unknown) => /does not support SSL/.test((error as Error).message);

/** The error for an operator whose Postgres cannot be opened. */
export function openingError(cause: unknown): RoomsError {
  if (cause instanceof RoomsError) return cause;
  const [message, desc] = SENTENCES[codeOf(cause)] ?? fallback(cause as Error);
  return new RoomsError('misconfigured', message, {desc, cause});
}

function fallback(error: Error): Sentence {
  if (hasNoTls(error)) {
    return ['The Postgres server has no TLS.', 'Turn it on there (ssl = on), or leave sslmode out of the address.'];
  }
  if (/timeout|timed out/i.test(error.message)) {
    return [UNREACHABLE, 'It does not answer. Check the host and the port, and firewalls on the way.'];
  }
  return [UNREACHABLE, 'Check the address, the user and the password, and that the server runs.'];
}

/**
 * Tries that the server takes writes, that there is a schema, and that each connection of ours is one of the server's.
 * Returns the name of the schema. Throws `misconfigured`.
 */
export async function tryServer(one: Client, two: Client): Promise<string> {
  const {rows} = await one.query<{schema: string | null; reads: boolean}>(
    `select current_schema() as schema, pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as reads`,
  );
  const {schema, reads} = rows[0]!;
  if (reads) throw openingError({code: '25006'});
  if (schema === null) throw openingError({code: '3F000'});
  if (await isPooled(one, two)) {
    throw new RoomsError(
      'misconfigured',
      'Between here and Postgres is a pooler that lends connections by transaction.',
      {
        desc: 'Notifications do not pass it. Give the address of the server itself, or set pool_mode = session.',
      },
    );
  }
  return schema;
}

/** Whether two connections share one of the server's, or one changes between several. */
async function isPooled(one: Client, two: Client): Promise<boolean> {
  const pidOf = async (client: Client) =>
    (await client.query<{pid: number}>('select pg_backend_pid() as pid')).rows[0]!.pid;
  const first = await pidOf(one);
  await two.query('begin');
  try {
    // While the other one is within a transaction, a pooler cannot lend its connection to us.
    const [other, during] = [await pidOf(two), await pidOf(one)];
    return first === other || first !== during;
  } finally {
    await two.query('rollback');
  }
}

/** Tries that the user may make tables. Throws `misconfigured`. */
export async function tryToMake(client: Client) {
  const sql = `select has_schema_privilege(current_schema(), 'create') as may`;
  const {rows} = await client.query<{may: boolean}>(sql);
  if (!rows[0]!.may) throw openingError({code: '42501'});
}

/** Tries that the user may do with the tables what the platform does. Throws `misconfigured`. */
export async function tryRights(client: Client, tables: string[]) {
  const {rows} = await client.query(
    `select 1 from unnest($1::text[]) as tables (name), unnest(array['select', 'insert', 'update', 'delete']) as rights (name)
      where not has_table_privilege(tables.name, rights.name)`,
    [tables],
  );
  if (rows.length) throw openingError({code: '42501'});
}
