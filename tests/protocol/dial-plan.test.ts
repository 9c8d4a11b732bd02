/** Who may dial what; and that no spelling of a forbidden number gets out, whatever a switch behind the trunk makes of it. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type DialPlan, dial, WRITINGS, type Writing } from "../../protocol/dial-plan.ts";
import type { Numbering } from "../../protocol/number.ts";

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

  // proves: A31
  test("and an emergency number hides nothing", () => {
    expect(dial("#31#112", BOB, PLAN)).toMatchObject({ number: "112", isEmergency: true, isHidden: false });
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

const ITALY = { country: "39", area: "", international: "00", national: "", emergency: ["112"] };
const JAPAN = { country: "81", area: "", international: "010", national: "0", emergency: ["110"] };
const RUSSIA = { country: "7", area: "", international: "810", national: "8", emergency: ["112"] };
const AMERICA = { country: "1", area: "", international: "011", national: "", emergency: ["911"] };

describe("a number that would mean another one as the trunk's rule writes it does not leave", () => {
  // proves: A27
  test.each([
    ["one of the country with the prefix of those abroad", ITALY, "national", "+39004412345678"],
    ["one of the country that is an emergency number", ITALY, "national", "+39112"],
    ["one of the country that is a short number", ITALY, "national", "+393456"],
    ["with both prefixes", JAPAN, "national", "+81104412345678"],
    ["with both prefixes", RUSSIA, "national", "+71044123456789"],
    ["with the prefix of those abroad, in digits", RUSSIA, "digits", "+8104412345678"],
    ["an emergency number in digits", { ...ITALY, emergency: ["44999"] }, "digits", "+44999"],
    ["a short number in digits", ITALY, "digits", "+44123"],
    ["one of North America that is too long", AMERICA, "national", "+10114412345678"],
    ["one of North America that is as long as one", AMERICA, "national", "+10114412345"],
    ["one of North America that has the 1 twice", AMERICA, "national", "19005551234"],
  ] as const)("%s: %p, %s, %s", (_, numbering, write, dialled) => {
    const rules = [{ to: "44123" }, { to: "+1900" }, { to: "+", trunk: "proxy", write }];
    expect(dial(dialled, ALICE, { ...PLAN, ...numbering, rules })).toEqual({ refused: "no number" });
  });

  // proves: A26
  test.each([
    [ITALY, "0612345678", "0612345678"],
    [JAPAN, "+81312345678", "0312345678"],
    [RUSSIA, "+7 495 1234567", "84951234567"],
    [AMERICA, "(212) 555-0100", "2125550100"],
    [AMERICA, "+442012345678", "011442012345678"],
  ] as const)("and others do: %p, %s", (numbering, dialled, number) => {
    const rules = [{ to: "+", trunk: "proxy", write: "national" }] as const;
    expect(dial(dialled, ALICE, { ...PLAN, ...numbering, rules })).toMatchObject({ number });
  });
});

/** A trunk's reading of what it is sent: any prefix it knows counts. */
function readByTrunk(
  number: string,
  write: Writing,
  { country, international, national, emergency }: DialPlan,
): string {
  if (number.startsWith("+") || emergency.includes(number)) return number;
  if (number.startsWith(international)) return `+${number.slice(international.length)}`;
  if (write === "digits") return `+${number}`;
  return number.startsWith(national) ? `+${country}${number.slice(national.length)}` : number;
}

/** Numbers that begin with what may be a prefix somewhere. */
const pieces = fc.array(fc.constantFrom("0", "00", "010", "011", "1", "8", "10", "810", "39", "44", "112", "900"), {
  minLength: 1,
  maxLength: 4,
});
const somewhere = fc.record({
  country: fc.constantFrom("", "1", "7", "39", "44", "81", "353"),
  area: fc.constantFrom("", "6", "30"),
  international: fc.constantFrom("00", "010", "011", "810", "8810", "0011"),
  national: fc.constantFrom("", "0", "8", "1", "06"),
  emergency: fc.constantFrom<string[]>(["112"], ["110", "44900"], ["911"]),
});

// proves: A27
test("whatever the country: what leaves, as the trunk reads it, is allowed, and an emergency number only if one was dialled", () => {
  let left = 0;
  const write = fc.constantFrom<Writing>(...WRITINGS);
  const way = fc.constantFrom<(numbering: Numbering) => string>(
    () => "+",
    () => "",
    ({ country }) => `+${country}`,
    ({ international }) => international,
    ({ national }) => national,
  );
  fc.assert(
    fc.property(somewhere, way, pieces, fc.stringMatching(/^\d{0,8}$/), write, (numbering, start, begin, end, as) => {
      const dialled = start(numbering) + begin.join("") + end;
      const rules = [{ to: "+44" }, { to: "+1900" }, { to: "+", trunk: "proxy", write: as }] as const;
      const plan = { ...PLAN, ...numbering, hide: "", rules };
      const found = dial(dialled, ALICE, plan);
      if ("refused" in found) return;
      left++;
      const read = readByTrunk(found.number, as, plan);
      expect(read, `${dialled} went out as ${found.number}`).not.toMatch(/^\+(?:44|1900)/);
      expect(plan.emergency).not.toContain(read);
    }),
    { numRuns: 20_000 },
  );
  expect(left).toBeGreaterThan(2_000);
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
