/** The call detail record, and what the log alone says of a call that failed: docs/troubleshooting.md has each of these failures. */
import { describe, expect, test } from "bun:test";
import { changed } from "../support/changed.ts";
import { type PlayOptions, play, Stage } from "../support/play.ts";
import {
  BOB_ANSWERS,
  BOB_RINGS,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  JULIET_HANGS_UP,
  PHONE_HANGS_UP,
} from "./scenes.ts";

const BOB_SAYS = (line: string): string => `
phone > gateway
    SIP/2.0 ${line}
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`;
const TOLD = (by = "gateway"): string => `
${by} > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;
const REFUSED = (line: string): string => `
gateway > phone
    SIP/2.0 ${line}
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`;
const WITHOUT_DTLS = `
phone > gateway
    SIP/2.0 200 OK
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {plain-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`;
const JULIET_GIVES_UP = `
juliet > gateway
    <iq type='set' id='a9' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'><reason><cancel/></reason></jingle></iq>
gateway > juliet
    <iq type='result' id='a9'/>
`;
const CANCELLED = `
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 CANCEL
phone > gateway
    SIP/2.0 487 Request Terminated
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`;
const INVITE = (by: string, to = "juliet@example.org"): string => `
${by} > gateway
    INVITE sip:${to} SIP/2.0
    From: <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:${to}>
    Call-ID: c1
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
`;
const PROPOSED = `
gateway > phone
    SIP/2.0 100 Trying
gateway > juliet@example.org
    <message><propose/></message>
after 30 s
`;
const NO_PROXY = "check whether the SIP proxy runs and answers: proxy_host, proxy_port, transport, local_host";
const RELAY = "the phone has no DTLS-SRTP: its media need a relay such as rtpengine";
const PERHAPS_RELAY = "if the phone has no DTLS-SRTP, its media need a relay such as rtpengine";

describe("why a call failed", () => {
  test.each<[name: string, script: string, record: object, options?: PlayOptions]>([
    [
      "the phone is busy",
      JULIET_CALLS + BOB_RINGS + BOB_SAYS("486 Busy Here") + TOLD(),
      { by: "phone", origin: "remote", status: 486, phrase: "Busy Here", duration: 0 },
    ],
    [
      "the proxy knows no such number",
      JULIET_CALLS + BOB_SAYS("404 Not Found") + TOLD(),
      { by: "phone", origin: "remote", status: 404, phrase: "Not Found", timer: undefined },
    ],
    [
      "a 408 that was received is the proxy's",
      JULIET_CALLS + BOB_SAYS("408 Request Timeout") + TOLD(),
      { by: "phone", origin: "remote", status: 408, phrase: "Request Timeout", timer: undefined },
    ],
    [
      "the proxy is down: the timer, and no status that nobody has sent",
      `${JULIET_CALLS}after 33 s\n${TOLD()}`,
      {
        ...{ by: "gateway", origin: "local", timer: "Timer B", status: undefined, phrase: undefined },
        ...{ reason: "no response from the SIP proxy (Timer B)", advice: NO_PROXY },
      },
    ],
    [
      "the proxy takes no connection",
      `
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1'/>
${TOLD()}`,
      {
        ...{ by: "gateway", origin: "local", timer: undefined, status: undefined },
        ...{ reason: "the SIP proxy could not be reached" },
        advice: "check whether the SIP proxy can be reached: proxy_host, proxy_port, transport",
      },
      {
        calls: { proxy: { transport: "tcp", host: "192.0.2.2", port: 5060 } },
        unwritten: "the proxy of plays takes connections",
      },
    ],
    [
      "the proxy is down, and the user has hung up before that was known",
      `${JULIET_CALLS}${JULIET_GIVES_UP}after 33 s\n`,
      { by: "user", why: "cancel", timer: "Timer B", status: undefined, advice: NO_PROXY },
    ],
    [
      "the phone has no DTLS, and answers all the same",
      JULIET_CALLS + WITHOUT_DTLS + TOLD(),
      { by: "gateway", origin: "local", reason: RELAY, advice: RELAY },
    ],
    [
      "the phone has no DTLS, and refuses",
      JULIET_CALLS + BOB_SAYS("488 Not Acceptable Here") + TOLD(),
      { by: "phone", origin: "remote", status: 488, advice: PERHAPS_RELAY, reason: undefined },
    ],
    [
      "the proxy wants credentials",
      JULIET_CALLS + BOB_SAYS("407 Proxy Authentication Required") + TOLD(),
      { status: 407, advice: "the proxy wants credentials: [sip] username, password and realm" },
    ],
    [
      "nobody answers the phone",
      `${JULIET_CALLS}${BOB_RINGS}after 180 s\n${TOLD()}${CANCELLED}`,
      { by: "gateway", origin: "local", timer: "no answer", status: 487, answered: undefined },
    ],
    [
      "the caller requires reliable responses, and sends no PRACK",
      `${changed(CAROL_CALLS, "    Contact:", "    Require: 100rel\n    Contact:")}
after 32 s
${REFUSED("504 Server Time-out")}${TOLD()}`,
      { by: "gateway", origin: "local", timer: "64*T1", status: 504, reason: "the 180 had no PRACK" },
    ],
    [
      "the user is offline, and no push has woken a client",
      `${INVITE("phone")}${PROPOSED}${REFUSED("480 Temporarily Unavailable")}
gateway > juliet@example.org
    <message><retract/></message>`,
      {
        ...{ by: "gateway", origin: "local", timer: "no device wakes", status: 480, reason: "the user is offline" },
        advice: "the user has no client online that accepts calls",
      },
      { online: [] },
    ],
  ])("%s", async (_, script, record, options = {}) => {
    const logged = await play(script, options);
    expect(logged.findLast(({ event }) => event === "call.ended")).toMatchObject(record);
  });
});

describe("why a call never was", () => {
  test.each<[name: string, script: string, line: object, options?: PlayOptions]>([
    [
      "its sender is not in [sip] allow",
      `${INVITE("stranger")}
gateway > stranger
    SIP/2.0 403 Forbidden`,
      {
        ...{ level: "warn", reason: "source not allowed", status: 403, callId: "c1", source: "203.0.113.66" },
        ...{ from: "<sip:carol@pbx.example.net>;tag=carol1", to: "<sip:juliet@example.org>" },
        advice: "if this host may begin calls, add it to [sip] allow",
      },
    ],
    [
      "there is no such user",
      `${INVITE("phone", "juliet@elsewhere.example")}${REFUSED("404 Not Found")}`,
      {
        ...{ status: 404, callId: "c1", to: "<sip:juliet@elsewhere.example>", why: "nobody has this address" },
        advice: "the number or address in To and Request-URI is not a user of [xmpp] hosts",
      },
    ],
    [
      "the user is offline",
      `${INVITE("phone")}${REFUSED("480 Temporarily Unavailable")}`,
      { status: 480, callId: "c1", why: "the user is offline" },
      { intercept: true, online: [] },
    ],
  ])("%s", async (_, script, line, options = {}) => {
    const logged = await play(script, options);
    expect(logged.filter(({ event }) => event === "call.refused")).toMatchObject([line]);
  });
});

describe("the record of a call that was answered", () => {
  const AT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

  test("has its instants, and how long it was talked", async () => {
    const logged = await play(
      `${JULIET_CALLS}after 1 s\n${BOB_RINGS}after 4 s\n${BOB_ANSWERS}after 60 s\n${PHONE_HANGS_UP}`,
    );
    const record = logged.findLast(({ event }) => event === "call.ended");
    expect(record).toMatchObject({
      ...{ from: "juliet@example.org/balcony", to: "bob@sip.example.org", direction: "outgoing", callId: "s1" },
      ...{ by: "phone", origin: "remote", why: "success", status: undefined, state: "established.stable.talking" },
    });
    const instants = ["begun", "rang", "answered", "ended"].map((name) => String(record?.[name]));
    for (const instant of instants) expect(instant).toMatch(AT);
    const [begun = 0, rang = 0, answered = 0, ended = 0] = instants.map((instant) => Date.parse(instant));
    expect(rang - begun).toBeWithin(1_000, 1_100);
    expect(answered - rang).toBeWithin(4_000, 4_100);
    expect(Number(record?.duration) * 1_000).toBe(ended - answered);
    expect(record?.duration).toBeWithin(60, 60.1);
  });

  test("says when the user has hung up", async () => {
    const hangsUp = JULIET_HANGS_UP("bob@sip.example.org", "s1", "sip:bob@192.0.2.2:5060");
    const logged = await play(JULIET_CALLS + BOB_ANSWERS + hangsUp);
    expect(logged.findLast(({ event }) => event === "call.ended")).toMatchObject({ by: "user", origin: "remote" });
  });
});

describe("the operator hangs up", () => {
  const OPERATOR = "<text>the operator has hung up</text>";
  const record = { by: "operator", origin: "local", reason: "the operator has hung up" };
  const hungUp = async (before: string, after: string): Promise<object | undefined> => {
    const logged = await play(`${before}\nafter 10 ms\nthe operator hangs up\n${after}`);
    return logged.findLast(({ event }) => event === "call.ended");
  };

  test("on a phone that waits for the user: 480, and the user's devices stop ringing", async () => {
    const after = `${REFUSED("480 Temporarily Unavailable")}
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><cancel/>${OPERATOR}</reason></jingle></iq>`;
    expect(await hungUp(CAROL_CALLS, after)).toMatchObject({ ...record, why: "cancel" });
  });

  test("on a phone that rings: CANCEL, and the user is told", async () => {
    const after = `
gateway > phone
    CANCEL sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><gone/>${OPERATOR}</reason></jingle></iq>
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 CANCEL
phone > gateway
    SIP/2.0 487 Request Terminated
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0`;
    expect(await hungUp(JULIET_CALLS + BOB_RINGS, after)).toMatchObject({ ...record, why: "gone" });
  });

  test("on two that talk: BYE, and success", async () => {
    const after = `
gateway > phone
    BYE sip:carol@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><success/>${OPERATOR}</reason></jingle></iq>
phone > gateway
    SIP/2.0 200 OK`;
    expect(await hungUp(CAROL_CALLS + JULIET_ACCEPTS + CAROL_ACKS, after)).toMatchObject({ ...record, why: "success" });
  });

  test("on nobody, where the call is over", async () => {
    const it = new Stage({});
    await it.open(["juliet"]);
    expect(it.gateway.calls.hangUp("none")).toBe(false);
    await it.close();
  });
});
