/** Whether a SIP message is what a play wants: the first line of the play that it does not have, by its number from 0. */
import { type Bindings, fits } from "./script.ts";

/** The line of a play that a message does not have, or has and must not. */
export function missing(text: string, heard: string, bound: Bindings): number | undefined {
  const separate = heard.split("\n");
  const lines = [...separate, separate.join(" ↵ ")];
  const [start = "", ...wanted] = text.split("\n");
  if (!fits(start, lines[0] ?? "", bound)) return 0;
  const at = wanted.findIndex((each) => {
    const [, no, line = ""] = /^(no )?(.*)$/.exec(each) ?? [];
    return line !== "" && lines.some((one) => fits(line, one, bound)) === (no !== undefined);
  });
  return at === -1 ? undefined : at + 1;
}

/** The line of a play that is not the line of a message at its place, where both must have the same lines. */
export function different(text: string, heard: string, bound: Bindings): number | undefined {
  const [wanted, lines] = [text.trimEnd().split("\n"), heard.trimEnd().split("\n")];
  const at = lines.findIndex((line, index) => !fits(wanted[index] ?? "", line, bound));
  if (at !== -1) return at;
  return wanted.length > lines.length ? lines.length : undefined;
}

/** What makes two messages the same one: their bytes; an ACK comes again with another branch (RFC 3261 §13.2.2.4). */
export function sameAs(text: string): string {
  return text.startsWith("ACK ") ? text.replace(/^Via: .*$/m, "") : text;
}
