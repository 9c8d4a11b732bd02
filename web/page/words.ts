/** The words of the page: names as people read them, times, and what a step says. */
import type { CallRow, Failure, StepView } from "../../journal/view.ts";

/** The last part of a state's name, or of a delay's. */
export const keyOf = (state: string): string => state.split(".").at(-1) ?? state;

/** The states that a call is in, in words. */
export const stateWords = (states: readonly string[]): string => states.map(keyOf).join(" · ");

/** Characters of an event's name. */
const MOST_EVENT = 48;

/** Characters of a reason, or of advice. */
const MOST_ADVICE = 200;

/** An event, a clock before a time that is over. */
export const eventWords = (event: string): string => cut(plain(event.replace(/^after /, "◷ ")), MOST_EVENT);

/** Whose names are short: the phone is who the gateway speaks for. */
export const userOf = ({ direction, from, to }: CallRow): string => (direction === "outgoing" ? from : to);
export const phoneOf = ({ direction, from, to }: CallRow): string => (direction === "outgoing" ? to : from);

/** The local part, unescaped (XEP-0106), without the gateway's own domain. */
export function shortName(jid: string): string {
  const local = jid.split("/", 1)[0]?.split("@")[0] ?? jid;
  return plain(unescaped(local) || jid);
}

/** Characters that are not seen and change what is: controls, and those that turn the direction of text (UAX 9). */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text of somebody else's, in which what would not be seen is spelt. */
export const plain = (text: string): string =>
  text.replace(UNSEEN, (unseen) => `\\u${unseen.charCodeAt(0).toString(16).padStart(4, "0")}`);

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ 20: " ", 22: '"', 26: "&", 27: "'", "2f": "/", "3a": ":", "3c": "<", "3e": ">", 40: "@", "5c": "\\" },
};
const unescaped = (local: string): string =>
  local.replace(/\\(20|22|26|27|2f|3a|3c|3e|40|5c)/g, (_, code: string) => ESCAPES[code] ?? "");

/** How long ago, in a few characters; milliseconds. */
export function ago(since: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - since) / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return `${Math.floor(seconds / 3_600)} h`;
}

/** A span in milliseconds, as one reads it. */
export function span(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  return `${Math.round(milliseconds / 60_000)} min`;
}

/** Why a call is over, in a sentence. */
export function endWords(step: StepView, { why, failure }: Pick<CallRow, "why" | "failure">): string {
  const reason = why === undefined ? "" : ` (${cut(plain(why), MOST_EVENT)})`;
  const { status, phrase = "", timer } = failure ?? {};
  const response = status === undefined ? "" : `: ${status} ${cut(plain(phrase), MOST_EVENT)}`.trimEnd();
  if (timer !== undefined) return `Nothing came in time: ${timerWords(cut(plain(timer), MOST_EVENT))}${reason}.`;
  return `${byWords(step.event)}${reason}${response}.`;
}

/** A timer of a transaction has its name in RFC 3261; one of the chart has its own. */
const timerWords = (timer: string): string => (timer.startsWith("Timer ") ? timer : `timer “${timer}”`);

function byWords(event: string): string {
  if (event === "sip.bye") return "The phone hung up";
  if (event === "sip.bye.success") return "The user hung up, and the phone has answered the BYE";
  if (event === "sip.invite.failure") return "The phone did not take the call";
  if (event === "sip.cancel") return "The caller gave up";
  if (event === "jingle.session-terminate") return "The user did not take the call";
  if (event === "operator.hangs-up") return "The operator hung up";
  if (event === "gateway.stops") return "The gateway has stopped";
  if (event === "gateway.restarts") return "The gateway was started anew while it rang";
  if (event === "gateway.fails") return "A fault of the gateway's ended it; the log has more";
  if (event === "call.lasts-too-long") return "It has lasted as long as a call may";
  if (event.startsWith("after ")) return `Nothing came in time: ${timerWords(event.slice(6))}`;
  return `Ended by ${eventWords(event)}`;
}

/** What else is known of why a call failed, and what would help. */
export function failureWords({ reason, advice }: Failure): string {
  const sentence = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}.`;
  const known = [...new Set([reason, advice])].flatMap((each) => (each ? [cut(plain(each), MOST_ADVICE)] : []));
  return known.map(sentence).join(" ");
}

export const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
