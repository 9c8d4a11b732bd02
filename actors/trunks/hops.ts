/**
 * The addresses of a trunk, best first, and which of them are dead.
 *
 * RFC 3263 §4.3. Rules: they are looked up at the start and every minute, and a failed look-up removes none of the known
 * ones; addresses no longer in the records stay the trunk's for a while (lately-known.ts), and so do their host names; an address that
 * has failed is left out for a minute, then checked by OPTIONS, and returns when it answers; if all are dead all are tried.
 * A single address is never left out. Bound: 16 hosts of a domain, and `MOST` addresses in all.
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

/** Milliseconds. */
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
  /** The function that cancels the next check of each dead address. */
  readonly #dead = new Map<string, () => void>();
  #disarm: () => void = () => {};
  #stopped = false;

  constructor(trunk: string, sought: Sought, needs: HopsNeeds) {
    this.#trunk = trunk;
    this.#sought = sought;
    this.#needs = needs;
    this.#before = new LatelyKnown(needs.clock);
    // a configured address needs no look-up
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

  /** The addresses to try, best first. */
  get list(): readonly Destination[] {
    const alive = this.#all.filter((hop) => !this.#dead.has(keyOf(hop)));
    return alive.length > 0 ? alive : this.#all;
  }

  /** The destination of a request now; the host name while no address is known. */
  get best(): Destination {
    return this.list[0] ?? this.#placeOf(placeOf(this.#sought), this.#sought.host);
  }

  /** An address with the host name that it was found by; over TLS with the trunk that must authenticate there. */
  #placeOf(place: Destination, name: string): Place {
    return { ...place, name, ...(place.transport === "tls" ? { trunk: this.#trunk } : {}) };
  }

  /** The addresses to try, after a look-up if none is known. */
  async found(): Promise<readonly Destination[]> {
    if (this.#all.length === 0) await this.#look();
    return this.list;
  }

  /** The next address to try after these. */
  after(tried: readonly Destination[]): Destination | undefined {
    const keys = new Set(tried.map(keyOf));
    return this.list.find((hop) => !keys.has(keyOf(hop)));
  }

  /** Present addresses, and recent ones. */
  get #known(): readonly Place[] {
    return [...this.#all, ...this.#before.places];
  }

  /** The address that a message from this source belongs to: a TCP connection of theirs may have any port. */
  of(source: Destination): Destination | undefined {
    const address = normalAddress(source.host);
    const there = this.#known.filter(({ host }) => normalAddress(host) === address);
    return there.find(({ transport }) => transport === source.transport) ?? there[0];
  }

  /** Whether this is one of the addresses. */
  isAt(host: string): boolean {
    const address = normalAddress(host);
    return this.#known.some((hop) => normalAddress(hop.host) === address);
  }

  /** Whether this is the host name of an address, or the trunk's own. */
  isNamed(host: string): boolean {
    const name = host.toLowerCase();
    return name === this.#sought.host.toLowerCase() || this.#known.some((hop) => hop.name.toLowerCase() === name);
  }

  /** Whether one of the addresses has this port. */
  hasPort(port: number): boolean {
    return port === this.best.port || this.#known.some((hop) => hop.port === port);
  }

  /** Whether an address has failed, and has not answered since. */
  isDead(hop: Destination): boolean {
    return this.#dead.has(keyOf(hop));
  }

  /** An address has not answered, or refuses everything (503). */
  failed(hop: Destination): void {
    const key = keyOf(hop);
    if (this.#all.length < 2 || this.#dead.has(key) || this.#stopped) return;
    this.#say(hop, "dead");
    this.#askLater(hop, key);
  }

  #askLater(hop: Destination, key: string): void {
    const ask = (): void =>
      void this.ask(hop).then((why) => (why === "" ? this.#revive(hop, key) : this.#askLater(hop, key)));
    this.#dead.set(key, this.#stopped ? () => {} : this.#needs.clock.after(AGAIN, ask));
  }

  #revive(hop: Destination, key: string): void {
    this.#dead.delete(key);
    this.#say(hop, "alive");
  }

  /** Sends OPTIONS; gives why that place is of no use now, "" where it answers. */
  ask(hop: Destination): Promise<string> {
    const { sip, random, localHost } = this.#needs;
    const uri = `sip:${writeHost(hop.host)}:${hop.port}${hop.transport === "tls" ? ";transport=tls" : ""}`;
    const headers = [
      ["From", `<sip:${writeHost(localHost)}>;tag=${random()}`],
      ["To", `<${uri}>`],
      ["Call-ID", random()],
      ["CSeq", "1 OPTIONS"],
    ] as const;
    const once = Promise.withResolvers<string>();
    sip().send(requestOf({ method: "OPTIONS", uri, headers }), hop, {
      response: ({ status, phrase }) => once.resolve(status === 408 || status === 503 ? `${status} ${phrase}` : ""),
      failed: (why, words = "it cannot be reached") => once.resolve(why === "timeout" ? "it does not answer" : words),
    });
    return once.promise;
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
