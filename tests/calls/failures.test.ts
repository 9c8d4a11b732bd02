/** One side fails: docs/mapping.md table D, RFC 3261 §13.3.1.4. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import {
  ANSWERED,
  BOB_ANSWERS,
  BOB_RINGS,
  CAROL,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  JULIET_SAYS,
  OFFERS,
  PHONE_HANGS_UP,
  REFUSED,
  REINVITED,
  TALKING,
} from "./scenes.ts";

const BYE = `
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`;

describe("the client", () => {
  plays([
    // proves: D6
    [
      "does not know the session any more: BYE",
      `${JULIET_CALLS}${BOB_RINGS}${changed(changed(BOB_ANSWERS, "gateway > juliet", "gateway > juliet (unanswered)"), "<iq type='set'>", "<iq type='set' id='{asked}'>")}
juliet > gateway
    <iq type='error' id='{asked}' to='bob@sip.example.org'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error></iq>
${BYE}`,
    ],
    // proves: D6
    [
      "dislikes what it is told, which is logged, and the call goes on",
      `${JULIET_CALLS}${BOB_RINGS}${changed(changed(BOB_ANSWERS, "gateway > juliet", "gateway > juliet (unanswered)"), "<iq type='set'>", "<iq type='set' id='{asked}'>")}
juliet > gateway
    <iq type='error' id='{asked}' to='bob@sip.example.org'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
nothing on phone
${PHONE_HANGS_UP}`,
    ],
    // proves: D7
    [
      "goes offline while it rings: its device is out at once, and 480",
      `${CAROL_CALLS}
juliet > gateway
    <presence type='unavailable' to='sip.example.org'/>
gateway > phone
    SIP/2.0 480 Temporarily Unavailable
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`,
    ],
    // proves: D7
    [
      "goes offline in a call: after ten seconds it is asked, and when it is gone BYE follows (XEP-0166 §6.7)",
      `${CAROL_CALLS}${JULIET_ACCEPTS}${CAROL_ACKS}
juliet > gateway
    <presence type='unavailable' to='sip.example.org'/>
nothing on juliet
after 10 s
gateway > juliet (unanswered)
    <iq type='set' id='{asked}'><jingle action='session-info' sid='c1'/></iq>
juliet > gateway
    <iq type='error' id='{asked}' to='${CAROL}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
gateway > phone
    BYE sip:carol@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`,
    ],
    [
      "goes offline in a call and is back when it is asked: the call goes on",
      `${CAROL_CALLS}${JULIET_ACCEPTS}${CAROL_ACKS}
juliet > gateway
    <presence type='unavailable' to='sip.example.org'/>
after 10 s
gateway > juliet
    <iq type='set'><jingle action='session-info' sid='c1'/></iq>
nothing on phone
${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("the phone", () => {
  plays([
    // proves: S44
    [
      "does not know the dialog any more (481 to INFO): BYE, and general-error to the user",
      `${JULIET_CALLS}${BOB_RINGS}${BOB_ANSWERS}
juliet > gateway
    <iq type='set' id='t1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='transport-info' sid='s1'>{caller-trickles}</jingle></iq>
gateway > juliet
    <iq type='result' id='t1'/>
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 481 Call/Transaction Does Not Exist
${BYE}
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><general-error/><sip-error code='481'/></reason></jingle></iq>
`,
    ],
    [
      "does not answer the BYE: the call is over all the same",
      `${JULIET_CALLS}${BOB_RINGS}${BOB_ANSWERS}
juliet > gateway
    <iq type='set' id='a9' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'/></iq>
gateway > juliet
    <iq type='result' id='a9'/>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
after 33 s
nothing on juliet`,
    ],
  ]);
});

describe("the stream is down", () => {
  const OFFLINE = `
after 20 ms
the stream is cut
`;
  plays([
    // proves: D15
    [
      "established calls go on, and what Jingle must be told waits for it",
      `${JULIET_CALLS}${BOB_RINGS}${BOB_ANSWERS}${OFFLINE}
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
after 500 ms
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><success/></reason></jingle></iq>
`,
    ],
    // proves: D15
    [
      "an accept that waited is refused, since the client has given up: BYE",
      `${JULIET_CALLS}${BOB_RINGS}${OFFLINE}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
after 500 ms
gateway > juliet (unanswered)
    <iq type='set' id='{accept}'><jingle action='session-accept' sid='s1'/></iq>
juliet > gateway
    <iq type='error' id='{accept}' to='bob@sip.example.org'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`,
    ],
    [
      "a phone refuses while it rings: the end waits for the stream",
      `${JULIET_CALLS}${BOB_RINGS}${OFFLINE}
phone > gateway
    SIP/2.0 486 Busy Here
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
after 500 ms
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><decline/></reason></jingle></iq>
`,
    ],
    [
      "a phone answers while it rings: the accept waits for the stream, and the call goes on",
      `${JULIET_CALLS}${BOB_RINGS}${OFFLINE}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
after 500 ms
gateway > juliet
    <iq type='set'><jingle action='session-accept' sid='s1'/></iq>
${PHONE_HANGS_UP}`,
    ],
    [
      "a phone moves its media: the new transports wait for the stream",
      `${TALKING}${OFFLINE}${OFFERS("    {answer-sdp}")}${ANSWERED("sendrecv")}
after 500 ms
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='s1'/></iq>
${PHONE_HANGS_UP}`,
    ],
    [
      "a phone offers a new content: it cannot be asked for now, and has port 0 in the 200",
      `${TALKING}${OFFLINE}${OFFERS("    {added-video-sdp}")}
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INVITE
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
    m=video 0 UDP/TLS/RTP/SAVPF 96
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
after 500 ms
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='s1'/></iq>
${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    [
      "our offer is refused: what the user must know waits for the stream",
      `${TALKING}${JULIET_SAYS("session-info", "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>")}${REINVITED(2, "")}${OFFLINE}${REFUSED(2, "488 Not Acceptable Here")}
after 500 ms
gateway > juliet
    <iq type='set'><jingle action='content-modify' sid='s1'><content name='0' senders='both'/></jingle></iq>
${PHONE_HANGS_UP}`,
    ],
    [
      "the user has left already: the phone is hung up all the same",
      `${TALKING}${JULIET_SAYS("session-terminate", "<reason><success/></reason>")}${OFFLINE}
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`,
    ],
    [
      "what was under way when it was lost is said again",
      `${JULIET_CALLS}${BOB_RINGS}${changed(BOB_ANSWERS, "gateway > juliet", "gateway > juliet (unanswered)")}${OFFLINE}
after 500 ms
gateway > juliet
    <iq type='set'><jingle action='session-accept' sid='s1'/></iq>
${PHONE_HANGS_UP}`,
    ],
    // proves: S32
    [
      "OPTIONS and INVITE are answered 503 with Retry-After, so that dispatchers move on",
      `${OFFLINE}
phone > gateway
    OPTIONS sip:192.0.2.1:5600 SIP/2.0
    From: <sip:a@b>;tag=a
    To: <sip:c@d>
    Call-ID: o1
gateway > phone
    SIP/2.0 503 Service Unavailable
    Retry-After: 10
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: <sip:a@b>;tag=a
    To: <sip:juliet@example.org>
    Call-ID: o2
    Contact: <sip:a@192.0.2.2:5060>
gateway > phone
    SIP/2.0 503 Service Unavailable
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`,
      { byTheClock: true },
    ],
  ]);
});

/** Whether the device had the offer before the stream was lost nobody knows: it stays a party, and is asked. */
describe("the stream is lost before a device has acknowledged the offer", () => {
  const OFFERED = `
${changed(CAROL_CALLS, "gateway > juliet", "gateway > juliet (unanswered)")}
after 20 ms
the stream is cut
after 3 s
nothing on phone
nothing on juliet
`;
  const ASKED = `
after 10 s
gateway > juliet (unanswered)
    <iq type='set' id='{asked}' from='${CAROL}'><jingle action='session-info' sid='c1'/></iq>
`;
  const CANCELLED = `
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
  const TOLD = `
gateway > juliet
    <iq type='set' from='${CAROL}'><jingle action='session-terminate' sid='c1'><reason><decline/></reason></jingle></iq>
`;
  plays([
    // proves: D11
    ["it may accept when the stream is back", OFFERED + JULIET_ACCEPTS + CAROL_ACKS + PHONE_HANGS_UP],
    // proves: D11
    ["it hears the end when the stream is back", OFFERED + CANCELLED + TOLD],
    [
      "it hears an end that comes before the stream is back, and is asked nothing",
      `${changed(OFFERED, "after 3 s\n", "")}${CANCELLED}
after 500 ms
${TOLD}
after 20 s
nothing on juliet`,
    ],
    // proves: D11
    [
      "it is asked for a sign of life when the stream is back, and rings on when it gives one",
      `${OFFERED}${ASKED}
juliet > gateway
    <iq type='result' id='{asked}' to='${CAROL}'/>
after 60 s
gateway > phone
    (the same)
${CANCELLED}${TOLD}`,
      { byTheClock: true },
    ],
    // proves: D11
    [
      "it is out when it does not know the session: 480, since it was the last one",
      `${OFFERED}${ASKED}
juliet > gateway
    <iq type='error' id='{asked}' to='${CAROL}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error></iq>
gateway > phone
    SIP/2.0 480 Temporarily Unavailable
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`,
    ],
    // proves: D11
    [
      "it is asked again when the stream is lost before that answer too",
      `${OFFERED}${ASKED}
the stream is cut
after 9 s
nothing on juliet
${changed(changed(changed(ASKED, "10 s", "1500 ms"), " (unanswered)", ""), "{asked}", "{again}")}
${CANCELLED}${TOLD}`,
    ],
  ]);
});
