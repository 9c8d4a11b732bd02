/** A call in the window, step by step, in a real browser: everything that the page shows is what the journal has. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import type { CallView } from "../../journal/view.ts";
import { launch, noChromium, openPage } from "../support/browser.ts";
import { TestWindow } from "../support/window.ts";
import { LIVED } from "../support/window-plays.ts";

/** What the page shows of a call. */
interface Shown {
  readonly lit: readonly string[];
  readonly badges: readonly string[];
  readonly labels: readonly string[];
  readonly later: readonly number[];
  readonly step: string;
  readonly words: string;
  readonly geometry: string;
}

const SHOWN = `(() => {
  const all = (what, of) => [...document.querySelectorAll(what)].map(of);
  const boxOf = (element) => { const { x, y, width, height } = element.getBoundingClientRect(); return [x, y, width, height].map(Math.round).join(); };
  return {
    lit: all("#chart > svg .leaf.on", (leaf) => leaf.dataset.state).sort(),
    badges: all("#chart > svg .badge", (badge) => badge.dataset.badge + " " + badge.textContent).sort(),
    labels: all("[data-msg]", (message) => message.querySelector("title").textContent),
    later: all("[data-msg].later", (message) => Number(message.dataset.msg)),
    step: document.querySelector("#scrub [aria-current]").textContent,
    words: document.querySelector("#about strong").textContent,
    geometry: all("#chart, #about, #scrub .bar, #chart > svg .leaf > rect:not(.halo), #chart > svg .box > rect", boxOf).join(" "),
  };
})()`;

describe.skipIf(noChromium !== undefined)("a call that has lived", () => {
  let browser: Browser;
  let window: TestWindow;
  let page: Page;
  let trouble: readonly string[];
  let call: CallView;

  const at = async (step: number): Promise<Shown> => {
    await page.goto(`${window.url}/#/calls/${call.id}/${step}`);
    await page.waitForSelector(`#scrub [aria-current]:has-text("${step}")`);
    return page.evaluate(SHOWN);
  };
  const stepShown = (): Promise<string | null> => page.textContent("#scrub [aria-current]");

  beforeAll(async () => {
    window = await TestWindow.open();
    await window.play(LIVED);
    call = window.journal.call(window.latest) as CallView;
    browser = await launch();
    ({ page, trouble } = await openPage(browser, `${window.url}/#/calls/${call.id}/1`));
  });
  afterAll(async () => {
    await browser?.close();
    await window?.close();
  });

  test("has lit states, numbers, messages and words as the journal has them, at every step", async () => {
    const entered = new Map<string, number>();
    for (const { n, before, after } of call.steps) {
      for (const state of after) if (!before.includes(state)) entered.set(state, n);
      const shown = await at(n);
      expect(shown.lit).toEqual([...after].sort());
      expect(shown.badges).toEqual([...entered].map((each) => each.join(" ")).sort());
      expect(shown.labels).toEqual(call.messages.map(({ label }) => label));
      expect(shown.later).toEqual(call.messages.flatMap(({ step }, place) => (step >= n ? [place] : [])));
      expect(shown.step).toBe(`${n}`);
    }
    expect((await at(call.steps.length)).words).toBe("The phone hung up (success).");
  });

  test("is in two regions at once", async () => {
    const both = call.steps.find(({ after }) => after.includes("established.hold.heldByUser"));
    expect((await at(both?.n ?? 0)).lit).toEqual(["established.hold.heldByUser", "established.negotiation.offering"]);
  });

  test("stands still: every box is where it was, at every step", async () => {
    const places = new Set<string>();
    for (const { n } of call.steps) places.add((await at(n)).geometry);
    expect(places.size).toBe(1);
  });

  test("goes back and forth by keys, and each step has an address that opens there", async () => {
    await at(3);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect([await stepShown(), new URL(page.url()).hash]).toEqual(["5", `#/calls/${call.id}/5`]);
    await page.keyboard.press("ArrowLeft");
    expect(await stepShown()).toBe("4");
    const address = page.url();
    const other = await openPage(browser, address);
    await other.page.waitForSelector("#scrub [aria-current]");
    expect(await other.page.textContent("#scrub [aria-current]")).toBe("4");
    await other.page.context().close();
  });

  test("goes to a step by the scrubber, and the focus goes with the keys", async () => {
    await page.click('#scrub [aria-label^="Step 6:"]');
    expect(await stepShown()).toBe("6");
    await page.keyboard.press("ArrowLeft");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("5");
  });

  test("shows the state of a message that is opened, and the messages of a state that is pointed at", async () => {
    await at(1);
    const place = call.messages.findIndex(({ label }) => label === "180 Ringing");
    await page.click(`[data-msg="${place}"] .hit`);
    expect(((await page.evaluate(SHOWN)) as Shown).lit).toEqual(["outgoing.ringing"]);
    await page.keyboard.press("Escape");
    expect(await page.locator("#drawer").count()).toBe(0);
    await page.locator('#chart > svg [data-state="outgoing.ringing"]').focus();
    const isOfRinging = (step: number): boolean => {
      const { before = [], after = [] } = call.steps[step] ?? {};
      return [...before, ...after].includes("outgoing.ringing");
    };
    const ofIts = call.messages.flatMap(({ step }, index) => (isOfRinging(step) ? [index] : []));
    const shown =
      "[...document.querySelectorAll('[data-msg]:not(.apart)')].map((message) => Number(message.dataset.msg))";
    expect(await page.evaluate(shown)).toEqual(ofIts);
    expect(await page.textContent("#card b")).toBe("outgoing.ringing");
    await page.keyboard.press("Enter");
    expect(await stepShown()).toBe("2");
    await page.mouse.click(5, 5);
  });

  test("has what was refused in red, with its words", async () => {
    const refused = call.steps.filter((step) => step.refused !== undefined);
    expect(refused.map(({ event }) => event)).toEqual(["jingle.session-accept"]);
    await at(refused[0]?.n ?? 0);
    const red = "getComputedStyle(document.querySelector('#step .no')).color";
    expect(await page.evaluate(red)).toBe("rgb(194, 38, 58)");
    expect(await page.textContent("#step .no")).toBe(
      "refused: jingle.session-accept does not fit a call that is established.stable.talking",
    );
    expect(await page.textContent("#chart .tip.bad text")).toBe("⊘ jingle.session-accept");
    expect(await page.textContent(".turn.now text")).toBe("⊘ jingle.session-accept");
  });

  test("has in its drawer both sides of a message, equal values in one colour, secrets hidden alike", async () => {
    const place = call.messages.findIndex(({ label }) => label === "INVITE ·sdp");
    await page.click(`[data-msg="${place}"] .hit`);
    const marks = `[...document.querySelectorAll("#drawer pre")].map((side) => [...side.querySelectorAll("mark")].map((mark) => [mark.textContent, mark.className.trim()]))`;
    const [left = [], right = []] = (await page.evaluate(marks)) as [string, string][][];
    expect(left.length).toBeGreaterThan(8);
    const colours = new Map(left);
    for (const [value, colour] of right) expect(colour).toBe(colours.get(value) as string);
    const hidden = (side: [string, string][]) => side.map(([value]) => value).filter((value) => value.startsWith("‹"));
    expect(hidden(left)).toEqual(hidden(right));
    expect(hidden(left)).toHaveLength(1);
    await page.keyboard.press("Escape");
  });

  test("has a menu that closes by Esc and by a click elsewhere, with the focus where it was", async () => {
    const menu = page.getByRole("button", { name: "Export" });
    await menu.click();
    await page.keyboard.press("Escape");
    expect(await page.locator(".menu a").count()).toBe(0);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Export");
    await menu.click();
    expect(await page.locator(".menu a").count()).toBe(5);
    await page.mouse.click(5, 5);
    expect(await page.locator(".menu a").count()).toBe(0);
  });

  test("moves nothing for those who want no motion", async () => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    expect(await page.evaluate("document.getAnimations().length")).toBe(0);
    await page.emulateMedia({ reducedMotion: null });
  });

  test("was shown without an error, and without a word to another host", () => {
    expect(trouble).toEqual([]);
  });
});
