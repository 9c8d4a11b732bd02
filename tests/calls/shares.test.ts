/** What each user may have of the gateway: calls at once, calls a minute, proposals, log lines. docs/mapping.md H1 to H5. */
import { describe, expect, test } from "bun:test";
import type { DialConfig } from "../../actors/calls/dial-limits.ts";
import type { CallsConfig } from "../../actors/calls/needs.ts";
import { changedAll } from "../support/changed.ts";
import { play } from "../support/play.ts";
import { BOB_ANSWERS, CAROL, CAROL_CALLS, JULIET_CALLS, JULIET_HANGS_UP } from "./scenes.ts";

/** Emergency calls and bob; every other number is forbidden. */
const DIAL: DialConfig = {
  ...{ country: "49", area: "30", international: "00", national: "0", emergency: ["112"], hide: "#31#" },
  rules: [
    { to: "112", trunk: "proxy" },
    { to: "bob", trunk: "proxy" },
  ],
  ...{ callsPerUser: 0, callsPerHour: 0, longest: 0 },
};
const sharing = (script: string, calls: Partial<CallsConfig>) => play(script, { calls });

const DIALS = (sid: string, answer: string, to = "bob"): string => `
juliet > gateway
    <iq type='set' id='${sid}' to='${to}@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='${sid}'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > juliet
    ${answer}
`;
const RINGS = (sid: string, to = "bob"): string =>
  `${DIALS(sid, `<iq type='result' id='${sid}'/>`, to)}
gateway > phone
    INVITE sip:${to}@192.0.2.2:5060 SIP/2.0
    Call-ID: ${sid}
`;
const IS_BUSY = (sid: string, to = "bob"): string => `
phone > gateway
    SIP/2.0 486 Busy Here
    Call-ID: ${sid}
gateway > phone
    ACK sip:${to}@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='${sid}'/></iq>
`;
const TOO_MANY = (sid: string, text: string): string =>
  DIALS(sid, `<iq type='error' id='${sid}'><error type='wait'><resource-constraint/><text>${text}</text></error></iq>`);
const PROPOSES = (id: string, answers: string): string => `
juliet > gateway
    <message type='chat' to='bob@sip.example.org'><propose xmlns='urn:xmpp:jingle-message:0' id='${id}'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose></message>
${answers}`;
const PROCEEDS = (id: string): string => `
gateway > juliet
    <message type='chat'><ringing xmlns='urn:xmpp:jingle-message:0' id='${id}'/></message>
gateway > juliet
    <message type='chat'><proceed xmlns='urn:xmpp:jingle-message:0' id='${id}'/></message>
`;
const REJECTED = (id: string): string => `
gateway > juliet
    <message type='chat'><reject xmlns='urn:xmpp:jingle-message:0' id='${id}'><reason xmlns='urn:xmpp:jingle:1'><busy/></reason></reject></message>
`;
const CAROL_IS_REFUSED = `
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    From: <sip:carol@pbx.example.net>;tag=carol2
    To: <sip:juliet@example.org>
    Call-ID: c2
    Contact: <sip:carol@192.0.2.2:5062>
    Content-Type: application/sdp

    {offer-sdp}
gateway > phone
    SIP/2.0 486 Busy Here
    Call-ID: c2
`;
const JULIET_DECLINES = `
juliet > gateway
    <iq type='set' id='a3' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason><decline/></reason></jingle></iq>
gateway > juliet
    <iq type='result' id='a3'/>
gateway > phone
    SIP/2.0 486 Busy Here
    Call-ID: c1
`;
const FULL = (sid: string): string => TOO_MANY(sid, "no more than 1 calls of a user at once");
const ENDS = JULIET_HANGS_UP("bob@sip.example.org", "s1", "sip:bob@192.0.2.2:5060");
const numbers = (count: number, from = 0): string[] => Array.from({ length: count }, (_, at) => `s${from + at}`);

describe("a user's calls at once", () => {
  // proves: H1
  test("are so many at most, and a place is given back when one ends", async () => {
    const more = RINGS("s3") + IS_BUSY("s3");
    await sharing(JULIET_CALLS + BOB_ANSWERS + FULL("s2") + ENDS + more, { perUser: 1 });
  });

  // proves: H1
  test("from phones are so many, too: one more hears 486, and leaves the user what she may dial", async () => {
    const dials = RINGS("s3") + IS_BUSY("s3");
    const logged = await sharing(CAROL_CALLS + CAROL_IS_REFUSED + dials + JULIET_DECLINES, { perUser: 1 });
    expect(logged.filter(({ event }) => event === "call.refused")).toEqual([
      expect.objectContaining({
        status: 486,
        why: "the user has as many calls from phones as `[calls] per_user` allows",
      }),
    ]);
  });

  // proves: H1
  test("leave others theirs: juliet has all that she may have, and romeo calls", async () => {
    const romeo = changedAll(changedAll(RINGS("s3"), "juliet >", "romeo >"), "> juliet", "> romeo");
    const his = changedAll(romeo, "juliet@example.org/balcony", "romeo@example.org/orchard");
    const isBusy = changedAll(IS_BUSY("s3"), "> juliet", "> romeo");
    await sharing(JULIET_CALLS + BOB_ANSWERS + FULL("s2") + his + isBusy + ENDS, { perUser: 1 });
  });
});

// proves: H2
test("a user's new calls are so many a minute, however they end", async () => {
  const three = numbers(3).map((sid) => RINGS(sid) + IS_BUSY(sid));
  const full = TOO_MANY("t1", "no more than 3 new calls of a user a minute");
  await sharing(`${three.join("")}after 30 s\n${full}after 30 s\n${RINGS("u1")}${IS_BUSY("u1")}`, { perMinute: 3 });
});

// proves: H3
test("a user proposes 20 calls at once; one more is busy until they are forgotten", async () => {
  const twenty = numbers(20).map((id) => PROPOSES(id, PROCEEDS(id)));
  const again = PROPOSES("s0", PROCEEDS("s0")); // one of the twenty, said twice
  const late = `after 31 s\n${PROPOSES("v1", PROCEEDS("v1"))}`;
  await sharing(`${twenty.join("")}${again}${PROPOSES("u1", REJECTED("u1"))}${late}`, {});
});

// proves: H5
test("a user who is refused 50 times in a minute causes ten log lines, and the rest is counted", async () => {
  const FORBIDDEN = "<error type='cancel'><not-allowed/></error>";
  const refused = (sid: string): string => DIALS(sid, `<iq type='error' id='${sid}'>${FORBIDDEN}</iq>`, "0900123456");
  const logged = await sharing(`${numbers(50).map(refused).join("")}after 11 s\n${refused("z1")}`, { dial: DIAL });
  const lines = logged.filter(({ event }) => event === "call.refused");
  expect(lines.map(({ count }) => count ?? "whole")).toEqual([...Array(10).fill("whole"), 1, 40]);
});

const carolIsRefused = (from: string, id: string): string => `
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: <sip:${from}@pbx.example.net>;tag=${id}
    To: <sip:juliet@example.org>
    Call-ID: ${id}
    Contact: <sip:carol@192.0.2.2:5062>
gateway > phone
    SIP/2.0 488 Not Acceptable Here
    Call-ID: ${id}
`;

// proves: H5
test("so does a caller from the proxy, whatever the tags of his calls are", async () => {
  const logged = await sharing(
    numbers(30)
      .map((id) => carolIsRefused("carol", id))
      .join(""),
    {},
  );
  const lines = logged.filter(({ event }) => event === "call.refused");
  expect(lines.map(({ count }) => count ?? "whole")).toEqual([...Array(10).fill("whole"), 1]);
});

// proves: H5
test("and callers who write another From each time share the hundred lines of the proxy", async () => {
  const script = numbers(150).map((id) => carolIsRefused(`carol${id}`, id));
  const logged = await sharing(`${script.join("")}after 11 s\n${carolIsRefused("other", "z1")}`, {});
  const lines = logged.filter(({ event }) => event === "call.refused");
  expect(lines.map(({ count }) => count ?? "whole")).toEqual([...Array(100).fill("whole"), 1, 50]);
  expect(lines.at(-1)).toMatchObject({ reason: "many callers of one source", source: "192.0.2.2" });
});
