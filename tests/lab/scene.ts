/** The lab with its servers up: XMPP server, gateway, SIP proxy, browser; phones come as a test wants them. */
import type { Pair } from "../support/certificates.ts";
import type { GatewayProcess } from "../support/gateway-process.ts";
import { COMPONENT, DOMAIN, type XmppServer } from "../support/prosody.ts";
import { until } from "../support/until.ts";
import { type Baresip, type BaresipKind, startBaresip } from "./baresip.ts";
import { type BrowserPhone, type Chromium, startChromium } from "./chromium.ts";
import { type LabGatewayOptions, type ProxyAddress, startLabGateway } from "./gateway.ts";
import { Kamailio } from "./kamailio.ts";
import { PROXY, PROXY_WEB_PORT } from "./lab.ts";
import type { World } from "./worlds.ts";

/** What a page sings. */
export const JULIET_HERTZ = 1_000;
export const WEB_HERTZ = 1_300;
export const ROMEO_HERTZ = 1_600;

export interface Scene {
  readonly server: LabServer;
  readonly kamailio: Kamailio;
  readonly gateway: GatewayProcess;
  phone(kind: BaresipKind): Promise<Baresip>;
  /** A page with the XMPP user who is online as juliet. */
  juliet(): Promise<BrowserPhone>;
  /** A page with the XMPP user romeo. */
  romeo(): Promise<BrowserPhone>;
  /** A page with a SIP user, registered over WebSocket. */
  web(): Promise<BrowserPhone>;
  /** Waits until the gateway has seen every call to its end, on both sides. */
  noCalls(): Promise<void>;
  stop(): Promise<void>;
}

/** An XMPP server with WebSocket, that stops and starts again as it was. */
export interface LabServer extends XmppServer {
  readonly webSocket: string;
  /** The file with its certificate, for one that has TLS. */
  readonly certificate: string;
  /** What it has said. */
  readonly said: string;
  /** Whoever is named has an account; the password is the name. */
  create(users: readonly string[]): Promise<void>;
  start(): Promise<void>;
}

export interface ServerNeeds {
  /** It has the module that hands the users' calls over to the gateway. */
  readonly intercept?: boolean;
  /** Clients may, and must, start TLS. */
  readonly encrypted?: boolean;
  /** The gateway may read and write the users' rosters (Prosody alone), and puts callers into them. */
  readonly rosters?: boolean;
  /** Whom a user has in the roster, each seeing the other (RFC 6121 §2): user names and bare JIDs. */
  readonly friends?: Readonly<Record<string, string>>;
  /** What these contacts are called in the rosters, by bare JID. */
  readonly names?: Readonly<Record<string, string>>;
}

/** A scene may do without the proxy: `peer` is then where the gateway finds the phones. */
export interface SceneNeeds extends ServerNeeds {
  /** The proxy's certificate, where it speaks TLS as well. */
  readonly tls?: Pair | undefined;
  /** Sections more of the gateway's configuration. */
  readonly more?: string;
  readonly peer?: ProxyAddress;
  /** How calls are put to the phones, where there is a media relay. */
  readonly media?: LabGatewayOptions["media"];
}

export async function startScene(world: World, { peer, media, more, tls, ...needs }: SceneNeeds = {}): Promise<Scene> {
  const server = world.server(needs);
  const kamailio = new Kamailio(tls);
  await server.create(["juliet", "romeo"]);
  await server.start();
  const { transport, mode } = world;
  const gateway = await startLabGateway({ transport, mode, proxy: peer, media, more, names: needs.rosters });
  // Last: whom its dispatcher has asked in vain it takes for gone, and answers calls by 503 until the next OPTIONS, a second later.
  await kamailio.start();
  const phones: Baresip[] = [];
  let chromium: Promise<Chromium> | undefined;
  const open = async (kind: "xmpp" | "sip"): Promise<BrowserPhone> => {
    chromium ??= startChromium();
    return (await chromium).open(kind);
  };
  const user = async (name: string, hertz: number): Promise<BrowserPhone> => {
    const page = await open("xmpp");
    const account = { server: server.webSocket, user: `${name}@${DOMAIN}`, password: name };
    await page.connect({ ...account, gateway: COMPONENT, hertz });
    return page;
  };
  return {
    server,
    kamailio,
    gateway,
    async phone(kind) {
      const phone = await startBaresip(kind);
      phones.push(phone);
      return phone;
    },
    juliet: () => user("juliet", JULIET_HERTZ),
    romeo: () => user("romeo", ROMEO_HERTZ),
    async web() {
      const page = await open("sip");
      const account = { server: `ws://${PROXY}:${PROXY_WEB_PORT}`, user: `sip:web@${COMPONENT}`, password: "secret" };
      await page.connect({ ...account, gateway: "", hertz: WEB_HERTZ });
      return page;
    },
    async noCalls() {
      const calls = async () => ((await (await gateway.health()).json()) as { calls: number }).calls;
      await until("no call in the gateway", calls, (number) => number === 0, 40).catch((error: unknown) => {
        throw new Error(`${error}; the gateway has logged: ${gateway.log().slice(-20_000)}`);
      });
    },
    async stop() {
      await (await chromium)?.stop();
      await gateway.stop();
      for (const phone of phones) await phone.stop();
      await Promise.all([server.stop(), kamailio.stop()]);
    },
  };
}
