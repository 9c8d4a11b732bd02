/**
 * The user's side of a call: ICE, DTLS and SRTP, with RTCP on the same port (RFC 5761).
 *
 * RFC 8445, RFC 5763, RFC 8842. Rules: our ufrag, password and DTLS role stay the same in all answers of a call, so that forks
 * look like one peer to the user; an ICE restart by the user renews ufrag and password and keeps the keys (RFC 8842 §3.3); another
 * fingerprint starts a new DTLS association.
 */
import type { Media, Transport } from "../protocol/media/media.ts";
import { type Certificate, Dtls, type DtlsRole } from "./dtls.ts";
import { IceAgent, type IceNeeds } from "./ice.ts";
import { RelayError } from "./relay-error.ts";
import { kindOf } from "./rtp.ts";
import type { Srtp } from "./srtp.ts";

export interface UserLegNeeds extends Omit<IceNeeds, "received"> {
  readonly certificate: Certificate;
  /** A decrypted packet of the user; undefined for one that is not authentic. */
  readonly heard: (packet: Uint8Array | undefined, kind: "rtp" | "rtcp") => void;
  readonly failed: (why: string) => void;
  /** Keys are available: packets pass from now on. */
  readonly keyed: () => void;
}

export class UserLeg {
  readonly #needs: UserLegNeeds;
  readonly #ice: IceAgent;
  #dtls: Dtls | undefined;
  #fingerprints = "";
  #isOpen = false;
  #keys: { readonly ours: Srtp; readonly theirs: Srtp } | undefined;

  static async open(needs: UserLegNeeds): Promise<UserLeg> {
    let received = (_: Uint8Array): void => {};
    const ice = await IceAgent.open({ ...needs, received: (bytes) => received(bytes) });
    const leg = new UserLeg(needs, ice);
    received = (bytes) => leg.#received(bytes);
    return leg;
  }

  private constructor(needs: UserLegNeeds, ice: IceAgent) {
    this.#needs = needs;
    this.#ice = ice;
  }

  /** Our part of a description. */
  describe(answer: boolean): Transport {
    const role = this.#dtls?.role;
    const setup = answer ? (role === "server" ? "passive" : "active") : "actpass";
    return { ...this.#ice.transport, fingerprints: [this.#needs.certificate.fingerprint], setup };
  }

  /** Applies the user's answer, or its offer when that is being answered. */
  hear(transport: Transport, { iceLite }: Pick<Media, "iceLite">, isOffer: boolean): void {
    const { fingerprints, setup } = transport;
    if (transport.kind !== "ice" || fingerprints.length === 0) throw new RelayError("the user has no ICE or no DTLS");
    if (isOffer && this.#ice.isRestart(transport)) {
      this.#ice.restart();
      this.#isOpen = false;
    }
    const said = JSON.stringify(fingerprints);
    if (said !== this.#fingerprints) this.#begin(fingerprints, setup === "active" ? "server" : "client");
    this.#fingerprints = said;
    this.#ice.connect(transport, iceLite === true, () => {
      this.#isOpen = true;
      this.#dtls?.start();
    });
  }

  send(packet: Uint8Array, kind: "rtp" | "rtcp"): void {
    const ours = this.#keys?.ours;
    const ready = kind === "rtp" ? ours?.protect(packet) : ours?.protectRtcp(packet);
    if (ready) this.#ice.send(ready);
  }

  close(): void {
    this.#ice.close();
  }

  /** A new association; RFC 5763 §5: the answerer of an actpass offer is active. */
  #begin(fingerprints: Transport["fingerprints"], role: DtlsRole): void {
    this.#keys = undefined;
    const dtls: Dtls = new Dtls({
      ...{ role, fingerprints, certificate: this.#needs.certificate, failed: this.#needs.failed },
      send: (bytes) => this.#dtls === dtls && this.#ice.send(bytes),
      connected: (keys) => {
        if (this.#dtls !== dtls) return;
        this.#keys = keys;
        this.#needs.keyed();
      },
    });
    this.#dtls = dtls;
    if (this.#isOpen) dtls.start();
  }

  #received(bytes: Uint8Array): void {
    const kind = kindOf(bytes);
    if (kind === "dtls") return this.#dtls?.received(bytes);
    const theirs = this.#keys?.theirs;
    if (!theirs || (kind !== "rtp" && kind !== "rtcp")) return;
    this.#needs.heard(kind === "rtp" ? theirs.unprotect(bytes) : theirs.unprotectRtcp(bytes), kind);
  }
}
