/** What it costs to read what was written to be costly: work is linear in the bytes (protocol/sip/message.ts). */
import { describe, expect, test } from "bun:test";
import { SipFrames } from "../../../actors/sip/frames.ts";
import { readReceived } from "../../../actors/sip/receive.ts";
import { readCopied } from "../../../protocol/sip/copied.ts";
import { LIMITS, type Message } from "../../../protocol/sip/message.ts";
import { readMessage } from "../../../protocol/sip/read.ts";
import { judge } from "../../../protocol/sip/rules.ts";
import { cpuMilliseconds } from "../../support/cpu.ts";

const SOURCE = { transport: "udp", host: "192.0.2.2", port: 5060 } as const;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** An INVITE with one part of it as long as it likes. */
const invite = (part: { via?: string; from?: string; line?: string; uri?: string }): string => {
  const { via = "SIP/2.0/UDP a;branch=z9hG4bK1", from = "<sip:a@a>;tag=1", uri = "sip:b@b", line = "X: x" } = part;
  return `INVITE ${uri} SIP/2.0\r\nVia: ${via}\r\nFrom: ${from}\r\nTo: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n${line}\r\n\r\n`;
};

/** Milliseconds of the cheapest of some runs. */
function cost(run: () => unknown): number {
  const five = (): void => {
    for (let again = 0; again < 5; again++) run();
  };
  return Math.min(...Array.from({ length: 7 }, () => cpuMilliseconds(five)));
}

/**
 * Eight times as long may cost eight times as much; quadratic would be 64. Half a millisecond is no matter, and a machine
 * that has other things to do is measured again.
 */
function grows(make: (length: number) => () => unknown, length: number): void {
  const [short, long] = [make(length / 8), make(length)];
  const isLinear = (): boolean => cost(long) < 24 * cost(short) + 0.5;
  expect([1, 2, 3, 4, 5].some(isLinear)).toBe(true);
}

const read = (text: string) => (): Message | undefined => {
  const incoming = readReceived(bytes(text), SOURCE);
  if (incoming.message?.kind === "request") judge(incoming.message);
  return incoming.message;
};

// proves: A8
describe("eight times the bytes cost no more than some eight times the work", () => {
  test.each<[string, (length: number) => string]>([
    ["blanks in a Via", (length) => invite({ via: `SIP/2.0/UDP a;branch=z9hG4bK1${" ".repeat(length)}x` })],
    ["blanks before the host of a Via", (length) => invite({ via: `SIP/2.0/UDP${" ".repeat(length)}a!` })],
    ["parameters of a Via", (length) => invite({ via: `SIP/2.0/UDP a${";rport".repeat(length / 6)}` })],
    ["Via values on one line", (length) => invite({ via: `SIP/2.0/UDP a${",".repeat(length)}` })],
    ["quotes in a From", (length) => invite({ from: `"${"\\a".repeat(length / 2)}` })],
    ["blanks in a From", (length) => invite({ from: `"a"${" ".repeat(length)}x` })],
    ["escapes in a Request-URI", (length) => invite({ uri: `sip:${"%41".repeat(length / 3)}@b` })],
    ["values of a list", (length) => invite({ line: `Require: ${"x,".repeat(length / 2)}` })],
    ["folds", (length) => invite({ line: `X: x${"\r\n x".repeat(length / 4)}` })],
  ])("%s", (_, text) => {
    grows((length) => read(text(length)), 8_000);
  });

  test.each<[string, (length: number) => string]>([
    ["a body", (length) => `${invite({}).trimEnd()}\r\nContent-Length: ${length}\r\n\r\n${"x".repeat(length)}`],
    ["short lines", (length) => invite({ line: "a:b\r\n".repeat(length / 5) })],
    ["lines that are no fields", (length) => invite({ line: "?\r\n".repeat(length / 3) })],
  ])("%s in a whole message", (_, text) => {
    const tried = (raw: Uint8Array) => (): void => {
      try {
        readMessage(raw);
      } catch {}
    };
    grows((length) => tried(bytes(text(length))), LIMITS.bytes - 1_000);
  });

  test.each<[string, (length: number) => string]>([
    ["short lines", (length) => invite({ line: "v:b\r\n".repeat(length / 5) })],
    ["lines that begin as fields do", (length) => invite({ line: "v\r\n".repeat(length / 3) })],
    ["folds", (length) => invite({ line: `v: b${"\r\n c".repeat(length / 4)}` })],
  ])("%s in a message of which little is read", (_, text) => {
    grows((length) => {
      const raw = bytes(text(length));
      return () => readCopied(raw);
    }, LIMITS.bytes - 1_000);
  });

  test.each<[string, (length: number) => string]>([
    ["blanks in a Content-Length", (length) => `X: a\r\nl:a${" ".repeat(length)}a\r\n\r\n`],
    ["blank lines", (length) => `\r\n`.repeat(length / 2)],
    ["a header without an end", (length) => `X: a\r\n${"a:b\r\n".repeat(length / 5)}`],
    ["a byte at a time", (length) => invite({ line: `l: ${length}` }) + "x".repeat(length)],
  ])("%s in a stream", (name, text) => {
    const piece = name === "a byte at a time" ? 1 : LIMITS.bytes;
    const pushed = (raw: Uint8Array) => (): void => {
      const frames = new SipFrames();
      for (let at = 0; at < raw.length; at += piece) frames.push(raw.subarray(at, at + piece), () => {});
    };
    grows((length) => pushed(bytes(text(length))), LIMITS.bytes - 1_000);
  });
});
