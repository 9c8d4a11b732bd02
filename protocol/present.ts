/** An object without those of its fields that are undefined: absent is absent, in JSON as in memory. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const name of Object.keys(fields) as (keyof T)[])
    if (fields[name] !== undefined) kept[name] = fields[name] as Exclude<T[keyof T], undefined>;
  return kept;
}
