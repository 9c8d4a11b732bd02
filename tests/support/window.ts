/**
 * The web page as served, over HTTP on loopback, with a journal filled by plays on a whole gateway in memory.
 *
 * All plays share one clock: live calls of one play experience the time of the next.
 */
import { Journal } from "../../journal/journal.ts";
import { createClock } from "../../replay/clock.ts";
import { gatewayConfig } from "../../replay/gateway.ts";
import { settingOf } from "../../replay/setting.ts";
import { Access } from "../../web/access.ts";
import { windowApp } from "../../web/app.ts";
import { type Served, serveWeb } from "../../web/serve.ts";
import { type PlayOptions, Stage } from "./play.ts";
import { callerSite } from "./site.ts";

export interface TestWindowOptions {
  /** Whether a media relay answers. */
  readonly relay?: "up" | "down";
  readonly token?: string;
  /** Whether it is treated as listening only on loopback. */
  readonly isLocal?: boolean;
  /** Identifies the run. */
  readonly boot?: string;
  /** Port; any if missing. */
  readonly port?: number;
}

export class TestWindow {
  readonly journal: Journal;
  readonly #served: Served;
  readonly #stages: Stage[] = [];
  readonly #clock = createClock(Date.now());
  /** Requests to the gateway, in order. */
  readonly asked: string[] = [];

  private constructor(journal: Journal, served: Served) {
    this.journal = journal;
    this.#served = served;
  }

  static async open(options: TestWindowOptions = {}): Promise<TestWindow> {
    const { token = "", isLocal = true, boot = "run", port = 0 } = options;
    const journal = new Journal({ now: () => window.now, budget: 64 * 2 ** 20 });
    let names = 0;
    const access = new Access({ token, isLocal, random: () => `session${names++}`, now: () => window.now });
    const app = windowApp({
      ...{ journal, access, boot, version: "1.2.3" },
      metrics: { type: "text/plain", text: async () => "" },
      health: () => ({
        sip: true,
        xmpp: true,
        proxy: "up",
        relay: options.relay ?? "none",
        state: "running",
        calls: journal.counts.live,
      }),
      setting: () => settingOf(gatewayConfig()),
      hangUp: (id) => window.#hangUp(id),
      drain: () => void window.asked.push("drain"),
    });
    const window = new TestWindow(journal, await serveWeb(app, { host: "127.0.0.1", port }));
    return window;
  }

  get port(): number {
    return this.#served.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#clock.now();
  }

  /** Performs a play and leaves it in its final state: calls it does not end stay live. Returns the stage for continuing. */
  async play(script: string, options: PlayOptions = {}): Promise<Stage> {
    const seed = this.#stages.length + 1;
    const stage = new Stage({ site: callerSite(), ...options, seed, clock: this.#clock, watch: this.journal });
    this.#stages.push(stage);
    await stage.open(options.online ?? ["juliet"]);
    // each call has unique ids, as in reality
    await stage.play(script.replaceAll(/\b[sc]1\b/g, (name) => `${name}-${seed}`));
    return stage;
  }

  /** Advances the clock. */
  later(milliseconds: number): Promise<void> {
    return this.#clock.advance(milliseconds);
  }

  /** The id of the last call begun. */
  get latest(): string {
    const [row] = this.journal.calls({}, 1).calls;
    if (!row) throw new Error("there is no call");
    return row.id;
  }

  #hangUp(id: string): boolean {
    this.asked.push(`hang up ${id}`);
    return this.#stages.some(({ gateway }) => gateway.calls.hangUp(id));
  }

  close(): Promise<void> {
    return this.#served.close();
  }
}
