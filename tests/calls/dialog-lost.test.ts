/** What ends a call from inside its dialog, and what does not: 481, 408 or silence to a request of ours. Signalling §2, RFC 3261 §12.2.1.2. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import { BOB_ANSWERS, JULIET_CALLS, JULIET_SAYS, PHONE_HANGS_UP, REFUSED, REINVITED, TALKING } from "./scenes.ts";

const HOLDS =
  TALKING + JULIET_SAYS("session-info", "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>") + REINVITED(2, "");
const REFRESHED = `${JULIET_CALLS}${changed(BOB_ANSWERS, "    Content-Type", "    Allow: UPDATE\n    Session-Expires: 200;refresher=uac\n    Content-Type")}
after 100 s
gateway > phone
    UPDATE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 UPDATE
`;
const SAYS = (line: string): string => `
phone > gateway
    SIP/2.0 ${line}
    CSeq: 2 UPDATE
`;
const LOST = (code: number): string => `
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><general-error/><sip-error code='${code}'/></reason></jingle></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 3 BYE
phone > gateway
    SIP/2.0 200 OK
    CSeq: 3 BYE
`;
const SILENT = { byTheClock: true } as const;

describe("our re-INVITE", () => {
  plays([
    // proves: S67
    ["is answered 408: BYE, and general-error with sip-error", HOLDS + REFUSED(2, "408 Request Timeout") + LOST(408)],
    // proves: S67
    ["is answered 481: BYE, and general-error with sip-error", HOLDS + REFUSED(2, "481 None") + LOST(481)],
    // proves: S67
    ["is answered by nothing: BYE, and general-error with sip-error 408", `${HOLDS}after 32 s\n${LOST(408)}`, SILENT],
    [
      "is answered 500: the session stays as it was",
      `${HOLDS}${REFUSED(2, "500 Server Internal Error")}
gateway > juliet
    <iq type='set'><jingle action='content-modify' sid='s1'/></iq>
nothing on phone
${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("our UPDATE", () => {
  plays([
    // proves: S67
    ["is answered 408: BYE, and general-error with sip-error", REFRESHED + SAYS("408 Request Timeout") + LOST(408)],
    // proves: S67
    ["is answered 481: BYE, and general-error with sip-error", REFRESHED + SAYS("481 None") + LOST(481)],
    // proves: S67
    [
      "is answered by nothing: BYE, and general-error with sip-error 408",
      `${REFRESHED}after 32 s\n${LOST(408)}`,
      SILENT,
    ],
    // proves: S68
    [
      "is answered 500: the call goes on until its time is over (RFC 4028 §10)",
      `${REFRESHED}${SAYS("500 Server Internal Error")}
after 60 s
nothing on phone
nothing on juliet
${PHONE_HANGS_UP}`,
      SILENT,
    ],
  ]);
});
