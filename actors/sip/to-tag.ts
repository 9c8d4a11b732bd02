/**
 * To tags of responses that create no dialog: a keyed hash, so that each copy of a request gets the same one (RFC 3261
 * §8.2.7) without state, and nobody else can guess it (§19.3).
 */
import { createHmac } from "node:crypto";
import { header } from "../../protocol/sip/fields.ts";
import type { Message } from "../../protocol/sip/message.ts";

export type ToTag = (message: Message) => string;

export function toTagBy(secret: string): ToTag {
  return (message) => {
    const parts = ["Call-ID", "From", "CSeq"].map((name) => header(message, name) ?? "");
    return createHmac("sha256", secret).update(parts.join("\n")).digest("hex").slice(0, 16);
  };
}
