/** The port to the user of the stream, which is the owner of the calls: it gets the stanzas about calls. */
import type { Element } from "@xmpp/xml";
import type { Stanza } from "../../protocol/xmpp/head.ts";

/** Sends the one answer to an IQ; later ones are not sent. */
export type Reply = (answer: Element) => void;

export interface XmppUser {
  /** Whether more calls come than can be set up. */
  readonly isOverloaded: boolean;
  /** Whether this call would be refused for it. */
  isOneTooMany(session: { us: string; them: string }): boolean;
  /** A Jingle IQ; `reply` takes its answer. */
  jingle(iq: Stanza, reply: Reply): void;
  /** A Jingle Message (XEP-0353); gives the error that answers it, if one does. */
  message(message: Element): Element | undefined;
  /** A propose of ours was refused, with this condition. */
  unproposed(session: { sid: string; us: string; them: string }, condition: string): void;
  /** Whether there is a call between this device and that phone, or one that the device has proposed. */
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
