/** The window of a busy gateway in a real browser: ten thousand calls, two hundred a second, a restart, and nothing at all. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { launch, noChromium, openPage } from "../support/browser.ts";
import { TestWindow } from "../support/window.ts";
import { aboutOf, begin, beginMany, offerOnAndOn, TALKING, tellSip } from "../support/window-calls.ts";

const rowsShown = "document.querySelectorAll('#rows .row').length";

describe.skipIf(noChromium !== undefined)("the window of", () => {
  let browser: Browser;
  let window: TestWindow;
  let page: Page;

  const look = async (hash = ""): Promise<void> => {
    ({ page } = await openPage(browser, `${window.url}/${hash}`));
  };

  beforeAll(async () => {
    browser = await launch();
  });
  beforeEach(async () => {
    window = await TestWindow.open();
  });
  afterEach(async () => {
    await page.context().close();
    await window.close();
  });
  afterAll(() => browser?.close());

  test("a gateway that had no call yet says what will be there, and shows the call that comes", async () => {
    await look();
    await page.waitForSelector("#call h1:has-text('No call yet')");
    expect(await page.textContent("#call p")).toStartWith("Calls appear here as they begin");
    await page.waitForSelector("#chart.rest .leaf");
    await page.waitForSelector(".live:has-text('live')");
    begin(window.journal, aboutOf(1));
    await page.waitForSelector("#rows .row:has-text('user1')");
  });

  test("a gateway whose media relay is away says so, and one without a relay says nothing of it", async () => {
    await look();
    await page.waitForSelector(".health:has-text('Proxy up')");
    expect(await page.textContent(".health")).not.toContain("Relay");
    await page.context().close();
    await window.close();
    window = await TestWindow.open({ relay: "down" });
    await look();
    await page.waitForSelector(".health .no:has-text('Relay down')");
  });

  test("10,000 calls has under 50 rows in the document, and filters in under 100 ms", async () => {
    beginMany(window.journal, 0, 10_000);
    await look();
    await page.waitForSelector("#count:has-text('10000 of 10000 calls')");
    expect(await page.evaluate(rowsShown)).toBeLessThan(50);
    const filters = `(async () => {
      const took = [];
      for (const words of ["user77", "+44 20 7946 01", "decline", "talking", "call9999"]) {
        const field = document.getElementById("filter"), count = document.getElementById("count"), before = count.textContent;
        const begun = performance.now();
        field.value = words;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        while (count.textContent === before) await new Promise((done) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); });
        took.push(performance.now() - begun);
      }
      return took;
    })()`;
    const took = (await page.evaluate(filters)) as number[];
    expect(await page.textContent("#count")).toBe("1 of 10000 calls · 0 live");
    expect(took.toSorted((one, other) => one - other)[2]).toBeLessThan(100);
    await page.fill("#filter", "");
    await page.evaluate("document.getElementById('rows').scrollTop = 200_000");
    await page.waitForSelector("#rows .row[style*='top: 200']");
    expect(await page.evaluate(rowsShown)).toBeLessThan(50);
  });

  test("calls that come in leaves the rows in sight where they are", async () => {
    beginMany(window.journal, 0, 300);
    await look();
    await page.waitForSelector("#count:has-text('300 of 300 calls')");
    await page.waitForSelector(".live:has-text('live')");
    await page.evaluate("document.getElementById('rows').scrollTop = 4_600");
    const top = `(() => { const edge = document.getElementById("rows").getBoundingClientRect().top;
      return [...document.querySelectorAll("#rows .row")].map((row) => [row.id, Math.round(row.getBoundingClientRect().top - edge)]).find(([, y]) => y >= 0).join(); })()`;
    await page.waitForSelector("#rows .row[style*='top: 4600px']");
    const before = await page.evaluate(top);
    beginMany(window.journal, 300, 320);
    await page.waitForSelector("#count:has-text('320 of 320 calls')");
    expect(await page.evaluate(top)).toBe(before as string);
  });

  test("200 calls a second answers while one of them is watched", async () => {
    const watched = begin(window.journal, aboutOf(100_000));
    await look("#/calls/call100000");
    await page.waitForSelector(".live:has-text('live')");
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    const busy = async (): Promise<number> => {
      const { metrics } = await session.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
    };
    let number = 0;
    const begun = performance.now();
    const before = await busy();
    while (performance.now() - begun < 3_000) {
      const due = Math.floor(((performance.now() - begun) / 1_000) * 200);
      beginMany(window.journal, number, due);
      number = due;
      await Bun.sleep(25);
    }
    const share = (await busy()) - before;
    expect(share / ((performance.now() - begun) / 1_000)).toBeLessThan(0.5); // of the page's main thread
    watched.step("sip.reinvite", { established: { negotiation: "consulting", hold: "talking" } }, []);
    await page.waitForSelector("#scrub [aria-current]:has-text('3')", { timeout: 2_000 });
    await page.waitForSelector(`#count:has-text('${number + 1} of ${number + 1} calls')`);
  });

  test("a busy call is told whole once, then what is new of it, and the page has all of it", async () => {
    const about = aboutOf(1);
    const call = begin(window.journal, about);
    for (let at = 0; at < 60; at++)
      tellSip(window.journal, about, false, `MESSAGE sip:a${at}@b SIP/2.0`, `\n${"x".repeat(1_000)}`);
    const heard: { event: string; size: number }[] = [];
    await look();
    // the page before the reload has asked for its feed by now, so what it still receives is not counted
    await page.waitForSelector("#scrub [aria-current]:has-text('2')");
    const session = await page.context().newCDPSession(page);
    const asked = new Set<string>();
    session.on("Network.requestWillBeSent", ({ requestId }) => asked.add(requestId));
    session.on("Network.eventSourceMessageReceived", ({ requestId, eventName, data }) => {
      if (asked.has(requestId)) heard.push({ event: eventName, size: data.length });
    });
    await session.send("Network.enable");
    await page.reload();
    await page.waitForSelector("#scrub [aria-current]:has-text('2')");
    for (let step = 4; step <= 40; step += 2) {
      offerOnAndOn(call, 1);
      await page.waitForSelector(`#scrub [aria-current]:has-text("${step}")`);
    }
    tellSip(window.journal, about, true, "BYE sip:a@b SIP/2.0");
    tellSip(window.journal, about, true, "BYE sip:a@b SIP/2.0");
    call.step("sip.bye", "ended", []);
    call.ended("success");
    await page.waitForSelector("[data-msg='60'] title:has-text('BYE')", { state: "attached" });
    await page.waitForSelector("#about strong:has-text('(success)')");
    expect(await page.locator("[data-msg]").count()).toBe(61);
    expect(await page.textContent("#ladder .again")).toBe("×2");
    expect(heard.filter(({ event }) => event === "journal")).toHaveLength(1);
    const news = heard.filter(({ event }) => event === "news").map(({ size }) => size);
    expect(news.length).toBeGreaterThan(15);
    expect(Math.max(...news)).toBeLessThan(4_000);
  });

  test("a call that has done much has room for all its steps, and says what was left out", async () => {
    const about = aboutOf(1);
    const call = begin(window.journal, about);
    offerOnAndOn(call, 70);
    await look("#/calls/call1");
    await page.waitForSelector("#scrub [aria-current]:has-text('142')");
    const fits = `(() => { const bar = document.querySelector("#scrub .bar"), now = bar.querySelector("[aria-current]").getBoundingClientRect();
      const { left, right } = bar.getBoundingClientRect(); return now.left >= left && now.right <= right + 1 && document.documentElement.scrollWidth <= innerWidth; })()`;
    expect(await page.evaluate(fits)).toBe(true);
    await page.keyboard.press("Tab");
    await page.click('#scrub [aria-label^="Step 2:"]');
    expect(await page.evaluate(fits)).toBe(true);
    expect(await page.locator("#talk .note").count()).toBe(0);
    offerOnAndOn(call, 180);
    for (let at = 0; at < 3; at++) tellSip(window.journal, about, false, `MESSAGE sip:a@b${at} SIP/2.0`);
    await page.waitForSelector("#talk .note:has-text('105 entries are left out')");
  });

  test("a gateway that goes away and comes back says so, keeps what it has, and then has what there is", async () => {
    beginMany(window.journal, 0, 20);
    await look("#/calls/call10");
    await page.waitForSelector("#count:has-text('20 of 20 calls')");
    await page.waitForSelector(".live:has-text('live')");
    const { port } = window;
    await window.close();
    await page.waitForSelector(".live.lost:has-text('not connected')");
    expect(await page.textContent("#count")).toStartWith("20 of 20 calls");
    expect(await page.locator("#scrub [aria-current]").count()).toBe(1);
    window = await TestWindow.open({ port, boot: "another run" });
    beginMany(window.journal, 50, 53);
    await page.waitForSelector("#count:has-text('3 of 3 calls')", { timeout: 15_000 });
    begin(window.journal, aboutOf(60)).step("jingle.hold", TALKING, []);
    await page.waitForSelector("#count:has-text('4 of 4 calls')");
    expect(await page.evaluate(rowsShown)).toBe(4);
  });
});
