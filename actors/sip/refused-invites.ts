/**
 * The INVITEs that were refused for overload: a copy of one that comes later is refused as well, though there is room by then.
 *
 * RFC 3261 §8.2.7, §17.1.1.2: whoever has heard the 503 has done with the request, so a call that a late copy began would have nobody at
 * its other end. Bounds: what was refused among the last `MANY` to twice as many INVITEs; their copies come within seconds.
 */

const MANY = 20_000;

export class RefusedInvites {
  #keys = new Set<string>();
  #before = new Set<string>();
  #seen = 0;

  get isEmpty(): boolean {
    return this.#keys.size === 0 && this.#before.size === 0;
  }

  has(key: string): boolean {
    return this.#keys.has(key) || this.#before.has(key);
  }

  add(key: string): void {
    this.#keys.add(key);
  }

  /** An INVITE has come, whatever becomes of it. */
  seen(): void {
    if (this.isEmpty || ++this.#seen < MANY) return;
    this.#seen = 0;
    this.#before = this.#keys;
    this.#keys = new Set();
  }
}
