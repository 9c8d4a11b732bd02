/**
 * The process of the own relay: started with the gateway, started again when it ends, and stopped with the gateway.
 *
 * Rules: the wait before each start grows from `SHORTEST` to `LONGEST`, and is the shortest again once a process has lived for
 * `LONG_ENOUGH`; its calls are gone with it, which the layer of relay.ts and the users' ICE restarts mend.
 */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";

/** Milliseconds. */
const SHORTEST = 500;
const LONGEST = 30_000;
const LONG_ENOUGH = 60_000;

/** A process that has been started. */
export interface ChildProcess {
  /** Settles once, with how it has ended. */
  readonly ended: Promise<string>;
  /** Ends it at once. */
  stop(): void;
}

export interface SupervisedNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly start: () => ChildProcess;
}

export class Supervised {
  readonly #needs: SupervisedNeeds;
  #child: ChildProcess | undefined;
  #wait = SHORTEST;
  #disarm: () => void = () => {};
  #isStopped = false;

  constructor(needs: SupervisedNeeds) {
    this.#needs = needs;
  }

  start(): void {
    const { clock, log, start } = this.#needs;
    const since = clock.now();
    const child = start();
    this.#child = child;
    void child.ended.then((reason) => {
      if (this.#isStopped) return;
      if (clock.now() - since >= LONG_ENOUGH) this.#wait = SHORTEST;
      log({ level: "error", event: "relay.process.ended", reason, again: this.#wait / 1_000 });
      this.#disarm = clock.after(this.#wait, () => this.start());
      this.#wait = Math.min(LONGEST, 2 * this.#wait);
    });
  }

  /** Ends it, and waits until it has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#disarm();
    this.#child?.stop();
    await this.#child?.ended;
  }
}
