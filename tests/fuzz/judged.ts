/**
 * One input at one reader, and what is wrong with what came of it.
 *
 * The law: a value or a `Refusal`, never another throw; no more than `MOST_SECONDS` of a processor, whatever else the machine does; and no more told than
 * the input is worth: `GREATEST` characters for each of its bytes.
 */
import { Refusal } from "../../protocol/refusal.ts";
import type { Reader } from "./readers.ts";

const MOST_SECONDS = 0.25;
const GREATEST = 200;
/** Characters that are told of nothing at all. */
const OF_NOTHING = 100_000;

/** Seconds of a processor that this process has used. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}

/** What is wrong, in words; undefined when nothing is. */
export async function judged(
  reader: Reader,
  bytes: Uint8Array,
  seconds: () => number = processorTime,
): Promise<string | undefined> {
  let least = Number.POSITIVE_INFINITY;
  // the collector of garbage runs when it likes: what is slow each time is slow
  for (let left = 3; left > 0 && least > MOST_SECONDS; left--) {
    const begun = seconds();
    const told = await outcomeOf(reader, bytes);
    least = Math.min(least, seconds() - begun);
    if (told.fault !== undefined) return told.fault;
    const length = JSON.stringify(told.value)?.length ?? 0;
    if (length > OF_NOTHING + GREATEST * bytes.length) return `${length} characters of ${bytes.length} bytes`;
  }
  return least > MOST_SECONDS ? `${least} s for ${bytes.length} bytes` : undefined;
}

async function outcomeOf(reader: Reader, bytes: Uint8Array): Promise<{ value?: unknown; fault?: string }> {
  try {
    return { value: await reader.read(bytes) };
  } catch (error) {
    if (error instanceof Refusal) return {};
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
