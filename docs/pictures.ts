/**
 * npm run pictures: makes the pictures of the README, docs/pictures/*.png: the page with calls of the demo, light and dark.
 *
 * The calls are made in memory, by a simulated clock and chance from a seed, and the browser's clock stands still, so the same calls are
 * shown each time. It needs Chromium (`CHROMIUM`, or /usr/bin/chromium).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { type MemoryStage, memoryStage } from "../examples/memory-stage.ts";
import { Town } from "../examples/town.ts";
import { VERSION } from "../protocol/sip/capabilities.ts";
import { Access } from "../web/access.ts";
import { windowApp } from "../web/app.ts";
import { serveWeb } from "../web/serve.ts";
import { smallerPng } from "./smaller-png.ts";

const LOCAL = "127.0.0.1";
/** An evening of spring, in milliseconds since 1970; and the seed of whatever chance decides. */
const BEGINNING = Date.UTC(2026, 3, 23, 19, 30);
const SEED = 1597;
/** How long the town has made calls, in milliseconds. */
const EVENING = 300_000;
/** Bytes that a picture may have. */
const MOST = 250_000;

const PICTURES = [
  { name: "calls", width: 1280, height: 800, view: (id: string) => `#/calls/${id}` },
  { name: "overview", width: 1280, height: 800, view: () => "#/overview" },
  { name: "phone", width: 390, height: 844, view: (id: string) => `#/calls/${id}` },
];
const THEMES = ["light", "dark"] as const;

const memory = await memoryStage(SEED, BEGINNING);
const town = new Town(memory.stage, memory);
town.open();
const id = await untilOneIsInTheMiddle(memory);
const served = await serveWeb(page(memory), { host: LOCAL, port: 0 });
const folder = join(import.meta.dirname, "pictures");
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
for (const theme of THEMES) for (const picture of PICTURES) await take(browser, picture, theme);
await browser.close();
await served.close();
process.exit(0);

/** Lets the town go on until a call is in the middle of a negotiation that has met another; gives its id. */
async function untilOneIsInTheMiddle({ clock, journal }: MemoryStage): Promise<string> {
  await clock.advance(EVENING);
  for (let turns = 0; turns < 6_000; turns++) {
    await clock.advance(50);
    const rows = journal.calls({}, 50).calls.filter(({ state }) => state[0]?.endsWith(".consulting"));
    const found = rows.find((row) => journal.call(row.id)?.steps.some(({ refused }) => refused !== undefined));
    if (found) return found.id;
  }
  throw new Error("no call has come to the middle of a negotiation");
}

function page({ journal, random, stage }: MemoryStage): ReturnType<typeof windowApp> {
  return windowApp({
    ...{ journal, boot: random(), version: VERSION },
    access: new Access({ token: "", isLocal: true, random, now: () => Date.now() }),
    health: () => stage.gateway.health,
    metrics: { type: "text/plain", text: async () => "" },
    setting: () => stage.setting,
    hangUp: () => false,
    drain: () => {},
  });
}

async function take(from: Browser, { name, width, height, view }: (typeof PICTURES)[number], theme: "light" | "dark") {
  const tab = await from.newPage({ viewport: { width, height }, colorScheme: theme, reducedMotion: "reduce" });
  await tab.clock.setFixedTime(memory.clock.now());
  await tab.goto(`http://${LOCAL}:${served.port}/${view(id)}`);
  await tab.waitForSelector("#chart svg", { state: "attached" });
  await tab.evaluate("document.fonts.ready");
  await tab.waitForTimeout(500);
  const png = smallerPng(await tab.screenshot());
  await tab.close();
  if (png.length > MOST) throw new Error(`${name}-${theme}.png has ${png.length} bytes, more than ${MOST}`);
  writeFileSync(join(folder, `${name}-${theme}.png`), png);
  console.log(`docs/pictures/${name}-${theme}.png: ${Math.round(png.length / 1000)} kB`);
}
