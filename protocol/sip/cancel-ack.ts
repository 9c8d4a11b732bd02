/**
 * The two requests that follow an INVITE hop by hop: the ACK to a 300-699, and CANCEL.
 *
 * RFC 3261 §17.1.1.3, §9.1, §22.1. Rules: both have the Request-URI, the Via with its branch, Route, From, Call-ID and CSeq
 * number of their INVITE.
 */

import { isCredentials } from "./digest.ts";
import { header } from "./fields.ts";
import { cseqOf } from "./mandatory.ts";
import type { Field, Request, Response } from "./message.ts";

const AGAIN = new Set(["Route", "From", "Call-ID"]);

/** The ACK to a 300-699, with the To of the response (RFC 3261 §17.1.1.3) and the INVITE's credentials (§22.1). */
export function ackToRefusal(invite: Request, refusal: Response): Request {
  const to: Field = ["To", header(refusal, "To") ?? header(invite, "To") ?? ""];
  const again = invite.headers.filter((field) => AGAIN.has(field[0]) || isCredentials(field));
  return follow("ACK", invite, [to, ...again]);
}

/** The CANCEL of an INVITE; `more` may have a Reason (RFC 3326). */
export function cancelOf(invite: Request, more: readonly Field[] = []): Request {
  const again = invite.headers.filter(([name]) => AGAIN.has(name) || name === "To");
  return follow("CANCEL", invite, [...again, ...more]);
}

function follow(method: "ACK" | "CANCEL", invite: Request, fields: readonly Field[]): Request {
  const via: Field = ["Via", header(invite, "Via") ?? ""];
  const { number } = cseqOf(invite);
  const headers: Field[] = [via, ["Max-Forwards", "70"], ...fields, ["CSeq", `${number} ${method}`]];
  return { kind: "request", method, uri: invite.uri, headers, body: "" };
}
