/**
 * STUN messages of connectivity checks, written and looked through: RFC 8489 §5, §14, RFC 8445 §16.1. Only what the agents of the lab
 * need: IPv4, and no check of what came.
 */
import { createHmac } from "node:crypto";

const COOKIE = Buffer.from([0x21, 0x12, 0xa4, 0x42]);

export const TYPE = { request: 0x0001, success: 0x0101, error: 0x0111 } as const;
export const ATTRIBUTE = {
  username: 0x0006,
  integrity: 0x0008,
  errorCode: 0x0009,
  mappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  controlled: 0x8029,
  controlling: 0x802a,
} as const;

/** Which message a datagram is, unless it is no STUN (RFC 7983 §7). */
export const typeOf = (bytes: Buffer): number | undefined =>
  bytes.length >= 20 && (bytes[0] ?? 255) < 4 ? bytes.readUInt16BE(0) : undefined;

export const transactionOf = (bytes: Buffer): Buffer => bytes.subarray(8, 20);

/** Which attributes a message has. */
export function attributesOf(bytes: Buffer): ReadonlySet<number> {
  const types = new Set<number>();
  for (let at = 20; at + 4 <= bytes.length; at += 4 + Math.ceil(bytes.readUInt16BE(at + 2) / 4) * 4)
    types.add(bytes.readUInt16BE(at));
  return types;
}

export function attribute(type: number, value: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/** XOR-MAPPED-ADDRESS (RFC 8489 §14.2). */
export function mappedAddress({ address, port }: { readonly address: string; readonly port: number }): Buffer {
  const value = Buffer.from([0, 1, port >> 8, port & 255, ...address.split(".").map(Number)]);
  for (const [at, byte] of [COOKIE[0], COOKIE[1], ...COOKIE].entries())
    value[2 + at] = (value[2 + at] ?? 0) ^ (byte ?? 0);
  return attribute(ATTRIBUTE.mappedAddress, value);
}

/** A message with MESSAGE-INTEGRITY by this password, and FINGERPRINT (RFC 8489 §14.5, §14.7). */
export function message(type: number, transaction: Buffer, pwd: string, ...attributes: readonly Buffer[]): Buffer {
  const body = Buffer.concat(attributes);
  const upTo = (content: Buffer, more: number): Buffer => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(content.length + more, 2);
    return Buffer.concat([head, COOKIE, transaction, content]);
  };
  const integrity = createHmac("sha1", pwd).update(upTo(body, 24)).digest();
  const whole = Buffer.concat([body, attribute(ATTRIBUTE.integrity, integrity)]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE((Bun.hash.crc32(upTo(whole, 8)) ^ 0x5354554e) >>> 0);
  return upTo(Buffer.concat([whole, attribute(ATTRIBUTE.fingerprint, check)]), 0);
}
