/**
 * Numbers for what many calls have in common: the steps of the chart, its effects, and the addresses of SIP messages.
 *
 * Bound: `MOST` of each; what comes later has no number, and is written out.
 */
import type { EffectEntry, Said, StepEntry } from "./entries.ts";

const MOST = 2_000;
/** Instead of a number. */
export const UNNUMBERED = 0xffff;

/** The values with a number, and a copy of each. */
class Numbered<Value> {
  readonly #keyOf: (value: Value) => string;
  readonly #isSame: (one: Value, other: Value) => boolean;
  readonly #copy: (value: Value) => Value;
  readonly #values: Value[] = [];
  readonly #numbers = new Map<string, number[]>();

  /** Equal values have equal keys; `isSame` compares two with the same key. */
  constructor(
    keyOf: (value: Value) => string,
    isSame: (one: Value, other: Value) => boolean,
    copy: (value: Value) => Value,
  ) {
    this.#keyOf = keyOf;
    this.#isSame = isSame;
    this.#copy = copy;
  }

  numberOf(value: Value): number {
    const key = this.#keyOf(value);
    const known = this.#numbers.get(key) ?? [];
    for (const number of known) if (this.#isSame(this.#values[number] as Value, value)) return number;
    if (this.#values.length >= MOST) return UNNUMBERED;
    this.#values.push(this.#copy(value));
    this.#numbers.set(key, [...known, this.#values.length - 1]);
    return this.#values.length - 1;
  }

  /** The value of a number. */
  of(number: number): Value {
    return this.#values[number] as Value;
  }
}

export const steps = new Numbered<Pick<StepEntry, "event" | "after" | "guards" | "actions">>(
  ({ event }) => event,
  (one, other) => one.after === other.after && areSame(one.guards, other.guards) && areSame(one.actions, other.actions),
  ({ event, after, guards, actions }) => ({ event, after, guards, actions }),
);

export const effects = new Numbered<Pick<EffectEntry, "effect">>(
  ({ effect }) => effect,
  () => true,
  ({ effect }) => ({ effect }),
);

export const places = new Numbered<Pick<Said & { kind: "sip" }, "transport" | "host" | "port">>(
  ({ host }) => host,
  (one, other) => one.port === other.port && one.transport === other.transport,
  ({ transport, host, port }) => ({ transport, host, port }),
);

function areSame(one: readonly string[], other: readonly string[]): boolean {
  if (one === other) return true;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return one.length === other.length;
}
