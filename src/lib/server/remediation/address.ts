import { isIP } from 'node:net';

/**
 * Where an address leads: `public`; `private` (this machine, an own network): only hosts that are allowed as private;
 * `never`: what no call may reach, such as a cloud's metadata, or no single receiver at all.
 */
export type Reach = 'public' | 'private' | 'never';

type Range = [network: string, bits: number, reach: Exclude<Reach, 'public'>];

/** IANA's special-purpose registries of IPv4 addresses. */
const ranges4: readonly Range[] = [
  ['0.0.0.0', 8, 'never'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['127.0.0.0', 8, 'private'],
  ['169.254.0.0', 16, 'never'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'never'],
  ['192.0.2.0', 24, 'never'],
  ['192.88.99.0', 24, 'never'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'never'],
  ['198.51.100.0', 24, 'never'],
  ['203.0.113.0', 24, 'never'],
  ['224.0.0.0', 4, 'never'],
  ['240.0.0.0', 4, 'never']
];

/** And of IPv6 addresses. */
const ranges6: readonly Range[] = [
  ['::', 128, 'never'],
  ['::1', 128, 'private'],
  ['64:ff9b:1::', 48, 'never'],
  ['100::', 64, 'never'],
  ['2001::', 23, 'never'],
  ['2001:db8::', 32, 'never'],
  ['3fff::', 20, 'never'],
  ['5f00::', 16, 'never'],
  ['fc00::', 7, 'private'],
  ['fe80::', 10, 'never'],
  ['fec0::', 10, 'never'],
  ['ff00::', 8, 'never']
];

/** Ranges of IPv6 that carry an IPv4 address: mapped, compatible, translated (NAT64), 6to4. By the first bit of it. */
const carriers: readonly [network: string, bits: number, at: number][] = [
  ['::ffff:0:0', 96, 96],
  ['::ffff:0:0:0', 96, 96],
  ['64:ff9b::', 96, 96],
  ['2002::', 16, 16],
  ['::', 96, 96]
];

/**
 * Where an IP address leads. What carries another address inside is judged by that one.
 *
 * @param address as the system writes it; anything else is `never`
 * @example reachOf('::ffff:169.254.169.254') // 'never'
 */
export function reachOf(address: string): Reach {
  const plain = address.replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 4) return find(ranges4, bits4(plain), 32);
  if (family !== 6) return 'never';
  const bits = bits6(plain);
  const own = find(ranges6, bits, 128);
  if (own !== 'public' || plain === '::1') return own;
  const carrier = carriers.find(([network, length]) => isWithin(bits, bits6(network), 128, length));
  return carrier ? find(ranges4, (bits >> BigInt(128 - carrier[2] - 32)) & 0xffff_ffffn, 32) : 'public';
}

function find(ranges: readonly Range[], bits: bigint, width: number): Reach {
  const parse = width === 32 ? bits4 : bits6;
  return ranges.find(([network, length]) => isWithin(bits, parse(network), width, length))?.[2] ?? 'public';
}

function isWithin(bits: bigint, network: bigint, width: number, length: number): boolean {
  const rest = BigInt(width - length);
  return bits >> rest === network >> rest;
}

function bits4(address: string): bigint {
  return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(Number(part)), 0n);
}

function bits6(address: string): bigint {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  if (tail) {
    const four = bits4(tail[2] ?? '');
    return bits6(`${tail[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`);
  }
  const [head = '', rest] = address.split('::');
  const parts = (text: string) => (text === '' ? [] : text.split(':'));
  const [before, after] = [parts(head), parts(rest ?? '')];
  const zeros = rest === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(zeros).fill('0'), ...after].reduce(
    (sum, part) => (sum << 16n) | BigInt(`0x${part}`),
    0n
  );
}
