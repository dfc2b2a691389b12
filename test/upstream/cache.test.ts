import assert from 'node:assert/strict';
import {describe, it, type TestContext} from 'node:test';
import {resilient, type ResilientOptions} from '../../src/upstream/resilient.js';
import {platformRooms, type LogEntry} from '../../src/proxy/proxy.js';
import {RoomsError, type Room, type Rooms, type RoomsErrorCode} from '../../src/rooms/rooms.js';
import {gate} from '../helpers/http/raw.js';
import {plain, recorded, room, start, visitor} from '../helpers/proxy/start.js';

const failing = (code: RoomsErrorCode, retryAfter?: number) => () =>
  Promise.reject(new RoomsError(code, 'CANARY', {retryAfter}));
const many = <T>(count: number, run: (at: number) => Promise<T>) =>
  Promise.all(Array.from({length: count}, (_, at) => run(at)));
const ANN = {name: 'Ann', role: 'participant', user_ref: 'ann'} as const;
const NEW = {name: 'New', owner_ref: 'ann', data: {a: 1}};

/** A platform behind `resilient`, on a clock that stands still until it is moved. */
function begin(but: Partial<Rooms> = {}, options: ResilientOptions = {}) {
  const time = {now: 0};
  const lines: LogEntry[] = [];
  const behind = recorded(but);
  const rooms = resilient(behind, {clock: () => time.now, log: line => lines.push(line), ...options});
  const asked = (operation: string) => behind.calls.filter(([name]) => name === operation).length;
  return {time, lines, rooms, behind, asked};
}

/** How a call went: `ok`, or the code, with the seconds to wait if any were told. */
const outcome = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    ({code, retryAfter}: RoomsError) => (retryAfter ? `${code} ${retryAfter}` : code),
  );

describe('single flight', () => {
  for (const [operation, ask] of [
    ['list', (rooms: Rooms) => rooms.list()],
    ['get', (rooms: Rooms) => rooms.get('lobby')],
    ['users', (rooms: Rooms) => rooms.users('lobby')],
  ] as const) {
    it(`asks for ${operation} once for a hundred who ask at the same time`, async () => {
      const {opened, open} = gate();
      const slow = recorded();
      const held = {[operation]: async (...args: [never]) => (await opened, slow[operation](...args))};
      const {rooms, asked} = begin(held, {cache: 0});
      const answers = many(100, () => ask(rooms) as Promise<unknown>);
      open();
      assert.equal(new Set(await answers).size, 1);
      assert.equal(asked(operation), 1);
      await ask(rooms);
      assert.equal(asked(operation), 2, 'without a cache nothing is kept');
    });
  }

  it('asks for each room separately, and never for one token for two callers', async () => {
    const {rooms, asked} = begin();
    await many(10, at => rooms.get(at % 2 ? 'lobby' : 'vault'));
    await many(10, () => rooms.token('lobby', ANN));
    assert.deepEqual([asked('get'), asked('token')], [2, 10]);
  });

  it('goes on while a caller waits, and ends when the last one leaves', async () => {
    let signal!: AbortSignal;
    const {opened, open} = gate();
    const list = async (options?: {signal?: AbortSignal}) => ((signal = options!.signal!), await opened, []);
    const {rooms} = begin({list});
    const [one, two, three] = [new AbortController(), new AbortController(), new AbortController()];
    const answers = [one, two, three].map(({signal}) => rooms.list({signal}));
    one.abort();
    two.abort();
    assert.equal(signal.aborted, false);
    open();
    assert.deepEqual(await answers[2], []);
    const leaving = new AbortController();
    const alone = begin({list: options => ((signal = options!.signal!), new Promise(() => {}))});
    void alone.rooms.list({signal: leaving.signal}).catch(() => {});
    assert.equal(signal.aborted, false);
    leaving.abort();
    assert.equal(signal.aborted, true);
    void alone.rooms.list().catch(() => {});
    assert.equal(alone.asked('list'), 2, 'nobody joins the call that was ended');
  });
});

describe('the short cache', () => {
  it('keeps a list or a room for two seconds, and never the people in a room', async () => {
    const {rooms, time, asked} = begin();
    const round = async () => {
      await rooms.list();
      await rooms.get('lobby');
      await rooms.users('lobby');
      return [asked('list'), asked('get'), asked('users')];
    };
    assert.deepEqual(await round(), [1, 1, 1]);
    time.now = 1_999;
    assert.deepEqual(await round(), [1, 1, 2]);
    time.now = 2_000;
    assert.deepEqual(await round(), [2, 2, 3]);
  });

  it('keeps no failure', async () => {
    let down = true;
    const {rooms} = begin({get: async id => (down ? failing('not_found')() : room(id))});
    await assert.rejects(rooms.get('lobby'), {code: 'not_found'});
    down = false;
    assert.equal((await rooms.get('lobby')).room_id, 'lobby');
  });

  const WRITES: [what: string, write: (rooms: Rooms) => Promise<unknown>, forgets: [list: number, get: number]][] = [
    ['a creation', rooms => rooms.create(NEW), [1, 0]],
    ['a change', rooms => rooms.update('lobby', {name: 'B'}), [1, 1]],
    ['a removal', rooms => rooms.remove('lobby'), [1, 1]],
  ];
  for (const [what, write, [list, get]] of WRITES) {
    for (const [how, but] of [
      ['', {}],
      [' that failed', {create: failing('invalid'), update: failing('timeout'), remove: failing('offline')}],
    ] as const) {
      it(`is emptied of what ${what}${how} of ours may have changed, also of what was on its way`, async () => {
        const {opened, open} = gate();
        const old = {list: async () => (await opened, [room('lobby')]), get: async () => (await opened, room('lobby'))};
        const {rooms, asked} = begin({...old, ...but});
        const before = [rooms.list(), rooms.get('lobby')];
        await write(rooms).catch(() => {});
        open();
        await Promise.all(before);
        const [lists, gets] = [asked('list'), asked('get')];
        await rooms.list();
        await rooms.get('lobby');
        assert.deepEqual([asked('list') - lists, asked('get') - gets], [list, get]);
      });
    }
  }

  it('forgets a room for which a token was refused', async () => {
    const {rooms, asked} = begin({token: failing('not_found')});
    await rooms.get('lobby');
    await assert.rejects(rooms.token('lobby', ANN), {code: 'not_found'});
    await rooms.get('lobby');
    assert.equal(asked('get'), 2);
  });

  it('holds a thousand rooms and not one more', async () => {
    const {rooms, asked} = begin({get: async id => room(id)});
    for (let at = 0; at <= 1000; at++) await rooms.get(`r${at}`);
    await rooms.get('r1000');
    assert.equal(asked('get'), 1001);
    await rooms.get('r0');
    assert.equal(asked('get'), 1002);
  });
});

describe('the tag of a list', () => {
  const tagOf = async (who = visitor(), rooms = recorded()) =>
    (await start(rooms, who).ask('GET', '/rooms')).headers.get('etag')!;

  it('answers 304 and nothing else to every visitor who has that very list', async () => {
    const {ask} = start(recorded(), plain());
    const first = await ask('GET', '/rooms');
    const etag = first.headers.get('etag')!;
    assert.match(etag, /^W\/"[\w+/=]{24}"$/);
    assert.equal(first.headers.get('cache-control'), 'private, no-cache');
    for (const known of [etag, `"x", ${etag}`, `${etag},W/"y"`]) {
      const again = await ask('GET', '/rooms', {headers: {'if-none-match': known}});
      assert.deepEqual([again.status, again.text, again.headers.get('etag')], [304, '', etag]);
      assert.equal(again.headers.get('access-control-allow-origin'), first.headers.get('access-control-allow-origin'));
    }
    assert.equal((await ask('GET', '/rooms', {headers: {'if-none-match': 'W/"x"'}})).status, 200);
    assert.equal(await tagOf(plain({user_ref: 'u2'})), etag);
  });

  it('differs for another list, and for a visitor who sees more or less of it', async () => {
    const more = recorded({list: async () => [room('lobby'), room('vault'), room('attic')]});
    const renamed = recorded({list: async () => [{...room('lobby'), name: 'B'}, room('vault')]});
    const tags = [
      tagOf(),
      tagOf(plain()),
      tagOf(plain({rooms: ['lobby']})),
      tagOf(visitor(), more),
      tagOf(visitor(), renamed),
    ];
    assert.equal(new Set(await Promise.all(tags)).size, 5);
  });

  it('is on no other answer, and gives the list to nobody who may not have it', async () => {
    const etag = await tagOf();
    const known = {headers: {'if-none-match': etag}};
    const {ask} = start(recorded());
    assert.equal((await ask('GET', '/rooms/lobby')).headers.get('etag'), null);
    const stranger = await start(recorded(), null).ask('GET', '/rooms', known);
    assert.deepEqual([stranger.status, stranger.headers.get('etag')], [401, null]);
    const down = await start(recorded({list: failing('internal')}), visitor(), {cache: 0}).ask('GET', '/rooms', known);
    assert.deepEqual([down.status, down.headers.get('cache-control')], [502, 'no-store']);
  });
});

describe('retries', () => {
  it('are for reads without an answer, once', async () => {
    for (const [code, reads] of [
      ['offline', 2],
      ['platform_down', 2],
      ['timeout', 1],
      ['bad_reply', 1],
      ['internal', 1],
      ['not_found', 1],
    ] as const) {
      const down = failing(code);
      const {rooms, asked} = begin({list: down, get: down, users: down, update: down, remove: down, token: down});
      const calls = [
        rooms.list(),
        rooms.get('lobby'),
        rooms.users('lobby'),
        rooms.update('lobby', {}),
        rooms.remove('lobby'),
      ];
      const codes = await Promise.all([...calls, rooms.token('lobby', ANN)].map(outcome));
      assert.deepEqual(new Set(codes), new Set([code]));
      const counts = ['list', 'get', 'users', 'update', 'remove', 'token'].map(asked);
      assert.deepEqual(counts, [reads, reads, reads, 1, 1, 1], code);
    }
  });
});

describe('a creation whose answer was lost', () => {
  /** A platform that makes rooms, and loses the answer to as many creations as it is told to. */
  function forgetful(t: TestContext, lost: number, {makes = true, lists = true} = {}) {
    const made: Room[] = [];
    const state = {lost, lists};
    const create: Rooms['create'] = async definition => {
      const loses = state.lost-- > 0;
      if (!loses || makes) made.push({...room(`r${made.length}`), ...definition} as Room);
      return loses ? failing('offline')() : made.at(-1)!;
    };
    const list: Rooms['list'] = async () => (state.lists ? [room('lobby'), ...made] : failing('offline')());
    return {...begin({create, list}), made, state};
  }

  it('is looked for by its marker before it is retried', async t => {
    const {rooms, asked, made} = forgetful(t, 1);
    const found = await rooms.create(NEW, {idempotencyKey: 'k1'});
    assert.deepEqual([found.room_id, found.data, asked('create'), made.length], ['r0', {a: 1}, 1, 1]);
  });

  it('is retried when it is not there', async t => {
    const {rooms, asked, made} = forgetful(t, 1, {makes: false});
    await rooms.create(NEW, {idempotencyKey: 'k1'});
    assert.deepEqual([asked('create'), made.length], [2, 1]);
  });

  it('is looked for by the next try with the same key, when it could not be looked for at once', async t => {
    const {rooms, asked, made, state} = forgetful(t, 1, {lists: false});
    await assert.rejects(rooms.create(NEW, {idempotencyKey: 'k1'}), {code: 'offline'});
    state.lists = true;
    assert.equal((await rooms.create(NEW, {idempotencyKey: 'k1'})).room_id, 'r0');
    assert.deepEqual([asked('create'), made.length], [1, 1]);
    assert.equal((await rooms.create(NEW, {idempotencyKey: 'k2'})).room_id, 'r1');
  });

  it('is made once if another proxy, or an earlier run of this one, has lost the answer', async t => {
    const {rooms, made} = forgetful(t, 1, {lists: false});
    await assert.rejects(rooms.create(NEW, {idempotencyKey: 'k1'}), {code: 'offline'});
    const elsewhere = begin({create: async () => room('second'), list: async () => made});
    const found = await elsewhere.rooms.create(NEW, {idempotencyKey: 'k1', again: true});
    assert.deepEqual([found.room_id, elsewhere.asked('create')], ['r0', 0]);
  });

  it('is made once by a platform that stood still and carries out both calls', async () => {
    const made: Room[] = [];
    let late = () => {};
    const {rooms, asked} = begin({
      create: async definition => {
        const each = {...room(`r${made.length}`), ...definition} as Room;
        if (asked('create') > 1) return (late(), made.push(each), each);
        late = () => void made.push({...each, room_id: 'first'});
        return failing('offline')();
      },
      list: async () => [...made],
      remove: async id =>
        void made.splice(
          made.findIndex(({room_id}) => room_id === id),
          1,
        ),
    });
    const {room_id} = await rooms.create(NEW, {idempotencyKey: 'k1'});
    assert.deepEqual([room_id, made.map(each => each.room_id)], ['first', ['first']]);
  });

  it('is not looked for when the platform refused it', async () => {
    const {rooms, asked} = begin({create: failing('invalid')});
    await assert.rejects(rooms.create(NEW), {code: 'invalid'});
    assert.deepEqual([asked('create'), asked('list')], [1, 0]);
  });

  it('has a marker that nobody can see or set', async t => {
    const {rooms, made, behind} = forgetful(t, 0);
    const mine = {...NEW, data: {a: 1, greenroom_marker: 'CANARY'}};
    const answers = [await rooms.create(mine, {idempotencyKey: 'k1'}), ...(await rooms.list())];
    assert.equal(made[0]!.data!.greenroom_marker, 'k1');
    assert.doesNotMatch(JSON.stringify(answers), /greenroom_marker|CANARY/);
    await rooms.update('lobby', {data: {greenroom_marker: 'CANARY', b: 2}});
    assert.deepEqual(behind.calls.at(-1)!.slice(0, 3), ['update', 'lobby', {data: {b: 2}}]);
  });
});

describe('platformRooms', () => {
  for (const [endpoint, good] of [
    ['https://api.example/video/v2', true],
    ['http://localhost:3000/v2', true],
    ['http://127.0.0.1/v2', true],
    ['http://[::1]:80/v2', true],
    ['http://api.example/v2', false],
    ['http://localhost.evil.example/v2', false],
    ['http://127.0.0.1.evil.example/v2', false],
    ['http://10.0.0.7/v2', false],
    ['HTTP://API.EXAMPLE/v2', false],
  ] as const) {
    it(`${good ? 'reaches' : 'refuses'} a platform at ${endpoint}`, () => {
      if (good) assert.ok(platformRooms({endpoint}));
      else
        assert.throws(() => platformRooms({endpoint}), {code: 'misconfigured', key: 'endpoint', message: /over https/});
    });
  }
});
