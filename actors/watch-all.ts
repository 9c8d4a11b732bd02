/**
 * Joins several observers (watch.ts) into one: journal, metrics and trace.
 *
 * Rules: without observers the result is undefined; an observer of a part costs nothing elsewhere; a single one is called directly.
 */
import type { StateValue } from "xstate";
import type { CallEnd, CallWatch, Relayed, Transition, Watch } from "./watch.ts";

/** An observer of everything, or of a part. */
export type Watcher = Partial<Omit<Watch, "begun">> & {
  begun?(...about: Parameters<Watch["begun"]>): Partial<CallWatch> | undefined;
};

/** All observers as one; undefined if there are none. */
export function watchAll(watchers: readonly (Watcher | undefined)[]): Watch | undefined {
  const all = watchers.filter((each) => each !== undefined);
  if (all.length === 0) return undefined;
  return {
    begun: (about) => callAll(all.map((each) => each.begun?.(about))),
    sip: toEach(all, "sip"),
    xmpp: toEach(all, "xmpp"),
    stream: toEach(all, "stream"),
    refusedCall: toEach(all, "refusedCall"),
  };
}

/** The observers of one call as one. */
function callAll(watches: readonly (Partial<CallWatch> | undefined)[]): CallWatch | undefined {
  const all = watches.filter((each) => each !== undefined);
  return all.length === 0 ? undefined : new CallWatchers(all);
}

/** A class, since each call has an instance. */
class CallWatchers implements CallWatch {
  readonly #all: readonly Partial<CallWatch>[];

  constructor(all: readonly Partial<CallWatch>[]) {
    this.#all = all;
  }

  step(event: string, after: StateValue, transitions: readonly Transition[]): void {
    for (const each of this.#all) each.step?.(event, after, transitions);
  }

  refused(event: string, why: string): void {
    for (const each of this.#all) each.refused?.(event, why);
  }

  effect(type: string): void {
    for (const each of this.#all) each.effect?.(type);
  }

  relay(made: Relayed): void {
    for (const each of this.#all) each.relay?.(made);
  }

  ended(why: string, end: CallEnd): void {
    for (const each of this.#all) each.ended?.(why, end);
  }
}

type Told = (...told: never[]) => void;

/** One function that calls all of them; a single one is returned itself. */
function toEach<Name extends string, Each extends { readonly [name in Name]?: Told }>(
  all: readonly Each[],
  name: Name,
) {
  type Tell = NonNullable<Each[Name]>;
  const tells = all.flatMap((each): Tell[] => {
    const tell = each[name];
    return tell === undefined ? [] : [tell.bind(each) as Tell];
  });
  const [first] = tells;
  if (first !== undefined && tells.length === 1) return first;
  // fixed parameters, at most six, since a rest array would be allocated for each message
  return ((a: never, b: never, c: never, d: never, e: never, f: never) => {
    for (const tell of tells) tell(a, b, c, d, e, f);
  }) as Tell;
}
