/** A play as recorded in a journal. */
import { Journal } from "../../journal/journal.ts";
import type { Setting } from "../../journal/setting.ts";
import { createClock } from "../../replay/clock.ts";
import { settingOf } from "../../replay/setting.ts";
import type { RecordedCall } from "./again.ts";
import { type PlayOptions, performed } from "./play.ts";

const BUDGET = 50_000_000;

/** Performs a play, and returns its journal and the gateway's configuration. */
export async function journalOf(script: string, options: PlayOptions): Promise<{ journal: Journal; setting: Setting }> {
  const clock = createClock();
  const journal = new Journal({ now: clock.now, budget: BUDGET });
  const { config } = await performed(script, { ...options, clock, watch: journal });
  return { journal, setting: settingOf(config) };
}

/** Performs a play, and returns its calls. */
export const recorded = async (script: string, options: PlayOptions): Promise<readonly RecordedCall[]> =>
  (await performed(script, options)).recorded;
