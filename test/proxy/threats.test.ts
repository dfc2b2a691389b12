import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {describe, it} from 'node:test';
import {answering} from '../helpers/proxy/canary.js';
import {environment, file, PAGE, startCommand} from '../helpers/proxy/command.js';
import {ORIGIN, room} from '../helpers/proxy/start.js';

/** What could begin a line, colour it, turn it round or hide in it. */
const NASTY = [
  'x\r\n{"level":"error","message":"forged"}\r\n',
  'x\n{"time":0}\n',
  '\u2028{}\u2029',
  '\u0085x',
  '\u001b[31mred\u001b[0m\u001b]8;;https://evil.example\u0007',
  '\u009b31m',
  '\u202egnp.exe\u2066x\u2069\u200f',
  'admin\b\b\b\b\b',
  'ad\u200bmin\ufeff',
  'x\ud800y',
  'a\0b',
  '"}\u0000{"a":"',
  '%0d%0a%1b',
  '\\r\\n',
];

describe('log injection', () => {
  it('CRLF, ANSI, bidi in every string of a request and of an answer: one line each, of what we say ourselves', async t => {
    let said = '';
    const upstream = await answering(t, ({method, url}, response) => {
      const bad = {result: 10007, error: said, desc: said, key: said, code: said, message: said};
      const rooms = [room('lobby'), {room_id: said, name: said}];
      const fine = method === 'GET' && url!.endsWith('/rooms');
      response.writeHead(fine ? 200 : 500, {'content-type': 'application/json'});
      response.end(JSON.stringify(fine ? {result: 0, rooms} : bad));
    });
    const hook = `export default ({headers}) => {
      const text = JSON.parse(decodeURIComponent(headers.get('x-text')));
      if (headers.has('x-throw')) throw Object.assign(new Error(text), {name: text, code: text});
      return {user_ref: headers.has('x-odd') ? [text] : text.slice(0, 200), name: 'Ann', roles: ['viewer'], rooms: '*', can: ['manage']};
    };`;
    const AUTHORIZE = await file(t, 'authorize.mjs', hook);
    const more = {AUTHORIZE, GUEST_ROLES: undefined, USER_REFS: 'plain', METRICS_PORT: '0'};
    const {url, lines, metricsUrl} = await startCommand(t, environment(upstream.url, more));
    let sent = 0;
    const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      sent++;
      const type = body === undefined ? undefined : {'content-type': 'application/json'};
      const text = {'x-text': encodeURIComponent(JSON.stringify(said))};
      const init = {method, headers: {...PAGE, ...type, ...text, ...headers}, body: body && JSON.stringify(body)};
      await (await fetch(url + path, init as RequestInit)).text();
    };
    for (said of NASTY) {
      const inside = encodeURIComponent(said.replace(/\p{Cs}/gu, '?'));
      const inHeader = inside.replaceAll('%', '_');
      await ask('GET', '/rooms');
      await ask('GET', `/rooms/${inside}`);
      await ask('GET', `/${inside}?${inside}=${inside}`);
      await ask('POST', '/rooms', {name: said, settings: {description: said, [said]: said}, data: {[said]: said}});
      await ask('POST', '/rooms/lobby/tokens', {name: said, role: said, user_ref: said, data: {[said]: said}});
      await ask('POST', '/rooms/lobby/tokens', {name: 'Ann', role: 'viewer'}, {'idempotency-key': inHeader});
      await ask('PATCH', '/rooms/lobby', {[said]: said});
      await ask('GET', '/rooms', undefined, {
        authorization: `Bearer ${inHeader}`,
        'user-agent': inHeader,
        referer: inside,
      });
      await ask('GET', '/rooms', undefined, {'x-forwarded-for': inHeader, 'x-request-id': inHeader, cookie: inside});
      await ask('GET', '/rooms', undefined, {origin: inHeader});
      await ask('GET', '/rooms', undefined, {'x-throw': '1'});
      await ask('GET', '/rooms', undefined, {'x-odd': '1'});
    }
    const KNOWN = ['level', 'time', 'request_id', 'operation', 'status', 'code', 'ms', 'message'];
    let answers = 0;
    for (const line of lines) {
      assert.match(line, /^\{[\x20-\x7e’“”]+\}\n$/);
      const fields = JSON.parse(line) as Record<string, unknown>;
      assert.deepEqual(
        Object.keys(fields).filter(name => !KNOWN.includes(name)),
        [],
      );
      answers += fields.status === undefined ? 0 : 1;
    }
    assert.equal(answers, sent);
    assert.doesNotMatch(lines.join(''), /forged|evil|admin|gnp|31m|\\u/);
    const page = await (await fetch(metricsUrl!)).text();
    assert.doesNotMatch(page, /forged|evil|admin|gnp|31m|[^\n\x20-\x7e]/);
  });
});

describe('metrics', () => {
  it('are as many after a thousand different requests as the operations and codes there are', async t => {
    const upstream = await answering(t, (_, response) => void response.writeHead(404).end('{"result":40001}'));
    const {url, metricsUrl} = await startCommand(
      t,
      environment(upstream.url, {METRICS_PORT: '0', LIMITS_READS_IP: '5000/60'}),
    );
    const METHODS = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE', 'SEARCH', 'REPORT', 'LINK'];
    const series = async () => {
      const text = await (await fetch(metricsUrl!)).text();
      return text.split('\n').filter(line => line.startsWith('greenroom_')).length;
    };
    const ask = async (at: number) => {
      const method = METHODS[at % METHODS.length]!;
      const path = [`/rooms/r${at}`, `/x${at}`, `/rooms/r${at}/users`, `/rooms?x=${at}`][at % 4]!;
      const headers = {...PAGE, origin: at % 7 ? ORIGIN : `https://s${at}.example`, 'user-agent': `agent ${at}`};
      await (await fetch(url + path, {method, headers})).text();
    };
    const some = async (from: number, to: number) => {
      for (let at = from; at < to; at += 20) await Promise.all(Array.from({length: 20}, (_, more) => ask(at + more)));
    };
    await some(0, 140);
    const before = await series();
    await some(140, 980);
    assert.equal(await series(), before);
    assert.ok(before < 150, `${before} series`);
  });
});

describe('supply chain', () => {
  const RUNTIME = [
    '@hono/node-server',
    'hono',
    'jose',
    'ky',
    'lit',
    'lru-cache',
    'pino',
    'prom-client',
    'superstruct',
    'undici',
    'ws',
  ];
  interface Locked {
    resolved?: string;
    integrity?: string;
    link?: boolean;
    dev?: boolean;
    hasInstallScript?: boolean;
  }

  it('few direct runtime dependencies, each at one exact version', async () => {
    const {dependencies, scripts} = JSON.parse(await readFile('package.json', 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    assert.deepEqual(Object.keys(dependencies!).sort(), RUNTIME);
    for (const [name, version] of Object.entries(dependencies!)) assert.match(version, /^\d+\.\d+\.\d+$/, name);
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) assert.equal(scripts![name], undefined);
  });

  it('lock file: each package from the registry with its digest, and no install scripts at runtime', async () => {
    const lock = JSON.parse(await readFile('package-lock.json', 'utf8')) as {packages: Record<string, Locked>};
    const packages = Object.entries(lock.packages).filter(([path, {link}]) => path !== '' && !link);
    assert.ok(packages.length > 50);
    for (const [path, {resolved, integrity, dev, hasInstallScript}] of packages) {
      assert.equal(resolved, undefined, `${path} comes from elsewhere than the registry`);
      assert.match(integrity ?? '', /^sha512-/, path);
      assert.ok(!hasInstallScript || dev, `${path} runs a script when it is installed`);
    }
  });
});
