/**
 * Plays as tests: on a stage (replay/stage.ts) with the texts of plays, and with failures that print the play.
 *
 * Each play without loss is recorded, and at its end each of its calls must replay without deviation, both as the play written by its
 * journal and as JSON. If one cannot, `unwritten` states the reason, and it must then fail, so that no reason outlives its cause. Exempt are
 * gateways with options that a play cannot express (`isSaid`): their calls replay only with the same configuration.
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
  /** The play depends on exact times, which loss would change: run only without loss. */
  readonly byTheClock?: true;
  /** Why the play written by its journal deviates. */
  readonly unwritten?: string;
  /** Location of the play; by default where its stage is created. */
  readonly site?: Site;
}

/** Performs a play to its end, and returns the log. Throws if the gateway deviates (play-failure.ts). */
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

/** Whether a play can express its gateway's options (journal/setting.ts): it cannot express host names of peers and access rules. */
const isSaid = ({ names, sip, records }: PlayOptions): boolean =>
  [names, sip, records].every((each) => each === undefined);

/** The journal's budget for a play. */
const BUDGET = 50_000_000;

/** A gateway with everything around it, for tests that need more than messages. */
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

  /** Ends the play, and replays what was recorded. */
  override async close(): Promise<void> {
    await this.end();
    await this.goesAgain();
  }

  /** Ends the play: no message or call may be left. */
  end(): Promise<void> {
    return super.close();
  }

  /** The recorded calls of the play, with their exports. */
  get recorded(): readonly RecordedCall[] {
    return this.#journal ? recordedCalls(this.#journal, this.config) : [];
  }

  async goesAgain(): Promise<void> {
    if (this.#journal && isSaid(this.#options)) await goesAgain(this.recorded, this.#options.unwritten);
  }
}
