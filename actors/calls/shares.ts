/**
 * Each user's share of the gateway, so that nobody exhausts what all share: calls at once, and new calls a minute.
 *
 * docs/mapping.md H1, H2. Rules: calls to a user and calls by a user are counted separately, so that ringing strangers do not reduce what
 * the user may dial; a call counts as new when it is made, however it ends; emergency calls are not limited. The limit for all users
 * together is `max_calls` (registry.ts).
 */
import { Refusal } from "../../protocol/refusal.ts";
import type { Clock } from "../clock.ts";
import { Lately } from "../lately.ts";
import type { CallAbout } from "../watch.ts";
import type { Registry } from "./registry.ts";

const MINUTE = 60_000;

/** The refusal of a user who has reached a limit. */
export const limitReached = (text: string): Refusal =>
  new Refusal(text, { status: 503 }, { condition: "resource-constraint", type: "wait" });

/** The current options; 0 is no limit. */
export interface ShareConfig {
  readonly perUser: number;
  readonly perMinute: number;
}

/** The dependencies of the counts. */
interface ShareDependencies {
  readonly config: ShareConfig;
  readonly registry: Registry;
  readonly clock: Clock;
}

export class Shares {
  readonly #dependencies: ShareDependencies;
  readonly #begun: Lately;

  constructor(dependencies: ShareDependencies) {
    this.#dependencies = dependencies;
    this.#begun = new Lately(dependencies.clock, MINUTE);
  }

  /** Why a user may not place a call now; undefined if allowed. */
  refusal(user: string): Refusal | undefined {
    const { config } = this.#dependencies;
    if (this.isUsedUp(user, "outgoing")) return limitReached(`no more than ${config.perUser} calls of a user at once`);
    const isTooOften = config.perMinute > 0 && this.#begun.of(user) >= config.perMinute;
    return isTooOften ? limitReached(`no more than ${config.perMinute} new calls of a user a minute`) : undefined;
  }

  /** Whether a user has the maximum number of calls in this direction. */
  isUsedUp(user: string, direction: CallAbout["direction"]): boolean {
    const { config, registry } = this.#dependencies;
    const calls = registry.ofUser(user);
    if (config.perUser === 0 || calls.size < config.perUser) return false;
    const isIncoming = direction === "incoming";
    return [...calls].filter(({ chart }) => chart.isIncoming === isIncoming).length >= config.perUser;
  }

  /** Counts a call placed by a user. */
  count(user: string): void {
    const { perMinute } = this.#dependencies.config;
    if (perMinute > 0) this.#begun.count(user, perMinute);
  }
}
