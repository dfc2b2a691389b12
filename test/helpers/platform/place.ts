import {randomBytes} from 'node:crypto';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import pg from 'pg';
import {openDatabase, type Database} from '../../../src/platform/platform.js';

const {DATABASE_URL} = process.env;

/** Options of a test that needs Postgres. */
export const needsPostgres = {skip: DATABASE_URL ? false : 'no DATABASE_URL'};

/**
 * A place for `openDatabase`, for this test alone: a schema on Postgres if `DATABASE_URL` is set, else a file. After the
 * test `end` is called, which must close the database, and then the place is deleted.
 */
export async function freshPlace(t: TestContext, end: () => unknown): Promise<string> {
  const {place, remove} = await (DATABASE_URL ? freshSchema(DATABASE_URL) : freshFile());
  t.after(async () => {
    await end();
    await remove();
  });
  return place;
}

/** An open database for this test alone, with these applications, which nobody has a key of. */
export async function freshDatabase(t: TestContext, ...applications: string[]): Promise<Database> {
  const opened: Database[] = [];
  const database = (opened[0] = await openDatabase(await freshPlace(t, () => opened[0]?.close())));
  for (const id of applications) {
    await database.all(`insert into applications (id, key_hash, secret, created) values (?, '', '', 0)`, id);
  }
  return database;
}

async function freshFile() {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-'));
  return {place: join(folder, 'rooms.db'), remove: () => rm(folder, {recursive: true})};
}

async function freshSchema(address: string) {
  const schema = `test_${randomBytes(6).toString('hex')}`;
  await query(address, `create schema ${schema}`);
  const url = new URL(address);
  url.searchParams.set('options', `-csearch_path=${schema}`);
  return {place: url.href, remove: () => query(address, `drop schema ${schema} cascade`)};
}

/** Locks a room, so that no token for it can be used. Returns a function that unlocks it and waits until that is done. */
export function holdRoom(database: Database, room: string): Promise<() => Promise<void>> {
  return new Promise((held, failed) => {
    const done = database.transaction(async queries => {
      await queries.all('update rooms set entries = entries where room_id = ?', room);
      await new Promise<void>(release => {
        held(() => {
          release();
          return done;
        });
      });
    });
    done.catch(failed);
  });
}

/** Runs one statement on a connection of its own. */
export async function query(address: string, sql: string) {
  const client = new pg.Client(address);
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}
