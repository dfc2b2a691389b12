import assert from 'node:assert/strict';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {describe, it, type TestContext} from 'node:test';
import {Raw} from '../http/raw.js';
import {APP_KEY, environment, file, PAGE, startCommand} from './command.js';
import {ORIGIN, room} from './start.js';

// Whatever goes wrong, nothing marked may be found where it does not belong.
const MARK = 'CANARY';
const NAME = 'CANARY-NAME';
const REF = 'CANARY-REF';
const TOKEN = 'CANARY-TOKEN';
const GRANT = 'CANARY-GRANT.CANARY.CANARY';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers as it is told, and remembers what reached it. */
async function answering(t: TestContext, answer: Answer) {
  const seen: {line: string; headers: IncomingMessage['headers']; body: string}[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', data => (body += data));
    request.on('end', () => {
      seen.push({line: `${request.method} ${request.url}`, headers: request.headers, body});
      answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`};
}

const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {'content-type': 'application/json', 'x-canary': MARK, ...headers}).end(text);
};

const marked = {...room('lobby'), owner_ref: 'owner', extra: MARK};
const fine: Answer = ({method, url}, response) => {
  if (url!.endsWith('/tokens')) return json(response, 200, {result: 0, token: TOKEN, extra: MARK});
  if (url!.endsWith('/users')) return json(response, 200, {result: 0, total: 0, users: []});
  if (method === 'GET' && url!.endsWith('/rooms'))
    return json(response, 200, {result: 0, rooms: [marked], extra: MARK});
  json(response, 200, {result: 0, room: marked, extra: MARK});
};

const envelope = {result: 10213, error: MARK, desc: MARK, key: MARK, code: MARK, message: MARK, opens_at: MARK};
const FAULTS: Record<string, Answer> = {
  'an error page': (_, response) => response.writeHead(500, {'x-canary': MARK}).end(`<h1>${MARK} ${APP_KEY}</h1>`),
  'a page': (_, response) => response.writeHead(200, {'content-type': 'text/html'}).end(`<h1>${MARK}</h1>`),
  nothing: (_, response) => response.writeHead(204).end(),
  'half an answer': (_, response) => json(response, 200, `{"result":0,"token":"${TOKEN}`),
  'a token that is none': (_, response) => json(response, 200, {result: 0, token: {TOKEN}, room: MARK, rooms: MARK}),
  'a token with a line break': (request, response) =>
    request.url!.endsWith('/tokens') ? json(response, 200, {result: 0, token: `${TOKEN}\n`}) : fine(request, response),
  'a broken room': (_, response) =>
    json(response, 200, {result: 0, rooms: [{room_id: MARK, name: {MARK}}], room: MARK}),
  'an error with 200': (_, response) => json(response, 200, envelope),
  'an error with 400': (_, response) => json(response, 400, envelope),
  'the other envelope': (_, response) =>
    json(response, 400, {status: 'error', error_code: 10114, message: MARK, request_id: MARK}),
  'bad credentials': (_, response) => json(response, 401, {...envelope, result: 10000}, {'www-authenticate': MARK}),
  denied: (_, response) => json(response, 403, {...envelope, result: 10218}),
  'too many': (_, response) => json(response, 429, {...envelope, result: 1}, {'retry-after': MARK}),
  'a cut connection': (_, response) => void response.socket!.destroy(),
  'a cut answer': (_, response) => {
    response.writeHead(200, {'content-length': '1000', 'x-canary': MARK}).write(`{"token":"${TOKEN}"`);
    response.socket!.end();
  },
};

const JSON_TYPE = {'content-type': 'application/json'};
const wish = {name: NAME, role: 'participant', user_ref: REF, data: {x: MARK}};
const definition = {name: NAME, settings: {description: MARK}, data: {x: MARK}, owner_ref: REF};
type Sent = [method: string, path: string, body?: unknown, headers?: Record<string, string>];

const FAIR: Sent[] = [
  ['GET', '/rooms'],
  ['GET', '/rooms/lobby'],
  ['GET', '/rooms/lobby/users'],
  ['POST', '/rooms', definition],
  ['PATCH', '/rooms/lobby', definition],
  ['DELETE', '/rooms/lobby'],
  ['POST', '/rooms/lobby/tokens', wish],
  ['POST', '/rooms/lobby/tokens', wish, {'idempotency-key': 'CANARY-KEY-OF-A-GESTURE'}],
];

const UNFAIR: Sent[] = [
  ['GET', `/rooms/${MARK}%00`],
  ['GET', `/${MARK}?${MARK}=${TOKEN}`],
  ['GET', `/rooms?token=${TOKEN}&role=moderator`],
  ['POST', `/rooms/lobby/tokens`, {...wish, role: `moderator${MARK}`}],
  ['POST', `/rooms/lobby/tokens`, {...wish, role: 'moderator'}],
  ['POST', `/rooms/lobby/tokens`, {...wish, name: `${MARK}\r\n\u202e`}],
  ['POST', `/rooms/lobby/tokens`, {...wish, data: [MARK]}],
  ['POST', `/rooms/lobby/tokens`, `{"${MARK}`],
  ['POST', `/rooms/lobby/tokens`, wish, {'content-type': `text/${MARK}`}],
  ['POST', `/rooms/lobby/tokens`, wish, {'content-encoding': MARK}],
  ['POST', `/rooms/lobby/tokens`, wish, {'idempotency-key': `${MARK}%`}],
  ['POST', '/rooms', {...definition, settings: {nope: MARK}}],
  ['GET', '/rooms', undefined, {origin: `https://${MARK}.example`}],
  ['GET', '/rooms', undefined, {authorization: `Bearer ${GRANT}`}],
  ['GET', '/rooms', undefined, {authorization: `Bearer ${MARK}`, 'x-request-id': MARK, cookie: MARK, referer: MARK}],
  ['GET', '/rooms', undefined, {'x-rooms-client': '', 'x-forwarded-for': MARK, 'user-agent': MARK}],
];

/** Everything that is told by a proxy while all of this is sent: answers, log, metrics and console. */
async function traffic(t: TestContext, answer: Answer, sent: Sent[]) {
  const upstream = await answering(t, answer);
  const visitor = `{user_ref: '${REF}', roles: ['participant'], rooms: '*', can: ['manage', 'users']}`;
  const AUTHORIZE = await file(t, 'authorize.mjs', `export default () => (${visitor});`);
  const key = {kid: 'k1', secret: MARK.repeat(8), roles: ['viewer'], rooms: '*', origins: [ORIGIN], maxLifetime: 60};
  const GRANT_KEYS_FILE = await file(t, 'keys.json', JSON.stringify({audience: 'shop', keys: [key]}));
  const secrets = {USER_REF_SECRET: `${MARK}-REFS-0123456789-0123456789`, AUTHORIZE, GRANT_KEYS_FILE};
  const consoles = (['log', 'info', 'warn', 'error'] as const).map(name => t.mock.method(console, name, () => {}));
  const more = {...secrets, GUEST_ROLES: undefined, METRICS_PORT: '0', TIMEOUT_MS: '2000'};
  const {url, metricsUrl, lines} = await startCommand(t, environment(upstream.url, more));
  const answers: {what: string; path: string; status: number; head: string; text: string}[] = [];
  for (const each of sent) {
    const [method, path, body, headers] = each;
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    const all = {...PAGE, ...(body !== undefined && JSON_TYPE), ...headers};
    const response = await fetch(url + path, {method, headers: all, body: text as string});
    answers.push({
      what: `${method} ${path}`,
      path,
      status: response.status,
      head: JSON.stringify([...response.headers]),
      text: await response.text(),
    });
  }
  const printed = JSON.stringify(consoles.map(({mock}) => mock.calls.map(call => call.arguments.map(String))));
  return {upstream, answers, told: lines.join('') + (await (await fetch(metricsUrl!)).text()) + printed, lines};
}

describe('token seen in URL, log, metric, error or header; leaked credentials in errors', () => {
  it('happens nowhere when all goes well: a token is in the body of its own answer alone', async t => {
    const {upstream, answers, told, lines} = await traffic(t, fine, FAIR);
    assert.deepEqual(
      answers.map(({status}) => status),
      FAIR.map(() => 200),
    );
    for (const {what, path, head, text} of answers) {
      assert.doesNotMatch(head, /CANARY/);
      assert.doesNotMatch(text, new RegExp(`${APP_KEY}|${REF}`), what);
      assert.equal(text.includes(TOKEN), path.endsWith('/tokens'), what);
    }
    assert.doesNotMatch(told, /CANARY/);
    assert.equal(lines.length, FAIR.length);
    for (const {line, body} of upstream.seen) {
      assert.doesNotMatch(line, /CANARY/);
      assert.doesNotMatch(body, new RegExp(`${REF}|CANARY-KEY`));
    }
  });

  it('happens nowhere when visitors send what they should not', async t => {
    const {answers, told} = await traffic(t, fine, UNFAIR);
    for (const {what, status, head, text} of answers) {
      assert.doesNotMatch(head, /CANARY/, what);
      if (status >= 400) assert.doesNotMatch(text, /CANARY/, what);
    }
    assert.ok(answers.filter(({status}) => status >= 400).length >= UNFAIR.length - 3);
    assert.doesNotMatch(told, /CANARY/);
  });

  for (const [what, answer] of Object.entries(FAULTS)) {
    it(`happens nowhere when the platform answers with ${what}`, async t => {
      const {answers, told, lines} = await traffic(t, answer, FAIR);
      for (const {what, status, head, text} of answers) {
        assert.doesNotMatch(head, /CANARY/, what);
        if (status >= 400) assert.doesNotMatch(text, /CANARY/, what);
        assert.doesNotMatch(text, new RegExp(APP_KEY));
      }
      const token = answers.find(({path}) => path.endsWith('/tokens'))!;
      assert.ok(token.status >= 400, `${token.status}`);
      assert.ok((JSON.parse(token.text) as {request_id: string}).request_id.length === 36);
      assert.doesNotMatch(told, /CANARY/);
      for (const line of lines) assert.ok(JSON.parse(line));
    });
  }
});

describe('SSRF, credential theft by base URL', () => {
  it('finds overrides in body, query, header and request line ignored', async t => {
    const evil = await answering(t, fine);
    const {host} = new URL(evil.url);
    const base = `${evil.url}/video/v2`;
    const query = `?endpoint=${base}&PLATFORM_URL=${base}&url=${base}&base=${base}`;
    const headers = {
      ...JSON_TYPE,
      'x-forwarded-host': host,
      forwarded: `host=${host};proto=http`,
      'x-original-url': base,
      'x-rewrite-url': base,
      'x-platform-url': base,
      'x-http-destinationurl': base,
    };
    const body = {...wish, endpoint: base, baseUrl: base, PLATFORM_URL: base, rooms: base, room_id: `..//${host}`};
    const sent: Sent[] = [
      ['POST', `/rooms/lobby/tokens${query}`, body, headers],
      ['GET', `/rooms${query}`, undefined, headers],
      ['POST', `/rooms${query}`, {...definition, ...body}, headers],
    ];
    const {upstream, answers} = await traffic(t, fine, sent);
    assert.deepEqual(
      answers.map(({status}) => status),
      [200, 200, 200],
    );
    assert.deepEqual(evil.seen, []);
    assert.ok(upstream.seen.length >= 3);
    for (const {line, headers: told, body: asked} of upstream.seen) {
      assert.doesNotMatch(line, /\?/);
      assert.doesNotMatch(JSON.stringify([told, asked]), new RegExp(host));
    }
  });

  it('finds another host in the request line, or as the host, ignored', async t => {
    const evil = await answering(t, fine);
    const upstream = await answering(t, fine);
    const {url} = await startCommand(t, environment(upstream.url));
    const port = Number(new URL(url).port);
    const {host} = new URL(evil.url);
    for (const [target, name] of [
      [`${evil.url}/api/rooms`, 'shop.example'],
      ['/api/rooms', host],
    ]) {
      const page = Object.entries(PAGE).map(([header, value]) => `${header}: ${value}`);
      const raw = new Raw(t, {port}).send(
        `GET ${target} HTTP/1.1`,
        `host: ${name}`,
        ...page,
        'connection: close',
        '',
        '',
      );
      await raw.closed;
      assert.match(raw.text, /^HTTP\/1\.1 200 [^]*"room_id":"lobby"/);
    }
    assert.deepEqual([evil.seen, upstream.seen.length > 0], [[], true]);
  });
});
