/**
 * The configuration while the gateway runs: SIGHUP reads it again.
 *
 * Rules: options with `reloads` (options.ts) take effect at once, for calls that begin from then on; a change of any other
 * option is named as one that needs a restart, each time, until the restart; a configuration with errors changes nothing. What was read beside
 * the options (certificates and keys) is the new one.
 * One log line says all of that, and no value. Left out: what an option does, which is its owner's (actors/).
 */
import { bySection, type Config, optionOf } from "../config.ts";
import { OPTIONS, type Option } from "./options.ts";
import { ConfigError } from "./words.ts";

/** What the log is told. */
type ReloadEvent = {
  readonly level: "info" | "warn" | "error";
  readonly event: "config.reloaded" | "config.refused";
  /** Options as `[section] key`. */
  readonly changed?: readonly string[];
  readonly needRestart?: readonly string[];
  readonly errors?: readonly string[];
};

export interface LiveConfigNeeds<Known extends Config> {
  /** Reads the file and the environment again; throws `ConfigError`. */
  readonly read: () => Promise<Known>;
  /** Puts the options that are reloaded into effect; only they differ from before. */
  readonly apply: (config: Known) => void;
  readonly log: (event: ReloadEvent) => void;
}

export class LiveConfig<Known extends Config> {
  readonly #needs: LiveConfigNeeds<Known>;
  #running: Known;
  #isReading = false;
  #isStale = false;

  /** `running` is the configuration that the gateway was started with. */
  constructor(running: Known, needs: LiveConfigNeeds<Known>) {
    this.#running = running;
    this.#needs = needs;
  }

  /** Reads the configuration again. Never rejects; what comes while it reads is one more reading. */
  async reload(): Promise<void> {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#isStale) {
      this.#isStale = false;
      await this.#reloadOnce();
    }
    this.#isReading = false;
  }

  async #reloadOnce(): Promise<void> {
    try {
      this.#take(await this.#needs.read());
    } catch (error) {
      const errors = error instanceof ConfigError ? error.lines : [String(error)];
      this.#needs.log({ level: "error", event: "config.refused", errors });
    }
  }

  #take(read: Known): void {
    const differing = OPTIONS.filter((option) => differs(option, this.#running, read));
    const changed = differing.filter(({ reloads }) => reloads).map(nameOf);
    const needRestart = [
      ...differing.filter(({ reloads }) => !reloads).map(nameOf),
      ...differingTrunks(this.#running, read),
    ];
    const values = OPTIONS.map((option) => ({
      option,
      value: optionOf(option.reloads ? read : this.#running, option),
    }));
    this.#running = { ...read, ...bySection(values), trunks: this.#running.trunks };
    this.#needs.apply(this.#running);
    const level = needRestart.length > 0 ? "warn" : "info";
    this.#needs.log({ level, event: "config.reloaded", changed, needRestart });
  }
}

const nameOf = ({ section, key }: Option): string => `[${section}] ${key}`;

/** The trunks that are new, gone or changed, as `[trunks.NAME]`. */
function differingTrunks(one: Config, other: Config): string[] {
  const names = new Set([...one.trunks, ...other.trunks].map(({ name }) => name));
  const of = ({ trunks }: Config, name: string): string =>
    JSON.stringify(trunks.find((each) => each.name === name)) ?? "";
  return [...names].filter((name) => of(one, name) !== of(other, name)).map((name) => `[trunks.${name}]`);
}

const differs = (option: Option, one: Config, other: Config): boolean =>
  JSON.stringify(optionOf(one, option)) !== JSON.stringify(optionOf(other, option));
