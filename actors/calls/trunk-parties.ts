/**
 * Who calls whom by a trunk: the user by number, the caller by what the trunk says of it.
 *
 * docs/mapping.md K9 to K12. Rules: a number decides, then a Request-URI of one of our domains, then the trunk's default user; the
 * caller is `+4930123@<component>/sip`, in one form however the trunk writes the number, so that it can be called back; who
 * does not want to be known is `anonymous@<component>/sip`; nobody who calls by a trunk has the name of a user.
 */
import { type AddressRules, calledUser, callerJid } from "../../protocol/address.ts";
import { type Numbering, normal } from "../../protocol/number.ts";
import { callerOf } from "../../protocol/sip/caller-id.ts";
import type { Request } from "../../protocol/sip/message.ts";
import { escapeUser, readUri } from "../../protocol/sip/uri.ts";
import type { Trunk } from "../trunks/trunk.ts";

/** The phone that calls and the user who is called, as JIDs, and what the caller is called. */
export interface TrunkParties {
  readonly us: string;
  readonly them: string;
  readonly nick: string;
}

/** The parties of an INVITE; undefined where nobody is called. */
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
    // the account itself is no user's name
    (defaultUser || (isUser(request.uri, username) ? undefined : calledUser(onlyUri(request), addresses)));
  return us !== undefined && them !== undefined ? { us, them, nick: name } : undefined;
}

const isUser = (uri: string, username: string): boolean => username !== "" && readUri(uri).user === username;

/** A provider passes on any To, so it names nobody, unless by a number of the trunk. */
const onlyUri = ({ uri }: Request): { requestUri: string; to: string } => ({ requestUri: uri, to: "" });

/** The user whom Request-URI names by one of our domains. */
const served = (request: Request, addresses: AddressRules): string | undefined =>
  /^tel:/i.test(request.uri) ? undefined : calledUser(onlyUri(request), addresses);

/** The caller's URI in one form; a number as an international one, where the plan says what it is. */
function asCaller(uri: string, { component }: AddressRules, numbering: Numbering | undefined): string {
  const { scheme, user, host } = readUri(uri);
  if (host === "anonymous.invalid") return `sip:anonymous@${component}`;
  const number = numbering && normal(scheme === "tel" ? uri : user, numbering);
  return number?.startsWith("+") ? `sip:${escapeUser(number)}@${component}` : uri;
}
