/**
 * The demo's phones on one UDP socket, at the address of the gateway's SIP proxy: each message goes to the phone of its call.
 *
 * They are no example of a SIP stack: they do not retransmit and check little, since loopback loses nothing.
 */

import { responseTo } from "../protocol/sip/build.ts";
import { header } from "../protocol/sip/fields.ts";
import type { Message, Request } from "../protocol/sip/message.ts";
import { readMessage } from "../protocol/sip/read.ts";
import { writeMessage } from "../protocol/sip/write.ts";
import type { Address, Datagrams, OpenDatagrams } from "../transports/transport.ts";

/** Handles the messages of one call. */
export interface Takes {
  hear(message: Message): void;
}

export class Phones {
  readonly #socket: Datagrams;
  readonly #calls = new Map<string, Takes>();
  #gateway: Address | undefined;

  private constructor(socket: Datagrams) {
    this.#socket = socket;
  }

  static async open(udp: OpenDatagrams, at: Address): Promise<Phones> {
    let phones: Phones | undefined;
    const received = (bytes: Uint8Array): void => phones?.hear(readMessage(bytes));
    phones = new Phones(await udp(at, { received, failed: () => {} }));
    return phones;
  }

  get address(): Address {
    return this.#socket.local;
  }

  set gateway(address: Address) {
    this.#gateway = address;
  }

  add(callId: string, phone: Takes): void {
    this.#calls.set(callId, phone);
  }

  remove(callId: string): void {
    this.#calls.delete(callId);
  }

  send(message: Message): void {
    if (this.#gateway) this.#socket.send(writeMessage(message), this.#gateway);
  }

  hear(message: Message): void {
    const phone = this.#calls.get(header(message, "Call-ID") ?? "");
    if (phone) phone.hear(message);
    else if (message.kind === "request" && message.method !== "ACK")
      this.send(responseTo(message, statusOf(message), { toTag: "none" }));
  }

  close(): Promise<void> {
    return this.#socket.close();
  }
}

/** Requests outside of calls: OPTIONS, which checks that the proxy is alive. */
const statusOf = ({ method }: Request): number => (method === "OPTIONS" ? 200 : 481);
