/**
 * A call as a capture file for Wireshark, tshark, tcpdump and sngrep: classic pcap with microseconds, link type 101 (raw IP).
 *
 * Rules: SIP is in UDP or TCP between its real addresses, at its real times, including retransmissions; XMPP is in a separate
 * connection to port 5222, so that it is decoded as XMPP, since the real one is shared by all calls and may be encrypted. Secrets
 * are hidden as everywhere, and Content-Length is adjusted. Unknown addresses of ours become documentation addresses
 * (RFC 5737, RFC 3849).
 */
import type { Entry, WireEntry } from "./entries.ts";
import { areOfOneFamily, type Endpoint, joined, tcpPacket, udpPacket } from "./packets.ts";
import { hideSecrets } from "./secrets.ts";

const RAW_IP = 101;
const MOST_BYTES = 0x40000;
/** Most bytes in a TCP segment. */
const SEGMENT = 1_400;
const XMPP: Endpoint = { host: "192.0.2.3", port: 5_222 };
const COMPONENT: Endpoint = { host: "192.0.2.1", port: 40_000 };
/** Our addresses if unknown. */
const UNKNOWN = ["192.0.2.1", "2001:db8::1", "192.0.2.2"] as const;

/** Times are milliseconds since 1970. */
interface Packet {
  readonly at: number;
  readonly wire: WireEntry;
}

/** The capture of a call; `us` is our SIP address. */
export function pcapOf(entries: readonly Entry[], us: Endpoint): Uint8Array {
  const wires = entries.filter((entry) => entry.kind === "wire");
  const packets = wires.flatMap((wire): Packet[] => [wire.at, ...wire.again].map((at) => ({ at, wire })));
  const streams = new Streams();
  const records = packets
    .toSorted((one, other) => one.at - other.at)
    .flatMap(({ at, wire }) => packetsOf(wire, us, streams).map((bytes) => record(at, bytes)));
  return joined([fileHead(), ...records]);
}

function packetsOf(wire: WireEntry, us: Endpoint, streams: Streams): Uint8Array[] {
  const bytes = withoutSecrets(wire);
  const [ours, theirs] = wire.wire === "xmpp" ? [COMPONENT, XMPP] : endpoints(wire, us);
  const [from, to] = wire.out ? [ours, theirs] : [theirs, ours];
  if (wire.wire === "sip" && wire.transport === "udp") return [udpPacket(from, to, bytes)];
  return streams.segments(from, to, bytes);
}

/** Our address, in the family of theirs. */
function endpoints({ host, port }: WireEntry, us: Endpoint): [Endpoint, Endpoint] {
  const theirs = areOfOneFamily(host, host) ? { host, port } : { host: UNKNOWN[2], port };
  const known = [us.host, ...UNKNOWN].find((each) => areOfOneFamily(each, theirs.host));
  return [{ host: known ?? UNKNOWN[0], port: us.port }, theirs];
}

/** Counts the bytes of each direction of each connection. */
class Streams {
  readonly #sent = new Map<string, number>();

  segments(from: Endpoint, to: Endpoint, bytes: Uint8Array): Uint8Array[] {
    const segments: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += SEGMENT) {
      const data = bytes.subarray(at, at + SEGMENT);
      const sequence = this.#of(from, to);
      segments.push(tcpPacket(from, to, data, { sequence, acknowledged: this.#of(to, from) }));
      this.#sent.set(way(from, to), sequence + data.length);
    }
    return segments;
  }

  #of(from: Endpoint, to: Endpoint): number {
    return this.#sent.get(way(from, to)) ?? 1;
  }
}

const way = (from: Endpoint, to: Endpoint): string => `${from.host} ${from.port} ${to.host} ${to.port}`;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The message with its secrets hidden; binary SIP is unchanged, since it has none. */
function withoutSecrets({ wire, bytes }: WireEntry): Uint8Array {
  const text = decoder.decode(bytes);
  const hidden = hideSecrets(text);
  if (hidden === text) return bytes;
  const whole = encoder.encode(hidden);
  const end = hidden.indexOf("\r\n\r\n");
  if (wire === "xmpp" || end < 0) return whole;
  const length = encoder.encode(hidden.slice(end + 4)).length;
  const head = hidden.slice(0, end).replace(/^(Content-Length|l)([ \t]*:[ \t]*)\d+/im, `$1$2${length}`);
  return encoder.encode(`${head}${hidden.slice(end)}`);
}

function fileHead(): Uint8Array {
  const head = new Uint8Array(24);
  const view = new DataView(head.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, MOST_BYTES, true);
  view.setUint32(20, RAW_IP, true);
  return head;
}

function record(at: number, packet: Uint8Array): Uint8Array {
  const head = new Uint8Array(16);
  const view = new DataView(head.buffer);
  const microseconds = Math.round(at * 1_000);
  view.setUint32(0, Math.floor(microseconds / 1_000_000), true);
  view.setUint32(4, microseconds % 1_000_000, true);
  view.setUint32(8, packet.length, true);
  view.setUint32(12, packet.length, true);
  return joined([head, packet]);
}
