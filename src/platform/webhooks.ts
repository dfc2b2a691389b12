// Tells an application's server that a session has ended. What could not be told waits in the database.
import {lookup, type LookupAddress, type LookupOptions} from 'node:dns';
import {request as requestHttp} from 'node:http';
import {request as requestHttps} from 'node:https';
import {BlockList, isIP, isIPv6} from 'node:net';
import {bareHost} from '../http/host.js';
import {RoomsError} from '../rooms/errors.js';
import {webAddress} from '../rooms/web-address.js';
import type {Database} from './database/database.js';

export interface WebhookOptions {
  /** Where to POST `{"type": "roomdrop", "trans_date", "app_id", "room_id", "conf_num"}` when a session has ended. */
  url: string;
  /** `id:key`, sent as HTTP Basic credentials. Never logged. @default none */
  auth?: string | undefined;
  /** Whether the address may be one of this computer or of a private network. @default false */
  allowPrivate?: boolean | undefined;
  /** Deadline of one try, in ms. @default 10_000 */
  timeout?: number | undefined;
  /** How long to wait after the first failure, in ms; twice as long after each further one, at most an hour. @default 1000 */
  retry?: number | undefined;
}

/** How often to look for what is due, in ms. */
const POLL = 1000;

/** After so many failures, over about ten hours, a message is given up. */
const MOST_TRIES = 20;

const LONGEST_WAIT = 60 * 60_000;

interface Delivery {
  id: string;
  body: string;
  attempts: number;
  webhook: string;
}

/** Throws `misconfigured` for an address that no message can be sent to safely. */
export function checkWebhook({url: text, auth, allowPrivate}: WebhookOptions): URL {
  const url = webAddress(text);
  if (!url) {
    throw misconfigured(
      'The webhook is not an http(s) address without a user.',
      'Give one like https://shop.example/hook.',
    );
  }
  if (auth !== undefined && !/^[!-9;-~]+:[!-~]+$/.test(auth)) {
    throw misconfigured('The credentials of the webhook are not id:key.', 'Use printable ASCII, without spaces.');
  }
  if (auth !== undefined && url.protocol === 'http:' && !allowPrivate) {
    throw misconfigured('The webhook would send its credentials unencrypted.', 'Give an https address.');
  }
  return url;
}

const misconfigured = (message: string, desc: string) =>
  new RoomsError('misconfigured', message, {key: 'webhook', desc});

/** Sends what is due, one message after the other. Several processes share the work. */
export class Webhooks {
  #database: Database;
  #options: WebhookOptions;
  #log: (error: unknown) => void;
  #timer = setInterval(() => this.#start(), POLL).unref();
  #running: Promise<void> | undefined;
  /** Messages that were taken, and that the database could not delete yet. They must not be sent again. */
  #taken = new Set<string>();
  #closing = new AbortController();

  constructor(database: Database, options: WebhookOptions, log: (error: unknown) => void) {
    checkWebhook(options);
    this.#database = database;
    this.#options = options;
    this.#log = log;
  }

  /** Ends a try under way. Its message stays in the database, and is sent after the next start. */
  async close() {
    clearInterval(this.#timer);
    this.#closing.abort();
    await this.#running;
    await this.#forget().catch(this.#log);
  }

  #start() {
    this.#running ??= this.#sendDue()
      .catch(this.#log)
      .finally(() => (this.#running = undefined));
  }

  async #sendDue() {
    await this.#forget();
    const due = await this.#database.all<Delivery>(
      `select deliveries.id, body, attempts, webhook from deliveries
        join applications on applications.id = deliveries.application
        where due <= ? and webhook is not null order by due limit 20`,
      Date.now(),
    );
    for (const delivery of due) {
      if (this.#closing.signal.aborted) return;
      await this.#send(delivery);
      await this.#forget();
    }
  }

  /** Deletes the messages that were taken. */
  async #forget() {
    for (const id of this.#taken) {
      await this.#database.all('delete from deliveries where id = ?', id);
      this.#taken.delete(id);
    }
  }

  async #send({id, body, attempts, webhook}: Delivery) {
    const {timeout = 10_000, retry = 1000} = this.#options;
    const setDue = (wait: number) =>
      this.#database.all<{id: string}>(
        'update deliveries set attempts = ?, due = ? where id = ? and attempts = ? returning id',
        attempts + 1,
        Date.now() + wait,
        id,
        attempts,
      );
    // Whoever changes `attempts` first has the message to itself until the deadline.
    const [claimed] = await setDue(2 * timeout);
    if (!claimed) return;
    try {
      const status = await post(new URL(webhook), body, {...this.#options, timeout, closing: this.#closing.signal});
      if (status < 200 || status > 299) throw new Error(`It answered ${status}.`);
      this.#taken.add(id);
    } catch (error) {
      const wait = Math.min(retry * 2 ** attempts, LONGEST_WAIT);
      const again = attempts + 1 < MOST_TRIES;
      if (again) {
        await this.#database.all('update deliveries set due = ? where id = ?', Date.now() + wait, id);
      } else {
        await this.#database.all('delete from deliveries where id = ?', id);
      }
      if (this.#closing.signal.aborted) return;
      const next = again ? `Next try in ${Math.ceil(wait / 1000)} s.` : 'It is given up.';
      this.#log(new Error(`A message to the webhook failed. ${next}`, {cause: error}));
    }
  }
}

interface PostOptions extends WebhookOptions {
  timeout: number;
  closing: AbortSignal;
}

/** Sends one message and returns the status of the answer. It follows no redirect and reads no body. */
function post(url: URL, body: string, {auth, allowPrivate, timeout, closing}: PostOptions): Promise<number> {
  const host = bareHost(url.hostname);
  // For an address no name is looked up, so it is checked here.
  if (!allowPrivate && isIP(host) && isPrivate(host)) throw new Error(NOT_PUBLIC);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: 'POST',
      agent: false,
      signal: closing,
      ...(!allowPrivate && {lookup: lookupPublic}),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'greenroom',
        ...(auth !== undefined && {authorization: `Basic ${Buffer.from(auth).toString('base64')}`}),
      },
    });
    // Node may forget a timeout that only `AbortSignal.any` holds, and then the request would never end.
    const late = setTimeout(() => request.destroy(new Error(`It did not answer within ${timeout} ms.`)), timeout);
    request.on('close', () => clearTimeout(late));
    request.on('error', reject);
    request.on('response', response => {
      resolve(response.statusCode!);
      response.destroy();
    });
    request.end(body);
  });
}

const NOT_PUBLIC = 'Its address is of this computer or of a private network.';

type LookupCallback = (error: Error | null, found: string | LookupAddress[], family?: number) => void;

/**
 * Finds the addresses that the connection is made to, and refuses a name with one that is not public. So no name can lead
 * elsewhere between the check and the connection.
 */
function lookupPublic(host: string, options: LookupOptions, callback: LookupCallback) {
  lookup(host, {...options, all: true}, (error, found) => {
    if (error) return callback(error, []);
    if (found.some(({address}) => isPrivate(address))) return callback(new Error(NOT_PUBLIC), []);
    if (options.all) return callback(null, found);
    callback(null, found[0]!.address, found[0]!.family);
  });
}

/** Addresses that are no computer on the internet, or that lead to another address. */
const PRIVATE = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  // IPv6: unspecified, loopback and IPv4-compatible, NAT64, discard, Teredo, documentation, 6to4, unique local, link-local,
  // site-local, multicast. `isPrivate` reads IPv4-mapped addresses as IPv4.
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/32',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

const blocked = new BlockList();
for (const range of PRIVATE) {
  const [address, prefix] = range.split('/') as [string, string];
  blocked.addSubnet(address, Number(prefix), isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Whether an IP address belongs to this computer, to a private network, or to nobody. */
export function isPrivate(address: string): boolean {
  const ip = address.replace(/%.*/, '');
  if (!isIPv6(ip)) return blocked.check(ip, 'ipv4');
  // The URL parser writes every form of an IPv6 address in the shortest way: `::ffff:7f00:1`.
  const [, high, low] = /^\[::ffff:([\da-f]+):([\da-f]+)\]$/.exec(new URL(`http://[${ip}]`).hostname) ?? [];
  if (high === undefined || low === undefined) return blocked.check(ip, 'ipv6');
  const bytes = [high, low].flatMap(part => [parseInt(part, 16) >> 8, parseInt(part, 16) & 255]);
  return blocked.check(bytes.join('.'), 'ipv4');
}
