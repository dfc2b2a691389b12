import {setTimeout as pause} from 'node:timers/promises';
import pg from 'pg';
import {between, oneOf, type Random} from './random.js';
import type {Crowd} from './soak-people.js';
import type {SoakPlatform} from './soak-platform.js';

interface Stage {
  random: Random;
  /** The address of the database, past all proxies. */
  place: string;
  /** The second one is restarted. */
  platforms: readonly [SoakPlatform, SoakPlatform];
  crowd: Crowd;
}

type Fault = (stage: Stage, ms: number) => Promise<unknown>;

/** Holds a lock for a while. */
async function locked(place: string, sql: string, values: string[], ms: number) {
  const client = new pg.Client(place);
  await client.connect();
  try {
    await client.query('begin');
    await client.query(sql, values);
    await pause(ms);
    await client.query('rollback');
  } finally {
    await client.end();
  }
}

const listens = ({sent}: {sent: string}) => /listen greenroom/i.test(sent);

/** What happens to the database and the network. */
const WIRES: Record<string, Fault> = {
  'a room is locked': ({random, place, crowd}, ms) =>
    locked(place, 'update rooms set entries = entries where room_id = $1', [oneOf(random, crowd.rooms)], ms),
  'the table of connections is locked': ({place}, ms) =>
    locked(place, 'lock table connections in share row exclusive mode', [], ms / 3),
  'the database ends all connections': ({place}) =>
    locked(place, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'greenroom'", [], 0),
  'a platform loses its database': async ({random, platforms}, ms) => {
    const {database} = oneOf(random, platforms);
    database.cut();
    await pause(ms);
    database.mend();
  },
  'the network swallows the connections to the database': async ({random, platforms}) =>
    oneOf(random, platforms).database.swallow(),
  'the network swallows the connection that hears notifications': async ({random, platforms}) =>
    oneOf(random, platforms).database.swallow(listens),
  'a platform loses its visitors': async ({random, platforms}, ms) => {
    const {visitors} = oneOf(random, platforms);
    visitors.cut();
    await pause(ms / 3);
    visitors.mend();
  },
  'the network swallows some visitors': async ({random, platforms}) =>
    oneOf(random, platforms).visitors.swallow(() => random() < 0.2),
};

/** What happens to processes and people. */
const PROCESSES: Record<string, Fault> = {
  'SIGTERM, and a restart': async ({platforms: [, second]}) => {
    await second.stop('SIGTERM');
    await second.start();
  },
  'SIGKILL, and a restart': async ({platforms: [, second]}, ms) => {
    await second.stop('SIGKILL');
    await pause(ms / 4);
    await second.start();
  },
  'a process hangs': async ({random, platforms}, ms) => {
    const platform = oneOf(random, platforms);
    platform.freeze();
    await pause(ms);
    platform.thaw();
  },
  'some people vanish': async ({crowd}) => crowd.vanish(0.2, 'for good'),
  'some people lose the connection': async ({crowd}) => crowd.vanish(0.3, 'for a moment'),
};

/** Makes faults until `end`, a time of `performance.now()`, two at a time at most. `tell` is called with each. */
export async function makeFaults(stage: Stage, end: number, tell: (fault: string) => void) {
  const {random} = stage;
  const chain = async (faults: Record<string, Fault>) => {
    while (performance.now() < end) {
      const [name, fault] = oneOf(random, Object.entries(faults));
      tell(name);
      await fault(stage, between(random, 1, 8));
      await pause(between(random, 1, 4));
    }
  };
  await Promise.all([chain(WIRES), chain(PROCESSES)]);
}
