/** Who may dial what; and that no spelling of a forbidden number gets out, whatever a switch behind the trunk makes of it. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type DialPlan, dial, WRITINGS, type Writing } from "../../protocol/dial-plan.ts";

const PLAN: DialPlan = {
  country: "49",
  area: "30",
  international: "00",
  national: "0",
  hide: "#31#",
  emergency: ["110", "112"],
  rules: [
    { to: "112", trunk: "fritz" },
    { to: "+49900" },
    { to: "+49", who: ["example.org"], trunk: "fritz", write: "national" },
    { to: "+44900" },
    { to: "+", who: ["alice@example.org"], trunk: "sipgate", write: "digits" },
    { to: "**610", who: ["example.org"], trunk: "fritz" },
    { to: "anna", trunk: "fritz" },
  ],
};
const ALICE = "alice@example.org";
const BOB = "bob@example.org";
const STRANGER = "mallory@elsewhere.net";
const FORBIDDEN = { refused: "forbidden" } as const;

describe("who dials #31# first", () => {
  // proves: K8
  test.each(["#31#030123456", "#31# +49 30 123456"])("hides who calls: %p", (dialled) => {
    expect(dial(dialled, BOB, PLAN)).toMatchObject({ number: "030123456", isHidden: true });
  });

  test.each(["#31#0900123456", "#31##31#030123456", "*31#0900123456"])("is judged by the number: %p", (dialled) => {
    expect(dial(dialled, ALICE, PLAN)).toEqual(FORBIDDEN);
  });

  test("hides nothing where nothing is said for it", () => {
    expect(dial("#31#030123456", BOB, { ...PLAN, hide: "" })).toEqual(FORBIDDEN);
    expect(dial("030123456", BOB, PLAN)).toMatchObject({ isHidden: false });
  });
});

describe("the first rule that fits decides", () => {
  // proves: A26
  test.each([
    ["a number of the country, written as one", "+49 30 123456", BOB, { trunk: "fritz", number: "030123456" }],
    ["the same without the area", "123456", BOB, { trunk: "fritz", number: "030123456" }],
    ["one abroad, by who may", "001 212 555 0100", ALICE, { trunk: "sipgate", number: "12125550100" }],
    ["a short number", "**610", BOB, { trunk: "fritz", number: "**610" }],
    ["a name", "Anna", BOB, { trunk: "fritz", number: "anna" }],
    ["an emergency number, by anybody", "112", STRANGER, { trunk: "fritz", number: "112" }],
  ] as const)("%s", (_, dialled, caller, found) => {
    expect(dial(dialled, caller, PLAN)).toMatchObject(found);
  });

  // proves: A26
  test.each([
    ["one abroad, by who may not", "+12125550100", BOB],
    ["a number of the country, by a stranger", "030123456", STRANGER],
    ["a number that a rule without a trunk is about", "0900 123456", ALICE],
    ["the same with a needless zero", "+49 0900 123456", ALICE],
    ["one abroad with a needless zero", "+44 0 900 123456", ALICE],
    ["a short number that no rule is about", "**611", ALICE],
    ["an emergency number that no rule is about", "110", ALICE],
    ["a name that no rule is about", "bert", ALICE],
  ])("%s: forbidden", (_, dialled, caller) => {
    expect(dial(dialled, caller, PLAN)).toEqual(FORBIDDEN);
  });

  test("@ is every name, and no number", () => {
    const plan = { ...PLAN, rules: [{ to: "@", trunk: "proxy" }] };
    expect(dial("bert", ALICE, plan)).toMatchObject({ trunk: "proxy", number: "bert" });
    expect(dial("600", ALICE, plan)).toEqual(FORBIDDEN);
    expect(dial("0900@example.org", ALICE, plan)).toEqual({ refused: "no number" });
  });
});

// proves: A26
test.each([
  ["e164", "+4930123456", "+12125550100"],
  ["international", "004930123456", "0012125550100"],
  ["digits", "4930123456", "12125550100"],
  ["national", "030123456", "0012125550100"],
] as const)("written as %s", (write, home, abroad) => {
  const plan = { ...PLAN, rules: [{ to: "+", trunk: "proxy", write }] };
  expect(dial("030123456", BOB, plan)).toMatchObject({ number: home });
  expect(dial("+12125550100", BOB, plan)).toMatchObject({ number: abroad });
});

/** What a switch in Berlin makes of what it is sent: it is as lenient as one may be. */
function switched(number: string): string {
  const digits = [...number].filter((char) => /[\d+]/.test(char)).join("");
  const found = digits.startsWith("+")
    ? digits.slice(1)
    : digits.startsWith("00")
      ? digits.slice(2)
      : digits.startsWith("0")
        ? `49${digits.slice(1)}`
        : digits;
  const [, home] = /^490*(.*)$/.exec(found) ?? [];
  return home === undefined ? found : `49${home}`;
}

/** The same text with the digits of another script. */
const digitsOf = (zero: number): ((text: string) => string) => {
  const inScript = (char: string): string => (/\d/.test(char) ? String.fromCodePoint(zero + Number(char)) : char);
  return (text) => [...text].map(inScript).join("");
};
/** What may be done to a number on its way into a client's field. */
const MARKS = [
  "",
  " ",
  "-",
  ".",
  "(",
  ")",
  "/",
  "\u00a0",
  "\u200b",
  "\u202a",
  "\u2060",
  "\u2011",
  "%20",
  "%2D",
  "(0)",
  "0",
];
const PREFIXES = [
  "+49",
  "0049",
  "00 49",
  "+49(0)",
  "+490",
  "0",
  "00490",
  "tel:+49",
  "sip:0",
  "sip:+49",
  "%2B49",
  "tel:0",
  "",
  "49",
  "+",
];
const ENDS = [
  "",
  "@proxy.example",
  ";phone-context=+49",
  ";user=phone",
  ";ext=1",
  ":pw@proxy.example",
  ";rn=+4930@x",
  "#",
  "*",
  ",,1",
];
const SCRIPTS = [(text: string) => text, digitsOf(0xff10), digitsOf(0x660), digitsOf(0x966)];
const spelling = fc.record({
  prefix: fc.constantFrom(...PREFIXES),
  marks: fc.array(fc.constantFrom(...MARKS), { minLength: 8, maxLength: 8 }),
  rest: fc.stringMatching(/^\d{5}$/),
  end: fc.constantFrom(...ENDS),
  script: fc.constantFrom(...SCRIPTS),
  write: fc.constantFrom<Writing>(...WRITINGS),
});

describe("no spelling of a forbidden number gets out", () => {
  // proves: A27
  test("but is refused, or becomes a number that is allowed", () => {
    let refused = 0;
    fc.assert(
      fc.property(spelling, ({ prefix, marks, rest, end, script, write }) => {
        const digits = [..."900", ...rest].map((digit, at) => `${marks[at]}${digit}`).join("");
        const dialled = script(`${prefix}${digits}${end}`);
        const rules = [{ to: "+49900" }, { to: "+", trunk: "proxy", write }, { to: "@", trunk: "proxy" }];
        const found = dial(dialled, ALICE, { ...PLAN, rules });
        if ("refused" in found) refused++;
        else expect(switched(found.number), `${dialled} went out as ${found.number}`).not.toMatch(/^49900/);
      }),
      { numRuns: 20_000 },
    );
    expect(refused).toBeGreaterThan(5_000);
  });

  // proves: A27
  test("whatever text it is: what leaves is a number in ASCII, or a name", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 40 }),
        fc.constantFrom("", "+49900", "0900", "tel:", "sip:"),
        (text, start) => {
          const rules = [{ to: "+49900" }, { to: "+", trunk: "proxy" }, { to: "@", trunk: "proxy" }];
          const found = dial(start + text, ALICE, { ...PLAN, rules });
          if (!("refused" in found)) expect(found.number).toMatch(/^(?:\+(?!49900)\d{5,15}|\p{L}[\p{L}\p{N}._-]*)$/u);
        },
      ),
      { numRuns: 20_000 },
    );
  });
});
