/**
 * A session-info for an existing call: hold, DTMF, a ping, or something that SIP has no message for.
 *
 * XEP-0166 §6.8, §7.2.9, XEP-0167 §8, XEP-0181. Rule: the refusal of an unknown payload contains its name.
 */
import { readDtmfElement } from "../../protocol/jingle/dtmf.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { DTMF, RTP_INFO } from "../../protocol/xmpp/namespaces.ts";
import { type Said, unknownSession } from "./said.ts";

/** Payloads without effect on the phone: it has had its 180, and SIP has no signal for mute. */
const NEEDS_NOTHING = new Set(["ringing", "mute", "unmute"]);

/** XEP-0167 §8.3: whether the user puts the other side on hold. */
const HOLDS: ReadonlyMap<string, boolean> = new Map([
  ["hold", true],
  ["unhold", false],
  ["active", false],
]);

/** Delivers the payload to the chart; an empty one is a ping. `accepted` answers the IQ, before any effect. */
export function sessionInfo({ chart, jingle, device }: Said, accepted: () => void): Refusal | undefined {
  const [info] = jingle.getChildElements();
  if (info?.getNS() === DTMF && info.getName() === "dtmf") {
    const tone = attempt(() => readDtmfElement(info));
    return tone instanceof Refusal ? tone : chart.deliver({ type: "jingle.dtmf", device, tone }, accepted);
  }
  const holds = info?.getNS() === RTP_INFO ? HOLDS.get(info.getName()) : undefined;
  // until a device accepts there is nobody on hold
  const isNoNews = holds === false && chart.isIncoming && chart.unanswered;
  if (holds !== undefined && !isNoNews) return chart.deliver({ type: "jingle.hold", device, holds }, accepted);
  if (chart.userLeft) return unknownSession;
  if (info === undefined || isNoNews || (info.getNS() === RTP_INFO && NEEDS_NOTHING.has(info.getName()))) {
    accepted();
    return undefined;
  }
  return new Refusal(
    `session-info ${info.getName()} is not understood`,
    { status: 500 },
    { condition: "feature-not-implemented", type: "modify", detail: "unsupported-info" },
  );
}
