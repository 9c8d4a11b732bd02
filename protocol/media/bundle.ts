/**
 * Groups after the refusal of some of their contents: RFC 5888 §9.2, RFC 9143 §7.2.3.
 *
 * Rules: a refused content is in no group; if it was the head of a bundle, the next content gets the shared transport
 * with its candidates.
 */
import type { Content, Media, Transport } from "./media.ts";

/** The media, with refused contents removed from all groups. */
export function withoutRefused(media: Media): Media {
  if (media.groups.length === 0) return media;
  const find = (name: string): Content | undefined => media.contents.find((content) => content.name === name);
  const heirs = new Map<string, Transport>();
  const groups = media.groups.map(({ semantics, names }) => {
    const left = names.filter((name) => find(name)?.rejected === false);
    const [head = "", heir = ""] = [names[0], left[0]];
    const [before, after] = [find(head)?.transport, find(heir)?.transport];
    const isShared = before !== undefined && before.ufrag !== undefined && before.ufrag === after?.ufrag;
    if (semantics === "BUNDLE" && head !== heir && isShared && after?.candidates.length === 0) heirs.set(heir, before);
    return { semantics, names: left };
  });
  const contents = media.contents.map((content): Content => {
    const { candidates, gathered } = heirs.get(content.name) ?? content.transport;
    return heirs.has(content.name)
      ? { ...content, transport: { ...content.transport, candidates, gathered } }
      : content;
  });
  return { ...media, contents, groups: groups.filter(({ names }) => names.length > 0) };
}
