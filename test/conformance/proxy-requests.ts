import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, test} from 'node:test';
import {ask, askToken, good, must, refusal, refused, tokenOf, wish, type Answer} from './proxy-client.js';
import {needs, proxy} from './proxy-target.js';

const tokens = async () => `/rooms/${(await proxy()).room}/tokens`;

describe('it is safe: paths', () => {
  const todo = 'Match the id with ^[A-Za-z0-9_-]{1,64}$ before anything decodes it, and answer 404.';

  /** Ids that mean something else to whoever decodes them, or decodes them twice. */
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

  test('an id that hides something is no room: dots, slashes, NUL and line breaks, encoded once or twice', async () => {
    const {room, foreign = 'other'} = await proxy();
    for (const id of disguised(room, foreign)) {
      refused(await ask('GET', `/rooms/${id}`), todo);
      refused(await ask('GET', `/rooms/${id}/users`), todo);
      refused(await askToken({}, {path: `/rooms/${id}/tokens`}), todo);
    }
  });

  test('no path climbs to a room out of reach, or past the rooms', async () => {
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

  test('it fetches nothing that a request names: it is no proxy for other addresses', async t => {
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
    const wrong = `It asked ${asked.length} times where a request told it to.`;
    must(asked.length === 0, wrong, 'The platform’s address stands in your configuration, and nowhere else.');
  });
});

describe('it is safe: requests that pages elsewhere can make', () => {
  const todo = 'Refuse what has no x-rooms-client header with 403: forms and images cannot send one.';
  const NONE = {'x-rooms-client': undefined};

  test('a request without x-rooms-client is refused, with a body and without, to make and to delete', async () => {
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

  test('only JSON is read: no form, no text, no file, nothing that says not what it is', async () => {
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

  test('no token comes by GET, with what it needs in the address', async () => {
    const {role} = await wish();
    const path = `${await tokens()}?name=Ann&role=${role}`;
    refused(await ask('GET', path), 'Answer 405: what is in an address stands in logs and histories.');
  });
});

describe('it is safe: what breaks', () => {
  test('a body of 1 MB is refused', async () => {
    const todo = 'Refuse more than 16 KB with 413 before you read on: in nginx client_max_body_size 16k.';
    const body = JSON.stringify({...(await wish()), filler: 'x'.repeat(1024 * 1024)});
    const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const declared = await askToken(body);
    // To hang up is an answer, too.
    if (declared.status) refused(declared, todo);
    const headers = {'content-length': undefined, 'transfer-encoding': 'chunked'};
    const undeclared = await askToken(chunked, {headers});
    if (undeclared.status) refused(undeclared, todo);
    tokenOf(await askToken());
  });

  test('nothing that is sent breaks it: no status of 500, no page, no stack trace', async () => {
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
    const todo = 'Catch everything at the outermost place and answer JSON; in PHP display_errors = Off.';
    for (const answer of sent) {
      must(answer.status < 500, 'It broke.', todo, answer);
      must(!trace.test(answer.text), 'It shows the inside of your program.', todo, answer);
      must(!/<html|<!doctype|<br/i.test(answer.text), 'It answered a page.', todo, answer);
    }
    tokenOf(await askToken());
  });

  test('an answer is never taken for something else: X-Content-Type-Options: nosniff', async () => {
    for (const answer of [await ask('GET', '/rooms'), await askToken(), await ask('GET', '/nowhere')]) {
      const {headers} = answer;
      const nosniff = headers.get('x-content-type-options')?.toLowerCase() === 'nosniff';
      must(nosniff, 'The header is missing.', "header('X-Content-Type-Options: nosniff').", answer);
    }
  });

  test('a token stands in the body and nowhere else', async () => {
    const answer = await askToken();
    const token = tokenOf(answer);
    for (const [name, value] of answer.headers) {
      must(!value.includes(token), `The token stands in the header ${name}.`, 'Send it in the JSON body only.');
    }
    const [, rest = ''] = answer.text.split(JSON.stringify(token));
    must(!rest.includes(token), 'The token stands in the answer twice, as in an address.', 'Send it once.', answer);
  });
});

describe('it is safe: how often', () => {
  test('whoever asks for a thousand tokens in a minute is told to wait', needs('limits'), async () => {
    const todo = 'Count by visitor, and answer 429 with Retry-After in seconds and the code rate_limited.';
    let limit: Answer | undefined;
    for (let sent = 0; sent < 1000 && !limit; sent += 20) {
      const some = await Promise.all(Array.from({length: 20}, () => askToken({}, {impatient: true})));
      limit = some.find(({status}) => status === 429);
    }
    must(limit, 'A thousand tokens were given to one visitor.', todo);
    must(refusal(limit, todo) === 'rate_limited', 'The code is another one.', todo, limit);
    const wait = Number(limit.headers.get('retry-after'));
    must(Number.isInteger(wait) && wait > 0, 'Retry-After is no number of seconds.', todo, limit);
  });
});

describe('it is safe: what a request cannot become', () => {
  // Last of all: a proxy that is open here may lose the room.
  test('a method is what it says: overriding it changes nothing', async () => {
    const {room} = await proxy();
    const no = 'Switch the method override of your framework off for these routes.';
    for (const as of ['visitor', 'manager'] as const) {
      // To change nothing first: who refuses that will not delete.
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
