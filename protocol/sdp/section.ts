/**
 * One m-section of an SDP as a content: RFC 8866 §6, RFC 3264 §5, RFC 4568, RFC 5576, RFC 8830 (msid), RFC 4796
 * (content), RFC 8851 and RFC 8853 (rid, simulcast).
 *
 * Rules: codecs, header extensions, transport and direction have files of their own; a section without a usable codec,
 * or with port 0, is refused and keeps its place.
 */
import type { Content, Crypto, Role, Senders, Source } from "../media/media.ts";
import { bounded, isToken, MOST, numberWithin, readPtime, readSsrc } from "../media/values.ts";
import { intern, Known, owned, present } from "../text.ts";
import { readAllFeedback, readExtensions, readPayloads } from "./codecs.ts";
import { sendersOf } from "./direction.ts";
import { allOf, firstOf, has, type SdpPart, type SdpSection } from "./lines.ts";
import { readSctp } from "./sctp.ts";
import { readTransport, usesIce } from "./transport.ts";

/** The context for reading a section. */
export interface Place {
  readonly name: string;
  readonly creator: Role;
  readonly by: Role;
  readonly isAnswer: boolean;
}

/** Reads a section, with the session-level attributes that hold for it. Throws `Refusal`. */
export function readSection(section: SdpSection, session: SdpPart, place: Place): Content {
  const { name, creator, by, isAnswer } = place;
  // RFC 9143 §6: port 0 with a=bundle-only is no refusal, except in an answer
  const isRefused = section.port === 0 && (isAnswer || !has(section, "bundle-only"));
  const transport = readTransport(section, session, isAnswer);
  const isNowhere = transport.kind === "raw" && transport.candidates.length === 0;
  const sctp = readSctp(section, transport);
  const { payloads, feedback, extensions } = sctp ? WITHOUT_CODECS : codecsOf(section, session, place);
  const flag = (attribute: string, part: SdpPart = section): true | undefined => has(part, attribute) || undefined;
  return {
    name,
    creator,
    media: section.media,
    // RFC 8841: the direction of data channels has no meaning
    senders: sctp ? "both" : readSenders(section, session, by),
    rejected: (payloads.length === 0 && sctp === undefined) || isRefused || isNowhere,
    protocol: section.protocol,
    payloads,
    ...otherFormats(section, payloads),
    feedback,
    extensions,
    bandwidth: bounded(
      (section.bandwidth.length > 0 ? section : session).bandwidth.flatMap(readBandwidth),
      MOST.bandwidth,
      "bandwidths",
    ),
    crypto: readKeys(section),
    sources: readSources(section),
    sourceGroups: bounded(allOf(section, "ssrc-group").flatMap(readSourceGroup), MOST.sourceGroups, "source groups"),
    streams: bounded(allOf(section, "msid").flatMap(readStream), MOST.streams, "streams"),
    transport,
    ...present({
      sctp,
      categories: readCategories(section),
      rids: readRids(section),
      simulcast: firstOf(section, "simulcast"),
      mixedExtensions: sctp ? undefined : (flag("extmap-allow-mixed") ?? flag("extmap-allow-mixed", session)),
      rtcpMux: flag("rtcp-mux") ?? flag("rtcp-mux-only"),
      rtcpMuxOnly: flag("rtcp-mux-only"),
      rtcpReducedSize: flag("rtcp-rsize"),
      ptime: readPtime(firstOf(section, "ptime")),
      maxptime: readPtime(firstOf(section, "maxptime")),
    }),
  };
}

type Codecs = Pick<Content, "payloads" | "feedback" | "extensions">;
const WITHOUT_CODECS: Codecs = { payloads: [], feedback: [], extensions: [] };
/** Cache by lines: they are the same in every call of a client, and most of a section. */
const known = new Known<Codecs>(300);

function codecsOf(section: SdpSection, session: SdpPart, { by, isAnswer }: Place): Codecs {
  const { formats } = section;
  const lines = ["rtpmap", "fmtp", "rtcp-fb", "extmap"].map((name) => allOf(section, name));
  return known.of(JSON.stringify([by, isAnswer, formats, ...lines, allOf(session, "extmap")]), () => ({
    payloads: intern(readPayloads(section, isAnswer)),
    feedback: intern(readAllFeedback(section).get("*") ?? []),
    extensions: intern(readAllExtensions(section, session, by)),
  }));
}

/** The formats, if they are not the payload types: a refused section keeps them (RFC 3264 §6). */
function otherFormats({ formats }: SdpSection, payloads: Content["payloads"]): Pick<Content, "formats"> {
  const isSame = formats.length === payloads.length && payloads.every(({ id }, at) => `${id}` === formats[at]);
  return isSame ? {} : { formats: formats.slice(0, MOST.payloads).map(owned) };
}

const DIRECTIONS = ["sendrecv", "sendonly", "recvonly", "inactive"];
const directionOf = (part: SdpPart): string | undefined => DIRECTIONS.find((direction) => has(part, direction));

function readSenders(section: SdpSection, session: SdpPart, by: Role): Senders {
  const direction = directionOf(section) ?? directionOf(session);
  const ip = section.address ?? session.address;
  if (usesIce(section, session) || (ip !== "0.0.0.0" && ip !== "::")) return sendersOf(direction, by);
  // RFC 3264 §8.4: the hold of RFC 2543, "do not send to me"; with ICE the address is ignored (RFC 8839 §4.2.5)
  const onHold = direction === "recvonly" || direction === "inactive" ? "inactive" : "sendonly";
  return sendersOf(onHold, by);
}

function readAllExtensions(section: SdpSection, session: SdpPart, by: Role): Content["extensions"] {
  const lines = [...allOf(session, "extmap"), ...allOf(section, "extmap")];
  return readExtensions(bounded(lines, MOST.extensions, "header extensions"), by);
}

function readBandwidth(line: string): Content["bandwidth"] {
  const [, type = "", value] = /^([\w-]{1,32}):(\d{1,10})$/.exec(line) ?? [];
  const limit = numberWithin(value, 0, 9_999_999_999);
  return limit === undefined ? [] : [{ type, limit }];
}

/** Keys need a secure protocol (RFC 4568 §6); with RTP/AVP, in which some phones offer "optional" SRTP, they are ignored. */
function readKeys(section: SdpSection): readonly Crypto[] {
  const isSecure = /\bSAVPF?$/.test(section.protocol);
  return isSecure ? bounded(allOf(section, "crypto").flatMap(readCrypto), MOST.crypto, "keys") : [];
}

function readCrypto(line: string): Crypto[] {
  const [, tag, suite = "", keyParams = "", sessionParams] = /^(\d{1,9}) (\w{1,64}) (\S+)(?: (.+))?$/.exec(line) ?? [];
  return tag === undefined ? [] : [{ tag: Number(tag), suite, keyParams, ...present({ sessionParams }) }];
}

function readSources(section: SdpSection): Source[] {
  if (!has(section, "ssrc")) return [];
  const sources = new Map<string, { name: string; value?: string }[]>();
  for (const line of allOf(section, "ssrc")) {
    const [, id, name, value] = /^(\d+) ([^\s:]+)(?::(.*))?$/.exec(line) ?? [];
    const ssrc = readSsrc(id);
    if (ssrc === undefined || name === undefined) continue;
    const parameters = sources.get(ssrc) ?? [];
    parameters.push({ name, ...present({ value }) });
    sources.set(ssrc, parameters);
  }
  return bounded([...sources], MOST.sources, "sources").map(([ssrc, parameters]) => ({ ssrc, parameters }));
}

function readSourceGroup(line: string): Content["sourceGroups"] {
  const [semantics = "", ...ids] = line.split(/\s+/);
  const ssrcs = [...new Set(ids.flatMap((id) => readSsrc(id) ?? []))];
  return ssrcs.length === 0 || !isToken(semantics) ? [] : [{ semantics, ssrcs }];
}

/** RFC 4796 §4: tokens separated by commas. */
function readCategories(section: SdpSection): readonly string[] | undefined {
  const words = allOf(section, "content")
    .flatMap((value) => value.split(","))
    .map((word) => word.trim());
  const named = [...new Set(words)].filter(isToken).map(owned);
  return named.length === 0 ? undefined : bounded(named, MOST.categories, "categories");
}

function readRids(section: SdpSection): readonly string[] | undefined {
  const rids = bounded(allOf(section, "rid"), MOST.rids, "restrictions of streams");
  return rids.length === 0 ? undefined : rids;
}

function readStream(line: string): Content["streams"] {
  const [id = "", track] = line.split(/\s+/);
  return id === "" ? [] : [{ id, ...present({ track }) }];
}
