/**
 * A play as text: one call, both wires, in time order.
 *
 *   # a description, and the sections that require it
 *   juliet > gateway
 *       <iq …/>                       a stanza as received by the component
 *   gateway > phone
 *       INVITE sip:… SIP/2.0          the next message expected on that wire: `{name}` binds at first use and must match
 *       Call-ID: {call-id}            afterwards, `…` matches anything, other lines are free
 *       no Require: …                 a line that must be absent; `… ↵ t=0 0 ↵ a=x ↵ …` consecutive lines
 *   gateway > phone
 *       (the same)                    the last message of that wire repeated, byte for byte, since the last pause
 *   after 500ms                       advances the clock
 *   nothing on phone                  no new message may have been sent on that wire
 *   nothing again on phone            nor a repeated one, since the last pause
 *   relay > gateway
 *       v=0 …                         the media relay's answer to the oldest waiting command, or `error: ` and the reason
 *   the stream is cut                 the XMPP stream is lost, and reconnects by itself
 *   the operator hangs up             ends the call of the play, as by `carillon hangup` or the page
 *   the gateway stops                 and ends its live calls
 *   the gateway is killed             without warning; its saved state remains
 *   the gateway hands over            and exits, with its live calls saved
 *   the gateway starts again          from the saved state
 *
 * Devices acknowledge the gateway's IQ sets by themselves, unless the arrow line ends in `(unanswered)`. With `(whole)` there,
 * the message must equal the text: no other line, in this order; no other attribute or child.
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

/** Steps other than messages. */
const HAPPENS: ReadonlyMap<string, Happening> = new Map([
  ["the stream is cut", "cut"],
  ["the operator hangs up", "hang up"],
  ["the gateway stops", "stop"],
  ["the gateway is killed", "kill"],
  ["the gateway hands over", "hand over"],
  ["the gateway starts again", "start"],
]);

/** An invalid line in a play. */
export class Unreadable extends Error {
  /** The line number, from 0. */
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

/** Longest pause: ten days, in milliseconds. */
const LONGEST = 864_000_000;

/** The values bound to names so far. */
export type Bindings = Map<string, string>;

/** Replaces the names in a text; with `open`, unbound ones stay. */
export function fill(text: string, bound: Bindings, open = false): string {
  return text.replace(/\{([\w-]+)\}/g, (whole, name: string) => {
    const value = bound.get(name);
    if (open && value === undefined) return whole;
    if (value === undefined) throw new Error(`{${name}} has not been seen yet`);
    return value;
  });
}

/** Whether a text matches a pattern; binds its names. */
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
