/**
 * The failure of a play: prints the play with an arrow at the failing line, and next to the lines of each step those of the
 * message sent or received. Below are expected and actual messages in full; the stack is the row of the test's table.
 */
import { type Messages, Missed, type PlayFailure } from "../../replay/missed.ts";
import type { Site } from "./site.ts";

/** The error of a play's test. */
export function playFailure(site: Site, { script, messages, line, cause }: PlayFailure): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  const departs = cause instanceof Missed || line === undefined;
  const what = departs ? "the gateway departs from the play" : "the play cannot go on";
  const where = line === undefined ? "at its end" : `at line ${line + 1}`;
  const told = `${what} ${where}\n\n${printPlay(script, messages, line)}\n\n${why}`;
  const failure = new Error(told, departs ? {} : { cause });
  failure.stack = `Error\n    at play (${site.file}:${site.line}:1)`;
  return failure;
}

/** Columns of the play, and of the messages next to it. */
const WIDTH = 76;
const cut = (text: string): string => (text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text);

function printPlay(script: string, messages: Messages, failed: number | undefined): string {
  const lines = script.trimEnd().split("\n");
  const beside = messagesBeside(lines, messages);
  const printed = lines.map((line, at) => {
    const left = `${at === failed ? "→" : " "}${String(at + 1).padStart(4)}  ${cut(line)}`;
    const message = beside.get(at);
    return message === undefined ? left : `${left.padEnd(WIDTH + 7)} │ ${cut(message)}`;
  });
  return [...printed.slice(lines[0] === "" ? 1 : 0), ...(failed === undefined ? ["→      (the end)"] : [])].join("\n");
}

/** By line: a message's start line next to the first line of its step, and its header and SDP lines next to those of the same name. */
function messagesBeside(lines: readonly string[], messages: Messages): Map<number, string> {
  const beside = new Map<number, string>();
  for (const [step, message] of messages) {
    const [start = "", ...rest] = message.split("\n");
    beside.set(step + 1, start);
    for (let at = step + 2; lines[at]?.startsWith("    "); at++) {
      const name = /^ {4}([\w-]+[:=])/.exec(lines[at] ?? "")?.[1];
      const same = name && rest.findIndex((line) => line.startsWith(name));
      if (typeof same === "number" && same !== -1) beside.set(at, rest.splice(same, 1)[0] ?? "");
    }
  }
  return beside;
}
