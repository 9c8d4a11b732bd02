/**
 * The media relay: a layer between the SIP stack and the calls that puts every SDP of the calls that need it through rtpengine.
 *
 * Rules: which calls go by the relay is the calls' to say (`begin`, `admit`); all others pass by untouched. A call stays with the
 * relay that it has begun with, which is the first of the list that is up. It is deleted there when it is over. Names begin with
 * a prefix of ours, so that what a crash, or a relay that was away, has left over is found and deleted when a relay comes
 * up. Bound: `MOST_ADMITTED` INVITEs that are not calls yet. What phones are told is outward.ts, what they say inward.ts.
 */
import type { Address, OpenDatagrams } from "../../transports/transport.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { ServerTransaction, SipPort, SipUser } from "../sip/user.ts";
import { RelayClient, type RelayState } from "./client.ts";
import type { MediaTerms } from "./flags.ts";
import { type Admission, InwardUser } from "./inward.ts";
import { Look } from "./look.ts";
import { OutwardPort } from "./outward.ts";
import { RelayedCall, type RelayOwner, type SavedRelay } from "./relayed-call.ts";

const MOST_ADMITTED = 500;
/** How many calls are asked for at once when orphans are looked for: what fits into a datagram. */
const MOST_LISTED = 500;

export interface RelayConfig {
  /** Where rtpengine listens for ng, the first to be asked first. */
  readonly at: readonly Address[];
  readonly direction: readonly string[];
}

export interface RelayNeeds {
  readonly config: RelayConfig;
  /** What the names of our calls begin with; no other gateway's do. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly random: () => string;
  readonly openUdp: OpenDatagrams;
  readonly log: Log;
  readonly sip: () => SipPort;
  readonly user: () => SipUser;
}

export class Relay {
  /** The SIP stack for calls. */
  readonly port: SipPort;
  /** The calls for the SIP stack. */
  readonly user: SipUser;
  readonly #inward: InwardUser;
  readonly #needs: RelayNeeds;
  readonly #clients: readonly RelayClient[];
  /** By our tag. */
  readonly #calls = new Map<string, RelayedCall>();
  readonly #look: Look;
  #admitted = 0;

  constructor(needs: RelayNeeds) {
    const { clock, random, openUdp, log, config, sip, user } = needs;
    const find = (tag = ""): RelayedCall | undefined => this.#calls.get(tag);
    const came = (client: RelayClient): void => {
      void this.#deleteOrphans(client);
      void this.#look.all(client);
    };
    this.#needs = needs;
    this.#clients = config.at.map((at) => new RelayClient({ clock, random, openUdp, log, at, came }));
    this.#look = new Look({ clock, clients: this.#clients, calls: () => [...this.#calls.values()] });
    this.port = new OutwardPort(sip, find);
    this.#inward = new InwardUser({ user, find, refused: (call) => this.end(call.tag) });
    this.user = this.#inward;
  }

  /** Up where any relay is. */
  get state(): RelayState {
    const states = this.#clients.map(({ state }) => state);
    return (["up", "unknown"] as const).find((state) => states.includes(state)) ?? "down";
  }

  /** Each relay, and whether it answers. */
  get relays(): readonly { readonly name: string; readonly state: RelayState }[] {
    return this.#clients.map(({ at, state }) => ({ name: `${at.host}:${at.port}`, state }));
  }

  /** Calls that go by a relay now. */
  get size(): number {
    return this.#calls.size;
  }

  start(): void {
    for (const client of this.#clients) client.start();
    this.#look.start();
  }

  stop(): void {
    this.#look.stop();
    for (const client of this.#clients) client.stop();
  }

  /** From now on the call with this tag of ours goes by the relay. */
  begin(tag: string, { srtp, codecs }: { readonly srtp: boolean; readonly codecs: readonly string[] }): void {
    if (!this.#calls.has(tag)) this.#add(tag, { protocol: srtp ? "RTP/SAVP" : "RTP/AVP", codecs });
  }

  /** What another process goes on with; undefined for a call that goes by no relay. */
  save(tag: string): SavedRelay | undefined {
    return this.#calls.get(tag)?.save();
  }

  /** A call goes on that the relay knows by its name. */
  restore(tag: string, saved: SavedRelay): void {
    const { at, protocol, codecs } = saved;
    const client = this.#clients.find((each) => `${each.at.host}:${each.at.port}` === at);
    this.#add(tag, { protocol, codecs }, client).restore(saved);
  }

  /** A phone's first INVITE, with an offer that the user could not take: it becomes a call when the relay has answered. */
  admit(transaction: ServerTransaction, codecs: readonly string[], on: Admission): void {
    if (this.#admitted >= MOST_ADMITTED) return on.refused(503, "too many calls wait for the relay");
    this.#admitted++;
    this.#inward.admit(this.#add(this.#needs.random(), { protocol: "RTP/AVP", codecs }), transaction, {
      admitted: (ready, tag) => {
        this.#admitted--;
        on.admitted(ready, tag);
      },
      refused: (status, why) => {
        this.#admitted--;
        on.refused(status, why);
      },
    });
  }

  /** There is a call with this tag, which is told of what the relay does. */
  attach(tag: string, owner: RelayOwner): void {
    this.#calls.get(tag)?.attach(owner);
  }

  /** The call is over; what it has still to say goes out first. */
  end(tag: string): void {
    const call = this.#calls.get(tag);
    if (!call || call.isOver) return;
    call.isOver = true;
    // what is at the relay comes back first: a command that was lost is sent again, and would make the call anew
    call.outward.add(() =>
      call.inward.add(() => {
        this.#calls.delete(tag);
        void call.forget();
      }),
    );
  }

  /** The first relay that is up. */
  get #best(): RelayClient | undefined {
    const inState = (state: RelayState): RelayClient[] => this.#clients.filter((each) => each.state === state);
    return [...inState("up"), ...inState("unknown")].at(0);
  }

  #add(tag: string, terms: Pick<MediaTerms, "protocol" | "codecs">, client = this.#best): RelayedCall {
    const { prefix, config, log } = this.#needs;
    const { direction } = config;
    const call = new RelayedCall({ tag, name: prefix + tag, client, terms: { ...terms, direction }, log });
    this.#calls.set(tag, call);
    return call;
  }

  /** Deletes what we have left over there. */
  async #deleteOrphans(client: RelayClient): Promise<void> {
    const { prefix, log } = this.#needs;
    const isOrphan = (name: unknown): name is string =>
      typeof name === "string" && name.startsWith(prefix) && !this.#calls.has(name.slice(prefix.length));
    try {
      for (let found = MOST_LISTED; found === MOST_LISTED; ) {
        const { calls } = await client.ask("list", { limit: MOST_LISTED });
        const names = Array.isArray(calls) ? calls : [];
        const orphans = names.filter(isOrphan);
        for (const name of orphans) await client.ask("delete", { "call-id": name, "delete-delay": 0 });
        if (orphans.length > 0) log({ level: "info", event: "relay.orphans", ...client.at, count: orphans.length });
        found = orphans.length === 0 ? 0 : names.length;
      }
    } catch (error) {
      log({ level: "warn", event: "relay.orphans", ...client.at, reason: String(error) });
    }
  }
}
