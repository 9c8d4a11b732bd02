/**
 * The tables of a chart: its states and their rows, as resolved by XState, prepared for stepping.
 *
 * They are read once from the machine that XState makes of the literal, so targets, document order and delays are XState's own.
 * Actions run directly: `emit`, `assign`, `enqueueActions` with emit only, and delays are supported.
 * Left out, and refused when the tables are built: history, invoked actors, wildcards, several targets, final states
 * within states, actions and guards of other kinds. None of our stepped charts has them.
 */
import type { AnyStateMachine, AnyStateNode, EventObject } from "xstate";

/** A delay that starts (after `ms` milliseconds the event `id` is delivered), or, without `ms`, is cancelled. */
export interface Delay {
  readonly id: string;
  readonly ms: number | undefined;
}

/** A step in progress: the context so far, and the effects and delays collected. */
export interface Draft<C, F> {
  context: C;
  readonly effects: F[];
  readonly delays: Delay[];
}

export type Act<C, E, F> = (draft: Draft<C, F>, event: E) => void;

/** A transition. */
export interface Row<C, E, F> {
  readonly source: Node<C, E, F>;
  readonly target: Node<C, E, F> | undefined;
  readonly reenter: boolean;
  readonly guard: ((context: C, event: E) => boolean) | undefined;
  readonly acts: readonly Act<C, E, F>[];
  /** The names of its guard and actions in the chart, for observers. */
  readonly says: { readonly guard?: unknown; readonly actions: readonly unknown[] };
  /** The row as a list of one, so that selecting it alone allocates nothing. */
  readonly alone: readonly Row<C, E, F>[];
}

/** A state. */
export interface Node<C, E, F> {
  readonly key: string;
  readonly type: AnyStateNode["type"];
  readonly order: number;
  readonly parent: Node<C, E, F> | undefined;
  readonly tags: readonly string[];
  /** Whether delays run while it is active. */
  readonly isTimed: boolean;
  readonly entry: readonly Act<C, E, F>[];
  readonly exit: readonly Act<C, E, F>[];
  /** In document order. */
  readonly children: Node<C, E, F>[];
  initial: Node<C, E, F> | undefined;
  readonly on: Map<string, readonly Row<C, E, F>[]>;
  always: readonly Row<C, E, F>[];
}

interface Args<C, E> {
  readonly context: C;
  readonly event: E;
}
/** A chart's reference to an action or a guard: its name, with parameters. */
type Named<C, E> = string | { readonly type: string; readonly params?: unknown | ((args: Args<C, E>) => unknown) };
/** The functions that XState's action creators return, with these properties. */
interface Built<C, E, F> {
  readonly type: string;
  readonly event?: F | ((args: Args<C, E>, params: unknown) => F);
  readonly assignment?: (args: Args<C, E>, params: unknown) => Partial<C>;
  readonly collect?: (args: Args<C, E> & { enqueue: { emit: (effect: F) => void } }, params: unknown) => void;
  readonly delay?: number | string;
  readonly id?: string;
  readonly sendId?: string;
}
interface Implementations<C, E, F> {
  readonly actions: Record<string, Built<C, E, F>>;
  readonly guards: Record<string, (args: Args<C, E>, params: unknown) => boolean>;
  readonly delays: Record<string, number | ((args: Args<C, E>, params: unknown) => number)>;
}
type Transition = NonNullable<AnyStateNode["always"]>[number];

/** The root of a machine's tables. */
export function tablesOf<C extends object, E extends EventObject, F>(machine: AnyStateMachine): Node<C, E, F> {
  return new Tables<C, E, F>(machine).root;
}

class Tables<C extends object, E extends EventObject, F> {
  readonly root: Node<C, E, F>;
  readonly #nodes = new Map<AnyStateNode, Node<C, E, F>>();
  readonly #named: Implementations<C, E, F>;

  constructor(machine: AnyStateMachine) {
    this.#named = machine.implementations as unknown as Implementations<C, E, F>;
    this.root = this.#node(machine.root as AnyStateNode, undefined);
    for (const [from, node] of this.#nodes) this.#rows(from, node);
  }

  #node(from: AnyStateNode, parent: Node<C, E, F> | undefined): Node<C, E, F> {
    if (from.type === "history" || from.invoke.length > 0) refuse(from, "history and invoked actors");
    if (from.type === "final" && parent?.parent !== undefined) refuse(from, "a final state within a state");
    const acts = (list: readonly unknown[]) => list.map((action) => this.#act(from, action));
    const { key, type, order, tags } = from;
    const node: Node<C, E, F> = {
      key,
      type,
      order,
      tags,
      isTimed: from.after.length > 0,
      parent,
      entry: acts(from.entry),
      exit: acts(from.exit),
      children: [],
      initial: undefined,
      on: new Map(),
      always: [],
    };
    this.#nodes.set(from, node);
    const children = Object.values(from.states) as AnyStateNode[];
    node.children.push(...children.toSorted((a, b) => a.order - b.order).map((child) => this.#node(child, node)));
    return node;
  }

  #rows(from: AnyStateNode, node: Node<C, E, F>): void {
    const rows = (list: readonly Transition[]) => list.map((transition) => this.#row(from, transition));
    if (from.type === "compound") node.initial = this.#nodes.get(from.initial.target[0] as AnyStateNode);
    for (const [type, transitions] of from.transitions) {
      if (type === "*" || type.endsWith(".*")) refuse(from, "a wildcard");
      node.on.set(type, rows(transitions as readonly Transition[]));
    }
    node.always = rows(from.always ?? []);
  }

  #row(from: AnyStateNode, { target, reenter, guard, actions }: Transition): Row<C, E, F> {
    if ((target?.length ?? 0) > 1) refuse(from, "several targets");
    const alone: Row<C, E, F>[] = [];
    const row: Row<C, E, F> = {
      source: this.#nodes.get(from)!,
      target: target?.[0] && this.#nodes.get(target[0] as AnyStateNode),
      reenter,
      guard: guard === undefined ? undefined : this.#guard(from, guard),
      acts: actions.map((action) => this.#act(from, action)),
      says: { guard, actions },
      alone,
    };
    alone.push(row);
    return row;
  }

  #guard(from: AnyStateNode, guard: unknown): (context: C, event: E) => boolean {
    const { name, params } = named<C, E>(guard);
    const test = this.#named.guards[name];
    if (typeof test !== "function" || "check" in test) refuse(from, `the guard ${name}`);
    return (context, event) => {
      const args = { context, event };
      return test(args, params(args));
    };
  }

  #act(from: AnyStateNode, action: unknown): Act<C, E, F> {
    if (typeof action === "function") return this.#built(from, action as unknown as Built<C, E, F>, () => undefined);
    const { name, params } = named<C, E>(action);
    const built = this.#named.actions[name];
    if (built === undefined) refuse(from, `the action ${name}`);
    return this.#built(from, built, params);
  }

  #built(from: AnyStateNode, built: Built<C, E, F>, params: (args: Args<C, E>) => unknown): Act<C, E, F> {
    const { event: effect, assignment, collect, id, sendId } = built;
    if (built.type === "xstate.emit" && typeof effect === "function")
      return ({ context, effects }, event) => {
        const args = { context, event };
        effects.push((effect as (args: Args<C, E>, params: unknown) => F)(args, params(args)));
      };
    if (built.type === "xstate.assign" && typeof assignment === "function")
      return (draft, event) => {
        const args = { context: draft.context, event };
        draft.context = { ...draft.context, ...assignment(args, params(args)) };
      };
    if (built.type === "xstate.enqueueActions" && collect)
      return ({ context, effects }, event) => {
        const args = { context, event, enqueue: { emit: (each: F) => void effects.push(each) } };
        collect(args, params(args));
      };
    if (built.type === "xstate.raise" && id?.startsWith("xstate.after.")) return this.#starts(from, id, built.delay);
    if (built.type === "xstate.cancel" && typeof sendId === "string")
      return ({ delays }) => void delays.push({ id: sendId, ms: undefined });
    return refuse(from, `the action ${built.type ?? "(a function)"}`);
  }

  #starts(from: AnyStateNode, id: string, delay: number | string | undefined): Act<C, E, F> {
    const ms = typeof delay === "string" ? this.#named.delays[delay] : delay;
    if (typeof ms === "number") return ({ delays }) => void delays.push({ id, ms });
    if (typeof ms !== "function") return refuse(from, `the delay ${delay}`);
    return ({ context, delays }, event) => void delays.push({ id, ms: ms({ context, event }, undefined) });
  }
}

function named<C, E>(reference: unknown): { name: string; params: (args: Args<C, E>) => unknown } {
  const given = reference as Named<C, E>;
  if (typeof given === "string") return { name: given, params: () => undefined };
  const { type, params } = given;
  return {
    name: type,
    params: typeof params === "function" ? (params as (args: Args<C, E>) => unknown) : () => params,
  };
}

function refuse({ id }: AnyStateNode, what: string): never {
  throw new Error(`${id}: ${what} cannot be stepped`);
}
