/** What the phone hears while it waits: 180 again and again, and 100 where nothing else can be said yet. RFC 3261 §13.3.1.1, §17.2.1. */
import { describe } from "bun:test";
import { plays } from "../support/plays.ts";
import { CAROL, CAROL_CALLS, OFFERS, PHONE_HANGS_UP, TALKING } from "./scenes.ts";

const AGAIN = `
gateway > phone
    (the same)
nothing again on phone
`;
const GIVES_UP = `
phone > gateway
    CANCEL sip:juliet@example.org SIP/2.0
gateway > phone
    SIP/2.0 200 OK
    CSeq: … CANCEL
gateway > phone
    SIP/2.0 487 Request Terminated
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`;
const TOLD = `
gateway > juliet
    <iq type='set' from='${CAROL}'><jingle action='session-terminate' sid='c1'/></iq>
`;
const ASKED_FOR_VIDEO = ["transport-info", "content-add"]
  .map(
    (action) => `
gateway > juliet
    <iq type='set'><jingle action='${action}' sid='s1'/></iq>
`,
  )
  .join("");

describe("a phone that calls", () => {
  plays(
    [
      // proves: S84
      [
        "hears 180 every minute while it rings (§13.3.1.1)",
        `${CAROL_CALLS}
after 59 s
nothing again on phone
after 1 s
${AGAIN}
after 59 s
nothing again on phone
after 1 s
${AGAIN}${GIVES_UP}${TOLD}
after 61 s
nothing again on phone`,
      ],
      // proves: S3
      [
        "hears 100 after 200 ms when there is no 180 yet, since nobody is awake (§17.2.1)",
        `${CAROL_CALLS.slice(0, CAROL_CALLS.indexOf("gateway > phone"))}
gateway > juliet@example.org
    <message><propose id='c1'/></message>
after 180 ms
nothing on phone
after 20 ms
gateway > phone
    SIP/2.0 100 Trying
phone > gateway
    CANCEL sip:juliet@example.org SIP/2.0
gateway > phone
    SIP/2.0 487 Request Terminated
gateway > phone
    SIP/2.0 200 OK
    CSeq: … CANCEL
gateway > juliet@example.org
    <message><retract id='c1'/></message>
`,
        { online: [] },
      ],
    ],
    { byTheClock: true },
  );
});

describe("a phone that offers inside the dialog", () => {
  plays(
    [
      // proves: S3
      [
        "hears 100 after 200 ms while the user is asked",
        `${TALKING}${OFFERS("    {added-video-sdp}")}${ASKED_FOR_VIDEO}
after 180 ms
nothing on phone
after 20 ms
gateway > phone
    SIP/2.0 100 Trying
    CSeq: … INVITE
${PHONE_HANGS_UP}
gateway > phone
    SIP/2.0 487 Request Terminated
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`,
      ],
      // proves: S3
      [
        "hears no 100 when the answer is there at once",
        `${TALKING}${OFFERS("    {answer-sdp}")}
gateway > phone
    SIP/2.0 200 OK
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='s1'/></iq>
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
after 1 s
nothing on phone
${PHONE_HANGS_UP}`,
      ],
    ],
    { byTheClock: true },
  );
});
