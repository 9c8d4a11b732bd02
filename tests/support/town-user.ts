/**
 * The user of a town (town.ts): calls, accepts, holds and terminates Jingle sessions, one device without a screen.
 *
 * Rules: an IQ without an answer for `PATIENCE` fails, and its session with it; ringing ends after the same time. An id of an IQ that
 * comes twice, and a second end of a session, are recorded.
 */
import type { Element } from "@xmpp/xml";
import type { SimulatedClock } from "../../replay/clock.ts";
import { COMPONENT, SERVER } from "../../replay/gateway.ts";
import { PlayServer } from "../../replay/server.ts";
import type { Wire } from "../../replay/wire.ts";
import { PLAY_TEXTS } from "./play-texts.ts";
import type { Life, Once } from "./town-once.ts";

const USER = "juliet@example.org/balcony";

/** Milliseconds that the user waits for the gateway. */
const PATIENCE = 30_000;

export class TownUser {
  readonly sessions = new Map<string, { life: Life; to: string; ends: number }>();
  readonly #clock: SimulatedClock;
  readonly #wire: Wire;
  readonly #once: Once;
  readonly #ids = new Set<string>();
  readonly #asked = new Map<string, string>();
  readonly #server = new PlayServer((stanza) => this.#stanza(stanza));
  #count = 0;

  constructor(clock: SimulatedClock, wire: Wire, once: Once) {
    this.#clock = clock;
    this.#wire = wire;
    this.#once = once;
  }

  async open(): Promise<void> {
    await this.#wire.listen(SERVER, (stream) => this.#server.accept(stream));
  }

  available(): void {
    this.#server.send(`<presence from='${USER}' to='${COMPONENT}'/>`);
  }

  calls(): void {
    const sid = `u${++this.#count}`;
    this.sessions.set(sid, { life: "rings", to: `bob@${COMPONENT}`, ends: 0 });
    this.#jingle(sid, "session-initiate", PLAY_TEXTS["offer-contents"]);
    this.#givesUp(sid);
  }

  accept(sid: string): void {
    const session = this.sessions.get(sid);
    if (session) session.life = "talks";
    this.#jingle(sid, "session-accept", PLAY_TEXTS["answer-contents"]);
  }

  terminate(sid: string): void {
    this.#jingle(sid, "session-terminate", "<reason><success/></reason>");
    this.#ends(sid);
  }

  /** A request that the gateway may refuse, without ending the session. */
  hold(sid: string): void {
    this.#jingle(sid, "session-info", "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>", false);
  }

  #ends(sid: string): void {
    const session = this.sessions.get(sid);
    if (!session) return;
    session.life = "over";
    if (++session.ends > 1) this.#once.twice.push(`end of ${sid} at the user`);
  }

  /** An unanswered IQ fails, and with it its session if `counts`. */
  #jingle(sid: string, action: string, inside = "", counts = true): void {
    const { to } = this.sessions.get(sid) ?? { to: "" };
    const jingle = `<jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='${sid}' initiator='${USER}' responder='${USER}'>${inside}</jingle>`;
    const id = `j${++this.#count}`;
    if (counts) this.#asked.set(id, sid);
    this.#clock.after(PATIENCE, () => this.#asked.delete(id) && this.#fails(sid));
    this.#server.send(`<iq type='set' id='${id}' from='${USER}' to='${to}'>${jingle}</iq>`);
  }

  #fails(sid: string): void {
    if (this.sessions.get(sid)?.life !== "over") this.#ends(sid);
  }

  /** Ringing ends after a time. */
  #givesUp(sid: string): void {
    this.#clock.after(PATIENCE, () => this.sessions.get(sid)?.life === "rings" && this.terminate(sid));
  }

  #stanza(stanza: Element): void {
    const { type, id, from } = stanza.attrs;
    const jingle = stanza.getChild("jingle");
    const asked = this.#asked.get(id);
    if (type !== "set") this.#asked.delete(id);
    if (type === "error" && asked !== undefined) return this.#fails(asked);
    if (type !== "set" || !jingle) return;
    if (this.#ids.has(id)) this.#once.twice.push(`the id ${id}`);
    this.#ids.add(id);
    const { sid, action } = jingle.attrs;
    // the prefix of its ids identifies the gateway
    if (action === "session-terminate")
      this.#once.said(`the end of ${sid}, by ${String(id).split("-")[0]} to the user`);
    const known = this.sessions.get(sid);
    if (action === "session-initiate" && !known) {
      this.sessions.set(sid, { life: "rings", to: from, ends: 0 });
      this.#givesUp(sid);
    }
    const isThere = action === "session-initiate" || (known !== undefined && known.life !== "over");
    const answer = isThere
      ? `<iq type='result' id='${id}' from='${USER}' to='${from}'/>`
      : `<iq type='error' id='${id}' from='${USER}' to='${from}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`;
    this.#server.send(answer);
    if (!isThere || !known) return;
    if (action === "session-accept") known.life = "talks";
    if (action === "session-terminate") this.#ends(sid);
  }
}
