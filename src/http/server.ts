import {setMaxListeners} from 'node:events';
import {createServer, STATUS_CODES, type IncomingMessage, type ServerResponse} from 'node:http';
import {isIPv6, type AddressInfo, type Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {noRoute, RoomsError, statusOf} from '../rooms/errors.js';
import {forgetRest, requestOf} from './request.js';

export interface ServeOptions {
  /** Answers a request; `ip` is the address at the other end of the connection. What is no `Response` costs less. */
  fetch: (request: Request, caller: {ip?: string}) => Response | Answer | Promise<Response | Answer>;
  /** Takes a WebSocket over; false when it is not theirs to take. Without it nothing is upgraded. */
  upgrade?: Upgrade;
  /** Address to listen on; `127.0.0.1` unless told, so that only this machine gets in. */
  host?: string;
  /** Port to listen on; 0 for any that is free. */
  port: number;
  /** Told of faults that are nobody's but ours; the console unless told. */
  log?: (error: unknown) => void;
  limits?: Partial<ServeLimits>;
}

/** JSON in one piece, as it is before it becomes a `Response`; its length is told here. */
interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean | Promise<boolean>;

/** What a client may take of the server; times in ms. */
export interface ServeLimits {
  /** From the connection, or the end of the answer before, to the end of a request's headers; 10,000 unless told. */
  headers: number;
  /** The same to the end of its body; 30,000 unless told. */
  request: number;
  /** How long a connection may wait for its next request; 10,000 unless told. */
  keepAlive: number;
  /** How long a connection may carry no byte at all while one is due, as when its reader stalls; 60,000 unless told. */
  idle: number;
  /** Most bytes of a request's headers; 16 KiB unless told. */
  headerBytes: number;
  /** Most connections at one time, WebSockets among them; 4096 unless told. Who comes later is turned away. */
  connections: number;
  /** How long `close` waits for what is under way; 10,000 unless told. */
  grace: number;
}

export interface Served {
  /** Where it is, for a client on this machine. */
  url: string;
  port: number;
  /**
   * Takes no more requests and ends what is idle at once; done when those under way are answered and the WebSockets,
   * which are for others to close, are gone.
   */
  close(): Promise<void>;
}

const LIMITS: ServeLimits = {
  headers: 10_000,
  request: 30_000,
  keepAlive: 10_000,
  idle: 60_000,
  headerBytes: 16 * 1024,
  connections: 4096,
  grace: 10_000,
};

/** How long a client that is being turned away may go on sending, in ms, so that it gets to read why. */
const LINGER = 1000;

interface Connection {
  /** Answers that are due, in the order of their requests. */
  running: Set<ServerResponse>;
  /** Whether a request was answered on it. */
  answered: boolean;
  /** Whether it is a WebSocket now. */
  upgraded: boolean;
  /** Whether what it sends is read no more. */
  ending: boolean;
  /** Ends what is asked for on it, when it closes: one for each request costs as much as its headers. */
  gone: AbortController;
}

/**
 * An HTTP server on Node around a fetch handler. Every answer goes out with its length and in one piece; what is no
 * HTTP, too large or too slow is answered in the envelope of the Rooms API. Rejects with `misconfigured` when it cannot
 * listen where it was told to.
 */
export async function serve(options: ServeOptions): Promise<Served> {
  const {fetch, upgrade, host = '127.0.0.1', log = console.error} = options;
  const limits = {...LIMITS, ...options.limits};
  const connections = new Map<Duplex, Connection>();
  const soon = together();
  let closing: Promise<void> | undefined;

  const server = createServer(
    {
      headersTimeout: limits.headers,
      requestTimeout: limits.request,
      keepAliveTimeout: limits.keepAlive,
      maxHeaderSize: limits.headerBytes,
      connectionsCheckingInterval: Math.min(1000, limits.headers, limits.request),
      // It would be refused without a word; it is refused below with one.
      requireHostHeader: false,
    },
    (incoming, outgoing) => void receive(incoming, outgoing),
  );
  server.maxConnections = limits.connections;
  server.timeout = limits.idle;

  async function receive(incoming: IncomingMessage, outgoing: ServerResponse) {
    const connection = connections.get(incoming.socket)!;
    connection.running.add(outgoing);
    outgoing.on('close', () => {
      connection.running.delete(outgoing);
      connection.answered = true;
    });
    if (closing) outgoing.shouldKeepAlive = false;
    await new Promise<void>(resolve => soon(resolve));
    const request = requestOf(incoming, outgoing, connections.get(incoming.socket)?.gone.signal ?? AbortSignal.abort());
    if (!request) return send(outgoing, refusal(malformed('The request names no address.')));
    try {
      const ip = incoming.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '');
      const response = await fetch(request, {ip});
      forgetRest(request);
      await send(outgoing, response);
    } catch (error) {
      // A client that went away in the middle of its request is no fault of ours.
      if (!incoming.readableAborted) log(error);
      forgetRest(request);
      await send(outgoing, refusal(internal()));
    }
  }

  server.on('connection', (socket: Socket) => {
    const gone = new AbortController();
    // Requests may follow one another before any is answered, and each has listeners of its own.
    setMaxListeners(0, gone.signal);
    connections.set(socket, {running: new Set(), answered: false, upgraded: false, ending: false, gone});
    socket.on('close', () => {
      connections.delete(socket);
      gone.abort(GONE);
    });
  });

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const connection = connections.get(socket);
    // It is told again of each piece that comes after the first bad one.
    if (!connection || connection.ending) return;
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    connection.ending = true;
    const last = [...connection.running].at(-1);
    if (last?.req.complete) {
      // A body that no header declared, which reads as a broken request. The real one before it is owed its answer.
      last.shouldKeepAlive = false;
      (socket as Socket).destroySoon = () => linger(socket);
    } else if (connection.answered && !last && error.code === 'HPE_INVALID_METHOD') {
      // The same, come too late: an answer would be taken for the one to the client's next request.
      linger(socket);
    } else if (connection.running.size > 1) {
      // Answers are due before this one could be told.
      socket.destroy();
    } else {
      linger(socket, refusalOf(error.code));
    }
  });

  server.on('checkExpectation', (_, outgoing) => {
    const unmet = new RoomsError('invalid', 'This expectation cannot be met.', {status: 417, key: 'expect'});
    void send(outgoing, refusal(unmet));
  });
  server.on('connect', (_, socket) => linger(socket, noRoute('This is no proxy for connections.', 405)));
  if (upgrade) {
    server.on('upgrade', (request, socket, head) => {
      if (request.headers.upgrade?.toLowerCase() !== 'websocket') return downgrade(request, socket, head);
      void handOver(request, socket, head, upgrade);
    });
  }

  async function handOver(request: IncomingMessage, socket: Duplex, head: Buffer, upgrade: Upgrade) {
    const connection = connections.get(socket)!;
    socket.on('error', () => {}); // It may break before it has a new owner, and is closed then.
    try {
      connection.upgraded = !closing;
      connection.upgraded &&= await upgrade(request, socket, head);
      if (!connection.upgraded) linger(socket, noRoute('No WebSocket is here.'));
    } catch (error) {
      log(error);
      connection.upgraded = false;
      linger(socket, internal());
    }
  }

  /** Serves a request as what it is, as HTTP allows, when it offers to become what we do not speak: HTTP/2 mostly. */
  function downgrade({method, url, httpVersion, rawHeaders}: IncomingMessage, socket: Duplex, head: Buffer) {
    let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
    for (let i = 0; i < rawHeaders.length; i += 2) {
      if (rawHeaders[i]!.toLowerCase() !== 'upgrade') text += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
    }
    socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]));
    server.emit('connection', socket);
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
 * Runs what became due in one turn of Node's loop together, at the end of that turn, and not each by itself as it came:
 * so each step is done for all of them, while it is still warm, before the next one. Under load that is a third of the
 * work of a server, since code that is fetched anew for each request costs more than it does; alone, nothing waits.
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

/** Who started this process, asked for at once: later it may be gone. */
const PARENT = process.ppid;

/**
 * Resolves when this process is told to stop, for the first time; to be told again changes nothing. Call it before
 * anybody hears that the process is ready, since until then the first word ends it.
 */
export function toldToStop(): Promise<void> {
  return new Promise(stop => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop());
    // When npm is told to stop it ends the shell between us, and that shell tells nobody.
    if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== PARENT && stop(), 200).unref();
  });
}

const GONE = new RoomsError('aborted', 'The connection was closed.');

/** Where `roomsApp` leaves the bytes of an answer: to read them back from a stream costs more than to send them. */
const BODY = Symbol.for('greenroom.body');

/** Clients of the real platform parse each chunk by itself, so an answer has its length and is written at once. */
async function send(outgoing: ServerResponse, response: Response | Answer) {
  if (!('arrayBuffer' in response)) return sendAnswer(outgoing, response);
  const {status, headers} = response;
  const {[BODY]: written} = response as {[BODY]?: Uint8Array};
  const body = written ?? (response.body && Buffer.from(await response.arrayBuffer()));
  const lines = [...headers].filter(([name]) => name !== 'content-length' || !body);
  const silent = outgoing.req.method === 'HEAD' || isBodiless(status);
  if (body || (!silent && !headers.has('content-length'))) {
    lines.push(['content-length', String(body?.length ?? 0)]);
  }
  outgoing.writeHead(status, lines.flat());
  outgoing.end(body);
}

function sendAnswer(outgoing: ServerResponse, {status, headers, text}: Answer) {
  const bodiless = isBodiless(status);
  const length = bodiless ? undefined : {'content-length': String(Buffer.byteLength(text))};
  outgoing.writeHead(status, {...headers, ...length});
  outgoing.end(bodiless ? undefined : text);
}

const isBodiless = (status: number) => status === 204 || status === 304;

/** Says why, if there is anything to say, and ends a connection; what still comes in is read and forgotten. */
function linger(socket: Duplex, error?: RoomsError) {
  socket.on('error', () => {}); // It is over either way.
  if (error) {
    const {status, headers, body} = refusalParts(error);
    const lines = Object.entries({...headers, connection: 'close'}).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  } else {
    socket.end();
  }
  socket.resume();
  const impatience = setTimeout(() => socket.destroy(), LINGER).unref();
  socket.on('close', () => clearTimeout(impatience));
}

function refusalParts(error: RoomsError) {
  const {result, message, desc} = error;
  const body = JSON.stringify({result, error: message, desc});
  const length = String(Buffer.byteLength(body));
  const headers = {'content-type': 'application/json', 'content-length': length, 'cache-control': 'no-store'};
  return {status: statusOf(error), headers, body};
}

/** An error as the envelope of the Rooms API. */
export function refusal(error: RoomsError): Response {
  const {status, headers, body} = refusalParts(error);
  return new Response(body, {status, headers});
}

const internal = () => new RoomsError('internal', 'Something went wrong on our side.');

const malformed = (desc: string) =>
  new RoomsError('invalid', 'This is no HTTP request.', {result: 10215, status: 400, desc});

function refusalOf(code?: string): RoomsError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new RoomsError('invalid', 'The headers are too large.', {
        result: 10217,
        status: 431,
        desc: 'Send fewer or shorter headers.',
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RoomsError('timeout', 'The request came too slowly.', {status: 408, desc: 'Send all of it at once.'});
    default:
      return malformed('Send HTTP/1.1.');
  }
}

function notListening(error: NodeJS.ErrnoException, host: string, port: number): RoomsError {
  const sentences: Record<string, [message: string, desc: string]> = {
    EADDRINUSE: [`Port ${port} of ${host} is taken.`, 'Stop what uses it or choose another port.'],
    EACCES: [`Port ${port} of ${host} is not ours to use.`, 'Choose a port from 1024 on.'],
    EADDRNOTAVAIL: [`This machine has no address ${host}.`, 'Choose one it has, such as 127.0.0.1.'],
    ENOTFOUND: [`There is no host ${host}.`, 'Name an address of this machine, such as 127.0.0.1.'],
  };
  const [message, desc] = sentences[error.code ?? ''] ?? [`Cannot listen on port ${port} of ${host}.`, error.message];
  return new RoomsError('misconfigured', message, {desc, cause: error});
}
