/**
 * Checks whether the relays still know our calls: a restarted relay answers pings as before, but has lost all calls.
 *
 * Rules: each `LOOK` a relay is queried for one call, in turn; if it does not know that one, and when it comes back, it is queried for
 * all, and as long as one is unknown. An unknown call is recreated (relayed-call.ts); one with an open request is left until its next
 * turn: that request recreates it, or ends it.
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
  /** The relays whose calls are being queried. */
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

  /** Queries all calls of this relay, one after the other. */
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
