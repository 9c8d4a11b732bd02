/**
 * The phone of one call: it rings, answers, rejects, calls, holds, adds video and hangs up as its scene says.
 *
 * Rules: automatic answers need no scene: BYE, CANCEL and INFO at once, a change of the session after a moment; every final
 * response to an INVITE gets its ACK (RFC 3261 §13.2.2.4, §17.1.1.3). It never gives up by itself.
 */
import { responseTo } from "../protocol/sip/build.ts";
import { header, readNameAddr } from "../protocol/sip/fields.ts";
import { readCSeq, tagOf } from "../protocol/sip/mandatory.ts";
import type { Field, Message, Request, Response } from "../protocol/sip/message.ts";
import type { Phones } from "./phones.ts";
import { answerTo, type Direction, type Media, offerOf, type Side } from "./sessions.ts";

export interface HandsetNeeds {
  readonly phones: Phones;
  readonly callId: string;
  /** The phone's owner: a name, and a user of the phones' domain. */
  readonly name: string;
  readonly number: string;
  readonly side: Side;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Milliseconds before it answers a change. */
  readonly thinks: number;
}

/** The domain of the phones. */
const DOMAIN = "phone.example";

export class Handset {
  readonly #needs: HandsetNeeds;
  /** The gateway's INVITE that began the call. */
  #invite: Request | undefined;
  /** The dialog: both addresses with their tags, and the remote target. */
  #local = "";
  #remote = "";
  #target = "";
  #cseq = 0;
  #version = 0;
  #media: Media[] = ["audio"];
  #holds = false;
  #isTaken = false;
  #isOver = false;
  /** The CSeq of the last re-INVITE received. */
  #heard = 0;
  /** Number of datagrams to ignore. */
  #deaf = 0;
  /** What it does with the next change instead of accepting it. */
  #instead: "refuses" | "crosses" | undefined;
  readonly #invited = Promise.withResolvers<void>();
  readonly #taken = Promise.withResolvers<void>();

  constructor(needs: HandsetNeeds) {
    this.#needs = needs;
    needs.phones.add(needs.callId, this);
  }

  // Actions of a scene

  /** Ignores the next datagram, so that it is retransmitted. */
  misses(): void {
    this.#deaf = 1;
  }

  tries = (): Promise<void> => this.#says(100);
  rings = (): Promise<void> => this.#says(180);
  isBusy = (): Promise<void> => this.#says(486);
  declines = (): Promise<void> => this.#says(603);
  isUnknown = (): Promise<void> => this.#says(404);

  /** A proxy forks to two phones (RFC 3261 §16.7): each has its own tag. */
  async ringsTwice(): Promise<void> {
    await this.#says(180, "other");
    await this.#says(180);
  }

  async answers(): Promise<void> {
    await this.#invited.promise;
    const invite = this.#invite;
    if (!invite) return;
    this.#local = `${header(invite, "To")};tag=${TAG}`;
    this.#remote = header(invite, "From") ?? "";
    this.#meets(invite);
    this.#respond(invite, 200, this.#answer(invite));
  }

  /** Calls a user. */
  calls(uri: string): void {
    const { name, number } = this.#needs;
    this.#local = `"${name}" <sip:${number}@${DOMAIN}>;tag=${TAG}`;
    this.#remote = `<${uri}>`;
    this.#target = uri;
    this.#offers();
  }

  cancels = (): void => this.#ask("CANCEL", { cseq: this.#cseq, branch: "INVITE" });

  async hangsUp(): Promise<void> {
    await this.#taken.promise;
    this.#isOver = true;
    this.#ask("BYE");
  }

  /** The other side is gone: hangs up, unless it has already. */
  leaves(): void {
    if (this.#isTaken && !this.#isOver) void this.hangsUp();
  }

  async holds(): Promise<void> {
    await this.#taken.promise;
    this.#holds = true;
    this.#offers();
  }

  async resumes(): Promise<void> {
    this.#holds = false;
    this.#offers();
  }

  async addsVideo(): Promise<void> {
    await this.#taken.promise;
    this.#media = ["audio", "video"];
    this.#offers();
  }

  /** Refuses the next change. */
  refusesNext(): void {
    this.#instead = "refuses";
  }

  /** When the next change comes, offers video itself and answers the change with 491: glare (RFC 3261 §14.1). */
  crossesNext(): void {
    this.#instead = "crosses";
  }

  async presses(key: string): Promise<void> {
    await this.#taken.promise;
    this.#ask("INFO", { type: "application/dtmf-relay", body: `Signal=${key}\r\nDuration=160\r\n` });
  }

  // Messages from the gateway

  hear(message: Message): void {
    if (this.#deaf > 0 && this.#deaf--) return;
    if (message.kind === "response") this.#answered(message);
    else if (message.method === "ACK") this.#takes();
    else if (message.method !== "INVITE") this.#asked(message);
    else if (tagOf(message, "To") !== undefined) void this.#offered(message);
    else {
      this.#invite ??= message;
      this.#invited.resolve();
    }
  }

  #asked(request: Request): void {
    this.#respond(request, 200);
    if (request.method === "BYE") this.#isOver = true;
    if (request.method === "CANCEL" && this.#invite) this.#respond(this.#invite, 487);
  }

  /** A re-INVITE of the gateway; a repeated one gets the previous response (RFC 3261 §17.2.1). */
  async #offered(invite: Request): Promise<void> {
    const { number } = readCSeq(header(invite, "CSeq") ?? "");
    if (number <= this.#heard) return;
    this.#heard = number;
    this.#respond(invite, 100);
    const instead = this.#instead;
    this.#instead = undefined;
    if (instead === "crosses") await this.addsVideo();
    await this.#needs.pause(instead === "crosses" ? 20 : this.#needs.thinks);
    if (instead === undefined) this.#respond(invite, 200, this.#answer(invite));
    else this.#respond(invite, instead === "crosses" ? 491 : 488);
  }

  #answered(response: Response): void {
    const { number, method } = readCSeq(header(response, "CSeq") ?? "");
    if (method !== "INVITE" || response.status < 200) return;
    if (response.status >= 300) {
      this.#ask("ACK", { cseq: number, branch: "INVITE", to: header(response, "To") ?? "" });
      if (response.status === 491) void this.#needs.pause(AGAIN).then(() => this.#offers());
      return;
    }
    this.#remote = header(response, "To") ?? "";
    this.#meets(response);
    this.#ask("ACK", { cseq: number });
    this.#takes();
  }

  #takes(): void {
    this.#isTaken = this.#local !== "";
    this.#taken.resolve();
  }

  #meets(theirs: Message): void {
    const contact = header(theirs, "Contact");
    if (contact !== undefined) this.#target = readNameAddr(contact).uri;
  }

  #answer({ body }: Request): string {
    if (/^m=video [^0]/m.test(body)) this.#media = ["audio", "video"];
    return answerTo(body, this.#needs.side, ++this.#version, this.#holds);
  }

  async #says(status: number, tag?: string): Promise<void> {
    await this.#invited.promise;
    if (this.#invite) this.#respond(this.#invite, status, "", tag);
  }

  #respond(request: Request, status: number, sdp = "", toTag = TAG): void {
    const headers = [this.#contact, ...describing(sdp)];
    this.#needs.phones.send(responseTo(request, status, { toTag, headers, body: sdp }));
  }

  /** Offers its current session. */
  #offers(): void {
    const direction: Direction = this.#holds ? "sendonly" : "sendrecv";
    const body = offerOf(this.#needs.side, this.#media, ++this.#version, direction);
    this.#ask("INVITE", { type: "application/sdp", body });
  }

  #ask(
    method: string,
    asked: { cseq?: number; branch?: string; to?: string; type?: string; body?: string } = {},
  ): void {
    const { phones, callId } = this.#needs;
    const { cseq = ++this.#cseq, branch = method, to = this.#remote, body = "", type } = asked;
    const { host, port } = phones.address;
    const headers: Field[] = [
      ["Via", `SIP/2.0/UDP ${host}:${port};rport;branch=z9hG4bK${callId}${cseq}${branch}`],
      ["Max-Forwards", "70"],
      ["From", this.#local],
      ["To", to],
      ["Call-ID", callId],
      ["CSeq", `${cseq} ${method}`],
      this.#contact,
      ...describing(body, type),
    ];
    phones.send({ kind: "request", method, uri: this.#target, headers, body });
  }

  get #contact(): Field {
    const { host, port } = this.#needs.phones.address;
    return ["Contact", `<sip:${this.#needs.number}@${host}:${port}>`];
  }
}

/** Milliseconds before it repeats an offer that met glare; the gateway waits longer. */
const AGAIN = 900;

/** The tag of the phone that answers. */
const TAG = "phone";

const describing = (body: string, type = "application/sdp"): Field[] => (body === "" ? [] : [["Content-Type", type]]);
