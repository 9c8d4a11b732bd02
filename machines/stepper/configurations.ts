/**
 * The configurations of a chart (the sets of simultaneously active states), and the microsteps between them, in the terms of SCXML.
 *
 * Each configuration is created once, when it is first reached, and shared by all actors that are in it; so is each microstep
 * out of it. Exit and entry sets are computed by XState's algorithm, which is that of
 * SCXML (https://www.w3.org/TR/scxml/#AlgorithmforSCXMLInterpretation).
 */
import type { StateValue } from "xstate";
import type { Node, Row } from "./tables.ts";

export interface Configuration<C, E, F> {
  /** In document order. */
  readonly nodes: readonly Node<C, E, F>[];
  readonly value: StateValue;
  readonly tags: ReadonlySet<string>;
  readonly isFinal: boolean;
  /** Whether any delay runs; otherwise only an event can change the configuration. */
  readonly isTimed: boolean;
  /** The innermost active states, if any active state has eventless rows; else empty. */
  readonly eventless: readonly Node<C, E, F>[];
  readonly microsteps: Map<Row<C, E, F>, Microstep<C, E, F>>;
}

/** A step by rows: states exited, innermost first; the rows left after conflicts are resolved; states entered. */
export interface Microstep<C, E, F> {
  readonly exits: readonly Node<C, E, F>[];
  readonly rows: readonly Row<C, E, F>[];
  readonly enters: readonly Node<C, E, F>[];
  readonly to: Configuration<C, E, F>;
}

export class Configurations<C, E, F> {
  readonly #root: Node<C, E, F>;
  readonly #known = new Map<string, Configuration<C, E, F>>();
  /** The step into the initial configuration. */
  readonly begin: Microstep<C, E, F>;

  constructor(root: Node<C, E, F>) {
    this.#root = root;
    const enters = byOrder(descend(root, new Set()));
    this.begin = { exits: [], rows: [], enters, to: this.#at(enters) };
  }

  /** The configuration of a persisted state value; throws if there is none. */
  of(value: StateValue): Configuration<C, E, F> {
    return this.#at(byOrder(named(this.#root, value, new Set())));
  }

  microstep(from: Configuration<C, E, F>, rows: readonly Row<C, E, F>[]): Microstep<C, E, F> {
    const [row] = rows;
    if (rows.length !== 1 || row === undefined) return this.#plan(from, rows);
    const known = from.microsteps.get(row);
    if (known !== undefined) return known;
    const made = this.#plan(from, rows);
    from.microsteps.set(row, made);
    return made;
  }

  #at(nodes: readonly Node<C, E, F>[]): Configuration<C, E, F> {
    const key = nodes.map(({ order }) => order).join(" ");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const leaves = nodes.filter((node) => node.children.length === 0);
    const configuration: Configuration<C, E, F> = {
      nodes,
      value: stateValue(this.#root, nodes),
      tags: new Set(nodes.flatMap(({ tags }) => tags)),
      isFinal: nodes.some((node) => node.type === "final"),
      isTimed: nodes.some(({ isTimed }) => isTimed),
      eventless: nodes.some(({ always }) => always.length > 0) ? leaves : [],
      microsteps: new Map(),
    };
    this.#known.set(key, configuration);
    return configuration;
  }

  #plan(from: Configuration<C, E, F>, selected: readonly Row<C, E, F>[]): Microstep<C, E, F> {
    const rows = withoutConflicts(from, selected);
    const exits = new Set(rows.flatMap((row) => left(from, row)));
    const enters = new Set<Node<C, E, F>>();
    for (const row of rows) enter(row, enters);
    return {
      exits: byOrder(exits).reverse(),
      rows,
      enters: byOrder(enters),
      to: this.#at(byOrder(new Set([...from.nodes.filter((node) => !exits.has(node)), ...enters]))),
    };
  }
}

const byOrder = <C, E, F>(nodes: ReadonlySet<Node<C, E, F>>) => [...nodes].sort((a, b) => a.order - b.order);

/** Whether a state is inside another. */
function isInside<C, E, F>(node: Node<C, E, F>, outer: Node<C, E, F>): boolean {
  for (let each = node.parent; each !== undefined; each = each.parent) if (each === outer) return true;
  return false;
}

/** The state within which a row's transition takes place; undefined for the whole chart, including its root. */
function domainOf<C, E, F>({ source, target, reenter }: Row<C, E, F>): Node<C, E, F> | undefined {
  if (target === undefined) return undefined;
  if (!reenter && (target === source || isInside(target, source))) return source;
  let domain = target.parent;
  while (domain !== undefined && !isInside(source, domain)) domain = domain.parent;
  return domain ?? (reenter ? undefined : rootOf(source));
}

function rootOf<C, E, F>(node: Node<C, E, F>): Node<C, E, F> {
  return node.parent === undefined ? node : rootOf(node.parent);
}

function left<C, E, F>({ nodes }: Configuration<C, E, F>, row: Row<C, E, F>): Node<C, E, F>[] {
  if (row.target === undefined) return [];
  const domain = domainOf(row);
  return nodes.filter((node) => domain === undefined || isInside(node, domain));
}

/** Of two rows that would exit the same state, the inner one wins, otherwise the first. */
function withoutConflicts<C, E, F>(
  from: Configuration<C, E, F>,
  rows: readonly Row<C, E, F>[],
): readonly Row<C, E, F>[] {
  const taken = new Set<Row<C, E, F>>();
  for (const row of rows) {
    const exits = left(from, row);
    const rivals = [...taken].filter((other) => left(from, other).some((node) => exits.includes(node)));
    if (!rivals.every(({ source }) => isInside(row.source, source))) continue;
    for (const rival of rivals) taken.delete(rival);
    taken.add(row);
  }
  return [...taken];
}

/** Collects what a row enters: its target with its descendants, and the states between it and the row's domain. */
function enter<C, E, F>(row: Row<C, E, F>, entered: Set<Node<C, E, F>>): void {
  const { source, target } = row;
  if (target === undefined) return;
  const domain = domainOf(row);
  descend(target, entered);
  if (target === source && target === domain) entered.delete(target);
  for (let node = target.parent; node !== undefined && node !== domain && target !== domain; node = node.parent) {
    entered.add(node);
    if (node.type !== "parallel") continue;
    for (const child of node.children) if (!entered.has(child)) descend(child, entered);
  }
}

function descend<C, E, F>(node: Node<C, E, F>, entered: Set<Node<C, E, F>>): Set<Node<C, E, F>> {
  entered.add(node);
  if (node.initial !== undefined) descend(node.initial, entered);
  if (node.type === "parallel") for (const child of node.children) descend(child, entered);
  return entered;
}

function named<C, E, F>(node: Node<C, E, F>, value: StateValue, found: Set<Node<C, E, F>>): Set<Node<C, E, F>> {
  found.add(node);
  for (const [key, inner] of Object.entries(typeof value === "string" ? { [value]: {} } : value)) {
    const child = node.children.find((each) => each.key === key);
    if (child === undefined) throw new Error(`${node.key} has no state ${key}`);
    named(child, inner ?? {}, found);
  }
  return found;
}

/** The state value in XState's form: the key of an atomic state, or an object of the active children. */
function stateValue<C, E, F>(node: Node<C, E, F>, nodes: readonly Node<C, E, F>[]): StateValue {
  const active = node.children.filter((child) => nodes.includes(child));
  const [only] = active;
  if (node.type === "compound" && only?.children.length === 0) return only.key;
  return Object.fromEntries(active.map((child) => [child.key, stateValue(child, nodes)]));
}
