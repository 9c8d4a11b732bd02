/**
 * The configuration of a running gateway: SIGHUP reads it again.
 *
 * Rules: options with `reloads` (options.ts) take effect at once, for new calls; every other changed option is reported as needing a
 * restart, at each reload until the restart; of a trunk its login is reloaded, and nothing else; a configuration with errors changes nothing. Files that were read along with the options
 * (certificates and keys) are replaced. One log line reports all of that, without values. Left out: the effect of an option, which is up to
 * its owner (actors/).
 */
import { bySection, type Config, optionOf } from "../config.ts";
import { OPTIONS, type Option } from "./options.ts";
import { ConfigError } from "./words.ts";

/** A log entry about a reload. */
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
  /** Puts the reloaded options into effect; no other option differs from before. */
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

  /** Reads the configuration again. Never rejects; requests that come while it reads cause one more reading. */
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
    const trunks = this.#running.trunks.map((trunk) => withLogin(trunk, read.trunks));
    const changed = [
      ...differing.filter(({ reloads }) => reloads).map(nameOf),
      ...trunks.flatMap((trunk, index) => differingLogin(this.#running.trunks[index], trunk)),
    ];
    const needRestart = [
      ...differing.filter(({ reloads }) => !reloads).map(nameOf),
      ...differingTrunks(trunks, read.trunks),
    ];
    const values = OPTIONS.map((option) => ({
      option,
      value: optionOf(option.reloads ? read : this.#running, option),
    }));
    this.#running = { ...read, ...bySection(values), trunks };
    this.#needs.apply(this.#running);
    const level = needRestart.length > 0 ? "warn" : "info";
    this.#needs.log({ level, event: "config.reloaded", changed, needRestart });
  }
}

const nameOf = ({ section, key }: Option): string => `[${section}] ${key}`;

type Trunks = Config["trunks"];

/** A trunk with the login that it has among others; without one there it keeps its own. */
function withLogin(trunk: Trunks[number], others: Trunks): Trunks[number] {
  const other = others.find(({ name }) => name === trunk.name);
  return other === undefined ? trunk : { ...trunk, password: other.password, authUsername: other.authUsername };
}

/** The keys of a trunk's login that have changed, as `[trunks.NAME] key`. */
function differingLogin(one: Trunks[number] | undefined, other: Trunks[number]): string[] {
  const keys = [
    ...(one?.authUsername === other.authUsername ? [] : ["auth_username"]),
    ...(one?.password === other.password ? [] : ["password"]),
  ];
  return keys.map((key) => `[trunks.${other.name}] ${key}`);
}

/** Trunks that were added, removed or changed, as `[trunks.NAME]`. */
function differingTrunks(one: Trunks, other: Trunks): string[] {
  const names = new Set([...one, ...other].map(({ name }) => name));
  const of = (trunks: Trunks, name: string): string => JSON.stringify(trunks.find((each) => each.name === name)) ?? "";
  return [...names].filter((name) => of(one, name) !== of(other, name)).map((name) => `[trunks.${name}]`);
}

const differs = (option: Option, one: Config, other: Config): boolean =>
  JSON.stringify(optionOf(one, option)) !== JSON.stringify(optionOf(other, option));
