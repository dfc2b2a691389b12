/**
 * The networks that an address is counted in, the smallest first: an IPv4 address itself, or the first 64, 56 and 48 bits of
 * an IPv6 address. A household has all addresses below 64 bits, often below 56, and some customers below 48. Undefined if
 * `ip` is not an address.
 */
export function networksOf(ip: string): string[] | undefined {
  if (IPV4.test(ip)) return [ip];
  const [address = ''] = ip.toLowerCase().split('%');
  const four = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/.exec(address)?.[1];
  if (four !== undefined) return four.split('.').every(part => Number(part) < 256) ? [withoutZeros(four)] : undefined;
  if (!/^[0-9a-f:.]{2,45}$/.test(address) || !URL.canParse(`http://[${address}]`)) return undefined;
  const [front = '', back] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = front === '' ? [] : front.split(':');
  const rest = back ? back.split(':') : [];
  const all = [...groups, ...Array.from({length: 8 - groups.length - rest.length}, () => '0'), ...rest];
  // An IPv4 address written as IPv6, as some runtimes do.
  if (all.slice(0, 6).join(':') === '0:0:0:0:0:ffff') return [ipv4Of(all.slice(6))];
  const [front48, subnet = '0'] = [all.slice(0, 3).join(':'), all[3]];
  const front56 = (parseInt(subnet, 16) & 0xff00).toString(16);
  return [`${front48}:${subnet}::/64`, `${front48}:${front56}::/56`, `${front48}::/48`];
}

/** An address without the prefix of an IPv4 address that was written as IPv6, as Node does. */
export const withoutPrefix = (ip: string): string => ip.replace(/^::ffff:(?=\d+\.)/i, '');

/** The smallest network of an address. A text that is not an address counts for itself. */
export const networkOf = (ip: string): string => networksOf(ip)?.[0] ?? ip;

/** An IPv4 address in its usual form. */
const IPV4 = /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?=\d)|$)){4}$/;

/** Removes leading zeros. */
const withoutZeros = (four: string) => four.split('.').map(Number).join('.');

const ipv4Of = (groups: string[]) =>
  groups
    .map(group => parseInt(group, 16))
    .flatMap(group => [group >> 8, group & 255])
    .join('.');
