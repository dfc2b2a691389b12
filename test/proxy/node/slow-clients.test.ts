import assert from 'node:assert/strict';
import {gzipSync} from 'node:zlib';
import {describe, it, type TestContext} from 'node:test';
import {serve} from '../../../src/http/server.js';
import {bodyOf, Raw, statuses} from '../../helpers/http/raw.js';
import {environment, PAGE, platform, startCommand} from '../../helpers/proxy/command.js';
import {ORIGIN, recorded, start, WISH} from '../../helpers/proxy/start.js';

const WISHED = JSON.stringify(WISH);

/** A proxy behind the server that the command uses, with little patience. */
async function impatient(t: TestContext) {
  const rooms = recorded();
  const {proxy} = start(rooms);
  const limits = {headers: 300, request: 600, keepAlive: 300, idle: 1_000, perAddress: 0};
  const served = await serve({fetch: proxy, port: 0, limits});
  t.after(() => served.close());
  return {rooms, served, raw: () => new Raw(t, served), base: served.url};
}

const head = (...lines: string[]) => [
  'POST /rooms/lobby/tokens HTTP/1.1',
  'host: proxy.example',
  `origin: ${ORIGIN}`,
  'x-rooms-client: test',
  'content-type: application/json',
  ...lines,
  '',
];

/** The next good request, of another client. */
async function goodOne(base: string) {
  const answer = await fetch(`${base}/rooms`, {headers: PAGE});
  return answer.status;
}

describe('slowloris, huge or deep or lying body, gzip request', () => {
  it('gives up on headers that do not end', async t => {
    const {rooms, raw, base} = await impatient(t);
    const slow = raw().send('POST /rooms HTTP/1.1', 'host: x', '');
    const drip = setInterval(() => slow.socket.write('x: y\r\n'), 50);
    t.after(() => clearInterval(drip));
    await slow.closed;
    assert.deepEqual(statuses(slow.text), [408]);
    assert.deepEqual([await goodOne(base), rooms.calls.length], [200, 1]);
  });

  it('gives up on a body that does not end', async t => {
    const {rooms, raw, base} = await impatient(t);
    const slow = raw().send(...head('content-length: 10000'), '{');
    const drip = setInterval(() => slow.socket.write(' '), 50);
    t.after(() => clearInterval(drip));
    await slow.closed;
    assert.ok(statuses(slow.text).every(status => status >= 400));
    assert.deepEqual([await goodOne(base), rooms.calls.length], [200, 1]);
  });

  it('gives up on a connection that says nothing', async t => {
    const {raw, base} = await impatient(t);
    const silent = Array.from({length: 50}, raw);
    await Promise.all(silent.map(({closed}) => closed));
    assert.equal(await goodOne(base), 200);
  });

  it('answers others while hundreds are slow', async t => {
    const {raw, base} = await impatient(t);
    const slow = Array.from({length: 300}, () => raw().send('POST /rooms HTTP/1.1', 'host: x', ''));
    assert.equal(await goodOne(base), 200);
    await Promise.all(slow.map(({closed}) => closed));
    assert.equal(await goodOne(base), 200);
  });

  const SHORT = `${WISHED}GET /rooms HTTP/1.1\r\nhost: x\r\n\r\n`;
  const LIES: [what: string, lines: string[], body: string, status: number[]][] = [
    ['says it is shorter than it is', ['content-length: 5'], WISHED, [400]],
    ['says it is longer than it is', ['content-length: 500', 'connection: close'], WISHED, [400, 408]],
    ['says two lengths', ['content-length: 5', 'content-length: 6'], WISHED, [400]],
    ['says a length and chunks', ['content-length: 5', 'transfer-encoding: chunked'], '0\r\n\r\n', [400]],
    ['says a length below nothing', ['content-length: -1'], WISHED, [400]],
    ['says a length that is no number', ['content-length: 0x20'], WISHED, [400]],
    ['hides a request behind itself', [`content-length: ${SHORT.length}`], SHORT, [400]],
    ['is packed', ['content-encoding: gzip', `content-length: ${WISHED.length}`], WISHED, [415]],
    ['is packed twice over', ['content-encoding: br, gzip', `content-length: ${WISHED.length}`], WISHED, [415]],
    ['comes in chunks that are packed', ['transfer-encoding: gzip, chunked'], '0\r\n\r\n', [400, 415, 501]],
  ];
  for (const [what, lines, body, wanted] of LIES) {
    it(`refuses a body that ${what}, and asks nothing of the platform`, async t => {
      const {rooms, raw, base} = await impatient(t);
      const liar = raw().send(...head(...lines), body);
      await liar.closed;
      const [status] = statuses(liar.text);
      assert.ok(wanted.includes(status!), liar.text);
      assert.ok(
        statuses(liar.text).every(each => each >= 400),
        liar.text,
      );
      assert.equal(await goodOne(base), 200);
      assert.deepEqual(
        rooms.calls.map(([operation]) => operation),
        ['list'],
      );
    });
  }

  const deep = (open: string, close: string, times = 3_000) => `{"data":${open.repeat(times)}1${close.repeat(times)}}`;
  const HUGE: [what: string, body: string | Uint8Array<ArrayBuffer>, status: number][] = [
    ['10 MB long', JSON.stringify({...WISH, x: 'x'.repeat(10_000_000)}), 413],
    ['3000 lists deep', deep('[', ']'), 400],
    ['2000 objects deep', deep('{"a":', '}', 2_000), 400],
    ['cut within a letter', Uint8Array.from([0x7b, 0x22, 0xc3]), 400],
    ['no UTF-8', Uint8Array.from([0x22, 0xff, 0xfe, 0x22]), 400],
    ['UTF-16', Uint8Array.from(Buffer.from(WISHED, 'utf16le')), 400],
    ['really packed, without saying so', Uint8Array.from(gzipSync(WISHED)), 400],
  ];
  for (const [what, body, wanted] of HUGE) {
    it(`refuses a body that is ${what}`, async t => {
      const {url: upstream, rooms} = await platform(t);
      const {url} = await startCommand(t, environment(upstream));
      const headers = {...PAGE, 'content-type': 'application/json'};
      const answer = await fetch(`${url}/rooms/lobby/tokens`, {method: 'POST', headers, body}).catch(() => undefined);
      // A client that is still sending when it is refused may not hear it.
      if (answer) assert.equal(answer.status, wanted);
      else assert.equal(wanted, 413);
      assert.deepEqual(rooms.calls, []);
      assert.equal(await goodOne(url), 200);
    });
  }

  it('refuses headers that are too long, and an address that is', async t => {
    const {rooms, raw, base} = await impatient(t);
    const long = raw().send(...head(`authorization: Bearer ${'x'.repeat(20_000)}`, 'content-length: 2'), '{}');
    const far = raw().send(`GET /rooms/${'x'.repeat(20_000)} HTTP/1.1`, 'host: x', '', '');
    await Promise.all([long.closed, far.closed]);
    assert.deepEqual([...statuses(long.text), ...statuses(far.text)], [431, 431]);
    assert.equal(bodyOf(long.text).result, 19006);
    assert.deepEqual([await goodOne(base), rooms.calls.length], [200, 1]);
  });
});
