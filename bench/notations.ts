/** SDP to Jingle and back, text to text: by the gateway, and by stanza. */
import { createClient, JXT } from "stanza";
import { exportToSDP, importFromSDP } from "stanza/jingle/sdp/Intermediate";
import { convertIntermediateToRequest, convertRequestToIntermediate } from "stanza/jingle/sdp/Protocol";
import { jingleElement, readJingle, writeJingle } from "../protocol/jingle/jingle.ts";
import type { Media } from "../protocol/media/media.ts";
import { attempt, Refusal } from "../protocol/refusal.ts";
import { readSdp } from "../protocol/sdp/read.ts";
import { writeSdp } from "../protocol/sdp/write.ts";
import { StanzaReader } from "../protocol/xmpp/stanza.ts";
import { writeStanza } from "../protocol/xmpp/write.ts";

const STREAM = "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='7'>";
const origin = { id: "1", version: 1, address: "192.0.2.1" };
const ignored = (): void => {};

export const readOurs = (sdp: string): Media => readSdp(sdp, { by: "initiator" });

export const toJingle = (sdp: string): string =>
  writeStanza(jingleElement("session-initiate", "s", {}, writeJingle(readOurs(sdp), "offer")));

/** A stream that reads stanzas as bytes and returns the SDP of each; "" if it is refused. */
export function sdpWriter(): (stanza: Uint8Array) => string {
  let written = "";
  const reader = new StanzaReader({
    ...{ opened: ignored, ended: ignored, fault: ignored, oversized: ignored },
    stanza: (jingle) => {
      const media = attempt(() => readJingle(jingle));
      written = media instanceof Refusal ? "" : writeSdp(media, { by: "initiator", origin, answer: false });
    },
  });
  reader.push(new TextEncoder().encode(STREAM));
  return (stanza) => {
    written = "";
    reader.push(stanza);
    return written;
  };
}

const { stanzas } = createClient({});
const ICE_UDP = "urn:xmpp:jingle:transports:ice-udp:1";

type Role = "initiator" | "responder";

/** The `<jingle/>` that stanza makes of its user's SDP; the user has this role. */
export function stanzaJingle(sdp: string, role: Role): string {
  const request = convertIntermediateToRequest(importFromSDP(sdp), role, ICE_UDP);
  return `${stanzas.export("iq.jingle", { ...request, action: "session-initiate", sid: "s" })}`;
}

/** The SDP that stanza makes of its peer's `<jingle/>`; the peer has this role. */
export function sdpByStanza(text: string, role: Role): string {
  const jingle = stanzas.import(JXT.parse(text));
  return exportToSDP(convertRequestToIntermediate(jingle as never, role));
}
