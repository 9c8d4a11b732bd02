/** Requests that are no call: OPTIONS, and what is not for a gateway, in a dialog and outside of one. Signalling §2, RFC 3261 §8.2.1, §11. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import { PHONE_HANGS_UP, TALKING } from "./scenes.ts";

const ALLOW = "    Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE\n";
const CAN = `${ALLOW}    Accept: application/sdp, application/trickle-ice-sdpfrag, application/dtmf-relay, application/dtmf, multipart/mixed
    Supported: 100rel, trickle-ice, timer
`;
const OUTSIDE = "    From: <sip:a@b>;tag=a\n    To: <sip:c@d>\n    Call-ID: o1\n";
const ASKS = (method: string, more = ""): string => `
phone > gateway
    ${method} sip:juliet@192.0.2.1:5600 SIP/2.0
${more}`;
const HEARS = (line: string, method: string, more = ""): string => `
gateway > phone
    SIP/2.0 ${line}
    CSeq: … ${method}
${more}`;
const SILENCE = "nothing on juliet";
const NOT_FOR_US = ["REFER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "PUBLISH", "REGISTER"];

describe("OPTIONS", () => {
  plays([
    // proves: S32
    ["outside a dialog says what we understand", ASKS("OPTIONS", OUTSIDE) + HEARS("200 OK", "OPTIONS", CAN) + SILENCE],
    // proves: S32
    [
      "inside a dialog says what we understand",
      TALKING + ASKS("OPTIONS") + HEARS("200 OK", "OPTIONS", CAN) + SILENCE + PHONE_HANGS_UP,
    ],
  ]);
});

describe("a method that is not for a gateway", () => {
  plays([
    // proves: S35
    [
      "is 405 with Allow outside a dialog",
      NOT_FOR_US.map(
        (method, at) =>
          ASKS(method, changed(OUTSIDE, "o1", `o${at}`)) + HEARS("405 Method Not Allowed", method, ALLOW) + SILENCE,
      ).join(""),
    ],
    // proves: S35
    [
      "is 405 with Allow inside a dialog, and the call goes on",
      TALKING +
        NOT_FOR_US.map((method) => ASKS(method) + HEARS("405 Method Not Allowed", method, ALLOW)).join("") +
        SILENCE +
        PHONE_HANGS_UP,
    ],
    // proves: S35
    [
      "is 501 with Allow when nobody knows it, outside a dialog and inside of one",
      `${ASKS("DANCE", OUTSIDE)}${HEARS("501 Not Implemented", "DANCE", ALLOW)}${TALKING}${ASKS("DANCE")}${HEARS("501 Not Implemented", "DANCE", ALLOW)}
${SILENCE}
${PHONE_HANGS_UP}`,
    ],
  ]);
});
