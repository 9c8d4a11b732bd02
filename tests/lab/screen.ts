/** A screen for programs that insist on one: Xvfb without a window manager, and a hand that clicks (xdotool). */

import { until } from "../support/until.ts";
import { makeFolder } from "./lab.ts";
import { Program } from "./program.ts";

const DISPLAY = ":77";

/** Where on the screen, from the upper left corner. */
export type Place = readonly [x: number, y: number];

export class Screen {
  readonly #folder = makeFolder("screen");
  /** What programs that use it need in their environment. */
  readonly env = { DISPLAY };
  #server: Program | undefined;

  async start(): Promise<void> {
    // Its lock is in /tmp, so it has a /tmp of its own, which is our folder.
    const own = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /tmp && exec "$@"', this.#folder];
    const command = ["Xvfb", DISPLAY, "-screen", "0", "1100x800x24", "-nolisten", "tcp"];
    this.#server = new Program([...own, ...command], { folder: this.#folder });
    await until(
      "the screen",
      () => this.#do("getmouselocation"),
      (said) => said.includes("x:"),
    );
  }

  /** How many windows are to be seen, menus among them. */
  async windows(): Promise<number> {
    return (await this.#do("search", "--onlyvisible", "--class", ".")).split("\n").filter(Boolean).length;
  }

  /** Clicks there again and again, twice a second, until that is so: a window that has just come may not listen yet. */
  async click(what: string, [x, y]: Place, done: () => boolean | Promise<boolean>): Promise<void> {
    const press = async (): Promise<boolean> => {
      await this.#do("mousemove", `${x}`, `${y}`, "sleep", "0.1", "click", "1");
      return until(what, done, Boolean, 0.5).catch(() => false);
    };
    await until(what, press, Boolean);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  #do(...command: readonly string[]): Promise<string> {
    const run = Bun.spawn(["xdotool", ...command], {
      env: { ...process.env, ...this.env },
      stdout: "pipe",
      stderr: "ignore",
    });
    return new Response(run.stdout).text();
  }
}
