/**
 * Makes calls: the chart first, then its two sides; registers each call, and releases it at its end.
 *
 * Rule: a call that has ended, or could not be created, leaves no state: observers are called only once it is registered. With a
 * store, changes of a call are saved in the background; restored calls are made here, too (restoring.ts).
 */
import type { CallInput } from "../../machines/call/context.ts";
import type { Takes } from "../../protocol/media/suited.ts";
import { ChartTime } from "../chart-time.ts";
import { since } from "../clock.ts";
import { LiveChart } from "../live-chart.ts";
import { type Log, logAbout } from "../log.ts";
import type { InvitesAwaiting } from "../phone/awaiting.ts";
import { ProxyCredentials } from "../phone/credentials.ts";
import { Line, type LineNeeds } from "../phone/line.ts";
import type { SipSide } from "../phone/phone.ts";
import type { RelayOwner } from "../relay/relayed-call.ts";
import type { Saver } from "../store/writer.ts";
import type { Trunk } from "../trunks/trunk.ts";
import type { CallAbout } from "../watch.ts";
import type { Outbox } from "../xmpp/outbox.ts";
import { Call, type DialogName } from "./call.ts";
import type { CallsNeeds } from "./needs.ts";
import type { Registry } from "./registry.ts";
import { readChart, SAVED_VERSION, type SavedCall } from "./saved-call.ts";
import type { UserSide } from "./session.ts";
import { XmppSide } from "./user.ts";

/** The start of a call, in addition to the options. */
type Beginning = Pick<
  CallInput,
  "direction" | "offer" | "devices" | "isOnline" | "peerTrickles" | "relayed" | "relayIfRefused" | "messages"
>;

/** A call's dialog, its maximum duration, and its trunk, unless that is the proxy. */
interface DialogTerms extends DialogName {
  readonly contactUser: string;
  readonly longest?: number | undefined;
  readonly trunk?: Trunk | undefined;
}

export class CallMaker {
  readonly #needs: CallsNeeds;
  readonly #registry: Registry;
  readonly #awaiting: InvitesAwaiting;
  readonly #outbox: Outbox;
  readonly #saver: Saver | undefined;
  readonly #time: ChartTime;
  readonly #lineNeeds: LineNeeds;
  /** The line dependencies of each trunk. */
  readonly #byTrunk = new WeakMap<Trunk, LineNeeds>();
  readonly #ended = (call: Call): void => this.#letGo(call);

  constructor(
    needs: CallsNeeds,
    by: { registry: Registry; awaiting: InvitesAwaiting; outbox: Outbox; saver: Saver | undefined },
  ) {
    const { config, clock, sip, relay, xmpp, reach, random, chance, hash } = needs;
    const { awaiting } = by;
    const relayed: LineNeeds["relayed"] = (tag, terms, chart) => {
      relay?.begin(tag, terms);
      relay?.attach(tag, this.#ownerOf(chart));
    };
    this.#needs = needs;
    this.#registry = by.registry;
    this.#awaiting = awaiting;
    this.#outbox = by.outbox;
    this.#saver = by.saver;
    this.#time = new ChartTime(clock);
    const takes = (device: string): Takes | undefined => xmpp().takes(device);
    const account = { ...config, learnsFrom401: true };
    const credentials = (): ProxyCredentials => new ProxyCredentials(account, needs);
    this.#lineNeeds = { config, sip, relayed, awaiting, credentials, takes, reach, random, chance, hash };
  }

  /**
   * Creates and registers a call; it runs once it is started. `phone` creates its side to the phone; `saved` is the state saved by an
   * earlier gateway, if the call is restored.
   */
  create(
    beginning: Beginning,
    side: UserSide,
    terms: DialogTerms,
    phone: (line: Line) => SipSide,
    saved?: SavedCall,
  ): Call {
    const { config, xmpp, load } = this.#needs;
    const { callId, localTag, contactUser, longest, trunk } = terms;
    const { profile, retryAudioOnly, ringTimeout, gatherTimeout, renegotiateTimeout, jmiTimeout } = config;
    const timeouts = { ringTimeout, gatherTimeout, renegotiateTimeout, jmiTimeout };
    const input = { ...beginning, profile, retryAudioOnly, ...timeouts };
    const about = aboutOf(beginning, side, { callId, localTag }, trunk?.settings.name);
    const log = this.#logOf(about);
    const chart = new LiveChart(input, this.#time, saved && readChart(saved.chart));
    const call = new Call({
      chart,
      phone: phone(new Line(this.#lineNeedsOf(trunk), chart, contactUser, saved?.phone)),
      user: new XmppSide(side, chart, { xmpp: xmpp(), outbox: this.#outbox, log }),
      dialog: { callId, localTag },
      log,
      longest: longest === undefined ? undefined : (end) => this.#endAfter(longest, saved?.record.answered, end),
      saved,
      changed: this.#saver && ((changed, written) => this.#changed(changed, terms, written)),
      settled: () => load.completed(round),
      ended: this.#ended,
    });
    const round = load.begun();
    this.#registry.add(call);
    chart.watchBy(this.#needs.watch?.begun(saved ? { ...about, before: saved.record } : about));
    // the relay got a phone's offer before the call existed
    if (chart.isIncoming || saved) this.#needs.relay?.attach(localTag, this.#ownerOf(chart));
    const { direction } = beginning;
    if (saved) log({ level: "info", event: "call.restored", direction, state: chart.state });
    else log({ level: "info", event: "call.started", direction });
    return call;
  }

  /** Schedules the end of a call of limited duration, counted from its answer, even in an earlier gateway. */
  #endAfter(longest: number, answered: number | undefined, end: () => void): () => void {
    const { clock } = this.#needs;
    return clock.after(Math.max(0, longest - since(answered ?? clock.now(), clock)), end);
  }

  /** The relay's callbacks for a call. */
  #ownerOf(chart: LiveChart): RelayOwner {
    const phone = (): SipSide | undefined => this.#registry.all().find((call) => call.chart === chart)?.phone;
    return {
      lost: (text) => void chart.deliver({ type: "sip.answer.unusable", text }),
      made: (made) => chart.madeByRelay(made),
      isUserCalling: !chart.isIncoming,
      mayRenew: () => phone()?.mayRenew ?? false,
      renew: (sdp, over) => phone()?.renew(sdp, over) ?? false,
    };
  }

  /** The line dependencies of a call: through a trunk it uses the trunk's server and credentials. */
  #lineNeedsOf(trunk: Trunk | undefined): LineNeeds {
    if (trunk === undefined) return this.#lineNeeds;
    const known = this.#byTrunk.get(trunk);
    if (known !== undefined) return known;
    const made = this.#lineNeedsBy(trunk);
    this.#byTrunk.set(trunk, made);
    return made;
  }

  #lineNeedsBy(trunk: Trunk): LineNeeds {
    const { hops, reach, settings } = trunk;
    // a certificate is only checked for the trunk's own hosts
    const outbound = settings.outboundProxy !== undefined || trunk.isByTls;
    const config = {
      ...this.#needs.config,
      outbound,
      places: hops,
      get proxy() {
        return hops.best;
      },
    };
    return { ...this.#lineNeeds, config, credentials: () => trunk.callCredentials(), reach };
  }

  #logOf({ id: call, sid, callId, from, to }: CallAbout): Log {
    const { log } = this.#needs;
    return logAbout(log, { call, sid, callId, from, to });
  }

  #changed(call: Call, { contactUser, longest, trunk }: DialogTerms, written?: () => void): void {
    const { dialog, user } = call;
    const save = (): SavedCall | undefined => {
      const saved = call.save();
      const relay = this.#needs.relay?.save(dialog.localTag);
      const way = { dialog: { ...dialog, contactUser }, longest, trunk: trunk?.settings.name };
      return (
        saved && { version: SAVED_VERSION, start: this.#saver?.start ?? 0, side: user.side, ...way, ...saved, relay }
      );
    };
    this.#saver?.changed(dialog.localTag, save, written);
  }

  #letGo(call: Call): void {
    const { dialog, chart } = call;
    // the record stays until both sides know of the end: otherwise the next start could not notify them
    if (this.#saver) chart.whenPaid(() => this.#saver?.ended(dialog.localTag));
    this.#awaiting.ended(call.chart);
    this.#needs.relay?.end(call.dialog.localTag);
    this.#registry.remove(call);
    if (this.#registry.idle) this.#needs.idle();
  }
}

/** The identification of a call: our tag is its id, since it is unique, and visible on the wire. */
function aboutOf(
  { direction }: Beginning,
  { sid, us, them, initiator }: UserSide,
  { callId, localTag }: DialogName,
  trunk: string | undefined,
): CallAbout {
  const to = direction === "outgoing" ? us : them;
  return { id: localTag, callId, sid, us, them, from: initiator, to, direction, trunk };
}
