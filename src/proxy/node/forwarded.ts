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
    const hops = (headers.get(header) ?? '').split(',').map(header === 'forwarded' ? forOf : bare);
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
const forOf = (element: string) => bare(/(?:^|;)\s*for="?([^";]+)/i.exec(element)?.[1] ?? '');

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
