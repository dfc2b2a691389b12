import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, test, type TestContext} from 'node:test';
import {openDatabase, type Database} from '../../../src/platform/platform.js';
import {until, World} from '../../helpers/platform/start.js';
import {folder} from '../../helpers/proxy/command.js';

/** A platform on a file. Beats and deadlines are short, so that a fault costs little. */
async function onFile(t: TestContext, place: string, ended = () => {}) {
  const world = new World();
  Object.assign(world, {place, beat: 300, deadlines: {lock: 500}});
  t.after(async () => {
    await world.stop();
    ended();
  });
  await world.start();
  world.credentials = await world.platform.createApplication();
  return world;
}

/** Locks a file against writers, as another program does. Returns a function that unlocks it. */
async function lockFile(place: string): Promise<() => void> {
  type Driver = new (path: string) => {exec(sql: string): unknown; close(): unknown};
  const builtin = process.getBuiltinModule?.('node:sqlite') as {DatabaseSync: Driver} | undefined;
  const other = new (builtin?.DatabaseSync ?? (await import('libsql')).default)(place);
  other.exec('begin immediate');
  return () => {
    other.exec('rollback');
    other.close();
  };
}

/** The longest time that the event loop stood still, in ms, until the returned function is called. */
function stalls(): () => number {
  let [last, longest] = [performance.now(), 0];
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  return () => {
    clearInterval(timer);
    return longest;
  };
}

const isOk = (world: World) => until(async () => world.platform.health.status === 'ok');
const rows = (database: Database) => database.all<{socket: string | null}>('select socket from connections');

describe('when the file misbehaves', {timeout: 60_000}, () => {
  test('a lock of another program stands nobody still who only reads, and is told at /healthz', async t => {
    const place = join(await folder(t), 'rooms.db');
    const world = await onFile(t, place);
    const room = await world.room();
    const unlock = await lockFile(place);
    const longest = stalls();
    const asked = world.ask(room);
    for (let each = 0; each < 10; each++) {
      const began = performance.now();
      assert.equal((await world.call('GET', '/rooms')).status, 200);
      assert.ok(performance.now() - began < 400);
    }
    const busy = await asked;
    assert.deepEqual([busy.status, busy.body.result, busy.headers.get('retry-after')], [503, 19016, '1']);
    await until(async () => world.platform.health.status === 'degraded');
    assert.deepEqual(world.platform.health, {status: 'degraded', missing: ['writes']});
    assert.ok(longest() < 400);
    unlock();
    await isOk(world);
    assert.equal((await world.ask(room)).status, 200);
    assert.equal((await world.ask(room)).status, 200);
  });

  test('a write waits for a short lock, and then is done', async t => {
    const place = join(await folder(t), 'rooms.db');
    const world = await onFile(t, place);
    const room = await world.room();
    const unlock = await lockFile(place);
    const asked = world.ask(room);
    setTimeout(unlock, 200);
    assert.equal((await asked).status, 200);
  });

  test('people who went while the file was locked give their seats back when it is free, and others are told', async t => {
    const place = join(await folder(t), 'rooms.db');
    const world = await onFile(t, place);
    const room = await world.room({participants: 1, adhoc: true});
    const mo = await world.enter(room, {role: 'moderator'});
    const ann = await world.enter(room);
    assert.equal((await mo.next()).type, 'user-joined');
    const spare = await world.room();
    const unlock = await lockFile(place);
    ann.socket.close(1000);
    await ann.closed;
    await until(async () => world.faults.length > 0);
    unlock();
    assert.deepEqual(await mo.next(), {type: 'user-away', id: ann.joined.you.id});
    world.now += 31_000;
    assert.deepEqual(await mo.next(), {type: 'user-left', id: ann.joined.you.id});
    assert.equal((await world.enter(room, {user_ref: 'u2'})).joined.type, 'joined');
    assert.equal((await world.call('DELETE', `/rooms/${spare}`)).body.result, 0);
  });

  test('after a full disk has room again, nobody keeps a seat who has left, and all works', async t => {
    const files = mkdtempSync(join(tmpdir(), 'greenroom-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', files], {stdio: 'ignore'});
    } catch {
      rmdirSync(files);
      return t.skip('needs the right to mount a small disk');
    }
    const world = await onFile(t, join(files, 'rooms.db'), () => {
      execFileSync('umount', ['-l', files]);
      rmdirSync(files);
    });
    const room = await world.room({participants: 1});
    const ann = await world.enter(room);
    const filler = join(files, 'filler');
    assert.throws(() => writeFileSync(filler, Buffer.alloc(2 ** 20)), {code: 'ENOSPC'});
    // The file has some room left within itself.
    await until(
      async () => (await world.call('POST', '/rooms', {name: 'n'.repeat(200), owner_ref: 'o'})).body.result === 19014,
    );
    await until(async () => world.platform.health.status === 'degraded');
    assert.equal((await world.call('GET', '/rooms')).status, 200);
    ann.send({type: 'leave'});
    await ann.closed;
    rmSync(filler);
    await isOk(world);
    await until(async () => (await rows(world.database)).length === 0);
    assert.equal((await world.enter(room)).joined.type, 'joined');
    return undefined;
  });
});

describe('when clocks are set', () => {
  test('the time of seats and tokens does not follow the clock of this computer', async t => {
    const database = await openDatabase(':memory:');
    t.after(() => database.close());
    const before = database.now();
    t.mock.method(Date, 'now', () => before - 600_000);
    assert.ok(database.now() >= before);
    assert.ok(database.now() < before + 60_000);
  });

  test('a seat that was kept by a clock ten minutes ahead is kept for no longer than any other', async t => {
    const place = join(await folder(t), 'rooms.db');
    const world = await onFile(t, place);
    const room = await world.room({participants: 1});
    const ann = await world.enter(room);
    await ann.vanish();
    await until(async () => (await rows(world.database))[0]!.socket === null);
    world.now -= 600_000;
    await until(async () => {
      const [row] = await world.database.all<{seat_until: number}>('select seat_until from connections');
      return row!.seat_until <= world.now + 30_000;
    });
    // Whoever is away may take their own seat again at any time.
    const other = {user_ref: 'u2'};
    assert.equal((await world.ask(room, other)).body.result, 10114);
    world.now += 30_000;
    assert.equal((await world.ask(room, other)).status, 200);
  });
});
