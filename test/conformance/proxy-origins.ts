import {describe, test} from 'node:test';
import {ask, askToken, must, refused, type Answer} from './proxy-client.js';
import {proxy} from './proxy-target.js';

const HEADERS = ['x-rooms-client', 'content-type', 'authorization', 'idempotency-key'];

/** The requests of the elements: method and path below the mount. */
async function routes(): Promise<[method: string, path: string][]> {
  const at = `/rooms/${(await proxy()).room}`;
  return [
    ['GET', '/rooms'],
    ['POST', '/rooms'],
    ['GET', at],
    ['PATCH', at],
    ['DELETE', at],
    ['GET', `${at}/users`],
    ['POST', `${at}/tokens`],
  ];
}

/** Sends the preflight of a browser. It carries no cookies and no grant. */
const preflight = (method: string, path: string, origin: string) =>
  ask('OPTIONS', path, {
    as: 'nobody',
    headers: {
      origin,
      'x-rooms-client': undefined,
      'access-control-request-method': method,
      'access-control-request-headers': [...HEADERS].sort().join(','),
    },
  });

const list = ({headers}: Answer, name: string) =>
  (headers.get(name) ?? '').split(',').map(each => each.trim().toLowerCase());

const allowed = ({headers}: Answer) => headers.get('access-control-allow-origin');

describe('works with the elements: pages of other origins', () => {
  test('a preflight succeeds for every route and every header the elements send, without credentials', async () => {
    const {origin} = await proxy();
    for (const [method, path] of await routes()) {
      const answer = await preflight(method, path, origin);
      const {status} = answer;
      must(
        status === 200 || status === 204,
        'The preflight failed.',
        'Answer OPTIONS with 204, also without credentials.',
        answer,
      );
      const names = `Access-Control-Allow-Origin is ${allowed(answer)}.`;
      must(allowed(answer) === origin, names, `Send the origin itself: ${origin}.`, answer);
      const methods = list(answer, 'access-control-allow-methods');
      const todo = 'Access-Control-Allow-Methods: GET, POST, PATCH, DELETE.';
      // Browsers allow these three methods without the header.
      const simple = /^(GET|HEAD|POST)$/.test(method);
      must(simple || methods.includes(method.toLowerCase()), `${method} is not allowed.`, todo, answer);
      const absent = HEADERS.filter(each => !list(answer, 'access-control-allow-headers').includes(each));
      const wrong = `Access-Control-Allow-Headers lacks ${absent.join(', ')}.`;
      must(absent.length === 0, wrong, `Send Access-Control-Allow-Headers: ${HEADERS.join(', ')}.`, answer);
    }
  });

  /** Successes and refusals. */
  const someAnswers = async () => [
    await ask('GET', '/rooms'),
    await askToken(),
    await ask('GET', `/rooms/${'0'.repeat(24)}`),
    await askToken('{'),
    await ask('GET', '/nowhere'),
  ];

  test('every answer, also a refusal, names the origin of the page', async () => {
    const {origin} = await proxy();
    for (const answer of await someAnswers()) {
      const wrong = `Access-Control-Allow-Origin is ${allowed(answer)}: the page cannot read why it was refused.`;
      must(
        allowed(answer) === origin,
        wrong,
        'Send the header with errors, too: set it first, before anything can fail.',
        answer,
      );
    }
  });

  test('the page can read Retry-After', async () => {
    for (const answer of await someAnswers()) {
      const wrong = 'The page cannot read Retry-After, so it tries again too early.';
      const readable = list(answer, 'access-control-expose-headers').includes('retry-after');
      must(readable, wrong, 'Send Access-Control-Expose-Headers: Retry-After with every answer.', answer);
    }
  });

  test('answers vary by Origin', async () => {
    for (const answer of await someAnswers()) {
      const wrong = 'A cache may give one page an answer that was allowed for another.';
      must(list(answer, 'vary').includes('origin'), wrong, 'Send Vary: Origin with every answer.', answer);
    }
  });
});

/** Foreign origins, most of which look like the page's own. */
function others(origin: string): string[] {
  const {protocol, host, hostname} = new URL(origin);
  return [
    'https://evil.example',
    'null',
    '*',
    `${origin}.evil.example`,
    `${protocol}//evil-${host}`,
    `${protocol}//evil.${hostname}`,
    `${protocol}//${hostname}:8443`,
    `${protocol === 'https:' ? 'http:' : 'https:'}//${host}`,
    `${protocol}//${host}@evil.example`,
    `${origin}, https://evil.example`,
    `https://evil.example/${origin}`,
    `${origin.slice(0, -1)}`,
  ];
}

describe('is safe: pages of other origins', () => {
  const todo = 'Compare the Origin header with a list by ===, and answer 403 without any CORS header.';

  test('no other origin gets a token or may read an answer', async () => {
    const {origin} = await proxy();
    for (const other of others(origin)) {
      const headers = {origin: other};
      for (const answer of [await askToken({}, {headers}), await ask('GET', '/rooms', {headers})]) {
        must(allowed(answer) === null, `A page of “${other}” may read this.`, todo, answer);
        must(!answer.body?.token, `A page of “${other}” got a token.`, todo, answer);
      }
      refused(await askToken({}, {headers}), todo);
    }
  });

  test('a preflight allows no other origin', async () => {
    const {origin, room} = await proxy();
    for (const other of others(origin)) {
      const answer = await preflight('POST', `/rooms/${room}/tokens`, other);
      must(allowed(answer) === null, `A preflight allows “${other}”.`, todo, answer);
    }
  });

  test('no answer allows every origin with “*”', async () => {
    const {origin, room} = await proxy();
    const answers = [
      await ask('GET', '/rooms'),
      await askToken(),
      await ask('GET', '/rooms', {headers: {origin: undefined}}),
      await preflight('POST', `/rooms/${room}/tokens`, origin),
    ];
    for (const answer of answers) must(allowed(answer) !== '*', 'Access-Control-Allow-Origin is *.', todo, answer);
  });
});
