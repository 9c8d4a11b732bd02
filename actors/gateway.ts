/**
 * The root supervisor: creates the other actors, starts them, and stops on request or if it cannot continue.
 *
 * Rules: `machines/gateway.ts` decides, this file performs. The stream starts once the SIP sockets are bound, and neither waits for a
 * name server; the gateway is ready when both are up. SIP sockets and XMPP stream reopen themselves, each with its own back-off;
 * if one gives up, the gateway ends, and its owner exits non-zero. gateway-config.ts has its configuration and what is injected.
 */
import { createActor } from "xstate";
import { gateway as chart, type GatewayEffect, type Health } from "../machines/gateway.ts";
import { isServed } from "../protocol/address.ts";
import type { Records } from "../protocol/sip/next-hops.ts";
import { Calls } from "./calls/calls.ts";
import { withSettings } from "./calls/settings.ts";
import { type Clock, chartClock } from "./clock.ts";
import type { GatewayConfig, GatewayNeeds, Reloadable } from "./gateway-config.ts";
import { Hosts, inTime } from "./hosts.ts";
import { Load } from "./load.ts";
import type { Log } from "./log.ts";
import { loggedResolve } from "./logged-resolve.ts";
import { Relay } from "./relay/relay.ts";
import { SipAcl } from "./sip/acl.ts";
import { ProxyCheck } from "./sip/proxy-check.ts";
import { Reach } from "./sip/reach.ts";
import { SipStack } from "./sip/stack.ts";
import type { CallStore } from "./store/store.ts";
import { StoreWriter } from "./store/writer.ts";
import { Tally } from "./tally.ts";
import { type TrunkFiles, Trunks } from "./trunks/trunks.ts";
import { XmppComponent } from "./xmpp/component.ts";

export class Gateway {
  readonly sip: SipStack;
  readonly xmpp: XmppComponent;
  readonly calls: Calls;
  readonly trunks: Trunks;
  readonly #relay: Relay | undefined;
  readonly #actor;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #acl: SipAcl;
  readonly #proxy: ProxyCheck;
  readonly #load: Load;
  readonly #store: CallStore | undefined;
  readonly #writer: StoreWriter | undefined;
  #settings: Reloadable;

  constructor(config: GatewayConfig, needs: GatewayNeeds) {
    const { clock, random, chance, hash, sha1, open, log, watch } = needs;
    const unresolved = new Tally(clock, log, "dns.failed");
    const resolve = loggedResolve(inTime(needs.resolve, clock), unresolved, log);
    const resolvePeer = loggedResolve(inTime(needs.resolvePeer, clock), unresolved, log);
    const load = new Load(clock);
    this.#clock = clock;
    this.#log = log;
    this.#load = load;
    this.#store = needs.store;
    const fenced = (): void => this.#actor.send({ type: "failed", text: FENCED });
    this.#writer = needs.store && new StoreWriter({ store: needs.store, clock, log, fenced });
    const { usernameToPhone } = config.calls.addresses;
    const { maxCalls, perUser, perMinute, dial, trusted } = config.calls;
    this.#settings = {
      allow: config.sip.allow,
      usernameToPhone,
      maxCalls,
      perUser,
      perMinute,
      dial,
      trusted,
      trunkFiles: config.trunkFiles,
    };
    const calls = withSettings(config.calls, () => this.#settings);
    const { proxy, localHost, addresses } = config.calls;
    const { allow: networks, secure, ...sip } = config.sip;
    this.#acl = new SipAcl({ clock, resolve, proxyHost: proxy.host, networks });
    const ours = [localHost, ...addresses.ours];
    const reach = new Reach({
      acl: this.#acl,
      isProxyPort: (port) => port === proxy.port,
      ours,
      port: () => this.sip.port,
      strict: sip.strict,
    });
    this.trunks = new Trunks({
      ...{ trunks: config.trunks ?? [], clock, random, chance, hash, log, resolve, localHost, ours },
      records: needs.records ?? NO_RECORDS,
      files: () => this.#settings.trunkFiles ?? NO_FILES,
      acl: this.#acl,
      port: () => this.sip.port,
      strict: sip.strict,
      asks: (config.proxyInterval ?? 0) > 0,
      sip: () => this.sip,
    });
    const relay =
      config.relay &&
      new Relay({
        ...{ clock, random, log, openUdp: open.udp, config: config.relay },
        prefix: `carillon ${config.xmpp.domain} `,
        mayHaveMedia: (host, source) => reach.mayHaveMedia(host, source),
        sip: () => this.sip,
        user: () => this.calls,
      });
    this.#relay = relay;
    this.calls = new Calls({
      config: calls,
      sip: () => relay?.port ?? this.sip,
      relay,
      xmpp: () => this.xmpp,
      reach,
      trunks: this.trunks,
      clock,
      random,
      chance,
      hash,
      log,
      load,
      saver: this.#writer,
      watch,
      idle: () => this.#actor.send({ type: "calls.none" }),
    });
    this.sip = new SipStack({
      clock,
      random,
      open,
      resolve,
      resolvePeer,
      configured: [proxy.host, localHost, ...this.trunks.hosts].map((host) => host.toLowerCase()),
      log,
      load,
      watch,
      ...sip,
      tls: (trunk) => this.trunks.tlsOf(trunk),
      secure: secure && { ...secure, trunkOf: (peer) => this.trunks.shownBy(peer) },
      allow: (source) => this.#acl.allows(source.host) || this.trunks.isAt(source),
      tried: (trunk, why) => this.trunks.tried(trunk, why),
      heard: (source) => this.#proxy.heard(source),
      broken: (why) => this.#actor.send({ type: "failed", text: why }),
      user: relay?.user ?? this.calls,
    });
    this.#proxy = new ProxyCheck({
      clock,
      log,
      random,
      proxy,
      isProxy: (source) => reach.isProxy(source),
      localHost: config.sip.localHost,
      sip: () => this.sip,
      interval: config.proxyInterval ?? 0,
    });
    const hosts = new Hosts(resolve, clock);
    this.xmpp = new XmppComponent({
      clock,
      chance,
      log,
      sha1,
      watch,
      connect: open.connect,
      find: (host, use) => hosts.find(host, use),
      config: config.xmpp,
      isServed: (jid) => isServed(jid, config.calls.addresses),
      user: this.calls,
      online: () => this.#ready.resolve(),
      refused: (why) => this.#actor.send({ type: "failed", text: `[xmpp] domain and secret: ${why}` }),
    });
    const input = { drainTimeout: config.drainTimeout };
    this.#actor = createActor(chart, { input, clock: chartClock(clock) });
    this.#actor.on("*", (effect) => this.#perform(effect));
  }

  /** Opens the sockets and starts the stream; settles when the sockets are open, rejects if one cannot be opened. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      let logged: unknown;
      this.#actor.subscribe((snapshot) => {
        if (snapshot.value !== logged) this.#log({ level: "info", event: "gateway.state", state: snapshot.value });
        logged = snapshot.value;
        if (snapshot.value === "running") resolve();
        if (snapshot.context.failure !== null) reject(new Error(snapshot.context.failure));
      });
      this.#actor.start();
    });
  }

  /** Settles when the sockets are open and the stream is up for the first time. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }
  readonly #ready = Promise.withResolvers<void>();

  #handsOver = false;

  /** Closes everything at once: live calls are saved, and the next gateway continues them. Without a store it drains. */
  handOver(): void {
    if (!this.#store) return this.stop();
    this.#handsOver = true;
    this.#actor.send({ type: "hand over" });
  }

  /** Lets running calls end, then closes everything; a second call does not wait for that. */
  stop(): void {
    this.#actor.send({ type: "stop", calls: this.calls.registry.size });
  }

  /** Changes the reloadable options; no call ends. */
  reload(settings: Reloadable): void {
    this.#settings = settings;
    this.#acl.permit(settings.allow);
    if (settings.secureTerms) this.sip.renew(settings.secureTerms);
    this.trunks.reload(settings.logins);
  }

  /** Settles when everything is closed, with the failure, if any. */
  get stopped(): Promise<string | null> {
    return this.#stopped.promise;
  }
  readonly #stopped = Promise.withResolvers<string | null>();

  get health(): Health {
    const trunks = this.trunks.states;
    const state = String(this.#actor.getSnapshot().value);
    return {
      sip: this.sip.up,
      xmpp: this.xmpp.online,
      proxy: this.#proxy.state,
      relay: this.#relay?.state ?? "none",
      state,
      calls: this.calls.registry.size,
      ...(trunks.length > 0 ? { trunks } : {}),
    };
  }

  /** Values read by the metrics. */
  get gauges() {
    const { sip, xmpp, calls, health } = this;
    return {
      xmpp: health.xmpp,
      proxy: health.proxy,
      relays: this.#relay?.relays ?? [],
      relayed: this.#relay?.size ?? 0,
      trunks: health.trunks ?? [],
      sockets: sip.sockets,
      retransmissions: sip.retransmissions,
      load: this.#load.figures,
      states: calls.registry.all().map(({ chart }) => chart.state),
      dropped: { sip: sip.dropped, xmpp: xmpp.dropped },
    };
  }

  #perform(effect: GatewayEffect): void {
    switch (effect.type) {
      case "gateway.open":
        return this.#open();
      case "gateway.drain":
        void this.trunks.stop();
        return this.calls.drain();
      case "gateway.end":
        return this.calls.end();
      case "gateway.close":
        return this.#close();
    }
  }

  /** Restores the calls of an earlier gateway before the ports open, so that no request inside their dialogs is refused. */
  async #restore(): Promise<void> {
    const loaded = await this.#store?.load().catch((error: unknown) => {
      throw new Error(`[calls] store ${error instanceof Error ? error.message : error}`);
    });
    if (loaded === undefined || this.#isOver) return;
    this.#writer?.know(loaded);
    this.calls.restore(loaded.saved);
  }

  /** Whether the gateway was stopped. */
  get #isOver(): boolean {
    return this.#actor.getSnapshot().status === "done";
  }

  async #listen(): Promise<void> {
    if (!this.#isOver) await this.sip.start();
  }

  #open(): void {
    void this.#acl.start();
    const opened = this.#store ? this.#restore().then(() => this.#listen()) : this.sip.start();
    opened.then(
      () => {
        if (this.#isOver) return void this.sip.stop();
        this.calls.goOn();
        this.xmpp.start();
        this.#proxy.start();
        this.trunks.start();
        this.#relay?.start();
        this.#actor.send({ type: "started" });
      },
      (error: unknown) =>
        this.#actor.send({ type: "failed", text: String(error instanceof Error ? error.message : error) }),
    );
  }

  #close(): void {
    const { failure } = this.#actor.getSnapshot().context;
    this.xmpp.stop();
    this.#acl.stop();
    this.#proxy.stop();
    this.#relay?.stop();
    this.#load.stop();
    const unbound = this.#handsOver ? Promise.resolve(this.trunks.leave()) : this.trunks.stop();
    const stopped = unbound.then(() => this.sip.stop());
    const left = (): string | null => failure ?? unsaved(this.#writer?.unsaved ?? 0);
    const disarm = this.#clock.after(LAST, () => this.#stopped.resolve(left()));
    // what changes after the last batch, by a timer, is said to nobody any more
    const saved = stopped.then(() => this.#writer?.flush()).then(left);
    const closed = saved.finally(() => this.#store?.close()).finally(disarm);
    closed.then(
      (why) => this.#stopped.resolve(why),
      (error: unknown) => this.#stopped.resolve(failure ?? String(error)),
    );
  }
}

/** Milliseconds for sockets to close and for the last batch of the store: a disk that hangs does not keep the process. */
const LAST = 5_000;

function unsaved(changes: number): string | null {
  if (changes === 0) return null;
  return `[calls] store: ${changes === 1 ? "1 change of a call" : `${changes} changes of calls`} could not be saved`;
}

const NO_FILES: TrunkFiles = new Map();
const FENCED = "another gateway has taken over these calls";

const NO_RECORDS: Records = { naptr: async () => [], srv: async () => [] };
