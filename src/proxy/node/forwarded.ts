import {BlockList, isIP} from 'node:net';
import {withoutPrefix} from '../../http/network.js';
import {RoomsError} from '../../rooms/errors.js';

/** The address that a request came from. `peer` is the address at the other end of the connection. */
export type AddressOf = (peer: string | undefined, headers: Headers) => string | undefined;

/**
 * Reads `X-Forwarded-For`, or `Forwarded` if that is the `header`, from its end, for as long as each entry was written by
 * one of the reverse proxies in `trusted` (addresses, or networks such as 10.0.0.0/8). Entries before that were written
 * by the client and are ignored.
 *
 * @throws RoomsError `misconfigured` for an entry that is neither an address nor a network.
 * @example
 * const addressOf = addressesBehind(['10.0.0.0/8']);
 * const ip = addressOf(socket.remoteAddress, request.headers);
 */
export function addressesBehind(trusted: string[], header = 'x-forwarded-for'): AddressOf {
  const proxies = new BlockList();
  for (const each of trusted) add(proxies, each);
  const isProxy = (address: string) => isIP(address) !== 0 && proxies.check(address, family(address));

  return (peer, headers) => {
    let address = peer;
    const text = headers.get(header) ?? '';
    const hops = header === 'forwarded' ? partsOf(text, ',').map(forOf) : text.split(',').map(bare);
    while (address !== undefined && isProxy(address) && isIP(hops.at(-1)!)) address = hops.pop();
    return address;
  };
}

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** An address without the brackets, the port and the IPv4-in-IPv6 prefix that some proxies write. */
function bare(hop: string): string {
  const address = /^\[([^\]]+)\](?::\d+)?$/.exec(hop.trim())?.[1] ?? hop.trim().replace(/^([\d.]+):\d+$/, '$1');
  return withoutPrefix(address);
}

/** The address of one element of `Forwarded`, such as `for="[2001:db8::1]:4711";proto=https`. */
function forOf(element: string): string {
  const named = partsOf(element, ';').flatMap(pair => /^\s*for="?([^"]+)/i.exec(pair)?.[1] ?? []);
  return bare(named[0] ?? '');
}

/**
 * Splits a text at each `separator` outside of quotes: a client decides what its reverse proxy quotes, such as the host.
 * Quotes are paired from the end, because the client may also have begun the text, with a quote that nothing closes.
 */
function partsOf(text: string, separator: string): string[] {
  const parts: string[] = [];
  let end = text.length;
  let quoted = false;
  for (let at = end - 1; at >= 0; at--) {
    if (text[at] === '"' && !isEscaped(text, at)) quoted = !quoted;
    if (text[at] !== separator || quoted) continue;
    parts.push(text.slice(at + 1, end));
    end = at;
  }
  parts.push(text.slice(0, end));
  return parts.reverse();
}

/** Whether an odd number of backslashes is before a character. */
function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === '\\') before--;
  return (at - before) % 2 === 1;
}

function add(proxies: BlockList, each: string) {
  const [address = '', bits] = each.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
  if (isIP(address) === 0 || !(prefix >= 1 && prefix <= most)) {
    const sentence = `“${each.slice(0, 60)}” is neither an address nor a network such as 10.0.0.0/8.`;
    throw new RoomsError('misconfigured', sentence, {key: 'trusted'});
  }
  proxies.addSubnet(address, prefix, family(address));
}
