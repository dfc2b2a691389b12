import {answeredHosts, hostsFault, isLoopback} from '../../http/host.js';
import {DEFAULT_LIMITS, TIMEOUTS, type ServeLimits} from '../../http/server-limits.js';
import type {RoomsError} from '../../rooms/errors.js';
import type {Reader} from './environment.js';
import {addressesBehind, type AddressOf} from './forwarded.js';

/** Where the proxy listens, and what a client may use of it. */
export interface ServerSettings {
  host: string;
  port: number;
  /** The hosts whose requests are answered, beside this machine. @default any host */
  hosts?: string[];
  metrics?: {host: string; port: number; hosts?: string[]};
  /** The address that a request came from, past the reverse proxies. */
  addressOf: AddressOf;
  limits: Partial<ServeLimits>;
}

/** Reads the settings of the server. `origins` are those of the pages that may use it. */
export function readServer(read: Reader, origins: string[], usualPort = 8787): ServerSettings {
  const {text, integer, wrong} = read;
  const metricsHost = text('METRICS_HOST') ?? '127.0.0.1';
  const metrics = text('METRICS_PORT') && {
    port: integer('METRICS_PORT', 9787, 0, 65_535),
    host: metricsHost,
    ...(isLoopback(metricsHost) && {hosts: []}),
  };
  const port = integer('PORT', usualPort, 0, 65_535);
  if (metrics && metrics.port === port && port > 0) wrong('METRICS_PORT', 'It must differ from PORT.', '9787');
  const host = text('HOST') ?? '127.0.0.1';
  return {
    host,
    port,
    hosts: readHosts(read, host, origins),
    ...(metrics && {metrics}),
    addressOf: readAddresses(read),
    limits: {
      perAddress: integer('MAX_PER_ADDRESS', text('TRUSTED_PROXIES') ? 0 : 256, 0, 999_999),
      ...Object.fromEntries(
        TIMEOUTS.map(([limit, variable, least, most]) => [
          limit,
          integer(variable, DEFAULT_LIMITS[limit], least, most),
        ]),
      ),
    },
  };
}

function readHosts({list, wrong}: Reader, host: string, origins: string[]): string[] | undefined {
  const hosts = list('HOSTS')?.map(each => each.toLowerCase());
  const fault = hostsFault(hosts ?? []);
  if (fault) wrong('HOSTS', fault, 'api.shop.example');
  const pages = origins.filter(each => /^https?:/.test(each) && URL.canParse(each));
  return answeredHosts(
    hosts,
    host,
    pages.map(each => new URL(each).hostname),
  );
}

function readAddresses({list, text, wrong}: Reader): AddressOf {
  const header = text('FORWARDED_HEADER')?.toLowerCase() ?? 'x-forwarded-for';
  if (header !== 'x-forwarded-for' && header !== 'forwarded') {
    wrong('FORWARDED_HEADER', 'It must be x-forwarded-for or forwarded.', 'x-forwarded-for');
  }
  try {
    return addressesBehind(list('TRUSTED_PROXIES') ?? [], header);
  } catch (error) {
    wrong('TRUSTED_PROXIES', (error as RoomsError).message, '10.0.0.0/8');
    return addressesBehind([]);
  }
}
