/**
 * Candidates that come after the description: as Jingle's transport-info (XEP-0176 §5.6) and as SDP fragments (RFC 8840).
 *
 * Rules: an update is told apart by content name; what is known already, or belongs to another ICE generation, changes
 * nothing; as many candidates are kept as a description may hold. Toward Jingle the end of gathering goes by itself,
 * after the candidates (stanza drops those beside it). What a call asks before it speaks is at the end.
 */
import xml, { type Element } from "@xmpp/xml";
import { isSameCandidate, isUsable, MOST_CANDIDATES, readCandidateLine, writeCandidateElement } from "./candidate.ts";
import { isGatheringComplete, readCandidates } from "./jingle-transport.ts";
import { requiredOf, textOf } from "./jingle-values.ts";
import type { Candidate, Content, ContentUpdate, Media, TransportUpdate } from "./media.ts";
import { ICE_UDP, JINGLE } from "./namespaces.ts";
import { present } from "./present.ts";
import { midsOf, writeCandidates } from "./sdp-write.ts";

/** Reads a transport-info. Throws `Refusal` when a content has no name. */
export function readTransportInfo(jingle: Element): TransportUpdate {
  const contents = jingle.getChildren("content", JINGLE).flatMap((content): ContentUpdate[] => {
    const transport = content.getChild("transport", ICE_UDP);
    if (!transport) return [];
    return [
      {
        name: requiredOf(content, "name"),
        creator: content.attrs.creator === "responder" ? "responder" : "initiator",
        ...present({ ufrag: textOf(transport, "ufrag"), pwd: textOf(transport, "pwd") }),
        candidates: readCandidates(transport),
        gathered: isGatheringComplete(transport),
      },
    ];
  });
  return { contents };
}

/** The transport-infos that tell an update: one with candidates, one that gathering is complete; either may be missing. */
export function writeTransportInfo({ contents }: TransportUpdate): Element[][] {
  const found = contents.filter(({ candidates }) => candidates.length > 0);
  const complete = contents.filter(({ gathered }) => gathered);
  const told = [
    found.map((each) =>
      contentOf(
        each,
        each.candidates.map((candidate) => writeCandidateElement(candidate, each.name)),
      ),
    ),
    complete.map((each) => contentOf(each, [xml("gathering-complete", { xmlns: ICE_UDP })])),
  ];
  return told.filter((elements) => elements.length > 0);
}

function contentOf({ creator, name, ufrag, pwd }: ContentUpdate, children: Element[]): Element {
  const transport = xml("transport", { xmlns: ICE_UDP, ...present({ ufrag, pwd }) }, ...children);
  return xml("content", { creator, name }, transport);
}

interface Section {
  mid?: string;
  ufrag?: string;
  pwd?: string;
  candidates: Candidate[];
  gathered: boolean;
}

/**
 * Reads an `application/trickle-ice-sdpfrag`, or the candidates of a whole SDP; contents are those of the session's offer.
 * ICE user and password may stand for all sections (RFC 8840 §9.2).
 */
export function readTrickleFragment(body: string, offer: Media): TransportUpdate {
  const [session = newSection(), ...sections] = sectionsOf(body);
  const names = new Map([...midsOf(offer)].map(([name, mid]) => [mid, name]));
  const contents = sections.flatMap((section, index): ContentUpdate[] => {
    const name = section.mid === undefined ? offer.contents[index]?.name : names.get(section.mid);
    const content = offer.contents.find((each) => each.name === name);
    if (content === undefined) return [];
    const { ufrag = session.ufrag, pwd = session.pwd, candidates } = section;
    const gathered = section.gathered || session.gathered;
    return [{ name: content.name, creator: content.creator, ...present({ ufrag, pwd }), candidates, gathered }];
  });
  return { contents };
}

const newSection = (): Section => ({ candidates: [], gathered: false });

/** The session's own lines first, then each m-section. */
function sectionsOf(body: string): Section[] {
  const sections = [newSection()];
  for (const line of body.split(/\r\n|\n|\r/, 4_000)) {
    if (line.startsWith("m=")) sections.push(newSection());
    const section = sections.at(-1);
    const [, name, value = ""] = /^a=([^:]*):?(.*)$/.exec(line.slice(0, 4_096)) ?? [];
    if (section && name !== undefined) readAttribute(section, name, value.trim());
  }
  return sections;
}

function readAttribute(section: Section, name: string, value: string): void {
  if (name === "mid") section.mid = value;
  else if (name === "ice-ufrag") section.ufrag = value;
  else if (name === "ice-pwd") section.pwd = value;
  else if (name === "end-of-candidates") section.gathered = true;
  else if (name === "candidate" && section.candidates.length < MOST_CANDIDATES) {
    const candidate = readCandidateLine(value);
    if (candidate) section.candidates.push(candidate);
  }
}

/** Writes the fragment with all candidates of this generation so far (RFC 8840 §4.4). */
export function writeTrickleFragment(media: Media): string {
  const mids = midsOf(media);
  const sections = media.contents.filter(({ rejected, transport }) => !rejected && transport.ufrag !== undefined);
  const lines = sections.flatMap(({ name, transport }) => [
    "m=audio 9 RTP/AVP 0", // RFC 8840 §9.2: a pseudo m-line, the same whatever the medium
    `a=ice-ufrag:${transport.ufrag}`,
    `a=ice-pwd:${transport.pwd}`,
    `a=mid:${mids.get(name)}`,
    ...writeCandidates(transport),
  ]);
  return lines.map((line) => `${line}\r\n`).join("");
}

/** The part of an update that this description did not know, with its ICE user and password. */
export function newCandidates(media: Media, update: TransportUpdate): TransportUpdate {
  const contents = update.contents.flatMap((each): ContentUpdate[] => {
    const transport = media.contents.find(({ name }) => name === each.name)?.transport;
    if (!transport || isForeign(each, transport)) return [];
    const known = transport.candidates;
    const candidates = each.candidates.filter((one, at) => {
      const before = [...known, ...each.candidates.slice(0, at)];
      return !before.some((other) => isSameCandidate(one, other));
    });
    const gathered = each.gathered && !transport.gathered;
    const room = candidates.slice(0, Math.max(0, MOST_CANDIDATES - known.length));
    const { ufrag, pwd } = transport;
    return room.length > 0 || gathered ? [{ ...each, ...present({ ufrag, pwd }), candidates: room, gathered }] : [];
  });
  return { contents };
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

/** Another ICE user than the description's: an earlier or later generation (RFC 8838 §12). */
function isForeign(update: ContentUpdate, transport: Content["transport"]): boolean {
  return update.ufrag !== undefined && update.ufrag !== transport.ufrag;
}

/** Whether every content, by itself or by its bundle, has an address that a phone could send to. */
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
