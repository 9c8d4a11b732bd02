/**
 * Stores IQs and messages that must still be sent while the stream is down: a call was answered, changed, or has ended.
 *
 * Rules: each call has its own list, sent in order when the stream is back. Bounds: `MOST_OF_A_CALL` entries of a list,
 * beyond which its oldest is dropped, so that the end of the call is always sent; `MOST_CALLS` lists, beyond which the oldest list is
 * dropped, since its client has most likely given up. Lists are plain data except for the answer callbacks, and are saved if there is a
 * store, until they are answered: the stanzas of an earlier gateway are sent, and their answers ignored, since its calls are checked
 * again.
 */
import { parse } from "ltx/lib/ltx.js";
import { z } from "zod";
import type { JingleMessage } from "../../protocol/jingle/messages.ts";
import type { Log } from "../log.ts";
import type { Saver } from "../store/writer.ts";
import type { XmppComponent } from "./component.ts";
import { type Answer, hadNoStream, type IqRequest } from "./requests.ts";

const MOST_CALLS = 10_000;
const MOST_OF_A_CALL = 32;

type Addresses = { readonly from: string; readonly to: string };
type Answered = (answer: Answer) => void;
type Owed =
  | { readonly request: IqRequest; readonly answered: Answered }
  | { readonly addresses: Addresses; readonly message: JingleMessage };

const savedMessage = z.custom<JingleMessage>(
  (value) => z.looseObject({ type: z.string(), id: z.string() }).safeParse(value).success,
);
const addresses = { from: z.string(), to: z.string() };
const saved = z.array(
  z.union([z.object({ ...addresses, payload: z.string() }), z.object({ ...addresses, message: savedMessage })]),
);

const PREFIX = "owed ";
/** Whether a saved record with this id is a list of an outbox. */
export const isOwed = (id: string): boolean => id.startsWith(PREFIX);

export class Outbox {
  /** By session: a call that has ended may still have entries. */
  readonly #waiting = new Map<string, readonly Owed[]>();
  readonly #log: Log;
  readonly #saver: Saver | undefined;

  constructor(log: Log, saver?: Saver) {
    this.#log = log;
    this.#saver = saver;
  }

  /** Stores an IQ. If the stream goes down again, it is stored again; any other answer goes to `answered`. */
  keep(request: IqRequest, answered: Answered): void {
    this.#keep(sessionOf(request, String(request.payload.attrs.sid)), { request, answered });
  }

  /** Stores a message. */
  keepMessage(addresses: Addresses, message: JingleMessage): void {
    this.#keep(sessionOf(addresses, message.id), { addresses, message });
  }

  /** Restores a list that an earlier gateway saved. */
  restore(id: string, text: string): void {
    this.#waiting.set(id.slice(PREFIX.length), saved.parse(JSON.parse(text)).map(read));
  }

  /** Sends all entries. */
  flush(xmpp: XmppComponent): void {
    const lists = [...this.#waiting.entries()];
    this.#waiting.clear();
    for (const [session, list] of lists) {
      let left = list.length;
      const heard = (): void => {
        if (--left === 0 && !this.#waiting.has(session)) this.#saver?.ended(PREFIX + session);
      };
      for (const owed of list) this.#send(owed, xmpp, heard);
    }
  }

  /** `heard` is called when the stanza was answered, or is stored again. */
  #send(owed: Owed, xmpp: XmppComponent, heard: () => void): void {
    if ("message" in owed) {
      if (!xmpp.say(owed.addresses, owed.message)) this.keepMessage(owed.addresses, owed.message);
      return heard();
    }
    const { request, answered } = owed;
    xmpp.request(request, (answer) => {
      if (hadNoStream(answer)) this.keep(request, answered);
      else answered(answer);
      heard();
    });
  }

  #keep(session: string, owed: Owed): void {
    const known = this.#waiting.get(session);
    if (!known && this.#waiting.size === MOST_CALLS) this.#dropOldest();
    const list = [...(known ?? []), owed];
    if (list.length > MOST_OF_A_CALL) this.#log({ level: "warn", event: "outbox.full", session });
    this.#waiting.set(session, list.slice(-MOST_OF_A_CALL));
    this.#saver?.changed(PREFIX + session, () => this.#waiting.get(session)?.map(written));
  }

  #dropOldest(): void {
    const [oldest] = this.#waiting.keys();
    if (oldest === undefined) return;
    this.#waiting.delete(oldest);
    this.#saver?.ended(PREFIX + oldest);
    this.#log({ level: "warn", event: "outbox.full", session: oldest });
  }
}

/** A session is identified by its sid and both parties. */
const sessionOf = ({ from, to }: Addresses, sid: string): string => `${sid} ${from} ${to}`;

/** The saved form of an entry, and the reverse. */
function written(owed: Owed): z.infer<typeof saved>[number] {
  if ("message" in owed) return { ...owed.addresses, message: owed.message };
  const { from, to, payload } = owed.request;
  return { from, to, payload: String(payload) };
}

function read(entry: z.infer<typeof saved>[number]): Owed {
  const { from, to } = entry;
  if ("message" in entry) return { addresses: { from, to }, message: entry.message };
  return { request: { from, to, payload: parse(entry.payload) }, answered: () => {} };
}
