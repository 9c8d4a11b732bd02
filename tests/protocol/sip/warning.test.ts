/** The Warning that we write, and the code that we read of others. */
import { describe, expect, test } from "bun:test";
import { responseTo } from "../../../protocol/sip/build.ts";
import type { Field } from "../../../protocol/sip/message.ts";
import { warning, warningCode } from "../../../protocol/sip/warning.ts";
import { makeRequest } from "../../support/sip.ts";

describe("a Warning (RFC 3261 §20.43)", () => {
  test.each([
    ["plain", "no codec of the offer", '304 carillon "no codec of the offer"'],
    ["with quotes of a peer", 'a line "x=1" of yours', `304 carillon "a line 'x=1' of yours"`],
    ["with a backslash, which would escape the last quote", "ends in \\", '304 carillon "ends in \\\\"'],
  ])("is one quoted string: %s", (_, text, expected) => {
    expect(warning(304, text)).toEqual(["Warning", expected]);
  });

  test.each<[string, Field[], number | null]>([
    ["one", [["Warning", '304 isi.edu "Media type, not available"']], 304],
    ["the first of two on a line", [["Warning", '370 a.example "slow, too", 304 a.example "b"']], 370],
    ["none", [], null],
    ["no code", [["Warning", "misplaced"]], null],
    ["four digits", [["Warning", '3040 a.example "b"']], null],
    ["our own", [warning(399, '"')], 399],
  ])("has its code read: %s", (_, headers, code) => {
    const response = responseTo(makeRequest("INVITE", "a"), 488, { headers });
    expect(warningCode(response)).toBe(code);
  });
});
