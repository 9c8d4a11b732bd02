/**
 * The XMPP side of one call: sends the chart's effects in Jingle, and delivers the outcome to the chart.
 *
 * XEP-0166 §6-7, XEP-0167 §8, XEP-0353. Rule: if the stream drops after a session-initiate was sent, the device may have it: we ping
 * it instead of counting it as refused. session.ts sends to each device, offering.ts limits offers to what each supports; iqs.ts finds
 * the call of an incoming IQ.
 */
import type { Element } from "@xmpp/xml";
import type { UserEffect } from "../../machines/call/vocabulary.ts";
import { writeCodecs, writeNames, writeSenders, writeSources, writeTransports } from "../../protocol/jingle/changes.ts";
import { writeDtmfElement } from "../../protocol/jingle/dtmf.ts";
import { reasonElement, writeContent, writeGroup, writeJingle } from "../../protocol/jingle/jingle.ts";
import { withoutEnd, writeTransportInfo } from "../../protocol/jingle/transport-info.ts";
import type { Media } from "../../protocol/media/media.ts";
import { namedSources } from "../../protocol/media/offer-answer.ts";
import type { Reason } from "../../protocol/reasons.ts";
import { xml } from "../../protocol/xmpp/element.ts";
import { RTP_INFO } from "../../protocol/xmpp/namespaces.ts";
import { type EffectRows, performBy } from "../effect-rows.ts";
import type { LiveChart } from "../live-chart.ts";
import { Absence } from "./absence.ts";
import { Offering } from "./offering.ts";
import { JingleSession, type SessionNeeds, type UserSide } from "./session.ts";
import { Withheld } from "./withheld.ts";

/** The media of a propose: each kind once. */
const mediaOf = ({ contents }: Media): string[] => [
  ...new Set(contents.filter(({ sctp }) => sctp === undefined).map(({ media }) => media)),
];
const info = (name: string): Element => xml(name, { xmlns: RTP_INFO });

type Effect<Type extends UserEffect["type"]> = Extract<UserEffect, { type: Type }>;

export class XmppSide {
  readonly #session: JingleSession;
  readonly #absence: Absence;
  readonly #withheld = new Withheld();
  readonly #offering: Offering;

  constructor(side: UserSide, chart: LiveChart, needs: SessionNeeds) {
    this.#session = new JingleSession(side, chart, needs);
    this.#absence = new Absence(this.#session);
    this.#offering = new Offering(this.#session, this.#absence, this.#withheld);
  }

  get side(): UserSide {
    return this.#session.side;
  }

  static readonly #rows: EffectRows<UserEffect, XmppSide> = {
    "jingle.send.session-initiate": (user, { to, media }) => {
      for (const device of to) user.#offering.offer(device, media);
    },
    "jingle.send.session-accept": (user, effect) => user.#accept(effect),
    "jingle.send.session-terminate": (user, { to, reason }) =>
      user.#say(to, "session-terminate", [reasonElement(reason)]),
    "jingle.send.ringing": (user, { to }) => user.#say(to, "session-info", [info("ringing")]),
    "jingle.send.hold": (user, { to, holds }) => user.#say(to, "session-info", [info(holds ? "hold" : "active")]),
    "jingle.send.dtmf": (user, { to, tone }) => user.#say(to, "session-info", [writeDtmfElement(tone)]),
    "jingle.send.transports": (user, { to, contents }) =>
      user.#say(to, "transport-info", writeTransports(contents.map(withoutEnd))),
    "jingle.send.transport-accept": (user, { to, contents }) =>
      user.#say(to, "transport-accept", writeTransports(contents)),
    "jingle.send.transport-reject": (user, { to, contents }) =>
      user.#say(to, "transport-reject", writeTransports(contents)),
    "jingle.send.transport-info": (user, effect) => user.#trickle(effect),
    "jingle.send.content-add": (user, effect) => user.#add(effect),
    "jingle.send.content-accept": (user, { to, contents }) =>
      user.#say(to, "content-accept", contents.map(writeContent)),
    "jingle.send.description-info": (user, { to, contents }) =>
      user.#say(to, "description-info", writeCodecs(contents)),
    "jingle.send.content-remove": (user, { to, contents }) => user.#say(to, "content-remove", writeNames(contents)),
    "jingle.send.content-reject": (user, { to, contents }) => user.#say(to, "content-reject", writeNames(contents)),
    "jingle.send.content-modify": (user, { to, changes }) => user.#say(to, "content-modify", writeSenders(changes)),
    "jingle.send.source": (user, { to, action, media }) => user.#say(to, action, writeSources(namedSources(media))),
    "jmi.send.propose": (user, effect) => user.#propose(effect),
    "jmi.send.retract": (user) => user.#retract(),
    "jmi.send.finish": (user, effect) => user.#finish(effect),
  };

  /** Performs one effect of the chart; a failure comes back as an event. */
  perform(effect: UserEffect): void {
    performBy(XmppSide.#rows, this, effect);
  }

  /** Offers a device less, if that may be why it ended the session; `accepted` is called before that. */
  offersLess(device: string, { condition }: Reason, accepted: () => void): boolean {
    const less = this.#offering.lessAfter(device, condition);
    if (less === undefined) return false;
    accepted();
    this.#offering.offer(device, less);
    return true;
  }

  /** Its saved state; the presence of devices is checked after a restart. */
  save(): ReturnType<Withheld["save"]> {
    return this.#withheld.save();
  }

  restore(saved: ReturnType<Withheld["save"]>): void {
    this.#withheld.restore(saved);
  }

  /** Pings the devices to check that they are still there. */
  ask(): void {
    this.#absence.ask();
  }

  /** A device of the call went offline. */
  unavailable(device: string): void {
    this.#absence.doubt(device);
  }

  /** Pings the devices periodically from now on. */
  watch(): void {
    this.#absence.watch();
  }

  /** The call is over. */
  stop(): void {
    this.#absence.stop();
  }

  #say(to: readonly string[], action: string, children: readonly Element[]): void {
    this.#session.say(to, { action, children });
  }

  #trickle({ to, update }: Effect<"jingle.send.transport-info">): void {
    for (const device of to) {
      const contents = this.#withheld.known(device, update.contents);
      for (const told of writeTransportInfo({ contents })) this.#say([device], "transport-info", told);
    }
  }

  /**
   * Accepts, and marks refused contents by senders='none' (XEP-0166 §7.3).
   *
   * COMPAT Dino 0.4: does not know senders='none' and answers bad-request; then it gets an accept with only the other contents, in
   * the form of an offer. Conversations ends the call if a content is missing, so that cannot be the first try.
   */
  #accept({ to, media }: Effect<"jingle.send.session-accept">): void {
    const responder = this.side.us;
    const accept = (form: "answer" | "offer") =>
      ({ action: "session-accept", children: writeJingle(media, form), attributes: { responder } }) as const;
    const shorter = (device: string): void => this.#session.say([device], accept("offer"));
    const refuses = media.contents.some(({ rejected }) => rejected);
    this.#session.say(to, accept("answer"), refuses ? shorter : undefined);
  }

  /**
   * Offers new contents. A client that refuses the IQ, or cannot be reached, counts as refusing the contents; otherwise the phone
   * waits for its decision.
   */
  #add({ to, contents, groups }: Effect<"jingle.send.content-add">): void {
    const { chart } = this.#session;
    const names = contents.map(({ name }) => name);
    const saying = { action: "content-add", children: [...contents.map(writeContent), ...groups.map(writeGroup)] };
    for (const device of to) {
      this.#withheld.added(device, contents);
      this.#session.ask(device, saying, (answer) => {
        this.#session.answered(device, "content-add", answer);
        if (answer.type === "error" || answer.type === "offline")
          chart.deliver({ type: "jingle.content-reject", device, names });
      });
    }
  }

  #propose({ media }: Effect<"jmi.send.propose">): void {
    const { sid, them, nick = "" } = this.side;
    this.#session.message(them, { type: "propose", id: sid, media: mediaOf(media), nick });
  }

  #retract(): void {
    const { sid, them } = this.side;
    this.#session.message(them, { type: "retract", id: sid, reason: { condition: "cancel" } });
  }

  #finish({ to, reason }: Effect<"jmi.send.finish">): void {
    for (const device of to) this.#session.message(device, { type: "finish", id: this.side.sid, reason });
  }
}
