/**
 * The datagrams of one socket, in turns of the event loop, so that a flood of them leaves turns to all else: timers, streams, signals.
 *
 * COMPAT Bun 1.4.5: a UDP socket is read until it is empty before anything else runs, which is never if datagrams come as fast as they are
 * handled. Rules: datagrams are passed on as they come for `SLICE` milliseconds of a turn; the others wait for the next one, in order.
 * Bounds: `MOST_WAITING` datagrams and `MOST_BYTES` wait, what the receive buffer holds; those beyond it are dropped and reported.
 */
import type { Address, DatagramEvents } from "./transport.ts";

/** Datagrams that are passed on before the time is looked at. */
const FEW = 16;
const SLICE = 20;
const MOST_WAITING = 4_096;
const MOST_BYTES = 4_194_304;

interface Waiting {
  readonly bytes: Uint8Array;
  readonly from: Address;
}

export class DatagramTurns {
  readonly #events: DatagramEvents;
  #waiting: Waiting[] = [];
  /** The first that waits, and the bytes of all. */
  #first = 0;
  #size = 0;
  #count = 0;
  #dropped = 0;
  /** Whether the next turn is awaited, and until when datagrams of this one are passed on. */
  #isArmed = false;
  #until = 0;

  constructor(events: DatagramEvents) {
    this.#events = events;
  }

  received(bytes: Uint8Array, from: Address): void {
    if (this.#mayPass()) return this.#events.received(bytes, from);
    if (this.#waiting.length - this.#first >= MOST_WAITING || this.#size + bytes.length > MOST_BYTES) {
      this.#dropped++;
      return;
    }
    this.#waiting.push({ bytes, from });
    this.#size += bytes.length;
  }

  /** The socket is closed: nothing more is passed on. */
  stop(): void {
    this.#waiting = [];
    this.#dropped = 0;
  }

  #mayPass(): boolean {
    if (this.#waiting.length > 0) return false;
    if (this.#isArmed) return performance.now() < this.#until;
    if (++this.#count >= FEW) this.#arm();
    return true;
  }

  #arm(): void {
    this.#count = 0;
    this.#isArmed = true;
    this.#until = performance.now() + SLICE;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isArmed = false;
    if (this.#dropped > 0) this.#events.overrun?.(this.#dropped);
    this.#dropped = 0;
    if (this.#waiting.length === 0) return;
    this.#arm();
    while (this.#first < this.#waiting.length && performance.now() < this.#until) this.#next();
    this.#waiting = this.#waiting.slice(this.#first);
    this.#first = 0;
  }

  #next(): void {
    const next = this.#waiting[this.#first++];
    if (next === undefined) return;
    this.#size -= next.bytes.length;
    this.#events.received(next.bytes, next.from);
  }
}
