import {readFile} from 'node:fs/promises';
import type {parseArgs} from 'node:util';
import {answeredHosts, hostsFault} from '../http/host.js';
import {DEFAULT_LIMITS, TIMEOUTS, type ServeLimits} from '../http/server-limits.js';
import {readDrain} from '../http/stop.js';
import {webAddress} from '../rooms/web-address.js';
import type {Credentials} from './applications.js';
import {checkPlace} from './database/database.js';
import {misconfigured} from './misconfigured.js';
import type {WebhookOptions} from './platform.js';
import {checkWebhook} from './webhooks.js';

/** What `greenroom platform` was told. */
export interface Settings {
  host: string;
  port: number;
  /** The hosts that are answered, beside this machine. Absent: any. */
  hosts?: string[] | undefined;
  /** The argument of `openDatabase`. */
  place: string;
  /** Absent: the command makes them up at its first start. */
  credentials?: Credentials | undefined;
  testClock: boolean;
  keepRecords: number;
  enablex: boolean;
  webhook?: WebhookOptions;
  /** Where clients reach the platform. Absent: its own address. */
  publicUrl?: URL;
  limits: Partial<ServeLimits>;
  /** Seconds. */
  drain: number;
}

/** The options of the command, for `parseArgs`. */
export const OPTIONS = {
  port: {type: 'string'},
  database: {type: 'string'},
  'app-id': {type: 'string'},
  'app-key': {type: 'string'},
  'allow-host': {type: 'string'},
  hosts: {type: 'string'},
  'connections-per-address': {type: 'string'},
  'keep-alive-ms': {type: 'string'},
  'headers-timeout-ms': {type: 'string'},
  'request-timeout-ms': {type: 'string'},
  'idle-timeout-ms': {type: 'string'},
  'keep-records': {type: 'string'},
  webhook: {type: 'string'},
  'webhook-auth-file': {type: 'string'},
  'webhook-private': {type: 'boolean'},
  'token-format': {type: 'string'},
  'public-url': {type: 'string'},
  drain: {type: 'string'},
  'test-clock': {type: 'boolean'},
  help: {type: 'boolean', short: 'h'},
} as const;

type Values = ReturnType<typeof parseArgs<{options: typeof OPTIONS}>>['values'];
type Environment = Record<string, string | undefined>;

/** Reads the settings from the options, and the environment where an option is missing. Throws `misconfigured`. */
export async function readSettings(values: Values, env: Environment): Promise<Settings> {
  const {DATABASE_URL, APP_ID, APP_KEY} = env;
  const place = values.database || DATABASE_URL || 'greenroom.db';
  checkPlace(place);
  const host = values['allow-host'] || '127.0.0.1';
  const publicUrl = values['public-url'] === undefined ? undefined : readUrl(values['public-url']);
  return {
    host,
    port: readPort(values.port ?? '4000'),
    hosts: answeredHosts(readHosts(values.hosts || env.HOSTS), host, publicUrl ? [publicUrl.hostname] : []),
    place,
    credentials: readCredentials(values['app-id'] || APP_ID, values['app-key'] || APP_KEY),
    testClock: values['test-clock'] ?? false,
    keepRecords: readDays(values['keep-records'] ?? '30'),
    ...(values.webhook && {
      webhook: await readWebhook(values.webhook, values, env),
    }),
    enablex: readFormat(values['token-format'] ?? 'jwt') === 'enablex',
    ...(publicUrl && {publicUrl}),
    limits: {perAddress: readConnections(values['connections-per-address'] ?? '256'), ...readTimeouts(values, env)},
    drain: readDrain(values.drain),
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw misconfigured('--port is not a number from 0 to 65535.', 'Give one such as --port 4000.');
}

function readHosts(text?: string): string[] | undefined {
  const hosts = text
    ?.split(',')
    .map(each => each.trim().toLowerCase())
    .filter(Boolean);
  if (!hosts?.length) return undefined;
  const fault = hostsFault(hosts);
  if (fault) throw misconfigured(fault, 'Give names such as --hosts video.example.');
  return hosts;
}

/** Each timeout is an option, else a variable of the same name. */
function readTimeouts(values: Values, env: Environment): Partial<ServeLimits> {
  const limits: Partial<ServeLimits> = {};
  for (const [limit, variable, least, most] of TIMEOUTS) {
    const option = variable.toLowerCase().replaceAll('_', '-') as Timeout;
    const text = values[option] || env[variable];
    if (!text) continue;
    const ms = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (!(ms >= least && ms <= most)) {
      const name = values[option] ? `--${option}` : variable;
      throw misconfigured(
        `${name} is not a number of ms from ${least} to ${most}.`,
        `Give one such as ${DEFAULT_LIMITS[limit]}.`,
      );
    }
    limits[limit] = ms;
  }
  return limits;
}
type Timeout = 'keep-alive-ms' | 'headers-timeout-ms' | 'request-timeout-ms' | 'idle-timeout-ms';

function readConnections(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw misconfigured(
    '--connections-per-address is not a number from 0 to 999999.',
    'Give one such as --connections-per-address 256.',
  );
}

function readDays(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw misconfigured('--keep-records is not a number of days from 0 to 99999.', 'Give one such as --keep-records 30.');
}

async function readWebhook(url: string, values: Values, {WEBHOOK_AUTH}: Environment): Promise<WebhookOptions> {
  const file = values['webhook-auth-file'];
  const auth = (file ? await readAuth(file) : WEBHOOK_AUTH) || undefined;
  const options = {url, allowPrivate: values['webhook-private'] ?? false, auth};
  checkWebhook(options);
  return options;
}

async function readAuth(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw misconfigured(`${file} cannot be read.`, 'Give a file that holds id:key.', cause);
  }
}

function readFormat(text: string): 'jwt' | 'enablex' {
  if (text === 'jwt' || text === 'enablex') return text;
  throw misconfigured('--token-format is neither jwt nor enablex.', 'Give --token-format jwt.');
}

function readUrl(text: string): URL {
  const url = webAddress(text);
  if (url) return url;
  throw misconfigured(
    '--public-url is not an http(s) address.',
    'Give one such as --public-url https://video.example.',
  );
}

function readCredentials(id?: string, key?: string): Credentials | undefined {
  if (id && key) return {id, key};
  if (!id && !key) return undefined;
  throw misconfigured('An application has an id and a key.', 'Give both --app-id and --app-key, or neither.');
}
