import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import type {Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {test, type TestContext} from 'node:test';
import {fileURLToPath} from 'node:url';
import {brokenProxy, naiveProxy, type Upstream} from './proxy-naive.js';
import {decentProxy, type People} from './proxy-decent.js';
import {enter} from './client.js';
import {twoRooms} from './proxy-target.js';
import {has, target} from './target.js';

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

/** A platform with two rooms, one with somebody inside, the other for nobody. */
async function world(t: TestContext): Promise<World> {
  const {url, app} = await target();
  const [room, foreign] = await twoRooms();
  if (has('sessions')) {
    const inside = await enter(room, {name: 'Inside', user_ref: 'secret-ref'});
    t.after(() => inside.leave());
  }
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
  const {upstream, room, foreign} = await world(t);
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

/** What is wrong with a proxy that was made as the samples of vendors are. */
const WRONG = [
  'a visitor who asks to be moderator is refused',
  'so is one who asks in other words: another case, spaces, a list, an object, a number',
  'so is one who names no role: nothing is taken for granted',
  'a role in the query or in a header is none',
  'somebody unknown gets nothing',
  'a page cannot say who asks: user_ref and identity in the body count for nothing',
  'a page cannot say what a token allows: keys that nobody asked for count for nothing',
  'a name cannot break the line it is shown in, or go on for ever',
  'an Idempotency-Key hands no token to another wish',
  'an Idempotency-Key hands no token to another person',
  'a room out of reach is answered as one that does not exist, on every route',
  'the list holds no room that is out of reach',
  'who may not manage rooms makes, changes and deletes none',
  'a visitor sees nothing of a room but what is needed to choose and join it',
  'no other origin is given a token, or is allowed to read an answer',
  'nothing is allowed to everybody: no “*”',
  'an id that hides something is no room: dots, slashes, NUL and line breaks, encoded once or twice',
  'no path climbs to a room out of reach, or past the rooms',
  'it fetches nothing that a request names: it is no proxy for other addresses',
  'a request without x-rooms-client is refused, with a body and without, to make and to delete',
  'only JSON is read: no form, no text, no file, nothing that says not what it is',
  'a method is what it says: overriding it changes nothing',
  'no token comes by GET, with what it needs in the address',
  'nothing that is sent breaks it: no status of 500, no page, no stack trace',
  'a token stands in the body and nowhere else',
  'no answer held the platform’s key',
];

/** And what is right with it, since it hands on what the platform says. */
const RIGHT = [
  'the list is {"result":0,"rooms":[…]}, and the room is in it',
  'a room has its room_id, name and settings, in the list and by itself',
  'a token is one line of text in {"result":0,"token":…}',
  'another click is another token',
];

test('a naive proxy and a broken one are told what is wrong with them; no statement passes with both', async t => {
  const at = await world(t);
  const broken = await run(t, brokenProxy(), at);
  const naive = await run(t, naiveProxy(at.upstream), at, {PROXY_LIMITS: '0'});
  const pick = (titles: string[], of: string[]) => titles.filter(title => of.includes(title));
  assert.deepEqual(pick(WRONG, naive.failed), WRONG, naive.output);
  assert.deepEqual(pick(RIGHT, naive.passed), RIGHT, naive.output);
  assert.deepEqual(pick(naive.passed, broken.passed), []);
  // Whoever reads it learns what was asked, what came and what to do, and neither a token nor the key.
  assert.match(
    naive.output,
    /answer has a member “token”\.\s+Compare the role with === .*\s+POST \/rooms\/\w+\/tokens was/,
  );
  assert.doesNotMatch(naive.output, /eyJ/);
  assert.ok(!naive.output.includes(at.upstream.key));
});
