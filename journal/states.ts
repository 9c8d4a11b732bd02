/** The leaf states of a state value, by their full names. */
import type { StateValue } from "xstate";

/** Cache: state values are a few recurring objects. */
const known = new WeakMap<object, readonly string[]>();
/** One list for equal states: as many as the chart has configurations. */
const lists = new Map<string, readonly string[]>();

/** `["established.negotiation.stable", "established.hold.talking"]`: one a region; the same list for the same states. */
export function leavesOf(value: StateValue): readonly string[] {
  if (typeof value === "string") return lists.get(value) ?? listOf([value]);
  const found = known.get(value);
  if (found !== undefined) return found;
  const spelt = listOf(spell(value));
  known.set(value, spelt);
  return spelt;
}

function listOf(states: readonly string[]): readonly string[] {
  const key = states.join();
  const list = lists.get(key) ?? states;
  lists.set(key, list);
  return list;
}

function spell(value: StateValue): string[] {
  if (typeof value === "string") return [value];
  return Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : spell(inner).map((each) => `${key}.${each}`),
  );
}
