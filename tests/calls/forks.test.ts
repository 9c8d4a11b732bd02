/** One INVITE, many phones: which of them the call goes on with, and what the others may still say (RFC 3261 §12, §13.2.2.4). */
import { describe } from "bun:test";
import { changed, changedAll } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import { BOB, BOB_ANSWERS, BOB_RINGS, JULIET_CALLS, JULIET_HANGS_UP, JULIET_SAYS } from "./scenes.ts";

const ATTIC = "To: <sip:bob@sip.example.org>;tag=bob2";
const ATTIC_RINGS = `
phone > gateway
    SIP/2.0 180 Ringing
    ${ATTIC}
    Contact: <sip:attic@192.0.2.2:5060>
`;
const ATTIC_ANSWERS_TOO = `
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    ${ATTIC}
    Contact: <sip:attic@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:attic@192.0.2.2:5060 SIP/2.0
    ${ATTIC}
gateway > phone
    BYE sip:attic@192.0.2.2:5060 SIP/2.0
    ${ATTIC}
phone > gateway
    SIP/2.0 200 OK
    ${ATTIC}
    CSeq: 2 BYE
`;
/** A request of one of the phones, and its final answer. */
const ASKS = (tag: string, request: string, answer: string): string => `
phone > gateway
    ${request.split("\n")[0]}
    From: <sip:bob@sip.example.org>;tag=${tag}
    To: "juliet" <sip:juliet@example.org>;tag={our-tag}
    Call-ID: s1
${request.split("\n").slice(1).join("\n")}
gateway > phone
    SIP/2.0 ${answer}
`;
const BYE = "BYE sip:juliet@192.0.2.1:5600 SIP/2.0";
const BOB_HANGS_UP = `${ASKS("bob1", BYE, "200 OK")}
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><success/></reason></jingle></iq>
`;
const OFFER = `INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:attic@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
    a=sendonly`;
const INFO = `INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Info-Package: trickle-ice
    Content-Type: application/trickle-ice-sdpfrag

    m=audio 9 RTP/AVP 0
    a=mid:0
    a=candidate:9 1 udp 1 203.0.113.66 6666 typ host`;
const ACK_OF_A_REFUSAL = `
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;
const TRICKLED = JULIET_SAYS("transport-info", "{caller-trickles}", "t1");
const INFO_TO = (uri: string): string => `
gateway > phone
    INFO ${uri} SIP/2.0
    Content-Type: application/sdp
`;
const ANSWERED_WITH = (more: string): string => changed(BOB_ANSWERS, "    Content-Type", `${more}    Content-Type`);
const BOB_TRICKLES = "    Recv-Info: trickle-ice\n";
const SAID_TO_INFO = (line: string, cseq = 2): string => `
phone > gateway
    SIP/2.0 ${line}
    CSeq: ${cseq} INFO
`;

describe("a phone whose call was taken by another", () => {
  plays([
    // proves: S9
    [
      "hangs up: 200, and the call goes on",
      `${JULIET_CALLS}${BOB_RINGS}${BOB_ANSWERS}${ATTIC_ANSWERS_TOO}${ASKS("bob2", BYE, "200 OK")}
nothing on juliet
${BOB_HANGS_UP}`,
    ],
    // proves: S8
    [
      "hangs up before it has answered: 200, and the call goes on",
      `${JULIET_CALLS}${BOB_RINGS}${ATTIC_RINGS}${ASKS("bob2", BYE, "200 OK")}${BOB_ANSWERS}${ASKS("bob1", "OPTIONS sip:juliet@192.0.2.1:5600 SIP/2.0", "200 OK")}${BOB_HANGS_UP}`,
    ],
    // proves: S9
    [
      "offers another session: 481, and the user hears nothing",
      `${JULIET_CALLS}${BOB_RINGS}${ATTIC_RINGS}${BOB_ANSWERS}${ASKS("bob2", OFFER, "481 Call/Transaction Does Not Exist")}${ACK_OF_A_REFUSAL}
nothing on juliet
${BOB_HANGS_UP}`,
    ],
    // proves: S9
    [
      "trickles a candidate: 481, and the user hears nothing",
      `${JULIET_CALLS}${BOB_RINGS}${ATTIC_RINGS}${BOB_ANSWERS}${ASKS("bob2", INFO, "481 Call/Transaction Does Not Exist")}
nothing on juliet
${BOB_HANGS_UP}`,
    ],
    // proves: S10
    [
      "does not know our INFO any more: its 481 does not end the call",
      `${JULIET_CALLS}${BOB_RINGS}${ATTIC_RINGS}${TRICKLED}${INFO_TO("sip:attic@192.0.2.2:5060")}${BOB_ANSWERS}${INFO_TO("sip:bob@192.0.2.2:5060")}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 INFO
phone > gateway
    SIP/2.0 481 Call/Transaction Does Not Exist
    ${ATTIC}
    CSeq: 2 INFO
nothing on juliet
${BOB_HANGS_UP}`,
    ],
    // proves: S10
    [
      "takes no INFO: the one that answers is told all the same",
      `${JULIET_CALLS}${BOB_RINGS}${ATTIC_RINGS}${TRICKLED}${INFO_TO("sip:attic@192.0.2.2:5060")}${SAID_TO_INFO("405 Method Not Allowed")}${ANSWERED_WITH(BOB_TRICKLES)}
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
    Info-Package: trickle-ice
${SAID_TO_INFO("200 OK")}${BOB_HANGS_UP}`,
    ],
  ]);
});

describe("candidates", () => {
  plays([
    // proves: S11
    [
      "of an INFO that failed go with the next word to the phone",
      `${JULIET_CALLS}${BOB_RINGS}${TRICKLED}${INFO_TO("sip:bob@192.0.2.2:5060")}${SAID_TO_INFO("500 Server Internal Error")}
nothing on phone
${BOB_ANSWERS}${INFO_TO("sip:bob@192.0.2.2:5060")}${SAID_TO_INFO("200 OK", 3)}${BOB_HANGS_UP}`,
    ],
    // proves: S11
    [
      "wait in profile precise until the phone says that it trickles",
      `${JULIET_CALLS}${BOB_RINGS}${TRICKLED}
nothing on phone
${ANSWERED_WITH(BOB_TRICKLES)}
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
    Info-Package: trickle-ice
${SAID_TO_INFO("200 OK")}${BOB_HANGS_UP}`,
      { calls: { profile: "precise" } },
    ],
  ]);
});

/** The first INVITE is refused, and another goes out. */
const AGAIN = (to: string, status = "302 Moved Temporarily", more = `    Contact: <sip:${to}>\n`): string => `
phone > gateway
    SIP/2.0 ${status}
    To: <sip:bob@sip.example.org>;tag=bob1
${more}gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > phone
    INVITE sip:${to} SIP/2.0
    CSeq: 2 INVITE
`;
const FULL_HOUSE = Array.from(
  { length: 31 },
  (_, at) => `
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=room${at}
    Contact: <sip:room${at}@192.0.2.2:5060>
`,
).join("");

describe("the dialogs of a call", () => {
  plays([
    [
      "end with their INVITE: nothing is said any more to a phone that was refused for another",
      `${JULIET_CALLS}${BOB_RINGS}${AGAIN("rob@192.0.2.2:5060")}${TRICKLED}
nothing on phone
${changedAll(changedAll(BOB_ANSWERS, "CSeq: 1 ", "CSeq: 2 "), "tag=bob1", "tag=rob1")}${changed(INFO_TO("sip:bob@192.0.2.2:5060"), "SIP/2.0", "SIP/2.0\n    CSeq: 3 INFO")}${SAID_TO_INFO("200 OK", 3)}${ASKS("rob1", BYE, "200 OK")}
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`,
    ],
    [
      "end with their INVITE: the answer of a phone that was refused is not the next one's",
      `${changed(JULIET_CALLS, "{offer-contents}", "{offer-contents}{added-video}")}
phone > gateway
    SIP/2.0 183 Session Progress
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {accepted-video-sdp}
gateway > juliet
    <iq type='set'><jingle action='session-info'/></iq>
${AGAIN("bob@192.0.2.2:5060", "488 Not Acceptable Here", "")}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><general-error/><text>the answer has no SDP</text></reason></jingle></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
    CSeq: 3 BYE
`,
    ],
    [
      "count on in the answer: a request of the phone's that is older than its last is refused",
      `${JULIET_CALLS}${BOB_RINGS}${ASKS("bob1", "OPTIONS sip:juliet@192.0.2.1:5600 SIP/2.0\n    CSeq: 500 OPTIONS", "200 OK")}${BOB_ANSWERS}${ASKS("bob1", "OPTIONS sip:juliet@192.0.2.1:5600 SIP/2.0\n    CSeq: 400 OPTIONS", "500 Server Internal Error")}${ASKS("bob1", `${BYE}\n    CSeq: 501 BYE`, "200 OK")}
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`,
    ],
    [
      "begin with the number of the INVITE that was answered",
      `${changed(JULIET_CALLS, "{offer-contents}", "{offer-contents}{added-video}")}${BOB_RINGS}${AGAIN("bob@192.0.2.2:5060", "488 Not Acceptable Here", "")}${changedAll(BOB_ANSWERS, "CSeq: 1 ", "CSeq: 2 ")}${changed(JULIET_HANGS_UP(BOB, "s1", "sip:bob@192.0.2.2:5060"), "SIP/2.0\n", "SIP/2.0\n    CSeq: 3 BYE\n")}`,
    ],
    // proves: S7
    [
      "are 32 at most: one that answers takes the place of one that rings",
      `${JULIET_CALLS}${BOB_RINGS}${FULL_HOUSE}${changedAll(BOB_ANSWERS, "tag=bob1", "tag=last")}${JULIET_HANGS_UP(BOB, "s1", "sip:bob@192.0.2.2:5060")}`,
    ],
    // proves: S7
    [
      "are 32 at most: one more that rings is none of the call's",
      `${JULIET_CALLS}${BOB_RINGS}${FULL_HOUSE}
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=last
    Contact: <sip:bob@192.0.2.2:5060>
${ASKS("last", "OPTIONS sip:juliet@192.0.2.1:5600 SIP/2.0", "481 Call/Transaction Does Not Exist")}${BOB_ANSWERS}${BOB_HANGS_UP}`,
    ],
    // proves: S7
    [
      "are 32 at most: one more that answers too late is acknowledged and hung up",
      `${JULIET_CALLS}${BOB_RINGS}${FULL_HOUSE}${BOB_ANSWERS}${ATTIC_ANSWERS_TOO}${BOB_HANGS_UP}`,
    ],
  ]);
});
