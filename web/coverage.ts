/**
 * The coverage of a chart by plays, as Markdown: uncovered parts first, with the reason, then every state and transition with its count.
 *
 * The counts are from plays of tests/calls (tests/support/walked.ts), each run once without loss.
 */
import type { AnyStateMachine } from "xstate";
import { insideOf, nameOf, type Step, statesOf, stepsOf } from "./steps.ts";

/** Counts by name. */
type Counts = Readonly<Record<string, number>>;

export interface Walked {
  /** How often each state was entered. */
  readonly states: Counts;
  /** How often each transition was taken, by `keyOf`. */
  readonly ways: Counts;
  /** How often a call went from one state to another: `from>to`. */
  readonly moves: Counts;
}

/** `from | event | guard | to`, as in the tables of docs/charts. */
export const keyOf = ({ from, event, guard, to }: Step): string =>
  [nameOf(from) || "(anywhere)", event ?? "at once", guard ?? "", to ? nameOf(to) : ""].join(" | ");

/** The names of the leaf states. */
export const leavesOf = (machine: AnyStateMachine): string[] =>
  statesOf(machine)
    .filter((node) => insideOf(node).length === 0)
    .map(nameOf);

/** The states and transitions of a machine that no play covers. */
export function unwalked(machine: AnyStateMachine, { states, ways }: Walked): string[] {
  const never = leavesOf(machine).filter((state) => !states[state]);
  return [
    ...never,
    ...stepsOf(machine)
      .map(keyOf)
      .filter((key) => !ways[key]),
  ];
}

/** The document. `reasons` explain why a state or transition has no play. */
export function writeCoverage(
  machine: AnyStateMachine,
  walked: Walked,
  reasons: Readonly<Record<string, string>>,
): string {
  const ways = stepsOf(machine).map(keyOf);
  const never = unwalked(machine, walked);
  const taken = ways.filter((way) => walked.ways[way]).length;
  return [
    `# What plays walk of ${machine.id}`,
    "",
    "Written by `npm run coverage:charts`, which runs every play of `tests/calls`; a test holds it current, and fails when a way has no play.",
    "",
    `![What plays walk of ${machine.id}](coverage.svg)`,
    "",
    `${taken} of ${ways.length} ways are walked. The others, and why:`,
    "",
    ...(never.length === 0 ? ["None."] : ["| state or way | why |", "|---|---|"]),
    ...never.map((name) => `| ${name.replaceAll(" | ", " · ")} | ${reasons[name] ?? ""} |`),
    "",
    "## States",
    "",
    "| state | entered |",
    "|---|---|",
    ...leavesOf(machine).map((state) => `| ${state} | ${walked.states[state] ?? 0} |`),
    "",
    "## Ways",
    "",
    "| from | when | if | to | walked |",
    "|---|---|---|---|---|",
    ...ways.map((way) => `| ${way} | ${walked.ways[way] ?? 0} |`),
    "",
  ].join("\n");
}
