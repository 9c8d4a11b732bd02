/**
 * The capabilities announced in SIP: methods, bodies and extensions.
 *
 * RFC 3261 §20.5 (Allow), §20.1 (Accept), §20.37 (Supported), §20.33 (Retry-After); RFC 6086 §5.2.3 (Recv-Info); RFC 8840 §5
 * (trickle-ice), RFC 3262 (100rel), RFC 4028 (timer), RFC 3311 (UPDATE).
 * Rules: nothing is announced before it works; `capabilities` is the only writer of the list. Fields by message:
 *
 *   INVITE, re-INVITE          capabilities(contact, { recvInfo: true })
 *   UPDATE, refreshed (200)    capabilities(contact)
 *   1xx and 2xx to an offer    capabilities(contact, { accept: true, recvInfo: asksForInfoPackages(request) })
 *   2xx to OPTIONS             capabilities(undefined, { accept: true })
 */

import { BODIES } from "./body.ts";
import { values } from "./fields.ts";
import type { Field, Message } from "./message.ts";

/** The version in package.json; a test compares them. */
export const VERSION = "0.1.0";
/** User-Agent and Server (RFC 3261 §20.41). */
export const USER_AGENT = `Carillon/${VERSION}`;

export const METHODS = ["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "PRACK", "UPDATE"] as const;
export const TRICKLE_ICE = "trickle-ice";
export const EXTENSIONS = ["100rel", TRICKLE_ICE, "timer"] as const;

export const ALLOW: Field = ["Allow", METHODS.join(", ")];
const SUPPORTED: Field = ["Supported", EXTENSIONS.join(", ")];
const WITHOUT_TRICKLING: Field = ["Supported", EXTENSIONS.filter((each) => each !== TRICKLE_ICE).join(", ")];
const TYPES = [...BODIES, "multipart/mixed"];
export const ACCEPT: Field = ["Accept", TYPES.join(", ")];
const ACCEPT_PLAIN: Field = ["Accept", TYPES.filter((type) => !type.includes(TRICKLE_ICE)).join(", ")];
export const RECV_INFO: Field = ["Recv-Info", TRICKLE_ICE];
/** Retry-After of a refusal for overload (RFC 3261 §20.33): ten seconds. */
export const RETRY_AFTER: Field = ["Retry-After", "10"];

/** The optional fields of a message; no `trickles` if the media go through a relay. */
export interface Announced {
  readonly accept?: boolean;
  readonly recvInfo?: boolean;
  readonly trickles?: boolean;
}

/** Contact, Allow, Accept, Supported and Recv-Info, in this order. */
export function capabilities(
  contact: Field | undefined,
  { accept = false, recvInfo = false, trickles = true }: Announced = {},
): Field[] {
  const fields: Field[] = contact === undefined ? [ALLOW] : [contact, ALLOW];
  if (accept) fields.push(trickles ? ACCEPT : ACCEPT_PLAIN);
  fields.push(trickles ? SUPPORTED : WITHOUT_TRICKLING);
  if (recvInfo) fields.push(RECV_INFO);
  return fields;
}

/** Whether the sender accepts trickled candidates in INFO (its Recv-Info, not its a=ice-options). */
export function trickles(message: Message): boolean {
  return values(message, "Recv-Info").some((value) => value.split(";")[0]?.trim().toLowerCase() === TRICKLE_ICE);
}

/** Whether the sender knows Recv-Info: only then may our response contain it (RFC 6086 §5.2.3). */
export function asksForInfoPackages(message: Message): boolean {
  return message.headers.some(([name]) => name === "Recv-Info");
}

/** Whether a message lists an extension in this header. */
export function hasOptionTag(message: Message, name: "Require" | "Supported", extension: string): boolean {
  return values(message, name).some((tag) => tag.toLowerCase() === extension);
}

/** Whether the sender accepts requests of this method (its Allow). */
export function allows(message: Message, method: string): boolean {
  return values(message, "Allow").some((name) => name.toUpperCase() === method);
}
