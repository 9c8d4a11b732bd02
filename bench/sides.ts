/**
 * The two sides of a benchmark, as cheap as they can be: an XMPP server with one user, and a SIP phone, both on loopback.
 *
 * Each does a whole call by itself: the phone rings and answers what comes, the user accepts what comes; whoever begins hangs up.
 * Messages are cut and made by hand, so that what is measured is the gateway.
 */
import { listenTcp } from "../transports/tcp.ts";
import type { ByteStream, Datagrams } from "../transports/transport.ts";
import { openUdp } from "../transports/udp.ts";

const HOST = "127.0.0.1";
export const USER = "alice@example.org/bench";
export const COMPONENT = "sip.example.org";

/** What a call is made of: Jingle contents and SDP of a size. */
export interface Sessions {
  readonly contents: string;
  readonly sdp: string;
}

export interface Side {
  readonly port: number;
  close(): Promise<void>;
}

/** Told how a call goes; `id` is its sid and Call-ID. */
export interface Progress {
  answered(id: string): void;
  ended(id: string): void;
}

export class UserSide implements Side {
  port = 0;
  online: () => void = () => {};
  #stream: ByteStream | undefined;
  #waiting = "";
  #asked = 0;
  #close: () => Promise<void> = async () => {};
  readonly #sessions: Sessions;
  readonly #progress: Progress;
  /** Whom each session is with. */
  readonly #peers = new Map<string, string>();

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

  /** Calls the phone. */
  call(id: string): void {
    this.#peers.set(id, `bob@${COMPONENT}`);
    this.#say(id, "session-initiate", this.#sessions.contents);
  }

  hangUp(id: string): void {
    this.#say(id, "session-terminate", "<reason><success/></reason>");
    this.#peers.delete(id);
  }

  #say(id: string, action: string, inside: string): void {
    const jingle = `<jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='${id}'>${inside}</jingle>`;
    this.#stream?.write(
      `<iq type='set' id='${++this.#asked}' from='${USER}' to='${this.#peers.get(id)}'>${jingle}</iq>`,
    );
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
      this.#stream?.write(`<handshake/><presence from='${USER}' to='${COMPONENT}'/>`);
      return this.online();
    }
    for (let end = this.#end(); end !== -1; end = this.#end()) {
      const stanza = this.#waiting.slice(0, end);
      this.#waiting = this.#waiting.slice(end);
      this.#stanza(stanza);
    }
  }

  /** Where the first whole IQ ends. */
  #end(): number {
    const open = this.#waiting.indexOf(">");
    if (open === -1) return -1;
    if (this.#waiting[open - 1] === "/") return open + 1;
    const close = this.#waiting.indexOf("</iq>");
    return close === -1 ? -1 : close + 5;
  }

  #stanza(stanza: string): void {
    const action = /action="([\w-]+)"/.exec(stanza)?.[1];
    if (action === undefined) return;
    const id = /^<iq[^>]* id="([^"]+)"/.exec(stanza)?.[1];
    const from = /^<iq[^>]* from="([^"]+)"/.exec(stanza)?.[1] ?? "";
    const sid = /sid="([^"]+)"/.exec(stanza)?.[1] ?? "";
    this.#stream?.write(`<iq type='result' id='${id}' from='${USER}' to='${from}'/>`);
    if (action === "session-initiate") {
      this.#peers.set(sid, from);
      this.#say(sid, "session-accept", this.#sessions.contents.replace("'actpass'", "'active'"));
    }
    if (action === "session-accept") this.#progress.answered(sid);
    if (action === "session-terminate") this.#peers.delete(sid);
  }
}

export class PhoneSide implements Side {
  port = 0;
  gatewayPort = 0;
  #socket: Datagrams | undefined;
  #branch = 0;
  readonly #sessions: Sessions;
  readonly #progress: Progress;
  /** The To of each call that we have placed, once it is answered. */
  readonly #remote = new Map<string, string>();

  constructor(sessions: Sessions, progress: Progress) {
    this.#sessions = sessions;
    this.#progress = progress;
  }

  async open(): Promise<void> {
    const received = (bytes: Uint8Array): void => this.#received(new TextDecoder().decode(bytes));
    this.#socket = await openUdp({ host: HOST, port: 0 }, { received, failed: () => {} });
    this.port = this.#socket.local.port;
  }

  async close(): Promise<void> {
    await this.#socket?.close();
  }

  /** Calls the user. */
  call(id: string): void {
    this.#request("INVITE", id, "<sip:alice@example.org>", 1, this.#sessions.sdp);
  }

  hangUp(id: string): void {
    this.#request("BYE", id, this.#remote.get(id) ?? "", 2);
    this.#remote.delete(id);
  }

  #request(method: string, id: string, to: string, cseq: number, sdp = ""): void {
    const uri = method === "INVITE" ? "sip:alice@example.org" : `sip:alice@${HOST}:${this.gatewayPort}`;
    const type = sdp === "" ? "" : "Content-Type: application/sdp\r\n";
    this.#send(
      `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${HOST}:${this.port};branch=z9hG4bK${++this.#branch}\r\nMax-Forwards: 70\r\nFrom: <sip:bob@${HOST}>;tag=${id}\r\nTo: ${to}\r\nCall-ID: ${id}\r\nCSeq: ${cseq} ${method}\r\nContact: <sip:bob@${HOST}:${this.port}>\r\n${type}Content-Length: ${sdp.length}\r\n\r\n${sdp}`,
    );
  }

  #send(text: string): void {
    this.#socket?.send(new TextEncoder().encode(text), { host: HOST, port: this.gatewayPort });
  }

  #received(text: string): void {
    const id = /\r\nCall-ID: ([^\r]+)/.exec(text)?.[1] ?? "";
    if (text.startsWith("SIP/2.0 200")) return this.#succeeded(text, id);
    if (text.startsWith("SIP/2.0") || text.startsWith("ACK")) return;
    if (text.startsWith("INVITE")) {
      this.#respond(text, "180 Ringing");
      this.#respond(text, "200 OK", this.#sessions.sdp.replace("actpass", "active"));
      return;
    }
    this.#respond(text, "200 OK");
    if (text.startsWith("BYE")) this.#progress.ended(id);
  }

  #succeeded(text: string, id: string): void {
    if (text.includes(" BYE\r\n")) return this.#progress.ended(id);
    const to = /\r\nTo: ([^\r]+)/.exec(text)?.[1] ?? "";
    this.#request("ACK", id, to, 1);
    if (this.#remote.has(id)) return;
    this.#remote.set(id, to);
    this.#progress.answered(id);
  }

  #respond(request: string, status: string, sdp = ""): void {
    const copied = request.match(/^(?:Via|From|Call-ID|CSeq): [^\r]+\r\n/gm)?.join("") ?? "";
    const to = /^To: ([^\r]+)/m.exec(request)?.[1] ?? "";
    const tag = to.includes("tag=") ? "" : ";tag=phone";
    const type = sdp === "" ? "" : "Content-Type: application/sdp\r\n";
    this.#send(
      `SIP/2.0 ${status}\r\n${copied}To: ${to}${tag}\r\nContact: <sip:bob@${HOST}:${this.port}>\r\n${type}Content-Length: ${sdp.length}\r\n\r\n${sdp}`,
    );
  }
}
