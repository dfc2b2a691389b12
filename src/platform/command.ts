import {resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {isLoopback} from '../http/host.js';
import {refusal, serve} from '../http/server.js';
import {DRAIN, toldToStop, type Stop} from '../http/stop.js';
import {REASON} from '../rooms/results.js';
import {credentialsFile, isFile, keptCredentials} from './credentials.js';
import {openDatabase, Unavailable, type Database} from './database/database.js';
import {logger} from './log.js';
import {misconfigured} from './misconfigured.js';
import {createPlatform, type Platform} from './platform.js';
import {OPTIONS, readSettings, type Settings} from './settings.js';
import {TestClock} from './test-clock.js';

const HELP = `Usage: greenroom platform [options]
       greenroom platform create-room --name <name> [options]

The Rooms API on your own computer: rooms, one-time tokens and the sessions they open.

  --port <number>      Port to listen on; 0 picks a free one. Default: 4000
  --database <place>   An SQLite file, or postgres://user@host/name. Default: DATABASE_URL, else ./greenroom.db
  --app-id <id>        Id of the application that may call. Default: APP_ID
  --app-key <key>      Key of that application. Default: APP_KEY, which is safer: a list of processes shows arguments.
                       Without id and key, the first start makes both up. It keeps them in a file that only you can
                       read: <database>.credentials.json, or ./greenroom.credentials.json for Postgres and :memory:
  --allow-host <host>  Address to listen on, such as 0.0.0.0, so that other computers can call. Default: 127.0.0.1
  --hosts <names>      Names of the hosts that are answered, with commas: video.example. Requests for other hosts get 421,
                       because a page can lead its own name to this computer; /healthz and /livez are answered for any.
                       Default: HOSTS, else the host of --public-url and this computer on 127.0.0.1, and any host on
                       another address
  --connections-per-address <number>
                       Most connections of one address, without people who are in a room. Default: 256. 0 for no limit,
                       behind a balancer that hides the addresses.
  --keep-alive-ms <ms> How long a connection waits for its next request. A balancer in front must wait less.
                       Default: KEEP_ALIVE_MS, else 65000
  --headers-timeout-ms <ms>
                       How long a request's headers may take. Default: HEADERS_TIMEOUT_MS, else 10000
  --request-timeout-ms <ms>
                       How long a whole request may take to arrive. Default: REQUEST_TIMEOUT_MS, else 30000
  --idle-timeout-ms <ms>
                       How long a connection may carry no byte during a request or an answer.
                       Default: IDLE_TIMEOUT_MS, else 60000
  --keep-records <days>
                       How long the records of sessions say who was connected. After that names, references, data,
                       addresses and agents are erased. Default: 30
  --webhook <url>      Where to POST {"type": "roomdrop", ...} when a session has ended. It is sent again, ever more rarely,
                       until it is taken; a restart loses nothing. Never to an address of this computer or of a
                       private network, unless --webhook-private is given
  --webhook-auth-file <file>
                       A file with id:key, sent to the webhook as HTTP Basic credentials. Default: WEBHOOK_AUTH
  --webhook-private    The webhook may be on this computer or in a private network
  --token-format <jwt|enablex>
                       enablex is the form that the SDK of the documented platform reads: base64 of JSON. Default: jwt
  --public-url <url>   Where clients reach this platform, named in tokens of the form enablex. Default: its own address
  --drain <seconds>    How long it goes on answering after SIGTERM, 0 to ${DRAIN.most}. Default: ${DRAIN.default}
  --test-clock         For tests on this computer only: the time stands still, and any caller may set it.
                       GET /test/clock returns {"now"}. PUT {"now": ISO 8601 or epoch ms} or {"advance": ms} sets it.

greenroom platform create-room --help explains how to make a room.

GET /healthz returns 200 {"status": "ok"}; {"status": "degraded", "missing": […]} while it can serve only some, for want
of "writes" or "notifications" of the database; and 503 while it can serve nobody. It is as of the last heartbeat, every
10 s. GET /livez returns 200 while the process is up. GET /openapi.json describes the API.
Logs are JSON lines on standard error. After SIGTERM, /healthz returns 503, so that a balancer sends nobody here any more,
and the platform goes on answering for --drain seconds. Then it answers the running requests and closes all sessions. Their
seats are kept for 30 s: clients resume at another platform on the same database, or at the next one. SIGINT, or a second
signal, ends the wait.
`;

/**
 * `greenroom platform`: runs until a signal stops it; `create-room` makes a room on a running platform. Rejects with
 * `misconfigured` if it cannot start.
 */
export async function main(args: string[]): Promise<void> {
  if (args[0] === 'create-room') return (await import('./create-room.js')).main(args.slice(1));
  const {values} = parseArgs({args, options: OPTIONS});
  if (values.help) return void process.stdout.write(HELP);
  await run(await readSettings(values, process.env));
  // Lines of the log that nobody reads would keep the process.
  process.exit();
}

async function run(settings: Settings): Promise<void> {
  const {host, port, hosts, testClock, limits, drain} = settings;
  if (testClock && !isLoopback(host)) {
    throw misconfigured('--test-clock is for tests on this computer only.', 'Leave out --test-clock or --allow-host.');
  }
  // The database holds the secrets that sign tokens, so only the owner may read the files.
  process.umask(0o077);
  const log = logger();
  const clock = testClock ? new TestClock() : undefined;
  let started: Promise<Started>;
  let stop: Stop | undefined;

  async function answer(request: Request): Promise<Response> {
    const {pathname} = new URL(request.url);
    if (pathname === '/livez' && isRead(request)) return reply({status: 'ok'});
    if (pathname === '/healthz' && isRead(request))
      return stop?.draining ? reply({status: 'stopping'}, 503) : health(started);
    if (clock && pathname === '/test/clock') return clock.answer(request);
    try {
      await started;
    } catch (error) {
      // The process ends in a moment. A balancer sends the request to another one.
      return refusal(Unavailable.away(error), REASON);
    }
    return (await started).platform.fetch(request);
  }

  // Takes the port before it opens the database: a second platform fails here, and leaves the first one's data alone.
  const served = await serve({
    host,
    port,
    hosts,
    log: log.fault,
    limits,
    errorPrefix: REASON,
    async fetch(request) {
      const began = performance.now();
      const response = await answer(request);
      log.answered(request, response.status, performance.now() - began);
      return response;
    },
    upgrade: async (...args) => (await started).platform.upgrade(...args),
  });
  // Requests that come before the platform has started wait for it.
  started = start(settings, served.url, log.fault, clock && (() => clock.now));
  try {
    const {database, platform, application, file} = await started;
    stop = toldToStop(drain);
    process.stdout.write(greeting(settings, served.url, application, file));
    await stop.now;
    await Promise.all([served.close(), platform.close()]);
    await database.close();
  } finally {
    await served.close();
  }
}

interface Started {
  database: Database;
  platform: Platform;
  /** Id of the application that may call. */
  application: string;
  /** The file with its key. Absent if the key came from an argument or the environment. */
  file?: string;
}

async function start(settings: Settings, url: string, log: (error: unknown) => void, clock?: () => number) {
  const {place, credentials, keepRecords, enablex, webhook, publicUrl = new URL(url), limits} = settings;
  const database = await openDatabase(place);
  const tokenFormat = enablex ? {enablex: publicUrl} : 'jwt';
  const sharedAddresses = limits.perAddress === 0;
  const platform = createPlatform({database, clock, log, keepRecords, tokenFormat, webhook, sharedAddresses});
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

/** The platform's health. 503 tells a balancer to send nobody here, so it is only for when nobody can be served. */
async function health(started: Promise<Started>): Promise<Response> {
  const health = await started.then(
    ({platform}) => platform.health,
    () => ({status: 'unavailable'}),
  );
  return reply(health, health.status === 'unavailable' ? 503 : 200);
}

const reply = (body: {status: string}, status = 200) =>
  Response.json(body, {status, headers: {'cache-control': 'no-store'}});

const isRead = ({method}: Request) => method === 'GET' || method === 'HEAD';

function greeting({host, place, testClock}: Settings, url: string, application: string, file?: string): string {
  const exposed = `
WARNING: listening on ${host}. Everybody who reaches this computer can call the platform. It speaks plain HTTP, so others
on the network can read keys and tokens. Put a server with https in front, or leave out --allow-host.
`;
  const timeless = `
WARNING: the time stands still, and any caller may set it (--test-clock).
`;
  const rooms = `${url}/video/v2/rooms`;
  return `${isLoopback(host) ? '' : exposed}${testClock ? timeless : ''}
Greenroom's platform is at ${url}/video/v2
Database: ${isFile(place) ? resolve(place) : place.replace(/:.*/s, '')}
Application: ${application}, ${file ? `its key is in ${file}` : 'with the key it was given'}

Try it. ${file ? 'The key goes from the file straight to curl: no screen, history or list of processes shows it' : 'curl asks for the key'}:

  ${file ? `node -p ${quoted(CURL_USER)} ${quoted(file)} | curl -K - ${rooms}` : `curl -u ${quoted(application)} ${rooms}`}

`;
}

/** JavaScript that prints a file of credentials as a line of curl's configuration. */
const CURL_USER = 'const {id, key} = require(process.argv[1]); "user = " + JSON.stringify(id + ":" + key)';

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
