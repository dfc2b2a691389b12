import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {access, readFile, stat} from 'node:fs/promises';
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';
import {join} from 'node:path';
import {pipeline} from 'node:stream';
import {describe, test} from 'node:test';
import {promisify} from 'node:util';
import {WebSocket} from 'ws';
import {basicAuth} from '../../src/http/client.js';
import {Raw, statuses} from '../helpers/http/raw.js';
import {command, folder} from '../helpers/proxy/command.js';
import {APP, AUTHORIZED, start} from '../helpers/platform/command.js';
import {freshPlace, needsPostgres} from '../helpers/platform/place.js';
import {ROOM} from '../helpers/platform/start.js';

const {paths} = JSON.parse(readFileSync('src/platform/openapi.json', 'utf8')) as {
  paths: {'/healthz': {get: {responses: Record<string, {content: {'application/json': {example: object}}}>}}};
};
/** The documented body of `/healthz` for a status. */
const documented = (status: string) => paths['/healthz'].get.responses[status]!.content['application/json'].example;

const linesOf = (text: string) => text.split('\n').flatMap(line => (line ? [JSON.parse(line) as object] : []));

describe('greenroom platform', {timeout: 240_000}, () => {
  test('makes up credentials at its first start, in a file for its owner only, and prints how to call it', async t => {
    const place = join(await folder(t), 'my rooms.db');
    const file = place.replace(/db$/, 'credentials.json');
    for (const turn of ['first', 'second']) {
      const platform = await start(t, place, [], {});
      const line = /^ {2}node .+$/m.exec(platform.told.out)![0];
      const {stdout} = await promisify(execFile)('sh', ['-c', line], {env: {PATH: process.env.PATH}});
      const {result, rooms} = JSON.parse(stdout) as {result: number; rooms: {name: string}[]};
      assert.deepEqual([result, rooms.map(({name}) => name)], [0, turn === 'first' ? [] : ['Stand-up']]);

      const {id, key} = JSON.parse(await readFile(file, 'utf8')) as {id: string; key: string};
      const headers = {authorization: basicAuth(id, key), 'content-type': 'application/json'};
      const body = JSON.stringify(ROOM);
      assert.equal((await fetch(`${platform.origin}/v2/rooms`, {method: 'POST', headers, body})).status, 200);
      for (const each of [file, place]) assert.equal((await stat(each)).mode & 0o777, 0o600, each);
      assert.equal(await platform.stop(), 0);
      assert.ok(!(platform.told.out + platform.told.err).includes(key));
      assert.match(platform.told.out, new RegExp(`Application: ${id}`));
    }
  });

  test('uses given credentials without writing them anywhere, and refuses an id without a key', async t => {
    const place = join(await folder(t), 'rooms.db');
    const {told, call, stop} = await start(t, place);
    assert.equal((await call('GET', '/v2/rooms')).status, 200);
    assert.match(told.out, /curl -u 'shop' http/);
    await assert.rejects(access(place.replace(/db$/, 'credentials.json')));
    await stop();
    assert.ok(!(told.out + told.err + (await readFile(place, 'latin1'))).includes(APP.APP_KEY));
    const half = command(t, ['platform', '--database', place, '--app-id', 'shop'], {});
    assert.equal(await half.ended, 1);
    assert.match(half.told.err, /^An application has an id and a key\.\n.*--app-key/);
  });

  test('logs route, status and duration of each request, and nothing about the caller or the content', async t => {
    const {call, origin, told, stop} = await start(t, join(await folder(t), 'rooms.db'));
    const {body} = await call('POST', '/video/v2/rooms?CANARY=1', {...ROOM, name: 'CANARY'});
    const {room_id} = body.room as {room_id: string};
    await call('POST', `/v1/rooms/${room_id}/tokens/`, {name: 'CANARY', role: 'participant', user_ref: 'CANARY'});
    await call('GET', '/CANARY');
    await call('POST', '/v2/rooms/CANARY', {name: 'CANARY'});
    await fetch(`${origin}/v2/rooms`, {headers: {authorization: 'Basic CANARY', 'user-agent': 'CANARY'}});
    assert.equal(await stop(), 0);
    assert.doesNotMatch(told.err, new RegExp(`CANARY|${room_id}|shop`));
    assert.deepEqual(
      linesOf(told.err).map(line => ({...line, time: 0, ms: 0})),
      [
        ['POST', '/video/v2/rooms', 200],
        ['POST', '/v1/rooms/:id/tokens', 200],
        ['GET', 'none', 404],
        ['POST', '/v2/rooms/:id', 405],
        ['GET', '/v2/rooms', 401],
      ].map(([method, route, status]) => ({
        level: 'info',
        time: 0,
        method,
        route,
        status,
        ms: 0,
        message: 'Answered.',
      })),
    );
  });

  test('answers 200 at /healthz while its database works', async t => {
    const {call, told, stop} = await start(t, join(await folder(t), 'rooms.db'));
    assert.deepEqual(await call('GET', '/healthz'), {status: 200, body: documented('200')});
    assert.equal((await call('POST', '/healthz')).status, 404);
    await stop();
    assert.equal(told.err, '');
  });

  test('answers 503 at /healthz while Postgres is out of reach, and 200 when it is back', needsPostgres, async t => {
    const place = new URL(await freshPlace(t, () => platform?.stop('SIGKILL')));
    const [host, port] = [place.hostname, Number(place.port || 5432)];
    const wires = new Set<Socket>();
    let cut = false;
    const between = createServer(socket => {
      if (cut) return socket.destroy();
      pipeline(socket, connect(port, host), socket, () => {});
      wires.add(socket);
      return undefined;
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
    t.after(() => {
      between.close();
      for (const wire of wires) wire.destroy();
    });
    place.host = `127.0.0.1:${(between.address() as AddressInfo).port}`;
    const platform = await start(t, place.href);
    assert.equal((await platform.call('GET', '/healthz')).status, 200);
    cut = true;
    for (const wire of wires) wire.destroy();
    let health = await platform.call('GET', '/healthz');
    while (health.status === 200) health = await platform.call('GET', '/healthz');
    assert.deepEqual(health, {status: 503, body: documented('503')});
    cut = false;
    while ((await platform.call('GET', '/healthz')).status !== 200) await new Promise(setImmediate);
    assert.doesNotMatch(platform.told.out + platform.told.err, /postgres@|password/);
  });

  test('after a signal, even two, answers running requests, ends sessions with 1012 and exits with 0', async t => {
    const {call, child, ended, port, origin} = await start(t, join(await folder(t), 'rooms.db'));
    const {body} = await call('POST', '/v2/rooms', ROOM);
    const {room_id} = body.room as {room_id: string};
    const wish = {name: 'Ann', role: 'participant', user_ref: 'ann'};
    const {token} = (await call('POST', `/v2/rooms/${room_id}/tokens`, wish)).body;
    const session = new WebSocket(`${origin}/v2/session`);
    await once(session, 'open');
    session.send(JSON.stringify({type: 'join', token}));
    await once(session, 'message');

    const text = JSON.stringify(ROOM);
    const raw = new Raw(t, {port}).send(
      'POST /v2/rooms HTTP/1.1',
      'Host: localhost',
      `Authorization: ${AUTHORIZED.authorization}`,
      `Content-Length: ${text.length}`,
      'Expect: 100-continue',
      '',
      '',
    );
    await raw.until(/100 Continue/);
    child.kill('SIGINT');
    const [code] = (await once(session, 'close')) as [number];
    assert.equal(code, 1012);
    child.kill('SIGTERM');
    raw.send(text);
    await raw.closed;
    assert.deepEqual(statuses(raw.text), [100, 200]);
    assert.match(raw.text, /"result":0/);
    assert.equal(await ended, 0);
  });

  test('ends when the shell between npm and the platform has ended', async t => {
    const args = `platform --port 0 --database '${join(await folder(t), 'rooms.db')}'`;
    const {PATH} = process.env;
    const shell = spawn('sh', ['-c', `"${process.execPath}" --import tsx src/cli.ts ${args}; true`], {
      env: {PATH, ...APP, npm_lifecycle_event: 'start'},
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let out = '';
    shell.stdout.on('data', text => (out += text));
    while (!out.includes('Try it')) await once(shell.stdout, 'data');
    shell.kill('SIGKILL');
    // The platform holds the pipe, too, and the pipe closes when its last holder ends.
    await once(shell, 'close');
    await assert.rejects(fetch(/http:\S+/.exec(out)![0]));
  });

  test('with --test-clock, and only on this computer, has a clock that stands still until it is set', async t => {
    const place = join(await folder(t), 'rooms.db');
    const usual = await start(t, place);
    assert.equal((await usual.call('GET', '/test/clock')).status, 404);
    assert.equal((await usual.call('PUT', '/test/clock', {advance: 1})).status, 404);
    await usual.stop();

    const {call, told} = await start(t, place, ['--test-clock']);
    assert.match(told.out, /WARNING: the time stands still/);
    const put = async (body: unknown) => (await call('PUT', '/test/clock', body)).body.now;
    const time = Date.UTC(2030, 0, 1, 12);
    assert.equal(await put({now: '2030-01-01T12:00:00.000Z'}), '2030-01-01T12:00:00.000Z');
    assert.equal(await put({now: time + 1}), '2030-01-01T12:00:00.001Z');
    assert.equal(await put({advance: 60_000}), '2030-01-01T12:01:00.001Z');
    const {body} = await call('POST', '/v2/rooms', ROOM);
    assert.equal((body.room as {created: string}).created, '2030-01-01T12:01:00.001Z');
    for (const bad of [{now: 'noon'}, {now: 9e15}, {now: null}, {advance: '1'}, {advance: 0.5}, {to: 1}, [], 'x']) {
      const {status, body} = await call('PUT', '/test/clock', bad);
      assert.deepEqual([status, body.result], [400, 19002], JSON.stringify(bad));
    }
    assert.equal((await call('DELETE', '/test/clock')).status, 405);
    assert.deepEqual((await call('GET', '/test/clock')).body, {now: '2030-01-01T12:01:00.001Z'});

    const exposed = command(t, ['platform', '--test-clock', '--allow-host', '0.0.0.0', '--database', place], APP);
    assert.equal(await exposed.ended, 1);
    assert.match(exposed.told.err, /^--test-clock is for tests on this computer only\.\n/);
  });

  test('listens for other computers only with --allow-host, and prints a warning then', async t => {
    const place = join(await folder(t), 'rooms.db');
    const usual = await start(t, place);
    assert.doesNotMatch(usual.told.out, /WARNING/);
    await usual.stop();
    const {call, told} = await start(t, place, ['--allow-host', '0.0.0.0']);
    assert.match(told.out, /^\nWARNING: listening on 0\.0\.0\.0\./);
    assert.equal((await call('GET', '/v2/rooms')).status, 200);
  });

  test('keeps every room it has confirmed, even if it is killed while writing', async t => {
    const platforms: {stop(signal: NodeJS.Signals): Promise<unknown>}[] = [];
    const place = await freshPlace(t, () => Promise.all(platforms.map(each => each.stop('SIGKILL'))));
    const promised: string[] = [];
    for (let turn = 1; turn <= 3; turn++) {
      const platform = await start(t, place);
      platforms.push(platform);
      const create = async () => {
        for (;;) {
          const {status, body} = await platform.call('POST', '/v2/rooms', ROOM);
          assert.equal(status, 200);
          promised.push((body.room as {room_id: string}).room_id);
          if (promised.length === turn * 100) platform.child.kill('SIGKILL');
        }
      };
      await Promise.all(Array.from({length: 8}, () => assert.rejects(create(), TypeError)));
      assert.equal(await platform.ended, null);
    }
    const platform = await start(t, place);
    platforms.push(platform);
    const {rooms} = (await platform.call('GET', '/v2/rooms')).body as {rooms: {room_id: string}[]};
    const there = new Set(rooms.map(({room_id}) => room_id));
    assert.deepEqual(promised.filter(id => !there.has(id)), []); // prettier-ignore
    assert.ok(promised.length >= 300);
    assert.equal((await platform.call('POST', '/v2/rooms', ROOM)).status, 200);
  });
});
