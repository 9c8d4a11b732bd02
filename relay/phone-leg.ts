/**
 * The phone's side of a call: plain RTP, or SRTP with keys in SDP, and RTCP on the next port (RFC 3550 §11, RFC 4568).
 *
 * Rules: packets are sent to the source of the phone's packets (latch.ts), for which with keys only authentic ones count, and only to
 * addresses that places.ts permits; RTCP must come from the same host; a phone that muxes RTCP is accepted, too. Our ports and key stay for
 * the whole call; a changed key of the phone's starts a new SRTP context.
 */
import { randomBytes } from "node:crypto";
import { plainCandidate } from "../protocol/media/candidates.ts";
import type { Content, Transport } from "../protocol/media/media.ts";
import type { Address, Datagrams } from "../transports/transport.ts";
import { Latch } from "./latch.ts";
import { mayReach } from "./places.ts";
import type { Ports } from "./ports.ts";
import { RelayError } from "./relay-error.ts";
import { kindOf } from "./rtp.ts";
import { ALL_SUITES, KEY_AND_SALT, masterOf, readKeys, writeKeys } from "./sdes.ts";
import { Srtp } from "./srtp.ts";

type Kind = "rtp" | "rtcp";

export interface PhoneLegNeeds {
  readonly ports: Ports;
  readonly address: string;
  readonly now: () => number;
  /** A decrypted packet of the phone; undefined for one from a stranger or not authentic. */
  readonly heard: (packet: Uint8Array | undefined, kind: Kind) => void;
}

/** Both directions of a phone that uses SDES. */
interface Keys {
  readonly suite: string;
  readonly tag: number;
  readonly said: string;
  readonly ours: Srtp;
  readonly theirs: Srtp;
}

export class PhoneLeg {
  readonly #needs: PhoneLegNeeds;
  readonly #sockets: { rtp?: Datagrams; rtcp?: Datagrams } = {};
  readonly #secret = randomBytes(KEY_AND_SALT);
  readonly #latch = new Latch();
  /** The phone's RTCP address in the SDP, and the source of its RTCP packets. */
  #rtcp: { said?: Address | undefined; heard?: Address } = {};
  #keys: Keys | undefined;

  static async open(needs: PhoneLegNeeds): Promise<PhoneLeg> {
    const leg = new PhoneLeg(needs);
    const received = (kind: Kind) => (bytes: Uint8Array, from: Address) => leg.#received(bytes, from, kind);
    [leg.#sockets.rtp, leg.#sockets.rtcp] = await needs.ports.pair(needs.address, received("rtp"), received("rtcp"));
    return leg;
  }

  private constructor(needs: PhoneLegNeeds) {
    this.#needs = needs;
  }

  /** Our part of a description: ports, and for a secure profile keys; in an answer only for the suite that was chosen. */
  describe(protocol: string, answer: boolean): { readonly transport: Transport; readonly crypto: Content["crypto"] } {
    const ports = [this.#sockets.rtp, this.#sockets.rtcp].map((socket) => socket?.local.port ?? 0);
    const candidates = ports.map((port, at) => plainCandidate(at + 1, this.#needs.address, port));
    const transport: Transport = { kind: "raw", options: [], fingerprints: [], candidates, gathered: true };
    return { transport, crypto: isKeyed(protocol) ? this.#offeredKeys(answer) : [] };
  }

  /** Applies the phone's description. Throws `RelayError` if it has no usable key. */
  hear({ transport, protocol, crypto }: Content): void {
    const [rtp, rtcp] = [1, 2].map((each) => transport.candidates.find(({ component }) => component === each));
    this.#latch.expect(this.#addressOf(rtp));
    this.#rtcp = { ...this.#rtcp, said: this.#addressOf(rtcp) };
    if (!isKeyed(protocol)) this.#keys = undefined;
    else this.#hearKeys(crypto);
  }

  send(packet: Uint8Array, kind: Kind): void {
    const { peer } = this.#latch;
    // a source at another host than the phone's present one was a stranger's
    const rtcp = this.#rtcp.heard?.host === peer?.host ? this.#rtcp.heard : this.#rtcp.said;
    const to = kind === "rtp" ? peer : (rtcp ?? peer);
    if (!to) return;
    const ours = this.#keys?.ours;
    const ready = ours ? (kind === "rtp" ? ours.protect(packet) : ours.protectRtcp(packet)) : packet;
    if (ready) (kind === "rtp" || !rtcp ? this.#sockets.rtp : this.#sockets.rtcp)?.send(ready, to);
  }

  close(): void {
    void this.#sockets.rtp?.close();
    void this.#sockets.rtcp?.close();
  }

  #offeredKeys(answer: boolean): Content["crypto"] {
    if (!answer || !this.#keys) return writeKeys(this.#secret, ALL_SUITES);
    return writeKeys(this.#secret, [this.#keys.suite], this.#keys.tag);
  }

  #hearKeys(crypto: Content["crypto"]): void {
    const read = readKeys(crypto);
    if (!read) throw new RelayError("the phone has no key of a suite that we have");
    const { tag, suite, master } = read;
    const said = `${suite} ${Buffer.from(master.key).toString("hex")}`;
    if (said === this.#keys?.said) {
      this.#keys = { ...this.#keys, tag };
      return;
    }
    // our packet index continues if the phone keeps the suite (RFC 3711 §3.3.1)
    const ours = this.#keys?.suite === suite ? this.#keys.ours : new Srtp(masterOf(this.#secret, suite));
    this.#keys = { suite, tag, said, ours, theirs: new Srtp(master) };
  }

  #received(bytes: Uint8Array, from: Address, port: Kind): void {
    const kind = kindOf(bytes);
    if (kind !== "rtp" && kind !== "rtcp") return;
    const theirs = this.#keys?.theirs;
    const packet = theirs ? (kind === "rtp" ? theirs.unprotect(bytes) : theirs.unprotectRtcp(bytes)) : bytes;
    const isPhone = packet !== undefined && this.#isPhone(from, port);
    this.#needs.heard(isPhone ? packet : undefined, kind);
  }

  /** Undefined for 0.0.0.0, the hold of RFC 2543, and for addresses that places.ts rejects. */
  #addressOf(candidate: { readonly ip: string; readonly port: number } | undefined): Address | undefined {
    const isPlace = candidate !== undefined && mayReach(candidate.ip, [this.#needs.address]);
    return isPlace ? { host: candidate.ip, port: candidate.port } : undefined;
  }

  #isPhone(from: Address, port: Kind): boolean {
    if (port === "rtp") return this.#latch.takes(from, this.#needs.now());
    if (from.host !== this.#latch.peer?.host) return false;
    this.#rtcp.heard = from;
    return true;
  }
}

const isKeyed = (protocol: string): boolean => /\bSAVPF?$/.test(protocol);
