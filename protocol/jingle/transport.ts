/**
 * Jingle's transports, ice-udp (XEP-0176) and raw-udp (XEP-0177), with their fingerprints (XEP-0320).
 *
 * Rules: DTLS does not need ICE, so both kinds may have fingerprints; ICE has both a ufrag and a password, or neither; a
 * candidate that cannot be read is left out, the others stay; any other transport cannot be mapped and ends the session
 * with `unsupported-transports`.
 */

import type { Element } from "@xmpp/xml";
import { candidateId, readCandidateAttributes, writeCandidateAttributes } from "../candidate.ts";
import type { Transport } from "../media/media.ts";
import { bounded, isAddress, isFingerprint, isHash, isIceWord, isMulticast, MOST, readSetup } from "../media/values.ts";
import { unmappable, unreadable } from "../refusal.ts";
import { present } from "../text.ts";
import { xml } from "../xmpp/element.ts";
import { DTLS, ICE_OPTION, ICE_UDP, RAW_UDP } from "../xmpp/namespaces.ts";
import { textOf, wordOf } from "./values.ts";

const OPTIONS = ["trickle", "renomination"];

/** Reads the transport of a content. */
export function readTransport(content: Element): Transport {
  const transport = content.getChild("transport");
  if (transport === undefined) throw unreadable(`content '${content.attrs.name}' has no transport`);
  if (transport.getNS() === RAW_UDP) return readRaw(transport);
  if (transport.getNS() === ICE_UDP) return readIce(transport);
  throw unmappable(`unsupported transport ${transport.getNS()}`, "unsupported-transports");
}

function readRaw(transport: Element): Transport {
  const addressed = readCandidates(transport).filter(({ ip, port }) => isReachable(ip) && port > 0);
  const candidates = addressed.map((each) => ({ ...each, foundation: "1", priority: 0, type: "host" }));
  return { kind: "raw", options: [], candidates, gathered: true, ...readSecurity(transport) };
}

const isReachable = (ip: string): boolean => isAddress(ip) && !isMulticast(ip);

/**
 * Throws `Refusal` for a raw-udp transport without an address for RTP: all attributes of its candidate are required, and none can
 * come later (XEP-0177 §4.2).
 */
export function mustHaveAddress(name: string, { kind, candidates }: Transport): void {
  if (kind === "raw" && !candidates.some(({ component }) => component === 1))
    throw unreadable(`content '${name}' has no address that can be reached (raw-udp)`);
}

function readSecurity(transport: Element): Pick<Transport, "fingerprints" | "setup"> {
  const elements = bounded(transport.getChildren("fingerprint", DTLS), MOST.fingerprints, "fingerprints");
  const [first] = elements;
  return {
    fingerprints: elements.map(readFingerprint),
    ...present({ setup: readSetup(first && textOf(first, "setup")) }),
  };
}

/** The ICE ufrag and password of a transport. */
export function readUser(transport: Element): Pick<Transport, "ufrag" | "pwd"> {
  const [ufrag, pwd] = [textOf(transport, "ufrag"), textOf(transport, "pwd")];
  if (!isIceWord(ufrag ?? "u") || !isIceWord(pwd ?? "p")) throw unreadable("ufrag or pwd is not one word");
  return present({ ufrag, pwd });
}

function readIce(transport: Element): Transport {
  const user = readUser(transport);
  if ((user.ufrag === undefined) !== (user.pwd === undefined)) throw unreadable("ufrag or pwd is missing");
  return {
    kind: "ice",
    ...user,
    options: OPTIONS.filter((option) => transport.getChild(option, ICE_OPTION)),
    ...readSecurity(transport),
    candidates: readCandidates(transport),
    gathered: isGatheringComplete(transport),
  };
}

/** `<gathering-complete/>` (XEP-0371 §5.6), in the transport's own namespace. */
export function isGatheringComplete(transport: Element): boolean {
  return transport.getChild("gathering-complete") !== undefined;
}

/** The candidates of a transport, up to the limit. */
export function readCandidates(transport: Element): Transport["candidates"] {
  const elements = transport.getChildren("candidate").slice(0, MOST.candidates);
  return elements.flatMap(({ attrs }) => readCandidateAttributes(attrs) ?? []);
}

function readFingerprint(element: Element): { hash: string; value: string } {
  const value = element.getText().trim();
  const hash = wordOf(element, "hash").toLowerCase();
  if (!isHash(hash) || !isFingerprint(value)) throw unreadable("a fingerprint that is none");
  return { hash, value };
}

/** Writes the transport of a content; `setup` is repeated in each fingerprint. */
export function writeTransport(transport: Transport, content: string): Element {
  const { kind, ufrag, pwd, candidates, options } = transport;
  const security = writeSecurity(transport);
  if (kind === "raw")
    return xml("transport", { xmlns: RAW_UDP }, ...security, ...candidates.map((each) => rawCandidate(each, content)));
  return xml(
    "transport",
    { xmlns: ICE_UDP, ...present({ ufrag, pwd }) },
    ...OPTIONS.filter((option) => options.includes(option)).map((option) => xml(option, { xmlns: ICE_OPTION })),
    ...security,
    ...candidates.map((each) => xml("candidate", writeCandidateAttributes(each, content))),
    ...(transport.gathered ? [xml("gathering-complete", { xmlns: ICE_UDP })] : []),
  );
}

function writeSecurity({ fingerprints, setup }: Transport): Element[] {
  return fingerprints.map(({ hash, value }) => xml("fingerprint", { xmlns: DTLS, hash, ...present({ setup }) }, value));
}

function rawCandidate(candidate: Transport["candidates"][number], content: string): Element {
  const { component, generation, ip, port } = candidate;
  const numbers = { component: `${component}`, generation: `${generation}`, port: `${port}` };
  return xml("candidate", { ...numbers, id: candidateId(candidate, content), ip });
}
