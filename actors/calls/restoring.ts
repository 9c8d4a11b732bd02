/**
 * Restores what an earlier gateway saved: its calls, and the stanzas it owed to users when it ended (../xmpp/outbox.ts).
 *
 * Rules: everything is restored before the ports open, so that no request of a live call is refused; then calls continue (call.ts): timers
 * run, open requests are repeated, and ringing calls are ended on both sides, since no side has an answer yet. Answered
 * calls are checked, `EACH` apart: the phone by a session refresh, the user by a ping once the stream is up. Unreadable records
 * are logged and removed. A call whose trunk is no longer configured ends on both sides.
 */

import type { Reason } from "../../protocol/reasons.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Line } from "../phone/line.ts";
import type { SipSide } from "../phone/phone.ts";
import { PhoneUac } from "../phone/uac.ts";
import { PhoneUas } from "../phone/uas.ts";
import type { Relay } from "../relay/relay.ts";
import type { ServerTransaction, SipPort } from "../sip/user.ts";
import type { Saved } from "../store/store.ts";
import type { Saver } from "../store/writer.ts";
import type { Trunks } from "../trunks/trunks.ts";
import { isOwed, type Outbox } from "../xmpp/outbox.ts";
import type { Call } from "./call.ts";
import type { CallMaker } from "./maker.ts";
import { isNewer, readSavedCall, type SavedCall } from "./saved-call.ts";

const NEWER = "[calls] store has calls of a newer version of Carillon: start that version, or use another file";

/** Milliseconds between the checks of two calls: 200 a second. */
const EACH = 5;

const NO_TRUNK: Reason = { condition: "gone", text: "the trunk of the call is not configured any more" };

export interface RestoringDependencies {
  readonly maker: CallMaker;
  readonly outbox: Outbox;
  readonly saver: Saver;
  readonly trunks: Trunks;
  readonly relay: Relay | undefined;
  readonly sip: () => SipPort;
  readonly clock: Clock;
  readonly log: Log;
}

export class Restoring {
  readonly #dependencies: RestoringDependencies;
  #restored: { readonly call: Call; readonly saved: SavedCall }[] = [];
  /** The calls whose users must be checked once the stream is up. */
  #users: readonly Call[] = [];

  constructor(dependencies: RestoringDependencies) {
    this.#dependencies = dependencies;
  }

  /** Restores what was saved; sends nothing. Throws, without any change, if a newer version saved it. */
  restore(all: readonly Saved[]): void {
    if (all.some(({ id, text }) => !isOwed(id) && isNewer(text))) throw new Error(NEWER);
    const read = new Set<string>();
    for (const { id, text } of all) {
      if (read.has(id)) this.#unreadable(id, "there is another record with this id");
      else this.#read(id, text);
      read.add(id);
    }
  }

  /** There are sockets: the calls continue. */
  goOn(): void {
    const restored = this.#restored;
    this.#restored = [];
    if (restored.length === 0) return;
    for (const { call, saved } of restored) {
      call.chart.guard(() => call.goOn(saved));
      if (!this.#hasTrunk(saved)) call.abandon("gateway.restarts", NO_TRUNK);
    }
    const living = restored.map(({ call }) => call).filter(({ chart }) => !chart.over);
    this.#dependencies.log({ level: "info", event: "calls.restored", calls: restored.length, living: living.length });
    this.#users = living;
    this.#each(living, (call) => call.phone.ask());
  }

  /** Whether a call's trunk, if it has one, is still configured. */
  #hasTrunk({ trunk }: SavedCall): boolean {
    return trunk === undefined || this.#dependencies.trunks.named(trunk) !== undefined;
  }

  /** The stream is up: the users of restored calls are checked, once. */
  online(): void {
    this.#each(this.#users, (call) => call.user.ask());
    this.#users = [];
  }

  /** Checks one after the other, so that not all answer at once. */
  #each(calls: readonly Call[], ask: (call: Call) => void, at = 0): void {
    const call = calls[at];
    if (call === undefined) return;
    if (!call.chart.userLeft) call.chart.guard(() => ask(call));
    this.#dependencies.clock.after(EACH, () => this.#each(calls, ask, at + 1));
  }

  #read(id: string, text: string): void {
    const { outbox, saver } = this.#dependencies;
    try {
      if (isOwed(id)) return outbox.restore(id, text);
      const saved = readSavedCall(text);
      if (id !== saved.dialog.localTag) throw new Error("it is another call's");
      this.#restored.push({ call: this.#made(saved), saved });
    } catch (error) {
      this.#unreadable(id, String(error));
      saver.ended(id);
    }
  }

  #unreadable(id: string, error: string): void {
    this.#dependencies.log({ level: "error", event: "store.unreadable", id, error });
  }

  #made(saved: SavedCall): Call {
    const { maker, trunks, relay } = this.#dependencies;
    const { side, dialog, longest, withheld, phone } = saved;
    const trunk = saved.trunk === undefined ? undefined : trunks.named(saved.trunk);
    if (saved.relay && phone) relay?.restore(dialog.localTag, saved.relay);
    const way = { ...dialog, longest, trunk };
    const call = maker.create(saved.chart.context, side, way, (line) => this.#phone(saved, line), saved);
    try {
      call.user.restore(withheld);
      if (phone) call.phone.restore(phone, Math.max(1, this.#dependencies.saver.start - saved.start));
    } catch (error) {
      // it is registered already
      call.abandon("gateway.fails", { condition: "general-error", text: "the gateway failed" });
      throw error;
    }
    return call;
  }

  #phone({ dialog, chart, invite }: SavedCall, line: Line): SipSide {
    if (chart.context.direction === "outgoing") return new PhoneUac(undefined, line);
    const { theirs } = invite ?? {};
    const transaction: ServerTransaction | undefined =
      theirs && this.#dependencies.sip().takeUp(theirs.request, theirs.source);
    return new PhoneUas(transaction, dialog.localTag, line);
  }
}
