import assert from 'node:assert/strict';
import {connect} from 'node:net';
import {describe, it, type TestContext} from 'node:test';
import {serve} from '../../src/http/server.js';
import {durableObjectStore} from '../../src/proxy/limits/durable-object.js';
import {FROM, isolates, through, WORKERD} from './runtimes.js';
import {openWorld, SHOP} from './world.js';

interface Asked {
  grant?: string;
  body?: object;
  key?: string;
}

async function ask(url: string, path: string, {grant, body, key}: Asked = {}) {
  const response = await fetch(`${url}/api/rooms${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      ...FROM,
      origin: SHOP,
      'x-rooms-client': 'test',
      ...(grant && {authorization: `Bearer ${grant}`}),
      ...(body && {'content-type': 'application/json'}),
      ...(key && {'idempotency-key': key}),
    },
    body: body && JSON.stringify(body),
  });
  return {status: response.status, body: (await response.json()) as {token?: string; room?: {room_id: string}}};
}

/** A platform that holds every answer back until `release` is called. */
async function held(t: TestContext, platform: string) {
  let arrive = () => {};
  let release = () => {};
  const arrived = new Promise<void>(resolve => (arrive = resolve));
  const released = new Promise<void>(resolve => (release = resolve));
  const {pathname} = new URL(platform);
  const served = await serve({
    port: 0,
    async fetch({url, headers}) {
      arrive();
      await released;
      const to = new URL(new URL(url).pathname, platform);
      return fetch(to, {headers: {authorization: headers.get('authorization')!}});
    },
  });
  t.after(() => served.close());
  return {url: served.url + pathname, arrived, release};
}

const WISH = {role: 'participant'};

describe('the token proxy in two isolates of workerd', {skip: WORKERD ? false : 'no WORKERD'}, () => {
  it('counts a visitor once, whichever isolate answers', async t => {
    const world = await openWorld(t);
    const {one, other} = await (await isolates(t, world.env))();
    const {ann: grant, lobby} = world.names;
    const asked = Array.from({length: 12}, (_, at) =>
      ask(at % 2 ? one : other, `/${lobby}/tokens`, {grant, body: WISH}),
    );
    const statuses = (await Promise.all(asked)).map(({status}) => status);
    assert.equal(statuses.filter(status => status === 200).length, 3);
    assert.equal(statuses.filter(status => status === 429).length, 9);
  });

  it('issues one token for twenty requests with one key at the same moment', async t => {
    const world = await openWorld(t);
    const {one, other} = await (await isolates(t, world.env))();
    const {page: grant, vault} = world.names;
    const key = crypto.randomUUID();
    const asked = Array.from({length: 20}, (_, at) =>
      ask(at % 2 ? one : other, `/${vault}/tokens`, {grant, body: WISH, key}),
    );
    const tokens = (await Promise.all(asked)).map(({body}) => body.token);
    assert.ok(tokens[0]);
    assert.deepEqual(new Set(tokens), new Set([tokens[0]]));
  });

  it('remembers after a crash who used up a budget, and which room was created', async t => {
    const world = await openWorld(t);
    const start = await isolates(t, world.env);
    const before = await start();
    const {ann, staff, lobby} = world.names;
    const joins = ({one}: typeof before) => ask(one, `/${lobby}/tokens`, {grant: ann, body: WISH});
    const makes = ({other}: typeof before) =>
      ask(other, '', {grant: staff, body: {name: 'Once', settings: {}}, key: 'made-once'});
    for (let i = 0; i < 3; i++) assert.equal((await joins(before)).status, 200);
    const made = await makes(before);
    assert.equal(made.status, 200);
    await before.end();
    const after = await start();
    assert.equal((await joins(after)).status, 429);
    assert.equal((await makes(after)).body.room!.room_id, made.body.room!.room_id);
  });

  it('deletes every expired entry of a Durable Object, and keeps the rest', async t => {
    const {door} = await (await isolates(t))();
    const store = durableObjectStore(through(door), {shards: 1});
    const keys = Array.from({length: 100}, (_, at) => `key${at}`);
    const claims = (owner: string) => Promise.all(keys.map((key, at) => store.claim(key, owner, at % 2 ? 0 : 60_000)));
    for (const {state} of await claims('first')) assert.equal(state, 'claimed');
    // Each claim checks sixteen entries, so these claims check all of them more than once.
    const states = (await claims('second')).map(({state}) => state);
    assert.equal(states.filter(state => state === 'running').length, 50);
    assert.equal(states.filter(state => state === 'claimed').length, 50);
  });

  for (const [which, ends] of [
    ['one', 'are cancelled'],
    ['other', 'get an abort signal'],
  ] as const) {
    it(`answers the other visitors when the one whose call they share leaves, where requests then ${ends}`, async t => {
      const world = await openWorld(t);
      const {url, arrived, release} = await held(t, world.env.PLATFORM_URL!);
      world.env.PLATFORM_URL = url;
      const {[which]: isolate} = await (await isolates(t, world.env))();
      const {hostname, port} = new URL(isolate);
      const leaving = connect(Number(port), hostname);
      leaving.write(`GET /api/rooms HTTP/1.1\r\nHost: ${hostname}\r\nx-rooms-client: test\r\n\r\n`);
      await arrived;
      // Once these are answered, the isolate has long seen every earlier request.
      const later = async () => {
        for (let i = 0; i < 10; i++) assert.equal((await ask(isolate, '/no.room')).status, 404);
      };
      const early = ask(isolate, '');
      await later();
      leaving.resetAndDestroy();
      await later();
      const late = ask(isolate, '');
      release();
      assert.deepEqual([(await early).status, (await late).status], [200, 200]);
    });
  }
});
