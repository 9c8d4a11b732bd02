/**
 * The sources of a Jingle description and their groups (XEP-0339, RFC 5576), read and written.
 *
 * Rules: every source has an SSRC; an empty group is left out; the SSRC in the description itself (XEP-0167 §6) is used only
 * if there is no source.
 */
import type { Element } from "@xmpp/xml";
import type { Content, Source } from "../media/media.ts";
import { bounded, MOST } from "../media/values.ts";
import { present } from "../text.ts";
import { xml } from "../xmpp/element.ts";
import { SSMA } from "../xmpp/namespaces.ts";
import { numberOf, textOf, tokenOf, without, wordOf } from "./values.ts";

/** The sources of a description, and their groups (XEP-0339). */
export function readSources(description: Element): Pick<Content, "sources" | "sourceGroups"> {
  const sources = bounded(description.getChildren("source", SSMA), MOST.sources, "sources").map(readSource);
  const first = sources.length === 0 ? numberOf(description, "ssrc") : undefined;
  return {
    sources: first === undefined ? sources : [{ ssrc: `${first}`, parameters: [] }],
    sourceGroups: bounded(description.getChildren("ssrc-group", SSMA), MOST.sourceGroups, "source groups").flatMap(
      readSourceGroup,
    ),
  };
}

/**
 * Adds a source, of the same participant, for each SSRC found only in a group: COMPAT stanza 12, which puts its retransmission (FID)
 * in the group alone. Chromium refuses an SDP whose group has a source without a=ssrc ("Failed to add remote stream").
 */
export function withGrouped(described: Pick<Content, "sources" | "sourceGroups">): Pick<Content, "sources"> {
  const known = new Map(described.sources.map((source) => [source.ssrc, source]));
  for (const { ssrcs } of described.sourceGroups) {
    const [first] = ssrcs.flatMap((ssrc) => known.get(ssrc) ?? []);
    for (const ssrc of ssrcs) if (first && !known.has(ssrc)) known.set(ssrc, { ...first, ssrc });
  }
  return { sources: bounded([...known.values()], MOST.sources, "sources") };
}

/** The elements of sources and their groups. */
export function writeSources({ sources, sourceGroups }: Pick<Content, "sources" | "sourceGroups">): Element[] {
  return [
    ...sources.map(({ ssrc, parameters }) =>
      xml("source", { xmlns: SSMA, ssrc }, ...parameters.map((each) => xml("parameter", { ...each }))),
    ),
    ...sourceGroups.map(({ semantics, ssrcs }) =>
      xml("ssrc-group", { xmlns: SSMA, semantics }, ...ssrcs.map((ssrc) => xml("source", { ssrc }))),
    ),
  ];
}

function ssrcOf(source: Element): string {
  return `${numberOf(source, "ssrc") ?? without(source, "ssrc")}`;
}

function readSourceGroup(group: Element): Content["sourceGroups"] {
  const ssrcs = [...new Set(group.getChildren("source", SSMA).map(ssrcOf))];
  return ssrcs.length === 0 ? [] : [{ semantics: tokenOf(group, "semantics"), ssrcs }];
}

function readSource(element: Element): Source {
  return {
    ssrc: ssrcOf(element),
    parameters: element.getChildren("parameter", SSMA).map((each) => ({
      name: wordOf(each, "name"),
      ...present({ value: textOf(each, "value") }),
    })),
  };
}
