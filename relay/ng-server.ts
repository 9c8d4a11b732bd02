/**
 * The server of rtpengine's ng protocol: `<cookie> <bencode>` over UDP, answered with the same cookie.
 *
 * Rules: a repeated cookie from the same address gets the same answer and is not executed twice, not even while the first is in
 * progress; invalid commands are dropped. Bound: the last `MOST_REMEMBERED` answers, for `REMEMBERED` ms.
 */
import type { Clock } from "../actors/clock.ts";
import { type Bencodes, readBencode, writeBencode } from "../protocol/bencode.ts";
import { attempt, Refusal } from "../protocol/refusal.ts";
import type { Address, Datagrams, OpenDatagrams } from "../transports/transport.ts";

const MOST_REMEMBERED = 2_000;
const REMEMBERED = 10_000;
/** Letters and digits: media sent to this port starts with another byte (RFC 7983), so it is never a command, whatever it contains. */
const COOKIE = /^[\w-]{1,128}$/;
const SPACE = 0x20;

export interface NgServerNeeds {
  readonly at: Address;
  readonly open: OpenDatagrams;
  readonly clock: Clock;
  readonly perform: (command: Bencodes) => Promise<Bencodes>;
  readonly failed: (error: Error) => void;
}

export class NgServer {
  readonly #needs: NgServerNeeds;
  /** By cookie and source address, the oldest first. */
  readonly #answers = new Map<string, { readonly bytes: Promise<Uint8Array>; readonly since: number }>();
  /** Answers that are not sent yet. */
  readonly #open = new Set<Promise<unknown>>();
  #socket: Datagrams | undefined;

  constructor(needs: NgServerNeeds) {
    this.#needs = needs;
  }

  async start(): Promise<Address> {
    const { at, open, failed } = this.#needs;
    this.#socket = await open(at, { received: (bytes, from) => this.#received(bytes, from), failed });
    return this.#socket.local;
  }

  /** Closes after all pending commands are answered. */
  async stop(): Promise<void> {
    do await Promise.all(this.#open);
    while (this.#open.size > 0);
    await this.#socket?.close();
  }

  #received(bytes: Uint8Array, from: Address): void {
    const space = bytes.indexOf(SPACE);
    const cookie = Buffer.from(bytes.subarray(0, Math.max(0, space))).toString("latin1");
    if (!COOKIE.test(cookie)) return;
    const key = `${cookie} ${from.host} ${from.port}`;
    this.#forget();
    const known = this.#answers.get(key)?.bytes;
    const command = known ? undefined : attempt(() => readBencode(bytes.subarray(space + 1)));
    const answer = known ?? (isDictionary(command) ? this.#perform(key, cookie, command) : undefined);
    if (!answer) return;
    const sent = answer.then((ready) => this.#send(ready, from)).finally(() => this.#open.delete(sent));
    this.#open.add(sent);
  }

  /** Settles when the datagram is sent, or lost. */
  #send(bytes: Uint8Array, to: Address): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket) this.#socket.send(bytes, to, () => resolve());
      else resolve();
    });
  }

  #perform(key: string, cookie: string, command: Bencodes): Promise<Uint8Array> {
    const bytes = this.#needs
      .perform(command)
      .then((answer) => Buffer.concat([Buffer.from(`${cookie} `, "latin1"), writeBencode(answer)]));
    this.#answers.set(key, { bytes, since: this.#needs.clock.now() });
    return bytes;
  }

  #forget(): void {
    const old = this.#needs.clock.now() - REMEMBERED;
    for (const [key, { since }] of this.#answers) {
      if (since > old && this.#answers.size <= MOST_REMEMBERED) return;
      this.#answers.delete(key);
    }
  }
}

const isDictionary = (value: unknown): value is Bencodes =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Refusal);
