/**
 * For readers: texts copied out of the message, one instance of values that many calls have in common, objects without undefined fields.
 *
 * A JavaScript engine retains a whole message for a ten-character slice of it, as long as the call lasts. So a reader copies
 * what a call remembers. Codecs and header extensions are the same in every call of a client, and would be most of the memory of
 * a held call: `intern` keeps one instance of them. Rules: only plain values that are never changed are interned; the table
 * is bounded and emptied when full, so no peer can exhaust the memory.
 */

/**
 * A copy of a plain value whose texts are slices of another one; through JSON, since a template literal and a slice retain the whole
 * text. Called once for a whole value: calls for each text take far longer.
 */
export const owned = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

const table = new Map<string, unknown>();
/** Objects returned by the table, which need no look-up. */
const interned = new WeakSet<object>();
const MOST = 1_000;
const LONGEST = 16_384;

/** The value itself, or an equal one interned before; its texts are copies. */
export function intern<Value extends object>(value: Value): Value {
  if (interned.has(value) || (Array.isArray(value) && value.length === 0)) return value;
  const key = JSON.stringify(value);
  const known = table.get(key);
  if (known !== undefined) return known as Value;
  const copy = JSON.parse(key) as Value;
  if (key.length <= LONGEST) {
    if (table.size >= MOST) table.clear();
    table.set(key, copy);
    interned.add(copy);
  }
  return copy;
}

/**
 * Values computed from texts, cached, so that texts common to many calls are computed once: codecs and header extensions of a
 * client. Rules: nobody changes the values; they are computed from a copy of the text. Bounds: `most` texts of up to `LONGEST`
 * characters; emptied when full.
 */
export class Known<Value> {
  readonly #most: number;
  readonly #made = new Map<string, Value>();

  constructor(most: number) {
    this.#most = most;
  }

  of(text: string, make: (copy: string) => Value): Value {
    const known = this.#made.get(text);
    if (known !== undefined) return known;
    if (text.length > LONGEST) return make(text);
    const copy = owned(text);
    const made = make(copy);
    if (this.#made.size >= this.#most) this.#made.clear();
    this.#made.set(copy, made);
    return made;
  }
}

/** The same function, computed once for each object: for objects shared by many calls (`intern`). */
export function onceEach<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new WeakMap<Key, Value>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}

/** An object without its undefined fields: absent in JSON and in memory alike. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const name in fields) {
    const value = fields[name] as Exclude<T[typeof name], undefined> | undefined;
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
