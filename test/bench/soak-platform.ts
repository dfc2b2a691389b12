import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {createWriteStream} from 'node:fs';
import {freePort} from '../helpers/http/free-port.js';
import {tcpProxy} from '../helpers/platform/tcp-proxy.js';
import {greenroom} from './greenroom.js';

export const APP = {APP_ID: 'soak', APP_KEY: 'soak-key'};

/** Runs in the platform's process. It answers each message with what the process holds, after a garbage collection. */
const WATCH = `process.on('message', () => {
  gc();
  const sockets = process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap').length;
  process.send({heap: process.memoryUsage().heapUsed, sockets});
});
process.channel.unref();`;

/** How long a process may take to start, with its database away for a while, in ms. */
const START = 60_000;

/** What a process holds. */
export interface Held {
  /** Bytes of the heap in use. */
  heap: number;
  sockets: number;
}

type Proxy = Awaited<ReturnType<typeof tcpProxy>>;

/** One `greenroom platform`. A proxy is between it and its visitors, and another one between it and its database. */
export class SoakPlatform {
  readonly name: string;
  /** Where visitors reach it. It stays the same over restarts. */
  readonly origin: string;
  readonly visitors: Proxy;
  readonly database: Proxy;
  /** How the process has ended, each time that nobody had asked for it. */
  readonly crashes: string[] = [];
  #port: number;
  #place: string;
  #log: string;
  #child?: ChildProcess;
  #told = false;

  private constructor(name: string, at: {port: number; place: string; log: string}, proxies: [Proxy, Proxy]) {
    this.name = name;
    this.#port = at.port;
    this.#place = at.place;
    this.#log = at.log;
    [this.visitors, this.database] = proxies;
    this.origin = `http://127.0.0.1:${this.visitors.port}`;
  }

  /** Starts a platform on a Postgres database. Its log goes into a file. It ends with `t`. */
  static async start(t: {after(end: () => unknown): void}, name: string, place: string, log: string) {
    const address = new URL(place);
    const database = await tcpProxy(t, {host: address.hostname, port: Number(address.port || 5432)});
    address.host = `127.0.0.1:${database.port}`;
    const port = await freePort();
    const visitors = await tcpProxy(t, {host: '127.0.0.1', port});
    const platform = new SoakPlatform(name, {port, place: address.href, log}, [visitors, database]);
    t.after(() => platform.stop('SIGKILL'));
    await platform.start();
    return platform;
  }

  /** Starts the process, again and again as a supervisor does: it refuses to start while its database is away. */
  async start() {
    const end = performance.now() + START;
    while (!(await this.#begin())) {
      if (performance.now() > end) throw new Error(`${this.name} does not start. Its last words are in ${this.#log}.`);
    }
  }

  /** Returns false if the process ends before it serves. */
  async #begin(): Promise<boolean> {
    const args = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(WATCH)}`, ...greenroom()];
    const child = spawn(
      process.execPath,
      [...args, 'platform', '--port', String(this.#port), '--drain', '1', '--connections-per-address', '0'],
      {env: {...process.env, ...APP, DATABASE_URL: this.#place}, stdio: ['ignore', 'pipe', 'pipe', 'ipc']},
    );
    child.stderr!.pipe(createWriteStream(this.#log, {flags: 'a'}));
    const ended = once(child, 'exit');
    let said = '';
    while (!/Try it/.test(said)) {
      const [text] = (await Promise.race([once(child.stdout!, 'data'), ended])) as [unknown];
      if (!(text instanceof Buffer)) return false;
      said += text.toString();
    }
    this.#child = child;
    this.#told = false;
    child.once('exit', (code, signal) => {
      if (!this.#told || (code !== 0 && signal !== 'SIGKILL')) this.crashes.push(`${this.name}: ${code ?? signal}`);
    });
    return true;
  }

  /** Ends the process with a signal, and waits until it has ended. */
  async stop(signal: 'SIGTERM' | 'SIGKILL') {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    this.#told = true;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** Stops the process as an overloaded machine does: it holds all that it has, and does nothing. */
  freeze() {
    this.#child!.kill('SIGSTOP');
  }

  thaw() {
    this.#child!.kill('SIGCONT');
  }

  async held(): Promise<Held> {
    const told = once(this.#child!, 'message');
    this.#child!.send('tell');
    return ((await told) as [Held])[0];
  }
}
