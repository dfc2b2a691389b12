import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test, type TestContext} from 'node:test';
import {openDatabase, type Database} from '../../src/platform/platform.js';

async function opened(t: TestContext): Promise<Database> {
  const database = await openDatabase(':memory:');
  t.after(() => database.close());
  await database.all('create table things (name text primary key)');
  return database;
}

const names = async (database: Database) =>
  (await database.all<{name: string}>('select name from things order by name')).map(({name}) => name);

test('a transaction that throws leaves nothing behind', async t => {
  const database = await opened(t);
  const failing = database.transaction(async queries => {
    await queries.all('insert into things values (?)', 'half');
    throw new Error('No.');
  });
  await assert.rejects(failing, /No\./);
  assert.deepEqual(await names(database), []);
});

test('statements of others wait until a transaction has ended', async t => {
  const database = await opened(t);
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

test('a statement that fails fails alone', async t => {
  const database = await opened(t);
  await database.all('insert into things values (?)', 'one');
  const twice = database.all('insert into things values (?)', 'one');
  const after = database.all('insert into things values (?)', 'two');
  await assert.rejects(twice, /UNIQUE/);
  await after;
  assert.deepEqual(await names(database), ['one', 'two']);
});

test('a database that was closed answers nothing more', async () => {
  const database = await openDatabase(':memory:');
  const ask = () => database.all('select * from rooms');
  assert.deepEqual(await ask(), []);
  await database.close();
  await assert.rejects(ask(), /not open/);
});

test('a database written by a newer Greenroom is refused with a sentence', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-'));
  t.after(() => rm(folder, {recursive: true}));
  const path = join(folder, 'rooms.db');
  const database = await openDatabase(path);
  await database.all('insert into migrations values (999, 0)');
  await database.close();
  await assert.rejects(openDatabase(path), {code: 'misconfigured', message: /newer Greenroom/});
});

test('without any SQLite one sentence says what to install', () => {
  const hook = `export const resolve = (name, context, next) =>
    name === 'libsql' ? next('greenroom-has-no-such-module', context) : next(name, context)`;
  const program = `
    import {register} from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));
    process.getBuiltinModule = undefined;
    const {openDatabase} = await import('./src/platform/database.ts');
    await openDatabase(':memory:').catch(error => console.log(error.code, error.message));`;
  const {stdout, stderr} = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    encoding: 'utf8',
  });
  assert.equal(stdout, 'misconfigured This Node has no SQLite of its own; run `npm install libsql`.\n', stderr);
});

function withResolvers() {
  let resolve!: () => void;
  const promise = new Promise<void>(settle => (resolve = settle));
  return {promise, resolve};
}
