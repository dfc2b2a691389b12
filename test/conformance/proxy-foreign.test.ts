import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {test, type TestContext} from 'node:test';
import {fileURLToPath} from 'node:url';
import {brokenProxy, naiveProxy, type Upstream} from './proxy-naive.js';
import {decentProxy, type People} from './proxy-decent.js';
import {twoRooms} from './proxy-target.js';
import {target} from './target.js';

// The suite for foreign proxies, run as their authors run it: in a process of its own, against an address.

const ORIGIN = 'https://shop.example';

interface World {
  upstream: Upstream;
  room: string;
  foreign: string;
}

/** What each statement came to, by its title. */
interface Outcome {
  passed: string[];
  failed: string[];
  skipped: string[];
  output: string;
}

/** A platform with two rooms, one of them for nobody. */
async function world(): Promise<World> {
  const {url, app} = await target();
  const [room, foreign] = await twoRooms();
  return {upstream: {url, ...app}, room, foreign};
}

async function listening(t: TestContext, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
}

/** Runs the suite against a proxy. */
async function run(t: TestContext, server: Server, {upstream, room, foreign}: World, more = {}): Promise<Outcome> {
  const {PATH, HOME} = process.env;
  const env = {
    PATH,
    HOME,
    PROXY_URL: await listening(t, server),
    PROXY_ORIGIN: ORIGIN,
    PROXY_GRANT: 'visitor',
    PROXY_MODERATOR: '{"authorization":"Bearer moderator"}',
    PROXY_ROOM: room,
    PROXY_FOREIGN_ROOM: foreign,
    PROXY_CREDENTIALS: `${upstream.id}:${upstream.key}`,
    PROXY_LIMITS: '1',
    ...more,
  };
  const suite = fileURLToPath(new URL('./proxy.test.ts', import.meta.url));
  const args = ['--import', import.meta.resolve('tsx'), '--test-reporter=tap', suite];
  const child = spawn(process.execPath, args, {env, stdio: ['ignore', 'pipe', 'inherit']});
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  await once(child, 'close');
  const outcome: Outcome = {passed: [], failed: [], skipped: [], output};
  // Each statement stands in a group, and so four spaces to the right.
  for (const [, not, title = '', skip] of output.matchAll(/^ {4}(not )?ok \d+ - (.*?)( # SKIP.*)?$/gm)) {
    outcome[skip ? 'skipped' : not ? 'failed' : 'passed'].push(title);
  }
  return outcome;
}

test('a small proxy of another make passes every statement but those about managers', async t => {
  const {upstream, room, foreign} = await world();
  const people: People = new Map([
    ['Bearer visitor', {user_ref: 'v', roles: ['participant'], rooms: [room]}],
    ['Bearer moderator', {user_ref: 'm', roles: ['moderator', 'participant'], rooms: [room]}],
  ]);
  const server = decentProxy(upstream, ORIGIN, people);
  const {passed, failed, skipped, output} = await run(t, server, {upstream, room, foreign});
  assert.deepEqual(failed, [], output);
  assert.equal(skipped.length, 1);
  assert.ok(passed.length > 50, output);
});
