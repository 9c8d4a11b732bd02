/**
 * The drawing of a chart: a Mermaid flowchart, the states in words, and every transition as a row.
 *
 * Rules: what is drawn is read from the machine itself, so a drawing cannot say what the code does not do; arrows between
 * the same two states are one arrow; what changes no state is in the table alone, so that the picture fits a screen.
 */
import type { AnyStateMachine, AnyStateNode } from "xstate";

/** One way from a state: `to` is undefined where the state stays. */
interface Step {
  readonly from: string;
  readonly event: string;
  readonly guard: string | undefined;
  readonly to: string | undefined;
  readonly actions: readonly string[];
}

const nameOf = (node: AnyStateNode): string => node.path.join(".");

/** Every state of a machine but its root, parents before children. */
export function statesOf(machine: AnyStateMachine): AnyStateNode[] {
  const below = (node: AnyStateNode): AnyStateNode[] =>
    Object.values(node.states).flatMap((each) => [each, ...below(each)]);
  return below(machine.root);
}

/** What an action or a guard is called. */
function wordsOf(named: unknown): string {
  if (typeof named === "string") return named;
  return typeof named === "object" && named !== null && "type" in named ? String(named.type) : "";
}

function stepsOf(machine: AnyStateMachine): Step[] {
  return [machine.root, ...statesOf(machine)].flatMap((node) => {
    const always = node.always ?? [];
    const all = [...[...node.transitions.values()].flat(), ...always];
    return all.map(({ eventType, guard, target, actions }): Step => {
      const entered = target?.[0];
      return {
        from: nameOf(node) || "(anywhere)",
        event: eventWords(eventType),
        guard: guard === undefined ? undefined : wordsOf(guard),
        to: entered && nameOf(leafOf(entered)),
        actions: [...actions, ...(entered ? entriesOf(entered, node) : [])].map(wordsOf).filter((word) => word !== ""),
      };
    });
  });
}

/** The state that is really entered: the first one inside, as deep as it goes; a parallel state is entered as a whole. */
function leafOf(node: AnyStateNode): AnyStateNode {
  if (Object.keys(node.states).length === 0 || node.type === "parallel") return node;
  const first = node.initial.target[0];
  return first === undefined ? node : leafOf(first);
}

/** What is done on entering a state from another: the entries of all that are entered, outermost first. */
function entriesOf(node: AnyStateNode, from: AnyStateNode): unknown[] {
  const entered: AnyStateNode[] = [];
  for (let each: AnyStateNode | undefined = node; each && !isWithin(from, each); each = each.parent)
    entered.unshift(each);
  const leaf = leafOf(node);
  for (let each = leaf; each !== node && each.parent; each = each.parent)
    entered.splice(entered.indexOf(node) + 1, 0, each);
  return entered.flatMap((each) => each.entry);
}

function isWithin(node: AnyStateNode, parent: AnyStateNode): boolean {
  return node !== parent && node.path.slice(0, parent.path.length).join(".") === parent.path.join(".");
}

function eventWords(type: string): string {
  const delay = /^xstate\.after\.(.*)\.[^.]*$/.exec(type)?.[1];
  if (delay === undefined) return type;
  return `after ${delay.replace(/\.[\w-]+$/, "")}`;
}

/** The drawing of a machine as Markdown: one picture, and one for the inside of each parallel state. */
export function drawChart(machine: AnyStateMachine): string {
  const states = statesOf(machine);
  const steps = stepsOf(machine).map((step) => ({ ...step, event: trimDelay(step.event, machine) }));
  const parallel = states.filter(({ type }) => type === "parallel");
  return [
    `# ${machine.id}`,
    "",
    "Drawn from `machines/` by `npm run charts`; a test keeps it current.",
    "",
    ...picture(machine.root, steps),
    ...parallel.flatMap((node) => [`Inside **${nameOf(node)}**, each part by itself:`, "", ...picture(node, steps)]),
    "| state | is | source |",
    "|---|---|---|",
    ...states.map((node) => `| ${nameOf(node)} | ${node.description ?? ""} | ${node.meta?.spec ?? ""} |`),
    "",
    "| from | when | if | to | does |",
    "|---|---|---|---|---|",
    ...steps.map(
      ({ from, event, guard, to, actions }) =>
        `| ${[from, event, guard ?? "", to ?? "", actions.join(", ")].join(" | ")} |`,
    ),
    "",
  ].join("\n");
}

/** XState puts the place of a delay behind its name; the drawing has it already. */
function trimDelay(event: string, machine: AnyStateMachine): string {
  return event.startsWith("after ") ? event.replace(new RegExp(`\\.${machine.id}.*$`), "") : event || "at once";
}

/** The picture of what is inside a state; parallel states in it are closed boxes. */
function picture(root: AnyStateNode, steps: readonly Step[]): string[] {
  const first = root.type === "parallel" ? [] : [`  start(( )) --> ${idOf(nameOf(leafOf(root)))}`];
  return ["```mermaid", "flowchart TB", ...drawStates(root, "  "), ...first, ...drawArrows(root, steps), "```", ""];
}

const isClosed = (state: AnyStateNode): boolean => Object.keys(state.states).length === 0 || state.type === "parallel";

function drawStates(node: AnyStateNode, indent: string): string[] {
  return Object.values(node.states).flatMap((state) => {
    const id = idOf(nameOf(state));
    if (isClosed(state)) return [`${indent}${id}(${state.type === "final" ? `[${state.key}]` : state.key})`];
    return [`${indent}subgraph ${id} [${state.key}]`, ...drawStates(state, `${indent}  `), `${indent}end`];
  });
}

/** One arrow between two states of a picture, with all that leads along it. */
function drawArrows(root: AnyStateNode, steps: readonly Step[]): string[] {
  const arrows = new Map<string, string[]>();
  for (const { from, to, event, guard } of steps) {
    const [source, target] = [shownIn(root, from), to === undefined ? undefined : shownIn(root, to)];
    if (source === undefined || target === undefined || (source === target && source !== from)) continue;
    const key = `${idOf(source)} ${idOf(target)}`;
    const label = guard === undefined ? event : `${event}, ${guard}`;
    arrows.set(key, [...new Set([...(arrows.get(key) ?? []), label])]);
  }
  return [...arrows].map(([key, labels]) => `  ${key.replace(" ", ` -- "${labels.join("<br/>")}" --> `)}`);
}

/** The state of a picture in which a state is shown: itself, or the closed box that it is in; none outside the picture. */
function shownIn(root: AnyStateNode, name: string): string | undefined {
  let node = root.machine.root;
  let shown: string | undefined;
  for (const key of name.split(".")) {
    const inner = node.states[key];
    if (inner === undefined) return undefined;
    node = inner;
    if (!isWithin(node, root)) continue;
    shown ??= nameOf(node);
    if (shown === nameOf(node.parent ?? node) && !isClosed(node.parent ?? node)) shown = nameOf(node);
  }
  return isWithin(node, root) ? shown : undefined;
}

const idOf = (name: string): string => name.replace(/\W/g, "_");
