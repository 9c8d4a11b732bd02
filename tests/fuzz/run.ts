/**
 * `npm run fuzz -- --minutes N --seed S`: mutated inputs for every reader, in turn, until the time is up; a finding is saved and printed, and it exits 1.
 *
 * Each round of a reader has a seed of its own, printed with a finding: `--reader NAME --seed S --rounds 1` reproduces it.
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { createChance, seedOf } from "../../replay/chance.ts";
import { found, keptAt } from "./corpus.ts";
import { judged } from "./judged.ts";
import { mutated } from "./mutation.ts";
import { READERS, type Reader } from "./readers.ts";

/** Inputs per round. */
const ROUND = 200;

const { values } = parseArgs({
  options: {
    minutes: { type: "string" },
    seed: { type: "string" },
    rounds: { type: "string" },
    reader: { type: "string" },
  },
});
const end = Date.now() + Number(values.minutes ?? 2) * 60_000;
const first = Number(values.seed ?? seedOf(new Date().toISOString()));
const rounds = Number(values.rounds ?? Number.POSITIVE_INFINITY);
const readers = READERS.filter(({ name }) => values.reader === undefined || name === values.reader);
const counts = new Map<string, number>();
let findings = 0;

async function round(reader: Reader, seed: number): Promise<void> {
  const chance = createChance(seed);
  const corpus = [...reader.corpus, ...found(reader.name).map(({ bytes }) => new TextDecoder().decode(bytes))];
  for (let at = 0; at < ROUND; at++) {
    const bytes = mutated(corpus, chance);
    const fault = await judged(reader, bytes);
    counts.set(reader.name, (counts.get(reader.name) ?? 0) + 1);
    if (fault !== undefined) tell(reader, seed, bytes, fault);
  }
}

function tell(reader: Reader, seed: number, bytes: Uint8Array, fault: string): void {
  const file = keptAt(reader.name, createHash("sha1").update(bytes).digest("hex").slice(0, 12));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  findings++;
  console.log(`FOUND by ${reader.name}, seed ${seed}: ${file}\n${fault}`);
}

console.log(`seed ${first}`);
for (let at = 0; at < rounds && Date.now() < end && findings < 20; at++)
  for (const reader of readers) await round(reader, first + at);
for (const [name, count] of counts) console.log(`${name}: ${count} inputs`);
process.exit(findings === 0 ? 0 : 1);
