/** More calls than can be set up: the gateway refuses what is new, on both wires, and what runs goes on (docs/mapping.md G25 to G27). */
import { expect, test } from "bun:test";
import { GATEWAY, PROXY } from "../../replay/gateway.ts";
import { type PlayOptions, Stage } from "../support/play.ts";
import { BOB_ANSWERS, BOB_RINGS, JULIET_CALLS } from "./scenes.ts";

/** More than begin in a turn (8) and may wait (512). */
const MANY = 600;

const CAROL_CALLS_TOO = `
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>
    Call-ID: c1
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
`;
const REFUSED = `
gateway > phone
    SIP/2.0 503 Service Unavailable
    Retry-After: 10
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`;
const JULIET_IS_REFUSED = `
juliet > gateway
    <iq type='set' id='n1' to='carl@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s2'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='error' id='n1'><error type='wait'><resource-constraint/></error></iq>
`;

const JULIET_PROPOSES = `
juliet > gateway
    <message to='carl@sip.example.org'><propose xmlns='urn:xmpp:jingle-message:0' id='s2'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose></message>
gateway > juliet
    <message><reject xmlns='urn:xmpp:jingle-message:0' id='s2'><reason xmlns='urn:xmpp:jingle:1'><busy/></reason></reject></message>
`;
const JULIET_CALLS_FOR_HELP = `
juliet > gateway
    <iq type='set' id='e1' to='112@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='e1'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='e1'/>
gateway > phone
    INVITE sip:112@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 486 Busy Here
    To: <sip:112@sip.example.org>;tag=help1
gateway > phone
    ACK sip:112@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='e1'><reason><decline/></reason></jingle></iq>
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
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><success/></reason></jingle></iq>
`;

/** A stage where juliet and bob talk, and a crowd behind the proxy that calls nobody, all at once, and hears its answers elsewhere. */
async function crowded(calls: NonNullable<PlayOptions["calls"]> = {}) {
  const it = new Stage({ calls });
  await it.open(["juliet"]);
  await it.play(JULIET_CALLS + BOB_RINGS + BOB_ANSWERS);
  const answers: string[] = [];
  const received = (bytes: Uint8Array): void => void answers.push(new TextDecoder().decode(bytes).slice(8, 11));
  const socket = await it.wire.openUdp({ host: PROXY.host, port: 5_999 }, { received, failed: () => {} });
  let branch = 0;
  const burst = (): void => {
    for (let sent = 0; sent < MANY; sent++) {
      const id = `crowd${++branch}`;
      const text = `INVITE sip:nobody@elsewhere.example SIP/2.0\r\nVia: SIP/2.0/UDP ${PROXY.host}:5999;rport;branch=z9hG4bK${id}\r\nFrom: <sip:a@b>;tag=a\r\nTo: <sip:nobody@elsewhere.example>\r\nCall-ID: ${id}\r\nCSeq: 1 INVITE\r\nContact: <sip:a@${PROXY.host}:5999>\r\nMax-Forwards: 70\r\n\r\n`;
      socket.send(new TextEncoder().encode(text), GATEWAY);
    }
  };
  const count = (status: string): number => answers.filter((answer) => answer === status).length;
  return { it, burst, count };
}

// proves: G25, G26
test("a phone that is one too many gets 503, and the call that runs ends as it should", async () => {
  const { it, burst, count } = await crowded();
  burst();
  await it.play(CAROL_CALLS_TOO + REFUSED);
  expect(count("503")).toBeGreaterThan(0);
  expect(count("404")).toBeGreaterThan(500);
  burst();
  await it.play(BOB_HANGS_UP);
  await it.play("after 40 s");
  await it.close();
});

// proves: G27
test("a user beyond the limit gets resource-constraint", async () => {
  const { it, burst } = await crowded();
  burst();
  await it.play(JULIET_IS_REFUSED);
  await it.play(BOB_HANGS_UP);
  await it.play("after 40 s");
  await it.close();
});

// proves: G27
test("a proposal that is one too many is rejected", async () => {
  const { it, burst } = await crowded();
  burst();
  await it.play(JULIET_PROPOSES + BOB_HANGS_UP);
  await it.play("after 40 s");
  await it.close();
});

// proves: G27
test("an emergency number is called nevertheless", async () => {
  const numbering = { country: "49", area: "30", international: "00", national: "0", hide: "#31#" };
  const limits = { callsPerUser: 0, callsPerHour: 0, longest: 0 };
  const rules = ["112", "bob"].map((to) => ({ to, trunk: "proxy" }));
  const { it, burst } = await crowded({ dial: { ...numbering, ...limits, rules, emergency: ["112"] } });
  burst();
  await it.play(JULIET_CALLS_FOR_HELP + BOB_HANGS_UP);
  await it.play("after 40 s");
  await it.close();
});

// proves: G25
test("one log line says so, with a count, and what would help", async () => {
  const { it, burst } = await crowded();
  burst();
  await it.play(`${BOB_HANGS_UP}after 11 s`);
  burst();
  await it.play("after 40 s");
  const why = "more calls start than can be set up";
  const lines = it.logged.filter(({ event, reason }) => event === "call.refused" && reason === why);
  expect(lines.map(({ status, count }) => [status, count])).toEqual([
    [503, 1],
    [503, 80],
  ]);
  expect(lines[0]).toMatchObject({ level: "warn", advice: expect.stringContaining("second gateway") });
  expect(it.gateway.gauges.load.refused).toBe(160);
  await it.close();
});
