/**
 * Recent changes, for readers that poll: one ring for all of them, with a cursor each.
 *
 * A reader that was away for longer than the ring reaches back has a gap and starts over. A call that changes twice between two
 * polls is reported once. Bound: `MOST` changes.
 */
const MOST = 4_096;

export class Changes {
  /** Ids of calls; change number `n` is at `n % MOST`. */
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

  /** The calls changed since a number, each once, and the number for the next poll; undefined if changes were lost. */
  since(number: number): { readonly calls: readonly string[]; readonly last: number } | undefined {
    if (number < this.#next - 1 - MOST || number > this.last) return undefined;
    const calls = new Set<string>();
    for (let at = number + 1; at < this.#next; at++) calls.add(this.#ring[at % MOST] ?? "");
    return { calls: [...calls], last: this.last };
  }
}
