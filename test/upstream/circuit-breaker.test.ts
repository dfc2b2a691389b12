import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {httpRooms} from '../../src/http/client.js';
import {circuitBreaker, type CircuitBreakerOptions} from '../../src/upstream/circuit-breaker.js';
import {tokenProxy, type LogEntry} from '../../src/proxy/proxy.js';
import {RoomsError, type RoomsErrorCode} from '../../src/rooms/rooms.js';
import {ORIGIN, plain, recorded, visitor} from '../helpers/proxy/start.js';

/** A circuit breaker on a clock that stands still unless it is moved, and what was let through. */
function begin(options: CircuitBreakerOptions = {}) {
  const time = {now: 0};
  const lines: LogEntry[] = [];
  const through = circuitBreaker({clock: () => time.now, log: line => lines.push(line), ...options});
  const state = {passed: 0};
  const fault = (code: RoomsErrorCode, retryAfter?: number) => new RoomsError(code, 'CANARY', {retryAfter});
  /** One call, which ends with this; how it went for who made it. */
  const call = (end?: RoomsError | Promise<unknown>, signal?: AbortSignal) =>
    through(signal, async () => {
      state.passed++;
      if (end instanceof RoomsError) throw end;
      return end;
    }).then(
      () => 'ok',
      ({code, retryAfter, status}: RoomsError) => (retryAfter ? `${status} ${code} ${retryAfter}` : code),
    );
  const calls = async (count: number, end?: RoomsError) => {
    const outcomes: string[] = [];
    for (let n = 0; n < count; n++) outcomes.push(await call(end));
    return outcomes;
  };
  return {time, lines, state, call, calls, fault};
}

/** Something that ends when the test says so. */
function held() {
  let open!: () => void;
  const opened = new Promise<void>(resolve => (open = resolve));
  return {opened, open};
}

describe('the bulkhead', () => {
  it('lets so many calls through at once, twice as many wait, and the rest is refused with 503', async () => {
    const {call, state} = begin({concurrency: 5});
    const {opened, open} = held();
    const waiting = Array.from({length: 15}, () => call(opened));
    const refused = await Promise.all(Array.from({length: 500}, () => call(opened)));
    assert.deepEqual(new Set(refused), new Set(['503 platform_down 1']));
    assert.equal(state.passed, 5);
    open();
    assert.deepEqual(new Set(await Promise.all(waiting)), new Set(['ok']));
    assert.equal(state.passed, 15);
    assert.equal(await call(), 'ok');
  });

  it('admits the call that has waited longest, and none whose caller has left', async () => {
    const {call} = begin({concurrency: 1});
    const {opened, open} = held();
    const order: string[] = [];
    const as = (name: string, signal?: AbortSignal) =>
      call(undefined, signal).then(how => order.push(`${name} ${how}`));
    const first = call(opened);
    const leaving = new AbortController();
    const others = [as('two'), as('three', leaving.signal)];
    leaving.abort(new RoomsError('aborted', ''));
    await others[1];
    others.push(as('four'));
    open();
    await Promise.all([first, ...others]);
    assert.deepEqual(order, ['three aborted', 'two ok', 'four ok']);
  });

  it('loses no place when a running call and those that wait for it leave at the same moment', async () => {
    const {call} = begin({concurrency: 1});
    const {opened} = held();
    const leaving = new AbortController();
    const calls = Array.from({length: 3}, () => call(opened, leaving.signal));
    leaving.abort();
    assert.deepEqual(await Promise.all(calls), ['aborted', 'aborted', 'aborted']);
    assert.equal(await call(), 'ok');
  });

  it('frees the place of a call whose visitor has left, even if the call ignores it', async () => {
    const {call} = begin({concurrency: 1});
    const leaving = new AbortController();
    void call(new Promise(() => {}), leaving.signal);
    const next = call();
    leaving.abort(new RoomsError('aborted', ''));
    assert.equal(await next, 'ok');
  });
});

describe('the circuit breaker', () => {
  it('opens after ten faults that are half of the outcomes, stays open 5 s, tries one, and closes', async () => {
    const {time, lines, state, call, calls, fault} = begin();
    await calls(10);
    await calls(9, fault('offline'));
    assert.equal(await call(), 'ok', 'nine faults open nothing');
    // 11 answers by now, and with these 11 faults.
    await calls(2, fault('timeout'));
    state.passed = 0;
    assert.deepEqual(new Set(await calls(100)), new Set(['503 platform_down 5']));
    assert.equal(state.passed, 0);
    time.now = 4_999;
    assert.equal(await call(), '503 platform_down 1');
    time.now = 5_000;
    const {opened, open} = held();
    const probe = call(opened);
    assert.match((await Promise.all(Array.from({length: 100}, () => call()))).join(), /^(503 platform_down 1,?)+$/);
    assert.equal(state.passed, 1, 'half open: a single call tries');
    open();
    assert.equal(await probe, 'ok');
    assert.deepEqual(new Set(await calls(100)), new Set(['ok']));
    assert.deepEqual(
      lines.map(({level, message}) => [level, message]),
      [
        ['error', 'The platform fails again and again: calls are paused.'],
        ['warn', 'The platform answers again.'],
      ],
    );
  });

  it('stays open for another 5 s when the try fails, and logs it once', async () => {
    const {time, lines, state, call, calls, fault} = begin();
    await calls(10, fault('platform_down'));
    for (let round = 1; round <= 3; round++) {
      time.now += 5_000;
      state.passed = 0;
      assert.equal(await call(fault('offline')), 'offline');
      assert.equal(await call(), '503 platform_down 5');
      assert.equal(state.passed, 1);
    }
    assert.equal(lines.length, 1);
  });

  it('lets the next call try when the caller of the first try has left', async () => {
    const {time, state, call, calls, fault} = begin();
    await calls(10, fault('internal'));
    time.now = 5_000;
    const leaving = new AbortController();
    const left = call(new Promise(() => {}), leaving.signal);
    leaving.abort(new RoomsError('aborted', ''));
    await left;
    state.passed = 0;
    assert.equal(await call(), 'ok');
    assert.equal(state.passed, 1);
  });

  it('counts neither refusals, nor callers who have left, nor what is ten seconds old', async () => {
    for (const code of ['not_found', 'unauthorized', 'bad_reply', 'room_full', 'aborted'] as const) {
      const {call, calls, fault} = begin();
      await calls(50, fault(code));
      assert.equal(await call(), 'ok', code);
    }
    const {time, call, calls, fault} = begin();
    await calls(9, fault('offline'));
    time.now = 10_001;
    await calls(9, fault('offline'));
    assert.equal(await call(), 'ok');
  });
});

describe('upstream 429', () => {
  const CLAMPED: [said: number | undefined, rest: number][] = [
    [2, 2],
    [600, 60],
    [-1, 1],
    [1e9, 60],
    [undefined, 5],
    [NaN, 5],
  ];
  for (const [said, rest] of CLAMPED) {
    it(`with Retry-After ${said} pauses calls for ${rest} s`, async () => {
      const {time, state, call, fault} = begin();
      await call(fault('rate_limited', said));
      state.passed = 0;
      time.now = rest * 1000 - 1;
      assert.match(await call(), /^503 platform_down \d+$/);
      time.now = rest * 1000;
      assert.equal(await call(), 'ok');
      assert.equal(state.passed, 1);
    });
  }

  it('makes no retry storm: N clients, each trying again when told, cost at most N + 10 % calls', async () => {
    const N = 100;
    const wait = new RoomsError('rate_limited', 'CANARY', {retryAfter: 2});
    const busy = () => Promise.reject(wait);
    const rooms = recorded({list: busy, get: busy, create: busy, users: busy, token: busy});
    const who = Array.from({length: N}, (_, at) => visitor({user_ref: `u${at}`, roles: ['participant']}));
    const lines: LogEntry[] = [];
    const proxy = tokenProxy({
      rooms,
      authorize: ({headers}) => who[Number(headers.get('x-who'))] ?? null,
      userRefs: 'plain',
      origins: [ORIGIN],
      log: line => lines.push(line),
    });
    const clients = who.map((_, at) =>
      httpRooms({
        endpoint: 'https://proxy.example',
        headers: {'x-who': String(at), origin: ORIGIN},
        fetch: request => proxy(request, {ip: `192.0.2.${at}`}),
      }),
    );
    const tries = async () => {
      const outcomes = clients.flatMap(client => [
        client.list(),
        client.token('lobby', {name: 'Ann', role: 'participant'}),
        client.create({name: 'New', owner_ref: 'x', settings: {}}),
      ]);
      for (const outcome of await Promise.allSettled(outcomes)) {
        assert.equal(outcome.status, 'rejected');
        const {code, retryAfter} = outcome.reason as RoomsError;
        assert.deepEqual([code, retryAfter! >= 1], ['platform_down', true]);
      }
    };
    for (let round = 0; round < 5; round++) await tries();
    assert.ok(rooms.calls.length > 0 && rooms.calls.length <= N * 1.1, `${rooms.calls.length} calls of ${N} clients`);
    assert.doesNotMatch(JSON.stringify(lines), /CANARY/);
  });
});

it('a proxy whose platform is slow holds on to no more requests than it may', async () => {
  const {opened, open} = held();
  const rooms = recorded({users: async () => (await opened, [])});
  const proxy = tokenProxy({
    rooms,
    authorize: () => plain({can: ['users']}),
    userRefs: 'plain',
    origins: [ORIGIN],
    limits: false,
    concurrency: 4,
    log: () => {},
  });
  const ask = (at: number) =>
    proxy(new Request(`https://proxy.example/rooms/r${at}/users`, {headers: {'x-rooms-client': 'test'}}));
  const answers = Array.from({length: 50}, (_, at) => ask(at));
  let refused = 0;
  for (const answer of answers) void answer.then(({status}) => (refused += status === 503 ? 1 : 0));
  while (refused < 50 - 12) await new Promise(setImmediate);
  assert.equal(rooms.calls.length, 4);
  open();
  const statuses = (await Promise.all(answers)).map(({status}) => status);
  assert.deepEqual([statuses.filter(status => status === 200).length, refused], [12, 38]);
});
