import {parseArgs} from 'node:util';
import {serve, type Served} from '../../http/server.js';
import {DRAIN, readDrain, toldToStop, type Stop} from '../../http/stop.js';
import {RoomsError} from '../../rooms/errors.js';
import {SECRETS, VARIABLES} from './environment.js';
import {healthPage, type HealthPageOptions} from './health.js';
import {listed, wrapped} from './help.js';
import {jsonLines, lineOf, type Line} from './log.js';
import {metrics, type Metrics} from './metrics.js';
import {undiciTransport} from './undici.js';
import {
  basicAuth,
  BUDGETS,
  platformRooms,
  redisStore,
  tokenProxy,
  type Budgets,
  type Log,
  type RedisClient,
} from '../proxy.js';
import {redisClient, type RedisSettings} from './redis-client.js';
import type {Engines} from './engines.js';
import {KINDS, readSettings, SCOPES, type Platform, type Settings} from './settings.js';

/** A proxy that is listening. */
export interface Running {
  /** The address with the mount; the operations are below it, at `/rooms`. */
  url: string;
  /** The address of the metrics, if there are any. */
  metricsUrl?: string;
  /** Stops taking requests. Resolves when those under way are answered. */
  close(): Promise<void>;
}

/**
 * Starts the proxy as a server. `write` gets a line for every answer, and what the operator should know. `/healthz` fails
 * once `isDraining` returns true.
 */
export async function start(
  settings: Settings,
  write: (line: Line) => void = jsonLines(),
  checks: HealthPageOptions = {isDraining: () => false},
): Promise<Running> {
  const {platform, engine, proxy: options, host, port, hosts, addressOf, limits, redis} = settings;
  const {mount = '', timeout} = options;
  const counted = settings.metrics && metrics();
  const {client, down} = redis ? await usableRedis(redis) : {};
  const transport = undiciTransport({timeout});
  const told: Log = entry => {
    counted?.logged(entry);
    write(entry);
  };
  const roomsOf = ({endpoint, id, key}: Platform) =>
    platformRooms({
      endpoint,
      headers: {authorization: basicAuth(id, key)},
      timeout,
      exchange: transport,
      report: () =>
        write({level: 'warn', operation: 'list', message: 'A room was left out because it cannot be read.'}),
    });
  const atEngines = await engine?.open({exchange: transport, log: told});
  const proxy = tokenProxy({
    ...options,
    store: client && {...redisStore(client), down},
    rooms: atEngines ?? roomsOf(platform!),
    log: told,
    answered: answer => {
      counted?.answered(answer);
      write(lineOf(answer));
    },
  });
  // The error itself may quote a request.
  const log = () => write({level: 'error', code: 'internal', message: 'Something failed inside the server.'});
  const health = healthPage(proxy, checks);
  const fetch = (request: Request, {ip}: {ip?: string}) =>
    health.answer(request) ?? proxy.answer(request, {ip: addressOf(ip, request.headers)});
  const served: Served[] = [];
  const close = async () => {
    health.stop();
    await Promise.all(served.map(each => each.close()));
    await atEngines?.stop();
    await transport.close();
    if (client) client.disconnect();
  };
  try {
    await atEngines?.start();
    served.push(await serve({fetch, host, port, hosts, log, limits}));
    if (counted) served.push(await serve({...settings.metrics!, fetch: pageOf(counted), log}));
  } catch (error) {
    await close();
    throw error;
  }
  const [main, second] = served;
  return {url: `${main!.url}${mount}`, metricsUrl: second && `${second.url}/metrics`, close};
}

/**
 * A client of Redis, and whether Redis is down; it may come back. Rejects with `misconfigured` if the proxy cannot use this
 * Redis.
 */
async function usableRedis(
  settings: RedisSettings,
): Promise<{client: RedisClient & {disconnect(): void}; down: boolean}> {
  const {client, fault} = await redisClient(settings);
  const found = await fault();
  if (!found || found.passing) return {client, down: found !== undefined};
  client.disconnect();
  throw new RoomsError('misconfigured', `REDIS_URL: ${found.sentence}`, {key: 'REDIS_URL', desc: found.line});
}

/** On a port of its own: behind a reverse proxy on the same machine, every visitor comes from this machine. */
const pageOf =
  (counted: Metrics) =>
  ({url}: Request) =>
    new URL(url).pathname === '/metrics' ? counted.page() : new Response('Metrics are at /metrics.\n', {status: 404});

const help = (engines?: Engines) => `Usage: greenroom proxy [--drain <seconds>]

Runs the token proxy between your pages and the video platform. It keeps the platform's credentials off the pages. It is
configured by environment variables (\`node --env-file=.env\` reads them from a file); \`greenroom doctor\` checks them.

${listed(VARIABLES)}

  LIMITS_<what>_<per>=20/60
                    A rate limit: 20 requests in 60 s. Examples: LIMITS_TOKENS_VISITOR, LIMITS_CREATIONS_IP.
                    <what>: ${KINDS.join(', ')}. <per>: ${SCOPES.join(', ')}. Default:
${Object.entries(BUDGETS).map(budget).join('\n')}

${SECRETS.join(', ')}: each can be a file instead,
such as APP_KEY_FILE=/run/secrets/app-key.
${engines ? engineHelp(engines) : ''}GET /healthz answers 200 with {"status": "ok"} or "degraded" and what is missing, and 503 while nobody can be served.
GET /livez answers 200 while the process is up. Logs are JSON lines on standard output.
After SIGTERM, GET /healthz answers 503, so that a balancer sends nobody here any more. The proxy goes on answering for
--drain seconds (default: ${DRAIN.default}, 0 to ${DRAIN.most}). Then it answers the requests under way and stops. SIGINT, or a
second signal, ends the wait.
`;

const engineHelp = ({VARIABLES, SECRETS}: Engines) => `
Rooms at a video engine, instead of PLATFORM_URL, APP_ID and APP_KEY:

${listed(VARIABLES)}

Each of these can be a file, too:
${wrapped(SECRETS.join(', ')).replaceAll(/^ +/gm, '')}.

`;

function budget([kind, scopes]: [string, Budgets[keyof Budgets]]): string {
  const rates = Object.entries(scopes).map(([scope, {capacity, per}]) => `${scope} ${capacity}/${per / 1000}`);
  return `${' '.repeat(20)}${kind}: ${rates.join(', ')}`;
}

/**
 * `greenroom proxy`: runs until SIGINT or SIGTERM. Rejects with `misconfigured`, and one line for each wrong variable, if
 * it cannot start. `engines` are those that ENGINE can name.
 */
export async function main(args: string[], engines?: Engines): Promise<void> {
  const {values} = parseArgs({args, options: {drain: {type: 'string'}, help: {type: 'boolean', short: 'h'}}});
  if (values.help) return void process.stdout.write(help(engines));
  const drain = readDrain(values.drain);
  const read = await readSettings(process.env, engines);
  if ('problems' in read) {
    const lines = read.problems.map(({variable, sentence}) => `${variable}: ${sentence}`);
    throw new RoomsError('misconfigured', lines.join('\n'), {desc: 'See `greenroom proxy --help`.'});
  }
  const write = jsonLines();
  let stop: Stop | undefined;
  const running = await start(read.settings, write, {isDraining: () => stop?.draining ?? false});
  const {url, metricsUrl} = running;
  stop = toldToStop(drain);
  write({level: 'info', message: `Listening at ${url}${metricsUrl ? `, metrics at ${metricsUrl}` : ''}`});
  await stop.now;
  write({level: 'info', message: 'Stopping.'});
  await running.close();
  // The module of AUTHORIZE may keep something open.
  process.exit();
}
