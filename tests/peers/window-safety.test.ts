/** What the window is to whoever is hostile, cannot see, or has a small screen, in a real browser. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { escapeXML } from "ltx/lib/escape.js";
import type { Browser, Page } from "playwright-core";
import type { CallView } from "../../journal/view.ts";
import { launch, noChromium, openPage } from "../support/browser.ts";
import { TestWindow } from "../support/window.ts";
import { aboutOf, begin, offerOnAndOn, TALKING, tellSip, tellXmpp } from "../support/window-calls.ts";
import { LIVED, LIVED_UNTIL_ITS_END } from "../support/window-plays.ts";
import { tellSecrets } from "../support/window-secrets.ts";

const MARKUP = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`;
const TURNED = "\u202egnp.exe\u202c";
/** No XML has these (XML 1.0 §2.2). */
const CONTROLS = "\u0000\u001b[31m";
const LONG = "x".repeat(10_240);
const fitsAcross = "document.documentElement.scrollWidth <= innerWidth";
const waitForCall = (page: Page) => page.waitForSelector("#scrub [aria-current]");

describe.skipIf(noChromium !== undefined)("the window", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test("shows hostile names, stanzas, bodies and reasons as text, and stays as wide as it is", async () => {
    const window = await TestWindow.open();
    for (const [number, text] of [MARKUP, TURNED, LONG, `${MARKUP}${TURNED}`].entries()) {
      const about = aboutOf(number, {
        ...{ from: `${text}@${text}/${text}`, to: `${text}@sip.example.org`, sid: text, callId: `c${number}` },
      });
      const escaped = escapeXML(text);
      tellSip(window.journal, about, true, "INVITE sip:a@b SIP/2.0", `X: ${text}\n\nv=0\ns=${text}`);
      const call = begin(window.journal, about);
      tellSip(window.journal, about, false, `SIP/2.0 400 ${text}${CONTROLS}`, `\n${text}`);
      const [from, to] = [about.them, about.us];
      const session = `<jingle xmlns='urn:xmpp:jingle:1' sid="${escaped}" action="${escaped}"><reason><text>${escaped}</text></reason></jingle>`;
      tellXmpp(window.journal, false, `<iq type='set' id='${number}' from='${from}' to='${to}'>${session}</iq>`);
      call.refused(`jingle.${text}`, text);
      call.step("sip.bye", TALKING, [{ guard: { type: text }, actions: [text] }]);
      if (number % 2 === 0) call.ended(text);
    }
    const { page, trouble } = await openPage(browser, window.url);
    for (const { id, steps, messages } of window.journal
      .calls({}, 10)
      .calls.map((row) => window.journal.call(row.id) as CallView)) {
      await page.goto(`${window.url}/#/calls/${id}/${steps.length}`);
      await page.waitForSelector(`#scrub [aria-current]:has-text("${steps.length}")`);
      for (const { n } of steps) await page.click(`#scrub [aria-label^="Step ${n}:"]`);
      for (const place of messages.keys()) {
        await page.evaluate(
          `document.querySelector('[data-msg="${place}"]').dispatchEvent(new MouseEvent("click", { bubbles: true }))`,
        );
        await page.waitForSelector("#drawer");
        const text = (await page.textContent("#drawer")) ?? "";
        expect(text).not.toMatch(/[\u202e\u0000\u001b]/);
      }
      expect(await page.evaluate(fitsAcross)).toBe(true);
    }
    expect(await page.textContent("#rows")).toContain("<img src=x");
    await page.goto(`${window.url}/#/overview`);
    await page.waitForSelector(".bars");
    expect(await page.evaluate("[window.hacked, document.querySelectorAll('img, body script').length]")).toEqual([
      undefined,
      0,
    ]);
    expect(trouble).toEqual([]);
    await page.context().close();
    await window.close();
  });

  test("shows every message of a call, and no secret of it", async () => {
    const window = await TestWindow.open();
    tellSecrets(window.journal);
    const { page, trouble } = await openPage(browser, window.url);
    await waitForCall(page);
    const count = await page.locator("[data-msg]").count();
    expect(count).toBe(5);
    for (let place = 0; place < count; place++) {
      await page.locator(`[data-msg="${place}"]`).dispatchEvent("click");
      await page.waitForSelector("#drawer:has-text('‹hidden ')");
      expect((await page.content()).match(/S3CRET\S*/g)).toBeNull();
    }
    expect(trouble).toEqual([]);
    await page.context().close();
    await window.close();
  });

  test("makes no markup of text, runs nothing inline, and asks no other host, whoever tries", async () => {
    const window = await TestWindow.open();
    const { page } = await openPage(browser, window.url);
    const refused = (what: string): Promise<unknown> =>
      page.evaluate(`(async () => { try { ${what}; return "done"; } catch { return "refused"; } })()`);
    expect(await refused("document.body.innerHTML = '<b>x</b>'")).toBe("refused");
    expect(await refused("document.createElement('script').src = '/page.js'")).toBe("refused");
    expect(await refused("await fetch('http://127.0.0.1:1/')")).toBe("refused");
    const inline = `(() => { const style = document.createElement("div"); style.setAttribute("style", "width: 1px"); document.body.append(style); return style.offsetWidth; })()`;
    expect(await page.evaluate(inline)).not.toBe(1);
    await page.context().close();
    await window.close();
  });

  test("asks for the token, once, and shows nothing without it", async () => {
    const window = await TestWindow.open({ token: "grüße", isLocal: false });
    begin(window.journal, aboutOf(1));
    const { page } = await openPage(browser, window.url);
    await page.fill("input[name=token]", "guess");
    await page.click("text=Open");
    await page.waitForSelector("[role=alert]:has-text('Wrong token.')");
    expect(await page.content()).not.toContain("user1");
    await page.fill("input[name=token]", "grüße");
    await page.click("text=Open");
    await page.waitForSelector("#rows .row:has-text('user1')");
    await page.waitForSelector(".live:has-text('live')");
    const [cookie] = await page.context().cookies();
    expect([cookie?.httpOnly, cookie?.sameSite, cookie?.path]).toEqual([true, "Strict", "/"]);
    expect(await page.evaluate("document.cookie")).toBe("");
    page.on("dialog", (dialog) => void dialog.accept());
    await page.click("text=Hang up");
    await page.waitForSelector(".out [role=alert]"); // this call is of no gateway
    expect(window.asked).toEqual(["hang up call1"]);
    await page.context().close();
    await window.close();
  });

  test("takes the token of a link, which leaves the address; a wrong one opens nothing", async () => {
    const window = await TestWindow.open({ token: "grüße", isLocal: false });
    begin(window.journal, aboutOf(1));
    const { page, trouble } = await openPage(browser, `${window.url}/#token=${encodeURIComponent("grüße")}`);
    await page.waitForSelector("#rows .row:has-text('user1')");
    expect(await page.evaluate("[location.href, history.length]")).toEqual([`${window.url}/#/calls/call1`, 2]);
    expect(trouble).toEqual([]);
    await page.context().close();
    const other = await openPage(browser, `${window.url}/#token=%`);
    await other.page.waitForSelector("input[name=token]");
    expect(other.page.url()).toBe(`${window.url}/`);
    await other.page.goto(`${window.url}/#token=${encodeURIComponent("grüße")}`);
    await other.page.waitForSelector("#rows .row:has-text('user1')");
    await other.page.context().close();
    await window.close();
  });

  describe("is read by those who cannot see:", () => {
    let window: TestWindow;
    let locked: TestWindow;
    let call: string;
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    const violations = async (page: Page): Promise<string[]> => {
      await page.evaluate(axe);
      return page.evaluate(
        `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, any }) => [id, target, any[0]?.message].join(" "))))`,
      );
    };
    const VIEWS: readonly (readonly [string, () => string, string, ((page: Page) => Promise<unknown>)?])[] = [
      ["a call", () => `#/calls/${call}/5`, "#scrub"],
      ["a call near its end", () => `#/calls/${call}/11`, "#scrub .up.past"],
      ["a refusal", () => `#/calls/${call}/8`, "#step .no"],
      ["a message", () => `#/calls/${call}/5`, "#scrub", (page) => page.click("[data-msg='3'] .hit")],
      [
        "a state",
        () => `#/calls/${call}/5`,
        "#scrub",
        (page) => page.locator("#chart > svg [data-state='outgoing.ringing']").focus(),
      ],
      ["the menu", () => `#/calls/${call}/5`, "#scrub", (page) => page.click("text=Export")],
      ["the overview", () => "#/overview", ".bars"],
      ["a machine", () => "#/machines/xmpp-stream", "#words table"],
    ];
    beforeAll(async () => {
      window = await TestWindow.open();
      locked = await TestWindow.open({ token: "x", isLocal: false });
      await window.play(LIVED);
      await window.play(LIVED_UNTIL_ITS_END);
      begin(window.journal, aboutOf(1)).ended("decline");
      call = window.journal.calls({ q: "juliet" }, 1).calls[0]?.id ?? "";
    });
    afterAll(async () => {
      await window?.close();
      await locked?.close();
    });

    test.each(["light", "dark"] as const)(
      "axe finds nothing in any view that is %s, wide or narrow",
      async (colorScheme) => {
        for (const width of [1280, 390]) {
          const { page } = await openPage(browser, window.url, {
            colorScheme,
            viewport: { width, height: 800 },
            reducedMotion: "reduce",
          });
          for (const [name, hash, ready, act] of width === 390 ? VIEWS.filter(([name]) => name !== "a state") : VIEWS) {
            await page.goto(`${window.url}/${hash()}`);
            await page.reload();
            await page.waitForSelector(ready);
            await act?.(page);
            expect([name, width, await violations(page)]).toEqual([name, width, []]);
            expect([name, width, await page.evaluate(fitsAcross)]).toEqual([name, width, true]);
          }
          await page.goto(locked.url);
          await page.waitForSelector("form");
          expect(await violations(page)).toEqual([]);
          await page.context().close();
        }
      },
    );

    test("no text of a drawing is wider than its box, at any step", async () => {
      offerOnAndOn(begin(window.journal, aboutOf(2)), 60);
      const { page } = await openPage(browser, window.url);
      const wide = `(() => { const found = [];
        for (const text of document.querySelectorAll("main svg g > rect:not(.hit) ~ text:not(.when)")) {
          const rect = text.parentElement.querySelector(":scope > rect:not(.halo)").getBoundingClientRect(), { left, right } = text.getBoundingClientRect();
          if (left < rect.left - 0.5 || right > rect.right + 0.5) found.push(text.textContent + " in " + text.parentElement.getAttribute("class"));
        }
        return found; })()`;
      const addresses = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((step) => `#/calls/${call}/${step}`);
      for (const hash of [
        ...addresses,
        "#/calls/call2/122",
        "#/overview",
        "#/machines/call",
        "#/machines/xmpp-stream",
      ]) {
        await page.goto(`${window.url}/${hash}`);
        await page.waitForSelector(
          hash.startsWith("#/calls") ? `#scrub [aria-current]:has-text("${hash.split("/").at(-1)}")` : "main svg .leaf",
        );
        await page.evaluate(
          "document.fonts.ready.then(() => [...document.fonts].some(({ status }) => status === 'loaded'))",
        );
        expect([hash, await page.evaluate(wide)]).toEqual([hash, []]);
      }
      await page.context().close();
    });

    test("a small screen has the chart as words, lit alike", async () => {
      const { page } = await openPage(browser, `${window.url}/#/calls/${call}/5`, {
        viewport: { width: 390, height: 800 },
      });
      await waitForCall(page);
      expect(await page.locator("#chart > svg").isVisible()).toBe(false);
      expect(await page.locator("#outline span.on").allTextContents()).toEqual(["stable5", "heldByUser4"]);
      expect(await page.locator("#outline span.was").allTextContents()).toEqual([
        "inviting1",
        "ringing2",
        "offering4",
        "talking3",
      ]);
      await page.context().close();
    });

    test("every state can be read by keyboard alone", async () => {
      const { page } = await openPage(browser, `${window.url}/#/calls/${call}/5`);
      await waitForCall(page);
      await page.locator("#chart > svg [data-rove][tabindex='0']").focus();
      const first = await page.textContent("#card b");
      await page.keyboard.press("ArrowDown");
      expect(await page.textContent("#card b")).not.toBe(first);
      const stops =
        '[...document.querySelectorAll(\'#chart [tabindex="0"], #ladder [tabindex="0"], #scrub .bar [tabindex="0"]\')].length';
      expect(await page.evaluate(stops)).toBe(3);
      await page.context().close();
    });
  });
});
