/**
 * What a later offer from the phone may not change, because the user's client has no way to answer it: 488, and the session
 * stays as it was (RFC 3261 §14.2).
 *
 * RFC 8842 §5.5 (DTLS), RFC 4568 §7.1.4 (keys), RFC 3264 §8.3.1 and §8.3.2. Rules: an m-line keeps its kind of security; Jingle
 * has no action for a new key or for renumbering a codec. An m-line reused for another content is new.
 */
import { Refusal } from "../refusal.ts";
import { present } from "../text.ts";
import { isRenumbered } from "./codecs.ts";
import type { Content, Media } from "./media.ts";

/** The offer, if it may follow the earlier description of the same side. Throws `Refusal` (488). */
export function laterOffer(before: Media, offer: Media): Media {
  for (const content of offer.contents) {
    const was = before.contents.find(({ name }) => name === content.name);
    if (was === undefined || was.rejected || content.rejected) continue;
    const fault = FAULTS.find(({ isThere }) => isThere(was, content));
    if (fault) throw new Refusal(`${fault.words} (content '${content.name}')`, { status: 488, warning: 399 });
  }
  return offer;
}

/** An offer that only carries a source action: missing DTLS parameters are as before (mod_jingle_sip omits them). */
export function sourceOffer(before: Media, offer: Media): Media {
  const contents = offer.contents.map((content): Content => {
    const was = before.contents.find(({ name }) => name === content.name);
    if (was === undefined || content.transport.fingerprints.length > 0) return content;
    const { fingerprints, setup } = was.transport;
    return { ...content, transport: { ...content.transport, fingerprints, ...present({ setup }) } };
  });
  return { ...offer, contents };
}

interface Fault {
  readonly words: string;
  readonly isThere: (was: Content, now: Content) => boolean;
}

const FAULTS: readonly Fault[] = [
  { words: "another security than before", isThere: (was, now) => securityOf(was) !== securityOf(now) },
  { words: "a new key, which the user cannot be told of", isThere: hasNewKey },
  { words: "codecs under other numbers than before", isThere: (was, now) => isRenumbered(was.payloads, now.payloads) },
];

function securityOf({ crypto, transport, protocol }: Content): "DTLS" | "SDES" | "none" {
  if (transport.fingerprints.length > 0) return "DTLS";
  return crypto.length > 0 && /SAVPF?$/.test(protocol) ? "SDES" : "none";
}

function hasNewKey(was: Content, now: Content): boolean {
  if (securityOf(was) !== "SDES") return false;
  const known = new Set(was.crypto.map(({ suite, keyParams }) => `${suite} ${keyParams}`));
  return !now.crypto.some(({ suite, keyParams }) => known.has(`${suite} ${keyParams}`));
}
