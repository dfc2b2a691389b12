import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {connect} from 'node:net';
import {setTimeout as pause} from 'node:timers/promises';
import {ADDRESS} from './namespace.js';

const PORT = 3478;

/** Debian's coturn, at the path in `COTURN`, in the network of the test. */
export async function startCoturn(secret: string) {
  const options = {
    'listening-ip': ADDRESS,
    'relay-ip': ADDRESS,
    'listening-port': PORT,
    'min-port': 49_160,
    'max-port': 49_200,
    realm: 'greenroom.test',
    'static-auth-secret': secret,
    'log-file': 'stdout',
    pidfile: '/dev/null',
  };
  const flags = ['-n', '--use-auth-secret', '--fingerprint', '--no-cli', '--no-tls', '--no-dtls', '--verbose'];
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const server = spawn(process.env.COTURN!, [...flags, ...args], {stdio: ['ignore', 'pipe', 'pipe']});
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', chunk => (log += String(chunk)));
  const exited = once(server, 'exit');
  for (let tries = 0; !(await isOpen()); tries++) {
    assert.ok(server.exitCode === null && tries < 200, log);
    await pause(50);
  }
  return {
    url: `turn:${ADDRESS}:${PORT}`,
    log: () => log,
    async end() {
      server.kill('SIGKILL');
      await exited;
    },
  };
}

const isOpen = () =>
  new Promise<boolean>(resolve => {
    const socket = connect(PORT, ADDRESS);
    const end = (open: boolean) => (socket.destroy(), resolve(open));
    socket.on('connect', () => end(true)).on('error', () => end(false));
  });
