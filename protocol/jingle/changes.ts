/**
 * Jingle actions that change a session: contents and transports (XEP-0166 §7.2), codecs (XEP-0167 §6), and the source
 * actions of jingle.js and mod_jingle_sip (source-add, source-remove, source-update).
 *
 * Rule: a change refers to its contents by name; what it omits stays unchanged.
 */

import type { Element } from "@xmpp/xml";
import type {
  Content,
  ContentName,
  ContentPayloads,
  ContentSenders,
  ContentSources,
  Media,
  Source,
  Transport,
} from "../media/media.ts";
import { unreadable } from "../refusal.ts";
import { owned } from "../text.ts";
import { xml } from "../xmpp/element.ts";
import { JINGLE, RTP } from "../xmpp/namespaces.ts";
import { readPayloads, writePayload } from "./codecs.ts";
import { SENDERS } from "./description.ts";
import { readSources, writeSources as writeSourceElements } from "./sources.ts";
import { mustHaveAddress, readTransport, writeTransport } from "./transport.ts";
import { oneOf, requiredOf } from "./values.ts";

/** Reads a part of each content, copied so that it can be stored. Throws `Refusal`. */
function readEach<Part>(jingle: Element, read: (content: Element) => Part): Part[] {
  const contents = jingle.getChildren("content", JINGLE);
  if (contents.length === 0) throw unreadable("there is no content");
  return owned(contents.map(read));
}

/** Reads the new senders of contents (content-modify). Throws `Refusal`. */
export function readSenders(jingle: Element): ContentSenders[] {
  return readEach(jingle, (content) => ({
    name: requiredOf(content, "name"),
    senders: oneOf(content, "senders", SENDERS) ?? "both",
  }));
}

/** The contents of a content-modify. */
export function writeSenders(changes: readonly ContentSenders[]): Element[] {
  return changes.map(({ name, senders }) => xml("content", { creator: "initiator", name, senders }));
}

/** Reads the sources of a source action, by content; omitted parameters come from the session. Throws `Refusal`. */
export function readNamedSources(jingle: Element, session: Media): ContentSources[] {
  return readEach(jingle, (element) => {
    const name = requiredOf(element, "name");
    const description = element.getChild("description", RTP);
    const { sources, sourceGroups } = session.contents.find((content) => content.name === name) ?? NOTHING;
    const given = description ? readSources(description) : NOTHING;
    if (given.sources.length + given.sourceGroups.length === 0) return { name, sources, sourceGroups };
    return { name, ...given, sources: given.sources.map((source) => completed(source, sources)) };
  });
}

const NOTHING: Pick<Content, "sources" | "sourceGroups"> = { sources: [], sourceGroups: [] };

/** A source without parameters gets those known to the session. */
function completed(source: Source, known: readonly Source[]): Source {
  const same = known.find(({ ssrc }) => ssrc === source.ssrc);
  return source.parameters.length === 0 && same ? same : source;
}

/** The contents of a source action. */
export function writeSources(contents: readonly Content[]): Element[] {
  return contents.map((content) =>
    xml(
      "content",
      { creator: content.creator, name: content.name },
      xml("description", { xmlns: RTP, media: content.media }, ...writeSourceElements(content)),
    ),
  );
}

/** The contents of an action with whole transports. */
export function writeTransports(contents: readonly Content[]): Element[] {
  return contents.map(({ creator, name, transport }) =>
    xml("content", { creator, name }, writeTransport(transport, name)),
  );
}

/** Contents with only their names, for an action that removes or rejects them. */
export function writeNames(contents: readonly ContentName[]): Element[] {
  return contents.map(({ creator, name }) => xml("content", { creator, name }));
}

/** Reads the names of the contents in an action that removes or rejects them. Throws `Refusal`. */
export function readNames(jingle: Element): string[] {
  return readContentNames(jingle).map(({ name }) => name);
}

/** Reads only the creators and names of contents. Throws `Refusal`. */
export function readContentNames(jingle: Element): ContentName[] {
  return readEach(jingle, (content) => ({
    creator: content.attrs.creator === "responder" ? "responder" : "initiator",
    name: requiredOf(content, "name"),
  }));
}

/** Reads the transports of a transport-replace, by content. Throws `Refusal`. */
export function readTransports(jingle: Element): { name: string; transport: Transport }[] {
  return readEach(jingle, (content) => {
    const [name, transport] = [requiredOf(content, "name"), readTransport(content)];
    mustHaveAddress(name, transport);
    return { name, transport };
  });
}

/** Reads the codecs of a description-info, by content (XEP-0167 §6). Throws `Refusal`. */
export function readCodecs(jingle: Element): ContentPayloads[] {
  return readEach(jingle, (content) => {
    const description = content.getChild("description", RTP);
    if (description === undefined) throw unreadable("a description-info without a description");
    return { name: requiredOf(content, "name"), payloads: readPayloads(description) };
  });
}

/** The contents of a description-info: only their codecs. */
export function writeCodecs(contents: readonly Content[]): Element[] {
  return contents.map((content) => {
    const { creator, name, media, payloads } = content;
    const codecs = payloads.map((payload) => writePayload(payload, content));
    return xml("content", { creator, name }, xml("description", { xmlns: RTP, media }, ...codecs));
  });
}
