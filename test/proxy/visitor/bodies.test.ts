import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {guarded} from '../../../src/proxy/proxy.js';
import {Role, SettingsDefinition, type RoomDefinition, type TokenRequest} from '../../../src/rooms/rooms.js';
import {plain, recorded, start, visitor, WISH} from '../../helpers/proxy/start.js';

const POISON = '{"role":"moderator","name":"Root","owner_ref":"mallory","manage":true}';

describe('role escalation: a role', () => {
  const WORDS = ['moderator', 'participant', 'viewer', 'audience'];
  const BENT: ((word: string) => string)[] = [
    word => JSON.stringify(word),
    word => JSON.stringify(word.toUpperCase()),
    word => JSON.stringify(word[0]!.toUpperCase() + word.slice(1)),
    word => JSON.stringify(` ${word}`),
    word => JSON.stringify(`${word}\0`),
    word => JSON.stringify([word]),
    word => JSON.stringify({role: word}),
    word => JSON.stringify({toString: word, valueOf: word}),
    word => `"participant","role":${JSON.stringify(word)}`,
    word => `${JSON.stringify(word)},"role":"participant"`,
    word => `"participant","__proto__":{"role":${JSON.stringify(word)}}`,
    word => `"viewer","\\u0072ole":${JSON.stringify(word)}`,
    word => JSON.stringify(word.replace('o', 'о')),
  ];
  const bodies = [
    '{}',
    '{"name":"Ann"}',
    `{"name":"Ann","__proto__":${POISON}}`,
    `{"name":"Ann","constructor":{"prototype":${POISON}}}`,
    ...['null', 'true', '0', '""', '[]', '"host"', '"constructor"', '"__proto__"'].map(role => `{"role":${role}}`),
    ...WORDS.flatMap(word => BENT.map(bend => `{"name":"Ann","role":${bend(word)}}`)),
  ];
  // Every set of roles there is, from none to all four.
  const sets = Array.from({length: 16}, (_, bits) => WORDS.filter((_, bit) => bits & (1 << bit))) as Role[][];

  it('goes upstream only if it was requested word for word and is one of the visitor’s roles', async () => {
    let issued = 0;
    for (const roles of sets) {
      // A proxy of its own for each body would cost more than all else here.
      const rooms = recorded();
      const {ask} = start(rooms, plain({roles}), {limits: false, cache: 0});
      for (const body of bodies) {
        rooms.calls.length = 0;
        const {status, body: told} = await ask('POST', '/rooms/lobby/tokens', {
          body,
          headers: {'content-type': 'application/json'},
        });
        const asked = (JSON.parse(body) as {role: unknown}).role;
        const sent = rooms.calls.filter(([operation]) => operation === 'token').map(call => call[2] as {role: Role});
        if (status === 200) {
          issued++;
          assert.deepEqual(
            sent.map(({role}) => role),
            [asked],
          );
          assert.ok(roles.includes(asked as Role), `${body} with ${roles.join()}`);
        } else {
          assert.deepEqual(rooms.calls, []);
          const code = told.key === 'name' ? 'invalid' : WORDS.includes(asked as string) ? 'denied' : 'role_invalid';
          assert.equal(told.code, code, `${body} with ${roles.join()}`);
          assert.ok(!roles.includes(asked as Role) || told.key === 'name');
        }
      }
    }
    assert.ok(issued > 100);
  });

  it('is never a lower one either: a visitor who may only moderate cannot join as a participant', async () => {
    const {status, body} = await start(recorded(), plain({roles: ['moderator']})).ask('POST', '/rooms/lobby/tokens', {
      body: WISH,
    });
    assert.deepEqual([status, body.code], [403, 'denied']);
  });

  it('tells a missing one from an unknown one', async () => {
    const {ask} = start(recorded(), plain());
    const results = ['{"name":"Ann"}', '{"name":"Ann","role":"host"}'].map(
      async body =>
        (await ask('POST', '/rooms/lobby/tokens', {body, headers: {'content-type': 'application/json'}})).body.result,
    );
    assert.deepEqual(await Promise.all(results), [10104, 10104]);
  });
});

describe('a name', () => {
  const NAMES: [sent: unknown, name: string | null][] = [
    ['Ann', 'Ann'],
    ['  Ann Lee ', 'Ann Lee'],
    ['Ж'.repeat(200), 'Ж'.repeat(200)],
    ['عائشة', 'عائشة'],
    ['👩‍🚀', '👩‍🚀'],
    ['x'.repeat(201), null],
    ['Ann\nroot', null],
    ['Ann\0', null],
    ['Ann\u001b[31m', null],
    ['Ann\u2028', 'Ann'],
    ['A\u2028nn', null],
    ['\u202Ennb', null],
    ['A\uD800', null],
    [undefined, null],
    [null, null],
    ['', null],
    ['   ', null],
    [42, null],
    [['Ann'], null],
    [{}, null],
    [{toString: 'Ann'}, null],
  ];
  for (const [sent, name] of NAMES) {
    it(`${name === null ? 'is not' : 'is'} ${JSON.stringify(sent)?.slice(0, 30)}`, async () => {
      const rooms = recorded();
      const asked = start(rooms, plain()).ask('POST', '/rooms/lobby/tokens', {body: {name: sent, role: 'viewer'}});
      const {status, body} = await asked;
      if (name === null) assert.deepEqual([status, body.code, body.key, rooms.calls], [400, 'invalid', 'name', []]);
      else assert.equal((body.participant as {name: string}).name, name);
    });
  }
});

describe('prototype pollution: the data of a token', () => {
  const five = {a: 1, b: 'x', c: [true, null], d: {e: {f: 1.5}}, g: false};
  const nested = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

  async function upstream(data: string) {
    const rooms = recorded();
    const asked = {
      body: `{"name":"Ann","role":"viewer","data":${data}}`,
      headers: {'content-type': 'application/json'},
    };
    const {status, body} = await start(rooms, plain()).ask('POST', '/rooms/lobby/tokens', asked);
    return {status, body, data: (rooms.calls[1]?.[2] as {data?: object} | undefined)?.data};
  }

  it('is passed on as it is, up to five keys', async () => {
    assert.deepEqual((await upstream(JSON.stringify(five))).data, five);
    assert.deepEqual((await upstream('null')).data, undefined);
  });

  for (const data of [
    JSON.stringify({...five, sixth: 1}),
    '[]',
    '"x"',
    '5',
    nested(9),
    '['.repeat(20) + ']'.repeat(20),
  ]) {
    it(`is refused when it is ${data.slice(0, 40)}`, async () => {
      const {status, body} = await upstream(data);
      assert.deepEqual([status, body.code, body.key], [400, 'invalid', 'data']);
    });
  }

  it('is refused together with its body when it is thousands of levels deep', async () => {
    const {status, body, data} = await upstream('['.repeat(8000) + ']'.repeat(8000));
    assert.deepEqual([status, body.code, data], [400, 'invalid', undefined]);
  });

  it('loses __proto__ at every depth', async () => {
    const {data} = await upstream(
      `{"__proto__":${POISON},"a":{"__proto__":${POISON},"b":[{"__proto__":${POISON},"c":1}]}}`,
    );
    // Strictly equal also in their prototypes, at every depth.
    assert.deepEqual(data, {a: {b: [{c: 1}]}});
  });
});

describe('prototype pollution, mass assignment: a definition', () => {
  const settings = Object.fromEntries(Object.keys(SettingsDefinition.schema).map(key => [key, `sent-${key}`]));
  const MORE = ['room_id', 'created', 'updated', 'isRoomActive', 'app_id', 'user_ref', 'role', 'token', 'constructor'];
  const more = Object.fromEntries(MORE.map(key => [key, 'mallory']));
  const whole = {name: 'New', settings, sip: {enabled: true}, data: {a: {b: 1}}};
  const json = {'content-type': 'application/json'};
  const sent = JSON.stringify({...whole, owner_ref: 'mallory', ...more}).replaceAll('{', `{"__proto__":${POISON},`);

  it('goes upstream with its known fields, and the visitor as its owner', async () => {
    const rooms = recorded();
    await start(rooms, visitor()).ask('POST', '/rooms', {body: sent, headers: json});
    const [[, made]] = rooms.calls as [[string, {data: Record<string, unknown>}]];
    const {greenroom_marker: marker, ...data} = made.data;
    assert.match(marker as string, /^[A-Za-z0-9_-]{36,64}$/);
    assert.equal(rooms.calls.length, 1);
    assert.deepEqual({...made, data}, {...whole, owner_ref: 'u1'});
  });

  it('has the owner that the application says', async () => {
    const rooms = recorded();
    await start(rooms, visitor({owner_ref: 'team-7'})).ask('POST', '/rooms', {body: sent, headers: json});
    assert.equal((rooms.calls[0]![1] as {owner_ref: string}).owner_ref, 'team-7');
  });

  it('never changes its owner', async () => {
    const rooms = recorded();
    const {status} = await start(rooms, visitor()).ask('PATCH', '/rooms/lobby', {body: sent, headers: json});
    assert.deepEqual([status, rooms.calls], [200, [['update', 'lobby', whole]]]);
  });

  it('refuses an unknown setting', async () => {
    const rooms = recorded();
    const {body} = await start(rooms, visitor()).ask('POST', '/rooms', {body: {name: 'New', settings: {volume: 11}}});
    assert.deepEqual([body.code, body.key, body.result, rooms.calls], ['invalid', 'settings.volume', 10009, []]);
  });

  for (const settings of [null, [], 'x', 7]) {
    it(`refuses settings ${JSON.stringify(settings)}`, async () => {
      const {body} = await start(recorded(), visitor()).ask('POST', '/rooms', {body: {name: 'New', settings}});
      assert.deepEqual([body.code, body.key], ['invalid', 'settings']);
    });
  }

  const FIELDS = [
    ...Object.entries({...whole, ...more, owner_ref: 'mallory'}).map(([key, value]) => ({[key]: value})),
    ...Object.entries(settings).map(([key, value]) => ({settings: {[key]: value}})),
  ];
  for (const [method, path] of [
    ['POST', '/rooms'],
    ['PATCH', '/rooms/lobby'],
  ] as const) {
    it(`is refused without manage: ${method} ${path} with each of ${FIELDS.length} fields`, async () => {
      for (const body of FIELDS) {
        const rooms = recorded();
        const {status} = await start(rooms, visitor({can: ['users']})).ask(method, path, {body});
        assert.deepEqual([status, rooms.calls], [403, []], JSON.stringify(body));
      }
    });
  }

  it('is read from its own fields, not from those of a prototype', async () => {
    const rooms = recorded();
    const inherited = Object.create({...WISH, ...whole}) as typeof whole & typeof WISH;
    await guarded(rooms, visitor()).create(inherited as object as RoomDefinition);
    assert.deepEqual(rooms.calls, [['create', {owner_ref: 'u1'}]]);
    await assert.rejects(guarded(rooms, visitor()).token('lobby', inherited as object as TokenRequest), {key: 'name'});
  });

  it('takes none of its fields from a token request', async () => {
    const rooms = recorded();
    const body = {...WISH, ...whole, ...more, name: 'Ann', role: 'viewer', data: {a: 1}, ttl: 1e9, roomId: 'vault'};
    await start(rooms, plain()).ask('POST', '/rooms/lobby/tokens', {body});
    assert.deepEqual(rooms.calls[1], ['token', 'lobby', {name: 'Ann', role: 'viewer', user_ref: 'u1', data: {a: 1}}]);
  });
});
