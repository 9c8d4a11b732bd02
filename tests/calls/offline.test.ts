/**
 * What is said again when the stream is back, and what is not: docs/mapping.md table D.
 *
 * The end of a call, its answer, its contents and its transports are kept. What is of the moment is not: a sign of ringing, who holds, a key,
 * a question.
 */
import { describe } from "bun:test";
import { type PlayRow, plays } from "../support/plays.ts";
import {
  AGREED,
  ANSWERED,
  BOB_ANSWERS,
  JULIET_CALLS,
  JULIET_SAYS,
  OFFERS,
  PHONE_HANGS_UP,
  REFUSED,
  REINVITED,
  TALKING,
} from "./scenes.ts";

const OFFLINE = `
after 20 ms
the stream is cut
`;
const BACK = `
after 500 ms
`;
const HEARS = (action: string, inside = ""): string => `
gateway > juliet
    <iq type='set' from='bob@sip.example.org'><jingle action='${action}' sid='s1'>${inside}</jingle></iq>
`;
const NOTHING = `${BACK}
nothing on juliet
`;
const ICE_ANEW =
  "<content creator='initiator' name='0'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uR' pwd='pR34567890123456789012'><candidate component='1' foundation='1' generation='1' id='r1' ip='198.51.100.9' network='0' port='41000' priority='2130706431' protocol='udp' type='host'/></transport></content>";
const REPLACES = TALKING + JULIET_SAYS("transport-replace", ICE_ANEW) + REINVITED(2, "");
const ADDS_VIDEO = TALKING + JULIET_SAYS("content-add", "{added-video}") + REINVITED(2, "");
const VIDEO = "<content creator='initiator' name='video'/>";
const INFO = (type: string, body: string): string => `
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/${type}

${body}
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INFO
`;
const TRICKLES = INFO(
  "trickle-ice-sdpfrag",
  `    a=ice-ufrag:uB
    a=ice-pwd:pB34567890123456789012
    m=audio 9 RTP/AVP 0
    a=mid:0
    a=candidate:3 1 udp 1694498815 203.0.113.77 50001 typ srflx raddr 203.0.113.9 rport 50000`,
);
const ADDS_SOURCE = OFFERS(`    v=0
    o=- 1 2 IN IP4 203.0.113.9
    s=-
    c=IN IP4 203.0.113.9
    t=0 0
    a=jingle-action:source-add
    m=audio 50000 UDP/TLS/RTP/SAVPF 111 0
    a=rtpmap:111 opus/48000/2
    a=ice-ufrag:uB
    a=ice-pwd:pB34567890123456789012
    a=ssrc:77 cname:x`);
const WITH_VIDEO = `${ADDS_VIDEO}${AGREED(2, "sendrecv", "accepted-video-sdp")}${HEARS("content-accept", VIDEO)}`;

const KEPT: PlayRow[] = [
  // proves: D13
  ["candidates of the phone (transport-info)", TALKING + OFFLINE + TRICKLES + BACK + HEARS("transport-info")],
  // proves: D13
  [
    "that the phone takes a transport (transport-accept)",
    REPLACES + OFFLINE + AGREED(2, "sendrecv", "restarted-answer-sdp") + BACK + HEARS("transport-accept"),
  ],
  // proves: D13
  [
    "that the phone refuses a transport (transport-reject)",
    REPLACES + OFFLINE + REFUSED(2, "488 Not Acceptable Here") + BACK + HEARS("transport-reject"),
  ],
  // proves: D13
  [
    "that the phone takes a content (content-accept)",
    ADDS_VIDEO + OFFLINE + AGREED(2, "sendrecv", "accepted-video-sdp") + BACK + HEARS("content-accept", VIDEO),
  ],
  // proves: D13
  [
    "that the phone refuses a content (content-reject)",
    ADDS_VIDEO + OFFLINE + REFUSED(2, "488 Not Acceptable Here") + BACK + HEARS("content-reject", VIDEO),
  ],
  // proves: D13
  [
    "that the phone takes a content away (content-remove)",
    `${WITH_VIDEO}${OFFLINE}${OFFERS("    {rejected-video-sdp}")}${ANSWERED("sendrecv")}${BACK}${HEARS("transport-info")}${HEARS("content-remove", VIDEO)}`,
  ],
  // proves: D13
  [
    "that the phone does not want to hear (content-modify)",
    `${TALKING}${OFFLINE}${OFFERS("    {answer-sdp}\n    a=recvonly")}${ANSWERED("sendonly")}${BACK}${HEARS("transport-info")}${HEARS("content-modify")}`,
  ],
];

const NOT_KEPT: PlayRow[] = [
  // proves: D14
  [
    "that the phone rings",
    `${JULIET_CALLS}${OFFLINE}
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob1
${NOTHING}${BOB_ANSWERS}`,
  ],
  // proves: D14
  [
    "that the phone holds",
    `${TALKING}${OFFLINE}${OFFERS("    {answer-sdp}\n    a=sendonly")}${ANSWERED("recvonly")}${BACK}${HEARS("transport-info")}
nothing on juliet
`,
  ],
  // proves: D14
  ["a key of the phone's", TALKING + OFFLINE + INFO("dtmf", "    7") + NOTHING],
  // proves: D14
  ["a source of the phone's", TALKING + OFFLINE + ADDS_SOURCE + ANSWERED("sendrecv") + NOTHING],
  // proves: D14
  [
    "the question whether a device is there",
    `${TALKING}
juliet > gateway
    <presence type='unavailable' to='sip.example.org'/>
after 9900 ms
the stream is cut
after 500 ms
nothing on juliet
`,
  ],
];

const goesOn = (rows: PlayRow[]): PlayRow[] => rows.map(([name, script]) => [name, script + PHONE_HANGS_UP]);

describe("when the stream is back it is said", () => plays(goesOn(KEPT)));
describe("when the stream is back it is said no more", () => plays(goesOn(NOT_KEPT), { byTheClock: true }));
