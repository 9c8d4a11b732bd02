/** What has come in, in its order, for whoever waits for it. */
const PATIENCE = 20_000;

export class Inbox<Item> {
  readonly #items: Item[] = [];
  readonly #waiting: (() => void)[] = [];

  put(item: Item): void {
    this.#items.push(item);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** All that nobody has waited for, taken out. */
  rest(): Item[] {
    return this.#items.splice(0);
  }

  /** The first item that fits, taken out; rejects when none comes for long. */
  async next(fits: (item: Item) => boolean = () => true, what = "the next"): Promise<Item> {
    const until = Date.now() + PATIENCE;
    for (;;) {
      const at = this.#items.findIndex(fits);
      const [item] = at === -1 ? [] : this.#items.splice(at, 1);
      if (item !== undefined) return item;
      if (Date.now() > until)
        throw new Error(`${what} did not come; there is ${JSON.stringify(this.#items.map(String))}`);
      await Promise.race([new Promise<void>((wake) => this.#waiting.push(wake)), Bun.sleep(200)]);
    }
  }
}
