/**
 * Whether a trunk without an account can be reached, and if not, why: the counterpart of a registration's state.
 *
 * RFC 3261 §11. Rules: every attempt at a TLS connection to the trunk updates it. A trunk that uses only TLS is also sent OPTIONS at the start and, while it
 * cannot be reached, after 30 s, 60 s, … up to half an hour, with jitter, and after a reload; any response except 408 and 503 means that it
 * is reachable. A change is logged once. The state blocks nothing: calls are attempted all the same.
 */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Hops } from "./hops.ts";

export interface ReachabilityNeeds {
  readonly trunk: string;
  readonly hops: Pick<Hops, "found" | "ask">;
  /** Whether it is sent OPTIONS. */
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

  /** The name of the state in the registration chart that a trunk without an account has. */
  get state(): string {
    return this.#why === "" ? "unregistered" : "unreachable";
  }

  get why(): string {
    return this.#why;
  }

  start(): void {
    if (this.#needs.isAsked) void this.#ask();
  }

  /** The configuration was reloaded, which may have removed the cause. */
  reload(): void {
    if (this.#why !== "" && this.#needs.isAsked) void this.#ask();
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm();
  }

  /** The result of a connection attempt, for a call or anything else: the reason for its failure, or "". */
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

  /** Tries one hop after the other; "" as soon as one responds. */
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
