/**
 * The process of our own relay: started with the gateway, restarted when it ends, and stopped with the gateway.
 *
 * Rules: the wait before each restart grows from `SHORTEST` to `LONGEST`, and is the shortest again after a process has lived for
 * `LONG_ENOUGH`; its calls are lost with it; relay.ts and the users' ICE restarts recover them.
 */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";

/** Milliseconds. */
const SHORTEST = 500;
const LONGEST = 30_000;
const LONG_ENOUGH = 60_000;

/** A process that was started. */
export interface ChildProcess {
  /** Settles once, with the reason for its end. */
  readonly ended: Promise<string>;
  /** Kills it at once. */
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

  /** Kills it, and waits for its end. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#disarm();
    this.#child?.stop();
    await this.#child?.ended;
  }
}
