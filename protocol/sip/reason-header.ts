/**
 * The Reason header: the Q.850 cause of a request or a refusal.
 *
 * RFC 3326, RFC 6432. Rules: of several reasons the first Q.850 one counts; one that cannot be read is ignored.
 */
import type { Cause } from "../reasons.ts";
import { attempt, Refusal } from "../refusal.ts";
import { present } from "../text.ts";
import { values } from "./fields.ts";
import type { Field, Message } from "./message.ts";
import { param, readParams } from "./values.ts";

export const reasonField = (cause: number): Field => ["Reason", `Q.850;cause=${cause}`];

/** The Q.850 reason of a message, if it has one. */
export function causeIn(message: Message): Cause | undefined {
  for (const value of values(message, "Reason")) {
    const cause = readCause(value);
    if (cause) return cause;
  }
  return undefined;
}

function readCause(value: string): Cause | undefined {
  const [, more] = /^Q\.850\s*(;.*)$/is.exec(value) ?? [];
  if (more === undefined) return undefined;
  const params = attempt(() => readParams(more));
  if (params instanceof Refusal) return undefined;
  const cause = param(params, "cause") ?? "";
  if (!/^\d{1,3}$/.test(cause)) return undefined;
  return { cause: Number(cause), ...present({ text: param(params, "text") || undefined }) };
}
