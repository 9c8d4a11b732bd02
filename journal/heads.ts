/**
 * The head of an entry in bytes: its kind, a number, its time, and the size of what follows; little-endian.
 *
 * Times are in `TICKS` since an instant: until 2039 a time of today is a whole number of them.
 */

export const HEAD = 13;

/** A millisecond. */
export const TICKS = 4_096;
const HIGH = 2 ** 32;

/** Writes a head; `ticks` may be of either sign, up to 2^47. */
export function writeHead(
  bytes: Uint8Array,
  from: number,
  kind: number,
  number: number,
  ticks: number,
  size: number,
): void {
  bytes[from] = kind;
  bytes[from + 1] = number;
  bytes[from + 2] = number >>> 8;
  write32(bytes, from + 3, ticks);
  const high = Math.floor(ticks / HIGH);
  bytes[from + 7] = high;
  bytes[from + 8] = high >>> 8;
  write32(bytes, from + 9, size);
}

export const kindAt = (bytes: Uint8Array, from: number): number => byte(bytes, from);
export const numberAt = (bytes: Uint8Array, from: number): number => read16(bytes, from + 1);
export const sizeAt = (bytes: Uint8Array, from: number): number => read32(bytes, from + 9);

export function ticksAt(bytes: Uint8Array, from: number): number {
  const high = (read16(bytes, from + 7) << 16) >> 16;
  return high * HIGH + read32(bytes, from + 3);
}

function write32(bytes: Uint8Array, at: number, value: number): void {
  const low = value >>> 0;
  bytes[at] = low;
  bytes[at + 1] = low >>> 8;
  bytes[at + 2] = low >>> 16;
  bytes[at + 3] = low >>> 24;
}

const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;
const read16 = (bytes: Uint8Array, at: number): number => byte(bytes, at) | (byte(bytes, at + 1) << 8);
const read32 = (bytes: Uint8Array, at: number): number => (read16(bytes, at) | (read16(bytes, at + 2) << 16)) >>> 0;
