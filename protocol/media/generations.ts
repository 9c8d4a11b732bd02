/**
 * The generation of candidates, incremented by each ICE restart: XEP-0176 §5 (ICE Restarts), RFC 8445 §9.
 *
 * Rules: generations are counted by changes of the ufrag in one side's descriptions; the candidates' own values are ignored
 * (browsers behind SIP always say 0); a content that returns is new, and starts with the value in its candidates.
 */
import type { Content, Media, Transport } from "./media.ts";

/** The next description of the same side: transports restarted by ICE get the next generation. */
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
