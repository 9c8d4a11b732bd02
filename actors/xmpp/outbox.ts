/**
 * What must still be said to XMPP users when the stream is down: that their call was answered, moved, or has ended.
 *
 * One bounded list for each call, said in order when the stream is back; in it the oldest gives way, so that the end of a
 * call is always told and no call takes another's place. Bound: `MOST_CALLS` lists, of which the oldest gives way, since its
 * client has most likely given up by itself.
 */
import type { JingleMessage } from "../../protocol/jingle/messages.ts";
import type { Log } from "../log.ts";
import type { XmppComponent } from "./component.ts";
import { type Answer, hadNoStream, type IqRequest } from "./requests.ts";

const MOST_CALLS = 10_000;
const MOST_OF_A_CALL = 32;

type Say = (xmpp: XmppComponent) => void;

export class Outbox {
  /** By session: a call that is over may still have something to say. */
  readonly #waiting = new Map<string, readonly Say[]>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Keeps an IQ; one that is lost on the way once more waits again. `answered` is told any other answer. */
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

  /** Says what waits. */
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

/** A session is known by its sid and who speaks to whom. */
const sessionOf = ({ from, to }: { from: string; to: string }, sid: string): string => `${sid} ${from} ${to}`;
