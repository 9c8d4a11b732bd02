/** Packs the pixels of a PNG anew, as small as zlib can (RFC 2083): a browser packs its screenshots in a hurry. */
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = 8;

/** The same picture in fewer bytes. */
export function smallerPng(png: Buffer): Buffer {
  const chunks = chunksOf(png);
  const packed = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  const pixels = deflateSync(inflateSync(packed), { level: 9, memLevel: 9 });
  const kept = chunks.filter(({ type }) => type === "IHDR" || type === "PLTE" || type === "tRNS");
  const all = [...kept, { type: "IDAT", data: pixels }, { type: "IEND", data: Buffer.alloc(0) }];
  const smaller = Buffer.concat([png.subarray(0, SIGNATURE), ...all.map(written)]);
  return smaller.length < png.length ? smaller : png;
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

function written({ type, data }: Chunk): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
