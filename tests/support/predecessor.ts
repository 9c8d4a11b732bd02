/**
 * What the predecessor did (MongooseIM's mod_jingle_sip, seen on its wire), as texts in tests/vectors/predecessor, and where
 * Carillon departs from it.
 *
 * A deviation is a replacement in such a text: what stood there (`theirs`) for what Carillon does (`ours`). A vector holds when
 * its text with all its deviations is what happens, and with all but one of them is not: so a deviation that has vanished
 * fails as one that was never listed does. Why each is there is said once, in its reason.
 */
import { read, recordings } from "./vectors.ts";

export interface Vector {
  readonly name: string;
  /** keep, or keep with another: keep/bug, keep/gap, keep/quirk. */
  readonly mark: string;
  readonly text: string;
}

export interface Deviation {
  /** What Carillon does, in words. */
  readonly what: string;
  readonly reason: string;
  readonly theirs: RegExp;
  readonly ours: string;
  /** The vectors in which it shows. */
  readonly vectors: readonly string[];
}

/** The vectors of one folder: jingle-to-sdp, sdp-to-jingle, jingle-to-sip, sip-to-jingle. */
export function predecessorVectors(folder: string): Vector[] {
  return recordings(`predecessor/${folder}`, /\.txt$/).map((path) => {
    const text = read(`predecessor/${folder}`, path);
    return { name: path.replace(".txt", ""), mark: /^# \[([\w/]+)\]/.exec(text)?.[1] ?? "", text };
  });
}

/** The text as Carillon has it; with `but`, that one departure not made. */
export function asCarillon({ name, text }: Vector, deviations: readonly Deviation[], but?: Deviation): string {
  let result = text;
  for (const { theirs, ours, what } of deviations.filter((each) => each !== but)) {
    const changed = result.replace(theirs, ours);
    if (changed === result) throw new Error(`${name} says nothing of this: ${what}`);
    result = changed;
  }
  return result;
}

/** The departures that show in a vector. */
export function deviationsOf({ name }: Vector, all: readonly Deviation[]): Deviation[] {
  return all.filter(({ vectors }) => vectors.includes(name));
}
