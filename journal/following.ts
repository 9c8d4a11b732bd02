/**
 * One call for a reader who comes back for more: all of it at first, then what is new or has changed.
 *
 * Rules: what was told is not read again: a look costs what has happened since. A mark says what a reader has, also to a gateway
 * that has forgotten the reader. Where entries gave way (call-journal.ts) all others have other places, and everything is told anew.
 */
import type { CallJournal } from "./call-journal.ts";
import { Telling } from "./telling.ts";
import type { CallView } from "./view.ts";

/** What a reader hears: `journal` is all there is, `news` the steps and messages that are new or have changed. */
export interface Heard {
  readonly event: "journal" | "news";
  readonly data: CallView;
  /** What the reader has then. */
  readonly mark: string;
}

/** How much of a call was told: its entries, how often messages came again, what gave way, and whether it was over. */
interface Mark {
  readonly entries: number;
  readonly again: number;
  readonly dropped: number;
  readonly over: number;
}

export class Following {
  /** The call, as long as it is kept. */
  readonly #find: () => CallJournal | undefined;
  #telling: Telling | undefined;
  #dropped = 0;

  constructor(find: () => CallJournal | undefined) {
    this.#find = find;
  }

  /** What a reader must hear whose mark this is; undefined when there is nothing new. */
  hear(mark: string): Heard | undefined {
    const call = this.#find();
    if (call === undefined) return undefined;
    const now = markOf(call);
    const written = [now.entries, now.again, now.dropped, now.over].join(".");
    if (mark === written) return undefined;
    const telling = this.#told(call);
    const known = readMark(mark);
    if (known?.dropped !== now.dropped)
      return { event: "journal", data: { ...call.row, ...telling.whole, dropped: call.dropped }, mark: written };
    const hasCome = known.again !== now.again;
    const news = telling.since(known.entries, ({ again }) => hasCome && again > 0);
    return { event: "news", data: { ...call.row, ...news, dropped: call.dropped }, mark: written };
  }

  /** Tells what has happened since. */
  #told(call: CallJournal): Telling {
    if (this.#telling === undefined || this.#dropped !== call.dropped) this.#telling = new Telling(call.begun);
    const telling = this.#telling;
    this.#dropped = call.dropped;
    for (const entry of call.entriesFrom(telling.count)) telling.add(entry);
    for (const [entry, times] of call.again) telling.again(entry, times);
    return telling;
  }
}

function markOf(call: CallJournal): Mark {
  let again = 0;
  for (const [, times] of call.again) again += times;
  return { entries: call.length, again, dropped: call.dropped, over: Number(call.isOver) };
}

function readMark(mark: string): Mark | undefined {
  const [, ...numbers] = /^(\d+)\.(\d+)\.(\d+)\.([01])$/.exec(mark) ?? [];
  const [entries, again, dropped, over] = numbers.map(Number);
  if (entries === undefined || again === undefined || dropped === undefined || over === undefined) return undefined;
  return { entries, again, dropped, over };
}
