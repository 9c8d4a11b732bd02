/**
 * Runs one input through one reader, and judges the result.
 *
 * The law: a value or a `Refusal`, never another exception; at most `MOST_SECONDS` of CPU time, whatever else the machine does; and
 * output in proportion to the input: at most `GREATEST` characters for each byte.
 */
import { Refusal } from "../../protocol/refusal.ts";
import type { Reader } from "./readers.ts";

const MOST_SECONDS = 0.25;
const GREATEST = 200;
/** Characters of output allowed for an empty input. */
const OF_NOTHING = 100_000;

/** CPU seconds used by this process. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}

/** The violation, in words; undefined if there is none. */
export async function judged(
  reader: Reader,
  bytes: Uint8Array,
  seconds: () => number = processorTime,
): Promise<string | undefined> {
  let least = Number.POSITIVE_INFINITY;
  // the garbage collector runs at any time: only what is slow every time is slow
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
