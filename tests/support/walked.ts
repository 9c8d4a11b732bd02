/**
 * What plays walk of the call's chart: how often each state is entered, and each way of it taken.
 *
 * A watch (actors/watch.ts) hears which events are taken, by which guard, and where the call is then. Rules, as XState's: the innermost state
 * that has the way is the one that takes it; what is left to where the call is was walked without an event, by the shortest such ways.
 */
import type { AnyStateNode, StateValue } from "xstate";
import type { CallWatch, Transition, Watch } from "../../actors/watch.ts";
import { leavesOf } from "../../journal/states.ts";
import { wordsOf } from "../../journal/telling.ts";
import { call } from "../../machines/call/call.ts";
import { keyOf, type Walked } from "../../web/coverage.ts";
import { insideOf, isWithin, leafOf, nameOf, type Step, statesOf, stepsOf } from "../../web/steps.ts";

const steps = stepsOf(call);
const nodes = new Map(statesOf(call).map((node) => [nameOf(node), node]));

/** Counts the walks of all calls that it is told of. */
export class Walks implements Watch {
  readonly #states = new Map<string, number>();
  readonly #ways = new Map<string, number>();
  readonly #moves = new Map<string, number>();

  get walked(): Walked {
    const sorted = (counts: ReadonlyMap<string, number>): Record<string, number> =>
      Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
    return { states: sorted(this.#states), ways: sorted(this.#ways), moves: sorted(this.#moves) };
  }

  begun(): CallWatch {
    add(this.#states, "starting");
    let state: readonly string[] = ["starting"];
    return {
      step: (event, after, ways) => {
        state = this.#step(wordsOf(event), state, after, ways);
      },
      refused: () => {},
      effect: () => {},
      relay: () => {},
      ended: () => {},
    };
  }

  sip(): void {}
  stream(): void {}
  xmpp(): void {}
  refusedCall(): void {}
  dropped(): void {}

  #step(event: string, before: readonly string[], value: StateValue, ways: readonly Transition[]): readonly string[] {
    const after = leavesOf(value);
    const taken = ways.flatMap((way) => takenOf(event, before, way) ?? []);
    const reached = [...taken.flatMap(({ to }) => (to ? leavesIn(to) : [])), ...before];
    for (const step of [...taken, ...after.flatMap((to) => atOnce(reached, to))]) {
      add(this.#ways, keyOf(step));
      const { from, to } = step;
      const left = before.find((leaf) => isIn(leaf, from)) ?? nameOf(from);
      if (to && left !== nameOf(to)) add(this.#moves, `${left}>${nameOf(to)}`);
    }
    for (const each of after) if (!before.includes(each)) add(this.#states, each);
    return after;
  }
}

/** The leaf states that a state is entered with: one a region. */
function leavesIn(node: AnyStateNode): string[] {
  const leaf = leafOf(node);
  return leaf.type === "parallel" ? insideOf(leaf).flatMap(leavesIn) : [nameOf(leaf)];
}

/** The way that an event has taken. */
function takenOf(event: string, before: readonly string[], way: Transition): Step | undefined {
  const guard = wordOf(way.guard);
  const actions = way.actions
    .map(wordOf)
    .filter((word) => word !== "")
    .join();
  return steps
    .filter(
      (step) => step.event === event && (step.guard ?? "") === guard && before.some((leaf) => isIn(leaf, step.from)),
    )
    .filter((step) => step.actions.join().startsWith(actions))
    .toSorted((one, other) => other.from.path.length - one.from.path.length)[0];
}

/** Whether a leaf state is another one, or in it. */
function isIn(leaf: string, state: AnyStateNode): boolean {
  const node = nodes.get(leaf);
  return node !== undefined && isWithin(node, state);
}

const wordOf = (named: unknown): string =>
  typeof named === "object" && named !== null && "type" in named ? String(named.type) : String(named ?? "");

/** The ways without an event that lead from where one is to a state: the shortest; none where one is there. */
function atOnce(reached: readonly string[], to: string): Step[] {
  if (reached.includes(to)) return [];
  const begun = reached.map((state) => ({ state, ways: [] as Step[] }));
  const seen = new Set(reached);
  for (const { state, ways } of begun) {
    if (state === to) return ways;
    for (const step of steps) {
      const next = step.to && nameOf(step.to);
      if (step.event !== undefined || nameOf(step.from) !== state || next === undefined || seen.has(next)) continue;
      seen.add(next);
      begun.push({ state: next, ways: [...ways, step] });
    }
  }
  return [];
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
