/**
 * The relay's flags for rewriting an SDP, by its reader.
 *
 * rtpengine, docs/ng_control_protocol.md; each tested with 10.5. Rules: the user gets ICE and DTLS-SRTP, the phone neither; an offer
 * to the phone has only the configured codecs, and nothing is transcoded; of SDES only the two suites of RFC 4568 that
 * all phones support, since 10.5 offers 12, NULL and F8 among them, and has no flag for "only"; an answer never has codec flags
 * (sipwise/rtpengine#458); `DTLS=passive` is never used, since rtpengine then starts as client.
 */
import type { Bencodes } from "../../protocol/bencode.ts";

/** The reader of an SDP, and whether it is an offer or an answer. */
export interface Purpose {
  readonly to: "phone" | "user";
  readonly command: "offer" | "answer";
}

/** The known media parameters of a call. */
export interface MediaTerms {
  /** The phone's RTP profile: RTP/AVP or RTP/SAVP, with or without F. */
  readonly protocol: string;
  /** The codecs offered to the phone; telephone-event (RFC 4733) is added. */
  readonly codecs: readonly string[];
  /** The names of rtpengine's interfaces for users and phones, if it has several. */
  readonly direction: readonly string[];
}

const OTHER_SUITES =
  `NULL_HMAC_SHA1_80 NULL_HMAC_SHA1_32 F8_128_HMAC_SHA1_80 F8_128_HMAC_SHA1_32 AES_192_CM_HMAC_SHA1_80
  AES_192_CM_HMAC_SHA1_32 AES_256_CM_HMAC_SHA1_80 AES_256_CM_HMAC_SHA1_32 AEAD_AES_128_GCM AEAD_AES_256_GCM`.split(
    /\s+/,
  );
const SDES = OTHER_SUITES.map((suite) => `no-${suite}`);

export function flagsFor({ to, command }: Purpose, { protocol, codecs, direction }: MediaTerms): Bencodes {
  const between = direction.length === 0 || to === "phone" ? direction : direction.toReversed();
  return {
    ...(to === "user" ? TO_USER[command] : { ...TO_PHONE, "transport-protocol": protocol }),
    ...(to === "phone" && protocol.includes("SAVP") ? { SDES } : {}),
    ...(to === "phone" && command === "offer"
      ? { codec: { strip: ["all"], offer: [...codecs, "telephone-event"] } }
      : {}),
    ...(between.length === 0 ? {} : { direction: between }),
  };
}

const TO_PHONE: Bencodes = {
  ICE: "remove",
  DTLS: "off",
  "rtcp-mux": ["demux"],
  replace: ["origin", "session-connection"],
};
const ENCRYPTED: Bencodes = {
  ICE: "force",
  "transport-protocol": "UDP/TLS/RTP/SAVPF",
  SDES: ["off"],
  replace: ["origin"],
};
const TO_USER: Readonly<Record<Purpose["command"], Bencodes>> = {
  offer: { ...ENCRYPTED, "rtcp-mux": ["offer", "require"], flags: ["generate-mid"] },
  answer: { ...ENCRYPTED, "rtcp-mux": ["require"] },
};
