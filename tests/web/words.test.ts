/** Why a call failed, as the page says it: what the record of the call in the log says, in a sentence or two. */
import { expect, test } from "bun:test";
import { Journal } from "../../journal/journal.ts";
import type { CallView } from "../../journal/view.ts";
import { endWords, failureWords } from "../../web/page/words.ts";
import { BOB_RINGS, JULIET_CALLS } from "../calls/scenes.ts";
import { journalOf } from "../support/recorded.ts";
import { aboutOf } from "../support/window-calls.ts";

const told = ({ steps, why, failure }: CallView): string => {
  const step = steps.at(-1);
  return step
    ? `${endWords(step, { ...(why ? { why } : {}), ...(failure ? { failure } : {}) })} ${failureWords(failure ?? {})}`
    : "";
};
const REFUSED = (line: string): string => `
phone > gateway
    SIP/2.0 ${line}
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'/></iq>
`;
const UNANSWERED = `${JULIET_CALLS}after 33 s
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'/></iq>
`;
const RUNG_OUT = `${JULIET_CALLS}${BOB_RINGS}after 180 s
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'/></iq>
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 CANCEL
phone > gateway
    SIP/2.0 487 Request Terminated
    CSeq: 1 INVITE
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`;

test.each([
  [
    "an operator who has enough of it",
    `${JULIET_CALLS}${BOB_RINGS}
the operator hangs up
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'/></iq>
`,
    "The operator hung up (gone). The operator has hung up.",
  ],
  [
    "a busy phone",
    JULIET_CALLS + REFUSED("486 Busy Here"),
    "The phone did not accept the call (decline): 486 Busy Here. ",
  ],
  [
    "a phone without DTLS",
    JULIET_CALLS + REFUSED("488 Not Acceptable Here"),
    "The phone did not accept the call (general-error): 488 Not Acceptable Here. If the phone has no DTLS-SRTP, its media need a relay such as rtpengine.",
  ],
  [
    "a proxy that is down",
    UNANSWERED,
    "Nothing came in time: Timer B (general-error). No response from the SIP proxy (Timer B). Check whether the SIP proxy runs and answers: proxy_host, proxy_port, transport, local_host.",
  ],
  ["a phone that nobody answers", RUNG_OUT, "Nothing came in time: timer “no answer” (general-error). "],
])("%s", async (_, script, words) => {
  const { journal } = await journalOf(script, {});
  const [row] = journal.calls({}, 1).calls;
  expect(told(journal.call(row?.id ?? "") as CallView)).toBe(words);
});

test("a repeated reason is counted once, and a successful call leaves nothing", () => {
  expect(failureWords({ reason: "no such phone", advice: "no such phone" })).toBe("No such phone.");
  const journal = new Journal({ now: () => 1, budget: 1_000_000 });
  journal
    .begun(aboutOf(1))
    ?.ended("success", { status: 200, phrase: "OK", reason: "x", timer: undefined, advice: "y" });
  expect(journal.row("call1")?.failure).toBeUndefined();
});

test("INVITEs refused before there was a call are counted by reason, as long as reasons are few", () => {
  const journal = new Journal({ now: () => 1, budget: 1_000_000 });
  journal.refusedCall({ wire: "sip", status: 403, why: "source not allowed" });
  for (let at = 0; at < 200; at++) journal.refusedCall({ wire: "xmpp", status: "gone", why: `made up ${at}` });
  const { refusedCalls } = journal.counts;
  expect(refusedCalls["sip 403: source not allowed"]).toBe(1);
  expect([Object.keys(refusedCalls).length, refusedCalls["xmpp gone"]]).toEqual([101, 101]);
});
