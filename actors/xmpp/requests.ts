/**
 * Our IQ requests that wait for their responses: RFC 6120 §8.2.3.
 *
 * Rules: each request gets exactly one answer: `result`, `error`, `silence` (30 seconds without a response), `offline` (the
 * stream was down, so it was not sent) or `lost` (the stream went down afterwards, so it may have been received). A response
 * counts only if it comes from the JID that was asked, or from another of the same bare JID. A request that is too large to
 * send is an error. Ids start with the time of this start, so that a response to an earlier gateway's request does not match
 * ours. Bounds: `MOST` requests, beyond which one counts as `offline`; `MOST_OF_ONE` to one user, beyond which one is an error.
 */
import type { Element } from "@xmpp/xml";
import { answerInside } from "../../protocol/xmpp/delegation.ts";
import { xml } from "../../protocol/xmpp/element.ts";
import type { Stanza } from "../../protocol/xmpp/head.ts";
import { conditionOf } from "../../protocol/xmpp/iq.ts";
import { bareJid } from "../../protocol/xmpp/jid.ts";
import type { Clock } from "../clock.ts";
import { type Timed, Timers } from "../timers.ts";
import type { Sent } from "./stream.ts";

const MOST = 100_000;
/** A tenth of `MOST`: enough for a JID that stands for many users, and no single one uses up all. */
const MOST_OF_ONE = 10_000;
const SILENCE = 30_000;

/** A request: a set on behalf of its sender, or a get, or a set that is `own`, of the component itself. */
export interface IqRequest {
  readonly to: string;
  readonly from: string;
  readonly payload: Element;
  readonly type?: "set" | "get";
  readonly own?: true;
}

/** The outcome; an error has its `condition`, a result its `payload`. */
export interface Answer {
  readonly type: "result" | "error" | "silence" | "offline" | "lost";
  readonly condition?: string;
  readonly payload?: Element;
}

interface Waiting extends Timed {
  readonly id: string;
  readonly to: string;
  /** The bare JID of its recipient. */
  readonly user: string;
  readonly answered: (answer: Answer) => void;
}

/** Whether there was no response because the stream was down. */
export const hadNoStream = ({ type }: Answer): boolean => type === "offline" || type === "lost";

/** Turns an IQ set into the stanza that is sent. */
export type Wrap = (iq: Element) => Element;
const asItIs: Wrap = (iq) => iq;

export class XmppRequests {
  readonly #send: (element: Element) => Sent;
  readonly #wrap: Wrap;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();
  /** The number of waiting requests of each user. */
  readonly #counts = new Map<string, number>();
  readonly #timers: Timers<Waiting>;
  readonly #prefix: string;
  #count = 0;

  constructor(clock: Clock, send: (element: Element) => Sent, wrap: Wrap = asItIs) {
    this.#clock = clock;
    this.#prefix = `c${Math.floor(clock.now()).toString(36)}-`;
    this.#wrap = wrap;
    this.#send = send;
    this.#timers = new Timers(clock, (waiting) => this.#settle(waiting, { type: "silence" }));
  }

  /** Sends a request; `answered` is called once, and never before this has returned. */
  ask({ to, from, payload, type = "set", own }: IqRequest, answered: (answer: Answer) => void): void {
    const user = bareJid(to);
    const count = this.#counts.get(user) ?? 0;
    if (count >= MOST_OF_ONE)
      return queueMicrotask(() => answered({ type: "error", condition: "resource-constraint" }));
    const id = this.#prefix + (++this.#count).toString(36);
    const iq = xml("iq", { type, id, from, to }, payload);
    const asked = type === "set" && !own ? this.#wrap(iq) : iq;
    const taken = this.#waiting.size < MOST && this.#send(asked);
    if (taken === "too-large") return queueMicrotask(() => answered({ type: "error", condition: taken }));
    if (!taken) return queueMicrotask(() => answered({ type: "offline" }));
    const waiting = { id, to: String(asked.attrs.to), user, answered, deadline: Number.POSITIVE_INFINITY, place: -1 };
    this.#waiting.set(id, waiting);
    this.#counts.set(user, count + 1);
    this.#timers.set(waiting, this.#clock.now() + SILENCE);
  }

  /** Handles a result or error; false if it is unsolicited. */
  answer(iq: Stanza): boolean {
    // if the server sends on our behalf, its response wraps the device's
    return this.#take(iq, readAnswer(answerInside(iq.element) ?? iq.element));
  }

  /** Handles the head of a result or error beyond the limits, as an error; false if it is unsolicited. */
  oversized(iq: Stanza): boolean {
    return this.#take(iq, { type: "error", condition: "policy-violation" });
  }

  #take({ id, from }: Stanza, answer: Answer): boolean {
    const waiting = this.#waiting.get(String(id));
    // a server may answer from the bare JID, for an account or a domain that it cannot reach
    if (!waiting || (from !== waiting.to && bareJid(from) !== bareJid(waiting.to))) return false;
    this.#settle(waiting, answer);
    return true;
  }

  /** The stream is down: no response will come. */
  offline(): void {
    for (const waiting of [...this.#waiting.values()]) this.#settle(waiting, { type: "lost" });
  }

  stop(): void {
    this.#timers.clear();
    this.#waiting.clear();
    this.#counts.clear();
  }

  #settle(waiting: Waiting, answer: Answer): void {
    if (!this.#waiting.delete(waiting.id)) return;
    this.#timers.set(waiting, Number.POSITIVE_INFINITY);
    const left = (this.#counts.get(waiting.user) ?? 1) - 1;
    if (left > 0) this.#counts.set(waiting.user, left);
    else this.#counts.delete(waiting.user);
    waiting.answered(answer);
  }
}

function readAnswer(iq: Element): Answer {
  if (iq.attrs.type !== "result") return { type: "error", condition: conditionOf(iq) };
  const [payload] = iq.getChildElements();
  return payload ? { type: "result", payload } : { type: "result" };
}
