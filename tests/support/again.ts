/** The calls of a play as recorded in its journal, each written as a play and as JSON, and replayed. */
import { expect } from "bun:test";
import type { GatewayConfig } from "../../actors/gateway-config.ts";
import type { Journal } from "../../journal/journal.ts";
import { playOf } from "../../journal/play.ts";
import { replay } from "../../replay/replay.ts";
import { settingOf } from "../../replay/setting.ts";

/** A recorded call with its exports. */
export interface RecordedCall {
  readonly play: string;
  readonly json: string;
}

/** The calls of a play in its journal. */
export function recordedCalls(journal: Journal, config: GatewayConfig): RecordedCall[] {
  const setting = settingOf(config);
  const { calls } = journal.calls({}, Number.POSITIVE_INFINITY);
  return calls.map((row) => ({
    play: playOf(row, journal.entries(row.id) ?? [], setting),
    json: JSON.stringify({ ...journal.call(row.id), setting }),
  }));
}

/** Replays each call without deviation; if a reason is given why that is impossible, one of them must deviate. */
export async function goesAgain(calls: readonly RecordedCall[], unwritten: string | undefined): Promise<void> {
  const faults: string[] = [];
  for (const call of calls)
    for (const text of [call.play, call.json]) {
      const lines: string[] = [];
      const isSame = await replay(text, { print: (line) => void lines.push(line), next: async () => {} });
      if (!isSame) faults.push([...lines, "as its journal writes it:", call.play].join("\n"));
    }
  if (unwritten === undefined) expect(faults.join("\n")).toBe("");
  else expect(faults, `goes the same way again, though: ${unwritten}`).not.toEqual([]);
}
