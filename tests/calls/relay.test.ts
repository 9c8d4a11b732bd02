/** Calls whose media go by a relay (docs/mapping.md, "Media by a relay"): what the phone hears, and what the user gets. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import {
  ACCEPTED,
  ANSWERED_PLAINLY,
  BOB_ANSWERS_PLAINLY,
  BY_RELAY,
  CALLED_BY_RELAY,
  CALLS_BY_RELAY,
  CAROL_CALLS_PLAINLY,
  INVITED_PLAINLY,
  JULIET_ACCEPTS_PLAINLY,
  JULIET_RINGS,
  PLAIN_ANSWER,
  RELAYS_TRANSPORT,
  TALKING_BY_RELAY,
  TOLD,
} from "./relay-scenes.ts";
import {
  BOB_ANSWERS,
  BOB_RINGS,
  CAROL,
  CAROL_ACKS,
  CAROL_CALLS,
  GIVES_UP,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  JULIET_HANGS_UP,
  JULIET_SAYS,
  PHONE_HANGS_UP,
} from "./scenes.ts";

const HOLDS = "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>";
const RESUMES = "<unhold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>";
/** The user hears of the phone's transport with each offer of the phone's; it is the same one. */
const SRTP_ANSWER = PLAIN_ANSWER("", "RTP/SAVP").concat(
  "    a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB\n",
);

describe("the user calls by the relay", () => {
  plays(
    [
      // proves: V1
      [
        "plain RTP to the phone, which rings and answers, and WebRTC to the user",
        `${CALLS_BY_RELAY()}${BOB_RINGS}${BOB_ANSWERS_PLAINLY()}${ACCEPTED}${PHONE_HANGS_UP}`,
      ],
      // proves: V2
      [
        "nobody waits for the user's candidates, and the phone hears of none",
        `${CALLS_BY_RELAY("{offer-contents-without-address}")}${BOB_ANSWERS_PLAINLY()}${ACCEPTED}
${JULIET_SAYS("transport-info", "{caller-trickles}")}
nothing on phone
${JULIET_HANGS_UP("bob@sip.example.org", "s1", "sip:bob@192.0.2.2:5060")}`,
      ],
      // proves: V3
      [
        "the user holds and resumes",
        `${TALKING_BY_RELAY}
${JULIET_SAYS("session-info", HOLDS, "h1")}
${INVITED_PLAINLY(2, "RTP/AVP", "sendonly")}
${BOB_ANSWERS_PLAINLY(2, PLAIN_ANSWER("    a=recvonly\n"))}
${JULIET_SAYS("session-info", RESUMES, "h2")}
${INVITED_PLAINLY(3)}
${BOB_ANSWERS_PLAINLY(3)}
${PHONE_HANGS_UP}`,
      ],
      // proves: V3
      [
        "the phone holds",
        `${TALKING_BY_RELAY}
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/sdp

    ${PLAIN_ANSWER("    a=sendonly\n")}
gateway > phone
    SIP/2.0 200 OK
    Supported: 100rel, timer
    m=audio 30006 RTP/AVP 0
    a=recvonly
    no a=ice-…
    no a=fingerprint:…
    no a=candidate:…
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
${TOLD}
gateway > juliet
    <iq type='set'><jingle action='session-info'><hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
${PHONE_HANGS_UP}`,
      ],
      // proves: V3
      [
        "the phone asks for an offer by a re-INVITE without one, and answers in its ACK",
        `${TALKING_BY_RELAY}
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
    m=audio 30006 RTP/AVP 0
    no a=ice-…
    no a=candidate:…
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/sdp

    ${PLAIN_ANSWER("    a=sendonly\n")}
${TOLD}
gateway > juliet
    <iq type='set'><jingle action='session-info'><hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
${PHONE_HANGS_UP}`,
      ],
      // proves: V4
      [
        "one fork sends an announcement, another answers: ports and ufrag are the same",
        `${CALLS_BY_RELAY()}
phone > gateway
    SIP/2.0 183 Session Progress
    To: <sip:bob@sip.example.org>;tag=early1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    ${changed(PLAIN_ANSWER(), "50000", "7000")}
gateway > juliet
    <iq type='set'><jingle action='session-info' sid='s1'><ringing xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
${BOB_ANSWERS_PLAINLY()}${ACCEPTED}${PHONE_HANGS_UP}`,
      ],
      // proves: V5
      [
        "video is left out, refused when it is added, and the phone's is refused",
        `${CALLS_BY_RELAY("{offer-contents}{added-video}")}${BOB_ANSWERS_PLAINLY()}
gateway > juliet
    <iq type='set'><jingle action='session-accept' sid='s1'><content name='0'>${RELAYS_TRANSPORT()}</content><content name='video' senders='none'/></jingle></iq>
juliet > gateway
    <iq type='set' id='v1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='content-add' sid='s1'>{added-video}</jingle></iq>
gateway > juliet
    <iq type='result' id='v1'/>
gateway > juliet
    <iq type='set'><jingle action='content-reject' sid='s1'><content name='video'/></jingle></iq>
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/sdp

    ${PLAIN_ANSWER()}    m=video 50002 RTP/AVP 96
    a=rtpmap:96 VP8/90000
gateway > phone
    SIP/2.0 200 OK
    m=audio 30006 RTP/AVP 0
    m=video 0 RTP/AVP 96
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
${TOLD}
${PHONE_HANGS_UP}`,
      ],
      // proves: V2
      [
        "a phone's own candidates mean nothing: 469 to the package, and an SDP in an INFO is passed over",
        `${TALKING_BY_RELAY}
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Info-Package: trickle-ice
    Content-Type: application/trickle-ice-sdpfrag

    a=ice-ufrag:x
    m=audio 9 RTP/AVP 0
    a=candidate:1 1 UDP 1 203.0.113.9 4 typ host
gateway > phone
    SIP/2.0 469 Bad Info Package
    Recv-Info:…
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    SIP/2.0 200 OK
nothing on juliet
${PHONE_HANGS_UP}`,
      ],
    ],
    BY_RELAY("rtp"),
  );
  plays(
    [
      // proves: V5
      [
        "a call without audio",
        `
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>{added-video}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1' from='bob@sip.example.org'/>
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><unsupported-applications/></reason></jingle></iq>
nothing on phone`,
      ],
    ],
    { relay: true, calls: { media: "rtp" } },
  );
});

describe("by SRTP", () => {
  plays(
    [
      // proves: V6
      [
        "of the relay's suites only those that every phone has go out",
        `${CALLS_BY_RELAY("{offer-contents}", "RTP/SAVP", "    a=crypto:1 AES_CM_128_HMAC_SHA1_80 …\n    no a=crypto:2 …\n")}
${BOB_ANSWERS_PLAINLY(1, SRTP_ANSWER)}${ACCEPTED}${PHONE_HANGS_UP}`,
      ],
    ],
    BY_RELAY("srtp"),
  );
  plays(
    [
      // proves: V6
      [
        "a phone that calls by SRTP is answered by SRTP",
        `${CAROL_CALLS_PLAINLY(SRTP_ANSWER)}${JULIET_RINGS}${JULIET_ACCEPTS_PLAINLY}${ANSWERED_PLAINLY("RTP/SAVP")}${PHONE_HANGS_UP}`,
      ],
    ],
    CALLED_BY_RELAY,
  );
});

describe("a phone without ICE or DTLS-SRTP calls", () => {
  plays(
    [
      // proves: V7
      [
        "the user rings with the relay's addresses, and the answer is plain",
        `${CAROL_CALLS_PLAINLY()}${JULIET_RINGS}${JULIET_ACCEPTS_PLAINLY}${ANSWERED_PLAINLY()}${PHONE_HANGS_UP}`,
      ],
      // proves: V7
      [
        "it gives up while the user rings",
        `${CAROL_CALLS_PLAINLY()}${JULIET_RINGS}
${GIVES_UP("sip:juliet@example.org")}gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='c1'/></iq>`,
      ],
      // proves: V7
      [
        "the user declines",
        `${CAROL_CALLS_PLAINLY()}${JULIET_RINGS}
juliet > gateway
    <iq type='set' id='d1' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason><decline/></reason></jingle></iq>
gateway > juliet
    <iq type='result' id='d1'/>
gateway > phone
    SIP/2.0 486 Busy Here
phone > gateway
    ACK sip:juliet@example.org SIP/2.0`,
      ],
    ],
    CALLED_BY_RELAY,
  );
  plays(
    [
      // proves: V7
      ["one with both is never at the relay", `${CAROL_CALLS}${JULIET_ACCEPTS}${CAROL_ACKS}${PHONE_HANGS_UP}`],
    ],
    { relay: true },
  );
});

const REFUSED = (status: string): string => `
phone > gateway
    SIP/2.0 ${status}
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`;

describe("by the relay where WebRTC is refused", () => {
  plays(
    [
      // proves: V8
      ...["415 Unsupported Media Type", "488 Not Acceptable Here", "606 Not Acceptable"].map(
        (status) =>
          [
            `${status}: once more by the relay`,
            `${JULIET_CALLS}${REFUSED(status)}${INVITED_PLAINLY(2)}${BOB_ANSWERS_PLAINLY(2)}${ACCEPTED}${PHONE_HANGS_UP}`,
          ] as const,
      ),
      // proves: V2, V8
      [
        "what the user has trickled meanwhile is told to nobody",
        `${JULIET_CALLS}${JULIET_SAYS("transport-info", "{caller-trickles}", "t1")}${REFUSED("488 Not Acceptable Here")}${INVITED_PLAINLY(2)}
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
gateway > juliet
    <iq type='set'><jingle action='session-info' sid='s1'><ringing xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
nothing on phone
${BOB_ANSWERS_PLAINLY(2)}${ACCEPTED}nothing on phone
${PHONE_HANGS_UP}`,
      ],
      // proves: V8
      [
        "and refused again: the end",
        `${JULIET_CALLS}${REFUSED("488 Not Acceptable Here")}${INVITED_PLAINLY(2)}
phone > gateway
    SIP/2.0 488 Not Acceptable Here
    CSeq: 2 INVITE
    To: <sip:bob@sip.example.org>;tag=bob2
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'/></iq>`,
      ],
    ],
    BY_RELAY("auto"),
  );
  plays(
    [
      // proves: V8
      [
        "a phone that takes WebRTC has it, and the relay is not asked",
        `${JULIET_CALLS}${BOB_ANSWERS}${PHONE_HANGS_UP}`,
      ],
      [
        "a refusal of another kind is the end",
        `${JULIET_CALLS}${REFUSED("486 Busy Here")}
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><decline/></reason></jingle></iq>`,
      ],
    ],
    { relay: true, calls: { media: "auto" } },
  );
});
