/**
 * Seeded chaos: two gateways call each other over a bad network, and both are killed, handed over, and disconnected, while their users
 * call, hold and hang up. The same seed reproduces the run.
 *
 * After everything has healed, each call is live on both sides or on none, no gateway has ended a client's session twice, and after the last
 * hang-up nothing remains: no call, transaction, timer or row. No CSeq number is used twice in a dialog, and no id in an IQ.
 */
import { header } from "../../protocol/sip/fields.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import { readMessage } from "../../protocol/sip/read.ts";
import { createChance } from "../../replay/chance.ts";
import { createClock } from "../../replay/clock.ts";
import { createWire, type Knobs, type Wire } from "../../replay/wire.ts";
import type { Client, Session } from "./client.ts";
import { Site } from "./site.ts";

const NEAR = { host: "192.0.2.1", port: 5_600 };
const FAR = { host: "192.0.2.2", port: 5_060 };
const USERS = ["anna", "bert", "cleo"];
/** Milliseconds: how long people make calls, and how long healing takes: pings after 5 minutes, session timers of 30. */
const BUSY = 120_000;
const HEALING = 3_600_000;

type Mutable<What> = { -readonly [Name in keyof What]: What[Name] };

/** The events, for debugging. */
export interface Told {
  readonly calls: number;
  readonly kills: number;
  /** The faults; empty if all is well. */
  readonly faults: readonly string[];
}

export class World {
  readonly #clock = createClock();
  readonly #chance: () => number;
  readonly #knobs: Mutable<Knobs>;
  readonly #wire: Wire;
  readonly #sites: readonly [Site, Site];
  #calls = 0;
  #kills = 0;
  readonly #story: string[] = [];

  constructor(seed: number) {
    this.#chance = createChance(seed);
    this.#knobs = {
      seed,
      drop: 0.1,
      duplicate: 0.1,
      reorder: 0.2,
      delay: 1 + Math.floor(this.#chance() * 30),
      split: 900,
    };
    this.#wire = createWire(this.#clock, this.#knobs);
    const needs = { clock: this.#clock, wire: this.#wire, chance: this.#chance, seed };
    const near = { domain: "near.example", sip: NEAR, server: { host: "192.0.2.3", port: 5_347 }, proxy: FAR };
    const far = { domain: "far.example", sip: FAR, server: { host: "192.0.2.4", port: 5_347 }, proxy: NEAR };
    this.#sites = [new Site(near, USERS, needs), new Site(far, USERS, { ...needs, seed: seed + 500_000 })];
  }

  /** The actions so far, one line each. */
  get story(): readonly string[] {
    return this.#story;
  }

  async run(): Promise<Told> {
    for (const site of this.#sites) {
      await site.listen();
      await this.#starts(site);
    }
    await this.#clock.advance(2_000);
    for (const site of this.#sites) for (const client of site.clients) client.comes(site.component);
    const end = this.#clock.now() + BUSY;
    while (this.#clock.now() < end) {
      await this.#clock.advance(this.#chance() * 800);
      this.#happens();
    }
    await this.#heals();
    const faults = this.#disagreements();
    await this.#allHangUp();
    const reused = this.#sites.flatMap((site) => site.reused);
    const all = [...faults, ...(await this.#leftOver()), ...reused, ...numbersAgain(this.#wire)];
    return { calls: this.#calls, kills: this.#kills, faults: all };
  }

  #note(what: string): void {
    this.#story.push(`${(this.#clock.now() / 1_000).toFixed(3)} ${what}`);
  }

  #one<What>(all: readonly What[]): What | undefined {
    return all[Math.floor(this.#chance() * all.length)];
  }

  #happens(): void {
    const at = this.#chance();
    const site = this.#one(this.#sites);
    if (site === undefined) return;
    if (at < 0.45) this.#someoneCalls(site);
    else if (at < 0.86) this.#someoneActs(site);
    else if (at < 0.92) this.#dies(site);
    else if (at < 0.95) void this.#handsOver(site);
    else if (at < 0.97) this.#serverDies(site);
    else this.#networkFails();
  }

  #someoneCalls(site: Site): void {
    const client = this.#one(site.clients.filter(({ live }) => live.length < 2));
    const called = this.#one(USERS);
    if (client === undefined) return;
    const sid = `call${++this.#calls}`;
    this.#note(`${client.jid} calls ${called}: ${sid}`);
    client.calls(`${called}@${site.component}`, sid);
  }

  #someoneActs(site: Site): void {
    const all = site.clients.flatMap((client) => client.live.map((session) => [client, session] as const));
    const [client, session] = this.#one(all) ?? [];
    if (client === undefined || session === undefined) return;
    client.acts(session);
    this.#note(`${client.jid}: ${session.sid} is ${session.state}${session.isHeld ? ", held" : ""}`);
  }

  #dies(site: Site): void {
    if (site.gateway === undefined) return;
    this.#kills++;
    this.#note(`the gateway of ${site.at.domain} is killed`);
    site.kill();
    this.#clock.after(50 + this.#chance() * 2_000, () => void this.#starts(site));
  }

  async #handsOver(site: Site): Promise<void> {
    if (site.gateway === undefined) return;
    this.#note(`the gateway of ${site.at.domain} hands over`);
    await site.handOver();
    await this.#starts(site);
  }

  async #starts(site: Site): Promise<void> {
    this.#note(`a gateway of ${site.at.domain} starts`);
    await site.start();
  }

  #serverDies(site: Site): void {
    if (!site.isServerUp) return;
    this.#note(`the server of ${site.at.domain} is killed`);
    site.serverDies();
    this.#clock.after(1_000 + this.#chance() * 20_000, () => {
      this.#note(`the server of ${site.at.domain} is back`);
      site.serverComesBack();
    });
  }

  #networkFails(): void {
    this.#note("the network fails");
    this.#knobs.drop = 1;
    this.#clock.after(500 + this.#chance() * 12_000, () => (this.#knobs.drop = 0.1));
  }

  async #heals(): Promise<void> {
    await this.#clock.advance(25_000);
    Object.assign(this.#knobs, { drop: 0, duplicate: 0, reorder: 0 });
    this.#note("all heals");
    await this.#clock.advance(HEALING);
  }

  #sessions(site: Site): [Client, Session][] {
    return site.clients.flatMap((client) =>
      [...client.sessions.values()].map((each): [Client, Session] => [client, each]),
    );
  }

  /** Differences between the two sides. */
  #disagreements(): string[] {
    const [near, far] = this.#sites.map((site) => {
      const up = this.#sessions(site).filter(([, { state }]) => state !== "ended");
      return { site, up, calls: site.gateway?.calls.registry.size ?? -1 };
    });
    if (!near || !far) return [];
    const faults = this.#sites.flatMap((site) => site.clients.flatMap(({ faults }) => faults));
    for (const { site, up, calls } of [near, far]) {
      const names = up.map(([{ jid }, { sid, state }]) => `${sid} of ${jid} (${state})`);
      if (calls !== up.length)
        faults.push(`${site.at.domain}: ${calls} calls, and its clients have ${names.join(", ") || "none"}`);
    }
    const sids = (each: typeof near): string =>
      each.up
        .map(([, { sid }]) => sid)
        .toSorted()
        .join();
    if (sids(near) !== sids(far)) faults.push(`near has ${sids(near) || "none"}, far has ${sids(far) || "none"}`);
    return faults;
  }

  async #allHangUp(): Promise<void> {
    const [near] = this.#sites;
    for (const [client, session] of this.#sessions(near))
      if (session.state !== "ended") client.hangsUp(session, "success");
    await this.#clock.advance(120_000);
  }

  /** What remains after the last call, and after both gateways have stopped. */
  async #leftOver(): Promise<string[]> {
    const faults: string[] = [];
    for (const site of this.#sites) {
      const { domain } = site.at;
      const left = site.gateway?.calls.registry.size ?? -1;
      if (left !== 0) faults.push(`${domain}: ${left} calls are left`);
      if (site.gateway?.sip.transactions !== 0)
        faults.push(`${domain}: ${site.gateway?.sip.transactions} transactions are left`);
      const rows = [...(site.rows.get("")?.keys() ?? [])];
      if (rows.length > 0) faults.push(`${domain}: rows are left: ${rows.join(", ")}`);
      faults.push(
        ...site.logged.filter(({ level }) => level === "error").map((each) => `${domain}: ${JSON.stringify(each)}`),
      );
      site.gateway?.stop();
    }
    await this.#clock.advance(60_000);
    if (this.#clock.armed > 0) faults.push(`${this.#clock.armed} timers are left`);
    return faults;
  }
}

/** Requests inside dialogs whose CSeq is not higher than that of all earlier ones (RFC 3261 §12.2.1.1). */
function numbersAgain({ datagrams }: Wire): string[] {
  const [seen, highest] = [new Set<string>(), new Map<string, number>()];
  return datagrams.flatMap(({ from, bytes }) => {
    const message = readMessage(bytes);
    if (message.kind === "response" || message.method === "ACK" || message.method === "CANCEL") return [];
    const transaction = `${from.host} ${message.method} ${/branch=([^;,]+)/.exec(header(message, "Via") ?? "")?.[1]}`;
    if (seen.has(transaction)) return [];
    seen.add(transaction);
    const dialog = `${from.host} ${header(message, "Call-ID")} ${header(message, "From")} ${tagOf(message, "To") ?? ""}`;
    const number = Number.parseInt(header(message, "CSeq") ?? "", 10);
    const before = highest.get(dialog) ?? 0;
    highest.set(dialog, Math.max(number, before));
    return number > before ? [] : [`${message.method} ${number} of ${dialog}, after ${before}`];
  });
}
