/** Several media relays: which of them a call begins with, and stays with; and queues, which keep order and have a bound. */
import { describe, expect, test } from "bun:test";
import { JobQueue } from "../../../actors/relay/queue.ts";
import { Relay } from "../../../actors/relay/relay.ts";
import type { SipPort, SipUser } from "../../../actors/sip/user.ts";
import { SDP_TYPE } from "../../../protocol/sip/body.ts";
import { requestOf } from "../../../protocol/sip/build.ts";
import type { Request } from "../../../protocol/sip/message.ts";
import { createClock } from "../../../replay/clock.ts";
import { PlayRelay } from "../../../replay/relay.ts";
import { createWire } from "../../../replay/wire.ts";
import { PLAY_TEXTS } from "../../support/play-texts.ts";

const AT = [1, 2].map((last) => ({ host: `192.0.2.2${last}`, port: 2223 }));
const PHONE = { host: "192.0.2.2", port: 5060, transport: "udp" } as const;
const nobody = {} as SipUser;

const inviteOf = (tag: string, body = PLAY_TEXTS["offer-sdp"] ?? ""): Request =>
  requestOf({
    method: "INVITE",
    uri: "sip:bob@192.0.2.2",
    headers: [
      ["From", `<sip:juliet@example.org>;tag=${tag}`],
      ["To", "<sip:bob@example.org>"],
      ["Call-ID", tag],
      ["CSeq", "1 INVITE"],
      SDP_TYPE,
    ],
    body,
  });

/** A relay layer with two relays, and what has gone through it. */
async function twoRelays() {
  const clock = createClock();
  const wire = createWire(clock);
  const relays = AT.map((at) => new PlayRelay(clock, at));
  for (const relay of relays) await relay.open(wire.openUdp);
  let count = 0;
  const sent: Request[] = [];
  const refused: string[] = [];
  const sip: SipPort = {
    isOpen: () => true,
    port: 5600,
    send(request) {
      sent.push(request);
      return { id: "b", request };
    },
    cancel: () => {},
    acknowledge: () => {},
    takeUp: (request, source) => ({ request, source, id: "taken up", respond: () => {} }),
  };
  const layer = new Relay({
    ...{ config: { at: AT, direction: [] }, prefix: "p ", clock, random: () => `r${++count}`, openUdp: wire.openUdp },
    ...{ mayHaveMedia: () => true, log: () => {}, sip: () => sip, user: () => nobody },
  });
  layer.start();
  await clock.advance(10);
  const call = (tag: string, offer?: string): void => {
    layer.begin(tag, { srtp: false, codecs: ["PCMU"] });
    layer.port.send(inviteOf(tag, offer), PHONE, { response: () => {}, failed: (why) => void refused.push(why) });
  };
  return { layer, clock, relays, sent, refused, call };
}

const offersAt = ({ done }: PlayRelay): unknown[] =>
  done.filter(({ command }) => command === "offer").map((each) => each["call-id"]);

describe("two relays", () => {
  // proves: V9
  test("the first takes calls while it answers; then the second does, and a call stays with its own", async () => {
    const { layer, clock, relays, refused, sent, call } = await twoRelays();
    const [first, second] = relays;
    if (!first || !second) throw new Error("there are two");
    call("a");
    await clock.advance(10);
    expect([offersAt(first), offersAt(second)]).toEqual([["p a"], []]);
    first.isSilent = true;
    call("b");
    await clock.advance(1_760);
    expect(refused).toEqual(["unrelayed"]);
    call("c");
    await clock.advance(10);
    expect([offersAt(first), offersAt(second)]).toEqual([["p a"], ["p c"]]);
    expect(layer.state).toBe("up");
    expect(layer.relays.map(({ state }) => state)).toEqual(["down", "up"]);
    layer.port.send(inviteOf("a"), PHONE, { response: () => {}, failed: (why) => void refused.push(why) });
    await clock.advance(10);
    expect([refused.length, sent.length]).toEqual([2, 2]);
    for (const tag of ["a", "b", "c"]) layer.end(tag);
    first.isSilent = false;
    await clock.advance(3_000);
    expect([layer.size, first.calls.size, second.calls.size]).toEqual([0, 0, 0]);
    layer.stop();
  });
});

/** A description that no datagram holds. */
const HUGE = `${PLAY_TEXTS["offer-sdp"]}a=fmtp:0 x=${"y".repeat(70_000)}\r\n`;

describe("what one call asks for, and no relay answers,", () => {
  // proves: V24
  test.each([
    ["for it is too long, fails at once", HUGE, 10],
    ["fails after its tries", undefined, 1_760],
  ])("%s: the relay is there for the others", async (_, offer, after) => {
    const { layer, clock, relays, refused, sent, call } = await twoRelays();
    for (const relay of relays) relay.isSpokenFor = offer === undefined;
    call("evil", offer);
    await clock.advance(after);
    expect(refused).toEqual(["unrelayed"]);
    expect(layer.relays.map(({ state }) => state)).toEqual(["up", "up"]);
    for (const relay of relays) relay.isSpokenFor = false;
    call("good");
    await clock.advance(10);
    expect([refused.length, sent.length]).toEqual([1, 1]);
    layer.stop();
  });
});

describe("a queue", () => {
  test("keeps the order, reports faults, runs a job at once if none waits, and is full with 64", async () => {
    const faults: unknown[] = [];
    const queue = new JobQueue((fault) => void faults.push(fault));
    const done: string[] = [];
    queue.add(() => void done.push("at once"));
    expect(done).toEqual(["at once"]);
    const { promise, resolve } = Promise.withResolvers<void>();
    queue.add(() => promise);
    queue.add(() => Promise.reject("late"));
    queue.add(() => {
      throw new Error("wrong");
    });
    queue.add(() => void done.push("behind"));
    expect([done.length, queue.isFull]).toEqual([1, false]);
    for (let more = 0; more < 61; more++) queue.add(() => {});
    expect(queue.isFull).toBe(true);
    resolve();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    expect(done).toEqual(["at once", "behind"]);
    expect(faults).toEqual(["late", new Error("wrong")]);
    expect(queue.isFull).toBe(false);
  });
});
