import assert from 'node:assert/strict';
import {describe, test, type TestContext} from 'node:test';
import {behindProxy, isAway} from '../../helpers/platform/behind-proxy.js';
import {needsPostgres} from '../../helpers/platform/place.js';
import {until, usersOf, type Json, type World} from '../../helpers/platform/start.js';

/** What the network loses of the next commit. */
const LOSSES = ['loseAnswerTo', 'lose'] as const;

/** Its own work at each heartbeat does not interfere. */
const quiet = (t: TestContext) => behindProxy(t, 60_000, {connect: 1000, statement: 500, lock: 400});

const listed = async (world: World) => (await world.call('GET', '/rooms')).body.rooms as Json[];

describe('when the answer to a commit is lost, or the commit', {...needsPostgres, timeout: 120_000}, () => {
  for (const loss of LOSSES) {
    test(`${loss}: a room is made once, changed and deleted, and the caller hears so`, async t => {
      const {world, proxy} = await quiet(t);
      proxy[loss](/commit/i);
      const made = await world.call('POST', '/rooms', {name: 'Once', owner_ref: 'o'});
      assert.equal(made.status, 200);
      const {room_id} = made.body.room as {room_id: string};
      assert.deepEqual(
        (await listed(world)).map(room => room.room_id),
        [room_id],
      );
      proxy[loss](/commit/i);
      assert.equal((await world.call('PATCH', `/rooms/${room_id}`, {name: 'Twice'})).status, 200);
      assert.equal((await listed(world))[0]!.name, 'Twice');
      proxy[loss](/commit/i);
      assert.equal((await world.call('DELETE', `/rooms/${room_id}`)).status, 200);
      assert.deepEqual(await listed(world), []);
      assert.deepEqual(world.faults, []);
    });

    test(`${loss}: a token is issued, used once and given up once, and the records have it once`, async t => {
      const {world, proxy} = await quiet(t);
      const room = await world.room({participants: 1});
      proxy[loss](/commit/i);
      const token = await world.token(room);
      proxy[loss](/commit/i);
      const ann = await world.use(token);
      assert.equal((await ann.next()).type, 'joined');
      await ann.quiet();
      assert.equal((await world.outcome(token)).type, 'refused');
      proxy[loss](/commit/i);
      ann.send({type: 'leave'});
      await ann.closed;
      await until(async () => (await usersOf(world, room)).total === 0);
      const {cdr} = (await world.call('GET', `/cdr/room/${room}`)).body;
      assert.equal((cdr as Json[]).length, 1);
      assert.deepEqual(world.faults, []);
    });

    test(`${loss}: somebody resumes`, async t => {
      const {world, proxy} = await quiet(t);
      const room = await world.room({participants: 1});
      const ann = await world.enter(room);
      await ann.vanish();
      await until(() => isAway(world));
      proxy[loss](/commit/i);
      const back = await world.back(ann.joined.resume);
      await back.quiet();
      assert.equal(back.joined.you.id, ann.joined.you.id);
    });

    test(`${loss}: a moderator's commands are carried out once, and none is called refused`, async t => {
      const {world, proxy} = await quiet(t);
      const room = await world.room({participants: 9, knock: true});
      const mo = await world.enter(room, {role: 'moderator', user_ref: 'mo'});
      const [ann, bob] = [await world.knock(room), await world.knock(room, {user_ref: 'u2'})];
      assert.deepEqual(await mo.types(2), ['knock', 'knock']);
      proxy[loss](/commit/i);
      mo.send({type: 'admit', id: ann.joined.you.id});
      assert.deepEqual(await mo.types(2), ['knock-ended', 'user-joined']);
      assert.equal((await ann.next()).type, 'joined');
      await mo.quiet();
      proxy[loss](/commit/i);
      mo.send({type: 'deny', id: bob.joined.you.id});
      assert.equal((await bob.next()).type, 'refused');
      assert.deepEqual(await mo.types(1), ['knock-ended']);
      await mo.quiet();
      proxy[loss](/commit/i);
      mo.send({type: 'mute', id: ann.joined.you.id});
      assert.deepEqual([await mo.types(1), await ann.types(1)], [['muted'], ['muted']]);
      await Promise.all([mo.quiet(), ann.quiet()]);
      proxy[loss](/commit/i);
      mo.send({type: 'drop', id: ann.joined.you.id});
      assert.equal((await ann.next()).type, 'dropped');
      assert.deepEqual(await mo.types(1), ['user-left']);
      await mo.quiet();
      proxy[loss](/commit/i);
      mo.send({type: 'end'});
      assert.equal((await mo.next()).type, 'ended');
      assert.equal(await mo.closed, 4002);
      assert.deepEqual(world.faults, []);
    });
  }

  test('somebody who is told that they are in need not wait for the answer', async t => {
    const {world, proxy} = await quiet(t);
    const token = await world.token(await world.room());
    proxy.loseAnswerTo(/commit/i);
    const ann = await world.use(token);
    assert.equal((await ann.next()).type, 'joined');
    const began = performance.now();
    ann.send({type: 'ping'});
    assert.equal((await ann.next()).type, 'pong');
    assert.ok(performance.now() - began < 400, `${performance.now() - began} ms`);
  });
});
