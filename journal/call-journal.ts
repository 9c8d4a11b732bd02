/**
 * The journal of one call: turns reports into entries of its history (history.ts), and into its row in the list.
 *
 * Rules: an ended call records no more steps, only late messages; it releases its live data.
 */
import type { StateValue } from "xstate";
import type { Backlog } from "./backlog.ts";
import type { Part } from "./budget.ts";
import { type Ended, failureOf, isFailure } from "./call-end.ts";
import { type Entry, type Said, saidByAll, type Transition } from "./entries.ts";
import { History, MOST_LATE, type Room } from "./history.ts";
import { leavesOf } from "./states.ts";
import { type CallRow, type Failure, phaseOf } from "./view.ts";

const STARTING = leavesOf("starting");
const ENDED = leavesOf("ended");

/** Identity of a call; see actors/watch.ts. */
export interface About {
  readonly id: string;
  readonly callId: string;
  readonly sid: string;
  readonly us: string;
  readonly them: string;
  readonly from: string;
  readonly to: string;
  readonly direction: "outgoing" | "incoming";
  /** For a call continued by another process: its earlier state. */
  readonly before?: {
    readonly begun: number;
    readonly rang?: number | undefined;
    readonly answered?: number | undefined;
  };
  readonly trunk?: string | undefined;
}

/** The SDP that the media relay returned, or why it failed. */
export type Relayed = { readonly sdp: string } | { readonly failed: string };

/** Notified of changes. */
export interface Listener {
  readonly room: Room<Part<CallJournal>>;
  /** Pending reports. */
  readonly backlog: Backlog;
  stepped(journal: CallJournal, before: readonly string[], event: string, at: number): void;
  refused(journal: CallJournal, event: string): void;
  answered(): void;
  changed(journal: CallJournal): void;
  over(journal: CallJournal): void;
}

export class CallJournal {
  readonly about: About;
  /** The user's share of the budget. */
  readonly part: Part<CallJournal>;
  readonly begun: number;
  rang: number | undefined;
  answered: number | undefined;
  state: readonly string[] = STARTING;
  /** When it entered its current states. */
  since: number;
  /** The condition of its reason, once it has ended. */
  why: string | undefined;
  /** Its last states before it ended. */
  last: readonly string[] = [];
  #listener: Listener | undefined;
  #endedAt: number | undefined;
  #failure: Failure | undefined;
  readonly #history: History<Part<CallJournal>>;
  /** Devices of the user that have gone offline. */
  #away: Set<string> | undefined;

  constructor(about: About, part: Part<CallJournal>, begun: number, listener: Listener) {
    this.about = about;
    this.part = part;
    this.begun = about.before?.begun ?? begun;
    this.rang = about.before?.rang;
    this.answered = about.before?.answered;
    this.since = begun;
    this.#listener = listener;
    this.#history = new History(listener.room, part);
  }

  get isOver(): boolean {
    return this.#endedAt !== undefined;
  }

  get failed(): boolean {
    return this.why !== undefined && isFailure(this.why);
  }

  /** Weight in bytes. */
  get weight(): number {
    return this.#history.weight;
  }

  /** Number of discarded entries. */
  get dropped(): number {
    return this.#history.dropped;
  }

  /** All entries, in order. */
  get entries(): readonly Entry[] {
    return this.#history.entries;
  }

  /** How many entries there are. */
  get length(): number {
    return this.#history.length;
  }

  /** Entries from an index on. */
  entriesFrom(place: number): readonly Entry[] {
    return this.#history.from(place);
  }

  /** Indexes of repeated messages, and how often each was repeated. */
  get again(): History<Part<CallJournal>>["again"] {
    return this.#history.again;
  }

  // Reports from the call

  step(event: string, after: StateValue, transitions: readonly Transition[]): void {
    this.#listener?.backlog.add(0, this, this.#step, event, after, transitions);
  }

  refused(event: string, why: string): void {
    this.#listener?.backlog.add(0, this, this.#refused, event, why);
  }

  effect(effect: string): void {
    this.#listener?.backlog.add(0, this, this.#effect, effect);
  }

  /** The SDP that the media relay returned, or why it failed. */
  relay(made: Relayed): void {
    this.#listener?.backlog.add(0, this, this.#relay, made);
  }

  ended(why: string, end?: Ended): void {
    this.#listener?.backlog.add(0, this, this.#end, why, end);
  }

  // Messages assigned by the journal

  /** A message; a SIP message with the same bytes as an earlier one is counted as repeated. */
  message(said: Said): void {
    if (said.kind !== "sip" || !this.#history.repeats(said.out, said.bytes, said.at)) this.#history.add(said);
    this.#listener?.changed(this);
  }

  /** A device comes online or goes offline: recorded while the call looks for devices, or if the device had gone offline. */
  presence(device: string, isThere: boolean, said: Said): void {
    if (this.isOver || (isThere && this.answered !== undefined && !this.#away?.has(device))) return;
    this.#away ??= new Set();
    if (isThere) this.#away.delete(device);
    else if (this.#away.size < MOST_LATE) this.#away.add(device);
    this.message(said);
  }

  /** The XMPP stream is lost or restored. */
  stream(at: number, isUp: boolean): void {
    if (!this.isOver) this.#history.add({ kind: "stream", at, isUp });
    this.#listener?.changed(this);
  }

  /** The call is dropped from the journal. */
  forget(): void {
    this.#listener = undefined;
    this.#history.forget();
  }

  /** Packs the entries if nothing has happened since an instant; returns whether it did. */
  rest(since: number): boolean {
    return this.#history.rest(since);
  }

  get row(): CallRow {
    const { id, from, to, direction, sid, callId, trunk } = this.about;
    const { begun, rang, answered, state, why, failed } = this;
    const [ended, failure] = [this.#endedAt, this.#failure];
    return {
      id,
      from,
      to,
      direction,
      sid,
      callId,
      begun,
      state,
      phase: phaseOf(state[0] ?? "starting"),
      ...(trunk === undefined ? {} : { trunk }),
      ...(rang === undefined ? {} : { rang }),
      ...(answered === undefined ? {} : { answered }),
      ...(ended === undefined ? {} : { ended }),
      ...(why === undefined ? {} : { why }),
      failed,
      ...(failure === undefined ? {} : { failure }),
    };
  }

  #step(at: number, event: string, after: StateValue, transitions: readonly Transition[]): void {
    const listener = this.#listener;
    if (!listener || this.isOver) return;
    const before = this.state;
    const { guards, actions } = saidByAll(transitions);
    this.#history.add({ kind: "step", at, event, after, guards, actions });
    this.#enter(leavesOf(after), at);
    listener.stepped(this, before, event, at);
  }

  #refused(at: number, event: string, why: string): void {
    if (this.isOver) return;
    this.#history.add({ kind: "step", at, event, after: null, guards: [], actions: [], refused: why });
    this.#listener?.refused(this, event);
  }

  #effect(at: number, effect: string): void {
    if (!this.isOver) this.#history.add({ kind: "effect", at, effect });
  }

  #relay(at: number, made: Relayed): void {
    if (!this.isOver) this.#history.add({ kind: "relay", at, ...made });
  }

  /** Packs all entries and releases the live data. */
  #end(at: number, why: string, end: Ended | undefined): void {
    const listener = this.#listener;
    if (!listener || this.isOver) return;
    this.#endedAt = at;
    this.why = why;
    if (end && isFailure(why)) this.#failure = failureOf(end);
    this.#enter(ENDED, at);
    this.#history.end();
    this.#away = undefined;
    listener.over(this);
  }

  #enter(state: readonly string[], at: number): void {
    this.state = state;
    const [first = ""] = state;
    if (first !== "ended") this.last = state;
    if (first.endsWith(".ringing")) this.rang ??= at;
    if (phaseOf(first) !== "up" || this.answered !== undefined) return;
    this.answered = at;
    this.#listener?.answered();
  }
}
