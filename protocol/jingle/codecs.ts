/**
 * The codecs of a Jingle description: payload types (XEP-0167 §6) with their parameters and feedback (XEP-0293), read
 * and written.
 *
 * Rules: order is preserved; only a static payload type may have no name; unusable items are left out, unreadable ones
 * are refused.
 */

import type { Element } from "@xmpp/xml";
import type { Content, Feedback, Parameter, Payload } from "../media/media.ts";
import { staticType } from "../media/payload-types.ts";
import { bounded, isCodec, MOST } from "../media/values.ts";
import { unreadable } from "../refusal.ts";
import { present } from "../text.ts";
import { xml } from "../xmpp/element.ts";
import { RTCP_FB, RTP } from "../xmpp/namespaces.ts";
import { numberOf, textOf, without, wordOf } from "./values.ts";

/** The codecs of a description, each id once. */
export function readPayloads(description: Element): Payload[] {
  const elements = bounded(description.getChildren("payload-type", RTP), MOST.payloads, "codecs");
  const payloads = elements.flatMap(readPayload);
  const ids = new Set(payloads.map(({ id }) => id));
  if (ids.size === payloads.length) return payloads;
  return payloads.filter(({ id }) => ids.delete(id));
}

function readPayload(element: Element): Payload[] {
  const id = numberOf(element, "id", 127) ?? without(element, "id");
  const known = textOf(element, "name") ? undefined : staticType(id);
  const name = textOf(element, "name") || known?.name;
  const clockrate = numberOf(element, "clockrate") ?? known?.clockrate ?? 8000;
  if (name === undefined || clockrate === 0) return [];
  if (!isCodec(name)) throw unreadable(`the codec ${JSON.stringify(name)} has no possible name`);
  const payload = {
    id,
    name,
    clockrate,
    channels: numberOf(element, "channels", 255) || known?.channels || 1,
    parameters: bounded(element.getChildren("parameter", RTP), MOST.parameters, "parameters of a codec").map(
      readParameter,
    ),
    feedback: readFeedback(element),
  };
  return [payload];
}

/** Feedback of one payload type, or of all if the parent is the description. */
export function readFeedback(parent: Element): Feedback[] {
  const kinds: Element[] = [];
  for (const child of parent.children) if (typeof child === "object" && isFeedback(child)) kinds.push(child);
  return bounded(kinds, MOST.feedback, "kinds of feedback of a codec").map(readKind);
}

const readKind = (kind: Element): Feedback =>
  kind.is("rtcp-fb") ? readOneFeedback(kind) : { type: "trr-int", subtype: `${numberOf(kind, "value") ?? 0}` };

function isFeedback(child: Element): boolean {
  const name = child.getName();
  return (name === "rtcp-fb" || name === "rtcp-fb-trr-int") && child.getNS() === RTCP_FB;
}

/** Words after the subtype are parameters (XEP-0293 §3); without a subtype SDP has no place for them. */
function readOneFeedback(element: Element): Feedback {
  const type = wordOf(element, "type");
  if (element.attrs.subtype === undefined) return { type };
  const given = element.getChildren("parameter", RTCP_FB);
  const words = bounded(given, MOST.parameters, "words of feedback").map(readParameter);
  const parameters = words.filter(({ name, value }) => !/\s/.test(`${name}${value}`));
  return { type, subtype: wordOf(element, "subtype"), ...(parameters.length > 0 ? { parameters } : {}) };
}

function readParameter(element: Element): Parameter {
  return present({ name: textOf(element, "name") || undefined, value: textOf(element, "value") });
}

/** Writes a payload type; ptime and maxptime are repeated in each. */
export function writePayload(payload: Payload, { ptime, maxptime }: Content): Element {
  const { id, name, clockrate, channels, parameters, feedback } = payload;
  const element = xml("payload-type", {
    id: `${id}`,
    name,
    clockrate: `${clockrate}`,
    channels: channels > 1 ? `${channels}` : undefined,
    ptime: ptime?.toString(),
    maxptime: maxptime?.toString(),
  });
  for (const each of parameters) element.cnode(xml("parameter", { ...each }));
  for (const each of writeFeedback(feedback)) element.cnode(each);
  return element;
}

/** Writes feedback. */
export function writeFeedback(feedback: readonly Feedback[]): Element[] {
  return feedback.map(({ type, subtype, parameters = [] }) =>
    type === "trr-int"
      ? xml("rtcp-fb-trr-int", { xmlns: RTCP_FB, value: subtype ?? "0" })
      : xml(
          "rtcp-fb",
          { xmlns: RTCP_FB, type, ...present({ subtype }) },
          ...parameters.map((each) => xml("parameter", { ...each })),
        ),
  );
}
