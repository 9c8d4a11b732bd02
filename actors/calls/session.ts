/**
 * One Jingle session: sends its IQs and messages to each device, and handles the IQ results and errors.
 *
 * XEP-0166 §6, XEP-0353. Rules: we send from one address for the whole call (clients identify a session by sender and sid); an IQ error
 * that means that the session or its device is gone ends the call, other errors are logged; `MUST_ARRIVE` actions wait in the outbox
 * while the stream is down. The time-out of an IQ is in xmpp/requests.ts.
 */
import type { Element } from "@xmpp/xml";
import { jingleElement } from "../../protocol/jingle/jingle.ts";
import type { JingleMessage } from "../../protocol/jingle/messages.ts";
import type { Takes } from "../../protocol/media/suited.ts";
import type { LiveChart } from "../live-chart.ts";
import type { Log } from "../log.ts";
import type { XmppComponent } from "../xmpp/component.ts";
import type { Outbox } from "../xmpp/outbox.ts";
import { type Answer, hadNoStream, type IqRequest } from "../xmpp/requests.ts";

/** Sent again once the stream is back, if it was lost before the answer; a device that gets one twice answers with an error. */
const MUST_ARRIVE: ReadonlySet<string> = new Set([
  "session-accept",
  "session-terminate",
  "transport-info",
  "transport-accept",
  "transport-reject",
  "content-accept",
  "content-modify",
  "content-reject",
  "content-remove",
]);

/** IQ errors that mean that the session, its device or its server is gone, or cannot receive what must be sent. */
const GONE = new Set(["item-not-found", "recipient-unavailable", "service-unavailable", "too-large"]);
const isGone = (condition: string) => GONE.has(condition) || condition.startsWith("remote-server-");

/** The addresses of a session; plain JSON. */
export interface UserSide {
  readonly sid: string;
  /** The JID we send from: the phone, as the user's client knows it. */
  readonly us: string;
  /** The user's bare JID. */
  readonly them: string;
  /** The initiator's JID. */
  readonly initiator: string;
  /** The display name of the phone's user (XEP-0172), if known. */
  readonly nick?: string | undefined;
}

export interface SessionNeeds {
  readonly xmpp: XmppComponent;
  readonly outbox: Outbox;
  readonly log: Log;
}

/** One action, as sent to each device. */
export interface Saying {
  readonly action: string;
  readonly children: readonly Element[];
  readonly attributes?: Readonly<Record<string, string>>;
}

export class JingleSession {
  readonly side: UserSide;
  readonly chart: LiveChart;
  readonly #xmpp: XmppComponent;
  readonly #outbox: Outbox;
  readonly log: Log;

  constructor(side: UserSide, chart: LiveChart, { xmpp, outbox, log }: SessionNeeds) {
    this.side = side;
    this.chart = chart;
    this.#xmpp = xmpp;
    this.#outbox = outbox;
    this.log = log;
  }

  /** The capabilities of a device, if known. */
  takes(device: string): Takes | undefined {
    return this.#xmpp.takes(device);
  }

  /** Sends an IQ to a device; `answered` is called once, later. */
  ask(device: string, saying: Saying, answered: (answer: Answer) => void): void {
    const guarded = (answer: Answer): void => void this.chart.guard(() => answered(answer));
    this.chart.say(() => this.#xmpp.request(this.#iq(device, saying), guarded));
  }

  /** Sends an action to each device; `misread` handles one that answers bad-request. */
  say(to: readonly string[], saying: Saying, misread?: (device: string) => void): void {
    for (const device of to) {
      const heard = saying.action === "session-terminate" ? this.chart.owes() : undefined;
      const answered = (answer: Answer): void => {
        this.answered(device, saying.action, answer);
        if (answer.type === "error" && answer.condition === "bad-request") misread?.(device);
      };
      this.ask(device, saying, (answer) => {
        heard?.();
        if (!hadNoStream(answer) || !MUST_ARRIVE.has(saying.action)) return answered(answer);
        this.#outbox.keep(this.#iq(device, saying), (later) => void this.chart.guard(() => answered(later)));
      });
    }
  }

  /** Handles the answer to an action that only needs a result. */
  answered(device: string, action: string, answer: Answer): void {
    if (answer.type !== "error" || action === "session-terminate") return;
    const condition = answer.condition ?? "undefined-condition";
    this.log({ level: "warn", event: "jingle.refused", device, action, condition });
    if (isGone(condition)) this.chart.deliver({ type: "jingle.lost", device, condition });
  }

  /** Sends a Jingle Message. */
  message(to: string, message: JingleMessage): void {
    const way = { from: this.side.us, to };
    this.chart.say(() => {
      if (!this.#xmpp.say(way, message)) this.#outbox.keepMessage(way, message);
    });
  }

  #iq(to: string, { action, children, attributes = {} }: Saying): IqRequest {
    return { to, from: this.side.us, payload: jingleElement(action, this.side.sid, attributes, [...children]) };
  }
}
