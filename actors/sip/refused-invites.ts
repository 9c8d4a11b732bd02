/**
 * INVITEs refused for overload: a later copy of one is refused as well, even if there is room by then.
 *
 * RFC 3261 §8.2.7, §17.1.1.2: a sender that has received the 503 has finished the request, so a call started by a late copy would have
 * nobody at its other end; the copy gets the same To tag (§8.2.7). Bounds: refusals among the last `MANY` to twice as many INVITEs;
 * copies come within seconds.
 */

const MANY = 20_000;

export class RefusedInvites {
  /** The To tag of each refusal. */
  #tags = new Map<string, string>();
  #before = new Map<string, string>();
  #seen = 0;

  get isEmpty(): boolean {
    return this.#tags.size === 0 && this.#before.size === 0;
  }

  /** The To tag of the refusal, if that INVITE was refused. */
  tagOf(key: string): string | undefined {
    return this.#tags.get(key) ?? this.#before.get(key);
  }

  add(key: string, tag: string): void {
    this.#tags.set(key, tag);
  }

  /** Counts an INVITE, whatever its outcome. */
  seen(): void {
    if (this.isEmpty || ++this.#seen < MANY) return;
    this.#seen = 0;
    this.#before = this.#tags;
    this.#tags = new Map();
  }
}
