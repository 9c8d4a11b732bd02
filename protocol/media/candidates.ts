/**
 * The candidates of a description, and those trickled later: RFC 8838.
 *
 * Rules: updates are matched by content name; the order of candidates never changes; known candidates and those of another
 * ICE generation change nothing; a description has a bounded number of them. Updates are read and written in
 * sdp/fragment.ts and jingle/transport-info.ts.
 */
import { present } from "../text.ts";
import type { Candidate, Content, ContentUpdate, Media, Transport, TransportUpdate } from "./media.ts";
import { isAddress, MOST } from "./values.ts";

/** Further candidates of an update are ignored. */
const MOST_TOLD = 2 * MOST.candidates;

/** Whether two candidates are the same address (RFC 8838 §5, "redundant"). */
function isSameCandidate(one: Candidate, other: Candidate): boolean {
  return (
    one.component === other.component &&
    one.protocol === other.protocol &&
    one.ip === other.ip &&
    one.port === other.port
  );
}

/** COMPAT baresip 1.0.0, linphone 4.4: a host name (`.local`) makes them drop all candidates, or hang in the DNS look-up. */
export function isHidden(candidate: Candidate): boolean {
  return !isAddress(candidate.ip);
}

/** Whether a phone could send to this candidate immediately. */
function isUsable(candidate: Candidate): boolean {
  return candidate.protocol === "udp" && !isHidden(candidate);
}

const PREFERENCE = ["host", "prflx", "srflx", "relay"];

/** The default candidate of a component (RFC 8839 §4.2.1.2): relay, then srflx, then host. */
export function defaultCandidate({ candidates }: Transport, component: number): Candidate | undefined {
  let best: Candidate | undefined;
  for (const each of candidates)
    if (each.component === component && isUsable(each) && (best === undefined || rank(best) < rank(each))) best = each;
  return best;
}

const rank = ({ type, priority }: Candidate): number => PREFERENCE.indexOf(type) * 2 ** 32 + priority;

/** A plain address: a candidate as seen by a peer without ICE. */
export function plainCandidate(component: number, ip: string, port: number): Candidate {
  const plain = { protocol: "udp", priority: 0, type: "host", generation: 0, network: 0 };
  return { foundation: "1", component, ip, port, ...plain };
}

/** A transport without ICE: its default candidates as plain addresses (RFC 8839 §4.2.5). */
export function plainTransport(transport: Transport): Transport {
  if (transport.kind === "raw") return transport;
  const { ufrag: _, pwd: __, ...rest } = transport;
  const candidates = [1, 2].flatMap((component) => {
    const best = defaultCandidate(transport, component);
    return best ? [plainCandidate(component, best.ip, best.port)] : [];
  });
  return { ...rest, kind: "raw", options: [], candidates, gathered: true };
}

/** The part of an update that is new to this description, with its ICE ufrag and password. */
export function newCandidates(media: Media, update: TransportUpdate): TransportUpdate {
  const contents = media.contents.flatMap(({ name, creator, transport }): ContentUpdate[] => {
    const mine = update.contents.filter((each) => each.name === name && !isForeign(each, transport));
    const room = MOST.candidates - transport.candidates.length;
    const told = mine.flatMap((each) => each.candidates).slice(0, MOST_TOLD);
    const found = unknownOf(transport.candidates, told).slice(0, Math.max(0, room));
    const { generation } = transport;
    const candidates = generation === undefined ? found : found.map((each) => ({ ...each, generation }));
    const gathered = !transport.gathered && mine.some((each) => each.gathered);
    const { ufrag, pwd } = transport;
    return candidates.length > 0 || gathered
      ? [{ name, creator, ...present({ ufrag, pwd }), candidates, gathered }]
      : [];
  });
  return { contents };
}

/** The new candidates, each once. */
function unknownOf(known: readonly Candidate[], told: readonly Candidate[]): Candidate[] {
  return told.filter((one, at) => ![...known, ...told.slice(0, at)].some((other) => isSameCandidate(one, other)));
}

/** A description with the candidates of an update added. */
export function addCandidates(media: Media, update: TransportUpdate): Media {
  const news = newCandidates(media, update).contents;
  if (news.length === 0) return media;
  const contents = media.contents.map((content): Content => {
    const mine = news.filter(({ name }) => name === content.name);
    const { transport } = content;
    const candidates = [...transport.candidates, ...mine.flatMap((each) => each.candidates)];
    const gathered = transport.gathered || mine.some((each) => each.gathered);
    return mine.length === 0 ? content : { ...content, transport: { ...transport, candidates, gathered } };
  });
  return { ...media, contents };
}

/** Whether the ICE ufrag or password differs from the description's: another generation (RFC 8838 §12). */
function isForeign(update: ContentUpdate, transport: Content["transport"]): boolean {
  const { ufrag = transport.ufrag, pwd = transport.pwd } = update;
  return ufrag !== transport.ufrag || pwd !== transport.pwd;
}

/** Whether every content, or its bundle, has an address to which a phone could send. */
export function hasUsableCandidate(media: Media): boolean {
  return holdsForAll(media, ({ transport }) => transport.candidates.some(isUsable));
}

/** Whether no more candidates will come. */
export function isGathered(media: Media): boolean {
  return holdsForAll(media, ({ transport }) => transport.gathered);
}

function holdsForAll(media: Media, holds: (content: Content) => boolean): boolean {
  const wanted = media.contents.filter(({ rejected }) => !rejected);
  const bundled = (content: Content): Content[] => {
    const groups = media.groups.filter(
      ({ semantics, names }) => semantics === "BUNDLE" && names.includes(content.name),
    );
    return wanted.filter(({ name }) => groups.some(({ names }) => names.includes(name)));
  };
  return wanted.every((content) => holds(content) || bundled(content).some(holds));
}
