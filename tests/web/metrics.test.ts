/** What Prometheus is given: every call once, no name of anybody in a label, and a dashboard that shows all of it. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CallAbout, CallEnd } from "../../actors/watch.ts";
import { watchAll } from "../../actors/watch-all.ts";
import { type Ended, type Gauges, Metrics, outcomeOf } from "../../web/metrics.ts";
import { JULIET_CALLS } from "../calls/scenes.ts";
import { play, Stage } from "../support/play.ts";

const GAUGES: Gauges = {
  ...{ xmpp: true, proxy: "up", sockets: { udp: true, tcp: false } },
  ...{ relays: [{ name: "127.0.0.1:2223", state: "up" }], relayed: 2 },
  trunks: [
    { name: "fritz", state: "registered" },
    { name: "sipgate", state: "refused", why: "403 Forbidden" },
    { name: "pbx", state: "unregistered" },
    { name: "sbc", state: "unreachable", why: "its certificate has expired" },
  ],
  states: ["outgoing.ringing", "established.stable.talking", "established.hold.held"],
  load: { window: 512, taken: 7, refused: 9 },
  retransmissions: { in: 3, out: 4 },
  dropped: { sip: new Map([["malformed message", 2]]), xmpp: new Map() },
};
const ABOUT: CallAbout = {
  ...{ id: "t1", callId: "c1", sid: "s1", direction: "outgoing" },
  ...{ us: "+4930123@sip.example.org", them: "juliet@example.org" },
  ...{ from: "juliet@example.org/balcony", to: "+4930123@sip.example.org" },
};
const END: CallEnd = { begun: 0, ended: 1_000, by: "phone", origin: "remote", why: "decline", status: 486 };

/** Metrics after calls that ended so, and their lines. */
async function linesAfter(ends: readonly CallEnd[], gauges: Partial<Gauges> = {}): Promise<string[]> {
  const metrics = new Metrics(() => ({ ...GAUGES, ...gauges }));
  for (const end of ends) watchAll([metrics])?.begun(ABOUT)?.ended(end.why, end);
  return (await metrics.text()).split("\n");
}

describe("the outcome of a call", () => {
  const ended = (end: Partial<Ended>): Ended => ({ ...END, status: undefined, ...end });
  test.each<[what: string, end: Partial<Ended>, outcome: string]>([
    ["answered and hung up", { answered: 1, by: "user" }, "completed"],
    ["answered and hung up by the operator", { answered: 1, by: "operator", origin: "local" }, "completed"],
    ["answered, and then the phone was gone", { answered: 1, by: "gateway", origin: "local" }, "dropped"],
    ["given up by the user", { by: "user", status: 487 }, "canceled"],
    ["given up before anything was heard of the phone", { by: "user" }, "canceled"],
    ["busy", { by: "phone", status: 486 }, "declined"],
    ["declined everywhere", { by: "phone", status: 603 }, "declined"],
    ["no such number", { by: "phone", status: 404 }, "unavailable"],
    ["the user's client cannot be reached", { by: "user", status: 480 }, "unavailable"],
    ["nobody answers", { by: "gateway", origin: "local", timer: "no answer", status: 487 }, "unanswered"],
    ["the proxy is down", { by: "gateway", origin: "local", timer: "Timer B" }, "failed"],
    ["the proxy is down, and the user gave up", { by: "user", timer: "Timer B" }, "failed"],
    ["not acceptable", { by: "phone", status: 488 }, "failed"],
    ["a fault of ours", { by: "gateway", origin: "local" }, "failed"],
  ])("%s", (_, end, outcome) => {
    expect(outcomeOf(ended(end)) as string).toBe(outcome);
  });
});

test("every call is counted once, with its times in seconds", async () => {
  const lines = await linesAfter([
    END,
    END,
    { ...END, status: undefined, answered: 400, ended: 30_400, why: "success" },
  ]);
  expect(lines).toContain('carillon_calls_total{direction="outgoing",outcome="declined"} 2');
  expect(lines).toContain('carillon_calls_total{direction="outgoing",outcome="completed"} 1');
  expect(lines).toContain('carillon_calls_total{direction="incoming",outcome="failed"} 0');
  expect(lines).toContain("carillon_call_setup_seconds_sum 0.4");
  expect(lines).toContain("carillon_call_duration_seconds_sum 30");
  expect(lines).toContain("carillon_call_duration_seconds_count 1");
});

test.each([
  'carillon_calls{state="established"} 2',
  'carillon_calls{state="incoming"} 0',
  'carillon_sip_retransmissions_total{direction="in"} 3',
  'carillon_dropped_total{wire="sip",reason="malformed message"} 2',
  "carillon_xmpp_stream_up 1",
  'carillon_sip_socket_up{transport="tcp"} 0',
  "carillon_proxy_up 1",
  'carillon_relay_up{relay="127.0.0.1:2223"} 1',
  "carillon_relayed_calls 2",
  "carillon_overload_refusals_total 9",
  "carillon_set_up_window 512",
  "carillon_calls_in_set_up 7",
])("%s is read at the scrape", async (line) => {
  expect(await linesAfter([])).toContain(line);
});

// proves: K14
test("an account is registered or not; a trunk without one says nothing but that it cannot be reached; and why", async () => {
  const lines = await linesAfter([]);
  expect(lines.filter((line) => line.startsWith("carillon_trunk_registered{"))).toEqual([
    'carillon_trunk_registered{trunk="fritz"} 1',
    'carillon_trunk_registered{trunk="sipgate"} 0',
    'carillon_trunk_registered{trunk="sbc"} 0',
  ]);
  expect(lines.filter((line) => line.startsWith("carillon_trunk_fault{"))).toEqual([
    'carillon_trunk_fault{trunk="sipgate",why="403 Forbidden"} 1',
    'carillon_trunk_fault{trunk="sbc",why="its certificate has expired"} 1',
  ]);
});

test("what is counted elsewhere does not grow by being asked", async () => {
  const metrics = new Metrics(() => GAUGES);
  await metrics.text();
  expect(await metrics.text()).toContain('carillon_sip_retransmissions_total{direction="out"} 4\n');
});

test("a proxy of unknown state is neither up nor down", async () => {
  // prom-client writes Nan, which Prometheus reads as NaN
  expect(await linesAfter([], { proxy: "unknown" })).toContain("carillon_proxy_up Nan");
});

test("nobody's name is in it, and refusals have a bounded number of kinds", async () => {
  const metrics = new Metrics(() => GAUGES);
  const watch = watchAll([metrics]);
  watch?.begun(ABOUT)?.refused("sip.info", "it does not fit");
  for (let status = 400; status < 500; status++) watch?.refusedCall({ wire: "sip", status });
  const text = await metrics.text();
  expect(text).toContain('carillon_refusals_total{kind="event"} 1');
  expect(text).toContain('carillon_refusals_total{kind="other"} 51');
  expect(text.match(/carillon_refusals_total\{/g)).toHaveLength(51);
  expect(text).not.toMatch(/juliet|4930123|c1/);
});

test("the dashboard shows every metric of ours, and no others", async () => {
  const dashboard = readFileSync(join(import.meta.dir, "../../integrations/grafana/carillon.json"), "utf8");
  const text = (await linesAfter([])).join("\n");
  const given = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = ""]) => name));
  const shown = new Set(
    [...dashboard.matchAll(/\b(?:carillon|process|nodejs)_\w+/g)].map(([name]) =>
      name.endsWith("_bucket") ? name.slice(0, -"_bucket".length) : name,
    ),
  );
  expect([...shown].filter((name) => !given.has(name))).toEqual([]);
  expect([...given].filter((name) => name.startsWith("carillon_") && !shown.has(name))).toEqual([]);
});

describe("several observers", () => {
  test("each get the report, in their order", () => {
    const heard: string[] = [];
    const one = (name: string) => ({
      begun: () => ({ ended: (why: string) => void heard.push(`${name} ${why}`), step: () => void heard.push(name) }),
    });
    const call = watchAll([one("a"), undefined, one("b")])?.begun(ABOUT);
    call?.step("begins", "starting", []);
    call?.effect("sip.send.invite");
    call?.ended("success", END);
    expect(heard).toEqual(["a", "b", "a success", "b success"]);
  });

  test("are undefined if there is none", () => {
    expect(watchAll([undefined])).toBeUndefined();
    expect(watchAll([{ begun: () => undefined }])?.begun(ABOUT)).toBeUndefined();
  });
});

describe("a real call", () => {
  const BUSY = `${JULIET_CALLS}
phone > gateway
    SIP/2.0 486 Busy Here
    To: <sip:bob@sip.example.org>;tag=bob1
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate'/></iq>
`;

  test("is counted by its end, and a stranger's by its refusal", async () => {
    const metrics = new Metrics(() => GAUGES);
    const watch = watchAll([metrics]);
    const stranger = `
stranger > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: <sip:x@203.0.113.66>;tag=x
    To: <sip:juliet@example.org>
    Call-ID: x1
    Contact: <sip:x@203.0.113.66>
gateway > stranger
    SIP/2.0 403 Forbidden
`;
    await play(BUSY + stranger, watch ? { watch } : {});
    const lines = (await metrics.text()).split("\n");
    expect(lines).toContain('carillon_calls_total{direction="outgoing",outcome="declined"} 1');
    expect(lines).toContain('carillon_refusals_total{kind="sip 403"} 1');
  });

  test("is counted by the messages that go and come again", async () => {
    const it = new Stage({});
    await it.open(["juliet"]);
    const { sip } = it.gateway;
    await it.play(`${JULIET_CALLS}after 4 s\n`);
    // Timer A: after 0.5, 1.5 and 3.5 s (RFC 3261 §17.1.1.2)
    expect(sip.retransmissions).toEqual({ out: 3, in: 0 });
    const [, answer = ""] = BUSY.split(JULIET_CALLS);
    await it.play(answer);
    expect(sip.sockets).toEqual({ udp: true, tcp: true });
    await it.play(`
phone > gateway
    SIP/2.0 486 Busy Here
    To: <sip:bob@sip.example.org>;tag=bob1
`);
    expect(sip.retransmissions).toEqual({ out: 3, in: 1 });
    await it.close();
  });
});
