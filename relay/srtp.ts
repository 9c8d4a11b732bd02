/**
 * SRTP and SRTCP in one direction: AES_CM_128 with HMAC_SHA1_80 or _32 (RFC 3711, RFC 4568 §6.2).
 *
 * Rules: a packet that is not authentic, or a replay, results in undefined and changes nothing; the packet index is estimated from the
 * highest sequence number received, per source (§3.3.1, appendix A), and replays are detected by a window of 64 (§3.3.2). The header
 * is not encrypted. _32 applies to RTP only: SRTCP always has 80 bits. Bound: `MOST_SOURCES` sources. Left out: MKI, key derivation
 * rates, other ciphers.
 */
import { createCipheriv, createHmac, timingSafeEqual } from "node:crypto";
import { headerLengthOf, isReadable, sequenceOf, sourceOf } from "./rtp.ts";

export interface MasterKey {
  /** 16 and 14 bytes. */
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  /** Tag length of an RTP packet in bytes: 10 or 4. */
  readonly tag: number;
}

/** Who sends, or is heard, with one key: past them whoever has been silent longest is forgotten, and would begin as new. */
const MOST_SOURCES = 64;
const RTCP_TAG = 10;
/** The size of the replay window below the highest index. */
const WINDOW = 64;
const HALF = 2 ** 15;
const INDEX_MASK = 2 ** 31 - 1;

/** The state of one source. */
interface Source {
  /** The highest index: roll-overs times 65,536, plus the sequence number. */
  highest: number;
  /** Bit n: the index `highest` - n was received. */
  seen: bigint;
}

interface SessionKeys {
  readonly cipher: Uint8Array;
  readonly auth: Uint8Array;
  readonly salt: Uint8Array;
}

export class Srtp {
  readonly #tag: number;
  readonly #rtp: SessionKeys;
  readonly #rtcp: SessionKeys;
  readonly #sources = new Map<number, Source>();
  readonly #rtcpSources = new Map<number, Source>();
  /** How many RTCP packets were protected. */
  #said = 0;

  constructor({ key, salt, tag }: MasterKey) {
    this.#tag = tag;
    this.#rtp = sessionKeys(key, salt, 0);
    this.#rtcp = sessionKeys(key, salt, 3);
  }

  /** The encrypted packet; undefined if it is not RTP, or if there are too many sources. */
  protect(packet: Uint8Array): Uint8Array | undefined {
    if (!isReadable(packet)) return undefined;
    const source = kept(this.#sources, sourceOf(packet));
    const index = indexOf(source, sequenceOf(packet));
    note(source, index);
    const body = ciphered(this.#rtp, packet, headerLengthOf(packet), index);
    return Buffer.concat([body, tagOf(this.#rtp, body, rolloverOf(index)).subarray(0, this.#tag)]);
  }

  /** The decrypted packet; undefined if it is not authentic, or a replay. */
  unprotect(packet: Uint8Array): Uint8Array | undefined {
    const end = packet.length - this.#tag;
    const body = packet.subarray(0, Math.max(0, end));
    if (!isReadable(body)) return undefined;
    const source = this.#sources.get(sourceOf(body)) ?? fresh();
    const index = indexOf(source, sequenceOf(body));
    if (isKnown(source, index)) return undefined;
    const tag = tagOf(this.#rtp, body, rolloverOf(index)).subarray(0, this.#tag);
    if (!timingSafeEqual(tag, packet.subarray(end))) return undefined;
    keep(this.#sources, sourceOf(body), source);
    note(source, index);
    return ciphered(this.#rtp, body, headerLengthOf(body), index);
  }

  protectRtcp(packet: Uint8Array): Uint8Array | undefined {
    if (packet.length < 8) return undefined;
    // one number for all sources: a source that was forgotten would use the same key stream twice
    const index = this.#said & INDEX_MASK;
    this.#said = index + 1;
    const encrypted = numberBytes(index + 2 ** 31);
    const body = Buffer.concat([ciphered(this.#rtcp, packet, 8, index, 4), encrypted]);
    return Buffer.concat([body, tagOf(this.#rtcp, body).subarray(0, RTCP_TAG)]);
  }

  unprotectRtcp(packet: Uint8Array): Uint8Array | undefined {
    const end = packet.length - RTCP_TAG;
    if (end < 12) return undefined;
    const body = packet.subarray(0, end);
    if (!timingSafeEqual(tagOf(this.#rtcp, body).subarray(0, RTCP_TAG), packet.subarray(end))) return undefined;
    const word = viewOf(body).getUint32(end - 4);
    const index = word & INDEX_MASK;
    const id = viewOf(body).getUint32(4);
    const source = this.#rtcpSources.get(id) ?? fresh();
    if (isKnown(source, index)) return undefined;
    keep(this.#rtcpSources, id, source);
    note(source, index);
    const plain = body.subarray(0, end - 4);
    return word >= 2 ** 31 ? ciphered(this.#rtcp, plain, 8, index, 4) : plain;
  }
}

const fresh = (): Source => ({ highest: -1, seen: 0n });

/** Notes that a source is there now: the one that was heard longest ago is the first of the map. */
function keep(sources: Map<number, Source>, id: number, source: Source): void {
  if (sources.size > 1 || !sources.has(id)) {
    sources.delete(id);
    if (sources.size >= MOST_SOURCES) sources.delete(sources.keys().next().value ?? 0);
    sources.set(id, source);
  }
}

function kept(sources: Map<number, Source>, id: number): Source {
  const source = sources.get(id) ?? fresh();
  keep(sources, id, source);
  return source;
}

const rolloverOf = (index: number): Uint8Array => numberBytes(Math.floor(index / 65_536));

/** RFC 3711 §3.3.1: the index nearest to the highest one. */
function indexOf({ highest }: Source, sequence: number): number {
  if (highest < 0) return sequence;
  const low = highest % 65_536;
  const base = highest - low;
  if (low < HALF) return sequence - low > HALF && base > 0 ? base - 65_536 + sequence : base + sequence;
  return low - HALF > sequence ? base + 65_536 + sequence : base + sequence;
}

function isKnown({ highest, seen }: Source, index: number): boolean {
  const behind = highest - index;
  if (highest < 0 || behind < 0) return false;
  return behind >= WINDOW || (seen & (1n << BigInt(behind))) !== 0n;
}

function note(source: Source, index: number): void {
  const ahead = index - source.highest;
  if (source.highest < 0 || ahead >= WINDOW) source.seen = 1n;
  else if (ahead > 0) source.seen = BigInt.asUintN(WINDOW, (source.seen << BigInt(ahead)) | 1n);
  else if (-ahead < WINDOW) source.seen |= 1n << BigInt(-ahead);
  if (ahead > 0 || source.highest < 0) source.highest = index;
}

/** En- or decrypts everything after the header (§4.1.1, the same operation); `at` is the offset of the SSRC. */
function ciphered(keys: SessionKeys, packet: Uint8Array, header: number, index: number, at = 8): Buffer {
  const counter = Buffer.alloc(16);
  counter.set(packet.subarray(at, at + 4), 4);
  counter.writeUIntBE(index, 8, 6);
  for (let each = 0; each < 14; each++) counter[each] = (counter[each] ?? 0) ^ (keys.salt[each] ?? 0);
  const body = createCipheriv("aes-128-ctr", keys.cipher, counter).update(packet.subarray(header));
  return Buffer.concat([packet.subarray(0, header), body]);
}

function tagOf({ auth }: SessionKeys, body: Uint8Array, more?: Uint8Array): Buffer {
  const hmac = createHmac("sha1", auth).update(body);
  return (more ? hmac.update(more) : hmac).digest();
}

/** §4.3: the session keys, derived by their labels. */
function sessionKeys(key: Uint8Array, salt: Uint8Array, first: number): SessionKeys {
  const derived = (label: number, length: number): Uint8Array => {
    const counter = Buffer.alloc(16);
    counter.set(salt);
    counter[7] = (counter[7] ?? 0) ^ label;
    return createCipheriv("aes-128-ctr", key, counter).update(Buffer.alloc(length));
  };
  return { cipher: derived(first, 16), auth: derived(first + 1, 20), salt: derived(first + 2, 14) };
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function numberBytes(number: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}
