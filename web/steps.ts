/**
 * A chart as plain rows: its states, and every transition between them.
 *
 * Rule: rows are derived from the machine itself, so that drawings and tables always match the code. A step contains the
 * state actually entered and the actions actually run: those of the transition, then the entry actions of the states
 * entered, outermost first.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from "xstate";

/** A transition: `to` is undefined if the state stays, `event` if the transition is immediate. */
export interface Step {
  readonly from: AnyStateNode;
  readonly event: string | undefined;
  readonly guard: string | undefined;
  readonly to: AnyStateNode | undefined;
  readonly actions: readonly string[];
}

/** A state's name: its keys from the outside in; empty for the root. */
export const nameOf = (node: AnyStateNode): string => node.path.join(".");

/** The children of a state. */
export const insideOf = (node: AnyStateNode): AnyStateNode[] => Object.values(node.states);

/** Every state of a machine except its root, parents before children. */
export function statesOf(machine: AnyStateMachine): AnyStateNode[] {
  const below = (node: AnyStateNode): AnyStateNode[] => insideOf(node).flatMap((each) => [each, ...below(each)]);
  return below(machine.root);
}

/** Every step of a machine, in the order of its states; those that apply to every state come first. */
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

/** The trigger: an event by its name, a delay by its name. */
function eventOf(node: AnyStateNode, { eventType }: AnyTransitionDefinition): string | undefined {
  const timer = node.after.find((each) => each.eventType === eventType);
  return timer ? `after ${timer.delay}` : eventType || undefined;
}

/** The name of an action or a guard. */
function wordsOf(named: unknown): string {
  if (typeof named === "string") return named;
  return typeof named === "object" && named !== null && "type" in named ? String(named.type) : "";
}

/** Whether a state is another one, or inside it. */
export function isWithin(node: AnyStateNode, other: AnyStateNode): boolean {
  return other.path.every((key, depth) => node.path[depth] === key);
}

/** The states entered on the way to a target, the target last. A state left only to be re-entered is included. */
function outsideIn(target: AnyStateNode, from: AnyStateNode, reenter: boolean): AnyStateNode[] {
  const entered: AnyStateNode[] = [];
  for (let node: AnyStateNode | undefined = target; node; node = node.parent) {
    if (isWithin(from, node) && !(reenter && node === from)) break;
    entered.unshift(node);
  }
  return entered;
}

/** The descendants entered with a state: its initial state, or all regions, recursively. */
function enteredIn(node: AnyStateNode): AnyStateNode[] {
  return firstIn(node).flatMap((each) => [each, ...enteredIn(each)]);
}

function firstIn(node: AnyStateNode): readonly AnyStateNode[] {
  return node.type === "parallel" ? insideOf(node) : (node.initial?.target ?? []);
}

/** The state actually entered: the initial state inside, recursively; a parallel state is entered as a whole. */
export function leafOf(node: AnyStateNode): AnyStateNode {
  const first = node.type === "parallel" ? undefined : firstIn(node)[0];
  return first ? leafOf(first) : node;
}
