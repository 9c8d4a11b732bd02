/**
 * Jingle's RTP description (XEP-0167) with its header extensions (XEP-0294), streams (msid) and categories (XEP-0507). Codecs are in
 * codecs.ts, sources in sources.ts.
 *
 * Rules: order is preserved; unknown elements are ignored; Jingle does not state the protocol of an m-line, so it is derived
 * from the offered features.
 */

import type { Element } from "@xmpp/xml";
import type { Content, Crypto, Extension, Senders, Transport } from "../media/media.ts";
import { bounded, isToken, MOST, readExtensionId, readPtime } from "../media/values.ts";
import { unreadable } from "../refusal.ts";
import { present } from "../text.ts";
import { xml } from "../xmpp/element.ts";
import { CATEGORY, MSID, RTP, RTP_HDREXT } from "../xmpp/namespaces.ts";
import { readFeedback, readPayloads, writeFeedback, writePayload } from "./codecs.ts";
import { readSources, withGrouped, writeSources } from "./sources.ts";
import { numberOf, oneOf, requiredOf, textOf, without, wordOf } from "./values.ts";

/** The fields of a content that come from its description. */
export type Description = Pick<
  Content,
  | "media"
  | "protocol"
  | "payloads"
  | "feedback"
  | "extensions"
  | "mixedExtensions"
  | "rtcpMux"
  | "rtcpReducedSize"
  | "ptime"
  | "maxptime"
  | "bandwidth"
  | "crypto"
  | "sources"
  | "sourceGroups"
  | "streams"
  | "categories"
  | "formats"
  | "sctp"
>;

export const SENDERS: readonly Senders[] = ["both", "initiator", "responder", "none"];

/** Reads a description; fingerprints in the transport mean DTLS-SRTP. */
export function readDescription(description: Element, transport: Transport): Description {
  const payloads = readPayloads(description);
  const first = description.getChild("payload-type", RTP);
  const feedback = readFeedback(description);
  const keys = description.getChildren("encryption", RTP).flatMap((each) => each.getChildren("crypto", RTP));
  const crypto = bounded(keys, MOST.crypto, "keys").map(readCrypto);
  const sources = readSources(description);
  const flag = (name: string, ns: string): true | undefined => (description.getChild(name, ns) ? true : undefined);
  const usesFeedback = feedback.length > 0 || payloads.some((payload) => payload.feedback.length > 0);
  return {
    media: mediaOf(description),
    protocol: protocolOf({ dtls: transport.fingerprints.length > 0, sdes: crypto.length > 0, usesFeedback }),
    payloads,
    feedback,
    extensions: readExtensions(description),
    bandwidth: bounded(description.getChildren("bandwidth", RTP).flatMap(readBandwidth), MOST.bandwidth, "bandwidths"),
    crypto,
    ...sources,
    ...withGrouped(sources),
    streams: bounded(description.getChildren("stream", MSID), MOST.streams, "streams").map((stream) => ({
      id: wordOf(stream, "id"),
      ...present({ track: stream.attrs.track === undefined ? undefined : wordOf(stream, "track") }),
    })),
    ...present({
      categories: readCategories(description),
      mixedExtensions: flag("extmap-allow-mixed", RTP_HDREXT),
      rtcpMux: flag("rtcp-mux", RTP),
      rtcpReducedSize: flag("rtcp-reduced-size", RTP),
      ptime: first && readPtime(textOf(first, "ptime")),
      maxptime: first && readPtime(textOf(first, "maxptime")),
    }),
  };
}

/** XEP-0507 §2: one element for each category; names that are not tokens are dropped, since SDP cannot express them. */
function readCategories(description: Element): readonly string[] | undefined {
  const names = description.getChildren("category", CATEGORY).map((each) => textOf(each, "name") ?? "");
  const named = [...new Set(names)].filter(isToken);
  return named.length === 0 ? undefined : bounded(named, MOST.categories, "categories");
}

function mediaOf(description: Element): string {
  const media = wordOf(description, "media");
  if (!/^\w{1,32}$/.test(media)) throw unreadable("media of <description/> is no media type");
  return media;
}

function protocolOf({ dtls, sdes, usesFeedback }: { dtls: boolean; sdes: boolean; usesFeedback: boolean }): string {
  if (dtls) return "UDP/TLS/RTP/SAVPF";
  return `RTP/${sdes ? "S" : ""}AVP${usesFeedback ? "F" : ""}`;
}

function readExtensions(description: Element): Extension[] {
  const elements = description.getChildren("rtp-hdrext", RTP_HDREXT);
  return bounded(elements, MOST.extensions, "header extensions").map(readExtension);
}

function readExtension(element: Element): Extension {
  return {
    id: readExtensionId(textOf(element, "id")) ?? without(element, "id"),
    uri: wordOf(element, "uri"),
    senders: oneOf(element, "senders", SENDERS) ?? "both",
    ...present({ attributes: element.getChildren("parameter").map(extensionAttribute).join(" ") || undefined }),
  };
}

function extensionAttribute(parameter: Element): string {
  const value = textOf(parameter, "value");
  return `${requiredOf(parameter, "name")}${value === undefined ? "" : `=${value}`}`;
}

function readBandwidth(element: Element): { type: string; limit: number }[] {
  const limit = element.getText().trim();
  return /^\d{1,10}$/.test(limit) ? [{ type: wordOf(element, "type"), limit: Number(limit) }] : [];
}

function readCrypto(element: Element): Crypto {
  return {
    tag: numberOf(element, "tag", 999_999_999) ?? 1,
    suite: wordOf(element, "crypto-suite"),
    keyParams: wordOf(element, "key-params"),
    ...present({ sessionParams: textOf(element, "session-params") || undefined }),
  };
}

/** Writes a description. */
export function writeDescription(content: Content): Element {
  const description = xml("description", { xmlns: RTP, media: content.media });
  const add = (child: Element): void => void description.cnode(child);
  for (const payload of content.payloads) add(writePayload(payload, content));
  for (const each of writeFeedback(content.feedback)) add(each);
  for (const { type, limit } of content.bandwidth) add(xml("bandwidth", { type }, `${limit}`));
  if (content.crypto.length > 0) add(xml("encryption", {}, ...content.crypto.map(writeCrypto)));
  if (content.rtcpMux) add(xml("rtcp-mux"));
  if (content.rtcpReducedSize) add(xml("rtcp-reduced-size"));
  for (const each of content.extensions) if (each.senders !== "none") add(writeExtension(each));
  if (content.mixedExtensions) add(xml("extmap-allow-mixed", { xmlns: RTP_HDREXT }));
  for (const each of writeSources(content)) add(each);
  for (const stream of content.streams) add(xml("stream", { xmlns: MSID, ...stream }));
  for (const name of content.categories ?? NONE) add(xml("category", { xmlns: CATEGORY, name }));
  return description;
}

const NONE: readonly string[] = [];

/** XEP-0294 §3: `both` is the default; no value means "none", so an inactive extension is not written. */
function writeExtension({ id, uri, senders, attributes }: Extension): Element {
  const parameters = (attributes?.split(" ") ?? []).map((each) => {
    const [name = "", value] = each.split(/=(.*)/s);
    return xml("parameter", { name, ...present({ value }) });
  });
  return xml(
    "rtp-hdrext",
    { xmlns: RTP_HDREXT, id: `${id}`, uri, ...(senders === "both" ? {} : { senders }) },
    ...parameters,
  );
}

function writeCrypto({ tag, suite, keyParams, sessionParams }: Crypto): Element {
  const attributes = { tag: `${tag}`, "crypto-suite": suite, "key-params": keyParams };
  return xml("crypto", { ...attributes, ...present({ "session-params": sessionParams }) });
}
