/**
 * Proposals of users (XEP-0353) whose session-initiate has not come yet.
 *
 * A proposal is answered at once and creates no call; it is stored to recognise the session-initiate that follows it. Bounds: `MOST`
 * proposals, beyond which the oldest is dropped, and `MOST_OF_ONE` per user, beyond which it is refused; each expires after `jmi_timeout`.
 */
import { bareJid } from "../../protocol/xmpp/jid.ts";
import type { Clock } from "../clock.ts";

const MOST = 10_000;
const MOST_OF_ONE = 20;

export interface Proposal {
  readonly sid: string;
  /** The proposing device, a full JID. */
  readonly them: string;
  /** The phone that the proposal is for. */
  readonly us: string;
}

export class Proposals {
  readonly #clock: Clock;
  readonly #timeout: number;
  /** The expiry of each proposal; the oldest first. */
  readonly #open = new Map<string, { readonly user: string; readonly until: number }>();
  /** The number of open proposals of each user. */
  readonly #counts = new Map<string, number>();

  constructor(clock: Clock, timeout: number) {
    this.#clock = clock;
    this.#timeout = timeout;
  }

  /** False if the user has too many proposals open. */
  add(proposal: Proposal): boolean {
    const now = this.#clock.now();
    for (const [key, { until }] of this.#open) {
      if (until > now && this.#open.size < MOST) break;
      this.#forget(key);
    }
    const key = keyOf(proposal);
    const user = bareJid(proposal.them);
    this.#forget(key); // a repeated proposal
    const count = this.#counts.get(user) ?? 0;
    if (count >= MOST_OF_ONE) return false;
    this.#counts.set(user, count + 1);
    this.#open.set(key, { user, until: now + this.#timeout });
    return true;
  }

  /** Whether this was proposed; removes the proposal. */
  take(proposal: Proposal): boolean {
    const key = keyOf(proposal);
    const until = this.#open.get(key)?.until;
    this.#forget(key);
    return until !== undefined && until > this.#clock.now();
  }

  #forget(key: string): void {
    const user = this.#open.get(key)?.user;
    if (user === undefined) return;
    this.#open.delete(key);
    const left = (this.#counts.get(user) ?? 1) - 1;
    if (left > 0) this.#counts.set(user, left);
    else this.#counts.delete(user);
  }

  /** Whether this device has a proposal open for that phone. */
  between({ them, us }: Omit<Proposal, "sid">): boolean {
    const start = keyOf({ them, us, sid: "" });
    return this.#open.entries().some(([key, { until }]) => key.startsWith(start) && until > this.#clock.now());
  }
}

const keyOf = ({ sid, them, us }: Proposal): string => `${them}\n${bareJid(us)}\n${sid}`;
