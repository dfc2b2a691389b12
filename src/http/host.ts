import {RoomsError} from '../rooms/errors.js';

/** A request as Node's server has it. */
interface Incoming {
  method?: string | undefined;
  url?: string | undefined;
  headers: {host?: string | undefined; 'access-control-request-method'?: string | undefined};
}

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/** Whether a host is this machine, as a name or an address. An IPv6 address may have brackets. */
export const isLoopback = (host: string) => LOOPBACK.test(host) || host === '::1';

/** The `hostname` of a URL as a connection takes it: an IPv6 address has no brackets there. */
export const bareHost = (hostname: string) => hostname.replace(/^\[|\]$/g, '');

/** What is wrong with a list of hosts; undefined if each is a name without a port, in lower case. */
export function hostsFault(hosts: readonly string[]): string | undefined {
  const bad = hosts.find(text => !isHostName(text));
  return bad === undefined ? undefined : `“${bad.slice(0, 60)}” is not the name of a host, without a port.`;
}

const isHostName = (text: string) => URL.canParse(`http://${text}/`) && new URL(`http://${text}/`).hostname === text;

/**
 * The hosts that a server at `address` answers beside this machine; undefined for any. On this machine alone its `own`
 * names are enough: a reverse proxy passes on the host that was asked. Every other name could be one that a page of a
 * stranger has led to this machine.
 */
export const answeredHosts = (listed: string[] | undefined, address: string, own: string[]) =>
  listed ?? (isLoopback(address) ? own : undefined);

const HEALTH = /^(?:https?:\/\/[^/]*)?(\/(?:healthz|livez)(?:\?.*)?)$/;

/**
 * Makes a health check, `GET` or `HEAD` of `/healthz` or `/livez`, one for this machine, and returns true. A balancer may
 * check with HTTP/1.0 and no host, or by an address. HAProxy checks with `OPTIONS` if it is told a path only; that becomes
 * a `GET`. All other requests are left alone.
 */
export function takeHealthCheck(incoming: Incoming): boolean {
  const {method = '', url = '', headers} = incoming;
  const [, path] = (/^(GET|HEAD|OPTIONS)$/.test(method) && HEALTH.exec(url)) || [];
  // A browser asks for a page.
  if (path === undefined || headers['access-control-request-method'] !== undefined) return false;
  incoming.url = path;
  if (method === 'OPTIONS') incoming.method = 'GET';
  incoming.headers.host = 'localhost';
  return true;
}

/** The error for bytes that are not an HTTP request. `desc` says what is wrong. */
export const notHttp = (desc: string) =>
  new RoomsError('invalid', 'This is not an HTTP request.', {result: 19004, status: 400, desc});

/** The error for a request whose `Host` is missing or not a host. */
export const noHost = () => notHttp('The request names no address.');

/**
 * Checks the `Host` of a request. Throws an error with status 400 if it is missing or not a host, and with 421 if
 * `hosts` does not list it. A page can lead its own name to this machine and then read what this server answers (DNS
 * rebinding); its requests have the name of the page.
 *
 * @param hosts names without a port. This machine is always one of them. Without a list every host is right.
 */
export function checkHost({headers, url = ''}: Incoming, hosts: readonly string[] | undefined) {
  // A request for a whole address goes to the host in it.
  const {host = ''} = headers;
  const address = /^https?:\/\//i.test(url) ? url : `http://${host}/`;
  if (!URL.canParse(address) || /[/?#@\\]/.test(host)) throw noHost();
  if (!hosts) return;
  const {hostname} = new URL(address);
  if (isLoopback(hostname) || hosts.includes(hostname)) return;
  throw new RoomsError('denied', 'This server does not answer for this host.', {
    status: 421,
    desc: 'Add the host to HOSTS.',
  });
}
