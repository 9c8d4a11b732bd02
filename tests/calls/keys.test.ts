/** Keys pressed in a running call: XEP-0181 on one side, INFO with application/dtmf-relay on the other. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import { JULIET_SAYS, PHONE_HANGS_UP, TALKING } from "./scenes.ts";

const PRESSES = (code: string, id: string, more = ""): string =>
  JULIET_SAYS("session-info", `<dtmf xmlns='urn:xmpp:jingle:dtmf:0' code='${code}'${more}/>`, id);
const TOLD = (code: string, cseq: number, duration = 100): string => `
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} INFO
    Content-Type: application/dtmf-relay
    Signal=${code}
    Duration=${duration}
`;
const SAYS = (cseq: number, line = "200 OK"): string => `
phone > gateway
    SIP/2.0 ${line}
    CSeq: ${cseq} INFO
`;
const INFO = (type: string, body: string): string => `
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: ${type}

    ${body}
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INFO
`;
const HEARS = (code: string, duration: number): string => `
gateway > juliet
    <iq type='set' from='bob@sip.example.org'><jingle action='session-info' sid='s1'><dtmf xmlns='urn:xmpp:jingle:dtmf:0' code='${code}' duration='${duration}'/></jingle></iq>
`;

describe("the user presses", () => {
  plays([
    // proves: J49
    [
      "a key: INFO application/dtmf-relay, with its duration",
      `${TALKING}${PRESSES("5", "k1", " duration='400'")}${TOLD("5", 2, 400)}${SAYS(2)}${PHONE_HANGS_UP}`,
    ],
    [
      "keys faster than the phone takes them: one after the other, in their order",
      `${TALKING}${PRESSES("1", "k1")}${TOLD("1", 2)}${PRESSES("#", "k2")}${PRESSES("a", "k3")}
nothing on phone
${SAYS(2)}${TOLD("#", 3)}${SAYS(3)}${TOLD("A", 4)}${SAYS(4)}${PHONE_HANGS_UP}`,
    ],
    [
      "a key that the phone does not take: the call goes on, without more of them",
      `${TALKING}${PRESSES("1", "k1")}${TOLD("1", 2)}${SAYS(2, "415 Unsupported Media Type")}${PRESSES("2", "k2")}
nothing on phone
${PHONE_HANGS_UP}`,
    ],
    [
      "what is no key: refused by name",
      `${TALKING}
juliet > gateway
    <iq type='set' id='k1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='s1'><dtmf xmlns='urn:xmpp:jingle:dtmf:0' code='x'/></jingle></iq>
gateway > juliet
    <iq type='error' id='k1'><error><bad-request/></error></iq>
${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("the phone presses", () => {
  plays([
    // proves: S74
    [
      "a key by application/dtmf-relay, and by application/dtmf",
      `${TALKING}${INFO("application/dtmf-relay", "Signal=*\n    Duration=160")}${HEARS("*", 160)}${INFO("application/dtmf", "7")}${HEARS("7", 100)}${PHONE_HANGS_UP}`,
    ],
    [
      "what is no key: 400, and the call goes on",
      `${TALKING}${changed(INFO("application/dtmf-relay", "Signal=loud"), "200 OK", "400 Bad Request")}${PHONE_HANGS_UP}`,
    ],
  ]);
});
