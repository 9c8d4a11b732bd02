/**
 * The generation of candidates, which rises each time that ICE begins anew: XEP-0176 §5 (ICE Restarts), RFC 8445 §9.
 *
 * Rules: the generation is counted from the ICE user of the same side's descriptions, whatever the candidates say of
 * themselves (browsers behind SIP say 0 for ever); a content that comes back is new, and begins with what it says.
 */
import type { Content, Media, Transport } from "./media.ts";

/** The description that follows another of the same side: what ICE has begun anew is of the next generation. */
export function inItsGeneration(before: Media, after: Media): Media {
  const contents = after.contents.map((content): Content => {
    const was = before.contents.find(({ name }) => name === content.name);
    if (was === undefined || was.rejected || content.rejected) return content;
    return { ...content, transport: following(was.transport, content.transport) };
  });
  return { ...after, contents };
}

function following({ ufrag, generation: last = 0 }: Transport, transport: Transport): Transport {
  const isNew = ufrag !== undefined && transport.ufrag !== undefined && transport.ufrag !== ufrag;
  const generation = last + (isNew ? 1 : 0);
  if (generation === 0) return transport;
  const candidates = transport.candidates.map((candidate) => ({ ...candidate, generation }));
  return { ...transport, generation, candidates };
}
