/**
 * The clients of a play's devices: what each must say of itself (XEP-0115) for the gateway to tell it what it was told.
 *
 * Rules: a device that says nothing of itself is offered data channels and no categories. One that was told otherwise, or takes
 * proposals, comes with caps and is asked what they stand for. The hash of a client that takes proposals and nothing else fits
 * what it says, so that it is known for the next device; any other is asked again.
 */
import { CAPS, CATEGORY, DISCO_INFO, DTLS_SCTP, JINGLE, JINGLE_MESSAGE } from "../protocol/xmpp/namespaces.ts";
import { PLAY } from "./exchange/others.ts";
import { stepText } from "./play-step.ts";

/** What a client says of itself. */
export interface Client {
  readonly messages: boolean;
  readonly dataChannels: boolean;
  readonly categories: boolean;
}

const NODE = "https://client.example";
/** Of a client that takes proposals and nothing else (XEP-0115 §5). */
const VER = "VXE1iHqg5EojvWov/n378HfijEc=";
const IDENTITY = "<identity category='client' type='phone' name='Client'/>";

function featuresOf({ messages, dataChannels, categories }: Client): string {
  const names = [
    JINGLE,
    ...(messages ? [JINGLE_MESSAGE] : []),
    ...(dataChannels ? [DTLS_SCTP] : []),
    ...(categories ? [CATEGORY] : []),
  ];
  return names.map((name) => `<feature var='${name}'/>`).join("");
}

/** Whether devices with such a client are known once one of them was asked. */
const isVerified = ({ messages, dataChannels, categories }: Client): boolean =>
  messages && !dataChannels && !categories;
const verOf = (client: Client): string => (isVerified(client) ? VER : "recorded");

/** Whether a device needs to say nothing of itself. */
export const isSilent = ({ messages, dataChannels, categories }: Client): boolean =>
  !messages && dataChannels && !categories;

/** A device comes online; the first with its caps is asked what they stand for. */
export function comes(device: string, client: Client, isKnown: boolean): string {
  const ver = verOf(client);
  const caps = `<c xmlns='${CAPS}' hash='sha-1' node='${NODE}' ver='${ver}'/>`;
  const presence = stepText(`${device} > gateway`, [`<presence to='${PLAY.component}'>${caps}</presence>`]);
  if (isKnown && isVerified(client)) return presence;
  const asked = `<query xmlns='${DISCO_INFO}' node='${NODE}#${ver}'/>`;
  const said = `<query xmlns='${DISCO_INFO}'>${IDENTITY}${featuresOf(client)}</query>`;
  const id = isVerified(client) ? "caps" : `caps-${device.replace(/\W/g, "-")}`;
  return [
    presence,
    stepText(`gateway > ${device}`, [`<iq type='get' id='{${id}}'>${asked}</iq>`]),
    stepText(`${device} > gateway`, [`<iq type='result' id='{${id}}' to='${PLAY.component}'>${said}</iq>`]),
  ].join("\n");
}

/** A device goes offline. */
export const goes = (device: string): string =>
  stepText(`${device} > gateway`, [`<presence to='${PLAY.component}' type='unavailable'/>`]);
