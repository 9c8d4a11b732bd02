/**
 * Whether a trunk without an account can be reached, and why not: what a registration says of one that has an account.
 *
 * RFC 3261 §11. Rules: every TLS connection that is tried for it is news of it; one that is spoken to by TLS alone is also asked by OPTIONS at the start, and again
 * after 30 s, 60 s, … half an hour, with jitter, as long as it cannot be reached, or when the configuration was read again; any response but 408
 * and 503 means that it is there. A change is logged once. It decides nothing: calls are tried all the same.
 */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Hops } from "./hops.ts";

export interface ReachabilityNeeds {
  readonly trunk: string;
  readonly hops: Pick<Hops, "found" | "ask">;
  /** Whether it is asked. */
  readonly isAsked: boolean;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly log: Log;
}

/** Milliseconds. */
const FIRST_PAUSE = 30_000;
const LONGEST_PAUSE = 1_800_000;

export class Reachability {
  readonly #needs: ReachabilityNeeds;
  #why = "";
  #failures = 0;
  #disarm: () => void = () => {};
  #isAsking = false;
  #stopped = false;

  constructor(needs: ReachabilityNeeds) {
    this.#needs = needs;
  }

  /** As one without an account has it in the chart of registrations. */
  get state(): string {
    return this.#why === "" ? "unregistered" : "unreachable";
  }

  get why(): string {
    return this.#why;
  }

  start(): void {
    if (this.#needs.isAsked) void this.#ask();
  }

  /** The configuration was read again: what has kept us away may be mended. */
  reload(): void {
    if (this.#why !== "" && this.#needs.isAsked) void this.#ask();
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm();
  }

  /** A connection was tried for a call, or for anything else: why there is none, in words. */
  noted(why: string): void {
    if (this.#isAsking || this.#stopped) return;
    if (why === "") this.#reached();
    else this.#failed(why);
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const why = await this.#whyNot();
    this.#isAsking = false;
    if (this.#stopped) return;
    if (why === "") this.#reached();
    else this.#failed(why);
  }

  /** Asks one place after the other; "" once one answers. */
  async #whyNot(): Promise<string> {
    let why = "its name does not resolve";
    for (const hop of await this.#needs.hops.found().catch(() => [])) {
      why = await this.#needs.hops.ask(hop);
      if (why === "" || this.#stopped) break;
    }
    return why;
  }

  #reached(): void {
    this.#disarm();
    this.#failures = 0;
    this.#say("");
  }

  #failed(why: string): void {
    const { clock, chance, isAsked } = this.#needs;
    this.#say(why);
    this.#disarm();
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(this.#failures++, 16));
    if (isAsked) this.#disarm = clock.after(Math.round(pause * (0.5 + chance() / 2)), () => void this.#ask());
  }

  #say(why: string): void {
    if (why === this.#why) return;
    this.#why = why;
    const { trunk, log } = this.#needs;
    log({ level: why === "" ? "info" : "warn", event: "trunk.state", trunk, state: this.state, ...(why && { why }) });
  }
}
