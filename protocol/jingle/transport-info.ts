/**
 * Jingle's transport-info: candidates that come after the description (XEP-0176 §5.6).
 *
 * Rules: contents are identified by name; gathering-complete is sent in a transport-info of its own, after the candidates (the
 * library `stanza` 12 reads nothing else from one that has it, neither candidates nor an ICE restart); with whole transports it is omitted.
 */
import type { Element } from "@xmpp/xml";
import { writeCandidateAttributes } from "../candidate.ts";
import type { Content, ContentUpdate, TransportUpdate } from "../media/media.ts";
import { bounded, MOST } from "../media/values.ts";
import { owned, present } from "../text.ts";
import { xml } from "../xmpp/element.ts";
import { ICE_UDP, JINGLE } from "../xmpp/namespaces.ts";
import { isGatheringComplete, readCandidates, readUser } from "./transport.ts";
import { nameOf } from "./values.ts";

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
  return owned({ contents });
}

/** The transport-infos for an update: one with candidates, one with gathering-complete; either may be missing. */
export function writeTransportInfo({ contents }: TransportUpdate): Element[][] {
  const found = contents.filter(({ candidates }) => candidates.length > 0);
  const complete = contents.filter(({ gathered }) => gathered);
  const told = [
    found.map((each) =>
      contentOf(
        each,
        each.candidates.map((candidate) => xml("candidate", writeCandidateAttributes(candidate, each.name))),
      ),
    ),
    complete.map((each) => contentOf(each, [xml("gathering-complete", { xmlns: ICE_UDP })])),
  ];
  return told.filter((elements) => elements.length > 0);
}

/** A content for a transport-info with its whole transport: without gathering-complete. */
export const withoutEnd = (content: Content): Content => ({
  ...content,
  transport: { ...content.transport, gathered: false },
});

function contentOf({ creator, name, ufrag, pwd }: ContentUpdate, children: Element[]): Element {
  const transport = xml("transport", { xmlns: ICE_UDP, ...present({ ufrag, pwd }) }, ...children);
  return xml("content", { creator, name }, transport);
}
