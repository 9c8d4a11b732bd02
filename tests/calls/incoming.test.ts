/** A phone calls an XMPP user: docs/mapping.md tables S and R, gateway mode. */
import { describe, test } from "bun:test";
import { changed, changedAll } from "../support/changed.ts";
import { play } from "../support/play.ts";
import { plays } from "../support/plays.ts";
import { CAROL, CAROL_ACKS, CAROL_CALLS, JULIET_ACCEPTS, JULIET_HANGS_UP, PHONE_HANGS_UP } from "./scenes.ts";

const INVITE = (uri = "sip:juliet@example.org", to = "<sip:juliet@example.org>", body = "{offer-sdp}"): string => `
phone > gateway
    INVITE ${uri} SIP/2.0
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: ${to}
    Call-ID: c1
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    ${body}
`;
const REFUSED = (line: string, more = ""): string => `
gateway > phone
    SIP/2.0 ${line}
${more}phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`;
const JULIET_SAYS = (reason: string): string => `
juliet > gateway
    <iq type='set' id='a3' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason>${reason}</reason></jingle></iq>
gateway > juliet
    <iq type='result' id='a3'/>
`;
const TOLD = (reason: string, device = "juliet"): string => `
gateway > ${device}
    <iq type='set' from='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason>${reason}</reason></jingle></iq>
`;
const CAROL_CANCELS = `
phone > gateway
    CANCEL sip:juliet@example.org SIP/2.0
gateway > phone
    SIP/2.0 200 OK
    CSeq: … CANCEL
gateway > phone
    SIP/2.0 487 Request Terminated
    CSeq: … INVITE
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`;
const RINGS_TOO = (device: string): string => `
gateway > ${device}
    <iq type='set' from='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='c1'/></iq>
`;

const announcing = (scene: string, response: string, recvInfo: string): string =>
  changed(
    scene,
    `SIP/2.0 ${response}\n`,
    `SIP/2.0 ${response}
    Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE
    Accept: application/sdp, application/trickle-ice-sdpfrag, application/dtmf-relay, application/dtmf, multipart/mixed
    Supported: 100rel, trickle-ice, timer
    ${recvInfo}
`,
  );

const FINGERPRINT = Array(32).fill("CD").join(":");
const DTLS_WITHOUT_ICE = `v=0
    o=- 1 1 IN IP4 203.0.113.9
    s=-
    c=IN IP4 203.0.113.9
    t=0 0
    m=audio 50000 UDP/TLS/RTP/SAVP 0
    a=fingerprint:sha-256 ${FINGERPRINT}
    a=setup:actpass`;

describe("a call is answered", () => {
  plays([
    // proves: J3, S1, S26
    ["and carol hangs up", CAROL_CALLS + JULIET_ACCEPTS + CAROL_ACKS + PHONE_HANGS_UP],
    // proves: S29
    [
      "and 180 and 200 say what we understand, packages when asked (RFC 6086 §5.2.3)",
      announcing(
        changed(CAROL_CALLS, "    Contact", "    Recv-Info: \n    Contact"),
        "180 Ringing",
        "Recv-Info: trickle-ice",
      ) +
        announcing(JULIET_ACCEPTS, "200 OK", "Recv-Info: trickle-ice") +
        CAROL_ACKS +
        PHONE_HANGS_UP,
    ],
    // proves: S29
    [
      "and 180 and 200 say what we understand, no packages when not asked",
      announcing(CAROL_CALLS, "180 Ringing", "no Recv-Info: …") +
        announcing(JULIET_ACCEPTS, "200 OK", "no Recv-Info: …") +
        CAROL_ACKS +
        PHONE_HANGS_UP,
    ],
    [
      "and juliet hangs up",
      CAROL_CALLS + JULIET_ACCEPTS + CAROL_ACKS + JULIET_HANGS_UP(CAROL, "c1", "sip:carol@192.0.2.2:5060"),
    ],
    // proves: J9
    [
      "and juliet hangs up before the ACK: BYE waits for it (RFC 3261 §15)",
      `${CAROL_CALLS}${JULIET_ACCEPTS}${JULIET_SAYS("<success/>")}
nothing on phone
${CAROL_ACKS}
gateway > phone
    BYE sip:carol@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
nothing on juliet`,
    ],
    // proves: S27
    [
      "and carol hangs up before her ACK, after which nothing more is said",
      `${CAROL_CALLS}${JULIET_ACCEPTS}${PHONE_HANGS_UP}
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    CSeq: 101 ACK
after 33 s
nothing on phone`,
    ],
    // proves: S30
    [
      "and the ACK never comes: BYE after 64*T1, and juliet is told",
      `${CAROL_CALLS}${JULIET_ACCEPTS}
after 32 s
gateway > phone
    BYE sip:carol@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
${TOLD("<general-error/><text>the answer was never acknowledged</text>")}`,
    ],
    // proves: D1
    [
      "on one of two devices: the other is told, and is no party any more",
      `${CAROL_CALLS}${RINGS_TOO("juliet-phone")}${JULIET_ACCEPTS}${TOLD("<cancel/>", "juliet-phone")}
juliet-phone > gateway
    <iq type='set' id='x1' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'>{answer-contents}</jingle></iq>
gateway > juliet-phone
    <iq type='error' id='x1'><error type='cancel'><item-not-found/><unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error></iq>
${CAROL_ACKS}${PHONE_HANGS_UP}`,
      { online: ["juliet", "juliet-phone"] },
    ],
    // proves: M5
    [
      "for a desk phone without ICE: raw-udp to the user",
      `${INVITE(undefined, undefined, "{plain-sdp}")}
gateway > phone
    SIP/2.0 180 Ringing
gateway > juliet
    <iq type='set'><jingle action='session-initiate' sid='c1'><content creator='initiator' name='audio'>
      <description media='audio'><payload-type id='0' name='PCMU' clockrate='8000'/></description>
      <transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'><candidate component='1' ip='203.0.113.9' port='50000'/><candidate component='2' ip='203.0.113.9' port='50001'/></transport></content></jingle></iq>
juliet > gateway
    <iq type='set' id='a2' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'><content creator='initiator' name='audio'>
      <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><payload-type id='0' name='PCMU' clockrate='8000'/></description>
      <transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'><candidate component='1' generation='0' id='r1' ip='198.51.100.7' port='41000'/></transport></content></jingle></iq>
gateway > juliet
    <iq type='result' id='a2'/>
gateway > phone
    SIP/2.0 200 OK
    m=audio 41000 RTP/AVP 0
    c=IN IP4 198.51.100.7
${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: M7
    [
      "for a desk phone, from a client that answers with DTLS all the same: none of it is in the 200",
      `${INVITE(undefined, undefined, "{plain-sdp}")}
gateway > phone
    SIP/2.0 180 Ringing
gateway > juliet
    <iq type='set'><jingle action='session-initiate' sid='c1'/></iq>
juliet > gateway
    <iq type='set' id='a2' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'><content creator='initiator' name='audio'>
      <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><payload-type id='0' name='PCMU' clockrate='8000'/></description>
      <transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='active'>${FINGERPRINT}</fingerprint><candidate component='1' generation='0' id='r1' ip='198.51.100.7' port='41000'/></transport></content></jingle></iq>
gateway > juliet
    <iq type='result' id='a2'/>
gateway > phone
    SIP/2.0 200 OK
    m=audio 41000 RTP/AVP 0
    c=IN IP4 198.51.100.7
    no a=fingerprint…
    no a=setup…
${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: M8
    [
      "for a phone with DTLS and without ICE: raw-udp with its fingerprint, and one in the answer",
      `${INVITE(undefined, undefined, DTLS_WITHOUT_ICE)}
gateway > phone
    SIP/2.0 180 Ringing
gateway > juliet
    <iq type='set'><jingle action='session-initiate' sid='c1'><content creator='initiator' name='audio'>
      <transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='actpass'/><candidate component='1' ip='203.0.113.9' port='50000'/></transport></content></jingle></iq>
juliet > gateway
    <iq type='set' id='a2' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'><content creator='initiator' name='audio'>
      <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><payload-type id='0' name='PCMU' clockrate='8000'/></description>
      <transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='active'>${FINGERPRINT}</fingerprint><candidate component='1' generation='0' id='r1' ip='198.51.100.7' port='41000'/></transport></content></jingle></iq>
gateway > juliet
    <iq type='result' id='a2'/>
gateway > phone
    SIP/2.0 200 OK
    m=audio 41000 UDP/TLS/RTP/SAVP 0
    c=IN IP4 198.51.100.7
    a=fingerprint:sha-256 ${FINGERPRINT}
    a=setup:active
${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: J12
    [
      "after another window has asked for the call that rings (existing-session-initiate)",
      `${CAROL_CALLS}
juliet-phone > gateway
    <iq type='get' id='e1' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='existing-session-initiate' sid='c1'/></iq>
gateway > juliet-phone
    <iq type='result' id='e1'/>
${RINGS_TOO("juliet-phone")}
juliet-phone > gateway
    <iq type='set' id='e2' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'>{answer-contents}</jingle></iq>
gateway > juliet-phone
    <iq type='result' id='e2'/>
gateway > phone
    SIP/2.0 200 OK
${TOLD("<cancel/>")}${CAROL_ACKS}
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
${TOLD("<success/>", "juliet-phone")}`,
    ],
  ]);
});

const SDP = (media: string, address = "c=IN IP4 192.0.2.2\n    "): string =>
  `v=0\n    o=- 1 1 IN IP4 192.0.2.2\n    s=-\n    ${address}t=0 0\n    m=${media}`;

describe("a call is refused", () => {
  plays([
    // proves: S2
    [
      "when nobody is online: 480, before the offer is looked at",
      INVITE(undefined, undefined, "nonsense") + REFUSED("480 Temporarily Unavailable"),
      { online: [] },
    ],
    // proves: J8
    ["when juliet declines: 486", CAROL_CALLS + JULIET_SAYS("<decline/>") + REFUSED("486 Busy Here")],
    [
      "when juliet declines: 603 in profile precise",
      CAROL_CALLS + JULIET_SAYS("<decline/>") + REFUSED("603 Decline"),
      { calls: { profile: "precise" } },
    ],
    ["when juliet is busy: 486", CAROL_CALLS + JULIET_SAYS("<busy/>") + REFUSED("486 Busy Here")],
    [
      "when her client cannot: 488 with a Warning",
      CAROL_CALLS +
        JULIET_SAYS("<unsupported-applications/>") +
        REFUSED("488 Not Acceptable Here", "    Warning: 304 …\n"),
    ],
    [
      "with the status that she names",
      CAROL_CALLS + JULIET_SAYS("<general-error/><sip-error code='606'/>") + REFUSED("606 Not Acceptable"),
    ],
    // proves: D4
    [
      "when her only device refuses the IQ: 480 for one that cannot be reached",
      `${changed(changed(CAROL_CALLS, "gateway > juliet", "gateway > juliet (unanswered)"), "<iq type='set' from='carol", "<iq type='set' id='{asked}' from='carol")}
juliet > gateway
    <iq type='error' id='{asked}' to='${CAROL}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
${REFUSED("480 Temporarily Unavailable")}`,
    ],
    // proves: D4
    [
      "when her only device says nothing for 30 seconds: 480, and it is told, since it may ring after all",
      `${changed(CAROL_CALLS, "gateway > juliet", "gateway > juliet (unanswered)")}
after 30 s
${REFUSED("480 Temporarily Unavailable")}${TOLD("<timeout/>")}`,
    ],
    // proves: D4
    [
      "when one of two devices says nothing for 30 seconds: it is told so once, and the other rings on",
      `${changed(CAROL_CALLS, "gateway > juliet", "gateway > juliet (unanswered)")}${RINGS_TOO("juliet-phone")}
after 30 s
${TOLD("<timeout/>")}
juliet-phone > gateway
    <iq type='set' id='a3' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason><decline/></reason></jingle></iq>
gateway > juliet-phone
    <iq type='result' id='a3'/>
${REFUSED("486 Busy Here")}
nothing on juliet`,
      { online: ["juliet", "juliet-phone"] },
    ],
    // proves: S23
    [
      "when nobody answers within ring_timeout: 480, and every device is told",
      `${CAROL_CALLS}
after 180 s
${REFUSED("480 Temporarily Unavailable")}${TOLD("<timeout/>")}`,
    ],
    // proves: D2
    [
      "when one of two devices declines: it is the user's answer, the other is told",
      CAROL_CALLS +
        RINGS_TOO("juliet-phone") +
        JULIET_SAYS("<decline/>") +
        REFUSED("486 Busy Here") +
        TOLD("<cancel/>", "juliet-phone"),
      { online: ["juliet", "juliet-phone"] },
    ],
    // proves: D3
    [
      "only by the last of two devices that are busy",
      `${CAROL_CALLS}${RINGS_TOO("juliet-phone")}${JULIET_SAYS("<busy/>")}
nothing on phone
juliet-phone > gateway
    <iq type='set' id='b1' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason><gone/></reason></jingle></iq>
gateway > juliet-phone
    <iq type='result' id='b1'/>
${REFUSED("480 Temporarily Unavailable")}`,
      { online: ["juliet", "juliet-phone"] },
    ],
    // proves: S34
    [
      "without an offer: 488, since in Jingle only the initiator offers",
      changed(INVITE(undefined, undefined, ""), "    Content-Type: application/sdp\n", "") +
        REFUSED("488 Not Acceptable Here", '    Warning: 399 carillon "offer needed"\n'),
    ],
    // proves: S33
    [
      "with nothing but media that are refused in the offer itself: 488",
      INVITE(undefined, undefined, SDP("audio 0 RTP/AVP 0")) +
        REFUSED("488 Not Acceptable Here", "    Warning: 304 …\n"),
    ],
    // proves: S33
    [
      "with nothing but media that Jingle has no words for: 488",
      INVITE(undefined, undefined, SDP("image 49170 udptl t38")) +
        REFUSED("488 Not Acceptable Here", "    Warning: 304 …\n"),
    ],
    // proves: S33
    [
      "with an offer that names no address: 488",
      INVITE(undefined, undefined, SDP("audio 49170 RTP/AVP 0", "")) +
        REFUSED("488 Not Acceptable Here", "    Warning: 301 …\n"),
    ],
    [
      "with an offer that cannot be read: 400, and a Warning with what is wrong",
      INVITE(undefined, undefined, SDP("audio many RTP/AVP 0")) +
        REFUSED("400 Bad Request", '    Warning: 399 carillon "an m-line that cannot be read"\n'),
    ],
    [
      "for a user of no served domain: 404",
      INVITE("sip:juliet@elsewhere.example", "<sip:juliet@elsewhere.example>") + REFUSED("404 Not Found"),
    ],
    [
      "for the component's own domain, which would be a circle: 404",
      INVITE("sip:x@sip.example.org", "<sip:x@sip.example.org>") + REFUSED("404 Not Found"),
    ],
    // proves: S24
    [
      "when carol gives up: 487, and juliet is told decline, as the predecessor did",
      CAROL_CALLS + CAROL_CANCELS + TOLD("<decline/>"),
    ],
    [
      "when carol gives up: cancel in profile precise",
      CAROL_CALLS + CAROL_CANCELS + TOLD("<cancel/>"),
      { calls: { profile: "precise" } },
    ],
    // proves: S25
    [
      "when carol's INVITE expires (Expires, RFC 3261 §13.3.1): 487, and juliet is told",
      `${changed(CAROL_CALLS, "    Content-Type", "    Expires: 5\n    Content-Type")}
after 4 s
nothing on phone
after 1 s
gateway > phone
    SIP/2.0 487 Request Terminated
    To: <sip:juliet@example.org>;tag={our-tag}
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
${TOLD("<decline/>")}`,
      { byTheClock: true },
    ],
    // proves: S25
    [
      "which means nothing once it has been answered",
      `${changed(CAROL_CALLS, "    Content-Type", "    Expires: 5\n    Content-Type")}${JULIET_ACCEPTS}${CAROL_ACKS}
after 6 s
nothing on phone
${PHONE_HANGS_UP}`,
    ],
    // proves: S28
    [
      "when carol hangs up the early dialog: 200 and 487, as for CANCEL",
      `${CAROL_CALLS}
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
    CSeq: … BYE
gateway > phone
    SIP/2.0 487 Request Terminated
    CSeq: … INVITE
${TOLD("<decline/>")}`,
    ],
  ]);
});

describe("who is called", () => {
  const RINGS = `
gateway > phone
    SIP/2.0 180 Ringing
gateway > juliet
    <iq type='set'><jingle action='session-initiate'/></iq>
`;
  const ends = RINGS + CAROL_CANCELS + TOLD("<decline/>");
  plays([
    // proves: A18
    [
      "the Request-URI decides when its host is served",
      INVITE("sip:juliet@example.org", "<sip:somebody@example.net>") + ends,
    ],
    ["else To does", INVITE("sip:x@192.0.2.1:5600", "<sip:juliet@example.org>") + ends],
    // proves: A18
    [
      "an address of ours means a user of the first domain",
      INVITE("sip:juliet@192.0.2.1:5600", "<sip:juliet@192.0.2.1>") + ends,
    ],
    // proves: A13
    [
      "a password is dropped and percent-escapes are read",
      INVITE("sip:%6auliet:secret@example.org", "<sip:juliet@example.org>") + ends,
    ],
    // proves: A18
    ["a To of another scheme decides nothing", INVITE("sip:juliet@192.0.2.1:5600", "<im:romeo@example.org>") + ends],
  ]);
  test.each([
    // proves: A6
    ["a number that belongs to a user is that user's", "sip:+4930123@192.0.2.1:5600"],
    // proves: A6
    ["with parameters of its own too (RFC 3261 §19.1.1)", "sip:+4930123;npdi;rn=+49@192.0.2.1:5600;user=phone"],
    ["by tel: too", "tel:+4930123;npdi"],
  ])("%s", (_, uri) =>
    play(`${INVITE(uri, "<sip:+4930123@192.0.2.1>")}
gateway > nurse@example.org
    <message type='chat'><propose xmlns='urn:xmpp:jingle-message:0' id='c1'/></message>
nurse@example.org > gateway
    <message type='error' id='propose-c1' to='${CAROL}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>
gateway > phone
    SIP/2.0 480 Temporarily Unavailable
phone > gateway
    ACK ${uri} SIP/2.0
`).then(() => undefined),
  );
});

describe("candidates", () => {
  plays([
    // proves: J4
    [
      "of an accept without any are waited for, and stand in the 200",
      `${CAROL_CALLS}
juliet > gateway
    <iq type='set' id='a2' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'>{answer-contents-without-address}</jingle></iq>
gateway > juliet
    <iq type='result' id='a2'/>
nothing on phone
juliet > gateway
    <iq type='set' id='t1' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='transport-info' sid='c1'>{callee-trickles}</jingle></iq>
gateway > juliet
    <iq type='result' id='t1'/>
after 500 ms
gateway > phone
    SIP/2.0 200 OK
    m=audio 40001 UDP/TLS/RTP/SAVPF 111 0
    c=IN IP4 203.0.113.4
${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: J4
    [
      "of an accept without any are not waited for by a phone that trickles: the 200 goes out at once",
      `${changed(CAROL_CALLS, "    Content-Type", "    Recv-Info: trickle-ice\n    Content-Type")}
juliet > gateway
    <iq type='set' id='a2' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'>{answer-contents-without-address}</jingle></iq>
gateway > juliet
    <iq type='result' id='a2'/>
gateway > phone
    SIP/2.0 200 OK
    m=audio 9 UDP/TLS/RTP/SAVPF 111 0
juliet > gateway
    <iq type='set' id='t1' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='transport-info' sid='c1'>{callee-trickles}</jingle></iq>
gateway > juliet
    <iq type='result' id='t1'/>
nothing on phone
${CAROL_ACKS}
gateway > phone
    INFO sip:carol@192.0.2.2:5060 SIP/2.0
    Info-Package: trickle-ice
    a=candidate:2 1 udp 1694498815 203.0.113.4 40001 typ srflx raddr 198.51.100.7 rport 40000 generation 0
phone > gateway
    SIP/2.0 200 OK
${PHONE_HANGS_UP}`,
    ],
    // proves: T6
    [
      "that juliet sends before she accepts stand in the 200 too",
      `${CAROL_CALLS}
juliet > gateway
    <iq type='set' id='t1' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='transport-info' sid='c1'>{callee-trickles}</jingle></iq>
gateway > juliet
    <iq type='result' id='t1'/>
${changed(JULIET_ACCEPTS, "m=audio 40000", "m=audio 40001").trimEnd()}
    a=candidate:2 1 udp 1694498815 203.0.113.4 40001 typ srflx raddr 198.51.100.7 rport 40000 generation 0
${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: T7
    [
      "that come after it wait for the ACK, then go by INFO",
      `${CAROL_CALLS}${JULIET_ACCEPTS}
juliet > gateway
    <iq type='set' id='t1' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='transport-info' sid='c1'>{callee-trickles}</jingle></iq>
gateway > juliet
    <iq type='result' id='t1'/>
nothing on phone
${CAROL_ACKS}
gateway > phone
    INFO sip:carol@192.0.2.2:5060 SIP/2.0
    Content-Type: application/sdp
    a=candidate:2 1 udp 1694498815 203.0.113.4 40001 typ srflx raddr 198.51.100.7 rport 40000 generation 0
phone > gateway
    SIP/2.0 200 OK
${PHONE_HANGS_UP}`,
    ],
  ]);
});

/** The Via of a client of RFC 2543 is no part of a play that a journal writes. */
const OLD_VIA = "    Via: SIP/2.0/UDP 192.0.2.2:5060;rport;branch=1\n";

// proves: G14
test("a client of RFC 2543 has written no Contact: BYE goes to its From", () =>
  play(
    changed(
      changedAll(CAROL_CALLS, "sip:carol@pbx.example.net>", "sip:carol@pbx.example.net:5061>"),
      "    Contact: <sip:carol@192.0.2.2:5060>\n",
      OLD_VIA,
    ) +
      JULIET_ACCEPTS +
      changed(CAROL_ACKS, "SIP/2.0\n", `SIP/2.0\n${OLD_VIA}`) +
      JULIET_HANGS_UP(CAROL, "c1", "sip:carol@pbx.example.net:5061"),
    { unwritten: "the phone that says what a journal has written always has a Contact" },
  ).then(() => {}));
