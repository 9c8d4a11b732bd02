/**
 * npm run bench:media -- --hostile
 *
 * The cost of 100 kB and 1 MB of expensive SDP or XML (hostile-sdp.ts, hostile-jingle.ts): read as by the gateway, and written in the
 * other notation unless refused. Prints the most expensive shapes first.
 */
import { attempt } from "../protocol/refusal.ts";
import { HOSTILE_JINGLE } from "./hostile-jingle.ts";
import { HOSTILE_SDP } from "./hostile-sdp.ts";
import { sdpWriter, toJingle } from "./notations.ts";
import { least } from "./statistics.ts";

const SIZES = [100_000, 1_000_000];
const SHOWN = 8;

/** Milliseconds of the fastest of several runs. */
function cost(work: () => unknown): number {
  const runs = Array.from({ length: 9 }, () => {
    const begun = performance.now();
    work();
    return performance.now() - begun;
  });
  return least(runs);
}

function ofSdp(sdp: string): number {
  return cost(() => attempt(() => toJingle(sdp)));
}

function ofJingle(inside: string): number {
  const stanza = new TextEncoder().encode(`<jingle xmlns='urn:xmpp:jingle:1'>${inside}</jingle>`);
  return cost(() => sdpWriter()(stanza));
}

export function compareHostile(): void {
  const rows = [
    ...HOSTILE_SDP.map(([name, shape]) => ({ name: `SDP: ${name}`, costs: SIZES.map((size) => ofSdp(shape(size))) })),
    ...HOSTILE_JINGLE.map(([name, shape]) => ({
      name: `XML: ${name}`,
      costs: SIZES.map((size) => ofJingle(shape(size))),
    })),
  ];
  const dearest = rows.toSorted((one, two) => Math.max(...two.costs) - Math.max(...one.costs));
  console.log("| what is written to cost much | ms of 100 kB | ms of 1 MB |\n|---|---|---|");
  for (const { name, costs } of dearest.slice(0, SHOWN))
    console.log(`| ${name} | ${costs.map((each) => each.toFixed(1)).join(" | ")} |`);
}
