/**
 * The INVITEs that were refused for overload: a copy of one that comes later is refused as well, though there is room by then.
 *
 * RFC 3261 §8.2.7, §17.1.1.2: whoever has heard the 503 has done with the request, so a call that a late copy began would have nobody at
 * its other end; and it gets the same To tag (§8.2.7). Bounds: what was refused among the last `MANY` to twice as many INVITEs; their copies come within seconds.
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

  /** An INVITE has come, whatever becomes of it. */
  seen(): void {
    if (this.isEmpty || ++this.#seen < MANY) return;
    this.#seen = 0;
    this.#before = this.#tags;
    this.#tags = new Map();
  }
}
