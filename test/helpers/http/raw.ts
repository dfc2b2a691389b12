import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import type {TestContext} from 'node:test';

/** How long a test waits for what does not come, in ms. */
const PATIENCE = 20_000;

/** A bare connection, and what came over it so far. */
export class Raw {
  readonly socket: Socket;
  readonly chunks: string[] = [];
  readonly closed: Promise<void>;

  constructor(t: TestContext, {port}: {port: number}) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setNoDelay();
    this.socket.on('data', data => this.chunks.push(data.toString()));
    this.socket.on('error', () => {}); // A test that expects more than the close will notice.
    this.closed = new Promise(resolve => this.socket.on('close', () => resolve()));
    t.after(() => this.socket.destroy());
  }

  get text() {
    return this.chunks.join('');
  }

  /** Writes lines as HTTP ends them; for an end after the last one, the last is empty. */
  send(...lines: string[]) {
    this.socket.write(lines.join('\r\n'));
    return this;
  }

  async until(pattern: RegExp) {
    const signal = AbortSignal.timeout(PATIENCE);
    while (!pattern.test(this.text)) await once(this.socket, 'data', {signal});
  }
}

/** The status of each answer in what came over a connection. */
export const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

/** The body of the only answer, from JSON. */
export const bodyOf = (text: string) => JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as Record<string, unknown>;

/** A moment to wait for, and the way to bring it about. */
export function gate() {
  let open = () => {};
  const opened = new Promise<void>(resolve => (open = resolve));
  return {opened, open};
}
