import assert from 'node:assert/strict';
import {test} from 'node:test';
import {startPlatform, until, usersOf, type Inside, type Json, type World} from '../../helpers/platform/start.js';

const MO = {name: 'Mo', role: 'moderator', user_ref: 'mo'};
const BOB = {name: 'Bob', user_ref: 'bob'};
const idOf = ({joined}: Inside) => joined.you.id;
/** A first message that refuses a connection, with this sentence. */
const refuses = ({type, error}: Json, sentence: RegExp) => {
  assert.equal(type, 'refused');
  assert.match(String(error), sentence);
};

test('people who knock hold no seat: whom a moderator knows gets in', async t => {
  const world = await startPlatform(t);
  const room = await world.room({knock: true, participants: 1});
  const mo = await world.enter(room, MO);
  const strangers = [await world.knock(room, {user_ref: 's1'}), await world.knock(room, {user_ref: 's2'})];
  const bob = await world.knock(room, BOB);
  await mo.types(3);
  mo.send({type: 'admit', id: idOf(bob)});
  assert.equal((await bob.next()).type, 'joined');
  assert.deepEqual(await mo.types(2), ['knock-ended', 'user-joined']);
  mo.send({type: 'admit', id: idOf(strangers[0]!)});
  assert.deepEqual(
    [await mo.next()].map(({type, code}) => [type, code]),
    [['error', 'room_full']],
  );
  assert.equal((await usersOf(world, room)).total, 2);
  await bob.leave();
  await mo.next();
  mo.send({type: 'admit', id: idOf(strangers[0]!)});
  assert.equal((await strangers[0]!.next()).type, 'joined');
});

test('at most 20 people of one address knock at a room, and whoever stops makes room', async t => {
  const world = await startPlatform(t);
  const room = await world.room({knock: true, participants: 40});
  const first = await world.knock(room, {user_ref: 0});
  for (let index = 1; index < 20; index++) await world.knock(room, {user_ref: index});
  const token = await world.token(room, BOB);
  refuses(await world.outcome(token), /Too many people wait to be let in/);
  await world.knock(await world.room({knock: true}));
  first.send({type: 'leave'});
  await first.closed;
  // The token was not spent.
  await until(async () => (await world.outcome(token)).type === 'waiting');
});

test('who was denied waits a minute before knocking again, whatever token they have', async t => {
  const world = await startPlatform(t);
  const room = await world.room({knock: true, participants: 2});
  const mo = await world.enter(room, MO);
  const bob = await world.knock(room, BOB);
  await mo.next();
  const spare = await world.token(room, BOB);
  mo.send({type: 'deny', id: idOf(bob)});
  refuses(await bob.next(), /did not let you in/);
  refuses(await world.outcome(spare), /Wait a minute/);
  assert.equal((await world.ask(room, BOB)).status, 403);
  await world.knock(room, {user_ref: 'ann'});
  world.now += 60_000;
  assert.equal((await world.outcome(spare)).type, 'waiting');
});

test('who was dropped stays out for the rest of the session, whatever token they have', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 3, moderators: 2});
  const mo = await world.enter(room, MO);
  const bob = await world.enter(room, BOB);
  const spare = await world.token(room, BOB);
  mo.send({type: 'drop', id: idOf(bob)});
  assert.equal((await bob.next()).type, 'dropped');
  refuses(await world.outcome(spare), /took you out of this session/);
  assert.equal((await (await world.resume(bob.joined.resume)).next()).type, 'refused');
  for (const role of ['participant', 'viewer', 'moderator']) {
    assert.equal((await world.ask(room, {...BOB, role})).status, 403, role);
  }
  await world.enter(room, {user_ref: 'ann'});
  mo.send({type: 'end'});
  await mo.closed;
  assert.equal((await world.outcome(spare)).type, 'joined');
});

test('a moderator who drops another device of their own may come back', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 3});
  const mo = await world.enter(room, MO);
  const phone = await world.enter(room, {...MO, role: 'viewer'});
  mo.send({type: 'drop', id: idOf(phone)});
  await phone.closed;
  await world.enter(room, {...MO, role: 'viewer'});
});

/** Breaks a connection, and waits until the platform has noticed. */
async function vanish(world: World, client: Inside) {
  await client.vanish();
  const away = () => world.database.all('select 1 from connections where id = ? and socket is null', idOf(client));
  await until(async () => (await away()).length === 1);
}

for (const role of ['moderator', 'participant', 'viewer']) {
  test(`a ${role} who lost connection and secret takes over their own seat at once with a new token`, async t => {
    const world = await startPlatform(t);
    const room = await world.room({participants: role === 'moderator' ? 1 : 2, moderators: 1});
    const lost = await world.enter(room, {...BOB, role});
    const witness = await world.enter(room, {user_ref: 'witness'});
    await vanish(world, lost);
    assert.equal((await witness.next()).type, 'user-away');
    const back = await world.enter(room, {...BOB, name: 'Bob again', role});
    assert.equal(idOf(back), idOf(lost));
    const {type, user} = (await witness.next()) as {type: string; user: Json};
    assert.deepEqual([type, user.id, user.name], ['user-back', idOf(lost), 'Bob again']);
    assert.equal((await (await world.resume(lost.joined.resume)).next()).type, 'refused');
    assert.equal((await usersOf(world, room)).total, 2);
  });
}

test('nobody takes over a seat whose holder is connected, of another person or of another role', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 1, moderators: 2});
  await world.enter(room, MO);
  const bob = await world.enter(room, BOB);
  assert.equal((await world.ask(room, BOB)).status, 409);
  await vanish(world, bob);
  for (const body of [{user_ref: 'eve'}, {...BOB, role: 'viewer'}, {user_ref: '"bob"'}]) {
    assert.equal((await world.ask(room, body)).status, 409, JSON.stringify(body));
  }
  // On two devices: the person has not lost the room.
  const second = await world.enter(room, {...BOB, role: 'moderator'});
  assert.equal((await world.ask(room, BOB)).status, 409);
  await second.leave();
});

test('who was admitted and lost the connection need not knock again', async t => {
  const world = await startPlatform(t);
  const room = await world.room({knock: true, participants: 1});
  const mo = await world.enter(room, MO);
  const bob = await world.knock(room, BOB);
  mo.send({type: 'admit', id: idOf(bob)});
  assert.equal((await bob.next()).type, 'joined');
  await vanish(world, bob);
  assert.equal(idOf(await world.enter(room, BOB)), idOf(bob));
});
