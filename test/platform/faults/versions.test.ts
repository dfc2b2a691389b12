import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test, type TestContext} from 'node:test';
import {freshPlace, query} from '../../helpers/platform/place.js';
import {usersOf, World} from '../../helpers/platform/start.js';
import {isPostgres} from '../../../src/platform/database/database.js';

const ROOM = '0123456789abcdef01234567';
const FIXTURE = readFileSync(join(import.meta.dirname, '../../fixtures/platform-2.sql'), 'utf8');

/** A platform of this release on a database that the release before has made, where a process of that release runs. */
async function beside(t: TestContext) {
  const world = new World();
  world.place = await freshPlace(t, () => world.stop());
  if (isPostgres(world.place)) await query(world.place, FIXTURE);
  else await fill(world.place);
  await world.start();
  world.credentials = await world.platform.createApplication({id: 'shop', key: 'key'});
  return world;
}

async function fill(place: string) {
  type Driver = new (path: string) => {exec(sql: string): unknown; close(): unknown};
  const builtin = process.getBuiltinModule?.('node:sqlite') as {DatabaseSync: Driver} | undefined;
  const file = new (builtin?.DatabaseSync ?? (await import('libsql')).default)(place);
  file.exec(FIXTURE);
  file.close();
}

test('a database of the release before opens with its rooms and the people in them, who resume', async t => {
  const world = await beside(t);
  assert.equal((await usersOf(world, ROOM)).total, 2);
  const ann = await world.back('abc');
  assert.deepEqual([ann.joined.you.id, ann.joined.users.map(({id}) => id)], ['ann', ['bob']]);
});

test('two releases side by side read each other’s rows and notifications', async t => {
  const world = await beside(t);
  const ann = await world.back('abc');
  // What the release before writes and sends when somebody comes in and sends a signal.
  const you = {id: 'eve', name: 'Eve', role: 'participant', user_ref: 'eve'};
  await world.database.transaction(async queries => {
    await queries.all('update rooms set entries = entries + 1 where room_id = ?', ROOM);
    await queries.all(
      `insert into connections (id, room_id, entry, state, seat, holder, process, socket, secret)
        values ('eve', ?, 9, 'in', 'participants', ?, 'old', 'socket-of-eve', 'y')`,
      ROOM,
      JSON.stringify({name: 'Eve', role: 'participant', user_ref: 'eve'}),
    );
    const came = {room_id: ROOM, message: {type: 'user-joined', user: {...you, permissions: {}}}, except: 'eve'};
    await queries.publish(JSON.stringify(came));
    const signal = {room_id: ROOM, to: 'ann', message: {type: 'signal', from: 'eve', data: 1}};
    await queries.publish(JSON.stringify(signal));
  });
  const message = await ann.next();
  assert.deepEqual([message.type, (message.user as {id: string}).id], ['user-joined', 'eve']);
  assert.deepEqual(await ann.next(), {type: 'signal', from: 'eve', data: 1});
  assert.equal((await usersOf(world, ROOM)).total, 3);
  // A release after this one may send what this one does not know.
  await world.database.publish(JSON.stringify({from: 'a later release'}));
  await ann.quiet();
});
