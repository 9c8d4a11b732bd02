/**
 * Whether the relays still know our calls: one that was started anew answers pings as before, and has none of them.
 *
 * Rules: each `LOOK` a relay is asked for one call, in turn; where it does not know that one, and when it comes back, it is asked for
 * all, and so as long as one is forgotten. A call that it does not know is made anew (relayed-call.ts); one of which something is open is left until its next turn: what is
 * open makes it anew itself, or ends it.
 */
import type { Clock } from "../clock.ts";
import type { RelayClient } from "./client.ts";
import type { RelayedCall } from "./relayed-call.ts";

/** Milliseconds. */
const LOOK = 5_000;

export interface LookNeeds {
  readonly clock: Clock;
  readonly clients: readonly RelayClient[];
  readonly calls: () => readonly RelayedCall[];
}

export class Look {
  readonly #needs: LookNeeds;
  /** Whose calls are gone through now. */
  readonly #busy = new Set<RelayClient>();
  #turn = 0;
  #disarm: () => void = () => {};

  constructor(needs: LookNeeds) {
    this.#needs = needs;
  }

  start(): void {
    this.#disarm = this.#needs.clock.after(LOOK, () => {
      this.#turn++;
      for (const client of this.#needs.clients) void this.#one(client);
      this.start();
    });
  }

  stop(): void {
    this.#disarm();
  }

  /** Asks for all calls of this relay, one after the other. */
  async all(client: RelayClient): Promise<void> {
    if (this.#busy.has(client)) return;
    this.#busy.add(client);
    for (const call of this.#callsOf(client)) await call.look(this.#needs.clock.now());
    this.#busy.delete(client);
  }

  async #one(client: RelayClient): Promise<void> {
    if (client.state !== "up" || this.#busy.has(client)) return;
    const calls = this.#callsOf(client);
    const next = calls.some((call) => call.isForgotten) ? undefined : calls[this.#turn % calls.length];
    if (next === undefined || (await next.look(this.#needs.clock.now()))) await this.all(client);
  }

  #callsOf(client: RelayClient): readonly RelayedCall[] {
    return this.#needs.calls().filter((call) => call.client === client);
  }
}
