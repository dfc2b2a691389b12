import {spawn} from 'node:child_process';
import {EventEmitter, once} from 'node:events';
import {existsSync} from 'node:fs';
import {copyFile, mkdir, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import type {TestContext} from 'node:test';
import {getRequestListener} from '@hono/node-server';
import {build} from 'vite';
import * as route from '../../demo/servers/next-route.js';
import type {ObjectNamespace} from '../../src/proxy/limits/durable-object.js';
import {command, file, folder} from '../helpers/proxy/command.js';
import type {Running} from './transcript.js';
import type {World} from './world.js';

/** Paths of the programs. They take 360 MB, so `npm install` does not bring them, and tests skip those not named here. */
export const {WORKERD, DENO, BUN, EXPRESS, FASTIFY} = process.env;

/** `greenroom proxy` in a process of its own. */
export async function onNode(t: TestContext, {env}: World): Promise<Running> {
  const {LIMITS = '{}', GRANT_KEYS = '', ...rest} = env;
  const {tokens} = JSON.parse(LIMITS) as {tokens: {visitor: {capacity: number; per: number}}};
  const {until} = command(t, ['proxy'], {
    ...rest,
    GRANT_KEYS_FILE: await file(t, 'keys.json', GRANT_KEYS),
    GUEST_ROLES: 'participant,viewer',
    MOUNT: '/api',
    PORT: '0',
    LIVEKIT_ENDPOINT: '1',
    LIMITS_TOKENS_VISITOR: `${tokens.visitor.capacity}/${tokens.visitor.per / 1000}`,
  });
  const [, url] = await until(/Listening at (http:[^"]+?)\/api/);
  return {url: url!};
}

export async function onDeno(t: TestContext, {env}: World): Promise<Running> {
  const flags = ['--allow-net', '--allow-env', '--unstable-sloppy-imports', '--no-lock'];
  const place = ['--host', '127.0.0.1', '--port', '0', 'demo/servers/deno.ts'];
  const more = {DENO_DIR: await folder(t), NO_COLOR: '1'};
  const {until} = run(t, DENO!, ['serve', ...flags, ...place], {...env, ...more});
  return {url: (await until(ADDRESS))[0]};
}

export async function onBun(t: TestContext, {env}: World): Promise<Running> {
  const {until} = run(t, BUN!, ['demo/servers/bun.ts'], {...env, PORT: '0', NO_COLOR: '1'});
  return {url: (await until(ADDRESS))[0]};
}

/** A server of demo/servers that runs on Node. */
export const onServer =
  (name: string) =>
  async (t: TestContext, {env}: World): Promise<Running> => {
    const program = ['--import', 'tsx', '--import', './test/runtimes/frameworks.mjs', `demo/servers/${name}.ts`];
    const {until} = run(t, process.execPath, program, {...env, ...FRAMEWORKS, PORT: '0'});
    return {url: (await until(ADDRESS))[0]};
  };

const FRAMEWORKS = {...(EXPRESS && {EXPRESS}), ...(FASTIFY && {FASTIFY})};

/** The route, called as Next calls it: by the method, with the visitor's address in a header. */
export async function onNext(t: TestContext, {env}: World): Promise<Running> {
  for (const [name, value] of Object.entries(env)) {
    const before = process.env[name];
    process.env[name] = value;
    t.after(() => (before === undefined ? delete process.env[name] : (process.env[name] = before)));
  }
  // The proxy reports the transcript's bad grants there.
  t.mock.method(console, 'error', () => {});
  const handlers: Record<string, (request: Request) => Promise<Response>> = route;
  const server = createServer(getRequestListener(request => handlers[request.method]!(request)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, headers: {'x-real-ip': '127.0.0.1'}};
}

const ADDRESS = /http:\/\/127\.0\.0\.1:\d+/;

/** How Cloudflare passes the visitor's address on. */
export const FROM = {'cf-connecting-ip': '127.0.0.1'};

export async function onWorkerd(t: TestContext, {env}: World): Promise<Running> {
  const {urls} = await workerd(t, await worker(t), ['--socket-addr=http=127.0.0.1:0', 'config.capnp'], 1, env);
  return {url: urls.http!, headers: FROM};
}

/**
 * Starts the Worker in two isolates, and a door to their Durable Objects. Each start finds on disk what the one before
 * left there.
 */
export async function isolates(t: TestContext, env: World['env'] = {}) {
  const folder = await worker(t);
  for (const each of ['isolates.capnp', 'door.js']) await copyFile(`test/runtimes/${each}`, join(folder, each));
  return async () => {
    const {urls, end} = await workerd(t, folder, ['isolates.capnp'], 3, env);
    return {one: urls.one!, other: urls.other!, door: urls.door!, end};
  };
}

/** The Durable Objects of workerd, as a Worker sees them. */
export const through = (door: string): ObjectNamespace<string> => ({
  idFromName: name => name,
  get: name => ({fetch: (_, init) => fetch(`${door}/${name}`, init)}),
});

/** Makes a folder with the bundled Worker and its configuration, which the end of the test deletes. */
async function worker(t: TestContext): Promise<string> {
  // In memory where possible: the proxy counts Durable Objects as down when the disk stalls for two seconds.
  const made = await folder(t, existsSync('/dev/shm') ? '/dev/shm' : undefined);
  await writeFile(join(made, 'worker.js'), await (bundle ??= bundled()));
  await mkdir(join(made, 'limits'));
  await copyFile('demo/servers/config.capnp', join(made, 'config.capnp'));
  return made;
}

let bundle: Promise<string> | undefined;

async function bundled(): Promise<string> {
  const [made] = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'esnext',
      lib: {entry: 'demo/servers/worker.ts', formats: ['es'], fileName: 'worker'},
      // The configuration names one file.
      rolldownOptions: {output: {inlineDynamicImports: true}},
    },
    resolve: {conditions: ['workerd', 'worker', 'browser']},
  })) as {output: {code: string}[]}[];
  return made!.output[0]!.code;
}

/** Runs workerd with a configuration in a folder, and returns the addresses of its sockets by name. */
async function workerd(t: TestContext, folder: string, args: string[], sockets: number, env: World['env']) {
  const {until, end} = run(t, WORKERD!, ['serve', '--control-fd=3', ...args], env, folder);
  const [all] = await until(RegExp(`(.*"listen".*\\n){${sockets}}`));
  const found = all.matchAll(/"socket":"(\w+)","port":(\d+)/g);
  const urls = Object.fromEntries([...found].map(([, name, port]) => [name, `http://127.0.0.1:${port}`]));
  return {urls: urls as Record<string, string>, end};
}

/**
 * Starts a program. `until` waits until one of its streams prints a pattern, and fails with all that was printed if the
 * program ends first.
 */
function run(t: TestContext, program: string, args: string[], env: World['env'], cwd = '.') {
  const {PATH, HOME} = process.env;
  const child = spawn(program, args, {cwd, env: {PATH, HOME, ...env}, stdio: ['ignore', 'pipe', 'pipe', 'pipe']});
  const ended = once(child, 'close');
  const end = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  t.after(end);
  let text = '';
  const pieces = new EventEmitter();
  for (const stream of child.stdio.slice(1) as Readable[]) {
    stream.on('data', piece => {
      text += piece;
      pieces.emit('more');
    });
  }
  async function until(what: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = what.exec(text);
      if (found) return found;
      const more = await Promise.race([once(pieces, 'more'), ended.then(() => 'ended')]);
      if (more === 'ended' && !what.test(text)) throw new Error(`It ended: ${text}`);
    }
  }
  return {until, end};
}
