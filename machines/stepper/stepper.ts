/**
 * Steps a chart by tables: the same literal that XState runs, at a fraction of the work, and pure.
 *
 * `select` finds the rows of an event, and `step` takes them: it returns the next configuration and context, the effects in their
 * order, and the delays that begin and end. Only tables are kept here. The rules are XState's: the innermost state with a row
 * decides, an outer state only if no inner one has a row; then rows without an event are taken until none is enabled.
 */
import type { AnyStateMachine, EventObject, StateValue } from "xstate";
import { type Configuration, Configurations, type Microstep } from "./configurations.ts";
import { type Delay, type Draft, type Node, type Row, tablesOf } from "./tables.ts";

/** What an event does here. */
export type Rows<C, E, F> = readonly Row<C, E, F>[];

export interface Step<C, E, F> {
  readonly configuration: Configuration<C, E, F>;
  readonly context: C;
  readonly effects: readonly F[];
  /** In their order. */
  readonly delays: readonly Delay[];
}

/** More steps without an event than any chart can need. */
const ENDLESS = 1_000;

export class Stepper<C extends object, E extends EventObject, F> {
  readonly #configurations: Configurations<C, E, F>;
  readonly #root: Node<C, E, F>;

  /** Throws if the chart has what cannot be stepped (tables.ts). */
  constructor(machine: AnyStateMachine) {
    this.#root = tablesOf<C, E, F>(machine);
    this.#configurations = new Configurations(this.#root);
  }

  /** The first step, into the chart; `event` is what the actions of the first states hear. */
  begin(context: C, event: E): Step<C, E, F> {
    return this.#run(this.#configurations.begin, context, event);
  }

  /** The rows that an event takes here, or undefined where nothing would come of it. */
  select(configuration: Configuration<C, E, F>, context: C, event: E): Rows<C, E, F> | undefined {
    return configuration.isFinal ? undefined : selected(this.#root, configuration, context, event);
  }

  step(configuration: Configuration<C, E, F>, context: C, event: E, rows: Rows<C, E, F>): Step<C, E, F> {
    return this.#run(this.#configurations.microstep(configuration, rows), context, event);
  }

  /** The configuration that a persisted value names; throws if there is none. */
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

/** The rows of a state and of what is active in it, the inner ones first. */
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

/** For each innermost state the first row without an event, of its own or of what is around it. */
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
