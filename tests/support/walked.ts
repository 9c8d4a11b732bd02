/**
 * Coverage of the call's chart by plays: how often each state is entered, and each transition taken.
 *
 * Implements a watch (actors/watch.ts), which receives events, guards and new states. Rules, as in XState: the innermost state
 * with the transition takes it; the rest of the way to the current state was taken by eventless transitions, the shortest such way.
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

/** Counts the walks of all calls reported to it. */
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

/** The leaf states entered with a state: one per region. */
function leavesIn(node: AnyStateNode): string[] {
  const leaf = leafOf(node);
  return leaf.type === "parallel" ? insideOf(leaf).flatMap(leavesIn) : [nameOf(leaf)];
}

/** The transition taken by an event. */
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

/** Whether a leaf state is another one, or inside it. */
function isIn(leaf: string, state: AnyStateNode): boolean {
  const node = nodes.get(leaf);
  return node !== undefined && isWithin(node, state);
}

const wordOf = (named: unknown): string =>
  typeof named === "object" && named !== null && "type" in named ? String(named.type) : String(named ?? "");

/** The eventless transitions from the current states to a state: the shortest way; none if already there. */
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
