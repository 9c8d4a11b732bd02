/**
 * Jingle actions for an existing call, each turned into an event of its chart.
 *
 * XEP-0166 §7.2, XEP-0176 §5. Rules: the IQ is answered exactly once, a result before anything is sent to the phone; the refusal of
 * an unknown action contains its name; an unmappable one is answered by a result, then rejected by a Jingle action. The
 * existing-session-initiate is mod_jingle_sip's: an IQ get by which another client of the same user asks for the offer of a
 * ringing call. A session-info is read by session-info.ts.
 */
import type { Element } from "@xmpp/xml";
import type { UserEvent } from "../../machines/call/vocabulary.ts";
import {
  readCodecs,
  readContentNames,
  readNamedSources,
  readNames,
  readSenders,
  readTransports,
} from "../../protocol/jingle/changes.ts";
import { readJingle, readReason } from "../../protocol/jingle/jingle.ts";
import { readTransportInfo } from "../../protocol/jingle/transport-info.ts";
import type { Media } from "../../protocol/media/media.ts";
import type { SourceAction } from "../../protocol/media/offer-answer.ts";
import { answerFromAccept } from "../../protocol/media/user-accept.ts";
import { MOST } from "../../protocol/media/values.ts";
import { attempt, Refusal, unmappable, unreadable } from "../../protocol/refusal.ts";
import type { LiveChart } from "../live-chart.ts";
import type { Said } from "./said.ts";
import { sessionInfo } from "./session-info.ts";

/** The actions with an event of the same name; the others map to another event, or to none. */
type Named<Type> = Type extends `jingle.${infer Name}` ? Name : never;
type EventAction = Exclude<
  Named<UserEvent["type"]>,
  // words of a session-info, a source action, a refusal of ours, and outcomes of our own IQs
  "hold" | "dtmf" | "source" | `${string}.unmappable` | "acknowledged" | "refused" | "lost"
>;
type OtherAction = SourceAction | "transport-accept" | "transport-reject";
type EventOf<Action> = Action extends EventAction ? UserEvent & { readonly type: `jingle.${Action}` } : UserEvent;
type Rows = { readonly [Action in EventAction | OtherAction]: (said: Said) => EventOf<Action> };

const source =
  (action: SourceAction) =>
  ({ chart, jingle, device }: Said): UserEvent => ({
    type: "jingle.source",
    device,
    action,
    sources: known(chart, readNamedSources(jingle, chart.local)),
  });
const nothingReplaced = (): never => {
  throw new Refusal("no transport was replaced", { status: 500 }, outOfOrder);
};

/** The event of each action. An action of the vocabulary without a row here does not compile. */
const EVENTS: Rows = {
  "session-accept": ({ chart, jingle, device }) => {
    const media = answerFromAccept(chart.offer, readJingle(jingle, "answer"));
    return { type: "jingle.session-accept", device, media };
  },
  "session-terminate": ({ jingle, device }) => ({
    type: "jingle.session-terminate",
    device,
    reason: readReason(jingle),
  }),
  "transport-info": ({ chart, jingle, device }) => {
    namesKnown(chart, readNames(jingle));
    return { type: "jingle.transport-info", device, update: readTransportInfo(jingle) };
  },
  "existing-session-initiate": ({ device }) => ({ type: "jingle.existing-session-initiate", device }),
  "content-modify": ({ chart, jingle, device }) => ({
    type: "jingle.content-modify",
    device,
    changes: known(chart, readSenders(jingle)),
  }),
  "content-add": ({ chart, jingle, device }) => ({
    type: "jingle.content-add",
    device,
    media: added(chart, jingle),
  }),
  "content-remove": ({ chart, jingle, device }) => ({
    type: "jingle.content-remove",
    device,
    names: namesKnown(chart, readNames(jingle)),
  }),
  "content-accept": ({ chart, jingle, device }) => ({
    type: "jingle.content-accept",
    device,
    media: acceptedContents(chart, jingle),
  }),
  "content-reject": ({ jingle, device }) => ({ type: "jingle.content-reject", device, names: readNames(jingle) }),
  "description-info": ({ chart, jingle, device }) => ({
    type: "jingle.description-info",
    device,
    changes: known(chart, readCodecs(jingle)),
  }),
  "transport-replace": ({ chart, jingle, device }) => ({
    type: "jingle.transport-replace",
    device,
    transports: known(chart, readTransports(jingle)),
  }),
  "source-add": source("source-add"),
  "source-remove": source("source-remove"),
  "source-update": source("source-update"),
  "transport-accept": nothingReplaced,
  "transport-reject": nothingReplaced,
};
const EVENT_OF = new Map<string, (said: Said) => UserEvent>(Object.entries(EVENTS));

/** Delivers the action to the chart. `accepted` answers the IQ, before any effect; after a refusal it has not run. */
export function deliverJingle(said: Said, accepted: () => void): Refusal | undefined {
  const { chart, jingle, device } = said;
  const { action } = jingle.attrs;
  if (action === "session-info") return sessionInfo(said, accepted);
  const eventOf = EVENT_OF.get(String(action));
  if (!eventOf) return new Refusal(`unknown action ${JSON.stringify(action)}`, { status: 400 });
  const event = attempt(() => eventOf(said));
  if (!(event instanceof Refusal)) return chart.deliver(event, accepted);
  if (event.jingle.reason === undefined) return event;
  const instead = turnedDown(jingle, device, event);
  // the session is over on both sides: the device is notified as for a session that could not start (iqs.ts)
  return chart.deliver(instead, accepted) ?? (instead.type === "jingle.session-terminate" ? event : undefined);
}

/** The event for an action with an unsupported application or transport: the content is rejected, or the session terminated. */
function turnedDown(jingle: Element, device: string, { jingle: said, message }: Refusal): UserEvent {
  const contents = readContentNames(jingle);
  if (jingle.attrs.action === "content-add") return { type: "jingle.content-add.unmappable", device, contents };
  const names = contents.map(({ name }) => name);
  if (jingle.attrs.action === "transport-replace")
    return { type: "jingle.transport-replace.unmappable", device, names };
  const reason = { condition: said.reason ?? "general-error", text: message };
  return { type: "jingle.session-terminate", device, reason };
}

const outOfOrder = { condition: "unexpected-request", type: "wait", detail: "out-of-order" } as const;

/** Changes of existing contents; an unknown content is refused with its name. */
function known<Change extends { readonly name: string }>(chart: LiveChart, changes: Change[]): Change[] {
  namesKnown(
    chart,
    changes.map(({ name }) => name),
  );
  return changes;
}

function namesKnown(chart: LiveChart, names: string[]): string[] {
  const stranger = names.find((name) => !chart.knows(name));
  if (stranger !== undefined) throw unreadable(`there is no content '${stranger}'`);
  return names;
}

/** New contents: none of them exists already, and the total is within the limit. */
function added(chart: LiveChart, jingle: Element): Media {
  const media = readJingle(
    jingle,
    "offer",
    chart.local.contents.map(({ name }) => name),
  );
  if (chart.relayed && media.contents.some((content) => content.media !== "audio"))
    throw unmappable("the relay carries audio only", "unsupported-applications");
  const there = chart.local.contents.filter(({ rejected }) => !rejected).map(({ name }) => name);
  const twice = media.contents.find(({ name }) => there.includes(name));
  if (twice) throw unreadable(`there is a content '${twice.name}' already`);
  if (chart.local.contents.length + media.contents.length > MOST.contents) throw unreadable("too many contents");
  return media;
}

/** The contents of a content-accept, as the answer to the phone's offer. */
function acceptedContents(chart: LiveChart, jingle: Element): Media {
  const asked = chart.consultation;
  const accept = readJingle(
    jingle,
    "answer",
    chart.offered.contents.map(({ name }) => name),
  );
  const names = accept.contents.map(({ name }) => name);
  const contents = asked?.offer.contents.filter(({ name }) => names.includes(name) && asked.added.includes(name)) ?? [];
  if (contents.length < names.length) throw new Refusal("a content that was not offered", { status: 500 }, outOfOrder);
  return { ...answerFromAccept({ contents, groups: [] }, accept), groups: accept.groups };
}
