/**
 * The log in front of the table (table.ts): a file to which batches are appended, so that a batch costs one write to the page cache.
 *
 * Rules: each record is its length in bytes, its CRC-32 and its body, and is valid only with all records before it: a process that is killed
 * may leave half of one, and a power cut anything, so a reader stops at the first that is not whole. The first record is the
 * generation of the log (a double), which orders two logs; the others are batches (batch.ts). A failed record is cut off before the next is written. Nothing is synced.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, rmSync, write, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { Body } from "./batch.ts";

/** A saved call contains media keys, and possibly an answer to a digest challenge. */
export const OWNER_ALONE = 0o600;
/** Bytes: the length and the CRC-32 of a record. */
const HEAD = 8;
/** Bytes of a buffer that is kept; a larger record has one of its own. */
const USUAL = 2 ** 17;
/** Bytes of the generation. */
const NUMBER = 8;

export class BatchLog {
  readonly file: string;
  readonly #descriptor: number;
  /** Bytes of whole records. */
  #size = 0;
  #isTorn = false;
  readonly #buffer = Buffer.allocUnsafe(USUAL);

  /** Creates the file, which must not exist; throws if that fails, and leaves none. */
  constructor(file: string, generation: number) {
    this.file = file;
    this.#descriptor = openSync(file, "ax", OWNER_ALONE);
    try {
      this.append({ most: NUMBER, write: (buffer, at) => buffer.writeDoubleLE(generation, at) });
    } catch (error) {
      this.close();
      rmSync(file);
      throw error;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Blocks until the system has the record; throws if it cannot be written. */
  append(body: Body): void {
    const bytes = this.#record(body);
    this.#isTorn = true;
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at, bytes.length - at);
    this.#done(bytes);
  }

  /** The same, by a thread of the runtime; nothing else may be appended meanwhile. */
  async appendLater(body: Body): Promise<void> {
    const bytes = this.#record(body);
    this.#isTorn = true;
    for (let at = 0; at < bytes.length; ) at += await written(this.#descriptor, bytes.subarray(at));
    this.#done(bytes);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** The bytes of a record, until the next one. */
  #record(body: Body): Uint8Array {
    if (this.#isTorn) ftruncateSync(this.#descriptor, this.#size);
    const most = HEAD + body.most;
    const buffer = most > USUAL ? Buffer.allocUnsafe(most) : this.#buffer;
    const end = body.write(buffer, HEAD);
    buffer.writeUInt32LE(end - HEAD, 0);
    buffer.writeUInt32LE(crc32(buffer.subarray(HEAD, end)), 4);
    return buffer.subarray(0, end);
  }

  #done(bytes: Uint8Array): void {
    this.#isTorn = false;
    this.#size += bytes.length;
  }
}

const written = (descriptor: number, bytes: Uint8Array): Promise<number> =>
  new Promise((resolve, reject) => {
    write(descriptor, bytes, (error, count) => (error ? reject(error) : resolve(count)));
  });

/** What a log contains; `generation` is 0 if not even that was written. */
export interface LogContents {
  readonly generation: number;
  readonly batches: readonly Buffer[];
}

/** Reads the whole records of a log; they are in `kept` if it is large enough, until the next log is read. */
export function readLog(file: string, kept: Buffer = Buffer.alloc(0)): LogContents {
  const bytes = bytesIn(file, kept);
  const bodies: Buffer[] = [];
  for (let at = 0; at + HEAD <= bytes.length; ) {
    const end = at + HEAD + bytes.readUInt32LE(at);
    const body = bytes.subarray(at + HEAD, end);
    if (end > bytes.length || body.length === 0 || crc32(body) !== bytes.readUInt32LE(at + 4)) break;
    bodies.push(body);
    at = end;
  }
  const [first, ...batches] = bodies;
  return { generation: first?.length === NUMBER ? first.readDoubleLE() : 0, batches };
}

function bytesIn(file: string, kept: Buffer): Buffer {
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    const bytes = size > kept.length ? Buffer.allocUnsafe(size) : kept;
    let at = 0;
    for (let read = -1; read !== 0 && at < size; at += read) read = readSync(descriptor, bytes, at, size - at, at);
    return bytes.subarray(0, at);
  } finally {
    closeSync(descriptor);
  }
}
