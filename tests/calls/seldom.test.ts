/**
 * What seldom happens to a call: ways of its chart that the other plays do not walk (docs/charts/coverage.md). Changes before there is an
 * answer, an end that crosses another, holds from both sides: signalling §1 to §4, RFC 3261 §9, §13.2.2.4 and §14, RFC 3311 §5.2.
 */
import { describe } from "bun:test";
import { changed, changedAll } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import {
  AGREED,
  ANSWERED,
  BOB_ANSWERS,
  BOB_RINGS,
  CAROL,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  JULIET_HOLDS,
  JULIET_SAYS,
  OFFERS,
  PHONE_HANGS_UP,
  REINVITED,
  TALKING,
} from "./scenes.ts";

const ICE = "urn:xmpp:jingle:transports:ice-udp:1";
const AUDIO = (inside: string): string =>
  `<content creator='initiator' name='0'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>${inside}</description></content>`;
const OPUS = AUDIO(
  "<payload-type id='111' name='opus' clockrate='48000' channels='2'><parameter name='usedtx' value='1'/></payload-type>",
);
const SOURCE = AUDIO(
  "<source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='7'><parameter name='cname' value='c'/></source>",
);
const SENDERS = (senders: string): string => `<content creator='initiator' name='0' senders='${senders}'/>`;
const MOVED = `<content creator='initiator' name='0'><transport xmlns='${ICE}' ufrag='uR' pwd='pR34567890123456789012'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='actpass'>${Array(32).fill("AB").join(":")}</fingerprint><candidate component='1' foundation='1' generation='1' id='r1' ip='198.51.100.9' network='0' port='41000' priority='2130706431' protocol='udp' type='host'/></transport></content>`;
const BYTES =
  "<content creator='initiator' name='0'><transport xmlns='urn:xmpp:jingle:transports:s5b:1' sid='b'/></content>";
const FILE =
  "<content creator='initiator' name='f'><description xmlns='urn:xmpp:jingle:apps:file-transfer:5'/><transport xmlns='urn:xmpp:jingle:transports:s5b:1' sid='b'/></content>";
const HEARS = (action: string, inside = ""): string => `
gateway > juliet
    <iq type='set'><jingle action='${action}'>${inside}</jingle></iq>
`;
const TO_CAROL = (said: string): string =>
  changedAll(changedAll(said, "bob@sip.example.org", CAROL), "sid='s1'", "sid='c1'");
const CAROL_REINVITED = (more: string): string => `
gateway > phone
    INVITE sip:carol@192.0.2.2:5060 SIP/2.0
    CSeq: 1 INVITE
${more}`;
const CAROL_AGREES = (sdp = "answer-sdp"): string => `
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    {${sdp}}
gateway > phone
    ACK sip:carol@192.0.2.2:5060 SIP/2.0
`;
const RINGING = JULIET_CALLS + BOB_RINGS;
const ACCEPTED = CAROL_CALLS + JULIET_ACCEPTS;
const SDP = (direction: string, name = "offer-sdp"): string => `    {${name}}
    a=${direction}`;
const TOLD = (word: string): string => HEARS("session-info", `<${word} xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>`);

describe("the user, before the phone has answered", () => {
  plays([
    [
      "wants to hear only: that is offered after the answer",
      `${RINGING}${JULIET_SAYS("content-modify", SENDERS("responder"))}${BOB_ANSWERS}${REINVITED(2, "    a=recvonly\n")}${AGREED(2, "sendonly")}${PHONE_HANGS_UP}`,
    ],
    [
      "tells other parameters of a codec: they are offered after the answer",
      `${RINGING}${JULIET_SAYS("description-info", OPUS)}${BOB_ANSWERS}${REINVITED(2, "    a=fmtp:111 usedtx=1\n")}${AGREED(2, "sendrecv")}${PHONE_HANGS_UP}`,
    ],
    [
      "replaces the transport: it is offered after the answer",
      `${RINGING}${JULIET_SAYS("transport-replace", MOVED)}${BOB_ANSWERS}${REINVITED(2, "    a=ice-ufrag:uR\n")}${AGREED(2, "sendrecv", "restarted-answer-sdp")}${HEARS("transport-accept")}${PHONE_HANGS_UP}`,
    ],
    [
      "adds what no phone can have, and a transport that none can have: both are rejected, and the call goes on",
      `${RINGING}${JULIET_SAYS("content-add", FILE)}${HEARS("content-reject", "<content name='f'/>")}${JULIET_SAYS("transport-replace", BYTES, "h2")}${HEARS("transport-reject", "<content name='0'/>")}${BOB_ANSWERS}${PHONE_HANGS_UP}`,
    ],
    [
      "holds, and the phone answers with a hold of its own: both hold",
      `${RINGING}${JULIET_HOLDS()}${changed(BOB_ANSWERS, "{answer-sdp}\n", "{answer-sdp}\n    a=sendonly\n")}${TOLD("hold")}${REINVITED(2, "    a=sendonly\n")}${AGREED(2, "inactive")}${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("the user, before the phone has acknowledged his accept", () => {
  plays([
    [
      "wants to hear only: that is offered after the ACK",
      `${ACCEPTED}${TO_CAROL(JULIET_SAYS("content-modify", SENDERS("initiator")))}${CAROL_ACKS}${CAROL_REINVITED("    a=recvonly\n")}${CAROL_AGREES()}${HEARS("transport-info")}${PHONE_HANGS_UP}`,
    ],
    [
      "adds a source: that is offered after the ACK",
      `${ACCEPTED}${TO_CAROL(JULIET_SAYS("source-add", SOURCE))}${CAROL_ACKS}${CAROL_REINVITED("    a=ssrc:7 cname:c\n")}${CAROL_AGREES()}${HEARS("transport-info")}${PHONE_HANGS_UP}`,
    ],
    [
      "tells other parameters of a codec: they are offered after the ACK",
      `${ACCEPTED}${TO_CAROL(JULIET_SAYS("description-info", OPUS))}${CAROL_ACKS}${CAROL_REINVITED("    a=fmtp:111 usedtx=1\n")}${CAROL_AGREES()}${HEARS("transport-info")}${PHONE_HANGS_UP}`,
    ],
    [
      "replaces the transport: it is offered after the ACK",
      `${ACCEPTED}${TO_CAROL(JULIET_SAYS("transport-replace", MOVED))}${CAROL_ACKS}${CAROL_REINVITED("    a=ice-ufrag:uR\n")}${CAROL_AGREES("restarted-answer-sdp")}${HEARS("transport-accept")}${PHONE_HANGS_UP}`,
    ],
    [
      "adds what no phone can have, and a transport that none can have: both are rejected, and the call goes on",
      `${ACCEPTED}${TO_CAROL(JULIET_SAYS("content-add", FILE))}${HEARS("content-reject", "<content name='f'/>")}${TO_CAROL(JULIET_SAYS("transport-replace", BYTES, "h2"))}${HEARS("transport-reject", "<content name='0'/>")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    [
      "presses a key: INFO after the ACK",
      `${ACCEPTED}${TO_CAROL(JULIET_SAYS("session-info", "<dtmf xmlns='urn:xmpp:jingle:dtmf:0' code='5'/>"))}${CAROL_ACKS}
gateway > phone
    INFO sip:carol@192.0.2.2:5060 SIP/2.0
    Content-Type: application/dtmf-relay
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INFO
${PHONE_HANGS_UP}`,
    ],
    [
      "takes his only content away: BYE after the ACK",
      `${ACCEPTED}${TO_CAROL(JULIET_SAYS("content-remove", "<content creator='initiator' name='0'/>"))}${HEARS("session-terminate")}${CAROL_ACKS}
gateway > phone
    BYE sip:carol@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`,
    ],
    [
      "takes one of two contents away: that is offered after the ACK",
      `${changed(changed(CAROL_CALLS, "{offer-sdp}", "{added-video-sdp}"), "<content creator='initiator' name='0'/>", "<content name='0'/><content name='video'/>")}${changed(changed(JULIET_ACCEPTS, "{answer-contents}", "{answer-contents}{added-video}"), "    a=setup:active\n", "")}${TO_CAROL(JULIET_SAYS("content-remove", "<content creator='initiator' name='video'/>"))}${CAROL_ACKS}${CAROL_REINVITED("    m=video 0 UDP/TLS/RTP/SAVPF 96\n")}${CAROL_AGREES("rejected-video-sdp")}${PHONE_HANGS_UP}`,
    ],
    [
      "hangs up, and the phone never acknowledges: BYE all the same (RFC 3261 §13.3.1.4)",
      `${ACCEPTED}${TO_CAROL(JULIET_SAYS("session-terminate", "<reason><success/></reason>"))}
after 33 s
gateway > phone
    BYE sip:carol@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`,
      { byTheClock: true },
    ],
    [
      "hangs up, and so does the phone, without an ACK",
      `${ACCEPTED}${TO_CAROL(JULIET_SAYS("session-terminate", "<reason><success/></reason>"))}
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
`,
    ],
  ]);
});

const ACCEPTS_WITHOUT = `${CAROL_CALLS}
juliet > gateway
    <iq type='set' id='a2' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'>{answer-contents-without-address}</jingle></iq>
gateway > juliet
    <iq type='result' id='a2'/>
nothing on phone
`;
const CAROL_ACKS_A_REFUSAL = `
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;

describe("an accept that has no address yet", () => {
  plays([
    [
      "gets one, and hears that there are no more: 200 at once",
      `${ACCEPTS_WITHOUT}${TO_CAROL(JULIET_SAYS("transport-info", "{callee-trickles}"))}
nothing on phone
${TO_CAROL(JULIET_SAYS("transport-info", "{callee-has-gathered}", "h2"))}
gateway > phone
    SIP/2.0 200 OK
    Content-Type: application/sdp
${CAROL_ACKS}${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    [
      "and the user hangs up: the phone is refused",
      `${ACCEPTS_WITHOUT}${TO_CAROL(JULIET_SAYS("session-terminate", "<reason><decline/></reason>"))}
gateway > phone
    SIP/2.0 …
    CSeq: 101 INVITE
${CAROL_ACKS_A_REFUSAL}`,
      { byTheClock: true },
    ],
    [
      "and the phone gives up: 487, and the user is told",
      `${ACCEPTS_WITHOUT}
phone > gateway
    CANCEL sip:juliet@example.org SIP/2.0
gateway > phone
    SIP/2.0 200 OK
    CSeq: … CANCEL
gateway > phone
    SIP/2.0 487 Request Terminated
${HEARS("session-terminate")}${CAROL_ACKS_A_REFUSAL}`,
      { byTheClock: true },
    ],
    [
      "and the phone hangs up in its early dialog (RFC 3261 §15): 487, and the user is told",
      `${ACCEPTS_WITHOUT}
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
    CSeq: … BYE
gateway > phone
    SIP/2.0 487 Request Terminated
${HEARS("session-terminate")}${CAROL_ACKS_A_REFUSAL}`,
      { byTheClock: true },
    ],
    [
      "of a client that does not know the session any more: the phone is refused",
      `${ACCEPTS_WITHOUT}${TO_CAROL(JULIET_SAYS("content-add", FILE))}
gateway > juliet (unanswered)
    <iq type='set' id='{rejected}'><jingle action='content-reject'/></iq>
juliet > gateway
    <iq type='error' id='{rejected}' to='${CAROL}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error></iq>
gateway > phone
    SIP/2.0 …
    CSeq: 101 INVITE
${CAROL_ACKS_A_REFUSAL}`,
      { byTheClock: true },
    ],
  ]);
});

describe("both hold", () => {
  plays([
    [
      "the user first: the phone's hold and resuming change nothing for him but what he is told",
      `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}${AGREED(2, "recvonly")}${OFFERS(SDP("inactive", "answer-sdp"))}${ANSWERED("inactive")}${HEARS("transport-info")}${TOLD("hold")}${OFFERS(SDP("recvonly", "answer-sdp"))}${ANSWERED("sendonly")}${HEARS("transport-info")}${TOLD("active")}${PHONE_HANGS_UP}`,
    ],
    [
      "the phone first, and the user resumes before it",
      `${TALKING}${OFFERS(SDP("sendonly", "answer-sdp"))}${ANSWERED("recvonly")}${HEARS("transport-info")}${TOLD("hold")}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}${AGREED(2, "inactive")}${JULIET_HOLDS("active", "h2")}${REINVITED(3, "    a=sendrecv\n")}${AGREED(3, "sendonly")}${PHONE_HANGS_UP}`,
    ],
  ]);
});

const GIVES_UP = JULIET_SAYS("session-terminate", "<reason><cancel/></reason>", "h9");
const BYE_TO = (uri: string): string => `
gateway > phone
    BYE ${uri} SIP/2.0
`;
const OK = (cseq: string): string => `
phone > gateway
    SIP/2.0 200 OK
    CSeq: ${cseq}
`;
const CANCELS = `
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
`;
/** The phone has answered before it has heard of the end. */
const CROSSES = (sdp: string): string => `
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    ${sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
${BYE_TO("sip:bob@192.0.2.2:5060")}`;
const RINGS = `
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
`;
const HANGS_UP = `${JULIET_SAYS("session-terminate", "<reason><success/></reason>", "h9")}${BYE_TO("sip:bob@192.0.2.2:5060")}`;
const ATTIC_ANSWERS = (sdp: string): string => `
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob2
    Contact: <sip:attic@192.0.2.2:5060>
    Content-Type: application/sdp

    ${sdp}
gateway > phone
    ACK sip:attic@192.0.2.2:5060 SIP/2.0
${BYE_TO("sip:attic@192.0.2.2:5060")}
phone > gateway
    SIP/2.0 200 OK
    To: <sip:bob@sip.example.org>;tag=bob2
    CSeq: 2 BYE
`;

/** Early media: the phone's answer is known before its 200. */
const PROGRESS = (tag: string, user: string): string => `
phone > gateway
    SIP/2.0 183 Session Progress
    To: <sip:bob@sip.example.org>;tag=${tag}
    Contact: <sip:${user}@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
${HEARS("session-info")}`;

describe("an end that crosses another", () => {
  plays([
    [
      "the CANCEL crosses the answer of a phone that has told it before: ACK and BYE",
      `${JULIET_CALLS}${PROGRESS("bob1", "bob")}${GIVES_UP}${CANCELS}${OK("1 CANCEL")}${CROSSES("{answer-sdp}")}${OK("2 BYE")}`,
    ],
    [
      "the user hangs up, and another phone answers that has told its answer before: ACK and BYE to it",
      `${JULIET_CALLS}${PROGRESS("bob2", "attic")}${BOB_ANSWERS}${HANGS_UP}${ATTIC_ANSWERS("{answer-sdp}")}
after 33 s
nothing on juliet
`,
      { byTheClock: true },
    ],
    [
      "the user gives up, and the phone has answered before any provisional response: ACK and BYE (RFC 3261 §9.1)",
      `${JULIET_CALLS}${GIVES_UP}${CROSSES("{answer-sdp}")}${OK("2 BYE")}`,
    ],
    [
      "the user gives up, and the phone has answered with what nobody can use: ACK and BYE",
      `${JULIET_CALLS}${GIVES_UP}${CROSSES("v=0")}${OK("2 BYE")}`,
    ],
    [
      "the CANCEL crosses the answer: ACK and BYE",
      `${JULIET_CALLS}${RINGS}${HEARS("session-info")}${GIVES_UP}${CANCELS}${OK("1 CANCEL")}${CROSSES("{answer-sdp}")}${OK("2 BYE")}`,
    ],
    [
      "the phone takes the CANCEL and never ends the INVITE: over after 64*T1 (RFC 3261 §9.1)",
      `${JULIET_CALLS}${RINGS}${HEARS("session-info")}${GIVES_UP}${CANCELS}${OK("1 CANCEL")}
after 33 s
nothing on phone
`,
      { byTheClock: true },
    ],
    [
      "both hang up at once: each BYE has its answer",
      `${TALKING}${HANGS_UP}
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
${OK("2 BYE")}`,
    ],
    [
      "the user hangs up, and another phone answers: ACK and BYE to it",
      `${TALKING}${HANGS_UP}${ATTIC_ANSWERS("{answer-sdp}")}
after 33 s
nothing on juliet
`,
      { byTheClock: true },
    ],
    [
      "the user hangs up, and another phone answers with what nobody can use: ACK and BYE to it",
      `${TALKING}${HANGS_UP}${ATTIC_ANSWERS("v=0")}
after 33 s
nothing on juliet
`,
      { byTheClock: true },
    ],
    [
      "another phone answers with what nobody can use: ACK and BYE to it, and the call goes on",
      `${TALKING}${ATTIC_ANSWERS("v=0")}${changed(PHONE_HANGS_UP, " SIP/2.0\n", ' SIP/2.0\n    From: <sip:bob@sip.example.org>;tag=bob1\n    To: "juliet" <sip:juliet@example.org>;tag={our-tag}\n')}`,
    ],
  ]);
});

const UPDATES = (sdp: string): string => changed(OFFERS(sdp), "INVITE", "UPDATE");
const SAYS = (status: string, more = ""): string => `
gateway > phone
    SIP/2.0 ${status}
${more}`;
const ACKS = `
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;
const OF_SOURCES = `    v=0
    o=- 1 2 IN IP4 203.0.113.9
    s=-
    c=IN IP4 203.0.113.9
    t=0 0
    a=jingle-action:source-add
    m=audio 50000 UDP/TLS/RTP/SAVPF 111 0
    a=rtpmap:111 opus/48000/2
    a=ice-ufrag:uB
    a=ice-pwd:pB34567890123456789012
    a=ssrc:77 cname:x`;
const PUT_OFF = `${TALKING}${JULIET_HOLDS()}${REINVITED(2, "    a=sendonly\n")}
phone > gateway
    SIP/2.0 491 Request Pending
    CSeq: 2 INVITE
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 ACK
`;
const LATER = "after 4 s\n";
const AGAIN = `${REINVITED(3, "    a=sendonly\n")}${AGREED(3, "recvonly")}`;

describe("the phone offers by UPDATE", () => {
  plays([
    [
      "no codec of ours: 488, and the call goes on",
      `${TALKING}${UPDATES("    {foreign-codec-sdp}")}${SAYS("488 Not Acceptable Here")}${PHONE_HANGS_UP}`,
    ],
    [
      "a source: 200, and the user is told",
      `${TALKING}${UPDATES(OF_SOURCES)}${SAYS("200 OK")}${HEARS("source-add")}${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("the phone has put our offer off, and offers itself", () => {
  plays([
    [
      "no codec of ours: 488, and ours comes after it",
      `${PUT_OFF}${OFFERS("    {foreign-codec-sdp}")}${SAYS("488 Not Acceptable Here")}${ACKS}
${LATER}${AGAIN}${PHONE_HANGS_UP}`,
    ],
    [
      "a source: 200, and ours comes after it",
      `${PUT_OFF}${OFFERS(OF_SOURCES)}${SAYS("200 OK")}${HEARS("source-add")}${ACKS}${AGAIN}${PHONE_HANGS_UP}`,
    ],
    [
      "nothing, and asks for an offer: it has it, and ours comes after it",
      `${PUT_OFF}
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:bob@192.0.2.2:5060>
${SAYS("200 OK", "    Content-Type: application/sdp\n")}
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/sdp

    {answer-sdp}
${HEARS("transport-info")}${AGAIN}${PHONE_HANGS_UP}`,
    ],
    [
      "by UPDATE no codec of ours: 488, and ours comes after it",
      `${PUT_OFF}${UPDATES("    {foreign-codec-sdp}")}${SAYS("488 Not Acceptable Here")}
${LATER}${AGAIN}${PHONE_HANGS_UP}`,
    ],
    [
      "by UPDATE a source: 200, and ours comes after it",
      `${PUT_OFF}${UPDATES(OF_SOURCES)}${SAYS("200 OK")}${HEARS("source-add")}
${LATER}${AGAIN}${PHONE_HANGS_UP}`,
    ],
    [
      "by UPDATE what needs the client: 504, and ours comes after it",
      `${PUT_OFF}${UPDATES("    {restarted-offer-sdp}")}${SAYS("504 …")}
${LATER}${AGAIN}${PHONE_HANGS_UP}`,
    ],
    [
      "by UPDATE what both have: 200, and ours comes after it",
      `${PUT_OFF}${UPDATES("    {answer-sdp}")}${SAYS("200 OK")}${HEARS("transport-info")}
${LATER}${AGAIN}${PHONE_HANGS_UP}`,
    ],
  ]);
});

const VIDEO_WITHOUT_ADDRESS = `<content creator='responder' name='video' senders='both'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='video'><payload-type id='96' name='VP8' clockrate='90000'/><rtcp-mux/></description><transport xmlns='${ICE}' ufrag='vA' pwd='vA34567890123456789012'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='active'>${Array(32).fill("AB").join(":")}</fingerprint></transport></content>`;
const VIDEO_ADDRESS = `<content creator='responder' name='video'><transport xmlns='${ICE}' ufrag='vA' pwd='vA34567890123456789012'><candidate component='1' foundation='1' generation='0' id='v1' ip='198.51.100.7' network='0' port='40002' priority='2130706431' protocol='udp' type='host'/></transport></content>`;
const CONSULTED = `${TALKING}${OFFERS("    {added-video-sdp}")}${HEARS("transport-info")}${HEARS("content-add")}${JULIET_SAYS("content-accept", VIDEO_WITHOUT_ADDRESS, "h4")}`;

describe("the user takes the phone's video before it has an address", () => {
  plays([
    [
      "and finds one: the phone has its answer at once",
      `${CONSULTED}${JULIET_SAYS("transport-info", VIDEO_ADDRESS, "h5")}${SAYS("200 OK", "    m=video 40002 UDP/TLS/RTP/SAVPF 96\n")}${ACKS}${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    [
      "and finds none in time: the phone has its answer without",
      `${CONSULTED}
after 500 ms
${SAYS("100 Trying")}${SAYS("200 OK", "    m=video 9 UDP/TLS/RTP/SAVPF 96\n")}${ACKS}${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
  ]);
});

const CALLS_WITHOUT = (contents: string): string => `
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>${contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1' from='bob@sip.example.org'/>
nothing on phone
`;
const IS_GONE = (asked: string): string => `
juliet > gateway
    <iq type='error' id='{${asked}}' to='bob@sip.example.org'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error></iq>
`;

describe("a device that is gone", () => {
  plays([
    [
      "while the phone rings: it is asked after ten seconds, and CANCEL follows",
      `${RINGING}
juliet > gateway
    <presence type='unavailable' to='sip.example.org'/>
after 10 s
gateway > juliet (unanswered)
    <iq type='set' id='{asked}'><jingle action='session-info' sid='s1'/></iq>
${IS_GONE("asked")}${CANCELS}${OK("1 CANCEL")}
phone > gateway
    SIP/2.0 487 Request Terminated
    CSeq: 1 INVITE
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`,
    ],
    [
      "before its call has an address: the phone hears nothing",
      `${CALLS_WITHOUT("{offer-contents-without-address}")}${JULIET_SAYS("content-add", FILE)}
gateway > juliet (unanswered)
    <iq type='set' id='{rejected}'><jingle action='content-reject'/></iq>
${IS_GONE("rejected")}
after 1 s
nothing on phone
`,
      { byTheClock: true },
    ],
    [
      "while another rings: it is out once it does not know the session, and the other may answer",
      `${CAROL_CALLS}${changed(CAROL_CALLS.slice(CAROL_CALLS.indexOf("gateway > juliet")), "gateway > juliet", "gateway > juliet-phone")}
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Info-Package: trickle-ice
    Content-Type: application/trickle-ice-sdpfrag

    m=audio 9 RTP/AVP 0
    a=ice-ufrag:uA
    a=ice-pwd:pA34567890123456789012
    a=mid:0
    a=candidate:3 1 udp 1694498815 203.0.113.77 50001 typ srflx raddr 203.0.113.9 rport 50000
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INFO
${HEARS("transport-info")}
gateway > juliet-phone (unanswered)
    <iq type='set' id='{asked}'><jingle action='transport-info' sid='c1'/></iq>
juliet-phone > gateway
    <iq type='error' id='{asked}' to='${CAROL}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error></iq>
nothing on phone
${JULIET_ACCEPTS}${CAROL_ACKS}${PHONE_HANGS_UP}`,
      { online: ["juliet", "juliet-phone"] },
    ],
  ]);
});

describe("a call whose address is not there yet", () => {
  plays([
    [
      "loses one of its contents: that is offered after the answer",
      `${CALLS_WITHOUT("{offer-contents-without-address}{added-video}")}${JULIET_SAYS("content-remove", "<content creator='initiator' name='video'/>")}
after 500 ms
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    CSeq: 1 INVITE
    m=video 40002 UDP/TLS/RTP/SAVPF 96
${changed(BOB_ANSWERS, "{answer-sdp}", "{accepted-video-sdp}")}${REINVITED(2, "    m=video 0 UDP/TLS/RTP/SAVPF 96\n")}${AGREED(2, "sendrecv", "rejected-video-sdp")}${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
  ]);
});

describe("the phone, before it has answered", () => {
  plays([
    [
      "trickles in its early dialog: its candidates are told with the answer",
      `${changed(JULIET_CALLS, "    CSeq: 1 INVITE", "    CSeq: 1 INVITE\n    Recv-Info: trickle-ice")}${PROGRESS("bob1", "bob")}
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Info-Package: trickle-ice
    Content-Type: application/trickle-ice-sdpfrag

    m=audio 9 RTP/AVP 0
    a=ice-ufrag:uB
    a=ice-pwd:pB34567890123456789012
    a=mid:0
    a=candidate:3 1 udp 1694498815 203.0.113.77 50001 typ srflx raddr 203.0.113.9 rport 50000
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INFO
${changed(BOB_ANSWERS, "responder='bob@sip.example.org'/>", "responder='bob@sip.example.org'><content name='0'><transport ufrag='uB'><candidate ip='203.0.113.77'/></transport></content></jingle>")}${PHONE_HANGS_UP}`,
    ],
  ]);
});
