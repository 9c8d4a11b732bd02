/**
 * One call for a reader that polls: the whole call first, then what is new or changed.
 *
 * Rules: known entries are not read again: a poll costs as much as has happened since the last one. A mark describes what a
 * reader has, even to a gateway that has forgotten the reader. Discarded entries (call-journal.ts) change the indexes, so the
 * whole call is sent again.
 */
import type { CallJournal } from "./call-journal.ts";
import { Telling } from "./telling.ts";
import type { CallView } from "./view.ts";

/** A report to a reader: `journal` is the whole call, `news` the steps and messages that are new or changed. */
export interface Heard {
  readonly event: "journal" | "news";
  readonly data: CallView;
  /** The reader's new mark. */
  readonly mark: string;
}

/** What a reader has: number of entries, repeated messages, discarded entries, and whether the call had ended. */
interface Mark {
  readonly entries: number;
  readonly again: number;
  readonly dropped: number;
  readonly over: number;
}

export class Following {
  /** The call, unless it was dropped. */
  readonly #find: () => CallJournal | undefined;
  #telling: Telling | undefined;
  #dropped = 0;

  constructor(find: () => CallJournal | undefined) {
    this.#find = find;
  }

  /** The report for a reader with this mark; undefined if there is nothing new. */
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

  /** Adds the entries since the last call. */
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
