/**
 * A call that an XMPP user places: the session-initiate, and the resulting call.
 *
 * XEP-0166 §6.2, §7.2.10; docs/mapping.md A1 to A6. dialling.ts decides who may call what. Rules: the IQ is answered before the INVITE is
 * sent; a sid becomes the Call-ID if it is a legal one, else a new one is paired with it; no resource is ever sent in a SIP
 * header; we send from exactly the JID that was called; if calls go through a relay, one without audio is refused.
 */
import type { Element } from "@xmpp/xml";
import { readJingle } from "../../protocol/jingle/jingle.ts";
import { Refusal, unmappable } from "../../protocol/refusal.ts";
import { isCallId } from "../../protocol/sip/build.ts";
import { owned } from "../../protocol/text.ts";
import { bareJid } from "../../protocol/xmpp/jid.ts";
import { PhoneUac } from "../phone/uac.ts";
import type { Dialling } from "./dialling.ts";
import type { CallMaker } from "./maker.ts";
import type { CallsConfig } from "./needs.ts";
import type { Proposals } from "./proposals.ts";
import type { Registry } from "./registry.ts";

/** A Jingle IQ, with its addresses. */
export interface JingleIq {
  readonly from: string;
  readonly to: string;
  readonly jingle: Element;
}

/** The dependencies of outgoing calls. */
export interface OutgoingDependencies {
  readonly maker: CallMaker;
  readonly registry: Registry;
  readonly proposals: Proposals;
  readonly dialling: Dialling;
  readonly config: CallsConfig;
  readonly random: () => string;
}

export class OutgoingCalls {
  readonly #dependencies: OutgoingDependencies;

  constructor(dependencies: OutgoingDependencies) {
    this.#dependencies = dependencies;
  }

  /** Creates the call, or returns the refusal. `accepted` answers the IQ. */
  place(iq: JingleIq, accepted: () => void): Refusal | undefined {
    const { maker, registry, proposals, dialling, config, random } = this.#dependencies;
    const sid = owned(String(iq.jingle.attrs.sid));
    const side = { sid, us: iq.to, them: bareJid(iq.from), initiator: iq.from };
    if (registry.bySession(side)) return inUse;
    const parties = { caller: bareJid(iq.from), callee: bareJid(iq.to) };
    const permitted = dialling.judge(parties);
    if (permitted instanceof Refusal) return permitted;
    const { contactUser, longest, trunk } = permitted;
    const offer = readJingle(iq.jingle);
    const { media, codecs } = trunk?.settings ?? config;
    const relayed = media === "rtp" || media === "srtp";
    if (relayed && !offer.contents.some((content) => content.media === "audio")) return noAudio;
    const localTag = random();
    const callId = isCallId(sid) ? sid : random();
    const callee = {
      ...permitted,
      from: `${permitted.from};tag=${localTag}`,
      localTag,
      callId,
      proxy: trunk?.hops.best ?? config.proxy,
      hops: trunk?.hops,
      relay: { srtp: media === "srtp", codecs },
    };
    const call = maker.create(
      {
        direction: "outgoing",
        offer,
        devices: [iq.from],
        isOnline: true,
        peerTrickles: false,
        relayed,
        relayIfRefused: media === "auto",
        messages: proposals.take({ sid, them: iq.from, us: iq.to }) ? "proceeded" : "none",
      },
      side,
      { callId, localTag, contactUser, longest, trunk },
      (line) => new PhoneUac(callee, line),
    );
    dialling.made(parties.caller, permitted);
    accepted();
    call.start();
    return undefined;
  }
}

const inUse = new Refusal(
  "this sid is in use",
  { status: 482 },
  { condition: "unexpected-request", type: "wait", detail: "out-of-order" },
);
const noAudio = unmappable("the relay carries audio only", "unsupported-applications");
