import assert from 'node:assert/strict';
import {test, type TestContext} from 'node:test';
import fc from 'fast-check';
import {serve} from '../../src/http/server.js';
import {createPlatform, openDatabase, type Credentials} from '../../src/platform/platform.js';
import {asked, definition, encode, update, type Body} from '../helpers/platform/bodies.js';
import {expectRoom, expectToken, isRefusal, readBody, type Expected, type Refusal} from '../helpers/platform/oracle.js';
import {freshPlace} from '../helpers/platform/place.js';
import {MINUTE, NOON, type Answer, type Json} from '../helpers/platform/start.js';

const {DATABASE_URL, FUZZ_RUNS} = process.env;

/** How many rooms to generate. More find rarer faults. On Postgres fewer suffice to show what differs there. */
const RUNS = Number(FUZZ_RUNS ?? (DATABASE_URL ? 500 : 2000));

interface Reply {
  status: number;
  text: string;
  body: Answer & {room?: Json; rooms?: Json[]; error?: string; desc?: string; token?: string};
}

async function startWorld(t: TestContext) {
  const world = {now: NOON, faults: [] as unknown[]};
  let end = async () => {};
  if (!DATABASE_URL) t.after(() => end());
  const database = await openDatabase(DATABASE_URL ? await freshPlace(t, () => end()) : ':memory:');
  const log = (error: unknown) => void world.faults.push(error);
  const platform = createPlatform({database, clock: () => world.now, log});
  const served = await serve({fetch: platform.fetch, port: 0, log});
  end = async () => {
    await served.close();
    await platform.close();
    await database.close();
  };
  async function call({id, key}: Credentials, method: string, path: string, body?: Body): Promise<Reply> {
    const authorization = `Basic ${btoa(`${id}:${key}`)}`;
    const response = await fetch(`${served.url}/v2${path}`, {
      method,
      headers: {authorization, ...(body && {'content-type': body.type})},
      body: body?.bytes,
    });
    const text = await response.text();
    assert.notEqual(response.status, 500, text);
    return {status: response.status, text, body: JSON.parse(text) as Reply['body']};
  }
  return Object.assign(world, {platform, call});
}

const STATUSES: Record<number, number> = {19006: 413, 40002: 403, 10106: 409, 19000: 409, 10113: 409, 10112: 409};

function assertRefused({status, body}: Reply, {result, key}: Refusal) {
  assert.deepEqual([status, body.result], [STATUSES[result] ?? 400, result]);
  assert.match(String(body.error), /^\[Reason\] \S/);
  assert.ok(`${body.error} ${String(body.desc)}`.includes(key), `${key} is not named: ${JSON.stringify(body)}`);
  assert.deepEqual(Object.keys(body), ['result', 'error', 'desc']);
}

/** Compares a reply with what is expected, and returns the room's id. */
function assertRoom(room: Json, {sip, updated: changed, ...expected}: Expected): string {
  const {room_id, created, updated, sip: said, service_id: _, ...rest} = room;
  assert.match(String(room_id), /^[0-9a-f]{24}$/);
  assert.equal(created, new Date(NOON).toISOString());
  assert.ok(changed ? String(updated) >= created : updated === undefined);
  // Through JSON, which has no negative zero.
  assert.deepEqual(rest, JSON.parse(JSON.stringify(expected)));
  const {pin, meeting_id} = said as Json;
  if (sip) assert.ok(Number.isInteger(pin) && Number.isInteger(meeting_id));
  assert.deepEqual(said, sip ? {enabled: true, pin, meeting_id} : {enabled: false});
  return String(room_id);
}

const expected = <Result extends object>({bytes}: Body, judge: (body: Json) => Result) => {
  const body = readBody(bytes);
  return isRefusal(body) ? body : judge(body as Json);
};

test('every request gets the documented answer, and a refused one stores nothing', async t => {
  const world = await startWorld(t);
  const counts = {made: 0, refused: 0, changed: 0, unchanged: 0, tokens: 0, denied: 0};
  const updates = fc.array(update, {maxLength: 2});
  const tokens = fc.array(fc.tuple(asked, fc.constantFrom(0, 0, 1, 46, 100, 151)), {maxLength: 2});
  const property = fc.asyncProperty(definition, updates, tokens, async (body, changes, requests) => {
    world.now = NOON;
    const application = await world.platform.createApplication();
    const ask = world.call.bind(undefined, application);
    const made = await ask('POST', '/rooms', body);
    let room = expected(body, sent => expectRoom(sent, NOON));
    if (isRefusal(room)) {
      counts.refused++;
      assertRefused(made, room);
      assert.deepEqual((await ask('GET', '/rooms')).body, {result: 0, rooms: []});
      return;
    }
    counts.made++;
    assert.equal(made.body.result, 0, made.text);
    const id = assertRoom(made.body.room!, room);
    let stored = made.body.room!;
    assert.deepEqual((await ask('GET', '/rooms')).body.rooms, [stored]);
    for (const change of changes) {
      const reply = await ask('PATCH', `/rooms/${id}`, change);
      const now: Expected = room;
      const next = expected(change, sent => expectRoom(sent, NOON, now));
      const {rooms} = (await ask('GET', '/rooms')).body;
      if (isRefusal(next)) {
        counts.unchanged++;
        assertRefused(reply, next);
        assert.deepEqual(rooms, [stored]);
        continue;
      }
      counts.changed++;
      assert.deepEqual(reply.body, {result: 0});
      assertRoom(rooms![0]!, next);
      if (next.sip && now.sip) assert.deepEqual(rooms![0]!.sip, stored.sip);
      [stored, room] = [rooms![0]!, next];
    }
    for (const [request, minutes] of requests) {
      world.now = NOON + minutes * MINUTE;
      const reply = await ask('POST', `/rooms/${id}/tokens`, request);
      const now: Expected = room;
      const denied = expected(request, sent => expectToken(sent, now, world.now) ?? {});
      counts[isRefusal(denied) ? 'denied' : 'tokens']++;
      if (isRefusal(denied)) assertRefused(reply, denied);
      else assert.deepEqual([reply.body.result, typeof reply.body.token], [0, 'string'], reply.text);
    }
    assert.deepEqual((await ask('GET', `/rooms/${id}`)).body, {result: 0, room: stored});
  });
  await fc.assert(property, {numRuns: RUNS, includeErrorInReport: true});
  t.diagnostic(JSON.stringify(counts));
  assert.deepEqual(world.faults, []);
  // If one of these were rare, the test would prove little.
  for (const [what, count] of Object.entries(counts))
    assert.ok(count > RUNS / 20, `${what}: ${count} of ${RUNS} rooms`);
});

test('a body of 10 MB is refused and changes nothing, and the next request is answered', async t => {
  const world = await startWorld(t);
  const application = await world.platform.createApplication();
  const ask = world.call.bind(undefined, application);
  const small = {bytes: encode('{"name":"x","owner_ref":"o"}'), type: 'application/json'};
  const {room} = (await ask('POST', '/rooms', small)).body;
  const path = `/rooms/${String(room!.room_id)}`;
  const fill = (text: string) => ({bytes: encode(text.replace('…', 'x'.repeat(10_000_000))), type: 'application/json'});
  for (const text of ['{"name":"…","owner_ref":"o"}', '…', '{"data":{"…":1}}']) {
    for (const [method, where] of [
      ['POST', '/rooms'],
      ['PATCH', path],
      ['POST', `${path}/tokens`],
    ] as const) {
      assertRefused(await ask(method, where, fill(text)), {result: 19006, key: ''});
      assert.deepEqual((await ask('GET', '/rooms')).body.rooms, [room]);
    }
  }
  assert.deepEqual(world.faults, []);
});
