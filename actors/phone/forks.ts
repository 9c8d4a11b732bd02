/**
 * The dialogs of one call, each identified by the other side's tag, and the one that the call continues in.
 *
 * RFC 3261 §12, §13.2.2.4, §15. Rules: a tag has one dialog, created by the first message with it; once one dialog is chosen, the
 * others deliver no events to the chart; after the end only BYE is sent. Bound: `MOST_FORKS`.
 */
import type { Reason } from "../../protocol/reasons.ts";
import type { Dialog } from "../../protocol/sip/dialog.ts";
import type { Message } from "../../protocol/sip/message.ts";
import { ask } from "./ask.ts";
import { Fork } from "./fork.ts";
import type { Line } from "./line.ts";
import type { SavedPhone } from "./saved.ts";

/** Further forks are refused: no proxy rings so many phones. */
const MOST_FORKS = 32;

export class Forks {
  readonly #line: Line;
  #all: readonly Fork[] = [];
  /** The tag of the dialog that the call continues in, once there is one. */
  chosen: string | null = null;
  /** Whether either side has hung up. */
  hungUp = false;

  constructor(line: Line) {
    this.#line = line;
  }

  save(): Pick<SavedPhone, "forks" | "chosen" | "hungUp"> {
    const { chosen, hungUp } = this;
    return { forks: this.#all.map((fork) => fork.save()), chosen, hungUp };
  }

  restore({ forks, chosen, hungUp }: ReturnType<Forks["save"]>, starts: number): void {
    this.#all = forks.map((fork) => Fork.restored(fork, starts));
    this.chosen = chosen;
    this.hungUp = hungUp;
  }

  get(tag: string): Fork | undefined {
    for (const fork of this.#all) if (fork.tag === tag) return fork;
    return undefined;
  }

  /** The forks that have answered the INVITE. */
  get answered(): readonly Fork[] {
    return this.#all.filter(({ isAnswered }) => isAnswered);
  }

  /** The dialog for our next request: the call's own, else the youngest early one. */
  get current(): Fork | undefined {
    if (this.chosen === null) return this.#all.findLast((fork) => fork.open);
    const fork = this.get(this.chosen);
    return fork?.open ? fork : undefined;
  }

  /** The same, until either side has hung up. */
  get speaking(): Fork | undefined {
    return this.hungUp ? undefined : this.current;
  }

  /** Adds a message's dialog to the call, unless there are too many. */
  join(tag: string, dialog: () => Dialog, message: Message, open: boolean): Fork | undefined {
    const known = this.get(tag);
    if (!known && this.#all.length >= MOST_FORKS) return undefined;
    const fork = known ?? new Fork(tag, dialog(), open);
    fork.learn(message);
    if (!known) this.#all = [...this.#all, fork];
    return fork;
  }

  /** If there are too many, drops an unanswered fork for one that answers; returns the dropped one. */
  makeRoom(tag: string): Fork | undefined {
    if (this.#all.length < MOST_FORKS || this.get(tag)) return undefined;
    const others = this.#all.filter((fork) => fork.tag !== this.chosen);
    const leaves = others.find(({ isAcknowledged }) => !isAcknowledged) ?? others[0];
    if (leaves) this.leave(leaves);
    return leaves;
  }

  leave(fork: Fork): void {
    this.#all = this.#all.filter((each) => each !== fork);
  }

  /** A new INVITE has forks of its own. */
  clear(): void {
    this.#all = [];
  }

  /** Hangs a dialog up. With `told`, the chart gets the outcome. */
  bye(tag: string | null, reason: Reason, told: boolean): void {
    const { chart } = this.#line;
    const fork = tag === null ? undefined : this.get(tag);
    if (tag === this.chosen) this.hungUp = true;
    if (!fork) {
      if (told) chart.deliver({ type: "sip.bye.failure" });
      return;
    }
    const heard = chart.owes();
    const final = (status: number): void => {
      heard();
      if (told) chart.deliver({ type: status < 300 ? "sip.bye.success" : "sip.bye.failure" });
    };
    try {
      ask(this.#line, fork, { method: "BYE", headers: this.#line.reason(reason) }, final);
    } catch (fault) {
      heard();
      throw fault;
    }
  }
}
