/** Profile `precise`: reasons told apart as finely as both protocols can, docs/mapping.md table R (RFC 3326, RFC 6432, XEP-0166 §7.4). */
import { describe, test } from "bun:test";
import { changed, changedAll } from "../support/changed.ts";
import { play } from "../support/play.ts";
import { type PlayRow, plays } from "../support/plays.ts";
import {
  BOB_ANSWERS,
  BOB_RINGS,
  CAROL,
  CAROL_ACKS,
  CAROL_CALLS,
  GIVES_UP,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  JULIET_SAYS,
} from "./scenes.ts";

const precisely = (rows: readonly PlayRow[]): void => plays(rows, { calls: { profile: "precise" } });

const TOLD = (reason: string): string => `
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason>${reason}</reason></jingle></iq>
`;
const BOB_SAYS = (line: string, more = ""): string => `
phone > gateway
    SIP/2.0 ${line}
    To: <sip:bob@sip.example.org>;tag=bob1
${more}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`;
const JULIET_REFUSES = (reason: string): string => `
juliet > gateway
    <iq type='set' id='a2' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason>${reason}</reason></jingle></iq>
gateway > juliet
    <iq type='result' id='a2'/>
`;
const ANSWERED = (line: string, ...headers: string[]): string => `
gateway > phone
    SIP/2.0 ${line}
${headers.map((each) => `    ${each}\n`).join("")}
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`;

describe("the phone refuses", () => {
  precisely([
    // proves: R25
    [
      "480 before it rang: gone",
      `${JULIET_CALLS}${BOB_SAYS("480 Temporarily Unavailable")}${TOLD("<gone/><text>480 Temporarily Unavailable</text><sip-error code='480'/>")}`,
    ],
    // proves: R25
    [
      "480 after it rang: timeout",
      `${JULIET_CALLS}${BOB_RINGS}${BOB_SAYS("480 Temporarily Unavailable")}${TOLD("<timeout/><sip-error code='480'/>")}`,
    ],
    // proves: R25
    [
      "488 with Warning 304: unsupported-applications",
      `${JULIET_CALLS}${BOB_SAYS("488 Not Acceptable Here", '    Warning: 304 bob "no media"\n')}${TOLD("<unsupported-applications/><sip-error code='488'/>")}`,
    ],
    ["486: busy", `${JULIET_CALLS}${BOB_SAYS("486 Busy Here")}${TOLD("<busy/><sip-error code='486'/>")}`],
    ["603: decline", `${JULIET_CALLS}${BOB_SAYS("603 Decline")}${TOLD("<decline/><sip-error code='603'/>")}`],
  ]);
});

describe("the phone hangs up", () => {
  precisely([
    // proves: S87
    [
      "with a Q.850 cause in its Reason (RFC 3326): the reason that fits",
      `${JULIET_CALLS}${BOB_ANSWERS}
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
    Reason: SIP;cause=200, Q.850;cause=41;text="Temporary failure"
gateway > phone
    SIP/2.0 200 OK
${TOLD("<connectivity-error/>")}`,
    ],
    // proves: S87
    [
      "with a text in its Reason: told as it is",
      `${JULIET_CALLS}${BOB_ANSWERS}
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
    Reason: Q.850;cause=17;text="User busy; <later>"
gateway > phone
    SIP/2.0 200 OK
${TOLD("<busy/><text>User busy; &lt;later&gt;</text>")}`,
    ],
    [
      "without one: success",
      `${JULIET_CALLS}${BOB_ANSWERS}
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
${TOLD("<success/>")}`,
    ],
    [
      "before anybody answered (CANCEL): cancel",
      `${CAROL_CALLS}
${GIVES_UP("sip:juliet@example.org")}${TOLD("<cancel/>")}`,
    ],
  ]);
});

describe("the user refuses", () => {
  precisely([
    // proves: R26
    [
      "decline: 603, with its cause (RFC 6432)",
      `${CAROL_CALLS}${JULIET_REFUSES("<decline/>")}${ANSWERED("603 Decline", "Reason: Q.850;cause=21")}`,
    ],
    ["busy: 486", `${CAROL_CALLS}${JULIET_REFUSES("<busy/>")}${ANSWERED("486 Busy Here", "Reason: Q.850;cause=17")}`],
    [
      "unsupported-applications: 488 with Warning 304",
      `${CAROL_CALLS}${JULIET_REFUSES("<unsupported-applications/>")}${ANSWERED("488 Not Acceptable Here", 'Warning: 304 carillon "refused"', "Reason: Q.850;cause=79")}`,
    ],
  ]);
});

describe("the user does not answer", () => {
  const TOLD_TIMEOUT = `
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='c1'><reason><timeout/></reason></jingle></iq>
`;
  const RINGS_UNANSWERED = changed(CAROL_CALLS, "gateway > juliet", "gateway > juliet (unanswered)");
  const REFUSES_THE_IQ = (
    condition: string,
  ): string => `${changed(RINGS_UNANSWERED, "<iq type='set'", "<iq type='set' id='{initiate}'")}
juliet > gateway
    <iq type='error' id='{initiate}' to='${CAROL}'><error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
`;
  precisely([
    // proves: R27
    [
      "within ring_timeout: 480 with the cause of `timeout`",
      `${CAROL_CALLS}
after 180 s
${ANSWERED("480 Temporarily Unavailable", "Reason: Q.850;cause=102")}${TOLD("<timeout/>")}`,
    ],
    // proves: R27
    [
      "and the caller gives up: 487 with the cause of `cancel`",
      `${CAROL_CALLS}
phone > gateway
    CANCEL sip:juliet@example.org SIP/2.0
gateway > phone
    SIP/2.0 200 OK
    CSeq: … CANCEL
${ANSWERED("487 Request Terminated", "Reason: Q.850;cause=16")}
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='c1'><reason><cancel/></reason></jingle></iq>
`,
    ],
    // proves: R27
    [
      "and the caller never acknowledges a reliable 180: 504 with the cause of `timeout`",
      `${changed(CAROL_CALLS, "    Call-ID: c1\n", "    Call-ID: c1\n    Require: 100rel\n")}
after 32 s
${ANSWERED("504 Server Time-out", "Reason: Q.850;cause=102")}
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='c1'/></iq>
`,
      { byTheClock: true },
    ],
    // proves: R27
    [
      "and her client says nothing at all: 480 with the cause of `timeout`",
      `${RINGS_UNANSWERED}
after 30 s
${ANSWERED("480 Temporarily Unavailable", "Reason: Q.850;cause=102")}${TOLD_TIMEOUT}`,
    ],
    // proves: R28
    [
      "and her server says service-unavailable: 480 with cause 27",
      `${REFUSES_THE_IQ("service-unavailable")}${ANSWERED("480 Temporarily Unavailable", "Reason: Q.850;cause=27")}`,
    ],
    [
      "and her server says forbidden: 403 with cause 21",
      `${REFUSES_THE_IQ("forbidden")}${ANSWERED("403 Forbidden", "Reason: Q.850;cause=21")}`,
    ],
    [
      "and her server says conflict: 486 with cause 17",
      `${REFUSES_THE_IQ("conflict")}${ANSWERED("486 Busy Here", "Reason: Q.850;cause=17")}`,
    ],
    [
      "and her server says not-acceptable: 488 with cause 88",
      `${REFUSES_THE_IQ("not-acceptable")}${ANSWERED("488 Not Acceptable Here", "Reason: Q.850;cause=88")}`,
    ],
    [
      "and her server says internal-server-error: 500 with cause 127",
      `${REFUSES_THE_IQ("internal-server-error")}${ANSWERED("500 Server Internal Error", "Reason: Q.850;cause=127")}`,
    ],
  ]);
});

describe("the user ends", () => {
  precisely([
    // proves: R26
    [
      "an established call, with a reason: BYE with its cause",
      `${JULIET_CALLS}${BOB_ANSWERS}${JULIET_SAYS("session-terminate", "<reason><connectivity-error/></reason>")}
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
    Reason: Q.850;cause=41
phone > gateway
    SIP/2.0 200 OK
`,
    ],
    // proves: R26
    [
      "a call that rings: CANCEL with its cause",
      `${JULIET_CALLS}${BOB_RINGS}${JULIET_SAYS("session-terminate", "<reason><cancel/></reason>")}
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
    Reason: Q.850;cause=16
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 CANCEL
phone > gateway
    SIP/2.0 487 Request Terminated
    CSeq: 1 INVITE
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`,
    ],
    [
      "a call that a phone has placed: BYE with its cause",
      `${CAROL_CALLS}${JULIET_ACCEPTS}${CAROL_ACKS}${changedAll(JULIET_REFUSES("<timeout/>"), "a2", "a3")}
gateway > phone
    BYE sip:carol@192.0.2.2:5060 SIP/2.0
    Reason: Q.850;cause=102
phone > gateway
    SIP/2.0 200 OK
`,
    ],
  ]);
});

describe("the gateway stops", () => {
  const STOPPING = TOLD("<gone/><text>the gateway is stopping</text>");
  const rows: readonly (readonly [name: string, before: string, after: string])[] = [
    // proves: E3
    [
      "with a call that a phone has placed: BYE with the cause of `gone`",
      `${CAROL_CALLS}${JULIET_ACCEPTS}${CAROL_ACKS}`,
      `
gateway > phone
    BYE sip:carol@192.0.2.2:5060 SIP/2.0
    Reason: Q.850;cause=27
phone > gateway
    SIP/2.0 200 OK
${STOPPING}`,
    ],
    // proves: E3
    [
      "with a call whose 200 has no ACK yet: BYE after it, with the cause of `gone`",
      `${CAROL_CALLS}${JULIET_ACCEPTS}`,
      `${STOPPING}${CAROL_ACKS}
gateway > phone
    BYE sip:carol@192.0.2.2:5060 SIP/2.0
    Reason: Q.850;cause=27
phone > gateway
    SIP/2.0 200 OK
`,
    ],
    // proves: E3
    [
      "with a call that rings at the user's: 503 with Retry-After, and the cause of `gone`",
      CAROL_CALLS,
      `${ANSWERED("503 Service Unavailable", "Retry-After: 10", "Reason: Q.850;cause=27")}${STOPPING}`,
    ],
    // proves: E3
    [
      "with a call that rings at a phone: CANCEL with the cause of `gone`",
      `${JULIET_CALLS}${BOB_RINGS}`,
      `
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
    Reason: Q.850;cause=27
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 CANCEL
phone > gateway
    SIP/2.0 487 Request Terminated
    CSeq: 1 INVITE
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
${STOPPING}`,
    ],
    // proves: E3
    [
      "with a call that the user has placed: BYE with the cause of `gone`",
      `${JULIET_CALLS}${BOB_ANSWERS}`,
      `
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
    Reason: Q.850;cause=27
phone > gateway
    SIP/2.0 200 OK
${STOPPING}`,
    ],
  ];
  test.each(rows)("%s", async (_, before, after) => {
    await play(`${before}\nafter 10 ms\nthe gateway stops\n${after}`, { calls: { profile: "precise" } });
  });
});
