/**
 * The behaviour of the predecessor (MongooseIM's mod_jingle_sip, observed on its wire), as texts in tests/vectors/predecessor, and
 * Carillon's deviations from it.
 *
 * A deviation is a replacement in such a text: the original (`theirs`) and Carillon's behaviour (`ours`). A vector holds if
 * its text with all its deviations is what happens, and with any one of them omitted is not: so a deviation that no longer exists
 * fails like one that was never listed. The reason for each is stated once, in its reason.
 */
import { read, recordings } from "./vectors.ts";

export interface Vector {
  readonly name: string;
  /** keep, or keep with another: keep/bug, keep/gap, keep/quirk. */
  readonly mark: string;
  readonly text: string;
}

export interface Deviation {
  /** Carillon's behaviour, in words. */
  readonly what: string;
  readonly reason: string;
  readonly theirs: RegExp;
  readonly ours: string;
  /** The vectors that show it. */
  readonly vectors: readonly string[];
}

/** The vectors of one folder: jingle-to-sdp, sdp-to-jingle, jingle-to-sip, sip-to-jingle. */
export function predecessorVectors(folder: string): Vector[] {
  return recordings(`predecessor/${folder}`, /\.txt$/).map((path) => {
    const text = read(`predecessor/${folder}`, path);
    return { name: path.replace(".txt", ""), mark: /^# \[([\w/]+)\]/.exec(text)?.[1] ?? "", text };
  });
}

/** The text with all deviations except `but`. */
export function asCarillon({ name, text }: Vector, deviations: readonly Deviation[], but?: Deviation): string {
  let result = text;
  for (const { theirs, ours, what } of deviations.filter((each) => each !== but)) {
    const changed = result.replace(theirs, ours);
    if (changed === result) throw new Error(`${name} says nothing of this: ${what}`);
    result = changed;
  }
  return result;
}

/** The deviations in a vector. */
export function deviationsOf({ name }: Vector, all: readonly Deviation[]): Deviation[] {
  return all.filter(({ vectors }) => vectors.includes(name));
}
