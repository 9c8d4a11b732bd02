/** A play as a journal has it: each of its calls, written out as a play of its own. */
import { Journal } from "../../journal/journal.ts";
import { playOf } from "../../journal/play.ts";
import type { Setting } from "../../journal/setting.ts";
import { settingOf } from "../../replay/setting.ts";
import { createClock } from "./clock.ts";
import { type PlayOptions, Stage } from "./play.ts";
import { gatewayConfig } from "./play-gateway.ts";

const BUDGET = 50_000_000;

/** Performs a play, and gives its journal and what the gateway was like. */
export async function journalOf(script: string, options: PlayOptions): Promise<{ journal: Journal; setting: Setting }> {
  const clock = createClock();
  const journal = new Journal({ now: clock.now, budget: BUDGET });
  const stage = new Stage({ ...options, clock, watch: journal });
  await stage.open(options.online ?? ["juliet"]);
  await stage.play(script);
  await stage.close();
  return { journal, setting: settingOf(gatewayConfig(options.calls, options.intercept && "intercept")) };
}

/** Performs a play, and gives the plays of its calls. */
export async function recorded(script: string, options: PlayOptions): Promise<string[]> {
  const { journal, setting } = await journalOf(script, options);
  const { calls } = journal.calls({}, Number.POSITIVE_INFINITY);
  return calls.map((row) => playOf(row, journal.entries(row.id) ?? [], setting));
}
