/**
 * Headless Chromium, with phones in its pages: each page a context of its own, as in a window of another person.
 *
 * Two features are off: names of .local instead of addresses, which nobody in the lab resolves; and keys against quantum
 * computers in DTLS, since they split the ClientHello, and linphone 5.1 (mbedTLS 2.28) reads no ClientHello in two parts:
 * where the browser is DTLS client, that is when linphone calls, there would be silence.
 */

import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { Inbox } from "../support/inbox.ts";
import { program } from "../support/programs.ts";
import type { Account, Extras, Heard, PagePhone, Told } from "./pages/phone.ts";

const OPTIONS = [
  "--no-sandbox", // we are root
  "--use-fake-device-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
  "--disable-features=WebRtcHideLocalIpsWithMdns,WebRtcPqcForDtls",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--no-first-run",
];

export interface Chromium {
  /** A page with a phone of this kind. */
  open(kind: "xmpp" | "sip"): Promise<BrowserPhone>;
  /** A page with connections and no phone (pages/connections.ts). */
  connections(): Promise<Page>;
  stop(): Promise<void>;
}

export async function startChromium(): Promise<Chromium> {
  const scripts = { xmpp: await bundle("xmpp-phone.ts"), sip: await bundle("sip-phone.ts") };
  // A page from loopback is a secure context, which WebRTC wants.
  const site = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(PAGE, { headers: HTML }) });
  const executablePath = program("chromium");
  const browser: Browser = await chromium.launch({ executablePath, headless: true, args: OPTIONS });
  return {
    async open(kind) {
      const page = await (await browser.newContext({ permissions: ["microphone"] })).newPage();
      const phone = new BrowserPhone(page);
      await page.exposeFunction("tell", (told: Told) => phone.told.put(told));
      await page.goto(`${site.url}`);
      await page.addScriptTag({ content: scripts[kind] });
      return phone;
    },
    async connections() {
      const page = await (await browser.newContext({ permissions: ["microphone"] })).newPage();
      await page.goto(`${site.url}`);
      await page.addScriptTag({ content: await bundle("connections.ts") });
      return page;
    },
    async stop() {
      await browser.close();
      await site.stop(true);
    },
  };
}

const PAGE = "<!doctype html><title>A phone</title>";
const HTML = { "content-type": "text/html" };

async function bundle(name: string): Promise<string> {
  const define = { global: "window", "process.env.NODE_ENV": '"production"' };
  const entrypoints = [join(import.meta.dir, "pages", name)];
  const built = await Bun.build({ entrypoints, target: "browser", format: "iife", define });
  return (await built.outputs[0]?.text()) ?? "";
}

/** The phone of a page, seen from its test. */
export class BrowserPhone {
  told = new Inbox<Told>();
  /** What the page has complained of. */
  readonly errors: string[] = [];
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    page.on("pageerror", ({ message }) => this.errors.push(message));
  }

  connect(account: Account): Promise<string> {
    return this.#ask("connect", account);
  }

  call(to: string, extras: Extras = {}): Promise<void> {
    return this.#ask("call", to, extras);
  }

  write(text: string): Promise<void> {
    return this.#ask("write", text);
  }

  press(key: string): Promise<void> {
    return this.#ask("press", key);
  }

  /** Something it is asked to do. */
  tap(button: Exclude<keyof PagePhone, "connect" | "call" | "write" | "press" | "heard" | "forget">): Promise<void> {
    return this.#ask(button);
  }

  heard(): Promise<Heard> {
    return this.#ask("heard");
  }

  /** Ends a call that a failing test has left, and drops what has been told of it. */
  async forget(): Promise<void> {
    await this.#ask("forget");
    this.told = new Inbox();
  }

  /** Waits until that happens. */
  tells(what: Told["what"]): Promise<Told> {
    return this.told.next((each) => each.what === what, `"${what}" of the page`);
  }

  async close(): Promise<void> {
    await this.#page.context().close();
  }

  #ask<Answer>(method: keyof PagePhone, ...values: readonly unknown[]): Promise<Answer> {
    return this.#page.evaluate<Answer>(`phone.${method}(${values.map((each) => JSON.stringify(each)).join()})`);
  }
}
