/**
 * The expiry granted by a registrar for our Contact: RFC 3261 §10.2.4, §10.3.
 *
 * Rules: a 200 lists all bindings of the account, each with its expiry; only ours counts, found by user and host, since
 * registrars and proxies rewrite ports and parameters; Expires is the fallback if it has no expires parameter.
 */
import { attempt, Refusal } from "../refusal.ts";
import { header, readNameAddr, values } from "./fields.ts";
import type { Response } from "./message.ts";
import { readUri } from "./uri.ts";
import { param } from "./values.ts";

/** Seconds; undefined if the registrar does not state it. */
export function grantedTo(response: Response, contact: string): number | undefined {
  const own = readUri(contact);
  const told = values(response, "Contact").flatMap((value) => {
    const binding = attempt(() => {
      const { uri, params } = readNameAddr(value);
      return { ...readUri(uri), expires: param(params, "expires") };
    });
    const isOurs = !(binding instanceof Refusal) && binding.user === own.user && binding.host === own.host;
    return isOurs ? [seconds(binding.expires) ?? seconds(header(response, "Expires"))] : [];
  });
  return told.length > 0 ? told.find((each) => each !== undefined) : seconds(header(response, "Expires"));
}

const seconds = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
