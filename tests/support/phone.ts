/**
 * A scripted SIP phone on a real UDP socket: it answers as scripted, and calls on request.
 *
 * It is no example of a SIP stack: it does not retransmit and checks little, since loopback loses nothing.
 */

import { responseTo } from "../../protocol/sip/build.ts";
import { header, readNameAddr } from "../../protocol/sip/fields.ts";
import type { Field, Message, Request, Response } from "../../protocol/sip/message.ts";
import { readMessage } from "../../protocol/sip/read.ts";
import { writeMessage } from "../../protocol/sip/write.ts";
import type { Address, Datagrams } from "../../transports/transport.ts";
import { openUdp } from "../../transports/udp.ts";

const HOST = "127.0.0.1";

export class Phone {
  readonly port: number;
  readonly #host: string;
  readonly #socket: Datagrams;
  #gateway = { host: HOST, port: 0 };
  #cseq = 0;
  /** Target of its last call: a refusal, which has no Contact, is acknowledged there (RFC 3261 §17.1.1.3). */
  #called = "";

  private constructor(socket: Datagrams) {
    this.#socket = socket;
    this.#host = socket.local.host;
    this.port = socket.local.port;
  }

  /** A phone on a free port; `heard` is called with every message. */
  static async open(heard: (message: Message, phone: Phone) => void, host = HOST): Promise<Phone> {
    let phone: Phone | undefined;
    const received = (bytes: Uint8Array): void => {
      if (phone) heard(readMessage(bytes), phone);
    };
    phone = new Phone(await openUdp({ host, port: 0 }, { received, failed: () => {} }));
    return phone;
  }

  set gateway(address: Address) {
    this.#gateway = address;
  }

  set gatewayPort(port: number) {
    this.#gateway = { host: HOST, port };
  }

  close(): Promise<void> {
    return this.#socket.close();
  }

  /** Answers a request. */
  respond(request: Request, status: number, sdp = ""): void {
    const described: Field[] = sdp === "" ? [] : [["Content-Type", "application/sdp"]];
    this.#send(responseTo(request, status, { toTag: "phone", headers: [this.#contact, ...described], body: sdp }));
  }

  /** Places a call. */
  invite(uri: string, callId: string, sdp: string): void {
    this.#called = uri;
    this.#send(this.#request("INVITE", uri, `<${uri}>`, '"Bob" <sip:bob@phone.example>;tag=bob', callId, sdp));
  }

  /** Acknowledges the answer to its call. */
  acknowledge(answer: Response): void {
    this.#inside("ACK", answer, header(answer, "To") ?? "", header(answer, "From") ?? "");
  }

  /** Hangs up a call placed by the other side. */
  hangUp(invite: Request): void {
    this.#inside("BYE", invite, header(invite, "From") ?? "", `${header(invite, "To")};tag=phone`);
  }

  /** Sends a request inside a dialog: to the Contact in the other side's message (RFC 3261 §12.2.1.1). */
  #inside(method: string, theirs: Message, to: string, from: string): void {
    const contact = header(theirs, "Contact");
    const uri = contact === undefined ? this.#called : readNameAddr(contact).uri;
    this.#send(this.#request(method, uri, to, from, header(theirs, "Call-ID") ?? "", ""));
  }

  get #contact(): Field {
    return ["Contact", `<sip:bob@${this.#host}:${this.port}>`];
  }

  #request(method: string, uri: string, to: string, from: string, callId: string, sdp: string): Request {
    if (method !== "ACK") this.#cseq++;
    const headers: Field[] = [
      ["Via", `SIP/2.0/UDP ${this.#host}:${this.port};rport;branch=z9hG4bKphone${this.#cseq}${method}`],
      ["Max-Forwards", "70"],
      ["From", from],
      ["To", to],
      ["Call-ID", callId],
      ["CSeq", `${this.#cseq} ${method}`],
      this.#contact,
      ...(sdp === "" ? [] : [["Content-Type", "application/sdp"] as Field]),
    ];
    return { kind: "request", method, uri, headers, body: sdp };
  }

  #send(message: Message): void {
    this.#socket.send(writeMessage(message), this.#gateway);
  }
}
