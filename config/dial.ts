/**
 * The options of `[dial]` other than plain numbers: rules, prefixes, emergency numbers; and conflicts among them.
 *
 * Rules: a rule that no call can reach is an error at the start, since its author believes that it protects or permits something;
 * only the first such rule is reported. The meaning of a rule is in protocol/dial-plan.ts.
 */
import { z } from "zod";
import { type DialPlan, type DialRule, WRITINGS } from "../protocol/dial-plan.ts";
import { normal } from "../protocol/number.ts";
import { readJid } from "../protocol/xmpp/jid.ts";
import { readDomain } from "./hosts.ts";
import type { Kind } from "./values.ts";
import { written } from "./words.ts";

/** A user or a domain, normalised. */
const userOrDomain = z.string().transform((text, context) => {
  const at = text.lastIndexOf("@");
  const domain = readDomain(text.slice(at + 1));
  const name = at === -1 ? (domain ?? "") : `${text.slice(0, at)}@${domain ?? ""}`.toLowerCase();
  if (domain === undefined || readJid(name)?.resource !== "") context.addIssue({ code: "custom", message: "none" });
  return name;
});

/** A user's bare JID. */
export const USER = userOrDomain.refine((name) => name.includes("@"));

const rule = z.strictObject({
  to: z.string().regex(/^(?:@|\+\d{0,15}|[\d*#]{2,24}|\p{L}[\p{L}\p{N}._-]*)$/u),
  who: z.array(userOrDomain).min(1).optional(),
  trunk: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,31}$/)
    .optional(),
  write: z.enum(WRITINGS).optional(),
});

export const RULES: Kind = {
  schema: z.array(rule).max(1_000).optional(),
  allowed:
    'a list of rows such as { to = "+49", who = ["example.org"], trunk = "proxy", write = "national" }; write is one of ' +
    `${WRITINGS.join(", ")}`,
};
const prefix = (form: RegExp, allowed: string): Kind => ({ schema: z.string().regex(form), allowed });
export const COUNTRY = prefix(/^(?:[1-9]\d{0,2})?$/, 'a country\'s code without a prefix, such as "49", or ""');
export const AREA = prefix(/^\d{0,6}$/, 'an area\'s code without a prefix, such as "30", or ""');
export const INTERNATIONAL = prefix(/^\d{2,5}$/, 'digits, such as "00"');
export const NATIONAL = prefix(/^\d{0,3}$/, 'digits, such as "0", or ""');
export const EMERGENCY: Kind = {
  schema: z.array(z.string().regex(/^\d{2,6}$/)).max(32),
  allowed: 'a list of short numbers, such as ["112"]',
};
export const HIDE = prefix(/^[\d*#]{0,8}$/, 'digits, * and #, such as "#31#", or ""');
export const LIMIT: Kind = {
  schema: z.number().int().min(0).max(1_000_000),
  allowed: "a whole number, or 0 for no limit",
};

/** What a dial plan is checked against: the domains whose users may call, and the trunks. */
export interface DialSetting {
  readonly hosts: readonly string[];
  readonly trunks: readonly string[];
}

/** The faults of a plan's rules; each text follows `[dial] rules` in the error line. */
export function wrongRules(plan: DialPlan, setting: DialSetting): string[] {
  const wrong = plan.rules.flatMap((each, at) => {
    const why = whyUseless(each, at, plan, setting);
    return why === undefined ? [] : [`contains ${written(each)}: ${why}`];
  });
  return wrong.slice(0, 1);
}

function whyUseless(each: DialRule, at: number, plan: DialPlan, { hosts, trunks }: DialSetting): string | undefined {
  const { to, who, trunk } = each;
  const isWhole = !to.startsWith("+") && to !== "@";
  const form = isWhole ? normal(to, plan) : to;
  if (form !== to)
    return form === undefined ? "nobody can dial that" : `this is dialled as "${form}": write that instead`;
  if (to.startsWith(`+${plan.country}${plan.national}`) && plan.country !== "" && plan.national === "0")
    return `the prefix "${plan.national}" is not part of an international number`;
  const stranger = who?.find((one) => !hosts.includes(one.slice(one.lastIndexOf("@") + 1)));
  if (stranger !== undefined) return `"${stranger}" is in no domain of [xmpp] hosts`;
  if (trunk !== undefined && !trunks.includes(trunk)) return `there is no trunk "${trunk}": ${trunks.join(", ")}`;
  const before = plan.rules.slice(0, at).find((other) => covers(other, each));
  return before && `no call reaches it, since ${written(before)} comes first`;
}

/** Whether every call that matches the second rule matches the first one, too. */
function covers(one: DialRule, other: DialRule): boolean {
  const isName = /^\p{L}/u.test(other.to);
  const reaches =
    one.to === other.to || (one.to === "@" ? isName : one.to.startsWith("+") && other.to.startsWith(one.to));
  const everybody = one.who === undefined;
  const hasAll = other.who?.every((user) => isAmong(user, one.who ?? [])) ?? false;
  return reaches && (everybody || hasAll);
}

const isAmong = (user: string, who: readonly string[]): boolean =>
  who.includes(user) || who.includes(user.slice(user.indexOf("@") + 1));
