/** What people who do this job have met in the field: bodies, numbers, keys and requests as real networks send them. */
import { describe } from "bun:test";
import { gatewayConfig } from "../../replay/gateway.ts";
import { changed } from "../support/changed.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { plays } from "../support/plays.ts";
import {
  BOB_ANSWERS,
  BOB_RINGS,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  PHONE_HANGS_UP,
  TALKING,
} from "./scenes.ts";

const indented = (text: string): string => changed(text.trimEnd(), /^/gm, "    ");
/** The same message with its description as one part of two (RFC 5621). */
const IN_PARTS = (scene: string, sdp: string, handling = ";handling=optional"): string =>
  changed(
    changed(scene, "Content-Type: application/sdp", 'Content-Type: multipart/mixed;boundary="b 1"'),
    `    {${sdp}}`,
    indented(
      `preamble\n--b 1\ncontent-disposition: signal${handling}\nContent-Type: application/isup;version=itu-t92+\n\nm=audio 1 x\n--b 1\nContent-Type: application/sdp\n\n${PLAY_TEXTS[sdp]}\n--b 1--`,
    ),
  );
const AS_TEXT = (scene: string): string => changed(scene, "Content-Type: application/sdp", "Content-Type: text/plain");
const NO_ANSWER = `
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><general-error/><text>the answer has no SDP</text></reason></jingle></iq>
phone > gateway
    SIP/2.0 200 OK
    CSeq: … BYE
`;
const ANSWERS = BOB_ANSWERS.slice(0, BOB_ANSWERS.indexOf("gateway > juliet"));
const REINVITES = `
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    SIP/2.0 200 OK
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='transport-info'/></iq>
`;

describe("a body of several parts", () => {
  plays([
    // proves: B14
    [
      "in an INVITE has the offer",
      `${IN_PARTS(CAROL_CALLS, "offer-sdp")}${JULIET_ACCEPTS}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: B14
    ["in a 200 has the answer", `${JULIET_CALLS}${IN_PARTS(BOB_ANSWERS, "answer-sdp")}${PHONE_HANGS_UP}`],
    // proves: B14
    ["in a re-INVITE has the offer", `${TALKING}${IN_PARTS(REINVITES, "answer-sdp")}${PHONE_HANGS_UP}`],
    // proves: B14
    [
      "with a part that must be understood and is not: 415",
      `${IN_PARTS(changed(CAROL_CALLS, /gateway > phone[\s\S]*/, ""), "offer-sdp", "")}
gateway > phone
    SIP/2.0 415 Unsupported Media Type
    Accept: application/sdp, …
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
nothing on juliet`,
    ],
  ]);
});

describe("text of another type that looks like a description", () => {
  plays([
    // proves: B14
    ["is no answer in a 200: BYE, and the user is told", `${JULIET_CALLS}${AS_TEXT(ANSWERS)}${NO_ANSWER}`],
    // proves: B14
    [
      "is no answer in the 200 to our re-INVITE: BYE, and the user is told",
      `${TALKING}
juliet > gateway
    <iq type='set' id='h1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='s1'><hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
gateway > juliet
    <iq type='result' id='h1'/>
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 INVITE
${changed(AS_TEXT(ANSWERS), /CSeq: 1 /g, "CSeq: 2 ")}
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><general-error/><text>the answer has no SDP</text></reason></jingle></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
    CSeq: … BYE
`,
    ],
  ]);
});

describe("a number with visual separators", () => {
  const { addresses } = gatewayConfig().calls;
  const anna = { addresses: { ...addresses, usernameToPhone: [{ username: "juliet", phone: "+4930123" }] } };
  const dialled = (uri: string): string =>
    changed(
      changed(CAROL_CALLS, "INVITE sip:juliet@example.org", `INVITE ${uri}`),
      "To: <sip:juliet@example.org>\n    Call-ID",
      "To: <sip:x@elsewhere.example>\n    Call-ID",
    );
  const ringing = (uri: string): string =>
    changed(dialled(uri), "To: <sip:juliet@example.org>;tag", "To: <sip:x@elsewhere.example>;tag");
  const over = `
phone > gateway
    CANCEL sip:juliet@192.0.2.1:5600 SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKplay1;rport
gateway > phone
    SIP/2.0 200 OK
    CSeq: … CANCEL
gateway > phone
    SIP/2.0 487 Request Terminated
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;
  plays(
    [
      // proves: A24
      [
        "is the number without them, called as sip: with user=phone",
        ringing("sip:+49-30-123@example.org;user=phone") + over,
      ],
      // proves: A24
      ["is the number without them, called as tel:", ringing("tel:+49(30)1.2-3") + over],
    ],
    { calls: anna },
  );
  plays([
    // proves: A24
    [
      "is the number without them, when it calls",
      `${changed(changed(CAROL_CALLS, "<sip:carol@pbx.example.net>;tag", "<sip:+49-30-123@pbx.example.net>;tag"), /carol\\40pbx\.example\.net@/g, "+4930123@")}${over}`,
    ],
  ]);
});

describe("a key before the answer", () => {
  plays([
    // proves: S88
    [
      "is taken, and means nothing yet",
      `${JULIET_CALLS}${BOB_RINGS}
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/dtmf-relay

    Signal=5
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INFO
nothing on juliet
${BOB_ANSWERS}${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("an INVITE that a proxy forwards to somebody else", () => {
  const invite = (user: string, branch: string): string => `
phone > gateway
    INVITE sip:${user}@example.org SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK${branch};rport
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>
    Call-ID: c1
    CSeq: 7 INVITE
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
`;
  const rings = (device: string, name: string): string => `
gateway > phone
    SIP/2.0 180 Ringing
    To: <sip:juliet@example.org>;tag={${name}-tag}
gateway > ${device}
    <iq type='set'><jingle action='session-initiate' sid='c1'/></iq>
`;
  const acked = (user: string, branch: string, tag: string): string => `
phone > gateway
    ACK sip:${user}@example.org SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK${branch};rport
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>;tag=${tag}
    Call-ID: c1
    CSeq: 7 ACK
`;
  const declines = (device: string, status: string): string => `
${device} > gateway
    <iq type='set' id='d1' to='carol\\40pbx.example.net@sip.example.org/sip'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason><decline/></reason></jingle></iq>
gateway > ${device}
    <iq type='result' id='d1'/>
gateway > phone
    SIP/2.0 ${status}
`;
  const online = ["juliet", "romeo"];
  plays([
    // proves: S89
    [
      "after 486 and its ACK rings there",
      `${invite("juliet", "one")}${rings("juliet", "first")}${declines("juliet", "486 Busy Here")}${acked("juliet", "one", "{first-tag}")}${invite("romeo", "two")}${rings("romeo", "second")}${declines("romeo", "486 Busy Here")}${acked("romeo", "two", "{second-tag}")}`,
      { online },
    ],
    // proves: S89
    [
      "while the first still rings is 482",
      `${invite("juliet", "one")}${rings("juliet", "first")}${invite("romeo", "two")}
gateway > phone
    SIP/2.0 482 Loop Detected
    To: <sip:juliet@example.org>;tag={other-tag}
${acked("romeo", "two", "{other-tag}")}${declines("juliet", "486 Busy Here")}${acked("juliet", "one", "{first-tag}")}`,
      { online },
    ],
  ]);
});

describe("raw-udp without an address that can be reached", () => {
  const raw = (candidate: string): string =>
    `<content creator='initiator' name='a'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><payload-type id='0' name='PCMU' clockrate='8000'/></description><transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'>${candidate}</transport></content>`;
  const refused = (candidate: string): string => `
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'>${raw(candidate)}</jingle></iq>
gateway > juliet
    <iq type='error' id='a1'><error type='modify'><bad-request/><text>content 'a' has no address that can be reached (raw-udp)</text></error></iq>
nothing on phone
`;
  plays([
    // proves: B15
    ["without a component: bad-request", refused("<candidate generation='0' id='u' ip='192.0.2.134' port='13540'/>")],
    // proves: B15
    ["without a candidate: bad-request", refused("")],
    // proves: B15
    ["of a name: bad-request", refused("<candidate component='1' generation='0' id='u' ip='a.example' port='13540'/>")],
    // proves: B15
    ["of port 0: bad-request", refused("<candidate component='1' generation='0' id='u' ip='192.0.2.134' port='0'/>")],
    // proves: B15
    [
      "for RTCP alone: bad-request",
      refused("<candidate component='2' generation='0' id='u' ip='192.0.2.134' port='13541'/>"),
    ],
    // proves: B15
    [
      "in an accept: bad-request, and it rings on",
      `${changed(changed(CAROL_CALLS, "{offer-sdp}", "{plain-sdp}"), "name='0'/>", "name='audio'/>")}
juliet > gateway
    <iq type='set' id='a2' to='carol\\40pbx.example.net@sip.example.org/sip'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'>${changed(raw(""), "name='a'", "name='audio'")}</jingle></iq>
gateway > juliet
    <iq type='error' id='a2'><error><bad-request/><text>content 'audio' has no address that can be reached (raw-udp)</text></error></iq>
nothing on phone
phone > gateway
    CANCEL sip:juliet@192.0.2.1:5600 SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKplay1;rport
gateway > phone
    SIP/2.0 200 OK
    CSeq: … CANCEL
gateway > phone
    SIP/2.0 487 Request Terminated
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`,
    ],
  ]);
});
