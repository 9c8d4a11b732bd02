/**
 * Keeps IQs and messages that must still be sent while the stream is down: a call was answered, changed, or has ended.
 *
 * Rules: each call has a list of its own, sent in order when the stream is back. Bounds: `MOST_OF_A_CALL` entries of a list,
 * then its oldest is dropped, so that the end of the call is always sent; `MOST_CALLS` lists, then the oldest list is dropped,
 * since its client has most likely given up.
 */
import type { JingleMessage } from "../../protocol/jingle/messages.ts";
import type { Log } from "../log.ts";
import type { XmppComponent } from "./component.ts";
import { type Answer, hadNoStream, type IqRequest } from "./requests.ts";

const MOST_CALLS = 10_000;
const MOST_OF_A_CALL = 32;

type Say = (xmpp: XmppComponent) => void;

export class Outbox {
  /** By session: a call that has ended may still have entries. */
  readonly #waiting = new Map<string, readonly Say[]>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Keeps an IQ. If the stream goes down again, it is kept again; any other answer goes to `answered`. */
  keep(request: IqRequest, answered: (answer: Answer) => void): void {
    const again = (answer: Answer): void => {
      if (hadNoStream(answer)) this.keep(request, answered);
      else answered(answer);
    };
    const session = sessionOf(request, String(request.payload.attrs.sid));
    this.#keep(session, (xmpp) => xmpp.request(request, again));
  }

  /** Keeps a message. */
  keepMessage(way: { readonly from: string; readonly to: string }, message: JingleMessage): void {
    const say: Say = (xmpp) => void (xmpp.say(way, message) || this.keepMessage(way, message));
    this.#keep(sessionOf(way, message.id), say);
  }

  /** Sends all entries. */
  flush(xmpp: XmppComponent): void {
    const lists = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const say of lists.flat()) say(xmpp);
  }

  #keep(session: string, say: Say): void {
    const known = this.#waiting.get(session);
    if (!known && this.#waiting.size === MOST_CALLS) this.#dropOldest();
    const list = [...(known ?? []), say];
    if (list.length > MOST_OF_A_CALL) this.#log({ level: "warn", event: "outbox.full", session });
    this.#waiting.set(session, list.slice(-MOST_OF_A_CALL));
  }

  #dropOldest(): void {
    const [oldest] = this.#waiting.keys();
    if (oldest === undefined) return;
    this.#waiting.delete(oldest);
    this.#log({ level: "warn", event: "outbox.full", session: oldest });
  }
}

/** A session is known by its sid and both parties. */
const sessionOf = ({ from, to }: { from: string; to: string }, sid: string): string => `${sid} ${from} ${to}`;
