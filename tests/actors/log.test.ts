/** The log: one line of JSON an event, and never a secret in it. */
import { expect, test } from "bun:test";
import { createLog, type LogEvent } from "../../actors/log.ts";

function logged(event: LogEvent, level: LogEvent["level"] = "info"): string[] {
  const lines: string[] = [];
  createLog({ level, to: { write: (line) => void lines.push(line) } })(event);
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
