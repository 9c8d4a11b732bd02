/**
 * What must still be said to XMPP users when the stream is down: that their call was answered, moved, or has ended.
 *
 * A bounded list, said in order when the stream is back; the oldest gives way, since its client has most likely given
 * up by itself.
 */
import type { JingleMessage } from "../protocol/jingle-message.ts";
import type { Log } from "./log.ts";
import type { Xmpp } from "./xmpp.ts";
import type { Answer, IqRequest } from "./xmpp-requests.ts";

const MOST = 10_000;

/** Something to be said, and to whom. */
interface Waiting {
  readonly to: string;
  say(xmpp: Xmpp): void;
}

export class Outbox {
  readonly #waiting: Waiting[] = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Keeps an IQ; one that is lost on the way once more waits again. */
  keep(request: IqRequest): void {
    const again = ({ type }: Answer): void => {
      if (type === "offline") this.keep(request);
    };
    this.#keep({ to: request.to, say: (xmpp) => xmpp.request(request, again) });
  }

  /** Keeps a message. */
  keepMessage(way: { readonly from: string; readonly to: string }, message: JingleMessage): void {
    this.#keep({ to: way.to, say: (xmpp) => void (xmpp.say(way, message) || this.keepMessage(way, message)) });
  }

  /** Says what waits. */
  flush(xmpp: Xmpp): void {
    for (const next of this.#waiting.splice(0)) next.say(xmpp);
  }

  #keep(next: Waiting): void {
    if (this.#waiting.length === MOST) {
      const lost = this.#waiting.shift();
      this.#log({ level: "warn", event: "outbox.full", to: lost?.to });
    }
    this.#waiting.push(next);
  }
}
