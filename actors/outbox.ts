/**
 * What must still be said to XMPP users when the stream is down: that their call was answered, moved, or has ended.
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

  /** Says what waits; what is lost on the way once more waits again. */
  flush(xmpp: Xmpp): void {
    for (const next of this.#waiting.splice(0))
      xmpp.request(next, ({ type }) => {
        if (type === "offline") this.keep(next);
      });
  }
}
