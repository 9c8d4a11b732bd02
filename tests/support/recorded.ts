/** A play as a journal has it: each of its calls, written out as a play of its own. */
import { Journal } from "../../journal/journal.ts";
import { playOf } from "../../journal/play.ts";
import type { Setting } from "../../journal/setting.ts";
import { createClock } from "../../replay/clock.ts";
import { settingOf } from "../../replay/setting.ts";
import { type PlayOptions, Stage } from "./play.ts";

const BUDGET = 50_000_000;

/** Performs a play, and gives its journal and what the gateway was like. */
export async function journalOf(script: string, options: PlayOptions): Promise<{ journal: Journal; setting: Setting }> {
  const clock = createClock();
  const journal = new Journal({ now: clock.now, budget: BUDGET });
  const stage = new Stage({ ...options, clock, watch: journal });
  await stage.open(options.online ?? ["juliet"]);
  await stage.play(script);
  await stage.close();
  return { journal, setting: settingOf(stage.config) };
}

/** A call of a play, as it can be taken away. */
export interface RecordedCall {
  readonly play: string;
  readonly json: string;
}

/** Performs a play, and gives its calls. */
export async function recorded(script: string, options: PlayOptions): Promise<RecordedCall[]> {
  const { journal, setting } = await journalOf(script, options);
  const { calls } = journal.calls({}, Number.POSITIVE_INFINITY);
  return calls.map((row) => ({
    play: playOf(row, journal.entries(row.id) ?? [], setting),
    json: JSON.stringify({ ...journal.call(row.id), setting }),
  }));
}
