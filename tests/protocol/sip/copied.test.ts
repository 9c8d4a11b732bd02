/** What a response copies is read as the whole message is read: of real messages, of odd spellings, and in a fraction of the work. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, Refusal } from "../../../protocol/refusal.ts";
import { readCopied } from "../../../protocol/sip/copied.ts";
import { readMessage } from "../../../protocol/sip/read.ts";
import { changed, changedAll, crlf } from "../../support/changed.ts";

const COPIED = ["Via", "From", "To", "Call-ID", "CSeq"];
const vectors = join(import.meta.dir, "../../vectors/sip");
const files = readdirSync(vectors, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());

/** The same, by the reader of whole messages; undefined where that refuses, or finds no request that can be answered. */
function oracle(bytes: Uint8Array): unknown {
  const message = attempt(() => readMessage(bytes));
  if (message instanceof Refusal || message.kind === "response") return undefined;
  const headers = message.headers.filter(([name]) => COPIED.includes(name));
  const isWhole = COPIED.every((name) => headers.some((field) => field[0] === name));
  return isWhole ? { ...message, headers, body: "" } : undefined;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const INVITE = crlf(`INVITE sip:b@b SIP/2.0
Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1
Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK0
Max-Forwards: 70
Contact: <sip:a@192.0.2.2>
From: "Ä, <x>" <sip:a@a>;tag=a
To: <sip:b@b>
Call-ID: c
CSeq: 1 INVITE
Content-Type: text/plain
Content-Length: 14

Via: no field
`);

test("of every request that can be read whole, the same fields are read", () => {
  const found = files.map(({ parentPath, name }) => {
    const bytes = readFileSync(join(parentPath, name));
    const whole = oracle(bytes);
    return whole === undefined || Bun.deepEquals(readCopied(bytes), whole) ? "alike" : name;
  });
  expect(found.filter((name) => name !== "alike")).toEqual([]);
  expect(files.filter(({ parentPath, name }) => oracle(readFileSync(join(parentPath, name)))).length).toBeGreaterThan(
    20,
  );
});

describe("the fields that are copied", () => {
  test.each([
    ["as they are", INVITE],
    ["in compact form", changed(changed(changedAll(INVITE, "Via: SIP", "v: SIP"), "From", "f"), "Call-ID", "i")],
    ["in any case, with blanks before the colon", changed(changed(INVITE, "CSeq", "cSEQ "), "From:", "FROM\t :")],
    ["folded", changed(INVITE, "To: <sip:b@b>", "To:\r\n <sip:b@b>\r\n\t;x=y")],
    ["with a line like one of them in the fold of another", changed(INVITE, "Max-", "X: 1\r\n To: no\r\nMax-")],
    ["with many blanks before the colon", changed(INVITE, "To:", `To${" ".repeat(40)}:`)],
    ["with a fold before the colon", changed(INVITE, "To:", "To\r\n :")],
    ["with lines that LF ends", changedAll(INVITE, "\r\n", "\n")],
    ["after blank lines", `\r\n\r\n${INVITE}`],
    ["with an empty one", changed(INVITE, "To: <sip:b@b>", "To:")],
  ])("are read %s", (_, text) => {
    const whole = oracle(bytesOf(text));
    expect(whole).toBeDefined();
    expect<unknown>(readCopied(bytesOf(text))).toEqual(whole);
  });

  test.each([
    ["one of them is not there", changed(INVITE, "Call-ID: c\r\n", "")],
    ["the header has no end", INVITE.slice(0, INVITE.indexOf("\r\n\r\n") + 2)],
    ["it is a response", changed(INVITE, "INVITE sip:b@b SIP/2.0", "SIP/2.0 200 OK")],
    ["it is of another version", changed(INVITE, "SIP/2.0\r\n", "SIP/3.0\r\n")],
    ["one is too long to be sent back", changed(INVITE, "tag=a", `tag=${"a".repeat(9_000)}`)],
    ["the message is too large", INVITE + "x".repeat(50_000)],
    ["there is nothing", ""],
  ])("are not read where %s", (_, text) => {
    expect(readCopied(bytesOf(text))).toBeUndefined();
  });

  test("are read where another field is none: it is not looked at", () => {
    const text = changed(INVITE, "Max-Forwards: 70", "no field");
    expect(oracle(bytesOf(text))).toBeUndefined();
    expect(readCopied(bytesOf(text))?.headers).toEqual(readCopied(bytesOf(INVITE))?.headers);
  });
});
