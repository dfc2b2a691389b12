import {spawn} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after} from 'node:test';
import {fileURLToPath} from 'node:url';

export interface Credentials {
  id: string;
  key: string;
}

/** The server under test. */
interface Target {
  /** The base URL, in front of `/rooms`: `http://127.0.0.1:4000/video/v2`. */
  url: string;
  app: Credentials;
  /** A second application, to test that it cannot reach rooms of the first. */
  other?: Credentials;
  /** URL of a route that returns and sets the server's time. */
  clock?: string;
}

const {
  DATABASE_URL,
  ROOMS_URL,
  ROOMS_APP_ID = '',
  ROOMS_APP_KEY = '',
  ROOMS_APP_ID2,
  ROOMS_APP_KEY2 = '',
  ROOMS_CLOCK,
  ROOMS_LACKS = '',
  ROOMS_SESSIONS,
  ROOMS_SLOW,
  ROOMS_STRICT,
} = process.env;

/** What can be tested: all of it but `patience` on our own platform, on another server what the variables allow. */
const HAS = {
  strict: ROOMS_URL ? ROOMS_STRICT === '1' : ROOMS_STRICT !== '0',
  sessions: ROOMS_SESSIONS !== '0',
  clock: !ROOMS_URL || Boolean(ROOMS_CLOCK),
  other: !ROOMS_URL || Boolean(ROOMS_APP_ID2),
  patience: ROOMS_SLOW === '1',
};
const WITHOUT = {
  strict: 'no ROOMS_STRICT=1',
  sessions: 'ROOMS_SESSIONS=0',
  clock: 'no ROOMS_CLOCK',
  other: 'no ROOMS_APP_ID2',
  patience: 'no ROOMS_SLOW=1',
};
type Feature = keyof typeof HAS;

export const has = (feature: Feature) => HAS[feature];

/** Options of a test that needs these features. */
export function needs(...features: Feature[]): {skip: string | false} {
  const absent = features.find(feature => !HAS[feature]);
  return {skip: absent ? `skipped: ${WITHOUT[absent]}` : false};
}

/** What a server may lack: a role, what a setting asks for, that a token admits once, or rooms with 200 seats and more. */
type Lackable = 'moderator' | 'viewer' | 'audience' | 'lecture' | 'knock' | 'wait_for_moderator' | 'once' | 'seats';

/** Whether the server says that it lacks this. */
export const lacks = (what: Lackable) => ROOMS_LACKS.split(',').includes(what);

/** What a setting asks for that a server may lack. */
function askedBy(key: string, value: unknown): Lackable | undefined {
  if (key === 'mode' && value === 'lecture') return 'lecture';
  if (key === 'audiences' && Number(value) > 0) return 'audience';
  return (key === 'knock' || key === 'wait_for_moderator') && value === true ? key : undefined;
}

/** Those of the settings that the server does not lack. */
export const offered = (settings: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(settings).filter(([key, value]) => {
      const asked = askedBy(key, value);
      return !asked || !lacks(asked);
    }),
  );

/** Whether the server lacks nothing that the settings ask for. */
export const offers = (settings: Record<string, unknown> = {}) =>
  Object.keys(offered(settings)).length === Object.keys(settings).length;

/** Those of the roles that the server does not lack. */
export const rolesOf = <Role extends string>(...roles: Role[]) =>
  roles.filter(role => role === 'participant' || !lacks(role as Lackable));

let found: Promise<Target> | undefined;
let stop = async () => {};
// Registered here, outside of tests: inside one, `after` would stop the server when that test ends.
after(() => stop());

/** The server at `ROOMS_URL`. Without it starts our own, once, on `DATABASE_URL` or a file, and stops it after the tests. */
export const target = () => (found ??= ROOMS_URL ? Promise.resolve(theirs(ROOMS_URL)) : ours());

const theirs = (url: string): Target => ({
  url: url.replace(/\/$/, ''),
  app: {id: ROOMS_APP_ID, key: ROOMS_APP_KEY},
  ...(ROOMS_APP_ID2 && {other: {id: ROOMS_APP_ID2, key: ROOMS_APP_KEY2}}),
  clock: ROOMS_CLOCK,
});

/**
 * Starts our own platform by its command, with a test clock. Each start registers one application, so it is started for
 * the second application first.
 */
async function ours(): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-'));
  const [app, other] = [newCredentials(), newCredentials()];
  await (await start(folder, other)).stop();
  const platform = await start(folder, app);
  stop = async () => {
    await platform.stop();
    await rm(folder, {recursive: true});
  };
  return {url: `${platform.origin}/video/v2`, app, other, clock: `${platform.origin}/test/clock`};
}

const newCredentials = (): Credentials => ({id: `conformance-${randomUUID()}`, key: randomUUID()});

function start(folder: string, {id, key}: Credentials) {
  const database = DATABASE_URL ?? join(folder, 'rooms.db');
  const args = ['platform', '--port', '0', '--database', database, '--test-clock'];
  return startOurs(args, {APP_ID: id, APP_KEY: key});
}

/** Starts one of our commands in a process of its own, and waits until it takes requests. */
export async function startOurs(args: string[], env: Record<string, string>) {
  const main = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
  const {PATH, HOME} = process.env;
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main, ...args, '--drain', '0'], {
    env: {PATH, HOME, ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let output = '';
  const origin = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.stdout.on('data', (data: Buffer) => {
      const [found] = /http:\/\/127\.0\.0\.1:\d+(?=\/)/.exec((output += data.toString())) ?? [];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`Our ${args[0]} did not start: ${output.slice(-2000)}`)));
  });
  return {
    origin,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
