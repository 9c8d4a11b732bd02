/** SIP and tel URIs, and the values of header fields. RFC 3261 §19.1, §20; RFC 3966. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { Refusal } from "../../../protocol/refusal.ts";
import { readNameAddr } from "../../../protocol/sip/fields.ts";
import { readCSeq, readVia } from "../../../protocol/sip/mandatory.ts";
import { escapeUser, readUri, withoutPassword } from "../../../protocol/sip/uri.ts";
import { quoteDisplay, unquote } from "../../../protocol/sip/values.ts";

const status = (work: () => unknown): number | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.sip.status;
    throw error;
  }
};

test.each([
  ["<sip:bob:hidden@b.example>;tag=x", "<sip:bob:…@b.example>;tag=x"],
  ['"a" <sips:+49;x=y:hidden@b>, <sip:bob:hi?d;den@c>', '"a" <sips:+49;x=y:…@b>, <sip:bob:…@c>'],
  ["<sip:bob@b.example:5060>, <sip:c@d>", "<sip:bob@b.example:5060>, <sip:c@d>"],
])("%s is logged as %s", (text, logged) => {
  expect(withoutPassword(text)).toBe(logged);
});

describe("URIs", () => {
  test.each([
    ["sip:bob@b.example", { scheme: "sip", user: "bob", host: "b.example", port: undefined, params: [] }],
    [
      "SIP:Bob@B.example:5070;transport=TCP",
      { scheme: "sip", user: "Bob", host: "b.example", port: 5070, params: [["transport", "TCP"]] },
    ],
    ["sip:b.example", { scheme: "sip", user: "", host: "b.example", port: undefined, params: [] }],
    ["sip:bob:secret@b", { scheme: "sip", user: "bob", host: "b", port: undefined, params: [] }],
    ["sip:j%40x%20y@b", { scheme: "sip", user: "j@x y", host: "b", port: undefined, params: [] }],
    ["sip:100%@b", { scheme: "sip", user: "100%", host: "b", port: undefined, params: [] }],
    ["sip:a;b=c@b", { scheme: "sip", user: "a;b=c", host: "b", port: undefined, params: [] }],
    [
      "sip:a@[2001:db8::1]:5060;lr",
      { scheme: "sip", user: "a", host: "2001:db8::1", port: 5060, params: [["lr", ""]] },
    ],
    ["sip:a@sip_proxy", { scheme: "sip", user: "a", host: "sip_proxy", port: undefined, params: [] }],
    ["sip:a@b?Subject=x", { scheme: "sip", user: "a", host: "b", port: undefined, params: [] }],
    [
      "tel:+49-30;phone-context=x",
      { scheme: "tel", user: "+49-30", host: "", port: undefined, params: [["phone-context", "x"]] },
    ],
  ])("%s", (text, uri) => {
    expect<object>(readUri(text)).toEqual(uri);
  });

  test.each([
    ["http://a", 416],
    ["mailto:a@b", 416],
    ["sip:a@", 400],
    ["sip:a@b:99999", 400],
    ["sip:%ff@b", 400],
    ["nonsense", 400],
  ])("%s is refused", (text, expected) => {
    expect(status(() => readUri(text))).toBe(expected);
  });

  test("a user part is escaped so that it is read again, whatever is in it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const user = text.toWellFormed();
        const escaped = escapeUser(user);
        expect(escaped).toMatch(/^[\w\-.!~*'()&=+$,;?/%]+$/);
        expect(readUri(`sip:${escaped}@b`).user).toBe(user);
      }),
    );
  });
});

describe("values", () => {
  test.each([
    ['"Bob" <sip:b@b;x=1>;tag=2', { display: "Bob", uri: "sip:b@b;x=1", params: [["tag", "2"]] }],
    ["<sip:b@b>", { display: "", uri: "sip:b@b", params: [] }],
    ["sip:b@b;tag=2", { display: "", uri: "sip:b@b", params: [["tag", "2"]] }],
    ['"a \\"b\\" c" <sip:b@b>', { display: 'a "b" c', uri: "sip:b@b", params: [] }],
    ['Bob <sip:b@b> ; Tag = "x;y"', { display: "Bob", uri: "sip:b@b", params: [["tag", "x;y"]] }],
    ["*", { display: "", uri: "*", params: [] }],
  ])("%s is an address", (text, address) => {
    expect<object>(readNameAddr(text)).toEqual(address);
  });

  test.each(["", '"Bob <sip:b@b>', "<sip:b@b", "<sip:b b>", "sip:b@b;=x"])("%p is no address", (text) => {
    expect(status(() => readNameAddr(text))).toBe(400);
  });

  test.each([
    ["SIP/2.0/UDP a.b:5070;branch=z9hG4bK1;rport", ["UDP", "a.b", 5070, "z9hG4bK1"]],
    ["SIP / 2.0 / tcp [::1] ; branch = x", ["TCP", "::1", undefined, "x"]],
    ["SIP/2.0/UDP a", ["UDP", "a", undefined, undefined]],
  ])("%s is a Via", (text, [transport, host, port, branch]) => {
    expect(readVia(text)).toMatchObject({ transport, host, port, branch } as object);
  });

  test.each(["", "SIP/2.0 a", "SIP/2.0/UDP a:99999", "SIP/2.0/UDP"])("%p is no Via", (text) => {
    expect(status(() => readVia(text))).toBe(400);
  });

  test.each([
    ["1 INVITE", { number: 1, method: "INVITE" }],
    ["0009   INVITE", { number: 9, method: "INVITE" }],
    ["2147483647 X", { number: 2_147_483_647, method: "X" }],
  ])("%s is a CSeq", (text, cseq) => {
    expect(readCSeq(text)).toEqual(cseq);
  });

  test.each(["2147483648 X", "-1 X", "1", "1 IN VITE", "INVITE 1"])("%p is no CSeq", (text) => {
    expect(status(() => readCSeq(text))).toBe(400);
  });

  test("a quoted text is read again", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]*$/), (text) => {
        expect(unquote(quoteDisplay(text))).toBe(text);
      }),
    );
  });
});
