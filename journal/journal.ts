/**
 * The journal: the history of every call, for page, exports and replay. It implements actors/watch.ts.
 *
 * Rules: messages are recorded as bytes and parsed when they are requested; an ended call releases its live data. One budget of bytes for
 * all (budget.ts): when it is used up, old calls are dropped; if none has ended, live calls discard entries.
 */
import type { Element } from "@xmpp/xml";
import type { StateValue } from "xstate";
import type { Message } from "../protocol/sip/message.ts";
import { writeStanza } from "../protocol/xmpp/write.ts";
import { Alike, type Zlib } from "./alike.ts";
import { Backlog } from "./backlog.ts";
import { Belongings } from "./belongings.ts";
import { Budget } from "./budget.ts";
import type { Ended } from "./call-end.ts";
import { type About, CallJournal, type Listener, type Relayed } from "./call-journal.ts";
import { Changes } from "./changes.ts";
import { Counts, type CountsView } from "./counts.ts";
import { describe } from "./describe.ts";
import type { Entry, Said, Transition } from "./entries.ts";
import { Following } from "./following.ts";
import { namesOfStanza, namesRead, namesWritten, type SipNames, type StanzaNames } from "./names.ts";
import { type CallQuery, fits } from "./query.ts";
import { Ring } from "./ring.ts";
import { Tapes } from "./tapes.ts";
import type { CallRow, CallView } from "./view.ts";

/** Milliseconds; longer than any transaction waits before a retransmission (RFC 3261, T2). */
const RESTED = 5_000;
/** About 10 ms of work. */
const MOST_AT_ONCE = 500;

const AS_IT_IS: Zlib = { deflate: (bytes) => bytes, inflate: (bytes) => bytes };

export interface JournalNeeds {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Most bytes of all calls together. */
  readonly budget: number;
  /** For packing idle calls. */
  readonly zlib?: Zlib;
  /** Called if a report could not be processed; the report is lost. */
  readonly fault?: (error: unknown) => void;
}

/** Reports from a call to its journal; see actors/watch.ts. */
export interface CallWatch {
  step(event: string, after: StateValue, transitions: readonly Transition[]): void;
  refused(event: string, why: string): void;
  effect(type: string): void;
  relay(made: Relayed): void;
  ended(why: string, end?: Ended): void;
}

/** A call refused before it was created. */
interface Refused {
  readonly wire: string;
  readonly status: number | string;
  readonly why?: string | undefined;
}

export interface Page {
  /** Newest first. */
  readonly calls: readonly CallRow[];
  /** Number of calls that match the query. */
  readonly total: number;
  /** Number of these that are live. */
  readonly live: number;
}

export class Journal {
  readonly #needs: JournalNeeds;
  readonly #backlog: Backlog;
  readonly #listener: Listener;
  readonly #belongings = new Belongings<CallJournal, Said>((journal, said) => journal.message(said));
  readonly #changes = new Changes();
  readonly #counts = new Counts();
  /** By our tag, in the order of creation. */
  readonly #calls = new Map<string, CallJournal>();
  readonly #live = new Set<CallJournal>();
  readonly #budget: Budget<CallJournal>;
  #isUp = false;

  constructor(needs: JournalNeeds) {
    this.#needs = needs;
    this.#budget = new Budget(needs.budget, (journal) => this.#forget(journal));
    this.#backlog = new Backlog(needs.now, needs.fault ?? (() => {}));
    this.#listener = {
      backlog: this.#backlog,
      room: {
        weigh: (part, bytes) => this.#budget.weigh(part, bytes),
        tapes: new Tapes(),
        ring: new Ring(),
        compression: new Alike(needs.zlib ?? AS_IT_IS),
      },
      stepped: (journal, before, event, at) => this.#stepped(journal, before, event, at),
      refused: (journal, event) => this.#refused(journal, event),
      answered: () => this.#counts.answered(),
      changed: (journal) => this.#changes.add(journal.about.id),
      over: (journal) => this.#ended(journal),
    };
  }

  // Reports from the gateway

  begun(about: About): CallWatch | undefined {
    const part = this.#budget.begin(about.them);
    if (!this.#budget.weigh(part, 0)) {
      this.#budget.leave(part);
      return undefined;
    }
    const journal = new CallJournal(about, part, this.#needs.now(), this.#listener);
    this.#backlog.add(0, this, this.#begun, journal);
    return journal;
  }

  sip(out: boolean, bytes: Uint8Array, transport: string, host: string, port: number, message?: Message): void {
    const names = message && namesRead(message, out);
    this.#backlog.add(bytes.length, this, this.#sip, out, bytes, transport, host, port, names);
  }

  xmpp(out: boolean, stanza: Element, text?: string): void {
    const names = namesOfStanza(stanza, out);
    if (names === undefined) return;
    const said = text ?? writeStanza(stanza);
    this.#backlog.add(said.length, this, this.#xmpp, out, names, said);
  }

  stream(isUp: boolean): void {
    this.#backlog.add(0, this, this.#stream, isUp);
  }

  refusedCall(call: Refused): void {
    this.#backlog.add(0, this, this.#refusedCall, call);
  }

  /**
   * Packs calls in which nothing has happened for `RESTED`, a limited number at once; to be called periodically. Busy calls are not
   * packed, since that would cost work at each of their steps.
   */
  rest(): void {
    this.#backlog.writeUp();
    const since = this.#needs.now() - RESTED;
    let left = MOST_AT_ONCE;
    for (const journal of this.#live) {
      if (left === 0) return;
      if (journal.rest(since)) left--;
    }
  }

  // Queries

  /** The recent changes, by number. */
  get changes(): Changes {
    this.#backlog.writeUp();
    return this.#changes;
  }

  get counts(): CountsView {
    this.#backlog.writeUp();
    return this.#counts.view([...this.#live].map(({ state }) => state));
  }

  /** Weight of all calls in bytes. */
  get weight(): number {
    this.#backlog.writeUp();
    return this.#budget.weight;
  }

  /** Calls that match a query, newest first, at most `most`. */
  calls(query: CallQuery, most: number): Page {
    const rows = [...this.#all.values()].reverse().map(({ row }) => row);
    const found = rows.filter((row) => fits(row, query));
    const from = query.after === undefined ? 0 : found.findIndex(({ id }) => id === query.after) + 1;
    const live = found.filter(({ ended }) => ended === undefined).length;
    return { calls: found.slice(from, from + most), total: found.length, live };
  }

  row(id: string): CallRow | undefined {
    return this.#all.get(id)?.row;
  }

  /** A call with its whole history. */
  call(id: string): CallView | undefined {
    const journal = this.#all.get(id);
    return journal && describe(journal.row, journal.entries, journal.dropped);
  }

  /** A call for a reader that follows it. */
  follow(id: string): Following {
    return new Following(() => this.#all.get(id));
  }

  /** The entries of a call, for exports. */
  entries(id: string): readonly Entry[] | undefined {
    return this.#all.get(id)?.entries;
  }

  /** The journals of all calls, by id, with all reports processed. */
  get #all(): ReadonlyMap<string, CallJournal> {
    this.#backlog.writeUp();
    return this.#calls;
  }

  // Processing of reports

  #begun(_at: number, journal: CallJournal): void {
    this.#calls.set(journal.about.id, journal);
    this.#live.add(journal);
    this.#counts.begun();
    this.#belongings.add(journal);
    this.#changes.add(journal.about.id);
  }

  #sip(
    at: number,
    out: boolean,
    bytes: Uint8Array,
    transport: string,
    host: string,
    port: number,
    read: SipNames | undefined,
  ): void {
    const names = read ?? namesWritten(bytes, out);
    if (names) this.#belongings.sip(out, names, { kind: "sip", at, out, transport, host, port, bytes });
  }

  #xmpp(at: number, out: boolean, names: StanzaNames, stanza: string): void {
    this.#belongings.xmpp(names, { kind: "xmpp", at, out, stanza });
  }

  #stream(at: number, isUp: boolean): void {
    if (isUp === this.#isUp) return; // a failed attempt to reconnect changes nothing
    this.#isUp = isUp;
    for (const journal of this.#live) journal.stream(at, isUp);
  }

  #refusedCall(_at: number, { wire, status, why = "" }: Refused): void {
    this.#counts.refusedCall(wire, String(status), why);
  }

  #stepped(journal: CallJournal, before: readonly string[], event: string, at: number): void {
    this.#counts.stepped(before, journal.state, event);
    if (before !== journal.state) {
      this.#counts.stayed(before, at - journal.since);
      journal.since = at;
    }
    this.#changes.add(journal.about.id);
  }

  #refused(journal: CallJournal, event: string): void {
    this.#counts.refused(event);
    this.#changes.add(journal.about.id);
  }

  #ended(journal: CallJournal): void {
    this.#counts.ended(journal.last, journal.why ?? "success", journal.failed);
    this.#live.delete(journal);
    this.#belongings.over(journal);
    this.#changes.add(journal.about.id);
    this.#budget.end(journal);
  }

  #forget(journal: CallJournal): void {
    this.#calls.delete(journal.about.id);
    this.#belongings.remove(journal);
    journal.forget();
  }
}
