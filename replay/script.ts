/**
 * A play as text: one call, both wires, in time order.
 *
 *   # what happens, and the sections that ask for it
 *   juliet > gateway
 *       <iq …/>                       a stanza as it reaches the component
 *   gateway > phone
 *       INVITE sip:… SIP/2.0          what must come next on that wire: `{name}` binds at first sight and must match
 *       Call-ID: {call-id}            afterwards, `…` stands for anything, lines not named are free
 *       no Require: …                 a line that must not be there; `… ↵ t=0 0 ↵ a=x ↵ …` lines that follow each other
 *   gateway > phone
 *       (the same)                    the last message of that wire again, byte for byte, since the pause before it
 *   after 500ms                       the clock goes on
 *   nothing on phone                  nothing may have come on that wire that is new
 *   nothing again on phone            nor anything again, since the pause before it
 *   relay > gateway
 *       v=0 …                         what the media relay makes of the SDP that waits longest, or `error: ` and why not
 *   the stream is cut                 the XMPP stream is lost, and comes back by itself
 *   the operator hangs up             the call that is told of is ended, by `carillon hangup` or the page
 *   the gateway stops                 and ends what still runs
 *   the gateway is killed             without a word; what it has saved stays
 *   the gateway hands over            and is gone, with what lives saved
 *   the gateway starts again          with what was saved
 *
 * Devices acknowledge the gateway's IQ sets by themselves, unless `(unanswered)` stands behind the arrow. With `(whole)` there
 * the message is all that is written: no other line, in this order; no other attribute or child.
 */
export type Step =
  | { readonly kind: "say"; readonly by: string; readonly text: string; readonly line: number }
  | {
      readonly kind: "hear";
      readonly by: string;
      readonly text: string;
      readonly answered: boolean;
      readonly whole: boolean;
      readonly line: number;
    }
  | { readonly kind: "after"; readonly ms: number; readonly line: number }
  | { readonly kind: "nothing"; readonly by: string; readonly again: boolean; readonly line: number }
  | { readonly kind: Happening; readonly line: number };

type Happening = "cut" | "hang up" | "stop" | "kill" | "hand over" | "start";

/** What else happens than that somebody says or hears something. */
const HAPPENS: ReadonlyMap<string, Happening> = new Map([
  ["the stream is cut", "cut"],
  ["the operator hangs up", "hang up"],
  ["the gateway stops", "stop"],
  ["the gateway is killed", "kill"],
  ["the gateway hands over", "hand over"],
  ["the gateway starts again", "start"],
]);

/** A line that no play has. */
export class Unreadable extends Error {
  /** Its number, from 0. */
  readonly line: number;

  constructor(line: number) {
    super("no line of a play");
    this.line = line;
  }
}

/** Reads a play; throws Unreadable. */
export function readPlay(script: string): Step[] {
  const steps: Step[] = [];
  const lines = script.split("\n");
  for (let at = 0; at < lines.length; ) {
    const [first, line = ""] = [at, lines[at++]];
    if (line.trim() === "" || line.startsWith("#")) continue;
    const body: string[] = [];
    while (/^( {4}|\s*$)/.test(lines[at] ?? "x")) body.push((lines[at++] ?? "").slice(4));
    steps.push(readStep(line, body.join("\n").trimEnd(), first));
  }
  return steps;
}

function readStep(line: string, text: string, at: number): Step {
  const arrow = /^(\S+) > (\S+)(?: \((unanswered|whole)\))?$/.exec(line);
  if (arrow?.[1] === "gateway") {
    const manner = arrow[3];
    return {
      kind: "hear",
      by: arrow[2]!,
      text,
      answered: manner !== "unanswered",
      whole: manner === "whole",
      line: at,
    };
  }
  if (arrow?.[2] === "gateway") return { kind: "say", by: arrow[1]!, text, line: at };
  const after = /^after (\d+) ?(ms|s)$/.exec(line);
  const ms = Number(after?.[1]) * (after?.[2] === "s" ? 1000 : 1);
  if (ms <= LONGEST) return { kind: "after", ms, line: at };
  const nothing = /^nothing( again)? on (\S+)$/.exec(line);
  if (nothing) return { kind: "nothing", by: nothing[2]!, again: nothing[1] !== undefined, line: at };
  const happens = HAPPENS.get(line);
  if (happens) return { kind: happens, line: at };
  throw new Unreadable(at);
}

/** Milliseconds that may pass at once, ten days: nobody waits for more. */
const LONGEST = 864_000_000;

/** What names stand for so far. */
export type Bindings = Map<string, string>;

/** A text with its names filled in; with `open`, those that are not bound yet stay. */
export function fill(text: string, bound: Bindings, open = false): string {
  return text.replace(/\{([\w-]+)\}/g, (whole, name: string) => {
    const value = bound.get(name);
    if (open && value === undefined) return whole;
    if (value === undefined) throw new Error(`{${name}} has not been seen yet`);
    return value;
  });
}

/** Whether a text fits a pattern; what it binds is remembered. */
export function fits(pattern: string, text: string, bound: Bindings): boolean {
  const names: string[] = [];
  const source = pattern
    .split(/(\{[\w-]+\}|…)/)
    .map((part) => {
      if (part === "…") return "[\\s\\S]*";
      const name = /^\{([\w-]+)\}$/.exec(part)?.[1];
      if (name === undefined) return escapeRegExp(part);
      const known = bound.get(name);
      if (known !== undefined) return escapeRegExp(known);
      names.push(name);
      return "([^\\s;>]+)";
    })
    .join("");
  const found = new RegExp(`^${source}$`).exec(text);
  if (!found) return false;
  names.forEach((name, index) => void bound.set(name, found[index + 1] ?? ""));
  return true;
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
