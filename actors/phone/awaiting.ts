/**
 * Incoming INVITEs that can still be cancelled, or whose 200 waits for its ACK, each with the chart of its call.
 *
 * Rule: as callee we send BYE only after the ACK or its timeout (RFC 3261 §15). So when a call ends, an INVITE that holds a BYE
 * back stays in the table until then; all others of the call are removed.
 */
import type { Request } from "../../protocol/sip/message.ts";
import type { LiveChart } from "../live-chart.ts";
import type { Awaiting, ServerTransaction } from "../sip/user.ts";

interface Waiting {
  readonly chart: LiveChart;
  readonly it: Awaiting;
}

export class InvitesAwaiting {
  /** By transaction. */
  readonly #awaiting = new Map<string, Waiting>();
  /** The waiting transactions of each call. */
  readonly #ofCall = new Map<LiveChart, Set<string>>();

  /** Adds an INVITE, until `forget`. */
  add(chart: LiveChart, { id }: ServerTransaction, it: Awaiting): void {
    const mine = this.#ofCall.get(chart) ?? new Set();
    this.#ofCall.set(chart, mine.add(id));
    this.#awaiting.set(id, { chart, it });
  }

  forget({ id }: ServerTransaction): void {
    const waiting = this.#awaiting.get(id);
    if (!waiting) return;
    this.#awaiting.delete(id);
    const mine = this.#ofCall.get(waiting.chart);
    mine?.delete(id);
    if (mine?.size === 0) this.#ofCall.delete(waiting.chart);
  }

  cancelled({ id }: ServerTransaction): void {
    const waiting = this.#awaiting.get(id);
    waiting?.chart.guard(() => waiting.it.cancelled());
  }

  acknowledged(transaction: ServerTransaction, ack: Request): void {
    const waiting = this.#take(transaction);
    waiting?.chart.guard(() => waiting.it.acknowledged(ack));
  }

  unacknowledged(transaction: ServerTransaction): void {
    const waiting = this.#take(transaction);
    waiting?.chart.guard(() => waiting.it.unacknowledged());
  }

  /** The call is over. */
  ended(chart: LiveChart): void {
    for (const id of this.#ofCall.get(chart) ?? []) if (!this.#awaiting.get(id)?.it.holdsBye) this.#awaiting.delete(id);
    this.#ofCall.delete(chart);
  }

  /** Removes and returns the entry: an ACK comes once. */
  #take(transaction: ServerTransaction): Waiting | undefined {
    const waiting = this.#awaiting.get(transaction.id);
    this.forget(transaction);
    return waiting;
  }
}
