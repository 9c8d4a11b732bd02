/** A phone without ICE rings where a client may take its RTP: caps that name ICE alone do not (XEP-0115, XEP-0176, XEP-0177). */
import { describe } from "bun:test";
import { createHash } from "node:crypto";
import { parse } from "ltx/lib/ltx.js";
import { verificationText } from "../../protocol/xmpp/caps-hash.ts";
import { plays } from "../support/plays.ts";
import { CAROL } from "./scenes.ts";

const query = (features: readonly string[], node = ""): string =>
  `<query xmlns='http://jabber.org/protocol/disco#info'${node}>${features.map((name) => `<feature var='${name}'/>`).join("")}</query>`;
const ICE = "urn:xmpp:jingle:transports:ice-udp:1";
const RAW = "urn:xmpp:jingle:transports:raw-udp:1";
const MESSAGES = "urn:xmpp:jingle-message:0";

/** A device comes online and is asked what its caps stand for. */
function COMES(device: string, ...features: string[]): string {
  const text = verificationText(parse(query(features)));
  const ver = createHash("sha1").update(text).digest("base64");
  return `
${device} > gateway
    <presence to='sip.example.org'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://client.example' ver='${ver}'/></presence>
gateway > ${device}
    <iq type='get' from='sip.example.org' id='{disco-${device}}'/>
${device} > gateway
    <iq type='result' id='{disco-${device}}' to='sip.example.org'>${query(features)}</iq>
`;
}
const CALLS = (sdp: string): string => `
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>
    Call-ID: c1
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    ${sdp}
`;
const REFUSED = `
gateway > phone
    SIP/2.0 488 Not Acceptable Here
    Warning: 302 carillon "no client of the user takes RTP without ICE: the media need a relay such as rtpengine"
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`;
const RINGS = (device: string): string => `
gateway > phone
    SIP/2.0 180 Ringing
gateway > ${device}
    <iq type='set' id='{set}' from='${CAROL}'><jingle action='session-initiate' sid='c1'/></iq>
`;
const CANCELS = (device: string): string => `
phone > gateway
    CANCEL sip:juliet@example.org SIP/2.0
gateway > phone
    SIP/2.0 200 OK
gateway > phone
    SIP/2.0 487 Request Terminated
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
gateway > ${device}
    <iq type='set'><jingle action='session-terminate' sid='c1'/></iq>
`;

describe("a phone without ICE calls", () => {
  plays(
    [
      // proves: M6
      [
        "a client that names ICE alone: 488 at once",
        `${COMES("juliet", ICE)}${CALLS("{plain-sdp}")}${REFUSED}nothing on juliet`,
      ],
      // proves: M6
      [
        "a client that names ICE alone and takes proposals: 488 at once, without one",
        `${COMES("juliet", ICE, MESSAGES)}${CALLS("{plain-sdp}")}${REFUSED}nothing on juliet`,
      ],
      // proves: M6
      [
        "a client that names raw-udp, beside one that does not: that one alone rings",
        `${COMES("juliet", ICE)}${COMES("juliet-phone", ICE, RAW)}${CALLS("{plain-sdp}")}${RINGS("juliet-phone")}nothing on juliet${CANCELS("juliet-phone")}`,
      ],
      // proves: M6
      [
        "a client that names no transport: it rings",
        `${COMES("juliet", "urn:xmpp:jingle:1")}${CALLS("{plain-sdp}")}${RINGS("juliet")}${CANCELS("juliet")}`,
      ],
    ],
    { online: [] },
  );
});

describe("a phone with ICE calls", () => {
  plays(
    [
      [
        "a client that names ICE alone: it rings",
        `${COMES("juliet", ICE)}${CALLS("{offer-sdp}")}${RINGS("juliet")}${CANCELS("juliet")}`,
      ],
    ],
    { online: [] },
  );
});
