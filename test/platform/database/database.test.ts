import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {test, type TestContext} from 'node:test';
import {openDatabase, type Database} from '../../../src/platform/platform.js';
import {freshDatabase, freshPlace, needsPostgres, query} from '../../helpers/platform/place.js';

/** Longer than one notification of Postgres, with characters of 1 to 4 bytes. */
const LONG = 'aé€😀'.repeat(20_000);

async function opened(t: TestContext): Promise<Database> {
  const database = await freshDatabase(t);
  await database.all('create table things (name text primary key)');
  return database;
}

const names = async (database: Database) =>
  (await database.all<{name: string}>('select name from things order by name')).map(({name}) => name);

/** Collects the texts that a database hears; `count` resolves when it has heard so many. */
function hearing(database: Database) {
  const heard: string[] = [];
  const waiting: [number, () => void][] = [];
  database.subscribe(text => {
    heard.push(text);
    for (const [count, resolve] of waiting) if (heard.length >= count) resolve();
  });
  return {heard, count: (count: number) => new Promise<void>(resolve => waiting.push([count, resolve]))};
}

test('a value that is neither text nor a number is refused, or stored as text, and the process lives', async t => {
  const database = await opened(t);
  for (const value of [true, null, undefined, {}, [], new Date(0), 1n, Buffer.from('x')]) {
    await database.all('insert into things values (?)', value as unknown as string).catch(() => {});
  }
  assert.ok((await names(database)).every(name => typeof name === 'string'));
});

test('a transaction that throws leaves nothing behind', async t => {
  const database = await opened(t);
  const failing = database.transaction(async queries => {
    await queries.all('insert into things values (?)', 'half');
    throw new Error('No.');
  });
  await assert.rejects(failing, /No\./);
  assert.deepEqual(await names(database), []);
});

test('numbers come back as numbers, however they were counted', async t => {
  const database = await opened(t);
  await database.all('create table times (at bigint not null)');
  await database.all('insert into times values (?)', 1_789_000_000_000);
  const [row] = await database.all('select at, (select count(*) from times) as count from times');
  assert.deepEqual({...row!}, {at: 1_789_000_000_000, count: 1});
});

test('a failed statement does not affect the next one', async t => {
  const database = await opened(t);
  await database.all('insert into things values (?)', 'one');
  await assert.rejects(database.all('insert into things values (?)', 'one'), /unique/i);
  await database.all('insert into things values (?)', 'two');
  assert.deepEqual(await names(database), ['one', 'two']);
});

test('text with NUL, a lone surrogate or quotes can be searched for safely', async t => {
  const database = await opened(t);
  await database.all('insert into things values (?)', 'one');
  for (const text of ['one\0', '\0', '\ud800', "' or ''='", '?', '$1']) {
    assert.deepEqual(await database.all('select name from things where name = ?', text), []);
  }
});

test('published texts arrive in order, whatever their length', async t => {
  const database = await opened(t);
  const {heard, count} = hearing(database);
  const all = count(4);
  for (const text of ['', 'first', LONG, 'last']) await database.publish(text);
  await all;
  assert.deepEqual(heard, ['', 'first', LONG, 'last']);
});

test('texts from a transaction arrive after it commits, and never if it rolls back', async t => {
  const database = await opened(t);
  const {heard, count} = hearing(database);
  const all = count(1);
  const failing = database.transaction(async queries => {
    await queries.publish('never');
    throw new Error('No.');
  });
  await assert.rejects(failing);
  await database.transaction(async queries => {
    await queries.publish('done');
    await queries.all('insert into things values (?)', 'there');
    assert.deepEqual(heard, []);
  });
  await all;
  assert.deepEqual(heard, ['done']);
});

test('a closed database refuses every call', async t => {
  const database = await openDatabase(await freshPlace(t, () => {}));
  const ask = () => database.all('select * from rooms');
  assert.deepEqual(await ask(), []);
  await database.close();
  await assert.rejects(ask(), /not open|cannot be used/);
});

test('a database of the next release is taken, and one of a newer Greenroom refused with a clear sentence', async t => {
  const place = await freshPlace(t, () => {});
  const addStep = 'insert into migrations select max(version) + 1, 0 from migrations';
  const database = await openDatabase(place);
  await database.all(addStep);
  await database.close();
  const deployed = await openDatabase(place);
  assert.deepEqual(await deployed.all('select * from rooms'), []);
  await deployed.all(addStep);
  await deployed.close();
  await assert.rejects(openDatabase(place), {code: 'misconfigured', message: /newer Greenroom/});
});

test('a file that another platform has open is refused with a clear sentence until it is closed', async t => {
  const place = join(await mkdtemp(join(tmpdir(), 'greenroom-')), 'rooms.db');
  t.after(() => rm(dirname(place), {recursive: true}));
  const first = await openDatabase(place);
  await assert.rejects(openDatabase(place), {
    code: 'misconfigured',
    message: /^Another program has this database open/,
  });
  await first.all(
    'insert into applications (id, key_hash, secret, created) values (?, ?, ?, ?)',
    'shop',
    'hash',
    'secret',
    0,
  );
  await first.close();
  const second = await openDatabase(place);
  assert.deepEqual(await second.all('select id from applications'), [{id: 'shop'}]);
  await second.close();
});

test('in a file, other statements wait until a transaction has ended', async t => {
  const database = await openDatabase(':memory:');
  t.after(() => database.close());
  await database.all('create table things (name text primary key)');
  const begun = withResolvers();
  const asked = withResolvers();
  const rolledBack = database.transaction(async queries => {
    await queries.all('insert into things values (?)', 'mine');
    begun.resolve();
    await asked.promise;
    throw new Error('No.');
  });
  await begun.promise;
  const other = database.all('insert into things values (?)', 'theirs');
  asked.resolve();
  await assert.rejects(rolledBack, /No\./);
  await other;
  assert.deepEqual(await names(database), ['theirs']);
});

test('a missing driver gives one sentence that says what to install', () => {
  for (const [place, sentence] of [
    [':memory:', 'This Node has no built-in SQLite. Run `npm install libsql`.'],
    ['postgres://127.0.0.1:1/none', 'For a Postgres database run `npm install pg`.'],
  ]) {
    const hook = `export const resolve = (name, context, next) =>
      ['libsql', 'pg'].includes(name) ? next('greenroom-has-no-such-module', context) : next(name, context)`;
    const program = `
      import {register} from 'node:module';
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));
      process.getBuiltinModule = undefined;
      const {openDatabase} = await import('./src/platform/database/database.ts');
      await openDatabase('${place}').catch(error => console.log(error.code, error.message));`;
    const {stdout, stderr} = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', program],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(stdout, `misconfigured ${sentence}\n`, stderr);
  }
});

test('an unreachable Postgres gives one sentence, without the password', async () => {
  await assert.rejects(openDatabase('postgres://user:CANARY@127.0.0.1:1/none'), (error: Error & {code: string}) => {
    assert.deepEqual([error.code, error.message], ['misconfigured', 'The Postgres database cannot be reached.']);
    assert.doesNotMatch(JSON.stringify(error), /CANARY/);
    return true;
  });
});

test('many processes can start on one Postgres at the same moment', needsPostgres, async t => {
  const databases: Database[] = [];
  const place = await freshPlace(t, () => Promise.all(databases.map(database => database.close())));
  databases.push(...(await Promise.all(Array.from({length: 8}, () => openDatabase(place)))));
  assert.deepEqual(await databases[0]!.all('select version from migrations order by version limit 1'), [{version: 1}]);
});

test('on Postgres all processes of the same schema hear a published text', needsPostgres, async t => {
  const databases: Database[] = [];
  const place = await freshPlace(t, () => Promise.all(databases.map(database => database.close())));
  for (let process = 0; process < 2; process++) databases.push(await openDatabase(place));
  const [one, two] = databases as [Database, Database];
  const elsewhere = await freshDatabase(t);
  const [near, far, foreign] = [hearing(one), hearing(two), hearing(elsewhere)];
  const all = [near.count(40), far.count(40), foreign.count(1)];
  const texts = Array.from({length: 40}, (_, n) => `${n} ${n % 10 === 3 ? LONG : ''}`);
  await Promise.all(texts.map(text => one.publish(text)));
  await elsewhere.publish('of another schema');
  await Promise.all(all);
  assert.deepEqual([...far.heard].sort(), [...texts].sort());
  assert.deepEqual(near.heard, far.heard);
  assert.deepEqual(foreign.heard, ['of another schema']);
});

test('a listener on Postgres reconnects after it lost its connection', needsPostgres, async t => {
  const database = await opened(t);
  const {heard} = hearing(database);
  const [row] = await database.all<{schema: string}>('select current_schema() as schema');
  const channel = createHash('sha256').update(row!.schema).digest('hex').slice(0, 16);
  const lost = await query(
    process.env.DATABASE_URL!,
    `select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen greenroom_${channel}'`,
  );
  assert.equal(lost.length, 1);
  const deadline = performance.now() + 30_000;
  while (!heard.includes('again') && performance.now() < deadline) {
    await database.publish('again');
    await new Promise(setImmediate);
  }
  assert.ok(heard.includes('again'));
});

test('two deadlocked transactions on Postgres both succeed', needsPostgres, async t => {
  const database = await opened(t);
  for (const name of ['a', 'b']) await database.all('insert into things values (?)', name);
  await database.all('create table runs (of text not null)');
  const met = [withResolvers(), withResolvers()];
  const cross = (mine: number, [first, second]: [string, string]) =>
    database.transaction(async queries => {
      await queries.all('update things set name = name where name = ?', first);
      met[mine]!.resolve();
      await met[1 - mine]!.promise;
      await queries.all('update things set name = name where name = ?', second);
      await queries.all('insert into runs values (?)', first);
    });
  await Promise.all([cross(0, ['a', 'b']), cross(1, ['b', 'a'])]);
  assert.deepEqual(await database.all('select of from runs order by of'), [{of: 'a'}, {of: 'b'}]);
});

function withResolvers() {
  let resolve!: () => void;
  const promise = new Promise<void>(settle => (resolve = settle));
  return {promise, resolve};
}
