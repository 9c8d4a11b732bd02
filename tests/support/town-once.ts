/**
 * The state of a call on one side of a town (town.ts), and the messages that a gateway may send only once.
 */

export type Life = "rings" | "talks" | "over";

/** Records what was sent twice. */
export class Once {
  readonly twice: string[] = [];
  readonly #said = new Set<string>();

  /** A message that one gateway may send only once. */
  said(what: string): void {
    if (this.#said.has(what)) this.twice.push(what);
    this.#said.add(what);
  }
}
