/**
 * An ICE lite agent (RFC 8445 §2.5), as a media server at a phone's side is one: it answers connectivity checks and makes none.
 *
 * RFC 8445 §7.3 and §7.3.1.1, with stun.ts. It counts who checks it in which role, and who nominates. A check from an
 * agent that takes itself for controlled is a conflict of roles, since a lite agent always is: some repair it (487), some
 * do not look, some drop it.
 */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { ATTRIBUTE, attribute, attributesOf, mappedAddress, message, TYPE, transactionOf, typeOf } from "./stun.ts";

export type OnConflict = "repairs" | "ignores" | "drops";

const UFRAG = "lite";
const PWD = "p234567890123456789012";
const ROLE_CONFLICT = Buffer.from([0, 0, 4, 87, ...Buffer.from("Role Conflict")]);

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
    if (typeOf(bytes) !== TYPE.request) return;
    const attributes = attributesOf(bytes);
    if (attributes.has(ATTRIBUTE.useCandidate)) this.checks.nominating++;
    this.checks[attributes.has(ATTRIBUTE.controlled) ? "controlled" : "controlling"]++;
    const isConflict = attributes.has(ATTRIBUTE.controlled) && this.#onConflict !== "ignores";
    if (isConflict && this.#onConflict === "drops") return;
    const answer = isConflict
      ? message(TYPE.error, transactionOf(bytes), PWD, attribute(ATTRIBUTE.errorCode, ROLE_CONFLICT))
      : message(TYPE.success, transactionOf(bytes), PWD, mappedAddress(from));
    this.#socket.send(answer, from.port, from.address);
  }
}
