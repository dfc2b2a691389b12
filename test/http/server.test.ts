import assert from 'node:assert/strict';
import {once} from 'node:events';
import {describe, test, type TestContext} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import {WebSocketServer, WebSocket} from 'ws';
import {serve, type Served, type ServeOptions} from '../../src/http/server.js';
import type {RoomsError} from '../../src/rooms/errors.js';
import {bodyOf, gate, Raw, statuses} from '../helpers/http/raw.js';

const echo = async (request: Request) =>
  Response.json({method: request.method, path: new URL(request.url).pathname, body: await request.text()});

async function start(t: TestContext, options: Partial<ServeOptions> = {}): Promise<Served> {
  const served = await serve({fetch: echo, port: 0, limits: {grace: 100}, ...options});
  t.after(() => served.close());
  return served;
}

describe('serve()', {timeout: 120_000}, () => {
  test('every answer comes with its length and in one piece', async t => {
    const large = 'x'.repeat(20_000);
    const streamed = () =>
      new ReadableStream<Uint8Array>({
        async start(controller) {
          for (const part of ['{"a":', '1', '}']) {
            await pause(5);
            controller.enqueue(Buffer.from(part));
          }
          controller.close();
        },
      });
    const bodies: Record<string, () => Response> = {
      '/json': () => Response.json({ok: true}),
      '/large': () => new Response(large),
      '/streamed': () => new Response(streamed()),
      '/nothing': () => new Response(null),
      '/lying': () => new Response('seven', {headers: {'content-length': '3'}}),
    };
    const served = await start(t, {fetch: request => bodies[new URL(request.url).pathname]!()});
    for (const [path, made] of Object.entries(bodies)) {
      const expected = await made().text();
      const raw = new Raw(t, served).send(`GET ${path} HTTP/1.1`, 'Host: x', '', '');
      await raw.until(/\r\n\r\n/);
      assert.equal(raw.chunks.length, 1, path);
      assert.match(raw.text, new RegExp(`\\r\\ncontent-length: ${expected.length}\\r\\n`), path);
      assert.doesNotMatch(raw.text, /transfer-encoding/i, path);
      assert.ok(raw.text.endsWith(`\r\n\r\n${expected}`), path);
    }
  });

  test('every request of a connection ends with it, also those whose answers wait for another', async t => {
    let ended = 0;
    const all = gate();
    const served = await start(t, {
      fetch: ({signal}) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            if (++ended === 3) all.open();
          });
          if (++asked === 3) raw.socket.destroy();
        }),
    });
    let asked = 0;
    const raw = new Raw(t, served);
    raw.send(...Array.from({length: 3}, () => ['GET / HTTP/1.1', 'Host: x', '']).flat(), '');
    await all.opened;
    assert.equal(ended, 3);
  });

  test('an answer without a body has none: 204, and HEAD with the length that GET would have', async t => {
    const served = await start(t, {
      fetch: ({method}) =>
        method === 'HEAD'
          ? new Response(null, {headers: {'content-length': '11'}})
          : new Response(null, {status: 204, headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2']]}), // prettier-ignore
    });
    const raw = new Raw(t, served).send('HEAD / HTTP/1.1', 'Host: x', '', 'OPTIONS / HTTP/1.1', 'Host: x', '', '');
    await raw.until(/ 204 [^]*\r\n\r\n/);
    const [head, options] = raw.text.split(/(?=HTTP\/1\.1 204)/);
    assert.match(head!, /content-length: 11\r\n[^]*\r\n\r\n$/);
    assert.doesNotMatch(options!, /content-length/);
    assert.match(options!, /set-cookie: a=1\r\nset-cookie: b=2\r\n/);
  });

  test('it tells who asks, and answers a fault without telling what it was', async t => {
    const faults: unknown[] = [];
    const fault = new Error('a secret');
    const served = await start(t, {
      log: error => faults.push(error),
      fetch(request, caller) {
        if (request.url.endsWith('/fault')) throw fault;
        return Response.json(caller);
      },
    });
    assert.deepEqual(await (await fetch(served.url)).json(), {ip: '127.0.0.1'});
    const response = await fetch(`${served.url}/fault`);
    assert.equal(response.status, 500);
    const text = await response.text();
    assert.equal((JSON.parse(text) as {result: number}).result, 50000);
    assert.doesNotMatch(text, /secret/);
    assert.deepEqual(faults, [fault]);
  });

  test('what it hands over is a whole request, whatever is asked of it', async t => {
    const served = await start(t, {
      async fetch(request) {
        const {headers, redirect} = request;
        const names = [...headers.keys()].filter(name => name.startsWith('x-'));
        const kinds = [request instanceof Request, headers instanceof Headers, headers.has('X-A')];
        const sent = {method: request.method, url: request.url, names, a: headers.get('X-A'), kinds, redirect};
        return Response.json({...sent, copy: await request.clone().json(), body: await request.json()});
      },
    });
    const lines = ['Host: x', 'X-A: 1', 'x-a:  2 ', 'X-B:', 'Content-Length: 7', 'Connection: close', '', '{"a":1}'];
    for (const target of ['/a', '/./a']) {
      const raw = new Raw(t, served).send(`POST ${target}?b=c HTTP/1.1`, ...lines);
      await raw.closed;
      assert.deepEqual(bodyOf(raw.text), {
        method: 'POST',
        url: 'http://x/a?b=c',
        names: ['x-a', 'x-b'],
        a: '1, 2',
        kinds: [true, true, true],
        redirect: 'follow',
        copy: {a: 1},
        body: {a: 1},
      });
    }
  });

  for (const method of ['GET', 'DELETE']) {
    for (const length of [2, 100_000]) {
      const title = `a ${method} with a body of ${length} bytes that no header declares gets its answer, and only it`;
      test(title, async t => {
        const answering = gate();
        const served = await start(t, {
          async fetch(request) {
            await answering.opened;
            return Response.json({url: request.url});
          },
        });
        const raw = new Raw(t, served).send(
          `${method} /rooms/1 HTTP/1.1`,
          'Host: x',
          '',
          `{${' '.repeat(length - 2)}}`,
        );
        await new Promise(setImmediate);
        answering.open();
        await raw.closed;
        assert.deepEqual(statuses(raw.text), [200]);
        assert.deepEqual(bodyOf(raw.text), {url: 'http://x/rooms/1'});
        assert.match(raw.text, /connection: close/i);
      });
    }
  }

  test('an undeclared body that comes after the answer ends the connection without a word', async t => {
    const raw = new Raw(t, await start(t)).send('DELETE / HTTP/1.1', 'Host: x', '', '');
    await raw.until(/\}$/);
    raw.send('{"name":"x"}');
    await raw.closed;
    assert.deepEqual(statuses(raw.text), [200]);
  });

  test('an undeclared body after the last of several requests costs none of them its answer', async t => {
    const get = (path: string) => [`GET ${path} HTTP/1.1`, 'Host: x', ''];
    const raw = new Raw(t, await start(t)).send(...get('/1'), ...get('/2'), ...get('/3'), '{}');
    await raw.closed;
    assert.deepEqual(statuses(raw.text), [200, 200, 200]);
    assert.match(raw.text, /"\/1"[^]*"\/2"[^]*"\/3"/);
  });

  const bad: [what: string, lines: string[], status: number, result: number][] = [
    ['noise', ['\x16\x03\x01 hello', '', ''], 400, 19004],
    ['an unknown method', ['FETCH / HTTP/1.1', 'Host: x', '', ''], 400, 19004],
    ['no host', ['GET / HTTP/1.1', '', ''], 400, 19004],
    ['a host that is none', ['GET / HTTP/1.1', 'Host: a b', '', ''], 400, 19004],
    ['no path', ['OPTIONS * HTTP/1.1', 'Host: x', '', ''], 400, 19004],
    ['two lengths', ['POST / HTTP/1.1', 'Host: x', 'Content-Length: 1', 'Content-Length: 2', '', ''], 400, 19004],
    ['a broken chunk', ['POST / HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked', '', 'zz', ''], 400, 19004],
    ['17 KiB of headers', ['GET / HTTP/1.1', 'Host: x', `X: ${'x'.repeat(17 * 1024)}`, '', ''], 431, 19006],
    ['an expectation', ['POST / HTTP/1.1', 'Host: x', 'Content-Length: 0', 'Expect: gold', '', ''], 417, 19002],
    ['a tunnel', ['CONNECT x:80 HTTP/1.1', 'Host: x', '', ''], 405, 19005],
  ];
  for (const [what, lines, status, result] of bad) {
    test(`${what} is refused with ${status}, as JSON, and the next client is served`, async t => {
      const served = await start(t);
      const raw = new Raw(t, served).send(...lines);
      await raw.until(/\}$/);
      assert.deepEqual(statuses(raw.text), [status]);
      assert.match(raw.text, /content-type: application\/json\r\n/);
      assert.equal(bodyOf(raw.text).result, result);
      assert.equal(raw.chunks.length, 1);
      assert.equal((await fetch(served.url)).status, 200);
    });
  }

  const slow: [what: string, lines: string[]][] = [
    ['says nothing', []],
    ['sends half a header', ['GET / HTTP/1.1', 'Host:']],
    ['sends half a body', ['POST / HTTP/1.1', 'Host: x', 'Content-Length: 9', '', 'half']],
  ];
  for (const [what, lines] of slow) {
    test(`a client that ${what} is told 408 and let go`, async t => {
      const served = await start(t, {limits: {headers: 100, request: 200, grace: 100}});
      const raw = new Raw(t, served).send(...lines);
      await raw.closed;
      assert.deepEqual(statuses(raw.text), [408]);
      assert.equal(bodyOf(raw.text).result, 19016);
    });
  }

  test('a connection that is kept for nothing is closed, and so is one whose reader stalls', async t => {
    const kept = new Raw(t, await start(t, {limits: {keepAlive: 50, grace: 100}}));
    kept.send('GET / HTTP/1.1', 'Host: x', '', '');
    await kept.closed;
    assert.deepEqual(statuses(kept.text), [200]);

    const large = 'x'.repeat(32 * 1024 * 1024);
    const served = await start(t, {
      fetch: request => new Response(request.url.endsWith('/large') ? large : 'small'),
      limits: {idle: 300, connections: 1, grace: 100},
    });
    const stalled = new Raw(t, served);
    stalled.socket.pause();
    stalled.send('GET /large HTTP/1.1', 'Host: x', '', '');
    // Nobody else gets in before it is gone.
    while (!(await fetch(served.url).catch(() => undefined))) await new Promise(setImmediate);
    stalled.socket.resume();
    await stalled.closed;
    assert.ok(stalled.text.length < large.length);
  });

  test('beyond the cap a connection is turned away, and taken when another one ends', async t => {
    const served = await start(t, {limits: {connections: 2, grace: 100}});
    const [first, second] = [new Raw(t, served), new Raw(t, served)];
    for (const raw of [first, second]) {
      raw.send('GET / HTTP/1.1', 'Host: x', '', '');
      await raw.until(/\}$/);
    }
    const third = new Raw(t, served);
    await third.closed;
    assert.equal(third.text, '');
    first.socket.end();
    await first.closed;
    assert.equal((await fetch(served.url)).status, 200);
  });

  test('closing answers what is under way, lets idle connections go at once and takes no more', async t => {
    const answering = gate();
    const asked = gate();
    const served = await serve({
      port: 0,
      async fetch(request) {
        if (request.url.endsWith('/slow')) {
          asked.open();
          await answering.opened;
        }
        return new Response('done');
      },
    });
    const [idle, silent, half, busy] = [0, 1, 2, 3].map(() => new Raw(t, served)) as [Raw, Raw, Raw, Raw];
    idle.send('GET / HTTP/1.1', 'Host: x', '', '');
    half.send('GET / HTTP/1.1', '');
    busy.send('GET /slow HTTP/1.1', 'Host: x', '', '');
    await Promise.all([idle.until(/done$/), asked.opened]);

    const closed = served.close();
    await Promise.all([idle.closed, silent.closed, half.closed]);
    const late = new Raw(t, served);
    await late.closed;
    assert.equal(late.text, '');
    answering.open();
    await closed;
    await busy.closed;
    assert.match(busy.text, /connection: close\r\n[^]*done$/i);
    assert.equal(await served.close(), undefined);
  });

  test('closing does not wait for ever', async t => {
    const asked = gate();
    const served = await serve({
      port: 0,
      limits: {grace: 50},
      fetch() {
        asked.open();
        return new Promise(() => {});
      },
    });
    const raw = new Raw(t, served).send('GET / HTTP/1.1', 'Host: x', '', '');
    await asked.opened;
    await served.close();
    await raw.closed;
    assert.equal(raw.text, '');
  });

  test('a WebSocket is handed over or refused, and what asks for HTTP/2 is served in HTTP/1.1', async t => {
    const sockets = new WebSocketServer({noServer: true});
    const served = await start(t, {
      upgrade(request, socket, head) {
        if (request.url !== '/session') return false;
        sockets.handleUpgrade(request, socket, head, each => each.close(1000));
        return true;
      },
    });
    const [code] = (await once(new WebSocket(`${served.url}/session`), 'close')) as [number];
    assert.equal(code, 1000);

    const upgrade = ['Host: x', 'Connection: Upgrade', 'Upgrade: websocket', '', ''];
    const refused = new Raw(t, served).send('GET /elsewhere HTTP/1.1', ...upgrade);
    await refused.closed;
    assert.deepEqual(statuses(refused.text), [404]);
    assert.equal(bodyOf(refused.text).result, 19005);

    const http2 = ['Host: x', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'];
    const served1 = new Raw(t, served).send('POST /rooms HTTP/1.1', ...http2, 'Content-Length: 4', '', '{"a"');
    await served1.until(/\}$/);
    assert.deepEqual(bodyOf(served1.text), {method: 'POST', path: '/rooms', body: '{"a"'});
    served1.chunks.length = 0;
    served1.send('GET /again HTTP/1.1', 'Host: x', '', '');
    await served1.until(/again/);
  });

  test('what it cannot listen on it says in a sentence', async t => {
    const {port} = await start(t);
    const refusals: [options: {host?: string; port: number}, sentence: RegExp][] = [
      [{port}, new RegExp(`^Port ${port} of 127.0.0.1 is taken.$`)],
      [{port: 0, host: '192.0.2.1'}, /^This machine has no address 192.0.2.1.$/],
    ];
    for (const [options, sentence] of refusals) {
      await assert.rejects(serve({fetch: echo, ...options}), (error: RoomsError) => {
        assert.equal(error.code, 'misconfigured');
        assert.match(error.message, sentence);
        return error.desc !== '';
      });
    }
  });
});
