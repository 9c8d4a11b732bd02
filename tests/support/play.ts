/**
 * Plays as tests perform them: on a stage (replay/stage.ts) that knows the texts of plays, and fails with the play itself.
 *
 * Each play over good wires is recorded, and at its end each of its calls, as its journal writes it, must go the same way again: as a play,
 * and as JSON. What cannot, says why (`unwritten`), and must then fail, so that no reason outlives its cause. Left out are calls of gateways
 * with options that a play cannot say (`isSaid`): they go again only at a gateway that is configured alike.
 */
import type { LogEvent } from "../../actors/log.ts";
import { watchAll } from "../../actors/watch-all.ts";
import { Journal } from "../../journal/journal.ts";
import { createClock } from "../../replay/clock.ts";
import { configuredBy } from "../../replay/options.ts";
import { Stage as BareStage } from "../../replay/stage.ts";
import type { StageOptions } from "../../replay/stage-options.ts";
import { goesAgain, type RecordedCall, recordedCalls } from "./again.ts";
import { walks } from "./coverage.ts";
import { playFailure } from "./play-failure.ts";
import { PLAY_TEXTS } from "./play-texts.ts";
import { callerSite, type Site } from "./site.ts";

export interface PlayOptions extends Omit<StageOptions, "texts" | "failure"> {
  /** The instants of the play matter, which loss would move: it is played over good wires alone. */
  readonly byTheClock?: true;
  /** Why what its journal writes goes another way. */
  readonly unwritten?: string;
  /** Where the play stands; where its stage is made, when not said. */
  readonly site?: Site;
}

/** Performs a play to its end, and gives what was logged. Throws where the gateway departs from it (play-failure.ts). */
export async function play(script: string, options: PlayOptions = {}): Promise<LogEvent[]> {
  const stage = await performed(script, { site: callerSite(), ...options });
  await stage.goesAgain();
  return stage.logged;
}

/** Performs a play to its end. */
export async function performed(script: string, given: PlayOptions): Promise<Stage> {
  const options = { site: callerSite(), ...configuredBy(script), ...given };
  const stage = new Stage(options);
  await stage.open(options.online ?? ["juliet"]);
  await stage.play(script);
  await stage.end();
  return stage;
}

/** Whether a play can say what its gateway is like (journal/setting.ts): not its peers' names and who is let in. */
const isSaid = ({ names, sip, records }: PlayOptions): boolean =>
  [names, sip, records].every((each) => each === undefined);

/** What a journal may keep of a play. */
const BUDGET = 50_000_000;

/** A gateway with everything around it, for plays that do more than speak. */
export class Stage extends BareStage {
  readonly #options: PlayOptions;
  readonly #journal: Journal | undefined;

  constructor({ site = callerSite(), ...options }: PlayOptions) {
    const clock = options.clock ?? createClock();
    const isRecorded = !(options.lossy || options.watch || options.saved);
    const journal = isRecorded ? new Journal({ now: clock.now, budget: BUDGET }) : undefined;
    const watch = options.watch ?? watchAll([options.lossy ? undefined : walks, journal]);
    super({ ...options, clock, watch, texts: PLAY_TEXTS, failure: (failure) => playFailure(site, failure) });
    this.#options = options;
    this.#journal = journal;
  }

  /** Ends the play; what was recorded of it goes the same way again. */
  override async close(): Promise<void> {
    await this.end();
    await this.goesAgain();
  }

  /** Ends the play: nothing may be left. */
  end(): Promise<void> {
    return super.close();
  }

  /** The calls of the play, as they can be taken away. */
  get recorded(): readonly RecordedCall[] {
    return this.#journal ? recordedCalls(this.#journal, this.config) : [];
  }

  async goesAgain(): Promise<void> {
    if (this.#journal && isSaid(this.#options)) await goesAgain(this.recorded, this.#options.unwritten);
  }
}
