/**
 * Has people come, go and talk on two platforms with one Postgres database, while faults happen at random, and checks
 * afterwards that everything is right: no seat is wrong, no room is stuck, and heap and connections are as before.
 *
 *     DATABASE_URL=postgres://… npm run bench:soak -- [--minutes 10] [--people 500] [--rooms 50] [--seed 1]
 *
 * The last of the minutes is for the checks. It prints the seed, and exits with 1 if anything is wrong.
 */
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import pg from 'pg';
import {randomFrom} from './random.js';
import {makeFaults} from './soak-faults.js';
import {Crowd} from './soak-people.js';
import {SoakPlatform} from './soak-platform.js';

/** How long all may take to be right after the last fault, in ms: a dead process is noticed after 30 to 40 s. */
const PATIENCE = 90_000;

/** How much the heap may grow, in bytes: compiled code and warm caches. */
const GROWTH = 8 * 2 ** 20;

const {values} = parseArgs({
  options: {
    minutes: {type: 'string', default: '10'},
    people: {type: 'string', default: '500'},
    rooms: {type: 'string', default: '50'},
    seed: {type: 'string', default: String(Math.floor(Math.random() * 2 ** 32))},
  },
});
const [minutes, people, rooms, seed] = [values.minutes, values.people, values.rooms, values.seed].map(Number) as [
  number,
  number,
  number,
  number,
];
const {DATABASE_URL} = process.env;
if (!DATABASE_URL || ![minutes, people, rooms, seed].every(number => number > 0)) {
  console.error('Set DATABASE_URL to a Postgres database. All options are numbers above 0.');
  process.exit(2);
}

const began = performance.now();
const say = (text: string) => console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`);
const random = randomFrom(seed);
const participants = Math.ceil(people / rooms) + 2;
const wrongs: string[] = [];
const ends: (() => unknown)[] = [];
const ending = {after: (end: () => unknown) => void ends.unshift(end)};

const direct = new pg.Client(DATABASE_URL);
await direct.connect();
const schema = `soak_${process.pid}`;
const query = async <Row>(sql: string) => (await direct.query(sql.replaceAll('soak.', `${schema}.`))).rows as Row[];

/** Waits until nothing is wrong any more. What still is after a while is kept. */
async function expect(what: string, faults: () => Promise<string[]>) {
  const end = performance.now() + PATIENCE;
  let found = await faults();
  while (found.length && performance.now() < end) {
    await pause(500);
    found = await faults();
  }
  say(
    `${found.length ? 'WRONG' : 'right'}: ${what}${found
      .slice(0, 3)
      .map(fault => `\n        ${fault}`)
      .join('')}`,
  );
  wrongs.push(...found.slice(0, 20).map(fault => `${what}: ${fault}`));
}

interface Row {
  id: string;
  room_id: string;
  state: string;
  connected: boolean;
}

/** Compares what the database knows with what each person was told. */
async function wrongSeats(crowd: Crowd): Promise<string[]> {
  const rows = await query<Row>('select id, room_id, state, socket is not null as connected from soak.connections');
  const faults = crowd.people.filter(({settled}) => !settled).map(() => 'Somebody is between two states.');
  const stored = new Map(rows.map(row => [row.id, row]));
  const holders = new Map(crowd.people.flatMap(({visit}) => (visit ? [[visit.id, visit] as const] : [])));
  for (const {id, state} of rows) if (!holders.has(id)) faults.push(`A seat (${state}) has nobody: ${id}.`);
  for (const {id, room_id, state, others} of holders.values()) {
    const row = stored.get(id);
    if (!row?.connected || row.state !== state) faults.push(`Somebody is ${state} and has no such seat: ${id}.`);
    if (state !== 'in') continue;
    const there = rows.filter(row => row.room_id === room_id && row.state === 'in' && row.id !== id);
    for (const row of there) if (others.get(row.id) !== false) faults.push(`${id} does not see ${row.id}.`);
    for (const other of others.keys()) {
      if (!there.some(row => row.id === other)) faults.push(`${id} sees ${other}, who is not there.`);
    }
  }
  return faults;
}

/** Reports rooms with more people than seats. */
async function overfull(): Promise<string[]> {
  const full = await query<{room_id: string; n: number}>(
    `select room_id, count(*)::int as n from soak.connections where seat = 'participants'
      group by room_id having count(*) > ${participants}`,
  );
  return full.map(({room_id, n}) => `${room_id} has ${n} participants in ${participants} seats.`);
}

const connections = async () =>
  (await query<{n: number}>("select count(*)::int as n from pg_stat_activity where application_name = 'greenroom'"))[0]!
    .n;

async function emptied(): Promise<string[]> {
  const [counts] = await query<Record<string, number>>(
    `select (select count(*)::int from soak.connections) as connections,
      (select count(*)::int from soak.sessions) as sessions,
      (select abs(count(*)::int - 2) from soak.processes) as "dead processes"`,
  );
  return Object.entries(counts!).flatMap(([name, count]) => (count ? [`${count} ${name} are left.`] : []));
}

/** Everybody comes in once, and leaves. */
async function warmUp(crowd: Crowd) {
  for (let first = 0; first < people; first += 20) {
    const some = crowd.people.slice(first, first + 20);
    await Promise.all(some.map((person, index) => person.come(crowd.rooms[(first + index) % rooms]!)));
  }
  await Promise.all(crowd.people.map(person => person.leave()));
}

/** Somebody comes into each room over each platform, and leaves. */
async function stuckRooms(crowd: Crowd): Promise<string[]> {
  const moderator = crowd.people[0]!;
  const stuck: string[] = [];
  for (const index of crowd.rooms.keys()) {
    for (const origin of crowd.origins) {
      for (let tries = 0; tries < 2 && !moderator.visit; tries++) await moderator.come(crowd.rooms[index]!, origin);
      if (!moderator.visit) stuck.push(`Nobody can come into ${crowd.rooms[index]}.`);
      await moderator.leave();
    }
  }
  return stuck;
}

async function soak(folder: string) {
  await query(`create schema ${schema}`);
  const place = new URL(DATABASE_URL!);
  place.searchParams.set('options', `-csearch_path=${schema}`);
  const start = (name: string) => SoakPlatform.start(ending, name, place.href, join(folder, `${name}.log`));
  const platforms = [await start('first'), await start('second')] as const;
  const [first] = platforms;
  const crowd = new Crowd(
    platforms.map(({origin}) => origin),
    people,
    randomFrom(seed + 1),
  );
  await crowd.open(rooms, participants);
  await warmUp(crowd);
  await expect('all have left after the start', emptied);
  const before = {...(await first.held()), connections: await connections()};

  say('People come, and faults begin.');
  const lives = crowd.people.map(person => person.live());
  const watch = setInterval(() => void overfull().then(faults => wrongs.push(...faults)), 2000);
  ending.after(() => clearInterval(watch));
  const stage = {random, place: place.href, platforms, crowd};
  await makeFaults(stage, performance.now() + Math.max(minutes - 1, 0.5) * 60_000, say);
  crowd.moving = false;
  await Promise.all(lives);
  const crashes = platforms.flatMap(each => each.crashes);
  if (crashes.length) return void wrongs.push(...crashes.map(how => `A platform crashed: ${how}.`));
  say(`Faults have ended. ${crowd.people.filter(({visit}) => visit).length} people are in.`);

  await expect('each seat has its person, and each person sees who is there', () => wrongSeats(crowd));
  await Promise.all(crowd.people.map(person => person.leave()));
  await expect('no seat, session or dead process is left', emptied);
  clearInterval(watch);
  await expect('somebody can come into each room', () => stuckRooms(crowd));
  await expect('the first platform is as before', async () => {
    const after = {...(await first.held()), connections: await connections()};
    const megabytes = ((after.heap - before.heap) / 2 ** 20).toFixed(1);
    return [
      ...(after.heap > before.heap + GROWTH ? [`The heap has grown by ${megabytes} MiB.`] : []),
      ...(after.sockets > before.sockets ? [`${after.sockets} sockets are open, before ${before.sockets}.`] : []),
      ...(after.connections > before.connections
        ? [`${after.connections} connections to Postgres, before ${before.connections}.`]
        : []),
    ];
  });
  const {heap} = await first.held();
  say(`Heap of the first platform: ${(before.heap / 2 ** 20).toFixed(1)} → ${(heap / 2 ** 20).toFixed(1)} MiB`);
  wrongs.push(...crowd.wrongs);
  console.log(crowd.counts);
}

/** The faults in a log of a platform, and how often each is there. */
async function faultsIn(file: string) {
  const counts: Record<string, number> = {};
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    // What is not a line of the log is what Node says about a crash.
    if (line && !line.startsWith('{')) counts[line] = (counts[line] ?? 0) + 1;
    if (!line.includes('"level":"error"')) continue;
    const {message, error, code, cause, at} = JSON.parse(line) as Record<string, string> & {at: string[]};
    const key = [message, error, code, cause, at[0]].filter(Boolean).join(' · ');
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

console.log(`Seed ${seed}: ${people} people in ${rooms} rooms for ${minutes} minutes.`);
const folder = await mkdtemp(join(tmpdir(), 'greenroom-soak-'));
try {
  await soak(folder);
} finally {
  for (const end of ends) await end();
  for (const name of ['first', 'second']) console.log(name, await faultsIn(join(folder, `${name}.log`)));
  await query(`drop schema ${schema} cascade`);
  await direct.end();
  await rm(folder, {recursive: true});
}
console.log(wrongs.length ? `\nWRONG:\n${wrongs.join('\n')}` : '\nAll is right.');
process.exitCode = wrongs.length ? 1 : 0;
