import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {
  keyOfResult,
  notFound,
  resultOf,
  RoomsError,
  type RoomsErrorCode,
  type RoomsErrorOptions,
} from '../../src/rooms/rooms.js';
import {guarded, type LogEntry} from '../../src/proxy/proxy.js';
import {plain, recorded, room, request, routes, start, TOKEN, visitor, WISH} from '../helpers/proxy/start.js';

const failing = (error: unknown) => {
  const fail = () => Promise.reject(error as Error);
  return recorded({list: fail, get: fail, create: fail, update: fail, remove: fail, users: fail, token: fail});
};
/** An error as a careless platform makes it: every text it has tells too much. */
const careless = (code: RoomsErrorCode, more: RoomsErrorOptions = {}) =>
  new RoomsError(code, 'CANARY message', {desc: 'CANARY desc', cause: new Error('CANARY cause'), ...more});

describe('an error of the platform', () => {
  const DOWN: RoomsErrorCode[] = [
    'unauthorized',
    'denied',
    'bad_reply',
    'offline',
    'timeout',
    'internal',
    'misconfigured',
    'platform_down',
    'aborted',
  ];
  for (const code of DOWN) {
    it(`is told as platform_down, and to the operator by name, when it is ${code}`, async () => {
      const {ask, lines} = start(failing(careless(code, {key: 'CANARY', status: 401})));
      const {status, body, text} = await ask('GET', '/rooms');
      assert.deepEqual([status, body.code, body.result], [502, 'platform_down', 19014]);
      assert.deepEqual(
        lines.map(({level, code, operation}) => [level, code, operation]),
        [['error', code, 'list']],
      );
      assert.doesNotMatch(text + JSON.stringify(lines), /CANARY/);
    });
  }

  const TOLD: [code: RoomsErrorCode, status: number, options?: RoomsErrorOptions][] = [
    ['invalid', 400, {key: 'settings.participants', result: 10007}],
    ['invalid', 400, {key: 'name', result: 10002}],
    ['invalid', 400, {result: 10101}],
    ['role_invalid', 400],
    ['room_active', 409],
    ['not_editable', 409, {key: 'settings.mode'}],
    ['too_late', 409],
    ['room_full', 409],
    ['not_open_yet', 409],
    ['over', 409],
    ['denied', 403, {result: 40002}],
  ];
  for (const [code, status, options] of TOLD) {
    it(`is told as ${code} in our own words, ${JSON.stringify(options ?? {})}`, async () => {
      const error = careless(code, options);
      const {ask, lines} = start(failing(error));
      const answer = await ask('PATCH', '/rooms/lobby', {body: {}});
      const {body} = answer;
      const key = options?.key ?? keyOfResult(options?.result);
      assert.deepEqual([answer.status, body.code, body.result, body.key], [status, code, resultOf(error), key]);
      assert.match(body.error as string, /^[A-Z][^.]+(\.|: [a-z_.]+)$/);
      assert.doesNotMatch(answer.text, /CANARY/);
      assert.deepEqual(lines, []);
    });
  }

  it('is told as the one unknown room when it is not_found', async () => {
    const {ask} = start(failing(careless('not_found', {result: 7, key: 'room'})));
    const {body, id} = await ask('GET', '/rooms/lobby');
    const {result, message, desc, code} = notFound();
    assert.deepEqual(body, {result, error: message, desc, code, request_id: id});
  });

  it('keeps no key that is not the name of a field', async () => {
    for (const key of ['settings.CANARY', 'a b', '<b>', 'x'.repeat(41), 'a.b.c.d.e', '']) {
      const {body} = await start(failing(careless('invalid', {key}))).ask('GET', '/rooms');
      assert.equal(body.key, undefined, key);
    }
  });

  it('names the key that the platform’s number is about, whatever its sentence says', async () => {
    for (const [result, key] of [
      [10007, 'settings.participants'],
      [10006, 'settings.scheduled_time'],
      [10002, 'name'],
      [10101, 'name'],
      [19112, 'settings.audiences'],
      [19002, undefined],
      [undefined, undefined],
    ] as const) {
      const {ask} = start(failing(new RoomsError('invalid', '[Reason] Invalid Value: settings.CANARY', {result})));
      const {body} = await ask('GET', '/rooms');
      assert.deepEqual([body.code, body.key], ['invalid', key], String(result));
      assert.doesNotMatch(String(body.error), /Reason|CANARY/);
    }
  });

  it('keeps no result and no time that is none', async () => {
    const odd = careless('not_open_yet', {result: NaN, opensAt: new Date(NaN)});
    const {body} = await start(failing(odd)).ask('GET', '/rooms');
    assert.deepEqual([body.result, body.opens_at], [10113, undefined]);
  });

  const WAITS: [said: number | undefined, told: string][] = [
    [undefined, '5'],
    [2, '2'],
    [1.2, '2'],
    [-1, '1'],
    [0, '1'],
    [1e9, '3600'],
    [NaN, '5'],
  ];
  for (const [retryAfter, told] of WAITS) {
    it(`is told as 503, to be tried again after ${told} s, when it is rate_limited for ${retryAfter}`, async () => {
      const {ask, lines} = start(failing(careless('rate_limited', {retryAfter})));
      const {status, body, headers} = await ask('GET', '/rooms');
      assert.deepEqual([status, body.code, headers.get('retry-after')], [503, 'platform_down', told]);
      assert.equal(lines[0]!.level, 'warn');
    });
  }

  const JUNK: [what: string, thrown: unknown][] = [
    ['another error', new TypeError('CANARY')],
    ['a text', 'CANARY'],
    ['undefined', undefined],
    ['null', null],
    ['dressed up as one of ours', {name: 'RoomsError', code: 'room_full', message: 'CANARY'}],
  ];
  for (const [what, junk] of JUNK) {
    it(`is told as platform_down when it is ${what}, on every route`, async () => {
      for (const [method, path, body] of [['GET', '/rooms'] as const, ...routes('lobby')]) {
        const {ask, lines} = start(failing(junk));
        const answer = await ask(method, path, {body});
        assert.deepEqual([answer.status, answer.body.code], [502, 'platform_down'], path);
        assert.doesNotMatch(answer.text + JSON.stringify(lines), /CANARY/);
        assert.equal(lines[0]!.code, 'internal');
      }
    });
  }

  it('is told as platform_down when its answer is no room', async () => {
    const {ask} = start(recorded({list: async () => [undefined] as never}), plain());
    assert.equal((await ask('GET', '/rooms')).body.code, 'platform_down');
  });

  it('says when the room opens, although the platform did not', async () => {
    const rooms = recorded({token: () => Promise.reject(careless('not_open_yet'))});
    const {status, body} = await start(rooms, plain()).ask('POST', '/rooms/lobby/tokens', {body: WISH});
    assert.deepEqual([status, body.code, body.opens_at], [409, 'not_open_yet', '2030-01-07T15:45:00.000Z']);
    // Without the time it is there, a page whose clock is wrong would count down to another moment.
    assert.equal(body.server_now, '2030-01-07T12:00:00.000Z');
  });

  it('is not lost on a log that throws or rejects', async () => {
    for (const log of [() => assert.fail('CANARY'), () => Promise.reject(new Error('CANARY'))]) {
      const {ask} = start(failing(careless('offline')), visitor(), {log});
      assert.equal((await ask('GET', '/rooms')).status, 502);
    }
  });
});

describe('what the operator is told', () => {
  it('never holds a token, a name, a reference or a credential', async () => {
    const lines: LogEntry[] = [];
    const log = (line: LogEntry) => lines.push(line);
    const secrets = {...WISH, name: 'CANARY-NAME', data: {key: 'CANARY-DATA'}};
    const headers = {authorization: 'Bearer CANARY-GRANT', cookie: 'CANARY'};
    const leaky = recorded({users: () => Promise.reject(new Error(`${TOKEN} CANARY-KEY`))});
    const who = visitor({user_ref: 'CANARY-REF', name: 'CANARY-VISITOR'});
    for (const rooms of [leaky, failing(careless('unauthorized')), failing(new Error(TOKEN))]) {
      const {ask} = start(rooms, who, {log});
      for (const [method, path, body] of routes('lobby')) {
        await ask(method, path, {headers, body: path.endsWith('tokens') ? secrets : body});
      }
    }
    assert.equal(lines.length, 1 + 5 + 5);
    assert.doesNotMatch(JSON.stringify(lines), /CANARY|lobby/);
  });
});

describe('the deadline', () => {
  /** A platform that never answers and pays no heed to its signal, which it hands out. */
  function hanging() {
    let hung!: (signal: AbortSignal) => void;
    const signal = new Promise<AbortSignal>(resolve => (hung = resolve));
    const hang = (...args: unknown[]) => {
      hung((args.at(-1) as {signal: AbortSignal}).signal);
      return new Promise<never>(() => {});
    };
    return {signal, hang};
  }

  for (const [index, operation] of (['get', 'update', 'remove', 'users', 'token'] as const).entries()) {
    it(`ends ${operation} with 504, and tells the platform, which need not listen`, async () => {
      const {signal, hang} = hanging();
      const {ask, lines} = start(recorded({[operation]: hang}), visitor(), {timeout: 5});
      const [method, path, body] = routes('lobby')[index]!;
      const answer = await ask(method, path, {body});
      assert.deepEqual([answer.status, answer.body.code], [504, 'timeout']);
      assert.equal((await signal).aborted, true);
      assert.deepEqual(
        lines.map(({code, operation}) => [code, operation]),
        [['timeout', operation]],
      );
    });
  }

  it('is one for both halves of a token', async t => {
    t.mock.timers.enable({apis: ['setTimeout']});
    const slow = <T>(answer: T) => new Promise<T>(resolve => void setTimeout(resolve, 60, answer));
    const rooms = recorded({get: () => slow(room('lobby')), token: () => slow({token: TOKEN})});
    const asked = guarded(rooms, plain(), {timeout: 100, log: () => {}}).token('lobby', {name: 'Ann', role: 'viewer'});
    const failed = assert.rejects(asked, {code: 'timeout'});
    for (let passed = 0; passed < 120; passed += 20) {
      t.mock.timers.tick(20);
      await new Promise(setImmediate);
    }
    await failed;
    assert.equal(rooms.calls.length, 2);
  });

  it('leaves no timer and no listener behind', async t => {
    t.mock.timers.enable({apis: ['setTimeout']});
    const aborted: unknown[] = [];
    const rooms = recorded({
      list: async options => {
        options!.signal!.addEventListener('abort', () => aborted.push('late'));
        return [];
      },
    });
    const leaving = new AbortController();
    await guarded(rooms, plain()).list({signal: leaving.signal});
    t.mock.timers.tick(60_000);
    leaving.abort();
    assert.deepEqual(aborted, []);
  });

  it('reaches rooms that hand their options on as a copy', async () => {
    const {signal, hang} = hanging();
    const copying = recorded({users: async (_, options) => hang({...options})});
    const can = {...plain(), can: ['users' as const]};
    await assert.rejects(guarded(copying, can, {timeout: 5, log: () => {}}).users('lobby'), {code: 'timeout'});
    assert.equal((await signal).aborted, true);
  });

  it('is not waited for when the visitor has gone: the platform is told at once', async () => {
    const {signal, hang} = hanging();
    const {proxy, lines} = start(recorded({token: hang}));
    const leaving = new AbortController();
    const answer = proxy(request('POST', '/rooms/lobby/tokens', {body: WISH, signal: leaving.signal}));
    const upstream = await signal;
    assert.equal(upstream.aborted, false);
    leaving.abort();
    assert.equal((await answer).status, 499);
    assert.equal(upstream.aborted, true);
    assert.deepEqual(lines, []);
  });

  it('asks nothing for a visitor who had gone before', async () => {
    const rooms = recorded();
    await assert.rejects(guarded(rooms, plain()).list({signal: AbortSignal.abort()}), {code: 'aborted'});
    assert.deepEqual(rooms.calls, []);
  });
});
