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

// Runs the suite for proxies as the author of another proxy does: in a process of its own, against an address.

const ORIGIN = 'https://shop.example';

interface World {
  upstream: Upstream;
  room: string;
  foreign: string;
}

/** The titles of all statements, by outcome. */
interface Outcome {
  passed: string[];
  failed: string[];
  skipped: string[];
  output: string;
}

/** A platform with two rooms: one with somebody inside, one out of every visitor's reach. */
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
  // Each statement is in a group, so its line is indented by four spaces.
  for (const [, not, title = '', skip] of output.matchAll(/^ {4}(not )?ok \d+ - (.*?)( # SKIP.*)?$/gm)) {
    outcome[skip ? 'skipped' : not ? 'failed' : 'passed'].push(title);
  }
  return outcome;
}

test('a small proxy by another author passes every statement but those about managers', async t => {
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

/** Statements that fail for a proxy written like the samples of video platforms. */
const WRONG = [
  'a visitor who asks to be moderator is refused',
  'a disguised moderator role is refused: another case, spaces, a list, an object, a number',
  'a request without a role is refused',
  'a role in the query or in a header does not count',
  'somebody without a valid sign-in gets nothing',
  'a page cannot choose its identity: user_ref and identity in the body do not count',
  'a page cannot choose what a token allows: unknown keys do not count',
  'a name has no control characters and at most 200 characters',
  'an Idempotency-Key gives no token to a different request',
  'an Idempotency-Key gives no token to another person',
  'a room out of reach gets the same answers as an unknown room, on every route',
  'the list has no room that is out of reach',
  'somebody who may not manage rooms cannot make, change or delete one',
  'a visitor sees only what is needed to choose and join a room',
  'no other origin gets a token or may read an answer',
  'no answer allows every origin with “*”',
  'an id with dots, slashes, NUL or line breaks, encoded once or twice, is refused',
  'no path traversal reaches a room out of reach, or anything else',
  'the proxy fetches no address that a request names',
  'a request without x-rooms-client is refused, with and without a body, for any method that writes',
  'any content type but JSON is refused: forms, text, files, or none',
  'a method override changes nothing',
  'GET gives no token, even with all parameters in the address',
  'no request gets a status of 500 or more, an HTML page or a stack trace',
  'a token is in the body, once, and in no header',
  'no answer contains the platform’s key',
];

/** Statements that pass for it, because it passes on the platform's answers. */
const RIGHT = [
  'the list is {"result":0,"rooms":[…]}, and the room is in it',
  'a room has its room_id, name and settings, in the list and by itself',
  'a token is one line of text in {"result":0,"token":…}',
  'another click gives another token',
];

test('a naive proxy and a broken one fail with explanations, and no statement passes with both', async t => {
  const at = await world(t);
  const broken = await run(t, brokenProxy(), at);
  const naive = await run(t, naiveProxy(at.upstream), at, {PROXY_LIMITS: '0'});
  const pick = (titles: string[], of: string[]) => titles.filter(title => of.includes(title));
  assert.deepEqual(pick(WRONG, naive.failed), WRONG, naive.output);
  assert.deepEqual(pick(RIGHT, naive.passed), RIGHT, naive.output);
  assert.deepEqual(pick(naive.passed, broken.passed), []);
  // The output shows request, answer and what to do, but neither a token nor the key.
  assert.match(
    naive.output,
    /answer has a member “token”\.\s+Compare the role by === .*\s+POST \/rooms\/\w+\/tokens was/,
  );
  assert.doesNotMatch(naive.output, /eyJ/);
  assert.ok(!naive.output.includes(at.upstream.key));
});
