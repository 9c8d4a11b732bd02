/**
 * A simulated machine that sets up calls, for tests of overload: time passes as work is done, in turns of an event loop.
 *
 * INVITEs arrive at a rate, through the gateway's own WaitingInvites and Load. A call costs time: six tenths at its start, four when its
 * answers are processed, in the next turn; a refusal and its ACK cost a thirtieth (37 µs of 1,100, bench/README.md). The cost of a call
 * may change over time.
 */
import type { Clock } from "../../actors/clock.ts";
import { Load } from "../../actors/load.ts";
import { type Arrival, WaitingInvites } from "../../actors/sip/waiting.ts";

/** The results for the calls offered in a period. */
export interface Outcome {
  readonly offered: number;
  readonly done: number;
  readonly refused: number;
  /** Calls begun and not ended. */
  readonly half: number;
  /** The longest time from an INVITE to the end of its set-up, in milliseconds. */
  readonly longest: number;
}

export interface MachineOptions {
  /** The cost of a call at a time, in milliseconds. */
  readonly cost: (now: number) => number;
  /** Whether calls begun at a time are ever answered. */
  readonly answers?: (now: number) => boolean;
}

const SOURCE = { transport: "udp", host: "192.0.2.9", port: 5060 } as const;
const encoder = new TextEncoder();
const invite = (branch: number): Uint8Array =>
  encoder.encode(
    `INVITE sip:x@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK${branch}\r\nFrom: <sip:a@b>;tag=a\r\nTo: <sip:x@y>\r\nCall-ID: ${branch}\r\nCSeq: 1 INVITE\r\n\r\n`,
  );

interface Coming extends Arrival {
  readonly cost: number;
  readonly came: number;
}

export class Machine {
  readonly load: Load;
  readonly #options: MachineOptions;
  readonly #waiting: WaitingInvites<Coming>;
  #now = 0;
  #turn: (() => void) | undefined;
  #round: (() => void) | undefined;
  #branch = 0;
  /** Calls in set-up, with the arrival of their INVITE. */
  #inSetUp: { readonly round: number; readonly came: number }[] = [];
  #done = 0;
  #refused = 0;
  #begun = 0;
  #longest = 0;

  constructor(options: MachineOptions) {
    this.#options = options;
    const clock: Clock = {
      now: () => this.#now,
      after: (_, run) => {
        this.#turn = run;
        return () => {};
      },
      round: (run) => {
        this.#round = run;
      },
    };
    this.load = new Load(clock);
    this.#waiting = new WaitingInvites({
      ...{ load: this.load, allow: () => true, isKnown: () => false },
      random: () => "machine1",
      read: ({ cost, came }) => {
        this.#begun++;
        this.#now += 0.6 * cost;
        const round = this.load.begun();
        if (this.#options.answers?.(came) ?? true) this.#inSetUp.push({ round, came });
      },
      refuse: ({ cost }) => {
        this.#refused++;
        this.#now += cost / 30;
      },
    });
  }

  /** Offers `rate` calls a second for some seconds, and runs until the machine is idle. */
  run(rate: number, seconds: number): Outcome {
    const before = { done: this.#done, refused: this.#refused, begun: this.#begun };
    this.#longest = 0;
    const start = this.#now;
    const all = Math.floor(rate * seconds);
    for (let offered = 0; offered < all || this.#isBusy; ) {
      const from = this.#now;
      for (; offered < all && start + (offered / rate) * 1_000 <= from; offered++)
        this.#comes(start + (offered / rate) * 1_000);
      this.#goesOn();
      const [turn, round] = [this.#turn, this.#round];
      this.#turn = this.#round = undefined;
      round?.();
      turn?.();
      this.#now = Math.max(this.#now, from + 1);
    }
    const [done, refused, begun] = [
      this.#done - before.done,
      this.#refused - before.refused,
      this.#begun - before.begun,
    ];
    return { offered: all, done, refused, half: begun - done, longest: this.#longest };
  }

  get #isBusy(): boolean {
    return this.#waiting.size > 0 || this.#inSetUp.length > 0 || this.#turn !== undefined;
  }

  #comes(came: number): void {
    const cost = this.#options.cost(this.#now);
    this.#waiting.take({ bytes: invite(this.#branch++), source: SOURCE, cost, came });
  }

  /** Processes the answers to calls begun in earlier turns, with their ACK and BYE. */
  #goesOn(): void {
    const answered = this.#inSetUp;
    this.#inSetUp = [];
    for (const { round, came } of answered) {
      for (let message = 0; message < 3; message++) this.load.heard();
      this.load.completed(round);
      this.#now += 0.4 * this.#options.cost(this.#now);
      this.#longest = Math.max(this.#longest, this.#now - came);
      this.#done++;
    }
  }
}
