/** The log: one line of JSON an event, and never a secret in it. */
import { describe, expect, test } from "bun:test";
import { Writable } from "node:stream";
import { createLog, type LogEvent, logAbout } from "../../actors/log.ts";
import { LogOutput } from "../../actors/log-output.ts";
import { changed } from "../support/changed.ts";

function logged(event: LogEvent, level: LogEvent["level"] = "info"): string[] {
  const lines: string[] = [];
  createLog({ level, to: { write: (line) => void lines.push(line) } }).log(event);
  return lines;
}

test("an event is one line of JSON with its time, level and fields", () => {
  const [line = "", ...more] = logged({ level: "info", event: "call.started", sid: "s1" });
  expect(more).toEqual([]);
  expect(JSON.parse(line)).toMatchObject({ level: "info", event: "call.started", sid: "s1" });
  expect(JSON.parse(line).time).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test("what is below the level is not said", () => {
  expect(logged({ level: "debug", event: "x" })).toEqual([]);
});

test("another level holds from then on", () => {
  const lines: string[] = [];
  const { log, setLevel } = createLog({ level: "warn", to: { write: (line) => void lines.push(line) } });
  for (const level of ["debug", "error", "info"] as const) {
    setLevel(level);
    for (const told of ["debug", "info", "warn", "error"] as const) log({ level: told, event: level });
  }
  expect(lines.map((line) => JSON.parse(line)).map(({ event, level }) => `${event}: ${level}`)).toEqual([
    ...["debug: debug", "debug: info", "debug: warn", "debug: error"],
    "error: error",
    ...["info: info", "info: warn", "info: error"],
  ]);
});

describe("a log about something", () => {
  const ABOUT = { call: "c1", from: "juliet@example.org" };

  test("writes the line that its fields would make with each event", () => {
    const lines: string[] = [];
    const { log } = createLog({ level: "info", to: { write: (line) => void lines.push(line) } });
    const event = { level: "info", event: "call.state", state: "outgoing" } as const;
    logAbout(log, ABOUT)(event);
    log({ ...ABOUT, ...event });
    const [about, plain] = lines.map((line) => changed(line, /"time":"[^"]*",/, ""));
    expect(about).toBe(plain);
  });

  test("is as quiet as the log is now, not as it was", () => {
    const lines: string[] = [];
    const { log, setLevel } = createLog({ level: "info", to: { write: (line) => void lines.push(line) } });
    const about = logAbout(log, ABOUT);
    setLevel("debug");
    about({ level: "debug", event: "said" });
    setLevel("error");
    about({ level: "warn", event: "unsaid" });
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(["said"]);
  });

  test("hides what a log hides, and cuts what is long", () => {
    const lines: string[] = [];
    const { log } = createLog({ level: "info", to: { write: (line) => void lines.push(line) } });
    logAbout(log, { sid: "y".repeat(100_000), pwd: "hush-hush" })({ level: "info", event: "x", secret: "hush-hush" });
    expect(lines.join()).not.toContain("hush-hush");
    expect(lines.join().length).toBeLessThan(3_000);
  });

  test("is made of any function that takes events", () => {
    const events: LogEvent[] = [];
    logAbout((event) => events.push(event), ABOUT)({ level: "info", event: "x" });
    expect(events).toEqual([{ ...ABOUT, level: "info", event: "x" }]);
  });
});

test.each([
  "secret",
  "password",
  "pwd",
  "ufrag",
  "Authorization",
  "Proxy-Authorization",
  "crypto",
  "sdp",
  "body",
  "fingerprint",
])("%s is never written, however deep", (name) => {
  const hidden = { [name]: "hush-hush" };
  expect(logged({ level: "warn", event: "x", ...hidden, headers: hidden, list: [hidden] }).join()).not.toContain(
    "hush-hush",
  );
});

test("a long text is cut", () => {
  expect(logged({ level: "info", event: "x", text: "y".repeat(100_000) }).join().length).toBeLessThan(3_000);
});

test("what cannot be written harms nobody", () => {
  const circle: Record<string, unknown> = {};
  circle.circle = circle;
  expect(logged({ level: "info", event: "x", circle, big: 1n }).length).toBe(1);
});

test("a destination that fails harms nobody", () => {
  const { log } = createLog({
    level: "info",
    to: {
      write: () => {
        throw new Error("EPIPE");
      },
    },
  });
  expect(() => log({ level: "info", event: "x" })).not.toThrow();
});

describe("the output", () => {
  /** A destination that reads when it is told to. */
  function reader() {
    const chunks: string[] = [];
    const waiting: (() => void)[] = [];
    const stream = new Writable({
      write(chunk, _, done) {
        chunks.push(String(chunk));
        waiting.push(done);
      },
    });
    return { stream, chunks, readAll: () => waiting.splice(0).forEach((done) => void done()) };
  }

  test("takes many lines at a time, in their order", () => {
    const { stream, chunks } = reader();
    const output = new LogOutput(stream);
    const line = `${"x".repeat(999)}\n`;
    for (let at = 0; at < 66; at++) output.write(line);
    expect(chunks).toEqual([line.repeat(66)]);
  });

  test("drops what nobody reads, past a bound, and says so when there is room again", () => {
    const { stream, chunks, readAll } = reader();
    const output = new LogOutput(stream);
    const line = `${"x".repeat(65_535)}\n`;
    for (let at = 0; at < 200; at++) output.write(line);
    const taken = stream.writableLength;
    expect(taken).toBeLessThanOrEqual(9 * 2 ** 20);
    for (let round = 0; round < 300; round++) readAll();
    output.write(line);
    for (let round = 0; round < 3; round++) readAll();
    expect(chunks.join("")).toMatch(/"event":"log.dropped","lines":\d+/);
  });

  test.each([["reports"], ["throws"]])(
    "drops what a full disk does not take, which it %s, and says so when there is room again",
    (how) => {
      const chunks: string[] = [];
      let isFull = true;
      const output = new LogOutput({
        write(text, done) {
          if (isFull && how === "throws") throw new Error("ENOSPC");
          if (!isFull) chunks.push(text);
          done(isFull ? new Error("ENOSPC") : null);
        },
      });
      const line = `${"x".repeat(65_535)}\n`;
      for (let at = 0; at < 300; at++) output.write(line);
      expect(chunks).toEqual([]);
      isFull = false;
      output.write(line);
      expect(chunks.join("")).toBe(`${line}{"level":"warn","event":"log.dropped","lines":300}\n`);
    },
  );

  test("waits at the end for who reads, and no longer than it is told to", async () => {
    const { stream, chunks, readAll } = reader();
    const output = new LogOutput(stream);
    output.write("a line\n");
    let isOver = false;
    const flushed = output.flush(60_000).then(() => {
      isOver = true;
    });
    await Promise.resolve();
    expect([chunks, isOver]).toEqual([["a line\n"], false]);
    readAll();
    await flushed;
    output.write("one that nobody reads\n");
    await output.flush(1);
    expect(chunks).toHaveLength(2);
  });
});

// proves: G17
test.each([
  ["DEL and C1", "\u007f\u0085\u009b31m"],
  ["marks of direction", "\u061c\u200e\u200f\u202a\u202e\u2066\u2069"],
  ["line separators", "\u2028\u2029"],
  ["a byte order mark", "\ufeff"],
])("%s of a peer are escaped, and the line is the same JSON", (_, text) => {
  const [line = ""] = logged({ level: "info", event: "x", from: `a${text}b` });
  expect(line).toMatch(/^[\x20-\x7e]+\n$/);
  expect(JSON.parse(line).from).toBe(`a${text}b`);
});
