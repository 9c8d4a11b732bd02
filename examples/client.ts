/**
 * The XMPP client of one call: it calls, accepts, rejects, holds, adds video and hangs up as its scene says.
 *
 * Rules: it accepts contents added by the phone after a moment, unless the scene says otherwise; IQs are acknowledged by the owner of
 * the stream (stage.ts).
 */
import type { Element } from "@xmpp/xml";
import { type Content, contentOf, type Side, trickleOf } from "./sessions.ts";

export interface ClientNeeds {
  readonly send: (stanza: string) => void;
  readonly jid: string;
  readonly sid: string;
  /** The JID of the phone at the gateway. */
  readonly peer: string;
  readonly side: Side;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Milliseconds before it accepts a content. */
  readonly thinks: number;
}

export class Client {
  readonly #needs: ClientNeeds;
  #peer: string;
  #asked = 0;
  /** The contents offered by the phone. */
  #offered: readonly Element[] = [];
  /** Whether it trickles: it has no candidates yet. */
  #trickles = false;
  #takes: "takes" | "rejects" | "ignores" = "takes";
  readonly #called = Promise.withResolvers<void>();
  readonly #taken = Promise.withResolvers<void>();

  constructor(needs: ClientNeeds) {
    this.#needs = needs;
    this.#peer = needs.peer;
  }

  get jid(): string {
    return this.#needs.jid;
  }

  // Actions of a scene

  calls(): void {
    const audio = { media: "audio", creator: "initiator", setup: "actpass" } as const;
    this.#describe("session-initiate", [audio], ` initiator='${this.#needs.jid}'`);
  }

  async accepts(): Promise<void> {
    await this.#called.promise;
    this.#describe("session-accept", this.#taking("initiator"), ` responder='${this.#needs.jid}'`);
    this.#taken.resolve();
  }

  async rejects(): Promise<void> {
    await this.#called.promise;
    this.#say("session-terminate", "<reason><decline/></reason>");
  }

  cancels = (): void => this.#say("session-terminate", "<reason><cancel/></reason>");

  async hangsUp(): Promise<void> {
    await this.#taken.promise;
    this.#say("session-terminate", "<reason><success/></reason>");
  }

  holds = (): Promise<void> => this.#tells("hold");
  resumes = (): Promise<void> => this.#tells("active");

  async addsVideo(): Promise<void> {
    await this.#taken.promise;
    this.#describe("content-add", [{ media: "video", creator: this.#role, setup: "actpass" }]);
  }

  tricklesNext(): void {
    this.#trickles = true;
  }

  rejectsNext(): void {
    this.#takes = "rejects";
  }

  ignoresNext(): void {
    this.#takes = "ignores";
  }

  /** Comes online on a device woken by a message (XEP-0353). */
  async wakes(): Promise<void> {
    await this.#called.promise;
    const { jid, sid } = this.#needs;
    for (const word of ["ringing", "proceed"])
      this.#needs.send(
        `<message type='chat' from='${jid}' to='${this.#peer}'><${word} xmlns='urn:xmpp:jingle-message:0' id='${sid}'/><store xmlns='urn:xmpp:hints'/></message>`,
      );
  }

  // Messages from the gateway

  /** A proposal of the call. */
  proposed(from: string): void {
    this.#peer = from;
    this.#called.resolve();
  }

  hear(from: string, jingle: Element): void {
    const { action } = jingle.attrs;
    if (action === "session-initiate") {
      this.#peer = from;
      this.#offered = jingle.getChildren("content");
      this.#called.resolve();
    } else if (action === "session-accept") this.#taken.resolve();
    else if (action === "content-add") void this.#added(jingle.getChildren("content"));
  }

  async #added(contents: readonly Element[]): Promise<void> {
    const takes = this.#takes;
    this.#takes = "takes";
    if (takes === "ignores") return;
    await this.#needs.pause(this.#needs.thinks);
    this.#offered = contents;
    const creator = this.#role === "initiator" ? "responder" : "initiator";
    if (takes === "takes") this.#describe("content-accept", this.#taking(creator));
    else
      for (const { attrs } of contents)
        this.#say("content-reject", `<content creator='${creator}' name='${attrs.name}'/>`);
  }

  /** The offered contents, accepted. */
  #taking(creator: string): Content[] {
    return this.#offered.map((content) => {
      const media = content.getChild("description")?.attrs.media === "video" ? "video" : "audio";
      return { media, name: content.attrs.name, creator, setup: "active" };
    });
  }

  /** Sends contents, and their candidates shortly after if it trickles. */
  #describe(action: string, contents: readonly Content[], more = ""): void {
    const { side, pause, thinks } = this.#needs;
    const trickles = this.#trickles;
    this.#trickles = false;
    this.#say(action, contents.map((each) => contentOf(side, { ...each, trickles })).join(""), more);
    const found = (): void => this.#say("transport-info", contents.map((each) => trickleOf(side, each)).join(""));
    if (trickles) void pause(thinks / 2).then(found);
  }

  get #role(): "initiator" | "responder" {
    return this.#needs.peer === "" ? "responder" : "initiator";
  }

  async #tells(word: string): Promise<void> {
    await this.#taken.promise;
    this.#say("session-info", `<${word} xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>`);
  }

  #say(action: string, inside: string, more = ""): void {
    const { jid, sid } = this.#needs;
    const jingle = `<jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='${sid}'${more}>${inside}</jingle>`;
    this.#needs.send(`<iq type='set' id='${sid}-${++this.#asked}' from='${jid}' to='${this.#peer}'>${jingle}</iq>`);
  }
}
