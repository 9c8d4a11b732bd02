/** Calls worth showing: plays for the page. */
import {
  AGREED,
  BOB_ANSWERS,
  BOB_RINGS,
  JULIET_CALLS,
  JULIET_SAYS,
  OFFERS,
  PHONE_HANGS_UP,
  REINVITED,
} from "../calls/scenes.ts";

const HOLD = (word: "hold" | "active", id: string): string =>
  JULIET_SAYS("session-info", `<${word} xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>`, id);

const OUT_OF_ORDER = `
juliet > gateway
    <iq type='set' id='h7' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='s1'>{answer-contents}</jingle></iq>
gateway > juliet
    <iq type='error' id='h7'><error type='wait'><unexpected-request/><out-of-order xmlns='urn:xmpp:jingle:errors:1'/></error></iq>
`;

const VIDEO_IS_ADDED = `${OFFERS("    {added-video-sdp}")}
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='s1'/></iq>
gateway > juliet
    <iq type='set'><jingle action='content-add' sid='s1'><content creator='responder' name='video'/></jingle></iq>
${JULIET_SAYS("content-accept", "{accepted-video}", "h8")}
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INVITE
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;

/** Juliet calls, holds and resumes, sends an invalid request, and is offered video: 60 ms a step, the phone hangs up. */
export const LIVED_UNTIL_ITS_END = `${JULIET_CALLS}
after 60 ms
${BOB_RINGS}
after 2 s
${BOB_ANSWERS}
after 3 s
${HOLD("hold", "h5")}
${REINVITED(2, "    a=sendonly\n")}
after 700 ms
${AGREED(2, "recvonly")}
after 4 s
${HOLD("active", "h6")}
${REINVITED(3, "    a=sendrecv\n")}
${AGREED(3, "sendrecv")}
${OUT_OF_ORDER}
after 1 s
${VIDEO_IS_ADDED}
after 2 s
`;
export const LIVED = `${LIVED_UNTIL_ITS_END}${PHONE_HANGS_UP}`;
