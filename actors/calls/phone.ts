/** What the phone side of every call is told of the gateway: its name, its credentials, and where requests go. */
import { contactUri } from "../../protocol/address.ts";
import { nextHop } from "../../protocol/sip/dialog.ts";
import { authenticator } from "../phone/credentials.ts";
import type { PhoneNeeds } from "../phone/phone.ts";
import type { CallsNeeds } from "./needs.ts";

type OfTheGateway = Pick<PhoneNeeds, "chance" | "hop" | "profile" | "authenticate" | "origin" | "contact">;

/** `contactUser` is the user part of our Contact in this call. */
export function phoneNeeds({ config, chance, random, hash, sip }: CallsNeeds, contactUser: string): OfTheGateway {
  const { profile, sdpOrigin, localHost, username, password, outbound, proxy } = config;
  return {
    chance,
    hop: (request) => (outbound ? proxy : nextHop(request)),
    profile,
    authenticate: authenticator({ username, password }, { random, hash }),
    origin: { id: originId(random()), address: sdpOrigin },
    contact: ["Contact", `<${contactUri(contactUser, localHost, sip().port)}>`],
  };
}

/** A numeric id for `o=`, which 64 bits must hold (RFC 8866 §5.2). */
const originId = (token: string): string => `${Number.parseInt(token.replace(/\W/g, "").slice(0, 10), 36)}`;
