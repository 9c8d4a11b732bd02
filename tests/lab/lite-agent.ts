/**
 * An ICE lite agent (RFC 8445 §2.5), as a media server at a phone's side is one: it answers connectivity checks and makes none.
 *
 * RFC 8489 (STUN), RFC 8445 §7.3 and §7.3.1.1. It counts who checks it in which role, and who nominates. A check from an
 * agent that takes itself for controlled is a conflict of roles, since a lite agent always is: some repair it (487), some
 * do not look, some drop it.
 */
import { createHmac } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";

export type OnConflict = "repairs" | "ignores" | "drops";

const UFRAG = "lite";
const PWD = "p234567890123456789012";
const COOKIE = Buffer.from([0x21, 0x12, 0xa4, 0x42]);
const [REQUEST, SUCCESS, ERROR] = [0x0001, 0x0101, 0x0111];
const [INTEGRITY, ERROR_CODE, MAPPED, USE_CANDIDATE] = [0x0008, 0x0009, 0x0020, 0x0025];
const [FINGERPRINT, CONTROLLED] = [0x8028, 0x8029];

export class LiteAgent {
  readonly checks = { controlled: 0, controlling: 0, nominating: 0 };
  /** Datagrams of DTLS that have come. */
  secured = 0;
  readonly #socket: Socket;
  readonly #host: string;
  readonly #onConflict: OnConflict;

  private constructor(socket: Socket, host: string, onConflict: OnConflict) {
    this.#socket = socket;
    this.#host = host;
    this.#onConflict = onConflict;
    socket.on("message", (bytes, from) => this.#take(bytes, from));
  }

  static async open(host: string, onConflict: OnConflict): Promise<LiteAgent> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, host, resolve));
    return new LiteAgent(socket, host, onConflict);
  }

  close(): void {
    this.#socket.close();
  }

  /** Its description; `setup` is actpass in an offer. */
  sdp(setup: "actpass" | "passive"): string {
    const { port } = this.#socket.address();
    const lines = [
      ...["v=0", `o=- 1 1 IN IP4 ${this.#host}`, "s=-", `c=IN IP4 ${this.#host}`, "t=0 0", "a=ice-lite"],
      ...[`m=audio ${port} UDP/TLS/RTP/SAVPF 0`, "a=mid:0", "a=rtcp-mux", `a=ice-ufrag:${UFRAG}`, `a=ice-pwd:${PWD}`],
      ...[`a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`, `a=setup:${setup}`],
      ...[`a=candidate:1 1 udp 2130706431 ${this.#host} ${port} typ host`, "a=end-of-candidates"],
    ];
    return lines.map((line) => `${line}\r\n`).join("");
  }

  #take(bytes: Buffer, from: RemoteInfo): void {
    const first = bytes[0] ?? 0;
    if (first >= 20 && first < 64) this.secured++; // RFC 7983 §7: DTLS
    if (first > 3 || bytes.readUInt16BE(0) !== REQUEST) return;
    const types = typesOf(bytes);
    if (types.has(USE_CANDIDATE)) this.checks.nominating++;
    this.checks[types.has(CONTROLLED) ? "controlled" : "controlling"]++;
    const transaction = bytes.subarray(8, 20);
    const isConflict = types.has(CONTROLLED) && this.#onConflict !== "ignores";
    if (isConflict && this.#onConflict === "drops") return;
    const answer = isConflict
      ? message(ERROR, transaction, attribute(ERROR_CODE, Buffer.from([0, 0, 4, 87, ...Buffer.from("Role Conflict")])))
      : message(SUCCESS, transaction, attribute(MAPPED, mapped(from)));
    this.#socket.send(answer, from.port, from.address);
  }
}

/** The attributes of a message: only that they are there counts. */
function typesOf(bytes: Buffer): ReadonlySet<number> {
  const types = new Set<number>();
  for (let at = 20; at + 4 <= bytes.length; at += 4 + Math.ceil(bytes.readUInt16BE(at + 2) / 4) * 4)
    types.add(bytes.readUInt16BE(at));
  return types;
}

/** XOR-MAPPED-ADDRESS (RFC 8489 §14.2). */
function mapped({ address, port }: RemoteInfo): Buffer {
  const value = Buffer.from([0, 1, port >> 8, port & 255, ...address.split(".").map(Number)]);
  for (const [at, byte] of [COOKIE[0], COOKIE[1], ...COOKIE].entries())
    value[2 + at] = (value[2 + at] ?? 0) ^ (byte ?? 0);
  return value;
}

function attribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/** A message with MESSAGE-INTEGRITY and FINGERPRINT (RFC 8489 §14.5, §14.7). */
function message(type: number, transaction: Buffer, body: Buffer): Buffer {
  const upTo = (content: Buffer, more: number): Buffer => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(content.length + more, 2);
    return Buffer.concat([head, COOKIE, transaction, content]);
  };
  const integrity = createHmac("sha1", PWD).update(upTo(body, 24)).digest();
  const whole = Buffer.concat([body, attribute(INTEGRITY, integrity)]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE((Bun.hash.crc32(upTo(whole, 8)) ^ 0x5354554e) >>> 0);
  return upTo(Buffer.concat([whole, attribute(FINGERPRINT, check)]), 0);
}
