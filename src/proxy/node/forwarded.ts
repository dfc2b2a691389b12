import {BlockList, isIP} from 'node:net';
import {RoomsError} from '../../rooms/errors.js';

/** Says where a request came from: `peer` is the address at the other end of the connection. */
export type AddressOf = (peer: string | undefined, headers: Headers) => string | undefined;

/**
 * Believes `X-Forwarded-For` where one of the reverse proxies in `trusted` (addresses, or networks such as 10.0.0.0/8)
 * is at the other end, and as far back as one of them wrote it: what stands before was written by whoever asked.
 * Throws `misconfigured` for what is neither an address nor a network.
 */
export function addressesBehind(trusted: string[]): AddressOf {
  const proxies = new BlockList();
  for (const each of trusted) add(proxies, each);
  const isProxy = (address: string) => isIP(address) !== 0 && proxies.check(address, family(address));

  return (peer, headers) => {
    let address = peer;
    const hops = (headers.get('x-forwarded-for') ?? '').split(',').map(bare);
    while (address !== undefined && isProxy(address) && isIP(hops.at(-1)!)) address = hops.pop();
    return address;
  };
}

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** An address without the brackets, the port and the IPv4-in-IPv6 prefix that some proxies write. */
function bare(hop: string): string {
  const address = /^\[([^\]]+)\](?::\d+)?$/.exec(hop.trim())?.[1] ?? hop.trim().replace(/^([\d.]+):\d+$/, '$1');
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function add(proxies: BlockList, each: string) {
  const [address = '', bits] = each.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
  if (isIP(address) === 0 || !(prefix >= 1 && prefix <= most)) {
    const sentence = `“${each.slice(0, 60)}” is no address and no network such as 10.0.0.0/8.`;
    throw new RoomsError('misconfigured', sentence, {key: 'trusted'});
  }
  proxies.addSubnet(address, prefix, family(address));
}
