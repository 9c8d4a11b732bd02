/**
 * What has changed lately, for readers that come back for more: one ring for all of them, and a cursor each.
 *
 * A reader that was away for longer than the ring reaches back has a gap, and begins anew. A call that changes twice before a
 * reader looks is told once. Bound: `MOST` changes.
 */
const MOST = 4_096;

export class Changes {
  /** Names of calls; the change with number `n` stands at `n % MOST`. */
  readonly #ring: string[] = [];
  #next = 1;

  /** The number of the latest change; 0 when there is none. */
  get last(): number {
    return this.#next - 1;
  }

  add(call: string): void {
    this.#ring[this.#next % MOST] = call;
    this.#next++;
  }

  /** The calls that have changed since a number, each once, and the number to ask by next time; undefined where some are lost. */
  since(number: number): { readonly calls: readonly string[]; readonly last: number } | undefined {
    if (number < this.#next - 1 - MOST || number > this.last) return undefined;
    const calls = new Set<string>();
    for (let at = number + 1; at < this.#next; at++) calls.add(this.#ring[at % MOST] ?? "");
    return { calls: [...calls], last: this.last };
  }
}
