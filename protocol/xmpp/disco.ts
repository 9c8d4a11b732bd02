/**
 * The features that the component and its phones announce: XEP-0030 (disco#info), XEP-0115 (caps in presence), XEP-0100 §7.1
 * (gateway prompt).
 *
 * Rules: clients offer to call an address if its caps contain these features; only working features are announced. The hash is
 * computed in caps-hash.ts.
 */
import type { Element } from "@xmpp/xml";
import { verificationText } from "./caps-hash.ts";
import { xml } from "./element.ts";
import { escapeLocal } from "./jid.ts";
import {
  CAPS,
  DISCO_INFO,
  DTLS,
  DTMF,
  GATEWAY,
  GROUPING,
  ICE_UDP,
  JINGLE,
  JINGLE_MESSAGE,
  PING,
  RAW_UDP,
  RTCP_FB,
  RTP,
  RTP_AUDIO,
  RTP_HDREXT,
  RTP_VIDEO,
  SSMA,
} from "./namespaces.ts";

/** The node of our caps: the URI of this software. */
const NODE = "https://github.com/carillon-gateway/carillon";

const FEATURES = [
  DISCO_INFO,
  CAPS,
  PING,
  JINGLE,
  RTP,
  RTP_AUDIO,
  ICE_UDP,
  RAW_UDP,
  DTLS,
  "urn:ietf:rfc:3264", // COMPAT Conversations: all candidates at once, no trickle needed
  "urn:ietf:rfc:5888",
  GROUPING,
  "urn:ietf:rfc:5576",
  SSMA,
  RTCP_FB,
  RTP_HDREXT,
  DTMF,
  JINGLE_MESSAGE,
];

/** An entity of ours: the component's domain, or one of its phones. */
export type Entity = "component" | "phone";

interface Identity {
  readonly category: string;
  readonly type: string;
  readonly name: string;
}

const IDENTITIES: Readonly<Record<Entity, readonly Identity[]>> = {
  component: [
    { category: "gateway", type: "pstn", name: "Carillon" },
    { category: "gateway", type: "sip", name: "Carillon" },
  ],
  phone: [{ category: "client", type: "phone", name: "Carillon" }],
};

const featuresOf = (entity: Entity, video: boolean): string[] =>
  [...FEATURES, ...(video ? [RTP_VIDEO] : []), ...(entity === "component" ? [GATEWAY] : [])].toSorted();

/** The caps of an entity. */
export interface Caps {
  readonly node: string;
  /** Base64 SHA-1 of the verification text (XEP-0115 §5.1). */
  readonly ver: string;
}

/** `sha1` returns Base64. */
export const capsOf = (entity: Entity, video: boolean, sha1: (text: string) => string): Caps => ({
  node: NODE,
  ver: sha1(verificationText(query(entity, video))),
});

/** The `<c/>` of a presence. */
export function capsElement({ node, ver }: Caps): Element {
  return xml("c", { xmlns: CAPS, hash: "sha-1", node, ver });
}

/** The answer to disco#info; undefined for a node that is not ours. */
export function discoInfo(entity: Entity, video: boolean, caps: Caps, node: string | undefined): Element | undefined {
  if (node !== undefined && node !== `${caps.node}#${caps.ver}`) return undefined;
  return query(entity, video, node);
}

function query(entity: Entity, video: boolean, node?: string): Element {
  return xml(
    "query",
    { xmlns: DISCO_INFO, ...(node === undefined ? {} : { node }) },
    ...IDENTITIES[entity].map((identity) => xml("identity", { ...identity })),
    ...featuresOf(entity, video).map((feature) => xml("feature", { var: feature })),
  );
}

/** The result of a `jabber:iq:gateway` get: the prompt that a client shows its user. */
export function gatewayPrompt(): Element {
  const desc = "Enter the phone number or SIP address to call.";
  return xml("query", { xmlns: GATEWAY }, xml("desc", {}, desc), xml("prompt", {}, "Number or address"));
}

/** The result of its set: the JID for the typed text, without the separators of a number; undefined for an empty text. */
export function gatewayJid(prompt: string, component: string): Element | undefined {
  const typed = prompt.trim().replace(/^(?:sips?|tel):/i, "");
  const name = /^[+\d\s().*#/-]+$/.test(typed) ? typed.replace(/[\s()./-]/g, "") : typed;
  if (name === "" || name.length > 256) return undefined;
  const jid = `${escapeLocal(name).toLowerCase()}@${component}`;
  return xml("query", { xmlns: GATEWAY }, xml("jid", {}, jid), xml("prompt", {}, jid));
}
