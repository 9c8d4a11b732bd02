/**
 * Helpers for readers: texts copied out of the message, one copy of values that many calls have in common, no undefined fields.
 *
 * A JavaScript engine keeps a whole message in memory for ten characters that were cut out of it, as long as the call
 * lasts. So a reader copies what a call remembers. Codecs and header extensions are the same in every call of a client,
 * and most of what a held call would keep: `intern` keeps one copy of them. Rules: only plain values that nobody
 * changes are interned; the table is bounded and emptied when it is full, so no peer can fill the memory.
 */

/**
 * A copy of a plain value, whose texts were cut out of another one; by way of JSON, since `${text}` and a slice keep the whole one
 * too. Once for a whole value: for each of its texts it takes far longer.
 */
export const owned = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

const table = new Map<string, unknown>();
/** What the table gave, so that it is not looked for again. */
const interned = new WeakSet<object>();
const MOST = 1_000;
const LONGEST = 16_384;

/** The value itself, or an equal one that was interned before; its texts are copies. */
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
 * What was made of texts, so that what many calls say in the same words is made once: codecs and header extensions of a client. Rules:
 * nobody changes what is made; it is made of a copy of the text. Bounds: so many texts up to `LONGEST`, then it is emptied.
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

/** The same function of an object, which makes its value once: for what is one object in many calls (`intern`). */
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

/** An object without those of its fields that are undefined: absent is absent, in JSON as in memory. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const name of Object.keys(fields) as (keyof T)[])
    if (fields[name] !== undefined) kept[name] = fields[name] as Exclude<T[keyof T], undefined>;
  return kept;
}
