/**
 * Puts callers into the users' rosters by name before their calls are proposed, for clients that know names from the roster alone.
 *
 * Rules (protocol/xmpp/callers.ts has those for items): a call waits at most `LIMIT`, and goes on whatever comes of it; what is
 * still on its way then is finished for the next call. Bounds: one question a user, `MOST_ASKED` in all, beyond which a call does not
 * wait; the names given to `MOST_GIVEN` items, of which the oldest is forgotten, and its item is then the user's.
 */
import { callerItem, canBeNamed, MOST_CALLERS } from "../../protocol/xmpp/callers.ts";
import type { Stanza } from "../../protocol/xmpp/head.ts";
import { bareJid } from "../../protocol/xmpp/jid.ts";
import type { RosterItem } from "../../protocol/xmpp/roster.ts";
import { BoundedLines } from "../bounded-lines.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Rosters } from "./rosters.ts";

/** Milliseconds: a server on this machine answers both questions in a few; a phone rings later by this at most. */
const LIMIT = 500;
const MOST_ASKED = 500;
const MOST_GIVEN = 10_000;
/** Log lines a minute: one for each user, and of all. */
const PER_USER = 1;
const PER_MINUTE = 60;

const NO_ACCESS = "the server grants no roster access (XEP-0356): both get and set are needed";

/** A call that is about to be proposed. */
export interface Introduction {
  /** The user's bare JID. */
  readonly user: string;
  /** The caller's JID. */
  readonly caller: string;
  /** The caller's display name, or "". */
  readonly name: string;
}

export interface IntroductionNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly rosters: Rosters;
  /** The component's domain. */
  readonly domain: string;
  /** The group of the callers in each roster. */
  readonly group: string;
}

export class Introductions {
  readonly #needs: IntroductionNeeds;
  readonly #lines: BoundedLines;
  /** The users whose roster is asked now. */
  readonly #asked = new Set<string>();
  /** The name last given to an item, by user and caller. */
  readonly #given = new Map<string, string>();

  constructor(needs: IntroductionNeeds) {
    const { clock, log } = needs;
    this.#needs = needs;
    this.#lines = new BoundedLines(clock, log, { level: "warn", event: "roster.unnamed" });
  }

  /** Calls `then` once: at once, or when the caller is in the user's roster, or the time limit is over. */
  introduce({ user, caller, name }: Introduction, then: () => void): void {
    const { rosters, domain } = this.#needs;
    const who = { jid: bareJid(caller), name };
    if (!canBeNamed(who, domain) || this.#asked.has(user) || this.#asked.size >= MOST_ASKED) return then();
    if (rosters.access(user) !== "both") {
      this.#failed(user, NO_ACCESS);
      return then();
    }
    const goOn = this.#limited(user, then);
    this.#asked.add(user);
    rosters.read(user, (read) => {
      const done = (why?: string): void => {
        this.#asked.delete(user);
        if (why !== undefined) this.#failed(user, why);
        goOn();
      };
      if ("why" in read) done(read.why);
      else this.#write(user, who, read, done);
    });
  }

  /** Takes a message that grants privileges; false if it is none. */
  granted(message: Stanza): boolean {
    return this.#needs.rosters.granted(message);
  }

  /** The stream is down: questions are answered as lost, so no call waits any more. */
  offline(): void {
    this.#needs.rosters.offline();
  }

  /** A function that calls `then` once; the time limit calls it, too. */
  #limited(user: string, then: () => void): () => void {
    let isWaiting = true;
    const goOn = (): void => {
      if (!isWaiting) return;
      isWaiting = false;
      cancel();
      then();
    };
    const cancel = this.#needs.clock.after(LIMIT, () => {
      this.#failed(user, `the server takes longer than ${LIMIT} ms`);
      goOn();
    });
    return goOn;
  }

  #write(
    user: string,
    who: { readonly jid: string; readonly name: string },
    roster: readonly RosterItem[],
    done: (why?: string) => void,
  ): void {
    const { group, rosters } = this.#needs;
    const key = `${user} ${who.jid}`;
    const item = callerItem(roster, who, { group, given: this.#given.get(key) });
    if (item === "full") return done(`the group ${group} has ${MOST_CALLERS} callers`);
    if (item)
      return rosters.write(user, item, (failure) => {
        if (!failure) this.#remember(key, who.name);
        done(failure?.why);
      });
    // after a restart, the item whose name is still the caller's is known as ours again
    if (roster.some(({ jid, name, groups }) => jid === who.jid && name === who.name && groups.includes(group)))
      this.#remember(key, who.name);
    done();
  }

  #remember(key: string, name: string): void {
    this.#given.delete(key);
    this.#given.set(key, name);
    const [oldest] = this.#given.keys();
    if (this.#given.size > MOST_GIVEN && oldest !== undefined) this.#given.delete(oldest);
  }

  #failed(user: string, why: string): void {
    const one = { kind: "user", name: user, most: PER_USER, many: "many failures of one user" };
    const all = { kind: "all", name: "", most: PER_MINUTE, many: "many failures" };
    this.#lines.add({ user, why }, one, all);
  }
}
