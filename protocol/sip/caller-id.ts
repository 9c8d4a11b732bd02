/**
 * The caller's identity in an INVITE, received and sent.
 *
 * RFC 3325 (P-Asserted-Identity, P-Preferred-Identity), RFC 3323 (Privacy), draft-ietf-sip-privacy-04 §5 (Remote-Party-ID,
 * written by desk phones and old carriers). Rules: an asserted identity counts only from a trusted sender, otherwise From is
 * used; values that are no SIP or tel URI are ignored and never a reason to refuse the call (RFC 5876 §4.5); a caller who
 * asks for privacy stays anonymous whatever else is present (RFC 3325 §7); a display name is untrusted text: it is cut, and
 * invisible characters are removed. Left out on purpose: Identity (RFC 8224), which a PBX or provider verifies.
 */
import { attempt, Refusal } from "../refusal.ts";
import { header, readNameAddr, values } from "./fields.ts";
import type { Field, Request } from "./message.ts";
import { readUri } from "./uri.ts";

export interface Caller {
  /** As in the INVITE; that of RFC 3323 §4.1.1.3 for an anonymous caller. */
  readonly uri: string;
  /** "" if there is none. */
  readonly name: string;
}

/** RFC 3323 §4.1.1.3. */
const NOBODY: Caller = { uri: "sip:anonymous@anonymous.invalid", name: "" };
const LONGEST_NAME = 60;
/** RFC 3323 §4.1.1.3, and the variant of providers with their own host. */
const ANONYMOUS = /^(?:sips?|tel):(?:anonymous(?:[@;:]|$)|[^@]*@anonymous\.invalid\b)/i;
/** Privacy values that hide the caller: RFC 3323 §4.2, RFC 3325 §9.3. */
const HIDDEN = new Set(["id", "user", "header"]);

/** The caller of an INVITE. */
export function callerOf(request: Request, isTrusted: boolean): Caller {
  const fromText = header(request, "From") ?? "";
  const from = nameAddr(fromText);
  const privacy = values(request, "Privacy").flatMap((each) => each.toLowerCase().split(/[;\s]+/));
  const parties = isTrusted ? values(request, "Remote-Party-ID") : [];
  const party = parties.find((each) => !/;\s*party\s*=\s*"?called/i.test(each)) ?? "";
  const isHidden = privacy.some((each) => HIDDEN.has(each)) || /;\s*privacy\s*=\s*"?(?:full|uri)/i.test(party);
  if (isHidden || (from && ANONYMOUS.test(from.uri))) return NOBODY;
  const asserted = isTrusted ? values(request, "P-Asserted-Identity").flatMap((each) => identity(each) ?? []) : [];
  // a sip and a tel URI are one party, and the tel URI has the number (RFC 3325 §9.1)
  const best = asserted.find(({ uri }) => /^tel:/i.test(uri)) ?? asserted[0] ?? identity(party) ?? identity(fromText);
  if (best === undefined || ANONYMOUS.test(best.uri)) return NOBODY;
  const name = [best, ...asserted, from].map((each) => cleaned(each?.display ?? "")).find((each) => each !== "") ?? "";
  return { uri: best.uri, name };
}

function nameAddr(value: string): { uri: string; display: string } | undefined {
  if (value === "") return undefined;
  const read = attempt(() => readNameAddr(value));
  return read instanceof Refusal ? undefined : { uri: read.uri, display: read.display ?? "" };
}

/** The same, if its URI is a SIP or tel URI. */
function identity(value: string): ReturnType<typeof nameAddr> {
  const read = nameAddr(value);
  return read && !(attempt(() => readUri(read.uri)) instanceof Refusal) ? read : undefined;
}

const cleaned = (name: string): string =>
  [
    ...name
      .normalize("NFC")
      .replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]+/gu, " ")
      .trim(),
  ]
    .slice(0, LONGEST_NAME)
    .join("")
    .trim();

/** Ways of presenting the caller to a trunk. */
export const IDENTITIES = ["account", "from", "p-preferred", "p-asserted", "remote-party-id"] as const;
export type Identity = (typeof IDENTITIES)[number];

/** The identities of a call through an account, without display names. */
export interface Presented {
  /** `sip:620@provider.example`: the account at the provider. */
  readonly account: string;
  /** `sip:+4930123@provider.example`: the user's number there; if missing, only the account is presented. */
  readonly number?: string | undefined;
  /** Whether the user withholds the number. */
  readonly isHidden: boolean;
}

/** From without its tag, and the identity fields. */
export function presenting(
  { account, number, isHidden }: Presented,
  by: Identity,
): { from: string; fields: readonly Field[] } {
  const own = `<${account}>`;
  const shown = number === undefined ? own : `<${number}>`;
  const named: Readonly<Record<Identity, readonly Field[]>> = {
    account: [],
    from: [],
    "p-preferred": [["P-Preferred-Identity", shown]],
    "p-asserted": [["P-Asserted-Identity", shown]],
    "remote-party-id": [["Remote-Party-ID", `${shown};party=calling;screen=no;privacy=${isHidden ? "full" : "off"}`]],
  };
  if (!isHidden) return { from: by === "from" ? shown : own, fields: named[by] };
  // the provider still has to identify the account (RFC 3325 §9.1)
  const told = by === "account" || by === "from" ? named["p-preferred"] : named[by];
  return { from: `"Anonymous" <${NOBODY.uri}>`, fields: [...told, ["Privacy", "id"]] };
}
