/**
 * Replays a recorded call, step by step, on a whole gateway in memory: the real readers, stack, sides and chart, over simulated wires
 * and a simulated clock.
 *
 * Rules: a journal (exported JSON) is first converted to a play, so that both run the same way; the steps of its chart are then compared
 * with those of the recording. A play states itself what is expected. The first difference ends the replay. Pauses are those of
 * the recording to 50 ms, and take no real time.
 */
import type { Following } from "../journal/following.ts";
import { Journal } from "../journal/journal.ts";
import { ladderRows } from "../journal/ladder-rows.ts";
import { withNews } from "../journal/news.ts";
import { playOf } from "../journal/play.ts";
import { entriesOf, readExportedCall } from "../journal/read-view.ts";
import { headLines, indented, rowLine } from "../journal/text.ts";
import type { CallView, StepView } from "../journal/view.ts";
import { createClock } from "./clock.ts";
import { Missed } from "./missed.ts";
import { configuredBy } from "./options.ts";
import { readPlay, type Step } from "./script.ts";
import { Stage } from "./stage.ts";

const BUDGET = 64 * 2 ** 20;

export interface ReplayNeeds {
  readonly print: (line: string) => void;
  /** Waits for permission to continue: before a peer sends something, or time passes. */
  readonly next: () => Promise<void>;
}

/** The gateway deviates from the recording. */
class Departure extends Error {}

/** Replays the text of a file; returns false if the gateway deviates. Throws an `Error` if it is neither journal nor play. */
export async function replay(text: string, needs: ReplayNeeds): Promise<boolean> {
  if (!text.trimStart().startsWith("{")) return await new Replay(text, [], needs).run();
  const [script, steps] = writtenFrom(text);
  return await new Replay(script, steps, needs).run();
}

/** The play of an exported call, and its recorded steps. */
function writtenFrom(text: string): readonly [script: string, steps: readonly StepView[]] {
  const call = readExportedCall(text);
  try {
    return [playOf(call, entriesOf(call), call.setting), call.steps];
  } catch (error) {
    // the file is untrusted and may contain anything
    throw new Error(`this JSON is not an exported call: ${error instanceof Error ? error.message : String(error)}`);
  }
}

class Replay {
  readonly #script: string;
  /** The recorded steps of the chart; empty for a play. */
  readonly #recorded: readonly StepView[];
  readonly #needs: ReplayNeeds;
  readonly #journal: Journal;
  readonly #stage: Stage;
  /** The replayed call so far. */
  #following: Following | undefined;
  #call: CallView | undefined;
  #mark = "";
  #printed = 0;
  #compared = 0;
  /** Whether time has passed since the last message. */
  #isLater = false;

  constructor(script: string, recorded: readonly StepView[], needs: ReplayNeeds) {
    const clock = createClock();
    this.#script = script;
    this.#recorded = recorded;
    this.#needs = needs;
    this.#journal = new Journal({ now: clock.now, budget: BUDGET });
    this.#stage = new Stage({ ...configuredBy(script), clock, watch: this.#journal });
  }

  async run(): Promise<boolean> {
    const steps = readPlay(this.#script);
    await this.#stage.open(configuredBy(this.#script).online ?? ["juliet"]);
    try {
      for (const step of steps) await this.#take(step);
      await this.#stage.close();
      this.#tell();
      this.#nothingIsMissing();
    } catch (error) {
      if (!(error instanceof Departure || error instanceof Missed)) throw error;
      this.#needs.print(`✗ the gateway deviates\n${error.message}`);
      return false;
    }
    this.#needs.print(`✓ the gateway takes the same steps: ${steps.length} steps`);
    return true;
  }

  async #take(step: Step): Promise<void> {
    const { kind } = step;
    const isHeard = kind === "hear" || kind === "nothing";
    if (!isHeard && !this.#isLater) await this.#needs.next();
    this.#isLater = kind === "after";
    try {
      await this.#stage.perform(step);
    } finally {
      this.#tell();
    }
  }

  /** Prints new rows of the ladder, and compares new steps of the chart. */
  #tell(): void {
    const call = this.#look();
    if (call === undefined) return;
    if (this.#printed === 0) this.#needs.print(headOf(call));
    const rows = ladderRows(call);
    for (const each of rows.slice(this.#printed)) this.#needs.print(rowLine(call, each));
    this.#printed = rows.length;
    for (; this.#compared < Math.min(call.steps.length, this.#recorded.length); this.#compared++) {
      const [was, is] = [this.#recorded[this.#compared], call.steps[this.#compared]].map(stepWords);
      if (was !== is) throw new Departure(`at step ${this.#compared + 1}\nthe journal: ${was}\nthe chart:   ${is}`);
    }
  }

  /** The call as it is now; known parts are not read again. */
  #look(): CallView | undefined {
    const [first] = this.#following ? [] : this.#journal.calls({}, Number.POSITIVE_INFINITY).calls.slice(-1);
    if (first) this.#following = this.#journal.follow(first.id);
    const heard = this.#following?.hear(this.#mark);
    if (heard === undefined) return this.#call;
    this.#mark = heard.mark;
    this.#call = this.#call && heard.event === "news" ? withNews(this.#call, heard.data) : heard.data;
    return this.#call;
  }

  #nothingIsMissing(): void {
    const next = this.#recorded[this.#compared];
    if (next !== undefined)
      throw new Departure(`at step ${next.n}\nthe journal: ${stepWords(next)}\nthe chart:   nothing`);
  }
}

function headOf({ direction, from, to }: CallView): string {
  const [user, phone] = direction === "outgoing" ? [from, to] : [to, from];
  return indented(headLines(`${direction}, again`, user, phone));
}

/** The comparable text of a step: its event, and its target states or its refusal. */
function stepWords(step: StepView | undefined): string {
  if (step === undefined) return "nothing";
  return `${step.event} → ${step.refused === undefined ? step.after.join(" · ") : "refused"}`;
}
