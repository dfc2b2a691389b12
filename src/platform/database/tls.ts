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
}

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/**
 * Reads `sslmode`, `sslrootcert`, `sslcert` and `sslkey` of an address, or `PGSSLMODE` and its like, as Postgres's own
 * programs mean them: `require` encrypts and trusts any certificate, `verify-ca` wants one that an authority signed, and
 * `verify-full` one with the name of the host, too. Without `sslmode` TLS is used if the server has it. Throws
 * `misconfigured` for an unknown mode, and for a file that cannot be read.
 */
export function tlsOf(address: string, hostOf: (address: string) => string, env: NodeJS.ProcessEnv = process.env): Tls {
  const [before, query = ''] = address.split(/\?(.*)/s);
  const rest = new URLSearchParams(query);
  const take = (name: string) => {
    const value = rest.get(name) ?? env[`PG${name.toUpperCase()}`] ?? '';
    rest.delete(name);
    return value;
  };
  const [mode, root, cert, key] = [take('sslmode') || 'prefer', take('sslrootcert'), take('sslcert'), take('sslkey')];
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
  const system = root === 'system';
  const verifies = mode.startsWith('verify') || (mode === 'require' && root !== '');
  const ssl: ConnectionOptions = {
    rejectUnauthorized: verifies,
    checkServerIdentity: (_, certificate) =>
      mode === 'verify-full' || system ? checkServerIdentity(host, certificate) : undefined,
    ...(root && !system && {ca: read('sslrootcert', root)}),
    ...(cert && {cert: read('sslcert', cert)}),
    ...(key && {key: read('sslkey', key)}),
  };
  return {connectionString, ssl, optional: mode === 'allow' || mode === 'prefer'};
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
