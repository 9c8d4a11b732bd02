/**
 * Jingle sessions as Media: XEP-0166 with RTP sessions (XEP-0167) and grouping (XEP-0338).
 *
 * Rules: a content that is neither an RTP session nor data channels ends the whole session with `unsupported-applications`; a
 * refused content of an answer stays, with senders none (Conversations ends a call whose accept lacks a content); a refused content
 * of an offer is left out, since nobody could accept it.
 */

import type { Element } from "@xmpp/xml";
import { keptMedia } from "../media/kept.ts";
import type { Content, Media, Role } from "../media/media.ts";
import { bounded, MOST } from "../media/values.ts";
import type { Reason } from "../reasons.ts";
import { unmappable, unreadable } from "../refusal.ts";
import { present } from "../text.ts";
import { xml } from "../xmpp/element.ts";
import { GROUPING, JINGLE, RTP } from "../xmpp/namespaces.ts";
import { readDataChannels, writeDataChannels } from "./data-channels.ts";
import { type Description, readDescription, SENDERS, writeDescription } from "./description.ts";
import { mustHaveAddress, readTransport, writeTransport } from "./transport.ts";
import { nameOf, oneOf, requiredOf, tokenOf } from "./values.ts";

const ROLES: readonly Role[] = ["initiator", "responder"];

/**
 * Reads the contents of a session-initiate (offer) or a session-accept (answer, in which a content without codecs is refused);
 * groups may also contain the names in `known`. Throws `Refusal`.
 */
export function readJingle(jingle: Element, as: "offer" | "answer" = "offer", known: readonly string[] = []): Media {
  const elements = bounded(jingle.getChildren("content", JINGLE), MOST.contents, "contents");
  if (elements.length === 0) throw unreadable("there is no content");
  const contents = elements.map((element) => readContent(element, as));
  const names = contents.map(({ name }) => name);
  if (names.some((name, at) => names.indexOf(name) < at)) throw unreadable("two contents have the same name");
  const isSilent = ({ payloads, sctp }: Content): boolean => payloads.length === 0 && sctp === undefined;
  const silent = contents.find(isSilent);
  if (as === "offer" && silent) throw unreadable(`content '${silent.name}' has no codec`);
  if (as === "offer" && known.length === 0 && contents.every(({ sctp }) => sctp !== undefined))
    throw unmappable("data channels alone are no call", "unsupported-applications");
  const refuses = (content: Content): boolean => as === "answer" && (content.senders === "none" || isSilent(content));
  for (const content of contents) if (!refuses(content)) mustHaveAddress(content.name, content.transport);
  const groups = bounded(jingle.getChildren("group", GROUPING), MOST.groups, "groups");
  const read = groups.map((group) => readGroup(group, [...known, ...names]));
  return keptMedia({ contents, groups: read.filter((group) => group.names.length > 0) });
}

function readContent(element: Element, as: "offer" | "answer"): Content {
  const name = nameOf(element);
  const transport = transportOf(element, name, as);
  return {
    name,
    creator: oneOf(element, "creator", ROLES) ?? "initiator",
    senders: oneOf(element, "senders", SENDERS) ?? "both",
    rejected: false,
    ...describedBy(element, transport, as),
    transport,
  };
}

/** The transport; the application type is checked first. */
function transportOf(element: Element, name: string, as: "offer" | "answer"): Content["transport"] {
  const description = descriptionOf(element);
  if (description === undefined && readDataChannels(element, as) === undefined)
    throw unreadable(`content '${name}' has no description`);
  if (description !== undefined && description.getNS() !== RTP)
    throw unmappable(`unsupported application ${description.getNS()}`, "unsupported-applications");
  return readTransport(element);
}

const descriptionOf = (element: Element): Element | undefined => element.getChild("description");

/** The content's description: an RTP session, or data channels, which have no element of their own (XEP-0343). */
function describedBy(element: Element, transport: Content["transport"], as: "offer" | "answer"): Description {
  const description = descriptionOf(element);
  const data = description === undefined ? readDataChannels(element, as) : undefined;
  if (data) return data;
  if (description === undefined) throw unreadable("there is no description");
  return readDescription(description, transport);
}

function readGroup(group: Element, known: readonly string[]): Media["groups"][number] {
  const names = group.getChildren("content", GROUPING).map((content) => requiredOf(content, "name"));
  return { semantics: tokenOf(group, "semantics"), names: [...new Set(names)].filter((name) => known.includes(name)) };
}

/** Writes the contents of a session-initiate (an offer) or a session-accept (an answer). */
export function writeJingle(media: Media, as: "offer" | "answer"): Element[] {
  const contents = media.contents.filter(({ rejected }) => as === "answer" || !rejected);
  const names = contents.map(({ name }) => name);
  const groups = media.groups.map((group) => {
    const left = group.names.filter((name) => names.includes(name));
    return { ...group, names: as === "answer" ? [...left, ...refusedIn(media, group)] : left };
  });
  return [...contents.map(writeContent), ...groups.filter((group) => group.names.length > 0).map(writeGroup)];
}

/**
 * The refused contents that share the transport of a bundle: they stay in its group. COMPAT Chromium, Conversations (max-bundle):
 * "Answer cannot remove m= section from already-established BUNDLE group"; their clients keep the content, without media.
 */
function refusedIn({ contents }: Media, { semantics, names }: Media["groups"][number]): string[] {
  const head = contents.find(({ name }) => name === names[0])?.transport.ufrag;
  if (semantics !== "BUNDLE" || head === undefined) return [];
  const shares = ({ name, rejected, transport }: Content): boolean =>
    rejected && transport.ufrag === head && !names.includes(name);
  return contents.filter(shares).map(({ name }) => name);
}

/** Writes a whole content. */
export function writeContent(content: Content): Element {
  const { creator, name, rejected } = content;
  const senders = rejected ? "none" : content.senders;
  const transport = writeTransport(content.transport, content.name);
  if (content.sctp) transport.append(writeDataChannels(content.sctp));
  return xml("content", { creator, name, senders }, ...(content.sctp ? [] : [writeDescription(content)]), transport);
}

/** Writes a group of contents (XEP-0338). */
export function writeGroup({ semantics, names }: Media["groups"][number]): Element {
  return xml("group", { xmlns: GROUPING, semantics }, ...names.map((name) => xml("content", { name })));
}

/** A `<jingle/>` with its children. */
export function jingleElement(
  action: string,
  sid: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly Element[],
): Element {
  return xml("jingle", { xmlns: JINGLE, action, sid, ...attributes }, ...children);
}

/** A `<reason/>`, with the SIP status next to the condition in mod_jingle_sip's format. */
export function reasonElement({ condition, text, sipError }: Reason): Element {
  return xml(
    "reason",
    {},
    xml(condition),
    ...(text === undefined ? [] : [xml("text", {}, text)]),
    ...(sipError === undefined ? [] : [xml("sip-error", { code: `${sipError.code}` }, sipError.phrase)]),
  );
}

const BESIDE = new Set(["text", "sip-error"]);

/** Reads the reason of a session-terminate; a missing one is read as general-error (XEP-0166 §6.7). */
export function readReason(jingle: Element): Reason {
  const reason = jingle.getChild("reason", JINGLE);
  const condition = reason
    ?.getChildElements()
    .find((child) => child.getNS() === JINGLE && !BESIDE.has(child.getName()));
  const error = reason?.getChild("sip-error");
  const code = Number(error?.attrs.code);
  const known = Number.isInteger(code) && code >= 300 && code <= 699;
  return {
    condition: condition?.getName() ?? "general-error",
    ...present({
      text: reason?.getChildText("text")?.slice(0, 1_000) ?? undefined,
      sipError: known ? { code, phrase: error?.getText().slice(0, 200) ?? "" } : undefined,
    }),
  };
}
