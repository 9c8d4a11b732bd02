/** Who may dial what: `[dial]`, its limits, and names that are somebody else's. docs/mapping.md A25 to A31. */
import { describe, expect, test } from "bun:test";
import type { DialConfig } from "../../actors/calls/dial-limits.ts";
import type { CallsConfig } from "../../actors/calls/needs.ts";
import type { LogEvent } from "../../actors/log.ts";
import { changed, changedAll } from "../support/changed.ts";
import { play } from "../support/play.ts";
import { onBothWires } from "../support/plays.ts";
import { recorded } from "../support/recorded.ts";
import { BOB_ANSWERS, BOB_RINGS, JULIET_CALLS, PHONE_HANGS_UP } from "./scenes.ts";

const DIAL: DialConfig = {
  ...{ country: "49", area: "30", international: "00", national: "0", emergency: ["112"], hide: "#31#" },
  rules: [
    { to: "112", trunk: "proxy" },
    { to: "+49900" },
    { to: "+49", who: ["juliet@example.org"], trunk: "proxy", write: "national" },
    { to: "bob", trunk: "proxy" },
    { to: "rob", trunk: "proxy" },
  ],
  callsPerUser: 0,
  callsPerHour: 0,
  longest: 0,
};
const dialling = (script: string, dial: Partial<DialConfig> = {}, wires = {}): Promise<LogEvent[]> =>
  play(script, { ...wires, calls: { dial: { ...DIAL, ...dial } } });

const DIALS = (local: string, answer: string, by = "juliet", sid = "s1"): string => `
${by} > gateway
    <iq type='set' id='${sid}' to='${local}@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='${sid}'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > ${by}
    ${answer}
`;
const TAKEN = (sid: string): string => `<iq type='result' id='${sid}'/>`;
const REFUSED = (condition: string, text: string, type = "cancel", sid = "s1"): string =>
  `<iq type='error' id='${sid}'><error type='${type}'><${condition}/><text>${text}</text></error></iq>`;
const FORBIDDEN = REFUSED("not-allowed", "this number may not be called");
const INVITED = (user: string, sid = "s1"): string => `
gateway > phone
    INVITE sip:${user}@192.0.2.2:5060 SIP/2.0
    To: <sip:${user}@sip.example.org>
    Call-ID: ${sid}
`;
const BUSY = (user: string, cseq = 1): string => `
phone > gateway
    SIP/2.0 486 Busy Here
    CSeq: ${cseq} INVITE
gateway > phone
    ACK sip:${user} SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;
const PROPOSES = (local: string, answer: string): string => `
juliet > gateway
    <message type='chat' to='${local}@sip.example.org'><propose xmlns='urn:xmpp:jingle-message:0' id='p1'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose></message>
${answer}`;
const REJECTED = (condition: string, text: string): string => `
gateway > juliet
    <message type='chat'><reject xmlns='urn:xmpp:jingle-message:0' id='p1'><reason xmlns='urn:xmpp:jingle:1'><${condition}/><text>${text}</text></reason></reject></message>
`;
const MOVED = (contact: string): string => `
phone > gateway
    SIP/2.0 302 Moved Temporarily
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: ${contact}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`;
const ENDED = `
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'/></iq>
`;

describe("a number", () => {
  // proves: A25
  describe.each([
    "+49-30-123456",
    "0049\\2030123456",
    "030\\2f123456",
    "123456",
    "tel\\3a+4930123456",
    "%2B4930123456",
  ])("that is dialled as %s", (local) => {
    onBothWires("reaches the proxy in its form", (wires) =>
      dialling(DIALS(local, TAKEN("s1")) + INVITED("030123456") + BUSY("030123456@192.0.2.2:5060"), {}, wires),
    );
  });

  test("that was written anew is exported so that the call can be run again without the plan", async () => {
    const script = DIALS("+49-30-123456", TAKEN("s1")) + INVITED("030123456") + BUSY("030123456@192.0.2.2:5060");
    const [call] = await recorded(script, { calls: { dial: DIAL } });
    expect(call?.play).not.toContain("123456");
    await play(call?.play ?? "");
  });

  // proves: A26
  test.each([
    "0900123456",
    "+49900123456",
    "0049\\20900\\20123456",
    "sip\\3a+49900123456\\40elsewhere.example",
    "1234",
  ])("that nobody may call: %s is not-allowed, and the log says so", async (local) => {
    const logged = await dialling(DIALS(local, FORBIDDEN));
    expect(logged.filter(({ event }) => event === "call.refused")).toEqual([
      expect.objectContaining({ why: "this number may not be called", condition: "not-allowed", sid: "s1" }),
    ]);
  });

  test("that is none is not-allowed", async () => {
    await dialling(DIALS("0900,1", REFUSED("not-allowed", "this is not a number that may be called")));
  });

  // proves: A26
  test("that is proposed and may not be called is rejected at once, in words", async () => {
    const logged = await dialling(PROPOSES("0900123456", REJECTED("decline", "this number may not be called")));
    expect(logged.filter(({ event }) => event === "call.refused")).toHaveLength(1);
  });

  // proves: A26
  test("of a user counts as the number that goes out, not as the name that was called", async () => {
    const { addresses } = NURSES;
    const script = DIALS("nurse", FORBIDDEN);
    await play(script, { calls: { addresses, dial: { ...DIAL, rules: [{ to: "nurse", trunk: "proxy" }] } } });
  });
});

describe("a phone that points elsewhere", () => {
  // proves: A28
  test.each([
    "sip:0900123456@192.0.2.9",
    "<sip:+49900123456@192.0.2.2;user=phone>",
    "<tel:+49-900-123456>",
    "<sip:%300900@x>",
    "<sip:192.0.2.9>",
    "<sip:112@192.0.2.9>",
    "<tel:112>",
  ])("to a number that may not be called: %s is not followed, and the log says so", async (contact) => {
    const logged = await dialling(JULIET_CALLS + MOVED(contact) + ENDED);
    expect(logged).toContainEqual(expect.objectContaining({ event: "dial.refused", from: "juliet@example.org" }));
  });

  // proves: A28
  test.each(["<sip:112@192.0.2.9>", "<tel:112>", "<sip:%31%312@x;user=phone>", "<sip:1-1-2@x>", "<sip:911;isub=1@x>"])(
    "to an emergency number, without any rules: %s is not followed either",
    async (contact) => {
      const logged = await play(JULIET_CALLS + MOVED(contact) + ENDED, {});
      expect(logged).toContainEqual(expect.objectContaining({ event: "dial.refused", from: "juliet@example.org" }));
    },
  );

  // proves: A28
  test("nor is any other, without any rules, in the way", async () => {
    const invite = "\ngateway > phone\n    INVITE sip:1120@192.0.2.9 SIP/2.0\n    CSeq: 2 INVITE\n";
    await play(JULIET_CALLS + MOVED("<sip:1120@192.0.2.9>") + invite + BUSY("1120@192.0.2.9", 2), {});
  });

  // proves: A28
  test.each([
    ["<sip:+49-30-123456@192.0.2.9;line=7>", "030123456@192.0.2.9"],
    ["<sip:+49-30-123456@proxy.example;x=a@evil.example>", "030123456@proxy.example"],
    ["<sip:+49-30-123456@[2001:db8::9]:5070;maddr=192.0.2.66;transport=tcp>", "030123456@[2001:db8::9]:5070"],
    ["<tel:+49-30-123456>", "030123456@192.0.2.2:5060"],
    ["<sip:0900123456@x>;q=1, <sip:rob@192.0.2.9:5070>;q=0.1", "rob@192.0.2.9:5070"],
  ])("to one that may: %s becomes %s", async (contact, target) => {
    const invite = `
gateway > phone
    INVITE sip:${target} SIP/2.0
    CSeq: 2 INVITE
`;
    await dialling(JULIET_CALLS + MOVED(contact) + invite + BUSY(target, 2));
  });
});

describe("an emergency number", () => {
  // proves: A31
  test("is told who calls, though #31# is dialled first", async () => {
    const named = `    From: "juliet" <sip:juliet@example.org>;tag={our-tag}\n    no Privacy: …\n`;
    await dialling(DIALS("#31#112", TAKEN("s1")) + INVITED("112") + named + BUSY("112@192.0.2.2:5060"));
  });

  // proves: A28, A31
  test("that points to another place for it is followed there", async () => {
    const moved = changedAll(MOVED("<sip:112@192.0.2.9>"), "bob@", "112@");
    const invite = changed(INVITED("112"), "112@192.0.2.2:5060", "112@192.0.2.9");
    await dialling(DIALS("112", TAKEN("s1")) + INVITED("112") + moved + invite + BUSY("112@192.0.2.9", 2));
  });
});

describe("limits", () => {
  const LIMIT = (text: string, sid: string): string => REFUSED("resource-constraint", text, "wait", sid);
  const RINGS = (sid: string): string => DIALS("123456", TAKEN(sid), "juliet", sid) + INVITED("030123456", sid);
  const LEAVES = (sid: string): string => `
phone > gateway
    SIP/2.0 486 Busy Here
    Call-ID: ${sid}
gateway > phone
    ACK sip:030123456@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='${sid}'/></iq>
`;

  // proves: A30
  test("of calls at once are told as resource-constraint, and given back", async () => {
    const more = DIALS("123456", LIMIT("no more than 1 calls at once", "s2"), "juliet", "s2");
    await dialling(`${RINGS("s1")}${more}${LEAVES("s1")}${RINGS("s3")}${LEAVES("s3")}`, { callsPerUser: 1 });
  });

  // proves: A30
  test("of calls an hour are told as resource-constraint, and given back after an hour", async () => {
    const more = (sid: string): string => DIALS("123456", LIMIT("no more than 2 calls an hour", sid), "juliet", sid);
    const two = RINGS("s1") + LEAVES("s1") + RINGS("s2") + LEAVES("s2");
    await dialling(`${two}${more("s3")}after 3590 s\n${more("s4")}after 20 s\n${RINGS("s5")}${LEAVES("s5")}`, {
      callsPerHour: 2,
    });
  });

  // proves: A30
  test("are told to who proposes, too", async () => {
    const script = RINGS("s1") + PROPOSES("123456", REJECTED("busy", "no more than 1 calls at once")) + LEAVES("s1");
    await dialling(script, { callsPerUser: 1 });
  });

  // proves: A31
  test("do not hold for emergency numbers, which stay as they are", async () => {
    const help = DIALS("112", TAKEN("e1"), "juliet", "e1") + INVITED("112", "e1");
    const busy = changedAll(LEAVES("e1"), "030123456", "112");
    const none = DIALS("123456", LIMIT("no more than 1 calls at once", "s2"), "juliet", "s2");
    const over = changed(
      PHONE_HANGS_UP,
      "SIP/2.0\n",
      "SIP/2.0\n    Call-ID: s1\n    From: <sip:bob@sip.example.org>;tag=bob1\n    To: <sip:juliet@example.org>;tag={our-tag}\n    CSeq: 7 BYE\n",
    );
    await dialling(JULIET_CALLS + BOB_ANSWERS + none + help + busy + over, { callsPerUser: 1, callsPerHour: 1 });
  });

  // proves: A31, H4
  test("of all calls keep places for emergency numbers", async () => {
    const none = DIALS("123456", LIMIT("no more calls now", "s2"), "juliet", "s2");
    const help = DIALS("112", TAKEN("e1"), "juliet", "e1") + INVITED("112", "e1");
    const busy = changedAll(LEAVES("e1"), "030123456", "112");
    await play(none + help + busy, { calls: { dial: DIAL, maxCalls: 0 } });
  });

  // proves: A31
  test("of how long a call may last do not hold for emergency numbers", async () => {
    const atHelp = changedAll(JULIET_CALLS + BOB_ANSWERS, "bob@sip.example.org", "112@sip.example.org");
    const call = changed(atHelp, "sip:bob@192.0.2.2", "sip:112@192.0.2.2");
    await dialling(`${call}after 90 s\nnothing on phone\n${PHONE_HANGS_UP}`, { longest: 60_000 });
  });

  const EXPIRES = `
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><expired/><text>the call has reached its maximum duration</text></reason></jingle></iq>
phone > gateway
    SIP/2.0 200 OK
`;

  // proves: A30
  test("of how long a call may last end it on both sides, from its answer on", async () => {
    const script = `${JULIET_CALLS}${BOB_RINGS}after 50 s\n${BOB_ANSWERS}after 59 s\nnothing on phone\nafter 1 s\n${EXPIRES}`;
    const logged = await dialling(script, { longest: 60_000 });
    expect(logged).toContainEqual(expect.objectContaining({ event: "call.ended", why: "expired", by: "gateway" }));
  });

  test("of how long a call may last are over with the call", async () => {
    await dialling(`${JULIET_CALLS}${BOB_ANSWERS}${PHONE_HANGS_UP}after 90 s\n`, { longest: 60_000 });
  });
});

const NURSES: Pick<CallsConfig, "addresses"> = {
  addresses: {
    ...{ hosts: ["example.org"], component: "sip.example.org", ours: ["192.0.2.1"], intercept: false, speaksAs: [] },
    ...{ proxyHost: "192.0.2.2", proxyPort: 5060, usernameToPhone: [{ username: "nurse", phone: "+4930123" }] },
  },
};

describe("a user whose name is somebody else's number", () => {
  const IMPOSTOR = (local: string): string =>
    DIALS("bob", REFUSED("not-allowed", "the caller's name is the number of another user"), `${local}@example.org/x`);

  // proves: A29
  test.each(["+4930123", "004930123", "4930123", "+49-30-123"])("%s may not call", async (local) => {
    await dialling(IMPOSTOR(local));
  });

  // proves: A29
  test("may not call without [dial] either, where it is the same text", async () => {
    await play(IMPOSTOR("+4930123"), { online: [] });
  });

  // proves: A29
  test.each(["004930123", "4930123", "+49-30-123"])("%s may call without [dial]: it is another text", async (local) => {
    const busy = changedAll(BUSY("bob@192.0.2.2:5060"), "> juliet", `> ${local}@example.org/x`);
    await play(DIALS("bob", TAKEN("s1"), `${local}@example.org/x`) + INVITED("bob") + busy, { online: [] });
  });

  // proves: A31
  test("may call for help", async () => {
    const script =
      DIALS("112", TAKEN("s1"), "+4930123@example.org/x") +
      INVITED("112") +
      changedAll(BUSY("112@192.0.2.2:5060"), "> juliet", "> +4930123@example.org/x");
    await dialling(script);
  });

  // proves: A29
  test.each(["030123", "0049\\2030123"])("%s may not call, where the plan says what number that is", async (local) => {
    await dialling(IMPOSTOR(local));
  });
});
