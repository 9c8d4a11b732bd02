/**
 * A phone and a user in memory around a gateway that is killed and restarted: they call, answer, hold and hang up at random.
 *
 * Both (town-phone.ts, town-user.ts) retransmit like real ones, and record whether each call is over for them. Forbidden repetitions by
 * one gateway are recorded: a CSeq number with another branch in one dialog, an id of an IQ, an end of a session; the next gateway, which
 * cannot know whether an end arrived, may repeat it once, and each side accepts it once. Datagrams may be lost.
 */
import { Gateway } from "../../actors/gateway.ts";
import type { Rows } from "../../actors/store/memory.ts";
import { createClock, type SimulatedClock } from "../../replay/clock.ts";
import { gatewayConfig, needsOf } from "../../replay/gateway.ts";
import { Mortal } from "../../replay/mortal.ts";
import { createWire, type Wire } from "../../replay/wire.ts";
import { Once } from "./town-once.ts";
import { TownPhone } from "./town-phone.ts";
import { TownUser } from "./town-user.ts";

export class Town {
  readonly clock: SimulatedClock = createClock();
  /** Times at which batches were written. */
  readonly commits: number[] = [];
  readonly #once = new Once();
  readonly #wire: Wire;
  readonly #phone: TownPhone;
  readonly #user: TownUser;
  readonly #saved: Rows;
  readonly #seed: number;
  #mortal: Mortal | undefined;
  #gateway: Gateway | undefined;
  readonly #slow: number;
  #starts = 0;

  /** `drop` is the probability of losing a datagram; `slow` is how many milliseconds a write to the store takes. */
  constructor(saved: Rows, seed: number, drop = 0, slow = 0) {
    this.#slow = slow;
    this.#saved = saved;
    this.#seed = seed;
    this.#wire = createWire(this.clock, { seed: seed + 1, drop });
    this.#phone = new TownPhone(this.clock, this.#wire, this.#once);
    this.#user = new TownUser(this.clock, this.#wire, this.#once);
  }

  /** What was sent twice. */
  get twice(): readonly string[] {
    return this.#once.twice;
  }

  async open(): Promise<void> {
    await this.#user.open();
    await this.#phone.open();
    await this.start();
  }

  async start(): Promise<void> {
    const mortal = new Mortal(this.clock, this.#wire);
    const needs = needsOf(this.clock, this.#wire, () => {}, this.#seed * 100 + ++this.#starts);
    const store = mortal.store(this.#saved, () => this.commits.push(this.clock.now()), this.#slow);
    this.#gateway = new Gateway(gatewayConfig(), { ...needs, clock: mortal.clock, open: mortal.open, store });
    this.#mortal = mortal;
    await this.#gateway.start();
    await this.pass(10);
    this.#user.available();
    await this.pass(5);
  }

  kill(): void {
    this.#mortal?.kill();
  }

  pass(milliseconds: number): Promise<void> {
    return this.clock.advance(milliseconds);
  }

  /** Performs a random event: a call, an answer, or a hang-up. */
  happens(chance: () => number): void {
    const one = <Each>(all: readonly Each[]): Each | undefined => all[Math.floor(chance() * all.length)];
    const ringing = [...this.#phone.dialogs].filter(([, { life, isCaller }]) => life === "rings" && !isCaller);
    const offered = [...this.#user.sessions].filter(
      ([sid, { life }]) => life === "rings" && this.#phone.dialogs.get(sid)?.isCaller,
    );
    const talking = [...this.#user.sessions].filter(([, { life }]) => life === "talks");
    const kind = Math.floor(chance() * 10);
    if (kind === 0) this.#user.calls();
    if (kind === 1) this.#phone.calls();
    if (kind === 2 && ringing.length > 0) this.#phone.answer(one(ringing)?.[0] ?? "");
    if (kind === 3 && offered.length > 0) this.#user.accept(one(offered)?.[0] ?? "");
    if (kind === 4 && talking.length > 0) this.#user.terminate(one(talking)?.[0] ?? "");
    if (kind === 5 && talking.length > 0) this.#phone.hangUp(one(talking)?.[0] ?? "");
    const waiting = [...this.#user.sessions].filter(([, { life }]) => life === "rings");
    const calling = [...this.#phone.dialogs].filter(
      ([, { life, isCaller, last }]) => life === "rings" && isCaller && last,
    );
    if (kind === 6 && waiting.length > 0) this.#user.terminate(one(waiting)?.[0] ?? "");
    if (kind === 7 && calling.length > 0) this.#phone.cancel(one(calling)?.[0] ?? "");
    if (kind === 8 && ringing.length > 0) this.#phone.decline(one(ringing)?.[0] ?? "");
    if (kind === 9 && talking.length > 0) this.#user.hold(one(talking)?.[0] ?? "");
  }

  /** Runs until every request is answered or given up. */
  async settle(): Promise<void> {
    for (let second = 0; second < 80; second++) await this.pass(1_000);
  }

  /** Calls that are over on one side and live on the other. */
  get halves(): string[] {
    return [...this.#phone.dialogs].flatMap(([id, { life }]) => {
      const other = this.#user.sessions.get(id)?.life ?? "over";
      return life === other || (life !== "talks" && other !== "talks") ? [] : [`${id}: phone ${life}, user ${other}`];
    });
  }

  /** Hangs up all live calls, by the user or the phone. */
  async hangUpAll(): Promise<void> {
    [...this.#user.sessions].forEach(([sid, { life }], index) => {
      if (life === "talks" && index % 2 === 0) this.#user.terminate(sid);
      else if (life === "talks") this.#phone.hangUp(sid);
    });
    await this.settle();
  }

  /** Remaining calls: in the store, at the gateway, and on both sides. */
  get left(): string[] {
    const talking = [...this.#phone.dialogs].filter(([, { life }]) => life === "talks").map(([id]) => id);
    const calls = this.#gateway?.calls.registry.all().map(({ dialog }) => `call ${dialog.callId}`) ?? [];
    return [...(this.#saved.get("")?.keys() ?? []), ...calls, ...talking];
  }
}
