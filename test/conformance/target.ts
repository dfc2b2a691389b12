import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after} from 'node:test';
// The one place that knows which platform is ours: everything else here sees a server and nothing of its code.
import {serve} from '../../src/http/serve.js';
import {createPlatform, openDatabase} from '../../src/platform/platform.js';

export interface Credentials {
  id: string;
  key: string;
}

/** The server that is asked. */
export interface Target {
  /** What `/rooms` is below: `http://127.0.0.1:4000/video/v2`. */
  url: string;
  app: Credentials;
  /** A second application, whose rooms the first must not see. */
  other?: Credentials;
  /** URL of a route that tells and sets what the server takes for the time. */
  clock?: string;
}

const {
  DATABASE_URL,
  ROOMS_URL,
  ROOMS_APP_ID = '',
  ROOMS_APP_KEY = '',
  ROOMS_APP_ID2,
  ROOMS_APP_KEY2 = '',
  ROOMS_CLOCK,
  ROOMS_SESSIONS,
  ROOMS_STRICT,
} = process.env;

/** What not every server has: our choice of numbers and statuses where no source settles them, for one. */
const HAS = {
  strict: ROOMS_STRICT !== '0',
  sessions: ROOMS_SESSIONS !== '0',
  clock: !ROOMS_URL || Boolean(ROOMS_CLOCK),
  other: !ROOMS_URL || Boolean(ROOMS_APP_ID2),
};
const WITHOUT = {
  strict: 'ROOMS_STRICT=0',
  sessions: 'ROOMS_SESSIONS=0',
  clock: 'no ROOMS_CLOCK',
  other: 'no ROOMS_APP_ID2',
};
export type Feature = keyof typeof HAS;

export const has = (feature: Feature) => HAS[feature];

/** Options of a test that says something only about a server with these. */
export function needs(...features: Feature[]): {skip: string | false} {
  const absent = features.find(feature => !HAS[feature]);
  return {skip: absent ? `skipped: ${WITHOUT[absent]}` : false};
}

let found: Promise<Target> | undefined;
let stop = async () => {};
// Said here and not where it starts: a test is running there, and it would stop with that test.
after(() => stop());

/** The server of `ROOMS_URL`; without one our own, on `DATABASE_URL` or in a file, started once and stopped when the tests are done. */
export const target = () => (found ??= ROOMS_URL ? Promise.resolve(theirs(ROOMS_URL)) : ours());

const theirs = (url: string): Target => ({
  url: url.replace(/\/$/, ''),
  app: {id: ROOMS_APP_ID, key: ROOMS_APP_KEY},
  ...(ROOMS_APP_ID2 && {other: {id: ROOMS_APP_ID2, key: ROOMS_APP_KEY2}}),
  clock: ROOMS_CLOCK,
});

async function ours(): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-'));
  const database = await openDatabase(DATABASE_URL ?? join(folder, 'rooms.db'));
  let now = Date.now();
  const platform = createPlatform({database, clock: () => now});
  const server = await serve({
    port: 0,
    fetch: async request => {
      if (new URL(request.url).pathname !== '/test/clock') return platform.fetch(request);
      if (request.method === 'PUT') {
        const {now: to, advance = 0} = (await request.json()) as {now?: string; advance?: number};
        now = (to ? Date.parse(to) : now) + advance;
      }
      return Response.json({now: new Date(now).toISOString()});
    },
    upgrade: platform.upgrade,
  });
  stop = async () => {
    await platform.close();
    await server.close();
    await database.close();
    await rm(folder, {recursive: true});
  };
  const origin = `http://127.0.0.1:${server.port}`;
  return {
    url: `${origin}/video/v2`,
    app: await platform.createApplication(),
    other: await platform.createApplication(),
    clock: `${origin}/test/clock`,
  };
}
