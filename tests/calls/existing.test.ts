/** The special get of mod_jingle_sip: another window of the user asks for the offer that rings. Whose calls it gives, and whose not. */
import { describe, expect, test } from "bun:test";
import { parse } from "ltx/lib/ltx.js";
import { DEVICES } from "../../journal/play-people.ts";
import { readHead } from "../../protocol/xmpp/head.ts";
import { Stage } from "../support/play.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { plays } from "../support/plays.ts";
import { BOB, CAROL, CAROL_ACKS, CAROL_CALLS, JULIET_ACCEPTS, JULIET_CALLS, PHONE_HANGS_UP } from "./scenes.ts";

const ASKS = (device: string, sid: string, answer: string, type = "get"): string => `
${device} > gateway
    <iq type='${type}' id='e1' to='sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='existing-session-initiate'${sid && ` sid='${sid}'`}/></iq>
gateway > ${device}
    ${answer}
`;
const NONE =
  "<iq type='error' id='e1'><error><item-not-found/><unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error></iq>";
const CAROL_GIVES_UP = `
phone > gateway
    CANCEL sip:juliet@example.org SIP/2.0
    CSeq: 101 CANCEL
gateway > phone
    SIP/2.0 200 OK
    CSeq: 101 CANCEL
gateway > phone
    SIP/2.0 487 Request Terminated
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
    CSeq: 101 ACK
`;
const IS_TOLD = (device: string): string => `
gateway > ${device}
    <iq type='set' from='${CAROL}'><jingle action='session-terminate' sid='c1'><reason><decline/></reason></jingle></iq>
`;

describe("existing-session-initiate", () => {
  plays([
    // proves: J12
    [
      "does not give another user's call, by its sid or without one",
      `${CAROL_CALLS}${ASKS("romeo", "c1", NONE)}${ASKS("romeo", "", NONE)}${CAROL_GIVES_UP}${IS_TOLD("juliet")}`,
      { online: ["juliet", "romeo"] },
    ],
    // proves: J12
    [
      "does not give a call that is answered",
      `${CAROL_CALLS}${JULIET_ACCEPTS}${CAROL_ACKS}${ASKS("juliet-phone", "c1", NONE)}${ASKS("juliet-phone", "", NONE)}${PHONE_HANGS_UP}`,
    ],
    [
      "does not give a call that the user has placed",
      `${JULIET_CALLS}${ASKS("juliet-phone", "s1", NONE)}${ASKS("juliet-phone", "", NONE)}
phone > gateway
    SIP/2.0 486 Busy Here
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set' from='${BOB}'><jingle action='session-terminate' sid='s1'><reason><decline/></reason></jingle></iq>
`,
    ],
    // proves: J12
    [
      "is an IQ get: a set is a bad request",
      `${CAROL_CALLS}${ASKS("juliet-phone", "", "<iq type='error' id='e1'><error><bad-request/></error></iq>", "set")}${CAROL_GIVES_UP}${IS_TOLD("juliet")}`,
    ],
    [
      "gives each call that rings when it names none",
      `${CAROL_CALLS}${ASKS("juliet-phone", "", "<iq type='result' id='e1'/>")}
gateway > juliet-phone
    <iq type='set' from='${CAROL}'><jingle action='session-initiate' sid='c1'><content name='0'/></jingle></iq>
${CAROL_GIVES_UP}${IS_TOLD("juliet")}${IS_TOLD("juliet-phone")}`,
    ],
  ]);
});

// proves: J1
test("the result of a session-initiate goes out before the INVITE", async () => {
  const stage = new Stage({});
  await stage.open(["juliet"]);
  const iq = readHead(
    parse(
      `<iq type='set' id='a1' from='${DEVICES.juliet}' to='${BOB}'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'>${PLAY_TEXTS["offer-contents"]}</jingle></iq>`,
    ),
  );
  if (!iq) throw new Error("no IQ");
  const begun = (): boolean => stage.logged.some(({ event }) => event === "call.state");
  const replies: [string, boolean][] = [];
  stage.gateway.calls.jingle(iq, (answer) => void replies.push([String(answer.attrs.type), begun()]));
  expect([replies, begun()]).toEqual([[["result", false]], true]);
  stage.gateway.stop();
});
