import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, it} from 'node:test';
import type {Answered} from '../../src/proxy/proxy.js';
import {recorded, start, visitor, WISH, type Asked} from '../helpers/proxy/start.js';

describe('the id of a request', () => {
  const THEIRS = 'theirs-0000-0000';

  it('is made by the proxy, new each time, and in the answer and every log line', async () => {
    const {rooms, answers} = {
      rooms: recorded({token: () => Promise.reject(new Error('down'))}),
      answers: [] as Answered[],
    };
    const {ask, lines} = start(rooms, visitor(), {answered: answer => answers.push(answer)});
    const headers = {'x-request-id': THEIRS};
    const failed = await ask('POST', '/rooms/lobby/tokens', {body: WISH, headers});
    const listed = await ask('GET', '/rooms', {headers});
    assert.match(failed.id, /^[0-9a-f-]{36}$/);
    assert.notEqual(failed.id, listed.id);
    assert.deepEqual([failed.body.request_id, listed.body.request_id], [failed.id, undefined]);
    assert.deepEqual(
      lines.map(line => line.request_id),
      [failed.id],
    );
    assert.deepEqual(
      answers.map(({ms, ...answer}) => ({...answer, timed: ms >= 0})),
      [
        {request_id: failed.id, operation: 'token', status: 502, code: 'platform_down', timed: true},
        {request_id: listed.id, operation: 'list', status: 200, code: undefined, timed: true},
      ],
    );
  });

  it('is in every refusal', async () => {
    const {ask} = start(recorded(), null);
    const REFUSED: [method: string, path: string, asked?: Asked][] = [
      ['GET', '/elsewhere'],
      ['GET', '/rooms', {headers: {origin: 'https://evil.example'}}],
      ['GET', '/rooms', {headers: {'x-rooms-client': undefined}}],
      ['GET', '/rooms/..%2f'],
      ['POST', '/rooms', {body: '{', headers: {'content-type': 'text/plain'}}],
      ['GET', '/rooms'],
    ];
    for (const [method, path, asked] of REFUSED) {
      const {status, body, id} = await ask(method, path, asked);
      assert.ok(status >= 400);
      assert.equal(body.request_id, id, `${method} ${path}`);
    }
  });
});

it('is answered even if the callback for it throws', async () => {
  const {ask} = start(recorded(), visitor(), {answered: () => assert.fail('full')});
  assert.equal((await ask('GET', '/rooms')).status, 200);
});

it('runs without Node: no module of it imports Node', () => {
  const seen = new Set<string>();
  const foreign = new Set<string>();
  const follow = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, name] of readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)\s(?!type\s)[^;]*?from '([^']+)'/gm,
    )) {
      if (name!.startsWith('.')) follow(join(dirname(file), name!.replace(/js$/, 'ts')));
      else foreign.add(name!);
    }
  };
  follow('src/proxy/proxy.ts');
  assert.ok(seen.has('src/rooms/rules.ts') && seen.size > 8);
  const portable = ['cockatiel', 'hono', 'jose', 'ky', 'lru-cache', 'superstruct'];
  assert.deepEqual(
    [...foreign].filter(name => !portable.includes(name)),
    [],
  );
});
