/**
 * The clients of a play's devices: the features each must announce (XEP-0115) for the gateway to send it what it sent.
 *
 * Rules: a device without caps is offered data channels and no categories. One that was offered something else, or that supports
 * proposals, comes online with caps and is asked for its disco#info. The hash of a client that supports only proposals is valid, so
 * the gateway knows it for the next device; any other is asked again.
 */
import { CAPS, CATEGORY, DISCO_INFO, DTLS_SCTP, JINGLE, JINGLE_MESSAGE } from "../protocol/xmpp/namespaces.ts";
import { PLAY } from "./exchange/others.ts";
import { stepText } from "./play-step.ts";

/** The features of a client. */
export interface Client {
  readonly messages: boolean;
  readonly dataChannels: boolean;
  readonly categories: boolean;
}

const NODE = "https://client.example";
/** Of a client that supports only proposals (XEP-0115 §5). */
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

/** Whether the gateway knows such a client after asking one device. */
const isVerified = ({ messages, dataChannels, categories }: Client): boolean =>
  messages && !dataChannels && !categories;
const verOf = (client: Client): string => (isVerified(client) ? VER : "recorded");

/** Whether a device needs no caps. */
export const isSilent = ({ messages, dataChannels, categories }: Client): boolean =>
  !messages && dataChannels && !categories;

/** A device comes online; the first with its caps is asked for disco#info. */
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
