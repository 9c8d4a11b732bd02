/** What keeps a call alive, and what ends a dead one: RFC 3262 (100rel), RFC 4028 (session timers), RFC 3311 (UPDATE), pings. */
import { describe } from "bun:test";
import { changed, changedAll } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import {
  AGREED,
  BOB_ANSWERS,
  CAROL,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  JULIET_HANGS_UP,
  PHONE_HANGS_UP,
  REFUSED,
  REINVITED,
  TALKING,
} from "./scenes.ts";

const RELIABLY = (number: number, status = "180 Ringing", sdp = ""): string => `
phone > gateway
    SIP/2.0 ${status}
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Require: 100rel
    RSeq: ${number}
${sdp === "" ? "" : `    Content-Type: application/sdp\n\n    {${sdp}}`}
`;
const PRACK = (number: number, cseq: number): string => `
gateway > phone
    PRACK sip:bob@192.0.2.2:5060 SIP/2.0
    To: <sip:bob@sip.example.org>;tag=bob1
    CSeq: ${cseq} PRACK
    RAck: ${number} 1 INVITE
`;
const PRACKED = (number: number, cseq: number): string => `${PRACK(number, cseq)}
phone > gateway
    SIP/2.0 200 OK
    CSeq: ${cseq} PRACK
`;
const RINGING = `
gateway > juliet
    <iq type='set'><jingle action='session-info' sid='s1'><ringing/></jingle></iq>
`;
const CAROL_CALLS_WITH = (...headers: string[]): string =>
  changed(CAROL_CALLS, "    Content-Type", `${headers.map((each) => `    ${each}\n`).join("")}    Content-Type`);
const BOB_ANSWERS_WITH = (...headers: string[]): string =>
  changed(BOB_ANSWERS, "    Content-Type", `${headers.map((each) => `    ${each}\n`).join("")}    Content-Type`);
const JULIET_ACCEPTS_AND = (...headers: string[]): string =>
  changed(JULIET_ACCEPTS, "    m=audio", `${headers.map((each) => `    ${each}\n`).join("")}    m=audio`);
const UPDATED = (cseq: number, ...headers: string[]): string => `
gateway > phone
    UPDATE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} UPDATE
    Contact: <sip:juliet@192.0.2.1:5600>
${headers.map((each) => `    ${each}\n`).join("")}`;
/** An INVITE of ours is answered 422. */
const TOO_SHORT = (sid: string, cseq: number, least: string): string => `${
  cseq > 1
    ? ""
    : changedAll(
        changed(changedAll(JULIET_CALLS, "'s1'", `'${sid}'`), "Call-ID: s1", `Call-ID: ${sid}`),
        "{our-tag}",
        `{${sid}}`,
      )
}
phone > gateway
    SIP/2.0 422 Session Interval Too Small
    To: <sip:bob@sip.example.org>;tag=p${cseq}
    Min-SE: ${least}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} ACK
`;
const TURNED_DOWN = (sid: string): string => `
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='${sid}'><reason><general-error/><sip-error code='422'/></reason></jingle></iq>
`;
const EXPIRED = `
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><general-error/><text>the phone is not there any more</text></reason></jingle></iq>
gateway > phone
    BYE sip:…@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 481 Call/Transaction Does Not Exist
`;

describe("reliable provisional responses (RFC 3262)", () => {
  plays([
    // proves: S75
    [
      "are acknowledged by PRACK, in their order, once each",
      `${JULIET_CALLS}${RELIABLY(7)}${PRACKED(7, 2)}${RINGING}${RELIABLY(7)}
nothing on phone
${RELIABLY(9, "183 Session Progress")}
nothing on phone
${RELIABLY(8, "183 Session Progress")}${PRACKED(8, 3)}${BOB_ANSWERS}${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    // proves: S75
    [
      "may bring the answer, which the 200 need not repeat",
      `${JULIET_CALLS}${RELIABLY(1, "183 Session Progress", "answer-sdp")}${PRACKED(1, 2)}${RINGING}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 ACK
gateway > juliet
    <iq type='set'><jingle action='session-accept' sid='s1'/></iq>
${JULIET_HANGS_UP("bob@sip.example.org", "s1", "sip:bob@192.0.2.2:5060")}`,
    ],
    // proves: S76
    [
      "whose PRACK is answered 481, as not waited for any more, when the phone has answered the call: it goes on",
      `${JULIET_CALLS}${RELIABLY(7)}${PRACK(7, 2)}${RINGING}${BOB_ANSWERS}
phone > gateway
    SIP/2.0 481 Call/Transaction Does Not Exist
    CSeq: 2 PRACK
nothing on phone
${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    // proves: S76
    [
      "whose PRACK is answered by nothing: the phone rings on, and may answer",
      `${JULIET_CALLS}${RELIABLY(7)}${PRACK(7, 2)}${RINGING}
after 33 s
nothing on phone
${BOB_ANSWERS}${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    // proves: S76
    [
      "whose PRACK is answered by nothing, though the phone has answered the call: BYE, and general-error with sip-error",
      `${JULIET_CALLS}${RELIABLY(7)}${PRACK(7, 2)}${RINGING}${BOB_ANSWERS}
after 33 s
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><general-error/><sip-error code='408'/></reason></jingle></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`,
      { byTheClock: true },
    ],
    // proves: S77
    [
      "are ours, and a PRACK that offers is 488, for the INVITE's offer has no answer yet: the 180 comes again until one does not (RFC 3262 §5)",
      `${changed(CAROL_CALLS_WITH("Require: 100rel"), "SIP/2.0 180 Ringing\n", "SIP/2.0 180 Ringing\n    Require: 100rel\n    RSeq: {rseq}\n")}
phone > gateway
    PRACK sip:juliet@192.0.2.1:5600 SIP/2.0
    RAck: {rseq} 101 INVITE
    Content-Type: application/sdp

    {offer-sdp}
gateway > phone
    SIP/2.0 488 Not Acceptable Here
    CSeq: … PRACK
    Warning: 399 carillon "an offer has no answer yet"
phone > gateway
    PRACK sip:juliet@192.0.2.1:5600 SIP/2.0
    RAck: {rseq} 101 INVITE
gateway > phone
    SIP/2.0 200 OK
    CSeq: … PRACK
after 40 s
nothing on phone
${JULIET_ACCEPTS}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: S78
    [
      "are ours where the caller requires them: 180 with RSeq, repeated until its PRACK",
      `${changed(CAROL_CALLS_WITH("Require: 100rel"), "SIP/2.0 180 Ringing\n", "SIP/2.0 180 Ringing\n    Require: 100rel\n    RSeq: {rseq}\n")}
phone > gateway
    PRACK sip:juliet@192.0.2.1:5600 SIP/2.0
    RAck: 99999 101 INVITE
gateway > phone
    SIP/2.0 481 Call/Transaction Does Not Exist
    CSeq: … PRACK
phone > gateway
    PRACK sip:juliet@192.0.2.1:5600 SIP/2.0
    RAck: {rseq} 101 INVITE
gateway > phone
    SIP/2.0 200 OK
    CSeq: … PRACK
after 40 s
nothing on phone
${JULIET_ACCEPTS}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: S78
    [
      "are ours, and the PRACK crosses our 200: it is answered 200",
      `${changed(CAROL_CALLS_WITH("Require: 100rel"), "SIP/2.0 180 Ringing\n", "SIP/2.0 180 Ringing\n    Require: 100rel\n    RSeq: {rseq}\n")}${JULIET_ACCEPTS}
phone > gateway
    PRACK sip:juliet@192.0.2.1:5600 SIP/2.0
    RAck: {rseq} 101 INVITE
gateway > phone
    SIP/2.0 200 OK
    CSeq: … PRACK
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    CSeq: 101 ACK
${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    // proves: S78
    [
      "are ours no more once we have answered: a 180 without its PRACK does not come again after our 200",
      `${CAROL_CALLS_WITH("Require: 100rel")}${JULIET_ACCEPTS}${CAROL_ACKS}
after 10 s
nothing again on phone
after 25 s
nothing again on phone
${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    // proves: S78
    [
      "that are never acknowledged end the call after 64*T1: 504",
      `${CAROL_CALLS_WITH("Require: 100rel")}
after 32 s
gateway > phone
    SIP/2.0 504 Server Time-out
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
gateway > juliet
    <iq type='set' from='${CAROL}'><jingle action='session-terminate' sid='c1'><reason><general-error/><text>the 180 had no PRACK</text></reason></jingle></iq>
`,
    ],
  ]);
});

describe("session timers (RFC 4028)", () => {
  plays([
    // proves: S79
    [
      "of a phone that wants us to refresh: UPDATE at half of the time, where it takes that",
      `${JULIET_CALLS}${BOB_ANSWERS_WITH("Allow: INVITE, ACK, BYE, UPDATE", "Require: timer", "Session-Expires: 200;refresher=uac")}
after 100 s
${UPDATED(2, "Session-Expires: 200;refresher=uac", "Supported: 100rel, trickle-ice, timer")}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 UPDATE
    Session-Expires: 200;refresher=uac
after 100 s
${UPDATED(3)}
phone > gateway
    SIP/2.0 422 Session Interval Too Small
    CSeq: 3 UPDATE
    Min-SE: 300
${UPDATED(4, "Session-Expires: 300;refresher=uac", "Min-SE: 300")}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 4 UPDATE
    Session-Expires: 300;refresher=uac
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
    // proves: S79
    [
      "of a phone that does not take UPDATE: an unchanged re-INVITE",
      `${JULIET_CALLS}${BOB_ANSWERS_WITH("Session-Expires: 200;refresher=uac")}
after 100 s
${REINVITED(2, "    Session-Expires: 200;refresher=uac\n    o=- {session} 1 IN IP4 192.0.2.1\n")}${AGREED(2, "sendrecv")}
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
    // proves: S79
    [
      "of a phone that finds the time too short for a re-INVITE: once more, with what its 422 asks for",
      `${JULIET_CALLS}${BOB_ANSWERS_WITH("Session-Expires: 200;refresher=uac")}
after 100 s
${REINVITED(2, "    Session-Expires: 200;refresher=uac\n")}${REFUSED(2, "422 Session Interval Too Small\n    Min-SE: 300")}${REINVITED(3, "    Session-Expires: 300;refresher=uac\n    Min-SE: 300\n")}${AGREED(3, "sendrecv")}${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    // proves: S79
    [
      "of a phone that moves in the 200 to our UPDATE: what follows goes there (§12.2)",
      `${JULIET_CALLS}${BOB_ANSWERS_WITH("Allow: UPDATE", "Session-Expires: 200;refresher=uac")}
after 100 s
${UPDATED(2)}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 UPDATE
    Contact: <sip:bob-moved@192.0.2.2:5060>
${JULIET_HANGS_UP("bob@sip.example.org", "s1", "sip:bob-moved@192.0.2.2:5060")}`,
      { byTheClock: true },
    ],
    // proves: S79
    [
      "stop with the call: an answer that comes after it starts none",
      `${JULIET_CALLS}${BOB_ANSWERS_WITH("Allow: UPDATE", "Session-Expires: 200;refresher=uac")}
juliet > gateway
    <iq type='set' id='h1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='s1'><hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
gateway > juliet
    <iq type='result' id='h1'/>
${REINVITED(2, "    a=sendonly\n")}${JULIET_HANGS_UP("bob@sip.example.org", "s1", "sip:bob@192.0.2.2:5060")}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 INVITE
    Contact: <sip:bob@192.0.2.2:5060>
    Session-Expires: 200;refresher=uac
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
after 201 s
nothing on phone`,
      { byTheClock: true },
    ],
    [
      "of a phone that does not know the dialog any more when it is refreshed: both sides end",
      `${JULIET_CALLS}${BOB_ANSWERS_WITH("Allow: UPDATE", "Session-Expires: 200;refresher=uac")}
after 100 s
${UPDATED(2)}
phone > gateway
    SIP/2.0 481 Call/Transaction Does Not Exist
    CSeq: 2 UPDATE
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><general-error/><sip-error code='481'/></reason></jingle></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 481 Call/Transaction Does Not Exist
`,
    ],
    // proves: S73, S82
    [
      "of a caller who refreshes, until it does not any more: BYE a little before the end, and general-error",
      `${CAROL_CALLS_WITH("Supported: timer", "Session-Expires: 300;refresher=uac")}${JULIET_ACCEPTS_AND("Require: timer", "Session-Expires: 300;refresher=uac")}${CAROL_ACKS}
after 150 s
phone > gateway
    UPDATE sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:carol@192.0.2.2:5060>
    Supported: timer
    Session-Expires: 300;refresher=uac
gateway > phone
    SIP/2.0 200 OK
    CSeq: … UPDATE
    Session-Expires: 300;refresher=uac
after 150 s
gateway > juliet
    <iq type='set'><jingle action='session-info' sid='c1'/></iq>
after 117 s
nothing on phone
after 2 s
${EXPIRED}`,
      { byTheClock: true },
    ],
    // proves: S79
    [
      "of a phone that quotes its parameters: they mean the same (RFC 3261 §25.1)",
      `${JULIET_CALLS}${BOB_ANSWERS_WITH("Allow: UPDATE", 'Session-Expires: 200;refresher="uas"')}
after 167 s
nothing on phone
after 1 s
${changed(EXPIRED, "sip:…@", "sip:bob@")}`,
      { byTheClock: true },
    ],
    // proves: S79
    [
      "of a caller who quotes its parameters: we refresh",
      `${CAROL_CALLS_WITH("Supported: timer", 'Session-Expires: 200;refresher="uas"')}${JULIET_ACCEPTS_AND("Session-Expires: 200;refresher=uas", "no Require: …")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: S79
    [
      "of a caller who wants us to refresh: UPDATE at half of the time",
      `${CAROL_CALLS_WITH("Allow: UPDATE", "Supported: timer", "Session-Expires: 200;refresher=uas")}${JULIET_ACCEPTS_AND("Session-Expires: 200;refresher=uas", "no Require: …")}${CAROL_ACKS}
after 100 s
gateway > phone
    UPDATE sip:carol@192.0.2.2:5060 SIP/2.0
    Session-Expires: 200;refresher=uac
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 UPDATE
${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
    // proves: S82
    [
      "of a phone that refreshes, as its answer says: nothing of ours, and BYE a little before the end when it does not",
      `${JULIET_CALLS}${BOB_ANSWERS_WITH("Allow: UPDATE", "Session-Expires: 200;refresher=uas")}
after 167 s
nothing on phone
after 1 s
${changed(EXPIRED, "sip:…@", "sip:bob@")}`,
      { byTheClock: true },
    ],
    // proves: S83
    [
      "that a caller makes too short by UPDATE are refused: 422 with Min-SE, and the old time goes on",
      `${CAROL_CALLS_WITH("Supported: timer", "Session-Expires: 300")}${JULIET_ACCEPTS_AND("Session-Expires: 300;refresher=uac")}${CAROL_ACKS}
after 200 s
phone > gateway
    UPDATE sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:carol@192.0.2.2:5060>
    Supported: timer
    Session-Expires: 89
gateway > phone
    SIP/2.0 422 Session Interval Too Small
    CSeq: … UPDATE
    Min-SE: 90
after 67 s
nothing on phone
after 1 s
${changed(EXPIRED, "sip:…@", "sip:carol@")}`,
      { byTheClock: true },
    ],
    // proves: S82
    [
      "that run out are `expired` in profile precise",
      `${CAROL_CALLS_WITH("Supported: timer", "Session-Expires: 90")}${JULIET_ACCEPTS_AND("Session-Expires: 90;refresher=uac")}${CAROL_ACKS}
after 60 s
${changed(changed(EXPIRED, "<general-error/>", "<expired/>"), "BYE sip:…@192.0.2.2:5060 SIP/2.0", "BYE sip:carol@192.0.2.2:5060 SIP/2.0\n    Reason: Q.850;cause=102")}`,
      { calls: { profile: "precise" } },
    ],
    // proves: S80
    [
      "are offered to a caller who knows them, and has not said how long",
      `${CAROL_CALLS_WITH("Supported: timer")}${JULIET_ACCEPTS_AND("Require: timer", "Session-Expires: 1800;refresher=uac")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: S80
    [
      "are offered for no less than its Min-SE to a caller who has not said how long (§9)",
      `${CAROL_CALLS_WITH("Supported: timer", "Min-SE: 3600")}${JULIET_ACCEPTS_AND("Require: timer", "Session-Expires: 3600;refresher=uac")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: S80
    [
      "are not begun where the least that is asked for is more than a day",
      `${CAROL_CALLS_WITH("Supported: timer", "Min-SE: 86401")}${JULIET_ACCEPTS_AND("no Session-Expires: …", "no Require: …")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: S80
    [
      "grow with the Min-SE of an UPDATE that does not say how long",
      `${CAROL_CALLS_WITH("Supported: timer", "Session-Expires: 300")}${JULIET_ACCEPTS_AND("Session-Expires: 300;refresher=uac")}${CAROL_ACKS}
phone > gateway
    UPDATE sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:carol@192.0.2.2:5060>
    Supported: timer
    Min-SE: 600
gateway > phone
    SIP/2.0 200 OK
    CSeq: … UPDATE
    Session-Expires: 600;refresher=uac
${PHONE_HANGS_UP}`,
    ],
    // proves: S81
    [
      "are not begun with a caller who does not know them, and does not ask",
      `${CAROL_CALLS}${JULIET_ACCEPTS_AND("no Session-Expires: …", "no Require: …")}${CAROL_ACKS}
after 290 s
nothing on phone
${PHONE_HANGS_UP}`,
    ],
    [
      "of a caller's proxy alone: we refresh",
      `${CAROL_CALLS_WITH("Allow: UPDATE", "Session-Expires: 200")}${JULIET_ACCEPTS_AND("Session-Expires: 200;refresher=uas")}${CAROL_ACKS}
after 100 s
gateway > phone
    UPDATE sip:carol@192.0.2.2:5060 SIP/2.0
    Session-Expires: 200;refresher=uac
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 UPDATE
${PHONE_HANGS_UP}`,
    ],
    // proves: S83
    [
      "that are too short are refused: 422 with Min-SE",
      `
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>
    Call-ID: c1
    Contact: <sip:carol@192.0.2.2:5060>
    Supported: timer
    Session-Expires: 30
    Content-Type: application/sdp

    {offer-sdp}
gateway > phone
    SIP/2.0 422 Session Interval Too Small
    Min-SE: 90
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`,
    ],
    // proves: S83
    [
      "that are too short for a proxy, which asks for none that we take, or asks twice: an error as any",
      `${["0", "86401", "soon"].map((least, at) => TOO_SHORT(`n${at}`, 1, least) + TURNED_DOWN(`n${at}`)).join("")}${TOO_SHORT("twice", 1, "1800")}
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    Call-ID: twice
    CSeq: 2 INVITE
    Min-SE: 1800
${TOO_SHORT("twice", 2, "3600")}${TURNED_DOWN("twice")}`,
    ],
    // proves: S83
    [
      "that are too short for a proxy: our INVITE once more, with what its 422 asks for",
      `${JULIET_CALLS}
phone > gateway
    SIP/2.0 422 Session Interval Too Small
    To: <sip:bob@sip.example.org>;tag=p1
    Min-SE: 1800
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 ACK
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 INVITE
    Session-Expires: 1800
    Min-SE: 1800
${changedAll(BOB_ANSWERS, "CSeq: 1 ", "CSeq: 2 ")}${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("UPDATE (RFC 3311)", () => {
  const UPDATES = (sdp: string): string => `
phone > gateway
    UPDATE sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {${sdp}}
`;
  const MOVED = `
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='s1'/></iq>
`;
  plays([
    // proves: S70
    [
      "with an offer is answered at once, without an ACK",
      `${TALKING}${UPDATES("answer-sdp")}
gateway > phone
    SIP/2.0 200 OK
    CSeq: … UPDATE
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
${MOVED}${UPDATES("answer-sdp")}
gateway > phone
    SIP/2.0 200 OK
    CSeq: … UPDATE
${MOVED}${PHONE_HANGS_UP}`,
    ],
    // proves: S70
    [
      "that would need the user's client: 504 (§5.2), and the call goes on",
      `${TALKING}${UPDATES("added-video-sdp")}
gateway > phone
    SIP/2.0 504 Server Time-out
    CSeq: … UPDATE
${PHONE_HANGS_UP}`,
    ],
    // proves: S69
    [
      "while our own offer is open: 491",
      `${TALKING}
juliet > gateway
    <iq type='set' id='h1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='s1'><hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
gateway > juliet
    <iq type='result' id='h1'/>
${REINVITED(2, "")}${UPDATES("answer-sdp")}
gateway > phone
    SIP/2.0 491 Request Pending
    CSeq: … UPDATE
${changed(REFUSED(2, "500 Server Internal Error"), "    CSeq: 2 INVITE", "    CSeq: 2 INVITE\n    Retry-After: 3")}
after 2900 ms
nothing on phone
after 100 ms
${REINVITED(3, "    a=sendonly\n")}${AGREED(3, "recvonly")}${PHONE_HANGS_UP}`,
      { byTheClock: true },
    ],
  ]);
});

describe("the user's client", () => {
  const PINGED = (answered = ""): string => `
gateway > juliet${answered}
    <iq type='set' id='{ping}'><jingle action='session-info' sid='s1'/></iq>
`;
  plays([
    // proves: D8
    [
      "is asked every five minutes whether it is still there (XEP-0166 §6.8)",
      `${TALKING}
after 300 s
${PINGED()}
after 300 s
gateway > juliet
    <iq type='set'><jingle action='session-info' sid='s1'/></iq>
${PHONE_HANGS_UP}`,
    ],
    [
      "went offline, and the call is over before it is asked: nothing",
      `${CAROL_CALLS}${JULIET_ACCEPTS}${CAROL_ACKS}
juliet > gateway
    <presence type='unavailable' to='sip.example.org'/>
after 1 s
${PHONE_HANGS_UP}
after 10 s
nothing on juliet`,
      { byTheClock: true },
    ],
    // proves: D8
    [
      "says nothing to that: BYE",
      `${TALKING}
after 300 s
${PINGED(" (unanswered)")}
after 30 s
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`,
    ],
    [
      "does not know the session any more: BYE",
      `${TALKING}
after 300 s
${PINGED(" (unanswered)")}
juliet > gateway
    <iq type='error' id='{ping}' to='bob@sip.example.org'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`,
    ],
  ]);
});
