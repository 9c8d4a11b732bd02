/**
 * Jingle's RTP description (XEP-0167), with what hangs on it: feedback (XEP-0293), header extensions (XEP-0294), sources
 * (XEP-0339), streams (msid).
 *
 * Rules: order is kept; what is unknown is passed over; the protocol of the m-line follows from what is offered, since
 * Jingle does not name it.
 */
import xml, { type Element } from "@xmpp/xml";
import { numberOf, oneOf, requiredOf, textOf, tokenOf, unreadable, wordOf } from "./jingle-values.ts";
import type { Content, Crypto, Extension, Feedback, Parameter, Payload, Senders, Source, Transport } from "./media.ts";
import { bounded, isCodec, MOST, readExtensionId, readPtime } from "./media-values.ts";
import { MSID, RTCP_FB, RTP, RTP_HDREXT, SSMA } from "./namespaces.ts";
import { present } from "./present.ts";
import { staticType } from "./sdp-codecs.ts";
import { shared } from "./shared.ts";

/** The part of a content that its description holds. */
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
>;

export const SENDERS: readonly Senders[] = ["both", "initiator", "responder", "none"];

/** Reads a description; the transport tells whether it is secured by DTLS. */
export function readDescription(description: Element, transport: Transport): Description {
  const payloads = shared(readPayloads(description));
  const first = description.getChild("payload-type", RTP);
  const feedback = readFeedback(description);
  const keys = description.getChildren("encryption", RTP).flatMap((each) => each.getChildren("crypto", RTP));
  const crypto = bounded(keys, MOST.crypto, "keys").map(readCrypto);
  const flag = (name: string, ns: string): true | undefined => (description.getChild(name, ns) ? true : undefined);
  const usesFeedback = feedback.length > 0 || payloads.some((payload) => payload.feedback.length > 0);
  return {
    media: mediaOf(description),
    protocol: protocolOf({ dtls: transport.fingerprints.length > 0, sdes: crypto.length > 0, usesFeedback }),
    payloads,
    feedback,
    extensions: shared(readExtensions(description)),
    bandwidth: bounded(description.getChildren("bandwidth", RTP).flatMap(readBandwidth), MOST.bandwidth, "bandwidths"),
    crypto,
    ...readSources(description),
    streams: bounded(description.getChildren("stream", MSID), MOST.streams, "streams").map((stream) => ({
      id: wordOf(stream, "id"),
      ...present({ track: stream.attrs.track === undefined ? undefined : wordOf(stream, "track") }),
    })),
    ...present({
      mixedExtensions: flag("extmap-allow-mixed", RTP_HDREXT),
      rtcpMux: flag("rtcp-mux", RTP),
      rtcpReducedSize: flag("rtcp-reduced-size", RTP),
      ptime: first && readPtime(textOf(first, "ptime")),
      maxptime: first && readPtime(textOf(first, "maxptime")),
    }),
  };
}

/** The codecs of a description, each id once. */
export function readPayloads(description: Element): Payload[] {
  const elements = bounded(description.getChildren("payload-type", RTP), MOST.payloads, "codecs");
  const payloads = elements.flatMap(readPayload);
  return payloads.filter(({ id }, at) => payloads.findIndex((other) => other.id === id) === at);
}

/** The sources of a description, and their groups (XEP-0339). */
export function readSources(description: Element): Pick<Content, "sources" | "sourceGroups"> {
  return {
    sources: bounded(description.getChildren("source", SSMA), MOST.sources, "sources").map(readSource),
    sourceGroups: bounded(description.getChildren("ssrc-group", SSMA), MOST.sourceGroups, "source groups").flatMap(
      readSourceGroup,
    ),
  };
}

/** The elements of sources and their groups. */
export function writeSources({ sources, sourceGroups }: Pick<Content, "sources" | "sourceGroups">): Element[] {
  return [
    ...sources.map(({ ssrc, parameters }) =>
      xml("source", { xmlns: SSMA, ssrc }, ...parameters.map((each) => xml("parameter", { ...each }))),
    ),
    ...sourceGroups.map(({ semantics, ssrcs }) =>
      xml("ssrc-group", { xmlns: SSMA, semantics }, ...ssrcs.map((ssrc) => xml("source", { ssrc }))),
    ),
  ];
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

/** XEP-0167 §6: only a static type may do without a name; a dynamic one without is no codec. */
function readPayload(element: Element): Payload[] {
  const id = numberOf(element, "id", 127) ?? unidentified(element);
  const known = textOf(element, "name") ? undefined : staticType(id);
  const name = textOf(element, "name") || known?.name;
  const clockrate = numberOf(element, "clockrate") ?? known?.clockrate ?? 8000;
  if (name === undefined || clockrate === 0) return [];
  if (!isCodec(name)) throw unreadable(`the codec ${JSON.stringify(name)} has no possible name`);
  const payload = {
    id,
    name,
    clockrate,
    channels: numberOf(element, "channels", 255) || known?.channels || 1,
    parameters: element.getChildren("parameter", RTP).map(readParameter),
    feedback: readFeedback(element),
  };
  return [payload];
}

function unidentified(element: Element, name = "id"): never {
  throw unreadable(`<${element.getName()}/> has no ${name}`);
}

function readFeedback(parent: Element): Feedback[] {
  const intervals = parent.getChildren("rtcp-fb-trr-int", RTCP_FB);
  const others = parent.getChildren("rtcp-fb", RTCP_FB);
  bounded([...intervals, ...others], MOST.feedback, "kinds of feedback of a codec");
  return [
    ...intervals.map((each) => ({ type: "trr-int", subtype: `${numberOf(each, "value") ?? 0}` })),
    ...others.map(readOneFeedback),
  ];
}

/** Words behind the subtype are parameters (XEP-0293 §3); without a subtype SDP has no place for them. */
function readOneFeedback(element: Element): Feedback {
  const type = wordOf(element, "type");
  if (element.attrs.subtype === undefined) return { type };
  const words = element.getChildren("parameter", RTCP_FB).map(readParameter);
  const parameters = words.filter(({ name, value }) => !/\s/.test(`${name}${value}`));
  return { type, subtype: wordOf(element, "subtype"), ...(parameters.length > 0 ? { parameters } : {}) };
}

function readParameter(element: Element): Parameter {
  return present({ name: textOf(element, "name") || undefined, value: textOf(element, "value") });
}

function readExtensions(description: Element): Extension[] {
  const elements = description.getChildren("rtp-hdrext", RTP_HDREXT);
  return bounded(elements, MOST.extensions, "header extensions").map(readExtension);
}

function readExtension(element: Element): Extension {
  return {
    id: readExtensionId(textOf(element, "id")) ?? unidentified(element),
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

function ssrcOf(source: Element): string {
  return `${numberOf(source, "ssrc") ?? unidentified(source, "ssrc")}`;
}

function readSourceGroup(group: Element): Content["sourceGroups"] {
  const ssrcs = [...new Set(group.getChildren("source", SSMA).map(ssrcOf))];
  return ssrcs.length === 0 ? [] : [{ semantics: tokenOf(group, "semantics"), ssrcs }];
}

function readSource(element: Element): Source {
  return {
    ssrc: ssrcOf(element),
    parameters: element.getChildren("parameter", SSMA).map((each) => ({
      name: wordOf(each, "name"),
      ...present({ value: textOf(each, "value") }),
    })),
  };
}

/** Writes a description. */
export function writeDescription(content: Content): Element {
  return xml(
    "description",
    { xmlns: RTP, media: content.media },
    ...content.payloads.map((payload) => writePayload(payload, content)),
    ...writeFeedback(content.feedback),
    ...content.bandwidth.map(({ type, limit }) => xml("bandwidth", { type }, `${limit}`)),
    ...(content.crypto.length > 0 ? [xml("encryption", {}, ...content.crypto.map(writeCrypto))] : []),
    ...(content.rtcpMux ? [xml("rtcp-mux")] : []),
    ...(content.rtcpReducedSize ? [xml("rtcp-reduced-size")] : []),
    ...content.extensions.filter(({ senders }) => senders !== "none").map(writeExtension),
    ...(content.mixedExtensions ? [xml("extmap-allow-mixed", { xmlns: RTP_HDREXT })] : []),
    ...writeSources(content),
    ...content.streams.map((stream) => xml("stream", { xmlns: MSID, ...stream })),
  );
}

function writePayload(payload: Payload, { ptime, maxptime }: Content): Element {
  const { id, name, clockrate, channels, parameters, feedback } = payload;
  const attributes = {
    id: `${id}`,
    name,
    clockrate: `${clockrate}`,
    channels: channels > 1 ? `${channels}` : undefined,
    ptime: ptime?.toString(),
    maxptime: maxptime?.toString(),
  };
  const children = [...parameters.map((each) => xml("parameter", { ...each })), ...writeFeedback(feedback)];
  return xml("payload-type", present(attributes), ...children);
}

function writeFeedback(feedback: readonly Feedback[]): Element[] {
  return feedback.map(({ type, subtype, parameters = [] }) =>
    type === "trr-int"
      ? xml("rtcp-fb-trr-int", { xmlns: RTCP_FB, value: subtype ?? "0" })
      : xml(
          "rtcp-fb",
          { xmlns: RTCP_FB, type, ...present({ subtype }) },
          ...parameters.map((each) => xml("parameter", { ...each })),
        ),
  );
}

/** XEP-0294 §3: `both` is the default; there is no word for nobody, so an inactive extension is not written at all. */
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
