/** What the log says of calls, for whoever runs the gateway. */
import { describe, expect, test } from "bun:test";
import { changed } from "../support/changed.ts";
import { play } from "../support/play.ts";
import {
  AGREED,
  BOB_ANSWERS,
  BOB_RINGS,
  CAROL,
  CAROL_CALLS,
  JULIET_CALLS,
  JULIET_HOLDS,
  PHONE_HANGS_UP,
  REINVITED,
  TALKING,
} from "./scenes.ts";

const REFUSED = (line: string): string => `
gateway > phone
    SIP/2.0 ${line}
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`;
const REFUSED_CHANGE = `
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/sdp

    v=0
    o=- 1 2 IN IP4 192.0.2.2
    s=-
    c=IN IP4 192.0.2.2
    t=0 0
    m=audio 0 RTP/AVP 0
gateway > phone
    SIP/2.0 488 Not Acceptable Here
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;
const BUSY = `
phone > gateway
    SIP/2.0 486 Occupied
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;
const UNREACHABLE = `${changed(changed(CAROL_CALLS, "gateway > juliet", "gateway > juliet (unanswered)"), "<iq type='set' from='carol", "<iq type='set' id='{asked}' from='carol")}
juliet > gateway
    <iq type='error' id='{asked}' to='${CAROL}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
${REFUSED("480 Temporarily Unavailable")}`;
const TO_NOBODY = `
phone > gateway
    INVITE sip:juliet@elsewhere.example SIP/2.0
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@elsewhere.example>
    Call-ID: c1
    Contact: <sip:carol@192.0.2.2:5060>
${REFUSED("404 Not Found")}`;
const OF_NO_SID = (by: string, to = "bob@sip.example.org"): string => `
${by} > gateway
    <iq type='set' id='q1' to='${to}'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='m1'>{offer-contents}</jingle></iq>
gateway > ${by}
    <iq type='error' id='q1'/>
`;

// proves: H5
test("a user who keeps holding and resuming causes forty lines, and the call still logs its end", async () => {
  const flips = Array.from({ length: 24 }, (_, at) => {
    const [word, direction] = at % 2 === 0 ? ["hold", "recvonly"] : ["active", "sendrecv"];
    return JULIET_HOLDS(word, `h${at}`) + REINVITED(at + 2, "") + AGREED(at + 2, direction);
  });
  const logged = await play(TALKING + flips.join("") + PHONE_HANGS_UP);
  const told = logged.filter(({ level }) => level === "info").map(({ event }) => event);
  expect(told.filter((event) => event === "call.state")).toHaveLength(40);
  expect(told.filter((event) => event === "call.ended")).toHaveLength(1);
});

describe("the last line of a call says how it ended", () => {
  test.each([
    [
      "hung up",
      JULIET_CALLS + BOB_RINGS + BOB_ANSWERS + PHONE_HANGS_UP,
      { why: "success", state: "established.stable.talking" },
    ],
    [
      "refused by the phone",
      JULIET_CALLS + BOB_RINGS + BUSY,
      { why: "decline", status: 486, phrase: "Occupied", state: "outgoing.ringing" },
    ],
    [
      "hung up, long after a change was refused",
      TALKING + REFUSED_CHANGE + PHONE_HANGS_UP,
      { why: "success", status: undefined },
    ],
    [
      "refused by the user's server",
      UNREACHABLE,
      { why: "service-unavailable", status: 480, state: "incoming.offering" },
    ],
  ])("%s", async (_, script, ended) => {
    expect((await play(script)).findLast(({ event }) => event === "call.ended")).toMatchObject(ended);
  });
});

describe("a call that never was has a line too", () => {
  test.each([
    [
      "an INVITE",
      TO_NOBODY,
      { level: "info", status: 404, callId: "c1", to: "<sip:juliet@elsewhere.example>", source: "192.0.2.2" },
    ],
    [
      "a session-initiate",
      OF_NO_SID("juliet", "sip.example.org"),
      { level: "info", condition: "item-not-found", sid: "m1", from: "juliet@example.org/balcony" },
    ],
    [
      "a stranger's, now and then",
      OF_NO_SID("mallory"),
      { level: "warn", reason: "users of this domain may not call here", count: 1 },
    ],
  ])("%s", async (_, script, refused) => {
    const logged = await play(script);
    expect(logged.find(({ event }) => event === "call.refused")).toMatchObject(refused);
    expect(logged.filter(({ event }) => event === "call.started")).toEqual([]);
  });
});

test("one structured line an event, with who and what, and nothing secret in any of them", async () => {
  const logged = await play(JULIET_CALLS + BOB_RINGS + BOB_ANSWERS + PHONE_HANGS_UP);
  const ofCall = logged.filter(({ event }) => event.startsWith("call."));
  expect(ofCall.map(({ event, state }) => (state === undefined ? event : `${event} ${state}`))).toEqual([
    "call.started",
    "call.state outgoing.inviting",
    "call.state outgoing.ringing",
    "call.state established.stable.talking",
    "call.ended established.stable.talking",
  ]);
  for (const line of ofCall) {
    expect(line).toMatchObject({
      callId: "s1",
      sid: "s1",
      from: "juliet@example.org/balcony",
      to: "bob@sip.example.org",
    });
    expect(String(line.call).length).toBeGreaterThan(10);
    expect(JSON.stringify(line)).not.toMatch(/AB:AB|pA345|ice-pwd|secret/);
  }
});
