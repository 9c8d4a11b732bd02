/**
 * Media to SDP: RFC 8866, with attributes in the order of docs/mapping.md.
 *
 * Rules: the default address is one of the candidates (RFC 8839 §4.2.1.2: relay, then srflx, then host), else the session's
 * own; host names are never written, TCP candidates come last; no value can add a line. Every ICE section announces trickle.
 * Directions are relative to the writer.
 */

import { writeCandidateLine } from "../candidate.ts";
import { withoutRefused } from "../media/bundle.ts";
import { defaultCandidate, isHidden } from "../media/candidates.ts";
import type { Candidate, Content, Media, Role, Source, Transport } from "../media/media.ts";
import { hasNoMid, midsOf } from "../media/mids.ts";
import { onceEach } from "../text.ts";
import { writeExtension, writeFeedback, writePayload } from "./codecs.ts";
import { directionOf } from "./direction.ts";
import { formatOf, writeSctp } from "./sctp.ts";

export interface WriteOptions {
  readonly by: Role;
  /** `o=`: constant except for the version, which grows with each change (RFC 3264 §8) and may depend on the lines after `o=`. */
  readonly origin: {
    readonly id: string;
    readonly version: number | ((session: string) => number);
    readonly address: string;
  };
  /** Whether this is an answer: it never contains actpass (RFC 8842 §5.3) or bundle-only (RFC 9143 §6). */
  readonly answer: boolean;
  /** The Jingle action it carries, written as the first attribute of the session. */
  readonly action?: string;
}

export function writeSdp(described: Media, options: WriteOptions): string {
  const media = withoutRefused(described);
  const { id, version, address } = options.origin;
  const mids = midsOf(media);
  const lines = ["s=-", `c=IN ${connection(address)}`, "t=0 0"];
  if (options.action !== undefined) lines.push(`a=jingle-action:${options.action}`);
  if (media.iceLite) lines.push("a=ice-lite");
  for (const { semantics, names } of media.groups)
    lines.push([`a=group:${semantics}`, ...names.map((name) => mids.get(name) ?? name)].join(" "));
  for (const content of media.contents) writeSection(content, media, mids.get(content.name) ?? "", options, lines);
  const session = text(lines);
  const number = typeof version === "number" ? version : version(session);
  return text(["v=0", `o=- ${id} ${number} IN ${connection(address)}`]) + session;
}

const BREAK = /[\r\n\0]/g;

/** The lines, each terminated; a line break inside a line becomes a blank. All are searched in one string, which is faster. */
function text(lines: readonly string[]): string {
  const isWhole = lines.join("").search(BREAK) === -1;
  return `${(isWhole ? lines : lines.map((line) => line.replace(BREAK, " "))).join("\r\n")}\r\n`;
}

/** Cached: the same in every call of a client. */
const payloadLines = onceEach((payloads: Content["payloads"]) => payloads.flatMap(writePayload));

const connection = (ip: string): string => `${ip.includes(":") ? "IP6" : "IP4"} ${ip}`;

/** Adds the lines of a section. */
function writeSection(content: Content, media: Media, mid: string, options: WriteOptions, lines: string[]): void {
  const { by, answer } = options;
  const name = answer && hasNoMid(media, content) ? undefined : `a=mid:${mid}`;
  const ids = content.payloads.length === 0 ? "0" : content.payloads.map(({ id }) => id).join(" ");
  const formats = content.sctp ? formatOf(content.protocol, content.sctp) : ids;
  if (content.rejected) {
    // RFC 3264 §6: a refused section has only its m-line with its formats
    const kept = content.formats && content.formats.length > 0 ? content.formats.join(" ") : formats;
    lines.push(`m=${content.media} 0 ${content.protocol} ${kept}`);
    if (name !== undefined) lines.push(name);
    return;
  }
  const address = defaultAddress(content, media, answer);
  lines.push(`m=${content.media} ${address.port} ${content.protocol} ${formats}`);
  if (address.ip !== undefined) lines.push(`c=IN ${connection(address.ip)}`);
  for (const { type, limit } of content.bandwidth) lines.push(`b=${type}:${limit}`);
  if (name !== undefined) lines.push(name);
  if (!content.sctp) lines.push(`a=${directionOf(content.senders, by)}`);
  if (address.rtcp !== undefined) lines.push(address.rtcp);
  if (address.bundleOnly) lines.push("a=bundle-only");
  writeFormats(content, options, lines);
  writeSources(content, lines);
  if (content.sctp) lines.push(...writeSctp(content.protocol, content.sctp));
  if (content.transport.fingerprints.length === 0) lines.push(...content.crypto.map(writeCrypto));
  writeTransport(content.transport, answer, lines);
}

/** Adds the lines about codecs and their transport. */
function writeFormats(content: Content, { by, answer }: WriteOptions, lines: string[]): void {
  lines.push(...payloadLines(content.payloads));
  for (const each of content.feedback) lines.push(writeFeedback(each, "*"));
  if (content.ptime !== undefined) lines.push(`a=ptime:${content.ptime}`);
  if (content.maxptime !== undefined) lines.push(`a=maxptime:${content.maxptime}`);
  for (const each of content.extensions) lines.push(writeExtension(each, by));
  if (content.mixedExtensions) lines.push("a=extmap-allow-mixed");
  if (content.rtcpMux) lines.push("a=rtcp-mux");
  if (content.rtcpMuxOnly && !answer) lines.push("a=rtcp-mux-only");
  if (content.rtcpReducedSize) lines.push("a=rtcp-rsize");
}

/** Adds the sources, and their streams. */
function writeSources(content: Content, lines: string[]): void {
  for (const source of content.sources) lines.push(...writeSource(source));
  for (const { semantics, ssrcs } of content.sourceGroups) lines.push(`a=ssrc-group:${semantics} ${ssrcs.join(" ")}`);
  for (const { id, track } of content.streams) lines.push(`a=msid:${id}${track === undefined ? "" : ` ${track}`}`);
  for (const rid of content.rids ?? []) lines.push(`a=rid:${rid}`);
  if (content.simulcast !== undefined) lines.push(`a=simulcast:${content.simulcast}`);
  if (content.categories !== undefined) lines.push(`a=content:${content.categories.join(",")}`);
}

/** RFC 5576 §4.1 has no source without an attribute; a source without any gets its SSRC as cname. */
function writeSource({ ssrc, parameters }: Source): string[] {
  const known = parameters.length > 0 ? parameters : [{ name: "cname", value: ssrc }];
  return known.map((each) => `a=ssrc:${ssrc} ${attribute(each)}`);
}

const attribute = ({ name, value }: { name: string; value?: string }): string =>
  value === undefined ? name : `${name}:${value}`;

/** COMPAT Dino 0.4 sends SDES and a fingerprint together: then DTLS is used, and no crypto line is written. */
const writeCrypto = ({ tag, suite, keyParams, sessionParams }: Content["crypto"][number]): string =>
  `a=crypto:${tag} ${suite} ${keyParams}${sessionParams === undefined ? "" : ` ${sessionParams}`}`;

function writeTransport(transport: Transport, answer: boolean, lines: string[]): void {
  const { fingerprints } = transport;
  const setup = transport.setup ?? (answer ? "passive" : "actpass");
  writeIce(transport, lines);
  for (const { hash, value } of fingerprints) lines.push(`a=fingerprint:${hash} ${value}`);
  if (fingerprints.length > 0) lines.push(`a=setup:${answer && setup === "actpass" ? "active" : setup}`);
  lines.push(...writeCandidates(withTcpLast(transport)));
}

function writeIce({ kind, ufrag, pwd, options }: Transport, lines: string[]): void {
  if (kind !== "ice" || ufrag === undefined || pwd === undefined) return;
  const all = new Set(["trickle", ...options]);
  lines.push(`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${pwd}`, `a=ice-options:${[...all].join(" ")}`);
}

/** The candidate lines of a transport. */
export function writeCandidates({ kind, ufrag, candidates, gathered }: Transport): string[] {
  if (kind !== "ice" || ufrag === undefined) return [];
  const shown = candidates.filter((candidate) => !isHidden(candidate));
  const lines = shown.map((candidate) => `a=candidate:${writeCandidateLine(candidate)}`);
  return gathered ? [...lines, "a=end-of-candidates"] : lines;
}

function withTcpLast(transport: Transport): Transport {
  const isTcp = ({ protocol }: Candidate): boolean => protocol === "tcp";
  const { candidates } = transport;
  if (!candidates.some(isTcp)) return transport;
  return { ...transport, candidates: candidates.toSorted((one, two) => Number(isTcp(one)) - Number(isTcp(two))) };
}

interface DefaultAddress {
  readonly port: number;
  readonly ip?: string;
  readonly rtcp?: string;
  readonly bundleOnly?: true;
}

/** The address in the m-line, c= and a=rtcp of a section. */
function defaultAddress(content: Content, media: Media, answer: boolean): DefaultAddress {
  const own = defaultCandidate(content.transport, 1);
  const first = own === undefined ? headOfBundle(content, media) : undefined;
  const shared = first && defaultCandidate(first.transport, 1);
  // RFC 9143 §7.2: a bundle-only section offers no address of its own
  if (shared && !answer) return { port: 0, bundleOnly: true };
  const rtp = own ?? shared;
  if (rtp === undefined) return { port: 9 };
  const rtcp = own && defaultCandidate(content.transport, 2);
  const implied = rtcp === undefined || (rtcp.ip === rtp.ip && rtcp.port === rtp.port + 1);
  const { ip, port } = rtp;
  return implied ? { port, ip } : { port, ip, rtcp: `a=rtcp:${rtcp.port} IN ${connection(rtcp.ip)}` };
}

/** The head of this section's bundle, unless the section is the head. */
function headOfBundle(content: Content, media: Media): Content | undefined {
  const group = media.groups.find(({ semantics, names }) => semantics === "BUNDLE" && names.includes(content.name));
  const first = media.contents.find(({ name }) => name === group?.names[0]);
  return first === content ? undefined : first;
}
