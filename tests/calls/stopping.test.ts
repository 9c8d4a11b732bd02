/** A gateway that is asked to stop: no new calls, running ones go on for a while, then both sides are told. */
import { expect, test } from "bun:test";
import { type PlayOptions, Stage } from "../support/play.ts";
import { onBothWires } from "../support/plays.ts";
import { BOB_ANSWERS, BOB_RINGS, CAROL_CALLS, JULIET_ACCEPTS, JULIET_CALLS } from "./scenes.ts";

const NO_NEW_CALLS = `
phone > gateway
    OPTIONS sip:192.0.2.1:5600 SIP/2.0
    From: <sip:a@b>;tag=a
    To: <sip:c@d>
    Call-ID: o1
gateway > phone
    SIP/2.0 503 Service Unavailable
    Retry-After: 10
juliet > gateway
    <iq type='set' id='n1' to='carl@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s2'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='error' id='n1'><error type='wait'><resource-constraint/></error></iq>
`;
const BOB_HANGS_UP = `
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
    From: <sip:bob@sip.example.org>;tag=bob1
    To: "juliet" <sip:juliet@example.org>;tag={our-tag}
    Call-ID: s1
gateway > phone
    SIP/2.0 200 OK
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><success/></reason></jingle></iq>
`;
const ENDED = `
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><gone/><text>the gateway is stopping</text></reason></jingle></iq>
phone > gateway
    SIP/2.0 200 OK
`;

async function stage(
  wires: PlayOptions,
  ...scripts: string[]
): Promise<{ say: (script: string) => Promise<void>; it: Stage }> {
  const it = new Stage(wires);
  await it.open(["juliet"]);
  const say = (script: string): Promise<void> => it.play(script);
  await say(scripts.join(""));
  return { say, it };
}

onBothWires("without calls it stops at once", async (wires) => {
  const { it, say } = await stage(wires);
  it.gateway.stop();
  await say("after 10 ms");
  expect(it.gateway.health.state).toBe("stopped");
});

// proves: E1
onBothWires("with a call it takes no new ones, and stops when that is done", async (wires) => {
  const { it, say } = await stage(wires, JULIET_CALLS, BOB_RINGS, BOB_ANSWERS);
  it.gateway.stop();
  await say(NO_NEW_CALLS + BOB_HANGS_UP);
  expect(it.gateway.health.state).toBe("ending");
  await say("after 1 s");
  expect(it.gateway.health.state).toBe("stopped");
});

// proves: E2
onBothWires("a call that goes on is ended after drain_timeout, on both sides", async (wires) => {
  const { it, say } = await stage(wires, JULIET_CALLS, BOB_RINGS, BOB_ANSWERS);
  it.gateway.stop();
  await say(`${NO_NEW_CALLS}\nafter 59 s\nnothing on phone\nafter 1 s\n${ENDED}\nafter 1 s`);
  expect(it.gateway.health.state).toBe("stopped");
});

// proves: E4
onBothWires("asked a second time it ends what runs at once", async (wires) => {
  const { it, say } = await stage(wires, JULIET_CALLS, BOB_RINGS, BOB_ANSWERS);
  it.gateway.stop();
  it.gateway.stop();
  await say(`${ENDED}\nafter 1 s`);
  expect([it.gateway.health.state, await it.gateway.stopped]).toEqual(["stopped", null]);
});

const TOLD = `
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><gone/><text>the gateway is stopping</text></reason></jingle></iq>
`;

// proves: E5
onBothWires("a call whose 200 has no ACK yet is hung up after that (RFC 3261 §15)", async (wires) => {
  const { it, say } = await stage(wires, CAROL_CALLS, JULIET_ACCEPTS);
  it.gateway.calls.end();
  await say(`${TOLD}
nothing on phone
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    CSeq: 101 ACK
gateway > phone
    BYE sip:carol@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`);
});

// proves: E5
test("a call whose 200 gets no ACK is hung up after 64*T1", async () => {
  const { it, say } = await stage({}, CAROL_CALLS, JULIET_ACCEPTS);
  it.gateway.calls.end();
  await say(
    `${TOLD}\nafter 31 s\nnothing on phone\nafter 1 s\ngateway > phone\n    BYE sip:carol@192.0.2.2:5060 SIP/2.0`,
  );
});

// proves: E5
onBothWires("a call of which nothing was heard is cancelled when something is (RFC 3261 §9.1)", async (wires) => {
  const { it, say } = await stage(wires, JULIET_CALLS);
  it.gateway.calls.end();
  await say(`${TOLD}
nothing on phone
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
`);
});
