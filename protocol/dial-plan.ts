/**
 * The dial plan: who may dial what, over which trunk, and in which format the number is sent.
 *
 * Rules: a dialled number is normalized first (number.ts), and only the normal form is sent, rewritten for the trunk; the first
 * matching rule decides, and without a match the call is forbidden; a redirection is checked like a call by the user; emergency
 * numbers are open to everybody and never rewritten; a number that the trunk would read as another number is refused
 * (`+39 0044…` as 0044…). A rule that forbids also matches a number with a needless zero after its country code, which some
 * networks ignore. Left out on purpose: cost of calls, time of day.
 */
import { type Numbering, normal } from "./number.ts";

/** The default trunk: that of `[modules.mod_jingle_sip]`. */
export const PROXY = "proxy";

export interface DialPlan extends Numbering {
  /** Prefix that a user dials to withhold the caller's number; "" for none. */
  readonly hide: string;
  readonly rules: readonly DialRule[];
}

export interface DialRule {
  /** Prefix of an international number (`+49`, `+`), a whole short number (`**610`), a whole name, or `@` for every name. */
  readonly to: string;
  /** JIDs and domains of the users; everybody if missing. */
  readonly who?: readonly string[] | undefined;
  /** Forbidden if missing. */
  readonly trunk?: string | undefined;
  readonly write?: Writing | undefined;
}

/** Format in which a trunk wants an international number: +4930123, 004930123, 4930123, or 030123 inside the country. */
export const WRITINGS = ["e164", "international", "digits", "national"] as const;
export type Writing = (typeof WRITINGS)[number];

export type Dialling =
  | { readonly trunk: string; readonly number: string; readonly isEmergency: boolean; readonly isHidden: boolean }
  | { readonly refused: "no number" | "forbidden" };

/** Applies the plan to a number or name dialled by a user (bare JID). */
export function dial(dialled: string, caller: string, plan: DialPlan): Dialling {
  const isHidden = plan.hide !== "" && dialled.startsWith(plan.hide);
  const target = normal(isHidden ? dialled.slice(plan.hide.length) : dialled, plan);
  if (target === undefined) return { refused: "no number" };
  const isEmergency = plan.emergency.includes(target);
  const rule = plan.rules.find((each) => reaches(each, target) && (isEmergency || isFor(each, caller)));
  if (rule?.trunk === undefined) return { refused: "forbidden" };
  const write = rule.write ?? "e164";
  const number = isEmergency ? target : written(target, write, plan);
  if (!isReadAs(target, number, write, plan)) return { refused: "no number" };
  return { trunk: rule.trunk, number, isEmergency, isHidden: isHidden && !isEmergency };
}

/** Whether a rule matches this number or name. */
function reaches({ to, trunk }: DialRule, target: string): boolean {
  if (to === "@") return /^\p{L}/u.test(target);
  if (!to.startsWith("+")) return target === to;
  return target.startsWith(to) || (trunk === undefined && withoutZeros(target).some((each) => each.startsWith(to)));
}

/** The number without zeros after its country code, which has one to three digits (E.164 §6.2.1). */
const withoutZeros = (number: string): string[] =>
  [2, 3, 4].map((at) => number.slice(0, at) + number.slice(at).replace(/^0+/, ""));

function isFor({ who }: DialRule, caller: string): boolean {
  return who === undefined || who.includes(caller) || who.includes(caller.slice(caller.indexOf("@") + 1));
}

function written(number: string, as: Writing, { country, international, national }: DialPlan): string {
  if (!number.startsWith("+") || as === "e164") return number;
  const digits = number.slice(1);
  if (as === "digits") return digits;
  const isHome = as === "national" && country !== "" && digits.startsWith(country);
  return isHome ? `${national}${digits.slice(country.length)}` : `${international}${digits}`;
}

/** Whether a trunk reads the written number as the same number. */
function isReadAs(target: string, number: string, as: Writing, plan: DialPlan): boolean {
  if (!target.startsWith("+") || as !== "digits") return normal(number, plan) === target;
  // a trunk that wants bare digits does not read a national prefix, but may know the other prefixes
  const isOther = plan.emergency.includes(number) || plan.rules.some(({ to }) => to === number);
  return !isOther && !number.startsWith(plan.international);
}
