/**
 * SDP fragments: trickled candidates in the body of an INFO (RFC 8840).
 *
 * Rules: a section is identified by its mid, or by its position if it has none; a candidate that cannot be read is left
 * out; our fragments contain all candidates of their ICE generation so far (§4.4).
 */
import { readCandidateLine } from "../candidate.ts";
import { withoutRefused } from "../media/bundle.ts";
import type { ContentUpdate, Media, TransportUpdate } from "../media/media.ts";
import { midsOf } from "../media/mids.ts";
import { MOST } from "../media/values.ts";
import { present } from "../text.ts";
import { firstOf, readLines } from "./lines.ts";
import { saidBy } from "./transport.ts";
import { writeCandidates } from "./write.ts";

/**
 * Reads an `application/trickle-ice-sdpfrag`, or the candidates of a whole SDP; contents are those of the session's offer.
 * ICE ufrag and password may be session-level (RFC 8840 §9.2). Throws `Refusal` if it is too large.
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

/** Writes a fragment with all candidates of this generation so far (RFC 8840 §4.4). */
export function writeTrickleFragment(media: Media): string {
  const mids = midsOf(media);
  const { contents } = withoutRefused(media);
  const sections = contents.filter(({ rejected, transport }) => !rejected && transport.ufrag !== undefined);
  const lines = sections.flatMap(({ name, transport }) => [
    "m=audio 9 RTP/AVP 0", // RFC 8840 §9.2: a pseudo m-line, the same for every medium
    `a=ice-ufrag:${transport.ufrag}`,
    `a=ice-pwd:${transport.pwd}`,
    `a=mid:${mids.get(name)}`,
    ...writeCandidates(transport),
  ]);
  return lines.map((line) => `${line}\r\n`).join("");
}
