/** Who calls, and how we say who calls. */
import { describe, expect, test } from "bun:test";
import { callerOf, IDENTITIES, presenting } from "../../../protocol/sip/caller-id.ts";
import type { Field, Request } from "../../../protocol/sip/message.ts";

const invite = (headers: readonly Field[]): Request =>
  ({ kind: "request", method: "INVITE", uri: "sip:a@b", headers, body: "" }) as Request;
const FROM: Field = ["From", '"Carol" <sip:620@fritz.box>;tag=1'];
const ASSERTED: Field = ["P-Asserted-Identity", '"Carol C" <sip:+4930123@p.example>, <tel:+4930123>'];
const PARTY: Field = ["Remote-Party-ID", '"Carol R" <sip:030123@p.example>;party=calling;screen=yes;privacy=off'];
const NOBODY = { uri: "sip:anonymous@anonymous.invalid", name: "" };

describe("the caller", () => {
  // proves: K10
  test.each([
    ["From, where there is nothing else", [FROM], { uri: "sip:620@fritz.box", name: "Carol" }],
    ["P-Asserted-Identity, of two URIs the number", [FROM, ASSERTED], { uri: "tel:+4930123", name: "Carol C" }],
    ["Remote-Party-ID", [FROM, PARTY], { uri: "sip:030123@p.example", name: "Carol R" }],
    ["P-Asserted-Identity before Remote-Party-ID", [FROM, PARTY, ASSERTED], { uri: "tel:+4930123", name: "Carol C" }],
    [
      "From's name, where the asserted identity has none",
      [FROM, ["P-Asserted-Identity", "<sip:+4930123@p.example>"]],
      { uri: "sip:+4930123@p.example", name: "Carol" },
    ],
    [
      "From, where what is asserted cannot be read",
      [FROM, ["P-Asserted-Identity", "<<>"]],
      { uri: "sip:620@fritz.box", name: "Carol" },
    ],
    [
      "the first that is a SIP or tel URI",
      [FROM, ["P-Asserted-Identity", "<urn:service:sos>, <mailto:x@y>, <sip:+4930999@p>"]],
      { uri: "sip:+4930999@p", name: "Carol" },
    ],
    [
      "Remote-Party-ID, where no asserted identity is a SIP or tel URI",
      [FROM, ["P-Asserted-Identity", "<mailto:x@y>"], PARTY],
      { uri: "sip:030123@p.example", name: "Carol R" },
    ],
    [
      "From, where none is",
      [FROM, ["P-Asserted-Identity", "<tel:anonymous>"]],
      { uri: "sip:620@fritz.box", name: "Carol" },
    ],
    ["nobody, where From is none either", [["From", "<tel:Restricted>;tag=1"]], NOBODY],
    [
      "who is asserted, where From is none",
      [["From", "<urn:x>;tag=1"], ASSERTED],
      { uri: "tel:+4930123", name: "Carol C" },
    ],
    [
      "not who is called",
      [FROM, ["Remote-Party-ID", "<sip:1@p>;party=called"]],
      { uri: "sip:620@fritz.box", name: "Carol" },
    ],
  ] as const)("of a trusted trunk is %s", (_, headers, caller) => {
    expect(callerOf(invite(headers), true)).toEqual(caller);
  });

  // proves: K10
  test("of a trunk that is not trusted is From, whatever is asserted", () => {
    expect(callerOf(invite([FROM, ASSERTED, PARTY]), false)).toEqual({ uri: "sip:620@fritz.box", name: "Carol" });
  });

  // proves: K11
  test.each([
    ["Privacy: id", [FROM, ASSERTED, ["Privacy", "id"]]],
    ["Privacy: user;critical", [FROM, ["Privacy", "user;critical"]]],
    ["Privacy: Header", [FROM, ASSERTED, ["Privacy", "none"], ["Privacy", "Header"]]],
    ["privacy=full", [FROM, ["Remote-Party-ID", "<sip:030123@p>;privacy=full"]]],
    ["an anonymous From of the provider's", [["From", '"Anonymous" <sip:Anonymous@provider.example>;tag=1'], ASSERTED]],
    ["an anonymous From that is no number", [["From", "<tel:anonymous>;tag=1"], ASSERTED]],
    ["an asserted anonymous", [FROM, ["P-Asserted-Identity", "<sip:anonymous@p.example;user=phone>"]]],
    ["an anonymous From", [["From", '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1'], ASSERTED]],
  ] as readonly [string, readonly Field[]][])(
    "who asks for privacy is nobody, whatever is asserted: %s",
    (_, headers) => {
      expect(callerOf(invite(headers), true)).toEqual(NOBODY);
    },
  );

  // proves: K12
  test.each([
    ["A\u202eB", "A B"],
    ["A\u0000\u0007B\u2028C", "A B C"],
    ["\u200b", ""],
    ["x".repeat(100), "x".repeat(60)],
    ["\u{1f600}".repeat(61), "\u{1f600}".repeat(60)],
    ["  Carol  ", "Carol"],
  ])("has a name that is cut and cleaned: %j", (written, name) => {
    expect(callerOf(invite([["From", `"${written}" <sip:a@b>;tag=1`]]), false).name).toBe(name);
  });
});

const OWN = "sip:e123@p.example";
const NUMBER = "sip:4930123@p.example";
const ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>';

describe("our caller identity", () => {
  // proves: K7
  test.each([
    ["account", `<${OWN}>`, []],
    ["from", `<${NUMBER}>`, []],
    ["p-preferred", `<${OWN}>`, [["P-Preferred-Identity", `<${NUMBER}>`]]],
    ["p-asserted", `<${OWN}>`, [["P-Asserted-Identity", `<${NUMBER}>`]]],
    ["remote-party-id", `<${OWN}>`, [["Remote-Party-ID", `<${NUMBER}>;party=calling;screen=no;privacy=off`]]],
  ] as const)("as %s", (by, from, fields) => {
    expect(presenting({ account: OWN, number: NUMBER, isHidden: false }, by)).toEqual({
      from,
      fields: [...fields] as Field[],
    });
  });

  // proves: K8
  test.each([
    ["account", ["P-Preferred-Identity", `<${NUMBER}>`]],
    ["from", ["P-Preferred-Identity", `<${NUMBER}>`]],
    ["p-preferred", ["P-Preferred-Identity", `<${NUMBER}>`]],
    ["p-asserted", ["P-Asserted-Identity", `<${NUMBER}>`]],
    ["remote-party-id", ["Remote-Party-ID", `<${NUMBER}>;party=calling;screen=no;privacy=full`]],
  ] as const)("hidden, as %s", (by, field) => {
    const hidden = presenting({ account: OWN, number: NUMBER, isHidden: true }, by);
    expect(hidden).toEqual({ from: ANONYMOUS, fields: [field, ["Privacy", "id"]] as Field[] });
  });

  // proves: K8
  test.each(IDENTITIES)("what we hide as %s is hidden from ourselves, too", (by) => {
    const { from, fields } = presenting({ account: OWN, number: NUMBER, isHidden: true }, by);
    expect(callerOf(invite([["From", `${from};tag=1`], ...fields]), true)).toEqual(NOBODY);
  });

  test("is the account, if the user has no number", () => {
    expect(presenting({ account: OWN, isHidden: false }, "from").from).toBe(`<${OWN}>`);
  });
});
