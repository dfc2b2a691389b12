import {once} from 'node:events';
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';
import type {TestContext} from 'node:test';

/**
 * What happens to one request. `ask` passes it to the target and resolves with the whole answer, as bytes. The fault
 * decides what `client` gets. The connection is not used for another request.
 */
export type Fault = (client: Socket, ask: () => Promise<Buffer>) => unknown;

export interface FaultProxy {
  /** Its address: `127.0.0.1:port`. */
  host: string;
  /** Method and path of each request that came, in order. */
  requests: string[];
  /** The next `times` requests whose method and path match meet the fault; others pass. */
  break(when: RegExp, fault: Fault, times?: number): void;
  /** Refuses connections until `mend`. */
  refuse(): Promise<void>;
  /** Ends the fault. */
  mend(): Promise<void>;
}

/** A TCP proxy in front of an HTTP server at `target` (`host:port`) that breaks what passes through. */
export async function faultProxy(t: TestContext, target: string): Promise<FaultProxy> {
  const clients = new Set<Socket>();
  const requests: string[] = [];
  let broken: {when: RegExp; fault: Fault; left: number} | undefined;

  const server = createServer(client => {
    clients.add(client);
    client.on('close', () => clients.delete(client)).on('error', () => {});
    let sent = Buffer.alloc(0);
    let spoilt = false;
    client.on('data', (chunk: Buffer) => {
      sent = Buffer.concat([sent, chunk]);
      const end = endOf(sent);
      if (spoilt || end === undefined) return;
      const request = sent.subarray(0, end);
      sent = sent.subarray(end);
      const line = /^\S+ \S+/.exec(request.toString('latin1'))![0];
      requests.push(line);
      const ask = () => exchange(target, request);
      if (broken?.when.test(line) && broken.left-- > 0) {
        spoilt = true;
        void broken.fault(client, ask);
      } else {
        void ask().then(reply => client.write(reply));
      }
    });
  });

  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const hangUp = () => clients.forEach(client => client.destroy());
  await listen(0);
  const {port} = server.address() as AddressInfo;
  t.after(() => {
    server.close();
    hangUp();
  });
  return {
    host: `127.0.0.1:${port}`,
    requests,
    break: (when, fault, times = Infinity) => void (broken = {when, fault, left: times}),
    async refuse() {
      server.close();
      hangUp();
      await once(server, 'close');
    },
    async mend() {
      broken = undefined;
      if (!server.listening) await listen(port);
    },
  };
}

/** The length of the first HTTP message in `bytes`; undefined while it is not complete. */
function endOf(bytes: Buffer): number | undefined {
  const head = bytes.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.subarray(0, head).toString('latin1'));
  const end = head + 4 + Number(length?.[1] ?? 0);
  return bytes.length < end ? undefined : end;
}

async function exchange(target: string, request: Buffer): Promise<Buffer> {
  const [host, port] = target.split(':');
  const socket = connect(Number(port), host);
  socket.write(request);
  let got = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    got = Buffer.concat([got, chunk]);
    if (endOf(got) !== undefined) break;
  }
  return got;
}

/** An HTTP reply as bytes; the connection ends with it. */
export function reply(status: number, body: string | Buffer = '', headers: Record<string, string> = {}): Buffer {
  const bytes = Buffer.from(body);
  const all = {'content-type': 'application/json', 'content-length': String(bytes.length), ...headers};
  const lines = Object.entries({...all, connection: 'close'}).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Said\r\n${lines.join('')}\r\n`), bytes]);
}

/** Sends this answer. The target gets no request. */
export const answering =
  (...said: Parameters<typeof reply>): Fault =>
  client =>
    client.end(reply(...said));

/** The fault happens after the target has done what it was asked. */
export const afterwards =
  (fault: Fault): Fault =>
  async (client, ask) => {
    const answer = ask();
    await answer;
    return fault(client, () => answer);
  };

export const silence: Fault = () => {};
export const reset: Fault = client => client.resetAndDestroy();

/** Half of the answer, and nothing more. */
export const stall: Fault = async (client, ask) => {
  const bytes = await ask();
  client.write(bytes.subarray(0, bytes.length - 20));
};

/** Half of the answer, then a reset. */
export const cut: Fault = async (client, ask) => {
  const bytes = await ask();
  client.write(bytes.subarray(0, bytes.length - 20), () => client.resetAndDestroy());
};

/** The whole answer, in packets of `size` bytes. */
export const sliced =
  (size: number): Fault =>
  async (client, ask) => {
    const bytes = await ask();
    client.setNoDelay(true);
    for (let at = 0; at < bytes.length; at += size) {
      await new Promise(sent => client.write(bytes.subarray(at, at + size), sent));
      await new Promise(setImmediate);
    }
    client.end();
  };
