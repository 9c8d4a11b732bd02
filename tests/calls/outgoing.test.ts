/** An XMPP user calls a phone: docs/mapping.md tables J and S, gateway mode. */
import { describe } from "bun:test";
import { changed, changedAll } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import { BOB, BOB_ANSWERS, BOB_RINGS, JULIET_CALLS, JULIET_HANGS_UP, PHONE_HANGS_UP } from "./scenes.ts";

const TERMINATED = (inside: string): string => `
gateway > juliet
    <iq type='set' from='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'>${inside}</jingle></iq>
`;
const BOB_SAYS = (line: string, more = ""): string => `
phone > gateway
    SIP/2.0 ${line}
    To: <sip:bob@sip.example.org>;tag=bob1
${more}gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 ACK
`;
/** Another place that the call is tried at, and its refusal. */
const DIALS = (user: string, cseq: number): string => `
gateway > phone
    INVITE sip:${user}@x SIP/2.0
    Call-ID: s1
    CSeq: ${cseq} INVITE
`;
const REFUSES = (user: string, cseq: number, line: string): string => `
phone > gateway
    SIP/2.0 ${line}
    CSeq: ${cseq} INVITE
gateway > phone
    ACK sip:${user}@x SIP/2.0
    CSeq: ${cseq} ACK
`;
/** Audio and video are offered, and the phone takes the audio alone. */
const TAKES_AUDIO_ALONE = `${changed(JULIET_CALLS, "{offer-contents}", "{offer-contents}{added-video}")}
phone > gateway
    SIP/2.0 200 OK
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
    m=video 0 UDP/TLS/RTP/SAVPF 96
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet (unanswered)
    <iq type='set' id='{accept}'><jingle action='session-accept' sid='s1'><content name='0' senders='both'/><content name='video' senders='none'/></jingle></iq>
`;
const MISREADS = (condition: string): string => `
juliet > gateway
    <iq type='error' id='{accept}' to='bob@sip.example.org'><error type='modify'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
`;
const JULIET_LEAVES = `
juliet > gateway
    <iq type='set' id='a3' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'><reason><cancel/></reason></jingle></iq>
gateway > juliet
    <iq type='result' id='a3'/>
`;
const CANCELLED = `
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 CANCEL
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 CANCEL
`;
const TERMINATED_BY_US = `
phone > gateway
    SIP/2.0 487 Request Terminated
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`;

describe("a call is answered", () => {
  plays([
    // proves: S6
    ["and bob hangs up", JULIET_CALLS + BOB_RINGS + BOB_ANSWERS + PHONE_HANGS_UP],
    // proves: J5, E6
    [
      "and juliet hangs up",
      JULIET_CALLS + BOB_RINGS + BOB_ANSWERS + JULIET_HANGS_UP(BOB, "s1", "sip:bob@192.0.2.2:5060"),
    ],
    ["without any ringing", JULIET_CALLS + BOB_ANSWERS + PHONE_HANGS_UP],
    // proves: J1, A2
    [
      "with the INVITE, the ringing and the accept as the ladder has them",
      `
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1' from='bob@sip.example.org' to='juliet@example.org/balcony'/>
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.1:5600;rport;branch={branch}
    Max-Forwards: 70
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    To: <sip:bob@sip.example.org>
    Call-ID: s1
    CSeq: 1 INVITE
    Contact: <sip:juliet@192.0.2.1:5600>
    Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE
    Supported: 100rel, trickle-ice, timer
    Recv-Info: trickle-ice
    User-Agent: Carillon/…
    Content-Type: application/sdp
    o=- {session} 1 IN IP4 192.0.2.1
    c=IN IP4 192.0.2.1
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
    c=IN IP4 198.51.100.7
    a=mid:0
    a=sendrecv
    a=rtpmap:111 opus/48000/2
    a=rtpmap:0 PCMU/8000
    a=rtcp-mux
    a=ice-ufrag:uA
    a=ice-options:trickle
    a=setup:actpass
    a=candidate:1 1 udp 2130706431 198.51.100.7 40000 typ host generation 0
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@203.0.113.9>
    Record-Route: <sip:192.0.2.2;lr>
gateway > juliet
    <iq type='set' id='{ringing}' from='bob@sip.example.org' to='juliet@example.org/balcony'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='s1'>
      <ringing xmlns='urn:xmpp:jingle:apps:rtp:info:1'/><nothing-else/></jingle></iq>
phone > gateway
    SIP/2.0 200 OK
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@203.0.113.9>
    Record-Route: <sip:192.0.2.2;lr>
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:bob@203.0.113.9 SIP/2.0
    Route: <sip:192.0.2.2;lr>
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    To: <sip:bob@sip.example.org>;tag=bob1
    CSeq: 1 ACK
gateway > juliet
    <iq type='set' from='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='s1' responder='bob@sip.example.org'>
      <content creator='initiator' name='0' senders='both'><description media='audio'><payload-type id='111' name='opus'/></description>
      <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uB'><fingerprint setup='active'/><candidate ip='203.0.113.9' port='50000'/></transport></content></jingle></iq>
${PHONE_HANGS_UP}`,
    ],
    // proves: S4
    [
      "by a 200 without SDP, whose 183 had it",
      `${JULIET_CALLS}
phone > gateway
    SIP/2.0 183 Session Progress
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
gateway > juliet
    <iq type='set'><jingle action='session-info'><ringing/></jingle></iq>
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob1
nothing on juliet
phone > gateway
    SIP/2.0 200 OK
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-accept' sid='s1'/></iq>
${PHONE_HANGS_UP}`,
    ],
    // proves: S5
    [
      "after 181, 182 and 199, of which juliet hears nothing",
      `${JULIET_CALLS}${["181 Call Is Being Forwarded", "182 Queued", "199 Early Dialog Terminated"]
        .map(
          (line) => `
phone > gateway
    SIP/2.0 ${line}
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
nothing on juliet
`,
        )
        .join("")}${BOB_RINGS}${BOB_ANSWERS}${PHONE_HANGS_UP}`,
    ],
    // proves: S7
    [
      "by two forks: the second is acknowledged and hung up",
      `${JULIET_CALLS}${BOB_RINGS}
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob2
    Contact: <sip:bob@192.0.2.2:5060>
nothing on juliet
${BOB_ANSWERS}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob2
    Contact: <sip:bob-desk@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:bob-desk@192.0.2.2:5060 SIP/2.0
    To: <sip:bob@sip.example.org>;tag=bob2
gateway > phone
    BYE sip:bob-desk@192.0.2.2:5060 SIP/2.0
    To: <sip:bob@sip.example.org>;tag=bob2
phone > gateway
    SIP/2.0 200 OK
nothing on juliet
juliet > gateway
    <iq type='set' id='a9' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'/></iq>
gateway > juliet
    <iq type='result' id='a9'/>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
    To: <sip:bob@sip.example.org>;tag=bob1
phone > gateway
    SIP/2.0 200 OK
`,
    ],
    // proves: S85
    [
      "and a 180 comes after the 200, which changes nothing (Kamailio's workers overtake each other)",
      `${JULIET_CALLS}${BOB_ANSWERS}
phone > gateway
    SIP/2.0 180 Ringing
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
nothing on juliet
nothing on phone
${PHONE_HANGS_UP}`,
    ],
    // proves: S13
    [
      "by a phone without DTLS, which cannot be: juliet is told that it needs a relay",
      `${JULIET_CALLS}
phone > gateway
    SIP/2.0 200 OK
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {plain-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
${TERMINATED("<reason><general-error/><text>the phone has no DTLS-SRTP: its media need a relay such as rtpengine</text></reason>")}`,
    ],
    // proves: S86
    [
      "by an answer with other media than were offered, which cannot be",
      `${JULIET_CALLS}
phone > gateway
    SIP/2.0 200 OK
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {accepted-video-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
${TERMINATED("<reason><general-error/><text>2 m-lines answer 1</text></reason>")}`,
    ],
    // proves: S12
    [
      "by a 200 without any SDP, which cannot be",
      `${JULIET_CALLS}
phone > gateway
    SIP/2.0 200 OK
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
${TERMINATED("<reason><general-error/><text>the answer has no SDP</text></reason>")}`,
    ],
  ]);
});

const ADVICE = "if the phone has no DTLS-SRTP, its media need a relay such as rtpengine";
describe("a call is refused", () => {
  plays([
    // proves: S14
    [
      "486 is decline",
      JULIET_CALLS + BOB_RINGS + BOB_SAYS("486 Busy Here") + TERMINATED("<reason><decline/></reason>"),
    ],
    // proves: S15
    [
      "404 is general-error with its sip-error",
      JULIET_CALLS +
        BOB_SAYS("404 Not Found") +
        TERMINATED("<reason><general-error/><sip-error code='404'>Not Found</sip-error></reason>"),
    ],
    // proves: S16
    [
      "404 is gone, with the words, in profile precise",
      JULIET_CALLS +
        BOB_SAYS("404 Not Found") +
        TERMINATED("<reason><gone/><text>404 Not Found</text><sip-error code='404'>Not Found</sip-error></reason>"),
      { calls: { profile: "precise" } },
    ],
    // proves: A23
    [
      "488 to an offer of DTLS-SRTP: general-error, and juliet is told that a relay may be needed",
      JULIET_CALLS +
        BOB_SAYS("488 Not Acceptable Here") +
        TERMINATED(`<reason><general-error/><text>${ADVICE}</text><sip-error code='488'/></reason>`),
    ],
    // proves: A23
    [
      "606 to an offer of DTLS-SRTP, in profile precise: its words, and that a relay may be needed",
      JULIET_CALLS +
        BOB_SAYS("606 Not Acceptable") +
        TERMINATED(
          `<reason><incompatible-parameters/><text>606 Not Acceptable; ${ADVICE}</text><sip-error code='606'/></reason>`,
        ),
      { calls: { profile: "precise" } },
    ],
    // proves: A20
    [
      "a redirection is followed by way of the proxy, never to the host that it names",
      `${JULIET_CALLS}${BOB_SAYS("302 Moved Temporarily", "    Contact: <sip:rob@198.51.100.66?Subject=evil>\n")}
gateway > phone
    INVITE sip:rob@198.51.100.66 SIP/2.0
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    Call-ID: s1
    CSeq: 2 INVITE
phone > gateway
    SIP/2.0 486 Busy Here
    CSeq: 2 INVITE
gateway > phone
    ACK sip:rob@198.51.100.66 SIP/2.0
${TERMINATED("<reason><decline/></reason>")}`,
    ],
    [
      "a redirection that leads nowhere is general-error with its sip-error",
      JULIET_CALLS +
        BOB_SAYS("302 Moved Temporarily", "    Contact: <mailto:bob@198.51.100.66>\n") +
        TERMINATED("<reason><general-error/><sip-error code='302'>Moved Temporarily</sip-error></reason>"),
    ],
    // proves: A20
    [
      "a redirection is followed to the first of its places that can be dialled",
      `${JULIET_CALLS}${BOB_SAYS("302 Moved Temporarily", "    Contact: <mailto:bob@x>, <sips:bob@x>;q=1, <sip:rob@198.51.100.66>\n")}
gateway > phone
    INVITE sip:rob@198.51.100.66 SIP/2.0
phone > gateway
    SIP/2.0 486 Busy Here
    CSeq: 2 INVITE
gateway > phone
    ACK sip:rob@198.51.100.66 SIP/2.0
${TERMINATED("<reason><decline/></reason>")}`,
    ],
    // proves: A20
    [
      "a redirection to several places is followed by their q, and from one that fails to the next (§8.1.3.4)",
      `${JULIET_CALLS}${BOB_SAYS("302 Moved Temporarily", "    Contact: <sip:b@x>;q=0.2, <sip:c@x>;q=0.3, <sip:a@x>\n")}${DIALS("a", 2)}
phone > gateway
    SIP/2.0 180 Ringing
    CSeq: 2 INVITE
    To: <sip:bob@sip.example.org>;tag=a1
gateway > juliet
    <iq type='set'><jingle action='session-info'><ringing/></jingle></iq>
${REFUSES("a", 2, "480 Temporarily Unavailable")}${DIALS("c", 3)}${REFUSES("c", 3, "404 Not Found")}${DIALS("b", 4)}${REFUSES("b", 4, "486 Busy Here")}
${TERMINATED("<reason><decline/></reason>")}`,
    ],
    // proves: A20
    [
      "a redirection to several places ends where the first of them answers",
      `${JULIET_CALLS}${BOB_SAYS("302 Moved Temporarily", "    Contact: <sip:a@x>, <sip:b@x>\n")}${DIALS("a", 2)}${REFUSES("a", 2, "404 Not Found")}${DIALS("b", 3)}${changedAll(BOB_ANSWERS, "CSeq: 1 ", "CSeq: 3 ")}${PHONE_HANGS_UP}`,
    ],
    // proves: A20
    [
      "a redirection to several places ends where one refuses for all (6xx)",
      `${JULIET_CALLS}${BOB_SAYS("302 Moved Temporarily", "    Contact: <sip:a@x>, <sip:b@x>\n")}${DIALS("a", 2)}${REFUSES("a", 2, "603 Decline")}
${TERMINATED("<reason><general-error/><sip-error code='603'/></reason>")}`,
    ],
    // proves: A20
    [
      "a redirection to several places ends when juliet gives up",
      `${JULIET_CALLS}${BOB_SAYS("302 Moved Temporarily", "    Contact: <sip:a@x>, <sip:b@x>\n")}${DIALS("a", 2)}${JULIET_LEAVES}
nothing on phone
${REFUSES("a", 2, "404 Not Found")}
nothing on phone
`,
      { byTheClock: true },
    ],
    // proves: A20
    [
      "a redirection that goes round ends where the same place would be asked again (§8.1.3.4)",
      `${JULIET_CALLS}${BOB_SAYS("302 Moved Temporarily", "    Contact: <sip:a@x>\n")}${DIALS("a", 2)}${REFUSES("a", 2, "302 Moved Temporarily\n    Contact: <sip:a@x>, <sip:bob@192.0.2.2:5060>")}
${TERMINATED("<reason><general-error/><sip-error code='302'/></reason>")}`,
    ],
    // proves: A20
    [
      "a redirection that leads on and on is given up after five places",
      `${JULIET_CALLS}${BOB_SAYS("302 Moved Temporarily", "    Contact: <sip:p2@x>\n")}${[2, 3, 4, 5, 6]
        .map((hop) => {
          const on = `302 Moved Temporarily\n    Contact: <sip:p${hop + 1}@x>`;
          return `${DIALS(`p${hop}`, hop)}${REFUSES(`p${hop}`, hop, on)}`;
        })
        .join("")}
${TERMINATED("<reason><general-error/><sip-error code='302'/></reason>")}`,
    ],
    // proves: S22
    [
      "silence, by Timer B after 32 seconds, is 408",
      `${JULIET_CALLS}
after 33 s
${TERMINATED("<reason><general-error/><sip-error code='408'>Request Timeout</sip-error></reason>")}`,
    ],
    // proves: S23
    [
      "nobody answers within ring_timeout: CANCEL, and 408",
      `${JULIET_CALLS}${BOB_RINGS}
after 180 s
${TERMINATED("<reason><general-error/><sip-error code='408'>Request Timeout</sip-error></reason>")}${CANCELLED}${TERMINATED_BY_US}`,
    ],
    // proves: S23
    [
      "is tried for ring_timeout in all, however late it rings",
      `${JULIET_CALLS}
phone > gateway
    SIP/2.0 100 Trying
after 100 s
${BOB_RINGS}
after 81 s
${TERMINATED("<reason><general-error/><sip-error code='408'>Request Timeout</sip-error></reason>")}${CANCELLED}${TERMINATED_BY_US}`,
      { byTheClock: true },
    ],
    // proves: S4
    [
      "rings again after an offer of audio alone, which the user has heard already",
      `${changed(JULIET_CALLS, "{offer-contents}", "{offer-contents}{added-video}")}${BOB_RINGS}${BOB_SAYS("488 Not Acceptable Here")}
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    CSeq: 2 INVITE
phone > gateway
    SIP/2.0 180 Ringing
    CSeq: 2 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
nothing on juliet
${changedAll(BOB_ANSWERS, "CSeq: 1", "CSeq: 2")}${PHONE_HANGS_UP}`,
    ],
    [
      "407 without credentials is an error like any other",
      JULIET_CALLS +
        BOB_SAYS("407 Proxy Authentication Required", '    Proxy-Authenticate: Digest realm="r", nonce="n"\n') +
        TERMINATED("<reason><general-error/><sip-error code='407'/></reason>"),
    ],
    // proves: S19
    [
      "407 with credentials is tried again with digest, once",
      `${JULIET_CALLS}${BOB_SAYS("407 Proxy Authentication Required", '    Proxy-Authenticate: Digest realm="r", nonce="n", qop="auth"\n')}
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    Call-ID: s1
    Proxy-Authorization: Digest username="carillon", realm="r", nonce="n", uri="sip:bob@192.0.2.2:5060", …
    CSeq: 2 INVITE
phone > gateway
    SIP/2.0 407 Proxy Authentication Required
    CSeq: 2 INVITE
    To: <sip:bob@sip.example.org>;tag=bob2
    Proxy-Authenticate: Digest realm="r", nonce="n2", qop="auth"
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 ACK
${TERMINATED("<reason><general-error/><sip-error code='407'/></reason>")}`,
      { calls: { username: "carillon", password: "pw" } },
    ],
    // proves: S19
    [
      "407 of the proxy, a stale nonce, then 401 of the phone: each is answered (§22.2, §22.3)",
      `${JULIET_CALLS}${BOB_SAYS("407 Proxy Authentication Required", '    Proxy-Authenticate: Digest realm="r", nonce="n1", algorithm=SHA-256\n    Proxy-Authenticate: Digest realm="r", nonce="n1"\n')}
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    Proxy-Authorization: Digest username="carillon", realm="r", nonce="n1", uri="sip:bob@192.0.2.2:5060", response="…", algorithm=SHA-256
    CSeq: 2 INVITE
phone > gateway
    SIP/2.0 407 Proxy Authentication Required
    CSeq: 2 INVITE
    To: <sip:bob@sip.example.org>;tag=bob2
    Proxy-Authenticate: Digest realm="r", nonce="n2", stale=TRUE
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 ACK
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    Proxy-Authorization: Digest username="carillon", realm="r", nonce="n2", uri="sip:bob@192.0.2.2:5060", response="…", algorithm=MD5
    CSeq: 3 INVITE
phone > gateway
    SIP/2.0 401 Unauthorized
    CSeq: 3 INVITE
    To: <sip:bob@sip.example.org>;tag=bob3
    WWW-Authenticate: Digest realm="b", nonce="n3"
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 3 ACK
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    Authorization: Digest username="carillon", realm="b", nonce="n3", uri="sip:bob@192.0.2.2:5060", response="…", algorithm=MD5
    CSeq: 4 INVITE
phone > gateway
    SIP/2.0 486 Busy Here
    CSeq: 4 INVITE
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 4 ACK
${TERMINATED("<reason><decline/></reason>")}`,
      { calls: { username: "carillon", password: "pw", realm: ["r", "b"] } },
    ],
    // proves: A22
    [
      "488 to audio and video: once more with the audio alone, and the video is refused in the accept",
      `${changed(JULIET_CALLS, "{offer-contents}", "{offer-contents}{added-video}")}${BOB_SAYS("488 Not Acceptable Here")}
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    Call-ID: s1
    CSeq: 2 INVITE
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
${changed(changedAll(BOB_ANSWERS, "CSeq: 1 ", "CSeq: 2 "), "'/></iq>", "'><content name='0' senders='both'/><content name='video' senders='none'/></jingle></iq>")}${PHONE_HANGS_UP}`,
    ],
    // proves: A21
    [
      "a client that does not know senders='none' (COMPAT Dino) is told again, of what is accepted alone",
      `${TAKES_AUDIO_ALONE}${MISREADS("bad-request")}
gateway > juliet (whole)
    <iq type='set' id='{again}' from='bob@sip.example.org' to='juliet@example.org/balcony'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='s1' responder='bob@sip.example.org'>
      <content creator='initiator' name='0' senders='both'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><payload-type id='111' name='opus' clockrate='48000' channels='2'/><payload-type id='0' name='PCMU' clockrate='8000'/><rtcp-mux/></description>
      <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uB' pwd='pB34567890123456789012'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='active'>{fingerprint}</fingerprint><candidate component='1' foundation='1' generation='0' id='{candidate}' ip='203.0.113.9' network='0' port='50000' priority='2130706431' protocol='udp' type='host'/></transport></content></jingle></iq>
${PHONE_HANGS_UP}`,
    ],
    // proves: A21
    [
      "a client that refuses such an accept for another reason is not told again",
      `${TAKES_AUDIO_ALONE}${MISREADS("not-acceptable")}
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
    // proves: A21
    [
      "a client that misreads an accept in which nothing is refused is not told again",
      `${JULIET_CALLS}${changed(BOB_ANSWERS, "gateway > juliet\n    <iq type='set'>", "gateway > juliet (unanswered)\n    <iq type='set' id='{accept}'>")}${MISREADS("bad-request")}
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
    [
      "488 to audio and video, and to the audio alone: refused",
      `${changed(JULIET_CALLS, "{offer-contents}", "{offer-contents}{added-video}")}${BOB_SAYS("488 Not Acceptable Here")}
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 INVITE
phone > gateway
    SIP/2.0 488 Not Acceptable Here
    CSeq: 2 INVITE
    To: <sip:bob@sip.example.org>;tag=bob2
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 ACK
${TERMINATED("<reason><general-error/><sip-error code='488'/></reason>")}`,
    ],
    [
      "488 to audio and video, without a second try where that is not wished (retry_audio_only)",
      `${changed(JULIET_CALLS, "{offer-contents}", "{offer-contents}{added-video}")}${BOB_SAYS("488 Not Acceptable Here")}${TERMINATED("<reason><general-error/><sip-error code='488'/></reason>")}`,
      { calls: { retryAudioOnly: false } },
    ],
  ]);
});

describe("juliet gives up", () => {
  plays([
    // proves: J6
    [
      "before anything was heard: CANCEL waits for the first response (RFC 3261 §9.1)",
      `${JULIET_CALLS}${JULIET_LEAVES}
nothing on phone
phone > gateway
    SIP/2.0 100 Trying
${CANCELLED}${TERMINATED_BY_US}
nothing on juliet`,
    ],
    // proves: J6
    [
      "before anything was heard, and the phone points elsewhere: no other INVITE goes out",
      `${JULIET_CALLS}${JULIET_LEAVES}${BOB_SAYS("302 Moved Temporarily", "    Contact: <sip:rob@192.0.2.2:5060>\n")}
nothing on phone
nothing on juliet`,
    ],
    // proves: J6
    [
      "before anything was heard, and the proxy wants credentials: no other INVITE goes out",
      `${JULIET_CALLS}${JULIET_LEAVES}${BOB_SAYS("407 Proxy Authentication Required", '    Proxy-Authenticate: Digest realm="r", nonce="n"\n')}
nothing on phone
nothing on juliet`,
      { calls: { username: "carillon", password: "pw" } },
    ],
    // proves: J6
    [
      "while a second INVITE is out, of which nothing was heard: CANCEL waits for that",
      `${JULIET_CALLS}${BOB_RINGS}${BOB_SAYS("302 Moved Temporarily", "    Contact: <sip:rob@192.0.2.2:5060>\n")}
gateway > phone
    INVITE sip:rob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 INVITE
${JULIET_LEAVES}
nothing on phone
phone > gateway
    SIP/2.0 100 Trying
gateway > phone
    CANCEL sip:rob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 CANCEL
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 CANCEL
phone > gateway
    SIP/2.0 487 Request Terminated
    CSeq: 2 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:rob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 ACK
nothing on juliet`,
      { byTheClock: true },
    ],
    // proves: S17
    ["while it rings: CANCEL at once", JULIET_CALLS + BOB_RINGS + JULIET_LEAVES + CANCELLED + TERMINATED_BY_US],
    // proves: J7
    [
      "while the answer is on its way: ACK, then BYE",
      `${JULIET_CALLS}${BOB_RINGS}${JULIET_LEAVES}${CANCELLED}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
nothing on juliet`,
    ],
    [
      "and says why in profile precise (RFC 3326)",
      `${JULIET_CALLS}${BOB_RINGS}${JULIET_LEAVES}
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
    Reason: Q.850;cause=16
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 CANCEL
${TERMINATED_BY_US}`,
      { calls: { profile: "precise" } },
    ],
  ]);
});

const JULIET_TRICKLES = `
juliet > gateway
    <iq type='set' id='t1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='transport-info' sid='s1'>{caller-trickles}</jingle></iq>
gateway > juliet
    <iq type='result' id='t1'/>
`;

describe("candidates", () => {
  plays([
    // proves: J10, S31, T1
    [
      "go to a phone that trickles as an INFO package (RFC 8840), and come back from it",
      `${JULIET_CALLS}
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Recv-Info: trickle-ice
gateway > juliet
    <iq type='set'><jingle action='session-info'/></iq>
${JULIET_TRICKLES}
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 INFO
    Info-Package: trickle-ice
    Content-Disposition: Info-Package
    Content-Type: application/trickle-ice-sdpfrag
    m=audio 9 RTP/AVP 0
    a=ice-ufrag:uA
    a=mid:0
    a=candidate:1 1 udp 2130706431 198.51.100.7 40000 typ host generation 0
    a=candidate:2 1 udp 1694498815 203.0.113.4 40001 typ srflx raddr 198.51.100.7 rport 40000 generation 0
phone > gateway
    SIP/2.0 200 OK
${BOB_ANSWERS}
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Info-Package: trickle-ice
    Content-Type: application/trickle-ice-sdpfrag

    a=ice-ufrag:uB
    a=ice-pwd:pB34567890123456789012
    m=audio 9 RTP/AVP 0
    a=mid:0
    a=candidate:1 1 udp 2130706431 203.0.113.9 50000 typ host
    a=candidate:3 1 udp 1694498815 203.0.113.77 50001 typ srflx raddr 203.0.113.9 rport 50000
    a=end-of-candidates
gateway > phone
    SIP/2.0 200 OK
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='s1'><content creator='initiator' name='0'><transport ufrag='uB'><candidate ip='203.0.113.77'/></transport></content></jingle></iq>
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='s1'><content creator='initiator' name='0'><transport ufrag='uB'><gathering-complete/></transport></content></jingle></iq>
${PHONE_HANGS_UP}`,
    ],
    // proves: T2
    [
      "go to any other phone as the whole SDP, as the predecessor did",
      `${JULIET_CALLS}${BOB_RINGS}${JULIET_TRICKLES}
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
    Content-Type: application/sdp
    o=- {session} 2 IN IP4 192.0.2.1
    a=candidate:2 1 udp 1694498815 203.0.113.4 40001 typ srflx raddr 198.51.100.7 rport 40000 generation 0
phone > gateway
    SIP/2.0 415 Unsupported Media Type
juliet > gateway
    <iq type='set' id='t2' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='transport-info' sid='s1'>{caller-has-gathered}</jingle></iq>
gateway > juliet
    <iq type='result' id='t2'/>
nothing on phone
${JULIET_LEAVES}${CANCELLED}${TERMINATED_BY_US}`,
    ],
    // proves: T2
    [
      "go to no other phone in profile precise",
      `${JULIET_CALLS}${BOB_RINGS}${JULIET_TRICKLES}
nothing on phone
${BOB_ANSWERS}${PHONE_HANGS_UP}`,
      { calls: { profile: "precise" } },
    ],
    // proves: T7
    [
      "that come before there is a dialog wait for it",
      `${JULIET_CALLS}${JULIET_TRICKLES}
nothing on phone
${BOB_RINGS}
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
    a=candidate:2 1 udp 1694498815 203.0.113.4 40001 typ srflx raddr 198.51.100.7 rport 40000 generation 0
phone > gateway
    SIP/2.0 200 OK
${BOB_ANSWERS}${PHONE_HANGS_UP}`,
    ],
    // proves: S5
    [
      "do not go by the tag of a 100, which makes no dialog (RFC 3261 §12.1)",
      `${JULIET_CALLS}${JULIET_TRICKLES}
phone > gateway
    SIP/2.0 100 Trying
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
nothing on phone
${BOB_RINGS}
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 INFO
${BOB_ANSWERS}${PHONE_HANGS_UP}`,
    ],
    // proves: T13
    [
      "in a body of another type are refused with what we take; an INFO that says nothing is 200",
      `${JULIET_CALLS}${BOB_RINGS}${BOB_ANSWERS}
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: text/plain

    hello
gateway > phone
    SIP/2.0 415 Unsupported Media Type
    Accept: application/sdp, application/trickle-ice-sdpfrag, application/dtmf-relay, application/dtmf, multipart/mixed
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
    no Accept: …
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
    // proves: T14
    [
      "of an unknown package are refused with ours",
      `${JULIET_CALLS}${BOB_RINGS}${BOB_ANSWERS}
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Info-Package: g.3gpp.mid-call
gateway > phone
    SIP/2.0 469 Bad Info Package
    Recv-Info: trickle-ice
${PHONE_HANGS_UP}`,
    ],
  ]);

  const WITHOUT_ADDRESS = `
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>{offer-contents-without-address}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1'/>
nothing on phone
`;
  plays([
    // proves: J2, T6
    [
      "are waited for when the offer has none (half trickle), until gathering is complete",
      `${WITHOUT_ADDRESS}${JULIET_TRICKLES}
nothing on phone
juliet > gateway
    <iq type='set' id='t2' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='transport-info' sid='s1'>{caller-has-gathered}</jingle></iq>
gateway > juliet
    <iq type='result' id='t2'/>
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    m=audio 40001 UDP/TLS/RTP/SAVPF 111 0
    c=IN IP4 203.0.113.4
    a=end-of-candidates
${BOB_ANSWERS}${PHONE_HANGS_UP}`,
    ],
    [
      "are waited for half a second at most",
      `${WITHOUT_ADDRESS}
after 500 ms
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    m=audio 9 UDP/TLS/RTP/SAVPF 111 0
${BOB_ANSWERS}${PHONE_HANGS_UP}`,
    ],
    [
      "are not waited for any more when juliet gives up",
      `${WITHOUT_ADDRESS}${JULIET_LEAVES}
after 1 s
nothing on phone`,
    ],
  ]);
});
