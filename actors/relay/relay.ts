/**
 * The media relay: a layer between the SIP stack and the calls that passes every SDP of relayed calls through rtpengine.
 *
 * Rules: the calls decide which of them use the relay (`begin`, `admit`); all others pass through unchanged. A call stays with the
 * relay that it started with, the first of the list that is up. It is deleted there when it is over. Names start with
 * our prefix, so that calls left over by a crash, or by an unreachable relay, are found and deleted when a relay comes
 * up. Bound: `MOST_ADMITTED` INVITEs that are not calls yet. Messages to phones are in outward.ts, messages from them in inward.ts.
 */
import type { Address, OpenDatagrams } from "../../transports/transport.ts";
import { BoundedLines } from "../bounded-lines.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { ServerTransaction, SipPort, SipUser } from "../sip/user.ts";
import { RelayClient, type RelayState } from "./client.ts";
import type { MediaTerms } from "./flags.ts";
import { type Admission, InwardUser } from "./inward.ts";
import { Look } from "./look.ts";
import { OutwardPort } from "./outward.ts";
import { type MayHaveMedia, RelayedCall, type RelayOwner, type SavedRelay } from "./relayed-call.ts";

const MOST_ADMITTED = 500;
/** The number of calls listed at once in the search for orphans: as many as fit into a datagram. */
const MOST_LISTED = 500;

export interface RelayConfig {
  /** The ng addresses of rtpengine, in order of preference. */
  readonly at: readonly Address[];
  readonly direction: readonly string[];
  /** How many calls one caller may have there, where the relay has few; else as many as it likes. */
  readonly share?: number | undefined;
}

export interface RelayNeeds {
  readonly config: RelayConfig;
  /** The prefix of our calls' names; no other gateway has it. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly random: () => string;
  readonly openUdp: OpenDatagrams;
  readonly log: Log;
  readonly mayHaveMedia: MayHaveMedia;
  readonly sip: () => SipPort;
  readonly user: () => SipUser;
}

/** Of a phone's first INVITE: what may be offered to the phone, and who calls. */
export interface Admitted {
  readonly codecs: readonly string[];
  readonly caller: string;
}

/** Lines a minute of failed commands, since each caller can write SDP that a relay does not take. */
const EVERY = { kind: "relay", name: "", most: 60, many: "many failures" };

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
  readonly #failures: BoundedLines;
  #admitted = 0;

  constructor(needs: RelayNeeds) {
    const { clock, random, openUdp, log, config, sip, user } = needs;
    const find = (tag = ""): RelayedCall | undefined => this.#calls.get(tag);
    const came = (client: RelayClient): void => {
      void this.#deleteOrphans(client);
      void this.#look.all(client);
    };
    this.#needs = needs;
    this.#failures = new BoundedLines(clock, log, { level: "warn", event: "relay.failed" });
    this.#clients = config.at.map((at) => new RelayClient({ clock, random, openUdp, log, at, came }));
    this.#look = new Look({ clock, clients: this.#clients, calls: () => [...this.#calls.values()] });
    this.port = new OutwardPort(sip, find);
    this.#inward = new InwardUser({ user, find, refused: (call) => this.end(call.tag) });
    this.user = this.#inward;
  }

  /** Up if any relay is up. */
  get state(): RelayState {
    const states = this.#clients.map(({ state }) => state);
    return (["up", "unknown"] as const).find((state) => states.includes(state)) ?? "down";
  }

  /** Each relay and its state. */
  get relays(): readonly { readonly name: string; readonly state: RelayState }[] {
    return this.#clients.map(({ at, state }) => ({ name: `${at.host}:${at.port}`, state }));
  }

  /** The number of relayed calls. */
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

  /** Passes the call with this local tag through the relay from now on. */
  begin(tag: string, { srtp, codecs }: { readonly srtp: boolean; readonly codecs: readonly string[] }): void {
    if (!this.#calls.has(tag)) this.#add(tag, { protocol: srtp ? "RTP/SAVP" : "RTP/AVP", codecs });
  }

  /** The state for another process; undefined if the call is not relayed. */
  save(tag: string): SavedRelay | undefined {
    return this.#calls.get(tag)?.save();
  }

  /** Restores a call that the relay knows by its name. */
  restore(tag: string, saved: SavedRelay): void {
    const { at, protocol, codecs } = saved;
    const client = this.#clients.find((each) => `${each.at.host}:${each.at.port}` === at);
    this.#add(tag, { protocol, codecs }, client).restore(saved);
  }

  /** A phone's first INVITE, with an offer that the user could not take: it becomes a call when the relay has answered. */
  admit(transaction: ServerTransaction, { codecs, caller }: Admitted, on: Admission): void {
    if (this.#admitted >= MOST_ADMITTED) return on.refused(503, "too many calls wait for the relay");
    const { share = Number.POSITIVE_INFINITY } = this.#needs.config;
    const theirs = [...this.#calls.values()].filter((call) => call.caller === caller);
    if (theirs.length >= share) return on.refused(503, `no more than ${share} calls of one caller at the relay`);
    this.#admitted++;
    const added = this.#add(this.#needs.random(), { protocol: "RTP/AVP", codecs });
    added.caller = caller;
    this.#inward.admit(added, transaction, {
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

  /** The call with this tag exists; its owner gets the relay's results. */
  attach(tag: string, owner: RelayOwner): void {
    this.#calls.get(tag)?.attach(owner);
  }

  /** The call is over; its pending messages are sent first. */
  end(tag: string): void {
    const call = this.#calls.get(tag);
    if (!call || call.isOver) return;
    call.isOver = true;
    // commands in progress are awaited first: a lost one is repeated, and would recreate the call
    call.outward.add(() =>
      call.inward.add(() => {
        this.#calls.delete(tag);
        void call.forget();
      }),
    );
  }

  /** The first relay that is up, else the first of unknown state. */
  get #best(): RelayClient | undefined {
    const inState = (state: RelayState): RelayClient[] => this.#clients.filter((each) => each.state === state);
    return [...inState("up"), ...inState("unknown")].at(0);
  }

  #add(tag: string, terms: Pick<MediaTerms, "protocol" | "codecs">, client = this.#best): RelayedCall {
    const { prefix, config, mayHaveMedia, log } = this.#needs;
    const { direction } = config;
    const name = prefix + tag;
    const failed = (fields: object): void => this.#failures.add(fields, EVERY);
    const call = new RelayedCall({ tag, name, client, terms: { ...terms, direction }, mayHaveMedia, log, failed });
    this.#calls.set(tag, call);
    return call;
  }

  /** Deletes calls of ours left over at a relay. */
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
