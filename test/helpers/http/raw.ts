import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import type {TestContext} from 'node:test';

/** Longest wait for data, in ms. */
const PATIENCE = 20_000;

/** A TCP connection, and the data that it has received. */
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

  /** Writes lines with CRLF between them. A last empty string ends the last line. */
  send(...lines: string[]) {
    this.socket.write(lines.join('\r\n'));
    return this;
  }

  async until(pattern: RegExp) {
    const signal = AbortSignal.timeout(PATIENCE);
    while (!pattern.test(this.text)) await once(this.socket, 'data', {signal});
  }
}

/** The status of each answer in the data of a connection. */
export const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

/** The JSON body of the only answer. */
export const bodyOf = (text: string) => JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as Record<string, unknown>;

/** A promise, and the function that resolves it. */
export function gate() {
  let open = () => {};
  const opened = new Promise<void>(resolve => (open = resolve));
  return {opened, open};
}
