/**
 * Candidates that come after the description: as Jingle's transport-info (XEP-0176 §5.6) and as SDP fragments (RFC 8840).
 *
 * Rules: an update is told apart by content name; the order of candidates is never changed; what is known already, or
 * belongs to another ICE generation, changes nothing; as many candidates are kept as a description may hold. Toward Jingle
 * the end of gathering goes by itself, after the candidates (stanza drops those beside it). What a call asks before it
 * speaks is at the end.
 */
import xml, { type Element } from "@xmpp/xml";
import { isSameCandidate, isUsable, readCandidateLine, writeCandidateElement } from "../candidate.ts";
import { isGatheringComplete, readCandidates, readUser } from "../jingle/transport.ts";
import { nameOf } from "../jingle/values.ts";
import { present } from "../present.ts";
import { firstOf, readLines } from "../sdp/lines.ts";
import { saidBy } from "../sdp/transport.ts";
import { writeCandidates } from "../sdp/write.ts";
import { ICE_UDP, JINGLE } from "../xmpp/namespaces.ts";
import { withoutRefused } from "./bundle.ts";
import type { Candidate, Content, ContentUpdate, Media, TransportUpdate } from "./media.ts";
import { midsOf } from "./mids.ts";
import { bounded, MOST } from "./values.ts";

/** More candidates of an update are not looked at. */
const MOST_TOLD = 2 * MOST.candidates;

/** Reads a transport-info. Throws `Refusal` when a content has no name. */
export function readTransportInfo(jingle: Element): TransportUpdate {
  const elements = bounded(jingle.getChildren("content", JINGLE), MOST.contents, "contents");
  const contents = elements.flatMap((content): ContentUpdate[] => {
    const transport = content.getChild("transport", ICE_UDP);
    if (!transport) return [];
    return [
      {
        name: nameOf(content),
        creator: content.attrs.creator === "responder" ? "responder" : "initiator",
        ...readUser(transport),
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

/**
 * Reads an `application/trickle-ice-sdpfrag`, or the candidates of a whole SDP; contents are those of the session's offer.
 * ICE user and password may stand for all sections (RFC 8840 §9.2). Throws `Refusal` when it is too large.
 */
export function readTrickleFragment(body: string, offer: Media): TransportUpdate {
  const { session, sections } = readLines(body);
  const names = new Map([...midsOf(offer)].map(([name, mid]) => [mid, name]));
  const contents = sections.flatMap((section, index): ContentUpdate[] => {
    const mid = firstOf(section, "mid");
    const name = mid === undefined ? offer.contents[index]?.name : names.get(mid);
    const content = offer.contents.find((each) => each.name === name);
    if (content === undefined) return [];
    const said = (attribute: string): readonly string[] => saidBy(attribute, section, session);
    const lines = said("candidate").slice(0, MOST.candidates);
    const candidates = lines.flatMap((line) => readCandidateLine(line) ?? []);
    const gathered = said("end-of-candidates").length > 0;
    const ice = present({ ufrag: said("ice-ufrag")[0], pwd: said("ice-pwd")[0] });
    return [{ name: content.name, creator: content.creator, ...ice, candidates, gathered }];
  });
  return { contents };
}

/** Writes the fragment with all candidates of this generation so far (RFC 8840 §4.4). */
export function writeTrickleFragment(media: Media): string {
  const mids = midsOf(media);
  const { contents } = withoutRefused(media);
  const sections = contents.filter(({ rejected, transport }) => !rejected && transport.ufrag !== undefined);
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
  const contents = media.contents.flatMap(({ name, creator, transport }): ContentUpdate[] => {
    const mine = update.contents.filter((each) => each.name === name && !isForeign(each, transport));
    const room = MOST.candidates - transport.candidates.length;
    const told = mine.flatMap((each) => each.candidates).slice(0, MOST_TOLD);
    const candidates = unknownOf(transport.candidates, told).slice(0, Math.max(0, room));
    const gathered = !transport.gathered && mine.some((each) => each.gathered);
    const { ufrag, pwd } = transport;
    return candidates.length > 0 || gathered
      ? [{ name, creator, ...present({ ufrag, pwd }), candidates, gathered }]
      : [];
  });
  return { contents };
}

/** Those that were not known, each once. */
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

/** Another ICE user or password than the description's: an earlier or later generation (RFC 8838 §12). */
function isForeign(update: ContentUpdate, transport: Content["transport"]): boolean {
  const { ufrag = transport.ufrag, pwd = transport.pwd } = update;
  return ufrag !== transport.ufrag || pwd !== transport.pwd;
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
