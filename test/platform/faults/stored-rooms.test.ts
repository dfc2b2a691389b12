import assert from 'node:assert/strict';
import {test} from 'node:test';
import {mock} from 'node:test';
import {beat, isActive, NOON, ROOM, SCHEDULED, startPlatform, until, type Json} from '../../helpers/platform/start.js';

const TEN_YEARS = 5_256_000;
const DAMAGED = [
  '{',
  '',
  'null',
  '[]',
  '{}',
  '{"name":1,"settings":{},"sip":{}}',
  '{"name":"x","settings":[],"sip":{}}',
];

for (const kind of [{adhoc: true}, SCHEDULED, {}]) {
  test(`a duration that no store can hold is refused, and ten years are not: ${JSON.stringify(kind)}`, async t => {
    const world = await startPlatform(t);
    for (const duration of [2e11, '200000000000', 1e15, Number.MAX_SAFE_INTEGER, 1e308, '9'.repeat(400)]) {
      const {status, body} = await world.call('POST', '/rooms', {...ROOM, settings: {...kind, duration}});
      assert.deepEqual([status, body.room], [400, undefined], String(duration));
      assert.match(String(body.error), /settings\.duration$/);
    }
    const room = await world.room({...kind, duration: TEN_YEARS});
    if (kind === SCHEDULED) world.now = Date.UTC(2020, 0, 6, 16);
    await (await world.enter(room)).leave();
    await until(async () => !(await isActive(world, room)));
    assert.equal((await world.call('DELETE', `/rooms/${room}`)).status, 200);
    assert.deepEqual(world.faults, []);
  });
}

test('an ad hoc room that an earlier release stored with a duration beyond all clocks works, and can be mended', async t => {
  const world = await startPlatform(t);
  const [fresh, begun] = [await world.room({adhoc: true, duration: 60}), await world.room({adhoc: true, duration: 60})];
  const longer = `update rooms set definition = replace(definition, '"duration":60', '"duration":200000000000')`;
  await world.database.all(longer);
  await world.database.all(`update rooms set until = 12000000000000000 where room_id = ?`, begun);
  for (const room of [fresh, begun]) {
    const [ann, bob] = [await world.enter(room), await world.enter(room)];
    await Promise.all([ann.leave(), bob.leave()]);
    await until(async () => !(await isActive(world, room)));
    assert.equal((await world.call('PATCH', `/rooms/${room}`, {name: 'Still here'})).status, 200);
    assert.equal((await world.call('PATCH', `/rooms/${room}`, {settings: {duration: 5}})).status, 200);
    const {settings} = (await world.call('GET', `/rooms/${room}`)).body.room as {settings: Json};
    assert.equal(settings.duration, 5);
    assert.equal((await world.call('DELETE', `/rooms/${room}`)).status, 200);
  }
  assert.deepEqual(world.faults, []);
});

for (const damaged of DAMAGED) {
  test(`a stored room that cannot be read is left out of the list, and can be changed and deleted: ${damaged}`, async t => {
    const world = await startPlatform(t);
    const [bad, good] = [await world.room(), await world.room()];
    const spoil = () =>
      world.database.all('update rooms set definition = ?, updated = ? where room_id = ?', damaged, NOON, bad);
    const listed = async () =>
      ((await world.call('GET', '/rooms')).body.rooms as {room_id: string}[]).map(({room_id}) => room_id);
    await spoil();
    for (let turn = 0; turn < 3; turn++) assert.deepEqual(await listed(), [good]);
    assert.deepEqual(
      world.faults.map(fault => (fault as Error).message),
      [`The row ${bad} of "rooms" could not be read.`],
    );
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/tokens'],
    ] as const) {
      const body = method === 'POST' ? {name: 'Ann', role: 'participant', user_ref: 'u1'} : undefined;
      const refused = await world.call(method, `/rooms/${bad}${path}`, body);
      assert.equal(refused.status, 500);
      assert.match(String(refused.body.desc), /whole definition, or delete it/);
    }
    assert.equal((await world.call('PATCH', `/rooms/${bad}`, {settings: {}})).status, 400);
    assert.equal((await world.call('PATCH', `/rooms/${bad}`, {...ROOM, name: 'Mended'})).status, 200);
    assert.deepEqual(await listed(), [bad, good]);
    await spoil();
    assert.equal((await world.call('DELETE', `/rooms/${bad}`)).status, 200);
    assert.deepEqual(await listed(), [good]);
  });
}

for (const column of ['created', 'updated']) {
  for (const time of ['9007199254740993', '9223372036854775807', '-9223372036854775808', '8640000000000001']) {
    test(`a stored room with a time beyond all clocks is listed, changed and deleted: ${column} ${time}`, async t => {
      const world = await startPlatform(t);
      const [bad, good] = [await world.room(), await world.room()];
      await world.database.all(`update rooms set ${column} = ${time} where room_id = ?`, bad);
      const names = async () =>
        ((await world.call('GET', '/rooms')).body.rooms as {room_id: string; name: string}[]).map(({room_id, name}) => [
          room_id,
          name,
        ]);
      assert.deepEqual(await names(), [
        [bad, ROOM.name],
        [good, ROOM.name],
      ]);
      assert.equal((await world.call('GET', `/rooms/${bad}`)).status, 200);
      const ann = await world.enter(bad);
      await ann.leave();
      for (const name of ['Once', 'Twice']) {
        assert.equal((await world.call('PATCH', `/rooms/${bad}`, {name})).status, 200);
        assert.deepEqual((await names())[0], [bad, name]);
      }
      await until(async () => !(await isActive(world, bad)));
      assert.equal((await world.call('DELETE', `/rooms/${bad}`)).status, 200);
      assert.deepEqual(world.faults, []);
    });
  }
}

test('names are stored composed: one name has one form', async t => {
  const world = await startPlatform(t);
  const [decomposed, composed] = ['Cafe\u0301', 'Caf\u00e9'];
  const made = (await world.call('POST', '/rooms', {...ROOM, name: decomposed})).body.room as {
    room_id: string;
    name: string;
  };
  assert.equal(made.name, composed);
  await world.call('PATCH', `/rooms/${made.room_id}`, {name: `${decomposed} 2`});
  const read = (await world.call('GET', `/rooms/${made.room_id}`)).body.room as Json;
  assert.equal(read.name, `${composed} 2`);
  assert.equal((await world.enter(made.room_id, {name: decomposed})).joined.you.name, composed);
  assert.equal((await world.call('POST', '/rooms', {...ROOM, name: decomposed.repeat(50)})).status, 200);
});

test('a room that cannot be read keeps no seat in another room', async t => {
  mock.timers.enable({apis: ['setInterval']});
  t.after(() => mock.timers.reset());
  const world = await startPlatform(t);
  const rooms = [await world.room({adhoc: true}), await world.room()];
  for (const room of rooms) await (await world.enter(room)).vanish();
  const away = () => world.database.all('select 1 from connections where seat_until is not null');
  await until(async () => (await away()).length === 2);
  await world.database.all(`update rooms set definition = '{' where room_id = ?`, rooms[0]!);
  await world.database.all(`update sessions set definition = '{' where room_id = ?`, rooms[0]!);
  world.now += 60_000;
  await beat();
  await until(async () => (await world.database.all('select 1 from connections')).length === 0);
});

test('a record with damaged times or JSON leaves the other records readable, and is reported', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  const records = async () => {
    const {status, body} = await world.call('GET', `/cdr/room/${room}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.cdr as unknown as {user: Json; room: Json & {duration: number}}[];
  };
  for (const user_ref of ['ann', 'bob']) {
    await (await world.enter(room, {name: user_ref, user_ref})).leave();
    world.now += 60_000;
  }
  await until(async () => (await records()).length === 2);
  for (const time of ['9223372036854775807', '-9223372036854775808', '8640000000000001']) {
    await world.database.all(`update records set connected = ${time}, disconnected = ${time} where name = 'ann'`);
    const found = await records();
    assert.deepEqual(new Set(found.map(({user}) => user.name)), new Set(['ann', 'bob']));
    for (const {room} of found) assert.ok(room.duration >= 0, `${room.duration}`);
  }
  assert.deepEqual(world.faults, []);
  await world.database.all(`update records set ref = '{' where name = 'ann'`);
  await world.database.all(`update calls set details = '{'`);
  const kept = (await records()).map(({user, room}) => [user.name, {ref: user.ref, details: room.room_details}]);
  assert.deepEqual(Object.fromEntries(kept), {ann: {ref: '', details: {}}, bob: {ref: 'bob', details: {}}});
  assert.equal(world.faults.length, 3);
});
