import assert from 'node:assert/strict';
import {test} from 'node:test';
import {ANN, call, HOUR, makeRoom, refused, startingIn, succeeded, UNKNOWN_ROOM, type Json} from './client.js';
import {bytesOf, raw} from './raw.js';
import {lacks, needs, target} from './target.js';

const PREFIXES = ['/video/v2', '/v2', '/video/v1', '/v1'];
const DEFINITION = {name: 'Conformance', owner_ref: 'tests', settings: {}};

/** The server's address, in front of the four prefixes. */
const root = async () => (await target()).url.replace(/(\/video)?\/v[12]$/, '');

/** The seven operations: method, path, body, and a key of the reply. */
const OPERATIONS: [method: string, path: string, body: Json | undefined, member: string][] = [
  ['GET', '/rooms', undefined, 'rooms'],
  ['POST', '/rooms', DEFINITION, 'room'],
  ['PATCH', '/rooms/:id', {name: 'Renamed'}, 'result'],
  ['GET', '/rooms/:id', undefined, 'room'],
  ['GET', '/rooms/:id/users', undefined, 'users'],
  ['POST', '/rooms/:id/tokens', ANN, 'token'],
  ['DELETE', '/rooms/:id', undefined, 'result'],
];

/** A request as raw text, with a body and the headers that declare it. */
function bytesWith(method: string, path: string, body?: unknown, headers: Json = {}): Promise<string> {
  if (body === undefined) return bytesOf(method, path, headers);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const declared = {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text)};
  return bytesOf(method, path, {...headers, ...declared}, text);
}

/** The reply to these bytes. It must be JSON, with its length, in one piece. */
async function replyTo(bytes: string, what: string) {
  const reply = await raw(bytes);
  assert.match(reply.headers.get('content-type') ?? '', /^application\/json\b/, what);
  assert.equal(reply.headers.get('transfer-encoding'), null, what);
  assert.equal(reply.pieces, 1, `${what} came in pieces.`);
  assert.ok('result' in reply.body || 'status' in reply.body, `${what}: ${reply.text}`);
  return reply;
}

for (const prefix of PREFIXES) {
  for (const slash of ['', '/']) {
    test(`the seven operations are at ${prefix}/rooms…${slash}, each with a JSON reply that has its length and comes in one piece`, async t => {
      const base = `${await root()}${prefix}`;
      const {room_id} = await makeRoom(t);
      for (const [method, path, body, member] of OPERATIONS) {
        const where = `${base}${path.replace(':id', room_id)}${slash}`;
        const reply = await replyTo(await bytesWith(method, where, body), `${method} ${where}`);
        succeeded(reply, member);
        if (path === '/rooms' && method === 'GET') {
          assert.ok((reply.body.rooms as Json[]).some(each => each.room_id === room_id));
        }
        if (method === 'POST' && member === 'room') {
          const made = String((reply.body.room as Json).room_id);
          succeeded(await replyTo(await bytesOf('DELETE', `${base}/rooms/${made}${slash}`), 'the new room'));
        }
        if (path === '/rooms/:id' && method === 'GET') assert.equal((reply.body.room as Json).name, 'Renamed');
      }
      refused(await call('GET', `/rooms/${room_id}`), 40001);
    });

    test(`every error at ${prefix}/rooms…${slash} is JSON that has its length and comes in one piece`, async t => {
      const base = `${await root()}${prefix}`;
      const {room_id} = await makeRoom(t);
      for (const [method, path, body] of OPERATIONS) {
        const at = (id: string) => `${base}${path.replace(':id', id)}${slash}`;
        const wrong = {Authorization: 'Basic eDp5'};
        const bad = [await bytesWith(method, at(room_id), body, wrong)];
        if (path !== '/rooms') bad.push(await bytesWith(method, at(UNKNOWN_ROOM), body));
        if (body) bad.push(await bytesWith(method, at(room_id), '{'), await bytesWith(method, at(room_id), {name: ''}));
        for (const bytes of bad) {
          const what = `${method} ${path} ${bytes.slice(-40)}`;
          assert.notEqual(Number((await replyTo(bytes, what)).body.result), 0, what);
        }
      }
      for (const [method, path] of [
        ['GET', '/nowhere'],
        ['PUT', '/rooms'],
        ['DELETE', '/rooms'],
        ['GET', `/rooms/${room_id}/tokens`],
      ] as const) {
        const reply = await replyTo(await bytesOf(method, `${base}${path}${slash}`), `${method} ${path}`);
        assert.notEqual(Number(reply.body.result), 0, path);
      }
      succeeded(await call('GET', `/rooms/${room_id}`));
    });
  }
}

test('a request without Basic credentials gets JSON, too', async () => {
  for (const Authorization of ['', 'Bearer x', 'Basic', 'Basic ?', 'Digest username="x"', `Basic ${btoa('nocolon')}`]) {
    refused(await replyTo(await bytesOf('GET', '/rooms', {Authorization}), Authorization), 10000);
  }
});

const BODY = '{"name":"not expected"}';
/** Ways to send a body with GET or DELETE: description, headers, and the text after the headers. */
const UNASKED: [how: string, headers: Json, rest: string][] = [
  ['without any header for it', {}, BODY],
  ['with a declared type but no length', {'Content-Type': 'application/json'}, BODY],
  ['with its length', {'Content-Type': 'application/json', 'Content-Length': BODY.length}, BODY],
  ['in chunks', {'Transfer-Encoding': 'chunked'}, `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`],
  ['of length 0', {'Content-Length': 0}, ''],
  ['that is not JSON', {'Content-Length': 3}, '{]?'],
];
for (const [how, headers, rest] of UNASKED) {
  test(`GET and DELETE with a body ${how} get their reply`, async t => {
    const {room_id} = await makeRoom(t);
    for (const [method, path, , member] of OPERATIONS.filter(([method]) => method === 'GET' || method === 'DELETE')) {
      const bytes = await bytesOf(method, path.replace(':id', room_id), headers, rest);
      succeeded(await replyTo(bytes, `${method} ${path}`), member);
    }
    refused(await replyTo(await bytesOf('GET', `/rooms/${room_id}`, headers, rest), 'GET'), 40001);
    refused(await replyTo(await bytesOf('DELETE', `/rooms/${room_id}`, headers, rest), 'DELETE'), 40001);
  });
}

test('HEAD gets the same answer as GET, without the body', async t => {
  const {room_id} = await makeRoom(t);
  for (const path of [`/rooms/${room_id}`, `/rooms/${room_id}/users`, `/rooms/${UNKNOWN_ROOM}`, '/nowhere']) {
    const get = await raw(await bytesOf('GET', path));
    const head = await raw(await bytesOf('HEAD', path));
    assert.equal(head.text, '');
    assert.deepEqual([head.status, head.pieces], [get.status, 1]);
    for (const name of ['content-type', 'content-length']) {
      assert.equal(head.headers.get(name), get.headers.get(name), `${path}: ${name}`);
    }
  }
});

test('the API is for servers: no CORS header lets a page read it', async t => {
  const {room_id} = await makeRoom(t);
  const origin = {Origin: 'https://shop.example'};
  const asked = {...origin, 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'authorization'};
  for (const bytes of [await bytesOf('GET', `/rooms/${room_id}`, origin), await bytesOf('OPTIONS', '/rooms', asked)]) {
    const {headers} = await raw(bytes);
    for (const [name] of headers) assert.doesNotMatch(name, /^access-control-/);
  }
});

test('every refusal has a fitting status, and a 401 says how to authenticate', needs('strict'), async t => {
  const {room_id} = await makeRoom(t);
  const {settings} = await startingIn(2 * HOUR);
  const early = await makeRoom(t, settings);
  refused(await call('GET', `/rooms/${UNKNOWN_ROOM}`), 40001);
  refused(await call('POST', `/rooms/${early.room_id}/tokens`, ANN), 10113);
  if (!lacks('audience')) refused(await call('POST', `/rooms/${room_id}/tokens`, {...ANN, role: 'audience'}), 40002);
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/nowhere'],
    ['OPTIONS', '/nowhere'],
    ['GET', `/rooms/${room_id}/nowhere`],
    ['GET', `/rooms/${room_id}/users/1`],
    ['POST', '//rooms'],
  ] as const) {
    const {status, body} = await call(method, path);
    assert.deepEqual([status, body.result], [404, 19005], `${method} ${path}`);
    assert.match(String(body.desc), /\S/);
  }
  const stranger = await call('GET', '/rooms', undefined, {id: 'nobody', key: 'none'});
  refused(stranger, 10000);
  assert.match(stranger.headers.get('www-authenticate') ?? '', /^Basic/);
});

/** The allowed methods of each route. */
const TAKES = {
  '/rooms': ['GET', 'HEAD', 'POST'],
  '/rooms/:id': ['GET', 'HEAD', 'PATCH', 'PUT', 'DELETE'],
  '/rooms/:id/users': ['GET', 'HEAD'],
  '/rooms/:id/tokens': ['POST'],
};

for (const [path, allowed] of Object.entries(TAKES)) {
  test(`any other method at ${path} gets 405, in JSON, with the allowed methods`, needs('strict'), async t => {
    const {room_id} = await makeRoom(t);
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
      if (allowed.includes(method)) continue;
      const bytes = await bytesOf(method, path.replace(':id', room_id), {'Content-Length': 0});
      const {status, headers, body} = method === 'HEAD' ? await raw(bytes) : await replyTo(bytes, method);
      assert.equal(status, 405, method);
      assert.deepEqual(headers.get('allow')?.split(/, ?/).sort(), allowed.toSorted(), method);
      if (method === 'HEAD') continue;
      assert.equal(body.result, 19005, method);
      assert.match(String(body.desc), /\S/);
    }
  });
}
