import {randomUUID} from 'node:crypto';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import type {TestContext} from 'node:test';
import {APP_KEY, environment, file, PAGE, startCommand} from './command.js';
import {ORIGIN, room} from './start.js';
import {redis} from './stores.js';

// Whatever goes wrong, nothing marked may be found where it does not belong.
export const MARK = 'CANARY';
export const NAME = 'CANARY-NAME';
export const REF = 'CANARY-REF';
export const TOKEN = 'CANARY-TOKEN';
const GRANT = 'CANARY-GRANT.CANARY.CANARY';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers as it is told, and remembers what reached it. */
export async function answering(t: TestContext, answer: Answer) {
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
/** All goes well, and more is said than was asked for. */
export const fine: Answer = ({method, url}, response) => {
  if (url!.endsWith('/tokens')) return json(response, 200, {result: 0, token: TOKEN, extra: MARK});
  if (url!.endsWith('/users')) return json(response, 200, {result: 0, total: 0, users: []});
  if (method === 'GET' && url!.endsWith('/rooms'))
    return json(response, 200, {result: 0, rooms: [marked], extra: MARK});
  json(response, 200, {result: 0, room: marked, extra: MARK});
};

const envelope = {result: 10007, error: MARK, desc: MARK, key: MARK, code: MARK, message: MARK, opens_at: MARK};
export const FAULTS: Record<string, Answer> = {
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
  denied: (_, response) => json(response, 403, {...envelope, result: 19010}),
  'too many': (_, response) => json(response, 429, {...envelope, result: 1}, {'retry-after': MARK}),
  'a cut connection': (_, response) => void response.socket!.destroy(),
  'a cut answer': (_, response) => {
    response.writeHead(200, {'content-length': '1000', 'x-canary': MARK}).write(`{"token":"${TOKEN}"`);
    response.socket!.end();
  },
};

export const JSON_TYPE = {'content-type': 'application/json'};
export const wish = {name: NAME, role: 'participant', user_ref: REF, data: {x: MARK}};
export const definition = {name: NAME, settings: {description: MARK}, data: {x: MARK}, owner_ref: REF};
/** A request of a page. */
export type Sent = [method: string, path: string, body?: unknown, headers?: Record<string, string>];

export const FAIR: Sent[] = [
  ['GET', '/rooms'],
  ['GET', '/rooms/lobby'],
  ['GET', '/rooms/lobby/users'],
  ['POST', '/rooms', definition],
  ['PATCH', '/rooms/lobby', definition],
  ['DELETE', '/rooms/lobby'],
  ['POST', '/rooms/lobby/tokens', wish],
  ['POST', '/rooms/lobby/tokens', wish, {'idempotency-key': 'CANARY-KEY-OF-A-GESTURE'}],
];

/** What no page of ours sends. */
export const UNFAIR: Sent[] = [
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

/**
 * Everything that is told by a proxy while all of this is sent: answers, log, metrics, console, and what is in Redis where
 * there is one.
 */
export async function traffic(t: TestContext, answer: Answer, sent: Sent[]) {
  const upstream = await answering(t, answer);
  const visitor = `{user_ref: '${REF}', roles: ['participant'], rooms: '*', can: ['manage', 'users']}`;
  const AUTHORIZE = await file(t, 'authorize.mjs', `export default () => (${visitor});`);
  const key = {kid: 'k1', secret: MARK.repeat(8), roles: ['viewer'], rooms: '*', origins: [ORIGIN], maxLifetime: 60};
  const GRANT_KEYS_FILE = await file(t, 'keys.json', JSON.stringify({audience: 'shop', keys: [key]}));
  // Of this run alone: what another has kept under the same key is none of its business.
  const shared = {REDIS_URL: process.env.REDIS_URL, STORE_SECRET: `${MARK}-STORE-${randomUUID()}`};
  const secrets = {USER_REF_SECRET: `${MARK}-REFS-0123456789-0123456789`, AUTHORIZE, GRANT_KEYS_FILE, ...shared};
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
  const counted = await (await fetch(metricsUrl!)).text();
  return {upstream, answers, lines, counted, kept: await keptIn(t), told: lines.join('') + counted + printed};
}

/** All that is in Redis, keys and values. */
async function keptIn(t: TestContext): Promise<string> {
  if (!process.env.REDIS_URL) return '';
  const client = await redis(t);
  const keys = await client.keys('greenroom:*');
  return [...keys, ...(keys.length > 0 ? await client.mget(keys) : [])].join('\n');
}
