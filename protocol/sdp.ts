/**
 * SDP to Media: RFC 8866, RFC 3264, RFC 8839, RFC 8842. The grammar of single lines is sdp-transform's.
 *
 * Rules: plain RTP without mid, rtpmap, direction or ICE is everyday input; session-level attributes hold for every
 * section that has none of its own; what cannot be read is one `Refusal` and nothing is half-read. Writing is
 * sdp-write.ts. Left out on purpose: data channels, a=rid and a=simulcast; such a section is refused (port 0).
 */
import { type MediaDescription, parse, type SessionDescription } from "sdp-transform";
import { MOST_CANDIDATES, readCandidateLine } from "./candidate.ts";
import type { Candidate, Content, Media, Role, Senders, Transport } from "./media.ts";
import { present } from "./present.ts";
import { Refusal } from "./refusal.ts";
import { readExtensions, readFeedback, readPayloads } from "./sdp-codecs.ts";
import { sendersOf } from "./sdp-direction.ts";
import { readLines } from "./sdp-lines.ts";
import { shared } from "./shared.ts";

const MOST_SECTIONS = 32;
const MOST_SOURCES = 64;

export interface ReadOptions {
  /** Who wrote it: decides who sends. */
  readonly by: Role;
  /** The offer that this answers: its sections are the same, in the same order (RFC 3264 §6). */
  readonly answerTo?: Media;
  /** What the same side has described before: its sections keep their places, and more may follow (RFC 3264 §8). */
  readonly follows?: Media;
}

/** One m-section, with what the session says for it. */
interface Section {
  readonly section: MediaDescription;
  readonly session: SessionDescription;
  readonly fingerprints: readonly string[];
  readonly candidates: readonly string[];
  readonly by: Role;
}

/** Reads an SDP. Throws `Refusal`: 400 for what is no SDP, 488 for what could never be agreed on. */
export function readSdp(text: string, { by, answerTo, follows }: ReadOptions): Media {
  const lines = readLines(text);
  const session = parsed(lines.text);
  const { media } = session;
  if (media.length === 0) throw new Refusal("an SDP without media", { status: 488, warning: 304 });
  if (media.length > MOST_SECTIONS) throw new Refusal("too many media", { status: 488, warning: 304 });
  if (answerTo && answerTo.contents.length !== media.length)
    throw new Refusal(`${media.length} m-lines answer ${answerTo.contents.length}`, { status: 488, warning: 399 });

  if (follows && follows.contents.length > media.length)
    throw new Refusal("an m-line is missing that was there before", { status: 488, warning: 399 });

  const before = (answerTo ?? follows)?.contents ?? [];
  const names = namesOf(
    media,
    before.map(({ name }) => name),
  );
  const contents = media.map((section, index): Content => {
    const own = lines.fingerprints[index + 1] ?? [];
    const fingerprints = own.length > 0 ? own : (lines.fingerprints[0] ?? []);
    const read = { section, session, fingerprints, candidates: lines.candidates[index + 1] ?? [], by };
    return readSection(read, names[index] ?? "", before[index]?.creator ?? by);
  });
  return { contents, groups: readGroups(session, names), ...(session.icelite ? { iceLite: true as const } : {}) };
}

/** The Jingle action that an SDP carries; any but the three that mod_jingle_sip knows counts as none. */
export function readJingleAction(text: string): "source-add" | "source-remove" | "source-update" | null {
  const session = text.split(/^m=/m, 1)[0] ?? "";
  const action = /^a=jingle-action:(source-(?:add|remove|update))[ \t]*\r?$/m.exec(session)?.[1];
  return action === "source-add" || action === "source-remove" || action === "source-update" ? action : null;
}

function parsed(text: string): SessionDescription {
  try {
    return parse(text);
  } catch {
    throw new Refusal("an SDP that cannot be read", { status: 400 });
  }
}

/** The names that are known, then a=mid or the media type; made unique where it is not. */
function namesOf(media: readonly MediaDescription[], known: readonly string[]): string[] {
  const names = [...known];
  for (const { mid, type } of media.slice(known.length)) {
    const wanted = String(mid ?? type);
    let name = wanted;
    for (let copy = 2; names.includes(name); copy++) name = `${wanted}-${copy}`;
    names.push(name);
  }
  return names;
}

function readGroups(session: SessionDescription, names: readonly string[]): Media["groups"] {
  return (session.groups ?? []).map(({ type, mids }) => ({
    semantics: type,
    names: String(mids)
      .split(" ")
      .filter((mid) => names.includes(mid)),
  }));
}

function readSection(read: Section, name: string, creator: Role): Content {
  const { section, by } = read;
  const payloads = shared(readPayloads(section));
  return {
    name,
    creator,
    media: section.type,
    senders: readSenders(read),
    // RFC 9143 §6: port 0 with a=bundle-only is no refusal
    rejected: payloads.length === 0 || (section.port === 0 && section.bundleOnly === undefined),
    protocol: section.protocol,
    payloads,
    feedback: readFeedback(section, "*"),
    extensions: shared(readExtensions({ ext: [...(read.session.ext ?? []), ...(section.ext ?? [])] }, by)),
    bandwidth: (section.bandwidth ?? []).map(({ type, limit }) => ({ type, limit: Number(limit) })),
    crypto: (section.crypto ?? []).map(({ id, suite, config, sessionConfig }) => ({
      tag: id,
      suite,
      keyParams: config,
      ...present({ sessionParams: sessionConfig }),
    })),
    sources: readSources(section),
    sourceGroups: (section.ssrcGroups ?? []).map(({ semantics, ssrcs }) => ({ semantics, ssrcs: ssrcs.split(" ") })),
    streams: (section.msid ?? []).map(({ id, appdata }) => ({
      id: String(id),
      ...present({ track: appdata?.toString() }),
    })),
    transport: readTransport(read),
    ...present({
      mixedExtensions: flag(section.extmapAllowMixed ?? read.session.extmapAllowMixed),
      rtcpMux: flag(section.rtcpMux),
      rtcpReducedSize: flag(section.rtcpRsize),
      ptime: section.ptime,
      maxptime: section.maxptime,
    }),
  };
}

const flag = (value: unknown): true | undefined => (value === undefined ? undefined : true);

function readSenders({ section, session, by }: Section): Senders {
  const direction = section.direction ?? session.direction;
  const ip = (section.connection ?? session.connection)?.ip;
  const usesIce = (section.iceUfrag ?? session.iceUfrag) !== undefined;
  if (usesIce || (ip !== "0.0.0.0" && ip !== "::")) return sendersOf(direction, by);
  // RFC 3264 §8.4: the hold of RFC 2543, "do not send to me"; with ICE the address means nothing (RFC 8839 §4.2.5)
  const onHold = direction === "recvonly" || direction === "inactive" ? "inactive" : "sendonly";
  return sendersOf(onHold, by);
}

function readSources(section: MediaDescription): Content["sources"] {
  const sources = new Map<string, { name: string; value?: string }[]>();
  for (const { id, attribute, value } of section.ssrcs ?? []) {
    const parameters = sources.get(String(id)) ?? [];
    if (attribute) parameters.push({ name: attribute, ...present({ value: value?.toString() }) });
    if (sources.has(String(id)) || sources.size < MOST_SOURCES) sources.set(String(id), parameters);
  }
  return [...sources].map(([ssrc, parameters]) => ({ ssrc, parameters }));
}

const SETUPS = ["actpass", "active", "passive", "holdconn"] as const;

function readTransport({ section, session, fingerprints, candidates }: Section): Transport {
  const ufrag = (section.iceUfrag ?? session.iceUfrag)?.toString();
  const pwd = (section.icePwd ?? session.icePwd)?.toString();
  const said = section.setup ?? session.setup;
  const setup = SETUPS.find((known) => known === said);
  const security = { fingerprints: fingerprints.flatMap(readFingerprint), ...present({ setup }) };
  if (ufrag === undefined || pwd === undefined)
    return { kind: "raw", options: [], candidates: plainCandidates(section, session), gathered: true, ...security };
  const options = String(section.iceOptions ?? session.iceOptions ?? "").split(/[ ,]/);
  return {
    kind: "ice",
    ufrag,
    pwd,
    options: options.filter((option) => option !== ""),
    candidates: candidates.flatMap((line) => readCandidateLine(line) ?? []).slice(0, MOST_CANDIDATES),
    gathered: section.endOfCandidates !== undefined,
    ...security,
  };
}

function readFingerprint(line: string): Transport["fingerprints"] {
  const [, hash, value] = /^([\w-]{1,32}) ([0-9A-Fa-f:]{1,256})\s*$/.exec(line) ?? [];
  return hash === undefined || value === undefined ? [] : [{ hash: hash.toLowerCase(), value }];
}

/** Without ICE the address is that of c= and the m-line, for RTCP that of a=rtcp or the next port (RFC 3605). */
function plainCandidates(section: MediaDescription, session: SessionDescription): Candidate[] {
  const ip = (section.connection ?? session.connection)?.ip?.toString();
  if (ip === undefined || section.port === 0) return [];
  const rtp = plainCandidate(1, ip, section.port);
  if (section.rtcpMux !== undefined) return [rtp];
  const { rtcp } = section;
  return [rtp, plainCandidate(2, rtcp?.address ?? ip, rtcp?.port ?? section.port + 1)];
}

/** A plain address as a candidate. */
export function plainCandidate(component: number, ip: string, port: number): Candidate {
  return {
    foundation: "1",
    component,
    protocol: "udp",
    priority: 0,
    ip,
    port,
    type: "host",
    generation: 0,
    network: 0,
  };
}
