/** `[log] trace`: the messages of one number's calls and of nobody else's, and no secret in them. */
import { expect, test } from "bun:test";
import { watchAll } from "../../actors/watch-all.ts";
import { Trace, type Traced } from "../../journal/trace.ts";
import { BOB_ANSWERS, BOB_RINGS, CAROL_CALLS, JULIET_CALLS, PHONE_HANGS_UP } from "../calls/scenes.ts";
import { play } from "../support/play.ts";

const CALL = JULIET_CALLS + BOB_RINGS + BOB_ANSWERS + PHONE_HANGS_UP;

/** What is said of a play while this is traced. */
async function traced(what: string, script = CALL): Promise<Traced[]> {
  const said: Traced[] = [];
  const trace = new Trace((message) => void said.push(message));
  trace.set(what);
  const watch = watchAll([trace]);
  await play(script, watch ? { watch } : {});
  return said;
}

test("every message of the call is said once, from the one that began it to its last", async () => {
  const said = await traced("bob");
  expect(said.map(({ wire, direction, label }) => `${wire} ${direction} ${label}`)).toEqual([
    "xmpp in session-initiate",
    "xmpp out ✓ result",
    "sip out INVITE ·sdp",
    "sip in 180 Ringing",
    "xmpp out session-info (ringing)",
    "xmpp in ✓ result",
    "sip in 200 OK ·sdp",
    "sip out ACK",
    "xmpp out session-accept",
    "xmpp in ✓ result",
    "sip in BYE",
    "sip out 200 OK (BYE)",
    "xmpp out session-terminate (success)",
    "xmpp in ✓ result",
  ]);
  expect(said[2]).toMatchObject({ callId: "s1", sid: "s1", peer: "udp 192.0.2.2:5060" });
  expect(said[2]?.message).toStartWith("INVITE sip:bob@192.0.2.2:5060 SIP/2.0\r\n");
});

test("its secrets are hidden", async () => {
  const messages = (await traced("bob")).map(({ message }) => message).join("\n");
  expect(messages).toContain("a=ice-pwd:‹hidden ");
  expect(messages).not.toMatch(/ice-pwd:p[AB]|pwd='p[AB]|pwd="p[AB]/);
});

test.each([
  ["a JID", "juliet@example.org"],
  ["a full JID, in any case", "Juliet@example.org/balcony"],
  ["the number", "+bob"],
  ["the Call-ID", "s1"],
])("the call is known by %s", async (_, what) => {
  expect((await traced(what)).length).toBeGreaterThan(10);
});

test.each([
  ["nothing", ""],
  ["a part of a name", "bo"],
  ["somebody else", "romeo@example.org"],
])("%s traces nothing", async (_, what) => {
  expect(await traced(what)).toEqual([]);
});

test("a phone that calls is known as it is dialled, unescaped", async () => {
  const said = await traced(
    "carol@pbx.example.net",
    `${CAROL_CALLS}
phone > gateway
    CANCEL sip:juliet@example.org SIP/2.0
gateway > phone
    SIP/2.0 200 OK
gateway > phone
    SIP/2.0 487 Request Terminated
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='c1'/></iq>`,
  );
  expect(said[0]?.label).toBe("INVITE ·sdp");
  expect(said.length).toBeGreaterThan(6);
});
