/** A phone in a page: `stanza`, a Jingle client made for browsers, over the XMPP server's WebSocket. */
import "./sound.ts"; // first: the library takes the RTCPeerConnection that it finds
import { createClient, Jingle } from "stanza";
import { noteFingerprint } from "./connection.ts";
import { missingIn } from "./insists.ts";
import type { Account, Extras, Heard, PagePhone } from "./phone.ts";
import { heard, press, sing } from "./sound.ts";
import { tell } from "./tell.ts";
import { want, write } from "./wanted.ts";

class XmppPhone implements PagePhone {
  #client = createClient({});
  #session: Jingle.MediaSession | undefined;
  #hertz = 0;
  #insists = false;

  async connect({ server, user, password, gateway, hertz }: Account): Promise<string> {
    this.#hertz = hertz;
    const transports = { websocket: server, bosh: false };
    // The default is a STUN server of the public internet.
    const jingle = { iceServers: [], trickleIce: true };
    this.#client = createClient({ jid: user, password, transports, allowResumption: false, jingle });
    this.#hear();
    const started = new Promise<void>((resolve, reject) => {
      this.#client.on("session:started", () => resolve());
      this.#client.on("auth:failed", () => reject(new Error("the password is wrong")));
      this.#client.on("disconnected", () => reject(new Error("no connection")));
    });
    this.#client.connect();
    await started;
    this.#client.updateCaps();
    const caps = this.#client.getCurrentCaps() ?? {};
    this.#client.sendPresence(caps);
    this.#client.sendPresence({ to: gateway, ...caps });
    await this.#client.ping(gateway); // stanzas keep their order: once it answers, it knows of us and has asked for our caps
    await this.#client.ping(gateway); // and once more, it knows them
    return this.#client.jid;
  }

  async call(to: string, extras: Extras = {}): Promise<void> {
    want(extras);
    this.#insists = extras.insists === true;
    const session = this.#client.jingle.createMediaSession(to);
    this.#session = session;
    await this.#sing(session);
    if (extras.video) await this.#show(session);
    await session.start();
  }

  async ring(): Promise<void> {
    await this.#current.ring();
  }

  async answer(): Promise<void> {
    await this.#sing(this.#current);
    await this.#current.accept();
  }

  async decline(): Promise<void> {
    this.#current.decline();
  }

  async hangUp(): Promise<void> {
    const session = this.#current;
    if (session.state === "pending") session.cancel();
    else session.end("success");
  }

  async hold(): Promise<void> {
    await this.#current.hold();
  }

  async resume(): Promise<void> {
    await this.#current.resume();
  }

  async restart(): Promise<void> {
    await this.#current.restartIce();
  }

  press(key: string): Promise<void> {
    return press(key);
  }

  async forget(): Promise<void> {
    if (this.#session && this.#session.state !== "ended") this.#session.end("success");
    this.#session = undefined;
  }

  async write(text: string): Promise<void> {
    write(text);
  }

  heard(): Promise<Heard> {
    return heard();
  }

  get #current(): Jingle.MediaSession {
    if (!this.#session) throw new Error("there is no call");
    return this.#session;
  }

  async #sing(session: Jingle.MediaSession): Promise<void> {
    const stream = await sing(this.#hertz);
    for (const track of stream.getTracks()) await session.addTrack(track, stream);
  }

  async #show(session: Jingle.MediaSession): Promise<void> {
    const canvas = document.createElement("canvas");
    canvas.getContext("2d")?.fillRect(0, 0, 1, 1);
    const stream = canvas.captureStream(5);
    for (const track of stream.getTracks()) await session.addTrack(track, stream);
  }

  #hear(): void {
    const client = this.#client;
    client.on("jingle:incoming", (session) => {
      if (!(session instanceof Jingle.MediaSession)) return;
      this.#session = session;
      tell("incoming", session.peerID);
    });
    client.on("jingle:ringing", () => tell("ringing"));
    client.on("jingle:accepted", () => tell("answered"));
    client.on("jingle:hold", () => tell("held"));
    client.on("jingle:resumed", () => tell("resumed"));
    client.on("jingle:terminated", (_session, reason) =>
      tell("ended", [reason?.condition, reason?.text, sipError].filter(Boolean).join(", ")),
    );
    // What the phone's side has said stands beside the reason; stanza does not know it.
    let sipError = "";
    client.on("raw:incoming", (text) => {
      const [, fingerprint] = /transport-info.*<fingerprint [^>]*hash=['"]sha-256['"][^>]*>([^<]+)/s.exec(text) ?? [];
      if (fingerprint !== undefined) noteFingerprint(fingerprint);
      const [, code, phrase] = /<sip-error code=['"](\d+)['"][^>]*>([^<]*)/.exec(text) ?? [];
      sipError = code === undefined ? "" : `${code} ${phrase}`;
      const offered = this.#session?.pc.getTransceivers().length ?? 0;
      const missing = this.#insists ? missingIn(text, offered) : undefined;
      if (missing === undefined) return;
      this.#session?.end("security-error");
      tell("ended", `security-error, ${missing}`);
    });
  }
}

window.phone = new XmppPhone();
