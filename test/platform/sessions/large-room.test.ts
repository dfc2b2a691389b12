import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Queries} from '../../../src/platform/platform.js';
import {
  FOUR,
  isActive,
  SCHEDULED,
  startPlatform,
  type Inside,
  until,
  type World,
} from '../../helpers/platform/start.js';

const LECTURE = {...SCHEDULED, mode: 'lecture', participants: 400, moderators: 2};

/** Returns a function that does something, and says how many rows and statements transactions took for it. */
function countOf({database}: World) {
  let [rows, statements] = [0, 0];
  const transaction = database.transaction.bind(database);
  database.transaction = (work, key) =>
    transaction(queries => {
      const counted: Queries = {
        async all<Row>(sql: string, ...values: (string | number)[]) {
          const found = await queries.all<Row>(sql, ...values);
          rows += found.length;
          statements += 1;
          return found;
        },
        publish: text => queries.publish(text),
      };
      return work(counted);
    }, key);
  return async (task: () => Promise<unknown>) => {
    [rows, statements] = [0, 0];
    await task();
    return {rows, statements};
  };
}

test('what it costs to come into a large lecture, or to leave it, does not grow with the people inside', async t => {
  const world = await startPlatform(t);
  world.now = FOUR;
  const count = countOf(world);
  const room = await world.room(LECTURE);
  let next = 0;
  const come = () => world.enter(room, {user_ref: `p${next++}`});
  const costs = [];
  for (const more of [2, 20]) {
    for (let each = 0; each < more; each++) await come();
    const token = await world.token(room, {user_ref: `p${next++}`});
    const leaver = await come();
    costs.push(await count(async () => (await world.use(token)).next()), await count(() => leaver.leave()));
  }
  assert.deepEqual(costs.slice(2), costs.slice(0, 2));
});

test('all leave a lecture at once: nobody keeps a seat, the session ends once, and each has a record', async t => {
  const world = await startPlatform(t);
  world.now = FOUR;
  const room = await world.room(LECTURE);
  const moderator = await world.enter(room, {role: 'moderator', user_ref: 'm'});
  const people: Inside[] = [];
  for (let each = 0; each < 120; each++) people.push(await world.enter(room, {user_ref: `p${each}`}));
  await Promise.all(people.map(person => person.leave()));
  await until(async () => (await world.database.all('select id from connections')).length === 1);
  const told = await moderator.types(240);
  assert.equal(told.filter(type => type === 'user-left').length, 120);
  await moderator.leave();
  await until(async () => !(await isActive(world, room)));
  const ended = await world.database.all('select 1 from calls where ended is not null');
  const records = await world.database.all('select 1 from records where disconnected is not null');
  assert.deepEqual([ended.length, records.length], [1, 121]);
  assert.deepEqual(await world.database.all('select 1 from connections'), []);
  assert.deepEqual(world.faults, []);
});

test('a moderator comes into a lecture whose participants fill it', async t => {
  const world = await startPlatform(t);
  world.now = FOUR;
  const room = await world.room({...LECTURE, participants: 3});
  for (const user_ref of ['a', 'b', 'c']) await world.enter(room, {user_ref});
  const {joined} = await world.enter(room, {role: 'moderator', user_ref: 'm'});
  assert.deepEqual([joined.users.length, joined.total], [3, 4]);
});
