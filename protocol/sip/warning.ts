/**
 * The Warning header field: RFC 3261 §20.43, codes of §27.2 (304 "media type not available", 399 "miscellaneous").
 *
 * The only writer of the field: `refusalTo` for a whole response, `warningOf` and `warning` for the field alone.
 * Rule: the text may come from a peer, so quotes in it become apostrophes and backslashes are escaped; line breaks and
 * NUL are removed in writeMessage, as in every value.
 */
import type { Refusal } from "../refusal.ts";
import { responseTo } from "./build.ts";
import { values } from "./fields.ts";
import type { Field, Request, Response } from "./message.ts";

/** A Warning with our agent name. */
export function warning(code: number, text: string): Field {
  return ["Warning", `${code} carillon "${text.replaceAll('"', "'").replaceAll("\\", "\\\\")}"`];
}

/** The Warning of a refusal; 399 if it has no code of its own. */
export const warningOf = ({ sip, message }: Refusal): Field => warning(sip.warning ?? 399, message);

/** The response that refuses a request, with the reason as its Warning. */
export const refusalTo = (request: Request, refusal: Refusal): Response =>
  responseTo(request, refusal.sip.status, { headers: [warningOf(refusal)] });

/** The code of a response's first Warning, null if there is none. */
export function warningCode(response: Response): number | null {
  const [, code] = /^(\d{3})\s/.exec(values(response, "Warning")[0] ?? "") ?? [];
  return code === undefined ? null : Number(code);
}
