/** The texts of the page: readable names, times, and descriptions of steps. */
import type { CallRow, Failure, StepView } from "../../journal/view.ts";

/** The last part of the name of a state or a delay. */
export const keyOf = (state: string): string => state.split(".").at(-1) ?? state;

/** The states that a call is in, in words. */
export const stateWords = (states: readonly string[]): string => states.map(keyOf).join(" · ");

/** Most characters of an event's name. */
const MOST_EVENT = 48;

/** Most characters of a reason, or of advice. */
const MOST_ADVICE = 200;

/** An event; an elapsed delay has a clock. */
export const eventWords = (event: string): string => cut(plain(event.replace(/^after /, "◷ ")), MOST_EVENT);

/** The user and the phone of a call. */
export const userOf = ({ direction, from, to }: CallRow): string => (direction === "outgoing" ? from : to);
export const phoneOf = ({ direction, from, to }: CallRow): string => (direction === "outgoing" ? to : from);

/** The local part, unescaped (XEP-0106), without the gateway's own domain. */
export function shortName(jid: string): string {
  const local = jid.split("/", 1)[0]?.split("@")[0] ?? jid;
  return plain(unescaped(local) || jid);
}

/** Invisible characters that change the appearance of text: controls, and those for direction (UAX 9). */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Foreign text, with invisible characters spelled out. */
export const plain = (text: string): string =>
  text.replace(UNSEEN, (unseen) => `\\u${unseen.charCodeAt(0).toString(16).padStart(4, "0")}`);

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ 20: " ", 22: '"', 26: "&", 27: "'", "2f": "/", "3a": ":", "3c": "<", "3e": ">", 40: "@", "5c": "\\" },
};
const unescaped = (local: string): string =>
  local.replace(/\\(20|22|26|27|2f|3a|3c|3e|40|5c)/g, (_, code: string) => ESCAPES[code] ?? "");

/** An age in a few characters; milliseconds. */
export function ago(since: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - since) / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return `${Math.floor(seconds / 3_600)} h`;
}

/** A readable duration; milliseconds. */
export function span(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  return `${Math.round(milliseconds / 60_000)} min`;
}

/** Why a call has ended, in a sentence. */
export function endWords(step: StepView, { why, failure }: Pick<CallRow, "why" | "failure">): string {
  const reason = why === undefined ? "" : ` (${cut(plain(why), MOST_EVENT)})`;
  const { status, phrase = "", timer } = failure ?? {};
  const response = status === undefined ? "" : `: ${status} ${cut(plain(phrase), MOST_EVENT)}`.trimEnd();
  if (timer !== undefined) return `Nothing came in time: ${timerWords(cut(plain(timer), MOST_EVENT))}${reason}.`;
  return `${byWords(step.event)}${reason}${response}.`;
}

/** A timer of a transaction has its name from RFC 3261; one of the chart its own. */
const timerWords = (timer: string): string => (timer.startsWith("Timer ") ? timer : `timer “${timer}”`);

function byWords(event: string): string {
  if (event === "sip.bye") return "The phone hung up";
  if (event === "sip.bye.success") return "The user hung up, and the phone answered the BYE";
  if (event === "sip.invite.failure") return "The phone did not accept the call";
  if (event === "sip.cancel") return "The caller gave up";
  if (event === "jingle.session-terminate") return "The user did not accept the call";
  if (event === "operator.hangs-up") return "The operator hung up";
  if (event === "gateway.stops") return "The gateway has stopped";
  if (event === "gateway.restarts") return "The gateway was restarted while it rang";
  if (event === "gateway.fails") return "A fault of the gateway ended it; see the log";
  if (event === "call.lasts-too-long") return "It reached the maximum duration of a call";
  if (event.startsWith("after ")) return `Nothing came in time: ${timerWords(event.slice(6))}`;
  return `Ended by ${eventWords(event)}`;
}

/** Further details of a failed call, and the remedy. */
export function failureWords({ reason, advice }: Failure): string {
  const sentence = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}.`;
  const known = [...new Set([reason, advice])].flatMap((each) => (each ? [cut(plain(each), MOST_ADVICE)] : []));
  return known.map(sentence).join(" ");
}

export const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
