/** Jingle Messages sent and received by devices (XEP-0353), and their carbons (XEP-0280). */
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

/** A device receives this message, sent to itself or to all devices of its user. */
export const hearsMessage = (device: Device, type: string, id?: string): Promise<Element> =>
  device.messages.next((message) => is(message, type, id), `${type} at ${device.jid}`);

/** A device receives a carbon: another device of its user has sent or received this message. */
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
