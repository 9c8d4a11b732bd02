/** The TCP connections of the SIP stack: what is read from them, how many there may be. RFC 3261 §18. */
import { describe, expect, test } from "bun:test";
import { type ConnectionNeeds, SipConnections } from "../../../actors/sip/connections.ts";
import { SipFrames } from "../../../actors/sip/frames.ts";
import { Tally } from "../../../actors/tally.ts";
import type { Destination } from "../../../protocol/sip/message.ts";
import { LIMITS } from "../../../protocol/sip/message.ts";
import { createClock } from "../../../replay/clock.ts";
import type { ByteStream } from "../../../transports/transport.ts";
import { crlf } from "../../support/changed.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(crlf(text));
const HEAD = "OPTIONS sip:b@b SIP/2.0\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\n";

/** A connection that notes what is done to it, whose other side never closes. */
function streamFrom(host: string, port = 5060): ByteStream & { readonly done: string[] } {
  const done: string[] = [];
  return {
    ...{ done, remote: { host, port }, local: { host: "192.0.2.1", port: 5060 }, waiting: 0 },
    write: () => void done.push("write"),
    end: () => void done.push("end"),
    destroy: () => void done.push("destroy"),
  };
}

function connections(chosen: Partial<ConnectionNeeds> = {}) {
  const clock = createClock();
  const asked: Destination[] = [];
  const received: string[] = [];
  const dropped = new Tally(clock, () => {}, "dropped");
  const table = new SipConnections({
    ...{ clock, dropped, allow: () => true },
    connect: (to) => {
      asked.push(to);
      return Promise.reject(new Error("ECONNREFUSED"));
    },
    received: (message) => void received.push(new TextDecoder().decode(message)),
    ...chosen,
  });
  return { table, clock, asked, received, dropped };
}

describe("cutting a stream into messages (§18.3)", () => {
  const cut = (...pieces: string[]): { messages: number; fault: string | undefined } => {
    const frames = new SipFrames();
    let messages = 0;
    let fault: string | undefined;
    for (const piece of pieces)
      fault = frames.push(new TextEncoder().encode(piece), () => {
        messages++;
      });
    return { messages, fault };
  };

  test.each([
    ["by Content-Length", crlf(`${HEAD}Content-Length: 2\n\nhi`), 1, undefined],
    ["by its compact form", crlf(`${HEAD}l: 2\n\nhi`), 1, undefined],
    ["by a folded one", crlf(`${HEAD}Content-Length:\n 2\n\nhi`), 1, undefined],
    ["though lines end by LF alone", `${HEAD}Content-Length: 2\n\nhi`, 1, undefined],
    ["without one, not at all", `${HEAD}\n`, 0, "missing or invalid Content-Length"],
    [
      "by one that is no number, not at all, and 400 goes back",
      `${HEAD}l: x\n\n`,
      1,
      "missing or invalid Content-Length",
    ],
    [
      "by two that differ, not at all, and 400 goes back",
      `${HEAD}l: 1\nl: 2\n\n`,
      1,
      "missing or invalid Content-Length",
    ],
    ["a message too large, and 413 goes back", `${HEAD}l: ${LIMITS.bytes - 50}\n\n`, 1, "message too large"],
    ["a header without an end", `${HEAD}X: ${"x".repeat(LIMITS.bytes)}`, 0, "header too large"],
  ])("%s", (_, text, messages, fault) => {
    expect(cut(text)).toEqual({ messages, fault });
    expect(cut(...text)).toEqual({ messages, fault }); // one byte at a time
  });

  test("nothing is taken from a stream after its fault", () => {
    const whole = `${HEAD}l: 0\n\n`;
    expect(cut(whole, `${HEAD}l: 999999\n\n`, whole, whole)).toEqual({ messages: 2, fault: "message too large" });
  });
});

test("the buffer of a large message is given back after it, and that of a small one is kept", () => {
  const frames = new SipFrames();
  const taken: number[] = [];
  const sizes: number[] = [];
  for (const body of [100, 40_000, 100, 10_000]) {
    const message = bytes(`${HEAD}l: ${body}\n\n${"x".repeat(body)}`);
    for (const piece of [message.subarray(0, 50), message.subarray(50, -1), message.subarray(-1)])
      frames.push(piece, ({ length }) => void taken.push(length - body));
    sizes.push(frames.size);
  }
  expect(taken.map((head) => head < 100)).toEqual([true, true, true, true]);
  expect(sizes).toEqual([4_096, 4_096, 4_096, 4_096]);
});

describe("a connection at fault", () => {
  // proves: A8
  test("is read no further, and closed within a second though the other side does not close", async () => {
    const { table, clock, received, dropped } = connections();
    const stream = streamFrom("192.0.2.2");
    const { received: bring } = table.accept(stream);
    bring(bytes(`${HEAD}l: 999999\n\n`));
    for (let chunk = 0; chunk < 100; chunk++) bring(bytes(`${HEAD}l: 0\n\n`));
    expect([received.length, stream.done]).toEqual([1, ["end"]]);
    await clock.advance(1_100);
    expect([stream.done, dropped.counts.get("message too large")]).toEqual([["end", "destroy"], 1]);
  });

  test("is not taken for a new message to the same address", async () => {
    const { table, clock, asked } = connections();
    table.accept(streamFrom("192.0.2.2", 7_000)).received(bytes(`${HEAD}l: x\n\n`));
    table.to({ transport: "tcp", host: "192.0.2.2", port: 7_000 }, () => {});
    await clock.advance(10);
    expect(asked).toEqual([{ transport: "tcp", host: "192.0.2.2", port: 7_000 }]);
  });
});

describe("a connection that is silent", () => {
  /** What is brought every ten seconds, and the seconds after which the connection is closed. */
  const closedAfter = async (text: string): Promise<number> => {
    const { table, clock } = connections();
    const stream = streamFrom("192.0.2.2");
    const { received: bring } = table.accept(stream);
    bring(bytes(`${HEAD}l: 0\n\n`));
    let seconds = 0;
    for (; !stream.done.includes("destroy") && seconds < 1_000; seconds += 10) {
      await clock.advance(10_000);
      bring(bytes(text));
    }
    return seconds;
  };

  // proves: G11
  test("is not kept alive by empty lines, and is by messages", async () => {
    expect([await closedAfter("\n\n"), await closedAfter("\n"), await closedAfter(`${HEAD}l: 0\n\n`)]).toEqual([
      300, 300, 1_000,
    ]);
  });
});

describe("a ping (RFC 5626 §4.4.1)", () => {
  /** What is done to an accepted connection that brings these pieces. */
  const done = (...pieces: string[]): readonly string[] => {
    const { table } = connections();
    const stream = streamFrom("192.0.2.2");
    const { received: bring } = table.accept(stream);
    for (const piece of pieces) bring(new TextEncoder().encode(piece));
    return stream.done;
  };
  const MESSAGE = crlf(`${HEAD}l: 0\n\n`);

  // proves: G28
  test.each([
    ["that comes first", ["\r\n\r\n"], 1],
    ["between messages", [MESSAGE, "\r\n\r\n", MESSAGE, "\r\n\r\n"], 2],
    ["at the end of a message, and before one", [`${MESSAGE}\r\n\r\n`, `\r\n\r\n${MESSAGE}`], 2],
    ["in pieces", ["\r", "\n\r", "\n"], 1],
    ["and half a ping", ["\r\n\r\n", "\r\n"], 1],
    ["a thousandfold at once", ["\r\n\r\n".repeat(1_000)], 1],
    ["that is none: one empty line before each message", [`\r\n${MESSAGE}`, `\r\n${MESSAGE}`], 0],
    ["after a stream that cannot be read", [crlf(`${HEAD}l: x\n\n`), "\r\n\r\n"], 0],
  ])("%s", (_, pieces, pongs) => {
    expect(done(...pieces).filter((each) => each === "write")).toHaveLength(pongs);
  });

  // proves: G11, G28
  test("is answered, and keeps no connection alive", async () => {
    const { table, clock } = connections();
    const stream = streamFrom("192.0.2.2");
    const { received: bring } = table.accept(stream);
    bring(bytes(`${HEAD}l: 0\n\n`));
    for (let seconds = 0; seconds < 300; seconds += 10) {
      bring(bytes("\n\n"));
      await clock.advance(10_000);
    }
    expect(stream.done).toEqual([...Array<string>(30).fill("write"), "destroy"]);
  });

  test("is not answered while the other side does not read", () => {
    const { table } = connections();
    const stream = { ...streamFrom("192.0.2.2"), waiting: 1 };
    table.accept(stream).received(bytes("\n\n"));
    expect(stream.done).toEqual([]);
  });
});

describe("how many connections there may be", () => {
  const fill = (table: SipConnections, from: (number: number) => string, count: number): number => {
    const streams = Array.from({ length: count }, (_, number) => streamFrom(from(number), 1_024 + number));
    for (const stream of streams) table.accept(stream);
    return streams.filter(({ done }) => done.length === 0).length;
  };
  const v4 = (number: number): string => `198.51.${number >> 8}.${number & 255}`;

  // proves: G12
  test("50 from one address of a stranger, 1,000 from the proxy's", () => {
    const { table } = connections({ allow: ({ host }) => host === "192.0.2.2" });
    expect([fill(table, () => "192.0.2.66", 2_000), fill(table, () => "192.0.2.2", 2_000)]).toEqual([50, 1_000]);
  });

  test("50 from one IPv6 /64, all of whose addresses have one owner", () => {
    const { table } = connections({ allow: () => false });
    expect(fill(table, (number) => `2001:db8:0:1::${number.toString(16)}`, 300)).toBe(50);
    expect(fill(table, (number) => `2001:db8:0:2::${number.toString(16)}`, 300)).toBe(50);
  });

  test("500 from hosts that may not start calls, which leaves room for those that may", () => {
    const { table } = connections({ allow: ({ host }) => host === "192.0.2.2" });
    expect([fill(table, v4, 2_000), fill(table, () => "192.0.2.2", 10)]).toEqual([500, 10]);
  });

  test("1,800 that were accepted, and there is room for ours", () => {
    const { table, asked } = connections();
    expect(fill(table, v4, 2_000)).toBe(1_800);
    table.to({ transport: "tcp", host: "192.0.2.9", port: 5060 }, () => {});
    expect(asked).toEqual([{ transport: "tcp", host: "192.0.2.9", port: 5060 }]);
  });

  test("one that has closed makes room", () => {
    const { table } = connections({ allow: () => false });
    const events = Array.from({ length: 50 }, (_, number) => table.accept(streamFrom("192.0.2.2", number + 1)));
    expect(fill(table, () => "192.0.2.2", 1)).toBe(0);
    events[0]?.closed();
    expect(fill(table, () => "192.0.2.2", 1)).toBe(1);
  });
});

// proves: G12
test("all connections leave 64 MB unread, however many the proxy has: whose peer reads least is closed, and who reads is answered", () => {
  const { table, dropped } = connections({ received: (message, by) => table.write(by, message, () => {}) });
  const unread = (port: number) => {
    const stream = { ...streamFrom("192.0.2.7", port), waiting: 0 };
    stream.write = (written) => {
      stream.waiting += written.length;
    };
    return { stream, hears: table.accept(stream).received };
  };
  const reads = streamFrom("192.0.2.7", 2_000);
  const { received: readerHears } = table.accept(reads);
  const all = Array.from({ length: 999 }, (_, at) => unread(at + 1));
  const asked = bytes(`${HEAD}Content-Length: 30000\n\n${"x".repeat(30_000)}`);
  let most = 0;
  for (let round = 0; round < 5; round++) {
    for (const { stream, hears } of all) if (stream.done.length === 0) hears(asked);
    readerHears(asked);
    const open = all.filter(({ stream }) => stream.done.length === 0);
    most = Math.max(
      most,
      open.reduce((sum, { stream }) => sum + stream.waiting, 0),
    );
  }
  expect(reads.done).toEqual(Array<string>(5).fill("write"));
  expect([most <= 67_108_864, most > 33_554_432]).toEqual([true, true]);
  expect(dropped.counts.get("peer reads too slowly")).toBeGreaterThan(100);
});

// proves: G12
test.each([
  ["a stranger who leaves 64 kB of answers unread waits for no more", false, 65_536],
  ["the proxy may leave 1 MB", true, 1_048_576],
] as const)("%s", (_, allowed, most) => {
  const { table, received } = connections({
    allow: () => allowed,
    received: (message, by) => table.write(by, message, () => {}),
  });
  const stream = streamFrom("192.0.2.7");
  const { received: hears } = table.accept(stream);
  const asked = bytes(`${HEAD}Content-Length: 0\n\n`);
  Object.assign(stream, { waiting: most - asked.length });
  hears(asked);
  expect(stream.done).toEqual(["write"]);
  Object.assign(stream, { waiting: most });
  hears(asked);
  expect(stream.done).toEqual(["write", "destroy"]);
  expect(received).toEqual([]);
});
