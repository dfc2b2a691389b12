import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import {once} from 'node:events';
import type {AddressInfo, Socket} from 'node:net';
import {describe, it, type TestContext} from 'node:test';
import {gzipSync} from 'node:zlib';
import {undiciTransport} from '../../src/proxy/node/node.js';
import {
  basicAuth,
  platformRooms,
  RoomsError,
  type HttpRoomsOptions,
  type TokenProxyOptions,
} from '../../src/proxy/proxy.js';
import {
  afterwards,
  answering,
  cut,
  faultProxy,
  reset,
  silence,
  sliced,
  stall,
  type Fault,
} from '../helpers/fault-proxy.js';
import {FOUR, MINUTE, NOON, SCHEDULED, startPlatform, until, type Json, type World} from '../helpers/platform/start.js';
import {start, visitor, WISH} from '../helpers/proxy/start.js';

const NAME = 'Große Runde 🎥';
const LIST = /^GET .*\/rooms$/;
const CREATE = /^POST .*\/rooms$/;
const TOKEN = /\/tokens$/;

/** A proxy in front of a fault proxy in front of a platform with one room. */
async function begin(t: TestContext, exchange: HttpRoomsOptions['exchange'], more: Partial<TokenProxyOptions> = {}) {
  const world = await startPlatform(t);
  const line = await faultProxy(t, world.host);
  const {id, key} = world.credentials;
  const reported: RoomsError[] = [];
  const rooms = platformRooms({
    endpoint: `http://${line.host}/video/v2`,
    headers: {authorization: basicAuth(id, key)},
    exchange,
    report: error => reported.push(error),
  });
  const {body} = await world.call('POST', '/rooms', {name: NAME, owner_ref: 'alice', settings: {}});
  const {room_id: room} = body.room as {room_id: string};
  const {ask, lines} = start(rooms, visitor(), {cache: 0, limits: false, ...more});
  const token = (id = room) => ask('POST', `/rooms/${id}/tokens`, {body: WISH});
  /** The next good request works, as soon as a machine that is busy lets it. */
  async function well() {
    await line.mend();
    await until(async () => (await ask('GET', '/rooms')).status === 200);
    await until(async () => typeof (await token()).body.token === 'string');
  }
  return {world, line, room, ask, token, lines, reported, well};
}

const named = async (world: World, name: string) =>
  ((await world.call('GET', '/rooms')).body.rooms as Json[]).filter(room => room.name === name);

const HTML = '<!doctype html><title>Shop</title>';
const html = {'content-type': 'text/html'};

/** Faults after which nobody knows what the platform has done, and the code in the operator's log. */
const LOST: [what: string, fault: Fault, code: string, timeout?: number][] = [
  ['no headers ever', silence, 'timeout', 3_000],
  ['a body that stalls', stall, 'timeout', 3_000],
  ['a connection reset before the answer', reset, 'offline'],
  ['a connection reset half-way', cut, 'offline'],
  ['500 as HTML', answering(500, HTML, html), 'platform_down'],
  ['502 as HTML', answering(502, HTML, html), 'platform_down'],
  ['503 as HTML', answering(503, HTML, html), 'platform_down'],
  ['200 with HTML', answering(200, HTML, html), 'bad_reply'],
  ['200 with nothing', answering(200), 'bad_reply'],
  ['200 with null', answering(200, 'null'), 'bad_reply'],
  ['200 with an array', answering(200, '[]'), 'bad_reply'],
  ['200 with trailing garbage', answering(200, '{"result":0,"rooms":[],"token":"t"} x'), 'bad_reply'],
  ['204', answering(204), 'bad_reply'],
  ['a redirect', answering(302, '{"result":0}', {location: 'http://127.0.0.1:9/'}), 'bad_reply'],
  ['success without what was asked for', answering(200, '{"result":0}'), 'bad_reply'],
  ['a gzip bomb', answering(200, bomb(), {'content-encoding': 'gzip'}), 'bad_reply'],
];

/** Clear answers of a platform, in either envelope and with any status, and what the visitor gets. */
const SAID: [what: string, fault: Fault, status: number, code: string][] = [
  ['a refusal with 200', answering(200, '{"result":40001,"error":"CANARY"}'), 404, 'not_found'],
  ['a refusal with 404', answering(404, '{"result":"40001","error":"CANARY"}'), 404, 'not_found'],
  ['a refusal with 400', answering(400, '{"result":10114,"error":"CANARY"}'), 409, 'room_full'],
  ['the other envelope with 200', answering(200, other(40001)), 404, 'not_found'],
  ['the other envelope with 409', answering(409, other('10114')), 409, 'room_full'],
  ['401', answering(401, '{"result":10000,"error":"CANARY"}'), 502, 'platform_down'],
  ['403', answering(403, '{"result":19010,"error":"CANARY"}'), 502, 'platform_down'],
  ['401 as HTML', answering(401, HTML, html), 502, 'platform_down'],
];

const WAITS: [said: string, told: RegExp][] = [
  ['2', /^2$/],
  [new Date(Date.now() + 600_000).toUTCString(), /^[56]\d\d$/],
  ['-1', /^1$/],
  ['1e9', /^3600$/],
  ['junk', /^5$/],
];

const TOKENS: [what: string, token: string][] = [
  ['missing', ''],
  ['a number', '"token":7,'],
  ['of 10 MB', `"token":"${'x'.repeat(10_000_000)}",`],
  ['with a newline', '"token":"CANARY\\n",'],
];

const transport = undiciTransport();
for (const [name, exchange] of [
  ['the runtime’s fetch', undefined],
  ['the pool of undici', transport],
] as const) {
  describe(`a platform reached over ${name}`, () => {
    it('costs a clear error and no more when it refuses connections', async t => {
      const {line, ask, token, lines, well} = await begin(t, exchange);
      await line.refuse();
      for (const answer of [await ask('GET', '/rooms'), await token()]) {
        assert.deepEqual([answer.status, answer.body.code], [502, 'platform_down']);
      }
      assert.deepEqual(new Set(lines.map(({code}) => code)), new Set(['offline']));
      await well();
    });

    // Most of them wait for a deadline.
    describe('costs a clear error and no more', {concurrency: 4}, () => {
      for (const [what, fault, code, timeout = 10_000] of LOST) {
        it(`when it answers with ${what}`, async t => {
          const {world, line, ask, token, lines, well} = await begin(t, exchange, {timeout});
          const before = process.resourceUsage().maxRSS;
          const wanted = code === 'timeout' ? [504, 'timeout'] : [502, 'platform_down'];
          line.break(LIST, fault);
          const list = await ask('GET', '/rooms');
          line.break(TOKEN, fault);
          const asked = line.requests.length;
          const issued = await token();
          assert.deepEqual([list.status, list.body.code], wanted);
          assert.deepEqual([issued.status, issued.body.code], wanted);
          assert.deepEqual(new Set(lines.map(line => line.code)), new Set([code]));
          assert.equal(line.requests.slice(asked).filter(line => TOKEN.test(line)).length, 1, 'a token is tried once');
          // A room is made once, whether or not the platform had made it when the answer was lost.
          for (const [name, lost] of [['Made', afterwards(fault)] as const, ['Not yet', fault] as const]) {
            line.break(CREATE, lost, 1);
            const made = await ask('POST', '/rooms', {body: {name, data: {a: 1}}});
            assert.deepEqual([made.status, (made.body.room as Json).data], [200, {a: 1}], JSON.stringify(made.body));
            assert.equal((await named(world, name)).length, 1);
          }
          assert.ok(process.resourceUsage().maxRSS - before < 300_000, 'in KB');
          await well();
        });
      }
    });

    for (const [what, fault, status, code] of SAID) {
      it(`is told as ${code} when it answers with ${what}`, async t => {
        const {line, token, lines, well} = await begin(t, exchange);
        line.break(TOKEN, fault);
        const answer = await token();
        assert.deepEqual([answer.status, answer.body.code], [status, code]);
        assert.equal(lines.length, status === 502 ? 1 : 0);
        assert.doesNotMatch(answer.text + JSON.stringify(lines), /CANARY/);
        await well();
      });
    }

    it('upstream 429: is spared as long as it asks, with Retry-After 2, a date, −1, 1e9 and junk', async t => {
      const {line, token, ask, well} = await begin(t, exchange);
      let ahead = 0;
      const now = performance.now.bind(performance);
      t.mock.method(performance, 'now', () => now() + ahead);
      for (const [said, told] of WAITS) {
        line.break(TOKEN, answering(429, '{"result":10105,"error":"x"}', {'retry-after': said}));
        const answer = await token();
        assert.deepEqual([answer.status, answer.body.code], [503, 'platform_down']);
        assert.match(answer.headers.get('retry-after')!, told, said);
        const before = line.requests.length;
        const others = await Promise.all(Array.from({length: 20}, () => ask('GET', '/rooms')));
        assert.ok(others.every(({status, headers}) => status === 503 && Number(headers.get('retry-after')) >= 1));
        assert.equal(line.requests.length, before);
        ahead += 60_000;
        await well();
      }
    });

    it('upstream redirect carries the body elsewhere: a second host sees nothing', async t => {
      const seen: unknown[] = [];
      const second = createServer(request => seen.push(request.url)).listen(0, '127.0.0.1');
      await once(second, 'listening');
      t.after(() => second.close());
      const {line, ask, token, well} = await begin(t, exchange);
      const location = `http://127.0.0.1:${(second.address() as AddressInfo).port}/`;
      for (const status of [301, 302, 303, 307, 308]) {
        line.break(/./, answering(status, '{"result":0,"rooms":[]}', {location}));
        for (const answer of [await ask('GET', '/rooms'), await token()]) assert.equal(answer.status, 502);
      }
      assert.deepEqual(seen, []);
      await well();
    });

    it('may slice its answers, within a character too, and begin them with a byte order mark', async t => {
      const {line, ask, token} = await begin(t, exchange);
      for (const size of [64, 1]) {
        line.break(/./, sliced(size));
        const {body} = await ask('GET', '/rooms');
        assert.equal((body.rooms as Json[])[0]!.name, NAME);
        assert.equal(typeof (await token()).body.token, 'string');
      }
      line.break(LIST, answering(200, '\uFEFF{"result":0,"rooms":[]}'));
      assert.deepEqual((await ask('GET', '/rooms')).body.rooms, []);
    });

    it('may have one broken room in a list, which is left out and reported', async t => {
      const {line, ask, reported} = await begin(t, exchange);
      const rooms = [{room_id: 'a', name: 'Whole', settings: {}}, {room_id: '../x', name: 1}, null];
      line.break(LIST, answering(200, JSON.stringify({result: 0, rooms})));
      const {status, body} = await ask('GET', '/rooms');
      assert.deepEqual([status, (body.rooms as Json[]).map(room => room.name)], [200, ['Whole']]);
      assert.equal(reported.map(({code}) => code).join(), 'bad_reply,bad_reply');
    });

    for (const [what, text] of TOKENS) {
      it(`counts as down when it issues a token ${what}, which nobody sees`, async t => {
        const {line, token, lines, well} = await begin(t, exchange);
        line.break(TOKEN, answering(200, `{${text}"result":0}`));
        const answer = await token();
        assert.deepEqual([answer.status, answer.body.code], [502, 'platform_down']);
        assert.equal(lines[0]!.code, 'bad_reply');
        assert.doesNotMatch(answer.text + JSON.stringify(lines), /CANARY|xxx/);
        await well();
      });
    }

    it('says in time what has become of a room', async t => {
      const {world, ask, token, lines} = await begin(t, exchange);
      const told = async (answer: ReturnType<typeof ask>) => {
        const {status, body} = await answer;
        return [status, body.code];
      };
      const gone = await world.room();
      assert.equal((await ask('GET', '/rooms')).status, 200);
      await world.call('DELETE', `/rooms/${gone}`);
      assert.deepEqual(await told(token(gone)), [404, 'not_found']);
      const active = await world.room();
      const ann = await world.enter(active);
      assert.deepEqual(await told(ask('DELETE', `/rooms/${active}`)), [409, 'room_active']);
      await ann.leave();
      const later = await world.room(SCHEDULED);
      const early = await token(later);
      assert.deepEqual([early.status, early.body.code], [409, 'not_open_yet']);
      assert.equal(early.body.opens_at, new Date(FOUR - 15 * MINUTE).toISOString());
      assert.ok(world.now === NOON);
      world.now = FOUR - 10 * MINUTE;
      assert.deepEqual(await told(ask('PATCH', `/rooms/${later}`, {body: {name: 'New'}})), [409, 'too_late']);
      world.now = FOUR + 61 * MINUTE;
      assert.deepEqual(await told(token(later)), [409, 'over']);
      assert.deepEqual(lines, []);
    });

    it('100 000 rooms: is read no further than a list may be long, and memory stays flat', async t => {
      const {line, ask, well} = await begin(t, exchange);
      const taken: Promise<number>[] = [];
      line.break(LIST, client => void taken.push(endless(client)));
      const before = process.resourceUsage().maxRSS;
      assert.deepEqual((await ask('GET', '/rooms')).body.code, 'platform_down');
      // What the sockets on both sides hold is more than what was read.
      assert.ok((await taken[0]!) < 32e6);
      assert.ok(process.resourceUsage().maxRSS - before < 200_000, 'in KB');
      assert.equal(taken.length, 1);
      await well();
    });
  });
}

function other(error_code: number | string) {
  return JSON.stringify({status: 'error', error_code, message: 'CANARY'});
}

/** 1 GB of spaces, of which each piece unpacks to a MB. */
function bomb(): Buffer {
  return Buffer.concat(Array<Buffer>(1000).fill(gzipSync(Buffer.alloc(1_000_000, ' '))));
}

/** Sends 100,000 rooms, 44 MB, as fast as they are taken; how many bytes were. */
async function endless(client: Socket): Promise<number> {
  const room = JSON.stringify({
    room_id: 'x'.repeat(24),
    name: 'x'.repeat(200),
    settings: {description: 'x'.repeat(150)},
  });
  const rooms = Buffer.from(`${room},`.repeat(100));
  const length = 100_000 * (room.length + 1) + 31;
  client.write(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n{"result":0,"rooms":[`,
  );
  const gone = new Promise(resolve => client.on('close', resolve));
  let sent = 0;
  while (sent < 100_000 && !client.destroyed) {
    if (!client.write(rooms)) await Promise.race([new Promise(resolve => client.once('drain', resolve)), gone]);
    sent += 100;
  }
  client.destroy();
  return client.bytesWritten;
}
