/**
 * IP packets with UDP or TCP, as bytes: RFC 791, RFC 8200, RFC 768, RFC 9293 §3.1; checksums of RFC 1071.
 *
 * Left out: options, fragments, the opening and closing of connections.
 */
import ipaddr from "ipaddr.js";

/** An address, IPv4 or IPv6, and a port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const UDP = 17;
const TCP = 6;
const PUSH_ACK = 0x18;

/** The bytes of an address; undefined if it is none. */
const bytesOf = (host: string): readonly number[] | undefined =>
  ipaddr.isValid(host) ? ipaddr.parse(host).toByteArray() : undefined;

/** Whether both addresses are of the same family. */
export const areOfOneFamily = (one: string, other: string): boolean =>
  bytesOf(one) !== undefined && bytesOf(one)?.length === bytesOf(other)?.length;

/** A UDP datagram in an IP packet. */
export function udpPacket(from: Endpoint, to: Endpoint, data: Uint8Array): Uint8Array {
  const head = new Uint8Array(8);
  const view = new DataView(head.buffer);
  view.setUint16(0, from.port);
  view.setUint16(2, to.port);
  view.setUint16(4, 8 + data.length);
  const sum = checksum([pseudo(from, to, UDP, 8 + data.length), head, data]);
  view.setUint16(6, sum === 0 ? 0xffff : sum); // RFC 768: 0 means no checksum
  return ipPacket(from, to, UDP, [head, data]);
}

/** A TCP segment; `sequence` and `acknowledged` count the bytes of the two directions. */
export function tcpPacket(
  from: Endpoint,
  to: Endpoint,
  data: Uint8Array,
  { sequence, acknowledged }: { sequence: number; acknowledged: number },
): Uint8Array {
  const head = new Uint8Array(20);
  const view = new DataView(head.buffer);
  view.setUint16(0, from.port);
  view.setUint16(2, to.port);
  view.setUint32(4, sequence);
  view.setUint32(8, acknowledged);
  view.setUint16(12, 0x5000 | PUSH_ACK);
  view.setUint16(14, 0xffff);
  view.setUint16(16, checksum([pseudo(from, to, TCP, 20 + data.length), head, data]));
  return ipPacket(from, to, TCP, [head, data]);
}

function ipPacket(from: Endpoint, to: Endpoint, protocol: number, parts: readonly Uint8Array[]): Uint8Array {
  const [source = [], target = []] = [bytesOf(from.host), bytesOf(to.host)];
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const head =
    source.length === 4 ? ipv4Head(source, target, protocol, size) : ipv6Head(source, target, protocol, size);
  return joined([head, ...parts]);
}

function ipv4Head(source: readonly number[], target: readonly number[], protocol: number, size: number): Uint8Array {
  const head = new Uint8Array(20);
  const view = new DataView(head.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, 20 + size);
  view.setUint16(6, 0x4000); // don't fragment
  view.setUint8(8, 64);
  view.setUint8(9, protocol);
  head.set(source, 12);
  head.set(target, 16);
  view.setUint16(10, checksum([head]));
  return head;
}

function ipv6Head(source: readonly number[], target: readonly number[], protocol: number, size: number): Uint8Array {
  const head = new Uint8Array(40);
  const view = new DataView(head.buffer);
  view.setUint8(0, 0x60);
  view.setUint16(4, size);
  view.setUint8(6, protocol);
  view.setUint8(7, 64);
  head.set(source, 8);
  head.set(target, 24);
  return head;
}

/** The pseudo-header of a checksum: both addresses, the protocol, the length. */
function pseudo(from: Endpoint, to: Endpoint, protocol: number, size: number): Uint8Array {
  const [source = [], target = []] = [bytesOf(from.host), bytesOf(to.host)];
  return Uint8Array.from([
    ...source,
    ...target,
    0,
    protocol,
    size >> 24,
    (size >> 16) & 255,
    (size >> 8) & 255,
    size & 255,
  ]);
}

/** The Internet checksum of concatenated parts; all but the last have even length. */
function checksum(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts)
    for (let at = 0; at < part.length; at += 2) sum += ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** The parts concatenated. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
