/**
 * Caller and callee of a call through a trunk: the user by number, the caller as the trunk identifies it.
 *
 * docs/mapping.md K9 to K12. Rules: a number decides, then a Request-URI of one of our domains, then the trunk's default user; the
 * caller is `+4930123@<component>/sip`, in one form however the trunk writes the number, so that it can be called back; an
 * anonymous caller is `anonymous@<component>/sip`; no caller through a trunk gets the name of a user.
 */
import { type AddressRules, calledUser, callerJid } from "../../protocol/address.ts";
import { type Numbering, normal } from "../../protocol/number.ts";
import { callerOf } from "../../protocol/sip/caller-id.ts";
import type { Request } from "../../protocol/sip/message.ts";
import { escapeUser, readUri } from "../../protocol/sip/uri.ts";
import type { Trunk } from "../trunks/trunk.ts";

/** The calling phone and the called user, as JIDs, and the caller's display name. */
export interface TrunkParties {
  readonly us: string;
  readonly them: string;
  readonly nick: string;
}

/** The parties of an INVITE; undefined if the callee is no user. */
export function trunkParties(
  request: Request,
  trunk: Trunk,
  addresses: AddressRules,
  numbering: Numbering | undefined,
): TrunkParties | undefined {
  const { trusted, defaultUser, username } = trunk.settings;
  const { uri, name } = callerOf(request, trusted);
  const rules = { ...addresses, intercept: false };
  const nobody = `sip:anonymous@${addresses.component}`;
  const us = callerJid(asCaller(uri, addresses, numbering), rules, false) ?? callerJid(nobody, rules, false);
  const them =
    trunk.userOf(request, numbering) ??
    served(request, { ...addresses, ours: [] }) ??
    // the account itself is not a user's name
    (defaultUser || (isUser(request.uri, username) ? undefined : calledUser(onlyUri(request), addresses)));
  return us !== undefined && them !== undefined ? { us, them, nick: name } : undefined;
}

const isUser = (uri: string, username: string): boolean => username !== "" && readUri(uri).user === username;

/** A provider passes on any To, so To identifies nobody, except by a number of the trunk. */
const onlyUri = ({ uri }: Request): { requestUri: string; to: string } => ({ requestUri: uri, to: "" });

/** The user in a Request-URI of one of our domains. */
const served = (request: Request, addresses: AddressRules): string | undefined =>
  /^tel:/i.test(request.uri) ? undefined : calledUser(onlyUri(request), addresses);

/** The caller's URI in one form; a number in international form, if the plan can convert it. */
function asCaller(uri: string, { component }: AddressRules, numbering: Numbering | undefined): string {
  const { scheme, user, host } = readUri(uri);
  if (host === "anonymous.invalid") return `sip:anonymous@${component}`;
  const number = numbering && normal(scheme === "tel" ? uri : user, numbering);
  return number?.startsWith("+") ? `sip:${escapeUser(number)}@${component}` : uri;
}
