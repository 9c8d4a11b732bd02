/**
 * Log lines of refused calls: one each, with caller, callee and reason.
 *
 * Rule: strangers, and calls beyond `max_calls`, are counted and logged now and then (tally.ts).
 */
import type { Refusal } from "../../protocol/refusal.ts";
import { header } from "../../protocol/sip/fields.ts";
import type { Stanza } from "../../protocol/xmpp/head.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { ServerTransaction } from "../sip/user.ts";
import { Tally } from "../tally.ts";
import type { Watch } from "../watch.ts";

export class RefusedCalls {
  readonly #log: Log;
  readonly #watch: Watch | undefined;
  readonly #tally: Tally;

  constructor(clock: Clock, log: Log, watch?: Watch) {
    this.#log = log;
    this.#watch = watch;
    this.#tally = new Tally(clock, log, "call.refused");
  }

  /** An INVITE. */
  invite({ request, source }: ServerTransaction, status: number): void {
    const [callId = "", from = "", to = ""] = ["Call-ID", "From", "To"].map((name) => header(request, name));
    this.#watch?.refusedCall({ wire: "sip", id: callId, from, to, status });
    this.#log({ level: "info", event: "call.refused", status, callId, from, to, source: source.host });
  }

  /** A session-initiate. */
  initiate({ from, to }: Stanza, sid: string, { message: why, jingle }: Refusal): void {
    const condition = conditionOf(jingle);
    this.#watch?.refusedCall({ wire: "xmpp", id: sid, from: from ?? "", to: to ?? "", status: condition ?? why });
    this.#log({ level: "info", event: "call.refused", why, condition, sid, from, to });
  }

  /** One of many. */
  oneOfMany(reason: string, about: object): void {
    this.#tally.add(reason, about);
  }
}

const conditionOf = ({ reason, condition }: Refusal["jingle"]): string | undefined => reason ?? condition;
