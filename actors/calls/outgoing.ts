/**
 * A call that an XMPP user places: the session-initiate, and the call that comes of it.
 *
 * XEP-0166 §6.1, §7.2; signalling "INVITE". Rules: the IQ is answered before the INVITE goes out; a sid becomes the Call-ID
 * when it is a legal one, else a fresh one is paired with it; no resource ever travels in a SIP header; we speak from
 * exactly the JID that was called.
 */
import type { Element } from "@xmpp/xml";
import { dialled } from "../../protocol/address.ts";
import { readJingle } from "../../protocol/jingle/jingle.ts";
import { Refusal } from "../../protocol/refusal.ts";
import { isCallId } from "../../protocol/sip/build.ts";
import { ownText } from "../../protocol/text.ts";
import { bareJid } from "../../protocol/xmpp/jid.ts";
import { PhoneUac } from "../phone/uac.ts";
import type { Calls } from "./calls.ts";

/** A Jingle IQ, with the addresses it came with. */
export interface JingleIq {
  readonly from: string;
  readonly to: string;
  readonly jingle: Element;
}

/** Creates the call, or says why there is none. `accepted` answers the IQ. */
export function placeOutgoing(calls: Calls, iq: JingleIq, accepted: () => void): Refusal | undefined {
  const sid = ownText(String(iq.jingle.attrs.sid));
  const side = { sid, us: iq.to, them: bareJid(iq.from), initiator: iq.from };
  if (calls.registry.bySession(side)) return inUse;
  const names = dialled({ caller: bareJid(iq.from), callee: bareJid(iq.to) }, calls.config.addresses);
  if (!names) return nobody;
  const offer = readJingle(iq.jingle);
  const localTag = calls.needs.random();
  const callId = isCallId(sid) ? sid : calls.needs.random();
  const { proxy } = calls.config;
  const callee = { ...names, from: `${names.from};tag=${localTag}`, callId, proxy };
  const call = calls.create(
    {
      ...{ direction: "outgoing", offer, devices: [iq.from], isOnline: true, peerTrickles: false },
      messages: calls.proposals.take({ sid, them: iq.from, us: iq.to }) ? "proceeded" : "none",
    },
    side,
    { callId, localTag, contactUser: names.contactUser },
    (needs) => new PhoneUac(callee, needs),
  );
  accepted();
  call.start();
  return undefined;
}

const inUse = new Refusal(
  "this sid is in use",
  { status: 482 },
  { condition: "unexpected-request", type: "wait", detail: "out-of-order" },
);
const nobody = new Refusal(
  "no phone has this address",
  { status: 404 },
  { condition: "item-not-found", type: "cancel" },
);
