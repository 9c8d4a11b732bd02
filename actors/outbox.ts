/**
 * What must still be said to XMPP users when the stream is down: the ends of their calls.
 *
 * A bounded list, said in order when the stream is back; the oldest gives way, since its client has most likely given
 * up by itself.
 */
import type { Log } from "./log.ts";
import type { Xmpp } from "./xmpp.ts";
import type { IqRequest } from "./xmpp-requests.ts";

const MOST = 10_000;

export class Outbox {
  readonly #waiting: IqRequest[] = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  keep(request: IqRequest): void {
    if (this.#waiting.length === MOST) {
      const lost = this.#waiting.shift();
      this.#log({ level: "warn", event: "outbox.full", to: lost?.to });
    }
    this.#waiting.push(request);
  }

  /** Says what waits; what the stream does not take any more stays. */
  flush(xmpp: Xmpp): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (!xmpp.online) {
        this.#waiting.unshift(next);
        return;
      }
      xmpp.request(next, () => {});
    }
  }
}
