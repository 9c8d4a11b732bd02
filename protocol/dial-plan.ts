/**
 * The dial plan: who may dial what, by which trunk, and how the number is written there.
 *
 * Rules: what was dialled is brought to its one form first (number.ts), and only that form, written anew, ever leaves; the
 * first rule that fits decides, and where none fits nobody may call; a redirection is judged like a call of the user's own;
 * emergency numbers are for everybody and are never rewritten; a number that would be another one to the trunk as it is written
 * does not leave (`+39 0044…` as 0044…). A rule that forbids also fits a number with a needless zero behind its country's code,
 * which some networks leave out. Left out on purpose: what a call costs, and at what time of the day it is made.
 */
import { type Numbering, normal } from "./number.ts";

/** The trunk that there always is: that of `[modules.mod_jingle_sip]`. */
export const PROXY = "proxy";

export interface DialPlan extends Numbering {
  /** What a user dials before a number to hide who calls; "": nothing does that. */
  readonly hide: string;
  readonly rules: readonly DialRule[];
}

export interface DialRule {
  /** The beginning of an international number (`+49`, `+`), a whole short number (`**610`), a whole name, or `@` for every name. */
  readonly to: string;
  /** JIDs and domains of the users; none: everybody. */
  readonly who?: readonly string[] | undefined;
  /** None: it is forbidden. */
  readonly trunk?: string | undefined;
  readonly write?: Writing | undefined;
}

/** How a trunk wants an international number: +4930123, 004930123, 4930123, or 030123 in the country itself. */
export const WRITINGS = ["e164", "international", "digits", "national"] as const;
export type Writing = (typeof WRITINGS)[number];

export type Dialling =
  | { readonly trunk: string; readonly number: string; readonly isEmergency: boolean; readonly isHidden: boolean }
  | { readonly refused: "no number" | "forbidden" };

/** What becomes of a number, or name, that a user, named by a bare JID, dials. */
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

/** Whether a rule is about this number or name. */
function reaches({ to, trunk }: DialRule, target: string): boolean {
  if (to === "@") return /^\p{L}/u.test(target);
  if (!to.startsWith("+")) return target === to;
  return target.startsWith(to) || (trunk === undefined && withoutZeros(target).some((each) => each.startsWith(to)));
}

/** The number without zeros behind its country's code, which has one to three digits (E.164 §6.2.1). */
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

/** Whether a trunk that reads what was written for it comes to the same number. */
function isReadAs(target: string, number: string, as: Writing, plan: DialPlan): boolean {
  if (!target.startsWith("+") || as !== "digits") return normal(number, plan) === target;
  // whoever wants digits alone reads no national prefix, but may still know the others
  const isOther = plan.emergency.includes(number) || plan.rules.some(({ to }) => to === number);
  return !isOther && !number.startsWith(plan.international);
}
