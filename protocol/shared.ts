/**
 * One copy of what many calls have alike: the codecs and extensions of a kind of client are the same in each of its calls,
 * and most of what a held call would keep.
 *
 * Rules: only plain values that nobody changes; the table has a bound, past which it begins anew, so that nobody can fill it.
 */
const table = new Map<string, unknown>();
const MOST = 1_000;
const LONGEST = 16_384;

/** The value, or an equal one that is known already. */
export function shared<Value extends object>(value: Value): Value {
  const key = JSON.stringify(value);
  const known = table.get(key);
  if (known !== undefined) return known as Value;
  const copy = JSON.parse(key) as Value; // of texts of its own (own-text.ts)
  if (key.length <= LONGEST) {
    if (table.size >= MOST) table.clear();
    table.set(key, copy);
  }
  return copy;
}
