import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {memoryStore, type Store} from '../../src/proxy/proxy.js';
import {examine} from '../../src/proxy/node/doctor/doctor.js';
import type {Environment} from '../../src/proxy/node/environment.js';
import {Raw} from '../helpers/http/raw.js';
import {
  answering,
  definition,
  FAIR,
  FAULTS,
  fine,
  JSON_TYPE,
  MARK,
  NAME,
  REF,
  TOKEN,
  traffic,
  UNFAIR,
  wish,
  type Sent,
} from '../helpers/proxy/canary.js';
import {APP_KEY, command, environment, file, PAGE, platform, startCommand} from '../helpers/proxy/command.js';
import {ORIGIN, recorded, start, visitor} from '../helpers/proxy/start.js';
import {NO_REDIS} from '../helpers/proxy/stores.js';

describe('token seen in URL, log, metric, error or header; leaked credentials in errors', () => {
  it('happens nowhere when all goes well: a token is only in the body of its own answer', async t => {
    const {upstream, answers, told, lines, counted, kept} = await traffic(t, fine, FAIR);
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
    assert.match(counted, /^greenroom_answers_total\{operation="token",status="2xx",code="none"\} 2$/m);
    assert.equal(lines.length, FAIR.length);
    assert.doesNotMatch(kept, /CANARY|127\.0\.0/);
    assert.ok(process.env.REDIS_URL === undefined || kept.split('\n').length > 10, 'there is something in Redis');
    for (const {line, body} of upstream.seen) {
      assert.doesNotMatch(line, /CANARY/);
      assert.doesNotMatch(body, new RegExp(`${REF}|CANARY-KEY`));
    }
  });

  it('happens nowhere when visitors send what they should not', async t => {
    const {answers, told, kept} = await traffic(t, fine, UNFAIR);
    for (const {what, status, head, text} of answers) {
      assert.doesNotMatch(head, /CANARY/, what);
      if (status >= 400) assert.doesNotMatch(text, /CANARY/, what);
    }
    assert.ok(answers.filter(({status}) => status >= 400).length >= UNFAIR.length - 3);
    assert.doesNotMatch(told + kept, /CANARY/);
  });

  for (const [what, answer] of Object.entries(FAULTS)) {
    it(`happens nowhere when the platform answers with ${what}`, async t => {
      const {answers, told, lines, kept} = await traffic(t, answer, FAIR);
      for (const {what, status, head, text} of answers) {
        assert.doesNotMatch(head, /CANARY/, what);
        if (status >= 400) assert.doesNotMatch(text, /CANARY/, what);
        assert.doesNotMatch(text, new RegExp(APP_KEY));
      }
      const token = answers.find(({path}) => path.endsWith('/tokens'))!;
      assert.ok(token.status >= 400, `${token.status}`);
      assert.ok((JSON.parse(token.text) as {request_id: string}).request_id.length === 36);
      assert.doesNotMatch(told + kept, /CANARY/);
      for (const line of lines) assert.ok(JSON.parse(line));
    });
  }
});

/** A store that keeps what it was ever given, as anybody could read it who can read the store. */
function openStore() {
  const store = memoryStore();
  const given: unknown[] = [];
  const recording = Object.fromEntries(
    (['take', 'claim', 'settle', 'release'] as const).map(verb => [
      verb,
      (...args: unknown[]) => {
        given.push([verb, ...args]);
        return (store[verb] as (...args: unknown[]) => Promise<unknown>)(...args);
      },
    ]),
  ) as unknown as Store;
  return {store: recording, given};
}

describe('a dump of a store in memory', () => {
  it('holds no token, key, name, reference, room or address', async () => {
    const {store, given} = openStore();
    const who = visitor({user_ref: REF, name: NAME});
    const {ask} = start(recorded(), who, {store, storeSecret: `${MARK}-STORE-0123456789-0123456789`});
    for (const [method, path, body, headers] of [...FAIR, ...UNFAIR]) {
      await ask(method, path, {body, headers: {...headers, ...(body !== undefined && JSON_TYPE)}, ip: '192.0.2.77'});
    }
    assert.doesNotMatch(JSON.stringify(given), /CANARY|lobby|192\.0\.2/);
    for (const verb of ['take', 'claim', 'settle']) assert.match(JSON.stringify(given), new RegExp(verb));
    for (const [, key] of given as [string, string][]) assert.match(key, /^[\w-]{22}$/);
  });

  it('holds no more in Redis', {skip: NO_REDIS}, async t => {
    const {kept} = await traffic(t, fine, FAIR);
    for (const line of kept.split('\n')) assert.match(line, /^(greenroom:[\w-]{22}|[rs]?[\w.-]+)$/);
  });
});

describe('commands, whatever they print', () => {
  const secrets = {
    USER_REF_SECRET: `${MARK}-REFS-0123456789-0123456789`,
    STORE_SECRET: `${MARK}-STORE-0123456789-0123456789`,
    JWT_SECRET: `${MARK}-JWT-0123456789-0123456789-0123`,
    JWT_ISSUER: 'https://login.example/',
    JWT_AUDIENCE: 'https://shop.example',
    JWT_ALGORITHMS: 'HS256',
    REDIS_URL: `redis://:${MARK}@127.0.0.1:9`,
  };
  const shorter = Object.fromEntries(Object.keys(secrets).map(name => [name, `${MARK}:@`]));
  const key = {kid: 'k1', secret: MARK.repeat(8), roles: ['viewer'], rooms: '*', origins: [ORIGIN], maxLifetime: 60};

  it('never print a secret: greenroom doctor and greenroom proxy, when all is well and when all is wrong', async t => {
    const {url} = await platform(t);
    const GRANT_KEYS_FILE = await file(t, 'keys.json', JSON.stringify({audience: 'shop', keys: [key]}));
    const broken = await file(t, 'broken.json', `{"audience": "${MARK}", "keys": [{"secret": "${MARK}`);
    const WRONG: Environment[] = [
      {...shorter, GRANT_KEYS_FILE: broken, APP_KEY: `${MARK}é`},
      {PLATFORM_URL: `https://${MARK}:${MARK}@api.example`, APP_KEY: `${MARK}-SHORT`},
      {APP_KEY: undefined, APP_KEY_FILE: await file(t, 'key', `${MARK}\n${MARK}\u0100`)},
    ];
    const runs = [
      command(t, ['doctor', '--origin', 'https://new.example'], environment(url, {...secrets, GRANT_KEYS_FILE})),
      command(t, ['proxy'], environment(url, WRONG[0])),
    ];
    assert.deepEqual(await Promise.all(runs.map(({ended}) => ended)), [1, 1]);
    const outputs = runs.map(({told}) => told.out + told.err);
    for (const but of WRONG) {
      const findings = await examine({env: environment(url, but), origin: 'https://new.example'});
      assert.ok(findings.some(({ok}) => !ok));
      outputs.push(JSON.stringify(findings));
    }
    for (const output of outputs) assert.doesNotMatch(output, new RegExp(`CANARY|${APP_KEY}|\\n\\s+at `));
  });

  it('never print a secret: greenroom grant', async t => {
    const given = await file(t, 'keys.json', JSON.stringify({audience: 'shop', keys: [key]}));
    const issue = ['issue', '--key-file', given, '--rooms', '*', '--expires', '1m', '--roles'];
    const runs = [
      [...issue, 'viewer'],
      [...issue, 'moderator'],
      ['inspect', `${MARK}.${MARK}.${MARK}`, '--key-file', given],
    ].map(args => command(t, ['grant', ...args], {}));
    assert.deepEqual(await Promise.all(runs.map(({ended}) => ended)), [0, 1, 1]);
    for (const {told} of runs) assert.doesNotMatch(told.out + told.err, /CANARY/);
  });
});

describe('SSRF, credential theft by base URL', () => {
  it('ignores overrides in body, query, header and request line', async t => {
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
    const body = {...wish, endpoint: base, baseUrl: base, PLATFORM_URL: base, rooms: base, room_id: `../${host}`};
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

  it('ignores another host in the request line or in the header host', async t => {
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
