/**
 * One live call: its chart (live-chart.ts), with a side to the phone and a side to the user.
 *
 * Rules: each effect is performed by the side that it belongs to; a call that throws, anywhere, ends alone, with a 500 or BYE to the
 * phone and general-error to the user, and all other calls continue.
 */
import type { CallEffect, PhoneEffect, UserEffect } from "../../machines/call/vocabulary.ts";
import type { Reason } from "../../protocol/reasons.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import type { Destination, Request } from "../../protocol/sip/message.ts";
import type { ChartOwner, LiveChart } from "../live-chart.ts";
import type { Log } from "../log.ts";
import type { SipSide } from "../phone/phone.ts";
import { PhoneUac } from "../phone/uac.ts";
import type { DialogUser, ServerTransaction } from "../sip/user.ts";
import type { Abandonment } from "../watch.ts";
import { CallRecord, logged } from "./record.ts";
import { readMessages, type SavedCall, writtenChart, writtenMessages } from "./saved-call.ts";
import type { XmppSide } from "./user.ts";

/** Our identification of a call's dialogs. */
export interface DialogName {
  readonly callId: string;
  readonly localTag: string;
}

export interface CallParts {
  readonly chart: LiveChart;
  readonly phone: SipSide;
  readonly user: XmppSide;
  readonly dialog: DialogName;
  readonly log: Log;
  /** Schedules the end of the call at its maximum duration; undefined without a limit. */
  readonly longest?: ((end: () => void) => () => void) | undefined;
  /** The state saved by an earlier gateway, if the call is restored. */
  readonly saved?: SavedCall | undefined;
  /** Called when the saved state has changed, if calls are saved. */
  readonly changed?: ((call: Call, written?: () => void) => void) | undefined;
  /** Called once, when its set-up is complete: it rings, is answered, or has ended. */
  readonly settled: () => void;
  /** Called once, when nothing more will be sent. */
  readonly ended: (call: Call) => void;
}

export class Call implements ChartOwner, DialogUser {
  readonly chart: LiveChart;
  readonly phone: SipSide;
  readonly user: XmppSide;
  readonly dialog: DialogName;
  readonly #log: Log;
  readonly #ended: (call: Call) => void;
  readonly #longest: CallParts["longest"];
  #settled: (() => void) | undefined;
  #disarm: (() => void) | undefined;
  readonly #direction: "incoming" | "outgoing";
  readonly #record: CallRecord;
  #logged = "";
  /** The number of its state lines in the log. */
  #lines = 0;
  /** The final response that this step sends to the phone; it is logged at the end of the call. */
  #status: number | undefined;
  #watched = false;
  readonly #changed: CallParts["changed"];
  /** The messages about the answer to the user, until the call is saved: another process may have to send them. */
  #unsaid: readonly UserEffect[] | undefined;
  #isCommitted: boolean;
  /** The context, and the state, at the last reported change. */
  #known: unknown;
  #noted = "";

  constructor({ chart, phone, user, dialog, log, longest, saved, changed, settled, ended }: CallParts) {
    this.chart = chart;
    this.phone = phone;
    this.user = user;
    this.dialog = dialog;
    this.#log = log;
    this.#longest = longest;
    this.#ended = ended;
    this.#settled = settled;
    this.#direction = chart.isIncoming ? "incoming" : "outgoing";
    this.#record = new CallRecord(saved?.record ?? { begun: chart.now });
    this.#changed = changed;
    this.#isCommitted = saved?.phone !== undefined;
  }

  /** A phone's call is saved before its user is notified, who might otherwise answer a call lost in a crash. */
  start(): void {
    const { chart } = this;
    if (this.#changed && chart.isIncoming) this.#afterSave(() => {});
    chart.start(this);
  }

  /** Holds back all messages until the call is saved, then runs `then` and sends them. */
  #afterSave(then: () => void): void {
    const { chart } = this;
    chart.hold();
    this.#changed?.(this, () => {
      then();
      chart.release();
    });
  }

  /** The saved state: a call that is not answered, or that the user has left, needs no media. */
  save(): Pick<SavedCall, "chart" | "record" | "withheld" | "phone" | "invite" | "unsaid"> | undefined {
    const { phone, user, chart } = this;
    const saved = chart.save();
    if (!saved) return undefined;
    const sides = chart.hasDialog ? { phone: phone.save() } : { invite: phone.saveInvite() };
    return {
      chart: writtenChart(saved, chart.answered),
      record: this.#record.save(),
      withheld: user.save(),
      unsaid: this.#unsaid && writtenMessages(this.#unsaid, saved.context),
      ...sides,
    };
  }

  /** The saved state has changed. */
  changed(): void {
    if (this.chart.active) this.#changed?.(this);
  }

  /** Resumes timers and open transactions; a call that is not answered ends. */
  goOn(saved: SavedCall): void {
    const { phone, chart } = this;
    // unchanged since it was saved, so that thousands of calls are not saved again at once
    this.#known = this.#toBeSaved;
    this.#noted = chart.state;
    this.#logged = chart.state;
    chart.start(this);
    if (this.#record.isSetUp) this.#settle();
    const { ours } = saved.invite ?? {};
    chart.guard(() => {
      const isNew = chart.now - (saved.record.answered ?? 0) < ANSWER_LASTS;
      if (saved.phone) phone.goOn(saved.phone, isNew);
      if (isNew) for (const effect of readMessages(saved.unsaid ?? [], saved.chart.context)) this.user.perform(effect);
      else if (ours && phone instanceof PhoneUac) phone.resume(ours);
    });
    if (chart.state === "ending.hangingUp") phone.hangUpAgain(chart.why ?? { condition: "success" });
    if (!saved.phone) this.abandon("gateway.restarts", { condition: "gone", text: "the gateway was restarted" });
  }

  perform(effect: CallEffect): void {
    if (effect.type === "sip.send.failure") this.#status = effect.failure.status;
    if (this.#changed && !this.#isCommitted && this.chart.answered) this.#commit();
    if (this.#unsaid && !effect.type.startsWith("sip.")) this.#unsaid = [...this.#unsaid, effect as UserEffect];
    try {
      if (effect.type.startsWith("sip.")) this.phone.perform(effect as PhoneEffect);
      else this.user.perform(effect as UserEffect);
    } catch (fault) {
      this.chart.error(fault);
    }
  }

  /** The call is answered: it is saved before either side is notified, so that a kill cannot leave only one side in the call. */
  #commit(): void {
    this.#isCommitted = true;
    this.#unsaid = [];
    this.#afterSave(() => {
      this.#unsaid = undefined;
      // the fact that the user was notified is saved a little later: short calls need not be written twice
      this.chart.after(SAID, () => this.changed());
    });
  }

  /** One log line per new state, at level debug once there are many; none for events that do not change the state; the end is logged as `call.ended`. */
  next(): void {
    const { chart } = this;
    if (chart.userLeft) this.#record.left(chart);
    if (!chart.active) return;
    const { state } = chart;
    if (this.#changed) this.#noteChange(state);
    if (state !== this.#logged) {
      this.#record.entered(state, chart.now);
      if (this.#record.isSetUp) this.#settle();
      this.#log({ level: ++this.#lines > MOST_LINES ? "debug" : "info", event: "call.state", state });
    }
    this.#logged = state;
    this.#status = undefined;
    if (!this.#watched && chart.answered) {
      this.#watched = true;
      this.user.watch();
      this.#disarm = this.#longest?.(() => this.abandon("call.lasts-too-long", TOO_LONG));
    }
  }

  /** Before the answer only changes of the devices, and the user's leaving, are saved; afterwards every change of the context. */
  #noteChange(state: string): void {
    const { chart } = this;
    const known = this.#toBeSaved;
    const isMore = chart.hasDialog || chart.userLeft;
    const isNew = known !== this.#known || (isMore && state !== this.#noted);
    this.#known = known;
    this.#noted = state;
    if (isNew) this.changed();
  }

  get #toBeSaved(): unknown {
    const { chart } = this;
    return chart.hasDialog ? chart.known : chart.devices;
  }

  complete(): void {
    const { why, step } = this.chart;
    const told = step?.told;
    this.#finish(why?.condition ?? (told !== undefined && "condition" in told ? told.condition : "success"));
  }

  /** A fault of ours: only this call ends. */
  error(fault: unknown): void {
    const { chart } = this;
    if (chart.over) return this.#log({ level: "error", event: "call.fault", error: String(fault) });
    const text = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
    this.#log({ level: "error", event: "call.failed", state: chart.state, error: text });
    this.abandon("gateway.fails", { condition: "general-error", text: "the gateway failed" });
  }

  /** The operator hangs up: both sides are notified. */
  hangUp(): void {
    const { answered, isIncoming } = this.chart;
    const condition = answered ? "success" : isIncoming ? "cancel" : "gone";
    this.abandon("operator.hangs-up", { condition, text: "the operator has hung up" });
  }

  /** Ends the call from our side in any state: both sides are notified, once. */
  abandon(event: Abandonment, reason: Reason): void {
    const { chart } = this;
    if (chart.over) return;
    const { devices, userLeft } = chart;
    const messages = chart.lastMessages(reason);
    const said = chart.owes();
    chart.abandoned(event);
    this.#record.abandoned(event === "operator.hangs-up" ? "operator" : "gateway", reason);
    this.#finish(reason.condition);
    this.#last(() => {
      this.phone.abandon(reason);
      if (!userLeft) this.user.perform({ type: "jingle.send.session-terminate", to: devices, reason });
      for (const effect of messages) this.user.perform(effect);
    });
    said();
  }

  /** A device of the user came online during a proposal: the call is offered to it, as if it had asked. */
  available(device: string): void {
    const { chart } = this;
    if (chart.waitsForDevices && !chart.devices.includes(device))
      chart.deliver({ type: "jingle.existing-session-initiate", device });
  }

  /** A device of the user went offline: a ringing one is dropped at once, later it is pinged (XEP-0166 §6.7). */
  unavailable(device: string): void {
    const { chart } = this;
    if (!chart.devices.includes(device)) return;
    const condition = "recipient-unavailable";
    if (chart.isIncoming && chart.unanswered) chart.deliver({ type: "jingle.refused", device, condition });
    else if (!chart.userLeft) this.user.unavailable(device);
  }

  /** A request inside one of the phone's dialogs. */
  request(request: Request, transaction: ServerTransaction): void {
    if (!this.chart.guard(() => this.phone.request(request, transaction)))
      transaction.respond(responseTo(request, 500));
  }

  takesOffer(request: Request, source: Destination): boolean {
    return this.phone.takesOffer(request, source);
  }

  takesAck(ack: Request, source: Destination): boolean {
    return this.phone.takesAck(ack, source);
  }

  #settle(): void {
    this.#settled?.();
    this.#settled = undefined;
  }

  /** Work after the end of the call: exceptions can only be logged. */
  #last(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log({ level: "error", event: "call.abandoned", error: String(error) });
    }
  }

  #finish(why: string): void {
    const { chart } = this;
    if (chart.over) return;
    this.#disarm?.();
    this.#settle();
    const end = this.#record.end(chart, why, this.#status);
    chart.stop(end);
    this.#last(() => {
      this.phone.stop();
      this.user.stop();
    });
    this.#log({ level: "info", event: "call.ended", direction: this.#direction, ...logged(end), state: this.#logged });
    this.#ended(this);
  }
}

/** Milliseconds: a call killed within this time after its answer notifies the user twice, who answers the second time with an error. */
const SAID = 1_000;

/** The time that a phone repeats its answer (64*T1), in milliseconds: during it the ACK and the message to the user may be missing. */
const ANSWER_LASTS = 32_000;

/** State lines of a call at level info, so that a call that is put on hold again and again does not fill the log. */
const MOST_LINES = 40;

const TOO_LONG: Reason = { condition: "expired", text: "the call has reached its maximum duration" };
