/**
 * The call detail record: when a call rang, was answered and ended, who ended it, and why; logged as `call.ended`.
 *
 * Rules: the first step by which a side leaves decides who ended the call; a time-out has the name of its timer and no status, since
 * no response was on the wire; a cause sent by a peer is `remote`, one that the gateway detected is `local`.
 */
import type { CallEvent } from "../../machines/call/vocabulary.ts";
import { isWithoutDtls } from "../../protocol/media/answer-rules.ts";
import { adviceOn } from "../../protocol/media/phone-answer.ts";
import type { Reason } from "../../protocol/reasons.ts";
import type { Step } from "../call-actor.ts";
import type { LiveChart } from "../live-chart.ts";
import { UNREACHABLE } from "../phone/no-response.ts";
import type { CallEnd, Party } from "../watch.ts";
import { advice } from "./advice.ts";
import type { SavedRecord } from "./saved-call.ts";

/** The cause of a call's end, as far as one step shows it. */
type Cause = Pick<CallEnd, "by" | "origin" | "timer" | "status" | "phrase" | "reason" | "advice">;

const RINGING = /^(?:outgoing|incoming)\.ringing$/;
const ANSWERED = /^(?:accepting|established)/;

export class CallRecord {
  readonly #begun: number;
  #rang: number | undefined;
  #answered: number | undefined;
  #cause: Cause | undefined;

  /** Instants are in milliseconds since 1970. */
  constructor({ begun, rang, answered, cause }: SavedRecord) {
    this.#begun = begun;
    this.#rang = rang;
    this.#answered = answered;
    this.#cause = cause;
  }

  /** Its saved state. */
  save(): SavedRecord {
    return { begun: this.#begun, rang: this.#rang, answered: this.#answered, cause: this.#cause };
  }

  /** The chart has entered a state, given by its name (`outgoing.ringing`). */
  entered(state: string, now: number): void {
    if (RINGING.test(state)) this.#rang ??= now;
    else if (ANSWERED.test(state)) this.#answered ??= now;
  }

  /** Whether it has rung or was answered. */
  get isSetUp(): boolean {
    return this.#rang !== undefined || this.#answered !== undefined;
  }

  /** A side leaves by this step; only the first one counts. */
  left(chart: LiveChart): void {
    this.#cause ??= { ...causeOf(chart.step), ...adviceAbout(chart) };
  }

  /** The gateway or its operator ends the call. */
  abandoned(by: Party, reason: Reason): void {
    this.#cause ??= { by, origin: "local", reason: reason.text };
  }

  /** The whole record; `answer` is our final response to the phone, if there was one. */
  end(chart: LiveChart, why: string, answer: number | undefined): CallEnd {
    const last = causeOf(chart.step);
    const { by, origin, timer, status, phrase, reason, advice: known } = this.#cause ?? last;
    // the user may have left before the proxy answered at all, or sent its 487
    const unanswered = timer ?? last.timer;
    return {
      begun: this.#begun,
      rang: this.#rang,
      answered: this.#answered,
      ended: chart.now,
      by,
      origin,
      why,
      timer: unanswered,
      status: answer ?? status ?? last.status,
      phrase: answer === undefined ? (phrase ?? last.phrase) : undefined,
      reason: reason ?? last.reason ?? wordsOf(chart.why, known),
      advice: known ?? last.advice,
    };
  }
}

/** The text of a reason, unless it is the advice that was put into it. */
const wordsOf = (why: Reason | null, known: string | undefined): string | undefined =>
  why?.text === known ? undefined : why?.text;

/** Advice that depends on the media. */
function adviceAbout({ offer, step }: LiveChart): { advice?: string } {
  const told = step?.told;
  if (told?.type === "sip.invite.unusable" && isWithoutDtls(told.text)) return { advice: told.text };
  const found = told?.type === "sip.invite.failure" ? adviceOn(told.status, offer) : undefined;
  return found === undefined ? {} : { advice: found };
}

const LOCAL = { by: "gateway", origin: "local" } as const;

function causeOf(step: Step | undefined): Cause {
  if (step === undefined) return LOCAL;
  const { event, told } = step;
  const timer = /^xstate\.after\.(.+?)\.(?:\(machine\)|call)\b/.exec(event)?.[1];
  if (timer === "no device wakes") return { ...LOCAL, timer, reason: "the user is offline", advice: advice.offline };
  if (timer !== undefined) return { ...LOCAL, timer };
  if (told === undefined) return LOCAL;
  if ("timer" in told && told.timer !== undefined) return unanswered(told.timer);
  if ("isUnrelayed" in told) return { ...LOCAL, reason: "the media relay has failed", advice: advice.relay };
  if ("condition" in told) return causeByCondition(told.type, told.condition);
  if ("status" in told && told.status >= 300) return causeByStatus(told);
  if (event === "sip.ack.timeout") return { ...LOCAL, timer: "64*T1", reason: "the answer was never acknowledged" };
  if (event === "sip.prack.timeout") return { ...LOCAL, timer: "64*T1", reason: "the 180 had no PRACK" };
  if (event === "sip.expired") return { ...LOCAL, timer: "session timer" };
  if (told.type === "sip.invite.unusable") return { ...LOCAL, reason: told.text };
  return { by: event.startsWith("sip.") ? "phone" : "user", origin: "remote" };
}

const unanswered = (timer: string): Cause => ({
  ...LOCAL,
  timer,
  reason: `no response from the SIP proxy (${timer})`,
  advice: advice.noResponse,
});

/** A refusal on the wire, or a request that could not be sent at all. */
function causeByStatus(told: CallEvent & { readonly status: number }): Cause {
  const { status, phrase = "" } = told as { status: number; phrase?: string };
  if ("unreachable" in told && told.unreachable)
    return phrase === UNREACHABLE
      ? { ...LOCAL, reason: "the SIP proxy could not be reached", advice: advice.unreachable }
      : { ...LOCAL, reason: `the trunk's server: ${phrase}`, advice: advice.tls };
  const by = told.type === "sip.invite.failure" ? "phone" : "gateway";
  return {
    by,
    origin: "remote",
    status,
    phrase,
    advice: status === 401 || status === 407 ? advice.account : undefined,
  };
}

/** The cause in an outcome of our IQ or message: an error from the user's server, or no answer. */
function causeByCondition(event: string, condition: string): Cause {
  if (condition === "silence") return { ...LOCAL, timer: "IQ timeout", reason: "the user's client does not answer" };
  if (condition === "offline") return { ...LOCAL, reason: "there is no XMPP stream" };
  return { by: event === "jingle.lost" ? "gateway" : "user", origin: "remote", reason: condition };
}

/** The record as logged: instants as in each line, the talk time in seconds. */
export function logged({ begun, rang, answered, ended, ...end }: CallEnd): object {
  const instant = (at: number | undefined): string | undefined => (at === undefined ? at : new Date(at).toISOString());
  const duration = answered === undefined ? 0 : (ended - answered) / 1_000;
  return {
    begun: instant(begun),
    rang: instant(rang),
    answered: instant(answered),
    ended: instant(ended),
    duration,
    ...end,
  };
}
