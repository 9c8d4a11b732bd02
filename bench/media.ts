/**
 * npm run bench:media [-- --rounds 200 --hostile]
 *
 * The cost of reading an SDP and writing it as Jingle, and the reverse, text to text: compared with `parse` of sdp-transform, which
 * only reads SDP, and with stanza, which does both. All in one process, alternating in short rounds, of which the minimum
 * counts: other work on the machine only adds. Each text is one of 64 that differ as those of real calls do (ICE ufrag, ports), so that no
 * cache has it. `--hostile` runs hostile.ts. The last figures are in bench/README.md.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "sdp-transform";
import { compareHostile } from "./hostile.ts";
import { readOurs, sdpByStanza, sdpWriter, stanzaJingle, toJingle } from "./notations.ts";
import { SMALL } from "./sessions.ts";
import { least } from "./statistics.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "200" }, hostile: { type: "boolean" } } });
const MANY = 64;
const BROWSER = join(import.meta.dir, "../tests/vectors/media/chromium/audio-video-max-compat.offer.gathered.sdp");

/** Variants of a text, with different ICE ufrags and ports. */
const variants = (sdp: string): string[] =>
  Array.from({ length: MANY }, (_, at) =>
    sdp.replace(/(a=ice-(?:ufrag|pwd):)(..)/g, `$1${at + 10}`).replace(/(udp \d+ \S+) (\d{4})\d/gi, `$1 $2${at % 10}`),
  );

/** Microseconds of each task, the minimum of the rounds. */
function measured(works: readonly ((at: number) => unknown)[]): number[] {
  const took = works.map((): number[] => []);
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [which, work] of works.entries()) {
      const begun = performance.now();
      for (let at = 0; at < MANY; at++) work(at);
      took[which]?.push(((performance.now() - begun) * 1_000) / MANY);
    }
  return took.map(least);
}

function compare(name: string, sdp: string): void {
  const sdps = variants(sdp);
  const texts = sdps.map(toJingle);
  const bytes = texts.map((text) => new TextEncoder().encode(text));
  const toSdp = sdpWriter();
  const of = <Item>(list: readonly Item[], at: number): Item => list[at] as Item;
  const [parsed = 1, ...rest] = measured([
    (at) => parse(of(sdps, at)),
    (at) => readOurs(of(sdps, at)),
    (at) => toJingle(of(sdps, at)),
    (at) => toSdp(of(bytes, at)),
    (at) => stanzaJingle(of(sdps, at), "initiator"),
    (at) => sdpByStanza(of(texts, at), "initiator"),
  ]);
  const cells = rest.map((each) => `${each.toFixed(0)} (${(each / parsed).toFixed(1)})`);
  console.log(`| ${[name, `${sdp.length}`, `${texts[0]?.length}`, parsed.toFixed(0), ...cells].join(" | ")} |`);
}

if (values.hostile) compareHostile();
else {
  const heads = ["µs (times parse)", "B of SDP", "B of Jingle", "sdp-transform's parse", "readSdp", "SDP to Jingle"];
  const others = ["Jingle to SDP", "stanza: SDP to Jingle", "stanza: Jingle to SDP"];
  console.log(`| ${[...heads, ...others].join(" | ")} |\n|${"---|".repeat(9)}`);
  compare("small", SMALL.sdp);
  compare("browser", readFileSync(BROWSER, "utf8"));
}
process.exit(0);
