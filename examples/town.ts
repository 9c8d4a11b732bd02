/**
 * The town of the demo: performs scenes among its people, several started per second, until it is closed.
 *
 * Bounds: each person has at most one call, so there are never more calls than users. Callers, callees and pauses are random;
 * each scene has the frequency in its table.
 */
import type { Clock } from "../actors/clock.ts";
import { ASLEEP, PHONES, type PhoneOwner, USERS } from "./cast.ts";
import { SCENES, type Scene } from "./scenes.ts";
import type { Line } from "./script.ts";
import type { Stage } from "./stage.ts";

/** Milliseconds between the starts of two calls: minimum, and random addition. */
const BETWEEN = { least: 300, more: 900 };
/** Relative variation of pauses. */
const SPREAD = 0.3;
/** Milliseconds before a person calls again. */
const RESTS = 1_500;

export class Town {
  readonly #stage: Stage;
  readonly #clock: Clock;
  readonly #chance: () => number;
  readonly #users = new Set([...USERS, ASLEEP]);
  readonly #phones = new Set(PHONES);
  #coming: Scene[] = [];
  #isClosed = false;

  constructor(stage: Stage, { clock, chance }: { clock: Clock; chance: () => number }) {
    this.#stage = stage;
    this.#clock = clock;
    this.#chance = chance;
  }

  /** Starts a call, and schedules the next ones. */
  open(): void {
    if (this.#isClosed) return;
    this.#begin();
    this.#clock.after(BETWEEN.least + BETWEEN.more * this.#chance(), () => this.open());
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Starts the next scene, if there are people for it. */
  #begin(): void {
    if (this.#coming.length === 0)
      this.#coming = this.#shuffled(SCENES.flatMap((each) => Array(each.often).fill(each)));
    const scene = this.#coming.pop();
    const jid = scene?.asleep ? this.#free(new Set([ASLEEP]), this.#users) : this.#free(new Set(USERS), this.#users);
    const phone = this.#free(this.#phones, this.#phones);
    if (scene && jid !== undefined && phone) void this.#play(scene, jid, phone);
    else if (scene) this.#coming.unshift(scene);
  }

  async #play(scene: Scene, jid: string, phone: PhoneOwner): Promise<void> {
    this.#users.delete(jid);
    this.#phones.delete(phone);
    await this.#stage.play(
      scene.says.map((line) => this.#paced(line)),
      { jid, phone },
    );
    this.#clock.after(RESTS, () => {
      this.#users.add(jid);
      this.#phones.add(phone);
    });
  }

  #paced(line: Line): Line {
    return typeof line === "number" ? line * (1 - SPREAD + 2 * SPREAD * this.#chance()) : line;
  }

  /** A random one of the wanted people who are free. */
  #free<Person>(wanted: ReadonlySet<Person>, free: ReadonlySet<Person>): Person | undefined {
    const found = [...free].filter((each) => wanted.has(each));
    return found[Math.floor(this.#chance() * found.length)];
  }

  #shuffled<Each>(all: readonly Each[]): Each[] {
    const keyed = all.map((each) => ({ each, key: this.#chance() }));
    return keyed.sort((one, other) => one.key - other.key).map(({ each }) => each);
  }
}
