/** Compares SIP messages with a play: returns the first line of the play that does not match, numbered from 0. */
import { type Bindings, fits } from "./script.ts";

/** The first line of the play that the message lacks, or has although it must not. */
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

/** The first line of the play that differs from the message's, if both must have the same lines. */
export function different(text: string, heard: string, bound: Bindings): number | undefined {
  const [wanted, lines] = [text.trimEnd().split("\n"), heard.trimEnd().split("\n")];
  const at = lines.findIndex((line, index) => !fits(wanted[index] ?? "", line, bound));
  if (at !== -1) return at;
  return wanted.length > lines.length ? lines.length : undefined;
}

/** The identity of a message: its bytes; a repeated ACK has another branch (RFC 3261 §13.2.2.4). */
export function sameAs(text: string): string {
  return text.startsWith("ACK ") ? text.replace(/^Via: .*$/m, "") : text;
}
