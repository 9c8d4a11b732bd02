/** Calls outlive their gateway: it is killed, and another one goes on with what it has saved. */
import { describe, expect, test } from "bun:test";
import type { DialConfig } from "../../actors/calls/dial-limits.ts";
import { Rows } from "../../actors/store/memory.ts";
import { createClock } from "../../replay/clock.ts";
import { changed } from "../support/changed.ts";
import { type PlayOptions, Stage } from "../support/play.ts";
import { callerSite } from "../support/site.ts";
import {
  AGREED,
  ANSWER_SDP,
  ANSWERED,
  BOB,
  BOB_RINGS,
  CAROL,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  JULIET_HANGS_UP,
  JULIET_HEARS,
  JULIET_HOLDS,
  OFFERS,
  PHONE_HANGS_UP,
  REFUSED,
  REINVITED,
  TALKING,
} from "./scenes.ts";

/** Performs a play with a store; at its end nothing may be left in it. */
async function survives(script: string, options: PlayOptions = {}): Promise<void> {
  const saved = new Rows();
  const stage = new Stage({ site: callerSite(), ...options, saved });
  await stage.open(options.online ?? ["juliet"]);
  await stage.play(`${script}after 30 ms\n`);
  await ends(stage, saved);
}

async function ends(stage: Stage, saved: Rows): Promise<void> {
  expect([...(saved.get("")?.keys() ?? [])]).toEqual([]);
  await stage.end();
}

/** The same, and the system's clock is set back by a day until the next start. */
async function survivesSetBack(before: string, after: string): Promise<void> {
  const saved = new Rows();
  const clock = createClock();
  let ahead = 86_400_000;
  const stage = new Stage({ site: callerSite(), saved, clock: { ...clock, now: () => clock.now() + ahead } });
  await stage.open(["juliet"]);
  await stage.play(`${before}after 2 s\nthe gateway is killed\n`);
  ahead = 0;
  await stage.play(`${STARTED}${after}after 30 ms\n`);
  await ends(stage, saved);
}

const NO_LIMITS: DialConfig = {
  ...{ country: "49", area: "30", international: "00", national: "0", hide: "", emergency: [] },
  ...{ rules: [{ to: "bob", trunk: "proxy" }], callsPerUser: 0, callsPerHour: 0, longest: 0 },
};
const STARTED = `
after 500 ms
the gateway starts again
`;
const KILLED = `
after 10 ms
the gateway is killed
${STARTED}`;

const PINGED = (sid = "s1"): string => `
gateway > juliet
    <iq type='set'><jingle action='session-info' sid='${sid}'/></iq>
`;
const AGAIN = `
gateway > phone
    (the same)
`;
/** So long after the answer that it is saved as told. */
const LATER = "after 2 s\n";
const TALKED = TALKING + LATER;
/** Bob's phone is asked by the same offer again, with a number that no request has had before. */
const BOB_IS_ASKED = (cseq: number): string =>
  `${REINVITED(cseq, "    a=sendrecv\n")}${PINGED()}${AGREED(cseq, "sendrecv")}`;
const CAROL_IS_ASKED = `
gateway > phone
    INVITE sip:carol@192.0.2.2:5060 SIP/2.0
    From: <sip:juliet@example.org>;tag={our-tag}
    To: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    Call-ID: c1
    CSeq: 1001 INVITE
${PINGED("c1")}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1001 INVITE
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
gateway > phone
    ACK sip:carol@192.0.2.2:5060 SIP/2.0
    CSeq: 1001 ACK
`;
const MOVED = `
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='s1'/></iq>
`;
/** Bob's phone holds the call by an offer, and until the ACK. */
const BOB_HOLDS = OFFERS(ANSWER_SDP("sendonly")) + ANSWERED("recvonly") + MOVED + JULIET_HEARS("hold");
const HUNG_UP_AT_BOB = JULIET_HANGS_UP(BOB, "s1", "sip:bob@192.0.2.2:5060");
const CARL_TALKS = CAROL_CALLS + JULIET_ACCEPTS + CAROL_ACKS + LATER;
const GONE = (sid: string): string => `
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='${sid}'><reason><gone/><text>the gateway was restarted</text></reason></jingle></iq>
`;
const NO_DIALOG = `
phone > gateway
    SIP/2.0 481 Call/Transaction Does Not Exist
`;

/** The phone says it with this number, without a body. */
const SAID = (method: string, cseq: number, contact = "sip:bob@192.0.2.2:5060"): string => `
phone > gateway
    ${method} sip:juliet@192.0.2.1:5600 SIP/2.0
    CSeq: ${cseq} ${method}
    Contact: <${contact}>
`;
const ANSWERS = (status: string): string => `
gateway > phone
    SIP/2.0 ${status}
`;

// proves: O9
describe("what the phone has said last is not heard again by the next gateway,", () => {
  test.each(["OPTIONS", "INFO", "UPDATE"])("be it %s", (method) =>
    survives(
      `${TALKED}${SAID(method, 500)}${ANSWERS("200 OK")}${KILLED}${BOB_IS_ASKED(1002)}${SAID(method, 500)}${ANSWERS("500 Server Internal Error")}${SAID("BYE", 499)}${ANSWERS("500 Server Internal Error")}${HUNG_UP_AT_BOB}`,
    ),
  );
});

// proves: O1
describe("a call that is answered goes on when the gateway is killed", () => {
  test.each([
    ["the phone hangs up that was called", TALKED, BOB_IS_ASKED(1002) + PHONE_HANGS_UP],
    ["who called a phone hangs up", TALKED, BOB_IS_ASKED(1002) + HUNG_UP_AT_BOB],
    ["the phone hangs up that called", CARL_TALKS, CAROL_IS_ASKED + PHONE_HANGS_UP],
    [
      "who was called by a phone hangs up",
      CARL_TALKS,
      CAROL_IS_ASKED + JULIET_HANGS_UP(CAROL, "c1", "sip:carol@192.0.2.2:5060"),
    ],
    [
      "it is held by the user, and killed once more: no number is used twice",
      TALKED,
      `${BOB_IS_ASKED(1002)}${JULIET_HOLDS()}${REINVITED(1003, "    a=sendonly\n")}${AGREED(1003, "recvonly")}${KILLED}` +
        `${REINVITED(2004, "    a=sendonly\n")}${PINGED()}${AGREED(2004, "recvonly")}` +
        `${JULIET_HOLDS("unhold", "h2")}${REINVITED(2005, "    a=sendrecv\n")}${AGREED(2005, "sendrecv")}${PHONE_HANGS_UP}`,
    ],
    ["the phone holds it", TALKED, `${BOB_IS_ASKED(1002)}${BOB_HOLDS}${PHONE_HANGS_UP}`],
    [
      "it is held meanwhile",
      TALKING + BOB_HOLDS,
      `
${REINVITED(1002, "    a=sendrecv\n")}${PINGED()}${AGREED(1002, "sendonly")}${OFFERS(ANSWER_SDP("sendrecv"))}${ANSWERED("sendrecv")}${MOVED}${JULIET_HEARS("active")}${PHONE_HANGS_UP}`,
    ],
  ])("%s", (_, before, after) => survives(before + KILLED + after));
});

// proves: O1
test("no number is used twice, however often a gateway is killed before it has saved anything", async () => {
  const saved = new Rows();
  const stage = new Stage({ site: callerSite(), saved });
  await stage.open(["juliet"]);
  await stage.play(TALKED);
  const rows = saved.get("") ?? new Map();
  const before = [...rows];
  for (const number of [1002, 2002, 3002]) {
    // nothing of what it has done was saved
    for (const [id, row] of before) rows.set(id, row);
    await stage.play(`the gateway is killed\n${STARTED}${REINVITED(number, "    a=sendrecv\n")}${PINGED()}`);
  }
  await stage.play(`${AGREED(3002, "sendrecv")}${PHONE_HANGS_UP}after 30 ms\n`);
  await ends(stage, saved);
});

// proves: O1
test("a call that may last only so long ends when it has, however often it goes on", () =>
  survives(
    `${TALKING}after 60 s${KILLED}${BOB_IS_ASKED(1002)}after 10 s${KILLED}${BOB_IS_ASKED(2003)}nothing on phone
after 29 s
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><expired/></reason></jingle></iq>
phone > gateway
    SIP/2.0 200 OK
`,
    { calls: { dial: { ...NO_LIMITS, longest: 100_000 } } },
  ));

// proves: O2
describe("what is open when the gateway is killed is said again", () => {
  test("the 200 without its ACK", () =>
    survives(CAROL_CALLS + JULIET_ACCEPTS + KILLED + AGAIN + CAROL_ACKS + PINGED("c1") + PHONE_HANGS_UP));

  test("an offer of ours", () =>
    survives(
      TALKING +
        JULIET_HOLDS() +
        REINVITED(2, "    a=sendonly\n") +
        KILLED +
        AGAIN +
        AGREED(2, "recvonly") +
        PINGED() +
        PHONE_HANGS_UP,
    ));

  test("an offer of ours that waits after 491, whose time runs on", () =>
    survives(
      TALKING +
        JULIET_HOLDS() +
        REINVITED(2, "    a=sendonly\n") +
        REFUSED(2, "491 Request Pending") +
        KILLED +
        `${PINGED()}after 4 s\n${REINVITED(1003, "    a=sendonly\n")}${AGREED(1003, "recvonly")}${PHONE_HANGS_UP}`,
    ));

  test("the same where the clock was set back meanwhile", () =>
    survivesSetBack(
      TALKING + JULIET_HOLDS() + REINVITED(2, "    a=sendonly\n") + REFUSED(2, "491 Request Pending"),
      `${PINGED()}after 4 s\n${REINVITED(1003, "    a=sendonly\n")}${AGREED(1003, "recvonly")}${PHONE_HANGS_UP}`,
    ));

  test("the 200 to an offer of theirs", () =>
    survives(
      TALKING +
        OFFERS(ANSWER_SDP("sendonly")) +
        changed(ANSWERED("recvonly"), /phone > gateway[\s\S]*$/, "") +
        MOVED +
        JULIET_HEARS("hold") +
        KILLED +
        AGAIN +
        `phone > gateway\n    ACK sip:juliet@192.0.2.1:5600 SIP/2.0\n${PINGED()}${PHONE_HANGS_UP}`,
    ));

  test("the session-accept, where it may not have gone out", () =>
    survives(`${TALKING}${KILLED}
${REINVITED(1002, "    a=sendrecv\n")}
gateway > juliet
    <iq type='set'><jingle action='session-accept' sid='s1' responder='bob@sip.example.org'/></iq>
${PINGED()}${AGREED(1002, "sendrecv")}${PHONE_HANGS_UP}`));

  test("a BYE", () =>
    survives(
      `${TALKING}${changed(HUNG_UP_AT_BOB, /phone > gateway\n.*200 OK\n$/, "")}${KILLED}
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1003 BYE
${NO_DIALOG}nothing on juliet
`,
    ));

  test("what was owed to a user when the stream was down", () =>
    survives(`${TALKING}
after 10 ms
the stream is cut
${changed(PHONE_HANGS_UP, /gateway > juliet[\s\S]*$/, "")}${KILLED}nothing on phone
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><success/></reason></jingle></iq>
`));
});

// proves: O3
describe("what rings when the gateway is killed is ended on both sides", () => {
  const CANCELLED = `
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 CANCEL
phone > gateway
    SIP/2.0 200 OK
phone > gateway
    SIP/2.0 487 Request Terminated
    To: <sip:bob@sip.example.org>;tag=bob1
    CSeq: 1 INVITE
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 ACK
`;
  const RINGS_AGAIN = `
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob1
    CSeq: 1 INVITE
`;
  const INVITED_AGAIN = `
gateway > phone
    (the same)
`;

  test.each([
    ["a phone that rings says so again, and is cancelled", BOB_RINGS, RINGS_AGAIN + CANCELLED],
    ["a phone that has said nothing yet", "", RINGS_AGAIN + CANCELLED],
    [
      "a phone that answers just now",
      "",
      `phone > gateway
    SIP/2.0 200 OK
    To: <sip:bob@sip.example.org>;tag=bob1
    CSeq: 1 INVITE
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 ACK
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`,
    ],
  ])("%s", (_, before, after) => survives(JULIET_CALLS + before + KILLED + INVITED_AGAIN + GONE("s1") + after));

  const HANGS_UP = `
juliet > gateway
    <iq type='set' id='a9' to='${BOB}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'><reason><cancel/></reason></jingle></iq>
gateway > juliet
    <iq type='result' id='a9'/>
`;
  const CANCELS = `
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 CANCEL
`;
  const TIMES_OUT = `
after 180 s
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'/></iq>
${CANCELS}`;
  const IS_CANCELLED = changed(changed(CANCELLED, CANCELS, ""), "200 OK", "200 OK\n    CSeq: 1 CANCEL");

  test("a user who has hung up already hears nothing, and the phone is cancelled", () =>
    survives(
      `${JULIET_CALLS}${HANGS_UP}${KILLED}${INVITED_AGAIN}nothing on juliet\n${RINGS_AGAIN}${CANCELS}${IS_CANCELLED}nothing on juliet\n`,
    ));

  test("a user who was told that nobody answers hears nothing more, and the phone is cancelled", () =>
    survives(
      `${JULIET_CALLS}${BOB_RINGS}${TIMES_OUT}${KILLED}nothing on juliet\n${RINGS_AGAIN}${AGAIN}${IS_CANCELLED}nothing on juliet\n`,
    ));

  test("a phone that calls hears 503, and may try again", () =>
    survives(`${CAROL_CALLS}${KILLED}
gateway > phone
    SIP/2.0 503 Service Unavailable
    To: <sip:juliet@example.org>;tag={our-tag}
    Retry-After: 10
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
${GONE("c1")}`));
});

// proves: O4
describe("ghosts end", () => {
  test("a user who has hung up meanwhile", () =>
    survives(`${TALKED}${KILLED}${REINVITED(1002, "    a=sendrecv\n")}
gateway > juliet (unanswered)
    <iq type='set' id='{ping}'><jingle action='session-info' sid='s1'/></iq>
${AGREED(1002, "sendrecv")}
juliet > gateway
    <iq type='error' id='{ping}' to='bob@sip.example.org'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`));

  test("a phone that has hung up meanwhile", () =>
    survives(`${TALKED}${KILLED}${REINVITED(1002, "    a=sendrecv\n")}${PINGED()}${NO_DIALOG}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'/></iq>
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
${NO_DIALOG}`));

  const TIMED = `${JULIET_CALLS}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Session-Expires: 90;refresher=uas
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-accept' sid='s1' responder='bob@sip.example.org'/></iq>
`;
  const EXPIRES = `
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1003 BYE
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><general-error/><text>the phone is not there any more</text></reason></jingle></iq>
phone > gateway
    SIP/2.0 200 OK
`;

  test("a session whose time is over meanwhile ends at once, once on each side", () =>
    survives(`${TIMED}
after 10 ms
the gateway is killed
after 100 s
the gateway starts again
${REINVITED(1002, "    a=sendrecv\n")}${EXPIRES}`));

  test("a session whose time is over, where the clock was set back meanwhile", () =>
    survivesSetBack(
      TIMED,
      `${REINVITED(1002, "    a=sendrecv\n")}${PINGED()}${REFUSED(1002, "500 Server Error")}after 58 s\nnothing on phone\nafter 2 s\n${EXPIRES}`,
    ));
});

// proves: O5
describe("a stop that hands over", () => {
  test("ends no call, and the next gateway goes on with it", () =>
    survives(`${TALKED}
the gateway hands over
nothing on phone
nothing on juliet
${STARTED}${BOB_IS_ASKED(1002)}${PHONE_HANGS_UP}`));
});

// proves: O6
describe("a call that can be read, but not gone on with, leaves nothing behind, and the gateway runs:", () => {
  interface Spoilt {
    chart: { value: unknown };
    phone: { invite: { request: { headers: unknown[] } }; forks: { dialog: { remoteTarget: string } }[] };
  }
  const spoilt = async (before: string, spoil: (call: Spoilt) => void, after = ""): Promise<string[]> => {
    const saved = new Rows();
    const stage = new Stage({ site: callerSite(), saved });
    await stage.open(["juliet"]);
    await stage.play(`${before}after 2 s\nthe gateway is killed\n`);
    const rows = saved.get("") ?? new Map();
    for (const [id, row] of rows) {
      const call = JSON.parse(row.text);
      spoil(call);
      rows.set(id, { ...row, text: JSON.stringify(call) });
    }
    await stage.play(`${STARTED}${after}after 30 ms\n`);
    expect([stage.gateway.health.state, stage.gateway.calls.registry.size, rows.size]).toEqual(["running", 0, 0]);
    const faults = stage.logged.filter(({ level }) => level === "error").map(({ event }) => event);
    stage.logged.length = 0;
    await stage.end();
    return faults;
  };

  test("its user hears of a fault", async () => {
    const spoil = (call: Spoilt): void => {
      call.phone.invite.request.headers = [];
    };
    const told = `
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='c1'><reason><general-error/></reason></jingle></iq>
`;
    expect(await spoilt(CAROL_CALLS + JULIET_ACCEPTS, spoil, told)).toEqual(["store.unreadable"]);
  });

  test("its user has left", async () => {
    const spoil = (call: Spoilt): void => {
      for (const { dialog } of call.phone.forks) dialog.remoteTarget = "nobody";
    };
    const hungUp = `${TALKING}${changed(HUNG_UP_AT_BOB, /phone > gateway\n.*200 OK\n$/, "")}`;
    expect(await spoilt(hungUp, spoil)).toEqual(["call.failed", "call.abandoned"]);
  });

  test("its chart has no such state", async () => {
    const spoil = (call: Spoilt): void => {
      call.chart.value = "nowhere";
    };
    expect(await spoilt(TALKING, spoil)).toEqual(["store.unreadable"]);
  });
});
