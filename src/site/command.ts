import {parseArgs} from 'node:util';
import {serve, type Served} from '../http/server.js';
import {DRAIN, readDrain, toldToStop, type Stop} from '../http/stop.js';
import {listed} from '../proxy/node/help.js';
import {jsonLines} from '../proxy/node/log.js';
import {RoomsError} from '../rooms/errors.js';
import {scriptFiles} from './assets.js';
import {readSiteSettings, VARIABLES, type SiteSettings} from './environment.js';
import {roomSite} from './site.js';

const HELP = `Usage: greenroom site [--drain <seconds>]

Serves a page for each room at /r/<room_id>, and one with the list of rooms at /. The pages hold <green-room>: choose a
room, get ready, join, be in the call. They ask the token proxy. Configured by environment variables
(\`node --env-file=.env\` reads them from a file):

${listed(VARIABLES, 22)}

GET /healthz answers 200 with {"status": "ok"}, and 503 after SIGTERM, so that a balancer sends nobody here any more. GET
/livez answers 200 while the process is up. The site goes on answering for --drain seconds after SIGTERM (default:
${DRAIN.default}, 0 to ${DRAIN.most}). SIGINT, or a second signal, ends the wait. Logs are JSON lines on standard output.
`;

/** Starts the site as a server. `/healthz` fails once `isDraining` returns true. */
export async function start(
  {site: options, host, port, hosts, limits}: SiteSettings,
  isDraining: () => boolean = () => false,
  log: (error: unknown) => void = console.error,
): Promise<Served> {
  const site = roomSite(options);
  const files = await scriptFiles();
  const fetch = (request: Request) => health(request, isDraining()) ?? files(request) ?? site(request);
  return serve({fetch, host, port, hosts, limits, log});
}

function health({method, url}: Request, draining: boolean): Response | undefined {
  const {pathname} = new URL(url);
  if (!/^(GET|HEAD)$/.test(method) || !/^\/(healthz|livez)$/.test(pathname)) return undefined;
  const stopping = draining && pathname === '/healthz';
  const headers = {'cache-control': 'no-store'};
  return Response.json({status: stopping ? 'stopping' : 'ok'}, {status: stopping ? 503 : 200, headers});
}

/**
 * `greenroom site`: runs until SIGINT or SIGTERM. Rejects with `misconfigured`, and one line for each wrong variable, if it
 * cannot start.
 */
export async function main(args: string[]): Promise<void> {
  const {values} = parseArgs({args, options: {drain: {type: 'string'}, help: {type: 'boolean', short: 'h'}}});
  if (values.help) return void process.stdout.write(HELP);
  const drain = readDrain(values.drain);
  const read = readSiteSettings(process.env);
  if ('problems' in read) {
    const lines = read.problems.map(({variable, sentence}) => `${variable}: ${sentence}`);
    throw new RoomsError('misconfigured', lines.join('\n'), {desc: 'See `greenroom site --help`.'});
  }
  const write = jsonLines();
  let stop: Stop | undefined;
  // The error itself may quote a request.
  const failed = () => write({level: 'error', code: 'internal', message: 'Something failed inside the server.'});
  const served = await start(read.settings, () => stop?.draining ?? false, failed);
  stop = toldToStop(drain);
  write({level: 'info', message: `Listening at ${served.url}`});
  await stop.now;
  write({level: 'info', message: 'Stopping.'});
  await served.close();
}
