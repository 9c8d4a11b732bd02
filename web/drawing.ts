/**
 * A chart as Markdown: each picture as a Mermaid diagram, the states in words, and every transition as a row.
 *
 * Rule: everything is derived from the machine itself (steps.ts, pictures.ts), so a drawing always matches the code. A
 * long label ends in a count; the table below has the rest.
 */
import type { AnyStateMachine, AnyStateNode } from "xstate";
import { ANY, type Box, type Picture, picturesOf, START } from "./pictures.ts";
import { nameOf, type Step, statesOf, stepsOf } from "./steps.ts";

/** Reasons on an arrow before the rest is only counted, and characters per line. */
const REASONS = 2;
const LINE = 24;

/** The drawing of a machine: the whole first, then the inside of each state that has one. */
export function drawChart(machine: AnyStateMachine): string {
  return [
    `# ${machine.id}`,
    "",
    "Drawn from `machines/` by `npm run charts`; a test keeps it current.",
    "",
    `![${machine.id}](${machine.id}.svg)`,
    "",
    ...picturesOf(machine).flatMap((picture) => [
      ...(picture.of === "" ? [] : [`## Inside ${picture.of}`, ""]),
      ...drawPicture(picture),
    ]),
    "## States",
    "",
    ...tableOfStates(statesOf(machine)),
    "## Steps",
    "",
    ...tableOfSteps(stepsOf(machine)),
  ].join("\n");
}

function tableOfStates(states: readonly AnyStateNode[]): string[] {
  const rows = states.map((node) => `| ${nameOf(node)} | ${node.description ?? ""} | ${node.meta?.spec ?? ""} |`);
  return ["| state | is | source |", "|---|---|---|", ...rows, ""];
}

function tableOfSteps(steps: readonly Step[]): string[] {
  const rows = steps.map(({ from, event, guard, to, actions }) =>
    [nameOf(from) || "(anywhere)", event ?? "at once", guard ?? "", to ? nameOf(to) : "", actions.join(", ")].join(
      " | ",
    ),
  );
  return ["| from | when | if | to | does |", "|---|---|---|---|---|", ...rows.map((row) => `| ${row} |`), ""];
}

/** The shape of a box, by its kind; boxes that are not states of the picture are dashed. */
const SHAPES: Readonly<Record<Box["kind"], (label: string) => string>> = {
  state: (label) => `(${label})`,
  closed: (label) => `[[${label}]]`,
  final: (label) => `([${label}])`,
  exit: (label) => `[${label}]:::away`,
  any: (label) => `(${label}):::away`,
};

/** A picture as a Mermaid flowchart. With straight lines Mermaid finds room for labels; on curves they overlap. */
function drawPicture({ boxes, arrows }: Picture): string[] {
  return [
    "```mermaid",
    '%%{init: {"flowchart": {"curve": "linear", "padding": 8, "rankSpacing": 25, "nodeSpacing": 25}}}%%',
    "flowchart TB",
    ...boxes.map(({ id, label, kind }) => `  ${idOf(id)}${SHAPES[kind](label)}`),
    ...arrows.map(
      ({ from, to, words }) => `  ${idOf(from)}${from === START ? "(( ))" : ""} ${labelOf(words)}--> ${idOf(to)}`,
    ),
    "  classDef away fill:none,stroke-dasharray:4",
    "```",
    "",
  ];
}

/** The label of an arrow, each reason on lines of its own. */
function labelOf(words: readonly string[]): string {
  const more = words.length - REASONS;
  const shown = more > 1 ? [...words.slice(0, REASONS), `${more} more`] : words;
  const lines = shown.flatMap((each, index) => wrap(index === 0 ? each.split(" ") : `or ${each}`.split(/(?<!^or) /)));
  return lines.length === 0 ? "" : `-- "${lines.join("<br/>")}" `;
}

/** Words in lines of at most LINE characters, if possible. */
function wrap(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line === undefined || `${line} ${word}`.length > LINE) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** Mermaid's ids are words, some of them reserved, such as `end`. */
const idOf = (name: string): string => (name === START || name === ANY ? `${name}_` : name.replace(/\W/g, "_"));
