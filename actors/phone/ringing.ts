/**
 * The 180 to a phone's INVITE: RFC 3261 §13.3.1.1, and RFC 3262 §3 if the caller requires 100rel.
 *
 * Rules: a reliable 180 is repeated after T1, 2*T1, 4*T1 … until its PRACK; after 64*T1 the call is given up; while one waits
 * for its PRACK no other is sent.
 */

import { T1 } from "../../machines/transactions/transaction.ts";
import { hasOptionTag } from "../../protocol/sip/capabilities.ts";
import { header } from "../../protocol/sip/fields.ts";
import type { Field, Request } from "../../protocol/sip/message.ts";
import type { Line } from "./line.ts";

export class Ringing {
  readonly #line: Line;
  /** Whether the caller requires a PRACK. */
  readonly #isReliable: boolean;
  /** Number and method of the INVITE's CSeq. */
  readonly #cseq: string;
  #lastNumber: number;
  /** The RSeq of the 180 that waits for its PRACK, which may come after the 200. */
  #unacknowledged: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(line: Line, invite: Request) {
    this.#line = line;
    this.#isReliable = hasOptionTag(invite, "Require", "100rel");
    this.#cseq = words(header(invite, "CSeq"));
    this.#lastNumber = Math.floor(line.needs.chance() * 10_000);
  }

  /** Sends 180 by `send`, which gets the header fields that make it reliable. */
  say(send: (headers: readonly Field[]) => void): void {
    if (!this.#isReliable) return send([]);
    if (this.#unacknowledged !== undefined) return;
    this.#unacknowledged = ++this.#lastNumber;
    const headers: Field[] = [
      ["Require", "100rel"],
      ["RSeq", `${this.#unacknowledged}`],
    ];
    send(headers);
    this.#repeat(() => send(headers), T1, 0);
  }

  /** Handles a PRACK; false if it is not for the 180 that waits for one. */
  acknowledged(prack: Request): boolean {
    const isOurs = this.#unacknowledged !== undefined;
    if (!isOurs || words(header(prack, "RAck")) !== `${this.#unacknowledged} ${this.#cseq}`) return false;
    this.#unacknowledged = undefined;
    this.stop();
    return true;
  }

  /** Ends the retransmissions. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #repeat(send: () => void, interval: number, waited: number): void {
    const { chart } = this.#line;
    this.#cancel = chart.after(interval, () => {
      if (waited + interval >= 64 * T1) return void chart.deliver({ type: "sip.prack.timeout" });
      send();
      this.#repeat(send, Math.min(interval * 2, 64 * T1 - waited - interval), waited + interval);
    });
  }
}

/** The words of a value, separated by single spaces. */
const words = (value = ""): string => value.trim().split(/\s+/).join(" ");
