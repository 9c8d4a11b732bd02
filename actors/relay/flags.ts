/**
 * What the relay is asked to make of an SDP: rtpengine's flags, by who is to read it.
 *
 * rtpengine, docs/ng_control_protocol.md; each tried with 10.5. Rules: the user gets ICE and DTLS-SRTP, the phone neither; an offer
 * to the phone has the codecs that are wanted and no others, and nothing is transcoded; of SDES only the two suites of RFC 4568 that
 * all phones have, since 10.5 offers 12, NULL and F8 among them, and there is no flag for "only"; codecs are never named in an
 * answer (sipwise/rtpengine#458); `DTLS=passive` is never used, since it then begins as client.
 */
import type { Bencodes } from "../../protocol/bencode.ts";

/** Who is to read an SDP, and whether it is an offer or an answer. */
export interface Purpose {
  readonly to: "phone" | "user";
  readonly command: "offer" | "answer";
}

/** What is known of a call's media. */
export interface MediaTerms {
  /** How the phone carries RTP: RTP/AVP or RTP/SAVP, with or without F. */
  readonly protocol: string;
  /** What may be offered to the phone; keys (RFC 4733) besides. */
  readonly codecs: readonly string[];
  /** The names of rtpengine's interfaces for users and phones, where it has several. */
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
