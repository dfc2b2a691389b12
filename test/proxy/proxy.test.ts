import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {ORIGIN, recorded, request, routes, start, visitor, WISH, type Asked} from '../helpers/proxy/start.js';

describe('CORS: the origin of a page', () => {
  const FOREIGN = [
    'null',
    '*',
    '',
    'https://shop.example.evil.example',
    'https://evil-shop.example',
    'https://evil.example',
    'http://shop.example',
    'https://shop.example:8443',
    'https://SHOP.example',
    'https://shop.example/',
    'https://shop.example, https://evil.example',
    'https://shop.example@evil.example',
    'https://www.shop.example',
    'https://shop.exampl',
    'https://shop.example.',
    'https://shop.example:443',
    'https://shop.example%00.evil.example',
    'https://shop.example#.evil.example',
    'https://evil.example?https://shop.example',
    'https://shop.example https://evil.example',
    '//shop.example',
    'shop.example',
    'file://',
    'chrome-extension://shop.example',
    'https://xn--shp-2na.example',
  ];
  for (const origin of FOREIGN) {
    it(`is refused before any work, without CORS headers, when it is “${origin}”`, async () => {
      const rooms = recorded();
      let asked = 0;
      const {ask} = start(rooms, null, {authorize: () => (asked++, visitor())});
      for (const [method, path, body] of [...routes('lobby'), ['OPTIONS', '/rooms'] as const]) {
        const {status, body: told, headers} = await ask(method, path, {body, headers: {origin}});
        assert.deepEqual([status, told.code], [403, 'denied']);
        assert.deepEqual(
          [...headers.keys()].filter(name => name.startsWith('access-control')),
          [],
        );
      }
      assert.deepEqual([asked, rooms.calls], [0, []]);
    });
  }

  it('may be absent: browsers send none when a page reads from its own origin', async () => {
    const {status, headers} = await start(recorded()).ask('GET', '/rooms', {headers: {origin: undefined}});
    assert.deepEqual([status, headers.has('access-control-allow-origin')], [200, false]);
  });

  it('is named in every answer to an allowed page, good or bad', async () => {
    const second = 'http://localhost:5173';
    const {ask} = start(recorded(), visitor(), {origins: [ORIGIN, second], mount: '/api'});
    const asked: [method: string, path: string, asked?: Asked][] = [
      ['GET', '/api/rooms'],
      ['HEAD', '/api/rooms'],
      ['OPTIONS', '/api/rooms'],
      ['GET', '/api/rooms/gone'],
      ['GET', '/api/rooms/..%2f'],
      ['PUT', '/api/rooms'],
      ['GET', '/elsewhere'],
      ['POST', '/api/rooms', {body: '{'}],
      ['GET', '/api/rooms', {headers: {'x-rooms-client': undefined}}],
    ];
    for (const origin of [ORIGIN, second]) {
      for (const [method, path, more] of asked) {
        const {headers} = await ask(method, path, {...more, headers: {...more?.headers, origin}});
        assert.deepEqual(
          ['access-control-allow-origin', 'access-control-expose-headers', 'vary'].map(name => headers.get(name)),
          [origin, 'retry-after, x-request-id', 'Origin'],
          `${method} ${path}`,
        );
        assert.equal(headers.get('access-control-allow-credentials'), null);
        assert.equal(headers.get('cache-control'), headers.has('etag') ? 'private, no-cache' : 'no-store');
        assert.equal(headers.get('x-content-type-options'), 'nosniff');
      }
    }
  });
});

it('answers a preflight without asking who the visitor is', async () => {
  const rooms = recorded();
  const {ask} = start(rooms, null);
  const headers = {'x-rooms-client': undefined, 'access-control-request-method': 'PATCH'};
  const answer = await ask('OPTIONS', '/rooms/lobby', {headers});
  assert.deepEqual([answer.status, answer.text], [204, '']);
  assert.equal(answer.headers.get('access-control-allow-methods'), 'GET, POST, PATCH, DELETE');
  assert.equal(
    answer.headers.get('access-control-allow-headers'),
    'content-type, authorization, x-rooms-client, idempotency-key',
  );
  assert.equal(answer.headers.get('access-control-max-age'), '600');
  assert.deepEqual(rooms.calls, []);
});

describe('CSRF: a request that a page elsewhere can make without asking', () => {
  const form = 'application/x-www-form-urlencoded';
  const text = JSON.stringify(WISH);
  const bytes = new TextEncoder().encode(text);
  const foreign = {'x-rooms-client': undefined};
  const FORGED: [what: string, asked: Asked, status: number, method?: string, path?: string][] = [
    ['without the header', {body: text, headers: foreign}, 403],
    ['with an empty header', {body: text, headers: {'x-rooms-client': ''}}, 403],
    ['without a body', {headers: foreign}, 403],
    ['without a body, to delete', {headers: foreign}, 403, 'DELETE', '/rooms/lobby'],
    ['to read', {headers: foreign}, 403, 'GET', '/rooms'],
    ['to look', {headers: foreign}, 403, 'HEAD', '/rooms'],
    ['as text/plain', {body: text, headers: {'content-type': 'text/plain'}}, 415],
    ['as text/plain that mentions JSON', {body: text, headers: {'content-type': 'text/plain; application/json'}}, 415],
    ['as a form', {body: 'role=participant', headers: {'content-type': form}}, 415],
    ['as a form with files', {body: text, headers: {'content-type': 'multipart/form-data; boundary=x'}}, 415],
    ['as something like JSON', {body: text, headers: {'content-type': 'application/json-seq'}}, 415],
    ['as two types', {body: text, headers: {'content-type': 'text/plain, application/json'}}, 415],
    ['without a type', {body: bytes, headers: {'content-type': undefined, 'content-length': '36'}}, 415],
    [
      'without a type, in chunks',
      {body: bytes, headers: {'content-type': undefined, 'transfer-encoding': 'chunked'}},
      415,
    ],
    ['packed', {body: text, headers: {'content-type': 'application/json', 'content-encoding': 'gzip'}}, 415],
    ['through a method override', {headers: {'x-http-method-override': 'DELETE'}}, 405, 'POST', '/rooms/lobby'],
    ['through _method', {headers: {'x-method-override': 'DELETE'}}, 404, 'POST', '/rooms/lobby/_method?_method=DELETE'],
  ];
  for (const [what, asked, wanted, method = 'POST', path = '/rooms/lobby/tokens'] of FORGED) {
    it(`is refused ${what}`, async () => {
      const rooms = recorded();
      const {status} = await start(rooms).ask(method, path, asked);
      assert.deepEqual([status, rooms.calls], [wanted, []]);
    });
  }

  it('is not a DELETE with our header, which needs no body and no type', async () => {
    const rooms = recorded();
    const {status} = await start(rooms).ask('DELETE', '/rooms/lobby');
    assert.deepEqual([status, rooms.calls], [200, [['remove', 'lobby']]]);
  });

  it('is not a body that says it is JSON in UTF-8', async () => {
    const headers = {'content-type': 'Application/JSON ; charset=utf-8'};
    assert.equal((await start(recorded()).ask('POST', '/rooms/lobby/tokens', {body: text, headers})).status, 200);
  });
});

describe('a body', () => {
  const json = {'content-type': 'application/json'};
  const size = (length: number) => JSON.stringify({...WISH, ignored: 'x'.repeat(length - 48)});

  it('may have 16 KiB, and not one byte more', async () => {
    const {ask} = start(recorded());
    const [fits, over] = [16_384, 16_385].map(length => size(length));
    assert.equal(fits!.length, 16_384);
    assert.equal((await ask('POST', '/rooms/lobby/tokens', {body: fits, headers: json})).status, 200);
    const refused = await ask('POST', '/rooms/lobby/tokens', {body: over, headers: {...json, 'content-length': '2'}});
    assert.deepEqual([refused.status, refused.body.result], [413, 19006]);
  });

  it('is read no further than that, whatever its content-length says', async () => {
    let read = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(stream) {
        read += 1024;
        if (read > 1024 * 1024) stream.close();
        else stream.enqueue(new Uint8Array(1024).fill(32));
      },
    });
    const {proxy} = start(recorded());
    const request = new Request('https://proxy.example/rooms/lobby/tokens', {
      method: 'POST',
      headers: {...json, 'content-length': '2', 'x-rooms-client': 'test'},
      body: endless,
      duplex: 'half',
    } as RequestInit);
    assert.equal((await proxy(request)).status, 413);
    assert.ok(read < 64 * 1024, `${read} bytes were read`);
  });

  for (const body of ['', '{', 'null', '[]', '"CANARY"', '{"role":"viewer"}CANARY', '[{"role":"viewer"}]']) {
    it(`is refused when it is ${body || 'empty'}, and not quoted`, async () => {
      const rooms = recorded();
      const {status, text} = await start(rooms).ask('POST', '/rooms/lobby/tokens', {body, headers: json});
      assert.deepEqual([status, rooms.calls], [400, []]);
      assert.doesNotMatch(text, /CANARY/);
    });
  }
});

describe('path traversal, CRLF, NUL, %252e in ids: the path', () => {
  it('begins with the mount, whole and exactly', async () => {
    const {ask} = start(recorded(), visitor(), {mount: '/api/v1.0'});
    const status = async (path: string) => (await ask('GET', path)).status;
    for (const path of ['/api/v1.0/rooms', '/api/v1.0/rooms/', '/api/v1.0/rooms/lobby?x=1', '/api/v1.0/rooms/lobby/']) {
      assert.equal(await status(path), 200, path);
    }
    for (const path of ['/rooms', '/api/rooms', '/api/v1.0', '/api/v1.0rooms', '/api/v1x0/rooms', '/api/v1.0/', '/']) {
      assert.equal(await status(path), 404, path);
    }
  });

  const CLIMBS = [
    '..',
    '%2e%2e',
    '%2E%2E',
    '.%2e',
    '%252e%252e',
    '..%2f..',
    '..%5c..',
    '..;',
    '%00',
    'lobby%00',
    '%0d%0a',
    'lobby%0d%0aX-Evil:%201',
    'lobby%2fusers',
    'lobby%3fx',
    'lobby%23',
    'lobby;x',
    'lobby:x',
    'lobby@x',
    'lob.by',
    'l%6fbby',
    '%6c',
    '%',
    '%zz',
    '%c0%ae%c0%ae',
    '%ef%bc%8e',
    'лобби',
    'lobby%20',
    '+',
    '*',
    ':id',
    '$&',
    'x'.repeat(65),
  ];
  for (const id of CLIMBS) {
    it(`never takes “${id.slice(0, 24)}” for a room`, async () => {
      for (const [method, path, body] of routes(id)) {
        const rooms = recorded();
        const {status, body: told} = await start(rooms).ask(method, path, {body});
        assert.ok([404, 405].includes(status), `${status} ${method} ${path}`);
        assert.ok([40001, 19005].includes(told.result as number));
        assert.deepEqual(rooms.calls, []);
      }
    });
  }

  it('is judged as it was sent, if the runtime does not normalise it', async () => {
    for (const path of [
      '/api/../rooms',
      '/api/rooms/x/../lobby',
      '/api//rooms',
      '/api/rooms//lobby',
      '/api/rooms\\lobby',
    ]) {
      const rooms = recorded();
      const {proxy} = start(rooms, visitor(), {mount: '/api'});
      const raw = request('GET', '/');
      Object.defineProperty(raw, 'url', {value: `https://proxy.example${path}`});
      assert.equal((await proxy(raw)).status, 404, path);
      assert.deepEqual(rooms.calls, []);
    }
  });
});

it('never rejects, even when something fails inside it', async () => {
  const {proxy, lines} = start(recorded());
  const broken = request('GET', '/rooms');
  Object.defineProperty(broken, 'method', {get: () => assert.fail('CANARY')});
  const answer = await proxy(broken);
  assert.equal(answer.status, 500);
  assert.doesNotMatch((await answer.text()) + JSON.stringify(lines), /CANARY/);
  assert.deepEqual(
    lines.map(({code}) => code),
    ['internal'],
  );
});
