/**
 * A chart as plain rows: its states, and every transition between them.
 *
 * Rule: rows are read from the machine itself, so that drawings and tables always match the code. A step names the
 * state that is really entered and the actions that really run: those of the transition, then the entries of the states
 * that are entered, outermost first.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from "xstate";

/** One way from a state: `to` is undefined where the state stays, `event` where nothing is waited for. */
export interface Step {
  readonly from: AnyStateNode;
  readonly event: string | undefined;
  readonly guard: string | undefined;
  readonly to: AnyStateNode | undefined;
  readonly actions: readonly string[];
}

/** A state's name: its keys from the outside in, and nothing for the chart itself. */
export const nameOf = (node: AnyStateNode): string => node.path.join(".");

/** The states directly in a state. */
export const insideOf = (node: AnyStateNode): AnyStateNode[] => Object.values(node.states);

/** Every state of a machine but its root, parents before children. */
export function statesOf(machine: AnyStateMachine): AnyStateNode[] {
  const below = (node: AnyStateNode): AnyStateNode[] => insideOf(node).flatMap((each) => [each, ...below(each)]);
  return below(machine.root);
}

/** Every step of a machine, in the order of its states; those that hold in every state come first. */
export function stepsOf(machine: AnyStateMachine): Step[] {
  return [machine.root, ...statesOf(machine)].flatMap((node) =>
    [...[...node.transitions.values()].flat(), ...(node.always ?? [])].map((way) => stepOf(node, way)),
  );
}

function stepOf(from: AnyStateNode, way: AnyTransitionDefinition): Step {
  const target = way.target?.[0];
  const entered = target ? [...outsideIn(target, from, way.reenter), ...enteredIn(target)] : [];
  const actions = [...way.actions, ...entered.flatMap(({ entry }) => entry)];
  return {
    from,
    event: eventOf(from, way),
    guard: way.guard === undefined ? undefined : wordsOf(way.guard),
    to: target && leafOf(target),
    actions: actions.map(wordsOf).filter((word) => word !== ""),
  };
}

/** What is waited for: an event by its name, a time by the name of its delay. */
function eventOf(node: AnyStateNode, { eventType }: AnyTransitionDefinition): string | undefined {
  const timer = node.after.find((each) => each.eventType === eventType);
  return timer ? `after ${timer.delay}` : eventType || undefined;
}

/** What an action or a guard is called. */
function wordsOf(named: unknown): string {
  if (typeof named === "string") return named;
  return typeof named === "object" && named !== null && "type" in named ? String(named.type) : "";
}

/** Whether a state is another one, or anywhere in it. */
export function isWithin(node: AnyStateNode, other: AnyStateNode): boolean {
  return other.path.every((key, depth) => node.path[depth] === key);
}

/** The states that are entered on the way to a target, itself the last. What was left only to come back is entered again. */
function outsideIn(target: AnyStateNode, from: AnyStateNode, reenter: boolean): AnyStateNode[] {
  const entered: AnyStateNode[] = [];
  for (let node: AnyStateNode | undefined = target; node; node = node.parent) {
    if (isWithin(from, node) && !(reenter && node === from)) break;
    entered.unshift(node);
  }
  return entered;
}

/** The states that a state is entered with: its first one, all of them where they are parallel, as deep as they go. */
function enteredIn(node: AnyStateNode): AnyStateNode[] {
  return firstIn(node).flatMap((each) => [each, ...enteredIn(each)]);
}

function firstIn(node: AnyStateNode): readonly AnyStateNode[] {
  return node.type === "parallel" ? insideOf(node) : (node.initial?.target ?? []);
}

/** The state that is really entered: the first one inside, as deep as it goes; a parallel state is entered as a whole. */
export function leafOf(node: AnyStateNode): AnyStateNode {
  const first = node.type === "parallel" ? undefined : firstIn(node)[0];
  return first ? leafOf(first) : node;
}
