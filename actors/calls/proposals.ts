/**
 * Proposals of users (XEP-0353) whose session-initiate has not come yet.
 *
 * A proposal is answered at once and makes no call; it is kept to recognise the session-initiate that follows it. Bounds: `MOST`
 * proposals, then the oldest is dropped; each is kept for `jmi_timeout`.
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

  /** Whether this was proposed; the proposal is then forgotten. */
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
