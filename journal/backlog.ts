/**
 * Pending reports: a report only stores its arguments and its time in a list, to be processed later.
 *
 * Rules: processed in order, in batches, since processing each report at once would run code and touch memory that is no longer in
 * any cache; an exception in one report affects neither the others nor the reporter. Arguments do not change afterwards: nobody
 * writes to a message, stanza or datagram once it was read or written. Bounds: `MOST` reports of `MOST_BYTES` together; when full,
 * they are processed.
 */

/** A few milliseconds of work. */
const MOST = 512;
const MOST_BYTES = 1_048_576;
/** Receiver, method and time of a report, and its arguments, at most six. */
const SLOTS = 9;

type Write = (at: number, a: unknown, b: unknown, c: unknown, d: unknown, e: unknown, f: unknown) => void;

export class Backlog {
  readonly #now: () => number;
  readonly #fault: (error: unknown) => void;
  /** One flat list, so that a report is written to one place in memory. */
  readonly #slots: unknown[] = new Array(MOST * SLOTS).fill(undefined);
  #end = 0;
  #bytes = 0;
  #isWriting = false;

  /** `now` returns milliseconds since 1970; `fault` receives exceptions from processing. */
  constructor(now: () => number, fault: (error: unknown) => void) {
    this.#now = now;
    this.#fault = fault;
  }

  /** Later calls `write`, a method of `of`, with the time of the report and the arguments, which retain `bytes` bytes. */
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
    if (at === slots.length) return; // only while processing: reports caused by reports
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

  /** Processes all pending reports. */
  writeUp(): void {
    if (this.#isWriting || this.#end === 0) return;
    this.#isWriting = true;
    // reports added meanwhile come after the others
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
