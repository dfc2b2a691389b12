// A network of a test file's own. Neither Chromium nor video engines offer addresses of the loopback interface for media,
// and nothing that they send leaves this network.
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';

/** The address for media in the network. */
export const ADDRESS = '10.77.0.1';
const GATEWAY = '10.77.0.2';

/** What it takes: root, to make a network, and a program that an environment variable names. */
export const needs = (...variables: string[]): {skip: string | false} => {
  const missing = variables.filter(variable => !process.env[variable]);
  if (missing.length > 0) return {skip: `skipped: no ${missing.join(', ')}`};
  return {skip: process.getuid?.() === 0 ? false : 'skipped: not root'};
};

/**
 * Runs the calling test file again, in a network of its own, and ends this process as that one ends. Returns at once in
 * the network, and if the tests are skipped.
 */
export async function inNamespace(file: string, {skip}: {skip: string | false}): Promise<void> {
  if (skip || process.env.TEST_NAMESPACE) return;
  const name = `greenroom-${process.pid}`;
  const commands = [
    `netns add ${name}`,
    `-n ${name} link set lo up`,
    `-n ${name} link add media0 type veth peer name media1`,
    `-n ${name} address add ${ADDRESS}/24 dev media0`,
    `-n ${name} link set media0 up`,
    `-n ${name} link set media1 up`,
    // Browsers offer the address from which the default route starts.
    `-n ${name} route add default via ${GATEWAY}`,
  ];
  process.on('exit', () => spawnSync('ip', ['netns', 'delete', name]));
  for (const command of commands) ip(command);
  const node = [process.execPath, ...process.execArgv, fileURLToPath(file)];
  // No database server of the machine can be reached from there.
  const env = {...process.env, TEST_NAMESPACE: name, DATABASE_URL: ''};
  const child = spawn('ip', ['netns', 'exec', name, ...node], {stdio: 'inherit', env});
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exit(code ?? 1);
}

function ip(command: string) {
  const {status, stderr} = spawnSync('ip', command.split(' '), {encoding: 'utf8'});
  if (status !== 0) throw new Error(`ip ${command}: ${stderr}`);
}
