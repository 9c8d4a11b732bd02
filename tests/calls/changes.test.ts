/**
 * What the user changes is never lost, and what the phone offers is answered section by section: RFC 3264 §6 and §8, RFC 3261
 * §14.1, XEP-0166 §7.2, docs/mapping.md tables J and S.
 */
import { describe } from "bun:test";
import { changed, changedAll } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import {
  AGREED,
  BOB,
  BOB_ANSWERS,
  CAROL,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_HANGS_UP,
  JULIET_HOLDS,
  JULIET_SAYS,
  OFFERS,
  PHONE_HANGS_UP,
  REFUSED,
  REINVITED,
  TALKING,
} from "./scenes.ts";

const ICE = "urn:xmpp:jingle:transports:ice-udp:1";
const FINGERPRINT = Array(32).fill("AB").join(":");
const SENDERS = (senders: string, id = "h1"): string =>
  JULIET_SAYS("content-modify", `<content creator='initiator' name='0' senders='${senders}'/>`, id);
const SOURCE = (ssrc: number, id = `q${ssrc}`): string =>
  JULIET_SAYS(
    "source-add",
    `<content creator='initiator' name='0'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='${ssrc}'><parameter name='cname' value='c'/></source></description></content>`,
    id,
  );
const CANDIDATE = (ip: string, port: number): string =>
  `<candidate component='1' foundation='9' generation='0' id='x' ip='${ip}' network='0' port='${port}' priority='2130706431' protocol='udp' type='host'/>`;
const MOVED = (ufrag: string, candidate = "", name = "0"): string =>
  `<content creator='initiator' name='${name}'><transport xmlns='${ICE}' ufrag='${ufrag}' pwd='pR34567890123456789012'>${candidate}</transport></content>`;
const RESTARTS = (ufrag = "uR", candidate = CANDIDATE("198.51.100.9", 41000), id = "h2"): string =>
  JULIET_SAYS("transport-info", MOVED(ufrag, candidate), id);
const HEARS = (action: string, inside = ""): string => `
gateway > juliet
    <iq type='set' from='bob@sip.example.org'><jingle action='${action}' sid='s1'>${inside}</jingle></iq>
`;
const TOLD_BACK = HEARS("content-modify", "<content creator='initiator' name='0' senders='both'/>");
const ANSWERS = (more = ""): string => `
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INVITE
${more}
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;
const TRYING = `
gateway > phone
    SIP/2.0 100 Trying
`;
const TERMINATED = `
gateway > phone
    SIP/2.0 487 Request Terminated
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;
const NOT_ACCEPTABLE = `
gateway > phone
    SIP/2.0 488 Not Acceptable Here
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;
const AUDIO = (session = "", section = ""): string => `    v=0
    o=- 1 2 IN IP4 203.0.113.9
    s=-
    c=IN IP4 203.0.113.9
    t=0 0
${session}    m=audio 50000 UDP/TLS/RTP/SAVPF 111 0
    a=mid:0
    a=rtpmap:111 opus/48000/2
    a=rtcp-mux
    a=ice-ufrag:uB
    a=ice-pwd:pB34567890123456789012
    a=fingerprint:sha-256 ${FINGERPRINT}
    a=setup:actpass
    a=candidate:1 1 udp 2130706431 203.0.113.9 50000 typ host
${section}`;
const VIDEO_SECTION = `    m=video 50002 UDP/TLS/RTP/SAVPF 96
    a=mid:video
    a=rtpmap:96 VP8/90000
    a=ice-ufrag:vB
    a=ice-pwd:vB34567890123456789012
    a=fingerprint:sha-256 ${FINGERPRINT}
    a=setup:actpass
    a=ssrc:77 cname:x`;
const ASKED_FOR_VIDEO = HEARS("transport-info") + HEARS("content-add", "<content creator='responder' name='video'/>");
const THEIR_VIDEO = OFFERS("    {added-video-sdp}") + ASKED_FOR_VIDEO;
const SCREEN = `<content creator='initiator' name='screen'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='video'><payload-type id='96' name='VP8' clockrate='90000'/></description><transport xmlns='${ICE}' ufrag='wA' pwd='wA34567890123456789012'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='actpass'>${FINGERPRINT}</fingerprint>${CANDIDATE("198.51.100.7", 40004)}</transport></content>`;
/** As many offers as may be pending: a source action is never merged with a hold. */
const SIXTEEN_CHANGES = Array.from(
  { length: 8 },
  (_, at) => SOURCE(at + 1) + JULIET_HOLDS(at % 2 === 0 ? "hold" : "active", `w${at}`),
).join("");
const TRICKLES = (ufrag: string, pwd: string, mid: string): string => `
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Info-Package: trickle-ice
    Content-Type: application/trickle-ice-sdpfrag

    m=audio 9 RTP/AVP 0
    a=ice-ufrag:${ufrag}
    a=ice-pwd:${pwd}
    a=mid:${mid}
    a=candidate:3 1 udp 1694498815 203.0.113.77 50001 typ srflx raddr 203.0.113.9 rport 50000
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INFO
`;
const INFO_SAID = (cseq: number, line = ""): string => `
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} INFO
${line}
phone > gateway
    SIP/2.0 200 OK
    CSeq: ${cseq} INFO
`;
const THREE_AGREED = (cseq: number): string => `
phone > gateway
    SIP/2.0 200 OK
    CSeq: ${cseq} INVITE
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {accepted-video-sdp}
    m=video 0 UDP/TLS/RTP/SAVPF 96
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`;

describe("the phone's offer", () => {
  plays([
    // proves: S59
    [
      "has a section that nobody knows: port 0 in its place, and the call goes on",
      `${TALKING}${OFFERS(AUDIO("", "    m=image 50004 udptl t38"))}${ANSWERS("    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    m=image 0 udptl …\n")}${HEARS("transport-info")}${OFFERS(AUDIO("", "    m=image 0 udptl t38"))}${ANSWERS("    m=image 0 udptl …\n")}${HEARS("transport-info")}${PHONE_HANGS_UP}`,
    ],
    // proves: S59
    [
      "adds a source in a section that is new: port 0 in its place, in what we offer later too",
      `${TALKING}${OFFERS(AUDIO("    a=jingle-action:source-add\n", VIDEO_SECTION))}${ANSWERS("    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    m=video 0 UDP/TLS/RTP/SAVPF 96\n")}${HEARS("source-add")}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n    m=video 0 UDP/TLS/RTP/SAVPF 96\n")}${PHONE_HANGS_UP}`,
    ],
    // proves: S62
    [
      "has no codec of ours: 488, and the call goes on",
      `${TALKING}${OFFERS(changed(changed(AUDIO(), "SAVPF 111 0", "SAVPF 9"), "    a=rtpmap:111 opus/48000/2\n", ""))}${NOT_ACCEPTABLE}${PHONE_HANGS_UP}`,
    ],
    [
      "leaves nothing when the user has rejected what is new in it: 488, and the call goes on",
      `${TALKING}${OFFERS(changed(AUDIO("", VIDEO_SECTION), "m=audio 50000", "m=audio 0"))}${HEARS("content-add", "<content name='video'/>")}${JULIET_SAYS("content-reject", "<content creator='responder' name='video'/>", "h4")}${NOT_ACCEPTABLE}${PHONE_HANGS_UP}`,
    ],
    [
      "comes before ours that it has put off: what we add has no place in the answer, and comes after it",
      `${TALKING}${JULIET_SAYS("content-add", "{added-video}")}${REINVITED(2, "    m=video 40002 UDP/TLS/RTP/SAVPF 96\n")}${REFUSED(2, "491 Request Pending")}${OFFERS(AUDIO())}${ANSWERS("    no m=video …\n")}${HEARS("transport-info")}${REINVITED(3, "    m=video 40002 UDP/TLS/RTP/SAVPF 96\n")}${AGREED(3, "sendrecv", "accepted-video-sdp")}${HEARS("content-accept")}${PHONE_HANGS_UP}`,
    ],
    [
      "waits for the user, who adds a content of his own: it comes after, in a place of its own",
      `${TALKING}${THEIR_VIDEO}${JULIET_SAYS("content-add", SCREEN)}${JULIET_SAYS("content-accept", "{accepted-video}", "h4")}${ANSWERS("    m=video 40002 UDP/TLS/RTP/SAVPF 96\n    no m=video 40004 …\n")}${REINVITED(2, "    m=video 40002 UDP/TLS/RTP/SAVPF 96\n    m=video 40004 UDP/TLS/RTP/SAVPF 96\n")}${THREE_AGREED(2)}${HEARS("content-reject", "<content name='screen'/>")}${PHONE_HANGS_UP}`,
    ],
    // proves: S60
    [
      "adds a content and stops hearing another: content-modify too, once the user has decided",
      `${TALKING}${OFFERS(changed(AUDIO("", VIDEO_SECTION), "    a=mid:0", "    a=mid:0\n    a=recvonly"))}${ASKED_FOR_VIDEO}${JULIET_SAYS("content-accept", "{accepted-video}", "h4")}${ANSWERS("    a=sendonly\n")}${HEARS("content-modify", "<content name='0' senders='initiator'/>")}${PHONE_HANGS_UP}`,
    ],
    // proves: S60
    [
      "begins ICE anew and takes a content away: content-remove too, once the user has decided",
      `${TALKING}${THEIR_VIDEO}${JULIET_SAYS("content-accept", "{accepted-video}", "h4")}${ANSWERS()}${OFFERS("    {restarted-offer-sdp}\n    m=video 0 UDP/TLS/RTP/SAVPF 96\n    a=mid:video")}${HEARS("transport-info")}${HEARS("transport-info")}${RESTARTS()}${ANSWERS("    m=video 0 UDP/TLS/RTP/SAVPF 96\n")}${HEARS("content-remove", "<content name='video'/>")}${PHONE_HANGS_UP}`,
    ],
    // proves: S61
    [
      "is trickled to while it waits for the user: he hears of its new transports' candidates",
      `${TALKING}${OFFERS("    {restarted-offer-sdp}")}${HEARS("transport-info")}${HEARS("transport-info")}${TRICKLES("uC", "pC34567890123456789012", "0")}${HEARS("transport-info", "<content name='0'><transport ufrag='uC'><candidate ip='203.0.113.77' generation='1'/></transport></content>")}${RESTARTS()}${ANSWERS("    a=ice-ufrag:uR\n")}${PHONE_HANGS_UP}`,
    ],
    // proves: S61
    [
      "is trickled to while it waits for the user: he hears of its new contents' candidates",
      `${TALKING}${THEIR_VIDEO}${TRICKLES("vB", "vB34567890123456789012", "video")}${HEARS("transport-info", "<content name='video'><transport ufrag='vB'><candidate ip='203.0.113.77'/></transport></content>")}${JULIET_SAYS("content-accept", "{accepted-video}", "h4")}${ANSWERS()}${PHONE_HANGS_UP}`,
    ],
    // proves: S63
    [
      "of a phone that knows no ICE is told in the kind of transport that its answer was told in",
      `
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'><content creator='initiator' name='0' senders='both'>
    <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><payload-type id='0' name='PCMU' clockrate='8000'/></description>
    <transport xmlns='${ICE}' ufrag='uA' pwd='pA34567890123456789012'>${CANDIDATE("198.51.100.7", 40000)}</transport></content></jingle></iq>
gateway > juliet
    <iq type='result' id='a1' from='bob@sip.example.org'/>
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
${changed(BOB_ANSWERS, "{answer-sdp}", "{plain-sdp}")}${OFFERS("    {plain-sdp}")}${ANSWERS("    m=audio 40000 RTP/AVP 0\n")}${HEARS("transport-info", `<content name='0'><transport xmlns='${ICE}'><candidate ip='203.0.113.9' port='50000'/></transport></content>`)}${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("what the user changes is kept", () => {
  plays([
    // proves: J42
    [
      "when an offer before it is refused: a source",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}${SOURCE(1234)}${REFUSED(2, "488 Not Acceptable Here")}${TOLD_BACK}${REINVITED(3, "    a=jingle-action:source-add\n    a=ssrc:1234 cname:c\n    a=sendrecv\n")}${AGREED(3, "sendrecv")}${PHONE_HANGS_UP}`,
    ],
    [
      "when an offer before it is refused: ICE begun anew",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}${RESTARTS()}${REFUSED(2, "488 Not Acceptable Here")}${TOLD_BACK}${REINVITED(3, "    a=ice-ufrag:uR\n")}${AGREED(3, "sendrecv", "restarted-answer-sdp")}${HEARS("transport-info")}${PHONE_HANGS_UP}`,
    ],
    // proves: J42
    [
      "when an offer before it is refused: a hold, and what was refused is in no offer any more",
      `${TALKING}${SOURCE(1)}${REINVITED(2, "    a=ssrc:1 cname:c\n")}${JULIET_HOLDS()}${SOURCE(2)}${REFUSED(2, "488 Not Acceptable Here")}${REINVITED(3, "    a=sendonly\n    no a=ssrc:…\n")}${AGREED(3, "recvonly")}${REINVITED(4, "    a=jingle-action:source-add\n    a=ssrc:2 cname:c\n    no a=ssrc:1 …\n")}${AGREED(4, "recvonly")}${PHONE_HANGS_UP}`,
    ],
    // proves: J42
    [
      "when the phone's offer has waited for him in vain: a hold, and a content",
      `${TALKING}${THEIR_VIDEO}${TRYING}${JULIET_HOLDS()}${JULIET_SAYS("content-add", SCREEN, "h3")}
after 10 s
${NOT_ACCEPTABLE}${HEARS("content-remove", "<content name='video'/>")}${REINVITED(2, "    a=sendonly\n    m=video 40004 UDP/TLS/RTP/SAVPF 96\n    no a=mid:video\n")}${AGREED(2, "recvonly", "accepted-video-sdp")}${HEARS("content-accept", "<content name='screen'/>")}${PHONE_HANGS_UP}`,
    ],
    [
      "when the phone adds a content of the same name: his comes after it, in its place",
      `${TALKING}${JULIET_SAYS("content-add", "{added-video}")}${REINVITED(2, "    m=video 40002 UDP/TLS/RTP/SAVPF 96\n")}${REFUSED(2, "491 Request Pending")}${THEIR_VIDEO}${JULIET_SAYS("content-accept", "{accepted-video}", "h4")}${ANSWERS("    m=video 40002 UDP/TLS/RTP/SAVPF 96\n    a=mid:video\n")}${REINVITED(3, "    m=video 40002 UDP/TLS/RTP/SAVPF 96\n    no a=mid:video-2\n")}${AGREED(3, "sendrecv", "accepted-video-sdp")}${HEARS("content-accept", "<content name='video'/>")}${PHONE_HANGS_UP}`,
    ],
    [
      "while the phone's offer waits for him: his candidates go out at once",
      `${TALKING}${THEIR_VIDEO}${JULIET_SAYS("transport-info", "{caller-trickles}", "h4")}${INFO_SAID(2, "    a=candidate:2 1 udp 1694498815 203.0.113.4 40001 typ srflx …\n")}${JULIET_SAYS("content-reject", "<content creator='responder' name='video'/>", "h5")}${ANSWERS()}${PHONE_HANGS_UP}`,
    ],
    // proves: J46
    [
      "while a call of the phone's has no ACK yet: offered after it, and keys go their way",
      `${CAROL_CALLS}${JULIET_ACCEPTS}
juliet > gateway
    <iq type='set' id='h1' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='c1'><hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
gateway > juliet
    <iq type='result' id='h1'/>
juliet > gateway
    <iq type='set' id='h2' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='content-add' sid='c1'>${changed(SCREEN, "initiator", "responder")}</jingle></iq>
gateway > juliet
    <iq type='result' id='h2'/>
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/dtmf-relay

    Signal=5
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INFO
gateway > juliet
    <iq type='set'><jingle action='session-info' sid='c1'><dtmf code='5'/></jingle></iq>
nothing on phone
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    CSeq: 101 ACK
gateway > phone
    INVITE sip:carol@192.0.2.2:5060 SIP/2.0
    CSeq: 1 INVITE
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
    a=sendonly
    m=video 40004 UDP/TLS/RTP/SAVPF 96
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    {accepted-video-sdp}
gateway > phone
    ACK sip:carol@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='content-accept' sid='c1'><content name='screen'/></jingle></iq>
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='c1'/></iq>
${PHONE_HANGS_UP}`,
    ],
    // proves: J47
    [
      "as far as a phone can be told: more than 64 sources of a content are resource-constraint",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "")}${Array.from({ length: 64 }, (_, at) => SOURCE(at + 1)).join("")}${changed(
        SOURCE(65),
        "<iq type='result' id='q65'/>",
        "<iq type='error' id='q65'><error type='wait'><resource-constraint/></error></iq>",
      )}${AGREED(2, "recvonly")}${REINVITED(3, "    a=jingle-action:source-add\n    a=ssrc:1 cname:c\n    a=ssrc:64 cname:c\n")}${AGREED(3, "recvonly")}${PHONE_HANGS_UP}`,
    ],
    // proves: J47
    [
      "in a call that the user has placed, while the phone offers a content: one change more than may wait is resource-constraint, no tie-break",
      `${TALKING}${THEIR_VIDEO}${SIXTEEN_CHANGES}${changed(
        JULIET_SAYS("content-add", SCREEN, "h17"),
        "<iq type='result' id='h17'/>",
        "<iq type='error' id='h17'><error type='wait'><resource-constraint/></error></iq>",
      )}${TRYING}${PHONE_HANGS_UP}${TERMINATED}`,
    ],
    // proves: J15
    [
      "after the user has hung up while the phone offers a content: there is no session, and no tie-break",
      `${TALKING}${THEIR_VIDEO}${JULIET_HANGS_UP(BOB, "s1", "sip:bob@192.0.2.2:5060").split("phone > gateway")[0]}${changed(
        JULIET_SAYS("content-add", SCREEN, "h17"),
        "<iq type='result' id='h17'/>",
        "<iq type='error' id='h17'><error type='cancel'><item-not-found/><unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error></iq>",
      )}
phone > gateway
    SIP/2.0 200 OK
    CSeq: … BYE
${TERMINATED}`,
    ],
  ]);
});

describe("an offer that is put off", () => {
  plays([
    // proves: S69
    [
      "is made again five times, a second apart at least, and then is refused",
      `${TALKING}${JULIET_HOLDS()}${Array.from(
        { length: 6 },
        (_, at) =>
          `${REINVITED(2 + at, "    a=sendonly\n")}${changed(REFUSED(2 + at, "500 Server Internal Error"), " INVITE\n", " INVITE\n    Retry-After: 0\n")}${at < 5 ? "after 900 ms\nnothing on phone\nafter 100 ms\n" : ""}`,
      ).join("")}${TOLD_BACK}
nothing on phone
${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    [
      "by a phone that does not know the call is not made again (481)",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "")}${changed(REFUSED(2, "481 Call/Transaction Does Not Exist"), " INVITE\n", " INVITE\n    Retry-After: 5\n")}${HEARS("session-terminate", "<reason><general-error/><sip-error code='481'/></reason>")}
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 481 Call/Transaction Does Not Exist
`,
    ],
  ]);
});

describe("hold", () => {
  plays([
    // proves: J41
    [
      "takes the phone's sending away and nothing else, and resuming gives it back (RFC 3264 §8.4)",
      `${TALKING}${SENDERS("responder")}${REINVITED(2, "    a=recvonly\n")}${AGREED(2, "sendonly")}${JULIET_HOLDS("hold", "h2")}${REINVITED(3, "    a=inactive\n")}${AGREED(3, "inactive")}${JULIET_HOLDS("active", "h3")}${REINVITED(4, "    a=recvonly\n")}${AGREED(4, "sendonly")}
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
    // proves: J41
    [
      "changes nothing where nobody sends, and active nothing where nobody holds",
      `${TALKING}${SENDERS("none")}${REINVITED(2, "    a=inactive\n")}${AGREED(2, "inactive")}${JULIET_HOLDS("hold", "h2")}${JULIET_HOLDS("active", "h3")}
nothing on phone
nothing on juliet
${SENDERS("initiator", "h4")}${REINVITED(3, "    a=sendonly\n")}${AGREED(3, "recvonly")}${JULIET_HOLDS("active", "h5")}
nothing on phone
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("ICE that the user begins anew", () => {
  plays([
    [
      "twice within half a second: the second counts",
      `${TALKING}${RESTARTS("uR", "")}${RESTARTS("uS", CANDIDATE("198.51.100.9", 41000), "h3")}${REINVITED(2, "    a=ice-ufrag:uS\n    m=audio 41000 UDP/TLS/RTP/SAVPF 111 0\n")}${AGREED(2, "sendrecv", "restarted-answer-sdp")}${HEARS("transport-info")}${PHONE_HANGS_UP}`,
    ],
    [
      "in one stanza with a candidate of another content: both are kept",
      `${TALKING}${JULIET_SAYS("content-add", "{added-video}")}${REINVITED(2, "")}${AGREED(2, "sendrecv", "accepted-video-sdp")}${HEARS("content-accept")}${JULIET_SAYS("transport-info", MOVED("uR", CANDIDATE("198.51.100.9", 41000)) + changed(MOVED("vA", CANDIDATE("198.51.100.99", 42000), "video"), "pR3456", "vA3456"), "h2")}
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
    a=candidate:9 1 udp 2130706431 198.51.100.99 42000 typ host generation 0
    no a=ice-ufrag:uR
${REINVITED(4, "    a=ice-ufrag:uR\n    a=candidate:9 1 udp 2130706431 198.51.100.99 42000 typ host generation 0\n")}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 3 INFO
${AGREED(4, "sendrecv", "accepted-video-sdp")}${PHONE_HANGS_UP}`,
    ],
    // proves: J48
    [
      "and answered without a candidate: told with the first one that comes",
      `${TALKING}${RESTARTS()}${REINVITED(2, "    a=ice-ufrag:uR\n")}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 INVITE
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

${changed(changed(changedAll(changedAll(AUDIO(), "uB", "uC"), "pB", "pC"), "actpass", "active"), / {4}a=candidate.*\n/, "")}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
nothing on juliet
${TRICKLES("uC", "pC34567890123456789012", "0")}${HEARS("transport-info", `<content name='0'><transport ufrag='uC' pwd='pC34567890123456789012'><fingerprint/><candidate ip='203.0.113.77'/></transport></content>`)}${PHONE_HANGS_UP}`,
    ],
    // proves: J48
    [
      "and the phone refuses: the old transport is told back, and the refused one is not offered again",
      `${TALKING}${RESTARTS()}${REINVITED(2, "    a=ice-ufrag:uR\n")}${REFUSED(2, "488 Not Acceptable Here")}${HEARS("transport-info", "<content name='0'><transport ufrag='uB'><candidate/></transport></content>")}${RESTARTS("uR", CANDIDATE("198.51.100.10", 41000), "h3")}
nothing on phone
${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("a content that shares a transport", () => {
  const shared = changed(changed(changed(SCREEN, "wA'", "uA'"), "wA345", "pA345"), /<candidate[^>]*>/, "");
  const group =
    "<group xmlns='urn:xmpp:jingle:apps:grouping:0' semantics='BUNDLE'><content name='0'/><content name='screen'/></group>";
  plays([
    // proves: S56
    [
      "and that the phone offers is told with its group, and accepted into it",
      `${TALKING}${OFFERS(AUDIO("    a=group:BUNDLE 0 video\n", changed(changedAll(VIDEO_SECTION, "vB", "uB"), "a=ice-pwd:uB", "a=ice-pwd:pB")))}${HEARS("transport-info")}${HEARS("content-add", "<content creator='responder' name='video'/><group semantics='BUNDLE'><content name='0'/><content name='video'/></group>")}${JULIET_SAYS("content-accept", changed(shared, "creator='initiator' name='screen'", "creator='responder' name='video'") + changed(group, "screen", "video"), "h4")}${ANSWERS("    a=group:BUNDLE 0 video\n    m=video 40000 UDP/TLS/RTP/SAVPF 96\n")}${PHONE_HANGS_UP}`,
    ],
    // proves: J32
    [
      "is added with its group, and needs no address of its own",
      `${TALKING}${JULIET_SAYS("content-add", shared + group)}${REINVITED(2, "    a=group:BUNDLE 0 screen\n    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    m=video 0 UDP/TLS/RTP/SAVPF 96\n    a=bundle-only\n")}${AGREED(2, "inactive", "rejected-video-sdp")}${HEARS("content-reject", "<content name='screen'/>")}${JULIET_HOLDS()}${REINVITED(3, "    a=group:BUNDLE 0\n    m=video 0 UDP/TLS/RTP/SAVPF 96\n    no a=bundle-only\n")}${AGREED(3, "inactive", "rejected-video-sdp")}${PHONE_HANGS_UP}`,
    ],
  ]);
});
