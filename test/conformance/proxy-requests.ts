import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, test} from 'node:test';
import {ask, askToken, good, must, refusal, refused, tokenOf, wish, type Answer} from './proxy-client.js';
import {needs, proxy} from './proxy-target.js';

const tokens = async () => `/rooms/${(await proxy()).room}/tokens`;

describe('is safe: paths', () => {
  const todo = 'Match the id with ^[A-Za-z0-9_-]{1,64}$ before anything decodes it, else answer 404.';

  /** Ids that become something else when they are decoded once or twice. */
  const disguised = (room: string, foreign: string) => [
    '%2e%2e',
    '%2e%2e%2frooms',
    '%252e%252e',
    '%252e%252e%252frooms',
    '..%2frooms',
    '..%5crooms',
    '..;',
    '%c0%ae%c0%ae',
    '%00',
    `${room}%00`,
    `${room}%0d%0ax-injected:%201`,
    `${room}%250d%250a`,
    `${room}%3fx=1`,
    `${room}%23x`,
    `${room}%20`,
    `${room}%2f`,
    `${room}%2f..%2f${foreign}`,
    `${room}%252f..%252f${foreign}`,
    `${foreign}%2f..%2f${room}`,
    `${room};x=1`,
    `${room}.`,
    `${room}@evil.example`,
    `%${Buffer.from(room.slice(0, 1)).toString('hex')}${room.slice(1)}`,
    'a'.repeat(65),
    'a'.repeat(5000),
    '%',
    '%zz',
    '*',
    '{}',
    '日本'.replace(/./g, each => encodeURIComponent(each)),
  ];

  test('an id with dots, slashes, NUL or line breaks, encoded once or twice, is refused', async () => {
    const {room, foreign = 'other'} = await proxy();
    for (const id of disguised(room, foreign)) {
      refused(await ask('GET', `/rooms/${id}`), todo);
      refused(await ask('GET', `/rooms/${id}/users`), todo);
      refused(await askToken({}, {path: `/rooms/${id}/tokens`}), todo);
    }
  });

  test('no path traversal reaches a room out of reach, or anything else', async () => {
    const {room, foreign = 'other'} = await proxy();
    const below = [
      `${room}/../${foreign}`,
      `${room}/%2e%2e/${foreign}`,
      `./${foreign}`,
      `${room}//../${foreign}`,
      `/${foreign}`,
    ];
    for (const path of [...below, '../..', '..%2f..', `../../video/v2/rooms/${foreign}`]) {
      refused(await ask('GET', `/rooms/${path}`), todo);
      refused(await askToken({}, {path: `/rooms/${path}/tokens`}), todo);
    }
  });

  test('the proxy fetches no address that a request names', async t => {
    const asked: string[] = [];
    const elsewhere = createServer((request, response) => {
      asked.push(String(request.url));
      response.end('{"result":0,"rooms":[],"token":"elsewhere"}');
    });
    elsewhere.listen(0, '127.0.0.1');
    t.after(() => {
      elsewhere.close();
      elsewhere.closeAllConnections();
    });
    await once(elsewhere, 'listening');
    const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    const host = url.slice('http://'.length);
    const query = ['endpoint', 'url', 'platform_url', 'base', 'host']
      .map(key => `${key}=${encodeURIComponent(url)}`)
      .join('&');
    const headers = {'x-forwarded-host': host, 'x-original-url': url, 'x-rewrite-url': url, 'x-platform-url': url};
    await ask('GET', `${url}/rooms`);
    await ask('GET', `/rooms?${query}`, {headers});
    await ask('GET', '/rooms', {headers: {host}});
    await askToken(
      {endpoint: url, url, platform_url: url, server_url: url},
      {path: `${await tokens()}?${query}`, headers},
    );
    const wrong = `The proxy sent ${asked.length} requests to an address from a request.`;
    must(asked.length === 0, wrong, 'Take the platform’s address only from your configuration.');
  });
});

describe('is safe: requests that other sites can make', () => {
  const todo = 'Refuse requests without x-rooms-client with 403: forms and images cannot send that header.';
  const NONE = {'x-rooms-client': undefined};

  test('a request without x-rooms-client is refused, with and without a body, for any method that writes', async () => {
    const {room} = await proxy();
    const made = {name: 'Forged', owner_ref: 'x', settings: {}};
    for (const as of ['visitor', 'manager'] as const) {
      refused(await askToken({}, {as, headers: NONE}), todo);
      refused(await ask('POST', await tokens(), {as, headers: NONE}), todo);
      refused(await ask('POST', '/rooms', {as, headers: NONE, body: made}), todo);
      refused(await ask('POST', '/rooms', {as, headers: NONE}), todo);
      refused(await ask('DELETE', `/rooms/${room}`, {as, headers: NONE}), todo);
    }
    good(await ask('GET', `/rooms/${room}`));
  });

  test('any content type but JSON is refused: forms, text, files, or none', async () => {
    const json = JSON.stringify(await wish());
    const {role} = await wish();
    const only = 'Refuse any Content-Type but application/json with 415.';
    const form = `name=Ann&role=${role}`;
    const boundary = `--x\r\nContent-Disposition: form-data; name="role"\r\n\r\n${role}\r\n--x--\r\n`;
    for (const [type, body] of [
      ['text/plain', json],
      ['text/plain; application/json', json],
      ['application/x-www-form-urlencoded', form],
      ['application/x-www-form-urlencoded', json],
      ['multipart/form-data; boundary=x', boundary],
      ['text/plain, application/json', json],
      [undefined, json],
    ] as const) {
      refused(await askToken(body, {headers: {'content-type': type}}), only);
    }
  });

  test('GET gives no token, even with all parameters in the address', async () => {
    const {role} = await wish();
    const path = `${await tokens()}?name=Ann&role=${role}`;
    refused(await ask('GET', path), 'Answer 405: addresses end up in logs and histories.');
  });
});

describe('is safe: broken requests', () => {
  test('a body of 1 MB is refused', async () => {
    const todo = 'Refuse more than 16 KB with 413 before you read on: in nginx client_max_body_size 16k.';
    const body = JSON.stringify({...(await wish()), filler: 'x'.repeat(1024 * 1024)});
    const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const declared = await askToken(body);
    // Closing the connection is fine, too.
    if (declared.status) refused(declared, todo);
    const headers = {'content-length': undefined, 'transfer-encoding': 'chunked'};
    const undeclared = await askToken(chunked, {headers});
    if (undeclared.status) refused(undeclared, todo);
    tokenOf(await askToken());
  });

  test('no request gets a status of 500 or more, an HTML page or a stack trace', async () => {
    const {room} = await proxy();
    const bodies = ['', '{', '[]', '0', '"x"', 'null', '\u0000', '{"name":', '[['.repeat(5000), '{"a":'.repeat(5000)];
    const sent: Answer[] = [];
    for (const body of bodies) sent.push(await askToken(body));
    for (const value of [null, 1, [], {}, true]) {
      sent.push(
        await askToken({name: value, role: value}),
        await askToken({role: value}),
        await askToken({data: value}),
      );
    }
    for (const path of [
      '/',
      '',
      '/rooms/',
      '/rooms//tokens',
      `/rooms/${room}/tokens/x`,
      '/index.php',
      '/.env',
      '/rooms.php',
    ]) {
      sent.push(await ask('GET', path), await ask('POST', path, {body: {}}));
    }
    const bytes = new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
    sent.push(await ask('POST', await tokens(), {body: bytes, headers: {'idempotency-key': randomUUID()}}));
    sent.push(await ask('POST', await tokens(), {body: await wish(), headers: {'idempotency-key': 'x'.repeat(4000)}}));
    sent.push(await ask('BREW', '/rooms'));
    const trace =
      /Traceback|Stack trace|Fatal error|<b>(Warning|Notice)|\bat \S+ \(?\S+:\d+:\d+|on line \d+|\.(php|py|js|ts):\d+/;
    const todo = 'Catch every error at the outermost level and answer JSON. In PHP set display_errors = Off.';
    for (const answer of sent) {
      must(answer.status < 500, 'The proxy failed.', todo, answer);
      must(!trace.test(answer.text), 'The answer shows details of your program.', todo, answer);
      must(!/<html|<!doctype|<br/i.test(answer.text), 'The answer is an HTML page.', todo, answer);
    }
    tokenOf(await askToken());
  });

  test('every answer has X-Content-Type-Options: nosniff', async () => {
    for (const answer of [await ask('GET', '/rooms'), await askToken(), await ask('GET', '/nowhere')]) {
      const {headers} = answer;
      const nosniff = headers.get('x-content-type-options')?.toLowerCase() === 'nosniff';
      must(nosniff, 'The header is missing.', "header('X-Content-Type-Options: nosniff').", answer);
    }
  });

  test('a token is in the body, once, and in no header', async () => {
    const answer = await askToken();
    const token = tokenOf(answer);
    for (const [name, value] of answer.headers) {
      must(!value.includes(token), `The token is in the header ${name}.`, 'Send it in the JSON body only.');
    }
    const [, rest = ''] = answer.text.split(JSON.stringify(token));
    must(
      !rest.includes(token),
      'The token is in the answer twice, for example in an address.',
      'Send it once.',
      answer,
    );
  });
});

describe('is safe: limits', () => {
  test('a visitor who asks for a thousand tokens in a minute gets 429', needs('limits'), async () => {
    const todo = 'Count by visitor, and answer 429 with Retry-After in seconds and the code rate_limited.';
    let limit: Answer | undefined;
    for (let sent = 0; sent < 1000 && !limit; sent += 20) {
      const some = await Promise.all(Array.from({length: 20}, () => askToken({}, {impatient: true})));
      limit = some.find(({status}) => status === 429);
    }
    must(limit, 'One visitor got a thousand tokens.', todo);
    must(refusal(limit, todo) === 'rate_limited', 'The code is a different one.', todo, limit);
    const wait = Number(limit.headers.get('retry-after'));
    must(Number.isInteger(wait) && wait > 0, 'Retry-After is not a number of seconds.', todo, limit);
  });
});

describe('is safe: methods', () => {
  // The last test: a proxy that fails it may delete the room.
  test('a method override changes nothing', async () => {
    const {room} = await proxy();
    const no = 'Switch off the method override of your framework for these routes.';
    for (const as of ['visitor', 'manager'] as const) {
      // PATCH with an empty body first: a proxy that refuses it will refuse DELETE, too.
      for (const other of ['PATCH', 'DELETE']) {
        for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
          refused(await ask('POST', `/rooms/${room}`, {as, headers: {[name]: other}, body: {}}), no);
        }
        refused(await ask('POST', `/rooms/${room}?_method=${other}`, {as, body: {_method: other}}), no);
      }
      await ask('GET', `/rooms/${room}?_method=DELETE`, {as, headers: {'x-http-method-override': 'DELETE'}});
    }
    good(await ask('GET', `/rooms/${room}`));
  });
});
