/** The port to the user of the stream, the owner of the calls: it gets the stanzas about calls. */
import type { Element } from "@xmpp/xml";
import type { Stanza } from "../../protocol/xmpp/head.ts";

/** Sends the answer to an IQ; only the first one is sent. */
export type Reply = (answer: Element) => void;

export interface XmppUser {
  /** Whether more calls come than can be set up. */
  readonly isOverloaded: boolean;
  /** Whether this call would be refused for that. */
  isRefusedForOverload(session: { us: string; them: string }): boolean;
  /** A Jingle IQ; `reply` sends its answer. */
  jingle(iq: Stanza, reply: Reply): void;
  /** A Jingle Message (XEP-0353); returns an error stanza to answer it with, if any. */
  message(message: Element): Element | undefined;
  /** A propose of ours was refused, with this condition. */
  unproposed(session: { sid: string; us: string; them: string }, condition: string): void;
  /** Whether there is a call between this device and that phone, or a proposal of the device for one. */
  isCalling(session: { us: string; them: string }): boolean;
  /** The stream is up. */
  online(): void;
  /** The stream is down. */
  offline(why: string): void;
  /** A device that can be called directly has come online, or has changed its presence. */
  came(device: string): void;
  /** A device has gone offline. */
  left(device: string): void;
}
