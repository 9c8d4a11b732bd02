/**
 * The transport of an m-section: ICE, DTLS and the plain address (RFC 8839, RFC 8842, RFC 3605).
 *
 * Rules: session-level attributes hold for each section without its own; without ICE the address is that of c= and the
 * m-line; an invalid fingerprint, ICE ufrag or address is a `Refusal`, a candidate that cannot be read is left out.
 */
import { readCandidateLine } from "../candidate.ts";
import { plainCandidate } from "../media/candidates.ts";
import type { Candidate, Transport } from "../media/media.ts";
import {
  bounded,
  isAddress,
  isFingerprint,
  isHash,
  isIceWord,
  isMulticast,
  MOST,
  numberWithin,
  readSetup,
} from "../media/values.ts";
import { Refusal } from "../refusal.ts";
import { allOf, firstOf, has, type SdpPart, type SdpSection } from "./lines.ts";

/** The values of an attribute in the section, else in the session. */
export function saidBy(name: string, section: SdpPart, session: SdpPart): readonly string[] {
  const own = allOf(section, name);
  return own.length > 0 ? own : allOf(session, name);
}

export const usesIce = (section: SdpPart, session: SdpPart): boolean =>
  has(section, "ice-ufrag") || has(section, "ice-pwd") || has(session, "ice-ufrag") || has(session, "ice-pwd");

/** Reads the transport of a section; the default of a=setup differs between offer and answer. */
export function readTransport(section: SdpSection, session: SdpPart, isAnswer: boolean): Transport {
  const said = (name: string): readonly string[] => saidBy(name, section, session);
  const security = readSecurity(said, isAnswer);
  if (!usesIce(section, session))
    return { kind: "raw", options: [], candidates: plainCandidates(section, session), gathered: true, ...security };
  const candidates = said("candidate").slice(0, MOST.candidates);
  return {
    kind: "ice",
    ufrag: iceWord(said("ice-ufrag")[0]),
    pwd: iceWord(said("ice-pwd")[0]),
    options: (said("ice-options")[0] ?? "").split(/[ ,]+/).filter((option) => option !== ""),
    candidates: candidates.flatMap((line) => readCandidateLine(line) ?? []),
    gathered: has(section, "end-of-candidates") || has(session, "end-of-candidates"),
    ...security,
  };
}

function iceWord(text = ""): string {
  if (!isIceWord(text)) throw new Refusal("an ICE user or password that is none", { status: 400 });
  return text;
}

function readSecurity(
  said: (name: string) => readonly string[],
  isAnswer: boolean,
): Pick<Transport, "fingerprints" | "setup"> {
  const fingerprints = bounded(said("fingerprint"), MOST.fingerprints, "fingerprints").map(readFingerprint);
  if (fingerprints.length === 0) return { fingerprints };
  // RFC 5763 §5 for an offer, RFC 4145 §4 for an answer
  const setup = readSetup(said("setup")[0]) ?? (isAnswer ? "passive" : "actpass");
  return { fingerprints, setup };
}

function readFingerprint(line: string): Transport["fingerprints"][number] {
  const [, hash = "", value = ""] = /^(\S+) +(\S+)$/.exec(line) ?? [];
  if (!isHash(hash) || !isFingerprint(value)) throw new Refusal("a fingerprint that is none", { status: 400 });
  return { hash: hash.toLowerCase(), value };
}

/** Without ICE, the address is that of c= and the m-line; for RTCP that of a=rtcp or the next port (RFC 3605). */
function plainCandidates(section: SdpSection, session: SdpPart): Candidate[] {
  const ip = section.address ?? session.address;
  if (section.port === 0) return [];
  if (ip === undefined || !isAddress(ip.replace(/\/.*$/, "")))
    throw new Refusal("an address that is none of IP", { status: 488, warning: 301 });
  if (ip.includes("/") || isMulticast(ip)) throw new Refusal("a multicast address", { status: 488, warning: 330 });
  const rtp = plainCandidate(1, ip, section.port);
  const rtcp = has(section, "rtcp-mux") ? undefined : rtcpOf(section, ip);
  return rtcp === undefined ? [rtp] : [rtp, rtcp];
}

function rtcpOf(section: SdpSection, ip: string): Candidate | undefined {
  const [, said, address = ip] = /^(\d{1,5})(?: IN IP[46] (\S+))?$/.exec(firstOf(section, "rtcp") ?? "") ?? [];
  const port = numberWithin(said ?? `${section.port + 1}`, 1, 65_535);
  return port === undefined || !isAddress(address) ? undefined : plainCandidate(2, address, port);
}
