/** Received items, in order, for tests that wait for them. */
const PATIENCE = 60_000;

interface Entry<Item> {
  readonly number: number;
  readonly item: Item;
}

export class Inbox<Item> {
  #entries: Entry<Item>[] = [];
  readonly #waiting: (() => void)[] = [];
  /** Number of items received. */
  #count = 0;

  put(item: Item): void {
    this.#entries.push({ number: this.#count++, item });
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Removes and returns all items. */
  rest(): Item[] {
    return this.#entries.splice(0).map(({ item }) => item);
  }

  /** Removes and returns the first matching item; rejects if nothing arrives for long. Each item is tested once. */
  async next(fits: (item: Item) => boolean = () => true, what = "the next"): Promise<Item> {
    let looked = 0;
    let until = Date.now() + PATIENCE;
    for (;;) {
      const fitting = this.#take(looked, fits);
      if (fitting) return fitting.item;
      if (this.#count > looked) until = Date.now() + PATIENCE;
      looked = this.#count;
      if (Date.now() > until)
        throw new Error(`${what} did not come; of ${this.#entries.length} the last are ${this.#last()}`);
      await Promise.race([new Promise<void>((wake) => this.#waiting.push(wake)), Bun.sleep(200)]);
    }
  }

  #take(from: number, fits: (item: Item) => boolean): Entry<Item> | undefined {
    const start = this.#entries.findLastIndex(({ number }) => number < from) + 1;
    for (let at = start; at < this.#entries.length; at++) {
      const entry = this.#entries[at];
      if (entry && fits(entry.item)) return this.#entries.splice(at, 1)[0];
    }
    return undefined;
  }

  #last(): string {
    return JSON.stringify(this.#entries.slice(-5).map(({ item }) => String(item).slice(0, 2_000)));
  }
}
