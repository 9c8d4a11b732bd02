/**
 * One relayed call: rewrites the SDP of each side for the other, and forwards the packets between them.
 *
 * RFC 3264. Rules: the requested transport protocol decides who the SDP is for, DTLS for the user; both legs are
 * opened at the first SDP, and stay; the user's offer takes effect once it is answered, so a refused ICE restart changes
 * nothing; of several forks the last answer counts. Packets are forwarded unchanged, RTCP too: no SSRC is rewritten and nothing
 * transcoded.
 */
import { isIP } from "node:net";
import type { Content, Media } from "../protocol/media/media.ts";
import { audioOf, type Origin, type OurSide, readAnswer, readOffer, withCodecs, writtenFor } from "./descriptions.ts";
import type { Certificate } from "./dtls.ts";
import { PhoneLeg } from "./phone-leg.ts";
import type { Ports } from "./ports.ts";
import { RelayError } from "./relay-error.ts";
import type { StunServers } from "./stun.ts";
import { Traffic } from "./traffic.ts";
import { UserLeg } from "./user-leg.ts";

export interface CallNeeds {
  readonly ports: Ports;
  readonly certificate: Certificate;
  readonly userAddresses: readonly string[];
  readonly outside: string;
  readonly stun?: StunServers | undefined;
  readonly phoneAddress: string;
  readonly now: () => number;
  /** Log callbacks. */
  readonly failed: (why: string) => void;
  readonly keyed: () => void;
}

/** An SDP to rewrite. */
export interface Rewriting {
  readonly sdp: string;
  readonly command: "offer" | "answer";
  /** Of the side that the SDP is written for: UDP/TLS/RTP/SAVPF for the user, else a phone's. */
  readonly protocol: string;
  /** The codecs to which an offer is limited. */
  readonly codecs: readonly string[] | undefined;
}

export class RelayCall {
  readonly traffic: Traffic;
  readonly #needs: CallNeeds;
  readonly #origins = { user: originOf(), phone: originOf() };
  #user: UserLeg | undefined;
  #phone: PhoneLeg | undefined;
  /** The last offer of each side, by its writer. */
  #offers: { user?: Media; phone?: Media } = {};
  /** Our address toward the phone. */
  #phoneAddress: string;
  #isClosed = false;

  constructor(needs: CallNeeds) {
    this.#needs = needs;
    this.#phoneAddress = needs.phoneAddress;
    this.traffic = new Traffic(needs.now);
  }

  /** The SDP for the other side. Throws `RelayError`, or a `Refusal` if the SDP cannot be read. */
  async rewrite({ sdp, command, protocol, codecs }: Rewriting): Promise<string> {
    const isOffer = command === "offer";
    const reader = protocol.includes("TLS") ? "user" : "phone";
    const media = isOffer ? this.#offered(sdp, reader, codecs) : this.#answered(sdp, reader);
    const [user, phone] = [await this.#openUser(isOffer && reader === "user"), await this.#openPhone()];
    if (this.#isClosed) throw new RelayError("the call is over");
    const audio = audioOf(media);
    if (audio && reader === "user") phone.hear(audio);
    if (reader === "phone" && !isOffer) this.#hearUser(user, media, false);
    if (reader === "user" && !isOffer && this.#offers.user) this.#hearUser(user, this.#offers.user, true);
    const ours: OurSide =
      reader === "user"
        ? { protocol, crypto: [], transport: user.describe(!isOffer) }
        : { protocol, ...phone.describe(protocol, !isOffer) };
    const { id, version } = this.#origins[reader];
    return writtenFor(media, ours, { id, version, address: this.#phoneAddress }, !isOffer);
  }

  close(): void {
    this.#isClosed = true;
    this.#user?.close();
    this.#phone?.close();
  }

  #offered(sdp: string, reader: "user" | "phone", codecs: readonly string[] | undefined): Media {
    const offer = readOffer(sdp);
    this.#offers[reader === "user" ? "phone" : "user"] = offer;
    if (reader === "user" && !this.#phone) this.#meet(offer);
    return codecs ? withCodecs(offer, codecs) : offer;
  }

  /** A phone that calls by IPv6 gets an IPv6 address of ours, if there is one. */
  #meet(offer: Media): void {
    const family = isIP(audioOf(offer)?.transport.candidates[0]?.ip ?? "");
    this.#phoneAddress = this.#needs.userAddresses.find((each) => isIP(each) === family) ?? this.#phoneAddress;
  }

  #answered(sdp: string, reader: "user" | "phone"): Media {
    const offer = this.#offers[reader];
    if (!offer) throw new RelayError("an answer without an offer");
    return readAnswer(sdp, offer);
  }

  #hearUser(user: UserLeg, media: Media, isOffer: boolean): void {
    const audio: Content | undefined = audioOf(media);
    if (audio) user.hear(audio.transport, media, isOffer);
  }

  async #openUser(controlling: boolean): Promise<UserLeg> {
    const { ports, certificate, userAddresses: addresses, outside, stun, failed, keyed } = this.#needs;
    const heard = (packet: Uint8Array | undefined, kind: "rtp" | "rtcp"): void => {
      if (this.traffic.count("user", kind, packet)) this.#phone?.send(packet, kind);
    };
    const checked = (): void => this.traffic.live();
    this.#user ??= await UserLeg.open({
      ports,
      certificate,
      addresses,
      outside,
      stun,
      controlling,
      failed,
      keyed,
      heard,
      checked,
    });
    if (this.#isClosed) this.#user.close();
    return this.#user;
  }

  async #openPhone(): Promise<PhoneLeg> {
    const { ports, now } = this.#needs;
    const heard = (packet: Uint8Array | undefined, kind: "rtp" | "rtcp"): void => {
      if (this.traffic.count("phone", kind, packet)) this.#user?.send(packet, kind);
    };
    this.#phone ??= await PhoneLeg.open({ ports, address: this.#phoneAddress, now, heard });
    if (this.#isClosed) this.#phone.close();
    return this.#phone;
  }
}

/** RFC 8866 §5.2: the id stays, the version grows with each change. */
function originOf(): Pick<Origin, "id" | "version"> {
  let [last, number] = ["", 0];
  const version = (session: string): number => {
    if (session !== last) number++;
    last = session;
    return number;
  };
  return { id: `${Math.floor(performance.timeOrigin + performance.now())}`, version };
}
