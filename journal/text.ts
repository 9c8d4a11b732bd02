/**
 * The ladder of a call, and its states, as plain text: for terminals, tickets and mail.
 *
 * Rule: a name or a label is one line of printable characters, whatever its origin.
 */
import { printableJson } from "../protocol/printable.ts";
import { type LadderRow, ladderRows } from "./ladder-rows.ts";
import type { CallView, MessageView, StepView } from "./view.ts";

/** Columns between two of the three participants. */
const WIDTH = 46;
/** Columns of the title line, without the last four. */
const TITLE = 110;
/** Columns for the time. */
const TIME = 10;

/** A title line, and a line with the names at the head of the ladder. */
export function headLines(title: string, user: string, phone: string): string {
  const heads = `${cut(user, WIDTH - 2).padEnd(WIDTH)}gateway${cut(phone, WIDTH - 2).padStart(WIDTH)}`;
  return `── ${plain(title)} ${"─".repeat(Math.max(0, TITLE - title.length))}\n${heads}`;
}

/** An arrow between the user and the gateway, or the gateway and the phone. */
export function arrowLine(wire: "sip" | "xmpp", out: boolean, label: string): string {
  const margin = wire === "xmpp" ? "" : " ".repeat(WIDTH + 8);
  const isRight = (wire === "xmpp") !== out;
  return isRight ? `${margin}${dashes(label)}▶` : `${margin}◀${dashes(label)}`;
}

/** The state that the call is in now. */
export const stateLine = (state: string): string => `${" ".repeat(WIDTH)}◆ ${plain(state)}`;

/** An event that was not accepted, and why. */
const refusedLine = (event: string, why: string): string => `${" ".repeat(WIDTH)}⊘ ${plain(event)}: ${plain(why)}`;

/** A whole call, each line with the seconds since it began. */
export function ladderText(call: CallView): string {
  const [user, phone] = call.direction === "outgoing" ? [call.from, call.to] : [call.to, call.from];
  const end = call.why === undefined ? "" : `, ended by ${call.why}`;
  const left = call.dropped === 0 ? [] : [`(${call.dropped} entries were left out)`];
  const rows = ladderRows(call).map((row) => rowLine(call, row));
  return [indented(headLines(`${call.direction}${end}`, user, phone)), ...rows, ...left, ""].join("\n");
}

/** Lines without a time. */
export const indented = (lines: string): string => lines.replace(/^/gm, " ".repeat(TIME));

/** A row of a call's ladder, with the seconds since it began. */
export const rowLine = (call: Pick<CallView, "steps" | "messages">, row: LadderRow): string =>
  timed(row.kind === "message" ? messageLine(call.messages[row.message]) : stepLine(call.steps[row.step]));

type Timed = readonly [at: number, line: string];

function messageLine(message: MessageView | undefined): Timed {
  if (message === undefined) return [0, ""];
  const { at, wire, out, label, again } = message;
  return [at, arrowLine(wire, out, again > 0 ? `${label} ×${again + 1}` : label)];
}

function stepLine(step: StepView | undefined): Timed {
  if (step === undefined) return [0, ""];
  return [
    step.at,
    step.refused === undefined ? stateLine(step.after.join(" · ")) : refusedLine(step.event, step.refused),
  ];
}

const timed = ([at, line]: Timed): string => `${(at / 1_000).toFixed(3).padStart(TIME - 2)}  ${line}`;

/** `── text ─────`, as wide as an arrow. */
function dashes(text: string): string {
  const shown = cut(text, WIDTH - 8);
  return `── ${shown} ${"─".repeat(Math.max(0, WIDTH - 2 - shown.length - 4))}`;
}

const cut = (text: string, most: number): string => {
  const shown = plain(text);
  return shown.length > most ? `${shown.slice(0, most - 1)}…` : shown;
};

/** Without characters that control a terminal. */
const plain = (text: string): string => text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "·");

/** A value as the JSON of a file. */
export const jsonText = (value: unknown): string => `${printableJson(JSON.stringify(value, null, 2))}\n`;
