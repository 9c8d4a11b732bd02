/** Who is who on either side: docs/mapping.md table A, calls between two XMPP users, `username_to_phone`. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import { BOB_ANSWERS, BOB_RINGS, GIVES_UP, JULIET_CALLS, PHONE_HANGS_UP } from "./scenes.ts";

const CALLS = (to: string, sid = "s1"): string => `
juliet > gateway
    <iq type='set' id='a1' to='${to}'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='${sid}'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1'/>
`;
const NOT_FOUND = (uri: string): string => `
phone > gateway
    SIP/2.0 404 Not Found
gateway > phone
    ACK ${uri} SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;

describe("outward", () => {
  plays([
    // proves: A4
    [
      "a local part is unescaped for SIP and escaped for its URI (XEP-0106, RFC 3261 §19.1.2)",
      `${CALLS("carol\\40pbx.example.net@sip.example.org")}
gateway > phone
    INVITE sip:carol%40pbx.example.net@192.0.2.2:5060 SIP/2.0
    To: <sip:carol%40pbx.example.net@sip.example.org>
${NOT_FOUND("sip:carol%40pbx.example.net@192.0.2.2:5060")}`,
    ],
    [
      "a number needs no escapes",
      `${CALLS("+49301234@sip.example.org")}
gateway > phone
    INVITE sip:+49301234@192.0.2.2:5060 SIP/2.0
${NOT_FOUND("sip:+49301234@192.0.2.2:5060")}`,
    ],
    // proves: A6
    [
      "a user with a number is called by it (username_to_phone)",
      `${CALLS("nurse@sip.example.org")}
gateway > phone
    INVITE sip:+4930123@192.0.2.2:5060 SIP/2.0
    To: <sip:+4930123@sip.example.org>
${NOT_FOUND("sip:+4930123@192.0.2.2:5060")}`,
    ],
    // proves: A3
    [
      "a sid that can be no Call-ID gets one, and the call is known by both",
      `${CALLS("bob@sip.example.org", "s 1&#10;X: y")}
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    Call-ID: {call-id}
${changed(BOB_RINGS, "sid='s1'", "sid='s 1&#10;X: y'")}${changed(BOB_ANSWERS, "sid='s1'", "sid='s 1&#10;X: y'")}${PHONE_HANGS_UP}`,
    ],
    // proves: A16
    [
      "we speak from exactly the JID that was called, resource and all",
      `${CALLS("bob@sip.example.org/desk")}
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    To: <sip:bob@sip.example.org>
phone > gateway
    SIP/2.0 404 Not Found
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set' from='bob@sip.example.org/desk'><jingle action='session-terminate'/></iq>
`,
    ],
    // proves: A9
    [
      "requests inside the dialog go through the proxy when that is wished (outbound)",
      `${JULIET_CALLS}
phone > gateway
    SIP/2.0 200 OK
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@203.0.113.9>
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:bob@203.0.113.9 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-accept'/></iq>
${PHONE_HANGS_UP}`,
      { calls: { outbound: true } },
    ],
  ]);
});

const COMES = (from: string): string => `
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: ${from};tag=c1
    To: <sip:juliet@example.org>
    Call-ID: c1
    Contact: <sip:c@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
gateway > phone
    SIP/2.0 180 Ringing
`;
const IS = (jid: string): string => `
gateway > juliet
    <iq type='set' from='${jid}'><jingle action='session-initiate' initiator='${jid}'/></iq>
${GIVES_UP("sip:juliet@example.org")}gateway > juliet
    <iq type='set' from='${jid}'><jingle action='session-terminate'/></iq>
`;

describe("inward, a caller is", () => {
  plays([
    // proves: A17
    [
      "its own name when it is of the component's domain",
      COMES("<sip:carol@sip.example.org>") + IS("carol@sip.example.org/sip"),
    ],
    // proves: A17
    ["its own name when it is of the proxy", COMES("<sip:carol@192.0.2.2>") + IS("carol@sip.example.org/sip")],
    // proves: A17
    [
      "its number, wherever it comes from",
      COMES("<sip:+4989123@carrier.example>") + IS("+4989123@sip.example.org/sip"),
    ],
    // proves: A17
    ["its number, by tel: too", COMES("<tel:+4989123>") + IS("+4989123@sip.example.org/sip")],
    // proves: A17
    [
      "its whole address, escaped, when it comes from elsewhere",
      COMES('"C" <sip:carol@pbx.example.net>') + IS("carol\\40pbx.example.net@sip.example.org/sip"),
    ],
    // proves: A17
    ["its host when it has no name", COMES("<sip:anonymous.invalid>") + IS("anonymous.invalid@sip.example.org/sip")],
  ]);
});

describe("a call between two XMPP users", () => {
  /** What the proxy makes of juliet's INVITE: a call to romeo, with this Call-ID and these From and To. */
  const COMES_BACK = (callId: string, from: string): string => `
phone > gateway
    INVITE sip:romeo@example.org SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKproxy
    From: ${from}
    To: <sip:romeo@sip.example.org>
    Call-ID: ${callId}
    CSeq: 1 INVITE
    Contact: <sip:juliet@192.0.2.1:5600>
    Content-Type: application/sdp

    {offer-sdp}
gateway > phone
    SIP/2.0 180 Ringing
    Call-ID: ${callId}
    To: <sip:romeo@sip.example.org>;tag={romeos-tag}
`;
  const script = (callId: string, from: string): string => `
${CALLS("romeo@sip.example.org")}
gateway > phone
    INVITE sip:romeo@192.0.2.2:5060 SIP/2.0
    Via: {via-start} 192.0.2.1:5600;rport;branch={branch}
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    Call-ID: s1
${COMES_BACK(callId, from)}
gateway > romeo
    <iq type='set' from='{juliets-phone}'><jingle action='session-initiate' sid='${callId}'/></iq>
romeo > gateway
    <iq type='set' id='r1' to='{juliets-phone}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='${callId}'><reason><decline/></reason></jingle></iq>
gateway > romeo
    <iq type='result' id='r1'/>
gateway > phone
    SIP/2.0 486 Busy Here
    Call-ID: ${callId}
phone > gateway
    ACK sip:romeo@example.org SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKproxy
    From: ${from}
    To: <sip:romeo@sip.example.org>;tag={romeos-tag}
    Call-ID: ${callId}
    CSeq: 1 ACK
phone > gateway
    SIP/2.0 486 Busy Here
    Via: SIP/2.0/UDP 192.0.2.1:5600;rport;branch={branch}
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    To: <sip:romeo@sip.example.org>;tag=far
    Call-ID: s1
    CSeq: 1 INVITE
gateway > phone
    ACK sip:romeo@192.0.2.2:5060 SIP/2.0
    Call-ID: s1
gateway > juliet
    <iq type='set' from='romeo@sip.example.org'><jingle action='session-terminate' sid='s1'><reason><decline/></reason></jingle></iq>
`;
  plays([
    // proves: A19
    [
      "comes back unchanged through a plain proxy: one Call-ID, two calls",
      script("s1", '"juliet" <sip:juliet@example.org>;tag={our-tag}'),
      { online: ["juliet", "romeo"] },
    ],
    // proves: A19
    [
      "comes back as a new call through a B2BUA",
      script("b2b", '"juliet" <sip:juliet@example.org>;tag=b2b'),
      { online: ["juliet", "romeo"] },
    ],
  ]);
});
