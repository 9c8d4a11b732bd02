/**
 * What was told and is not written up yet: a list to which a report only adds what it is given, at its instant.
 *
 * Rules: it is written up in its order, many at once, since each of a call's few wake-ups would run code and touch memory that no cache
 * holds any more; a fault in one report is none of the others, nor of who tells. What is told does not change afterwards: a
 * message, a stanza, a datagram is nobody's to write to once it was read or written. Bounds: `MOST` reports, of `MOST_BYTES`
 * together; with the last one they are written up.
 */

/** Some milliseconds of work. */
const MOST = 512;
const MOST_BYTES = 1_048_576;
/** Whose it is, what writes it up, when it was told, and so many things at most that are told. */
const SLOTS = 9;

type Write = (at: number, a: unknown, b: unknown, c: unknown, d: unknown, e: unknown, f: unknown) => void;

export class Backlog {
  readonly #now: () => number;
  readonly #fault: (error: unknown) => void;
  /** One list for all, so that a report is written to one place in memory. */
  readonly #slots: unknown[] = new Array(MOST * SLOTS).fill(undefined);
  #end = 0;
  #bytes = 0;
  #isWriting = false;

  /** `now` is in milliseconds since 1970; `fault` is told what went wrong where a report was written up. */
  constructor(now: () => number, fault: (error: unknown) => void) {
    this.#now = now;
    this.#fault = fault;
  }

  /** `write`, a method of `of`, is called later with the present instant and what is told, which holds so many bytes. */
  add<Told extends readonly unknown[]>(
    bytes: number,
    of: object,
    write: (at: number, ...told: Told) => void,
    ...told: Told
  ): void;
  add(
    bytes: number,
    of: object,
    write: unknown,
    a?: unknown,
    b?: unknown,
    c?: unknown,
    d?: unknown,
    e?: unknown,
    f?: unknown,
  ): void {
    const slots = this.#slots;
    const at = this.#end;
    if (at === slots.length) return; // so much is told only by what is written up itself
    slots[at] = of;
    slots[at + 1] = write;
    slots[at + 2] = this.#now();
    slots[at + 3] = a;
    slots[at + 4] = b;
    slots[at + 5] = c;
    slots[at + 6] = d;
    slots[at + 7] = e;
    slots[at + 8] = f;
    this.#end = at + SLOTS;
    this.#bytes += bytes;
    if (this.#end === slots.length || this.#bytes > MOST_BYTES) this.writeUp();
  }

  /** Writes up all that was told. */
  writeUp(): void {
    if (this.#isWriting || this.#end === 0) return;
    this.#isWriting = true;
    // what is told meanwhile stands behind the rest
    for (let at = 0; at < this.#end; at += SLOTS) this.#write(at);
    this.#slots.fill(undefined, 0, this.#end);
    this.#end = 0;
    this.#bytes = 0;
    this.#isWriting = false;
  }

  #write(at: number): void {
    const slots = this.#slots;
    try {
      (slots[at + 1] as Write).call(
        slots[at],
        slots[at + 2] as number,
        slots[at + 3],
        slots[at + 4],
        slots[at + 5],
        slots[at + 6],
        slots[at + 7],
        slots[at + 8],
      );
    } catch (error) {
      this.#fault(error);
    }
  }
}
