/** A capture's bytes: heads, lengths, checksums, times; and no secret in it. That Wireshark reads it is in tests/peers/capture.test.ts. */
import { describe, expect, test } from "bun:test";
import type { WireEntry } from "../../journal/entries.ts";
import { pcapOf } from "../../journal/pcap.ts";

const US = { host: "192.0.2.1", port: 5_600 };
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const sip = (more: Partial<WireEntry> = {}): WireEntry => ({
  ...{
    kind: "wire",
    at: 1_764_500_000_123.456,
    wire: "sip",
    out: true,
    transport: "udp",
    host: "192.0.2.2",
    port: 5_060,
  },
  ...{ bytes: bytesOf("OPTIONS sip:a@b SIP/2.0\r\n\r\n"), again: [] },
  ...more,
});

/** The records of a capture: seconds, microseconds, and the packet. */
function recordsOf(capture: Uint8Array): { at: readonly [number, number]; packet: Uint8Array }[] {
  const view = new DataView(capture.buffer, capture.byteOffset, capture.byteLength);
  const records = [];
  for (let at = 24; at < capture.length; ) {
    const size = view.getUint32(at + 8, true);
    const time = [view.getUint32(at, true), view.getUint32(at + 4, true)] as const;
    records.push({ at: time, packet: capture.subarray(at + 16, at + 16 + size) });
    at += 16 + size;
  }
  return records;
}

/** The sum of RFC 1071 over bytes that hold their own checksum: 0xffff where it is right. */
function sumOf(bytes: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

/** The sum over a segment and what its checksum covers beside it. */
function segmentSum(packet: Uint8Array): number {
  const isV4 = packet[0] === 0x45;
  const [head, from, protocol] = isV4 ? [20, 12, packet[9]] : [40, 8, packet[6]];
  const addresses = packet.subarray(from, from + (isV4 ? 8 : 32));
  const size = packet.length - head;
  return sumOf([...addresses, 0, protocol ?? 0, size >> 8, size & 255, ...packet.subarray(head)]);
}

describe("a capture", () => {
  test("is classic pcap of raw IP, little-endian", () => {
    const capture = pcapOf([], US);
    expect([...capture]).toEqual([
      ...[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      ...[0, 0, 4, 0, 101, 0, 0, 0],
    ]);
  });

  test("has the instant of each message, and of each time that it came again, in order", () => {
    const again = sip({ again: [1_764_500_000_623.5, 1_764_500_001_623] });
    const late = sip({ at: 1_764_500_000_200, out: false });
    expect(recordsOf(pcapOf([again, late], US)).map(({ at }) => at)).toEqual([
      [1_764_500_000, 123_456],
      [1_764_500_000, 200_000],
      [1_764_500_000, 623_500],
      [1_764_500_001, 623_000],
    ]);
  });

  test.each([
    ["UDP over IPv4", sip()],
    ["UDP over IPv6", sip({ host: "2001:db8::9" })],
    ["TCP over IPv4", sip({ transport: "tcp", out: false })],
    ["a message of odd length", sip({ bytes: bytesOf("odd") })],
    ["XMPP", sip({ wire: "xmpp", transport: "", host: "", port: 0, bytes: bytesOf("<iq type='get' id='1'/>") })],
  ])("has right checksums and lengths: %s", (_, wire) => {
    const [record] = recordsOf(pcapOf([wire], US));
    const packet = record?.packet ?? new Uint8Array();
    if (packet[0] === 0x45) {
      expect(sumOf([...packet.subarray(0, 20)])).toBe(0xffff);
      expect(((packet[2] ?? 0) << 8) + (packet[3] ?? 0)).toBe(packet.length);
    } else expect(((packet[4] ?? 0) << 8) + (packet[5] ?? 0)).toBe(packet.length - 40);
    expect(segmentSum(packet)).toBe(0xffff);
  });

  test("goes from one side to the other: addresses and ports", () => {
    const [{ packet } = { packet: new Uint8Array() }] = recordsOf(pcapOf([sip({ out: false })], US));
    expect([...packet.subarray(12, 24)]).toEqual([
      192,
      0,
      2,
      2,
      192,
      0,
      2,
      1,
      5_060 >> 8,
      5_060 & 255,
      5_600 >> 8,
      5_600 & 255,
    ]);
  });

  test("cuts what a connection carries into segments that follow each other", () => {
    const long = sip({ transport: "tcp", bytes: new Uint8Array(3_000).fill(65) });
    const sequences = recordsOf(pcapOf([long, long], US)).map(({ packet }) =>
      new DataView(packet.buffer, packet.byteOffset).getUint32(24),
    );
    expect(sequences).toEqual([1, 1_401, 2_801, 3_001, 4_401, 5_801]);
  });

  test("has no secret in it, and says how long the rest is", () => {
    const body = "v=0\r\na=ice-pwd:verysecretpassword\r\n";
    const text = `INVITE sip:a@b SIP/2.0\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const [{ packet } = { packet: new Uint8Array() }] = recordsOf(pcapOf([sip({ bytes: bytesOf(text) })], US));
    const said = new TextDecoder().decode(packet.subarray(28));
    expect(said).not.toContain("verysecret");
    const length = bytesOf(said.slice(said.indexOf("\r\n\r\n") + 4)).length;
    expect(said).toContain(`Content-Length: ${length}\r\n`);
  });
});
