/**
 * Log lines of refused calls: one each, with caller, callee, reason and what would help.
 *
 * Rules: strangers, and calls beyond `max_calls`, are counted and logged now and then (tally.ts); passwords of URIs are not told.
 */
import type { Refusal } from "../../protocol/refusal.ts";
import { header } from "../../protocol/sip/fields.ts";
import type { Destination, Request } from "../../protocol/sip/message.ts";
import { withoutPassword } from "../../protocol/sip/uri.ts";
import type { Stanza } from "../../protocol/xmpp/head.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { Tally } from "../tally.ts";
import type { RefusedCall, Watch } from "../watch.ts";

/** Why a call was refused, in words, and what would help. */
export interface Why {
  readonly why: string;
  readonly advice?: string;
}

/** Who has called whom. */
type Sender = Pick<Stanza, "from" | "to">;

/** A request, and where it came from. */
interface Sent {
  readonly request: Request;
  readonly source: Destination;
}

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
  invite(sent: Sent, status: number, why?: Why): void {
    this.#log({ level: "info", event: "call.refused", ...this.#ofInvite(sent, status, why?.why), ...why });
  }

  /** An INVITE, one of many. */
  oneInvite(sent: Sent, status: number, { why, advice }: Why): void {
    this.#tally.add(why, { ...this.#ofInvite(sent, status, why), advice });
  }

  /** A session-initiate. */
  initiate(iq: Sender, sid: string, refusal: Refusal): void {
    this.#log({ level: "info", event: "call.refused", why: refusal.message, ...this.#ofInitiate(iq, sid, refusal) });
  }

  /** A session-initiate, one of many. */
  oneInitiate(iq: Sender, sid: string, refusal: Refusal, advice?: string): void {
    this.#tally.add(refusal.message, { ...this.#ofInitiate(iq, sid, refusal), advice });
  }

  #ofInvite({ request, source }: Sent, status: number, why: string | undefined): object {
    const [callId = "", from = "", to = ""] = ["Call-ID", "From", "To"].map((name) =>
      withoutPassword(header(request, name) ?? ""),
    );
    this.#tell({ wire: "sip", id: callId, from, to, status, why });
    return { status, callId, from, to, source: source.host };
  }

  #ofInitiate({ from = "", to = "" }: Sender, sid: string, { message, jingle }: Refusal): object {
    const condition = jingle.reason ?? jingle.condition;
    this.#tell({ wire: "xmpp", id: sid, from, to, status: condition ?? message, why: message });
    return { condition, sid, from, to };
  }

  #tell(refused: RefusedCall): void {
    this.#watch?.refusedCall(refused);
  }
}
