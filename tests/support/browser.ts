/** Headless Chromium with the page: what it does, its console errors, and its requests. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { notInstalled, program } from "./programs.ts";

export const noChromium = notInstalled("chromium", "chromium");

const OPTIONS = [
  "--no-sandbox", // for tests run as root
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-dev-shm-usage",
  "--no-first-run",
];

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: program("chromium"), headless: true, args: OPTIONS });

/** A page, and everything that went wrong in it. */
export interface Watched {
  readonly page: Page;
  /** Errors, console messages, and requests to other hosts. */
  readonly trouble: readonly string[];
}

export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const trouble: string[] = [];
  const { host } = new URL(address);
  page.on("pageerror", (error) => void trouble.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") trouble.push(message.text());
  });
  page.on("request", (request) => {
    if (new URL(request.url()).host !== host) trouble.push(`asks ${request.url()}`);
  });
  await page.goto(address);
  return { page, trouble };
}
