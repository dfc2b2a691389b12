import assert from 'node:assert/strict';
import {mock, test, type TestContext} from 'node:test';
import {
  beat,
  FOUR,
  SCHEDULED,
  startPlatform,
  until,
  usersOf,
  type Json,
  type World,
} from '../../helpers/platform/start.js';

const DAMAGED = [
  '{',
  '',
  'null',
  '[]',
  '{}',
  '{"name":"Bob","role":"king","user_ref":"bob"}',
  '{"name":1,"role":"participant","user_ref":"bob"}',
];

/** A platform whose beats come when the test says so. */
async function start(t: TestContext) {
  mock.timers.enable({apis: ['setInterval']});
  t.after(() => mock.timers.reset());
  return startPlatform(t);
}

const people = async (world: World, room: string) =>
  ((await usersOf(world, room)).users as {name: string}[]).map(({name}) => name);
const who = (name: string, role = 'participant') => ({name, role, user_ref: name.toLowerCase()});
const spoil = (world: World, {id}: {id: string}, holder = '{') =>
  world.database.all('update connections set holder = ? where id = ?', holder, id);

for (const damaged of DAMAGED) {
  test(`a visitor whose row is damaged costs nobody else anything, and is mended by a beat: ${damaged}`, async t => {
    const world = await start(t);
    const room = await world.room({moderators: 2, participants: 5});
    const ann = await world.enter(room, who('Ann', 'moderator'));
    const bob = await world.enter(room, {...who('Bob'), data: {seat: 7}});
    assert.equal((await ann.next()).type, 'user-joined');
    await spoil(world, bob.joined.you, damaged);

    assert.deepEqual(await people(world, room), ['Ann']);
    const cid = await world.enter(room, who('Cid', 'moderator'));
    assert.deepEqual(
      cid.joined.users.map(({name}) => name),
      ['Ann'],
    );
    assert.equal((await ann.next()).type, 'user-joined');
    ann.send({type: 'mute', id: bob.joined.you.id, kind: 'audio'});
    for (const client of [ann, cid]) assert.equal((await client.next()).type, 'muted');
    assert.deepEqual(await bob.types(2), ['user-joined', 'muted']);

    await beat(ann, cid);
    assert.equal(await bob.closed, 1006);
    const again = await world.back(bob.joined.resume);
    const {id, name, user_ref, data} = again.joined.you;
    assert.deepEqual([id, name, user_ref, data], [bob.joined.you.id, 'Bob', 'bob', {seat: 7}]);
    assert.deepEqual(await people(world, room), ['Ann', 'Bob', 'Cid']);
    for (const client of [ann, cid]) {
      const {type, user} = await client
        .next()
        .then(message => (message.type === 'user-away' ? client.next() : message));
      assert.deepEqual([type, (user as Json).name], ['user-back', 'Bob']);
    }
    await beat(ann, cid, again);
    assert.deepEqual(
      world.faults.map(fault => (fault as Error).message),
      [`The row ${bob.joined.you.id} of "connections" could not be read. It was written anew.`],
    );
  });
}

test('the damaged row of somebody who is away is deleted once, on one of two processes, and the seat is free', async t => {
  const world = await start(t);
  const sibling = await world.sibling();
  const room = await world.room({participants: 2});
  const ann = await world.enter(room, who('Ann'));
  const bob = await world.enter(room, who('Bob'));
  await bob.vanish();
  assert.deepEqual(await ann.types(2), ['user-joined', 'user-away']);
  await spoil(world, bob.joined.you);
  const refused = await (await world.resume(bob.joined.resume)).next();
  assert.deepEqual([refused.type, refused.result], ['refused', 19010]);

  await beat(ann);
  assert.deepEqual(await ann.next(), {type: 'user-left', id: bob.joined.you.id});
  await world.enter(room, who('Cid'));
  await beat(ann);
  assert.deepEqual(
    [...world.faults, ...sibling.faults].map(fault => (fault as Error).message),
    [`The row ${bob.joined.you.id} of "connections" could not be read. It was deleted, and its seat is free.`],
  );
});

test('somebody who knocks and whose row is damaged is admitted after a beat, and leaves before it', async t => {
  const world = await start(t);
  const room = await world.room({knock: true, moderators: 1, participants: 3});
  const ann = await world.enter(room, who('Ann', 'moderator'));
  const [bob, cid] = [await world.knock(room, who('Bob')), await world.knock(room, who('Cid'))];
  assert.deepEqual(await ann.types(2), ['knock', 'knock']);
  for (const {joined} of [bob, cid]) await spoil(world, joined.you);
  const admit = () => ann.send({type: 'admit', id: bob.joined.you.id});
  admit();
  assert.equal((await ann.next()).code, 'internal');
  await cid.leave();
  assert.equal((await ann.next()).type, 'knock-ended');

  await beat(ann);
  await bob.closed;
  const again = await world.back(bob.joined.resume, 'waiting');
  admit();
  assert.equal((await again.next()).type, 'joined');
  assert.equal(world.faults.length, 1);
});

test('a damaged row does not keep its visitor in a large lecture', async t => {
  const world = await startPlatform(t);
  const room = await world.room({...SCHEDULED, mode: 'lecture', participants: 400, moderators: 1});
  world.now = FOUR;
  const ann = await world.enter(room, who('Ann', 'moderator'));
  const bob = await world.enter(room, who('Bob'));
  await spoil(world, bob.joined.you);
  ann.send({type: 'floor', id: bob.joined.you.id, on: true});
  assert.deepEqual(await ann.types(2), ['user-joined', 'error']);
  await bob.leave();
  assert.deepEqual(await ann.next(), {type: 'user-left', id: bob.joined.you.id});
  assert.deepEqual(world.faults, []);
});

test('a running session whose settings are damaged goes on with those of its room, and is mended by a beat', async t => {
  const world = await start(t);
  const room = await world.room({moderators: 1, participants: 3, wait_for_moderator: true});
  const bob = await world.enter(room, who('Bob'));
  await world.database.all(`update sessions set definition = '{' where room_id = ?`, room);
  assert.deepEqual(await people(world, room), ['Bob']);
  const ann = await world.enter(room, who('Ann', 'moderator'));
  assert.deepEqual(new Set(await bob.types(2)), new Set(['user-changed', 'user-joined']));
  for (let turn = 0; turn < 2; turn++) await beat(ann, bob);
  const mended = async () => {
    const [session] = await world.database.all<{definition: string}>('select definition from sessions');
    return session?.definition !== '{';
  };
  await until(mended);
  assert.deepEqual(
    world.faults.map(fault => (fault as Error).message),
    [`The row ${room} of "sessions" could not be read. It has the present settings of its room.`],
  );
});

test('a damaged token lets nobody in, is reported, and leaves other tokens good', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  const [bad, good] = [await world.token(room, who('Ann')), await world.token(room, who('Bob'))];
  await world.database.all(`update tokens set holder = '{' where holder like '%"Ann"%'`);
  const {type, result} = await world.outcome(bad);
  assert.deepEqual([type, result], ['refused', 50000]);
  assert.equal((await world.outcome(good)).type, 'joined');
  assert.deepEqual(
    world.faults.map(fault => (fault as Error).message),
    ['The stored token cannot be read.'],
  );
});
