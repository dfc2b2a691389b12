import {readFile, writeFile} from 'node:fs/promises';
import {parse, resolve} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {pino} from 'pino';
import {create, integer, object, optional, string, type, union, validate} from 'superstruct';
import {refusal, serve, toldToStop} from '../http/server.js';
import {noRoute, RoomsError} from '../rooms/errors.js';
import {
  createPlatform,
  newCredentials,
  openDatabase,
  type Credentials,
  type Database,
  type Platform,
} from './platform.js';

const HELP = `Usage: greenroom platform [options]

The Rooms API on your own computer: rooms, one-time tokens and the sessions they open.

  --port <number>      Port to listen on; 0 for any that is free. 4000 unless told.
  --database <place>   A file, kept by SQLite, or postgres://user@host/name. DATABASE_URL, or ./greenroom.db, unless told.
  --app-id <id>        Id and key of the application that may call; APP_ID and APP_KEY unless told. Better there, where
  --app-key <key>      no list of processes shows the key. Without them both are made at the first start, and kept in a
                       file that only you may read: <database>.credentials.json, or for Postgres and :memory:
                       ./greenroom.credentials.json.
  --allow-host <host>  Address to listen on for others than this computer, such as 0.0.0.0. 127.0.0.1 unless told.
  --test-clock         For tests only, on this computer only: the time stands still, and whoever asks may set it.
                       GET /test/clock answers {"now"}; PUT {"now": ISO 8601 or epoch ms} or {"advance": ms} there.

GET /healthz answers 200 while the database does, and GET /openapi.json says how to call the API.
Logs are JSON lines on standard error. SIGTERM and SIGINT end it when the requests under way are answered.
`;

/** How long the database may take to show that it is there, in ms. */
const HEALTH_DEADLINE = 2000;

interface Settings {
  host: string;
  port: number;
  /** What `openDatabase` is given. */
  place: string;
  /** Absent when they are to be made. */
  credentials?: Credentials;
  testClock: boolean;
}

/** `greenroom platform`: runs until it is told to stop. Rejects with `misconfigured` when it cannot start. */
export async function main(args: string[]): Promise<void> {
  const {values} = parseArgs({
    args,
    options: {
      port: {type: 'string'},
      database: {type: 'string'},
      'app-id': {type: 'string'},
      'app-key': {type: 'string'},
      'allow-host': {type: 'string'},
      'test-clock': {type: 'boolean'},
      help: {type: 'boolean', short: 'h'},
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const {DATABASE_URL, APP_ID, APP_KEY} = process.env;
  await run({
    host: values['allow-host'] || '127.0.0.1',
    port: portOf(values.port ?? '4000'),
    place: placeOf(values.database || DATABASE_URL || 'greenroom.db'),
    credentials: credentialsOf(values['app-id'] || APP_ID, values['app-key'] || APP_KEY),
    testClock: values['test-clock'] ?? false,
  });
}

async function run(settings: Settings): Promise<void> {
  const {host, port, testClock} = settings;
  if (testClock && !isLocal(host)) {
    throw misconfigured('--test-clock is for tests on this computer only.', 'Leave it or --allow-host out.');
  }
  // The database holds what signs tokens, so its files are for nobody else to read.
  process.umask(0o077);
  const log = logger();
  const clock = testClock ? new TestClock() : undefined;
  let world: Promise<World>;

  async function answer(request: Request): Promise<Response> {
    const {pathname} = new URL(request.url);
    if (pathname === '/healthz' && isRead(request)) return health(world);
    if (clock && pathname === '/test/clock') return clock.answer(request);
    return (await world).platform.fetch(request);
  }

  // The port before anything else: a second platform ends with a sentence, and leaves the first one's data alone.
  const served = await serve({
    host,
    port,
    log: log.fault,
    async fetch(request) {
      const began = performance.now();
      const response = await answer(request);
      log.answered(request, response.status, performance.now() - began);
      return response;
    },
    upgrade: async (...args) => (await world).platform.upgrade(...args),
  });
  // Who comes before it is there waits for it.
  world = start(settings, log.fault, clock && (() => clock.now));
  try {
    const {database, platform, application, file} = await world;
    const stopped = toldToStop();
    process.stdout.write(greeting(settings, served.url, application, file));
    await stopped;
    await Promise.all([served.close(), platform.close()]);
    await database.close();
  } finally {
    await served.close();
  }
}

interface World {
  database: Database;
  platform: Platform;
  /** The id of the application that may call. */
  application: string;
  /** Where its key is kept; absent when we were told it. */
  file?: string;
}

async function start({place, credentials}: Settings, log: (error: unknown) => void, clock?: () => number) {
  const database = await open(place);
  const platform = createPlatform({database, clock, log});
  try {
    const file = credentials ? undefined : credentialsFile(place);
    const {id} = await platform.createApplication(credentials ?? (await keptCredentials(file!)));
    return {database, platform, application: id, file};
  } catch (error) {
    await platform.close();
    await database.close();
    throw error;
  }
}

async function open(place: string): Promise<Database> {
  try {
    return await openDatabase(place);
  } catch (cause) {
    if (cause instanceof RoomsError) throw cause;
    const {message} = cause as Error;
    // What SQLite says of a file that cannot be there is a number.
    const where = `${resolve(place)}: its folder must be there, and both must be yours to write.`;
    throw misconfigured('The database cannot be opened.', /unable to open/i.test(message) ? where : message, cause);
  }
}

const credentialsFile = (place: string) => {
  const {dir, name} = isFile(place) ? parse(place) : {dir: '', name: 'greenroom'};
  return resolve(dir, `${name}.credentials.json`);
};

/** The credentials in a file, which are made, and kept there for nobody else to read, when there is none. */
async function keptCredentials(file: string): Promise<Credentials> {
  const made = newCredentials();
  try {
    await writeFile(file, `${JSON.stringify(made, undefined, 2)}\n`, {mode: 0o600, flag: 'wx'});
    return made;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw misconfigured(`${file} cannot be written.`, 'Make its folder, or give --app-id and --app-key.', cause);
    }
  }
  const text = await readFile(file, 'utf8');
  try {
    return create(JSON.parse(text), Kept);
  } catch {
    // Without a cause, which would quote the file.
    throw misconfigured(`${file} does not hold an id and a key.`, 'Delete it, and both are made again.');
  }
}

const Kept = type({id: string(), key: string()});

function health(world: Promise<World>): Promise<Response> {
  const alive = world
    .then(({database}) => database.all('select 1 as alive'))
    .then(
      () => true,
      () => false,
    );
  return Promise.race([alive, pause(HEALTH_DEADLINE, false, {ref: false})]).then(isAlive =>
    Response.json({status: isAlive ? 'ok' : 'database unreachable'}, {status: isAlive ? 200 : 503, headers: FRESH}),
  );
}

const FRESH = {'cache-control': 'no-store'};

const isRead = ({method}: Request) => method === 'GET' || method === 'HEAD';

/** A time that stands still until somebody sets it. */
class TestClock {
  now = Date.now();

  async answer(request: Request): Promise<Response> {
    if (request.method === 'PUT') {
      const to = await this.#wanted(request);
      if (Number.isNaN(new Date(to).getTime())) {
        const desc = 'Send {"now": ISO 8601 or epoch ms} or {"advance": ms}.';
        return refusal(new RoomsError('invalid', 'This is no time.', {key: 'now', desc}));
      }
      this.now = to;
    } else if (!isRead(request)) {
      return refusal(noRoute('GET or PUT the time.', 405));
    }
    return Response.json({now: new Date(this.now).toISOString()}, {headers: FRESH});
  }

  async #wanted(request: Request): Promise<number> {
    const [error, wanted] = validate(await request.json().catch(() => undefined), Wanted);
    if (error) return NaN;
    const {now = this.now, advance = 0} = wanted;
    return (typeof now === 'string' ? Date.parse(now) : now) + advance;
  }
}

const Wanted = object({now: optional(union([string(), integer()])), advance: optional(integer())});

/** Lines on standard error that tell what was asked and how it went, and nothing of who asked or what for. */
function logger() {
  const lines = pino(
    {
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {level: level => ({level})},
    },
    pino.destination({fd: 2, sync: true}),
  );
  return {
    answered: ({method, url}: Request, status: number, ms: number) => {
      const route = routeOf(new URL(url).pathname);
      if (route !== '/healthz') lines.info({method, route, status, ms: Math.round(ms * 10) / 10}, 'Answered.');
    },
    // What an error says may quote a request, and a statement's values: its kind and its place are enough to find it.
    fault: (error: unknown) => {
      const {name, code, stack = ''} = error as NodeJS.ErrnoException;
      const at = stack.split('\n').flatMap(line => /^\s+at (.+)/.exec(line)?.[1] ?? []);
      lines.error({error: name, code, at}, 'Something went wrong on our side.');
    },
  };
}

/** A path with its ids left out; what is no route of ours could hold anything, and is not told. */
function routeOf(path: string): string {
  if (/^\/(healthz|openapi\.json|test\/clock)$/.test(path)) return path;
  const [, prefix, id = '', below = ''] =
    /^((?:\/video)?\/v[12]\/rooms)(\/[^/]+)?(\/users|\/tokens)?\/?$/.exec(path) ?? [];
  return prefix ? `${prefix}${id && '/:id'}${below}` : 'none';
}

function greeting({host, place, testClock}: Settings, url: string, application: string, file?: string): string {
  const exposed = `
WARNING: listening on ${host}. Everybody who reaches this computer can reach the platform, and it speaks plain HTTP: keys
and tokens can be read on the way. Put a server with https in front, or leave --allow-host out.
`;
  const timeless = `
WARNING: the time stands still, and whoever asks may set it (--test-clock).
`;
  const rooms = `${url}/video/v2/rooms`;
  return `${isLocal(host) ? '' : exposed}${testClock ? timeless : ''}
Greenroom's platform is at ${url}/video/v2
Database: ${isFile(place) ? resolve(place) : place.replace(/:.*/s, '')}
Application: ${application}, ${file ? `its key is in ${file}` : 'with the key it was given'}

Try it. ${file ? 'The key goes from the file to curl, past the screen, the history and the list of processes' : 'curl asks for the key'}:

  ${file ? `node -p ${quoted(CURL_USER)} ${quoted(file)} | curl -K - ${rooms}` : `curl -u ${quoted(application)} ${rooms}`}

`;
}

/** A line of curl's configuration, from a file of credentials. */
const CURL_USER = 'const {id, key} = require(process.argv[1]); "user = " + JSON.stringify(id + ":" + key)';

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

const isFile = (place: string) => place !== ':memory:' && !/^postgres(ql)?:\/\//.test(place);

const isLocal = (host: string) => /^(localhost|::1|127\.\d+\.\d+\.\d+)$/.test(host);

function placeOf(place: string): string {
  // One letter is a drive of Windows.
  if (!isFile(place) || !/^\w{2,}:/.test(place)) return place;
  throw misconfigured(
    'The database is neither a file nor a Postgres address.',
    'Such as rooms.db or postgres://user@host/name.',
  );
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw misconfigured('--port is no number from 0 to 65535.', 'Such as --port 4000.');
}

function credentialsOf(id?: string, key?: string): Credentials | undefined {
  if (id && key) return {id, key};
  if (!id && !key) return undefined;
  throw misconfigured('An application has an id and a key.', 'Give --app-id and --app-key, or neither.');
}

const misconfigured = (message: string, desc: string, cause?: unknown) =>
  new RoomsError('misconfigured', message, {desc, cause});
