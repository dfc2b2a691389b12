import {execFile, spawn} from 'node:child_process';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {promisify} from 'node:util';
import {Redis} from 'ioredis';
import {freePort} from '../http/free-port.js';
import {folder} from './command.js';

export const NO_REDIS_SERVER = process.env.REDIS_SERVER ? false : 'no REDIS_SERVER';

/** A Redis of this test's own, from the program that REDIS_SERVER names. `tell` sends it a command. */
export async function redisServer(t: TestContext, {port = 0, args = []}: {port?: number; args?: string[]} = {}) {
  const at = port || (await freePort());
  const tls = args.includes('--tls-port');
  const plain = tls ? [] : ['--port', String(at)];
  const always = ['--bind', '127.0.0.1', '--save', '', '--dir', await folder(t)];
  const child = spawn(process.env.REDIS_SERVER!, [...plain, ...always, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  for await (const text of child.stdout) if (/Ready to accept connections/.test(String(text))) break;
  child.stdout.resume();
  async function tell(command: string, ...rest: string[]) {
    const client = new Redis({port: at, lazyConnect: true});
    await client.connect();
    const said = await client.call(command, ...rest);
    client.disconnect();
    return said;
  }
  return {port: at, url: `redis://127.0.0.1:${at}`, tell, child};
}

/** A Redis with TLS for `127.0.0.1`, and the file of the authority that signed its certificate. */
export async function secureRedis(t: TestContext) {
  const at = await folder(t);
  const [key, cert] = [join(at, 'key.pem'), join(at, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  await promisify(execFile)('openssl', [...made, ...subject, '-keyout', key, '-out', cert]);
  const port = await freePort();
  const files = [
    '--tls-cert-file',
    cert,
    '--tls-key-file',
    key,
    '--tls-ca-cert-file',
    cert,
    '--tls-auth-clients',
    'no',
  ];
  await redisServer(t, {port, args: ['--port', '0', '--tls-port', String(port), ...files]});
  return {url: `rediss://127.0.0.1:${port}`, ca: cert};
}
