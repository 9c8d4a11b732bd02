/**
 * The user's side of a benchmark, as cheap as possible: an XMPP server with one user, on loopback.
 *
 * It places calls, accepts incoming ones, and hangs up on request. Stanzas are parsed and built by string operations, so that the
 * measurement is of the gateway. The phone's side is SIPp (sipp.ts).
 */
import { listenTcp } from "../transports/tcp.ts";
import type { ByteStream } from "../transports/transport.ts";

const HOST = "127.0.0.1";
export const USER = "alice@example.org/bench";
/** Number of users that place calls in turns, since each has a share of every bound; USER receives those of phones. */
const CALLERS = 50;
const callerOf = (count: number): string => `caller${count % CALLERS}@example.org/bench`;
export const COMPONENT = "sip.example.org";

/** The offers of a call, as Jingle contents and as SDP. */
export interface Sessions {
  readonly contents: string;
  readonly sdp: string;
}

/** Callbacks for the progress of a call; `id` is its sid and Call-ID. */
export interface Progress {
  answered(id: string): void;
  /** An answered call has ended on this side. */
  over?(id: string): void;
  /** The session-initiate was refused. */
  refused?(id: string): void;
}

export class UserSide {
  port = 0;
  online: () => void = () => {};
  #stream: ByteStream | undefined;
  #waiting = "";
  #asked = 0;
  #close: () => Promise<void> = async () => {};
  readonly #sessions: Sessions;
  readonly #progress: Progress;
  /** The two parties of each session. */
  readonly #peers = new Map<string, { readonly phone: string; readonly user: string }>();
  /** The sids of unanswered session-initiates, by the id of the IQ. */
  readonly #asking = new Map<string, string>();

  constructor(sessions: Sessions, progress: Progress) {
    this.#sessions = sessions;
    this.#progress = progress;
  }

  async open(): Promise<void> {
    const listener = await listenTcp({ host: HOST, port: 0 }, (stream) => {
      this.#stream = stream;
      const decoder = new TextDecoder();
      return { received: (bytes) => this.#received(decoder.decode(bytes, { stream: true })), closed: () => {} };
    });
    this.port = listener.local.port;
    this.#close = () => listener.close();
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** Number of current sessions. */
  get sessions(): number {
    return this.#peers.size;
  }

  /** Calls the phone. */
  call(id: string): void {
    this.#asking.set(`${this.#asked + 1}`, id);
    this.#peers.set(id, { phone: `bob@${COMPONENT}`, user: callerOf(this.#asked) });
    this.#say(id, "session-initiate", this.#sessions.contents);
  }

  hangUp(id: string): void {
    this.#say(id, "session-terminate", "<reason><success/></reason>");
    this.#ends(id);
  }

  #ends(id: string): void {
    if (this.#peers.delete(id)) this.#progress.over?.(id);
  }

  /** The response to an IQ of ours. */
  #answered(id: string, isError: boolean): void {
    const sid = this.#asking.get(id);
    this.#asking.delete(id);
    if (sid === undefined || !isError) return;
    this.#peers.delete(sid);
    this.#progress.refused?.(sid);
  }

  #say(id: string, action: string, inside: string): void {
    const jingle = `<jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='${id}'>${inside}</jingle>`;
    const { phone, user } = this.#peers.get(id) ?? { phone: "", user: "" };
    this.#stream?.write(`<iq type='set' id='${++this.#asked}' from='${user}' to='${phone}'>${jingle}</iq>`);
  }

  #received(text: string): void {
    this.#waiting += text;
    if (this.#waiting.includes("<stream:stream") && this.#waiting.includes("to=")) {
      this.#waiting = "";
      this.#stream?.write(
        "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='1'>",
      );
      return;
    }
    if (this.#waiting.includes("</handshake>")) {
      this.#waiting = "";
      const users = [USER, ...Array.from({ length: CALLERS }, (_, count) => callerOf(count))];
      const online = users.map((user) => `<presence from='${user}' to='${COMPONENT}'/>`);
      this.#stream?.write(`<handshake/>${online.join("")}`);
      return this.online();
    }
    for (let end = this.#end(); end !== -1; end = this.#end()) {
      const stanza = this.#waiting.slice(0, end);
      this.#waiting = this.#waiting.slice(end);
      this.#stanza(stanza);
    }
  }

  /** The end of the first whole IQ. */
  #end(): number {
    const open = this.#waiting.indexOf(">");
    if (open === -1) return -1;
    if (this.#waiting[open - 1] === "/") return open + 1;
    const close = this.#waiting.indexOf("</iq>");
    return close === -1 ? -1 : close + 5;
  }

  /** Answers the gateway's ping, sent when all is quiet: without an answer it would reconnect. */
  #pong(stanza: string, id: string): void {
    const [, from = ""] = /^<iq[^>]* from="([^"]+)"/.exec(stanza) ?? [];
    const [, to = ""] = /^<iq[^>]* to="([^"]+)"/.exec(stanza) ?? [];
    this.#stream?.write(`<iq type='result' id='${id}' from='${to}' to='${from}'/>`);
  }

  #stanza(stanza: string): void {
    const action = /action="([\w-]+)"/.exec(stanza)?.[1];
    const id = /^<iq[^>]* id="([^"]+)"/.exec(stanza)?.[1] ?? "";
    if (/^<iq[^>]* type="get"/.test(stanza)) return this.#pong(stanza, id);
    if (action === undefined) return this.#answered(id, /^<iq[^>]* type="error"/.test(stanza));
    const from = /^<iq[^>]* from="([^"]+)"/.exec(stanza)?.[1] ?? "";
    const user = /^<iq[^>]* to="([^"]+)"/.exec(stanza)?.[1] ?? USER;
    const sid = /sid="([^"]+)"/.exec(stanza)?.[1] ?? "";
    this.#stream?.write(`<iq type='result' id='${id}' from='${user}' to='${from}'/>`);
    if (action === "session-initiate") {
      this.#peers.set(sid, { phone: from, user });
      this.#say(sid, "session-accept", this.#sessions.contents.replace("'actpass'", "'active'"));
    }
    if (action === "session-accept") this.#progress.answered(sid);
    if (action === "session-terminate") this.#ends(sid);
  }
}
