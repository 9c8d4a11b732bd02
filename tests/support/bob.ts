/** Bob, at a scripted phone on a real socket: received messages are stored, by call, until the test asks for them. */

import { header } from "../../protocol/sip/fields.ts";
import type { Message, Request, Response } from "../../protocol/sip/message.ts";
import { Inbox } from "./inbox.ts";
import { Phone } from "./phone.ts";

export interface Bob {
  readonly phone: Phone;
  request(method: string, callId: string): Promise<Request>;
  response(status: number, callId: string): Promise<Response>;
}

/** Starts the phone on a free port of loopback. */
export async function startBob(): Promise<Bob> {
  const heard = new Inbox<Message>();
  const phone = await Phone.open((message) => heard.put(message));
  const hears = (what: string, callId: string, fits: (message: Message) => boolean) =>
    heard.next((each) => header(each, "Call-ID") === callId && fits(each), `${what} of ${callId}`);
  return {
    phone,
    async request(method: string, callId: string) {
      const found = await hears(method, callId, (each) => each.kind === "request" && each.method === method);
      if (found.kind === "response") throw new Error(`${method} is a response`);
      return found;
    },
    async response(status: number, callId: string) {
      const found = await hears(`${status}`, callId, (each) => each.kind === "response" && each.status === status);
      if (found.kind === "request") throw new Error(`${status} is a request`);
      return found;
    },
  };
}
