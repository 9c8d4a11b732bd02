/** What devices say and hear by Jingle Messages (XEP-0353), and as carbons of them (XEP-0280). */
import type { Element } from "@xmpp/xml";
import { JINGLE_MESSAGE } from "../../protocol/xmpp/namespaces.ts";
import { Device } from "./device.ts";

/** The media of a propose. */
export const AUDIO = "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/>";
export const reasonOf = (condition: string): string => `<reason xmlns='urn:xmpp:jingle:1'><${condition}/></reason>`;

/** The Jingle Message in a message stanza. */
export const payload = (message: Element | undefined): Element | undefined =>
  message?.getChildElements().find((child) => child.getNS() === JINGLE_MESSAGE);

const is = (message: Element | undefined, type: string, id: string | undefined): boolean => {
  const found = payload(message);
  return found?.getName() === type && (id === undefined || found.attrs.id === id);
};
const inCarbon = (message: Element, kind: "sent" | "received"): Element | undefined =>
  message.getChild(kind)?.getChild("forwarded")?.getChild("message");

/** A device hears this, said to itself or to all devices of its user. */
export const hearsMessage = (device: Device, type: string, id?: string): Promise<Element> =>
  device.messages.next((message) => is(message, type, id), `${type} at ${device.jid}`);

/** A device hears that another one of its user has said, or heard, this. */
export const hearsCarbon = (
  device: Device,
  type: string,
  id?: string,
  kind: "sent" | "received" = "sent",
): Promise<Element> =>
  device.messages.next((message) => is(inCarbon(message, kind), type, id), `carbon of ${type} at ${device.jid}`);

export const saysMessage = (device: Device, to: string, type: string, id: string, inside = ""): Promise<unknown> =>
  device.send(
    Device.element(
      `<message type='chat' to='${to}'><${type} xmlns='${JINGLE_MESSAGE}' id='${id}'>${inside}</${type}><store xmlns='urn:xmpp:hints'/></message>`,
    ),
  );
