/** Connections that carry a registration, for an hour in which nobody says anything. RFC 5626 §4.4.1. */
import { describe, expect, test } from "bun:test";
import type { Destination } from "../../../protocol/sip/message.ts";
import type { ByteStream } from "../../../transports/transport.ts";
import { makeRequest } from "../../support/sip.ts";
import { bench } from "../../support/stack.ts";

const REGISTRAR: Destination = { transport: "tcp", host: "192.0.2.7", port: 5060 };
/** An hour, and time for the last word to arrive. */
const HOUR = 3_600_010;

/** A connection to a registrar that answers pings with this. */
async function registered(pong: string, kept: { every?: number; answers?: boolean } = {}) {
  const stack = await bench();
  const heard: string[] = [];
  const lost: string[] = [];
  const far = { pong, closed: 0, streams: [] as ByteStream[] };
  await stack.wire.listen(REGISTRAR, (stream) => {
    far.streams.push(stream);
    return {
      received(bytes) {
        const text = new TextDecoder().decode(bytes);
        heard.push(text.startsWith("\r\n") ? "ping" : (text.split(" ")[0] ?? ""));
        if (text === "\r\n\r\n" && far.pong !== "") stream.write(far.pong);
      },
      closed: () => void far.closed++,
    };
  });
  stack.sip.send(makeRequest("OPTIONS", "c"), REGISTRAR, { response: () => {}, failed: () => {} });
  await stack.clock.advance(10);
  const { every = 30_000, answers = false } = kept;
  const release = stack.sip.keep(REGISTRAR, { every, answers, lost: (why) => void lost.push(why) });
  const pings = (): number => heard.filter((each) => each === "ping").length;
  return { ...stack, far, lost, pings, release };
}

describe("a flow that is kept", () => {
  // proves: K24
  test.each([
    ["whose pings are answered", "\r\n", true],
    ["whose pings are answered, though nobody has promised it", "\r\n", false],
    ["whose pings nobody answers, as nobody has promised", "", false],
    ["whose server sends pings of its own", "\r\n\r\n", false],
  ])("%s lives an hour idle", async (_, pong, answers) => {
    const { clock, far, lost, pings } = await registered(pong, { answers });
    await clock.advance(HOUR);
    expect([lost, far.closed, pings()]).toEqual([[], 0, 120]);
  });

  // proves: K24
  test("that is not pinged at all is not closed for idleness either", async () => {
    const { clock, far, lost, pings } = await registered("", { every: 0 });
    await clock.advance(HOUR);
    expect([lost, far.closed, pings()]).toEqual([[], 0, 0]);
  });

  test("is pinged every ten seconds at most", async () => {
    const { clock, pings } = await registered("\r\n", { every: 1 });
    await clock.advance(60_010);
    expect(pings()).toBe(6);
  });

  // proves: K24
  test.each([
    ["that has promised to answer, at the first ping", true, 40_000],
    ["that has answered before", false, 70_000],
  ])("is lost ten seconds after a ping to a registrar %s", async (_, answers, at) => {
    const { clock, far, lost } = await registered(answers ? "" : "\r\n", { answers });
    await clock.advance(35_000);
    far.pong = "";
    await clock.advance(at - 35_000 - 50);
    expect([lost, far.closed]).toEqual([[], 0]);
    await clock.advance(100);
    expect([lost, far.closed]).toEqual([["keep-alives are not answered"], 1]);
  });

  test("is lost, once, when the other side closes it; and at once when it is closed already", async () => {
    const { clock, far, lost, sip, pings } = await registered("\r\n");
    far.streams[0]?.destroy();
    await clock.advance(HOUR);
    expect([lost, pings()]).toEqual([["the connection was closed"], 0]);
    const again: string[] = [];
    sip.keep(REGISTRAR, { every: 30_000, answers: false, lost: (why) => void again.push(why) });
    await clock.advance(1);
    expect(again).toEqual(["the connection was closed"]);
  });

  test("is closed for idleness once nobody keeps it", async () => {
    const { clock, far, lost, release } = await registered("\r\n");
    release();
    await clock.advance(301_000);
    expect([lost, far.closed]).toEqual([[], 1]);
  });

  test("by UDP is pinged, and never lost", async () => {
    const { clock, sip, wire } = await bench();
    const lost: string[] = [];
    const release = sip.keep(
      { ...REGISTRAR, transport: "udp" },
      { every: 30_000, answers: true, lost: (why) => void lost.push(why) },
    );
    await clock.advance(HOUR);
    release();
    await clock.advance(HOUR);
    const pings = wire.datagrams.filter(({ to, bytes }) => to.host === REGISTRAR.host && bytes.length === 4);
    expect([lost, pings.length]).toEqual([[], 120]);
  });
});

test("keep-alives by UDP are passed over", async () => {
  const { say, received, sip } = await bench();
  for (const text of ["\n", "\n\n", "\0\0"]) await say(text);
  expect([received, [...sip.dropped]]).toEqual([[], []]);
  await say("\n\n\n\n"); // eight bytes of nothing are no keep-alive
  expect(sip.dropped.size).toBe(1);
});
