/** The lab with its servers up: XMPP server, gateway, SIP proxy, browser; phones come as a test wants them. */
import type { GatewayProcess } from "../support/gateway-process.ts";
import { COMPONENT, DOMAIN, type XmppServer } from "../support/prosody.ts";
import { type Baresip, type BaresipKind, startBaresip } from "./baresip.ts";
import { type BrowserPhone, type Chromium, startChromium } from "./chromium.ts";
import { startLabGateway } from "./gateway.ts";
import { Kamailio } from "./kamailio.ts";
import { PROXY, PROXY_WEB_PORT, until } from "./lab.ts";
import { LabProsody } from "./prosody.ts";

/** What a page sings. */
export const JULIET_HERTZ = 1_000;
export const WEB_HERTZ = 1_300;

export interface Scene {
  readonly server: LabServer;
  readonly kamailio: Kamailio;
  readonly chromium: Chromium;
  readonly gateway: GatewayProcess;
  phone(kind: BaresipKind): Promise<Baresip>;
  /** A page with the XMPP user who is online as juliet. */
  juliet(): Promise<BrowserPhone>;
  /** A page with a SIP user, registered over WebSocket. */
  web(): Promise<BrowserPhone>;
  /** Waits until the gateway has seen every call to its end, on both sides. */
  noCalls(): Promise<void>;
  stop(): Promise<void>;
}

/** An XMPP server with WebSocket, that stops and starts again as it was. */
export interface LabServer extends XmppServer {
  readonly webSocket: string;
  /** Whoever is named has an account; the password is the name. */
  create(users: readonly string[]): Promise<void>;
  start(): Promise<void>;
}

export async function startScene(
  transport: "udp" | "tcp" = "udp",
  server: LabServer = new LabProsody(),
): Promise<Scene> {
  const kamailio = new Kamailio();
  await server.create(["juliet"]);
  await Promise.all([server.start(), kamailio.start()]);
  const [gateway, chromium] = await Promise.all([startLabGateway(transport), startChromium()]);
  const phones: Baresip[] = [];
  return {
    server,
    kamailio,
    chromium,
    gateway,
    async phone(kind) {
      const phone = await startBaresip(kind);
      phones.push(phone);
      return phone;
    },
    async juliet() {
      const page = await chromium.open("xmpp");
      const account = { server: server.webSocket, user: `juliet@${DOMAIN}`, password: "juliet" };
      await page.connect({ ...account, gateway: COMPONENT, hertz: JULIET_HERTZ });
      return page;
    },
    async web() {
      const page = await chromium.open("sip");
      const account = { server: `ws://${PROXY}:${PROXY_WEB_PORT}`, user: `sip:web@${COMPONENT}`, password: "secret" };
      await page.connect({ ...account, gateway: "", hertz: WEB_HERTZ });
      return page;
    },
    async noCalls() {
      const calls = async () => ((await (await gateway.health()).json()) as { calls: number }).calls;
      await until("no call in the gateway", calls, (number) => number === 0, 40);
    },
    async stop() {
      await chromium.stop();
      await gateway.stop();
      for (const phone of phones) await phone.stop();
      await Promise.all([server.stop(), kamailio.stop()]);
    },
  };
}
