/** A phone without ICE rings where a client may take its RTP: caps that name ICE alone do not (XEP-0115, XEP-0176, XEP-0177). */
import { describe } from "bun:test";
import { plays } from "../support/plays.ts";
import { CAROL, COMES, GIVES_UP } from "./scenes.ts";

const ICE = "urn:xmpp:jingle:transports:ice-udp:1";
const RAW = "urn:xmpp:jingle:transports:raw-udp:1";
const MESSAGES = "urn:xmpp:jingle-message:0";

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
    Warning: 302 carillon "no client of the user supports RTP without ICE: a media relay such as rtpengine is needed"
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
${GIVES_UP("sip:juliet@example.org")}gateway > ${device}
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
