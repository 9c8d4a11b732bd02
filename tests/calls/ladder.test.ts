/**
 * The messages of the good cases in full, as they go over the wire: each line and its place, each attribute and child.
 *
 * What other plays leave free is held here once: the order of headers, what is not in a message.
 */
import { describe } from "bun:test";
import { plays } from "../support/plays.ts";
import { CAROL } from "./scenes.ts";

const AB = Array(32).fill("AB").join(":");
const SDP = (version: number, more = "", extra = ""): string => `
    v=0
    o=- {session} ${version} IN IP4 192.0.2.1
    s=-
    c=IN IP4 192.0.2.1
    t=0 0${more}
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
    c=IN IP4 198.51.100.7
    a=mid:0
    a=sendrecv
    a=rtpmap:111 opus/48000/2
    a=rtpmap:0 PCMU/8000
    a=rtcp-mux${extra}
    a=ice-ufrag:uA
    a=ice-pwd:pA34567890123456789012
    a=ice-options:trickle
    a=fingerprint:sha-256 ${AB}
    a=setup:actpass
    a=candidate:1 1 udp 2130706431 198.51.100.7 40000 typ host generation 0
`;
const TRANSPORT = (side: string, setup: string, candidate: string): string =>
  `<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='u${side}' pwd='p${side}34567890123456789012'>
      <fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='${setup}'>${AB}</fingerprint>
      ${candidate}</transport>`;
const CONTENT = (side: string, setup: string): string => `<content creator='initiator' name='0' senders='both'>
      <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>
        <payload-type id='111' name='opus' clockrate='48000' channels='2'/><payload-type id='0' name='PCMU' clockrate='8000'/><rtcp-mux/></description>
      ${TRANSPORT(side, setup, "<candidate component='1' foundation='1' generation='0' id='{candidate-id}' ip='203.0.113.9' network='0' port='50000' priority='2130706431' protocol='udp' type='host'/>")}</content>`;

const OUT = `
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > juliet (whole)
    <iq type='result' id='a1' from='bob@sip.example.org' to='juliet@example.org/balcony'/>
gateway > phone (whole)
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.1:5600;rport;branch=z9hG4bK{branch}
    Max-Forwards: 70
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    To: <sip:bob@sip.example.org>
    Call-ID: s1
    CSeq: 1 INVITE
    Contact: <sip:juliet@192.0.2.1:5600>
    Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE
    Supported: 100rel, trickle-ice, timer
    Recv-Info: trickle-ice
    User-Agent: Carillon/{version}
    Content-Type: application/sdp
    Content-Length: {length}
${SDP(1)}
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
gateway > juliet (whole)
    <iq type='set' id='{g1}' from='bob@sip.example.org' to='juliet@example.org/balcony'>
      <jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='s1'><ringing xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
`;
const ANSWERED = (recvInfo = ""): string => `
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
${recvInfo}    Content-Type: application/sdp

    {answer-sdp}
gateway > phone (whole)
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.1:5600;rport;branch=z9hG4bK{ack-branch}
    Max-Forwards: 70
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    To: <sip:bob@sip.example.org>;tag=bob1
    Call-ID: s1
    CSeq: 1 ACK
    User-Agent: Carillon/{version}
    Content-Length: 0
gateway > juliet (whole)
    <iq type='set' id='{g2}' from='bob@sip.example.org' to='juliet@example.org/balcony'>
      <jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='s1' responder='bob@sip.example.org'>${CONTENT("B", "active")}</jingle></iq>
`;
const HANGS_UP = `
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
gateway > juliet (whole)
    <iq type='set' id='{g3}' from='bob@sip.example.org' to='juliet@example.org/balcony'>
      <jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'><reason><success/></reason></jingle></iq>
`;

const IN = `
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>
    Call-ID: c1
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
gateway > phone
    SIP/2.0 180 Ringing
    Via: SIP/2.0/UDP 192.0.2.2:5060;…
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>;tag={our-tag}
    Call-ID: c1
    Contact: <sip:juliet@192.0.2.1:5600>
    Content-Length: 0
    no Content-Type: …
gateway > juliet (whole)
    <iq type='set' id='{g1}' from='${CAROL}' to='juliet@example.org/balcony'>
      <jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='c1' initiator='${CAROL}'>${CONTENT("A", "actpass")}</jingle></iq>
`;
const GIVES_UP = `
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
gateway > juliet (whole)
    <iq type='set' id='{g9}' from='${CAROL}' to='juliet@example.org/balcony'>
      <jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason><decline/></reason></jingle></iq>
`;
const REFUSED = (line: string, reason: string): string => `
phone > gateway
    SIP/2.0 ${line}
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet (whole)
    <iq type='set' id='{g3}' from='bob@sip.example.org' to='juliet@example.org/balcony'>
      <jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'><reason>${reason}</reason></jingle></iq>
`;
const SAYS = (inside: string, action: string): string => `
juliet > gateway
    <iq type='set' id='a5' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='s1'>${inside}</jingle></iq>
gateway > juliet (whole)
    <iq type='result' id='a5' from='bob@sip.example.org' to='juliet@example.org/balcony'/>
`;
const IN_DIALOG = (method: string, cseq: number): string => `${method} sip:bob@192.0.2.2:5060 SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.1:5600;rport;branch=z9hG4bK{${method}-branch}
    Max-Forwards: 70
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    To: <sip:bob@sip.example.org>;tag=bob1
    Call-ID: s1
    CSeq: ${cseq} ${method}`;
const REFUSES = (id: string, from: string, to: string, error: string): string => `
gateway > ${to.startsWith("juliet") ? "juliet" : "mallory"} (whole)
    <iq type='error' id='${id}' from='${from}' to='${to}'>${error}</iq>
`;
const STANZAS = "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'";
const ERRORS = "xmlns='urn:xmpp:jingle:errors:1'";
const BOB = "bob@sip.example.org";
const JULIET = "juliet@example.org/balcony";
const ASKS = (jingle: string): string => `
juliet > gateway
    <iq type='set' id='a6' to='${BOB}'><jingle xmlns='urn:xmpp:jingle:1' ${jingle}</jingle></iq>
`;

describe("the ladder in full", () => {
  plays([
    // proves: A1, S26
    ["out: alice calls, bob answers and hangs up", `${OUT}${ANSWERED()}${HANGS_UP}`],
    ["refused, 486", OUT + REFUSED("486 Busy Here", "<decline/>")],
    ["refused, 404", OUT + REFUSED("404 Not Found", "<general-error/><sip-error code='404'>Not Found</sip-error>")],
    [
      "refused, 404, in profile precise",
      OUT + REFUSED("404 Not Found", "<gone/><text>404 Not Found</text><sip-error code='404'>Not Found</sip-error>"),
      { calls: { profile: "precise" } },
    ],
    // proves: S1
    ["in: carol calls alice, and gives up", `${IN}${GIVES_UP}`],
    [
      "the special get: the stored session-initiate goes to the window that asks",
      `${IN}
juliet-phone > gateway
    <iq type='get' id='e1' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='existing-session-initiate' sid='c1'/></iq>
gateway > juliet-phone (whole)
    <iq type='result' id='e1' from='${CAROL}' to='juliet@example.org/phone'/>
gateway > juliet-phone (whole)
    <iq type='set' id='{g2}' from='${CAROL}' to='juliet@example.org/phone'>
      <jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='c1' initiator='${CAROL}'>${CONTENT("A", "actpass")}</jingle></iq>
${GIVES_UP}
gateway > juliet-phone
    <iq type='set'><jingle action='session-terminate'/></iq>
`,
    ],
    // proves: A1
    [
      "trickle: to a phone that takes it, and back",
      `${OUT}${ANSWERED("    Recv-Info: trickle-ice\n")}${SAYS(
        `<content creator='initiator' name='0'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uA' pwd='pA34567890123456789012'>
      <candidate component='1' foundation='2' generation='0' id='c2' ip='203.0.113.4' network='0' port='40001' priority='1694498815' protocol='udp' rel-addr='198.51.100.7' rel-port='40000' type='srflx'/></transport></content>`,
        "transport-info",
      )}
gateway > phone (whole)
    ${IN_DIALOG("INFO", 2)}
    Info-Package: trickle-ice
    User-Agent: Carillon/{version}
    Content-Disposition: Info-Package
    Content-Type: application/trickle-ice-sdpfrag
    Content-Length: {info-length}

    m=audio 9 RTP/AVP 0
    a=ice-ufrag:uA
    a=ice-pwd:pA34567890123456789012
    a=mid:0
    a=candidate:1 1 udp 2130706431 198.51.100.7 40000 typ host generation 0
    a=candidate:2 1 udp 1694498815 203.0.113.4 40001 typ srflx raddr 198.51.100.7 rport 40000 generation 0
phone > gateway
    SIP/2.0 200 OK
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Info-Package: trickle-ice
    Content-Disposition: Info-Package
    Content-Type: application/trickle-ice-sdpfrag

    m=audio 9 RTP/AVP 0
    a=ice-ufrag:uB
    a=ice-pwd:pB34567890123456789012
    a=mid:0
    a=candidate:7 1 udp 1694498815 203.0.113.10 50002 typ srflx raddr 10.0.0.9 rport 50000
gateway > phone
    SIP/2.0 200 OK
gateway > juliet (whole)
    <iq type='set' id='{g4}' from='${BOB}' to='${JULIET}'>
      <jingle xmlns='urn:xmpp:jingle:1' action='transport-info' sid='s1'><content creator='initiator' name='0'>
        <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uB' pwd='pB34567890123456789012'>
          <candidate component='1' foundation='7' generation='0' id='{candidate-2}' ip='203.0.113.10' network='0' port='50002' priority='1694498815' protocol='udp' rel-addr='10.0.0.9' rel-port='50000' type='srflx'/></transport></content></jingle></iq>
${HANGS_UP}`,
    ],
    // proves: A1
    [
      "source-add: the action is the first attribute of the session, and only that source is told",
      `${OUT}${ANSWERED()}${SAYS("<content creator='initiator' name='0'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='77'><parameter name='cname' value='x'/></source></description></content>", "source-add")}
gateway > phone
    ${IN_DIALOG("INVITE", 2)}
    … ↵ t=0 0 ↵ a=jingle-action:source-add ↵ m=audio 40000 …
    … ↵ a=rtcp-mux ↵ a=ssrc:77 cname:x ↵ a=ice-ufrag:uA ↵ …
phone > gateway
    SIP/2.0 488 Not Acceptable Here
    CSeq: 2 INVITE
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
${HANGS_UP}`,
    ],
    [
      "errors: a session that nobody knows",
      `${ASKS("action='session-terminate' sid='nobody'><reason><success/></reason>")}${REFUSES("a6", BOB, JULIET, `<error type='cancel'><item-not-found ${STANZAS}/><unknown-session ${ERRORS}/></error>`)}`,
    ],
    // proves: A1
    [
      "errors: an action out of order",
      `${OUT}${ASKS("action='session-accept' sid='s1'>{answer-contents}")}${REFUSES("a6", BOB, JULIET, `<error type='wait'><unexpected-request ${STANZAS}/><out-of-order ${ERRORS}/></error>`)}${REFUSED("486 Busy Here", "<decline/>")}`,
    ],
    [
      "errors: a session-info that nobody knows",
      `${OUT}${ASKS("action='session-info' sid='s1'><smell xmlns='urn:example:smell'/>")}${REFUSES("a6", BOB, JULIET, `<error type='modify'><feature-not-implemented ${STANZAS}/><unsupported-info ${ERRORS}/></error>`)}${REFUSED("486 Busy Here", "<decline/>")}`,
    ],
    [
      "errors: a content without a description",
      `${ASKS("action='session-initiate' sid='s2'><content creator='initiator' name='0'/>")}${REFUSES("a6", BOB, JULIET, `<error type='modify'><bad-request ${STANZAS}/><text ${STANZAS}>content '0' has no description</text></error>`)}`,
    ],
  ]);
});
