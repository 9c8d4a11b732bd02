/**
 * Parses packets: tells STUN, DTLS, RTP and RTCP apart, and reads an RTP header.
 *
 * RFC 7983 (first byte), RFC 5761 §4 (RTCP muxed with RTP), RFC 3550 §5.1. Rule: nothing is read past the end.
 */

export type PacketKind = "stun" | "dtls" | "rtp" | "rtcp" | "other";

export function kindOf(packet: Uint8Array): PacketKind {
  const [first = 0xff, second = 0] = packet;
  if (first < 4) return "stun";
  if (first >= 20 && first < 64) return "dtls";
  if (first < 128 || first >= 192) return "other";
  return second >= 192 && second < 224 ? "rtcp" : "rtp";
}

/** Whether the RTP header is complete. */
export const isReadable = (packet: Uint8Array): boolean =>
  packet.length >= 12 && (packet[0] ?? 0) >> 6 === 2 && headerLengthOf(packet) <= packet.length;

export const sequenceOf = (packet: Uint8Array): number => shortAt(packet, 2);
export const sourceOf = (packet: Uint8Array): number => shortAt(packet, 8) * 65_536 + shortAt(packet, 10);

/** Bytes of the header, with its contributing sources and extension. */
export function headerLengthOf(packet: Uint8Array): number {
  const first = packet[0] ?? 0;
  const fixed = 12 + 4 * (first & 0x0f);
  return (first & 0x10) === 0 ? fixed : fixed + 4 + 4 * shortAt(packet, fixed + 2);
}

const shortAt = (packet: Uint8Array, at: number): number => (packet[at] ?? 0) * 256 + (packet[at + 1] ?? 0);
