/**
 * The session-initiate of a phone's call: the offer for each device, and smaller offers if one cannot accept that.
 *
 * XEP-0166 §6.3.2, §7.4, XEP-0343. Rules: a device is offered what it supports. If it answers with an error, or accepts and then ends
 * the session as unsupported, it gets a smaller offer, as a phone does after 488: first without data channels, then audio only.
 * If there is no smaller offer, that was the device's answer. Bound: two smaller offers per device.
 */
import { writeJingle } from "../../protocol/jingle/jingle.ts";
import type { Media } from "../../protocol/media/media.ts";
import { NEVER_SEEN, smaller, suited } from "../../protocol/media/suited.ts";
import type { Answer } from "../xmpp/requests.ts";
import type { Absence } from "./absence.ts";
import type { JingleSession } from "./session.ts";
import type { Withheld } from "./withheld.ts";

/** Clients' answers to an unknown content: conditions of an IQ error, and reasons of a session-terminate. */
const NO_SUCH_CONTENT = new Set(["bad-request", "feature-not-implemented", "not-acceptable"]);
const CANNOT_TAKE = new Set(["unsupported-applications", "failed-application", "incompatible-parameters"]);

export class Offering {
  readonly #session: JingleSession;
  readonly #absence: Absence;
  readonly #withheld: Withheld;

  constructor(session: JingleSession, absence: Absence, withheld: Withheld) {
    this.#session = session;
    this.#absence = absence;
    this.#withheld = withheld;
  }

  /** Offers a device the supported part of this description. */
  offer(device: string, media: Media): void {
    const { initiator } = this.#session.side;
    const suitable = suited(media, this.#session.takes(device) ?? NEVER_SEEN);
    const children = writeJingle(suitable, "offer");
    this.#withheld.offered(device, suitable);
    this.#session.ask(device, { action: "session-initiate", children, attributes: { initiator } }, (answer) => {
      const isRefused = answer.type === "error" && NO_SUCH_CONTENT.has(answer.condition ?? "");
      const less = isRefused ? this.#less(device) : undefined;
      if (less) this.offer(device, less);
      else this.#answered(device, answer);
    });
  }

  /** The smaller offer for a device that has ended the session with this reason, if any. */
  lessAfter(device: string, condition: string): Media | undefined {
    return CANNOT_TAKE.has(condition) ? this.#less(device) : undefined;
  }

  /** A smaller offer than the device's last one, while the call rings there. */
  #less(device: string): Media | undefined {
    const { isIncoming, unanswered, devices, offer } = this.#session.chart;
    const rings = isIncoming && unanswered && devices.includes(device);
    return rings ? smaller(this.#withheld.without(device, offer)) : undefined;
  }

  #answered(device: string, answer: Answer): void {
    const { chart, log } = this.#session;
    if (answer.type === "result") return void chart.deliver({ type: "jingle.acknowledged", device });
    if (answer.type === "lost") return this.#absence.doubtIfPresent(device);
    const condition = answer.condition ?? answer.type;
    log({ level: "info", event: "device.refused", device, condition });
    chart.deliver({ type: "jingle.refused", device, condition });
  }
}
