/** What a user changes while the call is not answered yet: docs/mapping.md J45 and J46, RFC 3261 §14.1 (one offer at a time), XEP-0166 §7.2. */
import { describe } from "bun:test";
import { changed, changedAll } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import {
  AGREED,
  BOB_ANSWERS,
  BOB_RINGS,
  CAROL,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  JULIET_SAYS,
  PHONE_HANGS_UP,
  REFUSED,
  REINVITED,
} from "./scenes.ts";

const INFO = (word: string): string => `<${word} xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>`;
const HOLDS = JULIET_SAYS("session-info", INFO("hold"));
const VIDEO = "<content creator='initiator' name='video'/>";
const NOTHING_YET = "\nnothing on phone\n";
const RINGING = JULIET_CALLS + BOB_RINGS;
const WITH_VIDEO = changed(JULIET_CALLS, "{offer-contents}", "{offer-contents}{added-video}") + BOB_RINGS;
const AUDIO_AND_VIDEO = "    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    m=video 40002 UDP/TLS/RTP/SAVPF 96\n";
const HEARS = (action: string, inside: string): string => `
gateway > juliet
    <iq type='set'><jingle action='${action}' sid='s1'>${inside}</jingle></iq>
`;
const ANEW = `<content creator='initiator' name='0'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uR' pwd='pR34567890123456789012'>
      <candidate component='1' foundation='1' generation='1' id='r1' ip='198.51.100.9' network='0' port='41000' priority='2130706431' protocol='udp' type='host'/></transport></content>`;
const RESTARTS = JULIET_SAYS("transport-info", ANEW);
const RESTARTED = `${REINVITED(2, "    m=audio 41000 UDP/TLS/RTP/SAVPF 111 0\n    a=ice-ufrag:uR\n")}${AGREED(2, "sendrecv", "restarted-answer-sdp")}${HEARS("transport-info", "")}`;
const REMOVES_AUDIO = JULIET_SAYS("content-remove", "<content creator='initiator' name='0'/>", "h2");
const ACCEPTED_ALONE = (answers: string): string =>
  changed(answers, "'/></iq>", "'><content name='0'/><nothing-else/></jingle></iq>");
const AUDIO_ALONE = `${REFUSED(1, "488 Not Acceptable Here\n    To: <sip:bob@sip.example.org>;tag=bob1")}
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 INVITE
    no m=video
`;
const BOB_ANSWERS_THAT = changedAll(BOB_ANSWERS, "CSeq: 1 ", "CSeq: 2 ");
/** The phone takes what the user does not want any more: no accept, and both sides hear that it is over. */
const ANSWERS_IN_VAIN = (sdp: string): string => `
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {${sdp}}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 ACK
${HEARS("session-terminate", "<reason><success/></reason>")}
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
    CSeq: … BYE
`;
const CANCELLED = `
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 CANCEL
phone > gateway
    SIP/2.0 487 Request Terminated
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`;

describe("while the phone that she calls rings, juliet", () => {
  plays([
    // proves: J43
    [
      "holds: it is offered as soon as the phone has answered",
      `${RINGING}${HOLDS}${NOTHING_YET}${BOB_ANSWERS}${REINVITED(2, "    a=sendonly\n")}${AGREED(2, "recvonly")}${PHONE_HANGS_UP}`,
    ],
    // proves: J43
    [
      "holds, which the phone refuses once it has answered: it is told back",
      `${RINGING}${HOLDS}${BOB_ANSWERS}${REINVITED(2, "    a=sendonly\n")}${REFUSED(2, "488 Not Acceptable Here")}${HEARS("content-modify", "<content name='0' senders='both'/>")}${PHONE_HANGS_UP}`,
    ],
    [
      "says that nobody is kept waiting: nothing, and a result",
      `${RINGING}${JULIET_SAYS("session-info", INFO("active"))}${JULIET_SAYS("session-info", INFO("unhold"), "h2")}${BOB_ANSWERS}${NOTHING_YET}${PHONE_HANGS_UP}`,
    ],
    // proves: J43
    [
      "adds a content: it is offered as soon as the phone has answered what it was asked",
      `${RINGING}${JULIET_SAYS("content-add", "{added-video}")}${NOTHING_YET}${BOB_ANSWERS}${REINVITED(2, AUDIO_AND_VIDEO)}${AGREED(2, "sendrecv", "accepted-video-sdp")}${HEARS("content-accept", VIDEO)}${PHONE_HANGS_UP}`,
    ],
    // proves: J43
    [
      "adds a source: it is offered as a source action",
      `${RINGING}${JULIET_SAYS("source-add", "<content creator='initiator' name='0'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='77'/></description></content>")}${NOTHING_YET}${BOB_ANSWERS}${REINVITED(2, "    a=jingle-action:source-add\n")}${AGREED(2, "sendrecv")}${PHONE_HANGS_UP}`,
    ],
    // proves: J43
    [
      "takes a content away: it is not in the accept, and the phone hears of it by re-INVITE",
      `${WITH_VIDEO}${JULIET_SAYS("content-remove", VIDEO)}${NOTHING_YET}${ACCEPTED_ALONE(changed(BOB_ANSWERS, "{answer-sdp}", "{accepted-video-sdp}"))}${REINVITED(2, "    m=video 0 UDP/TLS/RTP/SAVPF 96\n")}${AGREED(2, "sendrecv", "rejected-video-sdp")}${PHONE_HANGS_UP}`,
    ],
    // proves: J43
    [
      "adds a content and takes the first one away, which alone the phone answers: BYE, and no accept",
      `${RINGING}${JULIET_SAYS("content-add", "{added-video}")}${REMOVES_AUDIO}${NOTHING_YET}${ANSWERS_IN_VAIN("answer-sdp")}`,
    ],
    // proves: J43
    [
      "takes a content away, and the phone refuses the other: BYE, and no accept",
      `${WITH_VIDEO}${REMOVES_AUDIO}${ANSWERS_IN_VAIN("rejected-video-sdp")}`,
    ],
    // proves: J43
    [
      "takes the audio away, and the phone refuses all: no second try with what is not wanted any more",
      `${WITH_VIDEO}${REMOVES_AUDIO}${REFUSED(1, "488 Not Acceptable Here\n    To: <sip:bob@sip.example.org>;tag=bob1")}${HEARS("session-terminate", "<reason><general-error/></reason>")}`,
    ],
    // proves: J43
    [
      "takes a content away, which the phone does not want either: it is not in the accept, nor offered again",
      `${WITH_VIDEO}${JULIET_SAYS("content-remove", VIDEO)}${AUDIO_ALONE}${ACCEPTED_ALONE(BOB_ANSWERS_THAT)}${NOTHING_YET}${PHONE_HANGS_UP}`,
    ],
    // proves: J43
    [
      "takes a content away that the phone has refused: it is not in the accept",
      `${WITH_VIDEO}${AUDIO_ALONE}${JULIET_SAYS("content-remove", VIDEO)}${ACCEPTED_ALONE(BOB_ANSWERS_THAT)}${NOTHING_YET}${PHONE_HANGS_UP}`,
    ],
    // proves: J43
    [
      "begins ICE anew: it is offered as soon as the phone has answered",
      `${RINGING}${RESTARTS}${NOTHING_YET}${BOB_ANSWERS}${RESTARTED}${PHONE_HANGS_UP}`,
    ],
    // proves: J43
    [
      "begins ICE anew, and the phone refuses that: the old transport is told back",
      `${RINGING}${RESTARTS}${BOB_ANSWERS}${REINVITED(2, "    a=ice-ufrag:uR\n")}${REFUSED(2, "488 Not Acceptable Here")}${HEARS("transport-info", "<content name='0'><transport ufrag='uB'/></content>")}${PHONE_HANGS_UP}`,
    ],
    // proves: J44
    [
      "holds, and takes it back: the phone hears of neither",
      `${RINGING}${HOLDS}${JULIET_SAYS("session-info", INFO("active"), "h2")}${BOB_ANSWERS}${NOTHING_YET}${PHONE_HANGS_UP}`,
    ],
    // proves: J44
    [
      "adds a content, and takes it back: the phone hears of neither",
      `${RINGING}${JULIET_SAYS("content-add", "{added-video}")}${JULIET_SAYS("content-remove", VIDEO, "h2")}${BOB_ANSWERS}${NOTHING_YET}${PHONE_HANGS_UP}`,
    ],
    // proves: J44
    [
      "adds a content, takes it back and holds: only the hold is offered",
      `${RINGING}${JULIET_SAYS("content-add", "{added-video}")}${JULIET_SAYS("content-remove", VIDEO, "h2")}${JULIET_SAYS("session-info", INFO("hold"), "h3")}${BOB_ANSWERS}${REINVITED(2, "    a=sendonly\n    no m=video\n")}${AGREED(2, "recvonly")}${PHONE_HANGS_UP}`,
    ],
    // proves: J43, S17
    [
      "takes the last content away, without which there is no session: CANCEL",
      `${RINGING}${JULIET_SAYS("content-remove", "<content creator='initiator' name='0'/>")}${HEARS("session-terminate", "<reason><success/></reason>")}${CANCELLED}`,
    ],
    // proves: J43
    [
      "adds a content to audio that is refused: no second try, since there was no more to leave out",
      `${RINGING}${JULIET_SAYS("content-add", "{added-video}")}${REFUSED(1, "488 Not Acceptable Here\n    To: <sip:bob@sip.example.org>;tag=bob1")}${HEARS("session-terminate", "<reason><general-error/></reason>")}`,
    ],
    // proves: J43
    [
      "holds, and the phone takes the audio alone: that is asked for first, the hold comes after it",
      `${WITH_VIDEO}${HOLDS}${REFUSED(1, "488 Not Acceptable Here\n    To: <sip:bob@sip.example.org>;tag=bob1")}
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 INVITE
    no a=sendonly
${changedAll(BOB_ANSWERS, "CSeq: 1 ", "CSeq: 2 ")}${REINVITED(3, "    a=sendonly\n")}${AGREED(3, "recvonly")}${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("before there is an INVITE, juliet", () => {
  const GATHERING = `
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'>{offer-contents-without-address}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1'/>
`;
  plays([
    // proves: J43
    [
      "takes the last content away: there is none",
      `${GATHERING}${JULIET_SAYS("content-remove", "<content creator='initiator' name='0'/>")}${HEARS("session-terminate", "<reason><success/></reason>")}
after 1 s
nothing on phone`,
    ],
    // proves: J43
    [
      "begins ICE anew: the INVITE is what she has offered, and the new ICE user is offered after its answer",
      `${GATHERING}${RESTARTS}
after 5 s
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    a=ice-ufrag:uA
${BOB_RINGS}${BOB_ANSWERS}${RESTARTED}${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("before she accepts, juliet", () => {
  const SAYS = (word: string, id: string): string => `
juliet > gateway
    <iq type='set' id='${id}' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='c1'>${INFO(word)}</jingle></iq>
gateway > juliet
`;
  const RESULT = (id: string): string => `    <iq type='result' id='${id}'/>\n`;
  plays([
    // proves: J45
    [
      "says that nobody is kept waiting: nothing, and a result; a hold does not fit, since she has nothing to hold yet",
      `${CAROL_CALLS}${SAYS("active", "i1")}${RESULT("i1")}${SAYS("unhold", "i2")}${RESULT("i2")}${SAYS("hold", "i3")}    <iq type='error' id='i3'><error type='wait'><unexpected-request/><out-of-order xmlns='urn:xmpp:jingle:errors:1'/></error></iq>
nothing on phone
${JULIET_ACCEPTS}${CAROL_ACKS}
nothing on phone
${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("before there is an answer with an address, juliet", () => {
  const SAYS = (action: string, inside: string, id: string): string => `
juliet > gateway
    <iq type='set' id='${id}' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='c1'>${inside}</jingle></iq>
gateway > juliet
    <iq type='result' id='${id}'/>
`;
  plays([
    // proves: J46
    [
      "begins ICE anew: the 200 is what she has accepted, and the new ICE user is offered after its ACK",
      `${CAROL_CALLS}${SAYS("session-accept", "{answer-contents-without-address}", "a2")}${SAYS("transport-info", ANEW, "t1")}
after 500 ms
gateway > phone
    SIP/2.0 200 OK
    a=ice-ufrag:uB
${CAROL_ACKS}
gateway > phone
    INVITE sip:carol@192.0.2.2:5060 SIP/2.0
    m=audio 41000 UDP/TLS/RTP/SAVPF 111 0
    a=ice-ufrag:uR
phone > gateway
    SIP/2.0 488 Not Acceptable Here
gateway > phone
    ACK sip:carol@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='c1'><content name='0'><transport ufrag='uA'/></content></jingle></iq>
${PHONE_HANGS_UP}`,
    ],
  ]);
});
