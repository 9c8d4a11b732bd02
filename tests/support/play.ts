/** Plays as tests perform them: on a stage (replay/stage.ts) that knows the texts of plays, and fails with the play itself. */
import type { LogEvent } from "../../actors/log.ts";
import { configuredBy } from "../../replay/options.ts";
import { Stage as BareStage, type StageOptions } from "../../replay/stage.ts";
import { walks } from "./coverage.ts";
import { playFailure } from "./play-failure.ts";
import { PLAY_TEXTS } from "./play-texts.ts";
import { callerSite, type Site } from "./site.ts";

export interface PlayOptions extends Omit<StageOptions, "texts" | "failure"> {
  /** The instants of the play matter, which loss would move: it is played over good wires alone. */
  readonly byTheClock?: true;
  /** Why its journal does not write it out as a play that passes: one that does fails. */
  readonly unwritten?: string;
  /** Where the play stands; where its stage is made, when not said. */
  readonly site?: Site;
}

/** Performs a play to its end, and gives what was logged. Throws where the gateway departs from it (play-failure.ts). */
export async function play(script: string, given: PlayOptions = {}): Promise<LogEvent[]> {
  const options = { site: callerSite(), ...configuredBy(script), ...given };
  const stage = new Stage(options);
  await stage.open(options.online ?? ["juliet"]);
  await stage.play(script);
  await stage.close();
  return stage.logged;
}

/** A gateway with everything around it, for plays that do more than speak. */
export class Stage extends BareStage {
  constructor({ site = callerSite(), ...options }: PlayOptions) {
    const { watch = options.lossy ? undefined : walks } = options;
    super({ ...options, watch, texts: PLAY_TEXTS, failure: (failure) => playFailure(site, failure) });
  }
}
