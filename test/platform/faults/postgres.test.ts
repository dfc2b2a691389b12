import assert from 'node:assert/strict';
import {describe, test, type TestContext} from 'node:test';
import pg from 'pg';
import {behindProxy, isAway} from '../../helpers/platform/behind-proxy.js';
import {needsPostgres, query} from '../../helpers/platform/place.js';
import {until, usersOf, World} from '../../helpers/platform/start.js';

const DEADLINES = {connect: 1000, statement: 1000, lock: 400};

/** Beats and deadlines are short, so that a fault costs little. */
const troubled = (t: TestContext, limits = DEADLINES) => behindProxy(t, 500, limits);

const isOk = (world: World) => until(async () => world.platform.health.status === 'ok');
const listens = ({sent}: {sent: string}) => /listen greenroom/i.test(sent);
const connections = async (world: World) =>
  (await world.database.all<{n: number}>('select count(*) as n from connections'))[0]!.n;

describe('when Postgres misbehaves', {...needsPostgres, timeout: 120_000}, () => {
  test('a swallowed listener is noticed and made anew, and a token that let nobody in is good again', async t => {
    const {world, proxy} = await troubled(t);
    const room = await world.room({participants: 1});
    const token = await world.token(room);
    assert.equal(proxy.swallow(listens), 1);
    const deaf = await world.use(token);
    // Nothing tells this client that it is in. It gives up, and so does its seat.
    await deaf.vanish();
    await until(async () => world.platform.health.status === 'degraded');
    assert.deepEqual(world.platform.health, {status: 'degraded', missing: ['notifications']});
    await isOk(world);
    await until(async () => (await connections(world)) === 0);
    const ann = await world.use(token);
    assert.equal((await ann.next()).type, 'joined');
  });

  test('somebody who was never told that they are back may use their secret again', async t => {
    const {world, proxy} = await troubled(t);
    const room = await world.room({participants: 1});
    const ann = await world.enter(room);
    await ann.vanish();
    await until(() => isAway(world));
    assert.equal(proxy.swallow(listens), 1);
    const deaf = await world.resume(ann.joined.resume);
    await until(async () => !(await isAway(world)));
    await deaf.vanish();
    await until(async () => world.platform.health.status === 'degraded');
    await isOk(world);
    await until(() => isAway(world));
    assert.deepEqual((await world.back(ann.joined.resume)).joined.you, ann.joined.you);
  });

  test('somebody who was told that they are in stays in if the answer to the commit never comes', async t => {
    const {world, proxy} = await troubled(t);
    const room = await world.room({participants: 1});
    const token = await world.token(room);
    // Nobody can say, either, what became of it.
    proxy.loseAnswerTo(/commit/i, /txid_status/, /txid_status/);
    const ann = await world.use(token);
    assert.equal((await ann.next()).type, 'joined');
    await until(async () => world.faults.length > 0);
    await ann.quiet();
    assert.equal((await usersOf(world, room)).total, 1);
    await ann.leave();
    await until(async () => (await connections(world)) === 0);
  });

  test('somebody who could not resume while Postgres was away is told so, and resumes when it is back', async t => {
    const {world, proxy} = await troubled(t);
    const ann = await world.enter(await world.room({participants: 1}));
    await ann.vanish();
    await until(() => isAway(world));
    proxy.cut();
    const early = await world.resume(ann.joined.resume);
    assert.equal(await early.closed, 1013);
    proxy.mend();
    await isOk(world);
    assert.deepEqual((await world.back(ann.joined.resume)).joined.you, ann.joined.you);
  });

  test('who resumes without an answer, and is not told that they are back, may use their secret again', async t => {
    const {world, proxy} = await troubled(t, {...DEADLINES, statement: 500});
    const ann = await world.enter(await world.room({participants: 1}));
    await ann.vanish();
    await until(() => isAway(world));
    assert.equal(proxy.swallow(listens), 1);
    proxy.loseAnswerTo(/commit/i, /txid_status/, /txid_status/);
    const early = await world.resume(ann.joined.resume);
    // Its client gives up and tries again, while the answer is still awaited, until it hears something.
    await early.vanish();
    let heard: unknown;
    while (typeof heard !== 'object') {
      const again = await world.resume(ann.joined.resume);
      heard = await Promise.race([again.next(), again.closed]);
    }
    assert.deepEqual((heard as {you?: object}).you, ann.joined.you);
  });

  test('when the network swallows every connection, new ones are made and all works again', async t => {
    const {world, proxy} = await troubled(t);
    await world.room();
    proxy.swallow();
    await until(async () => (await world.call('GET', '/rooms')).status === 200);
    assert.equal((await world.call('POST', '/rooms', {name: 'After', owner_ref: 'o'})).body.result, 0);
    await isOk(world);
  });

  test('departures while Postgres was away are made good when it is back, and others are told', async t => {
    const {world, proxy} = await troubled(t);
    const room = await world.room({participants: 3, adhoc: true});
    const [ann, bob] = [await world.enter(room), await world.enter(room)];
    proxy.cut();
    await until(async () => world.platform.health.status === 'unavailable');
    ann.send({type: 'leave'});
    await ann.closed;
    await bob.vanish();
    proxy.mend();
    await isOk(world);
    const stored = () => world.database.all<{id: string; socket: string | null}>('select id, socket from connections');
    await until(async () => {
      const rows = await stored();
      return rows.length === 1 && rows[0]!.socket === null;
    });
    assert.equal((await stored())[0]!.id, bob.joined.you.id);
    const back = await world.back(bob.joined.resume);
    assert.deepEqual(back.joined.users, []);
    await back.leave();
    await until(async () => (await world.call('GET', `/rooms/${room}`)).status === 404);
  });

  test('while Postgres is away every operation is 503 with a time to try again, and the log has the cause', async t => {
    const {world, proxy} = await troubled(t);
    const room = await world.room();
    const definition = {name: 'n', owner_ref: 'o', settings: {}};
    const operations: [method: string, path: string, body?: object][] = [
      ['GET', '/rooms'],
      ['POST', '/rooms', definition],
      ['GET', `/rooms/${room}`],
      ['PATCH', `/rooms/${room}`, {name: 'm'}],
      ['GET', `/rooms/${room}/users`],
      ['POST', `/rooms/${room}/tokens`, {name: 'Ann', role: 'participant', user_ref: 'u'}],
      ['GET', `/cdr/room/${room}`],
      ['DELETE', `/rooms/${room}`],
    ];
    proxy.cut();
    const replies = await Promise.all(operations.map(([method, path, body]) => world.call(method, path, body)));
    for (const {status, headers, body} of replies) {
      assert.deepEqual([status, headers.get('retry-after'), body.result], [503, '2', 19014]);
      assert.equal(body.error, '[Reason] The platform cannot be used right now');
    }
    const logged = world.faults.find(fault => (fault as {result?: number}).result === 19014) as Error;
    assert.match(String((logged.cause as Error).cause), /ECONN|terminated/);
    proxy.mend();
    await isOk(world);
    assert.equal((await world.call('GET', `/rooms/${room}`)).status, 200);
  });

  test('a connection that the server ends is replaced, and nobody notices', async t => {
    const {world, proxy, direct} = await troubled(t);
    const room = await world.room({participants: 50});
    for (let each = 0; each < 5; each++) {
      await Promise.all([1, 2, 3].map(() => world.call('GET', '/rooms')));
      const ended = await query(
        direct,
        // Only those of this test: others have connections to the same server.
        `select pg_terminate_backend(pid) from pg_stat_activity
          where client_port in (${proxy.ports().join()}) and query !~ '^listen'`,
      );
      assert.ok(ended.length > 0);
      const replies = await Promise.all([world.call('GET', '/rooms'), world.ask(room), world.call('GET', '/rooms')]);
      assert.deepEqual(
        replies.map(({status}) => status),
        [200, 200, 200],
      );
    }
  });

  test('a locked room costs only those who want it', async t => {
    const {world, direct} = await troubled(t);
    const [stuck, fine] = [await world.room({participants: 50}), await world.room({participants: 50})];
    const tokens = await Promise.all(Array.from({length: 24}, () => world.token(stuck)));
    const mo = await world.enter(fine, {role: 'moderator'});
    const admin = new pg.Client(direct);
    await admin.connect();
    t.after(() => admin.end());
    await admin.query('begin');
    await admin.query('update rooms set entries = entries where room_id = $1', [stuck]);
    const refused = tokens.map(token => world.outcome(token));
    for (let each = 0; each < 5; each++) {
      const began = performance.now();
      const [list, ann] = await Promise.all([world.call('GET', '/rooms'), world.enter(fine)]);
      assert.deepEqual([list.status, ann.joined.type], [200, 'joined']);
      assert.ok(performance.now() - began < 1500);
      assert.equal(world.platform.health.status, 'ok');
    }
    assert.ok((await Promise.all(refused)).every(({type}) => type === 'refused'));
    await admin.query('rollback');
    assert.equal((await world.outcome(tokens[0]!)).type, 'joined');
    assert.equal(mo.socket.readyState, mo.socket.OPEN);
  });

  test('connections to a server that turned read-only are dropped as soon as it takes writes again', async t => {
    const {world, direct} = await troubled(t);
    const room = await world.room({participants: 20});
    const database = (await query(direct, 'select current_database() as name')) as {name: string}[];
    const name = `"${database[0]!.name}"`;
    const role = `reader_${process.pid}`;
    await query(direct, `create role ${role} login superuser`);
    t.after(() => query(direct, `drop role ${role}`));
    const place = new URL(world.place);
    place.username = role;
    const elsewhere = new World();
    Object.assign(elsewhere, {place: place.href, credentials: world.credentials, beat: 500, deadlines: DEADLINES});
    await elsewhere.start();
    t.after(() => elsewhere.stop());
    await query(direct, `alter role ${role} in database ${name} set default_transaction_read_only = on`);
    const ended = `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`;
    await query(direct, ended);
    await until(async () => JSON.stringify(elsewhere.platform.health) === '{"status":"degraded","missing":["writes"]}');
    // All connections are warm, and read.
    const lists = await Promise.all(Array.from({length: 12}, () => elsewhere.call('GET', '/rooms')));
    assert.ok(lists.every(({status}) => status === 200));
    assert.equal((await elsewhere.ask(room)).body.result, 19014);
    await query(direct, `alter role ${role} in database ${name} reset default_transaction_read_only`);
    assert.equal((await elsewhere.ask(room)).status, 200);
    assert.equal((await elsewhere.ask(room)).status, 200);
    await isOk(elsewhere);
  });

  test('a row that names nobody who is connected is freed, and somebody without a row resumes or joins anew', async t => {
    const {world} = await troubled(t);
    const room = await world.room({participants: 2});
    const [ann, bob] = [await world.enter(room), await world.enter(room)];
    await world.database.all(`update connections set socket = 'nobody' where id = ?`, ann.joined.you.id);
    assert.deepEqual(await bob.next(), {type: 'user-away', id: ann.joined.you.id});
    assert.equal(await ann.closed, 1006);
    assert.deepEqual((await world.back(ann.joined.resume)).joined.you, ann.joined.you);
    assert.equal((await usersOf(world, room)).total, 2);
  });
});
