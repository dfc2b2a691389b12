import {randomBytes} from 'node:crypto';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestContext} from 'node:test';
import pg from 'pg';

const {DATABASE_URL} = process.env;

/** The `skip` of a test that is about Postgres. */
export const needsPostgres = {skip: DATABASE_URL ? false : 'no DATABASE_URL'};

/** A place for `openDatabase` that is this test's own and gone with it: on Postgres when there is one, else a file. */
export const freshPlace = (t: TestContext) => (DATABASE_URL ? freshSchema(t, DATABASE_URL) : freshFile(t));

async function freshFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-'));
  t.after(() => rm(folder, {recursive: true}));
  return join(folder, 'rooms.db');
}

async function freshSchema(t: TestContext, address: string): Promise<string> {
  const schema = `test_${randomBytes(6).toString('hex')}`;
  await query(address, `create schema ${schema}`);
  t.after(() => query(address, `drop schema ${schema} cascade`));
  const url = new URL(address);
  url.searchParams.set('options', `-csearch_path=${schema}`);
  return url.href;
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
