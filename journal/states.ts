/** The leaf states of a state value, by their full names. */
import type { StateValue } from "xstate";

/** Values are the same few objects again and again: each is spelt once. */
const known = new WeakMap<object, readonly string[]>();

/** `["established.negotiation.stable", "established.hold.talking"]`: one a region. */
export function leavesOf(value: StateValue): readonly string[] {
  if (typeof value === "string") return [value];
  const spelt = known.get(value) ?? spell(value);
  known.set(value, spelt);
  return spelt;
}

function spell(value: StateValue): string[] {
  if (typeof value === "string") return [value];
  return Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : spell(inner).map((each) => `${key}.${each}`),
  );
}
