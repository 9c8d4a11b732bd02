/**
 * The town of the demo: scenes among its people, some begun each second, until it is closed.
 *
 * Bounds: everybody has one call at a time, so there are never more calls than users. Chance decides who calls whom and how long people
 * pause; each scene comes as often as its table says.
 */
import type { Clock } from "../actors/clock.ts";
import { ASLEEP, PHONES, type PhoneOwner, USERS } from "./cast.ts";
import { SCENES, type Scene } from "./scenes.ts";
import type { Line } from "./script.ts";
import type { Stage } from "./stage.ts";

/** Between two calls that begin, in milliseconds: the least, and how much more it may be. */
const BETWEEN = { least: 300, more: 900 };
/** How much longer or shorter than written a pause may be. */
const SPREAD = 0.3;
/** How long somebody keeps his hands off the phone after a call. */
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

  /** Begins a call, and goes on to begin others. */
  open(): void {
    if (this.#isClosed) return;
    this.#begin();
    this.#clock.after(BETWEEN.least + BETWEEN.more * this.#chance(), () => this.open());
  }

  close(): void {
    this.#isClosed = true;
  }

  /** The next scene, if there is anybody for it. */
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

  /** One of those that are free, by chance. */
  #free<Person>(wanted: ReadonlySet<Person>, free: ReadonlySet<Person>): Person | undefined {
    const found = [...free].filter((each) => wanted.has(each));
    return found[Math.floor(this.#chance() * found.length)];
  }

  #shuffled<Each>(all: readonly Each[]): Each[] {
    const keyed = all.map((each) => ({ each, key: this.#chance() }));
    return keyed.sort((one, other) => one.key - other.key).map(({ each }) => each);
  }
}
