import {readFileSync} from 'node:fs';
import {checkServerIdentity, type ConnectionOptions} from 'node:tls';
import {RoomsError} from '../../rooms/errors.js';

/** What an address says about TLS. */
export interface Tls {
  /** The address without it. */
  connectionString: string;
  /** False for none. */
  ssl: ConnectionOptions | false;
  /** Whether to go on without TLS if the server has none. */
  optional: boolean;
  /** Whether TLS begins with the first byte. */
  sslnegotiation?: 'direct';
}

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** What `ssl` of an address means to other programs on Node. */
const SSL: Record<string, string> = {
  true: 'verify-full',
  1: 'verify-full',
  false: 'disable',
  0: 'disable',
  'no-verify': 'require',
};

/**
 * Reads `sslmode`, `sslrootcert`, `sslcert` and `sslkey` of an address, or `PGSSLMODE` and its like, as Postgres's own
 * programs mean them: `require` encrypts and trusts any certificate, `verify-ca` wants one that an authority signed, and
 * `verify-full` one with the name of the host, too. Without `sslmode` TLS is used if the server has it, or as `ssl` says,
 * and the authorities of the system (`sslrootcert=system`) always mean `verify-full`. Throws `misconfigured` for an unknown
 * mode, and for a file that cannot be read.
 */
export function tlsOf(address: string, hostOf: (address: string) => string, env: NodeJS.ProcessEnv = process.env): Tls {
  const [before, query = ''] = address.split(/\?(.*)/s);
  const rest = new URLSearchParams(query);
  const written = (name: string) => {
    const value = rest.get(name) ?? '';
    rest.delete(name);
    return value;
  };
  const set = (name: string) => env[`PG${name.toUpperCase()}`] ?? '';
  const take = (name: string) => written(name) || set(name);
  const [root, cert, key] = [take('sslrootcert'), take('sslcert'), take('sslkey')];
  const system = root === 'system';
  // Whatever of this stays in the address, the driver prefers to `ssl` below.
  const [other, negotiation] = [written('ssl'), written('sslnegotiation')];
  const asked = written('sslmode') || (SSL[other] ?? other) || set('sslmode');
  const usual = negotiation === 'direct' ? 'verify-full' : 'prefer';
  const mode = system && asked !== 'disable' ? 'verify-full' : asked || usual;
  rest.delete('uselibpqcompat');
  const connectionString = `${before}${rest.size ? `?${rest}` : ''}`;
  if (!MODES.includes(mode)) {
    throw new RoomsError('misconfigured', 'The database address has an unknown sslmode.', {
      desc: `Give one of ${MODES.join(', ')}.`,
    });
  }
  const host = hostOf(connectionString);
  // A socket in the file system leaves this computer in no way.
  if (mode === 'disable' || host.startsWith('/')) return {connectionString, ssl: false, optional: false};
  const verifies = mode.startsWith('verify') || (mode === 'require' && root !== '');
  const ssl: ConnectionOptions = {
    rejectUnauthorized: verifies,
    checkServerIdentity: (_, certificate) =>
      mode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined,
    ...(root && !system && {ca: read('sslrootcert', root)}),
    ...(cert && {cert: read('sslcert', cert)}),
    ...(key && {key: read('sslkey', key)}),
  };
  const optional = mode === 'allow' || mode === 'prefer';
  return {connectionString, ssl, optional, ...(negotiation === 'direct' && {sslnegotiation: negotiation})};
}

function read(what: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new RoomsError('misconfigured', `The file that ${what} names cannot be read.`, {
      cause,
      desc: `${path} must exist, and you must be allowed to read it.`,
    });
  }
}
