/** The relay's calls: their bounds, the turns of their commands, and the end of dead ones. */
import { describe, expect, test } from "bun:test";
import type { RelayCall } from "../../relay/call.ts";
import { RelayCalls } from "../../relay/calls.ts";
import { perform } from "../../relay/commands.ts";
import { Traffic } from "../../relay/traffic.ts";
import { createClock } from "../../replay/clock.ts";

const MINUTE = 60_000;

function start(most = 3) {
  const clock = createClock();
  const told: string[] = [];
  const traffic = new Map<string, Traffic>();
  const calls = new RelayCalls({
    clock,
    most,
    make: (name) => {
      const counted = new Traffic(clock.now);
      traffic.set(name, counted);
      return { traffic: counted, close: () => told.push(`closed ${name}`) } as unknown as RelayCall;
    },
    dead: (name) => void told.push(`dead ${name}`),
    ended: (name) => void told.push(`ended ${name}`),
    empty: () => void told.push("empty"),
  });
  calls.start();
  const begin = (name: string): Promise<string> => calls.do(name, true, async () => "done");
  const live = (name: string): void => traffic.get(name)?.live();
  return { clock, told, calls, begin, live };
}

describe("calls", () => {
  // proves: V19
  test("one that has had media is dead after a minute without a sign of life", async () => {
    const { clock, told, begin, live } = start();
    await begin("a");
    live("a");
    await clock.advance(MINUTE - 10_000);
    live("a");
    await clock.advance(MINUTE - 10_000);
    expect(told).toEqual([]);
    await clock.advance(20_000);
    expect(told).toEqual(["dead a", "closed a", "ended a", "empty"]);
  });

  // proves: V19
  test("one that still rings is dead after an hour", async () => {
    const { clock, told, begin } = start();
    await begin("a");
    await clock.advance(59 * MINUTE);
    expect(told).toEqual([]);
    await clock.advance(2 * MINUTE);
    expect(told).toContain("dead a");
  });

  // proves: V19
  test("past the most there is no other, and one that ends makes room", async () => {
    const { calls, begin } = start(2);
    await Promise.all([begin("a"), begin("b"), begin("a")]);
    await expect(begin("c")).rejects.toThrow("too many calls");
    calls.end("a");
    expect(await begin("c")).toBe("done");
    expect(calls.names(10)).toEqual(["b", "c"]);
    expect(calls.names(1)).toEqual(["b"]);
  });

  test("the commands of one call take turns, and a failed one does not stop the next", async () => {
    const { calls } = start();
    const order: string[] = [];
    const job = (name: string, turns: number) => async () => {
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      order.push(name);
      if (name === "first") throw new Error("failed");
    };
    const all = [
      calls.do("a", true, job("first", 9)),
      calls.do("a", false, job("second", 0)),
      calls.do("b", true, job("other", 0)),
    ];
    await Promise.allSettled(all);
    expect(order).toEqual(["other", "first", "second"]);
  });

  test("a seventeenth command of one call is refused", async () => {
    const { calls } = start();
    const forever = (): Promise<never> => new Promise(() => {});
    for (let number = 0; number < 16; number++) void calls.do("a", true, forever);
    await expect(calls.do("a", true, forever)).rejects.toThrow("too many commands");
  });
});

describe("commands", () => {
  // proves: V14
  test.each([
    [{ command: "ping" }, { result: "pong" }],
    [{ command: "list" }, { result: "ok", calls: ["a"] }],
    [
      { command: "list", limit: 0 },
      { result: "ok", calls: [] },
    ],
    [{ command: "delete", "call-id": "a" }, { result: "ok" }],
    [
      { command: "delete", "call-id": "b" },
      { result: "ok", warning: "Call-ID not found" },
    ],
    [
      { command: "query", "call-id": "b" },
      { result: "error", "error-reason": "Unknown call-id" },
    ],
    [{ command: "toString" }, { result: "error", "error-reason": "Unrecognized command" }],
    [{}, { result: "error", "error-reason": "Unrecognized command" }],
    [
      { command: "offer", "call-id": "c" },
      { result: "error", "error-reason": "call-id, sdp and transport-protocol are needed" },
    ],
  ])("%j", async (asked, answer) => {
    const { calls, begin } = start();
    await begin("a");
    expect(await perform(asked, calls)).toEqual(answer);
  });

  test("a call that could not be begun is not left, one that was there is", async () => {
    const { calls, begin } = start();
    await begin("a");
    for (const name of ["a", "b"]) {
      const asked = { command: "offer", "call-id": name, sdp: "x", "transport-protocol": "RTP/AVP" };
      expect((await perform(asked, calls)).result).toBe("error");
    }
    expect(calls.names(10)).toEqual(["a"]);
  });
});
