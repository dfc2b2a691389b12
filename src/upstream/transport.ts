import type {Exchange} from '../http/client.js';
import {isLoopback} from '../http/host.js';
import {withDeadline} from '../rooms/deadline.js';
import {RoomsError} from '../rooms/errors.js';

/** Most bytes of a reply of the platform, unpacked. */
const MAX_REPLY = 1024 * 1024;
/** Most bytes of a list of rooms, unpacked. */
const MAX_LIST = 8 * 1024 * 1024;

/** Most bytes of the reply to a call. They are counted after unpacking: 200 KB packed can be 200 MB. */
export const replyLimit = (method: string, {pathname}: URL) =>
  /^get$/i.test(method) && pathname.endsWith('/rooms') ? MAX_LIST : MAX_REPLY;

/** Throws `bad_reply` for a redirect: it would carry the body, or credentials, to another server. */
export function refuseRedirect(status: number) {
  if (status >= 300 && status < 400) throw new RoomsError('bad_reply', `The platform redirects (status ${status}).`);
}

/**
 * Carries calls over `fetch`, and limits how long a reply may be. It never retries.
 *
 * @default the `fetch` of the runtime
 */
export function fetchTransport(send: (request: Request) => Promise<Response> = request => fetch(request)): Exchange {
  return (url, {method, signal, timeout, headers, ...sent}) =>
    withDeadline({timeout, signal}, async signal => {
      const {body, type} = bodyOf(sent);
      const request = new Request(url, {
        method: method.toUpperCase(),
        signal,
        body,
        headers: {...headers, ...type},
        redirect: 'manual',
      });
      const response = await send(request);
      // Some runtimes hide the status of a redirect.
      refuseRedirect(response.type === 'opaqueredirect' ? 302 : response.status);
      const {status, headers: received} = response;
      const text = await readText(response.body ?? [], replyLimit(method, url));
      return {status, headers: received, text};
    });
}

/** The body of a call as text, and the header with its type; neither if there is no body. */
export function bodyOf({json, form}: {json?: unknown; form?: URLSearchParams}) {
  if (form) return {body: String(form), type: {'content-type': 'application/x-www-form-urlencoded'}};
  if (json === undefined) return {};
  return {body: JSON.stringify(json), type: {'content-type': 'application/json'}};
}

/** Reads a body to its end. Throws `bad_reply`, which also ends the reply, when it is longer than `limit` bytes. */
export async function readText(body: unknown, limit: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > limit) throw new RoomsError('bad_reply', `The reply is longer than ${limit} bytes.`);
    text += decoder.decode(chunk, {stream: true});
  }
  return text + decoder.decode();
}

/** Whether others on the network can read what is sent to this address: it is http, and on another machine. */
export const isCleartext = ({protocol, hostname}: URL) => protocol === 'http:' && !isLoopback(hostname);

/** Throws `misconfigured` in a page, where everybody could read the key of the application. */
export function checkServer() {
  const {document, process} = globalThis as {document?: unknown; process?: {versions?: {node?: string}}};
  // Tests may give a server a document. They cannot hide Node.
  if (document === undefined || process?.versions?.node !== undefined) return;
  const message = 'greenroom/proxy runs on a server: in a page everybody could read the key of the application.';
  throw new RoomsError('misconfigured', message, {desc: 'Give the elements the endpoint of a token proxy.'});
}

/**
 * Throws `misconfigured` for an address that would show the credentials to others on the network. `httpRooms` refuses
 * what is not an address.
 */
export function checkEndpoint(endpoint: string | URL) {
  checkServer();
  if (!URL.canParse(String(endpoint)) || !isCleartext(new URL(endpoint))) return;
  throw new RoomsError('misconfigured', 'The platform must be reached over https, unless it is on this machine.', {
    key: 'endpoint',
    desc: 'With http, others on the network can read the application’s key.',
  });
}
