import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {guarded, peopleInside} from '../../../src/proxy/proxy.js';
import {RoomsError, type Room, type Rooms, type User} from '../../../src/rooms/rooms.js';
import {gate} from '../../helpers/http/raw.js';
import {plain, recorded, request, room, start, visitor} from '../../helpers/proxy/start.js';

const SEEING = plain({can: ['users']});
const ASKED = '/rooms?people=1';

const live = (room_id: string, settings: Room['settings'] = {}): Room => ({
  room_id,
  name: room_id,
  isRoomActive: true,
  settings,
});
const numbered = (length: number) => Array.from({length}, (_, at) => live(`r${at}`));
const person = (name: string, role?: User['role']): User => ({name, role, user_ref: 'secret-ref'});

/** What an answer tells of the people in each room. */
const told = (body: Record<string, unknown>) =>
  (body.rooms as Room[]).map(({room_id, inside, full, faces, capacity}) =>
    JSON.parse(JSON.stringify({room_id, inside, full, faces, capacity})),
  ) as unknown[];

/** A platform with these rooms and people. */
const platform = (rooms: Room[], people: User[] | ((id: string) => User[] | Promise<User[]>)) =>
  recorded({
    list: async () => rooms,
    users: async id => (typeof people === 'function' ? people(id) : people),
  });
const askedFor = ({calls}: ReturnType<typeof recorded>) =>
  calls.filter(([name]) => name === 'users').map(([, id]) => id);

describe('a list that is asked for with the people in its rooms', () => {
  it('tells how many are in each live room, three of their initials, and whether it is full', async () => {
    const names = ['Ada Lovelace', '…', 'bruno', 'Keiko Abe Ito', 'Luís'];
    const people = names.map(name => person(name, 'participant'));
    const rooms = [
      live('small', {participants: 5}),
      live('large', {participants: 6}),
      live('unknown'),
      {...live('quiet'), isRoomActive: false},
    ];
    const {ask} = start(platform(rooms, people), SEEING);
    const {status, body, text} = await ask('GET', ASKED);
    const crowd = {inside: 5, faces: ['AL', 'B', 'KI']};
    assert.deepEqual(
      [status, told(body)],
      [
        200,
        [
          {room_id: 'small', ...crowd, full: true, capacity: 5},
          {room_id: 'large', ...crowd, full: false, capacity: 6},
          {room_id: 'unknown', ...crowd},
          {room_id: 'quiet'},
        ],
      ],
    );
    assert.doesNotMatch(text, /Lovelace|secret/);
  });

  it('counts all who are inside, but the seats of participants alone', async () => {
    const people = [person('M', 'moderator'), person('A', 'audience'), person('V', 'viewer'), person('P')];
    for (const [participants, full] of [
      [3, false],
      [2, true],
      [0, true],
    ] as const) {
      const {ask} = start(platform([live('lobby', {participants})], people), SEEING);
      const [lobby] = told((await ask('GET', ASKED)).body);
      assert.deepEqual(lobby, {room_id: 'lobby', inside: 4, full, faces: ['M', 'A', 'V'], capacity: participants});
    }
  });

  it('is the plain list for visitors who may not know, and without the question', async () => {
    for (const [who, path] of [
      [plain(), ASKED],
      [visitor({can: ['manage']}), ASKED],
      [SEEING, '/rooms'],
      [SEEING, '/rooms?people=0'],
      [visitor(), '/rooms'],
    ] as const) {
      const rooms = recorded();
      const {ask} = start(rooms, who);
      const {body, headers} = await ask('GET', path);
      const without = await start(recorded(), who).ask('GET', '/rooms');
      assert.deepEqual([body.rooms, headers.get('etag')], [without.body.rooms, without.headers.get('etag')]);
      assert.deepEqual(askedFor(rooms), []);
    }
  });

  it('takes no such numbers from the platform, not even for a manager', async () => {
    const claimed = {inside: 99, full: true, faces: ['XX'], capacity: 99};
    const rooms = [
      {...live('lobby'), ...claimed},
      {...room('vault'), ...claimed, isRoomActive: false},
    ];
    for (const who of [visitor({can: ['manage']}), plain()]) {
      const {body} = await start(platform(rooms, []), who).ask('GET', ASKED);
      assert.deepEqual(told(body), [{room_id: 'lobby'}, {room_id: 'vault'}]);
    }
    const {body} = await start(platform(rooms, [person('Ann')]), visitor()).ask('GET', ASKED);
    assert.deepEqual(told(body), [{room_id: 'lobby', inside: 1, faces: ['A']}, {room_id: 'vault'}]);
  });

  it('asks only about live rooms in reach', async () => {
    const rooms = platform([live('lobby'), live('vault'), {...live('quiet'), isRoomActive: undefined}], []);
    const {ask} = start(rooms, {...SEEING, rooms: ['lobby', 'quiet']});
    const {body} = await ask('GET', ASKED);
    assert.deepEqual(told(body), [{room_id: 'lobby', inside: 0, faces: []}, {room_id: 'quiet'}]);
    assert.deepEqual(askedFor(rooms), ['lobby']);
  });

  it('asks about fifty rooms at most, four at once', async () => {
    let [running, most] = [0, 0];
    const rooms = platform(numbered(60), async () => {
      most = Math.max(most, ++running);
      await new Promise(resolve => setImmediate(resolve));
      running--;
      return [];
    });
    const {body} = await start(rooms, SEEING).ask('GET', ASKED);
    const known = (told(body) as Room[]).filter(({inside}) => inside === 0).map(({room_id}) => room_id);
    assert.deepEqual([known, most], [numbered(50).map(({room_id}) => room_id), 4]);
  });

  it('is one request against the limit', async () => {
    const limits = {reads: {visitor: {capacity: 2, per: 60_000}}};
    const {ask} = start(platform(numbered(20), []), SEEING, {limits});
    const statuses = [];
    for (let each = 0; each < 3; each++) statuses.push((await ask('GET', ASKED)).status);
    assert.deepEqual(statuses, [200, 200, 429]);
  });

  it('has another etag if somebody came', async () => {
    let people = [person('Ann')];
    const rooms = platform([live('lobby')], () => people);
    const tag = async () => (await start(rooms, SEEING).ask('GET', ASKED)).headers.get('etag');
    const before = await tag();
    assert.equal(await tag(), before);
    people = [person('Ann'), person('Bob')];
    assert.notEqual(await tag(), before);
  });
});

describe('the answers about the people in rooms', () => {
  it('are shared: one request a room for all who list it at the same time', async () => {
    const {opened, open} = gate();
    const rooms = platform(numbered(3), async id => (await opened, [person(id)]));
    const proxy = start(rooms, null, {
      authorize: ({headers}) => ({...SEEING, user_ref: headers.get('authorization')!}),
    });
    const asking = ['ann', 'bob', 'eve'].map(authorization => proxy.ask('GET', ASKED, {headers: {authorization}}));
    while (askedFor(rooms).length < 3) await new Promise(resolve => setImmediate(resolve));
    open();
    for (const {body} of await Promise.all(asking)) {
      assert.deepEqual(
        (told(body) as Room[]).map(({inside, faces}) => [inside, faces]),
        [0, 1, 2].map(() => [1, ['R']]),
      );
    }
    assert.deepEqual(askedFor(rooms), ['r0', 'r1', 'r2']);
  });

  const asking = {timeout: 10_000, shown: (user: User) => user, log: () => {}};

  it('are used for ten seconds, also those of a room that failed', async () => {
    const time = {now: 0};
    const asked: string[] = [];
    const rooms = {
      users: async (id: string) => {
        asked.push(id);
        if (id === 'r1') throw new RoomsError('platform_down', 'CANARY');
        return [person('Ann')];
      },
    };
    const people = peopleInside(rooms, () => time.now);
    const known = async () => [...(await people(numbered(2), asking))].map(([id, {inside}]) => [id, inside]);
    for (time.now of [0, 9_999]) assert.deepEqual(await known(), [['r0', 1]]);
    assert.deepEqual(asked, ['r0', 'r1']);
    time.now = 10_000;
    assert.deepEqual(await known(), [['r0', 1]]);
    assert.deepEqual(asked, ['r0', 'r1', 'r0', 'r1']);
  });

  it('of rooms that fail are left out, the log says so once, and the list has all rooms', async () => {
    const rooms = platform(numbered(6), id => {
      if (id === 'r1') throw new RoomsError('not_found', 'CANARY');
      if (id === 'r2') throw new TypeError('CANARY');
      return [person('Ann')];
    });
    const {ask, lines} = start(rooms, SEEING);
    for (const _ of [1, 2]) {
      const {status, body} = await ask('GET', ASKED);
      assert.equal(status, 200);
      assert.deepEqual(
        (told(body) as Room[]).map(({inside}) => inside),
        [1, undefined, undefined, 1, 1, 1],
      );
    }
    assert.deepEqual(
      lines.map(({level, operation, code, message}) => ({level, operation, code, message})),
      [
        {
          level: 'warn',
          operation: 'users',
          code: 'not_found',
          message: 'A list does not say who is in some of its rooms: not_found.',
        },
      ],
    );
    assert.ok(lines[0]!.request_id);
  });

  it('are waited for two seconds at most; then their calls end, and do not count as faults of the platform', async () => {
    const ended: unknown[] = [];
    const rooms = recorded({
      list: async () => [...numbered(20)],
      users: (id, options) =>
        new Promise((resolve, reject) => {
          if (id === 'r0') return resolve([person('Ann')]);
          options!.signal!.addEventListener('abort', () => {
            ended.push(id);
            reject(new RoomsError('timeout', 'CANARY'));
          });
        }),
    });
    const {ask, lines} = start(rooms, SEEING);
    // Ten faults would open the circuit.
    for (let each = 0; each < 3; each++) {
      const began = performance.now();
      const {status, body} = await ask('GET', ASKED);
      const took = performance.now() - began;
      assert.deepEqual([status, (told(body) as Room[]).map(({inside}) => inside).slice(0, 2)], [200, [1, undefined]]);
      assert.ok(took > 1900 && took < 8000, `${took} ms`);
    }
    assert.equal(ended.length, 12);
    assert.deepEqual(
      lines.map(({code}) => code),
      ['timeout', 'timeout', 'timeout'],
    );
    assert.equal((await ask('GET', '/rooms/lobby')).status, 200);
  });

  it('are waited for only as long as the whole list may take', async () => {
    const rooms = platform(numbered(1), () => new Promise<never>(() => {}));
    const {ask} = start(rooms, SEEING, {timeout: 200});
    const began = performance.now();
    assert.equal((await ask('GET', ASKED)).status, 200);
    assert.ok(performance.now() - began < 1900);
  });

  it('go on for others when one visitor leaves', async () => {
    const {opened, open} = gate();
    const rooms = platform(numbered(2), async () => (await opened, [person('Ann')]));
    const asked = async (ids: string[]) => {
      while (String(askedFor(rooms)) !== String(ids)) await new Promise(resolve => setImmediate(resolve));
    };
    const {proxy, ask} = start(rooms, null, {
      authorize: ({headers}) => ({...SEEING, rooms: headers.get('authorization')!.split(' ')}),
    });
    const leaving = new AbortController();
    const left = proxy(request('GET', ASKED, {headers: {authorization: 'r0'}, signal: leaving.signal}));
    await asked(['r0']);
    const staying = ask('GET', ASKED, {headers: {authorization: 'r0 r1'}});
    // By then it waits for both.
    await asked(['r0', 'r1']);
    leaving.abort();
    assert.notEqual((await left).status, 200);
    open();
    assert.deepEqual(
      told((await staying).body),
      ['r0', 'r1'].map(room_id => ({room_id, inside: 1, faces: ['A']})),
    );
    assert.deepEqual(askedFor(rooms), ['r0', 'r1']);
  });

  it('come to who uses `guarded` without a proxy', async () => {
    const rooms: Rooms = recorded();
    const list = await guarded(rooms, SEEING).list({people: true});
    assert.deepEqual(
      list.map(({room_id, inside, full, faces}) => ({room_id, inside, full, faces})),
      ['lobby', 'vault'].map(room_id => ({room_id, inside: 1, full: false, faces: ['A']})),
    );
  });
});
