import {createServer, IncomingMessage, STATUS_CODES, type ServerResponse} from 'node:http';
import {isIPv6, type AddressInfo, type Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {getRequestListener, type HttpBindings} from '@hono/node-server';
import {RESPONSE_ALREADY_SENT} from '@hono/node-server/utils/response';
import {statusOf} from '../rooms/codes.js';
import {RoomsError} from '../rooms/errors.js';
import {noRoute, resultOf} from '../rooms/results.js';
import {ConnectionLimit} from './connection-limit.js';
import {checkHost, noHost, notHttp, takeHealthCheck} from './host.js';
import {withoutPrefix} from './network.js';
import {internal, isBodiless, lengthChecked, type Answer} from './routes.js';
import {DEFAULT_LIMITS, type ServeLimits} from './server-limits.js';

export interface ServeOptions {
  /**
   * Answers a request. `ip` is the address at the other end of the connection. In `bench:proxy` a token as an `Answer`
   * takes 285 µs of CPU, as a `Response` 435 µs.
   */
  fetch: (request: Request, caller: {ip?: string}) => Response | Answer | Promise<Response | Answer>;
  /** Takes over a WebSocket; returns false if there is none at this path. @default no request is upgraded */
  upgrade?: Upgrade | undefined;
  /** Address to listen on. The default lets in only this machine. @default '127.0.0.1' */
  host?: string | undefined;
  /** Port to listen on; 0 for any free port. */
  port: number;
  /** Called with errors that are the server's own fault. @default console.error */
  log?: ((error: unknown) => void) | undefined;
  /**
   * The names of hosts, without a port, whose requests are answered, beside those of this machine. All others get 421.
   * Health checks are answered for any host, and without one.
   *
   * @default any host
   */
  hosts?: string[] | undefined;
  limits?: Partial<ServeLimits> | undefined;
  /** Written before the text of errors that the server itself reports, as platforms do. @default '' */
  errorPrefix?: string | undefined;
}

/** `known` is for the moment when the visitor has shown a valid token: their connection no longer counts as a stranger's. */
type Upgrade = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  known: () => void,
) => boolean | Promise<boolean>;

export interface Served {
  /** The address for a client on this machine. */
  url: string;
  port: number;
  /**
   * Stops taking requests and closes idle connections at once. Resolves when the requests under way are answered and
   * the WebSockets are gone. The code that upgraded the WebSockets must close them.
   */
  close(): Promise<void>;
}

/** How long a refused client may go on sending, in ms. If the connection closed at once, it could not read why. */
const LINGER = 1000;

interface Connection {
  /** Answers under way, in the order of their requests. */
  running: Set<ServerResponse>;
  /** Whether a request was answered on it. */
  answered: boolean;
  /** Whether it is a WebSocket now. */
  upgraded: boolean;
  /** Whether the server has stopped reading from it. */
  ending: boolean;
  /** Stops counting it among the connections of its address. */
  known: () => void;
}

/**
 * A request that is an upgrade only if it asks for a WebSocket. With any other protocol, mostly HTTP/2, Node does the same
 * as when nobody listens for upgrades: it serves the request as HTTP/1.1 on the same connection.
 */
class Incoming extends IncomingMessage {
  /** What the parser found: whether the request asks for any upgrade. */
  declare private asked: boolean;

  get upgrade() {
    return this.asked && (this.method === 'CONNECT' || this.headers.upgrade?.toLowerCase() === 'websocket');
  }
  set upgrade(asked) {
    this.asked = asked;
  }
}

/**
 * Runs a fetch handler as an HTTP server on Node. Every answer is sent in one piece, with its length. A request that is
 * not HTTP, too large or too slow is refused in the envelope of the Rooms API. Rejects with `misconfigured` if it cannot
 * listen at this address.
 *
 * @example
 * const {url, close} = await serve({port: 8787, fetch: request => Response.json({url: request.url})});
 */
export async function serve(options: ServeOptions): Promise<Served> {
  const {fetch, upgrade, host = '127.0.0.1', hosts, log = console.error, errorPrefix} = options;
  const limits = {...DEFAULT_LIMITS, ...options.limits};
  const connections = new Map<Duplex, Connection>();
  const addresses = new ConnectionLimit(limits.perAddress);
  const soon = together();
  let closing: Promise<void> | undefined;
  const badAddress = () => refusal(noHost(), errorPrefix);
  const listener = getRequestListener((request, env) => answer(request, env as HttpBindings), {
    overrideGlobalObjects: false,
    errorHandler: badAddress,
  });

  const server = createServer(
    {
      headersTimeout: limits.headers,
      requestTimeout: limits.request,
      keepAliveTimeout: limits.keepAlive,
      maxHeaderSize: limits.headerBytes,
      IncomingMessage: Incoming,
      connectionsCheckingInterval: Math.min(1000, limits.headers, limits.request),
      // Node would refuse a request without a host with an empty answer. `badAddress` says what is wrong.
      requireHostHeader: false,
    },
    (incoming, outgoing) => {
      const connection = connections.get(incoming.socket)!;
      connection.running.add(outgoing);
      outgoing.on('close', () => {
        connection.running.delete(outgoing);
        connection.answered = true;
      });
      if (closing) outgoing.shouldKeepAlive = false;
      soon(() => {
        if (!incoming.socket.destroyed) receive(incoming, outgoing);
      });
    },
  );
  server.maxConnections = limits.connections;
  // `headerBytes` is the limit. Above a number of headers some versions of Node drop the rest without a word.
  server.maxHeadersCount = 0;
  server.timeout = limits.idle;

  function receive(incoming: IncomingMessage, outgoing: ServerResponse) {
    try {
      if (!takeHealthCheck(incoming)) checkHost(incoming, hosts);
      void listener(incoming, outgoing);
    } catch (error) {
      void send(outgoing, refusal(error as RoomsError, errorPrefix));
    }
  }

  async function answer(request: Request, {incoming, outgoing}: HttpBindings): Promise<Response> {
    try {
      // Node refuses a request with a length and chunks, and reads no more of a body than its length.
      lengthChecked.add(request);
      const {remoteAddress} = incoming.socket;
      const ip = remoteAddress && withoutPrefix(remoteAddress);
      await send(outgoing, await fetch(request, {ip}));
    } catch (error) {
      // A client that leaves in the middle of its request is not our fault.
      if (!incoming.readableAborted) log(error);
      await send(outgoing, refusal(internal(), errorPrefix));
    }
    return RESPONSE_ALREADY_SENT;
  }

  server.on('connection', (socket: Socket) => {
    // An address is missing only when the client is gone already.
    const known = addresses.take(socket.remoteAddress ?? '::');
    if (!known) return void socket.destroy();
    connections.set(socket, {running: new Set(), answered: false, upgraded: false, ending: false, known});
    socket.on('close', () => {
      known();
      // Node tells only the first of several answers under way. The others must end with the connection, too.
      for (const outgoing of connections.get(socket)?.running ?? []) if (!outgoing.socket) outgoing.emit('close');
      connections.delete(socket);
    });
  });

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const connection = connections.get(socket);
    // The event comes again for each piece of data after the first bad one.
    if (!connection || connection.ending) return;
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    connection.ending = true;
    const last = [...connection.running].at(-1);
    if (last?.req.complete) {
      // A body that no header declared looks like a broken request. The real request before it still gets its answer.
      last.shouldKeepAlive = false;
      (socket as Socket).destroySoon = () => linger(socket);
    } else if (connection.answered && !last && error.code === 'HPE_INVALID_METHOD') {
      // The same, after the answer: the client would take another answer for the one to its next request.
      linger(socket);
    } else if (connection.running.size > 1) {
      // Other answers must come first, so this refusal cannot be sent.
      socket.destroy();
    } else {
      linger(socket, refusalOf(error.code), errorPrefix);
    }
  });

  server.on('checkExpectation', (_, outgoing) => {
    const unmet = new RoomsError('invalid', 'This expectation cannot be met.', {status: 417, key: 'expect'});
    void send(outgoing, refusal(unmet, errorPrefix));
  });
  server.on('connect', (_, socket) => linger(socket, noRoute('CONNECT is not supported.', 405), errorPrefix));
  if (upgrade) {
    server.on('upgrade', (request, socket, head) => void handOver(request, socket, head, upgrade));
  }

  async function handOver(request: IncomingMessage, socket: Duplex, head: Buffer, upgrade: Upgrade) {
    const connection = connections.get(socket)!;
    socket.on('error', () => {}); // If it breaks before somebody has taken it over, it is closed.
    try {
      checkHost(request, hosts);
    } catch (error) {
      return linger(socket, error as RoomsError, errorPrefix);
    }
    try {
      connection.upgraded = !closing;
      connection.upgraded &&= await upgrade(request, socket, head, connection.known);
      if (!connection.upgraded) linger(socket, noRoute('There is no WebSocket at this path.'), errorPrefix);
    } catch (error) {
      log(error);
      connection.upgraded = false;
      linger(socket, internal(), errorPrefix);
    }
  }

  function close() {
    return (closing ??= new Promise(done => {
      const impatience = setTimeout(() => {
        for (const socket of connections.keys()) socket.destroy();
      }, limits.grace);
      server.close(() => {
        clearTimeout(impatience);
        done();
      });
      for (const [socket, {running, upgraded}] of connections) {
        const last = [...running].at(-1);
        if (last) last.shouldKeepAlive = false;
        else if (!upgraded) (socket as Socket).destroySoon();
      }
    }));
  }

  await new Promise<void>((listening, failed) => {
    server.once('error', error => failed(notListening(error, host, options.port)));
    server.listen(options.port, host, listening);
  });
  server.on('error', log);
  const {port} = server.address() as AddressInfo;
  const local = {'0.0.0.0': '127.0.0.1', '::': '::1'}[host] ?? host;
  return {url: `http://${isIPv6(local) ? `[${local}]` : local}:${port}`, port, close};
}

/**
 * Collects tasks and runs them at the end of the current turn of the event loop, one after the other. The same step of
 * many requests then finds its code in the CPU's caches. In `bench:proxy` a token through server and transport takes
 * 230 µs of CPU with it and 392 µs without. A task that is alone does not wait.
 */
export function together(): (task: () => void) => void {
  let due: (() => void)[] = [];
  const run = () => {
    const tasks = due;
    due = [];
    for (const task of tasks) task();
  };
  return task => {
    if (due.push(task) === 1) setImmediate(run);
  };
}

/** Clients of the real platform parse each chunk by itself, so an answer is written at once, with its length. */
async function send(outgoing: ServerResponse, response: Response | Answer) {
  if (!('arrayBuffer' in response)) return sendAnswer(outgoing, response);
  const {status, headers} = response;
  const body = response.body && Buffer.from(await response.arrayBuffer());
  const lines = [...headers].filter(([name]) => name !== 'content-length' || !body);
  const hasNoBody = outgoing.req.method === 'HEAD' || isBodiless(status);
  if (body || (!hasNoBody && !headers.has('content-length'))) {
    lines.push(['content-length', String(body?.length ?? 0)]);
  }
  outgoing.writeHead(status, lines.flat());
  outgoing.end(body);
}

function sendAnswer(outgoing: ServerResponse, {status, headers, text}: Answer) {
  const length = isBodiless(status) ? undefined : {'content-length': String(Buffer.byteLength(text))};
  outgoing.writeHead(status, {...headers, ...length});
  outgoing.end(isBodiless(status) ? undefined : text);
}

/** Ends a connection, with a refusal if there is one. What the client still sends is read and dropped. */
function linger(socket: Duplex, error?: RoomsError, prefix?: string) {
  socket.on('error', () => {}); // It is closed either way.
  if (error) {
    const {status, headers, body} = refusalParts(error, prefix);
    const lines = Object.entries({...headers, connection: 'close'}).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  } else {
    socket.end();
  }
  socket.resume();
  const impatience = setTimeout(() => socket.destroy(), LINGER).unref();
  socket.on('close', () => clearTimeout(impatience));
}

function refusalParts(error: RoomsError, prefix = '') {
  const {message, desc, retryAfter} = error;
  const body = JSON.stringify({result: resultOf(error), error: prefix + message, desc});
  const length = String(Buffer.byteLength(body));
  const headers = {
    'content-type': 'application/json',
    'content-length': length,
    'cache-control': 'no-store',
    ...(retryAfter && {'retry-after': String(retryAfter)}),
  };
  return {status: statusOf(error), headers, body};
}

/** An error as the envelope of the Rooms API; `prefix` is written before its text. */
export function refusal(error: RoomsError, prefix?: string): Response {
  const {status, headers, body} = refusalParts(error, prefix);
  return new Response(body, {status, headers});
}

function refusalOf(code?: string): RoomsError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new RoomsError('invalid', 'The headers are too large.', {
        result: 19006,
        status: 431,
        desc: 'Send fewer or shorter headers.',
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RoomsError('timeout', 'The request came too slowly.', {
        status: 408,
        desc: 'Send the whole request at once.',
      });
    default:
      return notHttp('Send HTTP/1.1.');
  }
}

function notListening(error: NodeJS.ErrnoException, host: string, port: number): RoomsError {
  const sentences: Record<string, [message: string, desc: string]> = {
    EADDRINUSE: [`Port ${port} of ${host} is taken.`, 'Stop the program that uses it, or choose another port.'],
    EACCES: [`You may not use port ${port} of ${host}.`, 'Choose a port from 1024 on.'],
    EADDRNOTAVAIL: [`This machine has no address ${host}.`, 'Choose one that it has, such as 127.0.0.1.'],
    ENOTFOUND: [`There is no host ${host}.`, 'Name an address of this machine, such as 127.0.0.1.'],
  };
  const [message, desc] = sentences[error.code ?? ''] ?? [`Cannot listen on port ${port} of ${host}.`, error.message];
  return new RoomsError('misconfigured', message, {desc, cause: error});
}
