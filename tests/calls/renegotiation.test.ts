/** Changes of a running session, from either side: docs/mapping.md tables J and S, RFC 3261 §14, RFC 3264 §8. */
import { describe } from "bun:test";
import { changed, changedAll } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import {
  AGREED,
  ANSWER_SDP,
  ANSWERED,
  BOB,
  BOB_ANSWERS,
  CAROL,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  JULIET_HANGS_UP,
  JULIET_HEARS,
  JULIET_HOLDS,
  JULIET_SAYS,
  OFFERS,
  PHONE_HANGS_UP,
  REFUSED,
  REINVITED,
  TALKING,
} from "./scenes.ts";

const MOVED = `
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='s1'><content creator='initiator' name='0'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uB'><candidate ip='203.0.113.9'/></transport></content></jingle></iq>
`;

/** The phone re-INVITEs without SDP, and is answered with an offer, which leaves the part in DTLS open (RFC 8842 §5.2). */
const ASKS_FOR_AN_OFFER = `
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:bob@192.0.2.2:5060>
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INVITE
    Content-Type: application/sdp
    a=sendrecv
    a=setup:actpass
`;
const NO_ANSWER = (text: string): string => `
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><general-error/><text>${text}</text></reason></jingle></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`;
/** The user holds a call that the phone has placed. */
const HOLDS_CAROL = `
juliet > gateway
    <iq type='set' id='h1' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='c1'><hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
gateway > juliet
    <iq type='result' id='h1'/>
`;
const CAROL_REINVITED = (cseq: number, routes = ""): string => `
gateway > phone
    INVITE sip:carol@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} INVITE
    a=sendonly
${routes === "" ? "" : `    … ↵ ${routes} ↵ …\n`}`;
const REFRESHES = `
phone > gateway
    UPDATE sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:bob@192.0.2.2:5060>
gateway > phone
    SIP/2.0 200 OK
    CSeq: … UPDATE
`;
const TOO_EARLY = (method: string): string => `
phone > gateway
    ${method} sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
gateway > phone
    SIP/2.0 500 Server Internal Error
    CSeq: … ${method}
    Retry-After: …
`;

describe("the user", () => {
  plays([
    // proves: J28
    [
      "holds and resumes: re-INVITE sendonly, then sendrecv",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    o=- {session} 2 IN IP4 192.0.2.1\n    a=sendonly\n")}${AGREED(2, "recvonly")}${JULIET_HOLDS("unhold", "h2")}${REINVITED(3, "    o=- {session} 3 IN IP4 192.0.2.1\n    a=sendrecv\n")}${AGREED(3, "sendrecv")}
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
    [
      "says active, which changes nothing: no re-INVITE",
      `${TALKING}${JULIET_HOLDS("active")}
nothing on phone
${PHONE_HANGS_UP}`,
    ],
    // proves: J29
    [
      "changes the senders of a content (content-modify), which the phone mirrors: no hold of its own",
      `${TALKING}${JULIET_SAYS("content-modify", "<content creator='initiator' name='0' senders='responder'/>")}${REINVITED(2, "    a=recvonly\n")}${AGREED(2, "sendonly")}
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
    // proves: J31
    [
      "holds, and the phone refuses: the session stays as it was, and the user is told",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}${REFUSED(2, "488 Not Acceptable Here")}
gateway > juliet
    <iq type='set'><jingle action='content-modify' sid='s1'><content creator='initiator' name='0' senders='both'/></jingle></iq>
${PHONE_HANGS_UP}`,
    ],
    // proves: J30
    [
      "changes his mind while an offer is open: it waits, and is sent when that is answered",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}${JULIET_HOLDS("unhold", "h2")}${JULIET_HOLDS("hold", "h3")}${JULIET_HOLDS("unhold", "h4")}
nothing on phone
${AGREED(2, "recvonly")}${REINVITED(3, "    a=sendrecv\n")}${AGREED(3, "sendrecv")}${PHONE_HANGS_UP}`,
    ],
    // proves: J27
    [
      "adds a source: re-INVITE with a=jingle-action first, and only that source",
      `${TALKING}${JULIET_SAYS("source-add", "<content creator='initiator' name='0'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='1234'><parameter name='cname' value='c'/></source></description></content>")}${REINVITED(2, "    a=jingle-action:source-add\n    a=ssrc:1234 cname:c\n    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n")}${AGREED(2, "sendrecv")}${PHONE_HANGS_UP}`,
    ],
    [
      "removes and updates sources the same way",
      `${TALKING}${JULIET_SAYS("source-remove", "<content creator='initiator' name='0'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='1'><parameter name='cname' value='c'/></source></description></content>")}${REINVITED(2, "    a=jingle-action:source-remove\n    a=ssrc:1 cname:c\n")}${AGREED(2, "sendrecv")}${JULIET_SAYS("source-update", "<content creator='initiator' name='0'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='2'><parameter name='cname' value='d'/></source></description></content>", "h2")}${REINVITED(3, "    a=jingle-action:source-update\n    a=ssrc:2 cname:d\n")}${AGREED(3, "sendrecv")}${PHONE_HANGS_UP}`,
    ],
    [
      "hangs up while his change is open: BYE, and the late answer is acknowledged",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "")}${JULIET_SAYS("session-terminate", "<reason><success/></reason>", "h9")}
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 ACK
phone > gateway
    SIP/2.0 200 OK
    CSeq: 3 BYE
`,
    ],
    [
      "changes what the phone does not know any more (481): BYE, and general-error",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "")}${REFUSED(2, "481 Call/Transaction Does Not Exist")}
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><general-error/><sip-error code='481'/></reason></jingle></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 481 Call/Transaction Does Not Exist
`,
    ],
  ]);
});

describe("the phone", () => {
  const moved = (play: string): string => changedAll(play, "sip:bob@192.0.2.2:5060", "sip:bob@192.0.2.2:5060;leg=2");
  plays([
    // proves: S48
    [
      "has another Contact in its re-INVITE: what follows goes there (§12.2.2)",
      `${TALKING}${moved(OFFERS(ANSWER_SDP("sendrecv")))}${ANSWERED("sendrecv")}${MOVED}${JULIET_HANGS_UP(BOB, "s1", "sip:bob@192.0.2.2:5060;leg=2")}`,
    ],
    // proves: S48
    [
      "has another Contact in its answer to ours: the ACK and what follows go there (§12.2.1.2)",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}${moved(AGREED(2, "recvonly"))}${JULIET_HANGS_UP(BOB, "s1", "sip:bob@192.0.2.2:5060;leg=2")}`,
    ],
    // proves: S47
    [
      "re-INVITEs without a change: 200 with our description, and the transports to the user",
      `${TALKING}${OFFERS(ANSWER_SDP("sendrecv"))}${ANSWERED("sendrecv")}${MOVED}${PHONE_HANGS_UP}`,
    ],
    // proves: S47
    [
      "holds and resumes: the user hears hold, then active",
      `${TALKING}${OFFERS(ANSWER_SDP("sendonly"))}${ANSWERED("recvonly")}${MOVED}${JULIET_HEARS("hold")}${OFFERS(ANSWER_SDP("sendrecv"))}${ANSWERED("sendrecv")}${MOVED}${JULIET_HEARS("active")}${PHONE_HANGS_UP}`,
    ],
    [
      "resumes while the user holds: our answer is limited by the user's own hold",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}${AGREED(2, "recvonly")}${OFFERS(ANSWER_SDP("sendrecv"))}${ANSWERED("sendonly")}${MOVED}${PHONE_HANGS_UP}`,
    ],
    // proves: S47
    [
      "does not want to hear any more: content-modify",
      `${TALKING}${OFFERS(ANSWER_SDP("recvonly"))}${ANSWERED("sendonly")}${MOVED}
gateway > juliet
    <iq type='set'><jingle action='content-modify' sid='s1'><content name='0' senders='initiator'/></jingle></iq>
${PHONE_HANGS_UP}`,
    ],
    // proves: S46
    [
      "adds a source with a=jingle-action: that action to the user, and a legal answer",
      `${TALKING}${OFFERS(`    v=0
    o=- 1 2 IN IP4 203.0.113.9
    s=-
    c=IN IP4 203.0.113.9
    t=0 0
    a=jingle-action:source-add
    m=audio 50000 UDP/TLS/RTP/SAVPF 111 0
    a=rtpmap:111 opus/48000/2
    a=ice-ufrag:uB
    a=ice-pwd:pB34567890123456789012
    a=ssrc:77 cname:x`)}${ANSWERED("sendrecv")}
gateway > juliet
    <iq type='set'><jingle action='source-add' sid='s1'><content creator='initiator' name='0'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='77'><parameter name='cname' value='x'/></source></description></content></jingle></iq>
${PHONE_HANGS_UP}`,
    ],
    [
      "names a foreign jingle-action, which counts as none",
      `${TALKING}${OFFERS(changed(ANSWER_SDP("sendrecv"), "    {answer-sdp}", "    {answer-sdp}\n    a=jingle-action:session-terminate"))}${ANSWERED("sendrecv")}${MOVED}${PHONE_HANGS_UP}`,
    ],
    // proves: S49
    [
      "re-INVITEs without SDP: 200 with the session as it is for an offer, and the answer in the ACK is told (RFC 3261 §14.2)",
      `${TALKING}${ASKS_FOR_AN_OFFER}
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/sdp

${ANSWER_SDP("sendonly")}
${MOVED}${JULIET_HEARS("hold")}${PHONE_HANGS_UP}`,
    ],
    // proves: S49
    [
      "re-INVITEs without SDP, and its ACK has no answer: BYE, and general-error with a text",
      `${TALKING}${ASKS_FOR_AN_OFFER}
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
${NO_ANSWER("the answer has no SDP")}`,
    ],
    // proves: S49
    [
      "re-INVITEs without SDP, and its ACK answers something else: BYE, and general-error with a text",
      `${TALKING}${ASKS_FOR_AN_OFFER}
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/sdp

    {accepted-video-sdp}
${NO_ANSWER("…")}`,
    ],
    // proves: S50
    [
      "answers our offer by a 200 without SDP: ACK, BYE, and general-error with a text",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 INVITE
    Contact: <sip:bob@192.0.2.2:5060>
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
${NO_ANSWER("the answer has no SDP")}`,
    ],
    // proves: S51
    [
      "says 100 to our offer and no more: CANCEL after 64*T1, and the call ends as by 408",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}
phone > gateway
    SIP/2.0 100 Trying
    CSeq: 2 INVITE
after 31 s
nothing on phone
after 1 s
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 CANCEL
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><general-error/><sip-error code='408'>Request Timeout</sip-error></reason></jingle></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
    CSeq: 3 BYE
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 CANCEL
# the answer crosses the CANCEL: it is acknowledged, and means nothing any more
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 INVITE
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 ACK
nothing on juliet
`,
    ],
    // proves: S51
    [
      "hangs up while it has our offer: CANCEL, as soon as something is heard of it",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}${PHONE_HANGS_UP}
phone > gateway
    SIP/2.0 100 Trying
    CSeq: 2 INVITE
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 CANCEL
`,
    ],
    // proves: S73
    [
      "refreshes by UPDATE while our offer is open: 200 (RFC 3311 §5.2)",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}${REFRESHES}${AGREED(2, "recvonly")}${PHONE_HANGS_UP}`,
    ],
    // proves: S73
    [
      "refreshes by UPDATE while its offer waits for the user: 200",
      `${TALKING}${OFFERS("    {added-video-sdp}")}${MOVED}
gateway > juliet
    <iq type='set'><jingle action='content-add' sid='s1'/></iq>
${REFRESHES}${PHONE_HANGS_UP}
gateway > phone
    SIP/2.0 487 Request Terminated
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`,
    ],
    // proves: S52
    [
      "that has called offers while its INVITE has no final response: 500 with Retry-After (§14.2)",
      `${CAROL_CALLS}${["INVITE", "UPDATE"].map((method) => TOO_EARLY(method)).join("")}
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
gateway > phone
    SIP/2.0 487 Request Terminated
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`,
    ],
    // proves: S52
    [
      "offers after our BYE: 481",
      `${TALKING}
juliet > gateway
    <iq type='set' id='a9' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'/></iq>
gateway > juliet
    <iq type='result' id='a9'/>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
${OFFERS(ANSWER_SDP("sendonly"))}
gateway > phone
    SIP/2.0 481 Call/Transaction Does Not Exist
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 BYE
`,
    ],
    // proves: S29
    [
      "re-INVITEs with Recv-Info: the 200 says what we understand (RFC 6086 §5.2.3)",
      `${TALKING}${changed(OFFERS(ANSWER_SDP("sendrecv")), "    Contact", "    Recv-Info: trickle-ice\n    Contact")}
gateway > phone
    SIP/2.0 200 OK
    Allow: INVITE, …
    Accept: application/sdp, …
    Supported: 100rel, trickle-ice, timer
    Recv-Info: trickle-ice
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
${MOVED}${PHONE_HANGS_UP}`,
    ],
    // proves: S53, S55
    [
      "offers while our offer is open: 491 (§14.2)",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}${OFFERS(ANSWER_SDP("sendonly"))}
gateway > phone
    SIP/2.0 491 Request Pending
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
${AGREED(2, "recvonly")}${PHONE_HANGS_UP}`,
    ],
    // proves: S66
    [
      "floods us with offers: each is refused while the first waits for the user, and the call is unharmed",
      `${TALKING}${OFFERS("    {added-video-sdp}")}${MOVED}
gateway > juliet
    <iq type='set'><jingle action='content-add' sid='s1'/></iq>
gateway > phone
    SIP/2.0 100 Trying
${Array.from(
  { length: 20 },
  () => `${OFFERS("    {answer-sdp}")}
gateway > phone
    SIP/2.0 500 Server Internal Error
    Retry-After: …
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`,
).join("")}${JULIET_SAYS("content-reject", "<content creator='responder' name='video'/>")}
gateway > phone
    SIP/2.0 200 OK
    CSeq: 101 INVITE
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    CSeq: 101 ACK
${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    [
      "answers 491: we try again after a while, and theirs may come first (§14.1)",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}${REFUSED(2, "491 Request Pending")}
after 500 ms
nothing on phone
${OFFERS(ANSWER_SDP("sendrecv"))}${ANSWERED("sendonly")}${MOVED}
${REINVITED(3, "    a=sendonly\n")}${AGREED(3, "recvonly")}${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    // proves: S55
    [
      "answers 491, and nothing else comes: we try again after 2.1 to 4 seconds",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}${REFUSED(2, "491 Request Pending")}
after 2 s
nothing on phone
after 2 s
${REINVITED(3, "    a=sendonly\n")}${AGREED(3, "recvonly")}${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    // proves: S55
    [
      "that has called answers 491: we try again within two seconds, since the Call-ID is not ours (§14.1)",
      `${CAROL_CALLS}${JULIET_ACCEPTS}${CAROL_ACKS}${HOLDS_CAROL}${CAROL_REINVITED(1)}
phone > gateway
    SIP/2.0 491 Request Pending
    CSeq: 1 INVITE
gateway > phone
    ACK sip:carol@192.0.2.2:5060 SIP/2.0
after 1600 ms
${CAROL_REINVITED(2)}
phone > gateway
    SIP/2.0 488 Not Acceptable Here
    CSeq: 2 INVITE
gateway > phone
    ACK sip:carol@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set' from='${CAROL}'><jingle action='content-modify' sid='c1'/></iq>
${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    // proves: A9
    [
      "that has called by way of two proxies is asked back by their way, the nearest first (RFC 3261 §12.1.1)",
      `${changed(CAROL_CALLS, "    Call-ID: c1", "    Record-Route: <sip:192.0.2.2;lr>\n    Record-Route: <sip:198.51.100.7;lr>\n    Call-ID: c1")}${JULIET_ACCEPTS}${CAROL_ACKS}${HOLDS_CAROL}${CAROL_REINVITED(1, "Route: <sip:192.0.2.2;lr> ↵ Route: <sip:198.51.100.7;lr>")}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
    a=recvonly
gateway > phone
    ACK sip:carol@192.0.2.2:5060 SIP/2.0
    … ↵ Route: <sip:192.0.2.2;lr> ↵ Route: <sip:198.51.100.7;lr> ↵ …
${PHONE_HANGS_UP}`,
    ],
    // proves: A9
    [
      "that was called by way of two proxies is asked by their way, the nearest first (RFC 3261 §12.1.2)",
      `${JULIET_CALLS}${changed(BOB_ANSWERS, "    Content-Type", "    Record-Route: <sip:198.51.100.7;lr>\n    Record-Route: <sip:192.0.2.2;lr>\n    Content-Type")}${JULIET_HOLDS()}${REINVITED(2, "    … ↵ Route: <sip:192.0.2.2;lr> ↵ Route: <sip:198.51.100.7;lr> ↵ …\n")}${AGREED(2, "recvonly")}${PHONE_HANGS_UP}`,
    ],
    [
      "never acknowledges our answer: BYE after 64*T1, and general-error",
      `${TALKING}${OFFERS(ANSWER_SDP("sendrecv"))}
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INVITE
${MOVED}
after 32 s
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><general-error/></reason></jingle></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`,
    ],
    [
      "holds a call that it has placed itself",
      `${CAROL_CALLS}${JULIET_ACCEPTS}${CAROL_ACKS}
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
    a=sendonly
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INVITE
    a=recvonly
    a=setup:active
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > juliet
    <iq type='set' from='${CAROL}'><jingle action='transport-info' sid='c1'/></iq>
gateway > juliet
    <iq type='set' from='${CAROL}'><jingle action='session-info' sid='c1'><hold/></jingle></iq>
${PHONE_HANGS_UP}`,
    ],
  ]);
});
