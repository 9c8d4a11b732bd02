/** Two requests at once: offers that cross an open one are 491, a call that is there already is 482. RFC 3261 §14.2, §8.2.2.2, RFC 3311 §5.2. */
import { describe, expect, test } from "bun:test";
import { changed } from "../support/changed.ts";
import { Stage } from "../support/play.ts";
import { plays } from "../support/plays.ts";
import {
  CAROL,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_SAYS,
  OFFERS,
  PHONE_HANGS_UP,
  REINVITED,
  TALKING,
} from "./scenes.ts";

const OPEN = (method: string): string => `
gateway > phone
    SIP/2.0 491 Request Pending
    CSeq: … ${method}
`;
const ACK = (cseq: number, sdp = ""): string => `
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    CSeq: ${cseq} ACK
${sdp === "" ? "" : `    Content-Type: application/sdp\n\n    {${sdp}}\n`}`;
const MOVED = `
gateway > juliet
    <iq type='set'><jingle action='transport-info'/></iq>
`;
const ASKS_FOR_AN_OFFER = `
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:bob@192.0.2.2:5060>
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INVITE
    a=setup:actpass
`;
const OFFER = OFFERS("    {answer-sdp}");
const UPDATE = changed(OFFER, "INVITE", "UPDATE");
const CAROLS_OFFER = changed(changed(OFFER, "bob@", "carol@"), "{answer-sdp}", "{offer-sdp}");

describe("the phone offers while", () => {
  plays([
    // proves: S53
    [
      "our 200 to its INVITE has no ACK: 491, by re-INVITE and by UPDATE",
      `${CAROL_CALLS}${JULIET_ACCEPTS}${CAROLS_OFFER}${OPEN("INVITE")}${ACK(102)}${changed(CAROLS_OFFER, "INVITE", "UPDATE")}${OPEN("UPDATE")}
nothing on juliet
${ACK(101)}${PHONE_HANGS_UP}`,
    ],
    // proves: S53
    [
      "our 200 to its re-INVITE has no ACK: 491",
      `${TALKING}${OFFER}
gateway > phone
    SIP/2.0 200 OK
    CSeq: 101 INVITE
${MOVED}${OFFER}${OPEN("INVITE")}${ACK(102)}${UPDATE}${OPEN("UPDATE")}
nothing on juliet
${ACK(101)}${PHONE_HANGS_UP}`,
    ],
    // proves: S53
    [
      "our 200 has offered and the ACK with the answer has not come: 491, and the answer is read all the same",
      `${TALKING}${ASKS_FOR_AN_OFFER}${OFFER}${OPEN("INVITE")}${ACK(102)}
nothing on juliet
${ACK(101, "answer-sdp")}${MOVED}${PHONE_HANGS_UP}`,
    ],
    // proves: S53
    [
      "our re-INVITE is open: 491 to an UPDATE too",
      `${TALKING}${JULIET_SAYS("session-info", "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>")}${REINVITED(2, "")}${UPDATE}${OPEN("UPDATE")}
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
  ]);
});

// proves: S52
test("whoever offers before our answer is put off by 0 to 10 seconds, by chance (§14.2)", async () => {
  const stage = new Stage({});
  await stage.open(["juliet"]);
  await stage.play(CAROL_CALLS);
  const offers = `${changed(CAROLS_OFFER, "INVITE", "UPDATE")}
gateway > phone
    SIP/2.0 500 Server Internal Error
`.repeat(200);
  await stage.play(offers);
  const said = stage.wire.datagrams.map(({ bytes }) => new TextDecoder().decode(bytes));
  const pauses = new Set(said.flatMap((text) => /^Retry-After: (\d+)\r$/m.exec(text)?.[1] ?? []).map(Number));
  expect([...pauses].toSorted((one, other) => one - other)).toEqual(Array.from({ length: 11 }, (_, at) => at));
});

describe("the user changes something while", () => {
  plays([
    // proves: S54
    [
      "our 200 to the phone's re-INVITE has no ACK: our re-INVITE waits for that",
      `${TALKING}${OFFER}
gateway > phone
    SIP/2.0 200 OK
    CSeq: 101 INVITE
${MOVED}${JULIET_SAYS("session-info", "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>")}
nothing on phone
${ACK(101)}${REINVITED(2, "    a=sendonly\n")}${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("an INVITE for a call that there is already is 482", () => {
  const AGAIN = (more: string, user = "juliet"): string => `
phone > gateway
    INVITE sip:${user}@example.org SIP/2.0
${more}    To: <sip:juliet@example.org>
    Call-ID: c1
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
gateway > phone
    SIP/2.0 482 Loop Detected
phone > gateway
    ACK sip:${user}@example.org SIP/2.0
nothing on juliet
nothing on romeo
`;
  const FROM = (tag: string): string => `    From: "Carol" <sip:carol@pbx.example.net>;tag=${tag}\n`;
  const ENDS = `
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>;tag={our-tag}
gateway > phone
    SIP/2.0 200 OK
gateway > juliet
    <iq type='set' from='${CAROL}'><jingle action='session-terminate' sid='c1'><reason><success/></reason></jingle></iq>
`;
  const CALLING = CAROL_CALLS + JULIET_ACCEPTS + CAROL_ACKS;
  plays([
    // proves: S36
    ["when its Call-ID is in use between the two, and that call goes on", CALLING + AGAIN(FROM("carol2")) + ENDS],
    // proves: S36
    [
      "when it has come by another way already (§8.2.2.2), though that one went to another user",
      CALLING + AGAIN(`${FROM("carol1")}    CSeq: 101 INVITE\n`, "romeo") + ENDS,
      { online: ["juliet", "romeo"] },
    ],
  ]);
});
