/**
 * One side of chaos: an XMPP server with clients, and a gateway with its store. Both can be killed at any instant and restarted.
 *
 * The other side's gateway is its SIP proxy, and answers for all phones.
 */
import type { Element } from "@xmpp/xml";
import { Gateway } from "../../actors/gateway.ts";
import type { LogEvent } from "../../actors/log.ts";
import { Rows } from "../../actors/store/memory.ts";
import type { SimulatedClock } from "../../replay/clock.ts";
import { gatewayConfig, needsOf } from "../../replay/gateway.ts";
import { Mortal } from "../../replay/mortal.ts";
import { PlayServer } from "../../replay/server.ts";
import type { Wire } from "../../replay/wire.ts";
import type { Address, ByteStream, StreamEvents } from "../../transports/transport.ts";
import { Client } from "./client.ts";

/** Milliseconds that a write to the store takes, at each second start. */
const SLOW = 4;

export interface SiteAt {
  readonly domain: string;
  readonly sip: Address;
  readonly server: Address;
  /** The address of the other side's gateway. */
  readonly proxy: Address;
}

export interface SiteNeeds {
  readonly clock: SimulatedClock;
  readonly wire: Wire;
  readonly chance: () => number;
  readonly seed: number;
}

export class Site {
  readonly at: SiteAt;
  readonly clients: readonly Client[];
  readonly rows = new Rows();
  readonly logged: LogEvent[] = [];
  /** The requests of its gateways, by id. */
  readonly #asked = new Map<string, string>();
  /** Ids that were used twice. */
  readonly reused: string[] = [];
  readonly #needs: SiteNeeds;
  #living: { readonly gateway: Gateway; readonly mortal: Mortal } | undefined;
  #starts = 0;
  #server: PlayServer;
  readonly #streams = new Set<ByteStream>();
  /** The authenticated stream of the gateway. */
  #stream: ByteStream | undefined;
  #isServerUp = true;

  constructor(at: SiteAt, users: readonly string[], needs: SiteNeeds) {
    const { clock, chance } = needs;
    this.at = at;
    this.#needs = needs;
    this.#server = this.#newServer();
    const send = (stanza: string): boolean => this.#send(stanza);
    this.clients = users.map((user) => new Client(`${user}@${at.domain}/device`, { clock, chance, send }));
  }

  get component(): string {
    return `sip.${this.at.domain}`;
  }

  get gateway(): Gateway | undefined {
    return this.#living?.gateway;
  }

  get isServerUp(): boolean {
    return this.#isServerUp;
  }

  async listen(): Promise<void> {
    await this.#needs.wire.listen(this.at.server, (stream) => this.#accept(stream));
  }

  /** Starts a gateway, which continues with the saved calls. */
  async start(): Promise<void> {
    const { clock, wire, seed } = this.#needs;
    const mortal = new Mortal(clock, wire);
    // no two gateways use the same ids
    const needs = needsOf(clock, wire, (event) => void this.logged.push(event), seed * 1_000 + ++this.#starts);
    const slow = this.#starts % 2 === 0 ? SLOW : 0;
    const saving = { clock: mortal.clock, open: mortal.open, store: mortal.store(this.rows, undefined, slow) };
    const gateway = new Gateway(this.#config(), { ...needs, ...saving });
    this.#living = { gateway, mortal };
    await gateway.start();
  }

  /** As by kill -9. */
  kill(): void {
    this.#living?.mortal.kill();
    this.#living = undefined;
  }

  /** As by SIGTERM: it saves its calls, and exits. */
  async handOver(): Promise<void> {
    const living = this.#living;
    this.#living = undefined;
    living?.gateway.handOver();
    await living?.gateway.stopped;
    living?.mortal.kill();
  }

  serverDies(): void {
    this.#isServerUp = false;
    this.#needs.wire.refuses.add(`${this.at.server.host}:${this.at.server.port}`);
    for (const stream of this.#streams) stream.destroy();
    this.#stream = undefined;
  }

  serverComesBack(): void {
    this.#isServerUp = true;
    this.#needs.wire.refuses.delete(`${this.at.server.host}:${this.at.server.port}`);
    this.#server = this.#newServer();
  }

  #config() {
    const { sip, server, proxy, domain } = this.at;
    const config = gatewayConfig({}, "gateway", { bind: [sip.host], port: sip.port, localHost: sip.host });
    const addresses = {
      ...config.calls.addresses,
      ...{ hosts: [domain], component: this.component, ours: [sip.host] },
      ...{ proxyHost: proxy.host, proxyPort: proxy.port, usernameToPhone: [] },
    };
    return {
      ...config,
      xmpp: { ...config.xmpp, ...server, domain: this.component, hosts: [domain] },
      calls: {
        ...config.calls,
        ...{ localHost: sip.host, sdpOrigin: sip.host, proxy: { transport: "udp", ...proxy } as const, addresses },
      },
    };
  }

  #newServer(): PlayServer {
    return new PlayServer((stanza) => this.#delivers(stanza));
  }

  #accept(stream: ByteStream): StreamEvents {
    if (!this.#isServerUp) {
      stream.destroy();
      return { received: () => {}, closed: () => {} };
    }
    this.#streams.add(stream);
    const opened: ByteStream = {
      ...stream,
      write: (text) => {
        // nothing is accepted before the handshake (XEP-0114)
        if (text === "<handshake/>") this.#stream = stream;
        return stream.write(text);
      },
    };
    const { received, closed } = this.#server.accept(opened);
    return {
      received,
      closed: () => {
        this.#streams.delete(stream);
        if (this.#stream === stream) this.#stream = undefined;
        closed();
      },
    };
  }

  #delivers(stanza: Element): void {
    const { id, type } = stanza.attrs;
    if (stanza.is("iq") && (type === "set" || type === "get")) {
      if ((this.#asked.get(String(id)) ?? String(stanza)) !== String(stanza))
        this.reused.push(`${this.at.domain}: id ${id}`);
      this.#asked.set(String(id), String(stanza));
    }
    const to = String(stanza.attrs.to);
    const client = this.clients.find(({ jid }) => jid === to || jid.startsWith(`${to}/`));
    client?.hears(stanza);
  }

  #send(stanza: string): boolean {
    if (this.#stream === undefined) return false;
    this.#server.send(stanza);
    return true;
  }
}
