/**
 * Why a call ended, in both protocols: Jingle reasons (XEP-0166 §7.4), SIP statuses (RFC 3261 §21) and Q.850 causes
 * (RFC 3326, RFC 6432).
 *
 * There are two profiles. `deployed` answers as mod_jingle_sip of MongooseIM does: 486 is decline, and every other failure
 * is general-error with the SIP status next to it. `precise` distinguishes reasons as finely as both protocols can. Left out
 * on purpose: 1xx and 2xx, which are no failures.
 */
import { present } from "./text.ts";

export type Profile = "deployed" | "precise";

/** A Jingle reason, with the SIP status it was derived from, if any. */
export interface Reason {
  readonly condition: string;
  readonly text?: string;
  readonly sipError?: { readonly code: number; readonly phrase: string };
}

/** The parts of a final response that depend on the reason. */
export interface Failure {
  readonly status: number;
  /** A Warning header's code (RFC 3261 §20.43). */
  readonly warning?: number;
  /** A Reason header's Q.850 cause (RFC 6432). */
  readonly cause?: number;
}

/** The Q.850 cause for which the telephone network ended a call (RFC 3326). */
export interface Cause {
  readonly cause: number;
  readonly text?: string;
}

/** The phone side's refusal of a call, or its failure to be reached. */
export interface Rejection {
  readonly status: number;
  readonly phrase: string;
  /** The code of the response's Warning header. */
  readonly warning: number | null;
  readonly unreachable: boolean;
}

/** [Jingle reason, answer to a pending INVITE, Warning, Q.850 cause for BYE and CANCEL]; 603 for decline is `precise`. */
const outward = [
  ["decline", 486, undefined, 21],
  ["busy", 486, undefined, 17],
  ["success", 480, undefined, 16],
  ["cancel", 480, undefined, 16],
  ["timeout", 480, undefined, 102],
  ["expired", 480, undefined, 102],
  ["gone", 480, undefined, 27],
  ["connectivity-error", 480, undefined, 41],
  ["failed-transport", 480, undefined, 41],
  ["unsupported-transports", 488, 302, 79],
  ["unsupported-applications", 488, 304, 79],
  ["incompatible-parameters", 488, 305, 88],
  ["media-error", 488, undefined, 41],
  ["failed-application", 500, undefined, 41],
  ["security-error", 488, 399, 57],
  ["alternative-session", 486, undefined, 16],
] as const;

/** [SIP status, Jingle reason] of profile `precise`; all others are general-error. */
const inward: readonly (readonly [number, string])[] = [
  [486, "busy"],
  [600, "busy"],
  [403, "decline"],
  [603, "decline"],
  [607, "decline"],
  [608, "decline"],
  [404, "gone"],
  [410, "gone"],
  [484, "gone"],
  [485, "gone"],
  [604, "gone"],
  [408, "timeout"],
  [504, "timeout"],
  [480, "gone"],
  [415, "incompatible-parameters"],
  [488, "incompatible-parameters"],
  [606, "incompatible-parameters"],
  [501, "unsupported-applications"],
  [580, "failed-transport"],
  [487, "cancel"],
];

/** [IQ error to our session-initiate, status for the caller, Q.850 cause]: RFC 7247 §7, but never 503 (its §7.1). */
const stanzaErrors: readonly (readonly [string, number, number])[] = [
  ["item-not-found", 480, 27],
  ["service-unavailable", 480, 27],
  ["recipient-unavailable", 480, 27],
  ["feature-not-implemented", 480, 27],
  ["remote-server-not-found", 480, 27],
  ["remote-server-timeout", 480, 102],
  ["silence", 480, 102],
  ["offline", 480, 27],
  ["forbidden", 403, 21],
  ["not-allowed", 403, 21],
  ["conflict", 486, 17],
  ["resource-constraint", 486, 17],
  ["bad-request", 488, 88],
  ["not-acceptable", 488, 88],
];

/** Interworking, unspecified: the Q.850 cause of everything else. */
const UNSPECIFIED = 127;

const outwardRow = (condition: string) => outward.find(([name]) => name === condition);

/** The final response to a pending INVITE, from the reason of a callee's session-terminate. */
export function failureOf(reason: Reason, profile: Profile): Failure {
  const failure = statusFor(reason, profile);
  return profile === "precise" ? { ...failure, cause: causeOf(reason) } : failure;
}

function statusFor(reason: Reason, profile: Profile): Failure {
  if (reason.condition === "decline" && profile === "precise") return { status: 603 };
  const row = outwardRow(reason.condition);
  if (row) return row[2] === undefined ? { status: row[1] } : { status: row[1], warning: row[2] };
  const told = reason.sipError?.code;
  return told !== undefined && told >= 400 && told <= 699 ? { status: told } : { status: 500 };
}

/** The Q.850 cause for a reason, in a Reason header (RFC 3326). */
export function causeOf(reason: Reason): number {
  return outwardRow(reason.condition)?.[3] ?? UNSPECIFIED;
}

/**
 * The reason sent to the caller when the phone's side refused the call. `rang`: the phone had rung; `advice`: a remedy, in
 * words.
 */
export function reasonOf(rejection: Rejection, profile: Profile, rang = false, advice?: string): Reason {
  const { status, phrase } = rejection;
  const sipError = { code: status, phrase };
  if (profile === "deployed")
    return status === 486
      ? { condition: "decline" }
      : { condition: "general-error", ...present({ text: advice }), sipError };
  const text = [`${status} ${phrase}`, ...(advice === undefined ? [] : [advice])].join("; ");
  return { condition: conditionOf(rejection, rang), text, sipError };
}

function conditionOf({ status, warning, unreachable }: Rejection, rang: boolean): string {
  if (unreachable) return "connectivity-error";
  if (status >= 300 && status < 400) return "gone";
  if (status === 480 && rang) return "timeout";
  const condition = inward.find(([code]) => code === status)?.[1] ?? "general-error";
  if (condition !== "incompatible-parameters" || warning === null) return condition;
  // RFC 3261 §20.43: the part of the description that was not understood
  if (warning === 304) return "unsupported-applications";
  return warning >= 300 && warning <= 302 ? "unsupported-transports" : condition;
}

/** [Q.850 cause of a BYE's Reason, Jingle reason]; all others are success. */
const causes: readonly (readonly [number, string])[] = [
  [17, "busy"],
  [18, "timeout"],
  [19, "timeout"],
  [102, "timeout"],
  [21, "decline"],
  [20, "gone"],
  [27, "gone"],
  [38, "connectivity-error"],
  [41, "connectivity-error"],
  [47, "connectivity-error"],
  [57, "security-error"],
  [58, "security-error"],
  [65, "incompatible-parameters"],
  [79, "incompatible-parameters"],
  [88, "incompatible-parameters"],
];

/** The reason sent to the user when the phone hangs up: from the Q.850 cause of its BYE (RFC 3326), if any. */
export function reasonOfBye(said: Cause | undefined, profile: Profile): Reason {
  if (profile === "deployed" || said === undefined) return { condition: "success" };
  const condition = causes.find(([code]) => code === said.cause)?.[1] ?? "success";
  return { condition, ...present({ text: said.text }) };
}

/** The final response when a device answered our session-initiate with this stanza error, or with none. */
export function failureOfError(condition: string, profile: Profile): Failure {
  const [, status, cause] = stanzaErrors.find(([name]) => name === condition) ?? [condition, 500, UNSPECIFIED];
  return profile === "precise" ? { status, cause } : { status };
}
