/** SIP messages: bytes to values and back. RFC 3261 §7. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { header, values } from "../../../protocol/sip/fields.ts";
import { LIMITS, Malformed, type Message } from "../../../protocol/sip/message.ts";
import { readMessage } from "../../../protocol/sip/read.ts";
import { writeMessage } from "../../../protocol/sip/write.ts";
import { changed } from "../../support/changed.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (message: Message): string => new TextDecoder().decode(writeMessage(message));
const HEAD =
  "INVITE sip:bob@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@a>;tag=1\r\nTo: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n";
const refusal = (raw: string): { status: number | undefined; answerable: boolean } => {
  try {
    readMessage(bytes(raw));
    return { status: undefined, answerable: false };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { status: error.sip.status, answerable: error.request !== undefined };
  }
};

describe("reading", () => {
  test.each([
    ["a folded field is one", "Subject: one\r\n  two\r\n\tthree\r\n\r\n", "Subject", "one two three"],
    ["a compact name is its long one", "s: hello\r\n\r\n", "Subject", "hello"],
    ["a name in any case is the canonical one", "sUBJECT: hello\r\n\r\n", "Subject", "hello"],
    ["an unknown name stays as it is", "X-Thing: hello\r\n\r\n", "X-Thing", "hello"],
    ["a blank before the colon is none", "Subject : hello\r\n\r\n", "Subject", "hello"],
    ["LF alone ends a line", "Subject: hello\n\n", "Subject", "hello"],
    ["a value may be UTF-8", "Subject: grüß\r\n\r\n", "Subject", "grüß"],
  ])("%s", (_, raw, name, value) => {
    expect(header(readMessage(bytes(HEAD + raw)), name)).toBe(value);
  });

  test("empty lines before the start line are passed over (§7.5)", () => {
    expect(readMessage(bytes(`\r\n\r\n${HEAD}\r\n`)).kind).toBe("request");
  });

  test.each([
    ["all the rest, without Content-Length", "\r\nhello", "hello"],
    ["as long as Content-Length says", "Content-Length: 4\r\n\r\nhello", "hell"],
    ["counted in bytes", "l: 2\r\n\r\nü!", "ü"],
  ])("the body is %s", (_, raw, body) => {
    expect(readMessage(bytes(HEAD + raw)).body).toBe(body);
  });

  test.each([
    ["a body shorter than Content-Length", `${HEAD}Content-Length: 9\r\n\r\nhello`, 400, true],
    ["two Content-Lengths that differ", `${HEAD}Content-Length: 1\r\nl: 2\r\n\r\nhello`, 400, true],
    ["no empty line", HEAD, 400, true],
    ["a line that is no field", `${HEAD}nonsense\r\n\r\n`, 400, true],
    ["another version", changed(HEAD, "SIP/2.0\r\nVia", "SIP/3.0\r\nVia").concat("\r\n"), 505, true],
    ["a request without what an answer needs", "INVITE sip:b SIP/2.0\r\nfoo\r\n\r\n", 400, false],
    ["an ACK, which nobody answers", `${changed(HEAD, "INVITE", "ACK")}nonsense\r\n\r\n`, 400, false],
    ["too many fields", `${HEAD}${"X: 1\r\n".repeat(LIMITS.fields)}\r\n`, 400, true],
    ["a field too long", `${HEAD}X: ${"x".repeat(LIMITS.line)}\r\n\r\n`, 400, true],
    ["a field folded too long", `${HEAD}X: a\r\n${` ${"x".repeat(100)}\r\n`.repeat(100)}\r\n`, 400, true],
    ["too many bytes", `${HEAD}\r\n${"x".repeat(LIMITS.bytes)}`, 413, true],
  ])("%s is refused", (_, raw, status, answerable) => {
    expect(refusal(raw)).toEqual({ status, answerable });
  });

  test("bytes of any kind are read, or Malformed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (noise, headed) => {
        const raw = headed ? new Uint8Array([...bytes(HEAD), ...noise]) : noise;
        try {
          readMessage(raw);
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed);
        }
      }),
    );
  });
});

describe("writing", () => {
  const value = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
  const field = fc.tuple(fc.stringMatching(/^X-[A-Za-z]{1,8}$/), value);

  test("what is written is read again", () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 8 }), fc.string(), (headers, body) => {
        const message: Message = {
          kind: "request",
          method: "INFO",
          uri: "sip:a@b",
          headers,
          body: body.toWellFormed(),
        };
        const { headers: read, ...rest } = readMessage(writeMessage(message));
        expect<Message>({ ...rest, headers: read.filter(([name]) => name !== "Content-Length") }).toEqual(message);
      }),
    );
  });

  // proves: A7
  test("no value adds a line", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "\r", "\n", "\0", ":", " ") }), (evil) => {
        const message: Message = {
          kind: "request",
          method: `INFO${evil}`,
          uri: `sip:${evil}`,
          headers: [
            [`X${evil}`, evil],
            ["To", evil],
          ],
          body: "",
        };
        expect(text(message).split("\r\n")).toHaveLength(6);
        expect(text(message).split("\n")).toHaveLength(6);
      }),
    );
  });

  test("Content-Length is counted in bytes, once, wherever one was given", () => {
    const message: Message = {
      kind: "response",
      status: 200,
      phrase: "OK",
      headers: [["Content-Length", "999"]],
      body: "ü",
    };
    expect(text(message)).toBe("SIP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nü");
  });
});

test("comma lists are split, but not inside quotes and brackets", () => {
  const message = readMessage(bytes(`${HEAD}Contact: "a, b" <sip:a@b;x=1,2>, <sip:c@d>\r\nm: <sip:e@f>\r\n\r\n`));
  expect(values(message, "Contact")).toEqual(['"a, b" <sip:a@b;x=1,2>', "<sip:c@d>", "<sip:e@f>"]);
});
