import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import {roomsApp} from '../../../src/http/routes.js';
import {serve} from '../../../src/http/server.js';
import type {Environment} from '../../../src/proxy/node/environment.js';
import {jsonLines} from '../../../src/proxy/node/log.js';
import {start} from '../../../src/proxy/node/command.js';
import {basicAuth} from '../../../src/proxy/proxy.js';
import {readSettings} from '../../../src/proxy/node/settings.js';
import {RoomsError, type Rooms} from '../../../src/rooms/rooms.js';
import {ORIGIN, recorded} from './start.js';

export const APP_ID = 'shop';
export const APP_KEY = 'CANARY-KEY-0123456789';

/** A platform behind a real server, which takes one id and one key, and remembers what it was asked. */
export async function platform(t: TestContext, but: Partial<Rooms> = {}) {
  const rooms = recorded(but);
  const app = roomsApp(({headers}) => {
    if (headers.get('authorization') === basicAuth(APP_ID, APP_KEY)) return rooms;
    throw new RoomsError('unauthorized', 'Application not found');
  });
  const served = await serve({fetch: request => app(request), port: 0});
  t.after(() => served.close());
  return {url: served.url, rooms};
}

/** An environment that the proxy takes. */
export const environment = (PLATFORM_URL: string, but: Environment = {}): Environment => ({
  PLATFORM_URL,
  APP_ID,
  APP_KEY,
  ORIGINS: ORIGIN,
  GUEST_ROLES: 'participant,viewer',
  MOUNT: '/api',
  PORT: '0',
  ...but,
});

/** The proxy as a server in this process, and the lines of its log as they are written. */
export async function startCommand(t: TestContext, env: Environment) {
  const read = await readSettings(env);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const lines: string[] = [];
  const running = await start(read.settings, jsonLines({write: line => void lines.push(line)}));
  t.after(() => running.close());
  return {...running, lines, said: () => lines.map(line => JSON.parse(line) as Record<string, unknown>)};
}

/** A folder that is gone with the test. */
export async function folder(t: {after(remove: () => Promise<void>): void}, parent = tmpdir()): Promise<string> {
  const made = await mkdtemp(join(parent, 'greenroom-'));
  // What a program that ends meanwhile still writes there must not keep it.
  t.after(() => rm(made, {recursive: true, force: true, maxRetries: 10}));
  return made;
}

/** A file that is gone with the test. */
export async function file(t: TestContext, name: string, text: string): Promise<string> {
  const path = join(await folder(t), name);
  await writeFile(path, text);
  return path;
}

/** Headers of a page of ours. */
export const PAGE = {origin: ORIGIN, 'x-rooms-client': 'test'};

/** A command in a process of its own. */
export function command(t: TestContext, args: string[], env: Environment) {
  const {PATH, HOME} = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli.ts', ...args], {env: {PATH, HOME, ...env}});
  t.after(() => child.kill('SIGKILL'));
  const told = {out: '', err: ''};
  child.stdout.on('data', text => (told.out += text));
  child.stderr.on('data', text => (told.err += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  /** Waits until its output matches; fails when it ends first. */
  async function until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(told.out);
      if (found) return found;
      const more = await Promise.race([once(child.stdout, 'data'), ended]);
      if (!Array.isArray(more) && !pattern.test(told.out)) throw new Error(`It ended: ${told.out}${told.err}`);
    }
  }
  return {child, told, ended, until};
}
