/**
 * Log lines of refused calls: one each, with caller, callee, reason and advice.
 *
 * Rules: calls of strangers, and beyond `max_calls`, are counted and logged periodically (tally.ts), as are those of one caller beyond
 * `MOST_LINES` a minute, and those of one source beyond `MOST_OF_SOURCE`: neither a caller refused 2,000 times fills the log, nor one who
 * writes another From each time. A source is a proxy, trunk or host, or the domain of users. Passwords in URIs are removed.
 */
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { header, readNameAddr } from "../../protocol/sip/fields.ts";
import type { Destination, Request } from "../../protocol/sip/message.ts";
import { withoutPassword } from "../../protocol/sip/uri.ts";
import type { Stanza } from "../../protocol/xmpp/head.ts";
import { bareJid, readJid } from "../../protocol/xmpp/jid.ts";
import { BoundedLines } from "../bounded-lines.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { Tally } from "../tally.ts";
import type { Watch } from "../watch.ts";

/** The maximum log lines per minute of one caller, which is a user or a From, and of one source. */
const MOST_LINES = 10;
const MOST_OF_SOURCE = 100;

/** Why a call was refused, in words, and advice. */
export interface Why {
  readonly why: string;
  readonly advice?: string;
}

/** Caller and callee. */
type Sender = Pick<Stanza, "from" | "to">;

/** A request and its source. */
interface Sent {
  readonly request: Request;
  readonly source: Destination;
}

/** The caller: the address in From, without its tag; the source host if that cannot be read. */
function callerOf({ request, source }: Sent): string {
  const from = attempt(() => readNameAddr(header(request, "From") ?? "").uri);
  return from instanceof Refusal ? source.host : from;
}

export class RefusedCalls {
  readonly #watch: Watch | undefined;
  readonly #tally: Tally;
  readonly #lines: BoundedLines;

  constructor(clock: Clock, log: Log, watch?: Watch) {
    this.#watch = watch;
    this.#tally = new Tally(clock, log, "call.refused");
    this.#lines = new BoundedLines(clock, log, { level: "info", event: "call.refused" });
  }

  /** Logs a refused INVITE. */
  invite(sent: Sent, status: number, why?: Why): void {
    this.#tell("sip", status, why?.why);
    this.#line(callerOf(sent), sent.source.trunk ?? sent.source.host, { ...ofInvite(sent, status), ...why });
  }

  /** Counts a refused INVITE. */
  oneInvite(sent: Sent, status: number, { why, advice }: Why): void {
    this.#tell("sip", status, why);
    this.#tally.add(why, () => ({ ...ofInvite(sent, status), advice }));
  }

  /** Logs a refused session-initiate. */
  initiate(iq: Sender, sid: string, refusal: Refusal): void {
    this.#tell("xmpp", conditionOf(refusal) ?? refusal.message, refusal.message);
    this.#line(bareJid(iq.from ?? ""), readJid(iq.from ?? "")?.domain ?? "", {
      why: refusal.message,
      ...ofInitiate(iq, sid, refusal),
    });
  }

  /** Counts a refused session-initiate. */
  oneInitiate(iq: Sender, sid: string, refusal: Refusal, advice?: string): void {
    this.#tell("xmpp", conditionOf(refusal) ?? refusal.message, refusal.message);
    this.#tally.add(refusal.message, () => ({ ...ofInitiate(iq, sid, refusal), advice }));
  }

  #line(caller: string, source: string, fields: object): void {
    this.#lines.add(
      fields,
      { kind: "caller", name: caller, most: MOST_LINES, many: "many calls from one caller" },
      { kind: "source", name: source, most: MOST_OF_SOURCE, many: "many callers of one source" },
    );
  }

  #tell(wire: "sip" | "xmpp", status: number | string, why: string | undefined): void {
    this.#watch?.refusedCall({ wire, status, why });
  }
}

function ofInvite({ request, source }: Sent, status: number): object {
  const [callId, from, to] = ["Call-ID", "From", "To"].map((name) => withoutPassword(header(request, name) ?? ""));
  return { status, callId, from, to, source: source.host };
}

const conditionOf = ({ jingle }: Refusal): string | undefined => jingle.reason ?? jingle.condition;

const ofInitiate = ({ from = "", to = "" }: Sender, sid: string, refusal: Refusal): object => ({
  condition: conditionOf(refusal),
  sid,
  from,
  to,
});
