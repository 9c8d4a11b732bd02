/**
 * All calls, by dialog, by session, and by user.
 *
 * A SIP request finds its call by Call-ID and our tag (our tag is unique, so the peer's is checked later); a Jingle IQ
 * by sid, the user's bare JID and the JID we send from, since clients identify a session by sender and sid.
 */
import { bareJid } from "../../protocol/xmpp/jid.ts";
import type { Call, DialogName } from "./call.ts";

/** The number of emergency calls allowed in addition to all others. */
const EMERGENCY_PLACES = 16;

const NONE: ReadonlySet<Call> = new Set();

export class Registry {
  readonly #byDialog = new Map<string, Call>();
  readonly #bySession = new Map<string, Call>();
  readonly #byUser = new Map<string, Set<Call>>();
  readonly #most: () => number;
  #isClosed = false;

  /** `most` returns the maximum number of calls, each time. */
  constructor(most: () => number) {
    this.#most = most;
  }

  /** No new calls from now on. */
  close(): void {
    this.#isClosed = true;
  }

  /** Whether no new call may start now. */
  get full(): boolean {
    return this.#isClosed || this.size >= this.#most();
  }

  /** Whether not even an emergency call may start now: some places are reserved for them. */
  get fullForAll(): boolean {
    return this.#isClosed || this.size >= this.#most() + EMERGENCY_PLACES;
  }

  /** Whether the last call has ended, and no new one may start. */
  get idle(): boolean {
    return this.#isClosed && this.size === 0;
  }

  get size(): number {
    return this.#byDialog.size;
  }

  add(call: Call): void {
    const { side } = call.user;
    this.#byDialog.set(dialogKey(call.dialog), call);
    this.#bySession.set(sessionKey(side), call);
    const calls = this.#byUser.get(side.them) ?? new Set();
    this.#byUser.set(side.them, calls.add(call));
  }

  remove(call: Call): void {
    const { side } = call.user;
    this.#byDialog.delete(dialogKey(call.dialog));
    this.#bySession.delete(sessionKey(side));
    const calls = this.#byUser.get(side.them);
    calls?.delete(call);
    if (calls?.size === 0) this.#byUser.delete(side.them);
  }

  byDialog(dialog: DialogName): Call | undefined {
    return this.#byDialog.get(dialogKey(dialog));
  }

  bySession(session: { sid: string; them: string; us: string }): Call | undefined {
    return this.#bySession.get(sessionKey(session));
  }

  /** The calls of a user, by bare JID. */
  ofUser(them: string): ReadonlySet<Call> {
    return this.#byUser.get(them) ?? NONE;
  }

  all(): Call[] {
    return [...this.#byDialog.values()];
  }
}

// a tag is a token and a JID contains no line break, so the parts cannot be confused
const dialogKey = ({ callId, localTag }: DialogName) => `${localTag}\n${callId}`;
const sessionKey = (session: { sid: string; them: string; us: string }) =>
  `${bareJid(session.them)}\n${bareJid(session.us)}\n${session.sid}`;
