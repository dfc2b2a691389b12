import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {TestContext} from 'node:test';
import {text} from 'node:stream/consumers';

/** One request, as it came over HTTP. */
export interface Recorded {
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

type Answer = {status?: number; body?: unknown; headers?: Record<string, string>};
type Reply = (request: Recorded) => Answer | Promise<Answer>;

export interface Recorder {
  url: string;
  /** Every request so far, in order. */
  requests: Recorded[];
  /** Answers from now on, and returns what answered before. An answer is JSON, unless its body is text. */
  answer: (reply: Reply) => Reply;
}

/** A server in a vendor's place, which writes down what it is asked. It listens on this machine and stops after the test. */
export async function recorder(t: TestContext): Promise<Recorder> {
  const requests: Recorded[] = [];
  let reply: Reply = () => ({body: {}});
  const server = createServer(async (incoming, outgoing) => {
    const {method = '', url: path = '', headers} = incoming;
    const request = {method, path, headers, body: await text(incoming)};
    requests.push(request);
    const {status = 200, body = '', headers: sent} = await reply(request);
    const written = typeof body === 'string' ? body : JSON.stringify(body);
    outgoing.writeHead(status, {'content-type': 'application/json', ...sent}).end(written);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const {port} = server.address() as AddressInfo;
  const answer = (next: Reply) => {
    const before = reply;
    reply = next;
    return before;
  };
  return {url: `http://127.0.0.1:${port}`, requests, answer};
}

/** The requests that a function sends, and no others. */
export async function sentBy(requests: Recorded[], run: () => Promise<unknown>): Promise<Recorded[]> {
  requests.length = 0;
  await run();
  return [...requests];
}

/** The claims of a JWT, unverified. */
export const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
