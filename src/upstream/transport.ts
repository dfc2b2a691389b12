import {limited, type Exchange} from '../http/client.js';
import {RoomsError} from '../rooms/errors.js';

/** Most bytes of one reply of the platform, unpacked. */
const MAX_REPLY = 1024 * 1024;
/** Most bytes of a list of rooms, unpacked. */
const MAX_LIST = 8 * 1024 * 1024;

/** How many bytes the reply to a call may have; counted as they are after unpacking, since 200 KB can hold 200 MB. */
export const capOf = (method: string, {pathname}: URL) =>
  /^get$/i.test(method) && pathname.endsWith('/rooms') ? MAX_LIST : MAX_REPLY;

/** Says that a reply is longer than anybody's answer. */
export const tooLong = (cap: number) => new RoomsError('bad_reply', `The reply is longer than ${cap} bytes.`);

/** A redirect is a fault, wherever it leads: it would carry a body, or credentials, to somebody else. */
export function refuseRedirect(status: number) {
  if (status >= 300 && status < 400) throw new RoomsError('bad_reply', `The platform redirects (status ${status}).`);
}

/**
 * Carries calls over `fetch`, the runtime's own or one like it, with the cap on what comes back. What may be done again
 * is not decided here.
 */
export function overFetch(send: (request: Request) => Promise<Response> = request => fetch(request)): Exchange {
  return (url, {method, signal, timeout, json, headers}) =>
    limited(timeout, signal, async signal => {
      const body = json === undefined ? undefined : JSON.stringify(json);
      const sent = body === undefined ? headers : {...headers, 'content-type': 'application/json'};
      const request = new Request(url, {method: method.toUpperCase(), signal, body, headers: sent, redirect: 'manual'});
      const response = await send(request);
      // A runtime that hides where a redirect leads hides its status, too.
      refuseRedirect(response.type === 'opaqueredirect' ? 302 : response.status);
      const {status, headers: told} = response;
      return {status, headers: told, text: await counted(response, capOf(method, url))};
    });
}

async function counted({body}: Response, cap: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  // Leaving the loop by an error ends the reply: nobody reads on what is thrown away.
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > cap) throw tooLong(cap);
    text += decoder.decode(chunk, {stream: true});
  }
  return text + decoder.decode();
}

/** Whether what is sent to an address can be read on the way: it goes over http, and leaves this machine. */
export const isOpen = ({protocol, hostname}: URL) =>
  protocol === 'http:' && !/^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

/** Throws `misconfigured` in a page: what this holds for the application, whoever opens the page could read. */
export function checkServer() {
  const {document, process} = globalThis as {document?: unknown; process?: {versions?: {node?: string}}};
  // Tests of a server may pretend to be a page; Node they cannot hide.
  if (document === undefined || process?.versions?.node !== undefined) return;
  const sentence = 'greenroom/proxy runs on a server: in a page everybody could read the key of the application.';
  throw new RoomsError('misconfigured', sentence, {desc: 'Give the elements the endpoint of a token proxy.'});
}

/**
 * Throws `misconfigured` for an address that would show the application's credentials to the network between. What is
 * no address at all is left for `platformRooms` to refuse.
 */
export function checkEndpoint(endpoint: string | URL) {
  checkServer();
  if (!URL.canParse(String(endpoint)) || !isOpen(new URL(endpoint))) return;
  throw new RoomsError('misconfigured', 'The platform must be reached over https, unless it is on this machine.', {
    key: 'endpoint',
    desc: 'With http, whoever is on the way reads the application’s key.',
  });
}
