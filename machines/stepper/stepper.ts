/**
 * Steps a chart by tables: runs the literal that XState runs, at a fraction of the cost, and is pure.
 *
 * `select` finds the rows of an event, and `step` executes them: it returns the next configuration and context, the effects in
 * order, and the delays that start and end. No state is stored here, only tables. The rules are XState's: the innermost state with a row
 * decides, an outer state only if no inner one has a row; then eventless rows are executed until none is enabled.
 */
import type { AnyStateMachine, EventObject, StateValue } from "xstate";
import { type Configuration, Configurations, type Microstep } from "./configurations.ts";
import { type Delay, type Draft, type Node, type Row, tablesOf } from "./tables.ts";

/** The rows selected by an event. */
export type Rows<C, E, F> = readonly Row<C, E, F>[];

export interface Step<C, E, F> {
  readonly configuration: Configuration<C, E, F>;
  readonly context: C;
  readonly effects: readonly F[];
  /** In order. */
  readonly delays: readonly Delay[];
}

/** More eventless steps than any chart can need. */
const ENDLESS = 1_000;

export class Stepper<C extends object, E extends EventObject, F> {
  readonly #configurations: Configurations<C, E, F>;
  readonly #root: Node<C, E, F>;

  /** Throws if the chart has a feature that cannot be stepped (tables.ts). */
  constructor(machine: AnyStateMachine) {
    this.#root = tablesOf<C, E, F>(machine);
    this.#configurations = new Configurations(this.#root);
  }

  /** The first step, into the chart; `event` is passed to the entry actions of the initial states. */
  begin(context: C, event: E): Step<C, E, F> {
    return this.#run(this.#configurations.begin, context, event);
  }

  /** The rows that an event selects, or undefined if it has no effect. */
  select(configuration: Configuration<C, E, F>, context: C, event: E): Rows<C, E, F> | undefined {
    return configuration.isFinal ? undefined : selected(this.#root, configuration, context, event);
  }

  step(configuration: Configuration<C, E, F>, context: C, event: E, rows: Rows<C, E, F>): Step<C, E, F> {
    return this.#run(this.#configurations.microstep(configuration, rows), context, event);
  }

  /** The configuration of a persisted state value; throws if there is none. */
  configurationOf(value: StateValue): Configuration<C, E, F> {
    return this.#configurations.of(value);
  }

  #run(first: Microstep<C, E, F>, context: C, event: E): Step<C, E, F> {
    const draft: Draft<C, F> = { context, effects: [], delays: [] };
    let microstep = first;
    for (let count = 0; ; count++) {
      if (count > ENDLESS) throw new Error(`the chart ${this.#root.key} does not come to rest`);
      perform(microstep, draft, event);
      const { to } = microstep;
      if (to.isFinal) for (const node of to.nodes.toReversed()) for (const act of node.exit) act(draft, event);
      const rows = to.isFinal || to.eventless.length === 0 ? undefined : eventlessRows(to, draft.context, event);
      if (rows === undefined)
        return { configuration: to, context: draft.context, effects: draft.effects, delays: draft.delays };
      microstep = this.#configurations.microstep(to, rows);
    }
  }
}

function perform<C, E, F>({ exits, rows, enters }: Microstep<C, E, F>, draft: Draft<C, F>, event: E): void {
  for (const node of exits) for (const act of node.exit) act(draft, event);
  for (const row of rows) for (const act of row.acts) act(draft, event);
  for (const node of enters) for (const act of node.entry) act(draft, event);
}

/** The rows selected in a state and its active descendants, inner ones first. */
function selected<C, E extends EventObject, F>(
  node: Node<C, E, F>,
  configuration: Configuration<C, E, F>,
  context: C,
  event: E,
): Rows<C, E, F> | undefined {
  let found: Rows<C, E, F> | undefined;
  for (const child of node.children) {
    if (!configuration.nodes.includes(child)) continue;
    const inner = selected(child, configuration, context, event);
    if (inner !== undefined) found = found === undefined ? inner : [...found, ...inner];
  }
  return found ?? enabled(node.on.get(event.type), context, event)?.alone;
}

function enabled<C, E, F>(rows: Rows<C, E, F> | undefined, context: C, event: E): Row<C, E, F> | undefined {
  if (rows !== undefined) for (const row of rows) if (row.guard === undefined || row.guard(context, event)) return row;
  return undefined;
}

/** For each innermost state the first enabled eventless row, of its own or of an ancestor. */
function eventlessRows<C, E, F>(
  configuration: Configuration<C, E, F>,
  context: C,
  event: E,
): Rows<C, E, F> | undefined {
  let found: Rows<C, E, F> | undefined;
  for (const leaf of configuration.eventless)
    for (let node: Node<C, E, F> | undefined = leaf; node !== undefined; node = node.parent) {
      const row = enabled(node.always, context, event);
      if (row === undefined) continue;
      if (found === undefined) found = row.alone;
      else if (!found.includes(row)) found = [...found, row];
      break;
    }
  return found;
}
