import assert from 'node:assert/strict';
import {test} from 'node:test';
import {base64url, decodeJwt, SignJWT} from 'jose';
import {isActive, MINUTE, startPlatform, until, usersOf, type Json} from '../../helpers/platform/start.js';

const REFUSAL = {type: 'refused', result: 19010, error: 'Token not valid.'};

test('T9 a token admits one connection; the second gets the same answer as an unknown token', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 5});
  const token = await world.token(room);
  const first = await world.use(token);
  assert.equal((await first.next()).type, 'joined');
  const second = await world.use(token);
  assert.deepEqual(await second.next(), REFUSAL);
  assert.equal(await second.closed, 4001);
  const unknown = await world.use('eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl');
  assert.deepEqual(await unknown.next(), REFUSAL);
  assert.equal(await unknown.closed, 4001);
  await first.leave();
  await until(async () => !(await isActive(world, room)));
  assert.deepEqual(await world.outcome(token), REFUSAL);
});

test('T10 a token admits 14:59 after it was issued, not 15:01 after; people who are in stay in', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 5});
  // Half a second past the full second, which is as precise as the token itself can be.
  world.now += 500;
  const [early, late, latest] = [await world.token(room), await world.token(room), await world.token(room)];
  world.now += 15 * MINUTE - 1000;
  const inside = await world.use(early);
  assert.equal((await inside.next()).type, 'joined');
  world.now += 1000;
  assert.deepEqual(await world.outcome(late), REFUSAL);
  world.now += 1000;
  assert.deepEqual(await world.outcome(latest), REFUSAL);
  assert.equal((await usersOf(world, room)).total, 1);
  assert.equal(inside.socket.readyState, inside.socket.OPEN);
});

test('T11 a token that was tampered with or signed by somebody else opens nothing', async t => {
  const world = await startPlatform(t);
  const [room, other] = [await world.room(), await world.room()];
  const token = await world.token(room);
  const [header, , signature] = token.split('.') as [string, string, string];
  const claims = decodeJwt(token);
  const part = (value: object) => base64url.encode(JSON.stringify(value));
  const forged = new SignJWT({...claims}).setProtectedHeader({alg: 'HS256'});
  const stranger = await world.platform.createApplication();
  const theirs = await world.platform.rooms(stranger.id).create({name: 'Theirs', owner_ref: 'eve'});
  const {token: valid} = await world.platform
    .rooms(stranger.id)
    .token(theirs.room_id, {name: 'Eve', role: 'moderator', user_ref: 'e'});
  const bad = [
    `${header}.${part({...claims, room_id: other})}.${signature}`,
    `${header}.${part({...claims, role: 'moderator'})}.${signature}`,
    `${part({alg: 'none'})}.${part(claims)}.`,
    `${header}.${part(claims)}.${valid.split('.')[2]}`,
    `${header}.${part({...claims, jti: decodeJwt(valid).jti})}.${signature}`,
    `${header}.${part({...claims, jti: {a: 1}})}.${signature}`,
    await forged.sign(new Uint8Array(32)),
    token.slice(0, -2),
    `${token}x`,
    '',
    '..',
  ];
  for (const each of bad) assert.deepEqual(await world.outcome(each), REFUSAL, each);
  assert.equal(await isActive(world, other), undefined);
  assert.equal(((await world.outcome(token)) as {room?: Json}).room?.room_id, room);
});

test('T14 a seat is free as soon as its holder leaves', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 1});
  const witness = await world.enter(room, {role: 'moderator'});
  for (let i = 0; i < 3; i++) {
    const ann = await world.enter(room);
    assert.equal((await world.ask(room)).body.result, 10114);
    await ann.leave();
    assert.deepEqual((await witness.next()).type, 'user-joined');
    assert.deepEqual(await witness.next(), {type: 'user-left', id: ann.joined.you.id});
  }
});

test('T15 a token issued while a seat was free is refused when the room is full, and stays good', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 1});
  const witness = await world.enter(room, {role: 'moderator'});
  const token = await world.token(room);
  const ann = await world.enter(room);
  const refused = await world.use(token);
  assert.deepEqual(await refused.next(), {type: 'refused', result: 10114, error: 'Token Denied. Room is full.'});
  assert.equal(await refused.closed, 4001);
  await witness.next();
  await ann.leave();
  await witness.next();
  assert.equal((await world.outcome(token)).type, 'joined');
});

test('T21 unused tokens of a deleted room are refused', async t => {
  const world = await startPlatform(t);
  const room = await world.room();
  const token = await world.token(room);
  await world.call('DELETE', `/rooms/${room}`);
  assert.deepEqual(await world.outcome(token), REFUSAL);
});

test('T23 of two hundred connections with one token, exactly one is admitted', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 200});
  const token = await world.token(room);
  const clients = await Promise.all(Array.from({length: 200}, () => world.connect()));
  for (const client of clients) client.send({type: 'join', token});
  const answers = await Promise.all(clients.map(client => client.next()));
  assert.equal(answers.filter(({type}) => type === 'joined').length, 1);
  assert.equal(answers.filter(({result}) => result === REFUSAL.result).length, 199);
  assert.equal((await usersOf(world, room)).total, 1);
});

test('of many tokens used at once, as many are admitted as there are seats', async t => {
  const world = await startPlatform(t);
  const room = await world.room({participants: 7});
  const tokens = await Promise.all(Array.from({length: 40}, () => world.token(room)));
  const answers = await Promise.all(tokens.map(token => world.outcome(token)));
  assert.equal(answers.filter(({type}) => type === 'joined').length, 7);
  assert.equal(answers.filter(({result}) => result === 10114).length, 33);
});
