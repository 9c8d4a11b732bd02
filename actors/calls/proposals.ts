/**
 * What users have proposed (XEP-0353) and not begun yet: so that a session that comes of it is known for one.
 *
 * A propose asks for nothing else to be kept: it is answered at once, and the call is made by the session-initiate. Bound:
 * `MOST`, of which the oldest gives way, and `jmi_timeout` for each.
 */
import { bareJid } from "../../protocol/xmpp/jid.ts";
import type { Clock } from "../clock.ts";

const MOST = 10_000;

export interface Proposal {
  readonly sid: string;
  /** The device that proposes, a full JID. */
  readonly them: string;
  /** The phone that is proposed to. */
  readonly us: string;
}

export class Proposals {
  readonly #clock: Clock;
  readonly #timeout: number;
  /** Until when, by proposal; the oldest first. */
  readonly #open = new Map<string, number>();

  constructor(clock: Clock, timeout: number) {
    this.#clock = clock;
    this.#timeout = timeout;
  }

  add(proposal: Proposal): void {
    const now = this.#clock.now();
    for (const [key, until] of this.#open) {
      if (until > now && this.#open.size < MOST) break;
      this.#open.delete(key);
    }
    this.#open.set(keyOf(proposal), now + this.#timeout);
  }

  /** Whether this was proposed; it is forgotten with that. */
  take(proposal: Proposal): boolean {
    const until = this.#open.get(keyOf(proposal));
    this.#open.delete(keyOf(proposal));
    return until !== undefined && until > this.#clock.now();
  }

  /** Whether this device has proposed something to that phone. */
  between({ them, us }: Omit<Proposal, "sid">): boolean {
    const start = keyOf({ them, us, sid: "" });
    return this.#open.entries().some(([key, until]) => key.startsWith(start) && until > this.#clock.now());
  }
}

const keyOf = ({ sid, them, us }: Proposal): string => `${them}\n${bareJid(us)}\n${sid}`;
