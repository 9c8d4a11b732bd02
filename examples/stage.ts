/**
 * The stage of the demo: a whole gateway, an XMPP server and phones, with sockets on loopback or in memory, and calls between them.
 *
 * Clock, randomness and sockets are parameters, so that the same calls can be made live and for the pictures of the README.
 */
import { createHash } from "node:crypto";
import type { Element } from "@xmpp/xml";
import type { Clock } from "../actors/clock.ts";
import { Gateway } from "../actors/gateway.ts";
import type { GatewayConfig, GatewayNeeds } from "../actors/gateway-config.ts";
import type { Log } from "../actors/log.ts";
import type { Watch } from "../actors/watch.ts";
import type { Setting } from "../journal/setting.ts";
import { settingOf } from "../replay/setting.ts";
import { DOMAIN, USERS } from "./cast.ts";
import { Client } from "./client.ts";
import { Handset } from "./handset.ts";
import { Phones } from "./phones.ts";
import { type Line, perform } from "./script.ts";
import { type DemoServer, startServer } from "./server.ts";
import { sidesOf } from "./sessions.ts";

const COMPONENT = "sip.example.org";
const LOCAL = "127.0.0.1";
/** The users of the three first calls. */
const FIRST = ["alice@example.org/laptop"];
/** Milliseconds that a call may last after its scene, for example if the last message was lost with the stream. */
const LEAVES = 3_000;
/** Milliseconds that a phone still answers after its scene: longer than a transaction. */
const LINGERS = 40_000;

export interface StageNeeds {
  readonly clock: Clock;
  readonly chance: () => number;
  readonly random: () => string;
  /** Opens the gateway's sockets, and those of the peers. */
  readonly gateway: GatewayNeeds["open"];
  readonly others: GatewayNeeds["open"];
  readonly log: Log;
  readonly watch?: Watch | undefined;
}

/** The participants in one call of a scene. */
export interface Cast {
  readonly jid: string;
  readonly phone: { readonly name: string; readonly number: string };
  readonly id?: string;
}

export class Stage {
  readonly gateway: Gateway;
  /** The gateway's configuration for exports. */
  readonly setting: Setting;
  readonly #needs: StageNeeds;
  readonly #server: DemoServer;
  readonly #phones: Phones;
  readonly #clients: Map<string, Client>;

  private constructor(needs: StageNeeds, server: DemoServer, phones: Phones, clients: Map<string, Client>) {
    this.#needs = needs;
    this.#server = server;
    this.#phones = phones;
    this.#clients = clients;
    const config = configuration(server.port, phones.address.port);
    this.setting = settingOf(config);
    this.gateway = new Gateway(config, {
      ...{ clock: needs.clock, chance: needs.chance, random: needs.random, log: needs.log, open: needs.gateway },
      hash: (algorithm, text) => createHash(algorithm).update(text).digest("hex"),
      sha1: (text, encoding) => createHash("sha1").update(text).digest(encoding),
      resolve: async () => [LOCAL],
      resolvePeer: async () => [LOCAL],
      watch: needs.watch,
    });
  }

  static async open(needs: StageNeeds): Promise<Stage> {
    const clients = new Map<string, Client>();
    const { listen, udp } = needs.others;
    const server: DemoServer = await startServer({
      ...{ listen, at: { host: LOCAL, port: 0 } },
      online: () => {
        for (const jid of [...FIRST, ...USERS]) server.send(`<presence from='${jid}' to='${COMPONENT}'/>`);
      },
      stanza: (stanza) => hear(stanza, clients, server),
    });
    const phones = await Phones.open(udp, { host: LOCAL, port: 0 });
    return new Stage(needs, server, phones, clients);
  }

  /** Starts the gateway; resolves when it can accept calls. */
  async start(): Promise<void> {
    await this.gateway.start();
    this.#phones.gateway = { host: LOCAL, port: this.gateway.sip.port };
    await this.gateway.ready;
  }

  /** Performs a scene as a call of its own; returns false if the scene could not be completed. */
  async play(says: readonly Line[], { jid, phone, id = this.#needs.random().slice(0, 12) }: Cast): Promise<boolean> {
    const { clock, chance } = this.#needs;
    const pause = (milliseconds: number): Promise<void> => new Promise((over) => clock.after(milliseconds, over));
    const { client: side, phone: theirs } = sidesOf(id);
    const common = { pause, thinks: Math.round(400 + 500 * chance()) };
    const handset = new Handset({ ...common, ...phone, phones: this.#phones, callId: id, side: theirs });
    const isPlaced = says.some((line) => line === "user calls");
    const peer = isPlaced ? `${phone.number}@${COMPONENT}` : "";
    const client = new Client({ ...common, send: (text) => this.#server.send(text), jid, sid: id, peer, side });
    this.#clients.set(id, client);
    const dialled = `sip:${jid.split("/", 1)[0]}`;
    const hasEnded = await perform(says, { client, handset, dialled, cut: () => this.#server.cut() }, pause);
    clock.after(LEAVES, () => handset.leaves());
    clock.after(LINGERS, () => {
      this.#clients.delete(id);
      this.#phones.remove(id);
    });
    return hasEnded;
  }

  async close(): Promise<void> {
    this.gateway.stop();
    this.gateway.stop(); // does not wait for live calls
    await this.gateway.stopped;
    await Promise.all([this.#server.close(), this.#phones.close()]);
  }
}

/** Handles stanzas for users: each IQ is acknowledged, and passed to the client of its call. */
function hear(stanza: Element, clients: ReadonlyMap<string, Client>, server: DemoServer): void {
  const { id, type, from, to } = stanza.attrs;
  if (stanza.is("iq") && type === "set") server.send(`<iq type='result' id='${id}' from='${to}' to='${from}'/>`);
  const jingle = stanza.getChild("jingle");
  if (jingle && type === "set") clients.get(jingle.attrs.sid)?.hear(from, jingle);
  const proposal = stanza.is("message") ? stanza.getChild("propose") : undefined;
  if (proposal) clients.get(proposal.attrs.id)?.proposed(from);
}

/** Time-outs are short, so that nobody has to wait a minute for an unanswered call. */
function configuration(serverPort: number, phonePort: number): GatewayConfig {
  const proxy = { host: LOCAL, port: phonePort };
  const hosts = ["example.org", DOMAIN];
  return {
    sip: { bind: [LOCAL], port: 0, localHost: LOCAL, allow: [], strict: false },
    xmpp: { mode: "gateway", host: LOCAL, port: serverPort, domain: COMPONENT, secret: "demo", hosts, video: true },
    calls: {
      proxy: { transport: "udp", ...proxy },
      addresses: {
        ...{ hosts, component: COMPONENT, ours: [LOCAL], intercept: false, speaksAs: [], usernameToPhone: [] },
        ...{ proxyHost: proxy.host, proxyPort: proxy.port },
      },
      ...{ localHost: LOCAL, sdpOrigin: LOCAL, profile: "deployed", outbound: false },
      ...{ username: "", password: "", realm: [] },
      ...{
        ringTimeout: 16_000,
        gatherTimeout: 500,
        renegotiateTimeout: 6_000,
        jmiTimeout: 8_000,
        maxCalls: 50,
        perUser: 0,
        perMinute: 0,
      },
      ...{ media: "webrtc" as const, codecs: [] },
      retryAudioOnly: true,
      trusted: true,
    },
    drainTimeout: 5_000,
  };
}
