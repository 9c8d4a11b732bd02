/**
 * Answers of the component and its phones to IQs other than Jingle: XEP-0199 (ping), XEP-0030 (disco#info, disco#items), XEP-0100
 * (gateway prompt).
 *
 * Rule: every other IQ is service-unavailable (RFC 6120 §8.4).
 */
import type { Element } from "@xmpp/xml";
import { type Caps, discoInfo, type Entity, gatewayJid, gatewayPrompt } from "./disco.ts";
import { xml } from "./element.ts";
import type { Stanza } from "./head.ts";
import { iqResult, stanzaError } from "./iq.ts";
import { DISCO_INFO, GATEWAY, PING } from "./namespaces.ts";

const DISCO_ITEMS = "http://jabber.org/protocol/disco#items";

/** The content of the answers. */
export interface Service {
  /** The component's domain. */
  readonly domain: string;
  /** Whether video is announced. */
  readonly video: boolean;
  readonly caps: Readonly<Record<Entity, Caps>>;
}

/** The answer to an IQ get or set other than Jingle. */
export function serviceAnswer({ type, receiver, element }: Stanza, service: Service): Element {
  const [child] = element.getChildElements();
  const asked = type === "get" ? child?.getNS() : undefined;
  if (asked === PING) return iqResult(element);
  if (asked === DISCO_INFO) return infoAnswer(element, receiver?.local ? "phone" : "component", service);
  if (asked === DISCO_ITEMS) return iqResult(element, xml("query", { xmlns: DISCO_ITEMS }));
  if (child?.getNS() !== GATEWAY) return stanzaError(element, "cancel", "service-unavailable");
  if (asked === GATEWAY) return iqResult(element, gatewayPrompt());
  const jid = gatewayJid(child.getChildText("prompt") ?? "", service.domain);
  return jid ? iqResult(element, jid) : stanzaError(element, "modify", "item-not-found");
}

function infoAnswer(iq: Element, entity: Entity, { video, caps }: Service): Element {
  const node = iq.getChildElements()[0]?.attrs.node;
  const query = discoInfo(entity, video, caps[entity], node);
  return query ? iqResult(iq, query) : stanzaError(iq, "cancel", "item-not-found");
}
