/**
 * A Jingle client with random behaviour: it calls, rings, accepts, declines, holds, and hangs up.
 *
 * It acknowledges IQs, answers pings for its own sessions only (XEP-0166 §6.8), and records for each session its state and which gateways
 * have ended it: each gateway at most once. A killed gateway may not know that its message arrived, so the next one repeats it.
 */
import type { Element } from "@xmpp/xml";
import type { Clock } from "../../actors/clock.ts";
import { JINGLE, RTP_INFO } from "../../protocol/xmpp/namespaces.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";

export type State = "asking" | "asked" | "up" | "ended";

export interface Session {
  readonly sid: string;
  /** The phone's JID, as known to this client. */
  readonly peer: string;
  readonly isIncoming: boolean;
  state: State;
  /** The gateways that have ended the session, by the prefix of their ids. */
  readonly told: Set<string>;
  isHeld: boolean;
}

export interface ClientNeeds {
  readonly clock: Clock;
  readonly chance: () => number;
  /** Sends a stanza to its server; returns false if that is down or has no gateway. */
  readonly send: (stanza: string) => boolean;
}

/** Milliseconds that a client waits for its call to be answered, and that a phone rings. */
const PATIENCE = 45_000;

export class Client {
  readonly jid: string;
  readonly sessions = new Map<string, Session>();
  /** Messages that no client should receive. */
  readonly faults: string[] = [];
  readonly #needs: ClientNeeds;
  /** Sessions of its own unanswered IQs. */
  readonly #asked = new Map<string, Session>();
  #count = 0;

  constructor(jid: string, needs: ClientNeeds) {
    this.jid = jid;
    this.#needs = needs;
  }

  /** Live sessions. */
  get live(): Session[] {
    return [...this.sessions.values()].filter(({ state }) => state !== "ended");
  }

  /** Calls a phone. */
  calls(peer: string, sid: string): void {
    const session: Session = { sid, peer, isIncoming: false, state: "asking", told: new Set(), isHeld: false };
    this.sessions.set(sid, session);
    this.#says(session, "session-initiate", PLAY_TEXTS["offer-contents"] ?? "", `initiator='${this.jid}'`);
    this.#needs.clock.after(PATIENCE, () => session.state === "asking" && this.hangsUp(session, "cancel"));
  }

  /** Performs a random action in one of its sessions. */
  acts(session: Session): void {
    const at = this.#needs.chance();
    if (session.state !== "up") {
      if (at < 0.3) this.hangsUp(session, session.isIncoming ? "decline" : "cancel");
      return;
    }
    if (at < 0.3) return this.hangsUp(session, "success");
    if (at < 0.5) return this.#says(session, "transport-info", candidate(++this.#count));
    session.isHeld = !session.isHeld;
    this.#says(session, "session-info", `<${session.isHeld ? "hold" : "unhold"} xmlns='${RTP_INFO}'/>`);
  }

  hangsUp(session: Session, reason: string): void {
    this.#says(session, "session-terminate", `<reason><${reason}/></reason>`);
    session.state = "ended";
  }

  hears(stanza: Element): void {
    const { type, id, from } = stanza.attrs;
    if (stanza.is("presence")) return void (type === "probe" && this.comes(String(from)));
    if (!stanza.is("iq")) return;
    if (type === "result") return void this.#asked.delete(String(id));
    if (type === "error") return this.#refused(String(id), String(stanza).includes("item-not-found"));
    const jingle = stanza.getChild("jingle", JINGLE);
    if (!jingle) return this.#answers(stanza, "error", NOT_HERE);
    this.#told(stanza, jingle);
  }

  /** Announces itself to the gateway. */
  comes(component: string): void {
    this.#needs.send(`<presence from='${this.jid}' to='${component}'/>`);
  }

  #told(stanza: Element, jingle: Element): void {
    const { action, sid } = jingle.attrs;
    const session = this.sessions.get(String(sid));
    if (action === "session-initiate") return this.#asks(stanza, String(sid));
    if (action === "session-terminate" && session) {
      this.#answers(stanza, "result");
      const [gateway = ""] = String(stanza.attrs.id).split("-");
      if (session.told.has(gateway)) this.faults.push(`${this.jid} is told the end of ${sid} twice`);
      session.told.add(gateway);
      session.state = "ended";
      return;
    }
    if (session === undefined || session.state === "ended") return this.#answers(stanza, "error", UNKNOWN);
    this.#answers(stanza, "result");
    if (action === "session-accept") session.state = "up";
  }

  /** A phone calls: it rings, and may be answered. An ended session may begin again if its INVITE has come again. */
  #asks(stanza: Element, sid: string): void {
    const known = this.sessions.get(sid);
    this.#answers(stanza, "result");
    if (known && known.state !== "ended") return;
    const session: Session = {
      ...{ sid, peer: String(stanza.attrs.from), isIncoming: true, state: "asked", told: new Set(), isHeld: false },
    };
    this.sessions.set(sid, session);
    const at = this.#needs.chance();
    const later = (milliseconds: number, run: () => void): unknown =>
      this.#needs.clock.after(milliseconds, () => session.state === "asked" && run());
    later(at * 300, () => this.#says(session, "session-info", `<ringing xmlns='${RTP_INFO}'/>`));
    later(at * 9_000, () => (at < 0.75 ? this.#accepts(session) : at < 0.9 && this.hangsUp(session, "decline")));
  }

  #accepts(session: Session): void {
    session.state = "up";
    this.#says(session, "session-accept", PLAY_TEXTS["answer-contents"] ?? "", `responder='${this.jid}'`);
  }

  #says(session: Session, action: string, inside: string, more = ""): void {
    const id = `i${++this.#count}`;
    const jingle = `<jingle xmlns='${JINGLE}' action='${action}' sid='${session.sid}' ${more}>${inside}</jingle>`;
    this.#asked.set(id, session);
    // an undeliverable stanza comes back as an error (RFC 6120 §8.3)
    if (!this.#needs.send(`<iq type='set' id='${id}' from='${this.jid}' to='${session.peer}'>${jingle}</iq>`))
      this.#refused(id, action === "session-accept");
  }

  /** A session is over if the gateway does not know it or refuses to begin or answer it; not if it refuses a hold. */
  #refused(id: string, isUnknown: boolean): void {
    const session = this.#asked.get(id);
    this.#asked.delete(id);
    if (session && (isUnknown || session.state !== "up")) session.state = "ended";
  }

  #answers({ attrs: { id, from } }: Element, type: "result" | "error", inside = ""): void {
    this.#needs.send(`<iq type='${type}' id='${id}' from='${this.jid}' to='${from}'>${inside}</iq>`);
  }
}

/** A further candidate of the session's content. */
const candidate = (port: number): string =>
  `<content creator='initiator' name='0'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uA' pwd='pA34567890123456789012'><candidate component='1' foundation='2' generation='0' id='c${port}' ip='198.51.100.8' network='0' port='${40_000 + port}' priority='1694498815' protocol='udp' type='srflx'/></transport></content>`;

const STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";
const NOT_HERE = `<error type='cancel'><service-unavailable xmlns='${STANZAS}'/></error>`;
const UNKNOWN = `<error type='cancel'><item-not-found xmlns='${STANZAS}'/><unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error>`;
