/** Bencode as BEP 3 writes it, read back, and what is no bencode. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Bencoded, readBencode, writeBencode } from "../../protocol/bencode.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Bencoded): string => new TextDecoder().decode(writeBencode(value));

describe("bencode", () => {
  test.each<[Bencoded, string]>([
    ["spam", "4:spam"],
    ["", "0:"],
    ["ü", "2:ü"],
    [3, "i3e"],
    [-3, "i-3e"],
    [0, "i0e"],
    [["spam", "eggs"], "l4:spam4:eggse"],
    [{ spam: ["a", "b"], cow: "moo" }, "d3:cow3:moo4:spaml1:a1:bee"],
    [{}, "de"],
    [[], "le"],
  ])("%p", (value, written) => {
    expect(text(value)).toBe(written);
    expect(readBencode(bytes(written))).toEqual(value);
  });

  test("what is undefined is not written", () => {
    expect(text({ b: undefined, a: 1 })).toBe("d1:ai1ee");
  });

  test("any value comes back", () => {
    const { value } = fc.letrec<{ value: Bencoded }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.string({ unit: "grapheme" }),
        fc.maxSafeInteger(),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(fc.string({ unit: "grapheme-ascii" }), tie("value"), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(fc.property(value, (each) => expect(readBencode(writeBencode(each))).toEqual(each)));
  });

  test.each([
    ["nothing", ""],
    ["a text that is cut", "5:spam"],
    ["a length that is none", "x:spam"],
    ["a length below nothing", "-1:"],
    ["a length with a zero before it", "04:spam"],
    ["a number without an end", "i3"],
    ["a number that is none", "i3.5e"],
    ["a number that is empty", "ie"],
    ["a number of many digits", "i123456789012345678901e"],
    ["a number past the safe ones", "i9007199254740993e"],
    ["a list without an end", "l4:spam"],
    ["a dictionary without a value", "d4:spame"],
    ["a key that is no text", "di1ei2ee"],
    ["two values", "i1ei2e"],
    ["lists too deep", `${"l".repeat(40)}${"e".repeat(40)}`],
  ])("is not %s", (_, wrong) => {
    expect(attempt(() => readBencode(bytes(wrong)))).toBeInstanceOf(Refusal);
  });

  test("any bytes are read or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (each) => {
        attempt(() => readBencode(each));
      }),
    );
  });
});
