/**
 * Several who look, as one: journal, metrics and trace beside each other (watch.ts).
 *
 * Rules: nobody looks, nobody is told; who looks at a part alone costs nothing elsewhere; one alone is handed on as it is.
 */
import type { CallWatch, Watch } from "./watch.ts";

/** Who looks, at all or at a part of it. */
export type Watcher = Partial<Omit<Watch, "begun">> & {
  begun?(...about: Parameters<Watch["begun"]>): Partial<CallWatch> | undefined;
};

/** All of them as one; undefined when there are none. */
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

/** Those who look at one call. */
function callAll(watches: readonly (Partial<CallWatch> | undefined)[]): CallWatch | undefined {
  const all = watches.filter((each) => each !== undefined);
  if (all.length === 0) return undefined;
  return {
    step: toEach(all, "step"),
    refused: toEach(all, "refused"),
    effect: toEach(all, "effect"),
    ended: toEach(all, "ended"),
  };
}

type Told = (...told: never[]) => void;

/** One function for those who have it, themselves where it is one alone. */
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
  return ((...told: never[]) => {
    for (const tell of tells) tell(...told);
  }) as Tell;
}
