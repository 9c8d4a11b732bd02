/**
 * Whether the devices of a call are still there: XEP-0166 §6.7, §6.8.
 *
 * Rules: a device that went offline is pinged after `ABSENCE`, and every device each `PING_INTERVAL`, until the call is over; no
 * answer at all means that it is gone; after the stream was lost a device is pinged, since it is unknown what it has received.
 */
import type { Waiting } from "../chart-time.ts";
import { hadNoStream } from "../xmpp/requests.ts";
import type { JingleSession } from "./session.ts";

/** Milliseconds between a device's unavailable presence and the ping. */
const ABSENCE = 10_000;

/** Milliseconds between two pings of a device in a call. */
const PING_INTERVAL = 300_000;

export class Absence implements Waiting {
  readonly #session: JingleSession;
  /** The time of the next ping, for ChartTime. */
  deadline = Number.POSITIVE_INFINITY;
  place = -1;
  /** The devices to be pinged soon, each with the function that cancels that. */
  #doubted: Map<string, () => void> | undefined;

  constructor(session: JingleSession) {
    this.#session = session;
  }

  /** Pings the devices periodically until the call is over. */
  watch(): void {
    this.#session.chart.time.wait(this, PING_INTERVAL);
  }

  /** The time of the next ping has come. */
  due(): void {
    const { chart } = this.#session;
    chart.guard(() => this.ask());
    if (!chart.over) this.watch();
  }

  /** Pings the devices now. */
  ask(): void {
    for (const device of this.#session.chart.devices) this.#ping(device);
  }

  /** A device of the call may be gone: it is pinged after `ABSENCE`. */
  doubt(device: string): void {
    const { chart } = this.#session;
    const doubted = this.#doubted ?? new Map<string, () => void>();
    this.#doubted = doubted;
    doubted.get(device)?.();
    const ask = (): void => {
      doubted.delete(device);
      if (chart.devices.includes(device)) this.#ping(device);
    };
    doubted.set(device, chart.after(ABSENCE, ask));
  }

  /** The call is over. */
  stop(): void {
    this.#session.chart.time.forget(this);
    for (const forget of this.#doubted?.values() ?? []) forget();
    this.#doubted = undefined;
  }

  /** An empty session-info; a device that knows the session returns a result. */
  #ping(device: string): void {
    const { chart } = this.#session;
    this.#session.ask(device, { action: "session-info", children: [] }, (answer) => {
      if (hadNoStream(answer)) this.doubtIfPresent(device);
      else if (answer.type === "silence") chart.deliver({ type: "jingle.lost", device, condition: "silence" });
      else if (answer.type === "result") chart.deliver({ type: "jingle.acknowledged", device });
      else this.#session.answered(device, "session-info", answer);
    });
  }

  /** The stream was lost before an answer: a device of the call may be gone. */
  doubtIfPresent(device: string): void {
    if (this.#session.chart.devices.includes(device)) this.doubt(device);
  }
}
