/**
 * The addresses of a trunk, best first, and which of them are dead.
 *
 * RFC 3263 §4.3. Rules: they are looked up now and every minute, and a name server that is away takes nothing from what is
 * known; what is no more in the records is the trunk's for a while (lately-known.ts), as are the names in them; one that has
 * failed is left out for a minute, then asked by OPTIONS, and comes back when it answers; where all are dead all are tried.
 * Where there is only one, nothing is ever left out. Bound: 16 places of a domain, and `MOST` addresses in all.
 */
import { isIP } from "node:net";
import { requestOf } from "../../protocol/sip/build.ts";
import type { Destination } from "../../protocol/sip/message.ts";
import { nextHops, placeOf, type Records, type Sought } from "../../protocol/sip/next-hops.ts";
import { writeHost } from "../../protocol/sip/uri.ts";
import { normalAddress } from "../../protocol/special-address.ts";
import type { Clock } from "../clock.ts";
import type { Resolve } from "../hosts.ts";
import type { Log } from "../log.ts";
import type { SipPort } from "../sip/user.ts";
import { LatelyKnown, type Place } from "./lately-known.ts";

/** In milliseconds. */
const AGAIN = 60_000;
const AGAIN_WHEN_UNKNOWN = 5_000;
const MOST = 32;

export interface HopsNeeds {
  readonly clock: Clock;
  readonly resolve: Resolve;
  readonly records: Records;
  readonly chance: () => number;
  readonly random: () => string;
  readonly sip: () => SipPort;
  readonly localHost: string;
  readonly log: Log;
}

export class Hops {
  readonly #trunk: string;
  readonly #sought: Sought;
  readonly #needs: HopsNeeds;
  #all: readonly Place[];
  readonly #before: LatelyKnown;
  /** What stops the waiting of each that is dead. */
  readonly #dead = new Map<string, () => void>();
  #disarm: () => void = () => {};
  #stopped = false;

  constructor(trunk: string, sought: Sought, needs: HopsNeeds) {
    this.#trunk = trunk;
    this.#sought = sought;
    this.#needs = needs;
    this.#before = new LatelyKnown(needs.clock);
    // an address needs no look-up to be known
    this.#all = isIP(sought.host) === 0 ? [] : [this.#placeOf(placeOf(sought), sought.host)];
  }

  async start(): Promise<void> {
    await this.#look();
    if (this.#stopped) return;
    const pause = this.#all.length > 0 ? AGAIN : AGAIN_WHEN_UNKNOWN;
    this.#disarm = this.#needs.clock.after(pause, () => void this.start());
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm();
    for (const disarm of this.#dead.values()) disarm();
  }

  /** Those to be tried, best first. */
  get list(): readonly Destination[] {
    const alive = this.#all.filter((hop) => !this.#dead.has(keyOf(hop)));
    return alive.length > 0 ? alive : this.#all;
  }

  /** Where a request goes now; by the name while no address is known. */
  get best(): Destination {
    return this.list[0] ?? this.#placeOf(placeOf(this.#sought), this.#sought.host);
  }

  /** A place with the name that it was found by: by TLS it is known as this trunk's. */
  #placeOf(place: Destination, name: string): Place {
    return { ...place, name, ...(place.transport === "tls" ? { trunk: this.#trunk } : {}) };
  }

  /** Those to be tried, looked up first where none is known. */
  async found(): Promise<readonly Destination[]> {
    if (this.#all.length === 0) await this.#look();
    return this.list;
  }

  /** The one to try after these. */
  after(tried: readonly Destination[]): Destination | undefined {
    const keys = new Set(tried.map(keyOf));
    return this.list.find((hop) => !keys.has(keyOf(hop)));
  }

  /** Those that are known, and those that were lately. */
  get #known(): readonly Place[] {
    return [...this.#all, ...this.#before.places];
  }

  /** The one that a message from there is of: a TCP connection of theirs may have any port. */
  of(source: Destination): Destination | undefined {
    const address = normalAddress(source.host);
    const there = this.#known.filter(({ host }) => normalAddress(host) === address);
    return there.find(({ transport }) => transport === source.transport) ?? there[0];
  }

  /** Whether one of them is at this address. */
  isAt(host: string): boolean {
    const address = normalAddress(host);
    return this.#known.some((hop) => normalAddress(hop.host) === address);
  }

  /** Whether this is the name of one of them, or that of them all. */
  isNamed(host: string): boolean {
    const name = host.toLowerCase();
    return name === this.#sought.host.toLowerCase() || this.#known.some((hop) => hop.name.toLowerCase() === name);
  }

  /** Whether one of them has this port. */
  hasPort(port: number): boolean {
    return port === this.best.port || this.#known.some((hop) => hop.port === port);
  }

  /** Whether one has failed, and has not answered since. */
  isDead(hop: Destination): boolean {
    return this.#dead.has(keyOf(hop));
  }

  /** One has not answered, or has refused everything (503). */
  failed(hop: Destination): void {
    const key = keyOf(hop);
    if (this.#all.length < 2 || this.#dead.has(key) || this.#stopped) return;
    this.#say(hop, "dead");
    this.#askLater(hop, key);
  }

  #askLater(hop: Destination, key: string): void {
    const ask = (): void => this.#ask(hop, (isAlive) => (isAlive ? this.#revive(hop, key) : this.#askLater(hop, key)));
    this.#dead.set(key, this.#stopped ? () => {} : this.#needs.clock.after(AGAIN, ask));
  }

  #revive(hop: Destination, key: string): void {
    this.#dead.delete(key);
    this.#say(hop, "alive");
  }

  /** Sends OPTIONS; `told` is called once. */
  #ask(hop: Destination, told: (isAlive: boolean) => void): void {
    const { sip, random, localHost } = this.#needs;
    const uri = `sip:${writeHost(hop.host)}:${hop.port}${hop.transport === "tls" ? ";transport=tls" : ""}`;
    const headers = [
      ["From", `<sip:${writeHost(localHost)}>;tag=${random()}`],
      ["To", `<${uri}>`],
      ["Call-ID", random()],
      ["CSeq", "1 OPTIONS"],
    ] as const;
    const once = Promise.withResolvers<boolean>();
    sip().send(requestOf({ method: "OPTIONS", uri, headers }), hop, {
      response: ({ status }) => once.resolve(status !== 503),
      failed: () => once.resolve(false),
    });
    void once.promise.then(told);
  }

  async #look(): Promise<void> {
    const { records, resolve, chance } = this.#needs;
    const hops = await nextHops(this.#sought, records, chance);
    const found = await Promise.all(
      hops.map(async (hop) =>
        (await resolve(hop.host).catch(() => [])).map((host) => this.#placeOf({ ...hop, host }, hop.host)),
      ),
    );
    const known = new Map(found.flat().map((hop) => [keyOf(hop), hop]));
    if (known.size > 0) {
      for (const hop of this.#all) this.#before.add(hop);
      this.#all = [...known.values()].slice(0, MOST);
    }
    for (const [key, disarm] of this.#dead) {
      if (this.#all.some((hop) => keyOf(hop) === key)) continue;
      disarm();
      this.#dead.delete(key);
    }
  }

  #say({ host, port, transport }: Destination, state: "dead" | "alive"): void {
    const level = state === "dead" ? "warn" : "info";
    this.#needs.log({ level, event: "trunk.hop", trunk: this.#trunk, state, host, port, transport });
  }
}

const keyOf = ({ transport, host, port }: Destination): string => `${transport} ${normalAddress(host)} ${port}`;
