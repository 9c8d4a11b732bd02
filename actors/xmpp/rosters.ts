/**
 * The users' rosters, where their servers have granted access: XEP-0356 §4.
 *
 * Rules: a grant is believed of a served domain itself, and for its own users alone; it is gone with the stream. The roster is asked
 * for from the component's own address, in intercept mode too. The time-out of an IQ is in requests.ts.
 */
import type { Stanza } from "../../protocol/xmpp/head.ts";
import { bareJid, readJid } from "../../protocol/xmpp/jid.ts";
import { type RosterAccess, rosterAccess } from "../../protocol/xmpp/privilege.ts";
import { type RosterItem, readRoster, rosterQuery, writeItem } from "../../protocol/xmpp/roster.ts";
import type { Log } from "../log.ts";
import type { Tally } from "../tally.ts";
import type { Answer, IqRequest } from "./requests.ts";

export interface RosterNeeds {
  /** The component's domain. */
  readonly domain: string;
  readonly isServed: (jid: string) => boolean;
  readonly ask: (request: IqRequest, answered: (answer: Answer) => void) => void;
  readonly dropped: Tally;
  readonly log: Log;
}

/** Why a question has no usable answer. */
export interface Failure {
  readonly why: string;
}

export class Rosters {
  readonly #needs: RosterNeeds;
  /** By domain; only served ones, of which the configuration has the number. */
  readonly #access = new Map<string, RosterAccess>();

  constructor(needs: RosterNeeds) {
    this.#needs = needs;
  }

  /** Takes a message that grants privileges; false if it is none. */
  granted({ from, sender, element }: Stanza): boolean {
    const { isServed, dropped, log } = this.#needs;
    const access = rosterAccess(element);
    if (access === undefined) return false;
    if (sender.local !== "" || sender.resource !== "" || !isServed(from))
      dropped.add("privilege from a domain not served", { from });
    else {
      this.#access.set(sender.domain, access);
      log({ level: "info", event: "roster.access", host: sender.domain, access });
    }
    return true;
  }

  /** The stream is down: the server grants anew when it is back. */
  offline(): void {
    this.#access.clear();
  }

  /** The access to the roster of a user. */
  access(user: string): RosterAccess {
    return this.#access.get(readJid(user)?.domain ?? "") ?? "none";
  }

  read(user: string, answered: (read: readonly RosterItem[] | Failure) => void): void {
    this.#ask(user, { type: "get", payload: rosterQuery() }, (answer) =>
      answered(failureOf(answer) ?? readRoster(answer.payload) ?? { why: "the answer is no roster" }),
    );
  }

  write(user: string, item: RosterItem, answered: (failure: Failure | undefined) => void): void {
    this.#ask(user, { type: "set", own: true, payload: writeItem(item) }, (answer) => answered(failureOf(answer)));
  }

  #ask(user: string, what: Omit<IqRequest, "to" | "from">, answered: (answer: Answer) => void): void {
    this.#needs.ask({ ...what, from: this.#needs.domain, to: bareJid(user) }, answered);
  }
}

function failureOf({ type, condition }: Answer): Failure | undefined {
  if (type === "result") return undefined;
  return { why: type === "error" ? `the server says ${condition}` : `no answer: ${type}` };
}
