/**
 * Who calls, by the headers of an INVITE; and how we say who calls.
 *
 * RFC 3325 (P-Asserted-Identity, P-Preferred-Identity), RFC 3323 (Privacy), draft-ietf-sip-privacy-04 §5 (Remote-Party-ID,
 * which desk phones and old carriers speak). Rules: an asserted identity counts only where its sender is trusted, without one
 * From is what there is; what is no SIP or tel URI is passed over, and never a reason to refuse the call (RFC 5876 §4.5);
 * whoever asks for privacy stays unknown, whatever else is there (RFC 3325 §7); a display name is a stranger's text: it is cut,
 * and has nothing in it that is not seen. Left out on purpose: Identity (RFC 8224), whose signatures a PBX or provider judges.
 */
import { attempt, Refusal } from "../refusal.ts";
import { header, readNameAddr, values } from "./fields.ts";
import type { Field, Request } from "./message.ts";
import { readUri } from "./uri.ts";

export interface Caller {
  /** As an INVITE has it; that of RFC 3323 §4.1.1.3 for who does not want to be known. */
  readonly uri: string;
  /** "" when there is none. */
  readonly name: string;
}

/** RFC 3323 §4.1.1.3. */
const NOBODY: Caller = { uri: "sip:anonymous@anonymous.invalid", name: "" };
const LONGEST_NAME = 60;
/** RFC 3323 §4.1.1.3, and as providers write it, with a host of their own. */
const ANONYMOUS = /^(?:sips?|tel):(?:anonymous(?:[@;:]|$)|[^@]*@anonymous\.invalid\b)/i;
/** What hides who calls: RFC 3323 §4.2, RFC 3325 §9.3. */
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
  // of a sip and a tel URI, which are one party, the tel one has the number (RFC 3325 §9.1)
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

/** The same, if it has a SIP or tel URI. */
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

/** How a trunk is told who calls. */
export const IDENTITIES = ["account", "from", "p-preferred", "p-asserted", "remote-party-id"] as const;
export type Identity = (typeof IDENTITIES)[number];

/** The URIs of a call by an account, without what the user is called. */
export interface Presented {
  /** `sip:620@provider.example`: whose call it is at the provider. */
  readonly account: string;
  /** `sip:+4930123@provider.example`: the user's number there; none: the account is all that is shown. */
  readonly number?: string | undefined;
  /** Whether the user hides who calls. */
  readonly isHidden: boolean;
}

/** From without its tag, and the fields beside it. */
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
  // the provider still has to know whose call it is (RFC 3325 §9.1)
  const told = by === "account" || by === "from" ? named["p-preferred"] : named[by];
  return { from: `"Anonymous" <${NOBODY.uri}>`, fields: [...told, ["Privacy", "id"]] };
}
