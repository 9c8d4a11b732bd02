/**
 * Who may send what: responses, CANCELs and ACKs by their source, and refusals to strangers by their rate.
 *
 * RFC 3261 §8.1.3.3, §9.2, §18.1.2. Rules: a response must be for us and have only our Via; with `[sip] strict`, responses and CANCELs are
 * accepted only from the peer of their request or INVITE, and from sources that may start calls; over TLS a CANCEL must come from the
 * trunk of its INVITE. answer-limits.ts has the bound of refusals.
 */
import { hasMoreVias, topVia } from "../../protocol/sip/mandatory.ts";
import type { Destination, Request, Response } from "../../protocol/sip/message.ts";
import { normalAddress } from "../../protocol/special-address.ts";
import type { Clock } from "../clock.ts";
import type { Tally } from "../tally.ts";
import { AnswerLimits } from "./answer-limits.ts";

export interface SendersNeeds {
  readonly clock: Clock;
  readonly dropped: Tally;
  /** Our host in Via. */
  readonly localHost: string;
  /** Our actual ports, TLS only if we listen for it. */
  ports(): { readonly port: number; readonly tlsPort: number | undefined };
  readonly strict: boolean;
  /** Whether a source may start calls. */
  allow(source: Destination): boolean;
  /** Whether a response comes from the host that its request was sent to. */
  isFromHop(response: Response, source: Destination): boolean;
  /** Whether the call of an ACK accepts it from this source; undefined without a call. */
  takesAck(ack: Request, source: Destination): boolean | undefined;
}

export class Senders {
  readonly #needs: SendersNeeds;
  readonly #answers: AnswerLimits;

  constructor(needs: SendersNeeds) {
    this.#needs = needs;
    this.#answers = new AnswerLimits(needs.clock);
  }

  /** Why a response is dropped; undefined if it is not. */
  unwanted(response: Response, source: Destination): string | undefined {
    const { host, port } = topVia(response);
    const { localHost, strict } = this.#needs;
    const own = this.#needs.ports();
    const isOurPort = (port ?? 5060) === own.port || (port ?? 5061) === own.tlsPort;
    // §8.1.3.3: one with a second Via was misrouted; §18.1.2: one without ours is for another host
    if (hasMoreVias(response)) return "response with more than one Via";
    if (host.toLowerCase() !== localHost.toLowerCase() || !isOurPort) return "response for another host";
    const strays = strict && !this.#needs.allow(source) && !this.#needs.isFromHop(response, source);
    return strays ? "response from another host" : undefined;
  }

  /** Whether an ACK comes from its call's peer, or from a source that may start calls. */
  mayAcknowledge(ack: Request, source: Destination): boolean {
    return this.#needs.allow(source) || (this.#needs.takesAck(ack, source) ?? true);
  }

  /** Whether a CANCEL comes from its INVITE's source, or from one that may start calls; over TLS, from the same trunk. */
  mayCancel(invited: Destination, source: Destination): boolean {
    if (invited.trunk !== undefined) return invited.trunk === source.trunk;
    if (!this.#needs.strict) return true;
    return this.#needs.allow(source) || normalAddress(invited.host) === normalAddress(source.host);
  }

  /** Whether a refusal may be sent to this source: the rate to strangers is limited. */
  mayAnswer(source: Destination): boolean {
    if (this.#needs.allow(source) || this.#answers.take(source.host)) return true;
    this.#needs.dropped.add("too many answers to strangers", { source: source.host });
    return false;
  }
}
